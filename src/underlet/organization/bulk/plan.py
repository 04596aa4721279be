"""What a file would do to a hierarchy: which units come to be, change, move or stay, and which lines cannot be done.

Decided for the whole file at once, so that the order of its lines does not matter. Nothing is written here.
"""

from collections.abc import Sequence
from uuid import UUID

from underlet.foundation import limits
from underlet.foundation.actor import Actor
from underlet.kernel.errors import NameTaken, NameUnavailable, Refusal
from underlet.kernel.naming import check_unit_name, name_key
from underlet.kernel.sentence import Sentence
from underlet.organization.bulk.items import Item, Plan, Scene
from underlet.organization.bulk.known import Known, known_by_id, known_by_key, taken
from underlet.organization.bulk.lines import Line, Problem, problem, refused
from underlet.organization.bulk.places import check_rights, check_tree, place
from underlet.organization.bulk.values import compare
from underlet.organization.models import Unit

_NAMES = ("name", "parent", "customer_organization")


def plan_of(actor: Actor, subject: Unit, lines: Sequence[Line]) -> Plan:
    """Compare the lines with the hierarchy below the subject as the actor sees it, in an open transaction."""
    scene = _scene(actor, subject, lines)
    for line in lines:
        wrong = _recognize(scene, line)
        if wrong is not None:
            scene.problems.append(wrong)
    scene.problems += _check_names(actor, subject, scene.items)
    for item in scene.items:
        wrong = place(scene, item)
        if wrong is not None:
            scene.problems.append(wrong)
        scene.problems += compare(scene, item)
    scene.problems += check_tree(scene)
    scene.problems += check_rights(scene)
    return Plan(
        new=sorted((item for item in scene.items if item.known is None), key=lambda item: item.depth),
        changed=[item for item in scene.items if item.is_changed],
        moved=sorted((item for item in scene.items if item.is_moved), key=lambda item: item.depth),
        unchanged=sum(item.known is not None and not (item.is_changed or item.is_moved) for item in scene.items),
        problems=sorted(scene.problems, key=lambda one: one.line),
    )


def _scene(actor: Actor, subject: Unit, lines: Sequence[Line]) -> Scene:
    ids: set[UUID] = {subject.public_id}
    keys: set[str] = set()
    for line in lines:
        ids.update(line.unit[name] for name in ("id", "parent_id") if name in line.unit)
        keys.update(name_key(line.unit[name]) for name in _NAMES if name in line.unit)
    by_id = known_by_id(actor, subject.hierarchy_id, ids)
    by_key = known_by_key(actor, subject.hierarchy_id, keys)
    return Scene(by_id[subject.public_id], by_id, by_key)


def _recognize(scene: Scene, line: Line) -> Problem | None:
    """Find a line's unit by id, else by name; a line that fits none makes one."""
    given = line.unit
    if "id" not in given and "name" not in given:
        return problem(line.number, "name_missing", "The line has neither a name nor an id.", "Give one of them.")
    known: Known | None
    if "id" in given:
        known = scene.by_id.get(given["id"])
        if known is None or not scene.is_below(known):
            scene.spoiled.add(name_key(given.get("name", "")))
            return problem(
                line.number, "unit_unknown", "You see no unit with this id below the one that you import into.",
                "Clear the id to recognize the unit by its name.", column="id", value=given["id"],
            )  # fmt: skip
    else:
        known = scene.by_key.get(name_key(given["name"]))
        if known is not None and not scene.is_below(known):
            known = None  # then its name is taken
    return _add(scene, line, known)


def _add(scene: Scene, line: Line, known: Known | None) -> Problem | None:
    given = line.unit
    if known is None and "kind" not in given:
        scene.spoiled.add(name_key(given["name"]))
        return problem(
            line.number,
            "kind_missing",
            "A new unit needs a kind.",
            "Write organization or customer.",
            column="kind",
        )
    kind = known.kind if known else given["kind"]
    # Who is recognized by name keeps it as it is written.
    name = known.name if known and "id" not in given else given.get("name", known.name if known else "")
    if known is None or name != known.name:
        try:
            name = check_unit_name(kind, name)
        except Refusal as refusal:
            scene.spoiled.add(name_key(name))
            return refused(line.number, refusal, column="name", value=name)
    item = Item(line, kind, name, name_key(name), known)
    first = (scene.of_known.get(known.id) if known else None) or scene.named.get(item.key)
    if first is not None:
        return item.wrong(
            "line_repeated", Sentence("Line {line} is about this unit already.", line=first.line.number),
            "Keep one of the lines.", "name" if "name" in given else "id",
        )  # fmt: skip
    if known is not None:
        scene.of_known[known.id] = item
    scene.named[item.key] = item
    scene.items.append(item)
    return None


def _check_names(actor: Actor, subject: Unit, items: Sequence[Item]) -> list[Problem]:
    """Names that units get must be free now; a hidden unit's is unavailable, like a reserved one (R4, R19)."""
    fresh = [item for item in items if item.known is None or item.known.name_key != item.key]
    limits.require(actor, "name")
    found = taken(actor, subject, [(item.key, item.kind) for item in fresh])
    limits.note("name", sum(not is_seen for is_seen in found.values()))
    return [
        item.refused(NameTaken() if found[item.key, item.kind] else NameUnavailable(), "name")
        for item in fresh
        if (item.key, item.kind) in found
    ]
