"""Where a file puts its units: parents by name or id, the tree that comes of it, and the right to make it so."""

from collections.abc import Iterator

from underlet.kernel.errors import DepthExceeded, Forbidden, MoveIntoOwnSubtree, ParentMustBeOrganization
from underlet.kernel.hierarchy import MAX_DEPTH, UnitKind, UnitState
from underlet.kernel.naming import name_key
from underlet.organization.bulk.items import Item, Scene
from underlet.organization.bulk.known import Known, levels_below, rights_in
from underlet.organization.bulk.lines import Problem


def place(scene: Scene, item: Item) -> Problem | None:
    """Give a line its parent: one that exists, or one of the file; without one a new unit comes right below the top."""
    given = item.line.unit
    if "parent_id" not in given and "parent" not in given:
        item.parent = scene.top if item.known is None else None
        return None
    found = _parent_by_id(scene, item) if "parent_id" in given else _parent_by_name(scene, item)
    if found is None or isinstance(found, Problem):
        return found
    if found.kind is not UnitKind.ORGANIZATION:
        return item.refused(ParentMustBeOrganization(), item.parent_column)
    at = found.known if isinstance(found, Item) and found.known is not None else found
    if item.known is not None and isinstance(at, Known) and at.id == item.known.parent_id:
        return None
    item.parent = at
    if (at.state if isinstance(at, Known) else at.line.unit.get("state", UnitState.ACTIVE)) != UnitState.ACTIVE:
        return item.wrong("wrong_state", "The parent is not active.", "Activate it first.", item.parent_column)
    return None


def _parent_by_id(scene: Scene, item: Item) -> Known | Problem:
    given = item.line.unit
    known = scene.by_id.get(given["parent_id"])
    if known is None or not (known.id == scene.top.id or scene.is_below(known)):
        return _unknown(item, "parent_id")
    itself = scene.of_known.get(known.id)
    names = ("", known.name_key, itself.key if itself else known.name_key)
    if name_key(given.get("parent", "")) not in names:
        return item.wrong(
            "parent_ambiguous", "The columns parent and parent_id name different units.",
            "Clear the one that is not meant.", "parent",
        )  # fmt: skip
    return known


def _parent_by_name(scene: Scene, item: Item) -> Known | Item | Problem | None:
    key = name_key(item.line.unit["parent"])
    found = scene.at(key)
    if isinstance(found, Known) and not (found.id == scene.top.id or scene.is_below(found)):
        found = None
    if found is None and key not in scene.spoiled:
        return _unknown(item, "parent")
    return found


def _unknown(item: Item, column: str) -> Problem:
    return item.wrong(
        "parent_unknown", "You see no such parent in the unit that you import into, and the file makes none.",
        "Correct it, or add a line for the parent.", column,
    )  # fmt: skip


def check_tree(scene: Scene) -> Iterator[Problem]:
    """No cycle and at most ten levels (R8) in the tree to be; tells each new and moved unit its level."""
    below = levels_below([item.known.id for item in scene.items if item.known and item.is_moved])
    above: dict[int, int] = {}
    for known in (*scene.by_id.values(), *scene.by_key.values()):
        above.update(zip(known.anc[1:], known.anc[:-1], strict=True))
    depths = {scene.top.id: scene.top.depth}
    for item in scene.items:
        if item.parent is None:
            continue
        depth = _depth(scene, item, above, depths)
        if depth is None:
            yield item.refused(MoveIntoOwnSubtree(), item.parent_column)
        elif depth + (below[item.known.id] if item.known else 0) > MAX_DEPTH:
            yield item.refused(DepthExceeded(), item.parent_column)
        item.depth = depth or 0


def _depth(scene: Scene, item: Item, above: dict[int, int], depths: dict[int, int]) -> int | None:
    """On which level the unit would be; None in a cycle. depths: those found before, by node."""
    way: dict[int, None] = {}
    here: Known | Item | int = item
    while (node := _node(here)) not in depths:
        if node in way:
            return None
        way[node] = None
        here = _above(scene, here, above)
    depth = depths[node]
    for node in reversed(way):
        depth += 1
        depths[node] = depth
    return depth


def _node(here: Known | Item | int) -> int:
    """A unit of the tree to be: its id, or, for a new one, a number that no id is."""
    if isinstance(here, Item):
        return here.known.id if here.known else -here.line.number
    return here.id if isinstance(here, Known) else here


def _above(scene: Scene, here: Known | Item | int, above: dict[int, int]) -> Known | Item | int:
    item = here if isinstance(here, Item) else scene.of_known.get(_node(here))
    if item is not None and item.parent is not None:
        return item.parent
    if item is not None and item.known is None:
        return scene.top  # its parent was refused
    return above[_node(here)]


def check_rights(scene: Scene) -> Iterator[Problem]:
    """UNIT_EDIT where something changes: in the unit, in the parent that it leaves, below the one it comes to."""
    asked = {id_ for item in scene.items for id_ in _touched(item)}
    rights = rights_in(asked)
    for item in scene.items:
        known, parent = item.known, item.parent
        if known is not None and (item.is_changed or item.is_moved) and known.id not in rights.edited:
            yield item.refused(Forbidden(), "name" if "name" in item.line.unit else "id")
            continue
        may_leave = known is None or not item.is_moved or known.parent_id in rights.edited
        may_come = not isinstance(parent, Known) or parent.id in rights.filled
        if not (may_leave and may_come):
            yield item.refused(Forbidden(), item.parent_column)
        if (
            isinstance(item.anchor, Known) and item.anchor.id not in rights.edited
        ):  # it is never billed from then on
            yield item.refused(Forbidden(), "customer_organization")


def _touched(item: Item) -> Iterator[int]:
    """The existing units in which the right is asked."""
    for one in (item.parent, item.anchor):
        if isinstance(one, Known):
            yield one.id
    if item.known is not None and (item.is_changed or item.is_moved):
        yield item.known.id
        if item.is_moved and item.known.parent_id:
            yield item.known.parent_id
