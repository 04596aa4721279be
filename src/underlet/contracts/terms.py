"""Between three forms of the same terms: input, rows, and the kernel's `Terms` that engines price with."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce

from underlet.contracts.models import ContractVersion, PriceRule
from underlet.contracts.types import ConditionInput, RuleInput, TermsInput
from underlet.kernel.period import DayRange
from underlet.kernel.pricing import types as kernel
from underlet.kernel.pricing.types import Base, Condition, Dimension, Metric, OnMissingBase, Operator
from underlet.kernel.sentence import Sentence

DIMENSION_NAMES = {
    Dimension.PROVIDER: Sentence("Provider"),
    Dimension.BILLING_ACCOUNT: Sentence("Account"),
    Dimension.SUB_ACCOUNT: Sentence("Sub-account"),
    Dimension.SERVICE: Sentence("Service"),
    Dimension.SERVICE_CATEGORY: Sentence("Service category"),
    Dimension.SKU: Sentence("SKU"),
    Dimension.REGION: Sentence("Region"),
    Dimension.CHARGE_CATEGORY: Sentence("Charge category"),
    Dimension.CHARGE_KIND: Sentence("Kind of charge"),
    Dimension.CURRENCY: Sentence("Provider currency"),
}
_BASE_NAMES = {"seller_cost": Sentence("the seller's cost"), "list": Sentence("list price")}
_PASSED = {
    Metric.EFFECTIVE: Sentence("the seller's cost, passed through"),
    Metric.CONTRACTED: Sentence("the provider's contracted cost, passed through"),
    Metric.BILLED: Sentence("the provider's billed cost, passed through"),
    Metric.DIRECT: Sentence("the provider's billed cost without tax and partner discounts, passed through"),
}
_MISSING = {
    "seller_cost": Sentence("without a list price or quantity: the seller's cost"),
    "remove": Sentence("without a list price or quantity: removed"),
}


def _verb(rule: RuleInput | PriceRule, metric: Metric) -> kernel.Verb:
    percent, price = rule.percent or Decimal(0), rule.price or Decimal(0)
    base = Base(rule.base or "seller_cost")
    match rule.verb:
        case "adjust":
            return kernel.Adjust(base, percent)
        case "margin":
            return kernel.Margin(base, percent)
        case "unit":
            return kernel.UnitPrice(price)
        case "pass_through":
            return kernel.PassThrough(None if metric is Metric.EFFECTIVE else metric)
        case "remove":
            return kernel.Remove()
    raise ValueError(rule.verb)


def _conditions(values: Iterable[dict[str, object]]) -> tuple[Condition, ...]:
    inputs = [ConditionInput.model_validate(value) for value in values]
    return tuple(Condition(one.dimension, one.operator, one.values) for one in inputs)


def _valid(rule: RuleInput | PriceRule) -> DayRange | None:
    if rule.starts_on is None and rule.ends_on is None:
        return None
    return DayRange(rule.starts_on or date.min, rule.ends_on)


def kernel_rule(rule: RuleInput | PriceRule, position: int, metric: Metric) -> kernel.PriceRule:
    """The kernel's form of a rule; its id is its position, so that explanations name it stably.

    metric: of its version. Passing through passes it on, whatever the seller pays; the default, effective, stands for
    the seller's cost. On the root's contracts both are the same figure.
    """
    raw = rule.conditions if isinstance(rule, PriceRule) else [one.model_dump() for one in rule.conditions]
    return kernel.PriceRule(
        str(position),
        _verb(rule, metric),
        _conditions(raw),
        OnMissingBase(rule.on_missing_base),
        _valid(rule),
        rule.label,
    )


def terms_of_input(data: TermsInput) -> kernel.Terms:
    """The kernel's form of an input, for its checks."""
    rules = tuple(kernel_rule(rule, position, data.metric) for position, rule in enumerate(data.rules, 1))
    return kernel.Terms("new", data.currency, rules, data.metric, dict(data.rates))


def terms_of_version(version: ContractVersion, rules: Sequence[PriceRule]) -> kernel.Terms:
    """The kernel's form of a stored version; `id` is the version's public id."""
    return kernel.Terms(
        str(version.public_id),
        version.currency,
        tuple(kernel_rule(rule, rule.position, Metric(version.metric)) for rule in rules),
        Metric(version.metric),
        {currency: Decimal(rate) for currency, rate in version.rates.items()},
    )


def _condition_text(one: ConditionInput) -> Sentence:
    quoted = [Sentence("“{name}”", name=value) for value in one.values]
    names = reduce(lambda left, right: Sentence("{left} or {right}", left=left, right=right), quoted)
    dimension = DIMENSION_NAMES[one.dimension]
    match one.operator:
        case Operator.IN:
            return Sentence("{dimension} is {names}", dimension=dimension, names=names)
        case Operator.NOT_IN:
            return Sentence("{dimension} is not {names}", dimension=dimension, names=names)
        case Operator.GLOB:
            return Sentence("{dimension} is like {names}", dimension=dimension, names=names)


def _what(rule: PriceRule, currency: str, metric: Metric) -> Sentence:
    base = _BASE_NAMES.get(rule.base or "", Sentence("the seller's cost"))
    percent = (rule.percent or Decimal(0)).normalize()
    match rule.verb:
        case "adjust" if percent == 0:
            return base
        case "adjust" if percent > 0:
            return Sentence("{base} plus {percent}%", base=base, percent=percent)
        case "adjust":
            return Sentence("{base} minus {percent}%", base=base, percent=-percent)
        case "margin":
            return Sentence("{base} with a margin of {percent}%", base=base, percent=percent)
        case "unit":
            return Sentence(
                "{price} {currency} per unit", price=(rule.price or Decimal(0)).normalize(), currency=currency
            )
        case "pass_through":
            return _PASSED[metric]
    return Sentence("removed")


def is_sellers_own(rule: PriceRule, version: ContractVersion, *, shows_raw: bool) -> bool:
    """Whether a rule stands on what the seller pays, which its buyer may not learn (rating-engine.md §7).

    shows_raw: whether the buyer may see the provider's figures, where the version discloses them.
    """
    if rule.verb == "pass_through":
        return version.metric == Metric.EFFECTIVE or not (version.disclose_raw_cost and shows_raw)
    return rule.base == "seller_cost"


def sentence(
    rule: PriceRule, version: ContractVersion, *, for_buyer: bool = False, shows_raw: bool = False
) -> Sentence:
    """A rule as one sentence: to which charges, what it does; for the buyer without the seller's side."""
    is_hidden = for_buyer and is_sellers_own(rule, version, shows_raw=shows_raw)
    what = Sentence("contract price") if is_hidden else _what(rule, version.currency, Metric(version.metric))
    conditions = [_condition_text(ConditionInput.model_validate(value)) for value in rule.conditions]
    which = (
        reduce(lambda left, right: Sentence("{left} and {right}", left=left, right=right), conditions)
        if conditions
        else Sentence("Everything else")
    )
    if for_buyer or rule.on_missing_base == "hold":
        return Sentence("{which}: {what}", which=which, what=what)
    return Sentence("{which}: {what}; {missing}", which=which, what=what, missing=_MISSING[rule.on_missing_base])
