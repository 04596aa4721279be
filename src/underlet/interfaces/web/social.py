"""What allauth asks of us about providers of sign-in: which there are, and who it is that one sends (ADR-0043)."""

import logging
from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.http import HttpRequest, HttpResponseBase

from underlet.access.arrivals import PROVIDER, Arrival, arrive
from underlet.access.models import IdentityProvider, User
from underlet.foundation.http_session import session
from underlet.foundation.sealing import unseal
from underlet.interfaces.web.answers import refused
from underlet.kernel.errors import CallFailed, Forbidden, Refusal

log = logging.getLogger(__name__)
_KINDS = ("openid_connect", "saml")


def provider_of(text: str | None) -> IdentityProvider | None:
    """A provider that is switched on, by its id."""
    try:
        public_id = UUID(text or "")
    except ValueError:
        return None
    return IdentityProvider.objects.select_related(None).filter(public_id=public_id, is_enabled=True).first()


def _app(provider: IdentityProvider) -> SocialApp:
    """A provider as allauth knows one."""
    if provider.kind == "saml":
        idp = {
            "entity_id": provider.entity_id, "sso_url": provider.sso_url, "x509cert": provider.certificate,
        }  # fmt: skip
        # Whoever runs this inside their own network may call it by one word.
        advanced = {"want_assertion_signed": True, "allow_single_label_domains": True}
        settings: dict[str, Any] = {"idp": idp, "advanced": advanced}
        return SocialApp(
            provider="saml", provider_id=str(provider.public_id), name=provider.name,
            client_id=str(provider.public_id), settings=settings,
        )  # fmt: skip
    return SocialApp(
        provider="openid_connect", provider_id=str(provider.public_id), name=provider.name,
        client_id=provider.client_id, secret=unseal(provider.client_secret) if provider.client_secret else "",
        settings={"server_url": provider.issuer, "oauth_pkce_enabled": True},
    )  # fmt: skip


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Providers as Underlet has them: set by units, for the people of these units."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one provider that is meant. Never all: who has which is nobody else's business."""
        found = provider_of(client_id if provider in _KINDS else provider)
        return [] if found is None else [_app(found)]

    def get_requests_session(self) -> requests.Session:
        """Calls to public addresses only, decided at connect (S6)."""
        return session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody opens an account; whoever a provider may bring was made a person on arrival."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find out who arrives, before they are let in."""
        account = sociallogin.account
        provider = provider_of(account.provider)
        try:
            if provider is None or sociallogin.state.get("process") == "connect":
                raise Forbidden()
            user = arrive(provider, _said(provider, sociallogin), partial(_link, account))
        except Refusal as refusal:
            raise ImmediateHttpResponse(refused(request, refusal)) from refusal
        sociallogin.user = user
        request.session[PROVIDER] = str(provider.public_id)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_: Any) -> None:
        """A sign-in that the provider broke off, or whose answer is not what it should be."""
        refusal = Forbidden(
            "The provider did not sign you in.", hint="Try again; if that does not help, tell your administrator."
        )
        raise ImmediateHttpResponse(refused(request, refusal))


def calling(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """One of allauth's pages that asks the provider something: where it does not answer, the page says so."""

    @wraps(view)
    def answer(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        try:
            return view(request, **parameters)
        except (requests.RequestException, Refusal) as error:
            log.warning("a provider of sign-in did not answer as it should: %s", error)
            return refused(
                request,
                CallFailed(
                    "The provider of sign-in does not answer.", hint="Try again later, or tell your administrator."
                ),
            )

    return answer


def unsent(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page on which somebody adds a way to sign in: not for whom a provider sent, since what is added here would
    outlive the trust in it."""

    @wraps(view)
    def answer(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        if PROVIDER in request.session:
            refusal = Forbidden(
                "Your organization's provider signs you in, and keeps your password and second factors.",
                hint="Change them there.",
            )
            return refused(request, refusal)
        return view(request, **parameters)

    return answer


def _link(account: SocialAccount, user: User) -> None:
    """Note which person a provider's is; what it says of them besides is for this moment only."""
    account.user = user
    account.extra_data = {}
    account.save()


def _said(provider: IdentityProvider, login: SocialLogin) -> Arrival:
    """What the provider says of somebody. Raises Forbidden where it names no address of theirs, or an unproved one."""
    address = next((one for one in login.email_addresses), None)
    data = login.account.extra_data
    claims = (
        {**data.get("id_token", {}), **data.get("userinfo", {})} if provider.kind == "openid_connect" else data
    )
    if address is None or not address.email or claims.get("email_verified") is False:
        raise Forbidden(
            "The provider did not say which e-mail address is yours.",
            hint="Ask your administrator to let it pass on your address, confirmed.",
        )
    groups = claims.get(provider.groups_claim, []) if provider.groups_claim else []
    named = groups if isinstance(groups, list) else [groups]
    user = login.user
    return Arrival(
        email=address.email,
        name=str(claims.get("name") or getattr(user, "name", "") or address.email),
        groups=[str(one) for one in named],
        user_id=user.pk if login.is_existing else None,
    )
