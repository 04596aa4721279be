"""Lines and cube in the lake: the cube sums its lines, nothing is lost, no double is anywhere."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.usage.focus import Intake, csv_bytes, record
from underlet.accounts.types import Ownership
from underlet.usage.intake import work
from underlet.usage.intake.columns import FOCUS_COLUMNS
from underlet.usage.intake.source import file_hash
from underlet.usage.intake.types import LoadedFile
from underlet.usage.lake import write
from underlet.usage.lake.unassigned import unassigned_totals
from underlet.usage.lake.write import line_columns
from underlet.usage.types import CostTotal

CUBE_COLUMNS = [
    ("ProviderName", "VARCHAR"), ("BillingAccountId", "VARCHAR"), ("SubAccountId", "VARCHAR"),
    ("ServiceName", "VARCHAR"), ("ServiceCategory", "VARCHAR"), ("SkuId", "VARCHAR"), ("RegionId", "VARCHAR"),
    ("ChargeCategory", "VARCHAR"), ("ChargeClass", "VARCHAR"), ("x_charge_kind", "VARCHAR"),
    ("BillingCurrency", "VARCHAR"), ("PricingUnit", "VARCHAR"), ("x_has_list", "BOOLEAN"),
    ("x_has_quantity", "BOOLEAN"), ("x_day", "DATE"), ("x_days", "INTEGER"), ("billed", "DECIMAL(22,12)"),
    ("effective", "DECIMAL(22,12)"), ("contracted", "DECIMAL(22,12)"), ("direct", "DECIMAL(22,12)"),
    ("list_cost", "DECIMAL(22,12)"), ("quantity", "DECIMAL(22,10)"), ("n", "BIGINT"),
]  # fmt: skip

_AMOUNTS = st.decimals(-(10**9), 10**9, places=12, allow_nan=False).map(lambda value: f"{value:f}")
_KEYS = st.sampled_from(["", "a", "b"])
_CHARGES = st.fixed_dictionaries(
    {
        "BilledCost": _AMOUNTS,
        "EffectiveCost": _AMOUNTS | st.just("0"),
        "ListCost": _AMOUNTS | st.sampled_from(["", "0"]),
        "ContractedCost": _AMOUNTS | st.just(""),
        "PricingQuantity": st.decimals(-(10**8), 10**8, places=10).map(lambda v: f"{v:f}")
        | st.sampled_from(["", "0"]),
        "SubAccountId": _KEYS,
        "SkuId": _KEYS,
        "RegionId": _KEYS,
        "PricingUnit": _KEYS,
        "ChargeCategory": st.sampled_from(["Usage", "Tax", "Credit", "Purchase"]),
        "BillingCurrency": st.sampled_from(["USD", "EUR"]),
        "BillingPeriodStart": st.sampled_from(["2026-08-01", "2026-09-01"]),
    }
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_CHARGES, min_size=1, max_size=25))
def test_source_lines_cube_and_totals_agree_to_the_last_digit(
    tmp_path_factory: pytest.TempPathFactory, charges: list[dict[str, str]]
) -> None:
    """M1, I2: source = lines = cube, per currency and by any key, null keys included; with Decimal as the
    judge."""
    intake = Intake(tmp_path_factory.mktemp("intake"))
    loaded = intake.load(csv_bytes(*[record(**charge) for charge in charges]))
    for currency in {charge["BillingCurrency"] for charge in charges}:
        mine = [charge for charge in charges if charge["BillingCurrency"] == currency]
        [total] = [one for one in loaded.totals if one.currency == currency]
        expected = [
            sum((Decimal(c[name] or "0") for c in mine), Decimal(0))
            for name in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")
        ]
        assert [total.exact.billed_cost, total.exact.effective_cost, total.exact.list_cost,
                total.exact.contracted_cost] == expected  # fmt: skip
        assert total.stored == total.exact
        assert total.rows == len(mine)
    keys = ("BillingCurrency", "SubAccountId", "SkuId", "RegionId", "PricingUnit", "ChargeCategory")
    groups: dict[tuple[str | None, ...], Decimal] = {}
    for charge in charges:
        key = tuple(charge[name] or None for name in keys)
        groups[key] = groups.get(key, Decimal(0)) + Decimal(charge["BilledCost"])
    names = ", ".join(keys)
    cube = intake.rows(loaded, f"SELECT {names}, sum(billed) FROM f GROUP BY {names}", kind="cube")
    assert {tuple(row[:-1]): row[-1] for row in cube} == groups
    [(n, listed, priced)] = intake.rows(
        loaded,
        "SELECT sum(n), coalesce(sum(list_cost) FILTER (NOT x_has_list), 0),"
        " coalesce(sum(quantity) FILTER (NOT x_has_quantity), 0) FROM f",
        kind="cube",
    )
    assert (n, listed, priced) == (len(charges), 0, 0)
    periods = {charge["BillingPeriodStart"] for charge in charges}
    assert len(loaded.snapshots) == len(periods)
    assert sum(one.rows for one in loaded.snapshots) == len(charges)


def _loaded(intake: Intake) -> LoadedFile:
    return intake.load(csv_bytes(record(), record(SubAccountId="", ListCost="", PricingUnit="")))


def test_types_are_declared_and_no_double_is_among_them(intake: Intake) -> None:
    """M11 (I18): DESCRIBE of both kinds of file."""
    loaded = _loaded(intake)
    assert [row[:2] for row in intake.rows(loaded, "DESCRIBE SELECT * FROM f", "cube")] == CUBE_COLUMNS
    lines = [row[:2] for row in intake.rows(loaded, "DESCRIBE SELECT * FROM f")]
    assert lines == list(line_columns())
    for _, kind in (*lines, *CUBE_COLUMNS):
        assert not {"DOUBLE", "FLOAT", "REAL"} & {kind}


def test_a_double_in_a_kernel_would_be_seen() -> None:
    """The guard above fails on the fault it looks for: an average is a DOUBLE."""
    with duckdb.connect() as connection:
        kinds = connection.execute("DESCRIBE SELECT avg(CAST(1 AS DECIMAL(22,12))) AS x").fetchall()
    assert kinds[0][1] == "DOUBLE"


def test_lines_are_sorted_and_their_files_hashed(intake: Intake) -> None:
    """rating-engine.md §2: SubAccountId, SkuId, x_day; SHA-256 per file (S1); min and max key."""
    rows = [
        record(SubAccountId=str(i % 7), SkuId=str(i % 3), ChargePeriodStart=f"2026-09-0{1 + i % 5}")
        for i in range(200)
    ]
    loaded = intake.load(csv_bytes(*rows))
    found = intake.rows(loaded, "SELECT SubAccountId, SkuId, x_day, x_line_no FROM f")
    assert found == sorted(found)
    for file in loaded.snapshots[0].files:
        path = intake.lake / file.path
        assert (file.sha256, file.bytes) == (file_hash(path), path.stat().st_size)
        assert (file.min_key, file.max_key) == ("0", "6")


def test_large_snapshots_are_cut_between_sub_accounts(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    """About a million rows a file; here 40, so that the cut is seen. No line is lost or doubled (M1)."""
    monkeypatch.setattr(write, "ROWS_PER_FILE", 40)
    rows = [record(SubAccountId=("" if i % 5 == 0 else f"{i % 9}"), ResourceId=str(i)) for i in range(300)]
    loaded = intake.load(csv_bytes(*rows))
    files = [file for file in loaded.snapshots[0].files if file.kind == "lines"]
    assert len(files) > 4
    assert sum(file.rows for file in files) == 300
    for one, two in itertools.pairwise(files):
        assert one.max_key < two.min_key
    assert intake.rows(loaded, "SELECT count(*), count(DISTINCT ResourceId) FROM f") == [(300, 300)]


def test_a_cube_that_differs_from_its_lines_is_never_handed_over(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I2, with a planted fault: a cube kernel that drops null sub-accounts."""
    from underlet.usage.lake import cube

    good = cube.cube_sql()
    monkeypatch.setattr(
        cube, "cube_sql", lambda: good.replace("FROM lines", "FROM lines WHERE SubAccountId <> ''")
    )
    with pytest.raises(AssertionError, match="differs from its lines"):
        _loaded(intake)


def test_lines_that_differ_from_the_file_are_refused(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    """intake.md §6, with a planted fault: |stored − exact| beyond rounding."""
    from underlet.kernel.errors import ImportRejected
    from underlet.usage.intake import typed

    real = typed.csv_relation
    monkeypatch.setattr(
        work, "csv_relation", lambda path, width: f"SELECT * REPLACE ('1.6' AS c0) FROM ({real(path, width)})"
    )
    with pytest.raises(ImportRejected) as refusal:
        _loaded(intake)
    assert refusal.value.errors[0].reason == "not_stored_exactly"


def test_equal_files_give_equal_lines_and_cubes(intake: Intake) -> None:
    """M5 (I14): byte-equal cubes, whatever the order of the records."""
    rows = [record(SubAccountId=str(i % 5), ResourceId=str(i), BilledCost=str(i)) for i in range(500)]
    one, two = intake.load(csv_bytes(*rows)), intake.load(csv_bytes(*reversed(rows)))
    cubes = [[file.sha256 for file in loaded.snapshots[0].files if file.kind == "cube"] for loaded in (one, two)]
    assert cubes[0] == cubes[1]


def test_every_column_of_focus_has_a_place() -> None:
    """FOCUS 1.0–1.3: 43, 50, 57, 65 columns (intake.md §2)."""
    counts = [sum(column.since <= version for column in FOCUS_COLUMNS) for version in ("1.0", "1.1", "1.2", "1.3")]
    assert counts == [43, 50, 57, 65]


def test_unassigned_is_what_has_no_owner_on_its_day(intake: Intake) -> None:
    """billing.md §1, §2: by UTC day, null sub-account included; currencies are never added."""
    days = [date(2026, 9, day) for day in (1, 2, 3)]
    rows = [
        record(
            SubAccountId=sub_account,
            BillingCurrency=currency,
            ChargePeriodStart=day.isoformat(),
            ChargePeriodEnd=(day + timedelta(days=1)).isoformat(),
        )
        for sub_account, currency in (("one", "USD"), ("two", "USD"), ("", "EUR"), ("three", "USD"))
        for day in days
    ]
    loaded = intake.load(csv_bytes(*rows))
    cubes = [intake.lake / file.path for one in loaded.snapshots for file in one.files if file.kind == "cube"]

    def owned(sub_account: str, first: int, end: int | None, provider: str = "AWS") -> Ownership:
        last = date(2026, 9, end) if end else None
        return Ownership(provider, "0012345", sub_account, 1, date(2026, 9, first), last)

    def billed(*owners: Ownership) -> dict[str, Decimal]:
        return {total.currency: total.billed_cost for total in unassigned_totals(cubes, owners)}

    assert billed() == {"USD": Decimal("13.5"), "EUR": Decimal("4.5")}
    assert billed(owned("one", 1, None)) == {"USD": Decimal("9"), "EUR": Decimal("4.5")}
    assert billed(owned("one", 2, 3), owned("two", 1, 2)) == {"USD": Decimal("10.5"), "EUR": Decimal("4.5")}
    assert billed(owned("one", 1, None, "Azure")) == billed()
    everything = [owned(name, 1, None) for name in ("one", "two", "three")]
    assert billed(*everything) == {"EUR": Decimal("4.5")}
    assert unassigned_totals([], everything) == ()
    assert unassigned_totals(cubes, everything)[0] == CostTotal(
        "EUR", Decimal("4.5"), Decimal("3.75"), Decimal(6), Decimal("4.5")
    )


def test_a_million_rows_make_files_of_a_million(tmp_path: Path) -> None:
    """The figures of rating-engine.md §2 are those in the code."""
    assert (write.ROWS_PER_FILE, write.ROW_GROUP) == (1_000_000, 122_880)
