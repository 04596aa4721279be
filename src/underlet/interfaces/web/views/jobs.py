"""One's own jobs and how far they are."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.foundation.clock import now
from underlet.interfaces.web import lists
from underlet.interfaces.web.answers import wants_fragment
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.jobs import current_jobs, pace, pace_of_all
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.visit import Visit


@page("jobs", uses=("job.list",))
def jobs(visit: Visit) -> HttpResponseBase:
    """One's own jobs, newest first."""
    visit.request.session["jobs_seen"] = now().isoformat()
    return list_page(visit, lists.JOBS, "pages/jobs.html", _("Jobs"))


@page("jobs/current", uses=("job.list",))
def jobs_current(visit: Visit) -> HttpResponse:
    """The list in the header's jobs tray; it asks again by itself while one of them runs."""
    found = current_jobs(visit.actor, visit.request.session.get("jobs_seen", ""))
    if wants_fragment(visit.request):
        return visit.part("parts/jobs.html", jobs=found, every=pace_of_all(found))
    return visit.page("pages/jobs_current.html", _("Jobs that run"), jobs=found, every=pace_of_all(found))


@page("jobs/<str:job>/progress", uses=("job.show",))
def job_progress(visit: Visit, job: str) -> HttpResponse:
    """How far a job is; asks again by itself until the job ended, then the page around it is loaded anew."""
    view = visit.ask("job.show", job)
    every = pace(view)
    if not wants_fragment(visit.request):
        return visit.page("pages/job.html", view.name, job=view, every=every)
    answer = visit.part("components/job.html", job=view, every=every)
    if not every:
        answer["HX-Refresh"] = "true"
    return answer
