"""Charges longer than a day split by whole days where owner, path or rules change inside them (billing.md §2)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.rating.cubes import APRIL, SPAN, Row, Setting, edge
from tests.rating.worked import Example, charge
from underlet.accounts.types import Ownership
from underlet.contracts.models import ContractVersion
from underlet.contracts.types import EdgeTerms, PathEpoch
from underlet.foundation.database.transactions import system
from underlet.kernel.money import total
from underlet.kernel.period import DayRange
from underlet.kernel.pricing.types import Adjust, Base, ChargeGroup, Dimension, PassThrough, PriceRule, Terms
from underlet.rating.queries import explain_line, lines_of_version


def _pass(number: int, *rules: PriceRule) -> EdgeTerms:
    terms = Terms(f"K{number}", "EUR", (*rules, PriceRule("9", PassThrough())))
    return replace(edge(terms, number), seller_id=0, buyer_id=number)


def _month(amount: str, days: int = 30, day: date = APRIL.start) -> Row:
    values = {Dimension.PROVIDER: "P", Dimension.BILLING_ACCOUNT: "a", Dimension.SUB_ACCOUNT: "s"}
    number = Decimal(amount)
    group = ChargeGroup(day, "EUR", values, *[number] * 5, Decimal("7.0000000001"), True, True)
    return Row(group, days=days)


def _setting(row: Row, *, moves_on: date | None, **rules: PriceRule) -> Setting:
    paths = {number: (PathEpoch(SPAN, (_pass(number, *rules.values()),)),) for number in (1, 2)}
    first = Ownership("P", "a", "s", 1, SPAN.start, moves_on)
    second = Ownership("P", "a", "s", 2, moves_on or SPAN.start, None)
    return Setting((), [row], paths=paths, ownership=(first, second) if moves_on else (first,))


def test_a_month_that_changes_hands_splits_by_days(tmp_path: Path) -> None:
    """§2: HALF_UP₁₂(amount × days / days in all), the last part takes the rest; counted once; I2, I3 hold."""
    amount = "100.000000000001"
    result = _setting(_month(amount), moves_on=date(2026, 4, 11)).run(tmp_path)
    assert [check.name for check in result.checks if not check.passed] == []
    parts = {line.version_id: line for line in result.lines if line.edge == 1}
    assert parts[1].exact == Decimal("33.333333333334")  # 10 of 30 days: …333.667 half up
    assert total([parts[1].exact, parts[2].exact]) == Decimal(amount)
    assert (parts[1].n, parts[2].n) == (1, 0)
    [root] = [line for line in result.lines if line.edge == 0]
    assert (root.exact, root.n) == (Decimal(amount), 1)
    assert total([line.quantity or Decimal(0) for line in parts.values()]) == Decimal("7.0000000001")


@pytest.mark.parametrize("moves_on", [None, date(2026, 4, 1), date(2026, 5, 1)])
def test_without_a_change_inside_nothing_splits(tmp_path: Path, moves_on: date | None) -> None:
    """§2: a change on the first day or after the last one divides nothing."""
    result = _setting(_month("10"), moves_on=moves_on).run(tmp_path)
    [line] = [line for line in result.lines if line.edge == 1]
    assert (line.exact, line.n) == (Decimal(10), 1)


def test_rule_dates_split_too(tmp_path: Path) -> None:
    """§2: a rule that starts inside the charge prices only its days: 20 days at 1, 10 days at 2."""
    dearer = PriceRule("1", Adjust(Base.SELLER_COST, Decimal(100)), valid=DayRange(date(2026, 4, 21)))
    result = _setting(_month("30"), moves_on=None, dearer=dearer).run(tmp_path)
    priced = {line.rule_id: line.exact for line in result.lines if line.edge == 1}
    assert priced == {"9": Decimal(20), "1": Decimal(20)}


def test_negative_amounts_and_three_parts_add_up(tmp_path: Path) -> None:
    """§2: also for credits, and for a charge that reaches into the next month."""
    row = _month("-0.000000000005", days=31, day=date(2026, 4, 5))
    result = _setting(row, moves_on=date(2026, 4, 20)).run(tmp_path)
    assert total([line.exact for line in result.lines if line.edge == 1]) == Decimal("-0.000000000005")


def test_explanation_shows_the_days(database: None) -> None:
    """B2: a monthly charge of a sub-account that moves on 16 April: half each, and each side sees its own days."""
    monthly = charge(
        "A2", "Support", "Purchase", "04-01", "1", "100.00", "80.00", ChargePeriodEnd="2026-05-01T00:00:00Z"
    )
    owners = (("A2", "alder", "2026-01-01", "2026-04-16"), ("A2", "beta", "2026-04-16", None))
    changes = {"K4": {"rules": [{"verb": "adjust", "base": "list", "percent": "0"}]}}
    example = Example.make((monthly,), ("K1", "K2", "K4"), owners, changes)
    assert example.bill().state == "done"
    assert [exact for *_, exact, _ in example.lines()["K4"]] == [Decimal(46)]  # 50.00 × 0.92
    run = example.current()
    with system():
        version = ContractVersion.objects.get(contract__public_id=example.contracts["K4"])
        [line] = lines_of_version(run.id, version.id)
        shown = explain_line(
            example.cast.people["bea"], run.id, version.id, line.key, to_seller=False, shows_raw=False
        )
    assert [(group.day, group.days, group.base_amount) for group in shown.groups] == [
        (date(2026, 4, 16), 15, Decimal(50))
    ]
    assert shown.sources
