"""The slow, obvious evaluator of prices: one charge group at a time, in `Decimal`, along its whole chain.

It says what a price is; the SQL engine must agree with it to the last digit (billing.md I19), and both must
agree with an independent oracle in tests. `validate_terms` refuses terms that no engine could price exactly.
"""

from collections.abc import Sequence
from decimal import Decimal

from underlet.kernel.errors import CurrencyUnsupported, DefaultRuleMissing, InvalidInput
from underlet.kernel.money import EXACT, exponent, multiply
from underlet.kernel.pricing.factors import (
    FACTOR_DECIMALS,
    FACTOR_LIMIT,
    RATE_DECIMALS,
    RATE_LIMIT,
    SCALES,
    Multiple,
    compose,
    factor_of,
    fx_product,
    provider_cost,
)
from underlet.kernel.pricing.matching import first_match
from underlet.kernel.pricing.types import (
    Adjust,
    Base,
    ChargeGroup,
    EdgePrice,
    Margin,
    Metric,
    Outcome,
    PassThrough,
    Remove,
    Terms,
    UnitPrice,
    Verb,
)
from underlet.kernel.sentence import Sentence

PERCENT_DECIMALS = FACTOR_DECIMALS - 2


def price_chain(group: ChargeGroup, edges: Sequence[Terms]) -> tuple[EdgePrice, ...]:
    """The price of one charge group on each edge of its path, from the root's contract down.

    edges: the terms in force on the group's day, edge 1 first. Returns one EdgePrice per edge; amounts are exact,
    in each edge's currency. Edge 1's seller cost is the provider metric that its terms name. A group that an edge
    removes or holds is absent on every edge below (I6).
    Raises ExchangeRateMissing, DefaultRuleMissing, InvalidInput (multiplier too large). Source: billing.md §4.
    """
    prices: list[EdgePrice] = []
    above = provider_cost(edges[0].metric) if edges else None
    for edge, terms in enumerate(edges, 1):
        if above is None:
            prices.append(EdgePrice(edge, Outcome.ABSENT))
            continue
        rule = first_match(terms.rules, group)
        step = compose(above, rule, edge, has_list=group.has_list, has_quantity=group.has_quantity)
        if isinstance(step, Multiple):
            fx = fx_product(edges, group.currency, step.j, edge)
            price = multiply(EXACT.scaleb(base_amount(group, step.base), step.scale), step.m, fx)
            prices.append(
                EdgePrice(edge, Outcome.PRICED, rule.id, step.base, step.m, step.j, fx, price, step.scale)
            )
            above = step
        else:
            prices.append(EdgePrice(edge, step, rule.id))
            above = None
    return tuple(prices)


def base_amount(group: ChargeGroup, base: Metric | Base) -> Decimal:
    """The amount (provider's currency) or quantity of a group that a multiplier applies to.

    Raises ValueError for SELLER_COST, which is a price of the edge above, not an amount of the group.
    """
    match base:
        case Metric.EFFECTIVE:
            return group.effective
        case Metric.CONTRACTED:
            return group.contracted
        case Metric.BILLED:
            return group.billed
        case Metric.DIRECT:
            return group.direct
        case Base.LIST:
            return group.list_cost
        case Base.QUANTITY:
            return group.quantity
        case Base.SELLER_COST:
            raise ValueError("the seller's cost is a price, not an amount of the group")


def validate_terms(terms: Terms) -> None:
    """Refuse terms that are incomplete or that cannot be priced exactly.

    Raises CurrencyUnsupported, DefaultRuleMissing (the last rule must have neither conditions nor dates), and
    InvalidInput with one message per field (`rules.0.percent`, `rates.USD`), rules counted from 0:
    adjust needs −100 ≤ percent, margin percent < 100, both at most 10 decimals and a factor below 1,000; unit
    prices are not negative and fit 15 digits with the decimals 12, 9 or 6 (below 10³, 10⁶, 10⁹); exchange rates
    are positive, below 10⁸, with at most 10 decimals. Source: billing.md §4, rating-engine.md §3.
    """
    exponent(terms.currency)
    if not terms.rules or terms.rules[-1].conditions or terms.rules[-1].valid is not None:
        raise DefaultRuleMissing()
    fields: dict[str, str] = {}
    seen: set[str] = set()
    for index, rule in enumerate(terms.rules):
        if rule.id in seen:
            fields[f"rules.{index}.id"] = Sentence("Two rules have the same id.")
        seen.add(rule.id)
        for number, condition in enumerate(rule.conditions):
            if not condition.values:
                fields[f"rules.{index}.conditions.{number}.values"] = Sentence(
                    "A condition needs at least one value."
                )
        for name, message in _verb_errors(rule.verb).items():
            fields[f"rules.{index}.{name}"] = message
    for currency, rate in terms.rates.items():
        message = _rate_error(terms.currency, currency, rate)
        if message:
            fields[f"rates.{currency}"] = message
    if fields:
        raise InvalidInput(fields=fields)


def decimals_of(value: Decimal) -> int:
    """Decimals that a finite number really has: 1.500 -> 1, 1E+3 -> 0."""
    _, digits, scale = value.as_tuple()
    if not isinstance(scale, int):
        raise ValueError(f"{value} is not finite")
    significant = "".join(map(str, digits)).rstrip("0")
    return max(0, -scale - len(digits) + len(significant)) if significant else 0


def _verb_errors(verb: Verb) -> dict[str, str]:
    match verb:
        case Adjust() | Margin():
            return _percent_errors(verb)
        case UnitPrice(price=price):
            message = _price_error(price)
            return {"price": message} if message else {}
        case PassThrough() | Remove():
            return {}


def _percent_errors(verb: Adjust | Margin) -> dict[str, str]:
    if verb.base is Base.QUANTITY:
        return {"base": Sentence("A percentage applies to the seller's cost or the list price.")}
    if not verb.percent.is_finite() or decimals_of(verb.percent) > PERCENT_DECIMALS:
        return {"percent": Sentence("A percentage has at most {limit} decimals.", limit=PERCENT_DECIMALS)}
    if isinstance(verb, Adjust) and verb.percent < -100:
        return {"percent": Sentence("A discount is at most 100%.")}
    if isinstance(verb, Margin) and verb.percent >= 100:
        return {"percent": Sentence("A margin is below 100%; a mark-up may be higher.")}
    if factor_of(verb) >= FACTOR_LIMIT:
        return {"percent": Sentence("The price would be {limit} times its base or more.", limit=FACTOR_LIMIT)}
    return {}


def _price_error(price: Decimal) -> str:
    if not price.is_finite() or price < 0:
        return Sentence("A unit price is zero or more.")
    for scale in SCALES:
        if price < FACTOR_LIMIT.scaleb(scale):
            allowed = FACTOR_DECIMALS - scale
            if decimals_of(price) <= allowed:
                return ""
            return Sentence("A price this high has at most {limit} decimals.", limit=allowed)
    return Sentence("A unit price is below {limit}.", limit=FACTOR_LIMIT.scaleb(SCALES[-1]))


def _rate_error(own: str, currency: str, rate: Decimal) -> str:
    try:
        exponent(currency)
    except CurrencyUnsupported as refusal:
        return refusal.detail
    if not rate.is_finite() or rate <= 0 or rate >= RATE_LIMIT or decimals_of(rate) > RATE_DECIMALS:
        return Sentence(
            "A rate is above 0 and below {limit}, with at most {decimals} decimals.",
            limit=RATE_LIMIT, decimals=RATE_DECIMALS,
        )  # fmt: skip
    if currency == own and rate != 1:
        return Sentence("The contract is in {currency}; its own rate is 1.", currency=own)
    return ""
