"""What moving a unit does: decided once, shown by `unit.preview_move`, done by `unit.move`."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Q

from underlet.access.queries import counts_on, grants_on, reaches
from underlet.access.queries.groups import visible_groups
from underlet.access.queries.roles import ceilings_around
from underlet.branding.queries import brand_of
from underlet.branding.types import BrandField
from underlet.contracts.models import Contract
from underlet.contracts.move_types import MOST_AHEAD, PreviewMove
from underlet.contracts.queries import visible_contracts
from underlet.contracts.types import LeftGroup, Moved, MovedContract, MovedPerson, MovePreview
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now, today
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.registry import query
from underlet.kernel.errors import InvalidInput, RootCannotMove
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.period import Month
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, find_unit, unit_rows, visible_units
from underlet.organization.scope import InBranch
from underlet.organization.steps import check_move, relocate_unit

_MOVING: tuple[BrandField, ...] = ("color", "product_name", "logo", "favicon", "sender_name", "reply_to")
"""Parts of a brand that follow the parent. An invoice text stays with the legal entity, a host name with its unit."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A move that is allowed. contracts: those that it changes, as far as the mover may see them."""

    parent: Unit
    contracts: tuple[MovedContract, ...]


def decide(actor: Actor, unit: Unit, parent_id: UUID, day: date) -> Decision:
    """Where a unit would go on a UTC day and which contracts that changes, as things are now.

    Raises InvalidInput for a parent that the actor does not see, RootCannotMove, Forbidden, MoveIntoOwnSubtree,
    ParentMustBeOrganization, DepthExceeded, GrantExceedsCeiling.
    """
    parent = find_unit(actor, parent_id)
    if parent is None or parent.hierarchy_id != unit.hierarchy_id:
        raise InvalidInput(fields={"parent": "Choose an organization of this hierarchy."})
    check_move(unit, parent)
    return Decision(parent, contracts_changed(actor, unit, parent, day))


def carry_out(unit: Unit, decision: Decision, day: date) -> Moved:
    """Do what was decided, nothing if the unit stands there already.

    The caller holds the hierarchy's lock since before it decided.
    """
    parent, former = decision.parent, unit.parent
    if former is None:
        raise RootCannotMove()
    if former.id == parent.id:
        return Moved(unit.public_id, parent.public_id, parent.public_id, 0, 0, 0)
    relocate_unit(unit, parent)
    execute("select move_contracts(%s, %s, %s, %s, %s)", [unit.id, parent.id, Month.of(day).end, day, now()])
    ended, drafts, restored = tally(decision.contracts)
    return Moved(unit.public_id, parent.public_id, former.public_id, ended, drafts, restored)


def tally(contracts: tuple[MovedContract, ...]) -> tuple[int, int, int]:
    """How many contracts end, how many drafts are made, how many contracts are restored, as far as they are seen."""
    events = [one.event for one in contracts if one.id is not None]
    return events.count("ended"), sum(one.makes_draft for one in contracts), events.count("restored")


def check_day(day: date, field: str) -> None:
    """Raise InvalidInput for a day on which no move can be scheduled."""
    last = date(today().year + MOST_AHEAD, 12, 31)
    if day <= today():
        raise InvalidInput(fields={field: "Choose a day after today; a move without a day is made at once."})
    if day > last:
        raise InvalidInput(fields={field: Sentence("Choose a day up to {last}.", last=last)})


def contracts_changed(actor: Actor, unit: Unit, parent: Unit, day: date) -> tuple[MovedContract, ...]:
    """What `plan_move` says of contracts that the actor is party to; of others nothing (A3)."""
    if parent.id == unit.parent_id:
        return ()  # it stands there already
    plan = rows(
        "select event, contract_id, seller_id, starts_on, ends_on, shows from plan_move(%s, %s, %s, %s)"
        " order by event, contract_id",
        [unit.id, parent.id, Month.of(day).end, day],
    )
    seen = visible_contracts(actor).in_bulk([id_ for _, id_, *_ in plan])
    sellers = dict(visible_units(actor).filter(id__in={row[2] for row in plan}).values_list("id", "name"))
    found = []
    for event, id_, seller_id, starts_on, ends_on, shows in plan:
        contract: Contract | None = seen.get(id_)
        is_draft_seen = event == "ended" and shows
        if contract is None and not is_draft_seen:
            continue
        found.append(
            MovedContract(
                event,
                contract.public_id if contract else None,
                contract.seller_name if contract else "",
                contract.buyer_name if contract else "",
                starts_on,
                ends_on,
                sellers.get(seller_id, "") if event == "ended" else "",
                is_draft_seen,
            )
        )
    return tuple(found)


# A read of contracts by a permission of the structure: who moves is told what that does, but nothing of other edges.
@query("unit.preview_move", needs=Permission.UNIT_EDIT, subject=UNIT, below=True)
def preview_move(actor: Actor, unit: Unit, data: PreviewMove) -> MovePreview:
    """Show what moving a unit under another organization would do, and change nothing (R10, R11).

    With a day to come, what the move would do then, as things are now: contracts end at the first period start after
    that day. Refuses whatever `unit.move` and `unit.schedule_move` refuse. Units, people and contracts that the reader
    may not see are not counted.
    """
    if data.on is not None:
        check_day(data.on, "on")
    decision = decide(actor, unit, data.parent, data.on or today())
    parent, contracts = decision.parent, decision.contracts
    branch = visible_units(actor).filter(InBranch(unit))
    size = branch.aggregate(
        organizations=Count("id", filter=Q(kind=UnitKind.ORGANIZATION)),
        customers=Count("id", filter=Q(kind=UnitKind.CUSTOMER)),
        deepest=Max("depth"),
    )
    [row] = unit_rows(actor, [parent])
    is_entity_new = not unit.is_entity_own and unit.entity_id != parent.entity_id
    return MovePreview(
        unit.public_id,
        parent.public_id,
        parent.name,
        size["organizations"],
        size["customers"],
        row.depth + 1 + size["deepest"] - unit.depth,
        people_changed(actor, unit, parent),
        _brand_changes(actor, unit, parent),
        parent.entity.name if is_entity_new else "",
        contracts,
        data.on,
        groups_left(actor, unit, parent),
    )


def groups_left(actor: Actor, unit: Unit, parent: Unit) -> tuple[LeftGroup, ...]:
    """The groups that a unit, or units below it, leave by moving: members stand below the unit of their group."""
    found = dict(rows("select group_id, units from groups_left(%s, %s)", [unit.id, parent.id]))
    groups = visible_groups(actor).filter(id__in=found).order_by("name_key", "id")
    return tuple(LeftGroup(one.public_id, one.name, found[one.id]) for one in groups)


def people_changed(actor: Actor, unit: Unit, parent: Unit) -> tuple[MovedPerson, ...]:
    """People whose rights in the unit change, by roles that the actor may see: where they may see who has access.

    A role on both ways up, or in the unit itself, goes along; what it allows there changes with the limits above (P2),
    and a role of a unit that does not stand above any more allows nothing.
    """
    before, after = set(unit.anc), {*parent.anc, unit.id}
    held: dict[int, tuple[str, UUID, Permission, Permission]] = {}
    beside = set() if unit.anchor_id is None else {unit.anchor_id}
    grants = [grant for grant in grants_on(actor, before | after | beside) if reaches(grant, unit)]
    limits, there = ceilings_around(unit, parent) if grants else ({}, Permission(0))
    for grant in grants:
        name, id_, old, new = held.get(
            grant.user_id, (grant.user.name, grant.user.public_id, Permission(0), Permission(0))
        )
        perms, is_beside = Permission(grant.perms), grant.unit_id in beside
        is_taken_along = is_beside or grant.unit_id == unit.id
        if is_beside or counts_on(grant, before):
            old |= perms & limits[unit.id if is_taken_along else grant.unit_id]
        if is_beside or counts_on(grant, after):
            new |= perms & (there if is_taken_along else limits[grant.unit_id])
        held[grant.user_id] = (name, id_, old, new)
    return tuple(MovedPerson(id_, name, _change(old, new)) for name, id_, old, new in held.values() if old != new)


def _change(old: Permission, new: Permission) -> str:
    if not old & Permission.READ:
        return "gains"
    return "changes" if new & Permission.READ else "loses"


def _brand_changes(actor: Actor, unit: Unit, parent: Unit) -> tuple[BrandField, ...]:
    """Parts of the brand that the unit inherits and that are others below the parent (R94)."""
    old, new = brand_of(actor, unit.id), brand_of(actor, parent.id)
    return tuple(name for name in _MOVING if name not in old.own and getattr(old, name) != getattr(new, name))
