"""Pinning what a billing run rests on: files, owners, chains, rates; and its hash (billing.md §10.1)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from underlet.accounts.queries import ownership_in
from underlet.contracts.queries import edges_in, paths_in
from underlet.contracts.types import EdgeTerms
from underlet.foundation.duck import open_duckdb
from underlet.kernel.errors import WrongState
from underlet.kernel.period import DayRange, Month
from underlet.kernel.pricing.types import Metric
from underlet.kernel.sentence import Sentence
from underlet.rating.engines.duck import VERSION, open_cubes
from underlet.rating.engines.types import RatingInputs
from underlet.rating.models import BillingRun, ExchangeRate
from underlet.usage.queries import lake, pinned_files


@dataclass(frozen=True, slots=True)
class Pinned:
    """A run's inputs.

    manifest: what the run stores of them. rates: of the root's books, reporting currency for one unit of the key.
    edges: contract versions of the days concerned, by database id.
    """

    inputs: RatingInputs
    manifest: Mapping[str, Any]
    inputs_hash: str
    reporting_currency: str
    rates: Mapping[str, Decimal]
    edges: Mapping[int, EdgeTerms]


def pin(run: BillingRun) -> Pinned:
    """Read all inputs of a run in the open transaction, as the system.

    Raises WrongState when the month has no active import.
    """
    period, hierarchy = Month.of(run.period), run.unit.hierarchy
    files = pinned_files(run.hierarchy_id, period.start, "cube")
    if not files:
        raise WrongState(
            Sentence("There is no usage of {period} to price.", period=str(period)),
            hint="Import the month's billing files first.",
        )
    cubes = tuple(file.path for file in files)
    days = _days(period, cubes)
    assert days.end is not None
    ownership = tuple(ownership_in(run.hierarchy_id, days.start, days.end))
    paths = paths_in(run.hierarchy_id, days, sorted({one.unit_id for one in ownership}))
    edges = {edge.version_id: edge for edge in edges_in(run.hierarchy_id, days)}
    rates = {
        rate.currency: rate.rate
        for rate in ExchangeRate.objects.filter(hierarchy_id=run.hierarchy_id, period=run.period)
    }
    facts = {
        "engine": VERSION,
        "period": str(period),
        "metric": hierarchy.metric,
        "currency": hierarchy.currency,
        "files": sorted([file.sha256, file.provider, file.billing_account] for file in files),
        "ownership": sorted(map(repr, ownership)),
        "chains": {
            str(owner): [
                [str(epoch.days.start), str(epoch.days.end), epoch.gap, [edge.version_id for edge in epoch.edges]]
                for epoch in epochs
            ]
            for owner, epochs in sorted(paths.items())
        },
        "versions": {str(id_): _digest(repr(edge)) for id_, edge in sorted(edges.items())},
        "rates": {currency: format(rate, "f") for currency, rate in sorted(rates.items())},
    }
    manifest = {
        **facts,
        "cubes": [
            {"path": str(file.path.relative_to(lake())), "import": file.import_name, "sha256": file.source_sha256}
            for file in files
        ],
    }
    return Pinned(
        RatingInputs(period, Metric(hierarchy.metric), cubes, ownership, paths),
        manifest,
        _digest(json.dumps(facts, sort_keys=True)),
        hierarchy.currency,
        rates,
        edges,
    )


def _days(period: Month, cubes: tuple[Path, ...]) -> DayRange:
    """All days that charges of the month lie on, and the month itself: real files have days outside it."""
    with open_duckdb(files=cubes, threads=1) as connection:
        open_cubes(connection, cubes)
        found = connection.execute("SELECT min(x_day), max(x_day) FROM cube").fetchone()
    first, last = found or (None, None)
    one = timedelta(days=1)
    return DayRange(min(_or(first, period.start), period.start), max(_or(last, period.start) + one, period.end))


def _or(day: date | None, other: date) -> date:
    return other if day is None else day


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
