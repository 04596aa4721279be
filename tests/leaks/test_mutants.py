"""The programme catches what is planted: a detector counts only after it failed on a planted fault (trust.md §1.3)."""

import os

import pytest

from tests.leaks.dealing import Tally, standing_still, without
from tests.leaks.mutants import MUTANTS, Mutant
from tests.leaks.programme import Programme
from tests.leaks.seeds import FIRST

_DEEP = bool(os.environ.get("UNDERLET_DEEP"))
_EVERY = 5
"""Of how many mutants one is tried in `make test`; which, the seed decides."""
CAST = (
    "customer_viewer at the top",
    "viewer",
    "administrator",
    "key_account_viewer",
    "viewer at the top",
    "customer_administrator",
    "support at the top",
    "billing",
    "random 1",
    "alone",
    "own role",
    "sales_agent",
    "owner at the top",
)


def caught_by(mutant: Mutant) -> set[str]:
    """The detectors that find a mutant; the first actor with a leak is enough."""
    for seed in mutant.seeds:
        with standing_still():
            programme = Programme(seed, Tally(), only=frozenset(mutant.entries))
            keys = [key for key in programme.world.secrets if programme.live(key)]
            actors = [*(programme.world.people[name] for name in CAST), *keys[:2]]
            if mutant.who:
                actors = [programme.world.people[mutant.who]]
            with mutant.plant(), without(mutant.without):
                for actor in actors:
                    found = getattr(programme, mutant.how)(actor)
                    if found:
                        return {leak.detector for leak in found}
                    if mutant.how == "revocations":
                        programme = Programme(seed, Tally(), only=frozenset(mutant.entries))
    return set()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_the_mutant_is_caught(mutant: Mutant, database: None) -> None:
    """§6: at least thirty planted leaks, all caught; one in five here, all with UNDERLET_DEEP."""
    if not _DEEP and (MUTANTS.index(mutant) - FIRST) % _EVERY:
        pytest.skip("another seed's turn; all with UNDERLET_DEEP")
    found = caught_by(mutant)
    print(mutant.name, found)
    assert found & set(mutant.caught_by.split()), f"{mutant.name}: {found or 'survived'}"


def test_there_are_enough() -> None:
    """Acceptance: at least thirty, each with its source and its detectors."""
    assert len(MUTANTS) >= 30
    assert len({one.name for one in MUTANTS}) == len(MUTANTS)
    assert all(one.source and one.caught_by for one in MUTANTS)
