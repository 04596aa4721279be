"""Giving roles: to whom, where, and whether the actor may. What inviting, giving and mapping have in common (P2)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.contrib.auth.hashers import make_password

from underlet.access.models import Grant, UnitGroup, User
from underlet.access.roles import RoleChoice
from underlet.access.types import GivenRole
from underlet.access.welcome import welcome_path
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now, today
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.jobs import enqueue
from underlet.foundation.mail import is_configured
from underlet.kernel.errors import Forbidden, GrantExceedsCeiling, InvalidInput
from underlet.kernel.permission import Permission, within_ceiling
from underlet.organization.models import Unit
from underlet.organization.queries import permissions_in


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how long a role holds. groups: internal ids, for the scope group."""

    unit: Unit
    scope: str
    groups: tuple[int, ...] = ()
    expires_at: datetime | None = None


def place_of(unit: Unit, data: GivenRole) -> Place:
    """Where a role is to hold. Raises InvalidInput for groups that are not this unit's and for a day that has begun."""
    if (data.scope == "group") != bool(data.groups):
        raise InvalidInput(fields={"groups": "Choose groups exactly where the role is on groups."})
    found = dict(UnitGroup.objects.filter(unit=unit, public_id__in=data.groups).values_list("public_id", "id"))
    if missing := [one for one in data.groups if one not in found]:
        raise InvalidInput(fields={f"groups.{data.groups.index(missing[0])}": "This unit keeps no such group."})
    return Place(unit, data.scope, tuple(found.values()), moment_of(data.ends_on))


def moment_of(ends_on: date | None) -> datetime | None:
    """When a role ends that lasts until a day. Raises InvalidInput for a day that has begun."""
    if ends_on is None:
        return None
    if ends_on <= today():
        raise InvalidInput(fields={"ends_on": "Choose a day to come."})
    return datetime.combine(ends_on, time(), UTC)


def check_may_give(perms: Permission, unit: Unit, scope: str) -> None:
    """Whether the actor may give so much there; the database checks the same again (P2).

    Raises Forbidden, and GrantExceedsCeiling where it reaches further than what the actor holds.
    """
    if not within_ceiling(perms, permissions_in(unit)):
        raise Forbidden("You cannot give a role that allows more than your own.", hint="Choose a smaller role.")
    wanted = int(perms | Permission.USER_EDIT)
    if scope == "customers":
        if not unit.anchors:
            raise InvalidInput(fields={"scope": "No customer refers to this unit as its customer organization."})
        if not scalar("select can_in_customers(%s, %s)", [unit.id, wanted]):
            raise GrantExceedsCeiling(
                "You do not hold this role's rights in every customer of this customer organization."
            )
    if scope in ("subtree", "group") and not scalar("select can_below(%s, %s)", [unit.id, wanted]):
        raise GrantExceedsCeiling(
            "You do not hold this role's rights in everything below this unit.",
            hint="Give the role on this unit alone.",
        )


def check_may_change(actor: Actor, grant: Grant) -> None:
    """Whether the actor may change a role or take it back: one that they could give, and not their own (P2)."""
    if grant.user_id == actor.person_id:
        raise Forbidden(
            "You cannot change or take away your own role.", hint="Ask another administrator to do it."
        )
    if not scalar("select may_take(%s, %s, %s)", [grant.unit_id, grant.perms, grant.scope]):
        raise Forbidden("This role allows more than your own, so you can neither change it nor take it back.")


def person_id(email: str, name: str, language: str) -> int:
    """The person with this address, made if there is none."""
    found = scalar("select user_id_by_email(%s)", [email.casefold()])
    if found is not None:
        return int(found)
    made = int(scalar("select nextval('actor_id_seq')"))
    execute(
        "insert into app_user (id, email, email_key, name, password, language, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        [made, email, email.casefold(), name, make_password(None), language, now()],
    )
    return made


def give(user_id: int, choice: RoleChoice, place: Place) -> bool:
    """Give a role; whether it is new to the person. One they have already stays as it is."""
    acts_for = None if place.scope == "customers" else place.unit.id
    is_new = False
    for group_id in place.groups or (None,):
        made = rows(
            "insert into access_grant"
            " (user_id, unit_id, role, role_id, perms, scope, group_id, acts_for_id, expires_at, created_at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing returning id",
            [user_id, place.unit.id, choice.role, choice.own_role_id, int(choice.perms), place.scope, group_id,
             acts_for, place.expires_at, now()],
        )  # fmt: skip
        is_new = is_new or bool(made)
    return is_new


def ask_in(actor: Actor, user: User, unit: Unit, role: str, own_role_id: int | None, scope: str) -> str:
    """Mail a person about a role of theirs, if the installation sends mails.

    Without a mail server, the path of their first password; "" where they have one or where it is not the actor's to
    hand out. With one nobody else sees that path: who sets the password reads the mails of the address, so that whoever
    gives them a role later gives it to the right person (ADR-0044).
    """
    may_welcome = bool(scalar("select may_welcome(%s)", [user.id]))
    if not is_configured():
        return welcome_path(user) if may_welcome else ""
    sent = {
        "user": user.id, "unit": unit.id, "role": role, "own_role": own_role_id, "scope": scope, "welcome": may_welcome,
    }  # fmt: skip
    enqueue(actor, "user.mail_invitation", unit.id, sent)
    return ""
