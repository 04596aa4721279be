"""A second opinion on every price, written from billing.md and sharing no code with the product.

Plain Python `Fraction`, one charge at a time; own choice of rules, own walk along the chain, own rounding. It
reads plain dicts only (see `strategies`), so it cannot inherit a mistake of the kernel's types. Rates,
percentages and prices are decimal strings; results are exact fractions.
"""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

TEN12 = 10**12


def half_up(value: Fraction, decimals: int) -> Fraction:
    """Half up, away from zero."""
    unit = 10**decimals
    steps = (2 * abs(value) * unit + 1) // 2
    return Fraction(int(steps), unit) * (1 if value >= 0 else -1)


@dataclass(frozen=True)
class Answer:
    """What one edge does with one charge; price is None unless priced."""

    outcome: str
    rule: str | None = None
    price: Fraction | None = None


def same(left: str, right: str) -> bool:
    """Equal but for upper and lower case, character by character."""
    return len(left) == len(right) and all(a.lower()[0] == b.lower()[0] for a, b in zip(left, right, strict=True))


def like(pattern: str, text: str) -> bool:
    """`*` any run, `?` one character, the whole value, ignoring case."""
    pieces = {"*": ".*", "?": "."}
    lower = [character.lower()[0] for character in pattern]
    expression = "".join(pieces.get(character, re.escape(character)) for character in lower)
    return re.fullmatch(expression, "".join(character.lower()[0] for character in text), re.DOTALL) is not None


def passes(condition: dict[str, Any], charge: dict[str, Any]) -> bool:
    """NULL is in no list and like no pattern, so it is "not in" every list."""
    value = charge["dimensions"].get(condition["dimension"])
    if condition["operator"] == "glob":
        return value is not None and any(like(one, value) for one in condition["values"])
    listed = value is not None and any(same(one, value) for one in condition["values"])
    return listed if condition["operator"] == "in" else not listed


def choose(rules: list[dict[str, Any]], charge: dict[str, Any]) -> dict[str, Any]:
    """The first rule in listed order that fits; dates are half-open UTC days."""
    day = date.fromisoformat(charge["day"])
    for rule in rules:
        starts = rule["starts_on"] is None or date.fromisoformat(rule["starts_on"]) <= day
        not_over = rule["ends_on"] is None or day < date.fromisoformat(rule["ends_on"])
        if starts and not_over and all(passes(condition, charge) for condition in rule["conditions"]):
            return rule
    raise LookupError("no rule fits")


def factor(rule: dict[str, Any]) -> Fraction:
    """The table of billing.md §4."""
    if rule["verb"] == "adjust":
        return 1 + Fraction(rule["percent"]) / 100
    if rule["verb"] == "margin":
        return half_up(1 / (1 - Fraction(rule["percent"]) / 100), 12)
    return Fraction(1)


def kind(rule: dict[str, Any], charge: dict[str, Any]) -> str:
    """What the rule makes of this charge: remove, hold, seller_cost, list, quantity, provider, or above (factor 1)."""
    if rule["verb"] == "remove":
        return "remove"
    if rule["verb"] == "pass_through" and rule.get("metric"):
        return "provider"
    base = {"unit": "quantity", "pass_through": "seller_cost"}.get(rule["verb"]) or rule["base"]
    missing = (base == "list" and not charge["has_list"]) or (base == "quantity" and not charge["has_quantity"])
    if missing:
        return "above" if rule["on_missing_base"] == "seller_cost" else str(rule["on_missing_base"])
    return str(base)


def round_multiplier(value: Fraction, shift: int, over_quantity: bool) -> tuple[Fraction, int]:
    """HALF_UP₁₂, and over quantity by 10³ or 10⁶ smaller while it would not stay below 1,000."""
    while True:
        rounded = half_up(value / 10**shift, 12)
        if rounded < 1000:
            return rounded, shift
        if not over_quantity or shift == 6:
            raise OverflowError("multiplier of 1,000 or more")
        shift += 3


def exchange(contracts: list[dict[str, Any]], charge: dict[str, Any], first: int, last: int) -> Fraction:
    """The product of the exchange factors of edges first..last, edge 1 first."""
    product = Fraction(1)
    for edge in range(first, last + 1):
        source = charge["currency"] if edge == 1 else contracts[edge - 2]["currency"]
        if source != contracts[edge - 1]["currency"]:
            product *= Fraction(contracts[edge - 1]["rates"][source])
    return product


def walk(contracts: list[dict[str, Any]], charge: dict[str, Any]) -> list[Answer]:
    """One answer per edge. Each price is found by looking back to where its base was last set."""
    chosen = [choose(contract["rules"], charge) for contract in contracts]
    kinds = [kind(rule, charge) for rule in chosen]
    answers: list[Answer] = []
    for k in range(1, len(contracts) + 1):
        ended = next((edge for edge in range(1, k + 1) if kinds[edge - 1] in ("remove", "hold")), None)
        if ended is not None:
            outcome = "absent" if ended < k else {"remove": "removed", "hold": "held"}[kinds[k - 1]]
            answers.append(Answer(outcome, chosen[k - 1]["id"] if ended == k else None))
            continue
        resets = ("list", "quantity", "provider")
        origin = max((edge for edge in range(1, k + 1) if kinds[edge - 1] in resets), default=0)
        over_quantity = origin > 0 and kinds[origin - 1] == "quantity"
        if origin > 0 and kinds[origin - 1] == "provider":
            amount, multiplier, first = Fraction(charge[chosen[origin - 1]["metric"]]), Fraction(1), 1
        elif origin == 0:
            amount, multiplier, first = Fraction(charge[contracts[0]["metric"]]), Fraction(1), 1
        elif over_quantity:
            amount, multiplier, first = (
                Fraction(charge["quantity"]),
                Fraction(chosen[origin - 1]["price"]),
                origin + 1,
            )
        else:
            amount, multiplier, first = Fraction(charge["list_cost"]), factor(chosen[origin - 1]), 1
        multiplier, shift = round_multiplier(multiplier, 0, over_quantity)
        for edge in range(origin + 1, k + 1):
            if kinds[edge - 1] == "seller_cost":
                exact = multiplier * 10**shift * factor(chosen[edge - 1])
                multiplier, shift = round_multiplier(exact, shift, over_quantity)
        price = amount * 10**shift * multiplier * exchange(contracts, charge, first, k)
        answers.append(Answer("priced", chosen[k - 1]["id"], price))
    return answers


def post(amount: Fraction, decimals: int) -> Fraction:
    """The one rounding of an invoice line."""
    return half_up(amount, decimals)


def fee(price: str, quantity: str, days: int, of_days: int, decimals: int) -> Fraction:
    """A recurring fee for some days of a period."""
    return half_up(Fraction(price) * Fraction(quantity) * days / of_days, decimals)


def invoice(lines: list[tuple[str, str, Fraction]], decimals: int) -> tuple[Fraction, Fraction, Fraction]:
    """(net, VAT, gross) of (category, rate, posted amount): VAT per category and rate on the sum."""
    groups: dict[tuple[str, Fraction], Fraction] = {}
    for category, rate, amount in lines:
        key = (category, Fraction(rate))
        groups[key] = groups.get(key, Fraction(0)) + amount
    net = sum(groups.values(), Fraction(0))
    vat = sum((half_up(base * rate / 100, decimals) for (_, rate), base in groups.items()), Fraction(0))
    return net, vat, net + vat
