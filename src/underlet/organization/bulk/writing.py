"""Rows of a structure as CSV or XLSX, written to a temporary file: memory does not grow with their number."""

import csv
import io
from collections.abc import Iterable, Mapping
from tempfile import TemporaryFile
from typing import IO, Any, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from underlet.foundation.types import FileAnswer
from underlet.kernel.errors import InvalidInput
from underlet.organization.bulk.columns import COLUMNS, FORMULA, guarded

Format = Literal["csv", "xlsx"]
MOST_SHEET_ROWS = 1_048_575
"""Lines of an XLSX sheet below its header."""
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOM = "\ufeff"  # by which spreadsheets know UTF-8


def file_of(rows: Iterable[Mapping[str, str]], name: str, kind: Format) -> FileAnswer:
    """The rows, by column, as a file with a header. Raises InvalidInput for more than an XLSX sheet holds."""
    target = TemporaryFile()  # noqa: SIM115 (whoever sends the answer closes it)
    try:
        if kind == "csv":
            _write_csv(rows, target)
        else:
            _write_xlsx(rows, target)
        target.seek(0)
    except BaseException:
        target.close()
        raise
    return FileAnswer(f"{name}.{kind}", _TYPES[kind], file=target)


def _write_csv(rows: Iterable[Mapping[str, str]], target: IO[bytes]) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=False)
    text.write(_BOM)
    writer = csv.writer(text)  # RFC 4180: commas, quotes doubled, lines end with CR LF
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([guarded(row.get(column, "")) for column in COLUMNS])
    text.flush()
    text.detach()


def _write_xlsx(rows: Iterable[Mapping[str, str]], target: IO[bytes]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("units")
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    for number, row in enumerate(rows, 1):
        if number > MOST_SHEET_ROWS:
            raise InvalidInput(
                "A sheet holds no more than 1,048,576 rows.",
                fields={"format": "There are more units than a sheet has rows."},
                hint="Take CSV, or a part of the structure.",
            )
        sheet.append([_cell(sheet, row.get(column, "")) for column in COLUMNS])
    book.save(target)


def _cell(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it begins with; characters that XML does not have are left out."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    if not text:
        return None
    if not text.startswith((*FORMULA, "'")):
        return text
    cell = WriteOnlyCell(sheet, guarded(text))
    cell.data_type = "s"
    return cell
