"""Labels of fixed choices, in the reader's language."""

from collections.abc import Sequence
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underlet.interfaces.web.forms import Choices
from underlet.kernel.permission import READING, Permission, Role
from underlet.kernel.price_type import CostMetric, Feature, PriceType
from underlet.kernel.pricing.types import Dimension, Metric, OnMissingBase, Operator
from underlet.kernel.tax import VatCategory

TIME_ZONES = tuple(
    sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))
    )
)


def kinds() -> Choices:
    """Kinds of units."""
    return (("customer", _("Customer")), ("organization", _("Organization")))


def unit_columns() -> Choices:
    """Fields of units that a change of several may set."""
    return (
        ("time_zone", _("Time zone")),
        ("code", _("Customer code")),
        ("organization_number", _("Organization number")),
        ("price_type", _("Price type")),
    )


def languages() -> Choices:
    """Languages of pages and documents, each in its own words."""
    return (("en", "English"), ("de", "Deutsch"), ("sv", "Svenska"))


def themes() -> Choices:
    """Themes of the pages."""
    return (("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark")))


def roles() -> Choices:
    """The built-in roles, the narrowest first (P14)."""
    return (
        (Role.CUSTOMER_VIEWER.value, _("Customer viewer: sees its own side")),
        (Role.CUSTOMER_ADMINISTRATOR.value, _("Customer administrator: sees its own side, invites users")),
        (Role.SALES_AGENT.value, _("Sales agent: creates and edits units, sees prices, no cost or margin")),
        (Role.KEY_ACCOUNT_VIEWER.value, _("Key account viewer: sees everything of its groups")),
        (
            Role.LIMITED_KEY_ACCOUNT_MANAGER.value,
            _("Limited key account manager: manages the units of its groups, without contracts and margin"),
        ),
        (Role.KEY_ACCOUNT_MANAGER.value, _("Key account manager: manages the units of its groups")),
        (Role.SUPPORT.value, _("Support: structure only, no money")),
        (Role.VIEWER.value, _("Viewer: sees everything, changes nothing")),
        (Role.BILLING.value, _("Billing: imports, contracts, runs, invoices")),
        (Role.ADMINISTRATOR.value, _("Administrator: everything")),
        (Role.OWNER.value, _("Owner: everything")),
    )


def role_name(role: str) -> str:
    """A built-in role without its explanation; of an own one, its name as given."""
    built_in = dict(roles()).get(role)
    return built_in.split(":")[0] if built_in else role


def permission_name(permission: str) -> str:
    """What a permission allows; "" for the coarse ones that others imply."""
    return {
        "read": _("see the structure"),
        "prices": _("see prices of one's own side"),
        "cost_read": _("see cost"),
        "margin_read": _("see margins"),
        "unit_edit": _("change units"),
        "user_edit": _("administer users"),
        "role_edit": _("make roles"),
        "group_edit": _("make groups"),
        "brand_edit": _("change the brand"),
        "account_edit": _("change accounts"),
        "import": _("send billing files"),
        "contract_edit": _("make contracts"),
        "billing_run": _("run the billing"),
        "invoice_issue": _("issue invoices"),
        "audit_read": _("read the audit trail"),
        "token_edit": _("administer API keys"),
        "environment_edit": _("make environments"),
        "view_as": _("see as somebody else"),
        "sign_in_edit": _("decide about sign-in"),
    }.get(permission, "")


def key_uses() -> Choices:
    """What an API key is made for; what it may do then is at most that."""
    return (
        ("", _("Everything that I may")),
        ("read", _("Read only")),
        ("usage", _("Send billing files")),
        ("structure", _("Create and change units")),
        ("billing", _("Bill: contracts, runs, invoices")),
    )


def key_use(permissions: Sequence[str] | None) -> str:
    """What an API key may do at most: nothing but read, or so many permissions."""
    if permissions is None:
        return _("Everything that its owner may")
    reading = {str(one.name).lower() for one in Permission if one in READING}
    if set(permissions) <= reading:
        return _("Read only")
    n = len(permissions)
    return ngettext("{n} permission", "{n} permissions", n).format(n=n)


def price_types() -> Choices:
    """What a customer is shown (R24, R26)."""
    return (
        (PriceType.SELLER_SET_ONLY.value, _("Seller-set prices only")),
        (PriceType.RAW_COST_ONLY.value, _("Raw cost only")),
    )


def price_type_name(price_type: str) -> str:
    """A price type in words."""
    return dict(price_types()).get(price_type, price_type)


def feature_name(feature: Feature) -> str:
    """A feature of an environment in words (R29)."""
    return {
        Feature.COST_EXPLORER: _("Cost explorer"),
        Feature.BUDGETS: _("Budgets"),
        Feature.ANOMALIES: _("Anomalies"),
        Feature.SAVINGS_HINTS: _("Savings hints, at the customer's own price"),
        Feature.INVOICES: _("Invoices"),
        Feature.EXPORTS: _("Exports"),
        Feature.COST_CENTRES: _("Cost centres"),
        Feature.CONTRACT_VIEW: _("Contract"),
        Feature.COMMITMENT_UTILIZATION: _("Utilization of commitments"),
        Feature.INVOICE_RECONCILIATION: _("Reconciliation with the provider's invoice"),
        Feature.PRICE_SHEET: _("Price sheet"),
    }[feature]


def job_name(name: str) -> str:
    """What a job does."""
    names = {
        "import.load": _("Take in a billing file"),
        "structure.import": _("Import structure"),
        "billing_run.perform": _("Billing run"),
        "invoice.render": _("Make PDFs"),
        "user.mail_invitation": _("Mail an invitation"),
        "user.mail_sign_in": _("Mail about your sign-in"),
        "environment.call": _("Call for an environment"),
        "provisioning_hook.call": _("Test a call"),
    }
    return names.get(name, name)


def verbs() -> Choices:
    """What a price rule does."""
    return (
        ("adjust", _("Percent on or off")),
        ("margin", _("Margin")),
        ("unit", _("Price per unit")),
        ("pass_through", _("Pass through")),
        ("remove", _("Remove the line")),
    )


def bases() -> Choices:
    """What a percentage is taken of."""
    return (("seller_cost", _("Seller's cost")), ("list", _("List price")))


def missing() -> Choices:
    """What happens where the base is missing."""
    return (
        (OnMissingBase.HOLD.value, _("Hold the invoice")),
        (OnMissingBase.SELLER_COST.value, _("Take the seller's cost")),
        (OnMissingBase.REMOVE.value, _("Remove the line")),
    )


def dimensions() -> Choices:
    """What a condition tests."""
    return (
        ("", _("All usage")),
        (Dimension.PROVIDER.value, _("Provider")),
        (Dimension.BILLING_ACCOUNT.value, _("Account")),
        (Dimension.SUB_ACCOUNT.value, _("Sub-account")),
        (Dimension.SERVICE.value, _("Service")),
        (Dimension.SERVICE_CATEGORY.value, _("Service category")),
        (Dimension.SKU.value, _("SKU")),
        (Dimension.REGION.value, _("Region")),
        (Dimension.CHARGE_CATEGORY.value, _("Charge category")),
        (Dimension.CHARGE_KIND.value, _("Kind of charge")),
        (Dimension.CURRENCY.value, _("Provider currency")),
    )


def operators() -> Choices:
    """How a condition compares."""
    return (
        (Operator.IN.value, _("is one of")),
        (Operator.NOT_IN.value, _("is none of")),
        (Operator.GLOB.value, _("is like (* and ?)")),
    )


def metrics() -> Choices:
    """Cost metrics of the provider's bill."""
    return (
        (Metric.EFFECTIVE.value, _("Effective cost")),
        (Metric.BILLED.value, _("Billed cost")),
        (Metric.CONTRACTED.value, _("Contracted cost")),
        (Metric.DIRECT.value, _("Direct cost")),
    )


def cost_metrics() -> Choices:
    """What a figure of cost says."""
    return (
        (CostMetric.PRICE.value, _("Price")),
        (CostMetric.LIST.value, _("List cost")),
        (CostMetric.CONTRACTED.value, _("Contracted cost")),
        (CostMetric.EFFECTIVE.value, _("Effective cost")),
        (CostMetric.BILLED.value, _("Billed cost")),
    )


def vat_categories() -> Choices:
    """VAT categories of EN 16931."""
    return (
        (VatCategory.STANDARD.value, _("Standard rate")),
        (VatCategory.ZERO.value, _("Zero rate")),
        (VatCategory.EXEMPT.value, _("Exempt")),
        (VatCategory.REVERSE_CHARGE.value, _("Reverse charge")),
        (VatCategory.INTRA_COMMUNITY.value, _("Intra-community supply")),
        (VatCategory.EXPORT.value, _("Export")),
        (VatCategory.OUTSIDE_SCOPE.value, _("Outside the scope of VAT")),
    )


def chart_words() -> dict[str, tuple[str, str]]:
    """What the structure chart says, by what it says it about: for one and for several; {n} is the number."""
    one, many = (
        {
            "customers": ngettext("{n} customer", "{n} customers", n),
            "organizations": ngettext("{n} organization below", "{n} organizations below", n),
            "found": ngettext("{n} found", "{n} found", n),
            "hits": ngettext("{n} unit found", "{n} units found", n),
            "more": ngettext("more than {n} unit found", "more than {n} units found", n),
            "units": ngettext("{n} unit", "{n} units", n),
            "shown": ngettext("{n} customer shown", "{n} customers shown", n),
            "none": _("No customers"),
            "level": _("Level {n}"),
            "organization": _("Organization"),
            "customer": _("Customer"),
            "opened": _("open"),
            "closed": _("closed"),
            "loading": _("Loading units"),
        }
        for n in (1, 2)
    )
    return {name: (one[name], many[name]) for name in one}
