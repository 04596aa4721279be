"""The reference evaluator against the independent oracle, on random chains of every depth."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracle
from tests.strategies import MAX_EDGES, World, seeded_world, worlds
from underlet.kernel.pricing.reference import price_chain, validate_terms


def differences(world: World) -> list[str]:
    """Where reference and oracle disagree, each as a sentence; exactly, without tolerance."""
    found = []
    for charge, group in zip(world.charges, world.groups, strict=True):
        answers = oracle.walk(world.contracts, charge)
        for ours, theirs in zip(price_chain(group, world.terms), answers, strict=True):
            price = None if ours.price is None else Fraction(ours.price)
            if (ours.outcome.value, ours.rule_id, price) != (theirs.outcome, theirs.rule, theirs.price):
                found.append(f"edge {ours.edge}: {ours} but {theirs} for {charge}")
    return found


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_reference_equals_oracle(world: World) -> None:
    """I19, M1: outcome, rule and price of every edge agree to the last digit; all generated terms are valid."""
    for terms in world.terms:
        validate_terms(terms)
    assert differences(world) == []


@pytest.mark.parametrize("depth", range(1, MAX_EDGES + 1))
def test_reference_equals_oracle_in_bulk(depth: int) -> None:
    """I19, M1: 500 charges along one chain of each depth."""
    assert [line for seed in range(10) for line in differences(seeded_world(seed, depth, 50))] == []


@pytest.mark.deep
@settings(max_examples=1500, deadline=None)
@given(st.integers(0, 2**64), st.integers(1, MAX_EDGES))
def test_reference_equals_oracle_on_many_worlds(seed: int, depth: int) -> None:
    """I19, M1: 60,000 charges."""
    assert differences(seeded_world(seed, depth, 40)) == []
