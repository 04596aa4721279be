"""What stands against archiving or removing a unit: decided once, shown by `unit.preview_removal`, asked by the writes.

The database refuses the same (`sql/0002_life.sql` of each context, and foreign keys); here it gets words. What the
asker does not see is told of as one obstacle without a kind.
"""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet

from underlet.accounts.queries import visible_assignments
from underlet.contracts.queries import visible_contracts
from underlet.foundation.actor import Actor
from underlet.foundation.clock import today
from underlet.foundation.database.sql import rows
from underlet.kernel.errors import UnitInUse
from underlet.kernel.hierarchy import UnitState
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.organization.queries import visible_units
from underlet.organization.types import Obstacle

ModelT = TypeVar("ModelT", bound=Model)
_HIDDEN = Obstacle("hidden", 0, Sentence("Something that only others may see depends on it."))
_ROOT = Obstacle("root", 0, Sentence("The root of a hierarchy stays."))


@dataclass(frozen=True, slots=True)
class Tie:
    """Things of one kind that depend on a unit. total, open: all, and those open today or later, that there are;
    seen, seen_open: those of them that the asker sees."""

    kind: str
    total: int
    open: int
    seen: int
    seen_open: int


def ties(actor: Actor, unit: Unit) -> tuple[Tie, ...]:
    """What depends on a unit in structure, contracts and assignments."""
    day = today()
    is_open = Q(ends_on=None) | Q(ends_on__gt=day)
    is_kept = ~Q(state=UnitState.ARCHIVED)
    party = visible_contracts(actor).filter(Q(buyer_id=unit.id) | Q(seller_id=unit.id))
    seen = {
        "children": _count(visible_units(actor).filter(parent_id=unit.id), is_kept),
        "customers": _count(visible_units(actor).filter(anchor_id=unit.id), is_kept),
        "contracts": _count(party, is_open & Q(state="active")),
        "assignments": _count(visible_assignments(actor).filter(unit_id=unit.id), is_open),
    }
    found = rows("select kind, total, open from unit_ties(%s, %s)", [unit.id, day])
    # An environment shows to whoever sees its customer.
    return tuple(Tie(kind, total, open_, *seen.get(kind, (total, open_))) for kind, total, open_ in found)


def _count(found: "QuerySet[ModelT]", is_open: Q) -> tuple[int, int]:
    counts = found.aggregate(total=Count("id"), open=Count("id", filter=is_open))
    return counts["total"], counts["open"]


def _open_words(kind: str, count: int) -> Sentence:
    """What stands against archiving, as a sentence."""
    match kind:
        case "children":
            return Sentence("Units below it that are not archived: {count}.", count=count)
        case "customers":
            return Sentence("Customers that refer to it and are not archived: {count}.", count=count)
        case "contracts":
            return Sentence("Contracts in force today or later: {count}.", count=count)
        case "environment":
            return Sentence("Its environment exists; deprovision it first.")
    return Sentence("Sub-accounts assigned to it today or later: {count}.", count=count)


def archive_obstacles(unit: Unit, found: tuple[Tie, ...]) -> tuple[Obstacle, ...]:
    """What stands against archiving, all of it at once."""
    if unit.parent_id is None:
        return (_ROOT,)
    if unit.state == UnitState.DRAFT:
        return (Obstacle("draft", 0, Sentence("A draft is removed, not archived.")),)
    if unit.state == UnitState.ARCHIVED:
        return (Obstacle("archived", 0, Sentence("It is archived already.")),)
    told = tuple(
        Obstacle(tie.kind, tie.seen_open, _open_words(tie.kind, tie.seen_open)) for tie in found if tie.seen_open
    )
    return (*told, _HIDDEN) if any(tie.open > tie.seen_open for tie in found) else told


def _words(kind: str, count: int) -> Sentence:
    """What stands against removing, as a sentence."""
    match kind:
        case "children":
            return Sentence("Units below it: {count}.", count=count)
        case "customers":
            return Sentence("Customers that refer to it: {count}.", count=count)
        case "contracts":
            return Sentence("Contracts, ended ones and drafts included: {count}.", count=count)
        case "environment":
            return Sentence("It has or had an environment.")
        case "invoices":
            return Sentence("Invoices: {count}.", count=count)
    return Sentence("Sub-accounts that were assigned to it: {count}.", count=count)


def removal_obstacles(unit: Unit, found: tuple[Tie, ...]) -> tuple[Obstacle, ...]:
    """What stands against removing, all of it at once."""
    if unit.parent_id is None:
        return (_ROOT,)
    told = tuple(Obstacle(tie.kind, tie.seen, _words(tie.kind, tie.seen)) for tie in found if tie.seen)
    return (*told, _HIDDEN) if any(tie.total > tie.seen for tie in found) else told


def in_use(obstacles: tuple[Obstacle, ...], hint: Sentence) -> UnitInUse:
    """The refusal that names all of them."""
    detail = Sentence(obstacles[0].detail)
    for one in obstacles[1:]:
        detail = Sentence("{one} {other}", one=detail, other=one.detail)
    return UnitInUse(detail, hint=hint)
