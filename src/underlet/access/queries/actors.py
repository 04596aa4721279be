"""Who is asking: people who signed in, their API keys, and those for whom something was left to be done."""

from collections.abc import MutableMapping
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from django.db.models import Q

from underlet.access.acting import acting_as, acting_session, actor_of_acting
from underlet.access.arrivals import PROVIDER
from underlet.access.models import ApiToken, User
from underlet.access.queries.tokens import digest
from underlet.access.types import Me, TokenPurpose
from underlet.foundation import limits
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import reading
from underlet.foundation.jobs import finds_actors
from underlet.foundation.registry import query
from underlet.foundation.types import NoInput
from underlet.kernel.errors import Unauthenticated, ViewingOver
from underlet.kernel.sentence import Sentence
from underlet.organization.queries import list_home_units, visible_units
from underlet.organization.types import FindUnits, UnitLink

VIEWING = "viewing"
"""Under which a browser's session remembers as whom its person views."""
_LAST_USED_PRECISION = timedelta(minutes=1)
_NOT_HERE = "This API key is unknown, has ended, or is not for use here."


def actor_of(user: User, *, is_sent: bool = False) -> Actor:
    """The actor of a signed-in person. is_sent: by a provider of sign-in."""
    _refresh(user)
    return Actor(user.id, user.name, ActorKind.USER, user.is_operator, user.language, is_sent=is_sent)


def signed_in(user: User, session: MutableMapping[str, Any], *, is_writing: bool) -> Actor:
    """The actor of a signed-in person: they themselves, or as whom they view, while that lasts (P32).

    session: of their browser, which remembers it. Raises ViewingOver for a write once it is over: whoever sent it did
    not mean to do it as themselves.
    """
    actor = actor_of(user, is_sent=PROVIDER in session)
    if VIEWING not in session:
        return actor
    acting = acting_as(actor, session[VIEWING])
    if acting is not None:
        return acting
    del session[VIEWING]
    if is_writing:
        raise ViewingOver()
    return actor


def _refresh(user: User) -> None:
    """Let what a person may do be made anew once one of their grants has ended; before every request and job."""
    if user.scope_until is not None and user.scope_until <= now():
        execute("select refresh_scope(%s, %s)", [user.id, now()])


def actor_by_email(email: str) -> Actor:
    """The actor of an active person, for the command line. Raises Unauthenticated for anybody else."""
    user = User.objects.filter(email_key=email.strip().casefold(), is_active=True).first()
    if user is None:
        raise Unauthenticated(Sentence("There is no active person with the e-mail address {email}.", email=email))
    return actor_of(user)


def operator() -> Actor | None:
    """The operator of the installation, who acts at the command line; None before set-up."""
    user = User.objects.filter(is_operator=True, is_active=True).order_by("id").first()
    return actor_of(user) if user else None


@finds_actors
def actor_by_id(actor_id: int) -> Actor:
    """The actor that something was left to be done for. Raises Unauthenticated for one that may not act any more."""
    user = User.objects.filter(id=actor_id, is_active=True).first()
    if user is not None:
        return actor_of(user)
    acting = actor_of_acting(actor_id)
    if acting is not None:
        return acting
    token = ApiToken.objects.select_related("user").filter(id=actor_id).first()
    if token is None or not _is_valid(token):
        raise Unauthenticated("Whoever asked for this may not act here any more.")
    return _actor_of_token(token)


def actor_by_token(secret: str, address: str = "") -> Actor:
    """The actor of an API key; runs before any actor exists. address: from where it is used, "" = unknown.

    Raises Unauthenticated and RateLimited as `_let_in` says.
    """
    return _actor_of_token(_let_in(secret, address, "api"))


def directory_by_token(secret: str, address: str = "") -> tuple[Actor, UUID]:
    """The actor of a key for provisioning, and the unit whose directory it keeps.

    Raises Unauthenticated and RateLimited as `_let_in` says.
    """
    token = _let_in(secret, address, "directory")
    actor = _actor_of_token(token)
    with reading(actor):
        unit = visible_units(actor).filter(id=token.unit_id or 0).values_list("public_id", flat=True).first()
    if unit is None:
        raise Unauthenticated(_NOT_HERE)
    return actor, unit


def _let_in(secret: str, address: str, purpose: TokenPurpose) -> ApiToken:
    """The key of a secret, if it may be used for this purpose from this address.

    Raises Unauthenticated, in the same words whether the key is none, has ended, is for something else or may not be
    used from there (S7). After ten such answers an address hears RateLimited for the rest of five minutes, unless it
    sends a key that was used from there before: guessing is bounded, and nobody locks another's program out (S3).
    """
    key, moment = digest(secret), now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(Q(digest=key) | Q(previous_digest=key, previous_until__gt=moment))
        .first()
    )
    fits = token is not None and token.purpose == purpose and _is_valid(token) and _may_come_from(token, address)
    is_known_here = fits and token is not None and token.last_used_from == (address or None)
    if not is_known_here:
        limits.require_of_address(address, "key")
    if token is None or not fits:
        limits.count_of_address(address, "key")
        raise Unauthenticated(_NOT_HERE)
    is_recent = token.last_used_at is not None and moment - token.last_used_at <= _LAST_USED_PRECISION
    if not (is_known_here and is_recent):
        ApiToken.objects.filter(id=token.id).update(last_used_at=moment, last_used_from=address or None)
    return token


def _may_come_from(token: ApiToken, address: str) -> bool:
    """Whether an API key may be used from an address; one with networks never from an unknown one."""
    if not token.networks:
        return True
    return bool(address) and any(ip_address(address) in ip_network(str(one)) for one in token.networks)


def _is_valid(token: ApiToken) -> bool:
    is_over = token.expires_at is not None and token.expires_at <= now()
    return token.revoked_at is None and not is_over and token.user.is_active


def _actor_of_token(token: ApiToken) -> Actor:
    _refresh(token.user)
    # Installation rights stay with people: a key acts within the grants of its owner, no further.
    return Actor(token.id, token.name, ActorKind.TOKEN, False, token.user.language, token.user_id)


@query("user.me")
def show_me(actor: Actor, data: NoInput) -> Me:
    """Show who is asking, and the topmost units of their grants."""
    return me(actor)


def me(actor: Actor) -> Me:
    """Who the actor is."""
    home = tuple(UnitLink(row.id, row.kind, row.name) for row in list_home_units(actor, FindUnits()).items)
    if actor.kind is ActorKind.TOKEN:
        token = ApiToken.objects.get(id=actor.id)
        return Me(token.public_id, token.name, "", actor.language, "auto", False, home)
    acting = acting_session(actor)
    if acting is not None:
        return Me(acting.public_id, acting.person_name, "", actor.language, "auto", False, home)
    user = User.objects.get(id=actor.id)
    return Me(user.public_id, user.name, user.email, user.language, user.theme, user.is_operator, home)
