"""The DuckDB engine against the kernel's reference and the independent oracle, on random chains of every depth."""

import os
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import oracle
from tests.rating.cubes import Row, Setting, corrected
from tests.strategies import MAX_EDGES, World, seeded_world, worlds
from underlet.kernel.money import EXACT, total
from underlet.kernel.pricing.reference import price_chain
from underlet.kernel.pricing.types import (
    Condition,
    Dimension,
    Operator,
    Outcome,
    PassThrough,
    PriceRule,
    Terms,
    UnitPrice,
)

DEEP = bool(os.environ.get("UNDERLET_DEEP"))
Answer = tuple[str, str | None, Decimal | None]


def engine_answers(world: World, folder: Path) -> dict[tuple[str, int], Answer]:
    """Per charge and edge what the engine says; the charge's class carries its number."""
    rows = [Row(corrected(group), f"c{number}") for number, group in enumerate(world.groups)]
    result = Setting(world.terms, rows).run(folder)
    assert [check.name for check in result.checks if not check.passed] == []
    return {
        (line.charge_class or "", line.edge): (
            line.outcome.value,
            line.rule_id,
            line.exact if line.outcome is Outcome.PRICED else None,
        )
        for line in result.lines
        if line.edge > 0
    }


def reference_answers(world: World) -> dict[tuple[str, int], Answer]:
    """The same from the reference; absent charges have no answer."""
    return {
        (f"c{number}", price.edge): (price.outcome.value, price.rule_id, price.price)
        for number, group in enumerate(world.groups)
        for price in price_chain(corrected(group), world.terms)
        if price.outcome is not Outcome.ABSENT
    }


def oracle_answers(world: World) -> dict[tuple[str, int], tuple[str, str | None, Fraction | None]]:
    """The same from the oracle, which shares no code with either."""
    found = {}
    for number, charge in enumerate(world.charges):
        charge = {**charge, "dimensions": {**charge["dimensions"], "BillingCurrency": charge["currency"]}}
        for edge, answer in enumerate(oracle.walk(world.contracts, charge), 1):
            if answer.outcome != "absent":
                found[f"c{number}", edge] = (answer.outcome, answer.rule, answer.price)
    return found


@settings(
    max_examples=60 if DEEP else 24, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(world=worlds(max_charges=12))
def test_engine_equals_reference_on_random_chains(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """I19, M5: outcome, rule and exact price of every charge on every edge, to the last digit."""
    assert engine_answers(world, tmp_path_factory.mktemp("cube")) == reference_answers(world)


@pytest.mark.parametrize("depth", range(1, MAX_EDGES + 1))
def test_engine_equals_reference_in_bulk(depth: int, tmp_path: Path) -> None:
    """I19, M1: 300 charges along one chain of each depth, 2,700 in all."""
    world = seeded_world(depth * 1000 + 1, depth, 300)
    assert engine_answers(world, tmp_path) == reference_answers(world)


@pytest.mark.parametrize("depth", [1, 5, 9])
def test_engine_equals_oracle(depth: int, tmp_path: Path) -> None:
    """I19: also against the oracle of exact fractions; no tolerance."""
    world = seeded_world(depth, depth, 150)
    ours = {
        key: (outcome, rule, None if price is None else Fraction(price))
        for key, (outcome, rule, price) in engine_answers(world, tmp_path).items()
    }
    assert ours == oracle_answers(world)


@settings(
    max_examples=20 if DEEP else 8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), depth=st.integers(1, MAX_EDGES))
def test_margins_of_a_charge_telescope(seed: int, depth: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """I1, I10, I11: what an edge records as its seller's cost is exactly the price on the edge above."""
    world = seeded_world(seed, depth, 25)
    rows = [Row(corrected(group), f"c{number}") for number, group in enumerate(world.groups)]
    setting = Setting(world.terms, rows)
    result = setting.run(tmp_path_factory.mktemp("cube"))
    prices = {(line.charge_class, line.edge): (line.currency, line.exact) for line in result.lines}
    for line in result.lines:
        if line.edge > 0:
            assert line.costs == (prices[line.charge_class, line.edge - 1],)
    for number, group in enumerate(world.groups):
        mine = [line for line in result.lines if line.charge_class == f"c{number}" and line.edge > 0]
        if not mine or len({line.currency for line in mine} | {group.currency}) > 1:
            continue
        margins = total([EXACT.subtract(line.exact, line.costs[0][1]) for line in mine])
        assert margins == EXACT.subtract(mine[-1].exact, group.effective)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(40))
def test_engine_equals_reference_on_many_charges(seed: int, tmp_path: Path) -> None:
    """I19: 54,000 charges."""
    for depth in (1 + seed % MAX_EDGES, 9, 5):
        folder = tmp_path / str(depth)
        folder.mkdir(exist_ok=True)
        world = seeded_world(seed * 100 + depth, depth, 450)
        assert engine_answers(world, folder) == reference_answers(world)


def test_price_list_of_more_conditions_than_a_word(tmp_path: Path) -> None:
    """I19: 200 rules with a SKU each need four words of predicates; every one is found, and the default."""
    rules = [
        PriceRule(str(n), UnitPrice(Decimal(n)), (Condition(Dimension.SKU, Operator.IN, (f"sku-{n}",)),))
        for n in range(1, 201)
    ]
    terms = Terms("K1", "EUR", (*rules, PriceRule("201", PassThrough())), rates={"USD": Decimal(1)})
    world = seeded_world(1, 1, 1)
    template = replace(corrected(world.groups[0]), has_quantity=True, quantity=Decimal(3))
    groups = [
        replace(template, dimensions={**template.dimensions, Dimension.SKU: f"SKU-{n}"}) for n in range(1, 211)
    ]
    result = Setting((terms,), [Row(group, f"c{n}") for n, group in enumerate(groups, 1)]).run(tmp_path)
    prices = {line.charge_class: (line.rule_id, line.exact) for line in result.lines if line.edge == 1}
    assert prices == {
        f"c{n}": (answer.rule_id, answer.price)
        for n, group in enumerate(groups, 1)
        for answer in price_chain(group, (terms,))
    }
    assert {rule for rule, _ in prices.values()} == {str(n) for n in range(1, 202)}
