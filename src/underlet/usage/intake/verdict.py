"""What a loaded table of records amounts to: refusal with places, or warnings with counts (intake.md §6)."""

# ruff: noqa: S608 -- SQL is put together from this package's own names and quoted paths

from collections.abc import Callable, Collection, Mapping, Sequence

import duckdb

from underlet.kernel.errors import FileError, ImportRejected
from underlet.kernel.sentence import Sentence
from underlet.usage.intake.columns import Column
from underlet.usage.intake.focus_rules import CHARGE_CATEGORIES
from underlet.usage.intake.profiles import Layout
from underlet.usage.intake.reasons import file_error
from underlet.usage.intake.typed import Finding

LinesOf = Callable[[Collection[int]], Mapping[int, int]]


def judge(found: Sequence[Finding], layout: Layout, lines_of: LinesOf) -> list[FileError]:
    """The warnings among broken rules. Raises ImportRejected if any of them stops the file.

    lines_of: physical lines of records, empty for a file without lines.
    """
    hard = [finding for finding in found if finding.check.hard]
    if not hard:
        return [
            file_error(
                finding.check.reason, column=_spelled(finding.check.column, layout), value=str(finding.count)
            )
            for finding in found
        ]
    lines = lines_of({record for finding in hard for record, _ in finding.examples})
    errors = [
        file_error(
            finding.check.reason,
            record=record,
            line=lines.get(record),
            column=_spelled(finding.check.column, layout),
            value=text,
        )
        for finding in hard
        for record, text in finding.examples
    ]
    count = sum(finding.count for finding in hard)
    columns = ", ".join(dict.fromkeys(_spelled(finding.check.column, layout) for finding in hard))
    detail = Sentence("Values that cannot be accepted: {count}, in {columns}.", count=count, columns=columns)
    raise ImportRejected(detail, hint=errors[0].hint, errors=errors, count=count)


def warnings(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column], layout: Layout) -> list[FileError]:
    """Counted peculiarities of the view `line` that do not stop an import; `value` is the count."""
    categories = ", ".join(f"'{name}'" for name in CHARGE_CATEGORIES)
    counted = [(column.name, "null_value", f'"{column.name}" IS NULL') for column in columns if column.filled]
    counted += [
        ("ChargePeriodStart", "outside_billing_period", "x_day < BillingPeriodStart OR x_day >= BillingPeriodEnd"),
        ("SubAccountId", "without_sub_account", "SubAccountId IS NULL"),
        ("ChargeCategory", "unknown_value", f"lower(ChargeCategory) NOT IN ({categories})"),
        ("Tags", "same_tag", "len(map_keys(Tags)) > list_unique([lower(name) FOR name IN map_keys(Tags)])"),
    ]
    counts = ", ".join(f"count(*) FILTER ({condition})" for _, _, condition in counted)
    [values] = connection.execute(f"SELECT {counts}, count(*) - count(DISTINCT row_hash) FROM line").fetchall()
    found = [
        file_error(reason, column=_spelled(name, layout), value=str(value))
        for (name, reason, _), value in zip(counted, values, strict=False)
        if value
    ]
    if values[-1]:
        found.append(file_error("duplicate_rows", value=str(values[-1])))
    if layout.ignored:
        found.append(file_error("ignored_column", value=", ".join(layout.ignored)))
    return found


def _spelled(name: str, layout: Layout) -> str:
    """A FOCUS column as the file spells it."""
    return layout.header[layout.position[name]].strip() if name in layout.position else name
