"""The directory of a unit (SCIM): where it calls, how that goes, its people, and what its groups stand for."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.access.types import TOKEN_DAYS
from underlet.interfaces.web import people_lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Choices, Field
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.views.api_keys import networks_field, networks_of, with_networks
from underlet.interfaces.web.views.units import unit_choices
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import role_name, roles
from underlet.kernel.permission import Role


@page("u/settings/directory", tab="directory", uses=("directory.show", "directory_group.list", "token.create"))
def directory(visit: Visit) -> HttpResponseBase:
    """The address to enter in Entra ID, Okta or another directory, its calls, and its groups with their roles."""
    view = visit.ask("directory.show", visit.here)
    return list_page(
        visit, people_lists.DIRECTORY_GROUPS, "pages/directory.html", _("Directory"), directory=view,
        address=_address(visit, view.path),
    )  # fmt: skip


def _address(visit: Visit, path: str) -> str:
    return visit.request.build_absolute_uri(path)


@page("u/settings/directory/people", tab="directory", uses=("directory_user.list",))
def directory_users(visit: Visit) -> HttpResponseBase:
    """People whom the directory keeps, by user name."""
    return list_page(
        visit, people_lists.DIRECTORY_USERS, "pages/directory_users.html", _("People of the directory")
    )


@page("u/settings/directory/key", tab="directory", uses=("token.create", "directory.show"), writes=True)
def directory_key(visit: Visit) -> HttpResponse:
    """A key for the directory of this unit, shown this once."""
    view = visit.ask("directory.show", visit.here)
    form = visit.form({"name": _("Directory"), "expires_in_days": str(TOKEN_DAYS)})
    if visit.is_posted:
        data = {**form.filled(), "networks": networks_of(form.values), "unit": visit.here, "purpose": "directory"}
        outcome, form = visit.attempt(form, "token.create", None, data)
        form = with_networks(form)
        if outcome is not None:
            return visit.page(
                "pages/directory_key.html", _("Key of the directory"), secret=outcome.body.get("secret", ""),
                address=_address(visit, view.path), back=visit.address("directory"),
            )  # fmt: skip
    fields = (
        Field("name", _("What it is for"), required=True),
        Field("expires_in_days", _("Expires after"), mode="numeric", suffix=_("days"), required=True),
        networks_field(),
    )
    return visit.page(
        "pages/form.html", _("Key of the directory"), status=form.status, form=form, fields=fields,
        submit=_("Create"), back=visit.address("directory"),
        lead=_("It provisions the people and groups of {name}, and can do nothing else.").format(name=visit.unit.name),
    )  # fmt: skip


@page(
    "u/settings/directory/groups/<str:directory_group>", tab="directory",
    uses=("directory_group.map", "directory_group.show", "unit.list", "unit.show"), writes=True,
)  # fmt: skip
def directory_group_map(visit: Visit, directory_group: str) -> HttpResponse:
    """Choose the role that a group of the directory stands for, and where."""
    group = visit.ask("directory_group.show", directory_group)
    present = group.mapping
    unit = str(present.unit.id) if present and present.unit else ""
    own_name = present.role_name if present else ""
    form = visit.form({"role": present.role if present else "", "unit": "" if unit == visit.here else unit})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "directory_group.map", directory_group, form.filled())
        if outcome is not None:
            return visit.to("directory", _("Saved."))
    places = unit_choices(visit, visit.here, without=(visit.unit.id,), including=form.values.get("unit", ""))
    here = (("", _("{name} and below").format(name=visit.unit.name)), *places.choices[1:])
    fields = (
        Field(
            "role",
            _("Role"),
            "select",
            choices=_roles(form.values.get("role", ""), own_name),
        ),
        Field("unit", _("Where"), "select", choices=here),
    )
    return visit.page(
        "pages/form.html", group.display_name, status=form.status, form=form, fields=fields, find=places,
        submit=_("Save"), back=visit.address("directory"),
        lead=_("Whoever is in this group has the role, as long as they are in it."),
    )  # fmt: skip


def _roles(chosen: str, own_name: str) -> Choices:
    """Roles that a group can stand for; owners are named by hand."""
    known = [(value, role_name(value)) for value, _words in roles() if value != Role.OWNER]
    own = [(chosen, own_name)] if chosen and chosen not in dict(known) else []
    return (("", _("None")), *own, *known)
