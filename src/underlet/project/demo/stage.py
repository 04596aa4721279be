"""The script of the fixed cast: who is who, who sells what to whom at which prices, who owns which sub-account.

Invented throughout: names, addresses, tax numbers and bank accounts are plausible in form and belong to nobody.
Prices follow the worked example of docs/algorithms/chain.md, fitted to the services of the demo's providers.
"""

import csv
from dataclasses import dataclass
from importlib import resources
from typing import Any

from underlet.kernel.period import Month

MONTH = Month(2026, 10)
STARTS_ON = "2026-01-01"
ISSUED_ON = "2026-11-02"
EXCHANGE_RATES = {"USD": "0.92", "SEK": "0.0893"}
"""Rates of the root's books in MONTH: EUR for one unit."""


@dataclass(frozen=True, slots=True)
class RootUnit:
    """A hierarchy by its root."""

    key: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class CastUnit:
    """A unit below another; has_entity: a legal entity of its own, so that contracts can name it."""

    parent: str
    key: str
    kind: str
    name: str
    has_entity: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with one role on one or more units."""

    key: str
    units: tuple[str, ...]
    role: str
    language: str = "en"

    @property
    def name(self) -> str:
        return self.key.title()

    @property
    def email(self) -> str:
        return f"{self.key}@example.com"


ROOTS = (RootUnit("fjord", "Fjord", "EUR"), RootUnit("harbor", "Harbor", "EUR"))
UNITS = (
    CastUnit("fjord", "birch", "organization", "Birch", True),
    CastUnit("birch", "birch_lab", "organization", "Birch Lab", False),
    CastUnit("birch", "alder", "organization", "Alder", True),
    CastUnit("alder", "acme", "customer", "acme.example.com", True),
    CastUnit("birch", "beta", "customer", "beta.example.org", True),
    CastUnit("birch", "gamma_finance", "customer", "finance.gamma.example.net", True),
    CastUnit("birch", "gamma_lab", "customer", "lab.gamma.example.net", True),
    CastUnit("fjord", "cedar", "organization", "Cedar", True),
    CastUnit("cedar", "delta", "customer", "delta.example.org", True),
    CastUnit("harbor", "science", "organization", "Faculty of Science", False),
    CastUnit("harbor", "arts", "organization", "Faculty of Arts", False),
    CastUnit("science", "physics", "organization", "Department of Physics", False),
)
PEOPLE = (
    Person("ada", ("fjord",), "administrator"),
    Person("ben", ("birch",), "administrator"),
    Person("ira", ("birch_lab",), "viewer"),
    Person("cleo", ("alder",), "administrator"),
    Person("dan", ("acme",), "customer_administrator"),
    Person("bea", ("beta",), "customer_viewer"),
    Person("pat", ("gamma_finance", "gamma_lab"), "customer_viewer"),
    Person("eve", ("cedar",), "administrator"),
    Person("uma", ("harbor",), "administrator"),
)
CUSTOMER_ORGANIZATION = CastUnit("birch", "gamma", "customer", "gamma.example.net", True)
"""What Gamma's two companies refer to, and Pat works for, after `hold_together`: never billed itself."""
ITS_CUSTOMERS, ITS_PERSON = ("gamma_finance", "gamma_lab"), "pat"
ADMINISTRATORS = {"fjord": "ada", "birch": "ben", "alder": "cleo", "cedar": "eve", "harbor": "uma"}
SHOWN_PEOPLE = ("ada", "ben", "dan")
"""Whose sign-in the demo prints: top, middle and end of the chain."""


def legal_entities() -> dict[str, dict[str, str]]:
    """Legal data by unit, from `legal_entities.csv`; empty cells are left out."""
    text = resources.files(__package__).joinpath("legal_entities.csv").read_text("utf-8")
    return {
        row.pop("unit"): {name: value for name, value in row.items() if value}
        for row in csv.DictReader(text.splitlines())
    }


BRANDS: dict[str, dict[str, str]] = {
    "fjord": {
        "color": "#1d4ed8", "product_name": "Fjord Cloud Desk", "reply_to": "help@fjord.example",
        "invoice_footer": "Late payments bear interest by law.",
    },
    "birch": {
        "color": "#0f766e", "product_name": "Birch Cloud", "sender_name": "Birch Cloud Service",
        "reply_to": "service@birch.example",
        "invoice_footer": "Geschäftsführung: Ben Birkner. Amtsgericht Hamburg.",
    },
    "alder": {"color": "#b45309", "product_name": "Alder Portal"},
    "cedar": {"color": "#9d174d", "product_name": "Cedar One"},
    "harbor": {"color": "#4338ca", "product_name": "Harbor University Cloud"},
}  # fmt: skip


def _is(dimension: str, *values: str) -> list[dict[str, Any]]:
    return [{"dimension": dimension, "operator": "in", "values": list(values)}]


_REMOVE_TAX = {"verb": "remove", "conditions": _is("ChargeCategory", "Tax"), "label": "The provider's tax stays"}
_REMOVE_CREDIT = {"verb": "remove", "conditions": _is("ChargeCategory", "Credit"), "label": "Credits stay"}
_COMPUTE = _is("ServiceCategory", "Compute")


def _over_list(percent: str, **more: Any) -> dict[str, Any]:
    """Over the list price, and over the seller's cost where a charge has none (marketplace, refunds)."""
    return {"verb": "adjust", "base": "list", "percent": percent, "on_missing_base": "seller_cost", **more}


def _over_cost(percent: str) -> dict[str, Any]:
    return {"verb": "adjust", "base": "seller_cost", "percent": percent}


def _terms(currency: str, rules: list[dict[str, Any]], vat: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"currency": currency, "rules": rules, "vat_category": vat[0], "vat_rate": vat[1], **more}


_REVERSE_CHARGE, _GERMAN, _OUTSIDE = ("AE", "0"), ("S", "19"), ("O", "0")
CONTRACTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "fjord",
        "birch",
        _terms(
            "EUR",
            [
                _REMOVE_TAX,
                _REMOVE_CREDIT,
                _over_list("-8", conditions=_COMPUTE, label="Compute, 8 % below list"),
                _over_cost("5"),
            ],
            _REVERSE_CHARGE,
            rates={"USD": "0.92"},
        ),
    ),
    ("birch", "alder", _terms("EUR", [_over_cost("4")], _GERMAN, payment_days=14)),
    (
        "alder",
        "acme",
        _terms(
            "EUR",
            [
                {
                    "verb": "unit",
                    "price": "0.025",
                    "conditions": _is("SkuId", "S3-STD"),
                    "label": "Standard storage",
                },
                _over_list("0"),
            ],
            _GERMAN,
            fees=[{"label": "Managed service", "price": "300.00", "starts_on": "2026-10-11"}],
        ),
    ),
    ("birch", "beta", _terms("EUR", [_over_list("-2")], _GERMAN)),
    (
        "birch",
        "gamma_finance",
        _terms(
            "SEK",
            [{"verb": "pass_through"}],
            _REVERSE_CHARGE,
            rates={"EUR": "11.20"},
            fees=[{"label": "Service desk", "price": "4500.00"}],
        ),
    ),
    (
        "birch",
        "gamma_lab",
        _terms(
            "SEK",
            [{"verb": "margin", "base": "seller_cost", "percent": "6"}],
            _REVERSE_CHARGE,
            rates={"EUR": "11.20"},
        ),
    ),
    (
        "fjord",
        "cedar",
        _terms(
            "USD",
            [_REMOVE_TAX, {"verb": "margin", "base": "seller_cost", "percent": "7.5"}],
            _OUTSIDE,
            rates={"EUR": "1.09"},
        ),
    ),
    ("cedar", "delta", _terms("USD", [_REMOVE_CREDIT, _over_list("3")], _OUTSIDE, payment_days=45)),
)
"""Seller, buyer, terms; in the order in which a chain must be made, from the root down."""

_AWS, _AZURE = "4110000000", "7b1e0a52-000{0}-4c1d-9a10-00000000000{0}"
HANDOVER = "2026-10-16"
OWNERS: tuple[tuple[str, str, str, str], ...] = (
    (f"{_AWS}01", "acme", STARTS_ON, ""),
    (f"{_AWS}02", "acme", STARTS_ON, HANDOVER),
    (f"{_AWS}02", "beta", HANDOVER, ""),
    (f"{_AWS}03", "gamma_finance", STARTS_ON, ""),
    (f"{_AWS}04", "delta", STARTS_ON, ""),
    (_AZURE.format(1), "acme", STARTS_ON, ""),
    (_AZURE.format(2), "beta", STARTS_ON, ""),
    (_AZURE.format(3), "gamma_lab", STARTS_ON, ""),
    (_AZURE.format(4), "delta", STARTS_ON, ""),
    ("acme-data-platform", "acme", STARTS_ON, ""),
    ("beta-shop-prod", "beta", STARTS_ON, ""),
)
"""Sub-account, owner, first day, first day that no longer counts (empty: open). The others stay unassigned."""

SELLERS = tuple(dict.fromkeys(seller for seller, _, _ in CONTRACTS))


def unit_name(key: str) -> str:
    """The name of a unit of the cast by its short name."""
    return next(unit.name for unit in (*ROOTS, *UNITS, CUSTOMER_ORGANIZATION) if unit.key == key)
