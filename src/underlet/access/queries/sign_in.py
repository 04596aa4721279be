"""Reads about signing in: sessions, and who must have a second factor."""

from uuid import UUID

from underlet.access.models import User
from underlet.access.types import ListSessions, SessionRow, Sessions, SignInPolicy
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.registry import query
from underlet.foundation.types import NoInput
from underlet.kernel.errors import NotFound
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT


def person_of(actor: Actor, public_id: UUID | None) -> User:
    """Oneself, or a person whose sessions the actor may see and end. Raises NotFound for anybody else."""
    user = User.objects.filter(public_id=public_id) if public_id else User.objects.filter(id=actor.id)
    found = user.first()
    if found is None or (found.id != actor.id and not scalar("select administers_person(%s)", [found.id])):
        raise NotFound()
    return found


@query("session.list", own=True)
def list_sessions(actor: Actor, data: ListSessions) -> Sessions:
    """List where one is signed in, or a person that one administers: whose every role lies in one's own units."""
    user = person_of(actor, data.user)
    found = rows("select id, browser, host(address), created_at, last_seen_at from sessions_of(%s)", [user.id])
    return Sessions(user.name, user.email, tuple(SessionRow(*row) for row in found))


def policy_of(unit: Unit) -> SignInPolicy:
    """What a unit requires of people who sign in."""
    own = scalar("select requires_second_factor from sign_in_policy where unit_id = %s", [unit.id])
    return SignInPolicy(bool(own), bool(scalar("select requires_second_factor(%s)", [unit.id])))


@query("sign_in_policy.show", needs=Permission.SIGN_IN_EDIT, subject=UNIT)
def show_sign_in_policy(actor: Actor, unit: Unit, data: NoInput) -> SignInPolicy:
    """Show whether people of a unit must have a second factor, by itself or by a unit above it."""
    return policy_of(unit)
