"""Who may contain whom, and how deep: the structural rules in words, before the database enforces them."""

from enum import StrEnum

from underlet.kernel.errors import DepthExceeded, ParentMustBeOrganization

MAX_DEPTH = 10
"""Levels of a hierarchy, root included (R8). The only place that knows the number in Python."""


class UnitKind(StrEnum):
    """An organization contains units (R5, R7); a customer is a leaf (R6, R9)."""

    ORGANIZATION = "organization"
    CUSTOMER = "customer"


class UnitState(StrEnum):
    """A draft is in preparation; an archived unit is kept for what it did."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


def check_child(parent: UnitKind, child: UnitKind, parent_depth: int, levels_below: int = 0) -> None:
    """Whether a unit with so many levels below it fits below a parent at this depth (root = 1).

    Raises ParentMustBeOrganization (R9), DepthExceeded (R8). A child of either kind is welcome (R7).
    """
    if parent is not UnitKind.ORGANIZATION:
        raise ParentMustBeOrganization()
    if parent_depth + 1 + levels_below > MAX_DEPTH:
        raise DepthExceeded()  # without the number of levels: those above may be hidden from the asker
