"""The worked example of billing.md §11 as far as a billing run's charge lines; what invoicing's tests stand on.

The lines are planted as the run would leave them, so that drafts, issue and documents are tested by themselves;
the golden test of the whole chain goes through the engine.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.cast import Cast, make_cast
from underlet.contracts.models import ContractVersion
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.invoicing.steps import redraft
from underlet.invoicing.types import InvoiceRow
from underlet.project import wiring
from underlet.project.demo.cast import dress
from underlet.rating.models import BillingRun

wiring.load()

PERIOD = "2026-04"
ISSUED_ON = "2026-05-04"


def _is(dimension: str, value: str) -> list[dict[str, Any]]:
    return [{"dimension": dimension, "operator": "in", "values": [value]}]


def _terms(rules: list[dict[str, Any]], vat: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"currency": "EUR", "rules": rules, "vat_category": vat[0], "vat_rate": vat[1], **more}


_GERMAN = ("S", "19")
CONTRACTS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "K1": ("fjord", "birch", "2026-01-01", _terms(
        [{"verb": "remove", "conditions": _is("ChargeCategory", "Tax")},
         {"verb": "remove", "conditions": _is("ChargeCategory", "Credit")},
         {"verb": "adjust", "base": "list", "percent": "-8", "conditions": _is("ServiceName", "Compute"),
          "on_missing_base": "remove"},
         {"verb": "adjust", "base": "seller_cost", "percent": "5"}],
        ("AE", "0"), rates={"USD": "0.92"})),
    "K2": ("birch", "alder", "2026-01-01",
           _terms([{"verb": "adjust", "base": "seller_cost", "percent": "4"}], _GERMAN, payment_days=14)),
    "K3": ("alder", "acme", "2026-01-01", _terms(
        [{"verb": "unit", "price": "0.025", "conditions": _is("ServiceName", "Storage")},
         {"verb": "adjust", "base": "list", "percent": "0"}],
        _GERMAN, fees=[{"label": "Managed service", "price": "300.00", "starts_on": "2026-04-11"}])),
    "K4": ("birch", "beta", "2026-04-16", _terms([{"verb": "adjust", "base": "list", "percent": "-2"}], _GERMAN)),
}  # fmt: skip


@dataclass(frozen=True)
class Charged:
    """One line of the example: exact price in EUR on one edge."""

    contract: str
    edge: int
    sub_account: str
    service: str
    rule: int
    exact: str
    posted: str
    quantity: str = "1"
    unit: str = "hours"


LINES = (
    Charged("K1", 1, "A1", "Compute", 3, "1692.80", "1692.80", "2"),
    Charged("K1", 1, "A1", "Storage", 4, "99.981", "99.98", "5000", "GB"),
    Charged("K1", 1, "A2", "Compute", 3, "592.48", "592.48", "2"),
    Charged("K2", 2, "A1", "Compute", 1, "1760.512", "1760.51", "2"),
    Charged("K2", 2, "A1", "Storage", 1, "103.98024", "103.98", "5000", "GB"),
    Charged("K2", 2, "A2", "Compute", 1, "308.0896", "308.09"),
    Charged("K3", 3, "A1", "Compute", 2, "1840", "1840.00", "2"),
    Charged("K3", 3, "A1", "Storage", 1, "125", "125.00", "5000", "GB"),
    Charged("K3", 3, "A2", "Compute", 2, "322", "322.00"),
    Charged("K4", 2, "A2", "Compute", 1, "315.56", "315.56"),
)


class Month:
    """The example's month: its cast, its current run, its contracts by name."""

    def __init__(self) -> None:
        self.cast: Cast = make_cast()
        dress(self.cast)
        self.contracts = {
            name: run(
                "contract.create",
                self.cast.seller_of(seller),
                self.cast.units[seller],
                {"buyer": self.cast.units[buyer], "starts_on": starts_on, **terms},
            ).body["id"]
            for name, (seller, buyer, starts_on, terms) in CONTRACTS.items()
        }
        self.run = self.add_run()

    def add_run(
        self, lines: tuple[Charged, ...] = LINES, *, state: str = "done", outcome: str = "priced"
    ) -> BillingRun:
        """A finished run of the month, now the current one, with these lines; its drafts are not made yet."""
        with system():
            execute("update billing_run set is_current = false")
            root = scalar("select id from unit where public_id = %s", [self.cast.units["fjord"]])
            run_id = scalar(
                "insert into billing_run (hierarchy_id, unit_id, actor_id, period, state, is_current, created_at,"
                " finished_at) select hierarchy_id, id, %s, '2026-04-01', %s, true, %s, %s from unit where id = %s"
                " returning id",
                [self.cast.ada.id, state, now(), now(), root],
            )
            for line in lines:
                version = ContractVersion.objects.get(contract__public_id=self.contracts[line.contract])
                execute(
                    "insert into charge_line (run_id, edge, outcome, version_id, seller_id, buyer_id,"
                    " seller_entity_id, buyer_entity_id, provider, billing_account, sub_account,"
                    " sub_account_name, service, charge_category, charge_kind, rule_id, provider_currency,"
                    " currency, unit_of_measure, quantity, exact, posted, n) select %s, %s, %s, %s, c.seller_id,"
                    " c.buyer_id, c.seller_entity_id, c.buyer_entity_id, 'Example', '1', %s, %s, %s, 'Usage',"
                    " 'usage', %s, 'USD', 'EUR', %s, %s, %s, %s, 1 from contract c where c.id = %s",
                    [run_id, line.edge, outcome, version.id, line.sub_account, line.sub_account, line.service,
                     str(line.rule), line.unit, Decimal(line.quantity), Decimal(line.exact), Decimal(line.posted),
                     version.contract_id],
                )  # fmt: skip
            return BillingRun.objects.get(id=run_id)

    def draft(self) -> int:
        """Make the drafts of the current run."""
        return redraft(self.run.id)

    def issue(self, actor: Actor | None = None, *, render: bool = False) -> dict[str, Any]:
        """Issue the run, by default as the root's administrator; render the PDFs if asked to."""
        body: dict[str, Any] = run(
            "invoice.issue_run", actor or self.cast.ada, str(self.run.public_id), {"issued_on": ISSUED_ON}
        ).body
        if render and body["job_id"]:
            assert run_job(body["job_id"]) == "done"
        return body

    def invoice(self, contract: str, **filters: str) -> InvoiceRow:
        """The invoice of a contract, as its seller's administrator sees it."""
        seller, buyer, *_ = CONTRACTS[contract]
        page = ask(
            "invoice.list", self.cast.seller_of(seller), self.cast.units[buyer], {"side": "bought", **filters}
        )
        [row] = page.items
        return row  # type: ignore[no-any-return]
