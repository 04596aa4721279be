"""Recipes: input with which an entry succeeds on a subject, where types and names alone do not say so.

And which subjects are worth trying: those in the state that an entry needs, roots for what belongs to roots.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.leaks.knowledge import person_of
from tests.leaks.worlds import ACCOUNT_EDIT, NOW, UNIT_EDIT, USER_EDIT, Row, World
from underlet.foundation.registry import Entry

if TYPE_CHECKING:
    from tests.leaks.inputs import Maker

NO_ID = "00000000-0000-4000-8000-000000000000"
Recipe = Callable[["Maker", int], dict[str, Any]]
_SMALL = "customer_viewer"
"""A role that everybody who administers users may give."""


def may_take(maker: Maker, grant: Row) -> bool:
    """Not one's own, and no more than one holds there."""
    held = maker.specification.held(maker.actor, grant["unit_id"])
    return person_of(maker.specification, maker.actor) != grant["user_id"] and not grant["perms"] & ~held


def _grants(maker: Maker, unit: int) -> list[Row]:
    return [
        one
        for one in maker.world.rows["access_grant"]
        if one["unit_id"] == unit and one["role"] and may_take(maker, one)
    ]


def _grant_to_revoke(maker: Maker, unit: int) -> dict[str, Any]:
    grants = [one for one in _grants(maker, unit) if one["scope"] in ("unit", "subtree")]
    if not grants:
        return {}
    one = maker.rng.choice(grants)
    person = maker.world.get("app_user", one["user_id"])
    return {"email": person["email"], "role": one["role"], "scope": one["scope"]}


def _person_in(maker: Maker, unit: int, name: str = "user") -> dict[str, Any]:
    """Somebody with a role there that the actor may take."""
    grants = _grants(maker, unit)
    people = maker.world
    return {name: people.get("app_user", maker.rng.choice(grants)["user_id"])["public_id"]} if grants else {}


def _colleague(maker: Maker, unit: int) -> dict[str, Any]:
    """Somebody who gets one more role there."""
    return {"role": _SMALL, "scope": _extent(maker)} | _somebody(maker)


def _somebody(maker: Maker) -> dict[str, Any]:
    mine = person_of(maker.specification, maker.actor)
    seen = [
        one
        for one in maker.world.rows["access_grant"]
        if one["user_id"] != mine and maker.specification.can(maker.actor, USER_EDIT, one["unit_id"])
    ]
    if not seen:
        return {}
    return {"user": maker.world.get("app_user", maker.rng.choice(seen)["user_id"])["public_id"]}


def _administered(maker: Maker, none: int) -> dict[str, Any]:
    """For a key, which has no sessions itself, somebody whose every role lies where its owner administers users."""
    if maker.world.has("app_user", maker.actor):
        return {}
    roles: dict[int, list[int]] = {}
    for grant in maker.world.rows["access_grant"]:
        places = [grant["unit_id"]]
        if grant["scope"] == "customers":
            places += [one["id"] for one in maker.world.rows["unit"] if one["anchor_id"] == grant["unit_id"]]
        roles.setdefault(grant["user_id"], []).extend(places)
    found = [
        person
        for person, places in roles.items()
        if not maker.world.get("app_user", person)["is_operator"]
        and all(maker.specification.can(maker.actor, USER_EDIT, place) for place in places)
    ]
    return {"user": maker.world.get("app_user", maker.rng.choice(found))["public_id"]} if found else {}


def _extent(maker: Maker) -> str:
    return maker.rng.choice(("unit", "subtree"))


def _invitation(maker: Maker, unit: int) -> dict[str, Any]:
    return {"role": _SMALL, "name": "New", "email": "new.one@example.net", "scope": _extent(maker)}


def _invitations(maker: Maker, unit: int) -> dict[str, Any]:
    return {"role": _SMALL, "people": "new.one@example.net", "scope": _extent(maker)}


def _new_unit(maker: Maker, unit: int) -> dict[str, Any]:
    kind = maker.rng.choice(("organization", "customer"))
    return {"kind": kind, "name": "Brand new" if kind == "organization" else "brand-new.example.net"}


def _attempt(maker: Maker, unit: int) -> dict[str, Any]:
    attempts = [one["attempt"] for one in maker.world.rows["environment"] if one["unit_id"] == unit]
    return {"attempt": (attempts or [NO_ID])[0], "outcome": "done"}


def _below(maker: Maker, unit: int) -> list[int]:
    return [one for one, way in maker.specification.above.items() if unit in way[1:]]


def _buyer(maker: Maker, unit: int) -> dict[str, Any]:
    """Somebody below the seller who buys from nobody yet, with nobody between them who does."""
    above = maker.specification.above
    bought = {one["buyer_id"] for one in maker.world.rows["contract"] if one["state"] == "active"}
    free = [
        one
        for one in _below(maker, unit)
        if one not in bought
        and maker.world.get("unit", one)["state"] == "active"
        and not maker.world.get("unit", one)["anchors"]
        and maker.specification.sees(maker.actor, one)
        and next((way for way in above[one][1:] if way in bought or len(above[way]) == 1), None) == unit
    ]
    terms = {"rules": [{"verb": "pass_through"}], "currency": "EUR", "starts_on": "2026-12-01", "draft": True}
    return terms | ({"buyer": maker.world.get("unit", maker.rng.choice(free))["public_id"]} if free else {})


def _drafts(maker: Maker, unit: int) -> dict[str, Any]:
    found = [
        one["public_id"]
        for one in maker.world.rows["invoice"]
        if one["seller_id"] == unit and one["state"] == "draft"
    ]
    return {"invoices": found[:2] or [NO_ID]}


def _units_below(maker: Maker, unit: int) -> dict[str, Any]:
    found = [one for one in _below(maker, unit) if maker.specification.sees(maker.actor, one)]
    chosen = maker.rng.choice(found) if found else unit
    return {"units": [maker.world.get("unit", chosen)["public_id"]]}


def _owner(maker: Maker, hierarchy: int) -> dict[str, Any]:
    """Somebody who may own a sub-account."""
    found = [
        one["public_id"]
        for one in maker.world.rows["unit"]
        if one["hierarchy_id"] == hierarchy
        and one["state"] == "active"
        and not one["anchors"]
        and maker.specification.can(maker.actor, ACCOUNT_EDIT, one["id"])
    ]
    return {"unit": maker.rng.choice(found)} if found else {}


def _sub_account_of(maker: Maker, unit: int) -> dict[str, Any]:
    """A sub-account of the unit that nobody owns any more on the day."""
    rows, taken = maker.world.rows, set()
    for one in rows["assignment"]:
        if one["ends_on"] is None:
            taken.add(one["sub_account_id"])
    owned = {one["sub_account_id"] for one in rows["assignment"] if one["unit_id"] == unit}
    free = [
        one["public_id"]
        for one in rows["sub_account"]
        if (one["unit_id"] == unit or one["id"] in owned) and one["id"] not in taken
    ]
    wanted = {"sub_accounts": free[:1] or [NO_ID], "starts_on": "2027-02-01"}
    return wanted | _owner(maker, maker.world.get("unit", unit)["hierarchy_id"])


def _assigned(maker: Maker, sub: int) -> dict[str, Any]:
    return {"starts_on": "2027-02-01"} | _owner(maker, maker.world.get("sub_account", sub)["hierarchy_id"])


def _members(maker: Maker, group: int) -> dict[str, Any]:
    """Units that may be in the group."""
    unit = maker.world.get("unit_group", group)["unit_id"]
    found = [one for one in _below(maker, unit) if maker.specification.sees(maker.actor, one)]
    return {
        "units": [maker.world.get("unit", one)["public_id"] for one in maker.rng.sample(found, min(1, len(found)))]
    }


def _member(maker: Maker, group: int) -> dict[str, Any]:
    found = [
        maker.world.get("unit", one["unit_id"])["public_id"]
        for one in maker.world.rows["group_member"]
        if one["group_id"] == group
    ]
    if not found:
        seen = [one for one in maker.specification.above if maker.specification.sees(maker.actor, one)]
        found = [maker.world.get("unit", maker.rng.choice(seen))["public_id"]]
    return {"units": found[:1]}


def _parent(maker: Maker, unit: int) -> dict[str, Any]:
    """Another organization of the hierarchy in which the actor may put units."""
    row = maker.world.get("unit", unit)
    found = [
        one["public_id"]
        for one in maker.world.rows["unit"]
        if one["kind"] == "organization"
        and one["state"] == "active"
        and one["hierarchy_id"] == row["hierarchy_id"]
        and one["id"] != row["parent_id"]
        and unit not in maker.specification.above[one["id"]]
        and maker.specification.can(maker.actor, UNIT_EDIT, one["id"])
    ]
    return {"parent": maker.rng.choice(found)} if found else {}


def _movable(maker: Maker, unit: int) -> dict[str, Any]:
    """A unit that is elsewhere, from where the actor may take it; every other time out of a limit, if one is there."""
    place = maker.world.get("unit", unit)
    found = [
        one
        for one in maker.world.rows["unit"]
        if one["parent_id"] not in (None, unit)
        and one["kind"] == "customer"
        and one["hierarchy_id"] == place["hierarchy_id"]
        and one["state"] == "active"
        and maker.specification.can(maker.actor, UNIT_EDIT, one["id"])
        and maker.specification.can(maker.actor, UNIT_EDIT, one["parent_id"])
    ]
    way = {None, *maker.specification.above[unit]}
    limited = [one for one in found if maker.specification.move_within(maker.actor, one["id"]) not in way]
    if limited and maker.rng.random() < 0.5:
        found = limited
    return {"units": [maker.rng.choice(found)["public_id"]]} if found else {}


def _positions(maker: Maker, invoice: int) -> list[int]:
    return [one["position"] for one in maker.world.rows["invoice_line"] if one["invoice_id"] == invoice]


RECIPES: dict[str, Recipe] = {
    "user.invite": _invitation,
    "grant.revoke": _grant_to_revoke,
    "unit.create": _new_unit,
    "unit.update": lambda maker, unit: {"code": "c-1"},
    "unit.update_many": lambda maker, unit: {"code": "c-1"} | _units_below(maker, unit),
    "legal_entity.update": lambda maker, unit: {"city": "Bergen"},
    "environment.report": _attempt,
    "contract.create": _buyer,
    "contract.revise": lambda maker, contract: {
        "rules": [{"verb": "pass_through"}],
        "currency": "EUR",
        "starts_on": "2026-12-01",
    },
    "invoice.issue_many": _drafts,
    "sub_account.assign_many": _sub_account_of,
    "sub_account.assign": _assigned,
    "user.invite_many": _invitations,
    "user.preview_invite_many": _invitations,
    "user.remove": _person_in,
    "user.suspend": _person_in,
    "user.resume": _person_in,
    "user.invite_again": _person_in,
    "user.preview_removal": _person_in,
    "user.show": _person_in,
    "view_as.start": lambda maker, unit: {"reason": "why"} | _person_in(maker, unit, "person"),
    "session.end": _administered,
    "grant.create": _colleague,
    "grant.update": lambda maker, grant: {"role": _SMALL},
    "unit.move": _parent,
    "unit.preview_move": _parent,
    "unit.schedule_move": lambda maker, unit: {"effective_on": "2026-09-01"} | _parent(maker, unit),
    "unit.move_many": _movable,
    "unit.preview_move_many": _movable,
    "group.preview_rule": lambda maker, unit: {"kind": "customer"},
    "group.add_members": _members,
    "group.set_members": _members,
    "group.remove_members": _member,
    "role.create": lambda maker, unit: {"name": "New role", "masks": ["margin"]},
    "role.update": lambda maker, role: {"description": "Other"},
    "identity_provider.create": lambda maker, unit: {
        "kind": "openid_connect",
        "name": "New",
        "issuer": "https://idp.example",
        "client_id": "id",
        "client_secret": "s",
    },
    "invoice.explain": lambda maker, invoice: {"line": max(_positions(maker, invoice))},
    "audit.head": lambda maker, unit: {"chain": "hierarchy"},
    "audit.verify": lambda maker, unit: {"chain": "hierarchy"},
    "hierarchy.create": lambda maker, none: {"name": "Sund"},
    "name.release": lambda maker, none: {"name": maker.world.rows["reserved_name"][0]["name"]},
    "brand.update": lambda maker, unit: {"color": "#123456"},
    "user.update_me": lambda maker, none: {"theme": "dark"},
    "assignment.end": lambda maker, assignment: {"ends_on": "2026-12-01"},
}
"""What makes an operation succeed where types alone do not. Others: what is required, by type and name."""

_AT_ROOTS = {
    "import.create",
    "billing_run.start",
    "exchange_rate.set",
    "audit.head",
    "audit.verify",
}
"""Entries about a unit that roots alone allow."""


def fits(world: World, entry: Entry, row: Row) -> bool:
    """Whether a subject is in a state in which the entry is possible."""
    if entry.name in _AT_ROOTS:
        return row["parent_id"] is None
    if entry.name == "role_ceiling.clear":
        return any(one["unit_id"] == row["id"] for one in world.rows["unit_ceiling"])
    if entry.name == "provisioning_hook.remove":
        return any(one["unit_id"] == row["id"] for one in world.rows["provisioning_hook"])
    if entry.name == "invoice.issue_many":
        return any(one["seller_id"] == row["id"] and one["state"] == "draft" for one in world.rows["invoice"])
    if entry.name == "scheduled_move.carry_out":
        return bool(row["effective_on"] <= NOW.date())
    if entry.name in (
        "unit.move_many",
        "unit.preview_move_many",
        "structure.check",
        "structure.import",
        "group.create",
    ):
        return bool(row["kind"] == "organization" and row["state"] == "active")
    if entry.name in ("unit.move", "unit.schedule_move", "unit.preview_move"):
        return bool(row["parent_id"] and row["kind"] == "customer" and row["state"] == "active")
    if entry.noun == "user" or entry.name == "grant.revoke":
        return any(one["unit_id"] == row["id"] for one in world.rows["access_grant"])
    states = {str(getattr(one, "value", one)) for one in getattr(entry, "states", ())}
    if entry.noun == "environment" and states:
        found = [one["state"] for one in world.rows["environment"] if one["unit_id"] == row["id"]]
        return row["kind"] == "customer" and (found or ["not_provisioned"])[0] in states
    if entry.noun == "environment":
        return any(one["unit_id"] == row["id"] for one in world.rows["environment"])
    return not states or row.get("state") in states
