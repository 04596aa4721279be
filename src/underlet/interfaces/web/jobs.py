"""Following a job: how often to ask again, and showing it beside what it works on (interface.md §11)."""

from typing import Any

from underlet.foundation.clock import now
from underlet.foundation.jobs import JobView
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound

_PACES = ((30, 1), (300, 3))
_SLOWEST = 10


def pace(job: JobView) -> int:
    """Seconds until the next look at a job: 1, after half a minute 3, after five minutes 10; 0 once it ended."""
    if job.state not in ("queued", "running"):
        return 0
    age = (now() - job.created_at).total_seconds()
    return next((seconds for until, seconds in _PACES if age < until), _SLOWEST)


def followed(visit: Visit, job_id: object) -> dict[str, Any]:
    """Template context of a job that still runs; empty when it ended or is somebody else's. Uses `job.show`."""
    if job_id is None:
        return {}
    try:
        job: JobView = visit.ask("job.show", str(job_id))
    except NotFound:
        return {}
    return {"job": job, "every": pace(job)} if pace(job) else {}
