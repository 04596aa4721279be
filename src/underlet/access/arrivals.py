"""Somebody arrives from a provider of sign-in: who they are here, and which roles its groups give them (ADR-0043).

A provider is trusted with the people of its unit only: it speaks for those whose every role lies there or below, and
a session that it opened ends as soon as that is no longer so. What it says of groups goes through the unit's directory,
where an administrator mapped them to roles, so that nothing is given beyond what somebody could give (P2).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password

from underlet.access.mapped import give_mapped
from underlet.access.models import (
    DirectoryGroup,
    DirectoryMapping,
    DirectoryMember,
    DirectoryUser,
    Grant,
    IdentityProvider,
    User,
)
from underlet.foundation.audit import record_as
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system
from underlet.kernel.errors import Forbidden
from underlet.kernel.naming import name_key

PROVIDER = "identity_provider"
"""Under which name a session keeps the provider that opened it."""
MOST_GROUPS = 200
"""Groups of one person that are looked at; providers that send more send every group there is."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a provider says of somebody. user_id: who they were here before, None at their first time."""

    email: str
    name: str
    groups: Collection[str]
    user_id: int | None


def is_theirs(provider_id: str, user_id: int) -> bool:
    """Whether a provider still speaks for a person: it is there and on, and every role of theirs lies in its unit."""
    return bool(
        scalar(
            "select exists (select 1 from identity_provider p where p.public_id = %s and p.is_enabled"
            " and person_within(%s, p.unit_id))",
            [provider_id, user_id],
        )
    )


def arrive(
    provider: IdentityProvider, said: Arrival, remember: Callable[[User], None] = lambda user: None
) -> User:
    """Let somebody in whom a provider sent: the person, with the roles of their groups.

    remember: notes, at their first time, that the provider's person is this one. What changed of them has an entry in
    the audit trail of the provider's unit, theirs and with the provider's name (S9).
    Raises Forbidden, with the same words whatever the reason, for somebody for whom it does not speak.
    """
    with system():
        user = _person(provider, said)
        before = _noted(provider, user, is_linked=said.user_id is not None)
        is_theirs = _take_in(provider, user, said)
        if is_theirs and said.user_id is None:
            remember(user)
        _record(provider, user, before, _noted(provider, user, is_linked=is_theirs or said.user_id is not None))
    if not is_theirs:  # what was noted of them stays, so that an administrator can give them a role
        raise _refused()
    return user


def _take_in(provider: IdentityProvider, user: User, said: Arrival) -> bool:
    """Keep what the provider says of a person; whether it speaks for them."""
    entry, _ = DirectoryUser.objects.get_or_create(
        unit=provider.unit, user=user,
        defaults={
            "is_maker": said.user_id is None and not Grant.objects.filter(user=user).exists(),
            "user_name": said.email, "user_name_key": name_key(said.email), "display_name": said.name,
            "email": said.email, "created_at": now(), "updated_at": now(),
        },
    )  # fmt: skip
    if entry.active and provider.groups_claim:
        _follow(entry, set(list(said.groups)[:MOST_GROUPS]))
    return entry.active and bool(scalar("select person_within(%s, %s)", [user.id, provider.unit_id]))


def _noted(provider: IdentityProvider, user: User, *, is_linked: bool) -> dict[str, Any]:
    """What the unit of a provider keeps of a person, as the audit trail keeps it.

    is_linked: whether the provider's person is this one. groups: of the directory, by name; roles: given by them.
    """
    here = DirectoryUser.objects.filter(unit_id=provider.unit_id, user=user)
    groups = DirectoryMember.objects.filter(entry__in=here).values_list("group__display_name", flat=True)
    given = Grant.objects.filter(user=user, directory_group__unit_id=provider.unit_id).select_related(
        "unit", "own_role"
    )
    roles = (f"{one.unit.name}: {one.own_role.name if one.own_role else one.role}" for one in given)
    return {
        "is_linked": is_linked, "is_in_directory": here.exists(), "groups": sorted(groups), "roles": sorted(roles),
    }  # fmt: skip


def _record(provider: IdentityProvider, user: User, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Keep what an arrival changed; one that changed nothing is a sign-in like any other."""
    if before != after:
        unit, named = provider.unit, {"provider": provider.name}
        record_as(user.id, "user.arrive", unit.hierarchy_id, unit.id, user.public_id, named, before, after)


def _refused() -> Forbidden:
    return Forbidden(
        "You cannot sign in this way.",
        hint="Ask whoever administers your organization here to invite you, or sign in as you did before.",
    )


def _person(provider: IdentityProvider, said: Arrival) -> User:
    """Who somebody is here. Raises Forbidden where the provider does not speak for them."""
    found = (
        User.objects.filter(id=said.user_id).first()
        if said.user_id is not None
        else User.objects.filter(email_key=said.email.casefold()).first()
    )
    if found is not None:
        is_known = said.user_id is not None or DirectoryUser.objects.filter(
            unit_id=provider.unit_id, user=found, is_maker=True
        )
        has_roles = Grant.objects.filter(user=found).exists()
        is_here = scalar("select person_within(%s, %s)", [found.id, provider.unit_id])
        if not found.is_active or found.is_operator or not (is_here or (is_known and not has_roles)):
            raise _refused()
        return found
    if not provider.takes_new:
        raise _refused()
    user_id = int(scalar("select nextval('actor_id_seq')"))
    execute(
        "insert into app_user (id, email, email_key, name, password, created_at) values (%s, %s, %s, %s, %s, %s)",
        [user_id, said.email, said.email.casefold(), said.name[:120] or said.email, make_password(None), now()],
    )
    return User.objects.get(id=user_id)


def _follow(entry: DirectoryUser, groups: Collection[str]) -> None:
    """Let a person be in the groups that the provider named, and in no other of this directory."""
    here = DirectoryGroup.objects.filter(unit_id=entry.unit_id)
    keys = {name_key(one): one for one in groups if one.strip()}
    found = {one.id for one in here.filter(external_id__in=groups).exclude(external_id="")}
    known = dict(here.filter(display_name_key__in=keys).values_list("display_name_key", "id"))
    by_id = set(here.filter(id__in=found).values_list("external_id", flat=True))
    for key, said in keys.items():
        if key not in known and said not in by_id:  # noted, so that an administrator can map it
            made = DirectoryGroup.objects.create(
                unit_id=entry.unit_id, external_id=said, display_name=said[:200], display_name_key=key[:200],
                created_at=now(), updated_at=now(),
            )  # fmt: skip
            known[key] = made.id
    wanted = found | set(known.values())
    execute(
        "delete from directory_member where entry_id = %s and not (group_id = any (%s))", [entry.id, list(wanted)]
    )
    DirectoryMember.objects.bulk_create(
        [DirectoryMember(group_id=one, entry_id=entry.id, unit_id=entry.unit_id) for one in wanted],
        ignore_conflicts=True,
    )
    execute(
        "delete from access_grant g using directory_group d where d.id = g.directory_group_id and d.unit_id = %s"
        " and g.user_id = %s and not (d.id = any (%s))",
        [entry.unit_id, entry.user_id, list(wanted)],
    )
    for mapping in DirectoryMapping.objects.select_related("own_role").filter(group_id__in=wanted):
        give_mapped(mapping, [entry.user_id])
