"""contract.create, accept, discard, revise, end; contract.list and contract.show for both parties."""

from typing import Any, LiteralString

import pytest
from django.db import IntegrityError

from tests.cast import Cast, make_cast
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

RULES: list[dict[str, Any]] = [
    {"verb": "remove", "conditions": [{"dimension": "ChargeCategory", "values": ["Tax"]}]},
    {"verb": "unit", "price": "0.025", "conditions": [{"dimension": "SkuId", "values": ["S3"]}]},
    {
        "verb": "adjust",
        "base": "list",
        "percent": "-2",
        "conditions": [{"dimension": "ServiceName", "values": ["EC2"]}],
    },
    {"verb": "adjust", "base": "seller_cost", "percent": "4.5"},
]


def create(cast: Cast, who: str, seller: str, buyer: str, **terms: Any) -> dict[str, Any]:
    data = {"buyer": cast.units.get(buyer, buyer), "currency": "EUR", "rules": RULES, "starts_on": "2026-01-01"}
    body: dict[str, Any] = run("contract.create", cast.people[who], cast.units[seller], {**data, **terms}).body
    return body


@pytest.fixture
def cast(database: None) -> Cast:
    """Birch buys from Fjord, so that it may sell."""
    made = make_cast()
    create(made, "ada", "fjord", "birch", starts_on="2025-01-01")
    return made


def show(cast: Cast, who: str, contract: dict[str, Any]) -> Any:
    return ask("contract.show", cast.people[who], contract["id"])


def test_a_contract_lets_the_seller_define_how_the_buyer_is_charged(cast: Cast) -> None:
    """R84, R85, R89: defined for the child, seen by both."""
    made = create(cast, "ben", "birch", "beta", rates={"USD": "0.92"}, fees=[{"label": "Care", "price": "10"}])
    seen = show(cast, "ben", made)
    assert [rule.verb for rule in seen.versions[0].rules] == ["remove", "unit", "adjust", "adjust"]
    assert seen.versions[0].rules[3].text == "Everything else: the seller's cost plus 4.5%"
    assert (seen.state, seen.may_edit, seen.versions[0].rates) == ("active", True, {"USD": "0.92"})


def test_the_buyer_sees_its_own_contract_and_not_how_its_price_comes_about(cast: Cast) -> None:
    """R88, I5, I6: no removed rule, no factor over the seller's cost, no metric, no rate."""
    made = create(cast, "ben", "birch", "beta", rates={"USD": "0.92"})
    seen = show(cast, "bea", made)
    assert [(rule.position, rule.verb, rule.percent) for rule in seen.versions[0].rules] == [
        (1, "unit", None), (2, "adjust", -2), (3, "contract_price", None),
    ]  # fmt: skip
    assert seen.versions[0].rules[2].text == "Everything else: contract price"
    assert (seen.may_edit, seen.versions[0].metric, seen.versions[0].rates) == (False, None, {})
    page = ask("contract.list", cast.bea, cast.units["beta"])
    assert [(row.side, row.seller) for row in page.items] == [("bought", "Birch")]


def test_an_edge_shows_to_its_parties_only(cast: Cast) -> None:
    """B1, I5: neither to an ancestor, nor to a neighbour, nor to people of the seller without prices below."""
    made = create(cast, "ben", "birch", "beta")
    for who in ("ada", "cleo", "eve", "dan", "ira", "pat"):
        with pytest.raises(errors.NotFound):
            show(cast, who, made)


def test_prices_are_made_by_the_sellers_own_people(cast: Cast) -> None:
    """B1: rights further up are not enough, and a buyer may look but not touch."""
    with pytest.raises(errors.Forbidden):
        create(cast, "ada", "birch", "beta")
    made = create(cast, "ben", "birch", "alder")
    for name, data in (("contract.end", {"ends_on": "2027-01-01"}), ("contract.revise", {})):
        with pytest.raises(errors.Forbidden):
            run(name, cast.cleo, made["id"], data)


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"buyer": "cedar"}, errors.InvalidInput, "buyer"),
        ({"buyer": "birch"}, errors.InvalidInput, "buyer"),
        ({"ends_on": "2026-01-01"}, errors.InvalidInput, "ends_on"),
        ({"metric": "billed"}, errors.BaseNotDisclosed, "metric"),
        ({"currency": "XXX"}, errors.CurrencyUnsupported, ""),
        ({"rates": {"USD": "0"}}, errors.InvalidInput, "rates.USD"),
        ({"rules": RULES[:2]}, errors.DefaultRuleMissing, ""),
        ({"rules": [{"verb": "adjust"}]}, errors.InvalidInput, "rules.0.percent"),
        ({"rules": [{"verb": "pass_through", "price": "1"}]}, errors.InvalidInput, "rules.0.price"),
        ({"rules": [{"verb": "margin", "percent": "100"}]}, errors.InvalidInput, "rules.0.percent"),
        ({"fees": [{"label": "x", "price": "1", "ends_on": "2025-12-31"}]}, errors.InvalidInput, "fees.0.ends_on"),
    ],
)  # fmt: skip
def test_refuses(cast: Cast, change: dict[str, Any], error: type[errors.Refusal], field: str) -> None:
    with pytest.raises(error) as refused:
        create(cast, "ben", "birch", **{"buyer": "beta", **change})
    assert not field or field in refused.value.fields


def test_the_seller_is_the_nearest_billing_ancestor(cast: Cast) -> None:
    """billing.md §1: from the day on which Alder buys, Alder is who sells to acme."""
    create(cast, "ben", "birch", "alder", starts_on="2026-03-01")
    with pytest.raises(errors.SellerNotNearest):
        create(cast, "ben", "birch", "acme", starts_on="2026-03-01")
    with pytest.raises(errors.SellerNotNearest):
        create(cast, "ada", "fjord", "acme", starts_on="2026-02-01")
    create(cast, "cleo", "alder", "acme", starts_on="2026-03-01")


def test_one_contract_per_buyer_and_day(cast: Cast) -> None:
    """R85: by the operation with its words, and by the database itself; drafts do not count until accepted."""
    create(cast, "ben", "birch", "beta", starts_on="2026-03-01", ends_on="2026-05-01")
    with pytest.raises(errors.ContractOverlap):
        create(cast, "ben", "birch", "beta", starts_on="2026-04-30")
    draft = create(cast, "ben", "birch", "beta", starts_on="2026-04-30", draft=True)
    with pytest.raises(errors.ContractOverlap):
        run("contract.accept", cast.ben, draft["id"])
    create(cast, "ben", "birch", "beta", starts_on="2026-05-01")
    update: LiteralString = "update contract set state = 'active'"
    with pytest.raises(IntegrityError, match="contract_overlap"), system():
        execute(update)


def test_a_draft_is_the_sellers_until_it_is_accepted(cast: Cast) -> None:
    draft = create(cast, "ben", "birch", "beta", draft=True)
    with pytest.raises(errors.NotFound):
        show(cast, "bea", draft)
    new = {"currency": "SEK", "rules": [{"verb": "pass_through"}], "starts_on": "2026-01-01"}
    assert [one["currency"] for one in run("contract.revise", cast.ben, draft["id"], new).body["versions"]] == [
        "SEK"
    ]
    run("contract.accept", cast.ben, draft["id"])
    assert show(cast, "bea", draft).state == "active"
    with pytest.raises(errors.WrongState):
        run("contract.discard", cast.ben, draft["id"])


def test_a_draft_can_be_thrown_away(cast: Cast) -> None:
    draft = create(cast, "ben", "birch", "beta", draft=True, fees=[{"label": "Care", "price": "10"}])
    run("contract.discard", cast.ben, draft["id"])
    with pytest.raises(errors.NotFound):
        show(cast, "ben", draft)


def test_new_terms_begin_on_a_day_and_the_old_ones_stay(cast: Cast) -> None:
    """P27."""
    made = create(cast, "ben", "birch", "beta")
    new = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-06-01"}
    run("contract.revise", cast.ben, made["id"], new)
    versions = show(cast, "ben", made).versions
    assert [(one.number, str(one.starts_on), str(one.ends_on)) for one in versions] == [
        (2, "2026-06-01", "None"), (1, "2026-01-01", "2026-06-01"),
    ]  # fmt: skip
    with pytest.raises(errors.InvalidInput):
        run("contract.revise", cast.ben, made["id"], {**new, "starts_on": "2026-06-01"})


def test_an_end_limits_every_version(cast: Cast) -> None:
    made = create(cast, "ben", "birch", "beta")
    run("contract.end", cast.ben, made["id"], {"ends_on": "2026-07-01"})
    seen = show(cast, "bea", made)
    assert (seen.state, str(seen.ends_on), str(seen.versions[0].ends_on)) == ("ended", "2026-07-01", "2026-07-01")
    with pytest.raises(errors.InvalidInput):
        run("contract.end", cast.ben, made["id"], {"ends_on": "2026-01-01"})


def test_a_used_version_never_changes(cast: Cast) -> None:
    """M8, I16: refused with words, and by the database whoever writes, rules and fees included."""
    made = create(cast, "ben", "birch", "beta", fees=[{"label": "Care", "price": "10"}])
    with system():
        execute("update contract_version set used_at = now(), used_through = '2026-05-01'")
    new = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-04-15"}
    with pytest.raises(errors.VersionUsed):
        run("contract.revise", cast.ben, made["id"], new)
    with pytest.raises(errors.VersionUsed):
        run("contract.end", cast.ben, made["id"], {"ends_on": "2026-04-15"})
    changes: tuple[LiteralString, ...] = (
        "update contract_version set vat_rate = 7",
        "update price_rule set percent = 1 where verb = 'adjust'",
        "delete from recurring_fee",
        "insert into recurring_fee (version_id, position, label, price, starts_on)"
        " select id, 9, 'x', 1, '2026-01-01' from contract_version",
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="never change"), system():
            execute(change)
    run("contract.end", cast.ben, made["id"], {"ends_on": "2026-05-01"})


def test_a_party_that_gets_its_own_legal_entity_stays_party(cast: Cast) -> None:
    """I5: and the people who acted for the old one do not see the new edge."""
    data = {"buyer": cast.units["science"], "currency": "EUR", "rules": RULES, "starts_on": "2026-01-01"}
    made = run("contract.create", cast.uma, cast.units["harbor"], data).body
    run("user.invite", cast.uma, cast.units["science"], {"email": "max@a.io", "name": "Max", "role": "viewer"})
    run("legal_entity.update", cast.uma, cast.units["science"], {"name": "Science Ltd"})
    from underlet.access.queries import actor_by_email

    seen = ask("contract.show", actor_by_email("max@a.io"), made["id"])
    assert (seen.buyer, seen.versions[0].rules[-1].verb) == ("Faculty of Science", "contract_price")
