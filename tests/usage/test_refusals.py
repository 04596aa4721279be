"""A file with a fault is refused as a whole: with record, line, column, reason and hint, and nothing changes."""

import zlib
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.usage.focus import Intake, csv_bytes, gzipped, reasons, record
from tests.usage.imports import state, take_in
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.kernel.errors import FileError, ImportRejected, InvalidInput, NotFound, WrongState
from underlet.usage.intake.load import content_hash
from underlet.usage.intake.reasons import HINTS, MAX_ERRORS


def _only(errors: list[FileError]) -> FileError:
    [error] = errors
    assert error.hint == HINTS[error.reason]
    return error


def test_a_truncated_gzip(intake: Intake) -> None:
    """S1: half a download."""
    whole = gzipped(csv_bytes(*[record(ResourceId=str(i)) for i in range(500)]))
    for size in (len(whole) - 1, len(whole) - 9, len(whole) // 2, 12):
        assert _only(intake.refused(whole[:size])).reason == "truncated_gzip"
    assert _only(intake.refused_in_child(whole[:-1])).reason == "truncated_gzip"
    path = intake.file(whole[: len(whole) // 2])
    with pytest.raises(ImportRejected) as refusal:
        content_hash(path)
    complete = zlib.decompressobj(31).decompress(path.read_bytes()).count(b"\n")
    assert _only(list(refusal.value.errors)).record == complete  # the header is one of the complete lines
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    assert reasons(intake.refused(bytes(damaged))) <= {"broken_gzip", "not_utf8", "nul_byte", "broken_quotes"}


def test_a_ragged_record(intake: Intake) -> None:
    lines = csv_bytes(record(), record(ChargeDescription="two\nlines"), record(), record()).splitlines(
        keepends=True
    )
    lines[4] = lines[4].replace(b"AWS", b"AWS,")
    error = _only(intake.refused(b"".join(lines)))
    assert (error.reason, error.record, error.line) == ("ragged_record", 3, 5)
    assert error.value == "29 fields instead of 28"
    short = csv_bytes(record()) + b"1,2,3\n"
    assert _only(intake.refused(short)).record == 2


def test_a_bad_decimal(intake: Intake) -> None:
    content = csv_bytes(
        record(), record(ChargeDescription="a\nb"), record(BilledCost="12,50"), record(ListCost="x")
    )
    errors = intake.refused_in_child(content)
    assert [(e.reason, e.record, e.line, e.column, e.value) for e in errors] == [
        ("not_a_number", 3, 5, "BilledCost", "12,50"),
        ("not_a_number", 4, 6, "ListCost", "x"),
    ]


def test_the_column_is_named_as_the_file_spells_it(intake: Intake) -> None:
    content = csv_bytes(record(BilledCost="?")).replace(b"BilledCost", b"billedCOST", 1)
    assert _only(intake.refused(content)).column == "billedCOST"


@pytest.mark.parametrize(
    "column", ["BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "BillingCurrency"]
)
def test_a_missing_column(intake: Intake, column: str) -> None:
    columns = record()
    del columns[column]
    error = _only(intake.refused(csv_bytes(columns)))
    assert (error.reason, error.line, error.column) == ("missing_column", 1, column)


def test_a_nul_byte(intake: Intake) -> None:
    content = csv_bytes(record(), record(ServiceName="E\0C2"))
    error = _only(intake.refused(content))
    assert (error.reason, error.record, error.line, error.column) == ("nul_byte", 2, 3, "ServiceName")
    assert _only(intake.refused(content + b"\0")).reason == "nul_byte"
    assert _only(intake.refused(csv_bytes(record()) + b"\0")).reason == "nul_byte"


def test_latin_1_text(intake: Intake) -> None:
    content = csv_bytes(record(), record(), record(SubAccountName="Köln")).decode().encode("latin-1")
    error = _only(intake.refused(content))
    assert (error.reason, error.record, error.line) == ("not_utf8", 3, 4)
    assert (error.column, error.value) == ("SubAccountName", "Köln")
    assert _only(intake.refused("a,b\n1,2\n".encode("utf-16"))).reason == "not_utf8"


def test_a_file_without_records(intake: Intake) -> None:
    """A header-only or empty file must not wipe a month."""
    header = csv_bytes(record()).splitlines(keepends=True)[0]
    for content in (header, header + b"\n\n", b"", gzipped(header)):
        assert _only(intake.refused(content)).reason == "empty_file"


def test_another_format(intake: Intake) -> None:
    assert _only(intake.refused(b"name,amount\nx,1\n")).reason == "unknown_format"
    assert _only(intake.refused(b"PK\x03\x04 zip")).reason == "unsupported_compression"
    assert _only(intake.refused(b"PAR1 this is no Parquet file")).reason == "broken_parquet"
    assert _only(intake.refused(b"<html><body>Sign in</body></html>\n")).reason == "unknown_format"


def test_a_quote_that_never_ends(intake: Intake) -> None:
    content = csv_bytes(record(), record()) + b'1,2,"never closed\n' + csv_bytes(record())
    error = _only(intake.refused(content))
    assert (error.reason, error.record, error.line) == ("broken_quotes", 3, 4)


def test_the_same_column_twice(intake: Intake) -> None:
    columns = record(BILLEDCOST="1")
    error = _only(intake.refused(csv_bytes(columns)))
    assert (error.reason, error.column) == ("duplicate_column", "BILLEDCOST")


@pytest.mark.parametrize(
    "column", ["BilledCost", "EffectiveCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart",
               "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd", "ProviderName"],
)  # fmt: skip
def test_a_mandatory_value_left_empty(intake: Intake, column: str) -> None:
    """intake.md §2: hard errors, whatever the text that stands for null."""
    for text in ("", "NULL", "(null)"):
        error = _only(intake.refused(csv_bytes(record(), record(**{column: text}))))
        assert (error.reason, error.record, error.column) == ("missing_value", 2, column)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("BilledCost", "10000000000", "out_of_range"),
        ("BilledCost", "1e400", "out_of_range"),
        ("PricingQuantity", "1000000000000", "out_of_range"),
        ("BillingCurrency", "EURO", "unknown_currency"),
        ("BillingCurrency", "XYZ", "unknown_currency"),
        ("BillingPeriodEnd", "2026-08-01T00:00:00Z", "period_order"),
        ("ChargePeriodEnd", "2026-09-04T00:00:00Z", "period_order"),
        ("SubAccountId", "1.2E+11", "id_as_number"),
        ("BillingAccountId", "4,1E+11", "id_as_number"),
        ("ChargePeriodStart", "05/09/2026", "bad_date"),
        ("ChargePeriodStart", "2026-02-30", "bad_date"),
        ("BillingPeriodStart", "9999-01-01", "bad_date"),
    ],
)
def test_a_value_that_breaks_a_rule(intake: Intake, column: str, value: str, reason: str) -> None:
    error = _only(intake.refused(csv_bytes(record(), record(**{column: value}))))
    assert (error.reason, error.record, error.line, error.column, error.value) == (reason, 2, 3, column, value)


def test_many_faults_are_counted_and_the_first_hundred_of_each_named(intake: Intake) -> None:
    """intake.md §5.4: per column and reason, count and first 100 records."""
    content = csv_bytes(*[record(BilledCost="x", ListCost="" if i % 2 else "1_0") for i in range(1, 301)])
    errors = intake.refused(content)
    billed = [error.record for error in errors if error.column == "BilledCost"]
    listed = [error.record for error in errors if error.column == "ListCost"]
    assert billed == list(range(1, MAX_ERRORS + 1))
    assert listed == list(range(2, 2 * MAX_ERRORS + 1, 2))


# --- through the operation, with a database ----------------------------------------------------


def test_a_refused_import_keeps_its_report_and_changes_nothing(cast: Cast, lake_folder: Path) -> None:
    """S1, R2: state `rejected`, errors kept, the month's active lines as before."""
    good = take_in(cast, csv_bytes(record()))
    assert (good.status, good.rows, good.totals[0].billed_cost) == ("active", 1, Decimal("1.5"))
    before, files = state(), sorted(lake_folder.rglob("*"))
    for content, reason in (
        (csv_bytes(record(), record(BilledCost="1,0")), "not_a_number"),
        (csv_bytes(record()).splitlines()[0], "empty_file"),
        (gzipped(csv_bytes(record(ResourceId="2")))[:-5], "truncated_gzip"),
    ):
        view = take_in(cast, content, "bad.csv")
        assert view.status == "rejected"
        assert {error.reason for error in view.errors} == {reason}
        assert view.totals == ()
        assert view.snapshots == ()
        assert state() == before
        assert sorted(lake_folder.rglob("*")) == files
        job = ask("job.show", cast.ada, str(view.job_id))
        assert job.state == "failed"
        assert job.error["error"] == "import_rejected"


def test_files_belong_to_the_root_and_to_the_sender(cast: Cast) -> None:
    """P20: another's upload, a unit below the root and a foreign hierarchy are refused."""
    upload = receive(cast.ada, [csv_bytes(record())], "focus.csv")
    with pytest.raises(WrongState):
        run("import.create", cast.ada, cast.units["birch"], {"upload": str(upload.id)})
    with pytest.raises(NotFound):
        run("import.create", cast.uma, cast.units["fjord"], {"upload": str(upload.id)})
    with pytest.raises(InvalidInput):
        run("import.create", cast.uma, cast.units["harbor"], {"upload": str(upload.id)})


def test_only_importers_of_the_root_see_an_import(cast: Cast) -> None:
    """A1, A4: hidden = absent; provider figures are the root's."""
    view = take_in(cast, csv_bytes(record()))
    for person in (cast.ben, cast.uma, cast.dan, cast.ira):
        with pytest.raises(NotFound):
            ask("import.show", person, str(view.id))
    listed = ask("import.list", cast.ada, cast.units["fjord"])
    assert [row.id for row in listed.items] == [view.id]
