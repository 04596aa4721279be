"""A random world, made from a seed, put into the database by SQL alone (`build.py`).

A new table needs rows in one of the modules named below, and who may know them in `knowledge.py`.
"""

import random

from tests.leaks.belongings import make_belongings
from tests.leaks.business import make_accounts, make_contracts, make_month
from tests.leaks.frame import (
    ACCOUNT_EDIT,
    ANONYMOUS,
    AUDIT_READ,
    BILLING_RUN,
    BITS,
    BRAND_EDIT,
    CHANGED_AT,
    CONTRACT_EDIT,
    COST_READ,
    DRAFTED,
    ENVIRONMENT_EDIT,
    FIGURES,
    FIRST_BIT,
    GROUP_EDIT,
    IMPORT,
    INVOICE_ISSUE,
    ISSUED,
    MADE_AT,
    MARGIN_READ,
    NOW,
    PRICES,
    READ,
    ROLE_EDIT,
    SIGN_IN_EDIT,
    TOKEN_EDIT,
    UNIT_EDIT,
    USER_EDIT,
    VIEW_AS,
    WRITE,
    Mark,
    Row,
    World,
)
from tests.leaks.persons import OWN_ROLE, ROLES, make_people
from tests.leaks.structures import make_hierarchy

__all__ = [
    "ACCOUNT_EDIT",
    "ANONYMOUS",
    "AUDIT_READ",
    "BILLING_RUN",
    "BITS",
    "BRAND_EDIT",
    "CHANGED_AT",
    "CONTRACT_EDIT",
    "COST_READ",
    "DRAFTED",
    "ENVIRONMENT_EDIT",
    "FIGURES",
    "FIRST_BIT",
    "GROUP_EDIT",
    "IMPORT",
    "INVOICE_ISSUE",
    "ISSUED",
    "MADE_AT",
    "MARGIN_READ",
    "NOW",
    "OWN_ROLE",
    "PRICES",
    "READ",
    "ROLES",
    "ROLE_EDIT",
    "SIGN_IN_EDIT",
    "TOKEN_EDIT",
    "UNIT_EDIT",
    "USER_EDIT",
    "VIEW_AS",
    "WRITE",
    "Mark",
    "Row",
    "World",
    "make_world",
]


def make_world(seed: int) -> World:
    """Two hierarchies of 26 to 40 units together, their people, and a little of everything that there is."""
    world = World(seed)
    rng = random.Random(seed)
    for size, levels in ((rng.randint(10, 18), rng.randint(3, 10)), (rng.randint(3, 6), rng.randint(1, 3))):
        make_hierarchy(world, rng, size, levels)
    make_people(world, rng)
    for one in world.rows["hierarchy"]:
        make_accounts(world, rng, one)
        make_contracts(world, rng, one, 6 if one["id"] == 1 else 3)
        make_month(world, rng, one)
    make_belongings(world, rng)
    return world
