"""Writes to roles that people have."""

from underlet.access.giving import check_may_change, check_may_give, give, moment_of, place_of
from underlet.access.models import Grant
from underlet.access.queries.directory import directory_groups
from underlet.access.queries.people import GRANT, known_person, user_rows
from underlet.access.roles import RoleChoice, resolve, with_role
from underlet.access.types import GiveRole, Revoked, RevokeGrant, UpdateGrant, UserRow
from underlet.foundation.actor import Actor
from underlet.foundation.registry import operation
from underlet.kernel.errors import InvalidInput, NotFound, WrongState
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT


@operation("grant.create", needs=Permission.USER_EDIT, subject=UNIT)
def create_grant(actor: Actor, unit: Unit, data: GiveRole) -> UserRow:
    """Give somebody whom one knows a further role: on a unit, with what is below it or alone, on the customers of a
    customer organization, or on groups, several at once (R34, R50). Rules are those of `user.invite`; sends no mail.
    """
    place, choice = place_of(unit, data), resolve(unit, data.role)
    check_may_give(choice.perms, unit, data.scope)
    user = known_person(actor, data.user)
    give(user.id, choice, place)
    return user_rows(actor, [user])[0]


@operation("grant.update", needs=Permission.USER_EDIT, subject=GRANT, idempotency="natural")
def update_grant(actor: Actor, grant: Grant, data: UpdateGrant) -> UserRow:
    """Change a role that a person has: which, how far below its unit it reaches, and the day on which it ends.

    `ends_on` given as empty: it does not end any more. Binds on the person's next request (A6). One changes only what
    one could give, into what one could give: raises Forbidden, GrantExceedsCeiling (P2); LastOwner for the last owner
    of a hierarchy.
    """
    check_may_change(actor, grant)
    _by_hand(actor, grant)
    scope = data.scope or grant.scope
    if scope != grant.scope and grant.scope not in ("subtree", "unit"):
        raise WrongState("This role is on customers or a group.", hint="Take it back and give another one.")
    kept = RoleChoice(Permission(grant.perms), grant.role, grant.own_role_id, "")
    choice = resolve(grant.unit, data.role) if data.role else kept
    check_may_give(choice.perms, grant.unit, scope)
    same = Grant.objects.filter(
        user=grant.user_id, unit=grant.unit_id, role=choice.role, own_role=choice.own_role_id, scope=scope,
        group=grant.group_id, directory_group=None,
    )  # fmt: skip
    if same.exclude(id=grant.id).exists():
        raise WrongState("The person has this role already.", hint="Take one of the two back.")
    grant.role, grant.own_role_id, grant.perms, grant.scope = (
        choice.role,
        choice.own_role_id,
        int(choice.perms),
        scope,
    )
    if "ends_on" in data.model_fields_set:
        grant.expires_at = moment_of(data.ends_on)
    grant.save(update_fields=["role", "own_role", "perms", "scope", "expires_at"])
    return user_rows(actor, [grant.user])[0]


@operation("grant.revoke", needs=Permission.USER_EDIT, subject=UNIT, idempotency="natural")
def revoke_grant(actor: Actor, unit: Unit, data: RevokeGrant) -> Revoked:
    """Take a role on this unit, on all its customers or on a group of it, back from a person; binds on their next
    request (A6). Raises InvalidInput where they have it on several groups and none is named, LastOwner for the last
    owner of a hierarchy."""
    found = Grant.objects.filter(
        with_role(data.role), unit=unit, scope=data.scope, user__email_key=data.email.casefold()
    )
    if data.group is not None:
        found = found.filter(group__public_id=data.group)
    elif len({one.group_id for one in found}) > 1:
        raise InvalidInput(fields={"group": "This person has the role on several groups here: name one."})
    # Those given by hand first: the others a directory would give again.
    grant = next(iter(sorted(found, key=lambda one: one.directory_group_id or 0)), None)
    if grant is None:
        raise NotFound()
    _by_hand(actor, grant)
    check_may_change(actor, grant)
    grant.delete()
    return Revoked(grant.public_id)


def _by_hand(actor: Actor, grant: Grant) -> None:
    """Refuse what a directory would give again at once; whoever does not see the directory may take it back."""
    if directory_groups(actor).filter(id=grant.directory_group_id or 0).exists():
        raise WrongState(
            "A group of a directory gives this role.",
            hint="Take the person out of the group there, or map it anew.",
        )
