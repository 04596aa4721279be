"""What archiving or removing a unit would do: shown by `unit.preview_removal`, done by `unit.remove`.

Removing lives here because documents and charges stand against it; the rules are in `contracts.archive`.
"""

from django.db.models import Q

from underlet.access.queries import grants_on
from underlet.access.roles import role_of
from underlet.branding.queries import brand_of
from underlet.contracts.archive import Tie, archive_obstacles, in_use, removal_obstacles, ties
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.registry import operation, query
from underlet.foundation.types import NoInput
from underlet.invoicing.queries import visible_invoices
from underlet.invoicing.types import LosingPerson, RemovalPreview
from underlet.kernel.errors import Forbidden, RootCannotMove
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.organization.queries import MOVING_UNIT, UNIT
from underlet.organization.types import Removed


def _all_ties(actor: Actor, unit: Unit) -> tuple[Tie, ...]:
    """What depends on a unit, billing's records included. Charges have no reader of their own: what they say is in
    invoices, so they only count as something there."""
    invoices = visible_invoices(actor).filter(Q(buyer_id=unit.id) | Q(seller_id=unit.id)).count()
    found = rows("select kind, total from unit_records(%s)", [unit.id])
    records = (Tie(kind, total, 0, invoices if kind == "invoices" else 0, 0) for kind, total in found)
    return (*ties(actor, unit), *records)


@query("unit.preview_removal", needs=Permission.UNIT_EDIT, subject=UNIT, below=True)
def preview_removal(actor: Actor, unit: Unit, data: NoInput) -> RemovalPreview:
    """Show what stands against removing or archiving a unit and what would go along, and change nothing (R3, R30).

    Refuses nothing: obstacles are the answer. What the reader may not see is one obstacle without a kind.
    """
    found = _all_ties(actor, unit)
    people = tuple(
        LosingPerson(grant.user.public_id, grant.user.name, role_of(grant))
        for grant in grants_on(actor, {unit.id})
    )
    return RemovalPreview(
        unit.public_id,
        removal_obstacles(unit, found),
        archive_obstacles(unit, found),
        people,
        tuple(brand_of(actor, unit.id).own),
        unit.entity.name if unit.is_entity_own else "",
    )


@operation("unit.remove", needs=Permission.UNIT_EDIT, subject=MOVING_UNIT, below=True, audit=("name", "state"))
def remove_unit(actor: Actor, unit: Unit, data: NoInput) -> Removed:
    """Remove a unit that nothing depends on, with its grants, brand and legal entity; its name is free at once (R3).

    Raises UnitInUse when it has children, contracts, assignments, documents or charges, RootCannotMove for the root.
    """
    if unit.parent_id is None:
        raise RootCannotMove("The root of a hierarchy cannot be removed.")
    found = _all_ties(actor, unit)
    obstacles = removal_obstacles(unit, found)
    if obstacles:
        if archive_obstacles(unit, found):
            raise in_use(obstacles, Sentence("Move or end what depends on it; then archive it."))
        raise in_use(obstacles, Sentence("Archive it instead: it keeps its documents and its history."))
    if not execute("delete from unit where id = %s", [unit.id]):
        raise Forbidden()
    return Removed(unit.public_id)
