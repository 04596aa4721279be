"""The audit trail as people read it: who did what, as whom, where; and whether it is whole (S9, ADR-0034)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from underlet.access.history import known_people, visible_audit
from underlet.access.types import (
    AuditField,
    AuditHead,
    AuditRow,
    AuditVerdict,
    AuditView,
    FieldChange,
    ListAudit,
    ShowHead,
    VerifyAudit,
)
from underlet.foundation.actor import Actor
from underlet.foundation.audit_chain import INSTALLATION, Head, head_of, links_of, verdict
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import as_system
from underlet.foundation.listing import BY_ID, sorted_page
from underlet.foundation.models import AuditEntry
from underlet.foundation.registry import Subject, query
from underlet.foundation.types import NoInput, Page
from underlet.kernel.errors import Forbidden, InvalidInput
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, unit_links, visible_units
from underlet.organization.scope import InBranch


def find_entry(actor: Actor, public_id: UUID) -> AuditEntry | None:
    """An entry that the actor may read."""
    return visible_audit(actor).filter(public_id=public_id).first()


AUDIT_ENTRY = Subject(
    "audit_entry", find_entry, lambda entry: entry.unit_id or 0, lambda entry: entry.hierarchy_id or 0
)


@query("audit.list", needs=Permission.AUDIT_READ, subject=UNIT)
def list_audit(actor: Actor, unit: Unit, data: ListAudit) -> Page[AuditRow]:
    """List what was done in a unit and below it, newest first: who, as whom, what, where (S9, P32).

    What is about contracts, invoices and accounts shows only while acting for the legal entity of the unit that it is
    about. Names of people show to those who may see who has access.
    """
    found = visible_audit(actor).filter(hierarchy_id=unit.hierarchy_id)
    found = found.filter(unit_id=unit.id) if data.within == "unit" else found.filter(InBranch(unit, "unit_id"))
    if data.operation:
        found = found.filter(operation__startswith=data.operation)
    if data.q:
        named = visible_units(actor).filter(name_key__contains=name_key(data.q))
        found = found.filter(unit_id__in=named.values("id"))
    if data.who:
        people = known_people(actor).filter(name__icontains=data.who).values("id")
        found = found.filter(Q(person_id__in=people) | Q(behalf_of_id__in=people))
    if data.since:
        found = found.filter(at__gte=datetime.combine(data.since, time(), UTC))
    if data.until:
        found = found.filter(at__lt=datetime.combine(data.until, time(), UTC) + timedelta(days=1))
    page = sorted_page(found, data, data.sort, {"at": BY_ID})
    return Page(_rows(actor, page.items), page.next)


@query("audit.show", needs=Permission.AUDIT_READ, subject=AUDIT_ENTRY)
def show_audit(actor: Actor, entry: AuditEntry, data: NoInput) -> AuditView:
    """Show one operation that was done: what was sent, and each recorded field before and after.

    Values show to those who stand where whoever did it stood or above, act there for the same legal entity, and read
    prices, cost and margin; to others the names of the fields alone (ADR-0034). Secrets are kept nowhere.
    """
    [row] = _rows(actor, [entry])
    found = rows("select is_whole, input, before, after, fields from audit_payload(%s)", [entry.id])
    if not found:  # what the reader may read nothing of
        return AuditView(row, False, (), (), ())
    is_whole, given, before, after, fields = found[0]
    if not is_whole:
        return AuditView(row, False, tuple(fields), (), ())
    given, before, after = map(_object, (given, before, after))
    changes = (FieldChange(name, _text(value), _text(after.get(_last(name)))) for name, value in before.items())
    return AuditView(
        row,
        True,
        tuple(fields),
        tuple(AuditField(name, _text(value)) for name, value in given.items()),
        tuple(one for one in changes if one.before != one.after),
    )


@query("audit.head", needs=Permission.AUDIT_READ, subject=UNIT)
def show_head(actor: Actor, unit: Unit, data: ShowHead) -> AuditHead:
    """Show the last entry of the hierarchy's audit trail: number, hash, time; asked for at the hierarchy's root (S9).

    A chain does not show that its end was cut off. Whoever notes the head each day somewhere else can tell.
    """
    chain_id = _chain(actor, unit, data)
    with as_system():
        return _head(head_of(chain_id))


@query("audit.verify", needs=Permission.AUDIT_READ, subject=UNIT)
def verify_audit(actor: Actor, unit: Unit, data: VerifyAudit) -> AuditVerdict:
    """Check that the hierarchy's audit trail is as it was written, and name the first entry that is not (S9).

    Asked for at the root of the hierarchy. With a head that was noted earlier, it also finds that the end was cut off
    or all of it written anew.
    """
    if (data.head_seq is None) != (data.head_hash == ""):
        field = "head_seq" if data.head_seq is None else "head_hash"
        raise InvalidInput(fields={field: "A head is a number and a hash: give both."})
    chain_id = _chain(actor, unit, data)
    noted = None if data.head_seq is None else (data.head_seq, bytes.fromhex(data.head_hash))
    with as_system():
        head = head_of(chain_id)
        found = verdict(links_of(chain_id), chain_id, head, noted)
    return AuditVerdict(not found.fault, found.checked, found.fault, found.seq, found.at, _head(head))


def _chain(actor: Actor, unit: Unit, data: ShowHead) -> int:
    """Which chain is asked for. Raises Forbidden: numbers tell how much goes on everywhere in the chain."""
    if data.chain == "installation":
        if not actor.is_operator:
            raise Forbidden("Only the operator of the installation may do this.")
        return INSTALLATION
    if unit.parent_id is not None:
        raise Forbidden(
            "The audit trail of a whole hierarchy is one chain, which shows at its root alone.",
            hint="Ask somebody who administers the whole hierarchy.",
        )
    return unit.hierarchy_id


def _head(head: Head) -> AuditHead:
    return AuditHead(head.seq, head.hash.hex(), head.at)


def _rows(actor: Actor, entries: Sequence[AuditEntry]) -> tuple[AuditRow, ...]:
    """Entries with names, as far as the reader may know them; two queries, whatever their number."""
    units = unit_links(actor, [one.unit_id for one in entries if one.unit_id is not None])
    people = {id_ for one in entries for id_ in (one.person_id, one.behalf_of_id) if id_ is not None}
    names = dict(known_people(actor).filter(id__in=people).values_list("id", "name"))
    return tuple(
        AuditRow(
            one.public_id,
            one.at,
            names.get(one.person_id or 0, ""),
            one.behalf_of_id is not None,
            names.get(one.behalf_of_id or 0, ""),
            one.behalf_of_id is None and one.person_id != one.actor_id,
            one.operation,
            units.get(one.unit_id or 0),
        )
        for one in entries
    )


def _object(value: Any) -> dict[str, Any]:
    found = json.loads(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}


def _last(name: str) -> str:
    """The field of an answer that an audited attribute is called after: of "entity.name" the last part."""
    return name.rpartition(".")[2]


def _text(value: Any) -> str:
    """A recorded value as text: nothing as nothing, lists and objects as JSON."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
