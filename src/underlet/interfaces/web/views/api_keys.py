"""API keys: one's own, and those bound to the unit; shown once, limited, rotated, revoked at once (P1, R93)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.access.types import TOKEN_DAYS, TokenRow
from underlet.interfaces.web import people_lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Choices, Field, Form
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import key_uses
from underlet.kernel.errors import NotFound
from underlet.kernel.permission import ROLE_PERMISSIONS, Permission, Role

_USES: dict[str, dict[str, Any]] = {
    "": {},
    "read": {"read_only": True},
    "usage": {"permissions": ["read", "import"]},
    "structure": {"permissions": ["read", "write", "unit_edit"]},
    "billing": {
        "permissions": [str(one.name).lower() for one in Permission if one in ROLE_PERMISSIONS[Role.BILLING]]
    },
}
"""What a key is to do, by what the form says -> its input."""


@page(
    "u/settings/api-keys", tab="api_keys", uses=("token.list", "token.create", "token.list_of_unit"), writes=True
)  # fmt: skip
def api_keys(visit: Visit) -> HttpResponseBase:
    """One's own keys; a new one shows its secret this once (P1, R93)."""
    blank = Form({"expires_in_days": str(TOKEN_DAYS)})
    form, secret = (visit.form() if visit.is_posted else blank), ""
    if visit.is_posted:
        outcome, form = visit.attempt(form, "token.create", None, _input(form.values))
        form = with_networks(form)
        if outcome is not None:
            form, secret = blank, outcome.body.get("secret", "")
    context: dict[str, Any] = {"form": form, "secret": secret, "example": _example(visit)}
    context |= {"places": _places(visit), "key_uses": key_uses(), "may_list": visit.may("token.list_of_unit")}
    return list_page(
        visit, people_lists.API_KEYS, "pages/api_keys.html", _("API keys"), status=form.status, **context
    )


def _example(visit: Visit) -> str:
    return visit.request.build_absolute_uri("/api/v1/units")


def _places(visit: Visit) -> Choices:
    return (("", _("Wherever I may")), (visit.here, _("{name} and below").format(name=visit.unit.name)))


def _input(values: Mapping[str, str]) -> dict[str, Any]:
    """The form as the operation takes it."""
    data: dict[str, Any] = {name: values[name] for name in ("name", "unit", "expires_in_days") if values.get(name)}
    return {**data, **_USES.get(values.get("use", ""), {}), "networks": networks_of(values)}


def networks_of(values: Mapping[str, str]) -> list[str]:
    """Networks as people type them: with commas, blanks or lines between."""
    return [one for one in re.split(r"[\s,;]+", values.get("networks", "")) if one]


def with_networks(form: Form) -> Form:
    """The form, with what is wrong with any of its networks at their one field."""
    wrong = [words for name, words in form.errors.items() if name.startswith("networks")]
    return replace(form, errors={**form.errors, "networks": wrong[0]}) if wrong else form


def _own_key(visit: Visit, token: str) -> TokenRow:
    """One of the actor's keys. Raises NotFound."""
    key: TokenRow = _found(visit, token, "token.list", None)
    return key


def _found(visit: Visit, token: str, query: str, address: str | None) -> Any:
    after: str | None = ""
    while after is not None:
        found = visit.ask(query, address, {"after": after, "limit": 100})
        for key in found.items:
            if str(key.id) == token:
                return key
        after = found.next
    raise NotFound()


@page("u/settings/api-keys/<str:token>/change", tab="api_keys", uses=("token.update", "token.list"), writes=True)
def api_key_change(visit: Visit, token: str) -> HttpResponse:
    """Rename a key, or change the networks that it works from."""
    key = _own_key(visit, token)
    form = visit.form({"name": key.name, "networks": ", ".join(key.networks)})
    if visit.is_posted:
        data = {"name": form.values.get("name", ""), "networks": networks_of(form.values)}
        outcome, form = visit.attempt(form, "token.update", token, data)
        form = with_networks(form)
        if outcome is not None:
            return visit.to("api_keys", _("Saved."))
    fields = (Field("name", _("What it is for"), required=True), networks_field())
    return visit.page(
        "pages/form.html", _("Change “{name}”").format(name=key.name), status=form.status, form=form, fields=fields,
        submit=_("Save"), back=visit.address("api_keys"),
    )  # fmt: skip


def networks_field() -> Field:
    """From where a key can be used."""
    return Field(
        "networks", _("Only from these networks"), autocomplete="off", placeholder="192.0.2.0/24, 2001:db8::/48",
        hint=_("Addresses or networks with commas between; empty: from anywhere"), wide=True,
    )  # fmt: skip


@page("u/settings/api-keys/<str:token>/rotate", tab="api_keys", uses=("token.rotate", "token.list"), writes=True)
def api_key_rotate(visit: Visit, token: str) -> HttpResponse:
    """A new secret for a key, shown this once; the old one goes on for as long as chosen (S7)."""
    key = _own_key(visit, token)
    form = visit.form({"grace_hours": "24", "expires_in_days": str(TOKEN_DAYS)})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "token.rotate", token, form.filled())
        if outcome is not None:
            return visit.page(
                "pages/api_key_secret.html", _("New secret"), secret=outcome.body.get("secret", ""),
                example=_example(visit) if key.purpose == "api" else "", back=visit.address("api_keys"),
            )  # fmt: skip
    hours = (("0", _("not at all")), ("1", _("1 hour")), ("24", _("1 day")), ("72", _("3 days")))
    fields = (
        Field("grace_hours", _("The old secret goes on for"), "select", choices=hours),
        Field("expires_in_days", _("Expires after"), mode="numeric", suffix=_("days")),
    )
    return visit.page(
        "pages/form.html", _("New secret for “{name}”").format(name=key.name), status=form.status, form=form,
        fields=fields, submit=_("Make a new secret"), back=visit.address("api_keys"),
    )  # fmt: skip


@page("u/settings/api-keys/<str:token>/revoke", tab="api_keys", uses=("token.revoke", "token.list"), writes=True)
def api_key_revoke(visit: Visit, token: str) -> HttpResponse:
    """Revoke a key, after asking."""
    return _revoke(visit, _own_key(visit, token), "token.revoke", token, "api_keys")


@page("u/settings/unit-api-keys", tab="api_keys", uses=("token.list_of_unit",))
def unit_api_keys(visit: Visit) -> HttpResponseBase:
    """Keys bound to the unit or below it, whoever owns them (P1)."""
    return list_page(visit, people_lists.UNIT_API_KEYS, "pages/unit_api_keys.html", _("Keys of this unit"))


@page(
    "u/settings/unit-api-keys/<str:unit_token>/revoke", tab="api_keys",
    uses=("token.revoke_in_unit", "token.list_of_unit"), writes=True,
)  # fmt: skip
def unit_api_key_revoke(visit: Visit, unit_token: str) -> HttpResponse:
    """Revoke somebody's key that is bound to the unit or below it, after asking."""
    row = _found(visit, unit_token, "token.list_of_unit", visit.here)
    return _revoke(visit, row.key, "token.revoke_in_unit", unit_token, "unit_api_keys")


def _revoke(visit: Visit, key: TokenRow, operation: str, address: str, back: str) -> HttpResponse:
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, operation, address)
        if outcome is not None:
            return visit.to(back, _("The key was revoked."))
    return visit.page(
        "pages/confirm.html", _("Revoke “{name}”").format(name=key.name), status=form.status, form=form, danger=True,
        text=_("Whatever uses it is refused from now on; a revoked key never works again."),
        submit=_("Revoke"), back=visit.address(back),
    )  # fmt: skip
