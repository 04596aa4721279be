"""Permissions and built-in roles.

A permission is one bit of a 63-bit set. The first three are the coarse bits that row-level security tests;
the others are named permissions that operations ask for. A role is a named set; a grant gives it on a unit.
"""

from collections.abc import Collection
from enum import IntFlag, StrEnum


class Permission(IntFlag):
    """What an actor may do in a unit. Numbers are stored, so they never change."""

    READ = 1 << 0
    WRITE = 1 << 1
    PRICES = 1 << 2
    UNIT_EDIT = 1 << 3
    USER_EDIT = 1 << 4
    BRAND_EDIT = 1 << 5
    ACCOUNT_EDIT = 1 << 6
    IMPORT = 1 << 7
    CONTRACT_EDIT = 1 << 8
    BILLING_RUN = 1 << 9
    INVOICE_ISSUE = 1 << 10
    COST_READ = 1 << 11
    AUDIT_READ = 1 << 12
    TOKEN_EDIT = 1 << 13
    ENVIRONMENT_EDIT = 1 << 14
    MARGIN_READ = 1 << 15
    GROUP_EDIT = 1 << 16
    ROLE_EDIT = 1 << 17
    VIEW_AS = 1 << 18
    SIGN_IN_EDIT = 1 << 19


class Mask(StrEnum):
    """Figures that a role may hide (P3, A11). Each hides the ones after it as well: they would tell it."""

    PRICES = "prices"
    COST = "cost"
    MARGIN = "margin"


MASKED: dict[Mask, Permission] = {
    Mask.PRICES: Permission.PRICES | Permission.COST_READ | Permission.MARGIN_READ,
    Mask.COST: Permission.COST_READ | Permission.MARGIN_READ,
    Mask.MARGIN: Permission.MARGIN_READ,
}
"""What a role lacks that hides a figure: with a price, the cost beside it tells the margin."""

FIGURES = MASKED[Mask.PRICES]
"""Prices, cost and margin: what who sees one side of an edge as its seller needs to see all of it."""

CHOSEN: tuple[Permission, ...] = tuple(
    one for one in Permission if one not in Permission.READ | Permission.WRITE | MASKED[Mask.PRICES]
)
"""What a role is made of besides its masks: reading goes with every role, and writing with what needs it."""
_WRITING = (
    Permission.UNIT_EDIT
    | Permission.ACCOUNT_EDIT
    | Permission.IMPORT
    | Permission.CONTRACT_EDIT
    | Permission.BILLING_RUN
    | Permission.INVOICE_ISSUE
    | Permission.ENVIRONMENT_EDIT
)


def permissions_of(names: Collection[str], masks: Collection[str]) -> Permission:
    """What a role allows, by the names of what it is made of and the figures that it hides."""
    held = Permission.READ | MASKED[Mask.PRICES]
    for one in CHOSEN:
        if name_of(one) in names:
            held |= one
    held = with_what_it_needs(held)
    for mask in masks:
        held &= ~MASKED[Mask(mask)]
    return held


def with_what_it_needs(perms: Permission) -> Permission:
    """Permissions that can be used: with reading, and with writing where one of them writes."""
    return perms | Permission.READ | (Permission.WRITE if perms & _WRITING else Permission(0))


def names_of(perms: Permission) -> tuple[str, ...]:
    """The names of what a role is made of besides its masks, in one order."""
    return tuple(name_of(one) for one in CHOSEN if one in perms)


def masks_of(perms: Permission) -> tuple[Mask, ...]:
    """The figures that a role hides, in one order."""
    needed = {Mask.PRICES: Permission.PRICES, Mask.COST: Permission.COST_READ, Mask.MARGIN: Permission.MARGIN_READ}
    return tuple(mask for mask, permission in needed.items() if permission not in perms)


def name_of(permission: Permission) -> str:
    """A single permission by its name in interfaces: "unit_edit"."""
    return (permission.name or "").lower()


class Role(StrEnum):
    """The built-in roles (P14)."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    BILLING = "billing"
    SUPPORT = "support"
    VIEWER = "viewer"
    KEY_ACCOUNT_MANAGER = "key_account_manager"
    KEY_ACCOUNT_VIEWER = "key_account_viewer"
    LIMITED_KEY_ACCOUNT_MANAGER = "limited_key_account_manager"
    SALES_AGENT = "sales_agent"
    CUSTOMER_ADMINISTRATOR = "customer_administrator"
    CUSTOMER_VIEWER = "customer_viewer"


_P = Permission
EVERY_PERMISSION = Permission(sum(permission.value for permission in Permission))

ROLE_PERMISSIONS: dict[Role, Permission] = {
    Role.OWNER: EVERY_PERMISSION,
    Role.ADMINISTRATOR: EVERY_PERMISSION,
    Role.BILLING: _P.READ
    | _P.WRITE
    | _P.PRICES
    | _P.ACCOUNT_EDIT
    | _P.IMPORT
    | _P.CONTRACT_EDIT
    | _P.BILLING_RUN
    | _P.INVOICE_ISSUE
    | _P.COST_READ
    | _P.MARGIN_READ,
    Role.SUPPORT: _P.READ | _P.VIEW_AS,
    Role.VIEWER: _P.READ | _P.PRICES | _P.COST_READ | _P.MARGIN_READ,
    Role.KEY_ACCOUNT_MANAGER: _P.READ
    | _P.WRITE
    | _P.PRICES
    | _P.UNIT_EDIT
    | _P.ACCOUNT_EDIT
    | _P.CONTRACT_EDIT
    | _P.COST_READ
    | _P.MARGIN_READ,
    Role.KEY_ACCOUNT_VIEWER: _P.READ | _P.PRICES | _P.COST_READ | _P.MARGIN_READ,
    Role.LIMITED_KEY_ACCOUNT_MANAGER: _P.READ | _P.WRITE | _P.UNIT_EDIT | _P.PRICES | _P.COST_READ,
    Role.SALES_AGENT: _P.READ | _P.WRITE | _P.PRICES | _P.UNIT_EDIT,
    Role.CUSTOMER_ADMINISTRATOR: _P.READ
    | _P.WRITE
    | _P.PRICES
    | _P.USER_EDIT
    | _P.BRAND_EDIT
    | _P.TOKEN_EDIT
    | _P.ROLE_EDIT
    | _P.COST_READ,
    Role.CUSTOMER_VIEWER: _P.READ | _P.PRICES | _P.COST_READ,
}


READING = _P.READ | _P.PRICES | _P.COST_READ | _P.MARGIN_READ | _P.AUDIT_READ
"""What only shows something."""


def within_ceiling(granted: Permission, held: Permission) -> bool:
    """Whether somebody who holds `held` may grant `granted`: never more than they hold (P2)."""
    return granted & ~held == Permission(0)
