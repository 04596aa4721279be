"""Who may contain whom, and how deep: the structural rules in words, before the database enforces them."""

from enum import StrEnum

from underlet.kernel.errors import DepthExceeded, ParentMustBeOrganization

MAX_DEPTH = 10
"""Levels of a hierarchy, root included (R8). The only place that knows the number in Python."""


class UnitKind(StrEnum):
    """An organization contains units (R5, R7); a customer is a leaf (R6, R9)."""

    ORGANIZATION = "organization"
    CUSTOMER = "customer"


def check_child(parent: UnitKind, child: UnitKind, parent_depth: int) -> None:
    """Whether a new unit fits below a parent at this depth (root = 1).

    Raises ParentMustBeOrganization (R9), DepthExceeded (R8). A child of either kind is welcome (R7).
    """
    check_move(parent, child, parent_depth, 1)


def check_move(parent: UnitKind, kind: UnitKind, parent_depth: int, height: int) -> None:
    """Whether a subtree of this height (1 = the unit alone) fits below a parent at this depth (R8, R9, R11)."""
    if parent is not UnitKind.ORGANIZATION:
        raise ParentMustBeOrganization()
    if parent_depth + height > MAX_DEPTH:
        raise DepthExceeded(
            f"That would be {parent_depth + height} levels; a hierarchy has at most {MAX_DEPTH} (R8)."
        )
