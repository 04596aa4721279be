"""The second pass: DuckDB reads every value as text and casts it explicitly, by pattern (intake.md §5.4, §5.5).

Texts become a table `record`: FOCUS columns, derived `x_` columns, one row per record in the order of the file.
Columns of the file are called c0, c1, … here; their real names never enter SQL. A record that breaks a rule is
only marked (`bad`); what is wrong with it is worked out by `findings`, in another pass that good files never pay
for.
"""

# ruff: noqa: S608 -- SQL is put together from this package's own names and quoted paths

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from underlet.foundation.duck import text_literal
from underlet.kernel.money import currencies
from underlet.usage.intake.columns import FOCUS_COLUMNS, Column, Kind
from underlet.usage.intake.focus_rules import DERIVED, MANDATORY, STRICT
from underlet.usage.intake.profiles import SUB_CATEGORY, Layout
from underlet.usage.intake.reasons import MAX_ERRORS, MAX_VALUE
from underlet.usage.intake.source import MAX_LINE
from underlet.usage.intake.totals import NULLS, NUMBER

_IDS = ("BillingAccountId", "SubAccountId")
_ID_AS_NUMBER = r"[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]+"
_TIME = (
    r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z| ?UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
NULL_LIST = ", ".join(text_literal(text) for text in NULLS)


@dataclass(frozen=True, slots=True)
class Check:
    """A rule for one column. broken: SQL over texts (t_Name) and values (Name); hard: it stops the file."""

    column: str
    reason: str
    broken: str
    hard: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """How often a rule is broken, and the first records that break it, with the text they hold."""

    check: Check
    count: int
    examples: tuple[tuple[int, str], ...]


def csv_relation(path: Path, columns: int) -> str:
    """SQL that reads a CSV file as texts c0, c1, …; the dialect is fixed, nothing is guessed."""
    names = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(columns))
    return (
        f"SELECT * FROM read_csv({text_literal(str(path))}, auto_detect = false, header = true,"
        f" columns = {{{names}}},"
        f""" delim = ',', quote = '"', escape = '"', nullstr = [{NULL_LIST}], allow_quoted_nulls = true,"""
        f" strict_mode = true, null_padding = false, max_line_size = {MAX_LINE},"
        f" buffer_size = {4 * MAX_LINE}, encoding = 'utf-8')"
    )


def load_lines(
    connection: duckdb.DuckDBPyConnection, relation: str, layout: Layout, supplied: Mapping[str, str]
) -> None:
    """Create the table `record` and, over it, the view `line` from a relation of texts.

    `line` has every column of a lines file, `month` (of the billing period), `bad` and `row_hash`.
    Raises duckdb.Error if DuckDB cannot read the file.
    """
    columns = present(layout, supplied)
    kept = ", ".join(f'"{column.name}"' for column in columns)
    broken = " OR ".join(f"coalesce({check.broken}, false)" for check in checks(columns))
    row_hash = ", ".join(f"t_{column.name}" for column in columns)
    connection.execute(
        f"CREATE TABLE record AS SELECT x_line_no, {kept}, {DERIVED}, hash({row_hash}) AS row_hash,"
        f" ({broken}) AS bad FROM ({_typed(relation, layout, supplied)})"
    )
    absent = _absent(columns)
    connection.execute(f"CREATE VIEW line AS SELECT *{absent} FROM record")


def findings(
    connection: duckdb.DuckDBPyConnection, relation: str, layout: Layout, supplied: Mapping[str, str]
) -> list[Finding]:
    """Every broken rule of a file: count and first 100 records, in the order of the rules."""
    columns = present(layout, supplied)
    rules = checks(columns)
    hits = ", ".join(
        f"CASE WHEN {rule.broken} THEN {{'rule': {index}, 'text': left(t_{rule.column}, {MAX_VALUE})}} END"
        for index, rule in enumerate(rules)
    )
    rows = connection.execute(
        "SELECT rule, record, text, total FROM ("
        " SELECT hit.rule AS rule, x_line_no AS record, hit.text AS text,"
        " count(*) OVER (PARTITION BY hit.rule) AS total,"
        " row_number() OVER (PARTITION BY hit.rule ORDER BY x_line_no) AS place"
        f" FROM (SELECT x_line_no, unnest([{hits}]) AS hit FROM ({_typed(relation, layout, supplied)}))"
        f" WHERE hit IS NOT NULL) WHERE place <= {MAX_ERRORS} ORDER BY rule, record"
    ).fetchall()
    found: dict[int, list[tuple[int, str]]] = {}
    counts: dict[int, int] = {}
    for index, record, text, total in rows:
        found.setdefault(index, []).append((record, text or ""))
        counts[index] = total
    return [Finding(rules[index], counts[index], tuple(examples)) for index, examples in found.items()]


def present(layout: Layout, supplied: Mapping[str, str]) -> list[Column]:
    """The FOCUS columns that the file or its connection gives."""
    return [column for column in FOCUS_COLUMNS if column.name in layout.position or column.name in supplied]


def checks(columns: list[Column]) -> list[Check]:
    """The rules on single records, for these columns (intake.md §2 and §4)."""
    codes = ", ".join(text_literal(code) for code in currencies())
    names = {column.name for column in columns}
    found = [Check(name, "missing_value", f'"{name}" IS NULL AND t_{name} IS NULL') for name in MANDATORY]
    for column in columns:
        found += _unreadable(column)
    found.append(Check("BillingCurrency", "unknown_currency", f"BillingCurrency NOT IN ({codes})"))
    for start in ("BillingPeriodStart", "ChargePeriodStart"):
        end = start.replace("Start", "End")
        found.append(Check(end, "period_order", f"{end} < {start}"))
    found += [
        Check(name, "id_as_number", f"regexp_full_match({name}, '{_ID_AS_NUMBER}')")
        for name in _IDS
        if name in names
    ]
    return found


def _unreadable(column: Column) -> list[Check]:
    name = column.name
    lost = f'"{name}" IS NULL AND t_{name} IS NOT NULL'
    if column.kind in (Kind.COST, Kind.PRICE, Kind.QUANTITY):
        if name not in STRICT:
            return [Check(name, "unreadable_value", lost, hard=False)]
        number = f"regexp_full_match(t_{name}, '{NUMBER}')"
        return [
            Check(name, "not_a_number", f"{lost} AND NOT {number}"),
            Check(name, "out_of_range", f"{lost} AND {number}"),
        ]
    if column.kind is Kind.TIME:
        return [Check(name, "bad_date", lost)]
    if column.kind is Kind.TAGS:
        return [Check(name, "unreadable_value", lost, hard=False)]
    return []


def _typed(relation: str, layout: Layout, supplied: Mapping[str, str]) -> str:
    """SQL: x_line_no, texts as t_Name, values as Name, from a relation of c0, c1, ….

    The number is given where records are read, in the order of the file: the order of a table's rows is not it.
    """
    columns = present(layout, supplied)
    texts = [
        f"c{layout.position[column.name]} AS t_{column.name}"
        if column.name in layout.position
        else f"{text_literal(supplied[column.name])} AS t_{column.name}"
        for column in columns
    ]
    sub_category = layout.position.get(SUB_CATEGORY)
    texts.append(f"{'NULL' if sub_category is None else f'c{sub_category}'} AS sub_category")
    values = ", ".join(f'{_value(column, layout)} AS "{column.name}"' for column in columns)
    numbered = f"SELECT row_number() OVER () AS x_line_no, {', '.join(texts)} FROM ({relation})"
    return f"SELECT *, {values}{_absent(columns)} FROM ({numbered})"


def _absent(columns: list[Column]) -> str:
    """The FOCUS columns that a file lacks, as nulls of their type, to follow other columns in a SELECT."""
    return "".join(
        f', CAST(NULL AS {column.kind.sql_type}) AS "{column.name}"'
        for column in FOCUS_COLUMNS
        if column not in columns
    )


def _value(column: Column, layout: Layout) -> str:
    text = f"t_{column.name}"
    match column.kind:
        case Kind.COST | Kind.PRICE | Kind.QUANTITY:
            # Straight to the stored width: one more step would round twice.
            return (
                f"CASE WHEN regexp_full_match({text}, '{NUMBER}')"
                f" THEN TRY_CAST({text} AS {column.kind.sql_type}) END"
            )
        case Kind.TIME:
            # A plain cast to TIMESTAMP would drop the offset without a word.
            return (
                f"CASE WHEN regexp_full_match({text}, '{_TIME}')"
                f" THEN TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END"
            )
        case Kind.TAGS:
            return _tags(text)
    if column.name == "BillingCurrency":
        return f"upper({text})"
    other = {"ProviderName": "ServiceProviderName", "ServiceProviderName": "ProviderName"}.get(column.name)
    return f"coalesce({text}, t_{other})" if other in layout.position else text


def _tags(text: str) -> str:
    """JSON, JSON without braces, or a Python dict, as a map; anything else is null."""
    forms = (
        text,
        f"concat('{{', {text}, '}}')",
        f"replace(replace({text}, '''', '\"'), ': None', ': null')",
    )
    tries = ", ".join(f"TRY_CAST(TRY_CAST({form} AS JSON) AS {Kind.TAGS.sql_type})" for form in forms)
    return f"CASE WHEN {text} IS NOT NULL THEN coalesce({tries}) END"
