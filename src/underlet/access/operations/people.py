"""Writes to people: inviting them."""

from django.contrib.auth.hashers import make_password

from underlet.access.models import User
from underlet.access.queries import CUSTOMERS, user_rows
from underlet.access.roles import resolve
from underlet.access.types import Invited, InviteUser
from underlet.access.welcome import welcome_path
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.jobs import enqueue
from underlet.foundation.mail import is_configured
from underlet.foundation.registry import operation
from underlet.kernel.errors import Forbidden, GrantExceedsCeiling, InvalidInput
from underlet.kernel.permission import Permission, within_ceiling
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, permissions_in


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
