"""A6, S3: a link that was mailed is absent once what it answers was taken back; and none is mailed then."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client

from tests.access.test_mail import invite
from tests.cast import Cast
from tests.smtp import Inbox, mail_server, parts_of
from underlet.access.models import User
from underlet.access.welcome import reset_path, welcome_path
from underlet.foundation.clock import frozen, now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.project import wiring

wiring.load()
EMAIL = "new@example.com"
PASSWORD = "long enough, and rare"
Change = Callable[[Cast, User], object]


@pytest.fixture
def inbox(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    with mail_server(monkeypatch) as found:
        yield found


def _guest() -> User:
    return User.objects.get(email_key=EMAIL)


def _revoke(cast: Cast, user: User) -> None:
    run("grant.revoke", cast.ben, cast.units["alder"], {"email": EMAIL, "role": "viewer"})


def _of_person(name: str) -> Change:
    return lambda cast, user: run(name, cast.ben, cast.units["alder"], {"user": str(user.public_id)})


def _lock_out(cast: Cast, user: User) -> None:
    with system():
        execute("update app_user set is_active = false where id = %s", [user.id])


def _end(cast: Cast, user: User) -> None:
    """The role ended by itself; the scope still holds it until somebody lets them in."""
    with system():
        execute("update access_grant set expires_at = %s where user_id = %s", [now(), user.id])


CHANGES: dict[str, Change] = {
    "the invitation revoked": _revoke,
    "the person removed": _of_person("user.remove"),
    "the person suspended": _of_person("user.suspend"),
    "the person locked out": _lock_out,
    "the role ended": _end,
}


def _statuses(*paths: str) -> set[int]:
    """What a stranger's browser is told by links, opening and using them."""
    return {Client().get(path).status_code for path in paths} | {
        Client().post(path, {"password": PASSWORD}).status_code for path in paths
    }


@pytest.mark.parametrize("what", CHANGES)
def test_a_link_is_absent_once_its_role_is_gone(cast: Cast, inbox: Inbox, what: str) -> None:
    """A6: as a forged one, word for word, and no password is set."""
    run_job(invite(cast))
    [mail] = inbox.mails
    mailed = "/welcome/" + str(parts_of(mail)["text/plain"]).partition("/welcome/")[2].split()[0]
    assert Client().get(mailed).status_code == 200
    CHANGES[what](cast, _guest())
    with frozen(now() + timedelta(seconds=1)):
        # The same secret opens neither of the two addresses that take one.
        assert _statuses(mailed, mailed.replace("/welcome/", "/password/new/")) == {404}
        forged = "/".join([*mailed.split("/")[:-1], "x-y"])
        assert Client().get(mailed).content == Client().get(forged).content
    assert not _guest().has_usable_password()


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_is_mailed_for_what_is_gone(cast: Cast, inbox: Inbox, what: str) -> None:
    """A6: a queued mail looks at what holds when it is sent; nor does a forgotten password bring a link."""
    queued = invite(cast)
    CHANGES[what](cast, _guest())
    with frozen(now() + timedelta(seconds=1)):
        assert run_job(queued) == "done"
        Client().post("/password/forgotten", {"email": EMAIL})
        with system():
            sent = scalar("select public_id from job where name = 'user.mail_sign_in'")
        if sent is not None:  # who is locked out is not even queued for
            assert run_job(sent) == "done"
    assert inbox.mails == []


def test_a_link_lasts_as_long_as_a_role_does(cast: Cast, inbox: Inbox) -> None:
    """Non-vacuity: one role of two is enough, and what rests comes back."""
    run_job(invite(cast))
    run_job(invite(cast, unit="birch_lab"))
    _revoke(cast, _guest())
    user = {"user": str(_guest().public_id)}
    run("user.suspend", cast.ben, cast.units["birch_lab"], user)
    path = welcome_path(_guest())
    assert Client().get(path).status_code == 404
    run("user.resume", cast.ben, cast.units["birch_lab"], user)
    assert Client().get(path).status_code == 200
    assert Client().post(reset_path(_guest()), {"password": PASSWORD}).status_code == 302
    assert _guest().has_usable_password()
