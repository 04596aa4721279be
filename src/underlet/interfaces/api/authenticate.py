"""Who calls: an API key as bearer token, or a signed-in browser. No rights are cached."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from underlet.access.arrivals import PROVIDER, is_theirs
from underlet.access.models import User
from underlet.access.queries import actor_by_token, signed_in
from underlet.access.sign_in.policy import lacks_second_factor
from underlet.foundation.actor import Actor
from underlet.foundation.peers import client_address
from underlet.kernel.errors import Forbidden, Unauthenticated

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def address_of(request: HttpRequest) -> str:
    """From which address a call comes; "" = unknown."""
    return client_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def actor_of_request(request: HttpRequest) -> Actor:
    """The actor of an API call. Raises Unauthenticated; a cookie-borne write needs its CSRF token (S5)."""
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise Unauthenticated("The Authorization header must be “Bearer” and an API key.")
        return actor_by_token(secret.strip(), address_of(request))
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise Unauthenticated()
    provider = request.session.get(PROVIDER)
    if provider is not None and not is_theirs(provider, user.id):
        raise Unauthenticated()
    if provider is None and lacks_second_factor(user):
        raise Forbidden("A second factor is required here.", hint="Sign in to the pages, and add one.")
    if request.method not in _SAFE:
        _check_csrf(request)
    return signed_in(user, request.session, is_writing=request.method not in _SAFE)


def _nothing(_: HttpRequest) -> HttpResponse:
    return HttpResponse()  # stands for the view, which the check only looks at


def _check_csrf(request: HttpRequest) -> None:
    check = CsrfViewMiddleware(_nothing)
    check.process_request(request)
    request._dont_enforce_csrf_checks = False  # type: ignore[attr-defined]
    if check.process_view(request, _nothing, (), {}) is not None:
        raise Forbidden("The CSRF token is missing or wrong.", hint="Send X-CSRFToken, or use an API key.")
