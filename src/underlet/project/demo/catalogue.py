"""What the demo's providers sell: services, prices, regions, and the sub-accounts of the fixed cast.

Plain facts of the size and shape of public price lists, none of them anybody's contract; the price lists are in
`catalogue.csv`. The generator turns them into FOCUS lines; the cast assigns the sub-accounts.
"""

import csv
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources


@dataclass(frozen=True, slots=True)
class Sku:
    """One thing on a price list.

    price: list price per unit, in the provider's currency, at most 6 decimals. quantity: a typical day's use.
    discount: the root's negotiated percent off the list. committable: can be covered by a commitment.
    has_list: False where the provider states no list price (marketplace).
    """

    sku: str
    service: str
    category: str
    description: str
    unit: str
    price: Decimal
    quantity: Decimal
    discount: int
    committable: bool
    has_list: bool


@dataclass(frozen=True, slots=True)
class SubAccount:
    """A provider's sub-account: AWS account, Azure subscription, Google project. weight: share of resources."""

    id: str
    name: str
    weight: int = 20


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as the root sees it: one billing account, one currency."""

    name: str
    issuer: str
    billing_account: str
    billing_account_name: str
    sub_account_type: str
    currency: str
    tax_percent: int
    partner_discount: str
    credit: str
    commitment: str
    regions: tuple[tuple[str, str], ...]
    sub_accounts: tuple[SubAccount, ...]

    def skus(self) -> list[Sku]:
        """The provider's price list, in the order of `catalogue.csv`."""
        text = resources.files(__package__).joinpath("catalogue.csv").read_text("utf-8")
        rows = (row for row in csv.DictReader(text.splitlines()) if row["provider"] == self.name)
        return [
            Sku(
                sku=row["sku"],
                service=row["service"],
                category=row["category"],
                description=row["description"],
                unit=row["unit"],
                price=Decimal(row["price"]),
                quantity=Decimal(row["quantity"]),
                discount=int(row["discount"]),
                committable=bool(row["committable"]),
                has_list=bool(row["has_list"]),
            )
            for row in rows
        ]


AWS = Provider(
    name="AWS",
    issuer="Amazon Web Services EMEA SARL",
    billing_account="410000000001",
    billing_account_name="Fjord payer",
    sub_account_type="Account",
    currency="USD",
    tax_percent=2,
    partner_discount="Solution Provider Program discount",
    credit="Promotional credit for new services",
    commitment="savings-plan/5f1c-compute",
    regions=(
        ("eu-central-1", "Europe (Frankfurt)"),
        ("eu-north-1", "Europe (Stockholm)"),
        ("us-east-1", "US East (N. Virginia)"),
    ),
    sub_accounts=(
        SubAccount("411000000001", "acme-production"),
        SubAccount("411000000002", "beta-webshop"),
        SubAccount("411000000003", "gamma-finance"),
        SubAccount("411000000004", "delta-logistics"),
        SubAccount("411000000005", "sandbox-2024", weight=1),
    ),
)

MICROSOFT = Provider(
    name="Microsoft",
    issuer="Microsoft Ireland Operations Limited",
    billing_account="/providers/Microsoft.Billing/billingAccounts/8420017",
    billing_account_name="Fjord Distribution",
    sub_account_type="Subscription",
    currency="EUR",
    tax_percent=2,
    partner_discount="Partner earned credit for services managed",
    credit="Azure migration credit",
    commitment="reservation/91ad-d4sv5",
    regions=(
        ("westeurope", "West Europe"),
        ("swedencentral", "Sweden Central"),
        ("germanywestcentral", "Germany West Central"),
    ),
    sub_accounts=(
        SubAccount("7b1e0a52-0001-4c1d-9a10-000000000001", "Acme Production"),
        SubAccount("7b1e0a52-0002-4c1d-9a10-000000000002", "Beta Analytics"),
        SubAccount("7b1e0a52-0003-4c1d-9a10-000000000003", "Gamma Lab"),
        SubAccount("7b1e0a52-0004-4c1d-9a10-000000000004", "Delta Dispatch"),
    ),
)

GOOGLE = Provider(
    name="Google Cloud",
    issuer="Google Cloud EMEA Limited",
    billing_account="01AB3C-4D5E6F-7A8B9C",
    billing_account_name="Fjord reseller billing",
    sub_account_type="Project",
    currency="USD",
    tax_percent=2,
    partner_discount="Reseller margin",
    credit="Free trial upgrade credit",
    commitment="commitment/77-n2-cores",
    regions=(
        ("europe-west3", "Frankfurt"),
        ("europe-north1", "Finland"),
        ("europe-west4", "Netherlands"),
    ),
    sub_accounts=(
        SubAccount("acme-data-platform", "Acme Data Platform"),
        SubAccount("beta-shop-prod", "Beta Shop"),
        SubAccount("northlab-unclaimed", "Northlab", weight=1),
    ),
)

PROVIDERS = (AWS, MICROSOFT, GOOGLE)
