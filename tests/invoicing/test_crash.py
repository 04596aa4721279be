"""kill -9 while drafting, issuing and rendering: a rerun completes, no number is lost (F1, M8, I16)."""

from typing import Any

from tests.crashes import job_dies_at, operation_dies_at
from tests.invoicing.worked import ISSUED_ON
from tests.rating.worked import Example
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.invoicing.models import Invoice, InvoiceDocument

DRAFTING = ("drafts.before", "drafts.inside", "drafts.after")
ISSUING = ("issue.before_number", "issue.inside", "issue.after")
RENDERING = ("render.before_store", "render.before_attach")


def _books() -> list[tuple[Any, ...]]:
    with system():
        return rows(
            "select i.seller_name, i.buyer_name, i.currency, i.net, i.vat, i.gross, i.hold, array_agg("
            " (l.text, l.quantity, l.price, l.exact, l.net, l.vat_category, l.vat_rate)::text order by l.position)"
            " from invoice i join invoice_line l on l.invoice_id = i.id group by i.id order by 1, 2"
        )


def test_every_crash_point(database: None) -> None:
    """Totals equal those of an undisturbed run; numbers are 1..n; each PDF exists once."""
    example = Example.make()
    ada = example.cast.ada
    example.bill()
    undisturbed = _books()
    assert len(undisturbed) == 4

    for label in DRAFTING:
        queued = example.queue()
        job_dies_at(label, queued["job_id"])
        assert _books() == undisturbed  # never half of them
        assert run_job(queued["job_id"]) == "done"
        assert _books() == undisturbed

    current = str(example.current().public_id)
    for label in ISSUING:
        operation_dies_at(label, "invoice.issue_run", ada, current, {"issued_on": ISSUED_ON})
        with system():
            assert not Invoice.objects.filter(state="issued").exists()
            assert rows("select 1 from invoice_counter") == []
    issued = run("invoice.issue_run", ada, current, {"issued_on": ISSUED_ON}).body
    assert issued["issued_count"] == 4
    with system():
        numbers = rows("select seller_name, array_agg(sequence order by sequence) from invoice group by 1")
    assert all(taken == list(range(1, len(taken) + 1)) for _, taken in numbers)
    assert _books() == undisturbed

    for label in RENDERING:
        job_dies_at(label, issued["job_id"])
        with system():
            assert InvoiceDocument.objects.count() == 0
    assert run_job(issued["job_id"]) == "done"
    with system():
        assert InvoiceDocument.objects.count() == 4
