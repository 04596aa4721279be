"""Writes to oneself."""

from underlet.access.models import User
from underlet.access.queries import me
from underlet.access.types import Me, UpdateMe
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.registry import operation
from underlet.kernel.errors import Forbidden


@operation("user.update_me", own=True, idempotency="natural")
def update_me(actor: Actor, data: UpdateMe) -> Me:
    """Choose one's own language and theme of pages."""
    if actor.kind is not ActorKind.USER:
        raise Forbidden("An API key has no pages.", hint="Sign in and choose as a person.")
    changes = data.model_dump(exclude_none=True)
    if changes:
        User.objects.filter(id=actor.id).update(**changes)
    return me(actor)
