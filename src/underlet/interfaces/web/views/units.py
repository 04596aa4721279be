"""What several pages need about units: choices for a picker."""

from collections.abc import Iterable
from dataclasses import dataclass

from underlet.interfaces.web.forms import Choices
from underlet.interfaces.web.visit import Visit
from underlet.organization.types import UnitRow

_LIMIT = 100
_LISTS = {
    "unit.list": "units?state=active", "unit.parents": "parents",
    "customer_organization.choices": "customer-organization-choices",
}  # fmt: skip
"""Queries that list units, and their place below `/api/v1/units/{unit}/`. A draft or archived unit is no choice."""
_ONLY = {"unit.list": {"state": "active"}}


@dataclass(frozen=True, slots=True)
class UnitChoices:
    """Units to choose from. is_cut: there are more, and a search narrows them. q: the present search.

    source, without: address of the public list that the picker searches, and the ids in it that are no choice.
    """

    choices: Choices
    is_cut: bool
    q: str
    source: str
    without: str


def unit_choices(
    visit: Visit, unit: object, query: str = "unit.list", *, without: Iterable[object] = (), including: str = ""
) -> UnitChoices:
    """Units by name that a list gives for a unit, at most a hundred; `?find=` narrows them. Uses the query.

    including: id of a unit that is a choice in any case, for which `unit.show` is used; NotFound if that is hidden.
    """
    q = visit.request.GET.get("find", "")
    found = visit.ask(query, str(unit), {"q": q, "limit": _LIMIT, **_ONLY.get(query, {})})
    left_out = set(without)
    rows: list[UnitRow] = [row for row in found.items if row.id not in left_out]
    choices = [("", ""), *((str(row.id), row.name) for row in rows)]
    if including and including not in dict(choices):
        choices.append((including, visit.ask("unit.show", including).name))
    source = f"/api/v1/units/{unit}/{_LISTS[query]}"
    return UnitChoices(choices, found.next is not None or bool(q), q, source, " ".join(map(str, left_out)))
