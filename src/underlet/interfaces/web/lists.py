"""The lists of units and of their money: query, columns and filters of each, declared once (`web.tables`).

A column's value is what the export writes of it: from the row of the same query, so a file shows what the page does.
Lists of people are in `people_lists`.
"""

from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from underlet.access.types import HeldName
from underlet.accounts.types import SubAccountRow
from underlet.contracts.types import ContractRow
from underlet.interfaces.web.forms import Choices
from underlet.interfaces.web.tables import ACTIONS, Column, Filter, Table
from underlet.interfaces.web.templatetags.names import state_name, states
from underlet.interfaces.web.words import kinds
from underlet.invoicing.types import InvoiceRow
from underlet.organization.types import UnitRow


def _unit_states() -> Choices:
    """States of units; archived ones show when asked for."""
    return (("", gettext("Active and drafts")), *((name, state_name(name)) for name in ("active", "draft", "archived")),
            ("all", gettext("All states")))  # fmt: skip


def _held_because(row: HeldName) -> str:
    return "reserved" if row.is_reserved else "archived customer"


def _sides() -> Choices:
    """Sides of an edge (P9)."""
    return (("", gettext("Bought and sold")), ("bought", gettext("Bought")), ("sold", gettext("Sold")))


def _owned() -> Choices:
    return (("", gettext("All")), ("assigned", gettext("Assigned")), ("unassigned", gettext("Unassigned")))


def _kinds() -> Choices:
    return (("", gettext("All kinds")), *kinds())


def _wheres() -> Choices:
    return (
        ("", gettext("All groups")), ("below", gettext("Kept here or below")), ("member", gettext("With this unit")),
    )  # fmt: skip


def _owner(row: SubAccountRow) -> str:
    return row.owner.name if row.owner else ""


def _invoice_state(row: InvoiceRow) -> str:
    return "held" if row.hold else row.state


def _last_day(row: ContractRow) -> object:
    return row.ends_on - timedelta(days=1) if row.ends_on else None


def _anchors() -> Choices:
    return (
        ("", gettext("All customers")), ("true", gettext("Customer organizations")),
        ("false", gettext("Other customers")),
    )  # fmt: skip


def _customer_organization(row: UnitRow) -> str:
    """ "yes" for a customer organization, else the name of the one that the customer refers to."""
    if row.is_customer_organization:
        return "yes"
    return row.customer_organization.name if row.customer_organization else ""


_CURRENCY = Column("currency", _("Currency"), value=lambda row: row.currency, is_shown=False)

CUSTOMERS = Table(
    "unit.list", "customers", _("Customers"),
    (
        Column("name", _("Customer"), "name", value=lambda row: row.name, is_fixed=True),
        Column("display_name", _("Display name"), value=lambda row: row.display_name),
        Column("code", _("Code"), value=lambda row: row.code),
        Column("organization_number", _("Organization number"), value=lambda row: row.organization_number),
        Column("customer_organization", _("Customer organization"), value=_customer_organization),
        Column("state", _("State"), value=lambda row: row.state),
    ),
    (
        Filter("q", _("Search customers"), "search"),
        Filter("is_customer_organization", _("Customer organization"), choices=_anchors),
        Filter("state", _("State"), choices=_unit_states),
        Filter("group", _("Group"), "group"),
    ),
    fixed={"kind": "customer"},
)  # fmt: skip
CUSTOMERS_OF = Table(
    "customer_organization.customers", "associated-customers", _("Customers"),
    (
        Column("name", _("Customer"), "name", value=lambda row: row.name, is_fixed=True),
        Column("display_name", _("Display name"), value=lambda row: row.display_name),
        Column("code", _("Code"), value=lambda row: row.code),
        Column("organization_number", _("Organization number"), value=lambda row: row.organization_number),
    ),
    (Filter("q", _("Search customers"), "search"),),
)  # fmt: skip
ENVIRONMENTS = Table(
    "environment.list", "environments", _("Environments"),
    (
        Column("name", _("Customer"), "name", value=lambda row: row.unit.name, is_fixed=True),
        Column("state", _("State"), value=lambda row: row.state.value),
        Column("price_type", _("Price type"), value=lambda row: row.price_type.value, is_shown=False),
        Column("reference", _("Reference or reason"), value=lambda row: row.error or row.reference),
        Column("address", _("Address"), value=lambda row: row.address, is_shown=False),
        Column("changed", _("Last changed"), "changed", "nowrap", value=lambda row: row.changed_at),
    ),
    (
        Filter("q", _("Search environments"), "search"),
        Filter("state", _("State"), choices=lambda: states(
            "failed", "provisioning", "provisioned", "deprovisioning", "deprovisioned",
        )),
    ),
)  # fmt: skip
SCHEDULED_MOVES = Table(
    "scheduled_move.list", "scheduled-moves", _("Scheduled moves"),
    (
        Column("unit", _("Unit"), value=lambda row: row.unit.name, is_fixed=True),
        Column("parent", _("New parent"), value=lambda row: row.parent.name if row.parent else ""),
        Column("day", _("Day"), "day", "nowrap", value=lambda row: row.effective_on),
        Column("state", _("State"), value=lambda row: row.state),
        ACTIONS,
    ),
    (Filter("state", _("State"), choices=lambda: states("pending", "done", "failed", "cancelled")),),
)  # fmt: skip
ARCHIVED = Table(
    "unit.list", "archived-units", _("Archived units"),
    (
        Column("name", _("Unit"), "name", value=lambda row: row.name, is_fixed=True),
        Column("display_name", _("Display name"), value=lambda row: row.display_name),
        Column("code", _("Code"), value=lambda row: row.code),
    ),
    (Filter("q", _("Search archived units"), "search"), Filter("kind", _("Kind"), choices=_kinds)),
    fixed={"state": "archived"},
)  # fmt: skip
NAMES = Table(
    "name.list", "names", _("Names"),
    (
        Column("name", _("Name"), "name", value=lambda row: row.name, is_fixed=True),
        Column("reason", _("Held back as"), value=_held_because),
        Column("since", _("Since"), value=lambda row: row.since),
        ACTIONS,
    ),
    (Filter("q", _("Search names"), "search"),),
    has_subject=False,
)  # fmt: skip
ACCOUNTS = Table(
    "account.list", "accounts", _("Accounts"),
    (
        Column("name", _("Account"), "name", value=lambda row: row.name or row.external_id, is_fixed=True),
        Column("id", _("Account id"), "id", value=lambda row: row.external_id),
        Column("provider", _("Provider"), "provider", value=lambda row: row.provider),
        Column("currency", _("Currency"), value=lambda row: row.currency),
        Column("sub_accounts", _("Sub-accounts"), kind="num", value=lambda row: row.sub_accounts),
    ),
    (Filter("q", _("Search accounts"), "search"),),
)  # fmt: skip
SUB_ACCOUNTS = Table(
    "sub_account.list", "sub-accounts", _("Sub-accounts"),
    (
        Column("name", _("Sub-account"), "name", value=lambda row: row.name or row.external_id, is_fixed=True),
        Column("id", _("Id"), "id", value=lambda row: row.external_id),
        Column("provider", _("Provider"), kind="nowrap", value=lambda row: row.provider),
        Column("account", _("Account"), value=lambda row: row.account, is_shown=False),
        Column("owner", _("Owner today"), value=_owner),
        Column("first", _("First used"), "", "nowrap", value=lambda row: row.first_on, is_shown=False),
        Column("last", _("Last used"), "", "nowrap", value=lambda row: row.last_on),
        ACTIONS,
    ),
    (
        Filter("q", _("Search names and ids"), "search"),
        Filter("state", _("State"), choices=_owned),
        Filter("group", _("Group"), "group"),
    ),
)  # fmt: skip
CONTRACTS = Table(
    "contract.list", "contracts", _("Contracts"),
    (
        Column("buyer", _("Buyer"), "buyer", value=lambda row: row.buyer, is_fixed=True),
        Column("seller", _("Seller"), "seller", value=lambda row: row.seller),
        Column("state", _("State"), value=lambda row: row.state),
        Column("starts", _("First day"), "starts", "nowrap", value=lambda row: row.starts_on),
        Column("ends", _("Last day"), "ends", "nowrap", value=_last_day),
        Column("currency", _("Currency"), value=lambda row: row.currency),
    ),
    (
        Filter("q", _("Search parties"), "search"),
        Filter("side", _("Side"), choices=_sides),
        Filter("state", _("State"), choices=lambda: states("draft", "scheduled", "active", "ended")),
        Filter("group", _("Group"), "group"),
    ),
)  # fmt: skip
INVOICES = Table(
    "invoice.list", "invoices", _("Invoices"),
    (
        Column("number", _("Invoice"), "number", "nowrap", value=lambda row: row.number, is_fixed=True),
        Column("state", _("State"), value=_invoice_state),
        Column("buyer", _("Buyer"), "buyer", value=lambda row: row.buyer),
        Column("seller", _("Seller"), "seller", value=lambda row: row.seller),
        Column("month", _("Month"), "month", "nowrap", value=lambda row: row.period),
        Column("net", _("Net"), "net", "num", value=lambda row: row.net, is_shown=False),
        Column("total", _("Total"), "total", "num", value=lambda row: row.gross),
        _CURRENCY,
        Column("issued", _("Issued"), "issued", "nowrap", value=lambda row: row.issued_on, is_shown=False),
        Column("due", _("Due"), "due", "nowrap", value=lambda row: row.due_on),
        ACTIONS,
    ),
    (
        Filter("q", _("Number or party"), "search"),
        Filter("side", _("Side"), choices=_sides),
        Filter("state", _("State"), choices=lambda: states("draft", "issued")),
        Filter("period", _("Month"), "month"),
        Filter("group", _("Group"), "group"),
    ),
)  # fmt: skip
BILLING_RUNS = Table(
    "billing_run.list", "billing-runs", _("Billing runs"),
    (
        Column("month", _("Month"), "month", value=lambda row: row.period, is_fixed=True),
        Column("state", _("State"), value=lambda row: row.state),
        Column("started", _("Started"), "created", value=lambda row: row.created_at),
        Column("ended", _("Ended"), value=lambda row: row.finished_at),
    ),
    (
        Filter("period", _("Month"), "month"),
        Filter(
            "state", _("State"),
            choices=lambda: states("queued", "running", "done", "held", "unchanged", "failed"),
        ),
    ),
)  # fmt: skip
EXCHANGE_RATES = Table(
    "exchange_rate.list", "exchange-rates", _("Exchange rates"),
    (
        Column("month", _("Month"), "month", value=lambda row: row.period, is_fixed=True),
        Column("currency", _("One unit of"), "currency", value=lambda row: row.currency, is_fixed=True),
        Column("rate", _("Rate"), "rate", "num", value=lambda row: row.rate, is_fixed=True),
    ),
    (Filter("q", _("Search currencies"), "search"), Filter("period", _("Month"), "month")),
)  # fmt: skip
IMPORTS = Table(
    "import.list", "imports", _("Imports"),
    (
        Column("name", _("File"), "name", value=lambda row: row.name, is_fixed=True),
        Column("state", _("State"), value=lambda row: row.status),
        Column("profile", _("Format"), value=lambda row: row.profile),
        Column("rows", _("Rows"), "rows", "num", value=lambda row: row.rows),
        Column("received", _("Received"), "created", value=lambda row: row.created_at),
    ),
    (
        Filter("q", _("Search files"), "search"),
        Filter(
            "state", _("State"),
            choices=lambda: states("received", "active", "unchanged", "superseded", "rejected"),
        ),
    ),
)  # fmt: skip
JOBS = Table(
    "job.list", "jobs", _("Jobs"),
    (
        Column("job", _("Job"), value=lambda row: row.name, is_fixed=True),
        Column("state", _("State"), value=lambda row: row.state),
        Column("progress", _("Progress"), kind="num"),
        Column("started", _("Started"), "created", value=lambda row: row.created_at),
        Column("ended", _("Ended"), value=lambda row: row.finished_at),
    ),
    (Filter("state", _("State"), choices=lambda: states("queued", "running", "done", "failed")),),
    has_subject=False,
)  # fmt: skip
GROUPS = Table(
    "group.list", "groups", _("Groups"),
    (
        Column("name", _("Group"), "name", value=lambda row: row.name, is_fixed=True),
        Column("members", _("Members"), kind="num", value=lambda row: row.members),
        Column("how", _("Members come"), value=lambda row: "by rule" if row.is_ruled else "chosen"),
        Column("unit", _("Unit"), value=lambda row: row.unit.name if row.unit else ""),
        Column("description", _("Description"), value=lambda row: row.description),
    ),
    (Filter("q", _("Search groups"), "search"), Filter("where", _("Which groups"), choices=_wheres)),
)  # fmt: skip
MEMBERS = Table(
    "group.members", "members", _("Members"),
    (
        Column("name", _("Unit"), "name", value=lambda row: row.name, is_fixed=True),
        Column("display_name", _("Display name"), value=lambda row: row.display_name),
        Column("code", _("Code"), value=lambda row: row.code),
        Column("state", _("State"), value=lambda row: row.state),
    ),
    (
        Filter("q", _("Search members"), "search"),
        Filter("kind", _("Kind"), choices=_kinds),
        Filter("state", _("State"), choices=_unit_states),
    ),
)  # fmt: skip
CANDIDATES = Table(
    "unit.list", "units", _("Units"),
    (
        Column("name", _("Unit"), "name", value=lambda row: row.name, is_fixed=True),
        Column("display_name", _("Display name"), value=lambda row: row.display_name),
        Column("code", _("Code"), value=lambda row: row.code),
    ),
    (Filter("q", _("Search units"), "search"), Filter("kind", _("Kind"), choices=_kinds)),
)  # fmt: skip
ALL = (
    CUSTOMERS, CUSTOMERS_OF, ACCOUNTS, SUB_ACCOUNTS, CONTRACTS, INVOICES, BILLING_RUNS, EXCHANGE_RATES,
    IMPORTS, JOBS, ARCHIVED, NAMES, SCHEDULED_MOVES, GROUPS, MEMBERS, CANDIDATES,
)  # fmt: skip
