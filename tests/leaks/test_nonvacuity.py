"""Non-vacuity of the no-leak programme (trust.md §6): what is never done and never refused finds no leak."""

import os

import pytest

from tests.leaks.dealing import standing_still
from tests.leaks.filling import Filler
from tests.leaks.nonvacuity import NEVER_DONE, NEVER_REFUSED, PERSONS, entries, missing
from tests.leaks.seeds import seeds
from tools import leak_table


@pytest.mark.deep
def test_every_entry_succeeds_and_is_refused_for_every_role(database: None) -> None:
    """§6: at least one success and one refusal of authority for each entry and role, or a reason in NEVER_…"""
    filler = Filler()
    with standing_still():
        for seed in seeds(int(os.environ.get("UNDERLET_FILL", "6")), start=5000):
            filler.world(seed)
            print(seed, len(missing(filler.tally)), sum(filler.calls.values()))
            if not missing(filler.tally):
                break
    assert not missing(filler.tally), filler.report()
    assert not filler.leaks, "\n".join(map(str, filler.leaks[:12]))


def test_the_page_is_what_is_asked_for() -> None:
    """Every entry stands in docs/reference/leak-table.md, with the reasons that hold now."""
    assert leak_table.TARGET.read_text() == leak_table.page(), "python -m tools.leak_table"


def test_reasons_are_about_what_exists() -> None:
    """Reasons do not outlive their entries and roles."""
    listed = {*NEVER_DONE, *NEVER_REFUSED}
    assert {name for name, _ in listed} <= entries().keys()
    assert {role for _, role in listed} <= set(PERSONS)
