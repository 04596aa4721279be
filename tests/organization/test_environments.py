"""Environments of customers: states, what freezes, calls and reports (R21-R23, R29-R31)."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from standardwebhooks import Webhook, WebhookVerificationError

from tests.cast import Cast
from tests.crashes import job_dies_at
from tests.receiver import Receiver, called_networks, receiving
from tests.tables import set_state
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors
from underlet.kernel.price_type import Feature, PriceType, features_of
from underlet.project import wiring

wiring.load()

Body = dict[str, Any]


def do(cast: Cast, verb: str, data: Body | None = None, *, who: str = "ben", unit: str = "beta") -> Body:
    body: Body = run(f"environment.{verb}", cast.people[who], cast.units[unit], data or {}).body
    return body


def show(cast: Cast, unit: str = "beta", who: str = "ben") -> Any:
    return ask("environment.show", cast.people[who], cast.units[unit])


def states(cast: Cast, unit: str = "beta") -> list[str]:
    return [change.state.value for change in reversed(show(cast, unit).history)]


def job_state(job: object) -> str:
    with system():
        return str(scalar("select state from job where public_id = %s", [job]))


@pytest.fixture
def receiver(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Whom Birch calls to make environments."""
    with receiving() as found, called_networks(monkeypatch):
        run("provisioning_hook.set", cast.ben, cast.units["birch"], {"url": found.url})
        yield found


# --- without anybody to call --------------------------------------------------------------------


def test_r21_and_r22_and_r23_name_and_price_type_freeze_with_the_environment(cast: Cast) -> None:
    """At once where nobody is called: provisioned, frozen, deprovisioned, free again."""
    before = show(cast)
    assert (before.state, before.is_frozen, before.is_called, before.history) == (
        "not_provisioned", False, False, (),
    )  # fmt: skip
    body = do(cast, "provision")
    assert (body["state"], body["is_frozen"], body["price_type"]) == ("provisioned", True, "seller_set_only")
    beta = cast.units["beta"]
    with pytest.raises(errors.NameFrozen) as renamed:
        run("unit.update", cast.ben, beta, {"name": "other.example.org"})
    assert set(renamed.value.fields) == {"name"}
    with pytest.raises(errors.NameFrozen):
        run("unit.update", cast.ben, beta, {"name": "BETA.example.org"})
    with pytest.raises(errors.PriceTypeFrozen) as repriced:
        run("unit.update", cast.ben, beta, {"price_type": "raw_cost_only"})
    assert set(repriced.value.fields) == {"price_type"}
    same = {"name": "beta.example.org", "price_type": "seller_set_only", "display_name": "Beta", "code": "B"}
    assert run("unit.update", cast.ben, beta, same).body["display_name"] == "Beta"
    body = do(cast, "deprovision")
    assert (body["state"], body["is_frozen"]) == ("deprovisioned", False)
    body = run("unit.update", cast.ben, beta, {"name": "other.example.org", "price_type": "raw_cost_only"}).body
    assert (body["name"], body["price_type"]) == ("other.example.org", "raw_cost_only")
    body = do(cast, "provision")
    assert (body["state"], body["name"], body["price_type"]) == (
        "provisioned", "other.example.org", "raw_cost_only",
    )  # fmt: skip
    assert states(cast) == [
        "provisioning", "provisioned", "deprovisioning", "deprovisioned", "provisioning", "provisioned",
    ]  # fmt: skip
    assert [change.name for change in show(cast).history][::5] == ["other.example.org", "beta.example.org"]


def test_r29_features_follow_the_price_type(cast: Cast) -> None:
    """R29: what both offer, and what one only."""
    raw, seller = (set(features_of(one)) for one in PriceType)
    assert raw - seller == {Feature.COMMITMENT_UTILIZATION, Feature.INVOICE_RECONCILIATION}
    assert seller - raw == {Feature.PRICE_SHEET}
    assert raw & seller >= {Feature.COST_EXPLORER, Feature.BUDGETS, Feature.INVOICES, Feature.CONTRACT_VIEW}
    assert show(cast).features == features_of(PriceType.SELLER_SET_ONLY)
    run("unit.update", cast.ben, cast.units["beta"], {"price_type": "raw_cost_only"})
    assert show(cast).features == features_of(PriceType.RAW_COST_ONLY)


def test_r22_price_types_are_of_customers(cast: Cast) -> None:
    """R22: given when a customer is made, seller-set where nothing is said; organizations have none."""
    made = {"kind": "customer", "name": "one.example.com"}
    birch = cast.units["birch"]
    assert run("unit.create", cast.ben, birch, made).body["price_type"] == "seller_set_only"
    raw = {**made, "name": "two.example.com", "price_type": "raw_cost_only"}
    assert run("unit.create", cast.ben, birch, raw).body["price_type"] == "raw_cost_only"
    for name, address, data in (
        ("unit.create", birch, {"kind": "organization", "name": "Team", "price_type": "raw_cost_only"}),
        ("unit.update", birch, {"price_type": "raw_cost_only"}),
    ):
        with pytest.raises(errors.InvalidInput) as refused:
            run(name, cast.ben, address, data)
        assert set(refused.value.fields) == {"price_type"}


@pytest.mark.parametrize(
    ("done", "refused"),
    [
        ((), ("deprovision", "retry")),
        (("provision",), ("provision", "retry")),
        (("provision", "deprovision"), ("deprovision", "retry")),
    ],
)
def test_only_what_fits_the_state(cast: Cast, done: tuple[str, ...], refused: tuple[str, ...]) -> None:
    for verb in done:
        do(cast, verb)
    for verb in refused:
        with pytest.raises(errors.WrongState):
            do(cast, verb)


def test_who_may_do_what(cast: Cast) -> None:
    """A customer's own people look; administrators above act; organizations have no environment."""
    assert show(cast, "acme", "dan").is_called is None
    for verb in ("provision", "deprovision", "retry", "report"):
        with pytest.raises(errors.Forbidden):
            do(cast, verb, who="dan", unit="acme")
        with pytest.raises(errors.NotFound):
            do(cast, verb, who="eve", unit="acme")
        with pytest.raises(errors.NotFound):
            do(cast, verb, unit="birch")
    with pytest.raises(errors.NotFound):
        show(cast, "birch")
    for name in ("show", "set", "remove", "test"):
        with pytest.raises(errors.Forbidden):
            (ask if name == "show" else run)(f"provisioning_hook.{name}", cast.people["dan"], cast.units["acme"])
    assert do(cast, "provision", who="cleo", unit="acme")["state"] == "provisioned"


def test_only_active_customers_get_one(cast: Cast) -> None:
    for state in ("draft", "archived"):
        set_state(cast.units["beta"], state)
        with pytest.raises(errors.WrongState):
            do(cast, "provision")
    set_state(cast.units["beta"], "active")
    do(cast, "provision")
    set_state(cast.units["beta"], "archived")
    assert do(cast, "deprovision")["state"] == "deprovisioned"


def test_r30_a_customer_with_a_past_environment_is_not_removed(cast: Cast) -> None:
    """R30: what it was is kept, so the customer stays; it can be archived instead."""
    do(cast, "provision")
    do(cast, "deprovision")
    with pytest.raises(errors.UnitInUse):
        run("unit.remove", cast.ben, cast.units["beta"])
    with system():
        assert scalar("select provisioned_at is not null from environment") is True


def test_two_who_provision_at_once_make_one_environment(cast: Cast) -> None:
    """A13: 30 rounds; the loser is told by name."""
    answers: list[str] = []

    def provision(barrier: threading.Barrier) -> None:
        barrier.wait()
        try:
            answers.append(do(cast, "provision")["state"])
        except errors.Refusal as refusal:
            answers.append(refusal.code())
        finally:
            connections.close_all()

    for _ in range(30):
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=provision, args=(barrier,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == ["provisioned", "wrong_state"]
        answers.clear()
        do(cast, "deprovision")
    assert len(states(cast)) == 50, "of 120 changes"


def test_renaming_and_provisioning_at_once_never_part(cast: Cast) -> None:
    """R21: whoever comes first, the environment carries the name that the customer has."""

    def rename(barrier: threading.Barrier, name: str) -> None:
        barrier.wait()
        try:
            run("unit.update", cast.ben, cast.units["beta"], {"name": name})
        except errors.NameFrozen:
            pass
        finally:
            connections.close_all()

    for turn in range(20):
        barrier = threading.Barrier(2)
        thread = threading.Thread(target=rename, args=(barrier, f"n{turn}.example.org"))
        thread.start()
        barrier.wait()
        do(cast, "provision")
        thread.join()
        with system():
            [(unit, environment)] = rows(
                "select u.name, e.name from environment e join unit u on u.id = e.unit_id"
            )
        assert unit == environment
        do(cast, "deprovision")


# --- with somebody to call ----------------------------------------------------------------------


def test_a_call_asks_and_a_report_settles(cast: Cast, receiver: Receiver) -> None:
    """R21: it is provisioned when who makes it says so; the call tells ids only (documents.md §8)."""
    secret = run("provisioning_hook.set", cast.ben, cast.units["birch"], {"url": receiver.url, "new_secret": True})
    body = do(cast, "provision")
    assert (body["state"], body["is_frozen"], body["is_called"]) == ("provisioning", True, True)
    with pytest.raises(errors.NameFrozen):
        run("unit.update", cast.ben, cast.units["beta"], {"name": "other.example.org"})
    assert run_job(UUID(body["job_id"])) == "done"
    [call] = receiver.calls
    assert call["type"] == "environment.provision"
    assert call["data"] == {
        "id": body["attempt"], "unit": cast.units["beta"], "version": 1,
        "url": f"http://127.0.0.1:8000/api/v1/units/{cast.units['beta']}/environment",
    }  # fmt: skip
    assert Webhook(secret.result.secret).verify(call.body, call.headers)["type"] == "environment.provision"
    assert show(cast).state == "provisioning"
    reported = do(cast, "report", {
        "attempt": body["attempt"], "outcome": "done", "reference": "env-7", "address": "https://beta.example.org/",
    })  # fmt: skip
    assert reported["is_applied"] is True
    found = show(cast)
    assert (found.state, found.reference, found.address) == ("provisioned", "env-7", "https://beta.example.org/")
    body = do(cast, "deprovision")
    assert (body["state"], body["reference"], body["is_frozen"]) == ("deprovisioning", "env-7", True)
    run_job(UUID(body["job_id"]))
    assert receiver.calls[1]["type"] == "environment.deprovision"
    do(cast, "report", {"attempt": body["attempt"], "outcome": "done"})
    found = show(cast)
    assert (found.state, found.address, found.is_frozen) == ("deprovisioned", "", False)


def test_a_report_that_comes_twice_or_late_changes_nothing(cast: Cast, receiver: Receiver) -> None:
    """F6: answered all the same, so that whoever repeats it comes to rest; of no attempt that never was."""
    first = do(cast, "provision")["attempt"]
    second = do(cast, "retry")["attempt"]
    assert first != second
    late = do(cast, "report", {"attempt": first, "outcome": "done", "reference": "late"})
    assert (late["is_applied"], late["environment"]["state"]) == (False, "provisioning")
    done = {"attempt": second, "outcome": "done", "reference": "env-8"}
    assert do(cast, "report", done)["is_applied"] is True
    for again in (done, {"attempt": second, "outcome": "failed", "reason": "no"}, {**done, "attempt": first}):
        body = do(cast, "report", again)
        assert (body["is_applied"], body["environment"]["reference"]) == (False, "env-8")
    for attempt in (str(uuid4()), do(cast, "provision", unit="gamma_lab")["attempt"]):
        with pytest.raises(errors.InvalidInput) as refused:
            do(cast, "report", {**done, "attempt": attempt})
        assert set(refused.value.fields) == {"attempt"}
    assert states(cast) == ["provisioning", "provisioning", "provisioned"]


def test_what_failed_is_tried_again_under_another_name(cast: Cast, receiver: Receiver) -> None:
    """R21: what was never made freezes nothing; what could not be removed does."""
    attempt = do(cast, "provision")["attempt"]
    do(cast, "report", {"attempt": attempt, "outcome": "failed", "reason": "The name is taken."})
    found = show(cast)
    assert (found.state, found.error, found.is_frozen) == ("failed", "The name is taken.", False)
    run("unit.update", cast.ben, cast.units["beta"], {"name": "other.example.org"})
    body = do(cast, "retry")
    assert (body["state"], body["error"], body["name"]) == ("provisioning", "", "other.example.org")
    do(cast, "report", {"attempt": body["attempt"], "outcome": "done"})
    attempt = do(cast, "deprovision")["attempt"]
    do(cast, "report", {"attempt": attempt, "outcome": "failed", "reason": "Locked."})
    found = show(cast)
    assert (found.state, found.is_frozen) == ("failed", True)
    with pytest.raises(errors.NameFrozen):
        run("unit.update", cast.ben, cast.units["beta"], {"name": "beta.example.org"})
    with pytest.raises(errors.InvalidInput):
        do(cast, "report", {"attempt": attempt, "outcome": "failed"})
    assert do(cast, "retry")["state"] == "deprovisioning"


def test_a_failing_receiver_loses_nothing(cast: Cast, receiver: Receiver) -> None:
    """F6: tried again with the same message id, until it is taken."""
    receiver.answers = [500, 302, 404]
    job = UUID(do(cast, "provision")["job_id"])
    assert [run_job(job) for _ in range(4)] == ["queued"] * 3 + ["done"]
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert show(cast).state == "provisioning"


def test_it_gives_up_in_the_end_and_says_why(cast: Cast, receiver: Receiver) -> None:
    """F6: after the last try the environment failed, and can be tried again."""
    receiver.status = 503
    job = UUID(do(cast, "provision")["job_id"])
    assert [run_job(job) for _ in range(9)] == ["queued"] * 7 + ["failed"] * 2
    found = show(cast)
    assert (found.state, found.error) == ("failed", "The other side did not take the call (answer 503).")
    assert found.error.template.endswith("(answer {status})."), "pages translate it"
    receiver.status = 410
    assert run_job(UUID(do(cast, "retry")["job_id"])) == "failed", "gone for good is not repeated"


def test_addresses_within_are_not_called(cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """S6: an address that led outside when it was set, and leads inside when it is called."""
    with called_networks(monkeypatch, "10.99.0.0/16"):
        body = do(cast, "provision")
        assert run_job(UUID(body["job_id"])) == "failed"
    assert receiver.calls == []
    found = show(cast)
    assert (found.state, found.error) == ("failed", errors.AddressNotAllowed.default_detail)


def test_kill_9_between_call_and_report(cast: Cast, receiver: Receiver) -> None:
    """F1: the call is repeated with the same id, and after the report not at all."""
    body = do(cast, "provision")
    job_dies_at("environment.called", body["job_id"])
    assert len(receiver.calls) == 1
    assert job_state(body["job_id"]) == "running"
    assert run_job(UUID(body["job_id"])) == "done"
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    body = do(cast, "retry")
    job_dies_at("environment.called", body["job_id"])
    do(cast, "report", {"attempt": body["attempt"], "outcome": "done"})
    calls = len(receiver.calls)
    assert run_job(UUID(body["job_id"])) == "done"
    assert (len(receiver.calls), show(cast).state) == (calls, "provisioned")


def test_a_late_failure_of_the_call_does_not_undo_a_report(cast: Cast, receiver: Receiver) -> None:
    """The receiver was quick to report, and slow to answer."""
    body = do(cast, "provision")

    def report() -> None:
        try:
            while not receiver.calls:
                time.sleep(0.02)
            do(cast, "report", {"attempt": body["attempt"], "outcome": "done"})
        finally:
            connections.close_all()

    receiver.status, receiver.delay = 410, 1.0
    thread = threading.Thread(target=report)
    thread.start()
    assert run_job(UUID(body["job_id"])) == "done"
    thread.join()
    assert show(cast).state == "provisioned"


# --- who is called ------------------------------------------------------------------------------


def test_the_nearest_unit_says_who_is_called(cast: Cast, receiver: Receiver) -> None:
    """Inherited by everything below; the address of a unit above is for those who may make environments there."""
    with receiving() as other:
        assert ask("provisioning_hook.show", cast.ben, cast.units["alder"]).url == receiver.url
        above = ask("provisioning_hook.show", cast.people["cleo"], cast.units["alder"])
        assert (above.source, above.unit, above.url) == ("above", None, "")
        set_here = run("provisioning_hook.set", cast.people["cleo"], cast.units["alder"], {"url": other.url}).body
        assert (set_here["hook"]["source"], set_here["hook"]["url"]) == ("own", other.url)
        run_job(UUID(do(cast, "provision", unit="acme", who="cleo")["job_id"]))
        run_job(UUID(do(cast, "provision")["job_id"]))
        assert (len(other.calls), len(receiver.calls)) == (1, 1)
        body = run("provisioning_hook.remove", cast.people["cleo"], cast.units["alder"]).body
        assert body["source"] == "above"
        with pytest.raises(errors.WrongState):
            run("provisioning_hook.remove", cast.people["cleo"], cast.units["alder"])
    assert ask("provisioning_hook.show", cast.people["eve"], cast.units["delta"]).source == "nobody"
    run("provisioning_hook.remove", cast.ben, cast.units["birch"])
    assert do(cast, "provision", unit="gamma_lab")["state"] == "provisioned"
    body = do(cast, "retry")
    assert body["state"] == "provisioned", "nobody is called any more"


def test_a_hook_taken_away_fails_what_waits_for_its_call(cast: Cast, receiver: Receiver) -> None:
    body = do(cast, "provision")
    run("provisioning_hook.remove", cast.ben, cast.units["birch"])
    assert run_job(UUID(body["job_id"])) == "failed"
    assert show(cast).state == "failed"


def test_a_new_secret_signs_beside_the_old_one_for_a_day(cast: Cast, receiver: Receiver) -> None:
    """S7: the receiver changes over without losing a call."""
    birch, url = cast.units["birch"], {"url": receiver.url}
    begun = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def called_at(moment: datetime) -> Any:
        with frozen(moment):
            run_job(UUID(run("provisioning_hook.test", cast.ben, birch).body["job_id"]))
        return receiver.calls[-1]

    def is_signed(call: Any, secret: str) -> bool:
        signatures = call.headers["webhook-signature"].split()
        stamp = datetime.fromtimestamp(int(call.headers["webhook-timestamp"]), UTC)
        return Webhook(secret).sign(call.headers["webhook-id"], stamp, call.body.decode()) in signatures

    with frozen(begun):
        old = run("provisioning_hook.set", cast.ben, birch, {**url, "new_secret": True}).body["secret"]
        assert run("provisioning_hook.set", cast.ben, birch, url).body["secret"] == ""
        new = run("provisioning_hook.set", cast.ben, birch, {**url, "new_secret": True}).body["secret"]
    call = called_at(begun + timedelta(hours=23))
    assert call["type"] == "provisioning_hook.test"
    assert is_signed(call, old)
    assert is_signed(call, new)
    call = called_at(begun + timedelta(hours=25))
    assert is_signed(call, new)
    assert not is_signed(call, old)
    receiver.status = 500
    job = run("provisioning_hook.test", cast.ben, birch).body["job_id"]
    assert run_job(UUID(job)) == "failed", "a test is not repeated"


def test_the_secret_is_stored_nowhere(cast: Cast, receiver: Receiver) -> None:
    """S7: not in the database, the audit trail, jobs or stored answers; a repeated request does not get it again."""
    birch, data = cast.units["birch"], {"url": receiver.url, "new_secret": True}
    secret = run("provisioning_hook.set", cast.ben, birch, data, key="k").body["secret"]
    run_job(UUID(run("provisioning_hook.test", cast.ben, birch).body["job_id"]))
    again = run("provisioning_hook.set", cast.ben, birch, data, key="k")
    assert "secret" not in again.body
    with system():
        tables = rows(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            " and has_table_privilege(oid, 'select')"
        )
        stored = "".join(str(rows(f"select t::text from {name} t")) for (name,) in tables)  # type: ignore[arg-type]
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in stored
    assert secret not in json.dumps(ask("provisioning_hook.show", cast.ben, birch).url)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret.swapcase().replace("WHSEC_", "whsec_")).verify(
            receiver.calls[0].body, receiver.calls[0].headers
        )


@pytest.mark.parametrize(
    "url", ["http://a.example/", "https://me:x@a.example/", "javascript:alert(1)", "https://"]
)
def test_addresses_are_checked_where_they_are_set(cast: Cast, url: str) -> None:
    """S6."""
    with pytest.raises(errors.InvalidInput) as refused:
        run("provisioning_hook.set", cast.ben, cast.units["birch"], {"url": url})
    assert "url" in refused.value.fields


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http:///x y", "//a", "ftp://a"])
def test_addresses_reported_are_web_addresses(cast: Cast, receiver: Receiver, address: str) -> None:
    """S1: pages link to it."""
    attempt = do(cast, "provision")["attempt"]
    with pytest.raises(errors.InvalidInput) as refused:
        do(cast, "report", {"attempt": attempt, "outcome": "done", "address": address})
    assert "address" in refused.value.fields
