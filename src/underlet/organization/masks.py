"""What the price type of a customer shows its people (R24, R26, R27); the door applies it to every answer.

Its people are those whose grants lie on the customer alone, acting for its legal entity. Organizations are masked by
roles and edges alone, and so are their people when they look at a customer. It is today's price type that counts,
whatever the age of the data (R31). The provider's figures are besides shown only as far as they are disclosed, which
their queries decide.
"""

from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, TextField, When

from underlet.foundation.actor import Actor
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.price_type import CostMetric, PriceType, shown_metrics
from underlet.organization.models import Unit
from underlet.organization.scope import FromAbove


def mask_of_unit(actor: Actor) -> Case:
    """The price type that stands between the actor and a unit of the query, None for none; name it `mask`."""
    own = When(FromAbove(actor), then=None)
    return Case(
        When(kind=UnitKind.ORGANIZATION, then=None), own, default=F("price_type"), output_field=TextField()
    )


def mask_of_edge(actor: Actor) -> Subquery:
    """The price type that stands between the actor and an edge of the query, None for none; name it `mask`."""
    buyer = Unit.objects.filter(id=OuterRef("buyer_id")).annotate(mask=mask_of_unit(actor))
    return Subquery(buyer.values("mask"))


def shown_of(row: Any) -> frozenset[CostMetric] | None:
    """What a row found with its `mask` shows; None = all that roles and edges allow."""
    return None if row.mask is None else shown_metrics(PriceType(row.mask), is_disclosed=True)
