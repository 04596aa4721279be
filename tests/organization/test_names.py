"""Who may take a name: name.check, and the names that the installation holds back (R4, R19, R20)."""

import json
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from tests.cast import Cast
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.limits import LIMITS
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors
from underlet.organization.names import propose_name

HIDDEN, RESERVED = "delta.example.org", "held.example.org"
"""Cedar's customer, which Ben does not see; a name that the operator reserved."""


def check(cast: Cast, name: str, who: str = "ben", kind: str = "customer", unit: str = "birch") -> str:
    return str(ask("name.check", cast.people[who], cast.units[unit], {"kind": kind, "name": name}).name)


def answer(cast: Cast, name: str) -> bytes:
    with pytest.raises(errors.Refusal) as refused:
        check(cast, name)
    return json.dumps([refused.value.status, refused.value.as_dict()]).encode()


def reserve(cast: Cast, name: str = RESERVED) -> None:
    assert run("name.reserve", cast.people["operator"], None, {"name": name}).body["has_changed"]


def test_a_free_name_is_told_in_its_stored_form(cast: Cast) -> None:
    """R4, R19."""
    assert check(cast, "new.example.io") == "new.example.io"
    assert check(cast, "Bo\u0308le", kind="organization") == "Böle"


def test_hidden_and_reserved_answer_with_the_same_bytes(cast: Cast) -> None:
    """R19, A3: by the check and by the creation."""
    reserve(cast)
    assert answer(cast, HIDDEN) == answer(cast, RESERVED) == answer(cast, "example.invalid")
    for name in (HIDDEN, RESERVED):
        with pytest.raises(errors.NameUnavailable) as refused:
            run("unit.create", cast.ben, cast.units["birch"], {"kind": "customer", "name": name})
        assert json.dumps([refused.value.status, refused.value.as_dict()]).encode() == answer(cast, HIDDEN)
    with pytest.raises(errors.NameTaken):
        check(cast, HIDDEN, "ada")


def test_hidden_and_reserved_take_as_long(cast: Cast) -> None:
    """A3: the same look-ups are made whatever the first of them says."""
    reserve(cast)

    def median(name: str) -> float:
        times = []
        for _ in range(25):
            with system():
                execute("delete from refusal_count")
            start = time.perf_counter()
            answer(cast, name)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    median(HIDDEN)
    one, other = median(HIDDEN), median(RESERVED)
    assert max(one, other) / min(one, other) < 1.5


def test_a_reserved_name_is_for_no_unit(cast: Cast) -> None:
    """R19: of either kind, in any hierarchy, by any way; a unit that has it keeps it."""
    reserve(cast, "Oak")
    reserve(cast, "lab.gamma.example.net")
    with pytest.raises(errors.NameUnavailable):
        run("unit.create", cast.uma, cast.units["harbor"], {"kind": "organization", "name": "OAK"})
    with pytest.raises(errors.NameUnavailable):
        run("unit.update", cast.ben, cast.units["birch_lab"], {"name": "oak"})
    with pytest.raises(errors.NameUnavailable):
        run("hierarchy.create", cast.people["operator"], None, {"name": "Oak"})
    run("unit.update", cast.ben, cast.units["gamma_lab"], {"code": "G"})
    run("unit.archive", cast.ben, cast.units["gamma_lab"])
    run("unit.restore", cast.ben, cast.units["gamma_lab"])
    with pytest.raises(DatabaseError, match="a reserved name"), system():
        execute("update unit set name = 'Oak', name_key = 'oak' where name = 'Birch Lab'")


def test_an_archived_customers_name_stays_taken_until_it_is_released(cast: Cast) -> None:
    """R19, R30: then the first who asks gets it, and the archived customer comes back under another one."""
    unit, name = cast.units["gamma_lab"], "lab.gamma.example.net"
    run("unit.archive", cast.ben, unit)
    with pytest.raises(errors.NameTaken):
        check(cast, name)
    with pytest.raises(errors.NameUnavailable):
        check(cast, name, "uma", unit="harbor")
    operator = cast.people["operator"]
    assert [(row.name, row.is_reserved) for row in ask("name.list", operator).items] == [(name, False)]
    assert run("name.release", operator, None, {"name": name.upper()}).body["has_changed"]
    assert ask("name.list", operator).items == ()
    run("unit.create", cast.uma, cast.units["harbor"], {"kind": "customer", "name": name})
    with pytest.raises(errors.NameUnavailable):
        run("unit.restore", cast.ben, unit)
    assert run("unit.restore", cast.ben, unit, {"name": "lab2.gamma.example.net"}).body["state"] == "active"


def test_a_released_name_that_nobody_took_is_its_own_again(cast: Cast) -> None:
    unit, name = cast.units["gamma_lab"], "lab.gamma.example.net"
    run("unit.archive", cast.ben, unit)
    run("name.release", cast.people["operator"], None, {"name": name})
    assert run("unit.restore", cast.ben, unit).body["name"] == name
    with pytest.raises(errors.NameUnavailable):
        check(cast, name, "uma", unit="harbor")


def test_reserving_and_releasing_again_changes_nothing(cast: Cast) -> None:
    operator = cast.people["operator"]
    reserve(cast)
    assert not run("name.reserve", operator, None, {"name": RESERVED.upper()}).body["has_changed"]
    assert run("name.release", operator, None, {"name": RESERVED}).body["has_changed"]
    assert not run("name.release", operator, None, {"name": RESERVED}).body["has_changed"]
    assert check(cast, RESERVED) == RESERVED


def test_names_are_the_operators(cast: Cast) -> None:
    """A5: others are refused by the door, and by the database without it."""
    for name, data in (("name.reserve", {"name": "x"}), ("name.release", {"name": "x"})):
        with pytest.raises(errors.Forbidden):
            run(name, cast.ada, None, data)
    with pytest.raises(errors.Forbidden):
        ask("name.list", cast.ada)
    for text in (
        "select reserve_name('x', 'x', now())",
        "select release_name('x', now())",
        "select * from held_names('', '', false, 10)",
        "select * from reserved_name",
        "select * from refusal_count",
    ):
        with pytest.raises(DatabaseError), writing(cast.ada):
            execute(text)


# --- the limit -------------------------------------------------------------------------------------------


def use_up(cast: Cast, who: Actor) -> None:
    for _ in range(LIMITS["name"].most):
        with pytest.raises(errors.NameUnavailable):
            ask("name.check", who, cast.units["birch"], {"kind": "customer", "name": HIDDEN})


def test_only_so_many_names_are_tried(cast: Cast) -> None:
    """R19: then nothing is answered about names, free ones included, until the window is over."""
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    birch = cast.units["birch"]
    with frozen(start):
        use_up(cast, cast.ben)
    with frozen(start + timedelta(minutes=9)):
        for name in (HIDDEN, "free.example.io", "beta.example.org"):
            with pytest.raises(errors.RateLimited) as refused:
                check(cast, name)
            assert refused.value.retry_after == 60
        for data in ({"name": "free.example.io"}, {"name": HIDDEN}):
            with pytest.raises(errors.RateLimited):
                run("unit.create", cast.ben, birch, {"kind": "customer", **data})
        run("unit.update", cast.ben, birch, {"code": "B"})
        assert check(cast, "free.example.io", "ada") == "free.example.io"
    with frozen(start + timedelta(minutes=10)):
        assert check(cast, "free.example.io") == "free.example.io"


def test_creations_and_keys_count_for_their_person(cast: Cast) -> None:
    """R19: another API key is not another person."""
    key = Actor(10**6, "key", ActorKind.TOKEN, owner_id=cast.ben.id)
    with system():
        execute(
            "insert into user_scope select %s, unit_id, entity_id, subtree, perms from user_scope where actor_id = %s",
            [key.id, cast.ben.id],
        )
    for _ in range(LIMITS["name"].most):
        with pytest.raises(errors.NameUnavailable):
            run("unit.create", cast.ben, cast.units["birch"], {"kind": "customer", "name": HIDDEN})
    with pytest.raises(errors.RateLimited):
        ask("name.check", key, cast.units["birch"], {"kind": "customer", "name": HIDDEN})


def test_names_of_visible_units_and_wrong_ones_do_not_count(cast: Cast) -> None:
    for name in ("beta.example.org", "acme.example.com", "not a host") * 12:
        with pytest.raises((errors.NameTaken, errors.NamePattern)):
            check(cast, name)
    with system():
        assert scalar("select count(*) from refusal_count") == 0


_TRIES = """
import json, sys
import django
django.setup()
from underlet.project import wiring
wiring.load()
from underlet.foundation.actor import Actor
from underlet.foundation.reads import ask
from underlet.kernel.errors import Refusal
actor, unit, name = json.loads(sys.argv[1])
for _ in range(25):
    try:
        ask("name.check", Actor(actor, ""), unit, {"kind": "customer", "name": name})
    except Refusal as refusal:
        print(refusal.code())
"""


def test_the_limit_holds_for_all_processes_together(cast: Cast) -> None:
    """R19: two workers give together no more answers than one."""
    given = json.dumps([cast.ben.id, cast.units["birch"], HIDDEN])
    command = [sys.executable, "-c", _TRIES, given]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    codes = [code for worker in workers for code in worker.communicate(timeout=120)[0].split()]
    assert len(codes) == 50
    assert codes.count("name_unavailable") == LIMITS["name"].most
    assert codes.count("rate_limited") == 20


# --- proposals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("Acme Nord.com", "acme-nord.com"),
        ("acme_eu.com", "acme-eu.com"),
        ("  Acme & Co.example ", "acme-co.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("東京.example.jp", "xn--1lqs71d.example.jp"),
        ("https://www.acme.com/about?x=1", "acme.com"),
        ("ada@acme.com", "acme.com"),
        ("a..com", "a.com"),
        ("-a.com-", "a.com"),
        ("acme.com.", "acme.com"),
        ("acme。com", "acme.com"),
        ("Acme", ""),
        ("", ""),
        ("a.c", ""),
        ("...", ""),
        ("a" * 70 + ".com", ""),
    ],
)
def test_a_text_is_turned_into_a_name_where_that_is_possible(text: str, proposal: str) -> None:
    """R20, R21: white space becomes hyphens, letters beyond ASCII punycode."""
    assert propose_name(text) == proposal


def test_the_refusal_of_a_form_carries_the_proposal(cast: Cast) -> None:
    """R20: for people as a hint, for programs as a field."""
    for name, proposal in (("Acme Nord.com", "acme-nord.com"), ("bücher.example", "xn--bcher-kva.example")):
        with pytest.raises(errors.NamePattern) as refused:
            check(cast, name)
        assert refused.value.as_dict()["proposal"] == proposal
        assert proposal in refused.value.hint
        assert check(cast, proposal) == proposal
    with pytest.raises(errors.NamePattern) as refused:
        check(cast, "Acme")
    assert "proposal" not in refused.value.as_dict()
