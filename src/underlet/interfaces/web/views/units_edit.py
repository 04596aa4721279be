"""Giving several units the same values, after a look at what that changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underlet.foundation.types import MAX_PAGE_SIZE
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.list_page import picked
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import TIME_ZONES, price_types
from underlet.kernel.errors import Forbidden, NotFound, Refusal
from underlet.organization.types import UnitsPreview

_FIELDS = ("time_zone", "code", "organization_number", "price_type")


@page("u/edit-units", tab="customers", uses=("unit.update_many", "unit.preview_update_many"), writes=True)
def units_edit(visit: Visit) -> HttpResponse:
    """Change time zone, code, organization number or price type of the units selected in a list (R14, R22).

    What is typed is shown first, unit by unit; an empty field leaves the units as they are.
    """
    chosen = picked(visit, MAX_PAGE_SIZE)
    if not chosen:
        return visit.to("customers", _("Select at least one row."))
    source = visit.request.POST if visit.is_posted else visit.request.GET
    values = {name: source[name].strip() for name in _FIELDS if source.get(name, "").strip()}
    form = visit.form(values)
    if visit.is_posted:
        outcome, form = visit.attempt(form, "unit.update_many", visit.here, {"units": list(chosen), **values})
        if outcome is not None:
            count = len(outcome.body["changed"])
            said = ngettext("{n} unit was changed.", "{n} units were changed.", count).format(n=count)
            return visit.to("customers", said)
    preview, form = _preview(visit, form, chosen, values)
    fields = (
        Field("time_zone", _("Time zone"), list="zones", hint=_("Empty: stays as it is")),
        Field("code", _("Customer code"), hint=_("Empty: stays as it is")),
        Field("organization_number", _("Organization number"), hint=_("Empty: stays as it is")),
        Field("price_type", _("Price type"), "select", choices=(("", _("Stays as it is")), *price_types())),
    )
    title = ngettext("Edit {n} unit", "Edit {n} units", len(chosen)).format(n=len(chosen))
    return visit.page(
        "pages/units_edit.html", title, status=form.status, form=form, fields=fields, zones=TIME_ZONES,
        preview=preview, changes=sum(bool(one.changes) for one in preview.units), chosen=chosen, values=values,
        back=visit.address("customers"),
    )  # fmt: skip


def _preview(
    visit: Visit, form: Form, chosen: Sequence[str], values: Mapping[str, Any]
) -> tuple[UnitsPreview, Form]:
    """What the values would change; without those that are wrong, nothing."""
    units = ",".join(chosen)
    try:
        return visit.ask("unit.preview_update_many", visit.here, {"units": units, **values}), form
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        if set(refusal.fields) - set(_FIELDS):
            raise
        shown = form if visit.is_posted else form.refused(refusal)
        return visit.ask("unit.preview_update_many", visit.here, {"units": units}), shown
