"""Who sees which invoice, with both belts and with each alone (A1, A4, A8, I5)."""

import pytest

from tests.cast import Cast
from tests.invoicing.worked import CONTRACTS, ISSUED_ON, Month
from underlet.foundation.actor import Actor
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.errors import NotFound

SEES = {
    "ada": {"K1"}, "ben": {"K1", "K2", "K4"}, "cleo": {"K2", "K3"}, "dan": {"K3"}, "bea": {"K4"},
    "ira": set(), "pat": set(), "eve": set(), "uma": set(),
}  # fmt: skip
"""Whose invoices each person is party to; nobody else may learn that they exist."""

_READS: tuple[tuple[str, dict[str, int]], ...] = (
    ("invoice.show", {}),
    ("invoice.pdf", {}),
    ("invoice.explain", {"line": 1}),
)


@pytest.fixture
def addresses(issued: Month) -> dict[str, str]:
    """The invoice of each contract."""
    return {name: str(issued.invoice(name).id) for name in CONTRACTS}


@pytest.fixture
def moved(issued: Month, addresses: dict[str, str]) -> Month:
    """All who bought from Birch and Alder have gone to Cedar, and Alder itself; what they buy is issued."""
    for unit in ("acme", "beta", "alder"):
        run("unit.move", issued.cast.ada, issued.cast.units[unit], {"parent": issued.cast.units["cedar"]})
    return issued


def test_everyone_sees_exactly_their_own(issued: Month, addresses: dict[str, str], belts: str) -> None:
    """A1, A4, A8: show, PDF, explanation and list agree; hidden answers as absent."""
    _everyone_sees_exactly_their_own(issued.cast, addresses, belts)


def test_a_move_changes_nobodys_documents(addresses: dict[str, str], moved: Month, belts: str) -> None:
    """billing.md §8, A1, A8, I5: seller and buyer keep their own; neither the new seller nor the root sees any."""
    cast = moved.cast
    _everyone_sees_exactly_their_own(cast, addresses, belts)
    sold = ask("invoice.list", cast.ben, cast.units["birch"], {"side": "sold"}).items
    assert {str(row.id) for row in sold} == {addresses[name] for name in ("K2", "K4")}
    assert ask("invoice.list", cast.eve, cast.units["cedar"]).items == ()
    assert ask("invoice.list", cast.ada, cast.units["cedar"]).items == ()
    with pytest.raises(NotFound):
        ask("unit.show", cast.cleo, cast.units["acme"])
    for seller in (cast.cleo, cast.dan):
        assert ask("invoice.explain", seller, addresses["K3"], {"line": 4}).fee.startswith("Managed service")


def test_the_old_seller_issues_what_its_buyer_still_owes(drafted: Month, belts: str) -> None:
    """billing.md §8: the contract ends at the next period, so the month's draft is the old seller's to issue."""
    cast = drafted.cast
    draft = str(drafted.invoice("K4").id)
    run("unit.move", cast.ada, cast.units["beta"], {"parent": cast.units["cedar"]})
    for person in ("ada", "eve", "bea", "cleo"):
        with pytest.raises(NotFound):
            ask("invoice.show", cast.people[person], draft)
    assert ask("invoice.show", cast.ben, draft).may_issue
    run("invoice.issue", cast.ben, draft, {"issued_on": ISSUED_ON})
    assert ask("invoice.show", cast.ben, draft).number == ask("invoice.show", cast.bea, draft).number


def _everyone_sees_exactly_their_own(cast: Cast, addresses: dict[str, str], belts: str) -> None:
    for person, expected in SEES.items():
        actor: Actor = cast.people[person]
        for name, address in addresses.items():
            if name in expected:
                assert ask("invoice.show", actor, address).number
                assert ask("invoice.pdf", actor, address).content.startswith(b"%PDF")
            else:
                for read, data in _READS:
                    with pytest.raises(NotFound) as hidden:
                        ask(read, actor, address, data)
                    assert hidden.value.as_dict() == NotFound().as_dict()
    for person, unit in (("ada", "fjord"), ("ben", "birch"), ("cleo", "alder"), ("dan", "acme"), ("bea", "beta")):
        listed = {str(row.id) for row in ask("invoice.list", cast.people[person], cast.units[unit]).items}
        assert listed == {addresses[name] for name in SEES[person]}, (belts, person)


def test_fee_is_explained_in_words(issued: Month) -> None:
    """B2: a prorated fee says from which monthly price and days it comes."""
    said = ask("invoice.explain", issued.cast.dan, str(issued.invoice("K3").id), {"line": 4})
    assert said.usage is None
    assert said.fee == (
        "Managed service: 300.00 EUR a month × 20 of 30 days (2026-04-11 up to, not including, 2026-05-01)"
    )


def test_lists_filter(issued: Month) -> None:
    """Side, state, month, text; cursor pages."""
    ben, birch = issued.cast.ben, issued.cast.units["birch"]

    def buyers(**data: object) -> list[str]:
        return [row.buyer.split()[0] for row in ask("invoice.list", ben, birch, data).items]

    assert buyers() == ["Beta", "Alder", "Birch"]
    assert buyers(side="sold") == ["Beta", "Alder"]
    assert buyers(side="bought") == ["Birch"]
    assert buyers(q="alder") == ["Alder"]
    assert buyers(state="draft") == []
    assert buyers(period="2026-05") == []
    first = ask("invoice.list", ben, birch, {"limit": 2})
    assert len(first.items) == 2
    assert [row.buyer.split()[0] for row in ask("invoice.list", ben, birch, {"after": first.next}).items] == [
        "Birch"
    ]
