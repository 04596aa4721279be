"""Why a file or a record is refused: stable codes, each with the hint that people read.

A code never changes its meaning; programs compare it. `refuse` is the one way to raise.
"""

from collections.abc import Mapping
from types import MappingProxyType

from underlet.kernel.errors import FileError, ImportRejected
from underlet.kernel.sentence import Sentence

MAX_VALUE = 200
MAX_ERRORS = 100

HINTS: Mapping[str, Sentence] = MappingProxyType(
    {
        # the file
        "empty_file": Sentence(
            "The file has no data records. Export the month again; an empty file must not wipe a month."
        ),
        "unknown_format": Sentence("Send FOCUS 1.0 to 1.3 as CSV, gzipped CSV or Parquet."),
        "missing_column": Sentence("Export the file again with this column; FOCUS 1.0 to 1.3 require it."),
        "duplicate_column": Sentence(
            "Two columns have the same name (upper and lower case do not count); remove one."
        ),
        "too_many_columns": Sentence("A file has at most 2,000 columns."),
        "truncated_gzip": Sentence("The compressed file ends too early. Download it again."),
        "broken_gzip": Sentence("The compressed file is damaged. Download it again."),
        "compression_ratio": Sentence(
            "The file grows more than 200-fold when decompressed, which no billing file does."
        ),
        "broken_parquet": Sentence(
            "The Parquet file is damaged or uses types that cannot be read. Export it again."
        ),
        "limits_exceeded": Sentence(
            "Checking the file took more memory, time or disk than allowed. Split it by account."
        ),
        "too_many_snapshots": Sentence(
            "The file mixes more accounts and months than one delivery does. Split it."
        ),
        "no_longer_allowed": Sentence(
            "Whoever sent the file may not import here any more. Let somebody who may send it again."
        ),
        "unsupported_compression": Sentence("Send the file as it is, gzipped, or as Parquet."),
        # the structure of a CSV file
        "ragged_record": Sentence(
            "The record has more or fewer fields than the header. Look for an unquoted comma."
        ),
        "broken_quotes": Sentence('Quote a field as "…" and double the quotes inside it.'),
        "nul_byte": Sentence("The file holds a NUL byte, which text never does. Export it again."),
        "not_utf8": Sentence("Save the file as UTF-8; the byte offset is given."),
        "field_too_long": Sentence("A field has at most 131,072 characters."),
        "line_too_long": Sentence("A line has at most 2,000,000 bytes."),
        # values
        "not_a_number": Sentence(
            "Write numbers as -1234.56 or 1.5E-7: no thousands separator, currency sign or blank."
        ),
        "out_of_range": Sentence(
            "The number does not fit: amounts stay below 10,000,000,000, quantities below 10^12."
        ),
        "bad_date": Sentence("Write dates as 2026-09-01T00:00:00Z, in UTC."),
        "missing_value": Sentence("This value is mandatory in every record."),
        "unknown_currency": Sentence("Use a code of ISO 4217, for example EUR."),
        "period_order": Sentence("The end must not lie before the start."),
        "id_as_number": Sentence("A spreadsheet turned this id into a number. Export it as text."),
        "not_stored_exactly": Sentence("The stored sum differs from the file's by more than rounding explains."),
        # warnings
        "null_value": Sentence("FOCUS does not allow this value to be empty."),
        "unreadable_value": Sentence("This value could not be read and was left empty."),
        "outside_billing_period": Sentence("These charges have a day outside their billing period."),
        "without_sub_account": Sentence("These charges name no sub-account and stay unassigned."),
        "unknown_value": Sentence("This is not one of the values that FOCUS allows."),
        "duplicate_rows": Sentence(
            "These records equal another one. All are kept: providers do bill alike lines twice."
        ),
        "same_tag": Sentence(
            "These records have tags whose names differ in upper and lower case only; both are kept."
        ),
        "ignored_column": Sentence("These columns are not part of FOCUS 1.0 to 1.3 and were not stored."),
    }
)


def file_error(
    reason: str, *, record: int | None = None, line: int | None = None, column: str = "", value: str = ""
) -> FileError:
    """One error with the hint of its reason; the value is cut to 200 characters."""
    return FileError(reason, HINTS[reason], record, line, column, _cut(value))


def _cut(value: str) -> str:
    return value if isinstance(value, Sentence) else value[:MAX_VALUE]


def refuse(
    reason: str,
    detail: str,
    *,
    record: int | None = None,
    line: int | None = None,
    column: str = "",
    value: str = "",
) -> ImportRejected:
    """The refusal of a file for one reason; the caller raises it."""
    error = file_error(reason, record=record, line=line, column=column, value=value)
    return ImportRejected(detail, hint=error.hint, errors=[error])
