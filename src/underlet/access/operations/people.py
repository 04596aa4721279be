"""Writes to people: asking them in, letting them wait, letting them go."""

from collections.abc import Sequence

from underlet.access.giving import ask_in, check_may_change, check_may_give, give, person_id, place_of
from underlet.access.invitations import planned
from underlet.access.models import Grant, User
from underlet.access.queries.directory import directory_groups
from underlet.access.queries.people import branch_grants, change_of, person_in, user_rows
from underlet.access.roles import resolve
from underlet.access.types import (
    Invited,
    InvitedMany,
    InviteMany,
    InviteUser,
    OfPerson,
    PersonChange,
    WelcomeLink,
)
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import scalar
from underlet.foundation.mail import is_configured
from underlet.foundation.registry import operation
from underlet.kernel.errors import InvalidInput, WrongState
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import about
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT


@operation("user.invite", needs=Permission.USER_EDIT, subject=UNIT, secrets={"welcome_path"})
def invite_user(actor: Actor, unit: Unit, data: InviteUser) -> Invited:
    """Give a person a role on a unit and everything below it (R33, R34, R43); creates the person if new.

    With the scope "unit", the role is on the unit alone. With "customers", it is on all customers of the unit, a
    customer organization, later ones included, and not on itself (R75, R80, P4). With "group", it is on groups of the
    unit (R50). Nobody grants more than they hold there: raises Forbidden (P2), and GrantExceedsCeiling where it reaches
    further than what is theirs to administer. If the installation sends mails, the person gets one, which alone holds
    the link of their first password (ADR-0044); a failing mail server changes nothing about the role.
    """
    place, choice = place_of(unit, data), resolve(unit, data.role)
    check_may_give(choice.perms, unit, data.scope)
    user_id = person_id(data.email, data.name, data.language)
    give(user_id, choice, place)
    user = User.objects.get(id=user_id)
    path = ask_in(actor, user, unit, choice.role, choice.own_role_id, data.scope)
    return Invited(user_rows(actor, [user])[0], path, is_configured())


@operation("user.invite_many", needs=Permission.USER_EDIT, subject=UNIT, secrets={"links"})
def invite_many(actor: Actor, unit: Unit, data: InviteMany) -> InvitedMany:
    """Give the people of a list or of a CSV file a role on a unit: all of them or nobody (P6).

    Whoever has the role already keeps it as it is. Every line that is wrong is named; `user.preview_invite_many` tells
    them without doing anything. At most 500 people. Rules and mails are those of `user.invite`.
    """
    place, guests = planned(actor, unit, data)
    if wrong := {f"lines.{one.line}": about(one.email, one.problem) for one in guests if one.problem}:
        raise InvalidInput(fields=dict(wrong))
    links: list[WelcomeLink] = []
    invited = 0
    for guest in guests:
        if guest.choice is None or guest.is_done:
            continue
        user_id = person_id(guest.email, guest.name, guest.language)
        if not give(user_id, guest.choice, place):
            continue
        invited += 1
        user = User.objects.get(id=user_id)
        path = ask_in(actor, user, unit, guest.choice.role, guest.choice.own_role_id, data.scope)
        if path:
            links.append(WelcomeLink(user.email, path))
    return InvitedMany(invited, len(guests) - invited, is_configured(), tuple(links))


@operation("user.invite_again", needs=Permission.USER_EDIT, subject=UNIT, secrets={"welcome_path"})
def invite_again(actor: Actor, unit: Unit, data: OfPerson) -> Invited:
    """Send a person who did not accept yet a new invitation, with a new link (R33). Raises WrongState for whoever has a
    password or may not get a link from the actor."""
    user = person_in(actor, unit, data.user)
    newest = branch_grants(actor, unit).filter(user=user, suspended_at=None).order_by("-id").first()
    if newest is None or not scalar("select may_welcome(%s)", [user.id]):
        raise WrongState(
            "This person has accepted already, or gets their link elsewhere.", hint="They can sign in."
        )
    path = ask_in(actor, user, newest.unit, newest.role, newest.own_role_id, newest.scope)
    return Invited(user_rows(actor, [user])[0], path, is_configured())


@operation("user.suspend", needs=Permission.USER_EDIT, subject=UNIT, idempotency="natural")
def suspend_user(actor: Actor, unit: Unit, data: OfPerson) -> PersonChange:
    """Let all roles of a person on a unit and below it rest; binds on their next request (A6).

    They stay the person's and come back with `user.resume`. Raises Forbidden where one of them is beyond the actor
    (P2), LastOwner for the last owner of a hierarchy.
    """
    user, grants = _changing(actor, unit, data, suspended_at=None)
    # One by one: an owner's leave is asked about after each, and people's scopes follow each.
    for grant in grants:
        grant.suspended_at = now()
        grant.save(update_fields=["suspended_at"])
    return change_of(actor, user, grants)


@operation("user.resume", needs=Permission.USER_EDIT, subject=UNIT, idempotency="natural")
def resume_user(actor: Actor, unit: Unit, data: OfPerson) -> PersonChange:
    """Let the roles of a person that rest on a unit and below it work again; binds on their next request (A6)."""
    user, grants = _changing(actor, unit, data, suspended_at__isnull=False)
    for grant in grants:
        check_may_give(Permission(grant.perms), grant.unit, grant.scope)
        grant.suspended_at = None
        grant.save(update_fields=["suspended_at"])
    return change_of(actor, user, grants)


@operation("user.remove", needs=Permission.USER_EDIT, subject=UNIT, idempotency="natural")
def remove_user(actor: Actor, unit: Unit, data: OfPerson) -> PersonChange:
    """Take all roles of a person on a unit and below it back, for good; binds on their next request (A6).

    Roles elsewhere stay, and so does the person. Raises Forbidden where one of them is beyond the actor (P2),
    WrongState where a directory gives one, LastOwner for the last owner of a hierarchy.
    """
    user, grants = _changing(actor, unit, data)
    from_directory = [grant.directory_group_id for grant in grants if grant.directory_group_id is not None]
    if directory_groups(actor).filter(id__in=from_directory).exists():
        raise WrongState(
            "A group of a directory gives one of these roles.", hint="Take the person out of the group there."
        )
    change = change_of(actor, user, grants)
    for grant in grants:
        grant.delete()
    return change


def _changing(actor: Actor, unit: Unit, data: OfPerson, **which: object) -> tuple[User, Sequence[Grant]]:
    user = person_in(actor, unit, data.user)
    grants = list(branch_grants(actor, unit).filter(user=user, **which).order_by("id"))
    for grant in grants:
        check_may_change(actor, grant)
    return user, grants
