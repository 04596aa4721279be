"""The first pass over a CSV file: is it text, and is it a table? (intake.md §5.3)

Python's `csv` reads it once, as a stream, in strict UTF-8; DuckDB, which reads it next, is no validator. A fault
is reported with its record and physical line, and stops the file. Memory does not grow with the file.
"""

import codecs
import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from underlet.kernel.errors import FileError, ImportRejected
from underlet.kernel.sentence import Sentence
from underlet.usage.intake.reasons import MAX_ERRORS, file_error, refuse
from underlet.usage.intake.source import LimitedReader, open_text

MAX_FIELD = 131_072
_PROGRESS_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class Structure:
    """A file that is a table. rows: data records; normal: DuckDB may read it as it is (one kind of line end)."""

    header: tuple[str, ...]
    rows: int
    normal: bool


def read_header(path: Path) -> tuple[str, ...]:
    """The first record. Raises ImportRejected for a file that is not text or has no header."""
    with open_text(path) as stream:
        try:
            return tuple(next(_records(stream), ()))
        except UnicodeDecodeError as error:
            raise _not_utf8(path) from error


def check_structure(
    path: Path, on_progress: Callable[[int], None], visit: Callable[[list[str]], None] = lambda record: None
) -> Structure:
    """Read every record once. on_progress: gets the bytes of the file read so far. visit: gets every whole record.

    Raises ImportRejected with up to 100 errors: ragged_record, broken_quotes, nul_byte, not_utf8, field_too_long,
    line_too_long, truncated_gzip, broken_gzip, compression_ratio, empty_file.
    """
    with open_text(path) as stream:
        try:
            header, rows = _check(stream, on_progress, visit)
        except UnicodeDecodeError as error:
            raise _not_utf8(path) from error
        except ImportRejected as refusal:
            # A NUL byte breaks quoting and counting; name the cause, not its effects.
            raise (_nul_byte(path) if stream.nul else refusal) from None
        if stream.nul:
            raise _nul_byte(path)
        return Structure(header, rows, stream.one_line_end)


def lines_of(path: Path, records: Collection[int]) -> Mapping[int, int]:
    """The physical line on which each of these data records starts (both from 1). A second pass, for reports
    only."""
    wanted, found = set(records), dict[int, int]()
    with open_text(path) as stream:
        for number, line, _ in _numbered(stream):
            if number in wanted:
                found[number] = line
            if len(found) == len(wanted):
                break
    return found


def broken_record(path: Path) -> int:
    """The data record, from 1, in which a compressed file breaks off; 0 = its header does. For reports only."""
    whole = 0  # the header included, so that the next number is the record's
    with open_text(path) as stream, suppress(ImportRejected):
        for _ in _numbered(stream, "surrogateescape"):
            whole += 1
    return whole


def rewrite(path: Path, target: Path) -> None:
    """Copy the file with line feeds only, also inside quotes, and every field quoted: what DuckDB reads safely."""
    with open_text(path) as stream, target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for record in _records(stream):
            writer.writerow([field.replace("\r\n", "\n").replace("\r", "\n") for field in record])


def _check(
    stream: LimitedReader, on_progress: Callable[[int], None], visit: Callable[[list[str]], None]
) -> tuple[tuple[str, ...], int]:
    errors: list[FileError] = []
    bad = rows = 0
    numbered = _numbered(stream)
    _, _, header = next(numbered, (0, 1, []))
    width = len(header)
    for rows, line, record in numbered:  # the last number is the count
        if len(record) == width:
            visit(record)
        else:
            bad += 1
            if bad <= MAX_ERRORS:
                value = Sentence("{count} fields instead of {width}", count=len(record), width=width)
                errors.append(file_error("ragged_record", record=rows, line=line, value=value))
        if rows % _PROGRESS_EVERY == 0:
            on_progress(stream.progress)
    if errors:
        detail = Sentence("Records without exactly {width} fields: {count}.", width=width, count=bad)
        raise ImportRejected(detail, hint=errors[0].hint, errors=errors, count=bad)
    if not rows:
        raise refuse("empty_file", "The file has no data records.", line=1)
    return tuple(header), rows


def _records(stream: LimitedReader) -> Iterator[list[str]]:
    return (record for _, _, record in _numbered(stream))


def _numbered(stream: LimitedReader, on_bad_bytes: str = "strict") -> Iterator[tuple[int, int, list[str]]]:
    """(data record from 0 = header, physical line from 1 on which it starts, fields); blank lines are no
    records."""
    csv.field_size_limit(MAX_FIELD)
    buffered = io.BufferedReader(stream, 1 << 20)
    text = io.TextIOWrapper(buffered, "utf-8-sig", errors=on_bad_bytes, newline="")
    reader = csv.reader(text, strict=True)
    number, line = 0, 1
    try:
        for record in reader:
            if record:
                yield number, line, record
                number += 1
            line = reader.line_num + 1
    except csv.Error as error:
        reason = "field_too_long" if "field larger" in str(error) else "broken_quotes"
        detail = Sentence(
            "The record that starts on line {line} cannot be read: {why}.", line=line, why=str(error)
        )
        raise refuse(reason, detail, record=number or None, line=line) from error


def _nul_byte(path: Path) -> ImportRejected:
    offset = _offset_of_nul(path)
    record, line, column, value = _find(path, lambda field: "\0" in field)
    detail = Sentence("The file holds a NUL byte at byte {offset}.", offset=offset)
    return refuse("nul_byte", detail, record=record, line=line, column=column, value=value.replace("\0", "␀"))


def _not_utf8(path: Path) -> ImportRejected:
    offset = _offset_of_bad_utf8(path)
    record, line, column, value = _find(path, lambda field: any("\udc80" <= sign <= "\udcff" for sign in field))
    # Most such files are Latin-1; show the text as its author meant it.
    readable = value.encode("utf-8", "surrogateescape").decode("latin-1")
    detail = Sentence("The file is not UTF-8: byte {offset} does not belong there.", offset=offset)
    return refuse("not_utf8", detail, record=record, line=line, column=column, value=readable)


def _find(path: Path, guilty: Callable[[str], bool]) -> tuple[int | None, int | None, str, str]:
    """Record, line, column and value of the first guilty field; what cannot be told stays None or empty."""
    header: list[str] = []
    with open_text(path) as stream:
        try:
            for number, line, record in _numbered(stream, "surrogateescape"):
                header = header or record
                for index, field in enumerate(record):
                    if guilty(field):
                        column = header[index] if number and index < len(header) else ""
                        return number or None, line, column, field
        except ImportRejected as refusal:
            return refusal.errors[0].record, refusal.errors[0].line, "", ""
    return None, None, "", ""


def _offset_of_nul(path: Path) -> int:
    offset = 0
    with open_text(path) as stream:
        while chunk := stream.read(1 << 20):
            if b"\0" in chunk:
                return offset + chunk.index(b"\0")
            offset += len(chunk)
    return offset


def _offset_of_bad_utf8(path: Path) -> int:
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    with open_text(path) as stream:
        while True:
            chunk = stream.read(1 << 20)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return offset - pending + error.start
            if not chunk:
                return offset
            offset += len(chunk)
