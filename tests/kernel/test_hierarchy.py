"""Structural rules in words: who contains whom, how deep."""

import pytest

from underlet.kernel.errors import DepthExceeded, ParentMustBeOrganization
from underlet.kernel.hierarchy import MAX_DEPTH, UnitKind, check_child


def test_ten_levels() -> None:
    """R8: at most ten levels, root included."""
    assert MAX_DEPTH == 10


@pytest.mark.parametrize("child", UnitKind)
def test_organizations_contain_both_kinds(child: UnitKind) -> None:
    """R7, R8: organizations and customers are children of organizations, down to the tenth level."""
    for depth in range(1, MAX_DEPTH):
        check_child(UnitKind.ORGANIZATION, child, depth)
    with pytest.raises(DepthExceeded) as refused:
        check_child(UnitKind.ORGANIZATION, child, MAX_DEPTH)
    assert refused.value.as_dict() == DepthExceeded().as_dict()  # tells nothing about levels out of sight


@pytest.mark.parametrize("child", UnitKind)
@pytest.mark.parametrize("depth", [1, MAX_DEPTH])
def test_customers_are_leaves(child: UnitKind, depth: int) -> None:
    """R6, R9: a customer has no children, and says so before it speaks of depth."""
    with pytest.raises(ParentMustBeOrganization):
        check_child(UnitKind.CUSTOMER, child, depth)
