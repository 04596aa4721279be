"""What a run does with what it cannot price: it says so, holds what would be wrong, never crashes (R86, I20)."""

from decimal import Decimal

import pytest

from tests.cast import make_cast
from tests.rating.worked import CHARGES, PERIOD, Example, charge
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.sentence import unpacked
from underlet.project import wiring
from underlet.rating.models import BillingRun
from underlet.rating.queries import holds_of_run

wiring.load()


def _holds(example: Example) -> dict[str, str]:
    """Contract -> why its invoice waits."""
    run_ = example.current()
    with system():
        found = rows(
            "select v.id, c.public_id::text from contract_version v join contract c on c.id = v.contract_id"
        )
    names = {id_: name for name, id_ in example.contracts.items()}
    contract_of = {version: names[contract] for version, contract in found}
    return {contract_of[version]: code for version, code in holds_of_run(run_).items()}


def test_month_without_usage_is_refused(database: None) -> None:
    """A period without active imports: a clear refusal; the run is failed, nothing is current."""
    cast = make_cast()
    body = run("billing_run.start", cast.ada, cast.units["fjord"], {"period": PERIOD}).body
    assert run_job(body["job_id"]) == "failed"
    assert "no usage" in ask("job.show", cast.ada, str(body["job_id"])).error["detail"]
    with system():
        failed = BillingRun.objects.get(public_id=body["id"])
    assert (failed.state, failed.is_current) == ("failed", False)


def test_rate_of_the_books_is_missing(database: None) -> None:
    """billing.md §6.8: without the root's rate the run is held and names it; set it, run again, done."""
    example = Example.make(rate=None)
    held = example.bill()
    [finding] = held.findings
    assert held.state == "held"
    assert (finding["code"], finding["blocks"], finding["amount"]) == (
        "exchange_rate_missing",
        True,
        "2162.5",
    )
    assert ask("billing_run.show", example.cast.ada, str(held.public_id)).provider_costs == ()
    data = {"period": PERIOD, "currency": "USD", "rate": "0.92"}
    run("exchange_rate.set", example.cast.ada, example.cast.units["fjord"], data)
    done = example.bill()
    assert (done.state, done.is_current, done.findings) == ("done", True, [])


def test_rate_of_a_contract_is_missing(database: None) -> None:
    """exchange_rate_missing: lines that need the rate are held, unit prices are not; edges below wait too."""
    example = Example.make(changes={"K1": {"rates": {}}})
    billed = example.bill()
    assert {finding["code"] for finding in unpacked(billed.findings)} == {"exchange_rate_missing"}
    assert all("USD to EUR" in finding["detail"] for finding in unpacked(billed.findings))
    assert set(_holds(example).values()) == {"exchange_rate_missing"}
    assert set(_holds(example)) == {"K1", "K2", "K3", "K4"}
    assert [exact for *_, exact, _ in example.lines()["K3"]] == [Decimal(125)]


def test_missing_base_holds_the_edge_and_those_below(database: None) -> None:
    """missing_base: held where the rule says so and absent below; every invoice that lacks it waits."""
    free = charge("A1", "Market", "Usage", "04-06", "1", "0.00", "10.00")
    changes = {"K2": {"rules": [{"verb": "adjust", "base": "list", "percent": "0"}]}}
    example = Example.make((*CHARGES, free), changes=changes)
    billed = example.bill()
    [finding] = [one for one in unpacked(billed.findings) if one["code"] == "missing_base"]
    assert Decimal(finding["amount"]) == 10
    assert "alder" in finding["about"].lower()
    assert _holds(example) == {"K2": "missing_base", "K3": "missing_base"}
    assert [line[:2] for line in example.lines("held")["K2"]] == [("Market", "A1")]
    assert "Market" not in {service for service, *_ in example.lines()["K3"]}


def test_customer_without_a_contract(database: None) -> None:
    """contract_gap: beta's charges stay with the root, visibly; the reseller's contract waits for them."""
    example = Example.make(contracts=("K1", "K2", "K3"))
    billed = example.bill()
    [finding] = [one for one in unpacked(billed.findings) if one["code"] == "contract_gap"]
    assert (finding["about"], Decimal(finding["amount"]), finding["blocks"]) == ("beta.example.org", 315, True)
    assert _holds(example) == {"K1": "contract_gap"}
    [row] = ask("billing_run.show", example.cast.ada, str(billed.public_id)).provider_costs
    assert (row.exact, row.unassigned) == (Decimal("2162.50"), 0)


def test_unassigned_stays_with_the_root(database: None) -> None:
    """P24, I2: what nobody owns is part of the provider's cost and of no edge."""
    example = Example.make(owners=(("A1", "acme", "2026-01-01", None),))
    billed = example.bill()
    [row] = ask("billing_run.show", example.cast.ada, str(billed.public_id)).provider_costs
    assert (row.exact, row.unassigned) == (Decimal("2162.50"), Decimal(630))
    assert {sub for _, sub, *_ in example.lines()["K1"]} == {"A1"}


def test_unused_rules_are_reported(database: None) -> None:
    """P29, billing.md §4: a rule that matched nothing in the period is reported, and holds nothing."""
    example = Example.make(CHARGES[:5])
    billed = example.bill()
    unused = {
        finding["about"]: finding["detail"]
        for finding in unpacked(billed.findings)
        if finding["code"] == "rule_unused"
    }
    assert list(unused.values()) == ["No charge matched these rules: 1, 2."]
    assert billed.state == "done"
    assert _holds(example) == {}


@pytest.mark.parametrize(("day", "code"), [("2026-03-31", "outside_period"), ("2026-04-05", None)])
def test_day_outside_the_month(database: None, day: str, code: str | None) -> None:
    """billing.md §2: a day before the first contract goes to it, and the run says so."""
    moved = charge(
        "A1", "Compute", "Usage", "04-05", "1", "1000.00", "720.00",
        ChargePeriodStart=f"{day}T00:00:00Z", ChargePeriodEnd="2026-04-06T00:00:00Z",
    )  # fmt: skip
    example = Example.make((moved,), contracts=(), owners=(("A1", "birch", "2026-01-01", None),))
    terms = {
        "currency": "EUR",
        "rules": [{"verb": "pass_through"}],
        "vat_category": "AE",
        "rates": {"USD": "0.92"},
    }
    data = {"buyer": example.cast.units["birch"], "starts_on": "2026-04-01", **terms}
    example.contracts["K1"] = run("contract.create", example.cast.ada, example.cast.units["fjord"], data).body[
        "id"
    ]
    billed = example.bill()
    assert [finding["code"] for finding in unpacked(billed.findings)] == ([code] if code else [])
    assert [exact for *_, exact, _ in example.lines()["K1"]] == [Decimal("662.40")]


def test_unchanged_inputs_after_a_change_give_the_same_hash(database: None) -> None:
    """I7: a rate set wrongly and set back gives the first run's result hash, priced anew."""
    example = Example.make()
    first = example.bill()
    for rate in ("0.5", "0.92"):
        data = {"period": PERIOD, "currency": "USD", "rate": rate}
        run("exchange_rate.set", example.cast.ada, example.cast.units["fjord"], data)
        last = example.bill()
    assert (last.is_current, last.inputs_hash, last.result_hash) == (True, first.inputs_hash, first.result_hash)
    assert last.id != first.id


def test_a_bug_ends_the_run(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error fails the run too, so that the month can be run again."""
    example = Example.make()
    broken = example.queue()
    with monkeypatch.context() as patch:
        patch.setattr("underlet.rating.run.rate", lambda *_: 1 / 0)
        assert run_job(broken["job_id"]) == "failed"
    again = example.bill()
    assert str(again.public_id) != broken["id"]
    assert again.state == "done"
    with system():
        assert BillingRun.objects.get(public_id=broken["id"]).state == "failed"
