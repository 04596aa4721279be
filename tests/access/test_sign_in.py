"""Signing in: second factors, sessions, guessing, and who must have a second factor (S3, S4, S7)."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from tests.cast import Cast, make_cast
from underlet.access.models import User
from underlet.access.sign_in.notices import RESET
from underlet.access.welcome import set_password
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.sealing import unseal
from underlet.interfaces.web import urls
from underlet.kernel.errors import Forbidden, NotFound
from underlet.project import wiring

wiring.load()
assert urls
PASSWORD = "correct horse battery"


@pytest.fixture
def cast(database: None) -> Cast:
    made = make_cast()
    for name in ("ben", "dan", "eve", "ira"):
        set_password(_user(name), PASSWORD)
    return made


def _user(name: str) -> User:
    return User.objects.get(email_key=f"{name}@example.com")


def _sign_in(name: str, password: str = PASSWORD, client: Client | None = None, **more: str) -> Client:
    client = client or Client()
    client.post("/login", {"email": f"{name}@example.com", "password": password}, **more)  # type: ignore[arg-type]
    return client


def _is_in(client: Client) -> bool:
    return client.get("/me").status_code == 200


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def _add_app(client: Client) -> tuple[str, list[str]]:
    """Confirm the password, set up an app; its secret and the recovery codes."""
    asked = client.get("/me/sign-in/app/new")
    assert asked.headers["Location"].startswith("/me/sign-in/again"), (
        "a second factor needs the password once more"
    )
    assert client.post(asked.headers["Location"], {"password": "wrong"}).status_code == 422
    assert client.post(asked.headers["Location"], {"password": PASSWORD}).status_code == 302
    page = client.get("/me/sign-in/app/new").content.decode()
    [secret] = re.findall(r"<code>([A-Z2-7]{16,})</code>", page)
    assert client.post("/me/sign-in/app/new", {"code": "000000"}).status_code == 422
    made = client.post("/me/sign-in/app/new", {"code": _code(secret)})
    assert made.headers["Location"] == "/me/sign-in/codes"
    codes = re.findall(r"<code>(\d{4}-?\d{4})</code>", client.get("/me/sign-in/codes").content.decode())
    assert len(codes) == 10
    assert codes[0] not in client.get("/me/sign-in/codes").content.decode(), "shown once"
    return secret, codes


def test_an_app_is_asked_for_after_the_password_and_ends_other_sessions(cast: Cast) -> None:
    """S4, S7: nothing opens between the two steps; sessions die on a change; secrets are encrypted at rest."""
    elsewhere, here = _sign_in("dan"), _sign_in("dan")
    assert _is_in(elsewhere)
    assert _is_in(here)
    secret, codes = _add_app(here)
    assert _is_in(here)
    assert not _is_in(elsewhere), "other sessions end"

    for code, is_right in ((_code(secret), True), (codes[0], True), (codes[0], False), ("000000", False)):
        client = _sign_in("dan")
        assert not _is_in(client), "half signed in is not signed in"
        before = client.cookies["underlet_session"].value
        answer = client.post("/login/2fa", {"code": code})
        assert (answer.status_code, _is_in(client)) == ((302, True) if is_right else (422, False)), code
        if is_right:
            assert client.cookies["underlet_session"].value != before, "sessions rotate at sign-in"

    with system():
        kept = "".join(text for (text,) in rows("select data::text from mfa_authenticator"))
        assert len(kept) > 100
    assert secret not in kept
    assert unseal(Authenticator.objects.get(user=_user("dan"), type="totp").data["secret"]) == secret


def test_a_password_changed_or_forgotten_ends_sessions(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """S4. The mail's link works once, and whether an address is known is told to nobody (A1)."""
    from underlet.access.welcome import reset_path
    from underlet.interfaces.web.views import sign_in

    told: list[tuple[str, str]] = []
    monkeypatch.setattr(sign_in, "notify", lambda user, kind: told.append((user.email, kind)))
    known = Client().post("/password/forgotten", {"email": "DAN@example.com"}).content.decode()
    unknown = Client().post("/password/forgotten", {"email": "nobody@example.com"}).content.decode()
    assert told == [("dan@example.com", RESET)]
    assert known.replace("DAN@example.com", "X") == unknown.replace("nobody@example.com", "X")

    path, signed_in = reset_path(_user("dan")), _sign_in("dan")
    assert Client().get(path).status_code == 404, "a sign-in ends the link"
    path = reset_path(_user("dan"))
    assert Client().post(path, {"password": "another fine one"}).headers["Location"] == "/login"
    assert not _is_in(signed_in)
    assert Client().get(path).status_code == 404
    assert not _is_in(_sign_in("dan"))

    here, elsewhere = _sign_in("dan", "another fine one"), _sign_in("dan", "another fine one")
    asked = here.get("/me/sign-in/password")
    here.post(asked.headers["Location"], {"password": "another fine one"})
    assert here.post("/me/sign-in/password", {"password": "short"}).status_code == 422
    assert here.post("/me/sign-in/password", {"password": PASSWORD}).status_code == 302
    assert _is_in(here)
    assert not _is_in(elsewhere)


def test_mails_about_sign_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """S4, S7: in the person's language, from their unit; the link is made when it is sent, and stored nowhere."""
    from tests.smtp import mail_server, parts_of
    from underlet.foundation.jobs import run_job

    run("brand.update", cast.people["ben"], cast.units["acme"], {"product_name": "Acme desk"})
    run("user.update_me", cast.people["dan"], None, {"language": "sv"})
    with mail_server(monkeypatch) as inbox:
        Client().post("/password/forgotten", {"email": "dan@example.com"})
        with system():
            [(job, arguments)] = rows("select public_id, arguments from job where name = 'user.mail_sign_in'")
        assert "kind" in arguments
        assert "password/new" not in arguments
        assert run_job(job) == "done"
    [mail] = inbox.mails
    assert mail["Subject"] == "Nytt lösenord för Acme desk"
    [path] = re.findall(r"/password/new/\S+", str(parts_of(mail)["text/plain"]))
    assert Client().get(path).status_code == 200


def test_the_database_holds_the_policy_by_itself(cast: Cast) -> None:
    """A5: SQL as the role of people neither requires nor drops a second factor, nor ends sessions, where it may not."""
    from django.db import DatabaseError

    from underlet.foundation.database.sql import execute
    from underlet.foundation.database.transactions import writing

    run("sign_in_policy.set", cast.people["ben"], cast.units["birch"], {"requires_second_factor": True})
    with writing(cast.people["ira"]):
        assert execute("update sign_in_policy set requires_second_factor = false") == 0
    for text in (
        "insert into sign_in_policy select id, true from unit limit 1",
        "delete from sign_in_policy",
        "delete from usersessions_usersession",
        "select lacks_second_factor(1)",
        "select end_sessions((select id from app_user where name = 'Ben'), null, null)",
    ):
        with pytest.raises(DatabaseError), writing(cast.people["ira"]):
            execute(text)  # type: ignore[arg-type]


def test_sessions_are_listed_and_ended(cast: Cast) -> None:
    """S4, A1: one's own by oneself; others' by who administers every role of theirs, and by nobody else."""
    first, second = _sign_in("ira"), _sign_in("ira")
    assert _is_in(first)
    assert _is_in(second)
    found = ask("session.list", cast.people["ira"], None, {}).items
    assert [row.address for row in found] == ["127.0.0.1"] * 2
    key = first.cookies["underlet_session"].value
    assert key not in repr(found)
    ira = str(_user("ira").public_id)
    for who in ("dan", "cleo", "eve"):
        for name, act in (("session.list", ask), ("session.end", run)):
            with pytest.raises(NotFound):
                act(name, cast.people[who], None, {"user": ira})
    page = first.get("/me/sessions").content.decode()
    assert page.count('name="session"') == 1, "the present one is not ended here"
    [other] = re.findall(r'name="session" value="([0-9a-f-]+)"', page)
    assert first.post("/me/sessions", {"session": other}).status_code == 302
    assert _is_in(first)
    assert not _is_in(second)
    assert run("session.end", cast.people["ben"], None, {"user": ira}).body["count"] == 1
    assert not _is_in(first)
    with system():
        assert scalar("select count(*) from audit_entry where operation = 'session.end'") == 2
    # One role where Ben has no say, and she is not his to throw out, though he still sees her.
    run(
        "user.invite",
        cast.people["eve"],
        cast.units["cedar"],
        {"email": "ira@example.com", "name": "Ira", "role": "viewer"},
    )
    with pytest.raises(NotFound):
        run("session.end", cast.people["ben"], None, {"user": ira})


def test_a_second_factor_is_required_at_a_unit_and_below(cast: Cast) -> None:
    """Whoever has a role there gets nothing but the pages that add one, by session; keys go on; others do too."""
    key = run("token.create", cast.people["ben"], None, {"name": "nightly"}).body["secret"]
    ben, eve = _sign_in("ben"), _sign_in("eve")
    with pytest.raises((Forbidden, NotFound)):
        run("sign_in_policy.set", cast.people["ira"], cast.units["birch"], {"requires_second_factor": True})
    run("sign_in_policy.set", cast.people["ben"], cast.units["birch"], {"requires_second_factor": True})
    shown = ask("sign_in_policy.show", cast.people["ben"], cast.units["birch"], {})
    assert (shown.requires_second_factor, shown.in_force) == (True, True)
    assert ben.get("/me").headers["Location"] == "/me/sign-in"
    assert ben.get("/api/v1/me").status_code == 403
    assert "required" in ben.get("/me/sign-in").content.decode()
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert _is_in(eve), "no role there"
    _add_app(ben)
    assert _is_in(ben)
    run("sign_in_policy.set", cast.people["ben"], cast.units["birch"], {"requires_second_factor": False})


def test_guessing_stops_at_ten_and_locks_nobody_out(cast: Cast) -> None:
    """S3: per e-mail and network address; the right password still works from another one."""
    client = Client()
    answers = [
        client.post("/login", {"email": "dan@example.com", "password": f"wrong {n}"}).status_code
        for n in range(12)
    ]
    assert answers == [422] * 10 + [429] * 2
    assert client.post("/login", {"email": "dan@example.com", "password": PASSWORD}).status_code == 429
    assert client.post("/login", {"email": "ira@example.com", "password": PASSWORD}).status_code == 302
    assert _is_in(_sign_in("dan", REMOTE_ADDR="192.0.2.7"))


_GUESSER = """
import django
django.setup()
from django.test import Client
client = Client(SERVER_NAME="localhost")
print([client.post("/login", {"email": "dan@example.com", "password": f"wrong {n}"}).status_code for n in range(25)])
"""


def test_two_processes_count_together(cast: Cast) -> None:
    """S3: of 50 wrong passwords sent by two processes, ten are looked at."""
    root = Path(__file__).resolve().parents[2]
    both = [
        subprocess.Popen([sys.executable, "-c", _GUESSER], cwd=root, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [status for one in both for status in eval(one.communicate(timeout=120)[0])]
    assert len(answers) == 50
    assert 0 < answers.count(422) <= 10, answers
    assert set(answers) == {422, 429}


def test_only_the_role_of_sign_in_reads_its_tables(cast: Cast) -> None:
    """A1, data-core.md §3: not the role of people, whatever they ask."""
    from django.db import ProgrammingError

    from underlet.foundation.database.transactions import reading

    for table in ("mfa_authenticator", "usersessions_usersession", "account_emailaddress", "django_cache"):
        with pytest.raises(ProgrammingError, match="permission denied"), reading(cast.people["ben"]):
            rows(f"select * from {table}")  # type: ignore[arg-type]
