"""Who can see a unit or a contract, and why: here because prices of a unit are those of its contracts (B12)."""

from underlet.access.queries.reach import Hold, holds_in, reachers, seen_as, who_reaches
from underlet.access.types.reach import Reacher, WhoReaches
from underlet.contracts.models import Contract
from underlet.contracts.queries import CONTRACT, visible_contracts
from underlet.foundation.actor import Actor
from underlet.foundation.registry import query
from underlet.foundation.types import Page
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT


@query("access.of_unit", needs=Permission.USER_EDIT, subject=UNIT)
def access_of_unit(actor: Actor, unit: Unit, data: WhoReaches) -> Page[Reacher]:
    """List the people who see a unit, by name: what they may do there, and by which roles (R32, R35, B12).

    Those whose role lies where the reader does not administer users are not among them. They read prices if they act
    for the unit's legal entity, or sell to it by a contract that the reader sees as well.
    """
    holds = holds_in(unit.id)
    sellers: set[int] = set()
    for contract in visible_contracts(actor).filter(buyer_id=unit.id):
        there = {
            user for user, held in holds.items() if any(contract.seller_entity_id in one.entities for one in held)
        }
        sellers |= seen_as(there, "contract", contract.id)
    return who_reaches(actor, unit, data, sellers)


def people_of_edge(
    actor: Actor, what: str, row_id: int, ends: tuple[int, int], entities: tuple[int, int], data: WhoReaches
) -> Page[Reacher]:
    """The people who read a contract or an invoice. ends: seller and buyer. entities: their legal entities."""
    holds: dict[int, list[Hold]] = {}
    for end in ends:
        for user, held in holds_in(end).items():
            fitting = [one for one in held if one.perms & Permission.PRICES and one.entities & frozenset(entities)]
            if fitting:
                holds.setdefault(user, []).extend(fitting)
    seen = seen_as(holds, what, row_id)
    return reachers(actor, data, {user: held for user, held in holds.items() if user in seen}, seen)


@query("access.of_contract", needs=Permission.USER_EDIT, subject=CONTRACT)
def access_of_contract(actor: Actor, contract: Contract, data: WhoReaches) -> Page[Reacher]:
    """List the people who read a contract, of those whom the reader administers, by name, and by which roles (B12)."""
    ends, entities = (
        (contract.seller_id, contract.buyer_id),
        (contract.seller_entity_id, contract.buyer_entity_id),
    )
    return people_of_edge(actor, "contract", contract.id, ends, entities, data)
