"""Contracts that disclose raw cost, and contracts of raw cost only customers (R22, R24, R25)."""

from typing import Any, LiteralString

import pytest
from django.db import DatabaseError

from tests.cast import Cast
from tests.rating.raw import become
from underlet.access.queries import actor_by_email
from underlet.foundation.database.constraints import refusal_of
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

PASS: dict[str, Any] = {"verb": "pass_through"}
REMOVE: dict[str, Any] = {"verb": "remove", "conditions": [{"dimension": "ServiceName", "values": ["Support"]}]}
RAW: dict[str, Any] = {"rules": [REMOVE, PASS], "metric": "billed", "disclose_raw_cost": True}


def contract(cast: Cast, seller: str, buyer: str, **terms: Any) -> str:
    """A contract from 2026 on; passing through unless told otherwise."""
    data = {"buyer": cast.units[buyer], "currency": "EUR", "starts_on": "2026-01-01", "rules": [PASS], **terms}
    made = run("contract.create", cast.seller_of(seller), cast.units[seller], data)
    return str(made.body["id"])


def to_raw(cast: Cast, unit: str) -> type[errors.Refusal] | None:
    """Make a customer raw cost only, as its seller's administrator; the refusal that the database's no becomes."""
    try:
        become(cast.people["ada"], cast.units[unit], "raw_cost_only")
    except DatabaseError as error:
        refusal = refusal_of(error)  # type: ignore[arg-type]
        return None if refusal is None else type(refusal)
    return None


def is_raw(cast: Cast, unit: str) -> bool:
    with system():
        return scalar("select price_type from unit where public_id = %s", [cast.units[unit]]) == "raw_cost_only"


def test_r24_raw_cost_needs_disclosure_all_the_way(cast: Cast) -> None:
    """R24: below a seller whose way up does not disclose, a customer cannot become raw cost only."""
    upper = contract(cast, "fjord", "birch")
    assert to_raw(cast, "beta") is errors.RawCostNotDisclosed
    terms = {"currency": "EUR", "rules": [PASS], "disclose_raw_cost": True}
    run("contract.revise", cast.ada, upper, {**terms, "starts_on": "2026-02-01"})
    assert to_raw(cast, "beta") is None
    assert is_raw(cast, "beta")
    contract(cast, "birch", "alder")
    assert to_raw(cast, "acme") is errors.RawCostNotDisclosed  # K2 does not disclose
    assert not is_raw(cast, "acme")


def test_r24_a_customer_of_the_root_needs_only_its_own_contract(cast: Cast) -> None:
    """R24: the root sees the provider's figures itself; the customer's own contract must still disclose them."""
    made = run("unit.create", cast.ada, cast.units["fjord"], {"kind": "customer", "name": "own.example.com"}).body
    cast.units["own"] = made["id"]
    assert to_raw(cast, "own") is None
    become(cast.ada, made["id"], "seller_set_only")
    contract(cast, "fjord", "own", metric="billed")
    assert to_raw(cast, "own") is errors.RawCostNotDisclosed


def test_r24_only_what_is_disclosed_can_be_disclosed_further(cast: Cast) -> None:
    """R24, billing.md §3: neither the flag nor a provider metric, below a contract that does not disclose."""
    contract(cast, "fjord", "birch")
    with pytest.raises(errors.RawCostNotDisclosed) as refused:
        contract(cast, "birch", "beta", disclose_raw_cost=True)
    assert "disclose_raw_cost" in refused.value.fields
    with pytest.raises(errors.BaseNotDisclosed) as of_base:
        contract(cast, "birch", "beta", metric="billed")
    assert "metric" in of_base.value.fields


ALTERING = {
    "adjust": {"verb": "adjust", "percent": "5"},
    "margin": {"verb": "margin", "percent": "5"},
    "list": {"verb": "adjust", "base": "list", "percent": "0"},
    "unit": {"verb": "unit", "price": "1"},
}


@pytest.mark.parametrize("verb", ALTERING)
def test_r25_rules_that_alter_costs_are_refused_by_position(cast: Cast, verb: str) -> None:
    """R25: removal and pass-through only, when a contract is made and when it is revised; the rule is named."""
    contract(cast, "fjord", "birch", disclose_raw_cost=True)
    assert to_raw(cast, "beta") is None
    terms = {**RAW, "rules": [REMOVE, {**ALTERING[verb], "conditions": REMOVE["conditions"]}, PASS]}
    with pytest.raises(errors.RawCostAltered) as refused:
        contract(cast, "birch", "beta", **terms)
    assert refused.value.fields == {"rules.1.verb": "Rule 2 alters the costs of a raw cost only customer."}
    made = contract(cast, "birch", "beta", **RAW, fees=[{"label": "Service desk", "price": "10"}])
    with pytest.raises(errors.RawCostAltered):
        run("contract.revise", cast.people["ben"], made, {"currency": "EUR", "starts_on": "2026-05-01", **terms})
    assert len(ask("contract.show", cast.people["bea"], made).versions) == 1


def test_r25_only_the_bill_itself_is_passed_on(cast: Cast) -> None:
    """R25, billing.md §7: a raw cost only customer pays billed or direct cost, and its contract discloses."""
    contract(cast, "fjord", "birch", disclose_raw_cost=True)
    assert to_raw(cast, "beta") is None
    for metric in ("effective", "contracted"):
        with pytest.raises(errors.RawCostAltered) as refused:
            contract(cast, "birch", "beta", **{**RAW, "metric": metric})
        assert "metric" in refused.value.fields
    with pytest.raises(errors.RawCostNotDisclosed):
        contract(cast, "birch", "beta", **{**RAW, "disclose_raw_cost": False})
    contract(cast, "birch", "beta", **{**RAW, "metric": "direct"})


def test_r25_price_type_waits_for_the_contract(cast: Cast) -> None:
    """R25: while a contract, or a draft, alters its costs from today on, a customer cannot become raw cost only."""
    contract(cast, "fjord", "birch", disclose_raw_cost=True)
    made = contract(cast, "birch", "beta", rules=[{"verb": "adjust", "percent": "5"}])
    assert to_raw(cast, "beta") is errors.RawCostAltered
    run("contract.revise", cast.people["ben"], made, {"currency": "EUR", "starts_on": "2026-05-01", **RAW})
    assert to_raw(cast, "beta") is None  # what was agreed for the days before stays as it was
    become(cast.ada, cast.units["beta"], "seller_set_only")
    run("contract.end", cast.people["ben"], made, {"ends_on": "2027-01-01"})
    contract(cast, "birch", "beta", rules=[{"verb": "adjust", "percent": "5"}], starts_on="2027-01-01", draft=True)
    assert to_raw(cast, "beta") is errors.RawCostAltered


BYPASSES: dict[str, tuple[LiteralString, str]] = {
    "a rule that alters": (
        "insert into price_rule (version_id, position, verb, base, percent, on_missing_base, conditions)"
        " select v.id, 9, 'adjust', 'seller_cost', 5, 'hold', '[]' from contract_version v"
        " join contract c on c.id = v.contract_id where c.public_id = %s",
        "raw_cost_altered",
    ),
    "a version of another metric": (
        "insert into contract_version (hierarchy_id, contract_id, number, starts_on, currency, metric,"
        " disclose_raw_cost, vat_category, vat_rate, payment_days, created_at)"
        " select c.hierarchy_id, c.id, 2, '2026-03-01', 'EUR', 'effective', true, 'S', 0, 30, now()"
        " from contract c where c.public_id = %s",
        "raw_cost_altered",
    ),
    "a version that does not disclose": (
        "insert into contract_version (hierarchy_id, contract_id, number, starts_on, currency, metric,"
        " disclose_raw_cost, vat_category, vat_rate, payment_days, created_at)"
        " select c.hierarchy_id, c.id, 2, '2026-03-01', 'EUR', 'billed', false, 'S', 0, 30, now()"
        " from contract c where c.public_id = %s",
        "raw_cost_not_disclosed",
    ),
}


@pytest.mark.parametrize("case", BYPASSES)
def test_r25_the_database_holds_it_too(cast: Cast, case: str) -> None:
    """R24, R25: SQL as the application's role, by who may write the contract, is refused by name."""
    contract(cast, "fjord", "birch", disclose_raw_cost=True)
    made = contract(cast, "birch", "beta", **RAW)
    assert to_raw(cast, "beta") is None
    text, constraint = BYPASSES[case]
    with writing(cast.people["ben"]):
        execute("update contract_version set ends_on = '2026-03-01' where %s like '%%version%%'", [case])
    with pytest.raises(DatabaseError) as refused, writing(cast.people["ben"]):
        execute(text, [made])
    assert refused.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def test_r24_a_new_customer_is_checked_by_its_parent(cast: Cast) -> None:
    """R24: SQL that inserts a raw cost only customer below a seller that is not told raw cost."""
    contract(cast, "fjord", "birch")
    text: LiteralString = (
        "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, price_type, created_at)"
        " select p.hierarchy_id, p.id, 'customer', 'raw.example.com', 'raw.example.com', '{}', p.entity_id,"
        " 'raw_cost_only', now() from unit p where p.public_id = %s"
    )
    with pytest.raises(DatabaseError) as refused, system():
        execute(text, [cast.units["birch"]])
    assert refused.value.__cause__.diag.constraint_name == "raw_cost_not_disclosed"  # type: ignore[union-attr]


def test_r24_a_move_keeps_the_terms_and_accepting_asks_again(cast: Cast) -> None:
    """R24, R10: nothing blocks the move; the successor discloses as before, and waits until its seller is told."""
    contract(cast, "fjord", "birch", disclose_raw_cost=True)
    contract(cast, "fjord", "cedar")
    contract(cast, "birch", "beta", **RAW)
    assert to_raw(cast, "beta") is None
    run("unit.move", cast.ada, cast.units["beta"], {"parent": cast.units["cedar"]})
    eve = cast.people["eve"]
    [draft] = [row for row in ask("contract.list", eve, cast.units["cedar"]).items if row.state == "draft"]
    view = ask("contract.show", eve, str(draft.id)).versions[0]
    assert (view.metric, view.disclose_raw_cost) == ("billed", True)
    with pytest.raises(errors.RawCostNotDisclosed):
        run("contract.accept", eve, str(draft.id), {})


def test_r24_terms_of_disclosure_are_final_once_used(cast: Cast) -> None:
    """R31, P27: what an issued document rests on does not change, disclosure included."""
    made = contract(cast, "fjord", "birch")
    with system():
        execute("update contract_version set used_at = now()")
    with pytest.raises(DatabaseError) as refused, system():
        execute("update contract_version set disclose_raw_cost = true")
    assert refused.value.__cause__.diag.constraint_name == "contract_version_used"  # type: ignore[union-attr]
    with system():
        assert rows("select disclose_raw_cost from contract_version") == [(False,)]
    assert made


def test_r22_r24_the_operations_answer_by_name(cast: Cast) -> None:
    """R22, R24, R25: through unit.create and unit.update, which know nothing of contracts."""
    ben, birch = cast.people["ben"], cast.units["birch"]
    upper = contract(cast, "fjord", "birch")
    new = {"kind": "customer", "name": "raw.example.com", "price_type": "raw_cost_only"}
    with pytest.raises(errors.RawCostNotDisclosed):
        run("unit.create", ben, birch, new)
    with pytest.raises(errors.RawCostNotDisclosed):
        run("unit.update", ben, cast.units["beta"], {"price_type": "raw_cost_only"})
    terms = {"currency": "EUR", "rules": [PASS], "disclose_raw_cost": True}
    run("contract.revise", cast.ada, upper, {**terms, "starts_on": "2026-02-01"})
    assert run("unit.create", ben, birch, new).body["price_type"] == "raw_cost_only"
    contract(cast, "birch", "beta", rules=[{"verb": "adjust", "percent": "5"}], starts_on="2026-03-01")
    with pytest.raises(errors.RawCostAltered):
        run("unit.update", ben, cast.units["beta"], {"price_type": "raw_cost_only"})


def test_r22_r27_nobody_lifts_the_mask_from_their_own_eyes(cast: Cast) -> None:
    """R22, R27: an administrator whose only grant lies on the customer; in the operation, and by SQL."""
    contract(cast, "fjord", "birch", disclose_raw_cost=True)
    beta = cast.units["beta"]
    own = {"email": "own@example.com", "name": "Own", "role": "administrator"}
    run("user.invite", cast.people["ben"], beta, own)
    actor = actor_by_email("own@example.com")
    assert actor is not None
    with pytest.raises(errors.Forbidden):
        run("unit.update", actor, beta, {"price_type": "raw_cost_only"})
    run("unit.update", actor, beta, {"price_type": "seller_set_only", "code": "own"})  # unchanged
    with pytest.raises(DatabaseError) as refused:
        become(actor, beta, "raw_cost_only")
    assert refused.value.__cause__.diag.constraint_name == "price_type_from_above"  # type: ignore[union-attr]
    run("unit.update", cast.people["ben"], beta, {"price_type": "raw_cost_only"})
