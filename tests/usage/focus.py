"""Small FOCUS files for tests: one good record, and files made of changed copies of it."""

import csv
import gzip
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from underlet.kernel.errors import FileError, ImportRejected
from underlet.usage.intake.load import content_hash, load_file
from underlet.usage.intake.types import LoadedFile, Task
from underlet.usage.intake.work import load

GOOD: Mapping[str, str] = {
    "BilledCost": "1.5",
    "EffectiveCost": "1.25",
    "ListCost": "2",
    "ContractedCost": "1.5",
    "BillingAccountId": "0012345",
    "BillingAccountName": "Payer",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-09-01T00:00:00Z",
    "BillingPeriodEnd": "2026-10-01T00:00:00Z",
    "ChargePeriodStart": "2026-09-05T00:00:00Z",
    "ChargePeriodEnd": "2026-09-06T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargeDescription": "Virtual machine hour",
    "CommitmentDiscountId": "",
    "InvoiceIssuerName": "Amazon Web Services, Inc.",
    "PricingQuantity": "24",
    "PricingUnit": "Hours",
    "ProviderName": "AWS",
    "PublisherName": "Amazon Web Services, Inc.",
    "RegionId": "eu-west-1",
    "ResourceId": "i-1",
    "ServiceCategory": "Compute",
    "ServiceName": "EC2",
    "SkuId": "SKU1",
    "SubAccountId": "000042",
    "SubAccountName": "Shop",
    "Tags": '{"env": "prod"}',
}


def record(**changes: str) -> dict[str, str]:
    """A good record with some columns changed, or added."""
    return {**GOOD, **changes}


def csv_bytes(*records: Mapping[str, str], line_end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    """A CSV file of records; its header is that of the first."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(records[0])
    writer.writerows(list(one.values()) for one in records)
    return text.getvalue().encode()


class Intake:
    """Loads files into a lake of its own, below a test's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lake = folder / "lake"
        self._number = 0

    def file(self, content: bytes, name: str = "focus.csv") -> Path:
        """Write a file to load."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def load(self, source: Path | bytes, supplied: Mapping[str, str] | None = None) -> LoadedFile:
        """Load a file in this process: what the child does, without starting one."""
        path, number = self._next(source)
        draft, scratch = self.lake / number, self.folder / f"scratch-{number}"
        draft.mkdir(parents=True)
        scratch.mkdir()
        return load(
            Task(path, draft, scratch, number, dict(supplied or {}), content_hash(path), 1, 500 << 20),
            lambda *_: None,
        )

    def load_in_child(self, source: Path | bytes) -> LoadedFile:
        """Load a file as the job does: in the limited child process."""
        path, number = self._next(source)
        return load_file(
            path, self.lake, import_id=number, content_sha256=content_hash(path), progress=lambda *_: None
        )

    def refused(self, source: Path | bytes) -> list[FileError]:
        """The errors that a file is refused with, in this process."""
        return self._refused(self.load, source)

    def refused_in_child(self, source: Path | bytes) -> list[FileError]:
        """The errors that a file is refused with, in the child; the lake must be as it was."""
        before = sorted(self.lake.rglob("*.parquet"))
        errors = self._refused(self.load_in_child, source)
        assert sorted(self.lake.rglob("*.parquet")) == before
        assert list(self.lake.glob("incoming/*")) == []
        return errors

    def _refused(self, load_it: Callable[[Path | bytes], LoadedFile], source: Path | bytes) -> list[FileError]:
        with pytest.raises(ImportRejected) as refusal:
            load_it(source)
        assert refusal.value.hint
        return list(refusal.value.errors)

    def _next(self, source: Path | bytes) -> tuple[Path, str]:
        self._number += 1
        return self.file(source) if isinstance(source, bytes) else source, f"import-{self._number}"

    def rows(self, loaded: LoadedFile, sql: str, kind: str = "lines") -> list[tuple[Any, ...]]:
        """A query over the lines (or the cube) of a loaded file, as the relation `f`."""
        paths = [str(self.lake / file.path) for one in loaded.snapshots for file in one.files if file.kind == kind]
        with duckdb.connect(config={"threads": "1"}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"CREATE VIEW f AS FROM read_parquet({paths})")
            return connection.execute(sql).fetchall()


def reasons(errors: Iterable[FileError]) -> set[str]:
    """The reasons among some errors."""
    return {error.reason for error in errors}


def gzipped(content: bytes, level: int = 6) -> bytes:
    """Gzip without a time stamp."""
    return gzip.compress(content, level, mtime=0)
