"""The frozen record of an issued invoice (documents.md §2): all that any rendering needs, as strings.

Keys are sorted, decimals and dates are strings, texts are NFC; each record carries the hash of the record before
it in its seller's series and year, so that none can be changed or dropped unnoticed. It holds this edge only.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from underlet.branding.queries import DEFAULT_COLOR
from underlet.foundation.types import to_json
from underlet.invoicing.documents.fonts import font_set_hash
from underlet.invoicing.drafts import remarks_of
from underlet.invoicing.texts import LOCALES, words
from underlet.invoicing.types import Snapshot
from underlet.kernel.money import round_amount
from underlet.kernel.palette import palette
from underlet.kernel.period import Month
from underlet.kernel.tax import EXEMPTION_CODES, TaxedLine, VatCategory, document_totals

TEMPLATE_VERSION = "invoice 3"
"""Changes whenever `invoice.typ` or the way that data reach it would give other bytes."""

PARTY = (
    "name",
    "street",
    "address_line_2",
    "postal_code",
    "city",
    "region",
    "country",
    "organization_number",
    "vat_id",
    "tax_number",
    "email",
    "phone",
    "electronic_address",
    "electronic_address_scheme",
)
"""What a document says of each party."""
_BANK = ("bank_name", "iban", "bic")


def read_material(text: str) -> dict[str, Any]:
    """What the database knows of a draft, with decimals that never were floats."""
    material: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return material


def snapshot_of(
    material: Mapping[str, Any],
    *,
    number: str,
    issued_on: date,
    due_on: date,
    previous_sha256: str | None,
) -> Snapshot:
    """The frozen record of a draft that becomes this number.

    material: as `invoice_material` in SQL gives it. Totals are computed anew from the posted lines, and must be
    those of the draft (I4). Raises ValueError if they are not.
    """
    invoice, lines = material["invoice"], material["lines"]
    seller, buyer, brand = material["seller"], material["buyer"], material["brand"]
    currency = invoice["currency"]
    totals = document_totals([_taxed(line, currency) for line in lines], currency)
    if (totals.net, totals.vat, totals.gross) != tuple(
        _posted(invoice[n], currency) for n in ("net", "vat", "gross")
    ):
        raise ValueError(f"draft {invoice['public_id']} does not add up")
    language = buyer["language"]
    month = Month.of(date.fromisoformat(invoice["period"]))
    record = {
        "identity": {
            "id": invoice["public_id"],
            "type": "380",
            "series": invoice["series"],
            "number": number,
            "previous_sha256": previous_sha256,
        },
        "dates": {
            "issued_on": issued_on,
            "due_on": due_on,
            "period_start": month.start,
            "period_end": month.end,
            "time_zone": material["zone"],
        },
        "seller": {
            **_take(seller, PARTY),
            "bank": _take(seller, _BANK),
            "footer": brand.get("invoice_footer", ""),
        },
        "buyer": _take(buyer, PARTY),
        "contract": {"id": material["contract"]["id"], "version": material["contract"]["version"]},
        "lines": [_line(line, currency, words(language)) for line in lines],
        "vat_groups": [
            {
                "category": group.category,
                "rate": group.rate,
                "base": group.base,
                "tax": group.tax,
                "exemption": EXEMPTION_CODES.get(group.category, ""),
            }
            for group in totals.groups
        ],
        "totals": {"currency": currency, "net": totals.net, "vat": totals.vat, "gross": totals.gross},
        "payment": {"days": material["contract"]["payment_days"], "means": "58", "reference": number},
        "form": {
            "language": language,
            "locale": LOCALES[language],
            "brand": asdict(palette(brand.get("color", DEFAULT_COLOR), dark=False)),
            "product_name": brand.get("product_name", ""),
            "logo_sha256": brand.get("logo_sha256"),
            "logo_media_type": brand.get("logo_media_type"),
            "template": TEMPLATE_VERSION,
            "fonts_sha256": font_set_hash(),
        },
    }
    frozen: Snapshot = _frozen(record)
    return frozen


def canonical(snapshot: Snapshot) -> str:
    """The one text of a record: sorted keys, no spaces."""
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(snapshot: Snapshot) -> str:
    """The hash of the record's text."""
    return hashlib.sha256(canonical(snapshot).encode()).hexdigest()


def chain_is_whole(snapshots: Sequence[Snapshot]) -> bool:
    """Whether a seller's records, in order of number, each name the hash of the one before."""
    hashes = [None, *(sha256_of(snapshot) for snapshot in snapshots)]
    return all(
        one["identity"]["previous_sha256"] == before for one, before in zip(snapshots, hashes, strict=False)
    )


def _posted(value: Any, currency: str) -> Decimal:
    return round_amount(Decimal(value), currency)


def _taxed(line: Mapping[str, Any], currency: str) -> TaxedLine:
    return TaxedLine(_posted(line["net"], currency), VatCategory(line["vat_category"]), Decimal(line["vat_rate"]))


def _take(source: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: source[name] for name in names}


def _line(line: Mapping[str, Any], currency: str, said: Mapping[str, str]) -> dict[str, Any]:
    """A line as printed: never its exact price, its rule or its key."""
    own = ("kind", "text", "sub_account", "sub_account_name", "service", "charge_category")
    given, key = line["quantity"] is not None, line["key"]
    return {
        **_take(line, own),
        "remarks": remarks_of(line["charge_category"], key.get("charge_class"), key.get("charge_kind"), said),
        "position": str(line["position"]),
        "quantity": Decimal(line["quantity"]) if given else None,
        "unit_of_measure": line["unit_of_measure"],
        "price": Decimal(line["price"]) if given else None,
        "net": _posted(line["net"], currency),
        "vat_category": line["vat_category"],
        "vat_rate": Decimal(line["vat_rate"]),
    }


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _frozen(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_frozen(item) for item in value]
    plain = to_json(value)
    if isinstance(plain, str):
        return unicodedata.normalize("NFC", plain)
    return plain if plain is None else str(plain)
