"""Reading a list of people to invite, typed or from a file, and saying line by line what is wrong with it (P6)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import get_args

from underlet.access.giving import Place, check_may_give, place_of
from underlet.access.models import Grant
from underlet.access.queries.people import visible_users
from underlet.access.roles import RoleChoice, resolve
from underlet.access.types import MOST_INVITED, InviteMany
from underlet.foundation import storage
from underlet.foundation.actor import Actor
from underlet.foundation.uploads import own_upload
from underlet.kernel.errors import FileRejected, Forbidden, GrantExceedsCeiling, InvalidInput
from underlet.kernel.sentence import Sentence
from underlet.organization.bulk.reading import rows_of
from underlet.organization.models import Unit
from underlet.organization.types import Language

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COLUMNS = ("email", "name", "role", "language")
_MOST_NAME = 120


@dataclass(frozen=True, slots=True)
class Guest:
    """One person of a list. line: in it. choice: the role, None with a problem. is_done: they have it already."""

    line: int
    email: str
    name: str
    role: str
    language: str
    choice: RoleChoice | None = None
    is_done: bool = False
    problem: str = ""


def planned(actor: Actor, unit: Unit, data: InviteMany) -> tuple[Place, list[Guest]]:
    """Where the role is to hold, and who gets it, each with what is wrong. Raises InvalidInput for the list as a whole,
    Forbidden and GrantExceedsCeiling for a role that nobody of it can get from the actor."""
    place = place_of(unit, data)
    chosen = resolve(unit, data.role)
    check_may_give(chosen.perms, unit, data.scope)
    guests = list(_read(actor, data))
    if not guests:
        raise InvalidInput(fields={"people": "Name at least one person."})
    if len(guests) > MOST_INVITED:
        raise InvalidInput(fields={"people": Sentence("At most {limit} people at once.", limit=MOST_INVITED)})
    seen: set[str] = set()
    checked = []
    for guest in guests:
        checked.append(_checked(guest, unit, data, chosen, seen))
        seen.add(guest.email.casefold())
    return place, _with_done(actor, unit, place, checked)


def _checked(guest: Guest, unit: Unit, data: InviteMany, chosen: RoleChoice, seen: set[str]) -> Guest:
    if not _ADDRESS.fullmatch(guest.email) or len(guest.email) > 254:
        return replace(guest, problem=Sentence("“{text}” is no e-mail address.", text=guest.email[:254]))
    if guest.email.casefold() in seen:
        return replace(guest, problem="This address stands in an earlier line as well.")
    if not guest.name or len(guest.name) > _MOST_NAME:
        return replace(guest, problem=Sentence("A name has 1 to {limit} characters.", limit=_MOST_NAME))
    if guest.language not in get_args(Language):
        return replace(guest, problem="There is no such language; use en, de or sv.")
    if guest.role == data.role:
        return replace(guest, choice=chosen)
    try:
        choice = resolve(unit, guest.role)
        check_may_give(choice.perms, unit, data.scope)
    except InvalidInput as refusal:
        return replace(guest, problem=next(iter(refusal.fields.values())))
    except (Forbidden, GrantExceedsCeiling) as refusal:
        return replace(guest, problem=refusal.detail)
    return replace(guest, choice=choice)


def _with_done(actor: Actor, unit: Unit, place: Place, guests: list[Guest]) -> list[Guest]:
    """Mark those who have the role already. Of people whom the actor does not see here nothing is told."""
    keys = [guest.email.casefold() for guest in guests]
    known = visible_users(actor, unit).filter(email_key__in=keys)
    held = {
        (key, role, own, group)
        for key, role, own, group in Grant.objects.filter(
            unit=unit, scope=place.scope, user__in=known, directory_group=None
        ).values_list("user__email_key", "role", "own_role_id", "group_id")
    }
    groups: tuple[int | None, ...] = place.groups or (None,)
    return [
        replace(
            guest,
            is_done=guest.choice is not None
            and all(
                (guest.email.casefold(), guest.choice.role, guest.choice.own_role_id, group) in held
                for group in groups
            ),
        )
        for guest in guests
    ]


def _read(actor: Actor, data: InviteMany) -> Iterator[Guest]:
    if data.upload is not None and data.people:
        raise InvalidInput(fields={"people": "Send a list or a file, not both."})
    if data.upload is not None:
        yield from _of_file(actor, data)
        return
    for number, line in enumerate(data.people.splitlines(), 1):
        for text in re.split(r"[,;]", line):
            if text.strip():
                name, email = parseaddr(text.strip())
                email = email if "@" in email else text.strip()
                yield _guest(number, email, name, data.role, data.language)


def _of_file(actor: Actor, data: InviteMany) -> Iterator[Guest]:
    found = own_upload(actor, data.upload) if data.upload else None
    if found is None:
        return
    try:
        lines = rows_of(storage.path_of(found.sha256))
        header = next(lines, None)
        heads = [cell.strip().casefold() for cell in header.cells] if header else []
        if "email" not in heads:
            raise InvalidInput(fields={"upload": "The first line names the columns; one of them is “email”."})
        unknown = [head for head in heads if head and head not in _COLUMNS]
        if unknown:
            raise InvalidInput(
                fields={"upload": Sentence("There is no column “{name}” here; use email, name, role and language.",
                                           name=unknown[0][:80])}
            )  # fmt: skip
        for row in lines:
            cells = dict(zip(heads, (cell.strip() for cell in row.cells), strict=False))
            yield _guest(
                row.number, cells.get("email", ""), cells.get("name", ""), cells.get("role") or data.role,
                cells.get("language") or data.language,
            )  # fmt: skip
            if row.number > MOST_INVITED * 4:
                raise InvalidInput(
                    fields={"upload": Sentence("At most {limit} people at once.", limit=MOST_INVITED)}
                )
    except FileRejected as refusal:
        raise InvalidInput(fields={"upload": refusal.detail}) from refusal


def _guest(line: int, email: str, name: str, role: str, language: str) -> Guest:
    return Guest(line, email, name or email.partition("@")[0], role, language)
