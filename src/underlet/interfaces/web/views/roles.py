"""Roles of a unit: which there are to give, making own ones, and what they may hold at most."""

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.access.types import CeilingView, RolePreview, RoleView
from underlet.interfaces.web import people_lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Form
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.role_words import (
    figures,
    figures_words,
    input_of,
    right_groups,
    right_words,
    values_of,
)
from underlet.interfaces.web.sides import sides
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import role_name
from underlet.kernel.errors import InvalidInput, NotFound


@page("u/settings/roles", tab="roles", uses=("role.list", "role_ceiling.show", "user.customers"))
def roles(visit: Visit) -> HttpResponseBase:
    """The roles that may be given in the unit: built-in ones, its own, and those of units above (R34, R37, R44)."""
    ceiling: CeilingView = visit.ask("role_ceiling.show", visit.here)
    is_limited = bool(ceiling.masks) or len(ceiling.permissions) < sum(len(group) for _h, group in right_groups())
    return list_page(
        visit, people_lists.ROLES, "pages/roles.html", _("Roles"), sides=sides(visit, "roles"), ceiling=ceiling,
        is_limited=is_limited, may_make=visit.may("role.create"),
    )  # fmt: skip


def _shown(visit: Visit, role: str) -> RoleView:
    """The role of the address. Raises NotFound for one that is not there to give here."""
    try:
        view: RoleView = visit.ask("role.show", visit.here, {"role": role})
    except InvalidInput:
        raise NotFound() from None
    return view


@page("u/settings/roles/create", tab="roles", uses=("role.create",), writes=True)
def role_create(visit: Visit) -> HttpResponse:
    """Make a role of the unit's own (R44, P3)."""
    form = visit.form(values_of((), ()) | {"figures": "prices"})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "role.create", visit.here, _input(form))
        if outcome is not None:
            return visit.to("roles", _("The role was made."))
    return _form(visit, form, _("New role"), _("Make the role"), visit.address("roles"))


def _input(form: Form) -> dict[str, object]:
    raw: dict[str, object] = {
        "name": form.values.get("name", ""),
        "description": form.values.get("description", ""),
    }
    if form.values.get("version"):
        raw["version"] = form.values["version"]
    return raw | input_of(form.values)


def _form(visit: Visit, form: Form, title: str, submit: str, back: str) -> HttpResponse:
    return visit.page(
        "pages/role_form.html", title, status=form.status, form=form, groups=right_groups(),
        figures=figures(), submit=submit, back=back, lead="",
    )  # fmt: skip


@page("u/settings/roles/<str:role>", tab="roles", uses=("role.show", "role.update", "role.delete"))
def role(visit: Visit, role: str) -> HttpResponse:
    """What one role allows and hides, in groups (P14)."""
    view = _shown(visit, role)
    name = role_name(view.name) if view.is_built_in else view.name
    groups = [
        (heading, [(right, right.name in view.permissions) for right in group])
        for heading, group in right_groups()
    ]
    return visit.page("pages/role.html", name, view=view, groups=groups, figures=figures_words(view.masks))


@page(
    "u/settings/roles/<str:role>/edit", tab="roles", uses=("role.show", "role.update", "role.preview"), writes=True
)
def role_update(visit: Visit, role: str) -> HttpResponse:
    """Change an own role; what changes for whom is shown first, and done after a yes (A6)."""
    view = _shown(visit, role)
    form = visit.form({
        "name": view.name, "description": view.description, "version": view.version,
        **values_of(view.permissions, view.masks),
    })  # fmt: skip
    back = visit.address("role", role=role)
    if visit.is_posted:
        raw = _input(form)
        change = visit.ask("role.preview", role, _asked(raw))
        if change.people and (change.gained or change.lost) and "sure" not in form.values:
            return _sure(visit, view, form, change)
        outcome, form = visit.attempt(form, "role.update", role, raw)
        if outcome is not None:
            return visit.to("roles", _("The role was changed."))
    return _form(visit, form, _("Edit “{name}”").format(name=view.name), _("Save"), back)


def _asked(raw: Mapping[str, object]) -> dict[str, object]:
    """Permissions and masks as a query takes them."""
    lists_ = {name: raw[name] for name in ("permissions", "masks")}
    return {name: ",".join(value) for name, value in lists_.items() if isinstance(value, list)}


def _sure(visit: Visit, view: RoleView, form: Form, change: RolePreview) -> HttpResponse:
    return visit.page(
        "pages/role_sure.html", _("What changes for whom"), form=form, view=view, change=change,
        kept=tuple(form.values.items()), gained=right_words(change.gained), lost=right_words(change.lost),
        more=change.people - len({one.id for one in change.holders}), back=visit.address("role", role=view.role),
    )  # fmt: skip


@page("u/settings/roles/<str:role>/delete", tab="roles", uses=("role.show", "role.delete"), writes=True)
def role_delete(visit: Visit, role: str) -> HttpResponse:
    """Delete an own role that nobody has any more."""
    view = _shown(visit, role)
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "role.delete", role)
        if outcome is not None:
            return visit.to("roles", _("The role was deleted."))
    return visit.page(
        "pages/confirm.html", _("Delete a role"), status=form.status, form=form, fields=(),
        danger=True, text=_("The role “{name}” is deleted. Nobody may have it any more.").format(name=view.name),
        submit=_("Delete"), back=visit.address("role", role=role),
    )  # fmt: skip


@page(
    "u/settings/role-ceiling", tab="roles", uses=("role_ceiling.show", "role_ceiling.set", "role_ceiling.clear"),
    writes=True,
)  # fmt: skip
def role_ceiling(visit: Visit) -> HttpResponse:
    """What roles in the unit and below it may hold at most; set by whoever administers from above (P2)."""
    ceiling: CeilingView = visit.ask("role_ceiling.show", visit.here)
    form = visit.form(values_of(ceiling.permissions, ceiling.masks))
    if visit.is_posted:
        is_cleared = "clear" in form.values
        name, raw = ("role_ceiling.clear", {}) if is_cleared else ("role_ceiling.set", input_of(form.values))
        outcome, form = visit.attempt(form, name, visit.here, raw)
        if outcome is not None:
            return visit.to("roles", _("The limit was lifted.") if is_cleared else _("The limit was set."))
    return visit.page(
        "pages/role_ceiling.html", _("What roles may hold at most"), status=form.status, form=form,
        ceiling=ceiling, groups=right_groups(), figures=figures(), shown=right_words(ceiling.permissions),
        shows=figures_words(ceiling.masks), back=visit.address("roles"),
    )  # fmt: skip
