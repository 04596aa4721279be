"""Issuing: numbers, dates, snapshots, used versions; what is final and what is refused (R86, R92, I16, M8, M9)."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection

from tests.invoicing.worked import ISSUED_ON, PERIOD, Month
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.invoicing.models import Invoice
from underlet.invoicing.snapshot import chain_is_whole, sha256_of
from underlet.kernel.errors import (
    DocumentIssued,
    Forbidden,
    IssueBlocked,
    NotFound,
    PeriodClosed,
    VersionUsed,
)


def test_whole_run_top_down(drafted: Month) -> None:
    """I16, R92, billing.md §10.4: the root issues the chain; numbers per seller, due dates by contract."""
    cast = drafted.cast
    with writing(cast.ada):
        order = [id_ for (id_,) in rows("select id from issuable_drafts(%s)", [drafted.run.id])]
    with system():
        sellers = Invoice.objects.in_bulk(order)
    assert [sellers[id_].seller_name.split()[0] for id_ in order] == ["Fjord", "Birch", "Birch", "Alder"]
    body = drafted.issue()
    assert (body["issued_count"], body["held_count"]) == (4, 0)
    assert [row["buyer"] for row in body["issued"]] == [
        "Birch Cloud GmbH"
    ]  # I5: prices of other edges stay hidden
    rows_ = {name: drafted.invoice(name) for name in ("K1", "K2", "K3", "K4")}
    assert {name: row.number for name, row in rows_.items()} == {
        "K1": "2026-00001", "K2": "2026-00001", "K3": "2026-00001", "K4": "2026-00002",
    }  # fmt: skip
    assert rows_["K1"].due_on == date(2026, 6, 3)
    assert rows_["K2"].due_on == date(2026, 5, 18)
    with system():
        birch = list(Invoice.objects.filter(seller_name="Birch Cloud GmbH").order_by("sequence"))
    assert chain_is_whole([invoice.snapshot for invoice in birch])
    assert all(sha256_of(invoice.snapshot) == invoice.snapshot_sha256 for invoice in birch)
    again = drafted.issue()
    assert (again["issued"], again["issued_count"], again["job_id"]) == ([], 0, None)
    with pytest.raises(PeriodClosed):
        run("billing_run.start", cast.ada, cast.units["fjord"], {"period": "2026-04"})


def test_snapshot_holds_its_edge_only(issued: Month) -> None:
    """I5, A11: what the customer's document says comes from its own edge; no other party, cost or exact price."""
    with system():
        snapshot = Invoice.objects.get(buyer_name="Acme Maschinenbau AG").snapshot
    text = json.dumps(snapshot)
    for foreign in ("Birch", "Fjord", "1760.5", "846.4", "exact", "rule", "margin", "cost"):
        assert foreign not in text
    assert snapshot["totals"] == {"currency": "EUR", "net": "2487.00", "vat": "472.53", "gross": "2959.53"}
    assert snapshot["dates"]["issued_on"] == ISSUED_ON
    assert snapshot["form"]["language"] == "de"
    assert all(isinstance(value, str | list | None) for value in snapshot["lines"][1].values())


def test_one_draft_by_its_seller(drafted: Month) -> None:
    """R86: the seller issues; a second time it is final. Default date: today in the seller's zone (R92)."""
    cast = drafted.cast
    address = str(drafted.invoice("K3").id)
    for stranger, refusal in (
        (cast.dan, NotFound),
        (cast.ben, NotFound),
        (cast.ada, NotFound),
        (cast.eve, NotFound),
    ):
        with pytest.raises(refusal):
            run("invoice.issue", stranger, address, {})
    run("unit.update", cast.cleo, cast.units["alder"], {"time_zone": "Pacific/Auckland"})
    with frozen(datetime(2026, 5, 31, 13, 0, tzinfo=UTC)):
        body = run("invoice.issue", cast.cleo, address, {}).body
    [row] = body["issued"]
    assert (row["number"], row["issued_on"], row["due_on"]) == ("2026-00001", "2026-06-01", "2026-07-01")
    with pytest.raises(DocumentIssued):
        run("invoice.issue", cast.cleo, address, {})
    with pytest.raises(Forbidden):
        run("invoice.issue", cast.dan, address, {})  # now the buyer sees it, and still may not
    view = ask("invoice.show", cast.dan, address)
    assert (view.number, view.may_issue, view.run_id) == ("2026-00001", False, None)


def test_held_draft_stays(month: Month) -> None:
    """I20: what is held is not issued, the others are; the hold names its reason."""
    month.draft()
    with system():
        execute("update invoice set hold = 'missing_base' where buyer_name = 'Beta Handels eG'")
    with pytest.raises(IssueBlocked, match="list price"):
        run("invoice.issue", month.cast.ben, str(month.invoice("K4").id), {})
    body = month.issue()
    assert (body["issued_count"], body["held_count"]) == (3, 1)
    assert month.invoice("K4").state == "draft"
    month.run = month.add_run(state="held")
    with pytest.raises(IssueBlocked):
        month.issue()


def test_used_versions_never_change(issued: Month) -> None:
    """R89, P27: terms that an issued invoice rests on are refused further edits of its month (VersionUsed)."""
    cast = issued.cast
    terms = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "vat_rate": "19"}
    with pytest.raises(VersionUsed):
        run("contract.revise", cast.cleo, issued.contracts["K3"], {"starts_on": "2026-04-20", **terms})
    with pytest.raises(VersionUsed):
        run("contract.end", cast.cleo, issued.contracts["K3"], {"ends_on": "2026-04-30"})
    run("contract.revise", cast.cleo, issued.contracts["K3"], {"starts_on": "2026-05-01", **terms})


CHANGES = (
    "update invoice set net = net + 1, gross = gross + 1 where state = 'issued'",
    "update invoice set state = 'draft', number = null where state = 'issued'",
    "update invoice set snapshot = '{}' where state = 'issued'",
    "delete from invoice where state = 'issued'",
    "update invoice_line set net = 0",
    "delete from invoice_line",
    "insert into invoice_line (invoice_id, position, kind, text, exact, net, vat_category, vat_rate)"
    " select id, 99, 'fee', 'x', 0, 0, 'S', 0 from invoice",
    "update invoice_document set sha256 = ''",
    "delete from invoice_document",
    "update contract_version set vat_rate = 7",
    "update price_rule set percent = 0 where percent is not null",
    "truncate invoice cascade",
)


def test_database_refuses_every_change(drafted: Month) -> None:
    """I16, M8: by SQL, as the application and as the system; and totals always add up (M9)."""
    with pytest.raises(IntegrityError, match="does not add up"), system():
        execute("update invoice_line set net = net + 1 where invoice_id = (select min(id) from invoice)")
    with pytest.raises(IntegrityError, match="does not add up"), system():
        execute("update invoice set net = net + 1, gross = gross + 1")
    with pytest.raises(IntegrityError, match="does not add up"), system():
        execute("delete from invoice_line where position = 1")
    drafted.issue(render=True)
    for change in CHANGES:
        with pytest.raises(DatabaseError), system():
            execute(change)
        with pytest.raises(DatabaseError), writing(drafted.cast.cleo):
            execute(change)
    for forbidden in (
        "select * from take_number(1, 2026)",
        "select issue_invoice(1, 2026, 9, '9', '2026-01-01', '2026-01-01', '{}', '', now())",
        "update invoice_counter set next = 1",
    ):
        with pytest.raises(DatabaseError), writing(drafted.cast.dan), connection.cursor() as cursor:
            cursor.execute(forbidden)
    with writing(drafted.cast.dan):
        assert scalar("select invoice_material(1)") is None
        assert rows("select * from issuable_drafts(%s)", [drafted.run.id]) == []


def test_a_seller_below_the_root_issues_its_own_month(drafted: Month) -> None:
    """R86, A5: Birch issues what Birch sells, without sight of the run; nobody else's drafts; again: nothing left."""
    cast = drafted.cast
    data = {"period": PERIOD, "issued_on": ISSUED_ON}
    body = run("invoice.issue_month", cast.ben, cast.units["birch"], data).body
    assert sorted(row["buyer"] for row in body["issued"]) == sorted(
        [drafted.invoice("K2").buyer, drafted.invoice("K4").buyer]
    )
    assert run_job(body["job_id"]) == "done"
    assert [drafted.invoice(name).has_pdf for name in ("K2", "K4")] == [True, True]
    assert [drafted.invoice(name).state for name in ("K1", "K3")] == ["draft", "draft"]
    assert run("invoice.issue_month", cast.ben, cast.units["birch"], data).body["issued_count"] == 0
    with pytest.raises(NotFound):
        run("invoice.issue_month", cast.dan, cast.units["birch"], data)
