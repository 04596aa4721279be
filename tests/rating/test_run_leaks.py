"""Lines, costs, provider cost and runs reach the right side of their edge only, by each belt (A8, I5, I6)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.access.teams import kim, make_group
from tests.rating.worked import PERIOD, Example
from underlet.foundation import settings as settings_module
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import reading, system
from underlet.foundation.metrics import ABSENT
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.errors import Forbidden, NotFound, Refusal
from underlet.kernel.sentence import unpacked
from underlet.rating import queries

SELLS = {"ada": {"K1"}, "ben": {"K2", "K4"}, "cleo": {"K3"}}
BUYS = {"ben": {"K1"}, "cleo": {"K2"}, "dan": {"K3"}, "bea": {"K4"}}
EVERYBODY = ("ada", "ben", "ira", "cleo", "dan", "bea", "pat", "eve", "uma")


def _without(monkeypatch: pytest.MonkeyPatch, **belts: bool) -> None:
    changed = replace(settings_module.settings(), **belts)
    for module in ("underlet.rating.queries", "underlet.foundation.database.transactions",
                   "underlet.organization.queries", "underlet.contracts.queries",
                   "underlet.invoicing.queries"):  # fmt: skip
        monkeypatch.setattr(f"{module}.settings", lambda: changed)


@pytest.fixture
def example(database: None) -> Example:
    """The worked example, billed."""
    made = Example.make()
    made.bill()
    return made


def _places(example: Example) -> Iterator[str]:
    """Where the buyers are: where they bought, then all gone to Cedar; no line changes sides (billing.md §8)."""
    yield "where they bought"
    for unit in ("acme", "beta", "alder"):
        run("unit.move", example.cast.ada, example.cast.units[unit], {"parent": example.cast.units["cedar"]})
    yield "moved away"


def _contracts(example: Example, versions: set[Any]) -> set[str]:
    names = {id_: name for name, id_ in example.contracts.items()}
    return {names[str(version)] for version in versions}


def _seen(actor: Actor, text: Any) -> list[tuple[Any, ...]]:
    with reading(actor):
        return rows(text)


LINES = """select c.public_id, l.outcome, l.edge from charge_line l
  left join contract_version v on v.id = l.version_id left join contract c on c.id = v.contract_id"""


def test_row_security_shows_lines_to_both_parties_only(example: Example) -> None:
    """I5, I6, A8: priced lines to seller and buyer, removed ones to the seller, edge 0 to the root."""
    for where, person in ((w, p) for w in _places(example) for p in EVERYBODY):
        found = _seen(example.cast.people[person], LINES)
        assert {edge for *_, edge in found} >= ({0} if person == "ada" else set())
        assert all(person == "ada" for *_, edge in found if edge == 0)
        priced = _contracts(example, {id_ for id_, outcome, edge in found if outcome == "priced" and edge > 0})
        assert priced == SELLS.get(person, set()) | BUYS.get(person, set()), (where, person)
        removed = _contracts(example, {id_ for id_, outcome, _ in found if outcome == "removed"})
        assert removed == ({"K1"} if person == "ada" else set()), person


COSTS = """select c.public_id from charge_cost k join charge_line l on l.id = k.charge_line_id
  join contract_version v on v.id = l.version_id join contract c on c.id = v.contract_id"""


def test_row_security_shows_costs_to_sellers_only(example: Example) -> None:
    """I5: what a seller pays is never its buyer's to read, though both see the line."""
    for where, person in ((w, p) for w in _places(example) for p in EVERYBODY):
        actor = example.cast.people[person]
        assert _contracts(example, {id_ for (id_,) in _seen(actor, COSTS)}) == SELLS.get(person, set()), (
            where,
            person,
        )
        assert len(_seen(actor, "select 1 from charge_cost")) == len(_seen(actor, COSTS)), (where, person)
        assert bool(_seen(actor, "select 1 from provider_cost")) == (person == "ada"), (where, person)
        assert bool(_seen(actor, "select 1 from billing_run")) == (person == "ada"), (where, person)
        assert bool(_seen(actor, "select 1 from exchange_rate")) == (person == "ada"), person


@pytest.mark.parametrize(
    "belts", [{"query_scoping": False}, {"row_security": False}, {}], ids=["rls", "query", "both"]
)
def test_each_belt_alone_hides_costs(
    example: Example, belts: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A8: purchases, provider cost, rates and runs through the first belt, the second, and both."""
    run_ = example.current()
    with system():
        contract_of = dict(
            rows("select v.id, c.public_id from contract_version v join contract c on c.id = v.contract_id")
        )
    sellers = {
        name: _contracts(example, {id_ for (id_,) in _seen(example.cast.people[name], COSTS)}) for name in SELLS
    }
    assert sellers == SELLS
    _without(monkeypatch, **belts)
    for where, person in ((w, p) for w in _places(example) for p in EVERYBODY):
        actor = example.cast.people[person]
        with reading(actor):
            purchases = list(queries.visible_purchases(actor).select_related("charge_line"))
            found = _contracts(example, {contract_of[one.charge_line.version_id] for one in purchases})
            assert found == SELLS.get(person, set()), (where, person)
            assert queries.visible_provider_costs(actor).exists() == (person == "ada"), (where, person)
            assert queries.visible_rates(actor).exists() == (person == "ada"), (where, person)
            assert queries.visible_runs(actor).exists() == (person == "ada"), (where, person)
        if person != "ada":
            with pytest.raises(NotFound):
                ask("billing_run.show", actor, str(run_.public_id))
        else:
            assert ask("billing_run.show", actor, str(run_.public_id)).provider_costs


@pytest.mark.parametrize(
    "belts", [{"query_scoping": False}, {"row_security": False}, {}], ids=["rls", "query", "both"]
)
def test_what_the_root_pays_is_for_its_own_people(
    example: Example, belts: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2, A8: who looks after some of the root's buyers, with cost and margin, acts for the root but does not read what
    the provider asks of it, nor from which file that is; the rule and the price they do. By each belt alone."""
    cast = example.cast
    manager = kim(make_group(cast, "North", "birch"))
    [invoice] = [one for one in ask("invoice.list", cast.ada, cast.units["fjord"]).items if one.buyer == "Birch"]
    _without(monkeypatch, **belts)
    shown = {}
    for actor in (cast.ada, manager):
        with reading(actor):
            shown[actor.id] = queries.visible_purchases(actor).exists()
        lines = ask("invoice.show", actor, str(invoice.id)).lines
        [storage] = [one for one in lines if one.service == "Storage"]
        usage = ask("invoice.explain", actor, str(invoice.id), {"line": storage.position}).usage
        is_root = actor is cast.ada
        assert shown[actor.id] == is_root
        assert "the seller's cost plus 5%" in str(usage.rule)
        assert (usage.base is ABSENT, usage.groups[0].base_amount is ABSENT) == (not is_root, not is_root)
        assert [one.name for one in usage.sources] == (["focus.csv"] if is_root else [""])
        assert usage.groups[0].price


def test_strangers_change_nothing(example: Example) -> None:
    """A1: nobody but the root's billing people sets a rate or starts a run; others learn no more than "no"."""
    for person in EVERYBODY[1:]:
        actor = example.cast.people[person]
        for name, data in (
            ("exchange_rate.set", {"period": PERIOD, "currency": "USD", "rate": "2"}),
            ("billing_run.start", {"period": PERIOD}),
        ):
            with pytest.raises((NotFound, Forbidden)):
                run(name, actor, example.cast.units["fjord"], data)
        for name in ("billing_run.list", "exchange_rate.list"):
            with pytest.raises((NotFound, Forbidden)):
                ask(name, actor, example.cast.units["fjord"])
    # In their own unit they may hold the permission, but it is not the root.
    data = {"period": PERIOD, "currency": "USD", "rate": "2"}
    with pytest.raises(Refusal, match="root"):
        run("exchange_rate.set", example.cast.ben, example.cast.units["birch"], data)


def test_findings_name_no_price(database: None) -> None:
    """I5: a rule of a deeper edge is reported by its position; its percentage and price stay unsaid."""
    rule = {"verb": "unit", "price": "987.654", "conditions": [{"dimension": "SkuId", "values": ["nothing"]}]}
    changes = {"K3": {"rules": [rule, {"verb": "adjust", "base": "list", "percent": "0"}], "fees": []}}
    example = Example.make(changes=changes)
    billed = example.bill()
    assert {finding["code"] for finding in billed.findings} == {"rule_unused"}
    assert "987" not in str(billed.findings)
    assert any("acme.example.com" in finding["about"] for finding in unpacked(billed.findings))
