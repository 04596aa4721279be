"""Providers of sign-in that a unit sets for its people: list, add, change, remove."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.access.types import IdentityProviderRow
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.visit import Visit


@page("u/settings/sign-in/providers", tab="identity_providers", uses=("identity_provider.list",))
def identity_providers(visit: Visit) -> HttpResponse:
    """Providers of this unit, with what each of them has to be told about this installation."""
    found = visit.ask("identity_provider.list", visit.here, {**visit.filters(), "limit": 100})
    return visit.page(
        "pages/identity_providers.html", _("Single sign-on"), found=found,
        base=visit.request.build_absolute_uri("/").rstrip("/"),
    )  # fmt: skip


@page(
    "u/settings/sign-in/providers/new", tab="identity_providers", uses=("identity_provider.create",), writes=True
)
def identity_provider_create(visit: Visit) -> HttpResponse:
    """Add a provider; what to enter depends on its kind."""
    kind = "saml" if visit.request.GET.get("kind") == "saml" else "openid_connect"
    form = visit.form({"kind": kind, "groups_claim": "groups" if kind == "openid_connect" else ""})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "identity_provider.create", visit.here, form.filled())
        if outcome is not None:
            return visit.to("identity_providers", _("The provider was added. Tell it the address shown with it."))
    title = _("Add a SAML provider") if kind == "saml" else _("Add an OpenID Connect provider")
    return _form_page(
        visit, form, title, Field("kind", "", "hidden"), *_fields(kind, is_new=True), submit=_("Add")
    )


@page(
    "u/settings/sign-in/providers/<str:identity_provider>", tab="identity_providers",
    uses=("identity_provider.show", "identity_provider.update"), writes=True,
)  # fmt: skip
def identity_provider_edit(visit: Visit, identity_provider: str) -> HttpResponse:
    """Change a provider or switch it off; its secret is never shown, and stays where none is entered."""
    one: IdentityProviderRow = visit.ask("identity_provider.show", identity_provider)
    shown = ("name", "issuer", "client_id", "entity_id", "sso_url", "certificate", "groups_claim", "version")
    ticks = {name: "true" for name in ("takes_new", "is_enabled") if getattr(one, name)}
    form = visit.form({name: getattr(one, name) for name in shown} | ticks)
    if visit.is_posted:
        raw: dict[str, Any] = {
            **form.filled(),
            **{name: name in form.values for name in ("takes_new", "is_enabled")},
        }
        raw.setdefault("groups_claim", "")
        outcome, form = visit.attempt(form, "identity_provider.update", identity_provider, raw)
        if outcome is not None:
            return visit.to("identity_providers", _("Saved."))
    fields = (
        *_fields(one.kind, is_new=False),
        Field("is_enabled", _("People may sign in with it"), "checkbox", hint=_("Off: its sessions end at once.")),
        Field("version", "", "hidden"),
    )
    return _form_page(visit, form, one.name, *fields, submit=_("Save"))


@page(
    "u/settings/sign-in/providers/<str:identity_provider>/remove", tab="identity_providers",
    uses=("identity_provider.show", "identity_provider.remove"), writes=True,
)  # fmt: skip
def identity_provider_remove(visit: Visit, identity_provider: str) -> HttpResponse:
    """Remove a provider, after asking."""
    one: IdentityProviderRow = visit.ask("identity_provider.show", identity_provider)
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "identity_provider.remove", identity_provider)
        if outcome is not None:
            return visit.to("identity_providers", _("The provider was removed."))
    return visit.page(
        "pages/confirm.html", _("Remove “{name}”").format(name=one.name), status=form.status, form=form, danger=True,
        text=_(
            "Sessions that it opened end at once. Its people keep their roles, and sign in with a password or passkey."
        ),
        submit=_("Remove"), back=visit.address("identity_providers"),
    )  # fmt: skip


def _form_page(visit: Visit, form: Form, title: str, *fields: Field, submit: str) -> HttpResponse:
    return visit.page(
        "pages/form.html", title, status=form.status, form=form, fields=fields, submit=submit,
        back=visit.address("identity_providers"),
    )  # fmt: skip


def _fields(kind: str, *, is_new: bool) -> tuple[Field, ...]:
    """What there is to enter of a provider."""
    name = Field("name", _("Name"), required=True, focus=is_new, hint=_("Its button on the sign-in page says it"))
    groups = Field(
        "groups_claim", _("Groups of people"),
        hint=_("Claim or attribute that names them; the directory maps groups to roles. Empty: roles are given here."),
    )  # fmt: skip
    new = Field(
        "takes_new", _("Let in people whom nobody invited"), "checkbox",
        hint=_("They see nothing until a group or an administrator gives them a role."),
    )  # fmt: skip
    if kind == "saml":
        metadata = Field(
            "metadata", _("Its metadata (XML)"), "textarea", wide=True, hint=_("In place of the fields below")
        )
        return (
            name, groups, *((metadata,) if is_new else ()),
            Field("entity_id", _("Entity id")), Field("sso_url", _("Sign-in address"), "url"),
            Field("certificate", _("Signing certificate (PEM)"), "textarea", wide=True), new,
        )  # fmt: skip
    return (
        name, groups,
        Field("issuer", _("Issuer"), "url", required=True),
        Field("client_id", _("Client id"), required=True, autocomplete="off"),
        Field(
            "client_secret", _("Client secret"), "password", autocomplete="new-password",
            hint="" if is_new else _("Empty: stays as it is"),
        ),
        new,
    )  # fmt: skip
