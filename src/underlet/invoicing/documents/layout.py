"""What the invoice template prints, all as final texts: a pure function of the snapshot."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from underlet.invoicing.documents import wording
from underlet.invoicing.texts import words
from underlet.invoicing.types import Snapshot

_NUMBERS = ("vat_id", "tax_number", "organization_number")


def layout(snapshot: Snapshot) -> dict[str, Any]:
    """The data of `invoice.typ`: labels in its language, numbers in its locale, the seller's colours."""
    form, totals, dates = snapshot["form"], snapshot["totals"], snapshot["dates"]
    locale, currency, said = form["locale"], totals["currency"], words(form["language"])
    identity = snapshot["identity"]
    gross = Decimal(totals["gross"])
    due = wording.day(date.fromisoformat(dates["due_on"]), locale)
    pay = said["pay_by"] if gross > 0 else said["nothing_due"]
    return {
        "language": form["language"],
        "title": f"{said['invoice']} {identity['number']}",
        "words": said,
        "brand": dict(form["brand"]),
        "number": identity["number"],
        "issued_on": wording.day(date.fromisoformat(dates["issued_on"]), locale),
        "due_on": due,
        "period": wording.month(date.fromisoformat(dates["period_start"]), locale),
        "seller": _party(snapshot["seller"], said),
        "buyer": _party(snapshot["buyer"], said),
        "contact": [text for text in (snapshot["seller"]["email"], snapshot["seller"]["phone"]) if text],
        "footer": snapshot["seller"]["footer"],
        "product_name": form["product_name"],
        "currency": currency,
        "counted": any(line["quantity"] for line in snapshot["lines"]),
        "sections": _sections(snapshot, said, locale),
        "net": wording.amount(Decimal(totals["net"]), locale),
        "gross": wording.money(gross, currency, locale),
        "vat_groups": [_vat_group(group, said, locale) for group in snapshot["vat_groups"]],
        "pay": pay.format(amount=wording.money(abs(gross), currency, locale), date=due),
        "is_due": gross > 0,
        "bank": _bank(snapshot, said) if gross > 0 else [],
    }


def _party(party: Mapping[str, str], said: Mapping[str, str]) -> dict[str, Any]:
    """A party as an address, and the numbers that identify it."""
    city = " ".join(part for part in (party["postal_code"], party["city"]) if part)
    where = ", ".join(part for part in (city, party["region"], party["country"]) if part)
    numbers = [f"{said[name]} {party[name]}" for name in _NUMBERS if party[name]]
    return {
        "name": party["name"],
        "address": [line for line in (party["street"], party["address_line_2"], where) if line],
        "numbers": numbers,
    }


def _sections(snapshot: Snapshot, said: Mapping[str, str], locale: str) -> list[dict[str, Any]]:
    """Lines by sub-account in the order of the document; fees in a section of their own, last."""
    sections: list[dict[str, Any]] = []
    for line in snapshot["lines"]:
        if line["kind"] == "fee":
            title, detail, text = said["fees"], "", line["text"]
        else:
            name, number = line["sub_account_name"], line["sub_account"] or ""
            title = name or number or said["no_sub_account"]
            detail = number if name and number != name else ""
            text = ", ".join([line["service"], *line["remarks"]])
        if not sections or (sections[-1]["title"], sections[-1]["detail"]) != (title, detail):
            sections.append({"title": title, "detail": detail, "lines": []})
        sections[-1]["lines"].append(_line(line, text, said, locale))
    return sections


def _line(line: Mapping[str, Any], text: str, said: Mapping[str, str], locale: str) -> dict[str, str]:
    counted = line["quantity"] is not None
    unit = line["unit_of_measure"] or ""
    return {
        "text": text,
        "quantity": f"{wording.quantity(Decimal(line['quantity']), locale)} {unit}".strip() if counted else "",
        "price": wording.quantity(Decimal(line["price"]), locale) if counted else "",
        "vat": _rate(line["vat_category"], Decimal(line["vat_rate"]), locale),
        "net": wording.amount(Decimal(line["net"]), locale),
    }


def _rate(category: str, rate: Decimal, locale: str) -> str:
    return wording.percent(rate, locale) if category in ("S", "Z") else category


def _vat_group(group: Mapping[str, str], said: Mapping[str, str], locale: str) -> dict[str, str]:
    rate = Decimal(group["rate"])
    taxed = group["category"] == "S"
    return {
        "label": f"{said['vat_total']} {wording.percent(rate, locale)}",
        "reason": "" if taxed else said[f"vat_{group['category']}"],
        "rate": _rate(group["category"], rate, locale),
        "base": wording.amount(Decimal(group["base"]), locale),
        "tax": wording.amount(Decimal(group["tax"]), locale),
    }


def _bank(snapshot: Snapshot, said: Mapping[str, str]) -> list[list[str]]:
    seller, bank = snapshot["seller"], snapshot["seller"]["bank"]
    rows = [
        [said["account_holder"], seller["name"] if bank["iban"] else ""],
        [said["iban"], grouped(bank["iban"])],
        [said["bic"], bank["bic"]],
        [said["bank"], bank["bank_name"]],
        [said["reference"], snapshot["payment"]["reference"]],
    ]
    return [row for row in rows if row[1]]


def grouped(iban: str) -> str:
    """An IBAN in groups of four, as people type it."""
    plain = iban.replace(" ", "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))
