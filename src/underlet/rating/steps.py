"""Steps for operations on billing runs; the one that starts a run also makes drafts, so it is in invoicing."""

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import scalar
from underlet.kernel.errors import InvalidInput
from underlet.kernel.period import Month
from underlet.organization.models import Unit
from underlet.rating.models import BillingRun


def create_run(actor: Actor, unit: Unit, period: Month) -> BillingRun:
    """Queue the pricing of a month in the open transaction; a job then calls `rating.run.rate_run` with its id.

    Raises InvalidInput for a unit that is not the root.
    """
    if unit.parent_id is not None:
        raise InvalidInput("Billing runs belong to the root of a hierarchy.", hint="Choose the root.")
    run_id = scalar(
        "insert into billing_run (hierarchy_id, unit_id, actor_id, period, created_at) values (%s, %s, %s, %s, %s)"
        " returning id",
        [unit.hierarchy_id, unit.id, actor.id, period.start, now()],
    )
    return BillingRun.objects.get(id=run_id)
