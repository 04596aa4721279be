"""Who sees which invoice, with both belts and with each alone (A1, A4, A8, I5)."""

import pytest

from tests.invoicing.worked import CONTRACTS, Month
from underlet.foundation.actor import Actor
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


def test_everyone_sees_exactly_their_own(issued: Month, belts: str) -> None:
    """A1, A4, A8: show, PDF, explanation and list agree; hidden answers as absent."""
    cast = issued.cast
    addresses = {name: str(issued.invoice(name).id) for name in CONTRACTS}
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
