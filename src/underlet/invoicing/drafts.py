"""What a month's invoice of one contract says: a pure function of priced charges and the contract's fees.

Nothing here reads a table or a clock, so a re-run over the same inputs drafts the same invoices (I7).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from underlet.contracts.types import EdgeTerms, Fee
from underlet.invoicing.texts import words
from underlet.kernel.money import EXACT, multiply
from underlet.kernel.period import Month
from underlet.kernel.pricing.items import FeeLine, fee_line
from underlet.kernel.tax import DocumentTotals, TaxedLine, VatCategory, document_totals
from underlet.rating.types import LineKey, VersionLine

HALF_CENT = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One invoice line. net: posted. quantity, unit and price only where they reproduce the net (documents.md).

    key: what the line rests on: a priced line of a contract version, or a fee and its days. Strings or null only.
    """

    kind: str
    text: str
    exact: Decimal
    net: Decimal
    vat_category: VatCategory
    vat_rate: Decimal
    sub_account: str | None = None
    sub_account_name: str = ""
    service: str = ""
    charge_category: str = ""
    rule_id: str | None = None
    quantity: Decimal | None = None
    unit_of_measure: str | None = None
    price: Decimal | None = None
    key: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice before it has a number. edge: the newest version in the month, whose payment days count.

    hold: why it cannot be issued, in the words of a refusal code; "" = it can.
    """

    edge: EdgeTerms
    currency: str
    lines: tuple[DraftLine, ...]
    totals: DocumentTotals
    hold: str


def draft_invoices(
    month: Month,
    edges: Sequence[EdgeTerms],
    priced: Mapping[int, Sequence[VersionLine]],
    languages: Mapping[int, str],
    holds: Mapping[int, str],
) -> list[Draft]:
    """The drafts of a month, one per contract and currency, in order of contract.

    edges: every contract version that touches the month. priced: lines by version id, in document order.
    languages: of documents, by buyer's unit id. holds: refusal code by version id. A contract with neither
    charges nor fees gets no draft. A document whose net is negative is held (`negative_total`, billing.md §6.7).
    """
    grouped: dict[tuple[int, str], list[EdgeTerms]] = defaultdict(list)
    for edge in edges:
        grouped[edge.contract_id, edge.terms.currency].append(edge)
    drafts = []
    for (_, currency), versions in sorted(grouped.items()):
        language = languages.get(versions[0].buyer_id, "en")
        lines = [
            line for edge in versions for line in usage_lines(edge, priced.get(edge.version_id, ()), language)
        ] + [line for edge in versions for line in fee_lines(edge, month, language)]
        held = next((holds[edge.version_id] for edge in versions if edge.version_id in holds), "")
        if not lines and not held:
            continue
        totals = document_totals(
            [TaxedLine(line.net, line.vat_category, line.vat_rate) for line in lines], currency
        )
        hold = held or ("negative_total" if totals.net < 0 else "")
        drafts.append(Draft(versions[-1], currency, tuple(lines), totals, hold))
    return drafts


def usage_lines(edge: EdgeTerms, priced: Sequence[VersionLine], language: str) -> list[DraftLine]:
    """One line per priced line of the edge; the posted amount is the run's own (billing.md §6.2)."""
    said = words(language)
    lines = []
    for line in priced:
        quantity, price = quantity_and_price(line)
        lines.append(
            DraftLine(
                "usage",
                usage_text(line.key, line.sub_account_name, said),
                line.exact,
                line.posted,
                edge.vat_category,
                edge.vat_rate,
                line.key.sub_account,
                line.sub_account_name,
                line.key.service,
                line.key.charge_category,
                line.key.rule_id,
                quantity,
                line.unit_of_measure if quantity is not None else None,
                price,
                {"version_id": str(edge.version_id), **asdict(line.key)},
            )
        )
    return lines


def usage_text(key: LineKey, sub_account_name: str, said: Mapping[str, str]) -> str:
    """Service, sub-account, and what sets the line apart from plain usage, in the document's language."""
    where = sub_account_name or key.sub_account or said["no_sub_account"]
    remarks = remarks_of(key.charge_category, key.charge_class, key.charge_kind, said)
    return ", ".join(part for part in (key.service, where, *remarks) if part)


def remarks_of(
    category: str | None, charge_class: str | None, kind: str | None, said: Mapping[str, str]
) -> list[str]:
    """What sets a charge apart from plain usage: its category or kind (refund, commitment), and a correction."""
    what = kind if kind in ("refund", "commitment") else category
    found = [] if what in (None, "", "Usage") else [said.get(what, what)]
    return [*found, said["correction"]] if charge_class else found


def quantity_and_price(line: VersionLine) -> tuple[Decimal | None, Decimal | None]:
    """The quantity and unit price to print, or neither.

    Only for a price per quantity whose charges share one unit, and only where quantity × price is the line within
    half a cent (documents.md §4.1.3–4); every other line counts as one piece at its net.
    """
    if line.unit_price is None or line.quantity is None or line.unit_of_measure is None:
        return None, None
    if abs(EXACT.subtract(multiply(line.quantity, line.unit_price), line.posted)) > HALF_CENT:
        return None, None
    return line.quantity, line.unit_price


def fee_lines(edge: EdgeTerms, month: Month, language: str) -> list[DraftLine]:
    """Recurring fees of the month in arrears, prorated by calendar day (billing.md §8, §9).

    Example: 300.00 from 04-11 in a month of 30 days -> 20 days -> 200.00.
    """
    lines = []
    for fee in edge.fees:
        found = fee_line(fee.price, fee.quantity, fee.days, edge.days, month, edge.terms.currency)
        if found is not None:
            lines.append(_fee(edge, fee, found, language))
    return lines


def _fee(edge: EdgeTerms, fee: Fee, found: FeeLine, language: str) -> DraftLine:
    amount = multiply(fee.price, fee.quantity)
    whole = found.days.days == found.of_days
    share = words(language)["days_of"].format(days=found.days.days, all=found.of_days)
    counts = amount == found.posted
    return DraftLine(
        "fee",
        fee.label if whole else f"{fee.label}, {share}",
        found.posted,
        found.posted,
        edge.vat_category,
        edge.vat_rate,
        quantity=fee.quantity if counts else None,
        price=fee.price if counts else None,
        key={
            "label": fee.label,
            "monthly": format(amount, "f"),
            "starts_on": found.days.start.isoformat(),
            "ends_on": found.days.end.isoformat() if found.days.end else None,
            "days": str(found.days.days),
            "of_days": str(found.of_days),
        },
    )
