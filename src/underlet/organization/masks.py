"""What the price type of a customer shows its people (R24, R26, R27); the door applies it to every answer.

Its people are those whose grants lie on the customer alone, acting for its legal entity. Organizations are masked by
roles and edges alone, and so are their people when they look at a customer. It is today's price type that counts,
whatever the age of the data (R31). The provider's figures are besides shown only as far as they are disclosed, which
their queries decide. Roles mask by what they lack: prices, cost or margin (P3, A11, ADR-0038).
"""

from typing import Any

from django.db.models import OuterRef, Subquery

from underlet.foundation.actor import Actor, can
from underlet.foundation.database.sql import scalar
from underlet.kernel.permission import Permission
from underlet.kernel.price_type import CostMetric, PriceType, role_metrics, shown_metrics
from underlet.organization.models import Unit
from underlet.organization.scope import Mask


def mask_of_edge(actor: Actor) -> Subquery:
    """The price type that stands between the actor and an edge of the query, None for none; name it `mask`."""
    buyer = Unit.objects.filter(id=OuterRef("buyer_id")).annotate(mask=Mask(actor))
    return Subquery(buyer.values("mask"))


def is_own_customer(row: Any) -> bool:
    """Whether the actor is among a customer's own people, for a unit or edge found with its `mask`."""
    return row.mask is not None


def shown_of(row: Any) -> frozenset[CostMetric] | None:
    """What an edge found with its `mask`, and whether the actor `keeps` its margin, shows; None = all that edges allow.

    What a seller pays and keeps is for its people only, whose role shows all three figures (A11).
    """
    shown = frozenset(CostMetric) if row.mask is None else shown_metrics(PriceType(row.mask), is_disclosed=True)
    return None if row.mask is None and row.keeps else shown if row.keeps else shown - _SELLERS


def shown_in_unit(row: Any) -> frozenset[CostMetric]:
    """What a unit found with its `mask` and what the actor `held` in it shows: by price type and by role."""
    shown = role_metrics(Permission(row.held), is_own=row.mask is not None)
    return shown if row.mask is None else shown & shown_metrics(PriceType(row.mask), is_disclosed=True)


def shown_at(unit_id: int) -> frozenset[CostMetric]:
    """What the role of the open transaction's actor shows in a unit; price types left aside."""
    held = scalar(
        "select coalesce(bit_or(s.perms), 0) from user_scope s, unit u where u.id = %s"
        " and s.actor_id = (select actor_id()) and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id)",
        [unit_id],
    )
    return role_metrics(Permission(int(held)), is_own=False)


def reads_raw(unit_id: int, mask: str | None) -> bool:
    """Whether the actor's role in a unit shows the provider's figures of what it buys, where they are disclosed.

    mask: the price type that stands between: of a customer's own people, to whom they tell no margin.
    """
    return can(Permission.COST_READ if mask else Permission.COST_READ | Permission.MARGIN_READ, unit_id)


_SELLERS = frozenset({CostMetric.SELLER_COST, CostMetric.SALES, CostMetric.MARGIN})
