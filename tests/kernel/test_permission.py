"""Permissions: stored numbers, built-in roles, the ceiling of grants."""

from hypothesis import given
from hypothesis import strategies as st

from underlet.kernel.permission import ROLE_PERMISSIONS, Permission, Role, within_ceiling

SETS = st.integers(0, sum(one.value for one in Permission)).map(Permission)
MONEY = Permission.PRICES | Permission.COST_READ | Permission.MARGIN_READ


def test_numbers_never_change() -> None:
    """They are stored in grants and tested by row-level security, so each name keeps its bit."""
    assert {one.name: one.value for one in Permission} == {
        "READ": 1, "WRITE": 2, "PRICES": 4, "UNIT_EDIT": 8, "USER_EDIT": 16, "BRAND_EDIT": 32, "ACCOUNT_EDIT": 64,
        "IMPORT": 128, "CONTRACT_EDIT": 256, "BILLING_RUN": 512, "INVOICE_ISSUE": 1024, "COST_READ": 2048,
        "AUDIT_READ": 4096, "TOKEN_EDIT": 8192, "ENVIRONMENT_EDIT": 16384,
        "MARGIN_READ": 32768, "GROUP_EDIT": 65536, "ROLE_EDIT": 131072, "VIEW_AS": 262144, "SIGN_IN_EDIT": 524288,
    }  # fmt: skip


def test_every_role_has_permissions_and_fits_63_bits() -> None:
    """P14: each built-in role is defined, reads at least, and fits a signed 64-bit column."""
    assert set(ROLE_PERMISSIONS) == set(Role)
    for held in ROLE_PERMISSIONS.values():
        assert Permission.READ in held
        assert 0 < held.value < 1 << 63


def test_support_sees_no_money() -> None:
    """P14: support works without prices and costs."""
    assert not ROLE_PERMISSIONS[Role.SUPPORT] & MONEY


def test_viewers_change_nothing() -> None:
    """P14: viewers and support hold no permission to change anything."""
    reading = Permission.READ | MONEY | Permission.VIEW_AS
    for role in (Role.VIEWER, Role.CUSTOMER_VIEWER, Role.SUPPORT):
        assert within_ceiling(ROLE_PERMISSIONS[role], reading)


def test_roles_below_never_exceed_the_administrator() -> None:
    """P2: an administrator may grant every built-in role; a customer's administrator only its own kind."""
    for granted in ROLE_PERMISSIONS.values():
        assert within_ceiling(granted, ROLE_PERMISSIONS[Role.ADMINISTRATOR])
    customer = ROLE_PERMISSIONS[Role.CUSTOMER_ADMINISTRATOR]
    assert within_ceiling(ROLE_PERMISSIONS[Role.CUSTOMER_VIEWER], customer)
    for role in (Role.OWNER, Role.ADMINISTRATOR, Role.BILLING):
        assert not within_ceiling(ROLE_PERMISSIONS[role], customer)


@given(SETS, SETS)
def test_ceiling(granted: Permission, held: Permission) -> None:
    """P2: exactly the subsets of what one holds may be granted."""
    assert within_ceiling(granted, held) == all(one in held for one in granted)
