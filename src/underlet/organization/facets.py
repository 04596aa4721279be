"""What lists of units filter by: bits of `unit.facets`, which the closure's index carries beside each name."""

from django.db.models import F, Q
from django.db.models.lookups import Exact

from underlet.kernel.hierarchy import UnitState
from underlet.kernel.naming import name_key
from underlet.organization.types import ListChildren

_CUSTOMER, _DRAFT, _ARCHIVED, _ANCHORS = 1, 2, 4, 8
_STATES = {
    "all": (0, 0),
    "": (_ARCHIVED, 0),
    "current": (_ARCHIVED, 0),
    "draft": (_DRAFT | _ARCHIVED, _DRAFT),
    "active": (_DRAFT | _ARCHIVED, 0),
    "archived": (_ARCHIVED, _ARCHIVED),
}

CURRENT = ~Q(state=UnitState.ARCHIVED)
"""Units that lists show unless archived ones are asked for."""


def bits(data: ListChildren) -> tuple[int, int]:
    """Which facets a list looks at, and what they must be."""
    mask, wanted = _STATES[data.state]
    if data.kind:
        mask |= _CUSTOMER
        wanted |= _CUSTOMER * (data.kind == "customer")
    if data.is_customer_organization is not None:
        mask |= _ANCHORS
        wanted |= _ANCHORS * data.is_customer_organization
    return mask, wanted


def chosen(data: ListChildren) -> Q:
    """The same as a condition on units."""
    mask, wanted = bits(data)
    return Q(Exact(F("facets").bitand(mask), wanted))


def named_like(text: str) -> Q:
    """Units whose name, display name, code or organization number holds the text, ignoring case."""
    key = name_key(text)
    return Q(name_key__contains=key) | Q(also_key__contains=key)
