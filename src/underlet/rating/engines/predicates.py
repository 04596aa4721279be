"""What rules can tell apart: every distinct condition is a numbered predicate, one bit of a set.

A dimension's value is tested once per predicate, by the kernel, whatever the number of charges that have it; SQL
joins the answers (rating-engine.md §5.6). Sets of any size travel as BIGINT words of 62 bits.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from underlet.kernel.pricing.matching import condition_holds
from underlet.kernel.pricing.types import Condition, Dimension, PriceRule

WORD_BITS = 62
_WORD = (1 << WORD_BITS) - 1


class Predicates:
    """The distinct conditions of all rules of a run."""

    def __init__(self, rules: Iterable[PriceRule]) -> None:
        distinct = dict.fromkeys(condition for rule in rules for condition in rule.conditions)
        self._numbers: dict[Condition, int] = {condition: number for number, condition in enumerate(distinct)}
        self._by_dimension: dict[Dimension, list[Condition]] = defaultdict(list)
        for condition in distinct:
            self._by_dimension[condition.dimension].append(condition)
        self.words = -(-len(distinct) // WORD_BITS) or 1

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions that some rule tests, in the order of their names."""
        return tuple(sorted(self._by_dimension))

    def holding(self, dimension: Dimension, value: str | None) -> int:
        """The set of predicates of the dimension that hold for a value."""
        held = (one for one in self._by_dimension[dimension] if condition_holds(one, value))
        return self._set(held)

    def needed(self, rule: PriceRule) -> int:
        """The set of predicates that a charge must satisfy for the rule to match."""
        return self._set(rule.conditions)

    def mask(self, rules: Iterable[PriceRule]) -> int:
        """The set of predicates that any of the rules tests."""
        return reduce(or_, (self.needed(rule) for rule in rules), 0)

    def split(self, bits: int) -> tuple[int, ...]:
        """The set as words, lowest first."""
        return tuple(bits >> (WORD_BITS * index) & _WORD for index in range(self.words))

    def _set(self, conditions: Iterable[Condition] | Sequence[Condition]) -> int:
        return reduce(or_, (1 << self._numbers[condition] for condition in conditions), 0)
