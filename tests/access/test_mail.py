"""The invitation by mail: in the unit's brand and the reader's language, telling nothing else; retried, never lost."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.cast import Cast
from tests.smtp import Inbox, mail_server, parts_of
from underlet.access.mail_texts import _TABLE
from underlet.access.models import User
from underlet.access.welcome import set_password, user_of_welcome
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.kernel.errors import Refusal
from underlet.kernel.palette import palette
from underlet.project import wiring
from underlet.project.demo.logos import logo

wiring.load()

BRAND = {
    "color": "#b45309",
    "product_name": "Alder <Portal>",
    "sender_name": "Alder Hjälp",
    "reply_to": "help@alder.example",
}


@pytest.fixture
def inbox(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    upload = receive(cast.ben, [logo("alder", "#b45309")], "alder.svg")
    run("brand.update", cast.ben, cast.units["alder"], {**BRAND, "logo": str(upload.id)})
    with mail_server(monkeypatch) as found:
        yield found


def invite(cast: Cast, email: str = "new@example.com", unit: str = "alder", language: str = "en") -> UUID:
    """Invite a person; the id of the job that mails them."""
    data = {"email": email, "name": "Nia <b>New</b>", "role": "viewer", "language": language}
    assert run("user.invite", cast.ben, cast.units[unit], data).body["mailed"] is True
    with system():
        found: UUID = scalar(
            "select public_id from job where name = 'user.mail_invitation' order by id desc limit 1"
        )
    return found


def state_of(job: UUID) -> tuple[str, int, str]:
    """State, attempts, and the error shown of a job."""
    with system():
        [(state, attempts, error)] = rows(
            "select state, attempts, coalesce(error::text, '') from job where public_id = %s", [job]
        )
    return state, attempts, error


def test_an_invitation_wears_the_brand_of_its_unit(cast: Cast, inbox: Inbox) -> None:
    """R94: sender, answer address, colour, logo and product name; the link sets the first password."""
    assert run_job(invite(cast)) == "done"
    [mail] = inbox.mails
    assert mail["From"] == "Alder Hjälp <billing@underlet.example>"
    assert (mail["Reply-To"], mail["To"]) == ("help@alder.example", "new@example.com")
    assert mail["Subject"] == "Your access to Alder <Portal>"
    assert mail["Auto-Submitted"] == "auto-generated"
    parts = parts_of(mail)
    page, text, picture = str(parts["text/html"]), str(parts["text/plain"]), parts["image/png"]
    assert isinstance(picture, bytes)
    assert picture.startswith(b"\x89PNG")
    assert 'src="cid:logo"' in page
    assert palette("#b45309", False).brand_fill in page
    assert "Welcome, Nia &lt;b&gt;New&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "https://billing.example.com/welcome/" in page
    assert "http" not in page.replace("https://billing.example.com/welcome/", ""), (
        "nothing is loaded from anywhere"
    )
    assert "Alder" in text
    link = text.partition("https://billing.example.com/welcome/")[2].split()[0]
    set_password(user_of_welcome(*link.split("/")), "long enough, and rare")
    run_job(invite(cast))
    assert "/welcome/" not in str(parts_of(inbox.mails[1])["text/plain"]), (
        "nobody who has a password is asked for one"
    )


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Set your password"), ("de", "Passwort festlegen"), ("sv", "Välj lösenord")]
)
def test_it_speaks_the_readers_language(cast: Cast, inbox: Inbox, language: str, word: str) -> None:
    run_job(invite(cast, language=language))
    assert word in str(parts_of(inbox.mails[0])["text/html"])
    assert f'lang="{language}"' in str(parts_of(inbox.mails[0])["text/html"])
    assert all(len(set(forms)) == 3 for forms in _TABLE.values())


def test_it_tells_nothing_of_other_units(cast: Cast, inbox: Inbox) -> None:
    """A1: no name, id, address or file of a unit that the new person cannot see, not even of the units above."""
    run("brand.update", cast.ada, cast.units["fjord"], {"sender_name": "canary-fjord"})
    run_job(invite(cast, unit="acme"))
    seen = {"acme", "alder"}  # what acme inherits of Alder's brand is meant to be seen by Alder's customers
    with system():
        units = rows("select public_id::text, name from unit")
        people = rows("select name, email from app_user")
    text = inbox.raw[0].decode() + str(parts_of(inbox.mails[0]))
    for public_id, name in units:
        assert public_id not in text
        assert name not in text or name.lower().split(".")[0] in seen, name
    for name, email in people:
        assert email not in text or email == "new@example.com", email
        assert name not in text or name == "Nia <b>New</b>", name
    assert "canary-fjord" not in text


def test_a_role_taken_back_is_not_announced(cast: Cast, inbox: Inbox) -> None:
    """A6: what counts is what holds when the mail is sent."""
    job = invite(cast)
    run("grant.revoke", cast.ben, cast.units["alder"], {"email": "new@example.com", "role": "viewer"})
    assert run_job(job) == "done"
    assert inbox.mails == []


def test_a_failing_server_loses_nothing(cast: Cast, inbox: Inbox) -> None:
    """F6: the role is given, the job waits and says why, a later try sends the one mail."""
    inbox.answer = "451 Try again later"
    job = invite(cast)
    assert run_job(job) == "queued"
    state, attempts, error = state_of(job)
    assert (state, attempts) == ("queued", 1)
    assert '"code": 451' in error
    with system():
        sql = "select 1 from procrastinate_jobs where args ->> 'job_id' = %s and scheduled_at is not null"
        waits = rows(sql, [str(job)])
    assert len(waits) == 1
    shown = ask("job.list", cast.ben, None, {}).items[0]
    assert (shown.name, shown.state, shown.error["error"]) == ("user.mail_invitation", "queued", "mail_not_sent")
    assert str(shown.error["detail"]).endswith("(answer 451).")
    assert User.objects.filter(email_key="new@example.com").exists()
    inbox.answer = ""
    assert run_job(job) == "done"
    assert run_job(job) == "done"
    assert len(inbox.mails) == 1
    assert state_of(job)[2] == "", "what was wrong is over"


def test_it_gives_up_in_the_end(cast: Cast, inbox: Inbox) -> None:
    inbox.answer = "451 Try again later"
    job = invite(cast)
    states = [run_job(job) for _ in range(9)]
    assert states == ["queued"] * 7 + ["failed"] * 2
    inbox.answer = "550 No such person"
    other = invite(cast, "other@example.com")
    assert run_job(other) == "failed", "a refusal for good is not repeated"
    assert '"code": 550' in state_of(other)[2]


def test_an_absent_server_loses_nothing(cast: Cast, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from underlet.foundation.settings import settings

    job = invite(cast)
    monkeypatch.setenv("UNDERLET_SMTP_URL", "smtp+plain://127.0.0.1:9")
    settings.cache_clear()
    assert run_job(job) == "queued"
    assert "cannot be reached" in state_of(job)[2]


def test_the_link_is_stored_nowhere(cast: Cast, inbox: Inbox) -> None:
    """S7: it is made when the mail is sent; neither the job nor the audit trail holds it."""
    job = invite(cast)
    run_job(job)
    token = str(parts_of(inbox.mails[0])["text/plain"]).partition("/welcome/")[2].split()[0].split("/")[1]
    with system():
        stored = str(rows("select j::text from job j")) + str(rows("select a::text from audit_entry a"))
    assert token not in stored


def test_every_try_is_the_same_mail(cast: Cast, inbox: Inbox) -> None:
    """A mail that went out before a crash is known by its Message-ID."""
    job = invite(cast)
    run_job(job)
    with system():
        rows("update job set state = 'running' where public_id = %s returning 1", [job])
    run_job(job)
    assert inbox.mails[0]["Message-ID"] == inbox.mails[1]["Message-ID"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("sender_name", "Alder\r\nBcc: all@example.com"),
        ("sender_name", "Alder\nX"),
        ("sender_name", "Alder\u2028X"),
        ("reply_to", "a@example.com\nBcc: all@example.com"),
        ("reply_to", "a@example.com, b@example.com"),
        ("reply_to", "Alder <a@example.com>"),
        ("product_name", "Alder\r\nSubject: x"),
    ],
)
def test_no_header_is_injected(cast: Cast, field: str, text: str) -> None:
    """S1: refused where it is set, naming the field."""
    with pytest.raises(Refusal) as refused:
        run("brand.update", cast.ben, cast.units["alder"], {field: text})
    assert field in refused.value.fields


def test_links_go_to_the_host_of_the_brand(cast: Cast, inbox: Inbox) -> None:
    """The sign-in page that the person reaches wears the same brand; only hosts that the installation answers to."""
    for host, base in (("portal.alder.example", "portal.alder.example"), ("other.example", "billing.example.com")):
        run("brand.update", cast.operator, cast.units["alder"], {"host_name": host})
        run_job(invite(cast))
        assert f"https://{base}/welcome/" in str(parts_of(inbox.mails[-1])["text/plain"])


def test_only_the_mailbox_gets_the_link_of_the_first_password(cast: Cast, inbox: Inbox) -> None:
    """S3: an inviter who does not own an address cannot set its password and wait until others give it roles: no answer
    holds the link, not of an invitation, nor sent again, nor to several, nor of a retried request (ADR-0044)."""
    unit, data = cast.units["alder"], {"email": "victim@example.com", "name": "Vic", "role": "viewer"}
    told = [run("user.invite", cast.ben, unit, data, key="once") for _ in range(2)]
    person = told[0].body["user"]["id"]
    told += [
        run("user.invite_again", cast.ben, unit, {"user": person}),
        run("user.invite_many", cast.ben, unit, {"people": "two@example.com", "role": "viewer"}),
    ]
    assert [one.body.get("welcome_path", "") for one in told] == ["", "", "", ""]
    assert told[-1].body["links"] == []
    assert not any("/welcome/" in str(one.body) for one in told)
    with system():
        jobs = [
            one for (one,) in rows("select public_id from job where name = 'user.mail_invitation' order by id")
        ]
    for job in jobs:
        assert run_job(job) == "done"
    assert [mail["To"] for mail in inbox.mails] == ["victim@example.com"] * 2 + ["two@example.com"]
    assert all("/welcome/" in str(parts_of(mail)["text/plain"]) for mail in inbox.mails)


def test_without_a_mail_server_the_link_is_passed_on(cast: Cast) -> None:
    data = {"email": "new@example.com", "name": "New", "role": "viewer"}
    body = run("user.invite", cast.ben, cast.units["alder"], data).body
    assert body["welcome_path"]
    assert body["mailed"] is False
    with system():
        assert scalar("select count(*) from job") == 0
