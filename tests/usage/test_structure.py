"""The structure pass: record numbers and physical lines, whatever stands between quotes."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.usage.focus import Intake, csv_bytes, gzipped, record
from underlet.foundation.duck import open_duckdb
from underlet.kernel.errors import ImportRejected
from underlet.usage.intake.load import content_hash
from underlet.usage.intake.structure import check_structure, lines_of, read_header, rewrite
from underlet.usage.intake.typed import csv_relation

_FIELDS = st.text(st.sampled_from("ab ,\"\n\r\tü€;'\\"), max_size=6)
"""Texts with everything that makes CSV hard. All fields are quoted when written: Python's writer forgets to for
"\\r"."""
_TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(_FIELDS, min_size=width, max_size=width), min_size=2, max_size=12)
)
_QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_SLOW = settings(_QUICK, max_examples=25)


def _write(path: Path, table: list[list[str]], line_end: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(table)
    path.write_bytes(text.getvalue().encode())


def _starts(table: list[list[str]], line_end: str) -> list[int]:
    """The line on which each record starts, by writing them one by one: an oracle without a parser."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    found = []
    for row in table:
        written = text.getvalue()
        found.append(1 + written.count("\n") + written.replace("\r\n", "\n").count("\r"))
        writer.writerow(row)
    return found


@_QUICK
@given(_TABLES, st.sampled_from(["\n", "\r\n"]))
def test_records_and_lines_of_any_table(tmp_path: Path, table: list[list[str]], line_end: str) -> None:
    """intake.md §5.3: record number and physical line, also with line breaks inside quotes."""
    path = tmp_path / "table.csv"
    _write(path, table, line_end)
    seen: list[list[str]] = []
    structure = check_structure(path, lambda _: None, seen.append)
    assert [list(structure.header), *seen] == table
    assert structure.rows == len(table) - 1
    records = range(1, len(table))
    assert lines_of(path, records) == dict(zip(records, _starts(table, line_end)[1:], strict=True))


@_QUICK
@given(_TABLES, st.integers(1, 11))
def test_a_ragged_record_is_found_where_it_is(tmp_path: Path, table: list[list[str]], place: int) -> None:
    place = min(place, len(table) - 1)
    table[place] = [*table[place], "one too many"]
    path = tmp_path / "table.csv"
    _write(path, table, "\n")
    with pytest.raises(ImportRejected) as refusal:
        check_structure(path, lambda _: None)
    [error] = refusal.value.errors
    assert (error.reason, error.record) == ("ragged_record", place)
    assert error.line == _starts(table, "\n")[place]


@_SLOW
@given(_TABLES, st.sampled_from(["\n", "\r\n"]))
def test_the_plain_copy_reads_alike_in_python_and_duckdb(
    tmp_path: Path, table: list[list[str]], line_end: str
) -> None:
    """What DuckDB is handed when it cannot read a file, or counts other records, means what Python read."""
    path, plain = tmp_path / "table.csv", tmp_path / "plain.csv"
    _write(path, table, line_end)
    rewrite(path, plain)
    with open_duckdb(files=[plain], threads=1) as connection:
        found = connection.execute(csv_relation(plain, len(table[0]))).fetchall()
    expected = [
        tuple(field.replace("\r\n", "\n").replace("\r", "\n") or None for field in row) for row in table[1:]
    ]
    assert found == expected


@_SLOW
@given(st.lists(st.tuples(_FIELDS, _FIELDS), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_a_loaded_file_holds_what_python_reads(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]], line_end: str
) -> None:
    """Two parsers, one meaning: descriptions and names arrive as Python's csv reads them, in order (M1)."""
    intake = Intake(tmp_path_factory.mktemp("intake"))
    rows = [
        record(ChargeDescription=one, ResourceName=other, ResourceId=str(i))
        for i, (one, other) in enumerate(texts)
    ]
    loaded = intake.load(csv_bytes(*rows, line_end=line_end, quoting=csv.QUOTE_ALL))
    found = intake.rows(loaded, "SELECT ChargeDescription, ResourceName, x_line_no FROM f ORDER BY x_line_no")
    for number, (row, (one, other)) in enumerate(zip(found, texts, strict=True), start=1):
        same_ends = [
            text.replace("\r\n", "\n").replace("\r", "\n") if text else text for text in (*row[:2], one, other)
        ]
        assert same_ends[:2] == [same_ends[2] or None, same_ends[3] or None]
        assert row[2] == number


def test_record_numbers_survive_parallel_reading(intake: Intake) -> None:
    """x_line_no and the report's record numbers follow the file, although DuckDB reads it in parallel pieces."""
    count = 60_000
    content = csv_bytes(*[record(ResourceId=f"r{i}", ChargeDescription="x" * 40) for i in range(1, count + 1)])
    loaded = intake.load_in_child(content)
    assert intake.rows(loaded, "SELECT count(*) FROM f WHERE ResourceId <> 'r' || x_line_no") == [(0,)]
    lines = content.split(b"\n")
    for number in (7, 29_999, count):
        lines[number] = lines[number].replace(b"1.5,", b"1_5,", 1)
    errors = intake.refused_in_child(b"\n".join(lines))
    assert [(error.record, error.line) for error in errors] == [(7, 8), (29_999, 30_000), (count, count + 1)]


def test_content_hash_ignores_name_and_compression(tmp_path: Path) -> None:
    """I12: renamed, regzipped at another level, or plain: the same content."""
    content = csv_bytes(record())
    files = {"a.csv": content, "b.gz": gzipped(content, 1), "c.dat": gzipped(content, 9)}
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    assert len({content_hash(tmp_path / name) for name in files}) == 1
    (tmp_path / "d").write_bytes(content + b"\n")
    assert content_hash(tmp_path / "d") != content_hash(tmp_path / "a.csv")
    assert read_header(tmp_path / "b.gz") == tuple(record())
