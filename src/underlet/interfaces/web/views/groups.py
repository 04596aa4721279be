"""Groups of units: the list, a group with its members, its rule, and new units in it (R46-R53)."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underlet.access.types.groups import GroupRuleView, GroupView
from underlet.foundation.types import MAX_PAGE_SIZE
from underlet.interfaces.web import lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.views.structure import draft_field, unit_fields
from underlet.interfaces.web.views.units import unit_choices
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import kinds, price_types
from underlet.kernel.errors import Forbidden, InvalidInput

_RULE = (
    "kind", "state", "price_type", "name", "display_name", "code", "organization_number", "below",
    "customer_organization",
)  # fmt: skip


@page("u/groups", tab="groups", uses=("group.list",), for_organizations=True)
def groups(visit: Visit) -> HttpResponseBase:
    """The groups that one sees in the hierarchy (R46)."""
    return list_page(visit, lists.GROUPS, "pages/groups.html", _("Groups"), may_add=visit.may("group.create"))


@page("u/groups/new", tab="groups", uses=("group.create",), writes=True, for_organizations=True)
def group_create(visit: Visit) -> HttpResponse:
    """Name a new group of units below the context unit (R49); its members come next."""
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "group.create", visit.here, form.filled())
        if outcome is not None:
            said = _("{name} was created. Now choose its members.").format(name=outcome.body["name"])
            return visit.to("group", said, group=outcome.body["id"])
    return visit.page(
        "pages/form.html", _("New group"), status=form.status, form=form, fields=_texts(), submit=_("Create"),
        lead=_("Of units below {name}").format(name=visit.unit.name), back=visit.address("groups"),
    )  # fmt: skip


def _texts() -> tuple[Field, ...]:
    return (
        Field("name", _("Name"), required=True, focus=True),
        Field("description", _("Description"), hint=_("What the group is for")),
    )


@page("groups/<str:group>", tab="groups", uses=("group.show", "group.members"))
def group(visit: Visit, group: str) -> HttpResponseBase:
    """A group: its members, how they come, and who looks after it (R46-R50)."""
    view: GroupView = visit.ask("group.show", group)
    table = replace(lists.MEMBERS, subject=group)
    may_choose = view.may_edit and view.rule is None
    return list_page(
        visit, table, "pages/group.html", view.name, group=view, may_choose=may_choose,
        can_pick=lambda row: may_choose,
    )  # fmt: skip


@page("groups/<str:group>/edit", tab="groups", uses=("group.update", "group.show"), writes=True)
def group_edit(visit: Visit, group: str) -> HttpResponse:
    """Rename a group, or describe it."""
    view = _to_edit(visit, group)
    form = visit.form({"name": view.name, "description": view.description, "version": view.version})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "group.update", group, form.values)
        if outcome is not None:
            return visit.to("group", _("Saved."), group=group)
    return visit.page(
        "pages/form.html", _("Edit {name}").format(name=view.name), status=form.status, form=form,
        fields=(*_texts(), Field("version", "", "hidden")), submit=_("Save"), back=visit.address("group", group=group),
    )  # fmt: skip


@page("groups/<str:group>/delete", tab="groups", uses=("group.delete", "group.show"), writes=True)
def group_delete(visit: Visit, group: str) -> HttpResponse:
    """Delete a group, after asking."""
    view, form = _to_edit(visit, group), visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "group.delete", group)
        if outcome is not None:
            return _to_list(visit, view, _("{name} was deleted.").format(name=view.name))
    return visit.page(
        "pages/confirm.html", _("Delete {name}").format(name=view.name), status=form.status, form=form, danger=True,
        text=_("Its members stay. Who looks after them by this group no longer sees them."), submit=_("Delete"),
        back=visit.address("group", group=group),
    )  # fmt: skip


def _to_list(visit: Visit, view: GroupView, said: str) -> HttpResponse:
    if view.unit is None:
        return visit.to("start", said)
    return visit.to("groups", said, unit=view.unit.id)


def _to_edit(visit: Visit, group: str) -> GroupView:
    """The group, for who may change it."""
    view: GroupView = visit.ask("group.show", group)
    if not view.may_edit:
        raise Forbidden()
    return view


# --- members --------------------------------------------------------------------------------------


@page("groups/<str:group>/add", tab="groups", uses=("group.show", "unit.list"))
def group_add(visit: Visit, group: str) -> HttpResponseBase:
    """Units below the group's unit, to choose members from (R49)."""
    view = _to_edit(visit, group)
    if view.unit is None:
        raise Forbidden()
    top = view.unit.id
    asked = visit.request.GET
    found = {name: asked[name] for name in ("q", "kind") if asked.get(name, "").strip()}
    every = f"{visit.address('group_join', group=group)}?{urlencode({'every': 1, **found})}"
    return list_page(
        visit, replace(lists.CANDIDATES, subject=str(top)), "pages/group_add.html",
        _("Add members to {name}").format(name=view.name), group=view, every=every,
        can_pick=lambda row: row.id != top,
    )  # fmt: skip


@page("groups/<str:group>/join", tab="groups", uses=("group.add_members", "group.show"), writes=True)
def group_join(visit: Visit, group: str) -> HttpResponse:
    """Let the units selected, or all that a search finds, join a group, after asking (R47, R49)."""
    view, form, asked = _to_edit(visit, group), visit.form(), visit.request.GET
    chosen = _picked(visit)
    data: dict[str, Any] = {}
    if asked.get("every"):
        data = {"every": {name: asked.get(name, "").strip() for name in ("q", "kind")}}
        text = _("All units below {name} join.").format(name=view.unit.name if view.unit else view.name)
        if asked.get("q", "").strip():
            text = _("All units that “{q}” finds join.").format(q=asked["q"].strip())
    elif chosen:
        data = {"units": list(chosen)}
        count = len(chosen)
        text = ngettext("{n} unit joins.", "{n} units join.", count).format(n=count)
    else:
        return visit.to("group_add", _("Select at least one row."), group=group)
    if visit.is_posted:
        outcome, form = visit.attempt(form, "group.add_members", group, data)
        if outcome is not None:
            count = outcome.body["added"]
            said = ngettext("{n} unit joined.", "{n} units joined.", count).format(n=count)
            return visit.to("group", said, group=group)
    text = f"{text} {_('Who looks after the group sees its members at once, with everything below them.')}"
    return visit.page(
        "pages/confirm.html", _("Add members to {name}").format(name=view.name), status=form.status, form=form,
        text=text, submit=_("Add"), back=visit.address("group_add", group=group),
    )  # fmt: skip


@page("groups/<str:group>/leave", tab="groups", uses=("group.remove_members", "group.show"), writes=True)
def group_leave(visit: Visit, group: str) -> HttpResponse:
    """Take the members selected out of a group, after asking (R49)."""
    view, form, chosen = _to_edit(visit, group), visit.form(), _picked(visit)
    if not chosen:
        return visit.to("group", _("Select at least one row."), group=group)
    if visit.is_posted:
        outcome, form = visit.attempt(form, "group.remove_members", group, {"units": list(chosen)})
        if outcome is not None:
            count = outcome.body["removed"]
            said = ngettext("{n} unit left.", "{n} units left.", count).format(n=count)
            return visit.to("group", said, group=group)
    count = len(chosen)
    text = ngettext("{n} unit leaves the group.", "{n} units leave the group.", count).format(n=count)
    return visit.page(
        "pages/confirm.html", _("Remove members of {name}").format(name=view.name), status=form.status, form=form,
        text=text, submit=_("Remove"), danger=True, back=visit.address("group", group=group),
    )  # fmt: skip


def _picked(visit: Visit) -> tuple[str, ...]:
    """The rows selected: they stand in the address of the question, too."""
    return tuple(dict.fromkeys(visit.request.GET.getlist("row")))[:MAX_PAGE_SIZE]


# --- rule -----------------------------------------------------------------------------------------


@page(
    "groups/<str:group>/rule", tab="groups",
    uses=("group.update", "group.preview_rule", "group.show", "unit.list", "unit.show"), writes=True,
)  # fmt: skip
def group_rule(visit: Visit, group: str) -> HttpResponse:
    """The rule by which units become members, with a look at what it changes before it is saved (R46)."""
    view = _to_edit(visit, group)
    if view.unit is None:
        raise Forbidden()
    form = visit.form(_typed(view.rule))
    rule = {name: value for name in _RULE if (value := form.values.get(name, "").strip())}
    preview = None
    if visit.is_posted and "preview" not in visit.request.POST:
        outcome, form = visit.attempt(form, "group.update", group, {"rule": rule})
        if outcome is not None:
            count = outcome.body["members"]
            said = ngettext("Saved: {n} member.", "Saved: {n} members.", count).format(n=count)
            return visit.to("group", said, group=group)
    elif rule:
        preview, form = _preview(visit, view, rule, form)
    return visit.page(
        "pages/group_rule.html", _("Rule of {name}").format(name=view.name), status=form.status, form=form,
        fields=_rule_fields(visit, view.unit.id, form), preview=preview, group=view,
        back=visit.address("group", group=group),
    )  # fmt: skip


def _typed(rule: GroupRuleView | None) -> dict[str, Any]:
    if rule is None:
        return {}
    found = {name: getattr(rule, name) for name in _RULE}
    return {name: getattr(value, "id", value) for name, value in found.items() if value}


def _preview(visit: Visit, view: GroupView, rule: dict[str, str], form: Form) -> tuple[Any, Form]:
    """What the rule would change; nothing where it is wrong."""
    try:
        unit = str(view.unit.id) if view.unit else ""
        return visit.ask("group.preview_rule", unit, {"group": str(view.id), **rule}), form
    except InvalidInput as refusal:
        return None, form.refused(refusal)


def _rule_fields(visit: Visit, unit: object, form: Form) -> tuple[Field, ...]:
    any_ = ("", _("Any"))
    pattern = _("* is any text, ? any character")
    below = unit_choices(visit, unit, without=(unit,), including=form.values.get("below", ""))
    anchors = visit.ask("unit.list", str(unit), {"is_customer_organization": "true", "limit": MAX_PAGE_SIZE}).items
    states = (("active", _("Active")), ("draft", _("Draft")), ("archived", _("Archived")))
    fields = (
        Field("kind", _("Kind"), "select", choices=(any_, *kinds())),
        Field("below", _("Below"), "select", choices=below.choices, source=below.source, without=below.without),
        Field("name", _("Name"), hint=pattern, placeholder="*.example.com"),
        Field("display_name", _("Display name"), hint=pattern),
        Field("code", _("Customer code"), hint=pattern),
        Field("organization_number", _("Organization number"), hint=pattern),
        Field("price_type", _("Price type"), "select", choices=(any_, *price_types())),
        Field("state", _("State"), "select", choices=(any_, *states)),
    )
    if not anchors:
        return fields
    choices = (any_, *((str(row.id), row.name) for row in anchors))
    return (*fields, Field("customer_organization", _("Customer organization"), "select", choices=choices))


# --- new units ------------------------------------------------------------------------------------


@page("groups/<str:group>/new-unit", tab="groups", uses=("group.create_unit", "group.show"), writes=True)
def group_unit_create(visit: Visit, group: str) -> HttpResponse:
    """Create an organization or a customer in a group, right below the unit that keeps it (R52, R53)."""
    view: GroupView = visit.ask("group.show", group)
    if not view.may_create:
        raise Forbidden()
    form = visit.form({"kind": "customer"})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "group.create_unit", group, form.filled())
        if outcome is not None:
            said = _("{name} was added.").format(name=outcome.body["name"])
            return visit.to("profile", said, unit=outcome.body["id"])
    return visit.page(
        "pages/form.html", _("Add a unit"), status=form.status, form=form, fields=(*unit_fields(), draft_field()),
        lead=_("In the group {name}").format(name=view.name), submit=_("Add"),
        back=visit.address("group", group=group),
    )  # fmt: skip
