"""Sessions of people who are signed in: when they were last seen, and their end (S4)."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase

from underlet.access.models import User
from underlet.foundation.clock import now

_PRECISION = 300
"""Seconds within which a session is not written anew as seen."""
_SEEN = "seen"


def session_seen(answer: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that notes when and from where a session was last used, every five minutes at most."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            seen = request.session.get(_SEEN)
            moment = int(now().timestamp())
            is_old = not isinstance(seen, int) or moment - seen >= _PRECISION
            if is_old and isinstance(request.user, User) and request.session.session_key:
                UserSession.objects.create_from_request(request)
                request.session[_SEEN] = moment
        return answer(request)

    return middleware


def end_others(request: HttpRequest, user: User) -> None:
    """End every session of a person but the one that asks."""
    end_all(user, but=request.session.session_key or "")


def end_all(user: User, *, but: str = "") -> None:
    """End the sessions of a person. but: the key of one that stays."""
    sessions = UserSession.objects.filter(user_id=user.pk).exclude(session_key=but)
    Session.objects.filter(session_key__in=list(sessions.values_list("session_key", flat=True))).delete()
    sessions.delete()
