"""Pages for people who are not signed in: signing in and out, the first password, a forgotten one."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import EmailAddress, Login
from allauth.core import ratelimit
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from underlet.access.models import User
from underlet.access.queries.identity_providers import offered_providers
from underlet.access.sign_in.notices import PASSWORD_CHANGED, RESET, notify
from underlet.access.sign_in.sessions import end_all
from underlet.access.welcome import set_password, user_of_welcome
from underlet.interfaces.web.answers import refused
from underlet.interfaces.web.forms import Form
from underlet.interfaces.web.theme import brand_of_host, host_of
from underlet.kernel.errors import InvalidInput, RateLimited, Refusal

_METHODS = ["GET", "HEAD", "POST"]
_PAUSE = 300
"""Seconds after which wrong passwords are forgotten (S3)."""


def _target(request: HttpRequest) -> str:
    """Where to go after signing in: an address of ours, else the start."""
    target = request.POST.get("next") or request.GET.get("next", "/")
    return target if url_has_allowed_host_and_scheme(target, None) else "/"


@never_cache
@require_http_methods(_METHODS)
def login(request: HttpRequest) -> HttpResponse:
    """Sign in with e-mail address and password. A wrong one never says which of the two was wrong."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(_target(request))
        return _login_page(request, Form())
    email = request.POST.get("email", "").strip()
    asked = LoginForm({"login": email, "password": request.POST.get("password", "")}, request=request)
    if asked.is_valid() and asked.user.is_active:
        answer: HttpResponse = asked.login(request, redirect_url=_target(request))
        return answer
    if asked.has_error("__all__", "too_many_login_attempts"):
        message, hint = _("Too many wrong passwords."), _("Try again in five minutes.")
        answer = _login_page(
            request, Form({"email": email}, message=message, hint=hint, status=RateLimited.status)
        )
        answer["Retry-After"] = str(_PAUSE)
        return answer
    message, hint = _("This address and password do not match."), _("Check both and try again.")
    return _login_page(request, Form({"email": email}, message=message, hint=hint, status=422))


def _login_page(request: HttpRequest, form: Form) -> HttpResponse:
    context = {"form": form, "next": _target(request), "providers": offered_providers(host_of(request))}
    return _plain(request, "pages/login.html", _("Sign in"), form.status, **context)


def _plain(request: HttpRequest, template: str, title: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"title": title, "brand": brand_of_host(request), **context}, status=status)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out; the session ends on the server."""
    auth.logout(request)
    return HttpResponseRedirect("/login")


@never_cache
@require_http_methods(_METHODS)
def welcome(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set the first password and be signed in. A used, old or forged link is absent."""
    try:
        user = user_of_welcome(uid, token)
    except Refusal as refusal:
        return refused(request, refusal)
    form = Form()
    if request.method == "POST":
        try:
            set_password(user, request.POST.get("password", ""))
        except InvalidInput as refusal:
            form = form.refused(refusal)
        else:
            _verified(user)
            answer: HttpResponse = perform_login(request, Login(user=user, redirect_url="/"))
            return answer
    return _plain(
        request, "pages/welcome.html", _("Set your password"), form.status, form=form, person=user.name,
        email=user.email,
    )  # fmt: skip


def _verified(user: User) -> None:
    """Whoever opens a link of ours reads the mails of that address."""
    EmailAddress.objects.update_or_create(
        user_id=user.pk, email=user.email_key, defaults={"verified": True, "primary": True}
    )


@never_cache
@require_http_methods(_METHODS)
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a mail with a link to a new password. The answer is the same whether or not the address is known."""
    if request.method != "POST":
        return _plain(request, "pages/password_forgotten.html", _("Forgotten password"), form=Form())
    email = request.POST.get("email", "").strip()
    if not ratelimit.consume(request, action="reset_password", key=email.casefold()):
        return refused(request, RateLimited(retry_after=_PAUSE))
    user = User.objects.filter(email_key=email.casefold(), is_active=True).first()
    if user is not None:
        notify(user, RESET)
    return _plain(request, "pages/password_forgotten.html", _("Look into your mail"), form=Form(), email=email)


@never_cache
@require_http_methods(_METHODS)
def password_reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a new password by the link of a mail; every session of the person ends (S4). They then sign in with it, and
    with their second factor."""
    try:
        user = user_of_welcome(uid, token)
    except Refusal as refusal:
        return refused(request, refusal)
    form = Form()
    if request.method == "POST":
        try:
            set_password(user, request.POST.get("password", ""))
        except InvalidInput as refusal:
            form = form.refused(refusal)
        else:
            _verified(user)
            end_all(user)
            notify(user, PASSWORD_CHANGED)
            return HttpResponseRedirect("/login")
    return _plain(
        request, "pages/password_reset.html", _("New password"), form.status, form=form, email=user.email,
    )  # fmt: skip
