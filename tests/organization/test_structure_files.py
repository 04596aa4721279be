"""Structure files as bytes: what is written is read again, whatever spreadsheets do; what is too large is refused."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from underlet.kernel.errors import FileRejected
from underlet.organization.bulk import reading
from underlet.organization.bulk.columns import COLUMNS, FORMULA, guarded, unguarded
from underlet.organization.bulk.lines import read_lines
from underlet.organization.bulk.reading import rows_of
from underlet.organization.bulk.writing import Format, file_of
from underlet.organization.models import LegalEntity

TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("=+-@'\",;"),
    max_size=20,
).map(str.strip)
ROWS = st.lists(st.dictionaries(st.sampled_from(COLUMNS), TEXTS, min_size=1), min_size=1, max_size=5)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def cells(path: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of(path)]


@given(st.text())
def test_a_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    """documents.md §9: no cell begins like a formula, and none is changed by being guarded."""
    assert not guarded(text).startswith(FORMULA)
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(rows=ROWS)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, kind: Format, rows: list[dict[str, str]]
) -> None:
    """Every text, formulas and quotes included, in both kinds of file."""
    answer = file_of(rows, "x", kind)
    assert answer.file
    with answer.file as file:
        path = written(tmp_path_factory.mktemp("files") / "x", file.read())
    wanted = [tuple(row.get(column, "") for column in COLUMNS) for row in rows]
    found = [(*row, *[""] * (len(COLUMNS) - len(row))) for row in cells(path)]
    assert found == [COLUMNS, *(row for row in wanted if any(row))]


def test_no_cell_of_a_sheet_is_a_formula() -> None:
    answer = file_of(
        [{"name": '=HYPERLINK("http://x")', "code": "+1", "legal_phone": "-1", "legal_city": "@x"}], "x", "xlsx"
    )
    assert answer.file
    with answer.file as file:
        sheet = load_workbook(file).worksheets[0]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_marks_and_ends_of_lines_are_recognized(
    tmp_path: Path, mark: bytes, delimiter: str, end: str
) -> None:
    text = end.join(
        (delimiter.join(("Name", "Display name", "CODE")), delimiter.join(("a.b.se", '"x, ""y""; z"', "1")), "")
    )
    found = cells(written(tmp_path / "x", mark + text.encode()))
    assert found == [("Name", "Display name", "CODE"), ("a.b.se", 'x, "y"; z', "1")]
    [line], problems = read_lines(tmp_path / "x")
    assert (line.number, line.unit, problems) == (
        2,
        {"name": "a.b.se", "display_name": 'x, "y"; z', "code": "1"},
        [],
    )


def test_lines_are_counted_as_editors_do(tmp_path: Path) -> None:
    """A cell with line breaks and empty lines between do not shift the numbers that are told."""
    text = 'name,kind,display_name\n\na,organization,"x\ny"\n\nb,team,\n'
    lines, problems = read_lines(written(tmp_path / "x", text.encode()))
    assert [line.number for line in lines] == []
    assert [(one.line, one.column, one.code) for one in problems] == [
        (3, "display_name", "name_pattern"), (6, "kind", "invalid_input"),
    ]  # fmt: skip


def test_numbers_of_sheets_become_their_exact_text(tmp_path: Path) -> None:
    """An organization number typed as a number has no ".0" and no exponent."""
    book = Workbook()
    book.active.append(["name", "organization_number", "code", "own_legal_entity"])
    book.active.append(["a", 5560160680, 12.5, True])
    book.active.append(["b", 5560160680.0, 1e15, False])
    book.save(tmp_path / "x.xlsx")
    assert cells(tmp_path / "x.xlsx")[1:] == [
        ("a", "5560160680", "12.5", "yes"), ("b", "5560160680", "1000000000000000", "no"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name\n\xff\n", "Line 2 is not UTF-8"),
        (b'name\n"open\n', "Line 2 is not CSV"),
        (b"name\n" + b"x" * 3_000 + b"\n", "cell of more than 2,000"),
        (b"," * 200 + b"x\n", "more than 100 columns"),
        (b"PK\x03\x04 no archive", "neither CSV nor an XLSX"),
    ],
)
def test_files_that_cannot_be_read_say_where(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(FileRejected, match=words):
        list(rows_of(written(tmp_path / "x", content)))


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    """S12: by the size that the archive declares, of which no more is unpacked."""
    with (
        zipfile.ZipFile(tmp_path / "x", "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/a.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(reading.MOST_UNPACKED // 2**20 + 1):
            part.write(bytes(2**20))
    assert (tmp_path / "x").stat().st_size < 2**20
    with pytest.raises(FileRejected, match="Unpacked"):
        list(rows_of(tmp_path / "x"))


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x", "w") as packed:
        packed.writestr("[Content_Types].xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(FileRejected, match="neither"):
        list(rows_of(tmp_path / "x"))


def test_too_many_lines_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 3)
    assert len(cells(written(tmp_path / "x", b"name\na\nb\nc\n"))) == 4
    with pytest.raises(FileRejected, match="at most 3 units"):
        cells(written(tmp_path / "x", b"name\na\nb\nc\nd\n"))


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("name,nmae", ["column_unknown"]),
        ("name,Code,code", ["column_repeated"]),
        ("kind,code", ["column_missing"]),
        ("", ["file_empty"]),
    ],
)
def test_headers_are_checked_first(tmp_path: Path, header: str, codes: list[str]) -> None:
    """A column that nobody reads would lose its values silently, so it is refused."""
    lines, problems = read_lines(written(tmp_path / "x", f"{header}\n".encode()))
    assert (lines, [one.code for one in problems]) == ([], codes)


def test_every_field_of_a_legal_entity_has_a_column() -> None:
    """A new field of parties reaches the file, and the statements that write it."""
    fields = {one.name for one in LegalEntity._meta.fields} - {"id", "public_id", "hierarchy"}
    assert {one.removeprefix("legal_") for one in COLUMNS if one.startswith("legal_")} == fields
    text = (Path(reading.__file__).parent / "steps.py").read_text()
    assert all(f"{name} = x.{name}" in text for name in fields)


def test_many_lines_are_written_in_little_memory() -> None:
    """The file grows on disk: peak memory of a hundred thousand lines is a few megabytes."""
    import tracemalloc

    tracemalloc.start()
    answer = file_of(({"name": f"c{n}.example.com"} for n in range(100_000)), "x", "csv")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.file
    with answer.file as file:
        assert sum(1 for _ in csv.reader(io.TextIOWrapper(file, encoding="utf-8"))) == 100_001
    assert peak < 5 * 2**20
