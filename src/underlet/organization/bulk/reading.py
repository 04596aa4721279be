"""A received structure file as rows of text, whatever a spreadsheet program made of it.

Nothing is believed before it is bounded: bytes before and after unpacking, rows, columns, the length of a cell.
"""

import csv
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from underlet.kernel.errors import FileRejected
from underlet.kernel.sentence import Sentence
from underlet.organization.bulk.columns import unguarded

MOST_BYTES = 100 * 1024**2
"""Of a received file."""
MOST_UNPACKED = 400 * 1024**2
"""Of an XLSX file when unpacked; zipfile gives no more of a part than its directory says."""
MOST_LINES = 200_000
"""Lines of units in one file."""
MOST_COLUMNS = 100
MOST_CELL = 2_000
_MOST_ROWS = 1_048_576
_DELIMITERS = ",;\t"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Row:
    """One line with something in it. number: of the line in the file, as editors and spreadsheets count."""

    number: int
    cells: tuple[str, ...]


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a CSV or XLSX file, the header first. Raises FileRejected, also on the way."""
    if path.stat().st_size > MOST_BYTES:
        raise FileRejected(
            Sentence("The file is larger than {limit} bytes.", limit=MOST_BYTES),
            hint="Split it into several files.",
        )
    with path.open("rb") as file:
        is_zip = file.read(4) == _ZIP
    found = _xlsx_rows(path) if is_zip else _csv_rows(path)
    count = 0
    for row in found:
        if not any(row.cells):
            continue
        count += 1
        if count > MOST_LINES + 1:
            raise FileRejected(
                Sentence("A file holds at most {limit} units.", limit=MOST_LINES),
                hint="Split it into several files.",
            )
        yield row


def _text(path: Path) -> Iterator[str]:
    """The lines of a text file, each with its end. Raises FileRejected where they are not UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise FileRejected(
                    Sentence("Line {line} is not UTF-8.", line=number), hint="Save it as “CSV UTF-8”, or as XLSX."
                ) from None


def _csv_rows(path: Path) -> Iterator[Row]:
    lines = _text(path)
    header = next(lines, "")
    reader = csv.reader(_again(header, lines), delimiter=_delimiter(header), strict=True)
    start = 1
    try:
        for cells in reader:
            yield Row(start, _bounded(start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileRejected(
            Sentence("Line {line} is not CSV: {reason}.", line=start, reason=str(error)),
            hint="Put cells that hold quotes, commas or line breaks into quotes.",
        ) from None


def _again(first: str, others: Iterator[str]) -> Iterator[str]:
    yield first
    yield from others


def _delimiter(header: str) -> str:
    """What stands between the header's cells: the separator that occurs most, a comma where none does."""
    return max(_DELIMITERS, key=lambda one: (header.count(one), -_DELIMITERS.index(one)))


def _xlsx_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:  # not by its name, which is a hash
        try:
            with zipfile.ZipFile(file) as packed:
                if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                    raise FileRejected(
                        Sentence("Unpacked, the file is larger than {limit} bytes.", limit=MOST_UNPACKED),
                        hint="Split it into several files, or send CSV.",
                    )
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet: Any = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its size need not be true
            for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), 1):
                if number > _MOST_ROWS:
                    raise _no_workbook()
                yield Row(number, _bounded(number, [_plain(value) for value in values]))
        except _UNREADABLE:
            raise _no_workbook() from None


_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, KeyError, ValueError, IndexError, TypeError, AttributeError,
    OSError, EOFError, SyntaxError, OverflowError, RuntimeError,
)  # fmt: skip
"""What openpyxl and the XML parser raise where a workbook is none; its authors promise nothing narrower."""


def _no_workbook() -> FileRejected:
    return FileRejected(
        "The file is neither CSV nor an XLSX workbook that can be read.",
        hint="Save it anew as XLSX or “CSV UTF-8”.",
    )


def _bounded(number: int, cells: list[str]) -> tuple[str, ...]:
    """The cells without white space around them and without empty ones at the end. Raises FileRejected."""
    texts = [unguarded(cell.strip()) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) > MOST_COLUMNS:
        raise FileRejected(Sentence("Line {line} has more than {n} columns.", line=number, n=MOST_COLUMNS))
    if any(len(text) > MOST_CELL for text in texts):
        raise FileRejected(
            Sentence("Line {line} has a cell of more than {n} characters.", line=number, n=MOST_CELL)
        )
    return tuple(texts)


def _plain(value: object) -> str:
    """A cell's value as text: numbers without an exponent or ".0", days as 2026-04-30, yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
