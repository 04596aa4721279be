"""The guard of cost figures: each says which metric it holds, and no price type lets more through than it shows.

A new figure in any answer fails here until somebody says what it is; a new read of a customer is masked by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Annotated, Any, get_args, get_type_hints

import pytest

from tests.cast import make_cast
from tests.rating.raw import become, member_of
from tests.rating.worked import Example
from underlet.foundation import registry
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.metrics import ABSENT, Figure, figures_of, masked
from underlet.foundation.reads import ask
from underlet.foundation.registry import OPERATIONS, QUERIES
from underlet.foundation.types import NoInput, to_json
from underlet.interfaces.api.main import api
from underlet.interfaces.api.schemas import COMPONENTS
from underlet.kernel.permission import Permission
from underlet.kernel.price_type import RAW_METRICS, CostMetric, PriceType, shown_metrics
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT
from underlet.project import wiring

wiring.load()

NO_COST = {
    "ExchangeRateRow.rate": "an exchange rate",
    "ProviderCostRow.rate": "an exchange rate",
    "RuleView.percent": "a factor, told to its seller; over the seller's cost nobody else reads it",
    "FeeView.quantity": "a quantity",
    "VersionView.vat_rate": "a tax rate",
    "VersionView.disclose_raw_cost": "yes or no",
    "PricedGroup.quantity": "a quantity",
    "InvoiceLineView.quantity": "a quantity",
    "InvoiceLineView.vat_rate": "a tax rate",
    "VatGroupView.rate": "a tax rate",
    "TopBuyer.share": "percent of the seller's own sales",
    "RunView.provider_costs": "rows of figures",
    "SummaryView.provider_costs": "rows of figures",
    "ContractSummary.margin_currency": "a currency",
}
"""Fields that hold numbers, or are named like costs, and are none; with what they are."""

COSTLY = re.compile("cost|margin|billed|effective(?!_on)|contracted|markup|mark_up|list_price|profit")


def parts_of(hint: Any) -> Iterator[type]:
    """All types that a type hint is put together from."""
    if isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        if not isinstance(part, Figure | str):
            yield from parts_of(part)


def results() -> set[type]:
    """Every dataclass that an answer may hold."""
    found: set[type] = set()
    todo = [entry.result for entry in (*OPERATIONS.values(), *QUERIES.values())]
    while todo:
        for one in parts_of(todo.pop()):
            if is_dataclass(one) and one not in found:
                found.add(one)
                todo += get_type_hints(one, include_extras=True).values()
    return found


def silent(result: type) -> set[str]:
    """Fields of a result that hold a number, or are named like a cost, and do not say which metric they are."""
    hints = get_type_hints(result, include_extras=True)
    tagged = figures_of(result)
    return {
        f"{result.__name__}.{field.name}"
        for field in fields(result)
        if field.name not in tagged
        and CostMetric not in parts_of(hints[field.name])
        and (Decimal in parts_of(hints[field.name]) or COSTLY.search(field.name))
    }


def test_r26_every_figure_says_which_metric_it_holds() -> None:
    """R26, R27, A11: in all answers of all operations and queries; what is no cost is listed with what it is."""
    found = results()
    assert len(found) > 40
    assert set().union(*map(silent, found)) == set(NO_COST)
    assert sum(map(len, map(figures_of, found))) > 20


@dataclass(frozen=True, slots=True)
class Planted:
    """What somebody might add."""

    effective_cost: str
    amount: Decimal | None
    margin: Annotated[Decimal, Figure(CostMetric.MARGIN)]


def test_r26_the_guard_sees_a_planted_figure() -> None:
    """trust.md §1.3: by its type, and by its name; the one that says what it is, is none."""
    assert silent(Planted) == {"Planted.effective_cost", "Planted.amount"}


def test_r26_masked_figures_are_optional_in_the_api() -> None:
    """R26: a field that a price type takes out is promised to nobody."""
    assert api.get_openapi_schema()
    for name in ("SummaryView", "MonthFigures", "Explanation", "ContractSummary"):
        schema = COMPONENTS[name]
        masks = {field for field, part in schema["properties"].items() if "x-cost-metric" in part}
        assert masks
        assert not masks & set(schema["required"])


@pytest.mark.parametrize("price_type", PriceType)
@pytest.mark.parametrize("is_disclosed", [True, False])
def test_r24_r26_what_price_types_show(price_type: PriceType, is_disclosed: bool) -> None:
    """R24, R26, R27: price and list to all; the bill's metrics to raw cost only, if disclosed; purchases to nobody."""
    shown = shown_metrics(price_type, is_disclosed=is_disclosed)
    assert shown >= {"price", "list"}
    assert (shown >= RAW_METRICS) == (price_type == "raw_cost_only" and is_disclosed)
    assert shown <= RAW_METRICS | {"price", "list"}
    assert not shown & {CostMetric.SELLER_COST, CostMetric.SALES, CostMetric.MARGIN}


@dataclass(frozen=True, slots=True)
class EveryMetric:
    """An answer that holds all that there is; each figure another number."""

    price: Annotated[Decimal, Figure(CostMetric.PRICE)]
    listed: Annotated[Decimal, Figure(CostMetric.LIST)]
    contracted: Annotated[Decimal, Figure(CostMetric.CONTRACTED)]
    effective: Annotated[Decimal, Figure(CostMetric.EFFECTIVE)]
    billed: Annotated[Decimal, Figure(CostMetric.BILLED)]
    bought: Annotated[Decimal, Figure(CostMetric.SELLER_COST)]
    sold: Annotated[Decimal, Figure(CostMetric.SALES)]
    kept: Annotated[Decimal, Figure(CostMetric.MARGIN)]
    table: dict[CostMetric, Decimal]
    columns: tuple[CostMetric, ...]
    inner: tuple["EveryMetric", ...] = ()


def _every(deeper: int = 1) -> EveryMetric:
    numbers = [Decimal(1009 + 2 * position) for position in range(8)]
    inner = (_every(deeper - 1),) if deeper else ()
    return EveryMetric(*numbers, dict(zip(CostMetric, numbers, strict=True)), tuple(CostMetric), inner)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that somebody adds without a thought of masks."""
    monkeypatch.setattr(registry, "QUERIES", QUERIES)

    def show_everything(actor: Actor, unit: Unit, data: NoInput) -> EveryMetric:
        """Show everything."""
        return _every()

    entry = registry.Query(
        "cost.everything", Permission.PRICES, UNIT, show_everything, NoInput, EveryMetric, "Show", "Show."
    )
    monkeypatch.setitem(QUERIES, "cost.everything", entry)


SEEN = {
    "seller_set_only": {"price", "list"},
    "raw_cost_only": {"price", "list", "contracted", "effective", "billed"},
}


@pytest.mark.parametrize("price_type", SEEN)
def test_r26_r27_a_careless_read_is_masked(database: None, careless: None, price_type: str) -> None:
    """R24, R26, R27: whatever a query answers, a customer's people get what their price type shows, at every depth;
    their seller's people, who look at the customer from above, are masked by roles and edges alone.
    """
    cast = make_cast()
    become(cast.ada, cast.units["beta"], price_type)
    body = to_json(ask("cost.everything", cast.people["bea"], cast.units["beta"]))
    for one in (body, *body["inner"]):
        assert set(one["table"]) == set(one["columns"]) == SEEN[price_type]
        hidden = {str(1009 + 2 * at) for at, metric in enumerate(CostMetric) if metric not in SEEN[price_type]}
        assert not hidden & set(re.findall(r"\d{4}", str(one)))
    assert "kept" not in body
    for who, unit in (("ben", "beta"), ("ben", "birch"), ("ada", "beta")):
        everything = to_json(ask("cost.everything", cast.people[who], cast.units[unit]))
        assert set(everything["table"]) == set(CostMetric), (who, unit)


def test_r26_without_the_door_the_careless_read_leaks(
    database: None, careless: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """trust.md §1.3: the test above fails on the fault that it is for."""
    monkeypatch.setattr("underlet.foundation.registry.masked", lambda value, shown: value)
    cast = make_cast()
    body = to_json(ask("cost.everything", cast.people["bea"], cast.units["beta"]))
    assert "kept" in body
    assert "seller_cost" in body["table"]


def test_r26_who_has_a_grant_from_above_too_is_not_masked(database: None, careless: None) -> None:
    """R26: the union of grants; a person of the seller's who is also named on the customer sees as the seller."""
    cast = make_cast()
    own = member_of(Example(cast, {}), cast.units["beta"], "both@example.com")
    assert "kept" not in to_json(ask("cost.everything", own, cast.units["beta"]))
    member_of(Example(cast, {}), cast.units["birch"], "both@example.com", "viewer")
    assert "kept" in to_json(ask("cost.everything", own, cast.units["beta"]))


def test_r26_who_acts_for_the_seller_on_the_customer_is_not_masked(database: None, careless: None) -> None:
    """R26, R51: an account manager's scope lies on the customer, too, but on the seller's behalf."""
    cast = make_cast()
    own = member_of(Example(cast, {}), cast.units["beta"], "manager@example.com", "viewer")
    assert "kept" not in to_json(ask("cost.everything", own, cast.units["beta"]))
    with system():
        execute(
            "update user_scope s set entity_id = p.entity_id from unit b join unit p on p.id = b.parent_id"
            " where s.unit_id = b.id and b.public_id = %s and s.actor_id = %s",
            [cast.units["beta"], own.id],
        )
    assert "kept" in to_json(ask("cost.everything", own, cast.units["beta"]))


def test_masking_leaves_the_rest_alone() -> None:
    """Nothing hidden: the very same object; something hidden: a copy, the original unchanged."""
    every = _every()
    assert masked(every, frozenset(CostMetric)) is every
    some = masked(every, frozenset({CostMetric.PRICE}))
    assert some.price == every.price
    assert some.kept is ABSENT
    assert every.kept == 1023
    assert masked(("text", 1, None, {"a": every}), frozenset(CostMetric))[3]["a"] is every


def test_names_of_metrics_never_change() -> None:
    """They are the keys of answers that programs of others read."""
    names = "price list contracted effective billed seller_cost sales margin"
    assert " ".join(CostMetric) == names
