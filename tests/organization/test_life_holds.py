"""The life of a unit, held by the database itself: SQL as its two roles, without operations."""

import threading
from typing import LiteralString

import pytest
from django.db import DatabaseError, connections

from tests.cast import Cast
from tests.organization.invariants import insert
from tests.organization.truth import check_structure
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system, writing

# As Ben, who may do all this as long as the unit is not archived.
ARCHIVED_REFUSED: dict[str, LiteralString] = {
    "rename": "update unit set name = 'x.example.io', name_key = 'x.example.io' where name = 'lab.gamma.example.net'",
    "code": "update unit set code = 'X' where name = 'lab.gamma.example.net'",
    "move": "update unit set parent_id = (select id from unit where name = 'Alder')"
    " where name = 'lab.gamma.example.net'",
    "another day": "update unit set archived_at = '2020-01-01' where name = 'lab.gamma.example.net'",
    "release": "update unit set name_released_at = now() where name = 'lab.gamma.example.net'",
    "legal entity": "update legal_entity set city = 'Oslo' where id = (select entity_id from unit"
    " where name = 'lab.gamma.example.net')",
    "new brand": "insert into brand (unit_id, product_name, updated_at) select id, 'X', now() from unit"
    " where name = 'lab.gamma.example.net'",
    "new unit below": insert("Gone", "organization", "Below"),
    "unit moved below": "update unit set parent_id = (select id from unit where name = 'Gone')"
    " where name = 'Birch Lab'",
    "contract": "insert into contract (hierarchy_id, seller_id, buyer_id, seller_entity_id, buyer_entity_id,"
    " seller_name, buyer_name, state, starts_on, created_at)"
    " select s.hierarchy_id, s.id, b.id, s.entity_id, b.entity_id, '', '',"
    " 'draft', '2026-01-01', now() from unit s, unit b where s.name = 'Birch' and b.name = 'lab.gamma.example.net'",
    "assignment": "insert into assignment (hierarchy_id, sub_account_id, unit_id, starts_on, ends_on, created_at)"
    " select hierarchy_id, 1, id, '2026-01-01', '2026-02-01', now() from unit where name = 'lab.gamma.example.net'",
}


@pytest.mark.parametrize("case", ARCHIVED_REFUSED)
def test_an_archived_unit_is_only_read_whoever_writes(cast: Cast, case: str) -> None:
    """R30: as the role of people and as the one that may do everything."""
    with writing(cast.ben):
        execute(insert("Birch", "organization", "Gone"))
        execute(
            "update unit set state = 'archived', archived_at = now() where name in ('Gone', 'lab.gamma.example.net')"
        )
    with pytest.raises(DatabaseError), writing(cast.ben):
        execute(ARCHIVED_REFUSED[case])
    if case != "release":
        with pytest.raises(DatabaseError), system():
            execute(ARCHIVED_REFUSED[case])
    check_structure()


ARCHIVING_REFUSED: dict[str, tuple[LiteralString, LiteralString]] = {
    "unit below": ("select 1", "unit_parent_active"),
    "contract": (
        "insert into contract (hierarchy_id, seller_id, buyer_id, seller_entity_id, buyer_entity_id,"
        " seller_name, buyer_name, state, starts_on, created_at)"
        " select s.hierarchy_id, s.id, b.id, s.entity_id, b.entity_id, '', '',"
        " 'active', '2026-01-01', now() from unit s, unit b where s.name = 'Birch' and b.name = 'beta.example.org'",
        "unit_archive_contract",
    ),
    "assignment": (
        "with a as (insert into account (hierarchy_id, unit_id, provider, external_id, currency, created_at)"
        " select hierarchy_id, id, 'aws', 'x', 'EUR', now() from unit where name = 'Fjord' returning *),"
        " s as (insert into sub_account (hierarchy_id, account_id, unit_id, external_id, first_on, last_on, created_at)"
        " select hierarchy_id, id, unit_id, 'x', '2026-01-01', '2026-01-01', now() from a returning *)"
        " insert into assignment (hierarchy_id, sub_account_id, unit_id, starts_on, created_at)"
        " select s.hierarchy_id, s.id, u.id, '2026-01-01', now() from s, unit u where u.name = 'beta.example.org'",
        "unit_archive_assignment",
    ),
    "customer that refers to it": (
        "update unit set anchors = true where name = 'beta.example.org';"
        " update unit set anchor_id = (select id from unit where name = 'beta.example.org')"
        " where name = 'lab.gamma.example.net'",
        "unit_archive_anchor",
    ),
}


@pytest.mark.parametrize("case", ARCHIVING_REFUSED)
def test_what_is_in_use_is_not_archived_whoever_writes(cast: Cast, case: str) -> None:
    """R30, R73: as the role of people and as the one that may do everything."""
    given, constraint = ARCHIVING_REFUSED[case]
    name = "Birch" if case == "unit below" else "beta.example.org"
    with system():
        for text in given.split(";"):
            execute(text)  # type: ignore[arg-type]
    for door in (writing(cast.ben), system()):
        with pytest.raises(DatabaseError) as refused, door:
            execute("update unit set state = 'archived', archived_at = now() where name = %s", [name])
        diagnosis = getattr(refused.value.__cause__, "diag", None)
        assert getattr(diagnosis, "constraint_name", None) == constraint


def test_nothing_stands_below_a_draft_whoever_writes(cast: Cast) -> None:
    """R76: neither new nor moved; and nothing open belongs to it."""
    with system():
        execute(
            "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, state, created_at)"
            " select hierarchy_id, id, 'organization', 'Draft', 'draft', '{}', entity_id, 'draft', now() from unit"
            " where name = 'Birch'"
        )
    for text in (
        insert("Draft", "organization", "Below"),
        "update unit set parent_id = (select id from unit where name = 'Draft') where name = 'Birch Lab'",
    ):
        with pytest.raises(DatabaseError, match="unit_parent_active"), system():
            execute(text)
    with pytest.raises(DatabaseError, match="a party is draft"), system():
        execute(ARCHIVING_REFUSED["contract"][0].replace("beta.example.org", "Draft"))
    with pytest.raises(DatabaseError, match="the unit is draft"), system():
        execute(ARCHIVING_REFUSED["assignment"][0].replace("beta.example.org", "Draft"))


def test_archiving_and_a_new_contract_at_once_never_both_succeed(cast: Cast) -> None:
    """R30: each side locks the unit's row, so whoever comes second sees the first."""
    archive: LiteralString = (
        "update unit set state = 'archived', archived_at = now() where name = 'beta.example.org'"
    )
    for _ in range(30):
        done: list[str] = []
        barrier = threading.Barrier(2)

        def write(text: LiteralString, done: list[str] = done, barrier: threading.Barrier = barrier) -> None:
            try:
                with system():
                    barrier.wait()
                    execute(text)
                done.append(text)
            except DatabaseError:
                pass
            finally:
                connections.close_all()

        threads = [
            threading.Thread(target=write, args=(text,)) for text in (archive, ARCHIVING_REFUSED["contract"][0])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(done) == 1
        with system():
            execute("delete from contract")
            execute("update unit set state = 'active' where name = 'beta.example.org' and state = 'archived'")
