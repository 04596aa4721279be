"""What real files do, each line of the table of intake.md §4 a test."""

import json
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.usage.focus import Intake, csv_bytes, reasons, record
from underlet.usage.intake.columns import FOCUS_COLUMNS
from underlet.usage.intake.profiles import detect
from underlet.usage.intake.typed import NUMBER, _value

UNIT = Decimal("1e-12")


@pytest.mark.parametrize(
    "text",
    ["9.984E-7", "0.1234567890123456789012345678", "4.999999999999999999e-13", "5e-13", "-5e-13", "1.", ".5", "+1",
     "0.0000000000004999999999999999", "123456789.0000000000005", "9999999999.999999999999", "1E+2", "-0"],
)  # fmt: skip
def test_numbers_are_rounded_once_straight_from_the_text(intake: Intake, text: str) -> None:
    """Scientific notation, up to 28 decimals: (22,12), half up; via (38,18) it would round twice."""
    loaded = intake.load(csv_bytes(record(BilledCost=text)))
    [(stored,)] = intake.rows(loaded, "SELECT BilledCost FROM f")
    assert stored == Decimal(text).quantize(UNIT, ROUND_HALF_UP)
    assert loaded.totals[0].exact.billed_cost == Decimal(text)


def test_exact_totals_keep_what_lines_cannot(intake: Intake) -> None:
    """I2, intake.md §6: 1,000 times 4e-13 stores 0, and the exact total says 4e-10."""
    loaded = intake.load(csv_bytes(*[record(BilledCost="4E-13", ResourceId=str(i)) for i in range(1000)]))
    assert loaded.totals[0].stored.billed_cost == 0
    assert loaded.totals[0].exact.billed_cost == Decimal("4E-10")


@pytest.mark.parametrize("kind", ["DOUBLE", "DECIMAL(38,18)", "VARCHAR", "DECIMAL(18,6)"])
def test_parquet_costs_of_any_type(intake: Intake, kind: str) -> None:
    """DOUBLE goes to VARCHAR first: the direct cast made 123456789.123456 into …456008192."""
    path = _parquet(intake, {"BilledCost": f"CAST('123456789.123456' AS {kind})"})
    loaded = intake.load(path)
    assert intake.rows(loaded, "SELECT BilledCost FROM f") == [(Decimal("123456789.123456"),)]
    assert loaded.totals[0].exact.billed_cost == Decimal("123456789.123456")


def _parquet(intake: Intake, changes: dict[str, str]) -> object:
    columns = {name: f"'{value}'" for name, value in record().items()} | changes
    path = intake.folder / "focus.parquet"
    select = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {select}) TO '{path}' (FORMAT parquet)")
    return path


@pytest.mark.parametrize(
    ("tags", "times"),
    [
        ("MAP {'env': 'prod', 'Env': 'x'}", "TIMESTAMPTZ '2026-09-05 02:00:00+02'"),
        ("{'env': 'prod', 'other': 'x'}", "TIMESTAMP '2026-09-05 00:00:00'"),
        ('\'{"env": "prod", "Env": "x"}\'', "DATE '2026-09-05'"),
    ],
)
def test_parquet_tags_and_times_of_any_type(intake: Intake, tags: str, times: str) -> None:
    loaded = intake.load(_parquet(intake, {"Tags": tags, "ChargePeriodStart": times}))
    [(found, start)] = intake.rows(loaded, "SELECT Tags, ChargePeriodStart FROM f")
    assert start == datetime(2026, 9, 5)
    assert found["env"] == "prod"


@pytest.mark.parametrize(
    "text",
    ["$10,000.00 ", "1,5", "1_000", "NaN", "nan", "inf", "-Infinity", "١٢٣", "１２", " 1", "1 ", "0x10", "1e",
             "--1", "1.2.3", "1'000", "€1", "1 000", "-", ".", "+", "1e5.5"],
)  # fmt: skip
def test_what_is_not_written_as_a_number_is_refused(intake: Intake, text: str) -> None:
    """By pattern: DuckDB and Python both read `1_000` as 1000."""
    for column in ("BilledCost", "PricingQuantity"):
        [error] = intake.refused(csv_bytes(record(**{column: text})))
        assert (error.reason, error.column, error.value) == ("not_a_number", column, text)


def test_a_quantity_that_prices_nothing_is_left_empty_and_counted(intake: Intake) -> None:
    """Strict where money breaks; the rest is a counted warning (intake.md §1.7)."""
    loaded = intake.load(csv_bytes(record(ConsumedQuantity="many"), record(ConsumedQuantity="2")))
    [warning] = [one for one in loaded.warnings if one.reason == "unreadable_value"]
    assert (warning.column, warning.value) == ("ConsumedQuantity", "1")
    assert intake.rows(loaded, "SELECT ConsumedQuantity FROM f ORDER BY x_line_no") == [(None,), (Decimal(2),)]


def test_ids_are_texts(intake: Intake) -> None:
    """Leading zeros stay; an id that a spreadsheet made a number is refused."""
    loaded = intake.load(csv_bytes(record(SubAccountId="0000007", SkuId="00E1", ResourceId="1e5")))
    assert intake.rows(loaded, "SELECT SubAccountId, SkuId, ResourceId FROM f") == [("0000007", "00E1", "1e5")]
    assert reasons(intake.refused(csv_bytes(record(SubAccountId="1.2E+11")))) == {"id_as_number"}


def test_nulls_of_every_kind(intake: Intake) -> None:
    """`NULL`, `(null)`, empty and "" are all null, quoted or not."""
    kinds = ("NULL", "null", "(null)", "", "(NULL)")
    content = csv_bytes(*[record(SkuId=kind, ResourceId=str(i)) for i, kind in enumerate(kinds)])
    content += csv_bytes(record(SkuId="#")).splitlines()[1].replace(b"#", b'""') + b"\n"
    content += csv_bytes(record(SkuId="#")).splitlines()[1].replace(b"#", b'"NULL"') + b"\n"
    loaded = intake.load(content)
    assert intake.rows(loaded, "SELECT DISTINCT SkuId FROM f") == [(None,)]
    assert loaded.rows == len(kinds) + 2


def test_case_is_ignored_and_kept(intake: Intake) -> None:
    """Enums, headers and currency codes: any case; what the file wrote stays."""
    content = csv_bytes(record(ChargeCategory="TAX", BillingCurrency="usd"))
    header, body = content.split(b"\n", 1)
    loaded = intake.load(header.lower() + b"\n" + body)
    [(category, kind, currency)] = intake.rows(
        loaded, "SELECT ChargeCategory, x_charge_kind, BillingCurrency FROM f"
    )
    assert (category, kind, currency) == ("TAX", "tax", "USD")
    assert [total.currency for total in loaded.totals] == ["USD"]


def test_a_charge_day_outside_its_billing_period(intake: Intake) -> None:
    """Bill by BillingPeriod, price by day: kept, counted (billing.md §2)."""
    day = {"ChargePeriodStart": "2026-08-31T22:00:00Z", "ChargePeriodEnd": "2026-08-31T23:00:00Z"}
    loaded = intake.load(csv_bytes(record(**day)))
    assert str(loaded.snapshots[0].period) == "2026-09"
    assert intake.rows(loaded, "SELECT x_day FROM f") == [(date(2026, 8, 31),)]
    assert "outside_billing_period" in reasons(loaded.warnings)


def test_negative_usage_zero_cost_and_duplicates_stay(intake: Intake) -> None:
    """Nothing is dropped or merged by content; duplicates are counted."""
    content = csv_bytes(record(BilledCost="-3"), record(BilledCost="0"), record(), record(), record())
    loaded = intake.load(content)
    assert loaded.rows == 5
    assert loaded.totals[0].exact.billed_cost == Decimal("1.5")
    [warning] = [one for one in loaded.warnings if one.reason == "duplicate_rows"]
    assert warning.value == "2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-05T10:00Z", datetime(2026, 9, 5, 10)),
        ("2026-09-05T10:00:00+00:00", datetime(2026, 9, 5, 10)),
        ("2026-09-05T01:30:00+02:00", datetime(2026, 9, 4, 23, 30)),
        ("2026-09-04T20:00:00-0500", datetime(2026, 9, 5, 1)),
        ("2026-09-05 10:00:00", datetime(2026, 9, 5, 10)),
        ("2026-09-05 10:00:00 UTC", datetime(2026, 9, 5, 10)),
        ("2026-09-05", datetime(2026, 9, 5)),
        ("2026-09-05T10:00:00.123Z", datetime(2026, 9, 5, 10, 0, 0, 123000)),
    ],
)
def test_forms_of_time(intake: Intake, text: str, expected: datetime) -> None:
    """M6: everything becomes UTC, no zone means UTC, an offset is never dropped."""
    loaded = intake.load(csv_bytes(record(ChargePeriodStart=text)))
    assert intake.rows(loaded, "SELECT ChargePeriodStart, x_day FROM f") == [(expected, expected.date())]


@pytest.mark.parametrize(
    "text", ["09/01/2026", "10/3/2020 12:00:00 AM", "1.9.2026", "2026-9-5", "20260905", "soon",
                                  "2026-09-05T25:00:00Z", "2026-13-01", "infinity", "2026-02-29"],
)  # fmt: skip
def test_other_forms_of_time_are_refused(intake: Intake, text: str) -> None:
    """Never guess day-first."""
    assert reasons(intake.refused(csv_bytes(record(ChargePeriodStart=text)))) == {"bad_date"}


@pytest.mark.parametrize(
    "text", ['{"a": "1", "b": null}', '"a": "1", "b": null', "{'a': '1', 'b': None}", '{"a": 1, "b": null}']
)
def test_forms_of_tags(intake: Intake, text: str) -> None:
    """JSON, JSON without braces, Python repr."""
    loaded = intake.load(csv_bytes(record(Tags=text)))
    assert intake.rows(loaded, "SELECT Tags FROM f") == [({"a": "1", "b": None},)]
    assert "unreadable_value" not in reasons(loaded.warnings)


def test_tags_that_cannot_be_read_and_tags_alike(intake: Intake) -> None:
    """Unreadable tags are left empty and counted; keys that differ in case both stay, warned."""
    alike = json.dumps({"Env": "1", "env": "2"})
    loaded = intake.load(csv_bytes(record(Tags="a;b"), record(Tags=alike), record(Tags="[1]"), record(Tags="")))
    counts = {one.reason: one.value for one in loaded.warnings if one.column == "Tags"}
    assert counts == {"unreadable_value": "2", "same_tag": "1"}
    assert intake.rows(loaded, "SELECT Tags FROM f WHERE Tags IS NOT NULL") == [({"Env": "1", "env": "2"},)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_and_line_ends(intake: Intake, line_end: str, bom: bytes) -> None:
    content = bom + csv_bytes(record(), record(ResourceId="2"), line_end=line_end)
    assert intake.load(content).rows == 2
    assert intake.load(content.rstrip()).rows == 2  # no line end after the last record


def test_mixed_line_ends_also_inside_quotes(intake: Intake) -> None:
    """DuckDB refuses a mixture: the file is read through a plain copy, and nothing is lost."""
    content = csv_bytes(record(ChargeDescription="a\r\nb"), record(ChargeDescription="c\nd", ResourceId="2"))
    content = content.replace(b"SubAccountName,Tags\n", b"SubAccountName,Tags\r\n") + b"\n\n"
    loaded = intake.load(content)
    assert loaded.rows == 2
    found = intake.rows(loaded, "SELECT ChargeDescription FROM f ORDER BY x_line_no")
    assert found == [("a\nb",), ("c\nd",)]


@pytest.mark.parametrize(
    "value", ['say "hi"', "a,b", 'a"b', "''", "line\nbreak", " x ", "\\", "a\\", "ü✓𝄞", "#", "-"]
)
def test_texts_arrive_as_written(intake: Intake, value: str) -> None:
    loaded = intake.load(csv_bytes(record(ChargeDescription=value)))
    assert intake.rows(loaded, "SELECT ChargeDescription FROM f") == [(value,)]


def test_quotes_in_an_unquoted_field_mean_what_python_says(intake: Intake) -> None:
    content = csv_bytes(record(ChargeDescription="#")).replace(b"#", b'6" disk')
    loaded = intake.load(content)
    assert intake.rows(loaded, "SELECT ChargeDescription FROM f") == [('6" disk',)]


def test_old_names_of_columns(intake: Intake) -> None:
    """UsageQuantity, ChargeType, AmortizedCost, Region, Provider … (intake.md §2); a FOCUS name wins."""
    old = {"EffectiveCost": "AmortizedCost", "ChargeCategory": "ChargeType", "RegionId": "Region",
           "ProviderName": "Provider", "PublisherName": "Publisher",
           "InvoiceIssuerName": "InvoiceIssuer"}  # fmt: skip
    columns = {old.get(name, name): value for name, value in record().items()}
    loaded = intake.load(csv_bytes({**columns, "UsageQuantity": "7", "UsageUnit": "GB"}))
    found = intake.rows(
        loaded, "SELECT EffectiveCost, RegionId, ConsumedQuantity, ConsumedUnit, ProviderName FROM f"
    )
    assert found == [(Decimal("1.25"), "eu-west-1", 7, "GB", "AWS")]


def test_provider_names_fill_each_other(intake: Intake) -> None:
    """FOCUS 1.3 renames ProviderName to ServiceProviderName (intake.md §2)."""
    loaded = intake.load(csv_bytes(record(ProviderName="", ServiceProviderName="AWS")))
    assert loaded.snapshots[0].provider == "AWS"
    assert loaded.profile == "FOCUS 1.3"
    renamed = {("ServiceProviderName" if name == "ProviderName" else name): v for name, v in record().items()}
    assert intake.load(csv_bytes(renamed)).snapshots[0].provider == "AWS"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 24),
        ({"BilledCost": "-1.5"}, -24),  # positive quantity of a negative charge: negated
        ({"BilledCost": "-1.5", "PricingQuantity": "-24"}, -24),  # both negative: kept
        ({"BilledCost": "0", "EffectiveCost": "-1"}, -24),
        ({"BilledCost": "0", "EffectiveCost": "0", "ListCost": "-2"}, -24),
        ({"BilledCost": "1", "EffectiveCost": "-1"}, 24),  # the first that is not zero decides
        ({"PricingQuantity": ""}, None),
    ],
)
def test_the_sign_of_a_quantity(intake: Intake, changes: dict[str, str], expected: int | None) -> None:
    """x_quantity (intake.md §2): negating −200 of closed_scenario_1_delta would bill +200."""
    loaded = intake.load(csv_bytes(record(**changes)))
    assert intake.rows(loaded, "SELECT x_quantity FROM f") == [(expected,)]


@pytest.mark.parametrize(
    ("changes", "has_list", "has_quantity"),
    [
        ({}, True, True),
        ({"ListCost": ""}, False, True),
        ({"ListCost": "0"}, False, True),
        ({"ListCost": "0", "BilledCost": "0", "EffectiveCost": "0", "ContractedCost": "0"}, True, True),
        ({"PricingQuantity": ""}, True, False),
        ({"PricingQuantity": "0"}, True, False),
        ({"PricingQuantity": "0", "ListCost": "0", "BilledCost": "0", "EffectiveCost": "0", "ContractedCost": "0"},
         True, True),
    ],
)  # fmt: skip
def test_missing_bases(intake: Intake, changes: dict[str, str], has_list: bool, has_quantity: bool) -> None:
    """billing.md §3: null, or 0 while a cost is not 0."""
    loaded = intake.load(csv_bytes(record(**changes)))
    assert intake.rows(loaded, "SELECT x_has_list, x_has_quantity FROM f") == [(has_list, has_quantity)]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-09-05T00:00:00Z", "2026-09-05T01:00:00Z", 1),
        ("2026-09-05T00:00:00Z", "2026-09-06T00:00:00Z", 1),
        ("2026-09-05T12:00:00Z", "2026-09-06T12:00:00Z", 1),
        ("2026-09-05T00:00:00Z", "2026-09-06T00:00:01Z", 2),
        ("2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z", 30),
        ("2026-09-05T00:00:00Z", "2026-09-05T00:00:00Z", 1),
    ],
)
def test_days_covered(intake: Intake, start: str, end: str, days: int) -> None:
    loaded = intake.load(csv_bytes(record(ChargePeriodStart=start, ChargePeriodEnd=end)))
    assert intake.rows(loaded, "SELECT x_day, x_days FROM f") == [(date.fromisoformat(start[:10]), days)]


@pytest.mark.parametrize(
    ("changes", "kind", "direct"),
    [
        ({}, "usage", "1.5"),
        ({"ChargeCategory": "Purchase"}, "purchase", "1.5"),
        ({"ChargeCategory": "Tax"}, "tax", "0"),
        ({"ChargeCategory": "Credit"}, "credit", "1.5"),
        ({"ChargeCategory": "Credit", "ChargeDescription": "Reseller margin"}, "partner_discount", "0"),
        ({"ChargeCategory": "Credit", "ChargeDescription": "Partner earned credit"}, "partner_discount", "0"),
        ({"ChargeCategory": "Adjustment", "ChargeDescription": "Refund for downtime"}, "refund", "1.5"),
        ({"ChargeCategory": "Usage", "ChargeSubCategory": "Refund"}, "refund", "1.5"),
        ({"ChargeCategory": "Adjustment"}, "adjustment", "1.5"),
        ({"CommitmentDiscountId": "sp-1"}, "commitment", "1.5"),
        ({"ChargeCategory": "Purchase", "ServiceName": "Premium Support"}, "support", "1.5"),
        ({"PublisherName": "Northwind"}, "marketplace", "1.5"),
        ({"ChargeCategory": "Something"}, "usage", "1.5"),
    ],
)
def test_kinds_of_charges(intake: Intake, changes: dict[str, str], kind: str, direct: str) -> None:
    """x_charge_kind and x_direct (intake.md §2)."""
    loaded = intake.load(csv_bytes(record(**changes)))
    assert intake.rows(loaded, "SELECT x_charge_kind, x_direct FROM f") == [(kind, Decimal(direct))]
    assert ("unknown_value" in reasons(loaded.warnings)) == (changes.get("ChargeCategory") == "Something")


def test_nulls_that_focus_forbids_are_counted(intake: Intake) -> None:
    loaded = intake.load(
        csv_bytes(record(ServiceName=""), record(ServiceName="", ListCost=""), record(SubAccountId=""))
    )
    counts = {(one.reason, one.column): one.value for one in loaded.warnings}
    assert counts["null_value", "ServiceName"] == "2"
    assert counts["null_value", "ListCost"] == "1"
    assert counts["without_sub_account", "SubAccountId"] == "1"


_NUMBERS = st.builds(
    lambda sign, whole, rest, power: f"{sign}{whole}{'.' + rest if rest is not None else ''}{power}",
    st.sampled_from(["", "-", "+"]),
    st.text("0123456789", min_size=1, max_size=9),
    st.none() | st.text("0123456789", max_size=40),
    st.sampled_from(["", "e0", "E-7", "e-12", "E+1"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_NUMBERS, min_size=1, max_size=40))
def test_the_cast_equals_decimal_for_any_number(texts: list[str]) -> None:
    """M1: what DuckDB stores is the text, rounded half up once, as Python's Decimal does it."""
    column = next(one for one in FOCUS_COLUMNS if one.name == "BilledCost")
    expression = _value(column, detect(tuple(record()), {}))
    with duckdb.connect(config={"threads": "1"}) as connection:
        rows = connection.execute(
            f"SELECT {expression} FROM (SELECT unnest(?) AS t_BilledCost)", [texts]
        ).fetchall()
    assert NUMBER in expression
    for text, (stored,) in zip(texts, rows, strict=True):
        rounded = Decimal(text).quantize(UNIT, ROUND_HALF_UP)
        assert stored == (rounded if abs(rounded) < 10**10 else None)
