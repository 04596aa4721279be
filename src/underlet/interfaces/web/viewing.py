"""The banner of those who view as somebody else (P32)."""

import math
from datetime import timedelta

from underlet.access.acting import acting_session
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.transactions import reading
from underlet.interfaces.web.frame import Viewing
from underlet.kernel.errors import NotFound


def viewing_of(actor: Actor) -> Viewing:
    """What the banner says. actor: one who views as somebody else."""
    with reading(actor):
        acting = acting_session(actor)
    if acting is None:
        raise NotFound()
    left = max(acting.ends_at - now(), timedelta())
    minutes = math.ceil(left / timedelta(minutes=1))
    return Viewing(acting.public_id, acting.viewer_name, acting.person_name, acting.mode == "act", minutes)
