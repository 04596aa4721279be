"""The fixed cast: the units, people, brands and contracts that tests, demo, documentation and screenshots share.

Everything is made by registered operations with fixed request keys, so loading it again changes nothing. The story
is the worked example of docs/algorithms/chain.md (Fjord sells to Birch, Birch to Alder, Alder to acme), with
neighbours. Tests stop after `create_structure`; the demo goes on with legal data, brands, contracts and owners.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.access.welcome import set_password
from underlet.foundation.actor import Actor
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.project.demo import stage
from underlet.project.demo.logos import logo

PASSWORD = "underlet-demo"  # noqa: S105 (printed by the demo; the data is invented)


@dataclass(frozen=True)
class Cast:
    """Public ids of units and actors of people, by the short names of the story; people are attributes too."""

    units: dict[str, str]
    people: dict[str, Actor]

    def __getattr__(self, name: str) -> Actor:
        people: dict[str, Actor] = self.__dict__.get("people", {})  # a copy in the making has none yet
        if name not in people:
            raise AttributeError(name)
        return people[name]

    def seller_of(self, unit: str) -> Actor:
        """Who makes a unit's contracts and prices: its administrator."""
        return self.people[stage.ADMINISTRATORS[unit]]


def create_structure(operator: Actor) -> Cast:
    """Two hierarchies, their units, their people; `operator` is among the people."""
    units: dict[str, str] = {}
    for root in stage.ROOTS:
        data: dict[str, Any] = {"name": root.name, "currency": root.currency}
        units[root.key] = run("hierarchy.create", operator, None, data, key=f"cast {root.key}").body["root_id"]
    for unit in stage.UNITS:
        data = {"kind": unit.kind, "name": unit.name, "own_legal_entity": unit.has_entity}
        units[unit.key] = run("unit.create", operator, units[unit.parent], data, key=f"cast {unit.key}").body["id"]
    people = {"operator": operator}
    for person in stage.PEOPLE:
        for unit_key in person.units:
            data = {"email": person.email, "name": person.name, "role": person.role, "language": person.language}
            run("user.invite", operator, units[unit_key], data, key=f"cast {person.key} in {unit_key}")
        people[person.key] = actor_of(User.objects.get(email_key=person.email))
    return Cast(units, people)


def hold_together(cast: Cast) -> None:
    """Give Gamma's two companies a customer organization, and Pat one role for both in place of two roles."""
    made, person = stage.CUSTOMER_ORGANIZATION, next(one for one in stage.PEOPLE if one.key == stage.ITS_PERSON)
    seller = cast.seller_of(made.parent)
    data: dict[str, Any] = {"kind": made.kind, "name": made.name, "own_legal_entity": made.has_entity}
    anchor = cast.units[made.key] = _run(seller, "unit.create", cast.units[made.parent], data, f"cast {made.key}")[
        "id"
    ]
    for key in stage.ITS_CUSTOMERS:
        _run(
            seller, "unit.update", cast.units[key], {"customer_organization": anchor}, f"cast {made.key} of {key}"
        )
    data = {"email": person.email, "name": person.name, "role": person.role, "scope": "customers"}
    _run(seller, "user.invite", anchor, data, f"cast {person.key} in {made.key}")
    for key in person.units:
        data = {"email": person.email, "role": person.role}
        _run(seller, "grant.revoke", cast.units[key], data, f"cast {person.key} out of {key}")


def give_passwords() -> None:
    """Let everybody of the cast sign in with PASSWORD; a password once set stays."""
    for person in stage.PEOPLE:
        user = User.objects.get(email_key=person.email)
        if not user.has_usable_password():
            set_password(user, PASSWORD)


def dress(cast: Cast) -> None:
    """Legal data and brands, each set by the unit's seller side."""
    for unit, data in stage.legal_entities().items():
        _run(cast.operator, "legal_entity.update", cast.units[unit], data, f"cast entity {unit}")
    for unit, data in stage.BRANDS.items():
        actor, address = cast.seller_of(unit), cast.units[unit]
        _run(actor, "brand.update", address, data, f"cast brand {unit}")
        if "logo" not in ask("brand.show", actor, address).own:
            upload = receive(actor, [logo(unit, data["color"])], f"{unit}.svg")
            run("brand.update", actor, address, {"logo": str(upload.id)})


def make_contracts(cast: Cast) -> None:
    """Exchange rates of the root's books, and every edge of the two chains."""
    for currency, rate in stage.EXCHANGE_RATES.items():
        data = {"period": str(stage.MONTH), "currency": currency, "rate": rate}
        _run(cast.people["ada"], "exchange_rate.set", cast.units["fjord"], data, f"cast rate {currency}")
    for seller, buyer, terms in stage.CONTRACTS:
        data = {"buyer": cast.units[buyer], "starts_on": stage.STARTS_ON, **terms}
        key = f"cast contract {seller} to {buyer}"
        _run(cast.seller_of(seller), "contract.create", cast.units[seller], data, key)


def assign_owners(cast: Cast) -> None:
    """Give the imported sub-accounts to their owners; one changes hands in mid-month, two stay unassigned."""
    address, after = cast.units["fjord"], ""
    found: dict[str, str] = {}
    while True:
        page = ask("sub_account.list", cast.people["ada"], address, {"after": after, "limit": 100})
        found |= {row.external_id: str(row.id) for row in page.items}
        if page.next is None:
            break
        after = page.next
    for sub_account, unit, starts_on, ends_on in stage.OWNERS:
        data: dict[str, Any] = {"unit": cast.units[unit], "starts_on": starts_on}
        if ends_on:
            data["ends_on"] = ends_on
        key = f"cast owner {sub_account} {starts_on}"
        _run(cast.people["ada"], "sub_account.assign", found[sub_account], data, key)


def _run(actor: Actor, name: str, address: str, data: Mapping[str, Any], key: str) -> Any:
    return run(name, actor, address, data, key=key).body
