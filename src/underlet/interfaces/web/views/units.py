"""What several pages need about units: choices for a select, search when there are many."""

from collections.abc import Iterable
from dataclasses import dataclass

from underlet.interfaces.web.forms import Choices
from underlet.interfaces.web.visit import Visit
from underlet.organization.types import UnitRow

_LIMIT = 100


@dataclass(frozen=True, slots=True)
class UnitChoices:
    """Units to choose from. is_cut: there are more, and a search narrows them. q: the present search."""

    choices: Choices
    is_cut: bool
    q: str


def unit_choices(
    visit: Visit, top: object, *, kind: str = "", without: Iterable[object] = (), including: str = ""
) -> UnitChoices:
    """Units below and including `top`, by name, at most a hundred; `?find=` narrows them. Uses `unit.list`.

    including: id of a unit that is a choice in any case, for which `unit.show` is used; NotFound if that is hidden.
    """
    q = visit.request.GET.get("find", "")
    found = visit.ask("unit.list", str(top), {"q": q, "kind": kind, "limit": _LIMIT})
    left_out = set(without)
    rows: list[UnitRow] = [row for row in found.items if row.id not in left_out]
    choices = [("", ""), *((str(row.id), row.name) for row in rows)]
    if including and including not in dict(choices):
        choices.append((including, visit.ask("unit.show", including).name))
    return UnitChoices(choices, found.next is not None or bool(q), q)
