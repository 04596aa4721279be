"""Moves at a UTC day to come (R10, R11): done once on their day, with the rights that the person has then."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError

import underlet.invoicing.removal  # noqa: F401 (fills the registry)
from tests import crashes
from tests.cast import Cast
from tests.contracts.test_contract import create
from tests.contracts.test_move_contracts import MAY, edges
from tests.organization.truth import check_structure
from underlet.access.models import ApiToken, User
from underlet.contracts.scheduled import queue_due_moves
from underlet.contracts.types import MovePreview
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.jobs import TIMETABLE, run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.interfaces.worker.main import keep_timetable
from underlet.kernel import errors

DAY = date(2026, 6, 20)
ON_DAY = datetime(2026, 6, 20, tzinfo=UTC)
JUST_BEFORE = ON_DAY - timedelta(microseconds=1)


@pytest.fixture
def chain(cast: Cast) -> Cast:
    """Fjord sells to Birch and Cedar, Birch to Alder, Alder to acme."""
    for who, seller, buyer in (
        ("ada", "fjord", "birch"), ("ada", "fjord", "cedar"), ("ben", "birch", "alder"), ("cleo", "alder", "acme"),
    ):  # fmt: skip
        create(cast, who, seller, buyer)
    return cast


def schedule(
    cast: Cast, who: str, unit: str, parent: str, day: date = DAY, key: Actor | None = None
) -> dict[str, Any]:
    """parent: short name, or an id."""
    data = {"parent": cast.units.get(parent, parent), "effective_on": day.isoformat()}
    with frozen(MAY):
        body: dict[str, Any] = run("unit.schedule_move", key or cast.people[who], cast.units[unit], data).body
    return body


def work(at: datetime) -> list[str]:
    """What a worker does at an instant: look at the timetable, then do the jobs that it queued; their states."""
    with frozen(at):
        keep_timetable()
        with system():
            waiting = rows(
                "select public_id from job where name = 'scheduled_move.carry_out' and state = 'queued'"
            )
        return [run_job(id_) for (id_,) in waiting]


def stands(cast: Cast, unit: str) -> str:
    """Name of the unit's parent."""
    with system():
        found: str = scalar(
            "select p.name from unit u join unit p on p.id = u.parent_id where u.public_id = %s",
            [cast.units[unit]],
        )
    return found


def state(cast: Cast, who: str, unit: str) -> tuple[str, str]:
    """State of the unit's newest scheduled move, and the code of its refusal."""
    row = ask("scheduled_move.list", cast.people[who], cast.units[unit]).items[0]
    return row.state, (row.error or {}).get("error", "")


def moves_audited() -> list[str]:
    with system():
        found = rows(
            "select p.name from audit_entry a join app_user p on p.id = a.actor_id"
            " where operation = 'scheduled_move.carry_out'"
        )
    return [name for (name,) in found]


def test_the_worker_keeps_this_timetable() -> None:
    assert queue_due_moves in TIMETABLE


def test_a_move_is_done_when_its_day_begins(chain: Cast) -> None:
    """R10, R11: not a moment before; with everything below, its contracts, and its audit entry in the person's name."""
    made = schedule(chain, "ada", "alder", "cedar")
    assert (made["state"], made["effective_on"], made["is_own"]) == ("pending", "2026-06-20", True)
    assert (made["unit"]["name"], made["parent"]["name"]) == ("Alder", "Cedar")
    assert work(JUST_BEFORE) == []
    assert (stands(chain, "alder"), state(chain, "ada", "alder")) == ("Birch", ("pending", ""))
    assert work(ON_DAY) == ["done"]
    assert (stands(chain, "alder"), state(chain, "ada", "alder")) == ("Cedar", ("done", ""))
    assert [link.name for link in ask("unit.show", chain.ada, chain.units["acme"]).path][1:3] == ["Cedar", "Alder"]
    assert ("Birch", "Alder", "active", "2026-01-01", "2026-07-01") in edges()
    assert ("Cedar", "Alder", "draft", "2026-07-01", "") in edges()
    assert moves_audited() == ["Ada"]
    assert work(ON_DAY) == []
    check_structure()


def test_a_worker_that_was_off_does_it_late(chain: Cast) -> None:
    """R10: at its next start; contracts then end at a period start to come, never in the past."""
    schedule(chain, "ada", "alder", "cedar")
    assert work(datetime(2026, 8, 3, 9, tzinfo=UTC)) == ["done"]
    assert ("Birch", "Alder", "active", "2026-01-01", "2026-09-01") in edges()


def test_the_preview_of_a_day_is_what_then_happens(chain: Cast) -> None:
    """R10: contracts end at the first period start after that day, though today's would end a month before."""
    with frozen(MAY):
        raw = {"parent": chain.units["fjord"], "on": "2026-06-20"}
        seen: MovePreview = ask("unit.preview_move", chain.ada, chain.units["alder"], raw)
    assert [(one.event, one.starts_on) for one in seen.contracts] == [("ended", date(2026, 7, 1))]
    schedule(chain, "ada", "alder", "fjord")
    work(ON_DAY)
    with system():
        assert scalar("select starts_on from contract where state = 'draft'") == date(2026, 7, 1)


@pytest.mark.parametrize("label", ["scheduled_move.before", "scheduled_move.after"])
def test_a_worker_killed_at_the_move_does_it_exactly_once(chain: Cast, label: str) -> None:
    """R10, F1: before it, the next worker moves; after it, the next one finds it done."""
    schedule(chain, "ada", "alder", "cedar", date.today() + timedelta(days=1))
    with system():  # the clock of the other process is the real one
        execute("update scheduled_move set effective_on = current_date")
    queue_due_moves()
    queue_due_moves()
    with system():
        [(job_id,)] = rows("select public_id from job where name = 'scheduled_move.carry_out'")
    crashes.job_dies_at(label, job_id)
    assert stands(chain, "alder") == ("Birch" if label.endswith("before") else "Cedar")
    assert run_job(job_id) == "done"
    assert (stands(chain, "alder"), state(chain, "ada", "alder")) == ("Cedar", ("done", ""))
    assert moves_audited() == ["Ada"]
    with system():
        assert scalar("select version from unit where name = 'Alder'") == 2
        assert scalar("select count(*) from contract where state = 'draft'") == 1
    check_structure()


def _lose_role(cast: Cast) -> None:
    run("user.invite", cast.ada, cast.units["fjord"], {"email": "ben@example.com", "name": "B", "role": "viewer"})
    run("grant.revoke", cast.ada, cast.units["fjord"], {"email": "ben@example.com", "role": "administrator"})
    run("grant.revoke", cast.ada, cast.units["birch"], {"email": "ben@example.com", "role": "administrator"})


def _lose_sight(cast: Cast) -> None:
    run("grant.revoke", cast.ada, cast.units["fjord"], {"email": "ben@example.com", "role": "administrator"})
    run("grant.revoke", cast.ada, cast.units["birch"], {"email": "ben@example.com", "role": "administrator"})


def _deactivate(cast: Cast) -> None:
    with system():
        User.objects.filter(email_key="ben@example.com").update(is_active=False)


def _lift(cast: Cast) -> None:
    run("unit.move", cast.ada, cast.units["cedar"], {"parent": cast.units["alder"]})


def _remove_parent(cast: Cast) -> None:
    [spare] = ask("unit.list", cast.ada, cast.units["fjord"], {"q": "spare"}).items
    run("unit.remove", cast.ada, str(spare.id))


def _archive_parent(cast: Cast) -> None:
    [spare] = ask("unit.list", cast.ada, cast.units["fjord"], {"q": "spare"}).items
    run("unit.archive", cast.ada, str(spare.id))


def _limit(cast: Cast) -> None:
    run("role_ceiling.set", cast.ada, cast.units["birch"], {"permissions": ["unit_edit"]})
    data = {"email": "ben@example.com", "name": "B", "role": "key_account_manager"}
    run("user.invite", cast.ada, cast.units["fjord"], data)
    run("grant.revoke", cast.ada, cast.units["fjord"], {"email": "ben@example.com", "role": "administrator"})


LOST = {
    "the role": (_lose_role, "cedar", "forbidden"),
    "all rights": (_lose_sight, "cedar", "not_found"),
    "the sign-in": (_deactivate, "cedar", "unauthenticated"),
    "the place: the parent stands below the unit": (_lift, "cedar", "move_into_own_subtree"),
    "the way out: roles above it are limited by now": (_limit, "cedar", "grant_exceeds_ceiling"),
    "the parent": (_remove_parent, "spare", "invalid_input"),
    "the parent's state": (_archive_parent, "spare", "invalid_input"),
}


@pytest.mark.parametrize("what", LOST)
def test_a_move_that_is_not_allowed_any_more_fails_with_its_reason(chain: Cast, what: str) -> None:
    """R10, R32: all checks are repeated with the rights of that day; nothing moves, and the reason is shown."""
    lose, parent, code = LOST[what]
    role = {"email": "ben@example.com", "name": "Ben", "role": "administrator"}
    run("user.invite", chain.ada, chain.units["fjord"], role)
    made = run("unit.create", chain.ada, chain.units["fjord"], {"kind": "organization", "name": "Spare"})
    schedule(chain, "ben", "alder", made.body["id"] if parent == "spare" else parent)
    lose(chain)
    before, contracts = stands(chain, "alder"), edges()
    assert work(ON_DAY) == ["failed"]
    assert (stands(chain, "alder"), edges()) == (before, contracts)
    with system():
        assert scalar("select state || ' ' || (error ->> 'error') from scheduled_move") == f"failed {code}"
    if what != "the parent":  # then only who scheduled it still sees it
        assert state(chain, "ada", "alder") == ("failed", code)
    assert moves_audited() == []
    assert work(ON_DAY + timedelta(days=1)) == []
    check_structure()


def test_an_expired_key_moves_nothing(chain: Cast) -> None:
    """R10, S7: a key schedules, and has expired on the day."""
    made = run("token.create", chain.ada, None, {"name": "nightly", "expires_in_days": 5}).body
    with system():
        token = ApiToken.objects.get(public_id=made["token"]["id"])
        execute("update api_token set expires_at = %s", [MAY + timedelta(days=5)])
    schedule(chain, "", "alder", "cedar", key=Actor(token.id, "nightly", ActorKind.TOKEN))
    assert work(ON_DAY) == ["failed"]
    assert state(chain, "ada", "alder") == ("failed", "unauthenticated")


def test_one_move_of_a_unit_waits_at_a_time(chain: Cast) -> None:
    """R10: refused by name, and by the database itself; after it was called off another may wait."""
    first = schedule(chain, "ada", "alder", "cedar")
    with pytest.raises(errors.MoveAlreadyScheduled):
        schedule(chain, "ada", "alder", "fjord")
    text = (
        "insert into scheduled_move (hierarchy_id, unit_id, parent_id, actor_id, effective_on, created_at)"
        " select hierarchy_id, unit_id, parent_id, actor_id, '2030-01-01', now() from scheduled_move"
    )
    with pytest.raises(DatabaseError) as refused, system():
        execute(text)
    assert "scheduled_move_pending" in str(refused.value)
    assert run("scheduled_move.cancel", chain.ada, first["id"]).body["state"] == "cancelled"
    second = schedule(chain, "ada", "alder", "fjord")
    assert work(ON_DAY) == ["done"]
    assert stands(chain, "alder") == "Fjord"
    for id_ in (first["id"], second["id"]):
        with pytest.raises(errors.WrongState):
            run("scheduled_move.cancel", chain.ada, id_)


def test_what_was_called_off_after_it_was_queued_is_not_done(chain: Cast) -> None:
    """R10: the job finds it cancelled."""
    made = schedule(chain, "ada", "alder", "cedar")
    with frozen(ON_DAY):
        queue_due_moves()
        run("scheduled_move.cancel", chain.ada, made["id"])
    assert work(ON_DAY) == ["done"]
    assert stands(chain, "alder") == "Birch"
    assert moves_audited() == []


def test_it_is_not_carried_out_before_its_day(chain: Cast) -> None:
    made = schedule(chain, "ada", "alder", "cedar")
    with frozen(JUST_BEFORE), pytest.raises(errors.WrongState):
        run("scheduled_move.carry_out", chain.ada, made["id"])
    with frozen(ON_DAY):
        run("scheduled_move.carry_out", chain.ada, made["id"])
    assert stands(chain, "alder") == "Cedar"
    assert work(ON_DAY) == []


@pytest.mark.parametrize(
    ("who", "unit", "parent", "day", "error"),
    [
        ("ada", "alder", "cedar", date(2026, 5, 20), errors.InvalidInput),  # today
        ("ada", "alder", "cedar", date(2020, 1, 1), errors.InvalidInput),
        ("ada", "alder", "cedar", date(9999, 12, 31), errors.InvalidInput),
        ("ada", "alder", "birch", DAY, errors.InvalidInput),  # there already
        ("ada", "fjord", "birch", DAY, errors.RootCannotMove),
        ("ada", "birch", "alder", DAY, errors.MoveIntoOwnSubtree),
        ("ada", "alder", "beta", DAY, errors.ParentMustBeOrganization),
        ("ada", "alder", "harbor", DAY, errors.InvalidInput),
        ("ben", "birch", "alder", DAY, errors.Forbidden),
        ("ira", "birch_lab", "birch", DAY, errors.Forbidden),
        ("eve", "alder", "cedar", DAY, errors.NotFound),
    ],
)
def test_it_refuses_what_a_move_refuses(
    chain: Cast, who: str, unit: str, parent: str, day: date, error: type[errors.Refusal]
) -> None:
    """R8, R9, R10: at once, not on the day."""
    with pytest.raises(error):
        schedule(chain, who, unit, parent, day)
    with system():
        assert scalar("select count(*) from scheduled_move") == 0


def test_it_shows_only_to_who_sees_both_ends(chain: Cast, belts: str) -> None:
    """A3: Ben sees Alder and Eve Cedar, but neither where it goes or comes from; so they see no move."""
    made = schedule(chain, "ada", "alder", "cedar")
    for who, unit in (("ada", "fjord"), ("ada", "birch"), ("ada", "alder")):
        [row] = ask("scheduled_move.list", chain.people[who], chain.units[unit]).items
        assert (row.unit.name, row.parent.name) == ("Alder", "Cedar")
    assert ask("scheduled_move.list", chain.ada, chain.units["cedar"]).items == ()
    for who, unit in (("ben", "birch"), ("cleo", "alder"), ("eve", "cedar")):
        assert ask("scheduled_move.list", chain.people[who], chain.units[unit]).items == ()
        for name in ("scheduled_move.show", "scheduled_move.cancel"):
            with pytest.raises(errors.NotFound):
                (ask if name.endswith("show") else run)(name, chain.people[who], made["id"])


def test_the_database_holds_states_by_itself(chain: Cast) -> None:
    """R10: as the application's role nobody schedules for another, moves a day, or undoes an end."""
    schedule(chain, "ada", "alder", "cedar")
    for text in (
        "insert into scheduled_move (hierarchy_id, unit_id, parent_id, actor_id, effective_on, created_at)"
        " select hierarchy_id, parent_id, parent_id, actor_id + 1, '2030-01-01', now() from scheduled_move",
        "update scheduled_move set effective_on = '2030-01-01'",
        "update scheduled_move set state = 'failed', error = '{}'",
        "delete from scheduled_move",
    ):
        with pytest.raises(DatabaseError), writing(chain.ada):
            execute(text)  # type: ignore[arg-type]
    with pytest.raises(DatabaseError) as refused, system():
        execute("update scheduled_move set state = 'done'")
    assert "scheduled_move_end" in str(refused.value)
    with writing(chain.ben):
        assert execute("update scheduled_move set state = 'cancelled', finished_at = now()") == 0
