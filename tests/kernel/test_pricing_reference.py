"""The reference evaluator: the worked example to the last digit, factors, refusals, and laws of every chain."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import World, worlds
from underlet.kernel.errors import (
    CurrencyUnsupported,
    DefaultRuleMissing,
    ExchangeRateMissing,
    InvalidInput,
    Refusal,
)
from underlet.kernel.money import half_up, multiply, round_amount, total
from underlet.kernel.period import DayRange
from underlet.kernel.pricing.factors import Multiple, compose, factor_of, fx_product, provider_cost
from underlet.kernel.pricing.reference import base_amount, decimals_of, price_chain, validate_terms
from underlet.kernel.pricing.types import (
    Adjust,
    Base,
    ChargeGroup,
    Condition,
    Dimension,
    EdgePrice,
    Margin,
    Metric,
    OnMissingBase,
    Operator,
    Outcome,
    PassThrough,
    PriceRule,
    Remove,
    Terms,
    UnitPrice,
    Verb,
)

# --- the worked example of billing.md §11 ---------------------------------------------------------


def charge(
    service: str, category: str, day: int, quantity: str, list_cost: str, effective: str, **changes: object
) -> ChargeGroup:
    """A charge of the example: USD, billed = contracted = effective; no list price where it is zero."""
    cost = Decimal(effective)
    made = ChargeGroup(
        day=date(2026, 4, day),
        currency="USD",
        dimensions={Dimension.SERVICE: service, Dimension.CHARGE_CATEGORY: category},
        billed=cost,
        effective=cost,
        contracted=cost,
        direct=cost,
        list_cost=Decimal(list_cost),
        quantity=Decimal(quantity),
        has_list=Decimal(list_cost) != 0,
        has_quantity=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


CHARGES = {
    "r1": charge("Compute", "Usage", 5, "1", "1000.00", "720.00"),
    "r2": charge("Compute", "Usage", 20, "1", "1000.00", "720.00"),
    "r3": charge("Storage", "Usage", 10, "5000", "115.00", "103.50"),
    "r4": charge("Compute", "Usage", 12, "1", "350.00", "315.00"),
    "r5": charge("Compute", "Usage", 20, "1", "350.00", "315.00"),
    "r6": charge("Compute", "Credit", 30, "1", "0.00", "-61.00"),
    "r7": charge("Compute", "Tax", 30, "1", "0.00", "50.00"),
    "r8": charge("Storage", "Usage", 28, "400", "9.20", "8.28"),
    "r9": charge("Compute", "Adjustment", 30, "1", "0.00", "-40.00"),
}


def when(dimension: Dimension, *values: str) -> tuple[Condition, ...]:
    """One condition: the dimension is one of the values."""
    return (Condition(dimension, Operator.IN, values),)


def terms(identity: str, *rules: PriceRule, currency: str = "EUR", **rates: str) -> Terms:
    """Terms in EUR unless told otherwise."""
    return Terms(identity, currency, rules, rates={code: Decimal(rate) for code, rate in rates.items()})


def always(verb: Verb, identity: str = "default", missing: OnMissingBase = OnMissingBase.HOLD) -> PriceRule:
    """A rule without conditions."""
    return PriceRule(identity, verb, on_missing_base=missing)


COMPUTE_LIST = PriceRule(
    "compute", Adjust(Base.LIST, Decimal(-8)), when(Dimension.SERVICE, "Compute"), OnMissingBase.REMOVE
)
K1 = terms(
    "K1",
    PriceRule("tax", Remove(), when(Dimension.CHARGE_CATEGORY, "Tax")),
    PriceRule("credit", Remove(), when(Dimension.CHARGE_CATEGORY, "Credit")),
    COMPUTE_LIST,
    always(Adjust(Base.SELLER_COST, Decimal(5))),
    USD="0.92",
)
K2 = terms("K2", always(Adjust(Base.SELLER_COST, Decimal(4))))
K3 = terms(
    "K3",
    PriceRule("storage", UnitPrice(Decimal("0.025")), when(Dimension.SERVICE, "Storage")),
    always(Adjust(Base.LIST, Decimal(0))),
)
K4 = terms("K4", always(Adjust(Base.LIST, Decimal(-2))))
ACME, BETA = (K1, K2, K3), (K1, K4)


@pytest.mark.parametrize(
    ("name", "path", "prices"),
    [
        ("r1", ACME, ["846.40", "880.256", "920"]),
        ("r2", ACME, ["846.40", "880.256", "920"]),
        ("r3", ACME, ["99.981", "103.98024", "125"]),
        ("r4", ACME, ["296.24", "308.0896", "322"]),
        ("r5", BETA, ["296.24", "315.56"]),
        ("r6", ACME, [None, None, None]),
        ("r7", ACME, [None, None, None]),
        ("r8", ACME, ["7.99848", "8.3184192", "10"]),
        ("r9", ACME, [None, None, None]),
    ],
)
def test_worked_example_prices(name: str, path: tuple[Terms, ...], prices: list[str | None]) -> None:
    """I3, I6: the exact prices of billing.md §11, r1 to r9 on K1 to K4; r9 has no list price and is removed."""
    expected = [None if price is None else Decimal(price) for price in prices]
    assert [one.price for one in price_chain(CHARGES[name], path)] == expected


def test_worked_example_shows_base_multiplier_and_exchange() -> None:
    """billing.md §11 as base × m × F: the factor of list travels with the list price, not with the rule."""
    shown = [(one.rule_id, one.base, one.m, one.fx, one.j) for one in price_chain(CHARGES["r1"], ACME)]
    assert shown == [
        ("compute", Base.LIST, Decimal("0.92"), Decimal("0.92"), 1),
        ("default", Base.LIST, Decimal("0.9568"), Decimal("0.92"), 1),
        ("default", Base.LIST, Decimal(1), Decimal("0.92"), 1),
    ]
    shown = [(one.rule_id, one.base, one.m, one.fx, one.j) for one in price_chain(CHARGES["r3"], ACME)]
    assert shown == [
        ("default", Metric.EFFECTIVE, Decimal("1.05"), Decimal("0.92"), 1),
        ("default", Metric.EFFECTIVE, Decimal("1.092"), Decimal("0.92"), 1),
        ("storage", Base.QUANTITY, Decimal("0.025"), Decimal(1), 4),
    ]


def line(edge: int, path: tuple[Terms, ...], *names: str) -> Decimal:
    """The posted amount of a line that holds these charges on an edge: summed exactly, rounded once."""
    prices = [price_chain(CHARGES[name], path)[edge - 1].price for name in names]
    return round_amount(total([price for price in prices if price is not None]), "EUR")


def test_worked_example_lines() -> None:
    """I4: the posted lines of billing.md §11 as far as usage goes, and Root's margin per line."""
    k1 = [line(1, ACME, "r1", "r2", "r6", "r7"), line(1, ACME, "r3"), line(1, ACME, "r4") + line(1, BETA, "r5")]
    k2 = [line(2, ACME, "r1", "r2"), line(2, ACME, "r3"), line(2, ACME, "r4")]
    k3 = [line(3, ACME, "r1", "r2"), line(3, ACME, "r3"), line(3, ACME, "r4")]
    assert [str(one) for one in k1] == ["1692.80", "99.98", "592.48"]
    assert [str(one) for one in k2] == ["1760.51", "103.98", "308.09"]
    assert [str(one) for one in k3] == ["1840.00", "125.00", "322.00"]
    assert str(line(2, BETA, "r5")) == "315.56"
    cost = round_amount(multiply(total([CHARGES[f"r{n}"].effective for n in range(1, 8)]), Decimal("0.92")), "EUR")
    assert str(cost) == "1989.50"


def test_restatement_lines() -> None:
    """I13: with r8, delta = HALF_UP(new exact line) − posted: 8.00, 8.32 and 10.00 on K1 to K3."""
    deltas = [line(edge, ACME, "r3", "r8") - line(edge, ACME, "r3") for edge in (1, 2, 3)]
    assert [str(delta) for delta in deltas] == ["8.00", "8.32", "10.00"]


def test_second_golden() -> None:
    """billing.md §11: the chain runs on exact amounts: 4 × 0.13 on K1, 4 × 0.25 = 1.00 on K2, never 1.04."""
    eighth = charge("Compute", "Usage", 5, "1", "0.125", "0.125")
    path = (
        terms("K1", always(PassThrough()), USD="1"),
        terms("K2", always(Adjust(Base.SELLER_COST, Decimal(100)))),
    )
    first, second = (one.price for one in price_chain(eighth, path))
    assert first is not None
    assert second is not None
    assert [str(round_amount(first, "EUR")), str(4 * round_amount(second, "EUR"))] == ["0.13", "1.00"]


def test_margin_twice() -> None:
    """Second golden: margin 30 % is f = 1.428571428571; twice it is m = 2.040816326529, rounded at each edge."""
    margin = always(Margin(Base.SELLER_COST, Decimal(30)))
    prices = price_chain(CHARGES["r1"], (terms("K1", margin, USD="1"), terms("K2", margin)))
    assert [str(one.m) for one in prices] == ["1.428571428571", "2.040816326529"]


# --- factors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "factor"),
    [
        (Adjust(Base.LIST, Decimal(-8)), "0.92"),
        (Adjust(Base.SELLER_COST, Decimal("0.0000000001")), "1.000000000001"),
        (Adjust(Base.LIST, Decimal(-100)), "0"),
        (Margin(Base.SELLER_COST, Decimal(30)), "1.428571428571"),
        (Margin(Base.SELLER_COST, Decimal(0)), "1"),
        (Margin(Base.LIST, Decimal(-100)), "0.5"),
        (Margin(Base.LIST, Decimal("99.9")), "1000"),
        (UnitPrice(Decimal("0.025")), "0.025"),
        (PassThrough(), "1"),
    ],
)
def test_factors(verb: Adjust | Margin | UnitPrice | PassThrough, factor: str) -> None:
    """The verbs of billing.md §4: mark-up and margin are two verbs."""
    assert factor_of(verb) == Decimal(factor)


@given(st.decimals(-1000, Decimal("99.8"), places=10))
def test_margin_factor_is_the_rounded_fraction(percent: Decimal) -> None:
    """HALF_UP₁₂ of the true quotient, not of one that was cut before."""
    true = 1 / (1 - Fraction(percent) / 100)
    units = (2 * true * 10**12 + 1) // 2
    assert Fraction(factor_of(Margin(Base.LIST, percent))) == Fraction(units, 10**12)


@pytest.mark.parametrize(
    ("missing", "outcome"),
    [
        (OnMissingBase.HOLD, Outcome.HELD),
        (OnMissingBase.REMOVE, Outcome.REMOVED),
        (OnMissingBase.SELLER_COST, Outcome.PRICED),
    ],
)
@pytest.mark.parametrize(
    "verb", [Adjust(Base.LIST, Decimal(-8)), Margin(Base.LIST, Decimal(8)), UnitPrice(Decimal(2))]
)
def test_missing_base(verb: Verb, missing: OnMissingBase, outcome: Outcome) -> None:
    """billing.md §3: hold, remove, or the seller's cost by factor 1; never a price of zero."""
    bare = charge("Tax", "Tax", 5, "0", "0", "50.00", has_quantity=False)
    path = (
        terms("K1", always(Adjust(Base.SELLER_COST, Decimal(5))), USD="2"),
        terms("K2", always(verb, "v", missing)),
    )
    first, second = price_chain(bare, path)
    assert (second.outcome, second.rule_id) == (outcome, "v")
    assert second.price == (first.price if outcome is Outcome.PRICED else None)


def test_edge_1_takes_the_metric_of_its_terms() -> None:
    """billing.md §3: the root's cost is one of four provider metrics; edges below never see another."""
    group = replace(
        CHARGES["r1"], billed=Decimal(1), contracted=Decimal(2), effective=Decimal(3), direct=Decimal(4)
    )
    for metric, cost in zip(Metric, ("3", "2", "1", "4"), strict=True):
        path = (
            Terms("K1", "USD", (always(PassThrough()),), metric),
            Terms("K2", "USD", (always(PassThrough()),), Metric.BILLED),
        )
        assert [(one.base, one.price) for one in price_chain(group, path)] == [(metric, Decimal(cost))] * 2


def test_exchange_factors_of_the_path() -> None:
    """billing.md §6.8: cost and list pass every rate of the path; a unit price only those below its own edge."""
    path = (
        terms("K1", always(PassThrough()), currency="EUR", USD="0.5"),
        terms("K2", always(UnitPrice(Decimal(7))), currency="SEK", EUR="11"),
        terms("K3", always(PassThrough()), currency="USD", SEK="0.1"),
        terms("K4", always(Adjust(Base.LIST, Decimal(0))), currency="USD"),
    )
    prices = price_chain(charge("Compute", "Usage", 5, "3", "8", "4"), path)
    assert [(one.price, one.fx, one.j) for one in prices] == [
        (Decimal(2), Decimal("0.5"), 1),
        (Decimal(21), Decimal(1), 3),
        (Decimal("2.1"), Decimal("0.1"), 3),
        (Decimal("4.4"), Decimal("0.55"), 1),
    ]
    assert fx_product(path, "USD", 2, 3) == Decimal("1.1")


def test_missing_exchange_rate_is_refused_where_it_is_needed() -> None:
    """billing.md §6.8: no rate, no price; a price that needs no exchange does not ask for one."""
    without = (terms("K1", always(PassThrough())), terms("K2", always(UnitPrice(Decimal(1)))))
    with pytest.raises(ExchangeRateMissing, match="USD to EUR"):
        price_chain(CHARGES["r1"], without)
    assert price_chain(CHARGES["r1"], (terms("K1", always(UnitPrice(Decimal(3)))),))[0].price == 3
    assert price_chain(CHARGES["r1"], (terms("K1", always(Remove())),))[0].outcome is Outcome.REMOVED


def test_a_group_without_contracts_has_no_price() -> None:
    """billing.md §1: an unassigned charge has no edge."""
    assert price_chain(CHARGES["r1"], ()) == ()


def test_large_unit_prices_move_to_a_larger_quantity() -> None:
    """rating-engine.md §3: m stays below 1,000; quantity × 10³ or × 10⁶ takes the rest, on edges below too."""
    markup = always(Adjust(Base.SELLER_COST, Decimal("11.1111111111")))
    path = (terms("K1", always(UnitPrice(Decimal(900)))), terms("K2", markup), terms("K3", markup))
    prices = price_chain(charge("Compute", "Usage", 5, "2", "1", "1"), path)
    assert [(str(one.m), one.scale) for one in prices] == [
        ("900.000000000000", 0),
        ("999.999999999900", 0),
        ("1.111111111111", 3),
    ]
    assert prices[2].price == Decimal("2222.222222222")
    top = price_chain(CHARGES["r1"], (terms("K1", always(UnitPrice(Decimal("123456789.123456")))),))[0]
    assert (str(top.m), top.scale, top.price) == ("123.456789123456", 6, Decimal("123456789.123456"))


def test_rounding_up_to_the_limit_moves_too() -> None:
    """999.9999999999997 rounds to 1,000 at 12 decimals, so it becomes 1.000000000000 × 10³."""
    above = Multiple(Base.QUANTITY, Decimal("769.230769230769"), 2)
    rule = always(Adjust(Base.SELLER_COST, Decimal(30)))
    made = compose(above, rule, 2, has_list=True, has_quantity=True)
    assert made == Multiple(Base.QUANTITY, Decimal("1.000000000000"), 2, 3)


def test_a_multiplier_of_1000_is_refused() -> None:
    """rating-engine.md §3: overflow is refused, never wrapped or cut."""
    tenfold = always(Adjust(Base.SELLER_COST, Decimal(900)))
    path = [terms(f"K{edge}", tenfold, USD="1") for edge in range(1, 4)]
    assert price_chain(CHARGES["r1"], path[:2])[1].price == Decimal(72000)
    with pytest.raises(InvalidInput, match="1,000"):
        price_chain(CHARGES["r1"], path)
    with pytest.raises(InvalidInput):
        compose(Multiple(Base.QUANTITY, Decimal(900), 2, 6), tenfold, 2, has_list=True, has_quantity=True)


def test_base_amount_knows_no_price_of_an_edge() -> None:
    """The seller's cost is a price above, not an amount of the group."""
    with pytest.raises(ValueError, match="price"):
        base_amount(CHARGES["r1"], Base.SELLER_COST)
    assert provider_cost(Metric.BILLED) == Multiple(Metric.BILLED, Decimal(1), 1)


# --- refused terms --------------------------------------------------------------------------------


def test_valid_terms_are_accepted() -> None:
    """The contracts of the worked example and numbers at their limits."""
    for one in (K1, K2, K3, K4):
        validate_terms(one)
    verbs: list[Verb] = [
        Adjust(Base.LIST, Decimal("99899.9999999999")),
        Adjust(Base.LIST, Decimal(-100)),
        Margin(Base.SELLER_COST, Decimal("99.8999999999")),
        Margin(Base.SELLER_COST, Decimal("-1E+9")),
        UnitPrice(Decimal(0)),
        UnitPrice(Decimal("999.999999999999")),
        UnitPrice(Decimal("999999.999999999")),
        UnitPrice(Decimal("999999999.999999")),
        UnitPrice(Decimal("1E+8")),
    ]
    rules = [always(verb, str(number)) for number, verb in enumerate(verbs)]
    validate_terms(terms("K", *rules, USD="0.0000000001", JPY="99999999.9999999999", EUR="1.00"))


@pytest.mark.parametrize(
    ("field", "verb"),
    [
        ("percent", Adjust(Base.LIST, Decimal("-100.01"))),
        ("percent", Adjust(Base.LIST, Decimal(99900))),
        ("percent", Adjust(Base.LIST, Decimal("0.00000000001"))),
        ("percent", Adjust(Base.LIST, Decimal("8." + "0" * 40 + "1"))),
        ("percent", Adjust(Base.LIST, Decimal("NaN"))),
        ("percent", Adjust(Base.LIST, Decimal("1E+400"))),
        ("percent", Margin(Base.LIST, Decimal(100))),
        ("percent", Margin(Base.LIST, Decimal(130))),
        ("percent", Margin(Base.LIST, Decimal("99.95"))),
        ("percent", Margin(Base.LIST, Decimal("-Infinity"))),
        ("base", Adjust(Base.QUANTITY, Decimal(1))),
        ("base", Margin(Base.QUANTITY, Decimal(1))),
        ("price", UnitPrice(Decimal(-1))),
        ("price", UnitPrice(Decimal("0.0000000000001"))),
        ("price", UnitPrice(Decimal("1000.0000000001"))),
        ("price", UnitPrice(Decimal("1000000.0000001"))),
        ("price", UnitPrice(Decimal(10) ** 9)),
        ("price", UnitPrice(Decimal("Infinity"))),
    ],
)
def test_numbers_that_cannot_be_priced_exactly_are_refused(field: str, verb: Verb) -> None:
    """I17: a factor that does not fit DECIMAL(15,12) or would lose a digit is refused, by field."""
    with pytest.raises(InvalidInput) as refused:
        validate_terms(terms("K", always(PassThrough(), "1"), always(verb)))
    assert list(refused.value.fields) == [f"rules.1.{field}"]


@pytest.mark.parametrize("rate", ["0", "-1", "100000000", "0.00000000001", "NaN", "Infinity"])
def test_rates_that_are_none_are_refused(rate: str) -> None:
    """A rate is positive and fits DECIMAL(18,10)."""
    with pytest.raises(InvalidInput) as refused:
        validate_terms(terms("K", always(PassThrough()), USD=rate))
    assert list(refused.value.fields) == ["rates.USD"]


@pytest.mark.parametrize("made", [{"EUR": "1.1"}, {"XXX": "1"}])
def test_rates_of_no_use_are_refused(made: dict[str, str]) -> None:
    """A rate to its own currency other than 1 would be ignored, so it is refused; so is an unknown currency."""
    with pytest.raises(InvalidInput):
        validate_terms(terms("K", always(PassThrough()), **made))


@pytest.mark.parametrize(
    ("refusal", "made"),
    [
        (DefaultRuleMissing, terms("K")),
        (DefaultRuleMissing, terms("K", COMPUTE_LIST)),
        (DefaultRuleMissing, terms("K", always(PassThrough(), "1"), COMPUTE_LIST)),
        (
            DefaultRuleMissing,
            terms("K", PriceRule("1", PassThrough(), valid=DayRange(date(2026, 1, 1)))),
        ),
        (CurrencyUnsupported, terms("K", always(PassThrough()), currency="XXX")),
        (InvalidInput, terms("K", always(PassThrough()), always(PassThrough()))),
        (InvalidInput, terms("K", PriceRule("1", Remove(), when(Dimension.SKU)), always(PassThrough()))),
    ],
)
def test_incomplete_terms_are_refused(refusal: type[Refusal], made: Terms) -> None:
    """billing.md §4: the default comes last, without conditions and dates; ids differ, conditions have values."""
    with pytest.raises(refusal):
        validate_terms(made)


def test_all_faults_are_named_at_once() -> None:
    """A form shows every wrong field in one answer."""
    wrong = terms("K", always(UnitPrice(Decimal(-1)), "1"), always(Margin(Base.LIST, Decimal(100))), USD="0")
    with pytest.raises(InvalidInput) as refused:
        validate_terms(wrong)
    assert set(refused.value.fields) == {"rules.0.price", "rules.1.percent", "rates.USD"}


@pytest.mark.parametrize(
    ("text", "decimals"),
    [("0", 0), ("0.000", 0), ("1.500", 1), ("1E+3", 0), ("1E-7", 7), ("100", 0), ("-0.010", 2), ("1.0E-3", 3)],
)
def test_decimals_of(text: str, decimals: int) -> None:
    """Trailing zeros do not count."""
    assert decimals_of(Decimal(text)) == decimals


# --- laws of every chain --------------------------------------------------------------------------


def chains(world: World) -> list[tuple[ChargeGroup, tuple[EdgePrice, ...]]]:
    """Every charge group of a world with its prices."""
    return [(group, price_chain(group, world.terms)) for group in world.groups]


@settings(deadline=None)
@given(worlds())
def test_each_edge_prices_once(world: World) -> None:
    """I3: one answer per edge of the path, in order; a price if and only if the edge prices."""
    for _, prices in chains(world):
        assert [one.edge for one in prices] == list(range(1, len(world.terms) + 1))
        for one in prices:
            parts = (one.base, one.m, one.j, one.fx, one.price)
            assert all(part is not None for part in parts) == (one.outcome is Outcome.PRICED)
            assert one.outcome is Outcome.PRICED or not any(part is not None for part in parts)
            assert (one.rule_id is None) == (one.outcome is Outcome.ABSENT)


@settings(deadline=None)
@given(worlds())
def test_removed_means_absent_below(world: World) -> None:
    """I6: after a removal or a hold nothing is left below: no price, rule or multiplier; and only then."""
    for _, prices in chains(world):
        ended = [one.outcome for one in prices if one.outcome in (Outcome.REMOVED, Outcome.HELD)]
        assert len(ended) <= 1
        priced = sum(one.outcome is Outcome.PRICED for one in prices)
        assert [one.outcome for one in prices[:priced]] == [Outcome.PRICED] * priced
        assert [one.outcome for one in prices[priced:]] == (
            [*ended, *[Outcome.ABSENT] * (len(prices) - priced - 1)] if ended else []
        )
        assert all(one == EdgePrice(one.edge, Outcome.ABSENT) for one in prices[priced + 1 :])


def in_one_currency(world: World) -> tuple[Terms, ...]:
    """The chain with every contract in EUR, and a rate from every provider currency."""
    rates = {"USD": Decimal("0.9187654321")}
    return tuple(replace(one, currency="EUR", rates=rates) for one in world.terms)


@settings(deadline=None)
@given(worlds())
def test_margins_telescope(world: World) -> None:
    """I1, M3: per charge Σ (price of an edge − price above) = last price − provider cost, to the last digit."""
    path = in_one_currency(world)
    for group in world.groups:
        rate = fx_product(path, group.currency, 1, 1)
        cost = multiply(base_amount(group, path[0].metric), rate)
        chain = [cost, *(one.price for one in price_chain(group, path) if one.price is not None)]
        margins = [total([chain[k], chain[k - 1].copy_negate()]) for k in range(1, len(chain))]
        assert total(margins) == total([chain[-1], chain[0].copy_negate()])
        assert Fraction(total(margins)) == Fraction(chain[-1]) - Fraction(chain[0])


@settings(deadline=None)
@given(worlds(max_charges=1), st.lists(st.decimals(-(10**6), 10**6, places=10), min_size=1, max_size=5))
def test_pricing_a_sum_is_summing_prices(world: World, parts: list[Decimal]) -> None:
    """M1, I14: rating is linear: groups may be summed first and priced once, to the last digit, in any order."""
    [group] = world.groups
    pieces = [replace(group, **{name: getattr(group, name) * part for name in AMOUNTS}) for part in parts]
    whole = replace(group, **{name: total([getattr(one, name) for one in pieces]) for name in AMOUNTS})  # type: ignore[arg-type]
    columns = zip(*(price_chain(one, world.terms) for one in pieces), strict=True)
    for together, column in zip(price_chain(whole, world.terms), columns, strict=True):
        if together.price is not None:
            assert total([one.price for one in column if one.price is not None]) == together.price


AMOUNTS = ("billed", "effective", "contracted", "direct", "list_cost", "quantity")


@settings(deadline=None)
@given(worlds(), st.decimals(1, 1000, places=3))
def test_more_never_costs_less(world: World, times: Decimal) -> None:
    """I17, M10: on every edge, more usage of no negative amount costs at least as much, and none costs zero."""
    for group in world.groups:
        usage = replace(group, **{name: abs(getattr(group, name)) for name in AMOUNTS})
        more = replace(usage, **{name: getattr(usage, name) * times for name in AMOUNTS})
        none = replace(usage, **dict.fromkeys(AMOUNTS, Decimal(0)))  # type: ignore[arg-type]
        rows = zip(*(price_chain(one, world.terms) for one in (none, usage, more)), strict=True)
        for zero, some, larger in rows:
            if zero.price is not None and some.price is not None and larger.price is not None:
                assert zero.price == 0 <= some.price <= larger.price


@settings(deadline=None)
@given(
    base=st.sampled_from([Base.SELLER_COST, Base.LIST]),
    percents=st.lists(st.decimals(-100, 99, places=10), min_size=2, max_size=2).map(sorted),
    above=st.decimals(-50, 60, places=4),
    margin=st.booleans(),
)
def test_a_larger_discount_never_costs_more(
    base: Base, percents: list[Decimal], above: Decimal, margin: bool
) -> None:
    """I17, M10: a lower percentage never raises a price, on its own edge and on those below."""
    verb = Margin if margin else Adjust
    ends = (always(Adjust(Base.SELLER_COST, above)), always(Margin(Base.SELLER_COST, Decimal(30))))
    chains = [
        price_chain(
            CHARGES["r1"],
            (terms("K1", ends[0], USD="0.92"), terms("K2", always(verb(base, percent))), terms("K3", ends[1])),
        )
        for percent in percents
    ]
    for less, more in zip(*chains, strict=True):
        assert less.price is not None
        assert more.price is not None
        assert less.price <= more.price


@settings(deadline=None)
@given(worlds())
def test_multipliers_fit_the_engine(world: World) -> None:
    """I19: m has 12 decimals and stays below 1,000, so DECIMAL(15,12) holds it; base × m × F is the price."""
    for group, prices in chains(world):
        for one in prices:
            if one.base is not None and one.m is not None and one.fx is not None:
                assert half_up(one.m, 12) == one.m
                assert 0 <= one.m < 1000
                assert one.scale in ((0, 3, 6) if one.base is Base.QUANTITY else (0,))
                amount = base_amount(group, one.base).scaleb(one.scale)
                assert one.price == multiply(amount, one.m, one.fx)
