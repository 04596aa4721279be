"""What the demo's providers sell: services, prices, regions, and the sub-accounts of the fixed cast.

Plain facts of the size and shape of public price lists, none of them anybody's contract. The generator turns them into
FOCUS lines; the cast assigns the sub-accounts.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Sku:
    """One thing on a price list. quantity: a typical day's use, in `unit`; price: list price per unit, in the
    provider's currency, at most 6 decimals. discount: the root's negotiated percent off the list. committable: can be
    covered by a commitment. has_list: False where the provider states no list price (marketplace)."""

    sku: str
    service: str
    category: str
    description: str
    unit: str
    price: Decimal
    quantity: Decimal
    discount: int = 0
    committable: bool = False
    has_list: bool = True


@dataclass(frozen=True, slots=True)
class SubAccount:
    """A provider's sub-account: AWS account, Azure subscription, Google project."""

    id: str
    name: str


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
    skus: tuple[Sku, ...]


def _sku(
    sku: str, service: str, category: str, description: str, unit: str, price: str, quantity: str, **more: int | bool
) -> Sku:
    discount = int(more.get("discount", 0))
    committable, has_list = bool(more.get("committable", False)), bool(more.get("has_list", True))
    numbers = Decimal(price), Decimal(quantity)
    return Sku(sku, service, category, description, unit, *numbers, discount, committable, has_list)


AWS = Provider(
    name="AWS",
    issuer="Amazon Web Services EMEA SARL",
    billing_account="410000000001",
    billing_account_name="Fjord payer",
    sub_account_type="Account",
    currency="USD",
    tax_percent=19,
    partner_discount="Solution Provider Program discount",
    credit="Promotional credit for new services",
    commitment="savings-plan/5f1c-compute",
    regions=(("eu-central-1", "Europe (Frankfurt)"), ("eu-north-1", "Europe (Stockholm)"), ("us-east-1", "US East")),
    sub_accounts=(
        SubAccount("411000000001", "acme-production"),
        SubAccount("411000000002", "beta-webshop"),
        SubAccount("411000000003", "gamma-finance"),
        SubAccount("411000000004", "delta-logistics"),
        SubAccount("411000000005", "sandbox-2024"),
    ),
    skus=(
        _sku("EC2-M7I-XL", "Amazon Elastic Compute Cloud", "Compute", "m7i.xlarge Linux instance hour", "Hours",
             "0.2016", "96", discount=5, committable=True),
        _sku("EC2-R7G-2XL", "Amazon Elastic Compute Cloud", "Compute", "r7g.2xlarge Linux instance hour", "Hours",
             "0.4284", "48", discount=5, committable=True),
        _sku("EC2-T4G-M", "Amazon Elastic Compute Cloud", "Compute", "t4g.medium Linux instance hour", "Hours",
             "0.0336", "240", discount=5, committable=True),
        _sku("LAMBDA-GBS", "AWS Lambda", "Compute", "Duration of functions", "Lambda-GB-Second", "0.000017", "620000"),
        _sku("EBS-GP3", "Amazon Elastic Block Store", "Storage", "gp3 volume storage", "GB-Mo", "0.0952", "160",
             discount=3),
        _sku("S3-STD", "Amazon Simple Storage Service", "Storage", "Standard storage, first 50 TB", "GB-Mo", "0.0245",
             "900", discount=3),
        _sku("S3-PUT", "Amazon Simple Storage Service", "Storage", "PUT, COPY, POST and LIST requests", "Requests",
             "0.000005", "1200000"),
        _sku("RDS-PG-R6G", "Amazon Relational Database Service", "Databases", "db.r6g.large PostgreSQL Multi-AZ",
             "Hours", "0.508", "48", discount=4),
        _sku("NAT-GB", "Amazon Virtual Private Cloud", "Networking", "Data processed by NAT gateways", "GB", "0.052",
             "310"),
        _sku("CF-EU-GB", "Amazon CloudFront", "Networking", "Data transfer out to the internet, Europe", "GB",
             "0.085", "240", discount=10),
        _sku("CW-METRIC", "AmazonCloudWatch", "Management and Governance", "Custom metrics", "Metrics", "0.3", "22"),
        _sku("MP-WAF-RULES", "AWS Marketplace: Managed rules", "Security", "Managed rule group, monthly fee by day",
             "Units", "0.66", "12", has_list=False),
    ),
)  # fmt: skip

MICROSOFT = Provider(
    name="Microsoft",
    issuer="Microsoft Ireland Operations Limited",
    billing_account="/providers/Microsoft.Billing/billingAccounts/8420017",
    billing_account_name="Fjord Distribution",
    sub_account_type="Subscription",
    currency="EUR",
    tax_percent=25,
    partner_discount="Partner earned credit for services managed",
    credit="Azure migration credit",
    commitment="reservation/91ad-d4sv5",
    regions=(("westeurope", "West Europe"), ("swedencentral", "Sweden Central"), ("germanywestcentral", "Germany")),
    sub_accounts=(
        SubAccount("7b1e0a52-0001-4c1d-9a10-000000000001", "Acme Production"),
        SubAccount("7b1e0a52-0002-4c1d-9a10-000000000002", "Beta Analytics"),
        SubAccount("7b1e0a52-0003-4c1d-9a10-000000000003", "Gamma Lab"),
        SubAccount("7b1e0a52-0004-4c1d-9a10-000000000004", "Delta Dispatch"),
    ),
    skus=(
        _sku("VM-D4SV5", "Virtual Machines", "Compute", "D4s v5 virtual machine", "1 Hour", "0.2048", "72",
             discount=6, committable=True),
        _sku("VM-E8SV5", "Virtual Machines", "Compute", "E8s v5 virtual machine", "1 Hour", "0.5376", "48",
             discount=6, committable=True),
        _sku("AKS-STD", "Azure Kubernetes Service", "Compute", "Standard cluster, uptime", "1 Hour", "0.091", "72"),
        _sku("BLOB-HOT-LRS", "Storage Accounts", "Storage", "Hot LRS data stored", "1 GB/Month", "0.0169", "1400",
             discount=4),
        _sku("DISK-P30", "Storage Accounts", "Storage", "P30 LRS disks", "1/Month", "113.77", "0.31", discount=4),
        _sku("BACKUP-GRS", "Azure Backup", "Storage", "GRS data stored", "1 GB/Month", "0.0407", "520"),
        _sku("SQLDB-GP", "SQL Database", "Databases", "General purpose vCore", "1 Hour", "0.1263", "192",
             discount=6, committable=True),
        _sku("OPENAI-4O-IN", "Azure OpenAI", "AI and Machine Learning", "Input tokens", "1K", "0.002300", "9800"),
        _sku("BW-OUT", "Bandwidth", "Networking", "Standard data transfer out", "1 GB", "0.0798", "330"),
        _sku("FW-STD", "Azure Firewall", "Networking", "Standard deployment", "1 Hour", "1.145", "24"),
        _sku("SENTINEL", "Microsoft Sentinel", "Security", "Data analysed", "1 GB", "2.46", "18"),
        _sku("MP-BACKUP-APP", "Azure Marketplace: Backup appliance", "Storage", "Appliance licence", "1 Hour",
             "0.41", "24", has_list=False),
    ),
)  # fmt: skip

GOOGLE = Provider(
    name="Google Cloud",
    issuer="Google Cloud EMEA Limited",
    billing_account="01AB3C-4D5E6F-7A8B9C",
    billing_account_name="Fjord reseller billing",
    sub_account_type="Project",
    currency="USD",
    tax_percent=20,
    partner_discount="Reseller margin",
    credit="Free trial upgrade credit",
    commitment="commitment/77-n2-cores",
    regions=(("europe-west3", "Frankfurt"), ("europe-north1", "Finland"), ("europe-west4", "Netherlands")),
    sub_accounts=(
        SubAccount("acme-data-platform", "Acme Data Platform"),
        SubAccount("beta-shop-prod", "Beta Shop"),
        SubAccount("northlab-unclaimed", "Northlab"),
    ),
    skus=(
        _sku("2E27-4F75-95CD", "Compute Engine", "Compute", "N2 instance core, Frankfurt", "hour", "0.040665", "480",
             discount=7, committable=True),
        _sku("BD6E-1A21-9F10", "Compute Engine", "Compute", "N2 instance RAM, Frankfurt", "gibibyte hour", "0.00545",
             "1920", discount=7, committable=True),
        _sku("D973-5D65-BAB2", "Compute Engine", "Storage", "Balanced PD capacity", "gibibyte month", "0.12", "85"),
        _sku("7870-010B-2763", "Cloud Storage", "Storage", "Standard storage Frankfurt", "gibibyte month", "0.023",
             "1100", discount=3),
        _sku("16B8-3DDA-9F10", "BigQuery", "Analytics", "Analysis", "tebibyte", "7.5", "3.1", discount=8),
        _sku("6983-A5FA-2B44", "BigQuery", "Analytics", "Active logical storage", "gibibyte month", "0.023", "1300"),
        _sku("C6EA-7BA1-0C11", "Cloud SQL", "Databases", "PostgreSQL regional vCPU", "hour", "0.1077", "120",
             discount=5),
        _sku("8253-2C0D-1107", "Cloud Run", "Compute", "vCPU time", "second", "0.000026", "410000"),
        _sku("9D0F-7F4B-4C02", "Networking", "Networking", "Internet egress EMEA", "gibibyte", "0.085", "230"),
        _sku("5A46-3B7C-AA19", "Vertex AI", "AI and Machine Learning", "Prediction node", "hour", "0.219", "72"),
        _sku("MP-ES-CLOUD", "Google Marketplace: Search service", "Analytics", "Search service units", "unit", "1.0",
             "19", has_list=False),
    ),
)  # fmt: skip

PROVIDERS = (AWS, MICROSOFT, GOOGLE)
