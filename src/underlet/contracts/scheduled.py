"""Moves at a UTC day to come: scheduled by a person, done by the worker with the rights that the person has then.

A move waits as a row. When its day has come the worker queues one job for it; the job does `scheduled_move.carry_out`
as the person, through the one door, so that everything is checked again and the move, its state and its audit entry
commit together. A move that is refused then has failed, and says why.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef, Q, QuerySet

from underlet.access.queries import actor_by_id
from underlet.contracts.models import ScheduledMove
from underlet.contracts.move_types import ListScheduledMoves, ScheduledMoveRow, ScheduleMove
from underlet.contracts.moves import carry_out, check_day, decide
from underlet.contracts.types import Moved
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now, today
from underlet.foundation.crash import crash_point
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import Run, enqueue, job, on_timetable
from underlet.foundation.listing import Order, sorted_page
from underlet.foundation.operations import run as run_operation
from underlet.foundation.registry import Subject, operation, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page
from underlet.kernel.errors import InvalidInput, Refusal, WrongState
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence, packed, unpacked
from underlet.organization.models import Unit
from underlet.organization.queries import MOVING_UNIT, UNIT, find_unit, unit_links, visible_units

_JOB = "scheduled_move.carry_out"
_INTERNAL = {"error": "internal", "detail": Sentence("An internal error was logged."), "hint": ""}


def visible_scheduled_moves(actor: Actor) -> QuerySet[ScheduledMove]:
    """Moves of units that the actor sees, to parents that it sees too; its own whatever became of the parent."""
    found = ScheduledMove.objects.select_related("unit")
    if not settings().query_scoping:
        return found
    seen = visible_units(actor)
    ends = {name: Exists(seen.filter(id=OuterRef(f"{name}_id"))) for name in ("unit", "parent")}
    return found.filter(ends["unit"], Q(ends["parent"]) | Q(actor_id=actor.id))


def find_scheduled_move(actor: Actor, public_id: UUID) -> ScheduledMove | None:
    """The visible scheduled move with this public id."""
    return visible_scheduled_moves(actor).filter(public_id=public_id).first()


def _lock(row: ScheduledMove) -> None:
    # As for a move made at once: the hierarchy first, then the unit (data-core.md §7).
    assert MOVING_UNIT.lock is not None
    MOVING_UNIT.lock(row.unit)
    rows("select 1 from scheduled_move where id = %s for update", [row.id])


SCHEDULED_MOVE = Subject(
    "scheduled_move", find_scheduled_move, lambda row: row.unit_id, lambda row: row.hierarchy_id, _lock
)


def _rows(actor: Actor, found: Sequence[ScheduledMove]) -> tuple[ScheduledMoveRow, ...]:
    """List rows of scheduled moves already found visible; one more statement, whatever their number."""
    links = unit_links(actor, [id_ for row in found for id_ in (row.unit_id, row.parent_id) if id_])
    return tuple(
        ScheduledMoveRow(
            row.public_id, links[row.unit_id], links.get(row.parent_id or 0), row.effective_on, row.state,
            unpacked(row.error), row.actor_id == actor.id, row.created_at, row.finished_at,
        )
        for row in found
    )  # fmt: skip


@query("scheduled_move.list", subject=UNIT)
def list_scheduled_moves(actor: Actor, unit: Unit, data: ListScheduledMoves) -> Page[ScheduledMoveRow]:
    """List the scheduled moves of a unit and of units below it, the latest day first by default (R10).

    A move shows to who sees both the unit and its new parent.
    """
    found = visible_scheduled_moves(actor)
    found = found.filter(unit=unit) if data.only else found.filter(unit__anc__contains=[unit.id])
    if data.state:
        found = found.filter(state=data.state)
    page = sorted_page(found, data, data.sort, {"day": Order("effective_on", type(today()))})
    return Page(_rows(actor, page.items), page.next)


@query("scheduled_move.show", subject=SCHEDULED_MOVE)
def show_scheduled_move(actor: Actor, row: ScheduledMove, data: NoInput) -> ScheduledMoveRow:
    """Show a scheduled move, or what became of it."""
    return _rows(actor, [row])[0]


@operation("unit.schedule_move", needs=Permission.UNIT_EDIT, subject=UNIT, below=True)
def schedule_move(actor: Actor, unit: Unit, data: ScheduleMove) -> ScheduledMoveRow:
    """Let a unit move with everything below it at the beginning of a UTC day to come (R10, R11).

    The move is checked now, and again on its day with the rights that you have then; if it is refused then, nothing
    moves and the scheduled move has failed. Contracts end at the first period start after that day. One move of a unit
    waits at a time. Raises what `unit.move` raises, MoveAlreadyScheduled, InvalidInput.
    """
    check_day(data.effective_on, "effective_on")
    decision = decide(actor, unit, data.parent, data.effective_on)
    if decision.parent.id == unit.parent_id:
        raise InvalidInput(fields={"parent": "The unit stands there already."})
    row = ScheduledMove.objects.bulk_create(
        [
            ScheduledMove(
                hierarchy_id=unit.hierarchy_id,
                unit=unit,
                parent=decision.parent,
                actor_id=actor.id,
                effective_on=data.effective_on,
                created_at=now(),
            )
        ]
    )[0]
    found = visible_scheduled_moves(actor).get(id=row.id)
    return _rows(actor, [found])[0]


@operation(
    "scheduled_move.cancel", needs=Permission.UNIT_EDIT, subject=SCHEDULED_MOVE, states={"pending"},
    audit=("state", "effective_on"),
)  # fmt: skip
def cancel_scheduled_move(actor: Actor, row: ScheduledMove, data: NoInput) -> ScheduledMoveRow:
    """Call off a move that waits for its day."""
    return _ended(actor, row, "cancelled")


@operation(
    "scheduled_move.carry_out", needs=Permission.UNIT_EDIT, subject=SCHEDULED_MOVE, below=True, states={"pending"},
    audit=("state", "effective_on"),
    waive={"web": "The worker does it on its day; at once is Move on the unit's page."},
)  # fmt: skip
def carry_out_scheduled_move(actor: Actor, row: ScheduledMove, data: NoInput) -> Moved:
    """Do a scheduled move whose day has come, as `unit.move` would now; the worker does so by itself.

    Done late, contracts still end at a period start to come, never in the past. Raises what `unit.move` raises, and
    WrongState before the day.
    """
    day = today()
    if row.effective_on > day:
        raise WrongState(Sentence("This move waits for {day}.", day=row.effective_on))
    unit = find_unit(actor, row.unit.public_id)
    parent = Unit.objects.filter(id=row.parent_id).first() if row.parent_id else None
    if unit is None or parent is None:
        raise InvalidInput("The new parent is not there any more, or you do not see it.")
    decision = decide(actor, unit, parent.public_id, day)
    # First, while the unit is where the actor's rights in it are known; it commits with the move, or neither does.
    _end(row, "done")
    return carry_out(unit, decision, day)


def _end(row: ScheduledMove, state: str) -> None:
    execute("update scheduled_move set state = %s, finished_at = %s where id = %s", [state, now(), row.id])


def _ended(actor: Actor, row: ScheduledMove, state: str) -> ScheduledMoveRow:
    _end(row, state)
    return _rows(actor, [visible_scheduled_moves(actor).get(id=row.id)])[0]


# --- on its day -----------------------------------------------------------------------------------


@on_timetable
def queue_due_moves() -> None:
    """Queue a job for each move whose day has come, once, on behalf of who scheduled it."""
    with system():
        due = rows(
            "select id, actor_id, unit_id from scheduled_move where state = 'pending' and effective_on <= %s"
            " and job_id is null order by effective_on, id limit 100 for update skip locked",
            [today()],
        )
        for id_, actor_id, unit_id in due:
            job_id = enqueue(Actor(actor_id, ""), _JOB, unit_id, {"id": id_})
            execute("update scheduled_move set job_id = %s where id = %s", [job_id, id_])


@job(_JOB, unasked="The operation that it does asks for all that is needed.")
def perform_scheduled_move(run: Run, arguments: Mapping[str, Any]) -> None:
    """Carry out a move as who scheduled it, or note why it is refused; harmless when repeated.

    arguments: id, the internal one of the scheduled move.
    """
    with system():
        row = ScheduledMove.objects.get(id=arguments["id"])
    if row.state != "pending":
        return
    crash_point("scheduled_move.before")
    try:
        run_operation("scheduled_move.carry_out", _actor(row.actor_id), str(row.public_id))
    except Refusal as refusal:
        _fail(row.id, refusal.as_dict())
        raise
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        _fail(row.id, _INTERNAL)
        raise
    crash_point("scheduled_move.after")


def _actor(actor_id: int) -> Actor:
    with system():
        return actor_by_id(actor_id)


def _fail(id_: int, error: Mapping[str, object]) -> None:
    """Note why a move was not made; one that was called off meanwhile stays so."""
    with system():
        ScheduledMove.objects.filter(id=id_, state="pending").update(
            state="failed", error=packed(error), finished_at=now()
        )
