"""Every FOCUS file that is at hand is loaded with the totals that its README states, or refused by a named
reason."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests.usage.focus import Intake, reasons

REAL = ("focus/focus10_real_even.csv.gz", "focus/focus12_aws_derived_dev.snappy.parquet")
SUPPLIED = {"BillingAccountId": "acct-1", "BillingCurrency": "USD", "ProviderName": "Example Cloud"}


def _sums(shared_data: Path, name: str) -> dict[str, Decimal]:
    """BilledCost, EffectiveCost and ListCost of a file, from SUMS.csv."""
    with (shared_data / "SUMS.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["file"] == name and row["group"] == "TOTAL"]
    assert rows, f"SUMS.csv has no total of {name}"
    found: dict[str, Decimal] = {}
    for row in rows:
        pairs = (("cost_column", "cost"), ("second_column", "second"), ("third_column", "third"))
        found |= {row[column]: Decimal(row[value]) for column, value in pairs if row[column]}
    return found


@pytest.mark.parametrize("name", REAL)
def test_totals_are_those_of_the_readme_to_the_last_digit(intake: Intake, shared_data: Path, name: str) -> None:
    """M1, R2: sums over real files equal SUMS.csv exactly, per currency."""
    loaded = intake.load_in_child(shared_data / name)
    sums = _sums(shared_data, name)
    [total] = loaded.totals
    assert total.currency == "USD"
    found = {"BilledCost": total.exact.billed_cost, "EffectiveCost": total.exact.effective_cost}
    found["ListCost"] = total.exact.list_cost
    assert {column: found[column] for column in sums} == sums
    assert set(sums) >= {"BilledCost"}


def test_sums_per_service_are_those_of_the_readme(intake: Intake, shared_data: Path) -> None:
    """M1: the lines group as the source does, not only in total."""
    for name in REAL:
        loaded = intake.load(shared_data / name)
        with (shared_data / "SUMS.csv").open() as file:
            rows = [row for row in csv.DictReader(file) if row["file"] == name and row["group"] != "TOTAL"]
        column = rows[0]["group_column"]
        assert {row["group_column"] for row in rows} == {column}
        found = {key: (n, cost) for key, n, cost in intake.rows(
            loaded, f'SELECT coalesce("{column}", \'\'), count(*), sum({rows[0]["cost_column"]}) FROM f GROUP BY 1'
        )}  # fmt: skip
        assert found == {row["group"]: (int(row["n"]), Decimal(row["cost"])) for row in rows}


def test_the_parquet_file_equals_the_cur_it_was_made_from(intake: Intake, shared_data: Path) -> None:
    """Parquet = CUR per sub-account (intake.md §12), read here with Python's csv and Decimal only."""
    import gzip

    loaded = intake.load(shared_data / REAL[1])
    expected: dict[str, Decimal] = {}
    with gzip.open(shared_data / "aws/cur_legacy_nise_2026-09.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            account = row["lineItem/UsageAccountId"]
            expected[account] = expected.get(account, Decimal(0)) + Decimal(row["lineItem/UnblendedCost"])
    assert dict(intake.rows(loaded, "SELECT SubAccountId, sum(BilledCost) FROM f GROUP BY 1")) == expected


def test_examples_of_the_specification_are_refused_by_name(intake: Intake, shared_data: Path) -> None:
    """The examples are excerpts: columns are missing, dates are 5/1/25, amounts $10,000.00. Each says so."""
    files = sorted((shared_data / "focus/spec-examples-v1.2").glob("*.csv"))
    assert len(files) >= 20
    for file in files:
        found = reasons(intake.refused(file))
        if file.name.startswith(("commitment", "one_hundred", "zero_percent")):
            assert found == {"missing_column"}
        elif file.name.startswith("simple_saas"):
            assert found == {"not_a_number", "bad_date"}
        elif file.name == "virtual_currency_pricing_model_b1.csv":
            assert found == {"not_a_number", "bad_date"}  # "0.00 " with a blank
        else:
            assert found == {"bad_date"}


def test_corrections_lack_the_account_unless_a_connection_supplies_it(intake: Intake, shared_data: Path) -> None:
    """Six correction examples name no account and no currency: refused, or read with values of a connection."""
    folder = shared_data / "focus/corrections-draft"
    for file in sorted(folder.glob("*.csv")):
        errors = intake.refused(file)
        assert reasons(errors) == {"missing_column"}
        assert {error.column for error in errors} == set(SUPPLIED)
        loaded = intake.load(file, supplied=SUPPLIED)
        assert loaded.snapshots[0].billing_account == "acct-1"


def test_scenario_1_nets_to_the_same_by_delta_and_by_ledger(intake: Intake, shared_data: Path) -> None:
    """Original + delta = original + ledger: R-111 1,200, R-222 300; billed 1,500 in May, 0 in June (intake.md
    §12)."""
    folder = shared_data / "focus/corrections-draft"
    names = ("original", "delta", "ledger")
    loaded = {name: intake.load(folder / f"closed_scenario_1_{name}.csv", supplied=SUPPLIED) for name in names}
    by_resource = "SELECT ResourceId, sum(BilledCost) FROM f GROUP BY 1"
    original = dict(intake.rows(loaded["original"], by_resource))
    for name in ("delta", "ledger"):
        change = dict(intake.rows(loaded[name], by_resource))
        net = {key: original.get(key, Decimal(0)) + change.get(key, Decimal(0)) for key in original | change}
        assert net == {"R-111": 1200, "R-222": 300}
        assert str(loaded[name].snapshots[0].period) == "2025-06"
        assert loaded[name].totals[0].exact.billed_cost == 0
    assert str(loaded["original"].snapshots[0].period) == "2025-05"
    assert loaded["original"].totals[0].exact.billed_cost == 1500
    quantities = intake.rows(loaded["delta"], "SELECT ResourceId, x_quantity FROM f ORDER BY 1")
    assert quantities == [("R-111", Decimal(-200)), ("R-222", Decimal(200))]
