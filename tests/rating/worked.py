"""The worked example of billing.md §11 through the operations: contracts, a FOCUS file, owners, a rate, a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.cast import Cast, make_cast
from tests.invoicing.worked import CONTRACTS, PERIOD
from tests.usage.focus import csv_bytes, record
from tests.usage.imports import take_in
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.period import Month as Period
from underlet.project import wiring
from underlet.rating.models import BillingRun
from underlet.rating.queries import current_run

wiring.load()

ACCOUNT = "0012345"


def charge(
    sub: str, service: str, category: str, day: str, quantity: str, listed: str, cost: str, **more: str
) -> dict[str, str]:
    """One FOCUS line of the example: one day, all costs equal."""
    month = {"BillingPeriodStart": "2026-04-01T00:00:00Z", "BillingPeriodEnd": "2026-05-01T00:00:00Z"}
    until = f"{int(day[3:]) + 1:02d}" if day != "04-30" else ""
    return record(
        **{
            **month,
            "SubAccountId": sub,
            "SubAccountName": sub,
            "ServiceName": service,
            "ServiceCategory": service,
            "ChargeCategory": category,
            "ChargePeriodStart": f"2026-{day}T00:00:00Z",
            "ChargePeriodEnd": f"2026-04-{until}T00:00:00Z" if until else "2026-05-01T00:00:00Z",
            "PricingQuantity": quantity,
            "PricingUnit": "GB" if service == "Storage" else "hours",
            "ListCost": listed,
            **dict.fromkeys(("BilledCost", "EffectiveCost", "ContractedCost"), cost),
            **more,
        }
    )


CHARGES = (
    charge("A1", "Compute", "Usage", "04-05", "1", "1000.00", "720.00"),
    charge("A1", "Compute", "Usage", "04-20", "1", "1000.00", "720.00"),
    charge("A1", "Storage", "Usage", "04-10", "5000", "115.00", "103.50"),
    charge("A2", "Compute", "Usage", "04-12", "1", "350.00", "315.00"),
    charge("A2", "Compute", "Usage", "04-20", "1", "350.00", "315.00"),
    charge("A1", "Compute", "Credit", "04-30", "1", "0.00", "-61.00"),
    charge("A1", "Compute", "Tax", "04-30", "1", "0.00", "50.00"),
)
OWNERS = (
    ("A1", "acme", "2026-01-01", None),
    ("A2", "acme", "2026-01-01", "2026-04-16"),
    ("A2", "beta", "2026-04-16", None),
)


@dataclass
class Example:
    """A month that can be run: its cast, and contracts by name."""

    cast: Cast
    contracts: dict[str, str]

    @classmethod
    def make(
        cls,
        charges: Sequence[dict[str, str]] = CHARGES,
        contracts: Sequence[str] = ("K1", "K2", "K3", "K4"),
        owners: Sequence[tuple[str, str, str, str | None]] = OWNERS,
        changes: dict[str, dict[str, Any]] | None = None,
        rate: str | None = "0.92",
    ) -> "Example":
        """Make contracts, import the charges, assign their sub-accounts; `changes` alter terms by contract."""
        example = cls(make_cast(), {})
        cast = example.cast
        for name in contracts:
            seller, buyer, starts_on, terms = CONTRACTS[name]
            data = {"buyer": cast.units[buyer], "starts_on": starts_on, **terms, **(changes or {}).get(name, {})}
            body = run("contract.create", cast.seller_of(seller), cast.units[seller], data).body
            example.contracts[name] = body["id"]
        assert take_in(cast, csv_bytes(*charges)).status == "active"
        found = {
            row.external_id: str(row.id) for row in ask("sub_account.list", cast.ada, cast.units["fjord"]).items
        }
        for sub, unit, first, last in owners:
            data = {"unit": cast.units[unit], "starts_on": first, **({"ends_on": last} if last else {})}
            run("sub_account.assign", cast.ada, found[sub], data)
        if rate:
            data = {"period": PERIOD, "currency": "USD", "rate": rate}
            run("exchange_rate.set", cast.ada, cast.units["fjord"], data)
        return example

    def queue(self) -> dict[str, Any]:
        """Start a run; its job has not worked yet."""
        body: dict[str, Any] = run(
            "billing_run.start", self.cast.ada, self.cast.units["fjord"], {"period": PERIOD}
        ).body
        return body

    def bill(self) -> BillingRun:
        """Start a run, let its job work, and give the run."""
        body = self.queue()
        assert run_job(body["job_id"]) == "done"
        with system():
            return BillingRun.objects.select_related("unit").get(public_id=body["id"])

    def current(self) -> BillingRun:
        """The month's current run."""
        with system():
            found = current_run(BillingRun.objects.all()[0].hierarchy_id, Period.parse(PERIOD))
        assert found is not None
        return found

    def lines(self, outcome: str = "priced") -> dict[str, list[tuple[str, str, Decimal, Decimal]]]:
        """Lines of the current run by contract: service, sub-account, exact, posted; sorted."""
        with system():
            found = rows(
                "select c.public_id::text, l.service, l.sub_account, l.exact, l.posted from charge_line l"
                " join billing_run r on r.id = l.run_id and r.is_current"
                " join contract_version v on v.id = l.version_id join contract c on c.id = v.contract_id"
                " where l.outcome = %s order by 1, 3, 2, 4",
                [outcome],
            )
        names = {id_: name for name, id_ in self.contracts.items()}
        lines: dict[str, list[tuple[str, str, Decimal, Decimal]]] = {name: [] for name in self.contracts}
        for contract, *line in found:
            lines[names[contract]].append(tuple(line))
        return lines

    def margins(self) -> dict[tuple[str, str, str, str], Decimal]:
        """Posted − HALF_UP(cost, in EUR) of every line, by contract, service, sub-account and outcome."""
        with system():
            found = rows(
                "select c.public_id::text, l.service, l.sub_account, l.charge_category, l.outcome, l.posted,"
                " k.exact,"
                " k.currency from charge_line l"
                " join billing_run r on r.id = l.run_id and r.is_current join charge_cost k on k.charge_line_id"
                " = l.id"
                " join contract_version v on v.id = l.version_id join contract c on c.id = v.contract_id"
            )
        names = {id_: name for name, id_ in self.contracts.items()}
        rate = {"EUR": Decimal(1), "USD": Decimal("0.92")}
        return {
            (names[contract], service, sub, category): posted - round_half_up(exact * rate[currency])
            for contract, service, sub, category, _, posted, exact, currency in found
        }


def round_half_up(value: Decimal) -> Decimal:
    """To cents, half up."""
    from underlet.kernel.money import half_up

    return half_up(value, 2)
