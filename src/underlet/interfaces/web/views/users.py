"""People with a role on the unit or below it: list, invite, take a role back."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.interfaces.web import people_lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.role_words import role_called
from underlet.interfaces.web.sides import PAGES_WITH_SIDES, sides
from underlet.interfaces.web.views.people import invited, role_fields
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import languages
from underlet.kernel.errors import NotFound


@page("u/settings/users", tab="users", uses=("user.list", "user.customers"))
def users(visit: Visit) -> HttpResponseBase:
    """People and their roles, by name (R36, R41, R42)."""
    return list_page(visit, people_lists.USERS, "pages/users.html", _("Users"), sides=sides(visit, "users"))


@page("u/settings/customer", tab="users", uses=("user.customers",))
def customer_choice(visit: Visit) -> HttpResponse:
    """Choose the customer whose users, and later roles and cost centres, one wants to see (R40)."""
    goal = visit.request.GET.get("for", PAGES_WITH_SIDES[0])
    if goal not in PAGES_WITH_SIDES:
        raise NotFound()
    filters = visit.filters("q")
    found = visit.ask("user.customers", None, filters)
    context = {"found": found, "q": filters.get("q", ""), "goal": goal}
    return visit.page("pages/customer_choice.html", _("Choose a customer"), **context)


@page("u/settings/users/invite", tab="users", uses=("user.invite", "role.list"), writes=True)
def user_invite(visit: Visit) -> HttpResponse:
    """Give a person a role on this unit and everything below it (R33, R34, R43), or on the customers of a customer
    organization (R80)."""
    is_customer = visit.unit.kind == "customer"
    form = visit.form({
        "role": "customer_viewer" if is_customer else "viewer", "language": "en",
        "scope": visit.request.GET.get("scope", "customers" if visit.unit.is_customer_organization else "subtree"),
    })  # fmt: skip
    if visit.is_posted:
        outcome, form = visit.attempt(form, "user.invite", visit.here, form.filled())
        if outcome is not None:
            return invited(visit, outcome.body)
    fields = (
        Field("email", _("E-mail address"), "email", required=True, focus=True, autocomplete="off"),
        Field("name", _("Name"), required=True, autocomplete="off"),
        *role_fields(visit),
        Field("language", _("Language"), "select", choices=languages()),
    )
    return visit.page(
        "pages/form.html", _("Invite a user"), status=form.status, form=form, fields=fields, submit=_("Invite"),
        lead=_("In {name}").format(name=visit.unit.name),
        back=visit.address("users"),
    )  # fmt: skip


@page("u/settings/users/revoke", tab="users", uses=("grant.revoke", "role.show", "group.show"), writes=True)
def grant_revoke(visit: Visit) -> HttpResponse:
    """Take a role on this unit back from a person; binds on their next request."""
    asked = visit.request.GET
    form = visit.form({
        "email": asked.get("email", ""), "role": asked.get("role", ""), "scope": asked.get("scope", "subtree"),
        "group": asked.get("group", ""),
    })  # fmt: skip
    if visit.is_posted:
        outcome, form = visit.attempt(form, "grant.revoke", visit.here, form.filled())
        if outcome is not None:
            return visit.to("users", _("The role was taken back."))
    told = form.values
    fields = [Field("email", "", "hidden"), Field("role", "", "hidden"), Field("scope", "", "hidden")]
    group = ""
    if told.get("scope") == "group":
        fields.append(Field("group", "", "hidden"))
        group = visit.ask("group.show", told.get("group", "")).name
    lost = {
        "customers": _("{email} loses the role “{role}” on the customers of {unit}, at once."),
        "unit": _("{email} loses the role “{role}” on {unit} alone, at once."),
        "group": _("{email} loses the role “{role}” on the group {group}, at once."),
    }.get(
        told.get("scope", ""),
        _("{email} loses the role “{role}” on {unit} and everything below it, at once."),
    )
    email, role = told.get("email", ""), role_called(visit, told.get("role", ""))
    return visit.page(
        "pages/confirm.html", _("Take a role back"), status=form.status, form=form, fields=fields, danger=True,
        text=lost.format(email=email, role=role, unit=visit.unit.name, group=group),
        submit=_("Take back"), back=visit.address("users"),
    )  # fmt: skip
