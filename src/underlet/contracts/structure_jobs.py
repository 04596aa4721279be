"""The job behind `structure.import` and `structure.check`: read, decide, write in one transaction; or take it back.

A dry run does all of it, so that nothing can be refused later that it did not tell; only concurrent changes can. Killed
at any point, the job leaves everything as it was or all of it done, and does nothing when it runs again after that.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from underlet.contracts.models import StructureImport
from underlet.contracts.moves import carry_out, decide, tally
from underlet.contracts.structures import JOB
from underlet.foundation import audit, limits, storage
from underlet.foundation.actor import Actor, require_below
from underlet.foundation.clock import now, today
from underlet.foundation.crash import crash_point
from underlet.foundation.database.constraints import refusal_of
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.jobs import Run, aside, job
from underlet.foundation.types import to_json
from underlet.kernel.errors import (
    FileRejected,
    Forbidden,
    GroupRequired,
    ImportRejected,
    NotFound,
    RateLimited,
    Refusal,
)
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import packed
from underlet.organization.bulk.items import Item, Plan
from underlet.organization.bulk.known import Known, chunks, names_of
from underlet.organization.bulk.lines import Line, Problem, problem, read_lines, refused
from underlet.organization.bulk.plan import plan_of
from underlet.organization.bulk.steps import (
    OPERATION,
    before,
    change_units,
    create_units,
    id_of,
    refer_units,
    said,
)
from underlet.organization.models import Unit
from underlet.organization.queries import find_unit

MOST_CHANGES = 10_000
"""Values that change, of which a report keeps so many; it counts all."""

Tell = Callable[[int], None]


@dataclass(slots=True)
class Report:
    """What an import did or would do."""

    plan: Plan
    problems: list[Problem] = field(default_factory=list)
    ended: int = 0
    drafts: int = 0
    restored: int = 0
    parents: dict[int, str] = field(default_factory=dict)


class _TakenBack(Exception):
    """Ends a transaction whose work shall not stay."""

    def __init__(self, report: Report) -> None:
        self.report = report


class _NeedsStructure(Exception):
    """The file moves units, for which the hierarchy must be locked exclusively before anything is read."""


def _turned_away(arguments: Mapping[str, Any], refusal: Refusal) -> bool:
    """Nothing of a file is imported whose sender may not do that any more; False for one that was settled before."""
    report = Report(Plan(), [problem(0, refusal.code(), refusal.detail, refusal.hint)])
    with system():
        row = StructureImport.objects.select_for_update().get(id=arguments["import_id"])
        is_waiting = row.state == "received"
        if is_waiting:
            _settle(row, "rejected", report)
    return is_waiting


@job(JOB, needs=Permission.UNIT_EDIT, below=True, refused=_turned_away)
def perform_structure_import(run: Run, arguments: Mapping[str, Any]) -> None:
    """Import one received file of units, or try to; safe to run again at any point."""
    with system():
        row = StructureImport.objects.get(id=arguments["import_id"])
    if row.state != "received":
        return
    crash_point("structure.before_read")
    run.progress(0, 0, row.name)
    try:
        lines, problems = read_lines(storage.path_of(row.sha256))
        crash_point("structure.after_read")
        with limits.counted(run.actor):  # names out of sight that the report tells of
            report = _report(run, row, lines, problems)
    except (NotFound, Forbidden) as refusal:  # the right ended while the file was read
        _turned_away(arguments, refusal)
        raise
    except (FileRejected, RateLimited) as refusal:
        report = Report(Plan(), [problem(0, refusal.code(), refusal.detail, refusal.hint)])
    if report is not None:
        with writing(run.actor):
            _settle(row, "rejected" if report.problems else "checked", report)
    crash_point("structure.after_write")
    if report is not None and report.problems:
        raise ImportRejected()


def _report(run: Run, row: StructureImport, lines: Sequence[Line], problems: list[Problem]) -> Report | None:
    """Do the import; None if it is done and settled. Otherwise what stands against it, or what it would do."""
    with aside(run) as progress:
        done = 0

        def tell(more: int) -> None:
            nonlocal done
            done += more
            progress(done, len(lines), row.name)

        tell(0)
        for is_exclusive in (False, True):
            done = 0
            try:
                with writing(run.actor):
                    _do(run.actor, row, lines, problems, tell, is_exclusive=is_exclusive)
                return None
            except _NeedsStructure:
                continue
            except _TakenBack as taken_back:
                return taken_back.report
    raise AssertionError("unreachable")


def _do(
    actor: Actor, row: StructureImport, lines: Sequence[Line], problems: list[Problem], tell: Tell,
    *, is_exclusive: bool,
) -> None:  # fmt: skip
    """The whole import in the open transaction. Raises _TakenBack unless it may stay."""
    # Exclusive before any row for moves, as everywhere (data-core.md §7); else others may work meanwhile.
    if is_exclusive:
        execute("select pg_advisory_xact_lock(%s)", [row.hierarchy_id])
    else:
        execute("select pg_advisory_xact_lock_shared(%s)", [row.hierarchy_id])
    subject = find_unit(actor, row.unit.public_id) if _is_waiting(row) else None
    if subject is None:
        raise NotFound()
    require_below(Permission.UNIT_EDIT, subject.id)
    plan = plan_of(actor, subject, lines)
    if plan.moved and not is_exclusive:
        raise _NeedsStructure
    report = Report(plan, sorted([*problems, *plan.problems, *_without_group(plan)], key=lambda one: one.line))
    if report.problems:
        raise _TakenBack(report)
    trail = _write(actor, subject, report, tell)
    crash_point("structure.inside_write")
    if row.is_dry_run or report.problems:
        raise _TakenBack(report)
    _settle(row, "done", report)
    for chunk in chunks(trail):
        audit.record_many(actor, OPERATION, subject.hierarchy_id, chunk)


def _without_group(plan: Plan) -> list[Problem]:
    """New units below one that is changed by roles on groups alone need a group (R53), and a file names none."""
    asked = {item.parent.id for item in plan.new if isinstance(item.parent, Known)}
    closed = {
        id_ for (id_,) in rows("select id from unnest(%s::bigint[]) id where only_by_groups(id)", [list(asked)])
    }
    refusal = GroupRequired(
        hint="Make the unit by itself and choose a group there; a file can change it afterwards."
    )
    return [
        item.refused(refusal, item.parent_column)
        for item in plan.new
        if isinstance(item.parent, Known) and item.parent.id in closed
    ]


def _is_waiting(row: StructureImport) -> bool:
    return bool(rows("select 1 from structure_import where id = %s and state = 'received' for update", [row.id]))


def _write(actor: Actor, subject: Unit, report: Report, tell: Tell) -> list[audit.Change]:
    """Values first, then level by level what comes to be there: each unit finds its parent in place, and none is ever
    deeper than before or after. Returns what the audit trail keeps of it."""
    plan = report.plan
    report.parents = names_of(
        actor, {one.known.parent_id for one in plan.moved if one.known and one.known.parent_id}
    )
    tell(plan.unchanged)
    trail: list[audit.Change] = []
    report.problems += change_units(subject, plan.changed, tell, trail)
    for depth in sorted({one.depth for one in (*plan.new, *plan.moved)}):
        new = [one for one in plan.new if one.depth == depth]
        report.problems += create_units(subject, new, tell, trail)
        for item in plan.moved:
            if item.depth == depth and item.known and item.parent and id_of(item.parent):
                found = _move(actor, item, item.known, id_of(item.parent), report)
                report.problems += found
                tell(not item.is_changed)
    report.problems += refer_units([*plan.new, *plan.changed])
    trail += [
        (one.known.id, {"parent": report.parents.get(one.known.parent_id or 0, "")}, {"parent": one.parent.name})
        for one in plan.moved
        if one.known and one.parent
    ]
    return trail


def _move(actor: Actor, item: Item, known: Known, parent_id: int, report: Report) -> list[Problem]:
    """Move one unit as `unit.move` does."""
    unit = find_unit(actor, known.public_id)
    parent = Unit.objects.filter(id=parent_id).values_list("public_id", flat=True).first()
    try:
        if unit is None or parent is None:
            raise NotFound()
        with transaction.atomic():
            day = today()
            decision = decide(actor, unit, parent, day)
            carry_out(unit, decision, day)
    except Refusal as refusal:
        return [refused(item.line.number, refusal, column=item.parent_column, value=item.name)]
    except IntegrityError as error:
        violated = refusal_of(error)
        if violated is None:
            raise
        return [refused(item.line.number, violated, column=item.parent_column, value=item.name)]
    ended, drafts, restored = tally(decision.contracts)
    report.ended += ended
    report.drafts += drafts
    report.restored += restored
    return []


def _settle(row: StructureImport, state: str, report: Report) -> None:
    """Keep what was found, and what became of the import."""
    plan = report.plan
    is_refused = state == "rejected"
    fields = Counter(column for one in plan.changed for column in said(one))
    findings = [_problem_row(one) for one in report.problems] if is_refused else _changes(report)
    for chunk in chunks(findings):
        execute(
            "insert into structure_finding (import_id, line, kind, unit, column_name, before, after, code, detail,"
            " hint)"
            " select %s, line, kind, coalesce(unit, ''), coalesce(column_name, ''), coalesce(before, ''),"
            " coalesce(after, ''), coalesce(code, ''), coalesce(detail, '\"\"'), coalesce(hint, '\"\"')"
            " from jsonb_populate_recordset(null::structure_finding, %s)",
            [row.id, json.dumps(chunk)],
        )
    counts = [0, 0, 0, 0] if is_refused else [len(plan.new), len(plan.changed), len(plan.moved), plan.unchanged]
    execute(
        "update structure_import set state = %s, created = %s, changed = %s, moved = %s, unchanged = %s, fields = %s,"
        " contracts_ended = %s, drafts_made = %s, contracts_restored = %s, problems = %s, finished_at = %s"
        " where id = %s and state = 'received'",
        [
            state, *counts, json.dumps({} if is_refused else fields), report.ended, report.drafts, report.restored,
            len(report.problems), now(), row.id,
        ],
    )  # fmt: skip


def _problem_row(one: Problem) -> dict[str, Any]:
    return {
        "line": one.line, "kind": "problem", "column_name": one.column, "before": one.value, "code": one.code,
        "detail": packed(one.detail), "hint": packed(one.hint),
    }  # fmt: skip


def _changes(report: Report) -> list[dict[str, Any]]:
    """The values that change and the moves, in the order of the lines, as many as are kept."""
    found: list[dict[str, Any]] = []
    for item in report.plan.moved:
        if item.known and item.parent:
            old = report.parents.get(item.known.parent_id or 0, "")
            found.append(_change(item, "move", "parent", old, item.parent.name))
    for item in report.plan.changed:
        if item.known and len(found) < MOST_CHANGES:
            old_values = before(item, item.known)
            found += [_change(item, "change", name, old_values[name], value) for name, value in said(item).items()]
    return sorted(found[:MOST_CHANGES], key=lambda one: int(one["line"]))


def _change(item: Item, kind: str, column: str, old: Any, new: Any) -> dict[str, Any]:
    values = [
        {True: "yes", False: "no"}[one] if isinstance(one, bool) else str(to_json(one)) for one in (old, new)
    ]
    return {
        "line": item.line.number, "kind": kind, "unit": item.name, "column_name": column, "before": values[0],
        "after": values[1],
    }  # fmt: skip
