"""Writes of the access context."""

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password

from underlet.access.models import ApiToken, Grant, User
from underlet.access.queries import CUSTOMERS, OWN_TOKEN, TOKEN_PREFIX, digest, me, token_row, user_rows
from underlet.access.roles import resolve, with_role
from underlet.access.types import (
    CreateHierarchy,
    CreateToken,
    Invited,
    InviteUser,
    Me,
    NameHeld,
    NameInput,
    Revoked,
    RevokeGrant,
    TokenCreated,
    TokenRow,
    UpdateMe,
)
from underlet.access.welcome import welcome_path
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.jobs import enqueue
from underlet.foundation.mail import is_configured
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import Forbidden, GrantExceedsCeiling, InvalidInput, NotFound
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.money import exponent
from underlet.kernel.naming import check_unit_name, name_key
from underlet.kernel.permission import ROLE_PERMISSIONS, Permission, Role, within_ceiling
from underlet.organization.models import Hierarchy, Unit
from underlet.organization.queries import UNIT, permissions_in
from underlet.organization.types import HierarchyView


@operation("hierarchy.create", waive={"web": "on the set-up page only, where it is called root unit"})
def create_hierarchy(actor: Actor, data: CreateHierarchy) -> HierarchyView:
    """Create a hierarchy and name its root unit (R1); the actor becomes its owner."""
    name = check_unit_name(UnitKind.ORGANIZATION, data.name)
    exponent(data.currency)
    hierarchy_id = scalar(
        "select create_hierarchy(%s, %s, %s, %s, %s, %s)",
        [name, name_key(name), data.currency, data.metric, now(), int(ROLE_PERMISSIONS[Role.OWNER])],
    )
    hierarchy = Hierarchy.objects.get(id=hierarchy_id)
    root = Unit.objects.get(hierarchy=hierarchy, parent=None)
    return HierarchyView(hierarchy.public_id, hierarchy.name, hierarchy.currency, hierarchy.metric, root.public_id)


@operation("name.reserve", idempotency="natural")
def reserve_name(actor: Actor, data: NameInput) -> NameHeld:
    """Reserve a name: no new unit of the installation gets it, whoever asks; a unit that has it keeps it (R19)."""
    name = check_unit_name(UnitKind.ORGANIZATION, data.name)
    has_changed = bool(scalar("select reserve_name(%s, %s, %s)", [name, name_key(name), now()]))
    return NameHeld(name, is_held=True, has_changed=has_changed)


@operation("name.release", idempotency="natural")
def release_name(actor: Actor, data: NameInput) -> NameHeld:
    """Free a name that was reserved, or that an archived customer had: the next unit that asks may take it (R19).

    The archived customer keeps it for itself until then; it is restored under another one afterwards.
    """
    has_changed = bool(scalar("select release_name(%s, %s)", [name_key(data.name), now()]))
    return NameHeld(data.name, is_held=False, has_changed=has_changed)


@operation("user.invite", needs=Permission.USER_EDIT, subject=UNIT, secrets={"welcome_path"})
def invite_user(actor: Actor, unit: Unit, data: InviteUser) -> Invited:
    """Give a person a role on a unit and everything below it (R33, R34, R43); creates the person if new.

    With the scope "customers", the role is on all customers of the unit, a customer organization, later ones included,
    and not on itself (R75, R80, P4). Nobody grants more than they hold there: raises Forbidden (P2), and
    GrantExceedsCeiling where one of those customers is not theirs to administer. If the installation sends mails, the
    person gets one; a failing mail server changes nothing about the role.
    """
    choice = resolve(unit, data.role)
    perms = choice.perms
    if not within_ceiling(perms, permissions_in(unit)):
        raise Forbidden("You cannot give a role that allows more than your own.", hint="Choose a smaller role.")
    if data.scope == CUSTOMERS:
        _check_customers(unit, perms)
    acts_for_id = None if data.scope == CUSTOMERS else unit.id
    user_id = scalar("select user_id_by_email(%s)", [data.email.casefold()])
    if user_id is None:
        user_id = int(scalar("select nextval('actor_id_seq')"))
        execute(
            "insert into app_user (id, email, email_key, name, password, language, created_at)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            [user_id, data.email, data.email.casefold(), data.name, make_password(None), data.language, now()],
        )
    execute(
        "insert into access_grant (user_id, unit_id, role, role_id, perms, scope, acts_for_id, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (user_id, unit_id, role, role_id, scope, group_id) do nothing",
        [user_id, unit.id, choice.role, choice.own_role_id, int(perms), data.scope, acts_for_id, now()],
    )
    user = User.objects.get(id=user_id)
    path = welcome_path(user) if scalar("select may_welcome(%s)", [user_id]) else ""
    if is_configured():
        sent = {
            "user": user_id, "unit": unit.id, "role": choice.role, "own_role": choice.own_role_id, "scope": data.scope,
            "welcome": bool(path),
        }  # fmt: skip
        enqueue(actor, "user.mail_invitation", unit.id, sent)
    return Invited(user_rows(actor, [user])[0], path, is_configured())


def _check_customers(unit: Unit, perms: Permission) -> None:
    """Whether the actor may give a role on all customers of a unit; whoever lets one more refer to it must, too."""
    if not unit.anchors:
        raise InvalidInput(fields={"scope": "No customer refers to this unit as its customer organization."})
    if not scalar("select can_in_customers(%s, %s)", [unit.id, int(perms | Permission.USER_EDIT)]):
        raise GrantExceedsCeiling(
            "You do not hold this role's rights in every customer of this customer organization."
        )


@operation("user.update_me", own=True, idempotency="natural")
def update_me(actor: Actor, data: UpdateMe) -> Me:
    """Choose one's own language and theme of pages."""
    if actor.kind is not ActorKind.USER:
        raise Forbidden("An API key has no pages.", hint="Sign in and choose as a person.")
    changes = data.model_dump(exclude_none=True)
    if changes:
        User.objects.filter(id=actor.id).update(**changes)
    return me(actor)


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


@operation("token.create", own=True, secrets={"secret"})
def create_token(actor: Actor, data: CreateToken) -> TokenCreated:
    """Create an API key of one's own; the secret is shown once (P1, R93)."""
    if actor.kind is not ActorKind.USER:
        raise Forbidden("An API key cannot create API keys.", hint="Sign in and create it as a person.")
    token_id = int(scalar("select nextval('actor_id_seq')"))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    expires_at = now() + timedelta(days=data.expires_in_days) if data.expires_in_days else None
    execute(
        "insert into api_token (id, user_id, name, digest, expires_at, created_at) values (%s, %s, %s, %s, %s, %s)",
        [token_id, actor.id, data.name, digest(secret), expires_at, now()],
    )
    return TokenCreated(token_row(ApiToken.objects.get(id=token_id)), secret)


@operation("token.revoke", own=True, subject=OWN_TOKEN, idempotency="natural")
def revoke_token(actor: Actor, token: ApiToken, data: NoInput) -> TokenRow:
    """Revoke an API key of one's own, at once."""
    if token.revoked_at is None:
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
    return token_row(token)
