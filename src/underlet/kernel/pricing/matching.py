"""Which rule prices a charge group: the first in listed order whose every condition and day range holds.

The rating engine asks `condition_holds` once per distinct value of a dimension and joins the answers, so this
module is the only definition of a match. All of it can also be said in SQL: `fold` is DuckDB's `lower`, and
`not_in` is `NOT coalesce(lower(x) IN (…), false)`.
"""

from collections.abc import Sequence

from underlet.kernel.errors import DefaultRuleMissing
from underlet.kernel.pricing.types import ChargeGroup, Condition, Operator, PriceRule


def fold(text: str) -> str:
    """The form in which conditions compare: each character in simple lower case, nothing else changed.

    Character by character, because `str.lower` looks at neighbours (final sigma) and `casefold` changes lengths
    (ß -> ss); neither can be said in SQL. Example: "Compute ÄÖ" -> "compute äö".
    """
    return "".join(character.lower()[0] for character in text)


def glob_matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern: * is any run of characters, ? exactly one, the rest itself.

    Compares as given; fold both first to ignore case. Takes at most len(pattern) × len(text) steps: after a
    mismatch only the last * can usefully take one more character.
    """
    position = 0  # in pattern
    star = -1  # last * seen, and where in the text its run ends so far
    run_end = 0
    index = 0
    while index < len(text):
        if position < len(pattern) and pattern[position] == "*":
            star, run_end = position, index
            position += 1
        elif position < len(pattern) and pattern[position] in ("?", text[index]):
            position, index = position + 1, index + 1
        elif star >= 0:
            run_end += 1
            position, index = star + 1, run_end
        else:
            return False
    return all(character == "*" for character in pattern[position:])


def condition_holds(condition: Condition, value: str | None) -> bool:
    """Whether a value of the condition's dimension passes it, ignoring case.

    NULL passes neither `in` nor `glob`, and every `not_in`: exactly one of `in` and `not_in` holds for any value.
    """
    if value is None:
        return condition.operator is Operator.NOT_IN
    text = fold(value)
    match condition.operator:
        case Operator.IN:
            return any(fold(one) == text for one in condition.values)
        case Operator.NOT_IN:
            return all(fold(one) != text for one in condition.values)
        case Operator.GLOB:
            return any(glob_matches(fold(one), text) for one in condition.values)


def rule_matches(rule: PriceRule, group: ChargeGroup) -> bool:
    """Whether the rule is valid on the group's UTC day and all its conditions hold."""
    if rule.valid is not None and group.day not in rule.valid:
        return False
    return all(condition_holds(one, group.dimensions.get(one.dimension)) for one in rule.conditions)


def first_match(rules: Sequence[PriceRule], group: ChargeGroup) -> PriceRule:
    """The rule that decides: the first that matches in listed order; nothing stacks (billing.md §4).

    Raises DefaultRuleMissing when none matches, which `validate_terms` rules out.
    """
    for rule in rules:
        if rule_matches(rule, group):
            return rule
    raise DefaultRuleMissing()
