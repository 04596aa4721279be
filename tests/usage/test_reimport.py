"""The same content again changes nothing; another delivery of a month replaces it as a whole (I12, M4)."""

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.usage.focus import csv_bytes, gzipped, record
from tests.usage.imports import begin, show, state, take_in
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.period import Month
from underlet.usage.queries import pinned_files

SEPTEMBER = Month(2026, 9).start
ROWS = [record(SubAccountId=f"{i % 3}", ResourceId=str(i), BilledCost=f"{i}.25") for i in range(20)]


def _hierarchy(cast: Cast) -> int:
    with system():
        return int(rows("select hierarchy_id from unit where public_id = %s", [cast.units["fjord"]])[0][0])


def _pinned(cast: Cast) -> set[str]:
    hierarchy = _hierarchy(cast)
    with system():
        return {file.sha256 for file in pinned_files(hierarchy, SEPTEMBER, "cube")}


def test_the_same_content_renamed_or_regzipped_changes_nothing(cast: Cast) -> None:
    """I12, M4: `unchanged`, with the figures of the file it equals."""
    content = csv_bytes(*ROWS)
    first = take_in(cast, content, "september.csv")
    assert first.status == "active"
    before = state()
    for body, name in ((content, "again.csv"), (gzipped(content, 1), "a.csv.gz"), (gzipped(content, 9), "b")):
        view = take_in(cast, body, name)
        assert (view.status, view.same_as, view.rows) == ("unchanged", first.id, 20)
        assert view.totals == first.totals
        assert view.unassigned == first.unassigned
        assert state() == before
    assert show(cast.ada, first).status == "active"


def test_reordered_rows_are_a_new_snapshot_and_a_zero_delta(cast: Cast) -> None:
    """M4, M5 (I14): other bytes, the same charges: equal totals, equal cube, the old snapshot superseded."""
    first = take_in(cast, csv_bytes(*ROWS))
    cubes = _pinned(cast)
    second = take_in(cast, csv_bytes(*reversed(ROWS)))
    assert second.status == "active"
    assert second.totals == first.totals
    assert show(cast.ada, first).status == "superseded"
    assert _pinned(cast) == cubes


def test_a_new_delivery_replaces_its_month_only(cast: Cast) -> None:
    """intake.md §7: snapshot = provider, account, month; other months and accounts stay."""
    october = {"BillingPeriodStart": "2026-10-01T00:00:00Z", "BillingPeriodEnd": "2026-11-01T00:00:00Z"}
    first = take_in(cast, csv_bytes(record(), record(**october), record(BillingAccountId="other")))
    second = take_in(cast, csv_bytes(record(BilledCost="7")))
    shown = show(cast.ada, first)
    assert shown.status == "active"
    active = {(one.billing_account, one.period.month): one.is_active for one in shown.snapshots}
    assert active == {("0012345", 9): False, ("0012345", 10): True, ("other", 9): True}
    assert [one.is_active for one in second.snapshots] == [True]
    hierarchy = _hierarchy(cast)
    with system():
        pinned = pinned_files(hierarchy, SEPTEMBER, "lines")
    assert {file.import_id for file in pinned} == {first.id, second.id}
    assert all(file.path.is_file() for file in pinned)


def test_restating_back_counts_as_a_delivery(cast: Cast) -> None:
    """M4: A, B, A again: the third is not `unchanged`, it makes A's charges the active ones again."""
    a, b = csv_bytes(record(), record(BillingAccountId="other")), csv_bytes(record(BilledCost="7"))
    first = take_in(cast, a)
    take_in(cast, b)
    third = take_in(cast, a)
    assert third.status == "active"
    assert third.totals == first.totals
    assert all(one.is_active for one in third.snapshots)
    assert show(cast.ada, first).status == "superseded"


def test_a_job_that_runs_twice_has_one_effect(cast: Cast) -> None:
    """F4: delivery at least once."""
    view = take_in(cast, csv_bytes(*ROWS))
    before = state()
    with system():
        rows("update job set state = 'queued' where public_id = %s returning id", [view.job_id])
    assert view.job_id
    assert run_job(view.job_id) == "done"
    assert state() == before


def test_sub_accounts_appear_and_unassigned_follows_their_owners(cast: Cast) -> None:
    """R66, R67, billing.md §1: discovered on import; unassigned cost shrinks when an owner is given."""
    view = take_in(cast, csv_bytes(*ROWS, record(SubAccountId="", BilledCost="100")))
    found = ask("sub_account.list", cast.ada, cast.units["fjord"]).items
    assert {row.external_id for row in found} == {"0", "1", "2"}
    everything = view.totals[0].billed_cost
    assert view.unassigned[0].billed_cost == everything
    for row in found:
        data = {"unit": cast.units["beta"], "starts_on": "2026-09-01"}
        run("sub_account.assign", cast.ada, str(row.id), data)
    assert show(cast.ada, view).unassigned[0].billed_cost == Decimal(100)


def test_showing_an_import_takes_a_constant_number_of_queries(cast: Cast) -> None:
    """No query per snapshot, file or sub-account."""

    def queries(accounts: int) -> int:
        content = csv_bytes(
            *[record(BillingAccountId=f"{accounts}-{i}", SubAccountId=str(i)) for i in range(accounts)]
        )
        view = take_in(cast, content)
        with CaptureQueriesContext(connection) as captured:
            show(cast.ada, view)
        return len(captured)

    assert queries(1) == queries(12)


def test_two_imports_of_one_month_settle_one_after_the_other(cast: Cast) -> None:
    """F4: whichever activates last is active; never both, never none."""
    views = [begin(cast, csv_bytes(record(BilledCost=str(i)))) for i in range(3)]
    for view in reversed(views):
        assert view.job_id
        run_job(view.job_id)
    statuses = [show(cast.ada, view).status for view in views]
    assert statuses == ["active", "superseded", "superseded"]
