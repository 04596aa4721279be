"""A unit's own data: names, time zone, legal entity."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import TIME_ZONES, languages

_TEXTS = ("name", "display_name", "code", "organization_number", "time_zone")
_LEGAL = (
    "name", "street", "postal_code", "city", "country", "organization_number", "vat_id", "email", "phone",
    "bank_name", "iban", "bic", "language",
)  # fmt: skip


@page("u/profile", tab="profile", uses=("unit.show",))
def profile(visit: Visit) -> HttpResponse:
    """The unit: texts, parent, legal entity (R14)."""
    unit = visit.ask("unit.show", visit.here)
    context: dict[str, Any] = {
        "may_edit": visit.may("unit.update"),
        "parent": unit.path[-2] if len(unit.path) > 1 else None,
    }
    return visit.page("pages/profile.html", unit.name, unit=unit, **context)


@page("u/profile/edit", tab="profile", uses=("unit.update",), writes=True)
def unit_edit(visit: Visit) -> HttpResponse:
    """Rename the unit or change its texts (R4, R14, R20)."""
    unit = visit.unit
    form = visit.form({name: getattr(unit, name) for name in (*_TEXTS, "version")})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "unit.update", visit.here, form.values)
        if outcome is not None:
            return visit.to("profile", _("Saved."))
    fields = (
        Field("name", _("Name"), required=True, focus=True, hint=_("Unique; customers are named like a host")),
        Field("display_name", _("Display name"), hint=_("Free text beside the name")),
        Field("code", _("Customer code")),
        Field("organization_number", _("Organization number")),
        Field("time_zone", _("Time zone"), list="zones", hint=_("Empty: as the unit above")),
        Field("version", "", "hidden"),
    )
    return visit.page(
        "pages/form.html", _("Edit {name}").format(name=unit.name), status=form.status, form=form, fields=fields,
        zones=TIME_ZONES, submit=_("Save"), back=visit.address("profile"),
    )  # fmt: skip


@page("u/profile/legal-entity", tab="profile", uses=("legal_entity.update",), writes=True)
def legal_entity(visit: Visit) -> HttpResponse:
    """The unit's legal data, as documents print it."""
    entity = visit.unit.legal_entity
    form = visit.form({name: getattr(entity, name) for name in _LEGAL})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "legal_entity.update", visit.here, form.values)
        if outcome is not None:
            return visit.to("profile", _("Saved."))
    fields = (
        Field("name", _("Legal name"), required=True, focus=True, wide=True),
        Field("street", _("Street and number"), wide=True),
        Field("postal_code", _("Postal code")),
        Field("city", _("City")),
        Field("country", _("Country"), hint=_("Two letters, for example SE")),
        Field("language", _("Language of documents"), "select", choices=languages()),
        Field("organization_number", _("Organization number")),
        Field("vat_id", _("VAT number")),
        Field("email", _("E-mail address"), "email"),
        Field("phone", _("Phone"), "tel"),
        Field("bank_name", _("Bank")),
        Field("iban", _("IBAN")),
        Field("bic", _("BIC")),
    )
    lead = (
        ""
        if visit.unit.is_entity_own
        else _("Inherited so far; saving gives this unit a legal entity of its own.")
    )
    return visit.page(
        "pages/form.html", _("Legal entity"), status=form.status, form=form, fields=fields, lead=lead,
        submit=_("Save"), back=visit.address("profile"),
    )  # fmt: skip
