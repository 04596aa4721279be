"""kill -9 of Postgres at every labelled point of import, billing run, drafts and documents (F1, F3).

The job completes by itself, with the figures of an undisturbed one.
"""

import pytest

from tests.cast import Cast, make_cast
from tests.crashes import database_dies_at
from tests.invoicing.test_crash import DRAFTING, RENDERING
from tests.rating.test_run_crash import LABELS as RATING
from tests.rating.worked import Example
from tests.usage.focus import csv_bytes, record
from tests.usage.imports import begin, show, take_in
from tests.usage.test_import_crash import CRASH_POINTS
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run

ORDINARY = ("import.inside_activate", "run.inside_record", "drafts.inside")
"""The points inside a transaction; the others run with the deep tests."""
LINES = [record(SubAccountId=f"{i % 3}", ResourceId=str(i), BilledCost=f"{i}.25") for i in range(50)]


def _each(labels: tuple[str, ...]) -> list[object]:
    return [label if label in ORDINARY else pytest.param(label, marks=pytest.mark.deep) for label in labels]


@pytest.mark.parametrize("label", _each(CRASH_POINTS))
def test_an_import_completes(database: None, label: str) -> None:
    """F1, F3, M1: active once, every line counted, to the digit."""
    cast: Cast = make_cast()
    take_in(cast, csv_bytes(record(BilledCost="99"), record(BillingAccountId="other")))
    view = begin(cast, csv_bytes(*LINES))
    assert view.job_id
    database_dies_at(label, view.job_id)
    shown = show(cast.ada, view)
    assert (shown.status, shown.rows, str(shown.totals[0].billed_cost)) == ("active", 50, "1237.50")


def _books() -> tuple[list[tuple[object, ...]], ...]:
    with system():
        return (
            rows(
                "select edge, outcome, sub_account, service, exact, posted from charge_line order by 1, 2, 3, 4, 5"
            ),
            rows("select seller_name, buyer_name, net, vat, gross, state from invoice order by 1, 2"),
        )


@pytest.mark.parametrize("label", _each((*RATING, *DRAFTING)))
def test_a_billing_run_completes(database: None, label: str) -> None:
    """F1, F3, I7: the same charge lines and drafts as an undisturbed run, none twice."""
    example = Example.make()
    queued = example.queue()
    database_dies_at(label, queued["job_id"])
    disturbed = _books()
    assert len(disturbed[1]) == 4
    with system():
        rows("delete from invoice")
        rows("delete from billing_run")
    example.bill()
    assert _books() == disturbed


@pytest.mark.parametrize("label", _each(RENDERING))
def test_documents_complete(database: None, label: str) -> None:
    """F1, F3, I16: four PDFs, numbers 1..n per seller."""
    example = Example.make()
    example.bill()
    current = str(example.current().public_id)
    issued = run("invoice.issue_run", example.cast.ada, current, {"issued_on": "2026-05-04"}).body
    database_dies_at(label, issued["job_id"])
    with system():
        assert rows("select count(*), count(distinct invoice_id) from invoice_document") == [(4, 4)]
        numbers = rows("select array_agg(sequence order by sequence) from invoice group by seller_id")
    assert all(taken == list(range(1, len(taken) + 1)) for (taken,) in numbers)
