"""Following a job: how often to ask again, and showing it beside what it works on (interface.md §11)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.job_reads import JobView
from underlet.foundation.reads import ask
from underlet.kernel.errors import NotFound

if TYPE_CHECKING:
    from underlet.interfaces.web.visit import Visit

_PACES = ((30, 1), (300, 3))
_SLOWEST = 10
_SHOWN = 10


def pace(job: JobView) -> int:
    """Seconds until the next look at a job: 1, after half a minute 3, after five minutes 10; 0 once it ended."""
    if job.state not in ("queued", "running"):
        return 0
    return pace_since(job.created_at)


def pace_since(begun: datetime) -> int:
    """Seconds until the next look at something that has been going on since then."""
    age = (now() - begun).total_seconds()
    return next((seconds for until, seconds in _PACES if age < until), _SLOWEST)


def pace_of_all(jobs: Iterable[JobView]) -> int:
    """Seconds until the next look at several jobs, the youngest of them; 0 when all ended."""
    return min((pace(job) for job in jobs if pace(job)), default=0)


def current_jobs(actor: Actor, seen: str) -> tuple[JobView, ...]:
    """One's own jobs that did not end, and those that failed after one last looked. seen: that moment, "" = never."""
    found: tuple[JobView, ...] = ask("job.list", actor, None, {"current": True, "limit": _SHOWN}).items
    return tuple(job for job in found if job.finished_at is None or job.finished_at.isoformat() > seen)


def followed(visit: "Visit", job_id: object) -> dict[str, Any]:
    """Template context of a job that still runs; empty when it ended or is somebody else's. Uses `job.show`."""
    if job_id is None:
        return {}
    try:
        job: JobView = visit.ask("job.show", str(job_id))
    except NotFound:
        return {}
    return {"job": job, "every": pace(job)} if pace(job) else {}
