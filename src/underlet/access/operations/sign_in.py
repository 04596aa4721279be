"""Writes about signing in: ending sessions, requiring a second factor."""

from underlet.access.queries.sign_in import person_of, policy_of
from underlet.access.types import EndSessions, SessionsEnded, SetSignInPolicy, SignInPolicy
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.registry import operation
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT


@operation("session.end", own=True, idempotency="natural")
def end_sessions(actor: Actor, data: EndSessions) -> SessionsEnded:
    """End a session of one's own or of a person that one administers, or all of them (S4); binds on its next request.

    Raises NotFound for people who have a role anywhere else.
    """
    user = person_of(actor, data.user)
    return SessionsEnded(int(scalar("select end_sessions(%s, %s, %s)", [user.id, data.session, data.keep])))


@operation("sign_in_policy.set", needs=Permission.SIGN_IN_EDIT, subject=UNIT, below=True, idempotency="natural")
def set_sign_in_policy(actor: Actor, unit: Unit, data: SetSignInPolicy) -> SignInPolicy:
    """Require a passkey or an authenticator app of everybody with a role on a unit or below it, or stop doing so.

    Who has none is led to add one at their next request, and gets no page and no answer to a session before. API keys
    go on. What a unit above requires stays required.
    """
    execute(
        "insert into sign_in_policy (unit_id, requires_second_factor) values (%s, %s)"
        " on conflict (unit_id) do update set requires_second_factor = excluded.requires_second_factor",
        [unit.id, data.requires_second_factor],
    )
    return policy_of(unit)
