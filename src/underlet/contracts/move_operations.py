"""`unit.move` and `unit.move_many`, here because a move ends contracts; `unit.last_move` leads back."""

from uuid import UUID

from underlet.contracts.move_types import LastMove, MovedMany, MoveManyPreview, MoveUnits, PlannedMove
from underlet.contracts.moves import Decision, carry_out, contracts_changed, decide, people_changed, tally
from underlet.contracts.types import Moved, MovedContract, MovedPerson, MoveUnit
from underlet.foundation.actor import Actor
from underlet.foundation.clock import today
from underlet.foundation.database.sql import rows
from underlet.foundation.registry import operation, query
from underlet.foundation.types import NoInput
from underlet.kernel.errors import InvalidInput, Refusal
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence, about
from underlet.organization.models import Unit
from underlet.organization.past import last_move
from underlet.organization.queries import MOVING_UNIT, UNIT, sizes_of, unit_links, visible_units
from underlet.organization.steps import check_move
from underlet.organization.types import UnitLink


@operation("unit.move", needs=Permission.UNIT_EDIT, subject=MOVING_UNIT, below=True, states={"draft", "active"})
def move_unit(actor: Actor, unit: Unit, data: MoveUnit) -> Moved:
    """Move a unit with everything below it under another organization (R10, R11).

    Structure and access change at once. Contracts whose seller is no longer the nearest billing ancestor end at the
    next period start and get successor drafts with the same terms; moving back before then restores them (billing.md
    §8, I9). Raises RootCannotMove, MoveIntoOwnSubtree, ParentMustBeOrganization, DepthExceeded; GrantExceedsCeiling
    where the move would lift a limit for roles that the mover may not lift (P2).
    """
    day = today()
    return carry_out(unit, decide(actor, unit, data.parent, day), day)


@query("unit.last_move", needs=Permission.UNIT_EDIT, subject=UNIT)
def show_last_move(actor: Actor, unit: Unit, data: NoInput) -> LastMove:
    """Show where a unit stood before it was moved last, and whether moving back is allowed (R10).

    Moving back is `unit.move` to that parent. A former parent that is hidden or gone is as if there was none.
    """
    came_from, moved_at = last_move(unit) or (0, None)
    former = visible_units(actor).filter(id=came_from).first()
    if former is None:
        return LastMove(unit.public_id, None, None, may_return=False)
    try:
        check_move(unit, former)
        may_return = True
    except Refusal:
        may_return = False
    link = UnitLink(former.public_id, UnitKind(former.kind), former.name)
    return LastMove(unit.public_id, link, moved_at, may_return)


# --- several at once ------------------------------------------------------------------------------


@query("unit.preview_move_many", needs=Permission.UNIT_EDIT, subject=UNIT, below=True)
def preview_move_many(actor: Actor, parent: Unit, data: MoveUnits) -> MoveManyPreview:
    """Show what moving several units below this one would do to each of them, and change nothing (R10, R11).

    Refused is what `unit.move_many` refuses, with the reason of each unit.
    """
    day = today()
    found = _found(actor, parent, data)
    parents = unit_links(actor, [unit.parent_id for unit in found.values() if unit.parent_id])
    sizes = sizes_of(actor, list(found.values()))
    planned: list[PlannedMove] = []
    touched: dict[object, MovedContract] = {}
    for id_ in dict.fromkeys(data.units):
        unit = found[id_]
        outcome, refusal = "stays" if unit.parent_id == parent.id else "moves", None
        contracts: tuple[MovedContract, ...] = ()
        people: tuple[MovedPerson, ...] = ()
        if outcome == "moves":
            try:
                check_move(unit, parent)
                contracts, people = (
                    contracts_changed(actor, unit, parent, day),
                    people_changed(actor, unit, parent),
                )
            except Refusal as refused:
                outcome, refusal = "refused", refused.as_dict()
        touched |= {(one.event, one.id or (unit.id, number)): one for number, one in enumerate(contracts)}
        changes = [person.change for person in people]
        planned.append(
            PlannedMove(
                unit.public_id, UnitKind(unit.kind), unit.name, outcome, parents.get(unit.parent_id or 0),
                *sizes[unit.id], changes.count("gains"), changes.count("loses"), *tally(contracts), refusal,
            )
        )  # fmt: skip
    outcomes = [one.outcome for one in planned]
    return MoveManyPreview(
        UnitLink(parent.public_id, UnitKind(parent.kind), parent.name),
        "refused" not in outcomes,
        outcomes.count("moves"),
        outcomes.count("stays"),
        outcomes.count("refused"),
        *tally(tuple(touched.values())),
        tuple(planned),
    )


@operation("unit.move_many", needs=Permission.UNIT_EDIT, subject=MOVING_UNIT, below=True)
def move_units(actor: Actor, parent: Unit, data: MoveUnits) -> MovedMany:
    """Move several units, each with everything below it, right below this one: all or none (R10, R11).

    What is there already stays unchanged. Each moves as by `unit.move`. Of two units of which one stands below the
    other, both move right below this one. Raises InvalidInput that names which units cannot move, and why.
    """
    found = _found(actor, parent, data)
    # Subject first, then by id (data-core.md §7); the hierarchy's lock is held already.
    rows("select 1 from unit where id = any (%s) order by id for update", [[unit.id for unit in found.values()]])
    moving = [unit for unit in found.values() if unit.parent_id != parent.id]
    refused: dict[str, Sentence] = {}
    for unit in moving:
        try:
            check_move(unit, parent)
        except Refusal as refusal:
            refused[f"units.{data.units.index(unit.public_id)}"] = about(unit.name, refusal.detail)
    if refused:
        raise InvalidInput("Not all of these units can move there, so none does.", fields=refused)
    # The deepest first: what stands below another of them leaves it before that one goes.
    day = today()
    done: list[Moved] = []
    for unit in sorted(moving, key=lambda one: (-one.depth, one.id)):
        unit.refresh_from_db()
        done.append(carry_out(unit, Decision(parent, contracts_changed(actor, unit, parent, day)), day))
    return MovedMany(
        parent.public_id,
        tuple(dict.fromkeys(data.units)),
        len(done),
        len(found) - len(done),
        sum(one.contracts_ended for one in done),
        sum(one.drafts_made for one in done),
        sum(one.contracts_restored for one in done),
    )


def _found(actor: Actor, parent: Unit, data: MoveUnits) -> dict[UUID, Unit]:
    """The units by public id, in the order asked for. Raises InvalidInput naming those that the actor does not see."""
    seen = visible_units(actor).filter(public_id__in=data.units, hierarchy_id=parent.hierarchy_id)
    found = {unit.public_id: unit for unit in seen}
    unknown = {
        f"units.{position}": "Choose a unit of this hierarchy."
        for position, id_ in enumerate(data.units)
        if id_ not in found
    }
    if unknown:
        raise InvalidInput(fields=unknown)
    return {id_: found[id_] for id_ in data.units}
