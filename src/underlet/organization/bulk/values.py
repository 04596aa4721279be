"""What a line changes of its unit, and what it may not."""

from collections.abc import Iterator

from underlet.kernel.hierarchy import UnitKind, UnitState
from underlet.kernel.naming import name_key
from underlet.organization.bulk.items import Item, Scene
from underlet.organization.bulk.known import Known
from underlet.organization.bulk.lines import Problem

_ANCHOR = "customer_organization"
_OWN = "own_legal_entity"
_PLAIN = frozenset({"display_name", "organization_number", "time_zone", "code", "price_type"})
"""Columns whose values go into the unit as they are."""


def compare(scene: Scene, item: Item) -> Iterator[Problem]:
    """Tell the item its new values; empty cells say nothing."""
    given = {name: value for name, value in item.line.unit.items() if name in _PLAIN}
    own, known = item.line.unit.get(_OWN), item.known
    if known is None:
        item.unit, item.entity = given, dict(item.line.entity)
        item.is_own = own if own is not None else item.kind is UnitKind.CUSTOMER or bool(item.entity)
        if item.line.unit.get("state") == UnitState.ARCHIVED:
            yield item.wrong("wrong_state", "A new unit is not archived.", "Write draft or active.", "state")
    else:
        item.unit = {name: value for name, value in given.items() if value != _present(known, name)}
        if item.name != known.name:
            item.unit["name"] = item.name
        item.is_own = known.is_entity_own or bool(item.line.entity) or bool(own)
        item.becomes_own = item.is_own and not known.is_entity_own
        item.entity = {name: value for name, value in item.line.entity.items() if value != known.entity[name]}
        yield from _check_kept(item, known)
    if "price_type" in given and item.kind is not UnitKind.CUSTOMER:
        yield item.wrong("invalid_input", "Only customers have a price type.", "Clear the cell.", "price_type")
    yield from _choose_anchor(scene, item)
    yield from _check_entity(item)


def _present(known: Known, name: str) -> str:
    return known.price_type if name == "price_type" else known.texts[name]


def _check_kept(item: Item, known: Known) -> Iterator[Problem]:
    """What a line may say of an existing unit, but not change."""
    for column, value in (("kind", known.kind), ("state", known.state)):
        if item.line.unit.get(column, value) != value:
            yield item.wrong(
                "not_by_import", "An import does not change this of a unit that exists.",
                "Write what it is or clear the cell; change it in the unit itself.", column,
            )  # fmt: skip


def _choose_anchor(scene: Scene, item: Item) -> Iterator[Problem]:
    """The customer organization: an active customer (R76, R78) that refers to none itself, chosen for good (R82)."""
    text = item.line.unit.get(_ANCHOR)
    if text is None or name_key(text) in scene.spoiled:
        return
    found = scene.at(name_key(text))
    chosen = found.known if isinstance(found, Item) and found.known else found
    if item.known is not None and item.known.anchor_id is not None:
        if not isinstance(chosen, Known) or chosen.id != item.known.anchor_id:
            yield item.wrong(
                "customer_organization_permanent", "A customer organization is chosen once and for good (R82).",
                "Write the present one or clear the cell.", _ANCHOR,
            )  # fmt: skip
    elif item.kind is UnitKind.CUSTOMER and found is not item and chosen is not None and _can_be_chosen(chosen):
        item.anchor = chosen
    else:
        yield item.wrong(
            "customer_organization_inactive",
            "A customer organization is an active customer that refers to no other (R76, R78).", "Name one.", _ANCHOR,
        )  # fmt: skip


def _can_be_chosen(chosen: Known | Item) -> bool:
    """What else stands against it (accounts, contracts), the database decides."""
    if chosen.kind is not UnitKind.CUSTOMER:
        return False
    if isinstance(chosen, Known):
        return chosen.state == UnitState.ACTIVE and chosen.anchor_id is None
    return chosen.line.unit.get("state", UnitState.ACTIVE) == UnitState.ACTIVE and _ANCHOR not in chosen.line.unit


def _check_entity(item: Item) -> Iterator[Problem]:
    is_own = item.known is not None and item.known.is_entity_own
    if item.line.unit.get(_OWN) is False and (item.line.entity or is_own):
        yield item.wrong(
            "own_legal_entity", "The unit has a legal entity of its own, or would get one by its cells.",
            "Write yes, or clear the cells of the columns that begin with legal_.", _OWN,
        )  # fmt: skip
        return
    before = item.known.entity if item.known is not None and is_own else {}
    after = {**before, **item.line.entity}
    if bool(after.get("electronic_address")) != bool(after.get("electronic_address_scheme")):
        yield item.wrong(
            "invalid_input", "An electronic address and its scheme go together.", "Give both, or neither.",
            "legal_electronic_address",
        )  # fmt: skip
