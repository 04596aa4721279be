"""Ranges of days that people ask for most; half-open: the last day is the first that no longer counts."""

from datetime import date

from django.utils.translation import gettext as _

from underlet.kernel.period import Month


def presets(today: date) -> tuple[tuple[str, date, date], ...]:
    """Label, first day, first day after: this month, last month, this year."""
    this = Month.of(today)
    last = this.previous()
    return (
        (_("This month"), this.start, this.end),
        (_("Last month"), last.start, last.end),
        (_("This year"), date(today.year, 1, 1), date(today.year + 1, 1, 1)),
    )
