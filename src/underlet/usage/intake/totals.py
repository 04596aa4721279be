"""Control totals, exact to every digit that a file gives (intake.md §6).

They are summed from the text of the file in Python, apart from the lines that DuckDB stores, so that the two
check each other. What is no number is left out, and what only Python takes for one (`1_000`) is not: the typed
pass refuses both.
"""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation

from underlet.kernel.sentence import Sentence
from underlet.usage.intake.columns import AMOUNT_DECIMALS, COSTS
from underlet.usage.intake.reasons import refuse
from underlet.usage.intake.types import Costs, CurrencyTotal

NULLS = ("", "NULL", "null", "Null", "(null)", "(NULL)", "(Null)")
"""Texts that mean "no value" in every column."""

NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
"""How a number is written, for DuckDB and Python alike: both read `1_000` as 1000, so neither decides alone."""

_EXACT = Context(prec=400, traps=[Inexact])
_NULLS = frozenset(NULLS)
_LOST = Decimal("NaN")
_HALF = Decimal("0.5").scaleb(-AMOUNT_DECIMALS)


class Totals:
    """A running sum of the four costs by currency. `add` takes one record of texts (None = no value)."""

    def __init__(self, currency: int | str, costs: Mapping[str, int]) -> None:
        """currency: its index in a record, or the code that every record has. costs: FOCUS name -> index."""
        self.currency = currency
        self.costs = tuple(costs[name] for name in COSTS)
        self._sums: dict[str, list[Decimal]] = {}
        self._rows: dict[str, int] = {}

    def add(self, record: Sequence[str | None]) -> None:
        """Add one record. A sum of more than 400 digits is lost: `reconcile` refuses it."""
        currency = self.currency if isinstance(self.currency, str) else (record[self.currency] or "").upper()
        sums = self._sums.get(currency)
        if sums is None:
            sums = self._sums[currency] = [Decimal(0)] * len(COSTS)
            self._rows[currency] = 0
        self._rows[currency] += 1
        for i, index in enumerate(self.costs):
            text = record[index]
            if text is None or text in _NULLS:
                continue
            try:
                sums[i] = _EXACT.add(sums[i], Decimal(text))
            except Inexact:
                sums[i] = _LOST
            except InvalidOperation:
                continue

    def result(self) -> Mapping[str, tuple[int, Costs]]:
        """Currency -> (records, sums)."""
        return {currency: (self._rows[currency], Costs(*sums)) for currency, sums in sorted(self._sums.items())}


def reconcile(exact: Mapping[str, tuple[int, Costs]], stored: Mapping[str, Costs]) -> tuple[CurrencyTotal, ...]:
    """Both totals side by side, by currency.

    Raises ImportRejected (out_of_range) for a lost sum, (not_stored_exactly) unless |stored - exact| <= records
    × 0.5e-12, half a unit of the last digit that a line stores: then the lines are not what the file says.
    """
    if set(exact) != set(stored):
        raise refuse("not_stored_exactly", "The stored lines have other currencies than the file.")
    found = []
    for currency, (rows, sums) in exact.items():
        for name in Costs.__slots__:
            if not getattr(sums, name).is_finite():
                raise refuse(
                    "out_of_range", Sentence("{column} has more digits than any price.", column=name), column=name
                )
            difference = abs(getattr(stored[currency], name) - getattr(sums, name))
            if difference > rows * _HALF:
                detail = Sentence(
                    "{column} in {currency} is stored with a difference of {difference}.",
                    column=name, currency=currency, difference=difference,
                )  # fmt: skip
                raise refuse("not_stored_exactly", detail, column=name)
        found.append(CurrencyTotal(currency, rows, sums, stored[currency]))
    return tuple(found)
