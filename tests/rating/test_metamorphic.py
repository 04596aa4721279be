"""What must not change a price: batching, order, threads, neighbours; and what factors of one must give."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.rating.cubes import COLUMNS, Row, Setting, corrected, family, write_cube
from tests.strategies import seeded_world
from underlet.foundation.duck import open_duckdb
from underlet.kernel.money import EXACT
from underlet.kernel.pricing.types import PassThrough, PriceRule, Terms
from underlet.rating.engines.duck import keep, prepare
from underlet.rating.engines.edges import edge_rows
from underlet.rating.engines.kernels import rate_lines_sql
from underlet.rating.engines.paths import plan
from underlet.rating.engines.predicates import Predicates
from underlet.usage.lake.cube import cube_sql

_LINE_COLUMNS = {
    "billed": "BilledCost", "effective": "EffectiveCost", "contracted": "ContractedCost", "direct": "x_direct",
    "list_cost": "ListCost", "quantity": "x_quantity",
}  # fmt: skip


def as_lines(connection: duckdb.DuckDBPyConnection, rows: Path) -> None:
    """The rows as usage lines, each once: the relation that both kernels read."""
    names = ", ".join(f"{name} AS {_LINE_COLUMNS.get(name, name)}" for name in COLUMNS if name != "n")
    connection.execute(f"CREATE TABLE lines AS SELECT {names} FROM read_parquet('{rows}')")


def sums_from_lines(setting: Setting, folder: Path) -> dict[tuple[Any, ...], Decimal]:
    """Per path, line key and edge: Σ base × m over lines."""
    rows = write_cube(folder / "rows.parquet", setting.rows)
    with duckdb.connect() as connection:
        as_lines(connection, rows)
        connection.execute(f"COPY ({cube_sql()}) TO '{folder / 'cube.parquet'}' (FORMAT parquet)")
    cube = folder / "cube.parquet"
    inputs = setting.inputs([cube])
    with open_duckdb(files=[cube, rows], folders=[folder]) as connection:
        the_plan = plan(inputs.period, inputs.paths)
        prepare(connection, inputs, the_plan)
        keep(connection, the_plan, folder)
        cells: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
        for edge in range(1, the_plan.depth + 1):
            for row in edge_rows(connection, inputs, edge):
                if row.price is not None:
                    key = (row.path, *row[5:13], edge)
                    cells[key] = EXACT.add(cells[key], row.price)
        connection.execute(f"CREATE VIEW kept AS SELECT * FROM read_parquet('{folder / 'eff.parquet'}')")
        connection.execute("DROP TABLE eff; ALTER VIEW kept RENAME TO eff")
        as_lines(connection, rows)
        tested = [one.value for one in Predicates(r for s in the_plan.rule_sets for r in s.rules).dimensions]
        found: dict[tuple[Any, ...], Decimal] = {}
        for row in connection.execute(rate_lines_sql(the_plan.depth, tested)).fetchall():
            for edge in range(1, the_plan.depth + 1):
                price = row[8 + edge]
                if price is not None:
                    found[*row[:9], edge] = price
    assert found == dict(cells)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_cube_equals_lines(seed: int, tmp_path: Path) -> None:
    """I14: pricing summed groups equals pricing their lines, in all 24 decimals, on several owners."""
    assert sums_from_lines(family(seed, 200), tmp_path)


@pytest.mark.parametrize("depth", [1, 5, 9])
def test_cube_equals_lines_on_deep_chains(depth: int, tmp_path: Path) -> None:
    """I14: the same on one chain of each depth, also where two lines share a group."""
    world = seeded_world(depth, depth, 60)
    rows = [Row(corrected(group)) for group in world.groups]
    assert sums_from_lines(Setting(world.terms, [*rows, *rows[:20]]), tmp_path)


def test_files_order_and_threads_change_nothing(tmp_path: Path) -> None:
    """I14, M5: one file, twenty files, reversed rows, one thread: the same result, byte for byte."""
    setting = family(11, 300)
    folders = [tmp_path / name for name in "abcd"]
    for folder in folders:
        folder.mkdir()
    whole = setting.run(folders[0])
    assert whole.lines
    assert setting.run(folders[1], files=20) == whole
    assert replace(setting, rows=setting.rows[::-1]).run(folders[2], files=3) == whole
    assert setting.run(folders[3], threads=1) == whole


def test_same_inputs_give_the_same_result(tmp_path: Path) -> None:
    """I7: rating unchanged inputs again gives equal lines, totals, checks and findings."""
    setting = family(5, 200)
    assert setting.run(tmp_path) == setting.run(tmp_path)


def test_factors_of_one_cost_what_the_root_pays(tmp_path: Path) -> None:
    """All factors 1: every edge is the provider's cost."""
    world = seeded_world(3, 9, 100)
    default = (PriceRule("1", PassThrough()),)
    chain = [Terms(f"K{number}", "EUR", default, rates={"USD": Decimal(1)}) for number in range(1, 10)]
    rows = [Row(replace(corrected(group), currency="EUR"), f"c{n}") for n, group in enumerate(world.groups)]
    result = Setting(chain, rows).run(tmp_path)
    costs = {f"c{number}": group.effective for number, group in enumerate(world.groups)}
    assert len(result.lines) == 10 * len(rows)
    assert all(line.exact == costs[line.charge_class or ""] for line in result.lines)


def test_sibling_changes_nothing(tmp_path: Path) -> None:
    """I8: another customer with its contract and its usage changes no line of anybody beside it."""
    both, alone = tmp_path / "both", tmp_path / "alone"
    both.mkdir()
    alone.mkdir()
    with_sibling = family(7, 300).run(both)
    without = family(7, 300, sibling=False).run(alone)
    mine = [line for line in with_sibling.lines if line.edge == 2 and line.version_id == 2]
    assert mine
    assert mine == [line for line in without.lines if line.edge == 2]


def test_removal_reaches_no_deeper_edge(tmp_path: Path) -> None:
    """I6: below an edge that removes or holds a charge, no line, no name, no count; not by a list rule either."""
    for seed in range(6):
        world = seeded_world(seed, 6, 80)
        rows = [Row(corrected(group), f"c{number}") for number, group in enumerate(world.groups)]
        lines = Setting(world.terms, rows).run(tmp_path).lines
        ended = {line.charge_class: line.edge for line in lines if line.outcome.value != "priced"}
        assert ended
        assert not [line for line in lines if line.edge > ended.get(line.charge_class, 99)]


def test_null_keys_are_priced(tmp_path: Path) -> None:
    """NULL SKU, region, service and sub-account are joined like any value, never dropped."""
    world = seeded_world(2, 3, 40)
    rows = [Row(replace(corrected(group), dimensions=dict.fromkeys(group.dimensions)), f"c{number}")
            for number, group in enumerate(world.groups)]  # fmt: skip
    lines = Setting(world.terms, rows).run(tmp_path).lines
    assert {line.charge_class for line in lines if line.edge == 1} == {f"c{number}" for number in range(40)}
