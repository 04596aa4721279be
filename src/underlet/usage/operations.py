"""Writes of the usage context."""

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.jobs import enqueue
from underlet.foundation.registry import operation
from underlet.foundation.uploads import own_upload
from underlet.kernel.errors import WrongState
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT
from underlet.usage.models import UsageImport
from underlet.usage.queries import import_view
from underlet.usage.types import CreateImport, ImportView


@operation("import.create", needs=Permission.IMPORT, subject=UNIT, below=True)
def create_import(actor: Actor, unit: Unit, data: CreateImport) -> ImportView:
    """Take in a billing file that was sent before (R2, P20); a job checks and loads it.

    The provider bills the root, so the unit must be the root of its hierarchy. Taking in the same content again
    changes nothing and says so (`unchanged`, I12).
    """
    if unit.parent_id is not None:
        raise WrongState(
            "Billing files belong to the root, which the provider bills.", hint="Import at the root unit."
        )
    upload = own_upload(actor, data.upload)
    row = UsageImport.objects.bulk_create(
        [
            UsageImport(
                hierarchy_id=unit.hierarchy_id,
                unit=unit,
                actor_id=actor.id,
                name=upload.name,
                source_sha256=upload.sha256,
                bytes=upload.bytes,
                created_at=now(),
            )
        ]
    )[0]
    row.job_id = enqueue(actor, "import.load", unit.id, {"import_id": row.id})
    row.save(update_fields=["job_id"])
    return import_view(UsageImport.objects.get(id=row.id))
