"""Who can see this, and why: what requests really return (A7, B12), over everybody of the cast and every object."""

from functools import cache

import pytest

from tests.leaks import spec
from tests.world import World
from underlet.foundation.reads import ask
from underlet.kernel.errors import Forbidden, NotFound, Refusal
from underlet.project.demo import stage

_ADMINISTER = {one.key for one in stage.PEOPLE if one.role in ("administrator", "customer_administrator")} | {
    "operator"
}


def answers(world: World, who: str, name: str, id_: str, data: dict[str, object] | None = None) -> bool:
    try:
        ask(name, world.cast.people[who], id_, data)
    except (NotFound, Forbidden):
        return False
    return True


def administers(reader: str, unit: str) -> bool:
    """By walking up: the reader has a role with user administration at the unit or above it."""
    return reader in _ADMINISTER and spec.sees(reader, unit)


def is_told(reader: str, person: str, unit: str) -> bool:
    """Whether a role by which the person reaches the unit lies where the reader administers users."""
    return any(granted in spec.way_up(unit) and administers(reader, granted) for granted in spec.GRANTS[person])


def told(world: World, reader: str, name: str, id_: str) -> set[str] | None:
    """Who is in the answer, by first name; None if the reader may not ask."""
    try:
        found = ask(name, world.cast.people[reader], id_, {"limit": 100}).items
    except Refusal:
        return None
    return {row.name.lower() for row in found}


def test_of_every_unit(world: World) -> None:
    """A7, B12, R35: who is in the answer has the unit, and it is in their list; and all of these that are told."""
    units = world.ids["unit"]

    @cache
    def listed(who: str) -> frozenset[str]:
        actor = world.cast.people[who]
        found: set[str] = set()
        for home in ask("unit.mine", actor).items:
            found |= {
                str(row.id) for row in ask("unit.list", actor, str(home.id), {"state": "all", "limit": 100}).items
            }
        return frozenset(found)

    asked = 0
    for unit, id_ in units.items():
        seen = {who for who in spec.PEOPLE if answers(world, who, "unit.show", id_)}
        assert seen == {who for who in spec.PEOPLE if id_ in listed(who)}, unit
        for reader in spec.PEOPLE:
            found = told(world, reader, "access.of_unit", id_)
            assert (found is not None) == administers(reader, unit), (reader, unit)
            if found is not None:
                asked += 1
                assert found == {who for who in seen if is_told(reader, who, unit)}, (reader, unit)
    assert asked > len(units)


@pytest.mark.parametrize("kind", ["contract", "invoice"])
def test_of_every_contract_and_invoice(world: World, kind: str) -> None:
    """A7, B12: the parties' people, drafts the seller's; and of these whom the reader administers."""
    asked = 0
    for name, id_ in world.ids[kind].items():
        seller, buyer = name.split(" ")[:2]
        seen = {who for who in spec.PEOPLE if answers(world, who, f"{kind}.show", id_)}
        for reader in spec.PEOPLE:
            found = told(world, reader, f"access.of_{kind}", id_)
            if found is not None:
                asked += 1
                ends = {who for who in seen for end in (seller, buyer) if is_told(reader, who, end)}
                assert found == ends, (reader, name)
                assert reader in seen
    assert asked > len(world.ids[kind])


def test_prices_of_a_unit_are_those_of_its_contracts(world: World) -> None:
    """A7: `prices` is said of whoever reads a contract by which the unit buys and that the reader reads as well."""
    bought = [
        (name.split(" ")[1], id_) for name, id_ in world.ids["contract"].items() if not name.endswith("draft")
    ]
    compared = 0
    for buyer, id_ in bought:
        seen = {who for who in spec.PEOPLE if answers(world, who, "contract.show", id_)}
        for reader in seen:
            if not administers(reader, buyer) or buyer in spec.MOVED:
                continue
            rows = ask("access.of_unit", world.cast.people[reader], world.ids["unit"][buyer]).items
            assert {row.name.lower() for row in rows if row.prices} == {
                who for who in seen if is_told(reader, who, buyer)
            }, (reader, buyer)
            compared += 1
    assert compared > 5


def test_of_every_person(world: World) -> None:
    """A7, R32: the units that a person sees, of those where the reader administers users, and by which roles."""
    units = world.ids["unit"]
    compared = 0
    for reader in _ADMINISTER:
        for top in spec.GRANTS[reader]:
            actor = world.cast.people[reader]
            for row in ask("user.list", actor, units[top], {"limit": 100}).items:
                person = row.name.lower()
                data = {"user": str(row.id), "limit": 100}
                found = ask("access.of_person", actor, units[top], data).items
                expected = {
                    id_
                    for unit, id_ in units.items()
                    if top in spec.way_up(unit)
                    and is_told(reader, person, unit)
                    and answers(world, person, "unit.show", id_)
                }
                assert {str(one.unit.id) for one in found} == expected, (reader, person)
                assert all(one.grants and "read" in one.permissions for one in found)
                compared += 1
    assert compared > 20
