"""Owned and unowned charges add up to what the provider charged, to the last digit (I2, M1)."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.rating.cubes import Setting, family
from underlet.kernel.money import total
from underlet.rating.engines.types import RatingResult


def _result(seed: int, folder: Path) -> tuple[Setting, RatingResult]:
    setting = family(seed, 250)
    return setting, setting.run(folder)


@pytest.mark.parametrize("seed", range(5))
def test_provider_total_is_conserved(seed: int, tmp_path: Path) -> None:
    """I2, M1: edge 0 holds every charge once; its totals are the source's, per account and currency."""
    setting, result = _result(seed, tmp_path)
    edge_0 = [line for line in result.lines if line.edge == 0]
    assert sum(line.n for line in edge_0) == len(setting.rows)
    for currency in ("USD", "EUR"):
        source = total([row.group.effective for row in setting.rows if row.group.currency == currency])
        assert total([line.exact for line in edge_0 if line.currency == currency]) == source
        assert total([one.exact for one in result.totals if one.currency == currency]) == source


@pytest.mark.parametrize("seed", range(5))
def test_every_charge_is_in_one_bucket(seed: int, tmp_path: Path) -> None:
    """M1, I3: assigned to a path, the root's own, in a gap, or unassigned; nothing else and nothing twice."""
    setting, result = _result(seed, tmp_path)
    assert [check.detail for check in result.checks if not check.passed] == []
    subs = {"sub-1", "sub-2", "SUB-3", "sub_4"}
    dimensions = [(row, {d.value: v for d, v in row.group.dimensions.items()}) for row in setting.rows]
    nobody = [
        row
        for row, found in dimensions
        if found["SubAccountId"] not in subs or found["ProviderName"] is None or found["BillingAccountId"] is None
    ]
    unassigned = total([one.unassigned for one in result.totals])
    assert unassigned == total([row.group.effective for row in nobody])
    gaps = total([one.amount or Decimal(0) for one in result.concerns if one.code == "contract_gap"])
    late = [
        row
        for row, found in dimensions
        if found["SubAccountId"] == "sub-2" and row not in nobody and row.group.day.isoformat() < "2026-04-16"
    ]
    # Before April the contract that begins in April takes them (billing.md §2), so only April's days are a gap.
    in_april = [row for row in late if row.group.day.isoformat() >= "2026-04-01"]
    assert gaps == total([row.group.effective for row in in_april])
    assert {one.code for one in result.concerns} >= {"contract_gap"}


def test_a_gap_is_held_and_named(tmp_path: Path) -> None:
    """contract_gap: the customer's charges stay with the root; the contract above waits for them."""
    _, result = _result(1, tmp_path)
    gaps = [one for one in result.concerns if one.code == "contract_gap"]
    assert {(one.owner, one.version_ids) for one in gaps} == {(30, (1,))}


def test_charges_outside_the_month_are_reported(tmp_path: Path) -> None:
    """billing.md §2: a day outside the month without a contract goes to the month's first contract, visibly."""
    setting, result = _result(1, tmp_path)
    early = [
        row.group.effective
        for row in setting.rows
        if row.group.day.isoformat() < "2026-04-01"
        and {d.value: v for d, v in row.group.dimensions.items()}["SubAccountId"] == "sub-2"
        and None
        not in [v for d, v in row.group.dimensions.items() if d.value in ("ProviderName", "BillingAccountId")]
    ]
    assert early
    assert total([one.amount or Decimal(0) for one in result.concerns if one.code == "outside_period"]) == total(
        early
    )
