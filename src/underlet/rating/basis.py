"""The folder in which a run keeps what explains its prices, and the list of what it rests on.

Kept as files, because the rows behind them (runs, upper contracts) are hidden from most who may ask for an
explanation; what of it they see is decided where it is read, in `explain`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from underlet.foundation.settings import settings
from underlet.kernel.pricing.types import Terms
from underlet.rating.pin import Pinned
from underlet.rating.types import Source
from underlet.usage.queries import lake

_NAME = "basis.json"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a run rests on. sources: the billing file behind each cube; terms: currency and rates by version id."""

    sources: Mapping[Path, Source]
    terms: Mapping[int, Terms]


def folder_of(run_id: int) -> Path:
    """Where a run keeps `own.parquet`, `eff.parquet` and its basis."""
    return settings().data / "runs" / str(run_id)


def write_basis(folder: Path, pinned: Pinned) -> None:
    """Keep the run's basis; the same inputs give the same bytes."""
    content = {
        "cubes": pinned.manifest["cubes"],
        "terms": {
            str(id_): {
                "currency": edge.terms.currency,
                "rates": {currency: format(rate, "f") for currency, rate in sorted(edge.terms.rates.items())},
            }
            for id_, edge in sorted(pinned.edges.items())
        },
    }
    (folder / _NAME).write_text(json.dumps(content), encoding="utf-8")


def read_basis(folder: Path) -> Basis:
    """The basis as written. Raises FileNotFoundError."""
    content = json.loads((folder / _NAME).read_text(encoding="utf-8"))
    return Basis(
        {lake() / cube["path"]: Source(cube["import"], cube["sha256"]) for cube in content["cubes"]},
        {
            int(id_): Terms(
                id_,
                one["currency"],
                (),
                rates={currency: Decimal(rate) for currency, rate in one["rates"].items()},
            )
            for id_, one in content["terms"].items()
        },
    )
