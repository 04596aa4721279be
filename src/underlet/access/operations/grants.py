"""Writes to roles that people have."""

from underlet.access.models import Grant
from underlet.access.roles import with_role
from underlet.access.types import Revoked, RevokeGrant
from underlet.foundation.actor import Actor
from underlet.foundation.registry import operation
from underlet.kernel.errors import Forbidden, NotFound
from underlet.kernel.permission import Permission, within_ceiling
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, permissions_in


@operation("grant.revoke", needs=Permission.USER_EDIT, subject=UNIT, idempotency="natural")
def revoke_grant(actor: Actor, unit: Unit, data: RevokeGrant) -> Revoked:
    """Take a role on this unit, or on all its customers, back from a person; binds on their next request (A6)."""
    grant = Grant.objects.filter(
        with_role(data.role), unit=unit, scope=data.scope, user__email_key=data.email.casefold()
    ).first()
    if grant is None:
        raise NotFound()
    if grant.user_id == actor.id:
        raise Forbidden("You cannot take away your own role.", hint="Ask another administrator to do it.")
    if not within_ceiling(Permission(grant.perms), permissions_in(unit)):
        raise Forbidden("This role allows more than your own, so you cannot take it back.")
    grant.delete()
    return Revoked(grant.public_id)
