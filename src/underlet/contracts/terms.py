"""Between three forms of the same terms: input, rows, and the kernel's `Terms` that engines price with."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from underlet.contracts.models import ContractVersion, PriceRule
from underlet.contracts.types import ConditionInput, RuleInput, TermsInput
from underlet.kernel.period import DayRange
from underlet.kernel.pricing import types as kernel
from underlet.kernel.pricing.types import Base, Condition, Dimension, Metric, OnMissingBase, Operator

DIMENSION_NAMES = {
    Dimension.PROVIDER: "provider",
    Dimension.BILLING_ACCOUNT: "account",
    Dimension.SUB_ACCOUNT: "sub-account",
    Dimension.SERVICE: "service",
    Dimension.SERVICE_CATEGORY: "service category",
    Dimension.SKU: "SKU",
    Dimension.REGION: "region",
    Dimension.CHARGE_CATEGORY: "charge category",
    Dimension.CHARGE_KIND: "kind of charge",
    Dimension.CURRENCY: "provider currency",
}
_BASE_NAMES = {"seller_cost": "the seller's cost", "list": "list price"}
_MISSING = {
    "hold": "",
    "seller_cost": "; without a list price or quantity: seller's cost",
    "remove": "; without: removed",
}


def _verb(rule: RuleInput | PriceRule) -> kernel.Verb:
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
            return kernel.PassThrough()
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


def kernel_rule(rule: RuleInput | PriceRule, position: int) -> kernel.PriceRule:
    """The kernel's form of a rule; its id is its position, so that explanations name it stably."""
    raw = rule.conditions if isinstance(rule, PriceRule) else [one.model_dump() for one in rule.conditions]
    return kernel.PriceRule(
        str(position), _verb(rule), _conditions(raw), OnMissingBase(rule.on_missing_base), _valid(rule), rule.label
    )


def terms_of_input(data: TermsInput) -> kernel.Terms:
    """The kernel's form of an input, for its checks."""
    rules = tuple(kernel_rule(rule, position) for position, rule in enumerate(data.rules, 1))
    return kernel.Terms("new", data.currency, rules, data.metric, dict(data.rates))


def terms_of_version(version: ContractVersion, rules: Sequence[PriceRule]) -> kernel.Terms:
    """The kernel's form of a stored version; `id` is the version's public id."""
    return kernel.Terms(
        str(version.public_id),
        version.currency,
        tuple(kernel_rule(rule, rule.position) for rule in rules),
        Metric(version.metric),
        {currency: Decimal(rate) for currency, rate in version.rates.items()},
    )


def plain(value: Decimal) -> str:
    """A decimal as people write it: no exponent, no trailing zeros."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _percent(value: Decimal) -> str:
    return f"{plain(abs(value))} %"


def _condition_text(one: ConditionInput) -> str:
    names = " or ".join(f"“{value}”" for value in one.values)
    word = {Operator.IN: "is", Operator.NOT_IN: "is not", Operator.GLOB: "is like"}[one.operator]
    return f"{DIMENSION_NAMES[one.dimension]} {word} {names}"


def sentence(rule: PriceRule, currency: str, *, for_buyer: bool = False) -> str:
    """A rule as one sentence: what it does, and to which charges; for the buyer without the seller's side."""
    base = _BASE_NAMES.get(rule.base or "", "")
    percent, price = rule.percent or Decimal(0), rule.price or Decimal(0)
    what = {
        "adjust": base if not percent else f"{base} {'plus' if percent > 0 else 'minus'} {_percent(percent)}",
        "margin": f"{base} with a margin of {_percent(percent)}",
        "unit": f"{plain(price)} {currency} per unit",
        "pass_through": "the seller's cost, passed through",
        "remove": "removed",
    }[rule.verb]
    if for_buyer and (rule.base == "seller_cost" or rule.verb == "pass_through"):
        what = "contract price"
    conditions = [ConditionInput.model_validate(value) for value in rule.conditions]
    which = " and ".join(_condition_text(one) for one in conditions) or "everything else"
    missing = "" if for_buyer else _MISSING[rule.on_missing_base]
    return f"{which[:1].upper()}{which[1:]}: {what}{missing}"
