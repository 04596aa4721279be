"""S9, ADR-0034: the audit trail is one chain a hierarchy, and whatever is done to it is found."""

import threading
from collections.abc import Callable
from typing import LiteralString

import pytest
from django.db import DatabaseError, connections

from tests import tables
from tests.cast import Cast
from underlet.access.types import AuditVerdict
from underlet.foundation import audit_chain
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import reading, system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.errors import Forbidden, InvalidInput, Refusal
from underlet.project import wiring

wiring.load()


@pytest.fixture
def some(cast: Cast) -> Cast:
    """A few entries more."""
    for number in range(6):
        run("unit.update", cast.ada, cast.units["alder"], {"code": f"Ä-{number}"})
    run("user.update_me", cast.ben, None, {"theme": "dark"})
    return cast


def verify(cast: Cast, **more: object) -> AuditVerdict:
    found = ask("audit.verify", cast.ada, cast.units["fjord"], more)
    assert isinstance(found, AuditVerdict)
    return found


def last(cast: Cast) -> int:
    return int(ask("audit.head", cast.ada, cast.units["fjord"]).seq)


def test_every_entry_continues_the_chain_of_its_hierarchy(some: Cast) -> None:
    """S9: numbers without gap, a chain of its own for each hierarchy and for the installation."""
    with system():
        chains = rows(
            "select chain_id, count(*), max(seq), count(distinct hash), bool_and(chain_id = coalesce(hierarchy_id, 0))"
            " from audit_entry group by 1 order by 1"
        )
        heads = {
            chain: (seq, bytes(hash_)) for chain, seq, hash_ in rows("select chain_id, seq, hash from audit_head")
        }
        for chain, count, top, hashes, is_own in chains:
            assert (count, hashes, is_own) == (top, top, True)
            links = list(audit_chain.links_of(chain))
            assert heads[chain] == (top, links[-1].hash)
            assert audit_chain.verdict(iter(links), chain, audit_chain.head_of(chain)).fault == ""
    assert len(chains) == 3
    found = verify(some)
    assert (found.is_intact, found.fault, found.seq) == (True, "", None)
    assert found.checked == found.head.seq == last(some)
    assert found.head.hash == heads[chains[1][0]][1].hex()


TAMPERED: dict[str, tuple[tuple[LiteralString, ...], str, int]] = {
    "flipped": (("update audit_entry set input = '[1]' where seq = {n} and chain_id = {c}",), "changed", 0),
    "flipped time": (("update audit_entry set at = at + interval '1 microsecond' where seq = {n} and chain_id = {c}",),
                     "changed", 0),
    "blamed on another": (("update audit_entry set person_id = 1 where seq = {n} and chain_id = {c}",), "changed", 0),
    "moved between columns": (
        ("update audit_entry set before = input, input = before where seq = {n} and chain_id = {c}",), "changed", 0),
    "deleted": (("delete from audit_entry where seq = {n} and chain_id = {c}",), "missing", 0),
    "deleted, the rest moved up": (
        ("delete from audit_entry where seq = {n} and chain_id = {c}",
         "update audit_entry set seq = -seq where seq > {n} and chain_id = {c}",
         "update audit_entry set seq = -seq - 1 where seq < 0 and chain_id = {c}"), "out_of_order", 0),
    "two in the other order": (
        ("update audit_entry set seq = -seq where seq in ({n}, {n} + 1) and chain_id = {c}",
         "update audit_entry set seq = {n} + {n} + 1 + seq where seq < 0 and chain_id = {c}"), "out_of_order", 0),
    "inserted": (
        ("insert into audit_entry (actor_id, operation, input, before, at, chain_id, seq, previous, hash)"
         " select actor_id, 'unit.update', '{{}}', '{{}}', at, chain_id, seq, previous, hash from audit_entry"
         " where seq = {n} and chain_id = {c}",), "out_of_order", 0),
    "cut off": (("delete from audit_entry where seq > {n} and chain_id = {c}",), "cut_off", 1),
    "cut off with its head": (
        ("delete from audit_entry where seq > {n} and chain_id = {c}",
         "update audit_head set seq = {n}, hash = (select hash from audit_entry where seq = {n} and chain_id = {c})"
         " where chain_id = {c}"), "cut_off", 1),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERED)
def test_whatever_is_done_to_it_is_found(some: Cast, case: str) -> None:
    """S9: flipped, deleted, reordered, inserted and cut off, by somebody with all rights on the database; the first bad
    entry is named. A cut end whose head was cut too shows against a head noted before."""
    statements, fault, further = TAMPERED[case]
    head = ask("audit.head", some.ada, some.units["fjord"])
    at = head.seq - 3
    with system():
        chain = scalar("select hierarchy_id from unit where public_id = %s", [some.units["fjord"]])
    with tables.connect() as connection:
        connection.execute("alter table audit_entry drop constraint audit_entry_chain_id_seq_key")
        try:
            for statement in statements:
                connection.execute(statement.format(n=at, c=chain))
            found = verify(some, head_seq=head.seq, head_hash=head.hash)
        finally:
            tables.empty(connection)
            connection.execute("alter table audit_entry add unique (chain_id, seq)")
    assert not found.is_intact
    assert (found.fault, found.seq) == (fault, at + further)
    assert found.checked == (at if further else at - 1) or case == "inserted"


def test_a_chain_written_anew_shows_against_a_noted_head(some: Cast) -> None:
    """S9: all hashes after a change made to fit: only the head that was kept elsewhere tells."""
    head = ask("audit.head", some.ada, some.units["fjord"])
    with tables.connect() as connection:
        connection.execute("alter table audit_entry disable trigger audit_entry_is_final")
        with connection.transaction():
            connection.execute(
                "create temp table kept on commit drop as select * from audit_entry where chain_id <> 0"
            )
            connection.execute("delete from audit_entry where chain_id <> 0")
            connection.execute("delete from audit_head where chain_id <> 0")
            connection.execute("set local session_replication_role = origin")
            connection.execute("alter table audit_entry disable trigger audit_entry_by")
            connection.execute(
                "insert into audit_entry (id, public_id, hierarchy_id, unit_id, actor_id, person_id, operation,"
                " subject_id, input, before, after, at, change_id) overriding system value"
                " select id, public_id, hierarchy_id, unit_id, actor_id, person_id, operation, subject_id, '{}',"
                " before, after, at, change_id from kept order by chain_id, seq"
            )
            connection.execute("alter table audit_entry enable trigger audit_entry_by")
        connection.execute("alter table audit_entry enable trigger audit_entry_is_final")
    assert verify(some).is_intact
    found = verify(some, head_seq=head.seq, head_hash=head.hash)
    assert (found.fault, found.seq) == ("not_the_head", head.seq)


REFUSED: dict[str, LiteralString] = {
    "rewriting": "update audit_entry set operation = 'x'",
    "forgetting": "delete from audit_entry",
    "emptying": "truncate audit_entry",
    "moving the head": "update audit_head set seq = 0",
    "forgetting the head": "delete from audit_head",
    "emptying the heads": "truncate audit_head",
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("role", ["a person", "the software"])
def test_nobody_rewrites_it(cast: Cast, case: str, role: str) -> None:
    """S9, A5: refused by privilege to people's role and to the software's, which may move heads alone."""
    if case == "moving the head" and role == "the software":
        pytest.skip("its trigger does")
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        writing(cast.ada) if role == "a person" else system(),
    ):
        execute(REFUSED[case])


def test_what_a_person_says_about_the_chain_counts_nothing(some: Cast) -> None:
    """S9: number, hash, and who it was are the database's to fill in."""
    with writing(some.dan):
        execute(
            "insert into audit_entry (hierarchy_id, unit_id, actor_id, person_id, behalf_of_id, operation, input,"
            " before, at, chain_id, seq, previous, hash) select u.hierarchy_id, u.id, %s, 1, 1, 'x', '{}', '{}', now(),"
            " 77, 99999, 'x', 'x' from unit u where u.public_id = %s",
            [some.dan.id, some.units["acme"]],
        )
    assert verify(some).is_intact
    with system():
        [(person, behalf)] = rows("select person_id, behalf_of_id from audit_entry where operation = 'x'")
    assert (person, behalf) == (some.dan.id, None)


def test_writers_of_one_hierarchy_make_one_chain(cast: Cast) -> None:
    """S9: at the same time, and with refusals in between: no gap, no fork; another hierarchy's do not wait."""
    failed: list[BaseException] = []

    def work(who: str, unit: str, number: int) -> None:
        try:
            for step in range(3):
                run("unit.update", cast.people[who], cast.units[unit], {"code": f"{number}.{step}"})
                with pytest.raises(Refusal):
                    run("unit.update", cast.people[who], cast.units[unit], {"time_zone": "nowhere"})
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    jobs = (("ada", "cedar"), ("ben", "alder"), ("eve", "cedar"), ("ben", "birch_lab"), ("uma", "arts"))
    threads = [threading.Thread(target=work, args=(*job, number)) for number, job in enumerate(jobs)]
    before = last(cast)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failed
    found = verify(cast)
    assert (found.is_intact, found.checked) == (True, before + 12)
    assert ask("audit.verify", cast.uma, cast.units["harbor"]).is_intact


def test_a_chain_shows_at_the_root_alone(some: Cast) -> None:
    """A1: how much goes on elsewhere is told to nobody below; the installation's chain to its operator."""
    for name in ("audit.head", "audit.verify"):
        with pytest.raises(Forbidden):
            ask(name, some.ben, some.units["birch"])
        with pytest.raises(Forbidden):
            ask(name, some.ada, some.units["fjord"], {"chain": "installation"})
        assert ask(name, some.people["operator"], some.units["fjord"], {"chain": "installation"})
    with pytest.raises(InvalidInput):
        verify(some, head_seq=3)
    with reading(some.ben), pytest.raises(DatabaseError, match="permission denied"):
        rows("select 1 from audit_head")


def test_the_checker_agrees_with_the_trigger_on_odd_texts(cast: Cast) -> None:
    """S9: letters beyond ASCII, quotes, colons and line ends in what was sent: hashed alike on both sides."""
    texts: tuple[str, ...] = ("Ünï:çode 12:x-", 'quote " and \\ and \t', "𝄞 \U0001f600", "-", "0:")
    check: Callable[[], AuditVerdict] = lambda: verify(cast)  # noqa: E731
    for text in texts:
        run("unit.update", cast.ada, cast.units["cedar"], {"display_name": text})
    assert check().is_intact
