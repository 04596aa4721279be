"""No float in a money path: every table and query of the engine is described, the texts searched (I18, M11)."""

import re
from pathlib import Path

import duckdb
import pytest

from tests.rating.cubes import family, write_cube
from tests.rating.test_metamorphic import as_lines
from underlet.foundation.duck import open_duckdb
from underlet.rating import engines
from underlet.rating.engines.duck import prepare
from underlet.rating.engines.edges import edge_query
from underlet.rating.engines.kernels import rate_lines_sql
from underlet.rating.engines.paths import plan
from underlet.rating.engines.predicates import Predicates
from underlet.rating.engines.widths import AMOUNT, MULTIPLIER, SUM, WidthFault, guard, within
from underlet.usage.lake.cube import cube_sql


def test_every_query_of_a_run_is_exact(tmp_path: Path) -> None:
    """I18, M11: 0 DOUBLE, exact widths, in all tables, all edge sums, and both kernels."""
    setting = family(3, 60)
    cube = write_cube(tmp_path / "cube.parquet", setting.rows)
    inputs = setting.inputs([cube])
    the_plan = plan(inputs.period, inputs.paths)
    with open_duckdb(files=[cube]) as connection:
        prepare(connection, inputs, the_plan)
        for (table,) in connection.execute("SELECT table_name FROM information_schema.tables").fetchall():
            guard(connection, table, {})
        guard(connection, "state", {"m": MULTIPLIER})
        for edge in range(1, the_plan.depth + 1):
            guard(connection, edge_query(inputs, edge), {"price": SUM, "cost": SUM, "provider_cost": SUM})
    with duckdb.connect() as connection:
        as_lines(connection, cube)
        guard(connection, cube_sql(), {"effective": AMOUNT, "list_cost": AMOUNT, "quantity": "DECIMAL(22,10)"})
        tested = [one.value for one in Predicates(r for s in the_plan.rule_sets for r in s.rules).dimensions]
        keys = ", ".join(f"'' AS {name}" for name in tested)
        connection.execute("CREATE TABLE own AS SELECT l.*, 1 AS path FROM lines l")
        states = ", ".join(f"'list' AS base{k}, CAST(1 AS {MULTIPLIER}) AS m{k}" for k in (1, 2))
        connection.execute(
            f"CREATE TABLE eff AS SELECT 1 AS path, {keys}, true AS x_has_list, true AS x_has_quantity, {states}"
        )
        guard(connection, rate_lines_sql(2, tested), {"p1": SUM, "p2": SUM, "n": "BIGINT"})


@pytest.mark.parametrize("fault", ["CAST(1 AS DECIMAL(22,12)) / 3 AS x", "CAST(1 AS DECIMAL(22,12)) * 1.1e0 AS x"])
def test_guard_bites(fault: str) -> None:
    """M11: division and float literals make DOUBLE, silently; the guard does not let them pass."""
    with duckdb.connect() as connection, pytest.raises(WidthFault):
        guard(connection, f"SELECT {fault}", {})


def test_guard_wants_exact_widths() -> None:
    """M11: a product that has lost scale is refused."""
    with duckdb.connect() as connection, pytest.raises(WidthFault):
        guard(connection, "SELECT CAST(1 AS DECIMAL(22,10)) * CAST(1 AS DECIMAL(15,12)) AS x", {"x": SUM})


def test_no_division_and_no_average_in_sql() -> None:
    """M11: the engine's texts hold neither `/` nor avg( nor a float literal."""
    for path in Path(engines.__file__ or "").parent.glob("*.py"):
        for text in re.findall(r'"""(.*?)"""|"([^"\n]*)"', path.read_text(), re.S):
            sql = "".join(text)
            if "SELECT" in sql or "SUM(" in sql:
                assert not re.search(r"\s/\s|\bavg\(|\d[eE]\d", sql), (path.name, sql)


def test_sums_at_the_limit() -> None:
    """Widths at the limit: 10^14 raises, the last value below it does not."""
    from decimal import Decimal

    assert within(Decimal("99999999999999.999999999999")) > 0
    with pytest.raises(OverflowError):
        within(Decimal(10) ** 14)


def test_amounts_beyond_the_width_raise() -> None:
    """rating-engine.md §3: overflow raises, never wraps: a group of 10^10, a priced quantity of 10^10."""
    with duckdb.connect() as connection:
        with pytest.raises(duckdb.Error):
            connection.execute(
                f"SELECT CAST(SUM(x) AS {AMOUNT}) FROM (SELECT CAST(9999999999 AS {AMOUNT}) x FROM range(2))"
            )
        with pytest.raises(duckdb.Error):
            connection.execute(f"SELECT CAST(CAST(10000000000 AS DECIMAL(22,10)) AS {AMOUNT})")
