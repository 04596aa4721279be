"""From a FOCUS file to issued invoices through every operation: the golden month, and why a line is what it is."""

import json
from decimal import Decimal

import pytest

from tests.invoicing.test_drafts import WITHOUT_PART_6
from tests.invoicing.worked import CONTRACTS, ISSUED_ON
from tests.rating.worked import Example
from underlet.foundation.actor import Actor
from underlet.foundation.metrics import ABSENT
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.types import to_json
from underlet.invoicing.types import LineExplanation
from underlet.kernel.errors import InvalidInput, NotFound, WrongState


def _explain(actor: Actor, address: str, line: int) -> LineExplanation:
    answer: LineExplanation = ask("invoice.explain", actor, address, {"line": line})
    return answer


def test_golden_month(database: None) -> None:
    """R86, B2, I5, A11: amounts of billing.md §11; each party explains its own edge."""
    example = Example.make()
    cast = example.cast
    with pytest.raises(InvalidInput):
        run("billing_run.start", cast.ben, cast.units["birch"], {"period": "2026-04"})
    queued = example.queue()
    assert example.queue()["id"] == queued["id"]  # the same month is not run twice at once
    with pytest.raises(WrongState):
        run("invoice.issue_run", cast.ada, queued["id"], {})
    example.bill()
    current = str(example.current().public_id)
    assert run("invoice.issue_run", cast.ada, current, {"issued_on": ISSUED_ON}).body["issued_count"] == 4
    found = {}
    for name, (seller, buyer, *_) in CONTRACTS.items():
        page = ask("invoice.list", cast.seller_of(seller), cast.units[buyer], {"side": "bought"})
        [found[name]] = page.items
    amounts = {name: (str(row.net), str(row.vat), str(row.gross)) for name, row in found.items()}
    assert amounts == WITHOUT_PART_6

    resold = str(found["K2"].id)
    to_buyer, to_seller = _explain(cast.cleo, resold, 1).usage, _explain(cast.ben, resold, 1).usage
    assert to_buyer is not None
    assert to_seller is not None
    assert to_buyer.exact == to_seller.exact == Decimal("1760.512")
    assert to_buyer.m is ABSENT  # it could divide, and learn what the seller pays
    assert to_seller.m is not None
    assert "1692" not in json.dumps(to_json(to_buyer))
    assert sum(group.price for group in to_seller.groups) == to_seller.exact
    storage = _explain(cast.dan, str(found["K3"].id), 2)
    assert storage.usage is not None
    assert storage.usage.posted == storage.line.net == Decimal("125.00")
    [source] = storage.usage.sources
    assert (source.name, len(source.sha256)) == ("", 64)  # the file by its hash; its name is the root's
    root = _explain(cast.ada, str(found["K1"].id), 1).usage
    assert root is not None
    assert [source.name for source in root.sources] == ["focus.csv"]
    for actor in (cast.dan, cast.bea, cast.ada, cast.eve):
        with pytest.raises(NotFound):
            _explain(actor, resold, 1)
    with pytest.raises(NotFound):
        _explain(cast.cleo, resold, 99)


def test_the_old_seller_still_explains_its_lines(database: None, belts: str) -> None:
    """billing.md §8, B2, I5, A8: after its buyers moved away as before; to the new seller not at all."""
    example = Example.make()
    cast = example.cast
    example.bill()
    run("invoice.issue_run", cast.ada, str(example.current().public_id), {"issued_on": ISSUED_ON})
    sold = [str(row.id) for row in ask("invoice.list", cast.ben, cast.units["birch"], {"side": "sold"}).items]
    before = [_explain(cast.ben, address, 1) for address in sold]
    for unit in ("beta", "alder"):
        run("unit.move", cast.ada, cast.units[unit], {"parent": cast.units["cedar"]})
    assert [_explain(cast.ben, address, 1) for address in sold] == before
    assert len(before) == 2
    for address in sold:
        for actor in (cast.ada, cast.eve):
            with pytest.raises(NotFound):
                _explain(actor, address, 1)
