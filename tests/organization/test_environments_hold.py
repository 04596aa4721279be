"""The database refuses by itself what operations on environments would: SQL as its two roles."""

from typing import LiteralString

import pytest
from django.db import DatabaseError

from tests.cast import Cast
from tests.tables import set_state
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.operations import run

STATES = ("provisioning", "provisioned", "deprovisioning", "deprovisioned", "failed")
CHANGES = {
    ("", "provisioning"), ("provisioning", "provisioning"), ("provisioning", "provisioned"),
    ("provisioning", "failed"), ("provisioned", "deprovisioning"), ("deprovisioning", "deprovisioning"),
    ("deprovisioning", "deprovisioned"), ("deprovisioning", "failed"), ("failed", "provisioning"),
    ("failed", "deprovisioning"), ("deprovisioned", "provisioning"),
}  # fmt: skip
WAY: dict[str, tuple[str, ...]] = {
    "": (),
    "provisioning": ("provisioning",),
    "provisioned": ("provisioning", "provisioned"),
    "deprovisioning": ("provisioning", "provisioned", "deprovisioning"),
    "deprovisioned": ("provisioning", "provisioned", "deprovisioning", "deprovisioned"),
    "failed": ("provisioning", "failed"),
}
_INSERT: LiteralString = (
    "insert into environment (unit_id, state, attempt, changed_at)"
    " select id, %s, gen_random_uuid(), now() from unit where name = 'beta.example.org'"
)
_UPDATE: LiteralString = (
    "update environment set state = %s, error = case when %s = 'failed' then '\"no\"'::jsonb end, changed_at = now(),"
    " attempt = case when %s in ('provisioning', 'deprovisioning') then gen_random_uuid() else attempt end"
)


def _change(to: str) -> None:
    if scalar("select count(*) from environment"):
        assert execute(_UPDATE, [to, to, to]) == 1
    else:
        execute(_INSERT, [to])


def _constraint(error: DatabaseError) -> str:
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""))


@pytest.mark.parametrize("role", ["app", "system"])
@pytest.mark.parametrize("before", WAY)
def test_r21_and_r23_exactly_these_changes_exist(cast: Cast, before: str, role: str) -> None:
    """Whoever writes; each change that exists is noted once, by the database."""
    door = system if role == "system" else lambda: writing(cast.ben)
    with door():
        for state in WAY[before]:
            _change(state)
    for after in STATES:
        if (before, after) in CHANGES:
            continue
        with pytest.raises(DatabaseError) as refused, door():
            _change(after)
        assert _constraint(refused.value) in ("environment_change", "environment_failure_has_a_reason"), after
    allowed = [after for was, after in CHANGES if was == before]
    with door():
        _change(allowed[0])
    with system():
        noted = [state for (state,) in rows("select state from environment_event order by id")]
    assert noted == [*WAY[before], allowed[0]]


def test_what_could_not_be_removed_is_not_made_anew(cast: Cast) -> None:
    with writing(cast.ben):
        for state in ("provisioning", "provisioned", "deprovisioning", "failed"):
            _change(state)
    with pytest.raises(DatabaseError, match="is no change"), writing(cast.ben):
        _change("provisioning")


_BEGIN = "update environment set state = 'deprovisioning', attempt = gen_random_uuid()"
APP_REFUSED: dict[str, LiteralString] = {
    "R21 name": "update unit set name = 'other.example.org', name_key = 'other.example.org'"
    " where name = 'beta.example.org'",
    "R21 its key alone": "update unit set name_key = 'other' where name = 'beta.example.org'",
    "R22 price type": "update unit set price_type = 'raw_cost_only' where name = 'beta.example.org'",
    "R30 the customer": "delete from unit where name = 'beta.example.org'",
    "R30 the environment": "delete from environment",
    "R30 its history": "delete from environment_event",
    "history rewritten": "update environment_event set state = 'deprovisioned'",
    "history invented": "insert into environment_event (unit_id, attempt, state, name, price_type, reference, at)"
    " select unit_id, attempt, 'failed', '', '', '', now() from environment",
    "the frozen price type": "update environment set price_type = 'raw_cost_only'",
    "the frozen name": "update environment set name = 'other.example.org'",
    "when": "update environment set provisioned_at = null",
    "no change": "update environment set reference = 'x'",
    "the same attempt": "update environment set state = 'deprovisioning'",
    "another customer's": "update environment set unit_id = 1",
    "an organization's": "insert into environment (unit_id, state, attempt, changed_at)"
    " select id, 'provisioning', gen_random_uuid(), now() from unit where name = 'Birch'",
    "a hook of a unit above": "insert into provisioning_hook (unit_id, url, salt, changed_at)"
    " select u.anc[1], 'https://a.example/', repeat('x', 22), now() from unit u where u.name = 'Birch'",
    "a hook that is no address": "insert into provisioning_hook (unit_id, url, salt, changed_at)"
    " select u.id, 'ftp://a.example/', repeat('x', 22), now() from unit u where u.name = 'Birch'",
}


@pytest.mark.parametrize("case", APP_REFUSED)
def test_a_person_cannot_write_around_the_application(cast: Cast, case: str) -> None:
    """A5, R21, R22, R30: SQL as `underlet_app` is refused, or finds no row."""
    run("environment.provision", cast.ben, cast.units["beta"])
    try:
        with writing(cast.ben):
            touched = execute(APP_REFUSED[case])
    except DatabaseError:
        touched = 0
    assert touched == 0
    with system():
        assert rows("select state, name, price_type from environment") == [
            ("provisioned", "beta.example.org", "seller_set_only")
        ]
        assert scalar("select count(*) from environment_event") == 2


@pytest.mark.parametrize("who", ["dan", "bea", "eve", "uma"])
def test_who_may_not_make_environments_cannot_by_sql(cast: Cast, who: str) -> None:
    """A5: neither make one, nor change one, nor say who is called, nor read who is."""
    run("environment.provision", cast.ben, cast.units["beta"])
    run("provisioning_hook.set", cast.ada, cast.units["fjord"], {"url": "https://hooks.example/"})
    actor: Actor = cast.people[who]
    texts: tuple[LiteralString, ...] = (
        _BEGIN,
        "insert into environment (unit_id, state, attempt, changed_at) select id, 'provisioning',"
        " gen_random_uuid(), now() from unit where kind = 'customer' and name <> 'delta.example.org'",
        "update provisioning_hook set url = 'https://mine.example/'",
        "delete from provisioning_hook",
        "insert into provisioning_hook (unit_id, url, salt, changed_at) select id, 'https://mine.example/',"
        " repeat('x', 22), now() from unit where name in ('Birch', 'beta.example.org', 'acme.example.com')",
        "update unit set name = 'b.example.org' where name = 'beta.example.org'",
    )
    for text in texts:
        try:
            with writing(actor):
                touched = execute(text)
        except DatabaseError:
            touched = 0
        assert touched == 0, text
    with writing(actor):
        assert scalar("select count(*) from provisioning_hook") == 0
        assert scalar("select count(*) from environment") == (1 if who == "bea" else 0)
        if who != "eve":
            assert scalar("select hook_unit(id) from unit where kind = 'customer' limit 1") is None


def test_no_environment_is_begun_for_who_is_not_active(cast: Cast) -> None:
    set_state(cast.units["beta"], "draft")
    with pytest.raises(DatabaseError) as refused, writing(cast.ben):
        execute(_INSERT, ["provisioning"])
    assert _constraint(refused.value) == "environment_of_active"
