"""Work that waits in a queue, and links that wait in a mailbox, end with the right of whom they are from (A6)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.interfaces.web.browser import text_of
from tests.usage.focus import csv_bytes, record
from tests.usage.imports import state
from tests.world import DRAFTED, World
from underlet.access.models import User
from underlet.access.queries import actor_by_email, actor_by_token
from underlet.access.welcome import welcome_path
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive

EMAIL = "left@example.com"
Change = Callable[[World, Actor], None]


def hired(world: World, unit: str = "fjord") -> Actor:
    """A new administrator of a unit."""
    run(
        "user.invite", world.cast.ada, world.cast.units[unit],
        {"email": EMAIL, "name": "Left", "role": "administrator"},
    )  # fmt: skip
    return actor_by_email(EMAIL)


def _revoke(world: World, actor: Actor) -> None:
    [(unit,)] = _rows(
        "select u.public_id from access_grant g join unit u on u.id = g.unit_id where g.user_id = %s",
        [actor.person_id],
    )
    run("grant.revoke", world.cast.ada, str(unit), {"email": EMAIL, "role": "administrator"})


def _lessen(world: World, actor: Actor) -> None:
    [(grant,)] = _rows("select public_id from access_grant where user_id = %s", [actor.person_id])
    run("grant.update", world.cast.ada, str(grant), {"role": "viewer"})


def _suspend(world: World, actor: Actor) -> None:
    [(person, unit)] = _rows(
        "select p.public_id, u.public_id from app_user p join access_grant g on g.user_id = p.id"
        " join unit u on u.id = g.unit_id where p.id = %s",
        [actor.person_id],
    )
    run("user.suspend", world.cast.ada, str(unit), {"user": str(person)})


def _lock_out(world: World, actor: Actor) -> None:
    with system():
        execute("update app_user set is_active = false where id = %s", [actor.person_id])


CHANGES = {"revoked": _revoke, "lessened": _lessen, "suspended": _suspend, "locked out": _lock_out}


def _rows(text: Any, values: list[Any]) -> list[tuple[Any, ...]]:
    with system():
        return rows(text, values)


def _import(world: World, actor: Actor) -> str:
    content = csv_bytes(record(SubAccountId="queued", BilledCost="7"))
    upload = receive(actor, [content], "queued.csv")
    body = run("import.create", actor, world.cast.units["fjord"], {"upload": str(upload.id)}).body
    return str(body["job_id"])


def _month(world: World, actor: Actor) -> str:
    return str(run("billing_run.start", actor, world.cast.units["fjord"], {"period": DRAFTED}).body["job_id"])


def _structure(world: World, actor: Actor) -> str:
    upload = receive(actor, [b"name,kind\nQueued,organization\n"], "units.csv")
    body = run("structure.import", actor, world.cast.units["birch"], {"upload": str(upload.id)}).body
    return str(body["job_id"])


WORK = {"import": (_import, "fjord"), "billing run": (_month, "fjord"), "structure": (_structure, "birch")}


def _states() -> list[Any]:
    """What the work would change."""
    return [
        state(),
        *(
            _rows(text, [])
            for text in (
                "select id, name from unit order by id",
                "select id, state from invoice order by id",
                "select id from billing_run where state in ('done', 'unchanged') order by id",
            )
        ),
    ]


@pytest.mark.parametrize("work", WORK)
def test_work_is_done_while_the_right_lasts(world: World, work: str) -> None:
    """So that the refusals below are refusals of what would have been done."""
    begin, unit = WORK[work]
    job = begin(world, hired(world, unit))
    before = _states()
    assert run_job(job) == "done"
    assert _states() != before


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("work", WORK)
def test_a6_work_in_the_queue_ends_with_the_right(world: World, work: str, change: str) -> None:
    """A6: the right is asked for as the job begins; nothing is changed, and the job says why."""
    begin, unit = WORK[work]
    actor = hired(world, unit)
    job = begin(world, actor)
    CHANGES[change](world, actor)
    before = _states()
    assert run_job(job) == "failed"
    assert _states() == before
    [(error,)] = _rows("select error ->> 'error' from job where public_id = %s", [job])
    assert error in ("forbidden", "unauthenticated")


def test_a6_work_of_a_key_ends_with_the_key(world: World) -> None:
    """A6: a key that was revoked has nothing done any more, whatever its owner may."""
    actor = hired(world)
    made = run("token.create", actor, None, {"name": "nightly"}).body
    job = _import(world, actor_by_token(made["secret"]))
    run("token.revoke", actor, str(made["token"]["id"]), {})
    before = _states()
    assert run_job(job) == "failed"
    assert _states() == before


def test_a6_an_import_says_who_may_send_it_again(world: World) -> None:
    """The file itself shows why it was not taken in, to those who see it."""
    actor = hired(world)
    job = _import(world, actor)
    _revoke(world, actor)
    run_job(job)
    shown = ask("import.list", world.cast.ada, world.cast.units["fjord"], {}).items[0]
    found = ask("import.show", world.cast.ada, str(shown.id))
    assert (found.status, [one.reason for one in found.errors]) == ("rejected", ["no_longer_allowed"])


def test_a6_a_mailed_link_opens_only_what_is_still_given(world: World) -> None:
    """A6: the link of an invitation, followed after the role was taken back, shows nothing of the unit."""
    hired(world, "birch")
    path = welcome_path(User.objects.get(email_key=EMAIL))
    _revoke(world, actor_by_email(EMAIL))
    client = Client()
    client.post(path, {"password": "correct horse battery staple"})
    client.post("/login", {"email": EMAIL, "login": EMAIL, "password": "correct horse battery staple"})
    for unit in ("fjord", "birch", "alder"):
        answer = client.get(f"/u/{world.cast.units[unit]}/home")
        assert answer.status_code in (302, 404)
        assert world.cast.units[unit] not in text_of(answer)


def test_a6_a_mailed_link_of_somebody_locked_out_is_none(world: World) -> None:
    """A6: as a forged one."""
    actor = hired(world, "birch")
    path = welcome_path(User.objects.get(email_key=EMAIL))
    _lock_out(world, actor)
    forged = Client().get(path[:-1] + ("a" if path[-1] != "a" else "b"))
    answer = Client().get(path)
    assert (answer.status_code, text_of(answer)) == (forged.status_code, text_of(forged))
    assert answer.status_code == 404
