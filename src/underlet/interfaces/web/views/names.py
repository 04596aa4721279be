"""Names that the installation holds back; for its operator."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.interfaces.web import lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import Forbidden


def _require_operator(visit: Visit) -> None:
    if not visit.actor.is_operator:
        raise Forbidden("Only the operator of the installation may do this.")


@page("names", uses=("name.list", "name.reserve"), writes=True)
def names(visit: Visit) -> HttpResponseBase:
    """Reserved names and those of archived customers; a form that reserves one (R19)."""
    _require_operator(visit)
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "name.reserve", None, form.filled())
        if outcome is not None:
            return visit.to("names", _("{name} is reserved.").format(name=outcome.body["name"]))
    return list_page(visit, lists.NAMES, "pages/names.html", _("Names"), status=form.status, form=form)


@page("names/release", uses=("name.release",), writes=True)
def name_release(visit: Visit) -> HttpResponse:
    """Free a name, after asking (R19)."""
    _require_operator(visit)
    name = visit.request.GET.get("name", "")
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "name.release", None, {"name": name})
        if outcome is not None:
            return visit.to("names", _("{name} is free.").format(name=name))
    return visit.page(
        "pages/confirm.html", _("Free the name {name}").format(name=name), status=form.status, form=form,
        text=_("Whoever asks first may take it; an archived customer that had it is then restored under another one."),
        submit=_("Free it"), danger=True, back=visit.address("names"),
    )  # fmt: skip
