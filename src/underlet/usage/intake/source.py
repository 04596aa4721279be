"""A received file as bytes: what kind it is, its hashes, and its text under a limit.

Nothing here trusts a file's name. Gzip is decompressed with an own byte counter; beyond 200 times the compressed
size it is refused, so a bomb costs no more than that (intake.md §10).
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from underlet.kernel.sentence import Sentence
from underlet.usage.intake.reasons import refuse

MAX_RATIO = 200
MAX_LINE = 2_000_000
FREE_BYTES = 1 << 20
_CHUNK = 1 << 20
_COMPRESSED = {b"PK\x03\x04": "zip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}


class FileKind(StrEnum):
    """The containers that intake reads."""

    CSV = "csv"
    GZIP = "csv.gz"
    PARQUET = "parquet"


def kind_of(path: Path) -> FileKind:
    """The container, by its first bytes. Raises ImportRejected: empty_file, unsupported_compression."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise refuse("empty_file", "The file is empty.")
    for magic, name in _COMPRESSED.items():
        if start.startswith(magic):
            raise refuse("unsupported_compression", Sentence("The file is a {format} archive.", format=name))
    if start.startswith(b"\x1f\x8b"):
        return FileKind.GZIP
    return FileKind.PARQUET if start.startswith(b"PAR1") else FileKind.CSV


def file_hash(path: Path) -> str:
    """SHA-256 of the bytes received, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_hash(path: Path) -> str:
    """SHA-256 of the content after decompression, in hex: the same for a file that was renamed or gzipped anew.

    Also the first look at a file's bytes, in constant memory. Raises ImportRejected: empty_file, truncated_gzip,
    broken_gzip, compression_ratio, line_too_long.
    """
    if kind_of(path) is FileKind.PARQUET:
        return file_hash(path)
    with open_text(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


class LimitedReader(io.RawIOBase):
    """The decompressed bytes of a file: counted and limited; errors of gzip become refusals.

    nul: whether a NUL byte occurred so far; lf, cr, crlf: how many line ends of each kind did.
    """

    def __init__(self, inner: io.BufferedIOBase, limit: int, position: Callable[[], int]) -> None:
        self._inner, self._limit, self._position = inner, limit, position
        self.count = 0
        self.nul = False
        self.lf = self.cr = self.crlf = 0
        self._after_cr = False
        self._line_length = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.count += len(chunk)
        if self.count > self._limit:
            raise refuse("compression_ratio", Sentence("The file grows beyond {limit} bytes.", limit=self._limit))
        self.nul = self.nul or b"\0" in chunk
        self._limit_lines(chunk)
        self._count_line_ends(chunk)
        return len(chunk)

    @property
    def progress(self) -> int:
        """Bytes of the file as received that were read so far."""
        return self._position()

    @property
    def one_line_end(self) -> bool:
        """Whether every line break, also inside quotes, is the same."""
        return self.cr == 0 or (self.cr == self.crlf == self.lf)

    def _read(self, size: int) -> bytes:
        try:
            # read1: what precedes a break is handed on before the break is reported.
            return self._inner.read1(min(size, _CHUNK))
        except EOFError as error:
            raise refuse("truncated_gzip", "The compressed file ends too early.") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise refuse("broken_gzip", "The compressed file is damaged.") from error

    def _limit_lines(self, chunk: bytes) -> None:
        """Refuse a line of more than MAX_LINE bytes before anything holds it in memory."""
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._line_length = len(chunk) - last - 1 if last >= 0 else self._line_length + len(chunk)
        if self._line_length > MAX_LINE:
            line = self.lf + 1
            detail = Sentence("Line {line} has more than {limit} bytes.", line=line, limit=MAX_LINE)
            raise refuse("line_too_long", detail, line=line)

    def _count_line_ends(self, chunk: bytes) -> None:
        self.lf += chunk.count(b"\n")
        if b"\r" in chunk or self._after_cr:
            self.cr += chunk.count(b"\r")
            self.crlf += chunk.count(b"\r\n") + (self._after_cr and chunk[:1] == b"\n")
        self._after_cr = chunk[-1:] == b"\r"


@contextmanager
def open_text(path: Path) -> Iterator[LimitedReader]:
    """The bytes of a CSV file, decompressed if need be, under the limits of this module."""
    size = path.stat().st_size
    with path.open("rb") as raw:
        if kind_of(path) is FileKind.GZIP:
            with gzip.GzipFile(fileobj=raw) as inner:
                yield LimitedReader(inner, max(FREE_BYTES, MAX_RATIO * size), raw.tell)
        else:
            yield LimitedReader(raw, size, raw.tell)
