"""Limits of API keys: unit, permissions, networks, end; rotation; those who administer a unit's keys (P1, S7, A6)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError

from tests import tables
from tests.cast import Cast
from underlet.access.models import ApiToken, User
from underlet.access.queries import actor_by_token
from underlet.foundation.actor import Actor
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

START = datetime(2026, 11, 1, tzinfo=UTC)


def make(owner: Actor, **data: object) -> tuple[str, str]:
    """Id and secret of a new key."""
    body = run("token.create", owner, None, {"name": "key", **data}).body
    return body["token"]["id"], body["secret"]


def use(secret: str, address: str = "") -> Actor:
    return actor_by_token(secret, address)


def sees(actor: Actor, unit: str) -> bool:
    try:
        ask("unit.show", actor, unit)
    except errors.NotFound:
        return False
    return True


def test_a_key_bound_to_a_unit_reaches_it_and_below_and_moves_with_it(cast: Cast) -> None:
    """P1, A6: never beyond its owner, either."""
    _, secret = make(cast.ben, unit=cast.units["alder"])
    key = use(secret)
    assert [sees(key, cast.units[one]) for one in ("alder", "acme", "birch", "beta")] == [True, True, False, False]
    _, above = make(cast.ada, unit=cast.units["birch"])
    assert sees(use(above), cast.units["acme"])
    run("unit.move", cast.ada, cast.units["acme"], {"parent": cast.units["cedar"]})
    assert not sees(use(secret), cast.units["acme"])
    assert not sees(use(above), cast.units["acme"])


def test_a_key_has_no_more_than_the_permissions_chosen(cast: Cast) -> None:
    """P1, P2: read only, by name, and not what the owner lacks."""
    for data, may_read, may_edit in (
        ({"read_only": True}, True, False),
        ({"permissions": ["read", "write", "unit_edit"]}, True, True),
        ({"permissions": ["read", "unit_edit"], "read_only": True}, True, False),
    ):
        key = use(make(cast.ben, **data)[1])
        assert sees(key, cast.units["birch"]) is may_read
        if may_edit:
            assert run("unit.update", key, cast.units["birch"], {"code": "k"}).body["code"] == "k"
        else:
            with pytest.raises(errors.Forbidden):
                run("unit.update", key, cast.units["birch"], {"code": "k"})
    with pytest.raises(errors.InvalidInput) as refused:
        make(cast.ira, unit=cast.units["birch_lab"], permissions=["read", "user_edit"])
    assert "permissions" in refused.value.fields
    with pytest.raises(errors.InvalidInput) as refused:
        make(cast.ben, unit=cast.units["cedar"])
    assert "unit" in refused.value.fields
    # Without a unit it is a mask: what its owner lacks, it lacks.
    key = use(make(cast.ira, permissions=["read", "user_edit"])[1])
    with pytest.raises(errors.Forbidden):
        ask("user.list", key, cast.units["birch_lab"])


def test_a_key_works_from_its_networks_only_and_is_not_told_from_a_wrong_one(cast: Cast) -> None:
    """P1, S7: IPv4, IPv6, one address; an unknown address is none of them."""
    token, secret = make(cast.ben, networks=["192.0.2.7", "198.51.100.0/24", "2001:db8::/48"])
    for address in ("192.0.2.7", "198.51.100.200", "2001:db8:0:1::5"):
        assert use(secret, address).name == "key"
    with pytest.raises(errors.Unauthenticated) as wrong:
        use("underlet_wrong", "203.0.113.1")
    for address in ("192.0.2.8", "2001:db9::1", ""):
        with pytest.raises(errors.Unauthenticated) as refused:
            use(secret, address)
        assert refused.value.as_dict() == wrong.value.as_dict()
    assert ask("token.list", cast.ben).items[0].last_used_from == "2001:db8:0:1::5"
    run("token.update", cast.ben, token, {"networks": [], "name": "open"})
    assert use(secret, "203.0.113.1").name == "open"
    with pytest.raises(errors.InvalidInput):
        run("token.update", cast.ben, token, {"networks": ["192.0.2.0/33"]})


def test_wrong_keys_are_bounded_by_address_and_lock_nobody_out(cast: Cast) -> None:
    """S3, S7: ten in five minutes, an IPv6 network as one; a key that was used from there goes on, a new one waits."""
    known, new = make(cast.ben)[1], make(cast.ben)[1]
    with frozen(START):
        use(known, "2001:db8::1")
        for guess in range(10):
            with pytest.raises(errors.Unauthenticated):
                use(f"underlet_{guess}", f"2001:db8::{guess}")
        for secret, address in (("underlet_x", "2001:db8::2"), (new, "2001:db8::1")):
            with pytest.raises(errors.RateLimited) as limited:
                use(secret, address)
            assert limited.value.retry_after == 300
        assert use(known, "2001:db8::1")
        assert use(new, "192.0.2.1")
        with pytest.raises(errors.Unauthenticated):
            use("underlet_x", "192.0.2.1")
    with frozen(START + timedelta(minutes=5)):
        assert use(new, "2001:db8::1")
    with frozen(START + timedelta(days=3)):
        with pytest.raises(errors.Unauthenticated):
            use("underlet_x", "192.0.2.1")
        with tables.connect() as connection:  # addresses are not kept for good
            assert connection.execute("select count(*) from address_refusal_count").fetchone() == (1,)


def test_a_rotated_key_has_two_secrets_for_as_long_as_chosen(cast: Cast) -> None:
    """S7: shown once, and the new end counts from the rotation."""
    with frozen(START):
        token, first = make(cast.ben, expires_in_days=10)
        second = run("token.rotate", cast.ben, token, {"grace_hours": 2}).body["secret"]
        assert use(first).id == use(second).id
    with frozen(START + timedelta(hours=2, seconds=1)):
        with pytest.raises(errors.Unauthenticated):
            use(first)
        assert use(second)
        third = run("token.rotate", cast.ben, token, {"grace_hours": 0, "expires_in_days": 30}).body
        with pytest.raises(errors.Unauthenticated):
            use(second)
        assert third["token"]["expires_at"].startswith("2026-12-01")
    run("token.revoke", cast.ben, token)
    with pytest.raises(errors.WrongState):
        run("token.rotate", cast.ben, token)
    with pytest.raises(errors.NotFound):
        run("token.rotate", use(make(cast.ben)[1]), token)


def test_a_key_ends_by_itself_and_says_so_before(cast: Cast) -> None:
    """S7: 365 days unless chosen."""
    with frozen(START):
        make(cast.ben)
        assert ask("token.list", cast.ben).items[0].expires_at == START + timedelta(days=365)
    for days, state in ((350, "active"), (352, "expires_soon"), (366, "expired")):
        with frozen(START + timedelta(days=days)):
            assert ask("token.list", cast.ben).items[0].state == state
            assert len(ask("token.list", cast.ben, None, {"state": state}).items) == 1


def test_keys_of_somebody_who_is_out_stop_at_once(cast: Cast) -> None:
    """A6: suspended as a person, or without a role any more."""
    secret = make(cast.ira)[1]
    key = use(secret)
    run("grant.revoke", cast.ben, cast.units["birch_lab"], {"email": "ira@example.com", "role": "viewer"})
    assert not sees(key, cast.units["birch_lab"])
    with system():
        User.objects.filter(email_key="ira@example.com").update(is_active=False)
    with pytest.raises(errors.Unauthenticated):
        use(secret)


def test_who_administers_a_units_keys_lists_and_revokes_those_bound_to_it(cast: Cast) -> None:
    """P1, A1, A6: Ben those of Birch and below, whoever made them; Ada's name he does not see, for she is above."""
    make(cast.ben)  # bound to nothing: nobody's business but his
    _, of_ada = make(cast.ada, unit=cast.units["birch"], name="above")
    cleos, secret = make(cast.cleo, unit=cast.units["acme"], name="below")
    make(cast.eve, unit=cast.units["cedar"])
    found = ask("token.list_of_unit", cast.ben, cast.units["birch"]).items
    shown = {row.key.name: (row.owner, row.key.unit.name) for row in found}
    assert shown == {"above": (None, "Birch"), "below": ("Cleo", "acme.example.com")}
    assert [row.key.name for row in ask("token.list_of_unit", cast.ben, cast.units["alder"]).items] == ["below"]
    with pytest.raises(errors.NotFound):
        run("token.revoke_in_unit", cast.eve, cleos)
    with pytest.raises(errors.NotFound):
        run("token.revoke", cast.ben, cleos)
    assert run("token.revoke_in_unit", cast.ben, cleos).body["state"] == "revoked"
    with pytest.raises(errors.Unauthenticated):
        use(secret)
    assert use(of_ada)


def test_the_database_lets_nobody_write_anothers_key(cast: Cast) -> None:
    """A5, A9: as the application's role, whatever SQL it runs."""
    make(cast.cleo, unit=cast.units["acme"])
    for change in ("digest = 'x'", "networks = null", "revoked_at = now()", "name = 'x'"):
        with writing(cast.ben):
            assert execute(f"update api_token set {change}") == 0  # type: ignore[arg-type]
    for change in ("unit_id = null", "perms = null", "user_id = 1", "purpose = 'directory'"):
        with pytest.raises(ProgrammingError), writing(cast.cleo):
            execute(f"update api_token set {change}")  # type: ignore[arg-type]
    key = _only().id
    with writing(cast.eve):  # administers keys, though not of this unit
        execute("select revoke_unit_token(%s, now())", [key])
    assert _only().revoked_at is None


def _only() -> ApiToken:
    with system():
        return ApiToken.objects.get()
