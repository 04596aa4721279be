"""The fixed cast's structure and people, made through operations; what tests of other contexts stand on."""

from dataclasses import dataclass

from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.access.welcome import create_operator
from underlet.foundation.actor import Actor
from underlet.foundation.operations import run

UNITS = (
    ("fjord", "birch", "organization", "Birch", True),
    ("birch", "birch_lab", "organization", "Birch Lab", False),
    ("birch", "alder", "organization", "Alder", True),
    ("alder", "acme", "customer", "acme.example.com", True),
    ("birch", "beta", "customer", "beta.example.org", True),
    ("fjord", "cedar", "organization", "Cedar", True),
    ("cedar", "delta", "customer", "delta.example.org", True),
)
PEOPLE = (
    ("ada", "fjord", "administrator"),
    ("ben", "birch", "administrator"),
    ("ira", "birch_lab", "viewer"),
    ("cleo", "alder", "administrator"),
    ("dan", "acme", "customer_administrator"),
    ("bea", "beta", "customer_viewer"),
    ("eve", "cedar", "administrator"),
    ("uma", "harbor", "administrator"),
)


@dataclass(frozen=True)
class Cast:
    """Public ids of units, actors of people, by first name; `zoe` has no grant."""

    units: dict[str, str]
    people: dict[str, Actor]

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


def make_cast() -> Cast:
    """Two hierarchies, their units, their people."""
    operator = actor_of(create_operator("operator@localhost", "Operator"))
    units: dict[str, str] = {}
    for key, name in (("fjord", "Fjord"), ("harbor", "Harbor")):
        units[key] = run("hierarchy.create", operator, None, {"name": name}).body["root_id"]
    for parent, key, kind, name, own in UNITS:
        data = {"kind": kind, "name": name, "own_legal_entity": own}
        units[key] = run("unit.create", operator, units[parent], data).body["id"]
    people = {"operator": operator}
    for name, unit, role in PEOPLE:
        data = {"email": f"{name}@example.com", "name": name.title(), "role": role}
        run("user.invite", operator, units[unit], data)
        people[name] = actor_of(User.objects.get(email_key=f"{name}@example.com"))
    return Cast(units, people)
