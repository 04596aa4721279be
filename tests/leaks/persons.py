"""The people of a random world: a role of every kind, every kind of grant, keys and their limits."""

import random
from datetime import timedelta
from hashlib import sha256
from typing import Any

from tests.leaks.frame import (
    ACCOUNT_EDIT,
    BILLING_RUN,
    BRAND_EDIT,
    CHANGED_AT,
    CONTRACT_EDIT,
    COST_READ,
    IMPORT,
    INVOICE_ISSUE,
    MADE_AT,
    MARGIN_READ,
    NOW,
    PRICES,
    READ,
    ROLE_EDIT,
    TOKEN_EDIT,
    UNIT_EDIT,
    USER_EDIT,
    VIEW_AS,
    WRITE,
    Row,
    World,
)
from tests.leaks.structures import units, way_up

_EVERYTHING = (1 << 20) - 1
_LOOK = READ | PRICES | COST_READ
ROLES = {
    "owner": _EVERYTHING,
    "administrator": _EVERYTHING,
    "billing": _LOOK | WRITE | ACCOUNT_EDIT | IMPORT | CONTRACT_EDIT | BILLING_RUN | INVOICE_ISSUE | MARGIN_READ,
    "support": READ | VIEW_AS,
    "viewer": _LOOK | MARGIN_READ,
    "key_account_manager": _LOOK | WRITE | UNIT_EDIT | ACCOUNT_EDIT | CONTRACT_EDIT | MARGIN_READ,
    "key_account_viewer": _LOOK | MARGIN_READ,
    "limited_key_account_manager": _LOOK | WRITE | UNIT_EDIT,
    "sales_agent": READ | WRITE | PRICES | UNIT_EDIT,
    "customer_administrator": _LOOK | WRITE | USER_EDIT | BRAND_EDIT | TOKEN_EDIT | ROLE_EDIT,
    "customer_viewer": _LOOK,
}
"""The built-in roles (P14), written down once more; a test compares."""
OWN_ROLE = _LOOK | WRITE | UNIT_EDIT | USER_EDIT | BRAND_EDIT


def _person(world: World, name: str, **more: Any) -> Row:
    id_ = world.next_id("app_user")
    email = world.text("app_user", id_, "email") + "@example.com"
    row = world.add(
        "app_user",
        id_=id_,
        email=email,
        email_key=email,
        name=...,
        password=f"!{world.text('app_user', id_, 'password')}",
        language="en",
        theme="auto",
        is_active=True,
        is_operator=False,
        created_at=MADE_AT,
        last_login=MADE_AT,
    )
    row.update(more)
    world.people[name] = id_
    return row


def _grant(world: World, person: Row, unit: Row, role: str, scope: str = "subtree", **more: Any) -> Row:
    own = more.pop("own_role", None)
    perms = own["perms"] if own else ROLES[role]
    acts = None if scope == "customers" else unit["id"]
    return world.add(
        "access_grant",
        user_id=person["id"],
        unit_id=unit["id"],
        role="" if own else role,
        role_id=own["id"] if own else None,
        perms=perms,
        scope=scope,
        group_id=more.pop("group_id", None),
        acts_for_id=acts,
        expires_at=more.pop("expires_at", None),
        suspended_at=more.pop("suspended_at", None),
        created_at=MADE_AT,
    )


def _named(world: World, table: str, unit: Row, **more: Any) -> Row:
    row = world.add(table, unit_id=unit["id"], name=..., description=..., created_at=MADE_AT, **more)
    row["name_key"] = row["name"]
    return row


def make_people(world: World, rng: random.Random) -> None:
    """One of every role at the root and one further down, some of every kind of grant, and random ones."""
    big, small = world.rows["hierarchy"]
    root = units(world, big, parent_id=None)[0]
    live = [one for one in world.rows["unit"] if one["state"] == "active"]
    sellers = [one for one in live if one["kind"] == "organization" and one["parent_id"]]
    customers = [one for one in live if one["kind"] == "customer"]
    anchor = units(world, big, anchors=True)[0]
    seller = world.get("unit", anchor["parent_id"])
    groups = [_group(world, rng, root), _group(world, rng, root), _group(world, rng, seller)]
    own = [_named(world, "role", unit, perms=OWN_ROLE) for unit in (root, seller)]
    world.add("unit_ceiling", public=False, unit_id=rng.choice(sellers)["id"], perms=_EVERYTHING & ~USER_EDIT)
    world.rows["unit_ceiling"][0].pop("id")
    _grant(world, _person(world, "operator", is_operator=True), units(world, small, parent_id=None)[0], "owner")
    for role in ROLES:
        if role.startswith("customer"):
            top = next(
                one for one in units(world, big, parent_id=seller["id"], kind="customer") if not one["anchors"]
            )
        else:
            top = root
        _grant(world, _person(world, f"{role} at the top"), top, role)
        person = _person(world, role)
        if "key_account" in role or role == "sales_agent":
            group = rng.choice(groups)
            _grant(world, person, world.get("unit", group["unit_id"]), role, "group", group_id=group["id"])
        else:
            _grant(world, person, rng.choice(customers if role.startswith("customer") else sellers), role)
    _grant(world, _person(world, "own role"), seller, "", own_role=own[1])
    _grant(world, _person(world, "all customers"), anchor, "customer_administrator", "customers")
    _grant(world, _person(world, "alone"), seller, "administrator", "unit")
    _grant(world, _person(world, "expired"), seller, "administrator", expires_at=NOW - timedelta(days=9))
    _grant(world, _person(world, "suspended"), seller, "administrator", suspended_at=CHANGED_AT)
    _grant(world, _person(world, "inactive", is_active=False), seller, "administrator")
    for number in range(6):
        person = _person(world, f"random {number}")
        for unit in rng.sample(live, rng.randint(0, 3)):
            scope = "subtree" if unit["kind"] == "customer" else rng.choice(("subtree", "subtree", "unit"))
            ends = rng.choice((None, None, NOW + timedelta(days=30)))
            _grant(world, person, unit, rng.choice(list(ROLES)), scope, expires_at=ends)
    for name in ("administrator", "billing", "customer_viewer", "random 0", "inactive"):
        _key(world, name)
    _key(world, "owner at the top", unit_id=seller["id"], perms=_LOOK | WRITE | UNIT_EDIT)
    _key(world, "viewer at the top", expires_at=NOW - timedelta(days=1))
    _key(world, "viewer at the top", revoked_at=CHANGED_AT)


def _group(world: World, rng: random.Random, unit: Row) -> Row:
    below = [
        one
        for one in world.rows["unit"]
        if one["hierarchy_id"] == unit["hierarchy_id"]
        and unit in way_up(world, one)[1:]
        and not any("parent_id" in world.past.get(("unit", above["id"]), ()) for above in way_up(world, one))
    ]
    group = _named(world, "unit_group", unit, hierarchy_id=unit["hierarchy_id"], rule=None)
    for one in rng.sample(below, min(3, len(below))):
        world.rows.setdefault("group_member", []).append(
            {
                "group_id": group["id"],
                "unit_id": one["id"],
                "hierarchy_id": unit["hierarchy_id"],
                "is_by_rule": False,
            }
        )
    return group


def _key(world: World, person: str, **limits: Any) -> None:
    id_ = world.next_id("api_token")
    secret = f"underlet_{world.text('api_token', id_, 'secret')}"
    world.secrets[id_] = secret
    row = world.add(
        "api_token",
        id_=id_,
        user_id=world.people[person],
        name=...,
        digest=sha256(secret.encode()).hexdigest(),
        unit_id=None,
        perms=None,
        expires_at=None,
        revoked_at=None,
        created_at=MADE_AT,
    )
    row.update(limits)
