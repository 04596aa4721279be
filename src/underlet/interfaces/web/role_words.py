"""What roles are made of, in words and in groups, and what of it a form sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from underlet.access.types import RoleRow
from underlet.interfaces.web.forms import Choices
from underlet.interfaces.web.words import role_name, roles
from underlet.kernel.errors import InvalidInput
from underlet.kernel.permission import Mask

if TYPE_CHECKING:
    from underlet.interfaces.web.visit import Visit

MAY = "may."
"""What the checkboxes of permissions are called, before the permission's name."""
FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Right:
    """A permission in words, and what it opens."""

    name: str
    label: str
    hint: str

    @property
    def field(self) -> str:
        """Its checkbox."""
        return MAY + self.name


def right_groups() -> tuple[tuple[str, tuple[Right, ...]], ...]:
    """All permissions that a role is made of, under headings."""
    return (
        (_("Structure"), (
            Right("unit_edit", _("Change units"), _("Create, edit, move, archive and remove units")),
            Right("environment_edit", _("Make environments"), _("Provision and deprovision customers' environments")),
            Right("brand_edit", _("Change the brand"), _("Logo, colours, texts of pages, mails and invoices")),
        )),
        (_("People"), (
            Right("user_edit", _("Administer users"), _("See who has access, invite people, take roles back")),
            Right("role_edit", _("Make roles"), _("Own roles, and what roles below may hold at most")),
            Right("group_edit", _("Make groups"), _("Groups of units for account teams")),
            Right("token_edit", _("Administer API keys"), _("See and revoke the keys of the unit")),
            Right("sign_in_edit", _("Administer sign-in"), _("Providers of sign-in, and what signing in takes")),
            Right("view_as", _("View as others"), _("See pages as another person does, with their knowledge")),
            Right("audit_read", _("Read the audit trail"), _("Who did what, with all operations")),
        )),
        (_("Usage and accounts"), (
            Right("import", _("Take in billing files"), _("Upload and read billing files of providers")),
            Right("account_edit", _("Assign sub-accounts"), _("Say who consumes what, from which day")),
        )),
        (_("Billing"), (
            Right("contract_edit", _("Make contracts"), _("Prices, fees and terms, as the seller; needs the margin")),
            Right("billing_run", _("Run the month"), _("Start billing runs, set exchange rates")),
            Right("invoice_issue", _("Issue invoices"), _("Number drafts for good and send them")),
        )),
    )  # fmt: skip


def figures() -> Choices:
    """What a role shows of money, from nothing to everything."""
    return (
        (Mask.PRICES.value, _("No money at all")),
        (Mask.COST.value, _("Prices; neither cost nor margin")),
        (Mask.MARGIN.value, _("Prices and raw cost that is disclosed; no margin")),
        ("", _("Everything: prices, cost and margin")),
    )


def figures_words(masks: Sequence[Mask]) -> str:
    """What a role shows of money."""
    return dict(figures())[masks[0].value if masks else ""]


def right_words(names: Collection[str]) -> list[str]:
    """Permissions and figures in words, in the order of the form."""
    rights = {right.name: right.label for _heading, group in right_groups() for right in group}
    rights |= {
        Mask.PRICES.value: _("Prices"), Mask.COST.value: _("Cost"), Mask.MARGIN.value: _("Margin")
    }  # fmt: skip
    return [label for name, label in rights.items() if name in names]


def values_of(permissions: Collection[str], masks: Sequence[Mask]) -> dict[str, str]:
    """The form's values of a role or ceiling."""
    return {f"{MAY}{name}": "true" for name in permissions} | {FIGURES: masks[0].value if masks else ""}


def input_of(values: Mapping[str, str]) -> dict[str, object]:
    """Permissions and masks that a form sent; a box that is not ticked is not sent."""
    names = [name.removeprefix(MAY) for name in values if name.startswith(MAY)]
    hidden = values.get(FIGURES, Mask.PRICES.value)
    return {"permissions": names, "masks": [hidden] if hidden else []}


def role_choices(visit: "Visit") -> Choices:
    """The roles to give in the context unit: built-in ones with their words, and own ones. Uses `role.list`."""
    own: tuple[RoleRow, ...] = visit.ask("role.list", visit.here, {"kind": "own", "limit": "100"}).items
    return (*roles(), *((row.role, row.name) for row in own))


def role_called(visit: "Visit", role: str) -> str:
    """What a role to give in the context unit is called: a built-in one in words, an own one by its name."""
    built_in = role_name(role)
    if built_in != role:
        return built_in
    try:
        return str(visit.ask("role.show", visit.here, {"role": role}).name)
    except InvalidInput:
        return role
