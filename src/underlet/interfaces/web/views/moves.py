"""Moving units: one, several, at a day to come, and back."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underlet.contracts.move_types import MoveManyPreview
from underlet.contracts.types import MovePreview
from underlet.foundation.operations import Outcome
from underlet.interfaces.web import lists
from underlet.interfaces.web.answers import wants_part
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.list_page import list_page, picked
from underlet.interfaces.web.say import day_words
from underlet.interfaces.web.views.units import unit_choices
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound, Refusal

_MOST_PICKED = 100
_MOST_UNDONE = 25
"""Units whose common move the message offers to undo: its link names each of them."""


@page(
    "u/move", tab="structure",
    uses=("unit.move", "unit.schedule_move", "unit.preview_move", "unit.parents", "unit.show"), writes=True,
)  # fmt: skip
def unit_move(visit: Visit) -> HttpResponse:
    """Move the context unit below another organization by choosing its parent, now or on a day to come; what that does
    is shown before it is confirmed (R10, R11).

    The address keeps where the reader came from: `from`, a unit above, and `view` of its structure.
    """
    path = visit.unit.path
    present = str(path[-2].id) if len(path) > 1 else ""
    asked = visit.request.GET
    wanted, on = asked.get("parent", ""), asked.get("on", "")
    form = visit.form({"parent": wanted or present, "on": on})
    if visit.is_posted:
        name = "unit.schedule_move" if form.values.get("on") else "unit.move"
        data = {"parent": form.values.get("parent", "")}
        if form.values.get("on"):
            data["effective_on"] = form.values["on"]
        outcome, form = visit.attempt(form, name, visit.here, data)
        if outcome is not None:
            return _moved(visit, outcome)
    preview, refusal = _preview(visit, "" if wanted == present else wanted, on)
    context: dict[str, Any] = {
        "form": form, "preview": preview, "refusal": refusal, "back": _structure_of(visit)
    }  # fmt: skip
    if wants_part(visit.request, "preview"):
        return visit.part("parts/move_preview.html", **context)
    parents = unit_choices(visit, visit.here, "unit.parents", including=form.values.get("parent", ""))
    title = _("Move {name}").format(name=visit.unit.name)
    kept = {name: asked[name] for name in ("from", "view") if asked.get(name)}
    return visit.page("pages/move.html", title, status=form.status, parents=parents, kept=kept, **context)


def _preview(visit: Visit, parent: str, on: str) -> tuple[MovePreview | None, Refusal | None]:
    """What the move would do, or why it would be refused; neither where no other parent is chosen."""
    if not parent:
        return None, None
    raw = {"parent": parent, "on": on} if on else {"parent": parent}
    try:
        return visit.ask("unit.preview_move", visit.here, raw), None
    except NotFound:
        raise
    except Refusal as refusal:
        return None, refusal


def _structure_of(visit: Visit, path: Any = None) -> str:
    """The structure from which the reader came, if the unit stands below it, with the unit selected."""
    ids = [str(link.id) for link in path or visit.unit.path]
    came_from = visit.request.GET.get("from", "")
    query = {"view": "chart"} if visit.request.GET.get("view") == "chart" else {}
    address = visit.address("structure", unit=came_from if came_from in ids else ids[0])
    place = "" if query else f"#unit-{visit.here}"
    return f"{address}?{urlencode({**query, 'sel': visit.here})}{place}"


def _moved(visit: Visit, outcome: Outcome) -> HttpResponse:
    """Back to the structure, with a word about what was done and the way to undo it."""
    body = outcome.body
    name, path = visit.unit.name, visit.unit.path
    if "effective_on" in body:
        said = _("{name} will move below {parent} on {day}.").format(
            name=name, parent=body["parent"]["name"], day=day_words(outcome.result.effective_on)
        ) if outcome.result else _("Scheduled.")  # fmt: skip
        return visit.to("scheduled_moves", said, unit=path[0].id)
    with suppress(NotFound):  # else the new place is out of the mover's sight
        path = visit.ask("unit.show", visit.here).path
    said = _("Moved {name} below {parent}.").format(name=name, parent=path[-2].name if len(path) > 1 else "–")
    if body["contracts_ended"]:
        count = body["contracts_ended"]
        said += " " + ngettext("{n} contract ends.", "{n} contracts end.", count).format(n=count)
    kept = {one: visit.request.GET[one] for one in ("from", "view") if visit.request.GET.get(one)}
    undo = f"{visit.address('unit_move')}?{urlencode({'parent': body['former_parent_id'], **kept})}"
    is_same = body["former_parent_id"] == body["parent_id"]
    return visit.to_address(_structure_of(visit, path), said, "" if is_same else undo)


# --- several at once ------------------------------------------------------------------------------


@page(
    "u/move-units", tab="structure",
    uses=("unit.move_many", "unit.preview_move_many", "unit.parents", "unit.show"), writes=True,
)  # fmt: skip
def units_move(visit: Visit) -> HttpResponse:
    """Move the units selected in a list below one organization, after a look at what that does to each (R10, R11)."""
    chosen = picked(visit, _MOST_PICKED)
    back = visit.address("customers" if _asked(visit, "to") == "customers" else "structure")
    if not chosen:
        return visit.to_address(back, _("Select at least one row."))
    parent = _asked(visit, "parent")
    form = visit.form({"parent": parent})
    preview = visit.ask("unit.preview_move_many", parent, {"units": list(chosen)}) if parent else None
    if visit.is_posted and preview:
        outcome, form = visit.attempt(form, "unit.move_many", parent, {"units": list(chosen)})
        if outcome is not None:
            count = outcome.body["moved"]
            said = ngettext("Moved {n} unit below {parent}.", "Moved {n} units below {parent}.", count)
            return visit.to_address(back, said.format(n=count, parent=preview.parent.name), _undo(visit, preview))
    context: dict[str, Any] = {
        "form": form, "preview": preview, "chosen": chosen, "to": _asked(visit, "to"), "back": back
    }  # fmt: skip
    if wants_part(visit.request, "preview"):
        return visit.part("parts/units_move_preview.html", **context)
    parents = unit_choices(visit, chosen[0], "unit.parents", including=parent)
    title = ngettext("Move {n} unit", "Move {n} units", len(chosen)).format(n=len(chosen))
    return visit.page("pages/units_move.html", title, status=form.status, parents=parents, **context)


def _asked(visit: Visit, name: str) -> str:
    """What the form or the address says."""
    source = visit.request.POST if visit.is_posted else visit.request.GET
    return source.get(name, "")


def _undo(visit: Visit, before: MoveManyPreview) -> str:
    """The address that moves them back, if they all came from one parent; "" = each is moved back by itself."""
    moved = [one for one in before.units if one.outcome == "moves"]
    former = {one.parent.id for one in moved if one.parent}
    if len(former) != 1 or len(moved) > _MOST_UNDONE or any(one.parent is None for one in moved):
        return ""
    [parent] = former
    query = [*(("row", str(one.id)) for one in moved), ("parent", str(parent)), ("to", _asked(visit, "to"))]
    return f"{visit.address('units_move')}?{urlencode(query)}"


# --- at a day to come -----------------------------------------------------------------------------


@page("u/scheduled-moves", tab="structure", uses=("scheduled_move.list",))
def scheduled_moves(visit: Visit) -> HttpResponseBase:
    """The moves that wait for their day, in the unit and below, and what became of earlier ones (R10)."""
    return list_page(
        visit, lists.SCHEDULED_MOVES, "pages/scheduled_moves.html", _("Scheduled moves"),
        may_edit=visit.may("scheduled_move.cancel"),
    )  # fmt: skip


@page(
    "u/scheduled-moves/<str:scheduled_move>/cancel", tab="structure",
    uses=("scheduled_move.cancel", "scheduled_move.show"), writes=True,
)  # fmt: skip
def scheduled_move_cancel(visit: Visit, scheduled_move: str) -> HttpResponse:
    """Call off a move that waits for its day."""
    row = visit.ask("scheduled_move.show", scheduled_move)
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "scheduled_move.cancel", scheduled_move)
        if outcome is not None:
            return visit.to("scheduled_moves", _("The move of {name} was called off.").format(name=row.unit.name))
    text = _("{name} stays where it is.").format(name=row.unit.name)
    if row.parent:
        text = _("{name} would move below {parent} on {day}. It then stays where it is.").format(
            name=row.unit.name, parent=row.parent.name, day=day_words(row.effective_on)
        )
    return visit.page(
        "pages/confirm.html", _("Call off the move of {name}").format(name=row.unit.name), status=form.status,
        form=form, text=text, submit=_("Call off"), danger=True, back=visit.address("scheduled_moves"),
    )  # fmt: skip
