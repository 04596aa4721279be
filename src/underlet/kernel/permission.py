"""Permissions and built-in roles.

A permission is one bit of a 63-bit set. The first three are the coarse bits that row-level security tests;
the others are named permissions that operations ask for. A role is a named set; a grant gives it on a unit.
"""

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
    Role.SALES_AGENT: _P.READ | _P.WRITE | _P.UNIT_EDIT,
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


def within_ceiling(granted: Permission, held: Permission) -> bool:
    """Whether somebody who holds `held` may grant `granted`: never more than they hold (P2)."""
    return granted & ~held == Permission(0)
