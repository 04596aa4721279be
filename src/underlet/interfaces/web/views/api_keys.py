"""One's own API keys: shown once, revoked at once."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.access.types import TokenRow
from underlet.interfaces.web import lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Form
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound


@page("u/settings/api-keys", tab="api_keys", uses=("token.list", "token.create"), writes=True)
def api_keys(visit: Visit) -> HttpResponseBase:
    """One's own keys; a new one shows its secret this once (P1, R93)."""
    blank = Form({"expires_in_days": "365"})
    form, secret = (visit.form() if visit.is_posted else blank), ""
    if visit.is_posted:
        outcome, form = visit.attempt(form, "token.create", None, form.filled())
        if outcome is not None:
            form, secret = blank, outcome.body.get("secret", "")
    example = visit.request.build_absolute_uri("/api/v1/units")
    context: dict[str, Any] = {"form": form, "secret": secret, "example": example}
    return list_page(visit, lists.API_KEYS, "pages/api_keys.html", _("API keys"), status=form.status, **context)


def _own_key(visit: Visit, token: str) -> TokenRow:
    """One of the actor's keys. Raises NotFound."""
    after: str | None = ""
    while after is not None:
        found = visit.ask("token.list", None, {"after": after, "limit": 100})
        for key in found.items:
            if str(key.id) == token:
                row: TokenRow = key
                return row
        after = found.next
    raise NotFound()


@page("u/settings/api-keys/<str:token>/revoke", tab="api_keys", uses=("token.revoke", "token.list"), writes=True)
def api_key_revoke(visit: Visit, token: str) -> HttpResponse:
    """Revoke a key, after asking."""
    key = _own_key(visit, token)
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "token.revoke", token)
        if outcome is not None:
            return visit.to("api_keys", _("The key was revoked."))
    return visit.page(
        "pages/confirm.html", _("Revoke “{name}”").format(name=key.name), status=form.status, form=form, danger=True,
        text=_("Whatever uses it is refused from now on; a revoked key never works again."),
        submit=_("Revoke"), back=visit.address("api_keys"),
    )  # fmt: skip
