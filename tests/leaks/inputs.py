"""Made-up inputs for every entry of the registry, from its typed input: what succeeds where it may, and foreign ids.

A field whose type or name says not enough fails `test_every_field_has_a_generator`: add it to TEXTS or IDS.
"""

import random
import types
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from tests.leaks.knowledge import reached
from tests.leaks.recipes import NO_ID, RECIPES
from tests.leaks.specification import Specification
from tests.leaks.worlds import DRAFTED, NOW, World
from underlet.foundation.registry import Entry

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
        self.world: World = world
        self.specification, self.actor, self.rng, self.ids = specification, actor, rng, ids

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
            made = {name: value for name, value in made.items() if entry.input.model_fields[name].is_required()}
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


__all__ = ["NO_ID", "Maker", "NoGenerator"]
