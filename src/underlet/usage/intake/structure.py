"""The first pass over a CSV file: is it text, and is it a table? (intake.md §5.3)

Python's `csv` reads it once, as a stream, in strict UTF-8; DuckDB, which reads it next, is no validator. A fault is
reported with its record and physical line, and stops the file. Memory does not grow with the file.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from underlet.kernel.errors import FileError, ImportRejected
from underlet.usage.intake.reasons import MAX_ERRORS, file_error, refuse
from underlet.usage.intake.source import LimitedReader, open_text

MAX_FIELD = 131_072
MAX_LINE = 2_000_000
_PROGRESS_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class Structure:
    """A file that is a table. rows: data records; normal: DuckDB may read it as it is (one kind of line end)."""

    header: tuple[str, ...]
    rows: int
    content_sha256: str
    normal: bool


def read_header(path: Path) -> tuple[str, ...]:
    """The first record. Raises ImportRejected for a file that is not text or has no header."""
    with open_text(path) as stream:
        return _guarded(path, stream, lambda: next(_records(stream), ()))


def check_structure(path: Path, on_progress: Callable[[int], None]) -> Structure:
    """Read every record once. on_progress: gets the bytes of the file read so far.

    Raises ImportRejected with up to 100 errors: ragged_record, broken_quotes, nul_byte, not_utf8, field_too_long,
    line_too_long, truncated_gzip, broken_gzip, compression_ratio, empty_file.
    """
    with open_text(path) as stream:
        header, rows = _guarded(path, stream, lambda: _check(path, stream, on_progress))
        if stream.nul:
            raise _locate(path, b"\0")
        return Structure(header, rows, stream.content.hexdigest(), stream.one_line_end)


def lines_of(path: Path, records: Collection[int]) -> Mapping[int, int]:
    """The physical line on which each of these data records starts (both from 1). A second pass, for reports only."""
    wanted, found = set(records), dict[int, int]()
    with open_text(path) as stream:
        for number, line, _ in _numbered(stream):
            if number in wanted:
                found[number] = line
            if len(found) == len(wanted):
                break
    return found


def rewrite(path: Path, target: Path) -> None:
    """Copy the file with line feeds only, also inside quotes: DuckDB refuses a mixture."""
    with open_text(path) as stream, target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for record in _records(stream):
            writer.writerow([field.replace("\r\n", "\n").replace("\r", "\n") for field in record])


def _check(path: Path, stream: LimitedReader, on_progress: Callable[[int], None]) -> tuple[tuple[str, ...], int]:
    errors: list[FileError] = []
    bad = rows = 0
    numbered = _numbered(stream)
    _, _, header = next(numbered, (0, 1, []))
    width = len(header)
    for rows, line, record in numbered:  # noqa: B007 -- the last number is the count
        if len(record) != width:
            bad += 1
            if bad <= MAX_ERRORS:
                value = f"{len(record)} fields instead of {width}"
                errors.append(file_error("ragged_record", record=rows, line=line, value=value))
        if rows % _PROGRESS_EVERY == 0:
            on_progress(stream.progress)
    if errors:
        raise ImportRejected(f"{bad:,} records do not have {width} fields.", errors=errors, count=bad)
    if not rows:
        raise refuse("empty_file", "The file has no data records.", line=1)
    return tuple(header), rows


def _records(stream: LimitedReader) -> Iterator[list[str]]:
    return (record for _, _, record in _numbered(stream))


def _numbered(stream: LimitedReader) -> Iterator[tuple[int, int, list[str]]]:
    """(data record from 0 = header, physical line from 1 on which it starts, fields); blank lines are no records."""
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(_lines(stream), strict=True)
    number, line = 0, 1
    for record in reader:
        if record:
            yield number, line, record
            number += 1
        line = reader.line_num + 1
    

def _lines(stream: LimitedReader) -> Iterator[str]:
    text = io.TextIOWrapper(io.BufferedReader(stream, 1 << 20), "utf-8-sig", errors="strict", newline="")
    return iter(lambda: text.readline(MAX_LINE), "")
