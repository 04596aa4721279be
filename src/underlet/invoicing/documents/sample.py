"""An invoice that was never issued, to show how a brand prints: its buyer and amounts are made up, and always the same.

It goes the way of real ones, from material to snapshot to paper, so that the preview cannot differ from the document.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from underlet.invoicing.snapshot import PARTY, snapshot_of
from underlet.invoicing.types import Snapshot

_NONE = dict.fromkeys(PARTY, "")
_BANK = {"bank_name": "Example Bank", "iban": "DE02120300000000202051", "bic": "EXAMDEFF"}
_LINES = (
    ("Production", "Virtual machines", "1240.00"),
    ("Production", "Object storage", "318.40"),
    ("Backup", "Backup storage", "96.25"),
)
_NET, _VAT, _GROSS = "1654.65", "314.38", "1969.03"


def sample_snapshot(seller: str, brand: Mapping[str, str], language: str) -> Snapshot:
    """The sample in a brand (fields as `effective_brand` names them) and a language of documents."""
    material: dict[str, Any] = {
        "invoice": {
            "public_id": "00000000-0000-0000-0000-000000000000", "series": "", "currency": "EUR",
            "net": _NET, "vat": _VAT, "gross": _GROSS, "period": "2026-04-01",
        },
        "lines": [_line(position, *line) for position, line in enumerate(_LINES, 1)],
        "seller": {
            **_NONE, **_BANK, "name": seller, "street": "Example Street 1", "postal_code": "10115", "city": "Berlin",
            "country": "DE", "vat_id": "DE123456789",
        },
        "buyer": {
            **_NONE, "name": "Example Customer Ltd", "street": "Sample Road 2", "postal_code": "20095",
            "city": "Hamburg", "country": "DE", "language": language,
        },
        "contract": {"id": "00000000-0000-0000-0000-000000000000", "version": 1, "payment_days": 14},
        "brand": dict(brand),
        "zone": "Europe/Berlin",
    }  # fmt: skip
    return snapshot_of(
        material, number="0000-00000", issued_on=date(2026, 5, 4), due_on=date(2026, 5, 18), previous_sha256=None
    )


def _line(position: int, sub_account: str, service: str, net: str) -> dict[str, Any]:
    return {
        "position": position, "kind": "usage", "text": "", "sub_account": sub_account, "sub_account_name": sub_account,
        "service": service, "charge_category": "Usage", "quantity": None, "unit_of_measure": None, "price": None,
        "key": {}, "net": net, "vat_category": "S", "vat_rate": "19",
    }  # fmt: skip
