"""Roles that hide prices, cost or margin: every read that bears a figure, asked by people who lack each (A11, P3).

The worked example of billing.md §11: its purchases and costs are told apart from its sales by their amounts.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from decimal import Decimal
from typing import Any, get_type_hints

import pytest

from tests import tables
from tests.interfaces.test_cost_metrics import parts_of
from tests.rating.worked import Example
from underlet.access.queries import actor_by_email
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.metrics import figures_of
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.registry import QUERIES
from underlet.foundation.types import to_json
from underlet.kernel.errors import Refusal
from underlet.kernel.permission import ROLE_PERMISSIONS, Permission, Role
from underlet.kernel.price_type import CostMetric
from underlet.project import wiring

wiring.load()

MASKS = {"margin": ["margin"], "cost": ["cost"], "prices": ["prices"]}
PERIOD = "2026-04"
MONTHLY = {"cost.show": {"period": PERIOD}, "billing.summary": {"period": PERIOD}, "home.show": {"months": "12"}}


def _results(hint: Any, seen: set[type]) -> Iterator[type]:
    for one in parts_of(hint):
        if is_dataclass(one) and one not in seen:
            seen.add(one)
            yield one
            for part in get_type_hints(one, include_extras=True).values():
                yield from _results(part, seen)


def figure_reads() -> set[str]:
    """Queries whose answer bears a figure."""
    return {
        entry.name
        for entry in QUERIES.values()
        if any(
            figures_of(one) or CostMetric in set().union(*map(set, map(parts_of, get_type_hints(one).values())))
            for one in _results(entry.result, set())
        )
    }


READ = {
    "billing.summary", "billing_run.show", "contract.show", "cost.show", "home.show", "import.show", "invoice.explain",
    "invoice.list", "invoice.show",
}  # fmt: skip
"""Reads that bear figures, each asked below."""


_made: list[tuple[Example, tables.Rows]] = []


@pytest.fixture
def month(database: None) -> Example:
    """April billed and issued down the chain, once, later put back; nobody's role hides anything yet."""
    if _made:
        example, kept = _made[0]
        tables.put(kept)
        return example
    example = Example.make()
    example.bill()
    run("invoice.issue_run", example.cast.ada, str(example.current().public_id), {"issued_on": "2026-05-04"})
    _made.append((example, tables.take()))
    return example


def person(month: Example, unit: str, mask: str, *, everything: bool = True) -> Actor:
    """Somebody on a unit whose role allows all else and hides this."""
    names = ["import", "billing_run", "contract_edit", "invoice_issue", "audit_read"] if everything else []
    data = {"name": f"{mask} {unit}", "permissions": names, "masks": MASKS[mask]}
    role = run("role.create", month.cast.ada, month.cast.units[unit], data).body["role"]
    data = {"email": "masked@example.com", "name": mask, "role": role}
    run("user.invite", month.cast.ada, month.cast.units[unit], data)
    return actor_by_email("masked@example.com")


def rows_of(statement: Any, *values: object) -> list[tuple[Any, ...]]:
    with system():
        return rows(statement, list(values))


def answers(month: Example, actor: Actor, unit: str) -> dict[str, str]:
    """What every read that bears figures answers somebody, about a unit and about all there is, as text."""
    ids = {
        "invoice": "select public_id::text from invoice",
        "contract": "select public_id::text from contract",
        "billing_run": "select public_id::text from billing_run",
        "import": "select public_id::text from usage_import",
    }
    found: dict[str, str] = {}
    for name in sorted(figure_reads()):
        entry = QUERIES[name]
        parameter = entry.subject.parameter if entry.subject else ""
        places = [month.cast.units[unit]] if parameter == "unit" else [one for (one,) in rows_of(ids[parameter])]
        for place in places:
            asked = [MONTHLY.get(name, {})]
            if name == "invoice.explain":
                asked = [{"line": str(line)} for line in range(1, 12)]
            for raw in asked:
                try:
                    found[f"{name} {place} {raw}"] = json.dumps(to_json(ask(name, actor, place, raw)), default=str)
                except Refusal as refusal:
                    found[f"{name} {place} {raw}"] = refusal.code()
    return found


def test_every_read_that_bears_figures_is_among_these() -> None:
    """A11: a new one is asked by people with each mask as soon as it is there."""
    assert figure_reads() == READ


def _numbers(text: str) -> set[Decimal]:
    return {Decimal(one) for one in re.findall(r"\d+\.\d+", text)}


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("unit", ["birch", "fjord"])
def test_no_read_tells_what_the_role_hides(month: Example, unit: str, mask: str) -> None:
    """A11, P3: without prices no figure; without cost or margin neither what the unit buys, nor costs of its lines, nor
    factors over them, nor its margin, in any field, row or sum; and the others still are."""
    who = person(month, unit, mask)
    said = answers(month, who, unit)
    told = set().union(*map(_numbers, said.values()))
    with system():
        of = "join unit u on u.id = %s where u.name_key = %s"
        costs = {row[0].normalize() for row in rows(
            "select c.exact from charge_cost c join charge_line l on l.id = c.charge_line_id"
            f" {of % ('l.seller_id', '%s')}", [unit])}  # fmt: skip
        bought = {
            row[0].normalize() for row in rows(f"select i.net from invoice i {of % ('i.buyer_id', '%s')}", [unit])
        }
        sold = {
            row[0].normalize() for row in rows(f"select i.net from invoice i {of % ('i.seller_id', '%s')}", [unit])
        }
        bought |= {
            row[0].normalize()
            for row in rows(f"select p.posted from provider_cost p {of % ('p.unit_id', '%s')}", [unit])
        }
    assert bought
    assert costs
    assert not told & (bought - sold)
    assert not told & (costs - sold)
    whole = "".join(said.values())
    for field in ("cost", "margin", "kept", "bought"):
        assert f'"{field}":' not in whole, field
    assert '"percent": "' not in whole.replace('"base": "list", "percent"', "")
    if mask == "prices":
        assert not told & sold
    else:
        assert {one for one in sold if one} <= told
    full = answers(month, month.cast.people["ben" if unit == "birch" else "ada"], unit)
    assert set().union(*map(_numbers, full.values())) >= bought, "the test can see what it looks for"
    assert '"margin":' in "".join(full.values())


@pytest.fixture
def without_margin(month: Example) -> Actor:
    """Somebody of Birch who may not see its margin."""
    return person(month, "birch", "margin")


def test_either_belt_alone_hides_purchases(month: Example, without_margin: Actor, belts: str) -> None:
    """A8, A11: with queries unscoped, and with policies off, what the unit buys stays hidden."""
    who, birch = without_margin, month.cast.units["birch"]
    assert {row.side for row in ask("invoice.list", who, birch).items} == {"sold"}
    assert "bought" not in {row.side for row in ask("contract.list", who, birch).items}
    assert ask("cost.show", who, birch, {"period": PERIOD}).rows == ()
    with pytest.raises(Refusal):
        ask("contract.show", who, month.contracts["K1"])


@pytest.mark.parametrize("mask", ["margin", "cost"])
def test_a_customer_without_a_mask_on_prices_reads_its_price(month: Example, mask: str) -> None:
    """A11: what a customer pays tells no margin of its own."""
    said = answers(month, person(month, "acme", mask, everything=False), "acme")
    assert "bought" in "".join(said.values())


def test_lists_and_orders_hold_no_hidden_purchase(month: Example) -> None:
    """A11: neither row nor count nor order nor sum of it; and SQL as people's role reads none either."""
    who = person(month, "birch", "margin")
    sides = {row.side for row in ask("invoice.list", who, month.cast.units["birch"], {"sort": "-net"}).items}
    assert sides == {"sold"}
    assert {row.side for row in ask("contract.list", who, month.cast.units["birch"]).items} <= {"sold", "below"}
    with pytest.raises(Refusal):
        ask("cost.show", who, month.cast.units["birch"], {"period": PERIOD, "sort": "effective"})
    birch = "(select id from unit where name_key = 'birch')"
    with writing(who):
        assert scalar(f"select count(*) from invoice where buyer_id = {birch}") == 0
        assert scalar(f"select count(*) from contract where buyer_id = {birch}") == 0
        assert scalar(f"select count(*) from charge_line where buyer_id = {birch}") == 0
        assert scalar("select count(*) from charge_cost") == 0
        assert scalar(f"select count(*) from invoice where seller_id = {birch}") > 0


def test_the_roles_of_account_teams_hide_what_they_should() -> None:
    """P14, R59: the limited key account manager sees no margin, the sales agent neither cost nor margin, support no
    money; all of them work on units."""
    held = ROLE_PERMISSIONS
    money = Permission.PRICES | Permission.COST_READ | Permission.MARGIN_READ
    assert held[Role.LIMITED_KEY_ACCOUNT_MANAGER] & money == Permission.PRICES | Permission.COST_READ
    assert held[Role.SALES_AGENT] & money == Permission.PRICES
    assert not held[Role.SUPPORT] & money
    assert held[Role.KEY_ACCOUNT_MANAGER] & money == held[Role.KEY_ACCOUNT_VIEWER] & money == money
    for role in (Role.KEY_ACCOUNT_MANAGER, Role.LIMITED_KEY_ACCOUNT_MANAGER, Role.SALES_AGENT):
        assert held[role] & Permission.UNIT_EDIT
