"""Checking and loading one file, from its first byte to lines and cubes in a draft folder. Runs in the child
process.

A CSV file is read twice at the same time: Python finds out whether it is a table and sums the costs exactly,
DuckDB casts its values. Only if both succeed and agree on the number of records does the file stand.
"""

# ruff: noqa: S608 -- SQL is put together from this package's own names and quoted paths

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from underlet.foundation.duck import open_duckdb
from underlet.kernel.errors import ImportRejected
from underlet.kernel.period import Month
from underlet.kernel.sentence import Sentence
from underlet.usage.intake.parquet import broken, parquet_header, parquet_relation
from underlet.usage.intake.profiles import Layout, detect
from underlet.usage.intake.reasons import refuse
from underlet.usage.intake.source import FileKind, file_hash, kind_of
from underlet.usage.intake.structure import check_structure, lines_of, read_header, rewrite
from underlet.usage.intake.totals import Totals, reconcile
from underlet.usage.intake.typed import csv_relation, findings, load_lines, present
from underlet.usage.intake.types import Costs, LoadedFile, SeenSubAccount, Snapshot, Task
from underlet.usage.intake.verdict import judge, warnings
from underlet.usage.lake.cube import parquet_files
from underlet.usage.lake.write import write_snapshot

MAX_SNAPSHOTS = 1_000
_READING, _LOADING = 60, 70
"""Percent of the work done when the file is read, when its records are checked."""

Report = Callable[[str, int], None]
"""Gets the name of a stage just finished ("" while it runs) and percent done."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A file whose records are in the table `record`. exact: control totals of its text."""

    layout: Layout
    relation: str
    rows: int
    exact: Mapping[str, tuple[int, Costs]]
    lines_of: Callable[[Any], Mapping[int, int]]


def load(task: Task, report: Report) -> LoadedFile:
    """Load a file into the draft folder. Raises ImportRejected; a full disk or memory raises duckdb.Error."""
    folders = [task.draft, task.scratch]
    connection = open_duckdb(
        folders=folders, files=[task.source], scratch=task.scratch, threads=task.threads, memory=task.memory
    )
    with closing(connection):
        read = _read_parquet if kind_of(task.source) is FileKind.PARQUET else _read_csv
        file = read(connection, task, report)
        report("after_structure", _READING)
        columns = present(file.layout, task.supplied)
        [(bad,)] = connection.execute("SELECT count(*) FROM record WHERE bad").fetchall()
        found = findings(connection, file.relation, file.layout, task.supplied) if bad else []
        noted = [*judge(found, file.layout, file.lines_of), *warnings(connection, columns, file.layout)]
        report("", _LOADING)
        snapshots = _write(connection, task, report)
        report("after_cube", 99)
        totals = reconcile(file.exact, _stored(connection, task.draft, snapshots))
        return LoadedFile(
            file.layout.name,
            file_hash(task.source),
            task.content_sha256,
            file.rows,
            totals,
            snapshots,
            _sub_accounts(connection),
            tuple(noted),
        )


def _read_csv(connection: duckdb.DuckDBPyConnection, task: Task, report: Report) -> _Read:
    header = read_header(task.source)
    layout = detect(header, task.supplied)
    totals = _totals(layout, task.supplied)
    size = max(1, task.source.stat().st_size)
    relation = csv_relation(task.source, len(header))
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(load_lines, connection, relation, layout, task.supplied)
        try:
            structure = check_structure(task.source, lambda done: report("", _READING * done // size), totals.add)
        except BaseException:
            _abandon(connection, loading)
            raise
        error = loading.exception()
    if error is not None and not isinstance(error, duckdb.Error):
        raise error
    if error is not None or not structure.normal or _records(connection) != structure.rows:
        # Python says it is a table; hand DuckDB the same records in the plainest form there is.
        plain = task.scratch / "plain.csv"
        rewrite(task.source, plain)
        relation = csv_relation(plain, len(header))
        connection.execute("DROP VIEW IF EXISTS line")
        connection.execute("DROP TABLE IF EXISTS record")
        load_lines(connection, relation, layout, task.supplied)
        if _records(connection) != structure.rows:
            raise refuse("broken_quotes", "The file's records cannot be told apart.")
    return _Read(
        layout,
        relation,
        structure.rows,
        totals.result(),
        lambda records: lines_of(task.source, records),
    )


def _abandon(connection: duckdb.DuckDBPyConnection, loading: Future[None]) -> None:
    """Stop the other reader; an interrupt that comes before its query starts is lost, so ask again."""
    while not loading.done():
        connection.interrupt()
        wait([loading], timeout=0.05)
        time.sleep(0.01)


def _read_parquet(connection: duckdb.DuckDBPyConnection, task: Task, report: Report) -> _Read:
    header = parquet_header(connection, task.source)
    layout = detect(header, task.supplied)
    relation = parquet_relation(connection, task.source, len(header))
    try:
        load_lines(connection, relation, layout, task.supplied)
        report("", _READING // 2)
        exact = _exact(connection, relation, layout, task.supplied)
    except duckdb.Error as error:
        raise broken(error) from error
    return _Read(layout, relation, _records(connection), exact, lambda records: {})


def _exact(
    connection: duckdb.DuckDBPyConnection, relation: str, layout: Layout, supplied: Mapping[str, str]
) -> Mapping[str, tuple[int, Costs]]:
    totals = _totals(layout, supplied)
    used = sorted({index for index in (totals.currency, *totals.costs) if isinstance(index, int)})
    record: list[str | None] = [None] * len(layout.header)
    texts = connection.execute(f"SELECT {', '.join(f'c{index}' for index in used)} FROM ({relation})")
    while rows := texts.fetchmany(20_000):
        for row in rows:
            for index, text in zip(used, row, strict=True):
                record[index] = text
            totals.add(record)
    return totals.result()


def _totals(layout: Layout, supplied: Mapping[str, str]) -> Totals:
    currency = layout.position.get("BillingCurrency", supplied.get("BillingCurrency", ""))
    return Totals(currency, layout.position)


def _records(connection: duckdb.DuckDBPyConnection) -> int:
    [(rows,)] = connection.execute("SELECT count(*) FROM record").fetchall()
    return int(rows)


def _write(connection: duckdb.DuckDBPyConnection, task: Task, report: Report) -> tuple[Snapshot, ...]:
    keys = connection.execute(
        "SELECT ProviderName, BillingAccountId, month, count(*) FROM line GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if len(keys) > MAX_SNAPSHOTS:
        detail = Sentence("The file holds {count} combinations of account and month.", count=len(keys))
        raise refuse("too_many_snapshots", detail)
    found = []
    for number, (provider, account, month, rows) in enumerate(keys):
        files = write_snapshot(
            connection, task.draft, number, (provider, account, month), lambda: report("after_lines", _LOADING)
        )
        named = tuple(replace(file, path=f"{task.folder}/{file.path}") for file in files)
        found.append(Snapshot(provider, account, Month.of(month), rows, named))
        report("", _LOADING + (99 - _LOADING) * (number + 1) // len(keys))
    return tuple(found)


def _stored(
    connection: duckdb.DuckDBPyConnection, draft: Path, snapshots: tuple[Snapshot, ...]
) -> Mapping[str, Costs]:
    """Sums by currency of the lines as they lie on disk; the cubes must say the same (I2)."""
    paths = {
        kind: [draft / Path(file.path).name for one in snapshots for file in one.files if file.kind == kind]
        for kind in ("lines", "cube")
    }
    lines = connection.execute(
        "SELECT BillingCurrency, sum(BilledCost), sum(EffectiveCost), coalesce(sum(ListCost), 0),"
        f" coalesce(sum(ContractedCost), 0), count(*) FROM {parquet_files(paths['lines'])} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    cubes = connection.execute(
        "SELECT BillingCurrency, sum(billed), sum(effective), sum(list_cost), sum(contracted),"
        f" CAST(sum(n) AS BIGINT) FROM {parquet_files(paths['cube'])} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if lines != cubes:
        raise AssertionError(f"the cube differs from its lines: {lines} and {cubes}")
    return {currency: Costs(*sums) for currency, *sums, _ in lines}


def _sub_accounts(connection: duckdb.DuckDBPyConnection) -> tuple[SeenSubAccount, ...]:
    latest = "{'at': ChargePeriodStart, 'record': x_line_no}"
    rows = connection.execute(
        f"SELECT ProviderName, BillingAccountId, coalesce(arg_max(BillingAccountName, {latest}), ''),"
        f" coalesce(SubAccountId, ''), coalesce(arg_max(SubAccountName, {latest}), ''),"
        f" arg_max(BillingCurrency, {latest}), min(x_day), max(x_day)"
        " FROM line GROUP BY ProviderName, BillingAccountId, SubAccountId ORDER BY 1, 2, 4"
    ).fetchall()
    return tuple(SeenSubAccount(*row) for row in rows)


def refusal_of(error: Exception) -> ImportRejected:
    """What went wrong as a refusal: limits that were hit; anything unexpected is raised again."""
    if isinstance(error, ImportRejected):
        return error
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException | duckdb.IOException | OSError):
        return refuse("limits_exceeded", "Checking the file took more memory, disk or time than is allowed.")
    raise error
