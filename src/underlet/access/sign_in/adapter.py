"""What allauth asks of us about accounts: nobody signs up, guessing is counted by address and network address, mails
are ours.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from underlet.access.models import User
from underlet.access.sign_in.notices import notify
from underlet.access.sign_in.sessions import end_others
from underlet.access.welcome import keep_password
from underlet.foundation.peers import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Accounts as Underlet has them: one e-mail address each, made by an invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens an account; people are invited (R43)."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Set a password."""
        user.set_password(password)
        keep_password(user)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the person's password, counted as an attempt to sign in."""
        found = self.authenticate(context.request, email=user.email_key, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask once more for a password or a second factor before they change, if the person has any of them."""
        return bool(self.get_reauthentication_methods(context.request.user))

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """A suspended person is led to the sign-in page, which does not tell why."""
        return HttpResponseRedirect("/login")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """None of allauth's own mails: ours wear the unit's brand and speak the person's language."""

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """A second factor was added or taken away: other sessions end (S4), and the person learns of it by mail."""
        end_others(self.request, user)
        notify(user, template_prefix.rpartition("/")[2])

    def get_client_ip(self, request: HttpRequest) -> str:
        """From which network address a request comes; proxies are believed as everywhere (UNDERLET_TRUSTED_PROXIES)."""
        found = client_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))
        return found or "::"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # With the network address in it, who guesses from one place locks nobody out at another (S3).
        return f"{self.get_client_ip(request)}:{str(credentials.get('email', '')).strip().casefold()}"
