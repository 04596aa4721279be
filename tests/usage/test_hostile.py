"""Files meant to hurt (S1, intake.md §10): a typed refusal, the parent alive, little memory and time."""

import os
import resource
import signal
import struct
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pytest

from tests.usage.focus import Intake, csv_bytes, gzipped, reasons, record
from underlet.kernel.errors import ImportRejected
from underlet.usage.intake import child
from underlet.usage.intake.child import Limits, limits_for, run_in_child
from underlet.usage.intake.load import content_hash
from underlet.usage.intake.types import Task


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Seconds of CPU, here and in children that have ended: those do not depend on who else is at work."""
    start = _cpu()
    yield
    assert _cpu() - start < seconds


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def test_a_gzip_bomb(intake: Intake) -> None:
    """0.3 MB → 300 MB: stopped by our own byte counter at 200-fold, whatever lies inside."""
    head = csv_bytes(record())
    bombs = {
        "zeros": head + b"0" * 300_000_000,
        "lines": head + b"\n" * 300_000_000,
        "records": head + (b"1," * 27 + b"1\n") * 5_000_000,
    }
    for name, content in bombs.items():
        path = intake.file(gzipped(content, 9), f"{name}.csv.gz")
        assert path.stat().st_size < 1_000_000
        with _within(30):
            assert reasons(intake.refused_in_child(path)) <= {
                "compression_ratio",
                "line_too_long",
                "field_too_long",
            }
    tracemalloc.start()
    try:
        with pytest.raises(ImportRejected):
            content_hash(path)
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_a_huge_cell_and_a_huge_line(intake: Intake) -> None:
    """A 30 MB cell (300 MB scaled down): refused before anything holds it."""
    cell = csv_bytes(record(ChargeDescription="x" * 30_000_000))
    line = csv_bytes(record()) + b"," * 30_000_000
    quoted = csv_bytes(record()) + b'"' + b"\n" * 5_000_000
    with _within(30):
        assert reasons(intake.refused_in_child(cell)) == {"line_too_long"}
        assert reasons(intake.refused_in_child(line)) == {"line_too_long"}
        assert reasons(intake.refused_in_child(quoted)) == {"field_too_long"}
        assert reasons(intake.refused_in_child(csv_bytes(record(SkuId="x" * 131_073)))) == {"field_too_long"}
    assert intake.load(csv_bytes(record(SkuId="x" * 131_072))).rows == 1


def test_too_many_columns(intake: Intake) -> None:
    columns = record(**{f"x_{i}": "1" for i in range(2_000)})
    assert reasons(intake.refused_in_child(csv_bytes(columns))) == {"too_many_columns"}
    assert intake.load(csv_bytes(record(**{f"x_{i}": "1" for i in range(1_900)}))).rows == 1


@pytest.mark.parametrize(
    "name",
    ['"; drop table record; --', "'); COPY line TO 'x'; --", "c0", "record", "x_day", "t_BilledCost", "../x", ""],
)
def test_column_names_never_reach_sql(intake: Intake, name: str) -> None:
    """`"; drop table` is a name: not stored, and said so."""
    loaded = intake.load_in_child(csv_bytes(record(**{name: "5"})))
    assert loaded.rows == 1
    [warning] = [one for one in loaded.warnings if one.reason == "ignored_column"]
    assert warning.value == name
    path = intake.folder / "names.parquet"
    select = ", ".join(f"'{value}' AS \"{column}\"" for column, value in record().items())
    quoted = name.replace('"', '""') or "x"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {select}, 1 AS \"{quoted}\") TO '{path}' (FORMAT parquet)")
    assert intake.load(path).rows == 1


@pytest.mark.parametrize(
    "value",
    ["'; DROP TABLE record; --", "' OR 1=1 --", "{{7*7}}", "../../etc/passwd", "\u202etxt.exe", "=1+1", "\x7f"],
)
def test_values_never_reach_sql_or_paths(intake: Intake, value: str) -> None:
    loaded = intake.load(
        csv_bytes(record(ProviderName=value, BillingAccountId=value, SubAccountId=value, Tags=value, SkuId=value))
    )
    assert loaded.snapshots[0].billing_account == value
    assert [file.path for file in loaded.snapshots[0].files] == [
        "import-1/0-lines-0.parquet",
        "import-1/0-cube.parquet",
    ]


def test_deep_and_strange_json_in_tags(intake: Intake) -> None:
    """A hundred thousand brackets, doubled keys, lone surrogates: unreadable, counted, harmless."""
    texts = [
        "[" * 100_000,
        '{"a":' * 20_000 + "1" + "}" * 20_000,
        '{"a":1,"a":2}',
        '{"\\ud800": 1}',
        '{"a": 1e400}',
        "{",
        "{}",
    ]
    loaded = intake.load_in_child(csv_bytes(*[record(Tags=text) for text in texts]))
    assert loaded.rows == len(texts)


def _parquet(path: Path, rows: int = 1) -> Path:
    select = ", ".join(f"'{value}' AS \"{column}\"" for column, value in record().items())
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {select} FROM range({rows})) TO '{path}' (FORMAT parquet)")
    return path


def test_a_parquet_file_that_claims_more_than_it_can_hold(intake: Intake) -> None:
    """Equal records compress without limit: a million in a few kilobytes are refused from the footer alone."""
    path = _parquet(intake.folder / "bomb.parquet", 20_000_000 if os.environ.get("UNDERLET_DEEP") else 1_000_000)
    assert path.stat().st_size < 1_000_000
    with _within(20):
        assert reasons(intake.refused_in_child(path)) == {"compression_ratio"}


def test_damaged_parquet_files(intake: Intake) -> None:
    """Bit flips and cuts anywhere: refused or loaded, never a crash of the parent."""
    whole = _parquet(intake.folder / "good.parquet", 50).read_bytes()
    cases = [
        whole[:-1],
        whole[:100],
        b"PAR1" + b"\0" * 40,
        whole[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1",
        b"PAR1PAR1",
    ]
    for place in range(20, len(whole), len(whole) // 12):
        flipped = bytearray(whole)
        flipped[place] ^= 0x55
        cases.append(bytes(flipped))
    for content in cases:
        with _within(20), suppress(ImportRejected):
            intake.load_in_child(intake.file(content, "damaged.parquet"))


def test_parquet_types_that_nobody_expects(intake: Intake) -> None:
    """Nested costs, blobs, intervals: texts that no pattern fits, or JSON; never an internal error."""
    for expression in (
        "[1, 2]",
        "{'a': 1}",
        "'x'::BLOB",
        "INTERVAL 1 DAY",
        "true",
        "uuid()",
        "NULL",
        "'NaN'::DOUBLE",
    ):
        path = intake.folder / "odd.parquet"
        columns = {name: f"'{value}'" for name, value in record().items()} | {"BilledCost": expression}
        select = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT {select}) TO '{path}' (FORMAT parquet)")
        assert reasons(intake.refused(path)) <= {"not_a_number", "missing_value"}


def _task(intake: Intake, content: bytes) -> Task:
    for folder in ("draft", "scratch"):
        (intake.folder / folder).mkdir()
    return Task(
        intake.file(content), intake.folder / "draft", intake.folder / "scratch", "x", {}, "0" * 64, 1, 500 << 20
    )


_GIB = 1 << 30
_LIMITS = {
    "time": Limits(4 * _GIB, 60, _GIB, 0),
    "cpu": Limits(4 * _GIB, 1, _GIB, 60),
    "memory": Limits(120 << 20, 60, _GIB, 60),
    "file": Limits(4 * _GIB, 60, 10_000, 60),
}


@pytest.mark.parametrize("limit", _LIMITS)
def test_each_limit_of_the_child_ends_in_a_typed_refusal(intake: Intake, limit: str) -> None:
    """S1: time, CPU, memory and file size; the parent lives and says limits_exceeded."""
    header, rest = csv_bytes(*[record(ResourceId=f"resource-{i}" * 20) for i in range(60_000)]).split(b"\n", 1)
    # Four times over, so that one second of CPU, the shortest limit there is, is too little on a fast machine too.
    many = header + b"\n" + rest * (4 if limit == "cpu" else 1)
    with pytest.raises(ImportRejected) as refusal:
        run_in_child(_task(intake, many), _LIMITS[limit], lambda *_: None)
    assert reasons(refusal.value.errors) == {"limits_exceeded"}


def test_limits_grow_with_the_file_only() -> None:
    assert limits_for(0, 0).cpu == 30
    assert limits_for(100 << 20, 0).cpu == 230


def test_the_child_dies_with_its_parent(intake: Intake, tmp_path: Path) -> None:
    """F1: after kill −9 of a worker nobody writes to the lake behind the next one's back."""
    content = csv_bytes(*[record(ResourceId=f"resource-{i}") for i in range(150_000)])
    source = intake.file(content)
    program = (
        "import sys; from pathlib import Path; from underlet.usage.intake.load import load_file;"
        "load_file(Path(sys.argv[1]), Path(sys.argv[2]), import_id='x', content_sha256='',"
        " progress=lambda *_: print('.', flush=True))"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(source), str(intake.lake)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
    )
    assert parent.stdout
    parent.stdout.read(1)
    children = _children(parent.pid)
    assert children
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while any(_alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in children)
    assert not (intake.lake / "x").exists()
    assert intake.load_in_child(source).rows == 150_000


def _children(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_nothing_of_the_parents_environment_reaches_the_child(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S10: no secret is where a hostile file is read."""
    seen: dict[str, str] = {}
    real = subprocess.Popen

    def spy(*arguments: object, **options: object) -> object:
        seen.update(options["env"])  # type: ignore[call-overload]
        return real(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setenv("UNDERLET_SECRET", "s")
    monkeypatch.setattr(child.subprocess, "Popen", spy)
    intake.load_in_child(csv_bytes(record()))
    assert set(seen) == {"PYTHONPATH", "PATH", "TZ"}
