"""token.create, token.list, token.revoke; how they act over HTTP is in tests/interfaces/test_api.py."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import Cast
from underlet.access.models import ApiToken
from underlet.access.queries import actor_by_token, digest
from underlet.foundation.clock import frozen
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def test_a_key_is_shown_once_and_acts_like_its_owner(cast: Cast) -> None:
    """S7, P1, R93."""
    made = run("token.create", cast.ben, None, {"name": "nightly"}, key="k")
    assert run("token.create", cast.ben, None, {"name": "nightly"}, key="k").body == {"token": made.body["token"]}
    actor = actor_by_token(made.body["secret"])
    assert ask("unit.show", actor, cast.units["birch"]).name == "Birch"
    assert ask("user.me", actor).id == made.result.token.id
    with pytest.raises(errors.NotFound):
        ask("unit.show", actor, cast.units["cedar"])
    assert ApiToken.objects.get().digest == digest(made.body["secret"]) != made.body["secret"]


def test_a_key_follows_its_owners_roles(cast: Cast) -> None:
    """A6, S7: rights are the owner's of this moment, later roles included."""
    actor = actor_by_token(run("token.create", cast.ira, None, {"name": "x"}).body["secret"])
    data = {"email": "ira@example.com", "name": "Ira", "role": "viewer"}
    run("user.invite", cast.ben, cast.units["beta"], data)
    assert ask("unit.show", actor, cast.units["beta"])
    run("grant.revoke", cast.ben, cast.units["beta"], {"email": "ira@example.com", "role": "viewer"})
    with pytest.raises(errors.NotFound):
        ask("unit.show", actor, cast.units["beta"])


def test_a_key_has_no_more_rights_than_a_person_gave_it(cast: Cast) -> None:
    """S7: it neither runs the installation nor makes keys, and sees no other keys."""
    secret = run("token.create", cast.operator, None, {"name": "x"}).body["secret"]
    actor = actor_by_token(secret)
    with pytest.raises(errors.Forbidden):
        run("hierarchy.create", actor, None, {"name": "Sund"})
    with pytest.raises(errors.Forbidden):
        run("token.create", actor, None, {"name": "child"})
    assert ask("token.list", actor).items == ()


def test_a_key_with_chosen_permissions_can_do_what_they_name(cast: Cast) -> None:
    """S7: reading and writing go with what needs them, as in a role."""
    data = {"name": "x", "unit": cast.units["birch"], "permissions": ["unit_edit"]}
    actor = actor_by_token(run("token.create", cast.ben, None, data).body["secret"])
    run("unit.update", actor, cast.units["birch"], {"code": "B-2"})
    with pytest.raises(errors.Forbidden):
        ask("user.list", actor, cast.units["birch"])


def test_expired_revoked_and_unknown_keys_are_told_apart_by_nobody(cast: Cast) -> None:
    """S7."""
    made = run("token.create", cast.ben, None, {"name": "x", "expires_in_days": 1}).body
    details = set()
    with (
        frozen(datetime.now(UTC) + timedelta(days=1, seconds=1)),
        pytest.raises(errors.Unauthenticated) as refused,
    ):
        actor_by_token(made["secret"])
    details.add(refused.value.detail)
    run("token.revoke", cast.ben, made["token"]["id"])
    for secret in (made["secret"], "underlet_unknown", ""):
        with pytest.raises(errors.Unauthenticated) as refused:
            actor_by_token(secret)
        details.add(refused.value.detail)
    assert len(details) == 1


def test_keys_are_ones_own(cast: Cast) -> None:
    """A1: listed, newest first, and revoked by their owner only."""
    first = run("token.create", cast.ben, None, {"name": "first"}).body["token"]["id"]
    run("token.create", cast.ben, None, {"name": "second"})
    assert [row.name for row in ask("token.list", cast.ben).items] == ["second", "first"]
    with pytest.raises(errors.NotFound):
        run("token.revoke", cast.ada, first)


def test_last_use_is_kept_to_the_minute(cast: Cast) -> None:
    """S7: reading by key does not write every time."""
    secret = run("token.create", cast.ben, None, {"name": "x"}).body["secret"]
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for seconds, expected in ((0, 0), (30, 0), (61, 61)):
        with frozen(start + timedelta(seconds=seconds)):
            actor_by_token(secret)
        assert ApiToken.objects.get().last_used_at == start + timedelta(seconds=expected)
