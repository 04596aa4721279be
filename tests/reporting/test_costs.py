"""What customers and organizations see of their costs, by price type and disclosure (R24, R26, R27, R31)."""

from decimal import Decimal

import pytest

from tests.rating.raw import SET, become, costs, issue, member_of, month, raw_month, shown
from tests.rating.worked import PERIOD, Example
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.types import to_json
from underlet.kernel.errors import InvalidInput

RAW_ONLY = ("contracted", "effective", "billed")


@pytest.fixture
def raw(database: None) -> Example:
    """beta is raw cost only; April is issued."""
    return raw_month()


def stored() -> list[tuple[object, ...]]:
    """All that a run and its invoices left behind."""
    with system():
        return [
            *rows("select * from charge_line order by id"),
            *rows("select * from charge_cost order by id"),
            *rows("select id, net, vat, gross, snapshot_sha256 from invoice order by id"),
            *rows("select * from invoice_line order by id"),
        ]


def test_r24_raw_cost_only_shows_every_metric_of_the_bill(raw: Example) -> None:
    """R24, R25: as on the provider's bill, in its currency, and the price is what is billed, converted: unaltered."""
    view = costs(raw, "bea", "beta")
    assert view.price_type == "raw_cost_only"
    assert view.metrics == ("price", "list", *RAW_ONLY)
    bill = {"list": "350", "contracted": "310", "effective": "315", "billed": "300"}
    assert shown(view)["Compute"] == {"price": "276", **bill}  # 300 × 0.92
    assert shown(view)["Storage"] == {"price": "7.36", "list": "16", **dict.fromkeys(RAW_ONLY, "8")}
    assert shown(view)["Market"] == {"price": "3.68", **dict.fromkeys(RAW_ONLY, "4")}  # no list price is not zero
    compute = view.rows[0]
    assert (compute.currency, compute.provider_currency) == ("EUR", "USD")
    assert view.totals[0].amounts["billed"] == Decimal(312)
    assert costs(raw, "bea", "beta", sort="-billed").rows[0].name == "Compute"
    assert [row.name for row in costs(raw, "bea", "beta", sort="billed").rows] == ["Market", "Storage", "Compute"]
    assert "Tax" not in str(to_json(view))  # what Root removed is absent below (I6): 57.00 is in no sum


def test_r26_r27_seller_set_only_shows_price_and_list_alone(raw: Example) -> None:
    """R26, R27, R31: the same month under the other price type: no field, no column, no order; the stored data stay."""
    before = stored()
    become(raw.cast.people["ben"], raw.cast.units["beta"], "seller_set_only")
    view = costs(raw, "bea", "beta")
    assert view.metrics == ("price", "list")
    assert shown(view)["Compute"] == {"price": "276", "list": "350"}
    assert set(to_json(view)["rows"][0]["amounts"]) == {"price", "list"}
    for sort in ("billed", "-billed", "seller_cost", "margin", "nonsense"):
        with pytest.raises(InvalidInput) as refused:
            costs(raw, "bea", "beta", sort=sort)
        assert refused.value.fields == {"sort": "There is no such order here."}
    assert stored() == before
    become(raw.cast.people["ben"], raw.cast.units["beta"], "raw_cost_only")
    assert costs(raw, "bea", "beta").metrics == ("price", "list", *RAW_ONLY)


def test_r26_the_same_mask_for_the_sellers_people(raw: Example) -> None:
    """R26: who looks at the customer's costs from above sees what the customer sees; a seller's own lie elsewhere."""
    assert costs(raw, "ben", "beta").metrics == ("price", "list", *RAW_ONLY)
    become(raw.cast.people["ben"], raw.cast.units["beta"], "seller_set_only")
    assert costs(raw, "ben", "beta").metrics == ("price", "list")
    [sold] = ask("billing.summary", raw.cast.people["ben"], raw.cast.units["birch"], {"period": PERIOD}).contracts
    assert isinstance(sold.margin, Decimal)
    assert costs(raw, "ben", "birch").metrics == (
        "price",
        "list",
        *RAW_ONLY,
    )  # an organization, to which K1 discloses


def test_r24_disclosure_withdrawn_masks_at_once_and_history_too(raw: Example) -> None:
    """R24, R31: the chain as it is today decides; a contract further up that discloses no more hides every month."""
    terms = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "rates": {"USD": "0.92"}}
    run("contract.revise", raw.cast.ada, raw.contracts["K1"], {**terms, "starts_on": "2026-06-01"})
    assert costs(raw, "bea", "beta").metrics == ("price", "list")
    [line] = ask("invoice.list", raw.cast.people["bea"], raw.cast.units["beta"]).items
    found = ask("invoice.explain", raw.cast.people["bea"], str(line.id), {"line": 1})
    assert "contract price" in str(found.usage.rule)
    assert "base" not in to_json(found)["usage"]
    again = {**terms, "disclose_raw_cost": True, "starts_on": "2026-07-01"}
    run("contract.revise", raw.cast.ada, raw.contracts["K1"], again)
    assert costs(raw, "bea", "beta").metrics == ("price", "list", *RAW_ONLY)


def test_r24_days_before_the_disclosure_stay_hidden(database: None) -> None:
    """R24: what was priced while a contract did not disclose is not shown later, though all disclose today."""
    example = issue(month(to_birch={}, to_beta=SET))
    terms = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "rates": {"USD": "0.92"}}
    upper = {**terms, "disclose_raw_cost": True, "starts_on": "2026-06-01"}
    run("contract.revise", example.cast.ada, example.contracts["K1"], upper)
    run("contract.revise", example.cast.people["ben"], example.contracts["K4"], {**upper, "metric": "billed"})
    become(example.cast.people["ben"], example.cast.units["beta"], "raw_cost_only")
    view = costs(example, "bea", "beta")
    assert view.metrics == ("price", "list")
    assert set(shown(view)["Compute"]) == {"price", "list"}


def test_r27_home_and_month_of_a_customer_hold_no_margin(raw: Example) -> None:
    """R26, R27: a customer sells nothing: what is sold, kept and earned is not in the answer, rather than zero."""
    bea, beta = raw.cast.people["bea"], raw.cast.units["beta"]
    month_ = to_json(ask("billing.summary", bea, beta, {"period": PERIOD}))
    assert month_["bought"] == "287.04"
    assert not {"sold", "kept", "margin"} & set(month_)
    home = to_json(ask("home.show", bea, beta))
    assert not {"sold", "margin"} & set(home["months"][0])
    seller = to_json(ask("billing.summary", raw.cast.people["ben"], raw.cast.units["birch"], {"period": PERIOD}))
    assert {"sold", "kept", "margin"} <= set(seller)


def test_r25_r28_explanation_names_the_metric_only_where_it_is_shown(raw: Example) -> None:
    """R24, R25, R27: raw cost only reads that the billed cost is passed on; seller-set only reads "contract price"."""
    bea, beta = raw.cast.people["bea"], raw.cast.units["beta"]
    [invoice] = ask("invoice.list", bea, beta).items
    found = ask("invoice.explain", bea, str(invoice.id), {"line": 1}).usage
    assert (found.base, found.m, found.fx) == ("billed", 1, Decimal("0.92"))
    assert str(found.rule) == "Everything else: the provider's billed cost, passed through"
    contract = ask("contract.show", bea, raw.contracts["K4"]).versions[0]
    assert (contract.metric, contract.rules[0].verb) == ("billed", "pass_through")
    become(raw.cast.people["ben"], beta, "seller_set_only")
    found = ask("invoice.explain", bea, str(invoice.id), {"line": 1}).usage
    body = to_json(found)
    assert not {"base", "m", "fx"} & set(body)
    assert "base_amount" not in body["groups"][0]
    assert str(found.rule) == "Everything else: contract price"
    contract = ask("contract.show", bea, raw.contracts["K4"]).versions[0]
    assert (contract.metric, contract.rules[0].verb) == (None, "contract_price")


def test_r28_removal_rules_work_for_both_price_types(database: None) -> None:
    """R25, R28, I6: a line that is removed is on no invoice and in no metric, for raw cost only and seller-set only."""
    removal = {"verb": "remove", "conditions": [{"dimension": "ServiceName", "values": ["Storage", "Market"]}]}
    example = month(to_beta={**SET, "rules": [removal, *SET["rules"]]})
    issue(example)
    view = costs(example, "bea", "beta")
    assert shown(view) == {"Compute": {"price": "315.56", "list": "350"}}  # 350 × 0.98 × 0.92
    [invoice] = ask("invoice.list", example.cast.people["bea"], example.cast.units["beta"]).items
    assert str(invoice.net) == "315.56"


def test_r25_removal_rules_of_a_raw_cost_only_customer(database: None) -> None:
    """R25: line items may be removed."""
    removal = {"verb": "remove", "conditions": [{"dimension": "ServiceName", "values": ["Storage", "Market"]}]}
    example = month(
        to_beta={"rules": [removal, {"verb": "pass_through"}], "metric": "billed", "disclose_raw_cost": True}
    )
    become(example.cast.people["ben"], example.cast.units["beta"], "raw_cost_only")
    issue(example)
    assert set(shown(costs(example, "bea", "beta"))) == {"Compute"}


def test_r27_people_of_an_internal_customer_are_not_their_sellers(database: None, belts: str) -> None:
    """R26, R27, A8, I5: a customer that shares its seller's legal entity; by either belt alone, its own people read no
    purchase price, no removed line and no draft, and its explanation names no cost.
    """
    example = month()
    ben, birch = example.cast.people["ben"], example.cast.units["birch"]
    data = {"kind": "customer", "name": "desk.birch.example", "own_legal_entity": False}
    desk = run("unit.create", ben, birch, data).body["id"]
    rules = [{"verb": "remove", "conditions": [{"dimension": "ServiceName", "values": ["Storage"]}]},
             {"verb": "adjust", "percent": "10"}]  # fmt: skip
    terms = {"buyer": desk, "currency": "EUR", "rules": rules, "starts_on": "2026-01-01"}
    run("contract.create", ben, birch, terms)
    draft = run("contract.create", ben, birch, {**terms, "starts_on": "2027-01-01", "draft": True}).body["id"]
    [sub] = ask("sub_account.list", example.cast.ada, example.cast.units["fjord"]).items
    run("assignment.remove", example.cast.ada, str(sub.assignments[0].id), {})
    run("sub_account.assign", example.cast.ada, str(sub.id), {"unit": desk, "starts_on": "2026-01-01"})
    own = member_of(example, desk, "own@example.com")
    example.bill()
    from underlet.contracts.queries import visible_contracts
    from underlet.foundation.database.transactions import reading
    from underlet.invoicing.queries import visible_invoices
    from underlet.rating.models import ChargeLine
    from underlet.rating.queries import visible_purchases

    with reading(own):
        assert not visible_purchases(own).exists()
        assert not visible_invoices(own).filter(state="draft").exists()
        assert not visible_contracts(own).filter(public_id=draft).exists()
        assert visible_contracts(own).count() == 1
        if belts != "WITHOUT_ROW_SECURITY":  # no query reads lines but by the policies
            assert not ChargeLine.objects.filter(outcome="removed").exists()
            assert ChargeLine.objects.filter(outcome="priced").exists()
    run("invoice.issue_run", example.cast.ada, str(example.current().public_id), {"issued_on": "2026-05-04"})
    [invoice] = ask("invoice.list", own, desk).items
    found = to_json(ask("invoice.explain", own, str(invoice.id), {"line": 1}))["usage"]
    assert not {"base", "m", "fx"} & set(found)
    sellers = to_json(ask("invoice.explain", ben, str(invoice.id), {"line": 1}))["usage"]
    assert sellers["base"] == "seller_cost"
    with reading(ben):
        assert visible_purchases(ben).exists()
