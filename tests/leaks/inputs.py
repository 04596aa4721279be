"""Made-up inputs for every entry of the registry, from its typed input: what succeeds where it may, and foreign ids.

A field whose type or name says not enough fails `test_every_field_has_a_generator`: add it to TEXTS or IDS.
"""

import random
import types
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from tests.leaks.knowledge import reached
from tests.leaks.specification import Specification
from tests.leaks.worlds import DRAFTED, NOW, World
from underlet.foundation.registry import Entry

NO_ID = "00000000-0000-4000-8000-000000000000"
TABLES = {
    "token": "api_token",
    "import": "usage_import",
    "group": "unit_group",
    "unit_token": "api_token",
    "grant": "access_grant",
    "view_as": "acting_session",
    "person": "app_user",
    "user": "app_user",
}
"""Parameters of addresses that are not called like their table."""
IDS = {
    "unit": "unit",
    "units": "unit",
    "parent": "unit",
    "below": "unit",
    "named": "unit",
    "buyer": "unit",
    "customer_organization": "unit",
    "members": "unit",
    "upload": "upload",
    "logo": "upload",
    "favicon": "upload",
    "sub_accounts": "sub_account",
    "invoices": "invoice",
    "attempt": "environment",
    "group": "unit_group",
    "user": "app_user",
    "person": "app_user",
    "add": "unit",
    "remove": "unit",
    "unit_group": "unit_group",
    "session": "app_user",
    "keep": "app_user",
    "groups": "unit_group",
    "own_role": "role",
    "role_id": "role",
}
"""Fields that hold ids -> the table whose."""
TEXTS: dict[str, tuple[str, ...]] = {
    "after": ("",),
    "q": ("zq", "a"),
    "sort": ("name",),
    "period": (f"{DRAFTED:%Y-%m}",),
    "name": ("new.example.net",),
    "display_name": ("Shown",),
    "organization_number": ("55",),
    "time_zone": ("",),
    "code": ("c-1",),
    "city": ("Bergen",),
    "street": ("s",),
    "postal_code": ("1",),
    "country": ("NO",),
    "vat_id": ("v",),
    "email": ("new.one@example.net",),
    "phone": ("1",),
    "bank_name": ("b",),
    "iban": ("i",),
    "bic": ("b",),
    "address_line_2": ("a",),
    "region": ("r",),
    "tax_number": ("t",),
    "electronic_address": ("",),
    "electronic_address_scheme": ("",),
    "reference": ("ref",),
    "address": ("https://env.example/",),
    "reason": ("why",),
    "url": ("https://hooks.example/new",),
    "color": ("#123456",),
    "product_name": ("Cloud",),
    "sender_name": ("Sender",),
    "reply_to": ("reply@example.net",),
    "invoice_footer": ("f",),
    "host_name": ("host.example.net",),
    "label": ("Label",),
    "unit": ("Hours",),
    "dimension": ("ChargeCategory",),
    "currency": ("EUR",),
    "sha256": ("0" * 64,),
    "note": ("n",),
    "description": ("d",),
    "text": ("t",),
    "user_name": ("n",),
    "email_type": ("work",),
    "external_id": ("e",),
    "given_name": ("g",),
    "family_name": ("f",),
    "role": ("viewer",),
    "people": ("new.one@example.net",),
    "who": ("a",),
    "operation": ("unit.update",),
    "head_hash": ("",),
    "permissions": ("unit_edit",),
    "masks": ("",),
    "issuer": ("https://idp.example",),
    "client_id": ("id",),
    "client_secret": ("s",),
    "entity_id": ("",),
    "sso_url": ("",),
    "certificate": ("",),
    "metadata": ("",),
    "groups_claim": ("groups",),
    "networks": ("192.0.2.0/24",),
    "current": ("",),
}
"""Fields that hold texts -> what they may be."""


class NoGenerator(AssertionError):
    """Nobody said how to make a value."""


class Maker:
    """Makes inputs for one actor. foreign: ids of what the actor does not see; absent: of what is not there."""

    def __init__(
        self, world: World, specification: Specification, actor: int, rng: random.Random, ids: str = "own"
    ) -> None:
        self.world, self.specification, self.actor, self.rng, self.ids = world, specification, actor, rng, ids

    def query(self, entry: Entry, subject: int = 0) -> dict[str, str]:
        """Parameters of a read on a subject (its number): what it needs, and some of what it takes."""
        made = {}
        for name, one in entry.input.model_fields.items():
            if one.is_required() or self.rng.random() < 0.3:
                value = self._value(entry.name, name, one.annotation)
                if value is not None and value != "":
                    made[name] = _flat(value)
        recipe = RECIPES.get(entry.name)
        if recipe and subject and self.ids == "own":
            made |= {name: _flat(value) for name, value in recipe(self, subject).items()}
        return made

    def body(self, entry: Entry, subject: int = 0, *, whole: bool = False) -> dict[str, Any]:
        """Payload of a write on a subject (its number); whole: with everything that it takes."""
        made = {}
        for name, one in entry.input.model_fields.items():
            if whole or one.is_required():
                made[name] = self._value(entry.name, name, one.annotation)
        recipe = RECIPES.get(entry.name)
        if recipe and (subject or entry.subject is None) and self.ids == "own" and not whole:
            made |= recipe(self, subject)
        return made

    def id_of(self, name: str) -> str:
        """An id for a field."""
        table = IDS.get(name)
        if table is None:
            raise NoGenerator(f"tests/leaks/inputs.py, IDS: say of which table “{name}” takes ids")
        if self.ids == "absent":
            return NO_ID
        rows = self.world.rows.get(table, [])
        some = [row for row in rows if reached(self.specification, self.actor, table, row) == (self.ids == "own")]
        column = "attempt" if table == "environment" else "public_id"
        return str(self.rng.choice(some)[column]) if some else NO_ID

    def _value(self, entry: str, name: str, kind: Any) -> Any:
        origin, inner = get_origin(kind), get_args(kind)
        if hasattr(kind, "__metadata__"):
            return self._value(entry, name, inner[0])
        if origin in (Union, types.UnionType):
            return self._value(entry, name, next(one for one in inner if one is not type(None)))
        if origin is Literal:
            return self.rng.choice([one for one in inner if one != ""] or [""])
        if origin in (tuple, list, frozenset, set):
            return [self._value(entry, name, inner[0])]
        if origin is dict:
            return {}
        return self._plain(entry, name, kind)

    def _plain(self, entry: str, name: str, kind: Any) -> Any:
        if kind is UUID:
            return self.id_of(name)
        if kind is bool:
            return self.rng.random() < 0.5
        if kind is int:
            return {
                "limit": self.rng.choice((1, 2, 100)),
                "months": 12,
                "line": 1,
                "bytes": 1,
                "payment_days": 30,
                "version": 1,
            }.get(name, 1)
        if kind is Decimal:
            return "1"
        if kind is date:
            return _DAYS.get(name, "2026-07-01")
        if kind is AwareDatetime or getattr(kind, "__name__", "") == "AwareDatetime":
            return "2026-05-01" if name == "as_of" else NOW.replace(month=9).isoformat()
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self.rng.choice([one.value for one in kind])
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return {
                sub: self._value(entry, sub, one.annotation)
                for sub, one in kind.model_fields.items()
                if one.is_required()
            }
        if kind is str and name in TEXTS:
            return self.rng.choice(TEXTS[name])
        raise NoGenerator(f"tests/leaks/inputs.py: say how to make “{name}” of {entry}, {kind}")


_DAYS = {
    "starts_on": "2026-07-01",
    "ends_on": "2027-03-01",
    "effective_on": "2026-09-01",
    "issued_on": "2026-06-15",
    "on": "2026-09-01",
}


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


Recipe = Callable[[Maker, int], dict[str, Any]]


def _grant_to_revoke(maker: Maker, unit: int) -> dict[str, Any]:
    grants = [one for one in maker.world.rows["access_grant"] if one["unit_id"] == unit and one["role"]]
    if not grants:
        return {}
    one = maker.rng.choice(grants)
    person = maker.world.get("app_user", one["user_id"])
    return {"email": person["email"], "role": one["role"], "scope": one["scope"]}


def _invitation(maker: Maker, unit: int) -> dict[str, Any]:
    return {"role": "viewer", "name": "New", "email": "new.one@example.net"}


def _new_unit(maker: Maker, unit: int) -> dict[str, Any]:
    kind = maker.rng.choice(("organization", "customer"))
    return {"kind": kind, "name": "Brand new" if kind == "organization" else "brand-new.example.net"}


def _attempt(maker: Maker, unit: int) -> dict[str, Any]:
    attempts = [one["attempt"] for one in maker.world.rows["environment"] if one["unit_id"] == unit]
    return {"attempt": (attempts or [NO_ID])[0], "outcome": "done"}


def _below(maker: Maker, unit: int) -> list[int]:
    return [one for one, way in maker.specification.above.items() if unit in way[1:]]


def _buyer(maker: Maker, unit: int) -> dict[str, Any]:
    """Somebody below the seller who buys from nobody yet."""
    bought = {one["buyer_id"] for one in maker.world.rows["contract"] if one["state"] == "active"}
    free = [one for one in _below(maker, unit) if one not in bought and maker.specification.sees(maker.actor, one)]
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


def _sub_account_of(maker: Maker, unit: int) -> dict[str, Any]:
    free = [one["public_id"] for one in maker.world.rows["sub_account"] if one["unit_id"] == unit]
    return {"sub_accounts": free[:1] or [NO_ID], "starts_on": "2027-02-01"}


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
    "sub_account.assign": lambda maker, sub: {"starts_on": "2027-02-01"},
    "hierarchy.create": lambda maker, none: {"name": "Sund"},
    "name.release": lambda maker, none: {"name": maker.world.rows["reserved_name"][0]["name"]},
    "brand.update": lambda maker, unit: {"color": "#123456"},
    "user.update_me": lambda maker, none: {"theme": "dark"},
    "assignment.end": lambda maker, assignment: {"ends_on": "2026-12-01"},
}
"""What makes an operation succeed where types alone do not. Others: what is required, by type and name."""


def fits(world: World, entry: Entry, row: dict[str, Any]) -> bool:
    """Whether a subject is in one of the states in which an operation is possible."""
    states = {str(getattr(one, "value", one)) for one in getattr(entry, "states", ())}
    if not states:
        return True
    if entry.noun == "environment":
        found = [one["state"] for one in world.rows["environment"] if one["unit_id"] == row["id"]]
        return (found or ["not_provisioned"])[0] in states
    return row.get("state") in states
