"""Reads of one's own jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from pydantic import Field

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.listing import BY_ID, sorted_page
from underlet.foundation.models import Job
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import SORTED_BY, NoInput, Page, PageInput
from underlet.kernel.sentence import unpacked

_RECENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its starter sees it. done, total: units of work; error: a refusal's body when failed."""

    id: UUID
    name: str
    state: str
    done: int
    total: int
    message: str
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def _own_jobs(actor: Actor) -> QuerySet[Job]:
    if not settings().query_scoping:
        return Job.objects.all()
    return Job.objects.filter(actor_id=actor.id)


def find_job(actor: Actor, public_id: UUID) -> Job | None:
    """One of the actor's own jobs."""
    return _own_jobs(actor).filter(public_id=public_id).first()


OWN_JOB = Subject("job", find_job, lambda row: 0, lambda row: 0)


def _view(row: Job) -> JobView:
    return JobView(
        row.public_id,
        row.name,
        row.state,
        row.done,
        row.total,
        row.message,
        unpacked(row.error),
        row.created_at,
        row.started_at,
        row.finished_at,
    )


@query("job.show", subject=OWN_JOB, own=True)
def show_job(actor: Actor, row: Job, data: NoInput) -> JobView:
    """Show how far a job of one's own is."""
    return _view(row)


class ListJobs(PageInput):
    """Which of one's own jobs."""

    state: Literal["", "queued", "running", "done", "failed"] = ""
    current: bool = Field(default=False, description="Only those that did not end, or failed within a day")
    sort: Literal["created", "-created"] = Field(default="-created", description=SORTED_BY)


@query("job.list")
def list_jobs(actor: Actor, data: ListJobs) -> Page[JobView]:
    """List one's own jobs, newest first by default."""
    found = _own_jobs(actor)
    if data.state:
        found = found.filter(state=data.state)
    if data.current:
        found = found.filter(
            Q(state__in=("queued", "running")) | Q(state="failed", finished_at__gt=now() - _RECENT)
        )
    page = sorted_page(found, data, data.sort, {"created": BY_ID})
    return Page(tuple(_view(row) for row in page.items), page.next)
