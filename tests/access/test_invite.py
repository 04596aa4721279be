"""user.invite, grant.revoke, user.list, user.me: people per unit."""

import pytest

from tests.cast import Cast
from underlet.access.models import User
from underlet.access.queries import actor_by_email, actor_of
from underlet.access.welcome import create_operator, set_password, user_of_welcome
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def invite(cast: Cast, who: str, unit: str, email: str, role: str = "viewer") -> dict[str, object]:
    data = {"email": email, "name": "New", "role": role}
    body: dict[str, object] = run("user.invite", cast.people[who], cast.units[unit], data).body
    return body


def test_a_person_is_created_below_a_unit_and_limited_to_it(cast: Cast) -> None:
    """R33, R34, R35, R43: they see the unit and below, and nothing else."""
    assert invite(cast, "ben", "alder", "new@example.com")["welcome_path"]
    new = actor_by_email("new@example.com")
    assert [row.name for row in ask("unit.mine", new).items] == ["Alder"]
    assert ask("unit.show", new, cast.units["acme"]).name == "acme.example.com"
    for hidden in ("birch", "beta", "cedar"):
        with pytest.raises(errors.NotFound):
            ask("unit.show", new, cast.units[hidden])


def test_the_welcome_link_works_once(cast: Cast) -> None:
    """S4."""
    _, _, uid, token = str(invite(cast, "ben", "birch", "new@example.com")["welcome_path"]).split("/")
    set_password(user_of_welcome(uid, token), "long enough, and rare")
    with pytest.raises(errors.NotFound):
        user_of_welcome(uid, token)


def test_an_invitation_takes_nobody_over(cast: Cast) -> None:
    """A5: whoever has a role elsewhere, has a password or runs the installation gets no link from a stranger."""
    invite(cast, "ben", "birch", "new@example.com")
    assert invite(cast, "ben", "birch", "new@example.com", "support")["welcome_path"], (
        "a lost link can be replaced"
    )
    assert invite(cast, "eve", "cedar", "new@example.com")["welcome_path"] == ""
    create_operator("root@example.com", "Root")
    assert invite(cast, "eve", "cedar", "root@example.com")["welcome_path"] == ""
    set_password(User.objects.get(email_key="ira@example.com"), "long enough, and rare")
    assert invite(cast, "ben", "birch", "IRA@example.com")["welcome_path"] == ""
    with pytest.raises(errors.NotFound):
        ask("unit.show", cast.eve, cast.units["birch"])


def test_nobody_gives_more_than_they_hold(cast: Cast) -> None:
    """P2, A5."""
    with pytest.raises(errors.Forbidden):
        invite(cast, "dan", "acme", "new@example.com", "administrator")
    with pytest.raises(errors.Forbidden):
        invite(cast, "ira", "birch_lab", "new@example.com")
    with pytest.raises(errors.NotFound):
        invite(cast, "dan", "alder", "new@example.com")
    invite(cast, "dan", "acme", "new@example.com", "customer_viewer")


def test_a_revoked_role_binds_on_the_next_request(cast: Cast) -> None:
    """A6."""
    run("grant.revoke", cast.ben, cast.units["birch_lab"], {"email": "ira@example.com", "role": "viewer"})
    with pytest.raises(errors.NotFound):
        ask("unit.show", cast.ira, cast.units["birch_lab"])
    with pytest.raises(errors.NotFound):
        run("grant.revoke", cast.ben, cast.units["birch_lab"], {"email": "ira@example.com", "role": "viewer"})


def test_who_may_not_be_revoked(cast: Cast) -> None:
    """P2: not oneself, and no role beyond one's own."""
    with pytest.raises(errors.Forbidden):
        run("grant.revoke", cast.ben, cast.units["birch"], {"email": "ben@example.com", "role": "administrator"})
    invite(cast, "ben", "acme", "new@example.com", "administrator")
    with pytest.raises(errors.Forbidden):
        run("grant.revoke", cast.dan, cast.units["acme"], {"email": "new@example.com", "role": "administrator"})


def test_people_are_administered_per_unit(cast: Cast) -> None:
    """R36, R38, R41, R42: a reseller's administrator sees own and customers' people, a customer's only its own."""

    def names(who: str, unit: str) -> list[str]:
        return [row.name for row in ask("user.list", cast.people[who], cast.units[unit]).items]

    assert names("ben", "birch") == ["Bea", "Ben", "Cleo", "Dan", "Ira", "Pat"]
    assert names("ben", "acme") == ["Dan"]
    assert names("dan", "acme") == ["Dan"]
    with pytest.raises(errors.Forbidden):
        names("bea", "beta")


def test_a_person_shows_only_the_roles_that_the_reader_may_see(cast: Cast) -> None:
    """A1."""
    invite(cast, "eve", "cedar", "pat@example.com")
    rows = {row.name: row for row in ask("user.list", cast.ben, cast.units["birch"]).items}
    assert {grant.unit.name for grant in rows["Pat"].grants} == {
        "finance.gamma.example.net",
        "lab.gamma.example.net",
    }


def test_who_is_asking(cast: Cast) -> None:
    me = ask("user.me", cast.pat)
    assert (me.email, me.is_operator, [unit.name for unit in me.home]) == (
        "pat@example.com", False, ["finance.gamma.example.net", "lab.gamma.example.net"],
    )  # fmt: skip
    assert ask("user.me", actor_of(User.objects.get(email_key="operator@localhost"))).is_operator
