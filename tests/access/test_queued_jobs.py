"""A6: what was queued by right is not begun once the right has ended; the job, and what waits for it, say why."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.access.test_view_as import view
from tests.cast import Cast
from tests.contracts.structure_files import csv_of, customer, structure
from tests.receiver import called_networks, receiving
from underlet.access.models import User
from underlet.access.queries import actor_by_token, actor_of
from underlet.foundation.actor import Actor
from underlet.foundation.clock import frozen, now
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.job_reads import JobView
from underlet.foundation.jobs import JOBS, job, run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.project import wiring

wiring.load()
FILE = csv_of([customer("new.example.com")])
WHY = "Whoever asked for this may not act here any more."
EMAIL = "sol@example.com"


@dataclass
class Sol:
    """Somebody with a role on a unit, whose right ends."""

    cast: Cast
    unit: str

    def __post_init__(self) -> None:
        run("user.invite", self.cast.ada, self.cast.units[self.unit], _invited())
        self.user = User.objects.get(email_key=EMAIL)
        self.actor = actor_of(self.user)

    @property
    def grant(self) -> str:
        with system():
            return str(scalar("select public_id from access_grant where user_id = %s", [self.user.id]))

    def by_ada(self, name: str, **data: object) -> None:
        """What Ada does to Sol in the unit."""
        run(name, self.cast.ada, self.cast.units[self.unit], data)


def _invited() -> dict[str, object]:
    return {"email": EMAIL, "name": "Sol", "role": "administrator"}


def _outcome(job_id: object) -> tuple[str, dict[str, Any]]:
    with system():
        [(state, attempts, error)] = rows(
            "select state, attempts, coalesce(error, '{}')::text from job where public_id = %s", [job_id]
        )
    assert attempts == 0, "it was not begun"
    return str(state), json.loads(error)


def _turned_away(job_id: object) -> None:
    """The job ends as failed and says why."""
    assert run_job(UUID(str(job_id))) == "failed"
    state, error = _outcome(job_id)
    assert (state, error["detail"]) == ("failed", WHY)
    assert error["error"] in ("forbidden", "unauthenticated")
    assert run_job(UUID(str(job_id))) == "failed", "for good"


def _import(actor: Actor, cast: Cast, unit: str = "birch") -> dict[str, Any]:
    upload = receive(actor, [FILE], "structure.csv")
    body: dict[str, Any] = run("structure.import", actor, cast.units[unit], {"upload": str(upload.id)}).body
    return body


def _import_state(body: dict[str, Any]) -> list[tuple[object, ...]]:
    with system():
        return rows(
            "select i.state, f.code from structure_import i left join structure_finding f on f.import_id = i.id"
            " where i.public_id = %s", [body["id"]],
        )  # fmt: skip


def _expire(sol: Sol) -> None:
    run("grant.update", sol.cast.ada, sol.grant, {"ends_on": (now() + timedelta(days=2)).date()})


ENDS: dict[str, Callable[[Sol], object]] = {
    "revoked": lambda sol: sol.by_ada("grant.revoke", email=EMAIL, role="administrator"),
    "suspended": lambda sol: sol.by_ada("user.suspend", user=str(sol.user.public_id)),
    "removed": lambda sol: sol.by_ada("user.remove", user=str(sol.user.public_id)),
    "a lesser role": lambda sol: run("grant.update", sol.cast.ada, sol.grant, {"role": "viewer"}),
    "on the unit alone": lambda sol: run("grant.update", sol.cast.ada, sol.grant, {"scope": "unit"}),
    "expired": _expire,
    "a ceiling": lambda sol: sol.by_ada("role_ceiling.set", permissions=["user_edit"]),
    "locked out": lambda sol: _lock_out(sol.user.id),
}


def _lock_out(user: int) -> None:
    with system():
        execute("update app_user set is_active = false where id = %s", [user])


@pytest.mark.parametrize("how", ENDS)
def test_a_job_of_a_person_whose_right_ended_is_not_begun(cast: Cast, how: str) -> None:
    """A6: nothing is imported, and the import does not wait for ever."""
    sol = Sol(cast, "birch")
    body = _import(sol.actor, cast)
    before = structure()
    ENDS[how](sol)
    with frozen(now() + timedelta(days=5)):
        _turned_away(body["job_id"])
    assert structure() == before
    [(state, code)] = _import_state(body)
    assert state == "rejected"
    assert code in ("forbidden", "unauthenticated")


def test_a_right_that_came_back_counts(cast: Cast) -> None:
    """Non-vacuity: a job is begun by the right that there is when it begins, whatever was in between."""
    sol = Sol(cast, "birch")
    body = _import(sol.actor, cast)
    sol.by_ada("user.suspend", user=str(sol.user.public_id))
    sol.by_ada("user.resume", user=str(sol.user.public_id))
    assert run_job(body["job_id"]) == "done"
    assert _import_state(body) == [("done", None)]


@pytest.mark.parametrize("how", ["revoked", "expired", "owner suspended"])
def test_a_job_of_a_key_that_ended_is_not_begun(cast: Cast, how: str) -> None:
    """A6, S7: a key's own end, by time as well, and that of its person's role."""
    sol = Sol(cast, "birch")
    made = run("token.create", sol.actor, None, {"name": "key", "expires_in_days": 2}).body
    key = actor_by_token(made["secret"])
    body = _import(key, cast)
    before = structure()
    if how == "revoked":
        run("token.revoke", sol.actor, made["token"]["id"], {})
    if how == "owner suspended":
        sol.by_ada("user.suspend", user=str(sol.user.public_id))
    with frozen(now() + timedelta(days=5 if how == "expired" else 0)):
        _turned_away(body["job_id"])
    assert structure() == before


@pytest.mark.parametrize("how", ["over", "the viewer's role ended"])
def test_a_job_of_who_acted_for_somebody_is_not_begun_once_that_is_over(cast: Cast, how: str) -> None:
    """P32, A6: the half hour counts, and what the viewer themselves hold by then."""
    sol = Sol(cast, "birch")
    _expire(sol)
    moment = now() + timedelta(days=2)
    almost = moment.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(minutes=10)
    with frozen(almost):
        acting = view(Cast(cast.units, {**cast.people, "sol": sol.actor}), "sol", "cleo", "alder", "act")
        body = _import(acting, cast, "alder")
    before = structure()
    with frozen(almost + timedelta(minutes=40 if how == "over" else 15)):
        _turned_away(body["job_id"])
    assert structure() == before


def test_a_billing_file_is_not_loaded(cast: Cast) -> None:
    """A6: the import says so, where those look who may import."""
    sol = Sol(cast, "fjord")
    upload = receive(sol.actor, [b"x"], "focus.csv")
    body = run("import.create", sol.actor, cast.units["fjord"], {"upload": str(upload.id)}).body
    ENDS["revoked"](sol)
    _turned_away(body["job_id"])
    found = ask("import.show", cast.ada, body["id"])
    assert (found.status, [one.reason for one in found.errors]) == ("rejected", ["no_longer_allowed"])


def test_a_month_is_not_priced(cast: Cast) -> None:
    """A6: the run is over, so that another can start."""
    sol = Sol(cast, "fjord")
    body = run("billing_run.start", sol.actor, cast.units["fjord"], {"period": "2026-10"}).body
    ENDS["revoked"](sol)
    _turned_away(body["job_id"])
    assert ask("billing_run.show", cast.ada, body["id"]).state == "failed"
    again = run("billing_run.start", cast.ada, cast.units["fjord"], {"period": "2026-10"}).body
    assert again["id"] != body["id"]


def test_nobody_is_called(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A6: the environment says that it failed, and can be tried again by who may."""
    with receiving() as receiver, called_networks(monkeypatch):
        run("provisioning_hook.set", cast.ben, cast.units["birch"], {"url": receiver.url})
        sol = Sol(cast, "birch")
        body = run("environment.provision", sol.actor, cast.units["beta"], {}).body
        tried = run("provisioning_hook.test", sol.actor, cast.units["birch"], {}).body
        ENDS["revoked"](sol)
        _turned_away(body["job_id"])
        _turned_away(tried["job_id"])
        assert receiver.calls == []
        shown = ask("environment.show", cast.ben, cast.units["beta"])
        assert (shown.state, str(shown.error)) == ("failed", WHY)
        again = run("environment.retry", cast.ben, cast.units["beta"], {}).body
        assert run_job(UUID(again["job_id"])) == "done"
        assert len(receiver.calls) == 1


def test_a_scheduled_move_is_not_made(cast: Cast) -> None:
    """A6, R11: its operation asks for the right on its day."""
    from underlet.contracts.scheduled import queue_due_moves

    sol = Sol(cast, "fjord")
    day = (now() + timedelta(days=1)).date()
    moved = {"parent": cast.units["cedar"], "effective_on": day}
    body, before = run("unit.schedule_move", sol.actor, cast.units["beta"], moved).body, structure()
    ENDS["revoked"](sol)
    with frozen(now() + timedelta(days=2)):
        queue_due_moves()
        with system():
            job_id = scalar("select job_id from scheduled_move where public_id = %s", [body["id"]])
        assert run_job(job_id) == "failed"
    assert ask("scheduled_move.show", cast.ada, body["id"]).state == "failed"
    assert structure() == before


def test_what_a_dead_worker_left_asks_again(cast: Cast) -> None:
    """A6, F1: the row says that it runs, and nobody does; who takes it up looks at the rights as they are now."""
    sol = Sol(cast, "birch")
    body, before = _import(sol.actor, cast), structure()
    with system():
        execute("update job set state = 'running' where public_id = %s", [body["job_id"]])
    ENDS["revoked"](sol)
    _turned_away(body["job_id"])
    assert structure() == before
    assert _import_state(body) == [("rejected", "forbidden")]


def test_what_is_tried_again_asks_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A6: an address that did not answer is not called once more for who may not ask for it by then."""
    with receiving() as receiver, called_networks(monkeypatch):
        run("provisioning_hook.set", cast.ben, cast.units["birch"], {"url": receiver.url})
        sol = Sol(cast, "birch")
        body = run("environment.provision", sol.actor, cast.units["beta"], {}).body
        receiver.status = 503
        assert run_job(UUID(body["job_id"])) == "queued"
        ENDS["revoked"](sol)
        assert run_job(UUID(body["job_id"])) == "failed"
        assert len(receiver.calls) == 1
        assert str(ask("environment.show", cast.ben, cast.units["beta"]).error) == WHY


def test_every_job_says_which_right_it_needs(cast: Cast) -> None:
    """A6: a new job asks for the right of the operation that queues it, or says why it need not."""
    for name, work in JOBS.items():
        if not name.startswith("test."):
            assert (work.needs is None) == bool(work.unasked), name
    asked = {name for name, work in JOBS.items() if work.needs is not None}
    assert asked == {
        "structure.import", "import.load", "billing_run.perform", "environment.call", "provisioning_hook.call",
    }  # fmt: skip
    with pytest.raises(TypeError):
        job("test.says_nothing")


def test_whoever_queued_it_reads_why(cast: Cast) -> None:
    """The job stays its starter's to look at, as long as they may come in."""
    sol = Sol(cast, "birch")
    run("grant.create", cast.ada, cast.units["alder"], {"user": str(sol.user.public_id), "role": "viewer"})
    body = _import(sol.actor, cast)
    ENDS["revoked"](sol)
    run_job(UUID(body["job_id"]))
    found: JobView = ask("job.show", actor_of(sol.user), body["job_id"])
    assert found.error is not None
    assert (found.state, str(found.error["detail"])) == ("failed", WHY)
