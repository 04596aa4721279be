"""Who is asking: people who signed in, their API keys, and those for whom something was left to be done."""

from datetime import timedelta

from underlet.access.models import ApiToken, User
from underlet.access.queries.tokens import digest
from underlet.access.types import Me
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.foundation.registry import query
from underlet.foundation.types import NoInput
from underlet.kernel.errors import Unauthenticated
from underlet.kernel.sentence import Sentence
from underlet.organization.queries import list_home_units
from underlet.organization.types import FindUnits, UnitLink

_LAST_USED_PRECISION = timedelta(minutes=1)


def actor_of(user: User) -> Actor:
    """The actor of a signed-in person."""
    _refresh(user)
    return Actor(user.id, user.name, ActorKind.USER, user.is_operator, user.language)


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


def actor_by_id(actor_id: int) -> Actor:
    """The actor that something was left to be done for. Raises Unauthenticated for one that may not act any more."""
    user = User.objects.filter(id=actor_id, is_active=True).first()
    if user is not None:
        return actor_of(user)
    token = ApiToken.objects.select_related("user").filter(id=actor_id).first()
    if token is None or not _is_valid(token):
        raise Unauthenticated("Whoever asked for this may not act here any more.")
    return _actor_of_token(token)


def actor_by_token(secret: str) -> Actor:
    """The actor of an API key; runs before any actor exists. Raises Unauthenticated (S7)."""
    token = ApiToken.objects.select_related("user").filter(digest=digest(secret)).first()
    if token is None or not _is_valid(token):
        raise Unauthenticated("This API key is unknown, expired or revoked.")
    moment = now()
    if token.last_used_at is None or moment - token.last_used_at > _LAST_USED_PRECISION:
        ApiToken.objects.filter(id=token.id).update(last_used_at=moment)
    return _actor_of_token(token)


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
    user = User.objects.get(id=actor.id)
    return Me(user.public_id, user.name, user.email, user.language, user.theme, user.is_operator, home)
