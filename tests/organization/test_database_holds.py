"""The database refuses by itself what the application would: SQL as its two roles, without operations."""

from typing import LiteralString

import pytest
from django.db import DatabaseError

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import reading, system, writing

_INSERT: LiteralString = (
    "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, created_at)"
    " select p.hierarchy_id, p.id, '{kind}', '{name}', lower('{name}'), '{{}}', p.entity_id, now()"
    " from unit p where p.name = '{parent}'"
)


def insert(parent: str, kind: str, name: str) -> LiteralString:
    text: LiteralString = _INSERT.format(parent=parent, kind=kind, name=name)  # type: ignore[assignment]
    return text


SYSTEM_REFUSED: dict[str, tuple[LiteralString, str]] = {
    "R9 leaf": (insert("acme.example.com", "organization", "Below a leaf"), "unit_parent_kind"),
    "R4 name": (insert("Birch", "organization", "BIRCH LAB"), "unit_name_in_hierarchy"),
    "R19 customer's name": (insert("Harbor", "customer", "acme.example.com"), "unit_customer_name"),
    "R20 form": (insert("Birch", "customer", "not a host"), "unit_name_form"),
    "R1 one root": (
        "insert into unit (hierarchy_id, kind, name, name_key, anc, entity_id, is_entity_own, created_at)"
        " select hierarchy_id, 'organization', 'Second', 'second', '{}', entity_id, true, now() from unit"
        " where name = 'Fjord'",
        "unit_one_root",
    ),
    "R9 kind": (
        "update unit set kind = 'customer', name = 'b.example.com' where name = 'Birch'",
        "unit_parent_kind",
    ),
    "cycle": (
        "update unit set parent_id = (select id from unit where name = 'Alder') where name = 'Birch'",
        "unit_no_cycle",
    ),
    "another hierarchy": (
        "update unit set parent_id = (select id from unit where name = 'Harbor') where name = 'Alder'",
        "unit_parent_hierarchy",
    ),
    "another party's legal entity": (
        "update unit set entity_id = (select entity_id from unit where name = 'Cedar') where name = 'Birch'",
        "unit_entity_owner",
    ),
    "R20 trailing newline": (insert("Birch", "customer", "acme.example.net\n"), "unit_name_form"),
    "a root as draft": ("update unit set state = 'draft' where name = 'Fjord'", "unit_life"),
    "archived from the start": (
        "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, state, archived_at,"
        " created_at) select hierarchy_id, id, 'organization', 'Gone', 'gone', '{}', entity_id, 'archived', now(),"
        " now() from unit"
        " where name = 'Birch'",
        "unit_life",
    ),
    "archived later": (
        "update unit set state = 'archived', archived_at = '2999-01-01' where name = 'lab.gamma.example.net'",
        "unit_life",
    ),
    "archived without a day": (
        "update unit set state = 'archived' where name = 'lab.gamma.example.net'",
        "unit_archived_at",
    ),
    "a released name in use": (
        "update unit set name_released_at = now() where name = 'lab.gamma.example.net'",
        "unit_name_released",
    ),
    "back to a draft": ("update unit set state = 'draft' where name = 'lab.gamma.example.net'", "unit_life"),
    "used unit": ("delete from unit where name = 'Alder'", "unit_parent"),
}


@pytest.mark.parametrize("case", SYSTEM_REFUSED)
def test_structure_holds_whoever_writes(cast: Cast, case: str) -> None:
    """R1, R3, R4, R9, R19, R20: even as the role that sees and may do everything."""
    text, constraint = SYSTEM_REFUSED[case]
    with pytest.raises(DatabaseError) as refused, system():
        execute(text)
    diagnosis = getattr(refused.value.__cause__, "diag", None)
    assert getattr(diagnosis, "constraint_name", "").startswith(constraint)
    check_structure()


def test_ten_levels_hold_whoever_writes(cast: Cast) -> None:
    """R8."""
    with system():
        for level in range(2, 11):
            execute(insert("Harbor" if level == 2 else f"L{level - 1}", "organization", f"L{level}"))
    with pytest.raises(DatabaseError, match="unit_depth"), system():
        execute(insert("L10", "organization", "L11"))
    with pytest.raises(DatabaseError, match="unit_depth"), system():
        execute(
            "update unit set parent_id = (select id from unit where name = 'L9') where name = 'Faculty of Science'"
        )
    check_structure()


APP_REFUSED: dict[str, LiteralString] = {
    "ancestors": "update unit set anc = '{1}' where name = 'Birch'",
    "depth": "update unit set parent_depth = 1 where name = 'Alder'",
    "scope": "insert into user_scope (actor_id, unit_id, entity_id, subtree, perms) select 1, 1, 1, true, 1",
    "hierarchy": "update unit set hierarchy_id = 2 where name = 'Alder'",
    "closure": "select * from unit_closure",
    "truncate": "truncate unit cascade",
    "audit": "update audit_entry set operation = 'x'",
    "audit deletion": "delete from audit_entry",
    "operator": "update app_user set is_operator = true",
    "grant": "update access_grant set perms = 16383",
    "foreign unit": insert("Cedar", "organization", "Planted"),
}


@pytest.mark.parametrize("case", APP_REFUSED)
def test_a_person_cannot_write_around_the_application(cast: Cast, case: str) -> None:
    """A5: SQL as `underlet_app` is refused, or finds no row."""
    try:
        with writing(cast.ben):
            touched = execute(APP_REFUSED[case])
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
