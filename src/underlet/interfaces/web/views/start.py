"""Where work begins: the way from "/" to a unit, the list of roots, the first start."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import Forbidden


@page("", uses=("unit.mine",))
def root(visit: Visit) -> HttpResponse:
    """To the unit last worked in, else to the topmost one; to set-up when there is none."""
    mine = visit.ask("unit.mine").items
    last = visit.last_unit()
    if last is not None:
        return visit.to("home", unit=last.id)
    if len(mine) == 1:
        return visit.to("home", unit=mine[0].id)
    return visit.to("setup" if not mine and visit.actor.is_operator else "start")


@page("start", uses=("unit.mine", "group.mine"))
def start(visit: Visit) -> HttpResponse:
    """The topmost units of one's grants, to choose from, and the groups that one looks after (R51)."""
    filters = visit.filters("q")
    found = visit.ask("unit.mine", None, filters)
    q = filters.get("q", "")
    groups = () if "after" in filters else visit.ask("group.mine", None, {"q": q, "limit": 100}).items
    return visit.page("pages/start.html", _("Choose where to work"), found=found, groups=groups, q=q)


@page("setup", uses=("hierarchy.create",), writes=True)
def setup(visit: Visit) -> HttpResponse:
    """Name a root unit (R1); the operator of the installation only."""
    if not visit.actor.is_operator:
        raise Forbidden("Only the operator of the installation may do this.")
    form = visit.form({"currency": "EUR"})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "hierarchy.create", None, form.filled())
        if outcome is not None:
            return visit.to("home", _("Your hierarchy is ready."), unit=outcome.body["root_id"])
    fields = (
        Field(
            "name",
            _("Name of the root unit"),
            required=True,
            focus=True,
            hint=_("Your own organization: all cost arrives here first."),
        ),
        Field("currency", _("Reporting currency"), required=True, hint=_("Three letters, for example EUR")),
    )
    return visit.page(
        "pages/form.html",
        _("Name your root unit"),
        status=form.status,
        form=form,
        fields=fields,
        submit=_("Create"),
    )
