"""Viewing as somebody else: whom to view as, beginning and ending it, who looked as oneself (P32)."""

from contextlib import suppress

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.access.queries import VIEWING
from underlet.interfaces.web import people_lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import Refusal


@page("u/settings/view-as", tab="view_as", uses=("view_as.people",))
def view_as(visit: Visit) -> HttpResponseBase:
    """People as whom one may look, by name."""
    return list_page(visit, people_lists.PEOPLE_TO_VIEW, "pages/view_as.html", _("View as"))


@page("u/settings/view-as/start", tab="view_as", uses=("view_as.start",), writes=True)
def view_as_start(visit: Visit) -> HttpResponse:
    """Say why, and begin."""
    form = visit.form({"person": visit.request.GET.get("person", ""), "mode": "view"})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "view_as.start", visit.here, form.filled())
        if outcome is not None:
            visit.request.session[VIEWING] = outcome.body["id"]
            return visit.to_address("/")
    modes = (("view", _("Only look: nothing can be changed")), ("act", _("Look and act: what you both may do")))
    fields = (
        Field("person", "", "hidden"),
        Field(
            "reason",
            _("Why"),
            required=True,
            focus=True,
            hint=_("The person reads it in their profile"),
            wide=True,
        ),
        Field("mode", _("How"), "select", choices=modes, wide=True),
    )
    said = form.errors.get("person", "")
    return visit.page(
        "pages/form.html", _("View as somebody else"), status=form.status, form=form, fields=fields,
        submit=_("Begin"), back=visit.address("view_as"),
        lead=said or _("You see what you both may see, for half an hour at most. The person is told that you looked."),
    )  # fmt: skip


@page("view-as/end", uses=("view_as.end",), writes=True)
def view_as_end(visit: Visit) -> HttpResponse:
    """Be oneself again."""
    viewing = visit.request.session.get(VIEWING, "")
    if not visit.is_posted:
        return visit.page(
            "pages/confirm.html", _("End viewing as somebody else"), form=visit.form(), fields=(),
            text=_("You see everything as yourself again."), submit=_("End"), back="/",
        )  # fmt: skip
    if viewing:
        with suppress(Refusal):  # it may be over by itself
            visit.run("view_as.end", viewing)
        visit.request.session.pop(VIEWING, None)
    return visit.to_address("/", _("You are yourself again."))


@page("me/viewings", uses=("view_as.list",))
def viewings(visit: Visit) -> HttpResponseBase:
    """Who looked as oneself in the last 90 days, and as whom one looked."""
    return list_page(visit, people_lists.VIEWINGS, "pages/viewings.html", _("Who looked as you"))
