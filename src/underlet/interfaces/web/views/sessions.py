"""Where people are signed in, and the end of it; and whether a unit requires a second factor."""

from hashlib import sha256
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.access.types import Sessions, SignInPolicy
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.visit import Visit


def _this_one(visit: Visit) -> UUID:
    """The id of the session that asks, as the database makes it."""
    return UUID(sha256((visit.request.session.session_key or "").encode()).hexdigest()[:32])


def _elsewhere(found: Sessions, here: UUID) -> int:
    return sum(one.id != here for one in found.items)


@page("me/sessions", uses=("session.list", "session.end"), writes=True)
def sessions(visit: Visit) -> HttpResponse:
    """Where one is signed in; a session that is not one's own doing is ended here (S4)."""
    here = _this_one(visit)
    form = visit.form()
    if visit.is_posted:
        which = {"session": form.values["session"]} if form.values.get("session") else {"keep": str(here)}
        outcome, form = visit.attempt(form, "session.end", None, which)
        if outcome is not None:
            return visit.to("sessions", _("Signed out there."))
    found: Sessions = visit.ask("session.list")
    return visit.page(
        "pages/sessions.html", _("Where you are signed in"), status=form.status, form=form, found=found, here=here,
        elsewhere=_elsewhere(found, here), back=visit.address("me"),
    )  # fmt: skip


@page("u/settings/users/sessions", tab="users", uses=("session.list", "session.end"), writes=True)
def user_sessions(visit: Visit) -> HttpResponse:
    """Where a person is signed in whose every role lies where one administers users; each session can be ended."""
    user = {"user": visit.request.GET["user"]} if visit.request.GET.get("user") else {}
    here = _this_one(visit)
    form = visit.form()
    if visit.is_posted:
        which = {"session": form.values["session"]} if form.values.get("session") else {"keep": str(here)}
        outcome, form = visit.attempt(form, "session.end", None, user | which)
        if outcome is not None:
            return visit.to_address(visit.request.get_full_path(), _("Signed out there."))
    found: Sessions = visit.ask("session.list", None, user)
    return visit.page(
        "pages/sessions.html", _("Where {name} is signed in").format(name=found.name), status=form.status, form=form,
        found=found, here=here, elsewhere=_elsewhere(found, here), back=visit.address("users"),
    )  # fmt: skip


@page(
    "u/settings/sign-in", tab="identity_providers", uses=("sign_in_policy.show", "sign_in_policy.set"), writes=True
)
def sign_in_policy(visit: Visit) -> HttpResponse:
    """Whether everybody with a role here or below must have a passkey or an authenticator app."""
    policy: SignInPolicy = visit.ask("sign_in_policy.show", visit.here)
    form = visit.form({"requires_second_factor": "true"} if policy.requires_second_factor else {})
    if visit.is_posted:
        wanted = {"requires_second_factor": "requires_second_factor" in form.values}
        outcome, form = visit.attempt(form, "sign_in_policy.set", visit.here, wanted)
        if outcome is not None:
            return visit.to("sign_in_policy", _("Saved."))
    field = Field(
        "requires_second_factor", _("Everybody needs a second factor"), "checkbox", wide=True,
        hint=_("A passkey or an authenticator app. Who has none adds one before anything else. API keys go on."),
    )  # fmt: skip
    return visit.page(
        "pages/form.html", _("Second factor"), status=form.status, form=form, fields=(field,), submit=_("Save"),
        lead=_("A unit above requires it already.") if policy.in_force and not policy.requires_second_factor
        else _("For {name} and everything below it").format(name=visit.unit.name),
        back=visit.address("identity_providers"),
    )  # fmt: skip
