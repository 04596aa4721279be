"""Two transactions at once that take no lock of the application: the database's own keep the derived rows right."""

import threading
from typing import LiteralString

import pytest
from django.db import DatabaseError, connections

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system, writing

_MOVE: LiteralString = (
    "update unit set parent_id = (select id from unit where name = '{parent}') where name = '{unit}'"
)


def move(unit: str, parent: str) -> LiteralString:
    text: LiteralString = _MOVE.format(unit=unit, parent=parent)  # type: ignore[assignment]
    return text


def new(name: str, parent: str) -> LiteralString:
    text: LiteralString = (
        "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, created_at)"
        f" select p.hierarchy_id, p.id, 'organization', '{name}', lower('{name}'), '{{}}', p.entity_id, now()"
        f" from unit p where p.name = '{parent}'"
    )  # type: ignore[assignment]
    return text


_PHYSICS_MOVES = move("Department of Physics", "Faculty of Arts")  # and stays on its level, so that no key changes
_RENAME: LiteralString = "update unit set name = 'Optics', name_key = 'optics' where name = 'Laboratory'"
_NEW_CODE: LiteralString = "update unit set code = 'X', also_key = 'x' where name = 'Laboratory'"
_OWN_ENTITY: LiteralString = (
    "update unit set is_entity_own = true, entity_id = current_setting('test.spare')::bigint"
    " where name = 'Department of Physics'"
)

RACES: dict[str, tuple[LiteralString, LiteralString]] = {
    "opposite moves": (
        move("Faculty of Science", "Faculty of Arts"),
        move("Faculty of Arts", "Faculty of Science"),
    ),
    "a move below what is moving": (_PHYSICS_MOVES, move("History", "Department of Physics")),
    "a move of what a unit has moved below": (move("History", "Department of Physics"), _PHYSICS_MOVES),
    "a move out of what is moving": (_PHYSICS_MOVES, move("Laboratory", "History")),
    "a new unit below what is moving": (_PHYSICS_MOVES, new("Chemistry", "Department of Physics")),
    "a move of what a new unit is below": (new("Chemistry", "Department of Physics"), _PHYSICS_MOVES),
    "a new unit deep in what is moving": (_PHYSICS_MOVES, new("Chemistry", "Laboratory")),
    "a move of what a new unit is deep in": (new("Chemistry", "Laboratory"), _PHYSICS_MOVES),
    "a rename in what is moving": (_PHYSICS_MOVES, _RENAME),
    "a move of what holds a rename": (_RENAME, _PHYSICS_MOVES),
    "a new code in what is moving": (_PHYSICS_MOVES, _NEW_CODE),
    "a move of what holds a new code": (_NEW_CODE, _PHYSICS_MOVES),
    "a new unit below a new legal entity": (_OWN_ENTITY, new("Chemistry", "Department of Physics")),
    "a new legal entity above a new unit": (new("Chemistry", "Department of Physics"), _OWN_ENTITY),
    "a move below a new legal entity": (_OWN_ENTITY, move("History", "Department of Physics")),
    "a new legal entity above a move": (move("History", "Department of Physics"), _OWN_ENTITY),
}


def _name_spare(entity_id: int) -> None:
    """A legal entity that belongs to no unit yet is nobody's to see: it is named beside the statement."""
    execute("select set_config('test.spare', %s, true)", [str(entity_id)])


class _Second(threading.Thread):
    """Runs a statement once the first has run, while that is not yet committed."""

    def __init__(self, actor: Actor, text: LiteralString, spare: int) -> None:
        super().__init__()
        self.actor, self.text, self.spare = actor, text, spare

    def run(self) -> None:
        try:
            with writing(self.actor):
                _name_spare(self.spare)
                execute(self.text)
        except DatabaseError:
            pass  # refused, or chosen to end a deadlock: either leaves nothing behind
        finally:
            connections.close_all()


@pytest.mark.parametrize("race", RACES)
def test_no_race_leaves_a_row_wrong(cast: Cast, race: str) -> None:
    """R8 to R11, A13: SQL as a person's role, without operations and their locks."""
    first, second = RACES[race]
    with system():
        execute(new("History", "Harbor"))
        execute(new("Laboratory", "Department of Physics"))
        spare = scalar(
            "insert into legal_entity (hierarchy_id, name) select hierarchy_id, 'Spare' from unit"
            " where name = 'Harbor' returning id"
        )
    other = _Second(cast.uma, second, spare)
    try:
        with writing(cast.uma):
            _name_spare(spare)
            assert execute(first) == 1
            other.start()
            other.join(0.3)
    except DatabaseError:
        pass
    other.join()
    check_structure()
