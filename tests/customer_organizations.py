"""Customers that refer to a customer organization, as tests of several contexts make them."""

from typing import Any

from tests.cast import Cast
from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.project import wiring

wiring.load()

ANCHOR = "omega.example.com"


def customer(
    cast: Cast, name: str, to: str = "", *, who: str = "ben", parent: str = "birch", draft: bool = False
) -> str:
    """A new customer, referring to a customer organization if one is given; returns its id."""
    data: dict[str, Any] = {"kind": "customer", "name": name, "draft": draft}
    if to:
        data["customer_organization"] = to
    id_: str = run("unit.create", cast.people[who], cast.units[parent], data).body["id"]
    return id_


def refer(cast: Cast, unit: str, to: str, *, who: str = "ben") -> dict[str, Any]:
    """Let a customer that exists refer to a customer organization."""
    body: dict[str, Any] = run("unit.update", cast.people[who], unit, {"customer_organization": to}).body
    return body


def invite(
    cast: Cast, anchor: str, email: str = "sol@example.com", *, who: str = "ben", role: str = "customer_viewer"
) -> Actor:
    """A person with a role for all customers of a customer organization."""
    data = {"email": email, "name": email.partition("@")[0].title(), "role": role, "scope": "customers"}
    run("user.invite", cast.people[who], anchor, data)
    return actor_of(User.objects.get(email_key=email))


def check_flags() -> int:
    """Compare `anchors` of every unit with the references that exist; returns how many customer organizations."""
    with system():
        found = rows(
            "select u.name, u.anchors, exists (select 1 from unit c where c.anchor_id = u.id) from unit u order by 1"
        )
    assert [name for name, flag, truth in found if flag != truth] == []
    return sum(flag for _, flag, _ in found)
