"""Which rule decides: listed order, dates, conditions that ignore case, NULL; and that SQL can say the same."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracle
from underlet.kernel.errors import DefaultRuleMissing
from underlet.kernel.period import DayRange
from underlet.kernel.pricing.matching import condition_holds, first_match, fold, glob_matches, rule_matches
from underlet.kernel.pricing.types import (
    ChargeGroup,
    Condition,
    Dimension,
    Operator,
    PassThrough,
    PriceRule,
    Remove,
)

SERVICE, SKU = Dimension.SERVICE, Dimension.SKU


def group(day: date = date(2026, 4, 10), **dimensions: str | None) -> ChargeGroup:
    """A charge group with the given dimensions (SERVICE="Compute") and no amounts."""
    zero = Decimal(0)
    named = {Dimension[name]: value for name, value in dimensions.items()}
    return ChargeGroup(day, "USD", named, zero, zero, zero, zero, zero, zero, has_list=True, has_quantity=True)


def condition(operator: Operator, *values: str, dimension: Dimension = SERVICE) -> Condition:
    """A condition, on the service unless told otherwise."""
    return Condition(dimension, operator, values)


@pytest.mark.parametrize(
    ("operator", "values", "value", "holds"),
    [
        (Operator.IN, ("Compute",), "compute", True),
        (Operator.IN, ("storage", "COMPUTE"), "Compute", True),
        (Operator.IN, ("Compute",), "Compute ", False),
        (Operator.IN, ("FÖRRÅD",), "Förråd", True),
        (Operator.IN, ("",), "", True),
        (Operator.IN, ("",), None, False),
        (Operator.IN, ("*",), "Compute", False),
        (Operator.NOT_IN, ("Compute",), "compute", False),
        (Operator.NOT_IN, ("Compute", "Storage"), "Network", True),
        (Operator.NOT_IN, ("Compute",), None, True),
        (Operator.GLOB, ("comp*",), "Compute", True),
        (Operator.GLOB, ("c?mpute",), "COMPUTE", True),
        (Operator.GLOB, ("omp",), "Compute", False),
        (Operator.GLOB, ("x", "*pute"), "Compute", True),
        (Operator.GLOB, ("*",), None, False),
        (Operator.GLOB, ("*",), "", True),
        (Operator.GLOB, ("[a-c]*",), "Compute", False),
        (Operator.GLOB, ("[a-c]*",), "[A-C]x", True),
    ],
)
def test_condition(operator: Operator, values: tuple[str, ...], value: str | None, holds: bool) -> None:
    """P23: case is ignored; NULL passes no positive operator and every `not_in`; only * and ? are special."""
    assert condition_holds(condition(operator, *values), value) is holds


@given(st.lists(st.text(max_size=4), min_size=1, max_size=4), st.none() | st.text(max_size=4))
def test_not_in_is_the_opposite_of_in(values: list[str], value: str | None) -> None:
    """Exactly one of `in` and `not_in` holds, for NULL too, so two such rules never both miss a charge."""
    assert condition_holds(condition(Operator.IN, *values), value) != condition_holds(
        condition(Operator.NOT_IN, *values), value
    )


@given(st.text("abA*?", max_size=7), st.text("abA*?[\n", max_size=8))
def test_glob_agrees_with_the_oracle(pattern: str, text: str) -> None:
    """The whole value is compared, line breaks included."""
    assert glob_matches(fold(pattern), fold(text)) == oracle.like(pattern, text)


def test_glob_is_quick_on_hostile_patterns() -> None:
    """A pattern of a hundred stars takes no longer than its length times that of the text."""
    assert not glob_matches("*a" * 100 + "b", "a" * 10_000)


def test_first_match_in_listed_order_wins() -> None:
    """billing.md §4: nothing stacks; a removal does not jump the queue; the default comes last."""
    compute = PriceRule("1", PassThrough(), (condition(Operator.IN, "Compute"),))
    removal = PriceRule("2", Remove(), (condition(Operator.GLOB, "*"),))
    default = PriceRule("3", PassThrough())
    assert first_match((compute, removal, default), group(SERVICE="Compute")) is compute
    assert first_match((removal, compute, default), group(SERVICE="Compute")) is removal
    assert first_match((compute, removal, default), group(SERVICE="Storage")) is removal
    assert first_match((compute, removal, default), group(SERVICE=None)) is default
    assert first_match((compute, removal, default), group()) is default  # a dimension that is absent is NULL


def test_all_conditions_must_hold() -> None:
    """Conditions of one rule are joined by "and", values of one condition by "or"."""
    both = PriceRule(
        "1", PassThrough(), (condition(Operator.IN, "Compute"), condition(Operator.IN, "s1", "s2", dimension=SKU))
    )
    assert rule_matches(both, group(SERVICE="Compute", SKU="S2"))
    assert not rule_matches(both, group(SERVICE="Compute", SKU="s3"))
    assert not rule_matches(both, group(SERVICE="Compute", SKU=None))


@pytest.mark.parametrize(("day", "matches"), [(9, False), (10, True), (19, True), (20, False)])
def test_rule_dates_are_half_open_days(day: int, matches: bool) -> None:
    """billing.md §8: a rule counts from its first day up to, not including, its last."""
    rule = PriceRule("1", PassThrough(), valid=DayRange(date(2026, 4, 10), date(2026, 4, 20)))
    assert rule_matches(rule, group(date(2026, 4, day))) is matches


def test_no_match_is_refused() -> None:
    """Nothing is ever priced by accident: without a default there is no price."""
    with pytest.raises(DefaultRuleMissing):
        first_match(
            (PriceRule("1", PassThrough(), (condition(Operator.IN, "Compute"),)),), group(SERVICE="Storage")
        )


def test_fold_is_the_lower_of_sql() -> None:
    """I19: every character folds in Python as `lower` does in DuckDB, so matches can be said in SQL."""
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.execute(
        "create table letters as select chr(n::int) as c from range(1, 1114112) r(n)"
        " where n not between 55296 and 57343"
    )
    pairs = connection.execute("select c, lower(c) from letters where lower(c) <> c").fetchall()
    lowered = dict(pairs)
    assert len(lowered) > 1_300
    different = [
        hex(number)
        for number in range(1, 0x110000)
        if not 0xD800 <= number < 0xE000 and fold(chr(number)) != lowered.get(chr(number), chr(number))
    ]
    assert different == []
    text = "ΟΔΟΣ İstanbul Straße ǅ"
    assert connection.execute("select lower(?)", [text]).fetchone() == (fold(text),)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("aAsSß", max_size=3), min_size=1, max_size=3), st.none() | st.text("aAsSß", max_size=3))
def test_conditions_in_sql(values: list[str], value: str | None) -> None:
    """I19: `in` and `not_in` as SQL says them, NULL included."""
    marks = ", ".join("lower(?)" for _ in values)
    listed = f"coalesce(lower(x) in ({marks}), false)"
    row = duckdb.execute(
        f"select {listed}, not {listed} from (select ?::text as x)",
        [*values, *values, value],
    ).fetchone()
    assert row == tuple(condition_holds(condition(one, *values), value) for one in (Operator.IN, Operator.NOT_IN))
