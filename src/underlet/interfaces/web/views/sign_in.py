"""Pages for people who are not signed in: signing in and out, setting the first password."""

from typing import Any

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from underlet.access.welcome import set_password, user_of_welcome
from underlet.interfaces.web.answers import refused
from underlet.interfaces.web.forms import Form
from underlet.interfaces.web.theme import brand_of_host
from underlet.kernel.errors import InvalidInput, Refusal


def _target(request: HttpRequest) -> str:
    """Where to go after signing in: an address of ours, else the start."""
    target = request.POST.get("next") or request.GET.get("next", "/")
    return target if url_has_allowed_host_and_scheme(target, None) else "/"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Sign in with e-mail address and password. A wrong one never says which of the two was wrong."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(_target(request))
        return _login_page(request, Form())
    email = request.POST.get("email", "").strip()
    user = auth.authenticate(request, username=email, password=request.POST.get("password", ""))
    if user is None:
        message, hint = _("This address and password do not match."), _("Check both and try again.")
        return _login_page(request, Form({"email": email}, message=message, hint=hint, status=422))
    auth.login(request, user)
    return HttpResponseRedirect(_target(request))


def _login_page(request: HttpRequest, form: Form) -> HttpResponse:
    context: dict[str, Any] = {
        "title": _("Sign in"),
        "form": form,
        "next": _target(request),
        "brand": brand_of_host(request),
    }
    return render(request, "pages/login.html", context, status=form.status)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out; the session ends on the server."""
    auth.logout(request)
    return HttpResponseRedirect("/login")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
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
            auth.login(request, user, "django.contrib.auth.backends.ModelBackend")
            return HttpResponseRedirect("/")
    context: dict[str, Any] = {
        "title": _("Set your password"),
        "brand": brand_of_host(request),
        "form": form,
        "person": user.name,
        "email": user.email,
    }
    return render(request, "pages/welcome.html", context, status=form.status)
