"""A unit's own data: names, time zone, legal entity."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.interfaces.web import people_lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Choices, Field
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.views.customer_organizations import FIELD, choice
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import TIME_ZONES, languages, price_types
from underlet.kernel.hierarchy import UnitKind
from underlet.organization.types import LegalEntityView

_TEXTS = ("name", "display_name", "code", "organization_number", "time_zone")
_FROZEN = frozenset({"name", "price_type"})
"""With a customer's environment."""
_LEGAL = (
    "name", "street", "address_line_2", "postal_code", "city", "region", "country", "organization_number", "vat_id",
    "tax_number", "email", "phone", "electronic_address", "electronic_address_scheme", "bank_name", "iban", "bic",
    "language",
)  # fmt: skip


@page("u/profile", tab="profile", uses=("unit.show", "unit.last_move", "scheduled_move.list", "group.list"))
def profile(visit: Visit) -> HttpResponse:
    """The unit: texts, parent, where it stood before and where it is to move, customer organization, groups, legal
    entity (R10, R14, R48, R81).
    """
    unit = visit.ask("unit.show", visit.here)
    newest = visit.ask("scheduled_move.list", visit.here, {"only": True, "limit": 1}).items
    context: dict[str, Any] = {
        "may_edit": visit.may("unit.update"),
        "may_edit_entity": visit.may("legal_entity.update"),
        "may_move": visit.may("unit.move"),
        "may_archive": visit.may("unit.archive"),
        "may_remove": visit.may("unit.remove"),
        "who": visit.may("access.of_unit"),
        "may_promote": unit.kind == UnitKind.CUSTOMER
        and not unit.is_customer_organization
        and unit.customer_organization is None
        and len(unit.path) > 1
        and visit.may("unit.promote"),
        "last_move": visit.ask("unit.last_move", visit.here) if visit.may("unit.last_move") else None,
        "scheduled": next((one for one in newest if one.state in ("pending", "failed")), None),
        "groups": visit.ask("group.list", visit.here, {"where": "member", "limit": 100}).items,
        "parent": unit.path[-2] if len(unit.path) > 1 else None,
    }
    return visit.page("pages/profile.html", unit.name, unit=unit, **context)


@page("u/profile/history", tab="profile", uses=("unit.history",))
def unit_history(visit: Visit) -> HttpResponseBase:
    """Who changed what in the unit and when, before and after (B3)."""
    return list_page(
        visit, people_lists.HISTORY, "pages/unit_history.html", _("History"), back=visit.address("profile")
    )


@page(
    "u/profile/edit", tab="profile",
    uses=("unit.update", "environment.show", "customer_organization.choices", "unit.show"), writes=True,
)  # fmt: skip
def unit_edit(visit: Visit) -> HttpResponse:
    """Rename the unit, change its texts, or choose its customer organization (R4, R14, R20, R77)."""
    unit = visit.unit
    is_frozen = unit.kind == UnitKind.CUSTOMER and visit.ask("environment.show", visit.here).is_frozen
    left_out = _FROZEN if is_frozen else {"price_type"} if unit.kind == UnitKind.ORGANIZATION else frozenset()
    form = visit.form({name: getattr(unit, name) for name in (*_TEXTS, "price_type", "version")})
    if visit.is_posted:
        given = {name: value for name, value in form.values.items() if value or name != FIELD}
        outcome, form = visit.attempt(form, "unit.update", visit.here, given)
        if outcome is not None:
            return visit.to("profile", _("Saved."))
    fields = (
        Field("name", _("Name"), required=True, focus=True, hint=_("Unique; customers are named like a host")),
        Field("display_name", _("Display name"), hint=_("Free text beside the name")),
        Field("code", _("Customer code")),
        Field("organization_number", _("Organization number")),
        Field("time_zone", _("Time zone"), list="zones", hint=_("Empty: as the unit above")),
        Field(
            "price_type", _("Price type"), "select", choices=price_types(), hint=_("What the customer is shown")
        ),
        *(choice(visit, form) if unit.kind == "customer" else ()),
        Field("version", "", "hidden"),
    )
    lead = _("Name and price type stay as long as the environment exists.") if is_frozen else ""
    return visit.page(
        "pages/form.html", _("Edit {name}").format(name=unit.name), status=form.status, form=form,
        fields=[one for one in fields if one.name not in left_out], lead=lead, zones=TIME_ZONES,
        submit=_("Save"), back=visit.address("profile"),
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
        Field("address_line_2", _("Address line 2"), wide=True),
        Field("postal_code", _("Postal code")),
        Field("city", _("City")),
        Field("region", _("Region"), hint=_("Subdivision of the country, where addresses name it")),
        Field("country", _("Country"), hint=_("Two letters, for example SE")),
        Field("language", _("Language of documents"), "select", choices=languages()),
        Field("organization_number", _("Organization number")),
        Field("vat_id", _("VAT number")),
        Field("tax_number", _("Tax number"), hint=_("Beside the VAT number, where the law asks for it")),
        Field("email", _("E-mail address"), "email"),
        Field("phone", _("Phone"), "tel"),
        Field("electronic_address_scheme", _("Kind of e-invoice address"), "select", choices=_schemes(entity)),
        Field("electronic_address", _("E-invoice address"), hint=_("Where electronic invoices to this party go")),
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


def _schemes(entity: LegalEntityView) -> Choices:
    """Kinds of electronic address (EN 16931 BT-34-1, BT-49-1): the usual ones of the EAS list, and the present one."""
    known = {
        "": "",
        "EM": _("E-mail"),
        "0088": _("Global Location Number (GLN)"),
        "0204": "Leitweg-ID (DE)",
        "9930": _("VAT number ({country})").format(country="DE"),
        "0007": _("Organization number ({country})").format(country="SE"),
        "0192": _("Organization number ({country})").format(country="NO"),
        "0184": "CVR (DK)",
        "0216": "OVT (FI)",
        "0208": "KBO / BCE (BE)",
        "0106": "KvK (NL)",
        "0009": "SIRET (FR)",
        "0211": "Partita IVA (IT)",
    }
    known.setdefault(entity.electronic_address_scheme, entity.electronic_address_scheme)
    return [(code, f"{code} – {words}" if code else words) for code, words in known.items()]
