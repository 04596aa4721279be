"""The database refuses by itself what the application would: SQL as its two roles, without operations."""

from typing import LiteralString

import pytest
from django.db import DatabaseError

from tests.cast import Cast
from tests.organization.invariants import OUT_OF_REACH, STRUCTURE, Refused
from tests.organization.truth import check_structure
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import reading, system, writing


def _run(case: Refused) -> None:
    *scene, last = case.statements
    for text in scene:
        execute(text)
    execute(last)


@pytest.mark.parametrize("case", STRUCTURE, ids=lambda case: case.name)
def test_structure_holds_whoever_writes(cast: Cast, case: Refused) -> None:
    """R1, R3, R4, R8, R9, R10, R19, R20, R22, R73, R75 to R78, R82: as the role that sees and may do everything."""
    with pytest.raises(DatabaseError) as refused, system():
        _run(case)
    diagnosis = getattr(refused.value.__cause__, "diag", None)
    assert case.constraint in (getattr(diagnosis, "constraint_name", None) or str(refused.value))
    check_structure()


@pytest.mark.parametrize("case", STRUCTURE, ids=lambda case: case.name)
def test_structure_holds_for_people_without_operations(cast: Cast, case: Refused) -> None:
    """The same as `underlet_app`, acting for somebody who owns both hierarchies."""
    with pytest.raises(DatabaseError), writing(cast.operator):
        _run(case)
    check_structure()


@pytest.mark.parametrize("case", OUT_OF_REACH)
def test_a_person_cannot_write_around_the_application(cast: Cast, case: str) -> None:
    """A5: SQL as `underlet_app` is refused, or finds no row."""
    try:
        with writing(cast.ben):
            touched = execute(OUT_OF_REACH[case])
    except DatabaseError:
        touched = 0
    assert touched == 0
    check_structure()


def test_a_person_cannot_give_themselves_a_role(cast: Cast) -> None:
    """A5: not on a unit above, not beyond their own rights."""
    text: LiteralString = (
        "insert into access_grant (user_id, unit_id, role, perms, acts_for_id, created_at)"
        " select %s, u.id, 'owner', 16383, u.id, now() from unit u where u.public_id = %s"
    )
    for who, unit in (("dan", "alder"), ("dan", "acme"), ("ira", "birch_lab")):
        actor = cast.people[who]
        try:
            with writing(actor):
                touched = execute(text, [actor.id, cast.units[unit]])
        except DatabaseError:
            touched = 0
        assert touched == 0, (who, unit)


def test_without_an_actor_nothing_shows(cast: Cast) -> None:
    """A10: a transaction that forgot its actor sees zero rows."""
    from django.db import transaction

    with transaction.atomic():
        execute("select set_config('role', 'underlet_app', true), set_config('underlet.actor_id', '', true)")
        assert scalar("select count(*) from unit") == 0
    with reading(cast.ben):
        assert scalar("select count(*) from unit") == 7
