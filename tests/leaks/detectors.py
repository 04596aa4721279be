"""What tells that an answer holds more than its reader may know: D1, D2 of trust.md §6; D3 to D6 compare answers.

D1 looks for canaries: texts, ids and numbers that occur in one field of the world only. D2 takes every large number of
an answer apart into powers of two: a sum that cannot be made of amounts which the reader may know holds a hidden one.
"""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tests.leaks.calls import Answer, Call
from tests.leaks.knowledge import may_know
from tests.leaks.specification import Specification
from tests.leaks.worlds import BITS, FIRST_BIT

_TEXT = re.compile(r"zq[a-z2-7]{10}")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_SMALL = re.compile(r"(?<![\d.,])\d{2}\.\d{4}(?=0*(?!\d))")
_LARGE = re.compile(r"(?<![\w.,-])\d{6,}(?:\.\d+)?(?![\w-])")
_THOUSANDS = re.compile("(?<=\\d)[,.'\u00a0\u202f\u2009 ](?=\\d{3}(?!\\d))")


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that an answer gave away. detector: D1 … D6, or which promise of trust.md."""

    detector: str
    what: str
    seed: int
    actor: int
    call: str

    def __str__(self) -> str:
        return f"{self.detector} seed {self.seed} actor {self.actor}: {self.call}: {self.what}"


class Detective:
    """Looks at answers to one actor. judged: counts the canaries and the sums that it met."""

    def __init__(self, specification: Specification, actor: int, judged: Counter[str]) -> None:
        self.specification, self.actor, self.judged = specification, actor, judged
        self._known: dict[str, bool] = {}
        world = specification.world
        self._marks = world.texts | world.ids | world.numbers

    def knows(self, text: str) -> bool:
        """Whether the actor may meet a canary; what is none is nobody's secret."""
        if text not in self._known:
            mark = self._marks.get(text)
            self._known[text] = mark is None or may_know(self.specification, self.actor, mark)
        return self._known[text]

    def look(self, call: Call, answer: Answer) -> list[Leak]:
        """D1 and D2 over one answer, and its headers."""
        text = answer.text + "\n" + "\n".join(f"{name}: {value}" for name, value in answer.headers)
        found = [*self._foreign(str(call), text), *self._sums(text)]
        if answer.status >= 500:
            found.append(("D1", f"a fault, {answer.status}"))
        return [
            Leak(detector, what, self.specification.world.seed, self.actor, str(call)) for detector, what in found
        ]

    def _foreign(self, asked: str, text: str) -> list[tuple[str, str]]:
        told = set(_TEXT.findall(asked)) | set(_ID.findall(asked)) | set(_HASH.findall(asked))
        met = {one for pattern in (_TEXT, _ID, _HASH, _SMALL) for one in pattern.findall(text)}
        self.judged["D1"] += len(met - told)
        return [("D1", f"{one}, {self._marks[one]}") for one in sorted(met - told) if not self.knows(one)]

    def _sums(self, text: str) -> list[tuple[str, str]]:
        found = []
        for one in set(_LARGE.findall(text)) | set(_LARGE.findall(_THOUSANDS.sub("", text))):
            try:
                number = Decimal(one)
            except InvalidOperation:
                continue
            whole = int(number)
            if whole != number or whole >> (FIRST_BIT + BITS + 1) or whole % (1 << FIRST_BIT) or not whole:
                continue
            self.judged["D2"] += 1
            if not self._is_of_known(whole):
                held = [str(mark) for value, mark in self.specification.world.amounts.items() if whole & value]
                found.append(("D2", f"{one} of {', '.join(held)}"))
        return found

    def _is_of_known(self, number: int) -> bool:
        """Whether known amounts, added and for costs also taken away, make the number: digit by digit."""
        ways = {0}  # what is carried over to the next digit
        for bit in range(FIRST_BIT, FIRST_BIT + BITS + 1):
            allowed = self._digits(1 << bit)
            wanted = number >> bit & 1
            ways = {
                (carried + digit - wanted) // 2
                for carried in ways
                for digit in allowed
                if (carried + digit - wanted) % 2 == 0
            }
        return 0 in ways

    def _digits(self, value: int) -> tuple[int, ...]:
        mark = self.specification.world.amounts.get(value)
        if mark is None:
            return (0,)
        name = f"{value}"
        if name not in self._known:
            self._known[name] = may_know(self.specification, self.actor, mark)
        if not self._known[name]:
            return (0,)
        # What is sold in one place is bought in another, so a margin takes prices away, too.
        return (-1, 0, 1)
