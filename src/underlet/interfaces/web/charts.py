"""Geometry of charts, computed on the server; templates turn it into SVG.

A chart has a fixed height in pixels and a width in percent of its place, so texts never scale with the window.
Amounts stay `Decimal`; only positions are rounded, and no figure is ever read back from a position. Each mark
carries its exact figure as a title, and each chart its figures as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from underlet.interfaces.web.say import exact
from underlet.kernel.money import half_up

HEIGHT = 240
_TOP, _BOTTOM = 12, 26
_PLOT = HEIGHT - _TOP - _BOTTOM
_TICKS = 4
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Series:
    """One named row of values, as many as the chart has columns."""

    label: str
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A horizontal line at `y` pixels and its label."""

    y: Decimal
    label: str
    is_zero: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar. y, height in pixels; series: index of its colour."""

    series: int
    y: Decimal
    height: Decimal
    label: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """One period. x, centre, width in percent of the plot; is_provisional: its figures may still change.

    is_known: it has figures.
    """

    label: str
    x: Decimal
    centre: Decimal
    slot_x: Decimal
    slot: Decimal
    width: Decimal
    is_provisional: bool
    is_known: bool
    marks: tuple[Mark, ...]
    values: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class BarChart:
    """Stacked bars over periods, amounts in one currency."""

    title: str
    currency: str
    labels: tuple[str, ...]
    ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]
    height: int = HEIGHT
    label_y: int = HEIGHT - 6


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a horizontal bar. x, width in percent."""

    series: int
    x: Decimal
    width: Decimal
    label: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A horizontal bar of parts. total: what stands at its end."""

    label: str
    href: str
    total: Decimal
    segments: tuple[Segment, ...]
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class ShareChart:
    """Horizontal stacked bars on one scale, amounts in one currency."""

    title: str
    currency: str
    labels: tuple[str, ...]
    rows: tuple[ShareRow, ...]


def _place(value: Decimal) -> Decimal:
    return half_up(value, 2)


def nice_step(span: Decimal, ticks: int = _TICKS) -> Decimal:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that covers `span` > 0 in at most `ticks` steps."""
    raw = span / ticks
    power = Decimal(10) ** raw.adjusted()
    return next(power * step for step in _STEPS if power * step >= raw)


def short_number(value: Decimal) -> str:
    """An axis label in the reader's language: 1.2M, 400k, 25. Only for an axis' round numbers, never for a figure."""
    for power, form in ((9, _("{n}bn")), (6, _("{n}M")), (3, _("{n}k"))):
        if abs(value) >= 10**power:
            return form.format(n=exact(value.scaleb(-power)))
    return exact(value)


def stacked_bars(
    title: str,
    currency: str,
    columns: Sequence[str],
    series: Sequence[Series],
    provisional: frozenset[int] = frozenset(),
    unknown: frozenset[int] = frozenset(),
) -> BarChart:
    """Bars per column, positive values stacked upwards from zero and negative ones downwards.

    columns: labels in order. series: values per column. provisional: indexes of columns that may still change.
    unknown: indexes of columns without figures, which keep their place and are left out of the table.
    """
    per_column = [[one.values[index] for one in series] for index in range(len(columns))]
    high = max((sum((v for v in values if v > 0), Decimal(0)) for values in per_column), default=Decimal(0))
    low = min((sum((v for v in values if v < 0), Decimal(0)) for values in per_column), default=Decimal(0))
    step = nice_step(high - low) if high > low else Decimal(1)
    top = step * max(1, int((high / step).to_integral_value(rounding="ROUND_CEILING")))
    bottom = step * int((low / step).to_integral_value(rounding="ROUND_FLOOR"))
    scale = Decimal(_PLOT) / (top - bottom)
    labels = tuple(one.label for one in series)
    slot = Decimal(100) / max(1, len(columns))
    return BarChart(
        title,
        currency,
        labels,
        tuple(
            Tick(_place(_TOP + (top - step * n) * scale), short_number(step * n), n == 0)
            for n in range(int(bottom / step), int(top / step) + 1)
        ),
        tuple(
            Column(
                label,
                _place(slot * index + slot * Decimal("0.2")),
                _place(slot * index + slot / 2),
                _place(slot * index),
                _place(slot),
                _place(slot * Decimal("0.6")),
                index in provisional,
                index not in unknown,
                _stack(values, labels, _TOP + top * scale, scale),
                tuple(values),
                sum(values, Decimal(0)),
            )
            for index, (label, values) in enumerate(zip(columns, per_column, strict=True))
        ),
    )


def _stack(values: Sequence[Decimal], labels: Sequence[str], zero: Decimal, scale: Decimal) -> tuple[Mark, ...]:
    up = down = zero
    marks = []
    for index, value in enumerate(values):
        height = abs(value) * scale
        if value > 0:
            up -= height
            # One pixel of air between neighbours keeps parts apart without relying on colour.
            marks.append(Mark(index, _place(up), _place(max(height - 1, height / 2)), labels[index], value))
        elif value < 0:
            marks.append(Mark(index, _place(down), _place(max(height - 1, height / 2)), labels[index], value))
            down += height
    return tuple(marks)


def shares(
    title: str, currency: str, labels: Sequence[str], rows: Sequence[tuple[str, str, Decimal, Sequence[Decimal]]]
) -> ShareChart:
    """Horizontal bars of parts, all on the scale of the longest.

    rows: (label, address or "", total shown, parts); a negative part is drawn by its size.
    """
    longest = max((sum((abs(part) for part in parts), Decimal(0)) for *_, parts in rows), default=Decimal(0))
    scale = Decimal(100) / longest if longest else Decimal(0)
    return ShareChart(
        title,
        currency,
        tuple(labels),
        tuple(
            ShareRow(label, href, total, _segments(parts, labels, scale), tuple(parts))
            for label, href, total, parts in rows
        ),
    )


def _segments(parts: Sequence[Decimal], labels: Sequence[str], scale: Decimal) -> tuple[Segment, ...]:
    x = Decimal(0)
    segments = []
    for index, part in enumerate(parts):
        width = abs(part) * scale
        if part:
            segments.append(Segment(index, _place(x), _place(width), labels[index], part))
        x += width
    return tuple(segments)
