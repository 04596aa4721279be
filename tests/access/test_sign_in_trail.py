"""What people change about their own sign-in is in the audit trail, in the transaction that changes it (S9)."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.cast import Cast, make_cast
from underlet.access.models import User
from underlet.access.sign_in.adapter import AccountAdapter
from underlet.access.welcome import reset_path, set_password
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.interfaces.web import urls
from underlet.project import wiring

wiring.load()
assert urls
PASSWORD = "correct horse battery"


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


def _user(name: str) -> User:
    return User.objects.get(email_key=f"{name}@example.com")


def _entries(name: str) -> list[tuple[Any, ...]]:
    """Operations about oneself, and the unit where each is told."""
    with system():
        return rows(
            "select split_part(e.operation, '.', 2), u.name from audit_entry e left join unit u on u.id = e.unit_id"
            " join app_user p on p.id = e.actor_id and p.public_id = e.subject_id"
            " where p.email_key = %s order by e.id",
            [f"{name}@example.com"],
        )


def test_a_password_is_told_however_it_is_set(cast: Cast) -> None:
    """S9: by the link of an invitation or of a mail, and by the library of sign-in; never the password itself."""
    set_password(_user("ben"), PASSWORD)
    AccountAdapter().set_password(_user("ben"), PASSWORD)
    Client().post(reset_path(_user("ben")), {"password": "another good one"})
    assert _entries("ben") == [("set_password", "Birch")] * 3
    with system():
        kept = rows("select input, before, after from audit_entry where operation = 'user.set_password'")
    assert set(kept) == {("{}", "{}", "{}")}
    assert ask("audit.verify", cast.ada, cast.units["fjord"]).is_intact


def test_second_factors_are_told(cast: Cast) -> None:
    """S9: whatever writes the row; recovery codes go with the last factor, untold."""
    ben = _user("ben").id
    for kind in ("totp", "webauthn", "recovery_codes"):
        Authenticator.objects.create(user_id=ben, type=kind, data={})
    Authenticator.objects.filter(user_id=ben).update(data={"used": 1})
    Authenticator.objects.filter(user_id=ben).order_by("id").delete()
    told = [what for what, _ in _entries("ben")]
    assert told[:3] == ["add_app", "add_passkey", "make_recovery_codes"]
    assert sorted(told[3:]) == ["remove_app", "remove_passkey"]


def test_neither_stays_without_its_entry(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """S9: one transaction."""
    before = _user("ben").password

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("underlet.access.welcome.execute", fail)
    with pytest.raises(RuntimeError):
        set_password(_user("ben"), PASSWORD)
    assert _user("ben").password == before
    assert _entries("ben") == []


def test_it_is_told_where_all_their_roles_lie(cast: Cast) -> None:
    """A1: not to those who administer one of several branches only; of people of two hierarchies to none of them."""
    set_password(_user("cleo"), PASSWORD)
    for who, unit, told in (("ada", "cedar", "Fjord"), ("uma", "harbor", None)):
        data = {"email": "cleo@example.com", "name": "Cleo", "role": "viewer"}
        run("user.invite", cast.people[who], cast.units[unit], data)
        set_password(_user("cleo"), PASSWORD)
        assert _entries("cleo")[-1] == ("set_password", told)
    assert _entries("cleo")[0] == ("set_password", "Alder")
    asked = {"operation": "user.set_password"}
    seen = {
        name: len(ask("audit.list", cast.people[name], cast.units[unit], asked).items)
        for name, unit in (("ada", "fjord"), ("ben", "birch"), ("eve", "cedar"), ("uma", "harbor"))
    }
    assert seen == {"ada": 2, "ben": 1, "eve": 0, "uma": 0}
