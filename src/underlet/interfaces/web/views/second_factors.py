"""Pages of one's own sign-in: password, passkeys, authenticator app, recovery codes; and the second step of signing in.

The flows are allauth's, the pages ours. Whoever must have a second factor and has none yet gets no other page, so these
stand by themselves, without menus.
"""

import json
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import ReauthenticateView as _Reauthenticate
from allauth.mfa.base.views import AuthenticateView as _Authenticate
from allauth.mfa.base.views import ReauthenticateView as _ReauthenticateByCode
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView as _NewCodes
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView as _Codes
from allauth.mfa.totp.views import ActivateTOTPView as _AddApp
from allauth.mfa.totp.views import DeactivateTOTPView as _RemoveApp
from allauth.mfa.webauthn.views import AddWebAuthnView as _AddPasskey
from allauth.mfa.webauthn.views import LoginWebAuthnView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView as _ReauthenticateByPasskey
from allauth.mfa.webauthn.views import RemoveWebAuthnView as _RemovePasskey
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from underlet.access.models import User
from underlet.access.sign_in.notices import PASSWORD_CHANGED, notify
from underlet.access.sign_in.policy import lacks_second_factor
from underlet.access.sign_in.sessions import end_others
from underlet.access.welcome import set_password
from underlet.interfaces.web.forms import Form
from underlet.interfaces.web.theme import brand_of_host
from underlet.kernel.errors import InvalidInput

HOME = "/me/sign-in"


def _person(request: HttpRequest) -> User:
    """Who is signed in, in whose language the page speaks; only behind `login_required`."""
    assert isinstance(request.user, User)
    translation.activate(request.user.language)
    return request.user


def _form(asked: Any) -> Form:
    """A form of allauth as our templates show one."""
    if asked is None:
        return Form()
    values = {name: "" if asked[name].value() is None else str(asked[name].value()) for name in asked.fields}
    if not asked.is_bound or not asked.errors:
        return Form(values)
    errors = {name: str(words[0]) for name, words in asked.errors.items() if name != "__all__"}
    hidden = [str(words[0]) for name, words in asked.errors.items() if name in ("__all__", "credential")]
    return Form(values, errors, message=hidden[0] if hidden else "", status=422)


class _Page:
    """One of allauth's pages as ours: brand of the host, language of the person, our form."""

    title: str | Promise = ""
    request: HttpRequest

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *arguments: Any, **parameters: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            translation.activate(request.user.language)
        answer: HttpResponseBase = super().dispatch(request, *arguments, **parameters)  # type: ignore[misc]
        return answer

    def get_context_data(self, **parameters: Any) -> dict[str, Any]:
        """What the template needs beside what allauth gives it."""
        context: dict[str, Any] = super().get_context_data(**parameters)  # type: ignore[misc]
        options = context.get("js_data", {})
        asked = context.get("form")
        if isinstance(self, _Authenticate) and self.request.method == "POST" and "code" not in self.request.POST:
            asked = context.get("webauthn_form")
        return context | {
            "title": str(self.title),
            "brand": brand_of_host(self.request),
            "person": self.request.user,
            "look": getattr(self.request.user, "theme", "auto"),
            "home": HOME,
            "form": _form(asked),
            "secret": getattr(asked, "secret", ""),
            "options": json.dumps(next(iter(options.values())), default=dict) if options else "",
        }

    def render_to_response(self, context: dict[str, Any], **parameters: Any) -> HttpResponse:
        """A refused form answers as such."""
        answer: HttpResponse = super().render_to_response(  # type: ignore[misc]
            context, status=context["form"].status, **parameters
        )
        return answer

    def get_success_url(self) -> str:
        """New recovery codes are shown at once; else back to the overview."""
        return f"{HOME}/codes" if getattr(self, "did_generate_recovery_codes", False) else HOME


class SecondStep(_Page, _Authenticate):  # type: ignore[misc]
    """After the password: a passkey, or a code of the app or of the list."""

    title = _later("Second step")
    template_name = "pages/sign_in_second.html"


class AddPasskey(_Page, _AddPasskey):  # type: ignore[misc]
    """Add a passkey of this device, of a phone or of a security key."""

    title = _later("Add a passkey")
    template_name = "pages/passkey_add.html"


class RemovePasskey(_Page, _RemovePasskey):  # type: ignore[misc]
    """Remove a passkey, after asking."""

    title = _later("Remove the passkey")
    template_name = "pages/factor_remove.html"


class AddApp(_Page, _AddApp):  # type: ignore[misc]
    """Set up an authenticator app."""

    title = _later("Set up an authenticator app")
    template_name = "pages/app_add.html"


class RemoveApp(_Page, _RemoveApp):  # type: ignore[misc]
    """Remove the authenticator app, after asking."""

    title = _later("Remove the authenticator app")
    template_name = "pages/factor_remove.html"


class Codes(_Page, _Codes):  # type: ignore[misc]
    """The recovery codes, shown once."""

    title = _later("Recovery codes")
    template_name = "pages/recovery_codes.html"


class NewCodes(_Page, _NewCodes):  # type: ignore[misc]
    """Make new recovery codes; the old ones end."""

    title = _later("New recovery codes")
    template_name = "pages/recovery_codes_new.html"

    def get_success_url(self) -> str:
        """To the new codes."""
        return f"{HOME}/codes"


class _Again(_Page):
    """Asking who is there once more, before something about signing in changes."""

    title = _later("Confirm that it is you")
    template_name = "pages/sign_in_again.html"
    way = ""

    def get_context_data(self, **parameters: Any) -> dict[str, Any]:
        """Beside the form, the other ways to confirm."""
        return super().get_context_data(**parameters) | {"way": self.way}


class AgainByPassword(_Again, _Reauthenticate):  # type: ignore[misc]
    """Confirm by password."""

    way = "password"


class AgainByCode(_Again, _ReauthenticateByCode):  # type: ignore[misc]
    """Confirm by a code."""

    way = "code"


class AgainByPasskey(_Again, _ReauthenticateByPasskey):  # type: ignore[misc]
    """Confirm by a passkey."""

    way = "passkey"


passkey_sign_in = LoginWebAuthnView.as_view()


@never_cache
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """How one signs in, and that a second factor is required where it is."""
    person = _person(request)
    factors = list(Authenticator.objects.filter(user_id=person.pk).order_by("created_at", "id"))
    of_type: dict[str, list[Authenticator]] = {"totp": [], "webauthn": [], "recovery_codes": []}
    for factor in factors:
        of_type[factor.type].append(factor)
    context: dict[str, Any] = {
        "passkeys": of_type["webauthn"],
        "app": next(iter(of_type["totp"]), None),
        "codes": next(iter(of_type["recovery_codes"]), None),
        "codes_left": len(of_type["recovery_codes"][0].wrap().get_unused_codes())
        if of_type["recovery_codes"]
        else 0,
        "has_password": person.has_usable_password(),
        "is_required": lacks_second_factor(person),
    }
    return _plain(request, person, "pages/sign_in_overview.html", _("How you sign in"), **context)


@never_cache
@login_required
@reauthentication_required(app="underlet")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Set another password, or a first one; every other session ends (S4)."""
    person = _person(request)
    form = Form()
    if request.method == "POST":
        try:
            set_password(person, request.POST.get("password", ""))
        except InvalidInput as refusal:
            form = form.refused(refusal)
        else:
            update_session_auth_hash(request, person)
            end_others(request, person)
            notify(person, PASSWORD_CHANGED)
            return HttpResponseRedirect(HOME)
    return _plain(
        request, person, "pages/password_reset.html", _("New password"), form.status, form=form, email=person.email,
        back=HOME,
    )  # fmt: skip


def _plain(
    request: HttpRequest, person: User, template: str, title: str, status: int = 200, **context: Any
) -> HttpResponse:
    return render(
        request,
        template,
        {"title": title, "brand": brand_of_host(request), "person": person, "look": person.theme, **context},
        status=status,
    )
