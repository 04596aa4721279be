"""The hierarchy: outline, unit panel, creating and moving units. What becomes of them: `views/life.py`."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.access.types.groups import GroupName
from underlet.foundation.clock import today
from underlet.interfaces.web.addresses import PAGES
from underlet.interfaces.web.answers import wants_part
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.frame import Node
from underlet.interfaces.web.outline import Opened, hits, opened_by, outline
from underlet.interfaces.web.shell import LEVEL, panel_nodes, unit_node
from underlet.interfaces.web.views.customer_organizations import asked_for, choice
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import TIME_ZONES, chart_words, kinds, price_types
from underlet.kernel.errors import Forbidden, NotFound, Refusal
from underlet.kernel.hierarchy import MAX_DEPTH, UnitKind

NAME_SAID = "name-said"
"""Id of the place below a name where it says whether the name is free."""
CHART_LINKS = ("profile", "unit_create", "unit_edit", "unit_move", "unit_remove")
"""Pages that the chart's side panel leads to; the unit's id replaces UNIT in their addresses."""


@page(
    "u/structure", tab="structure",
    uses=("unit.list", "unit.children", "unit.past", "unit.show", "sub_account.list", "scheduled_move.list"),
)  # fmt: skip
def structure(visit: Visit) -> HttpResponse:
    """The outline: rows that open and close by their address, or a flat list of what a search finds, or the place of
    one hit; or, with `view=chart`, the chart, which reads the same lists by the public API. With `as_of` either shows a
    past day, and changes nothing."""
    then = past_day(visit.request.GET.get("as_of", ""))
    as_of = then.isoformat() if then else ""
    kept = f"as_of={as_of}&" if as_of else ""
    q = "" if as_of else visit.request.GET.get("q", "").strip()
    here = visit.address("structure")
    context: dict[str, Any] = {
        "q": q,
        "may_edit": not as_of and visit.may("unit.update"),
        "may_move": not as_of and visit.may("unit.move"),
        "may_add": not as_of and visit.may("unit.create"),
        "may_import": not as_of and visit.may("structure.check"),
        "add_href": visit.address("unit_create"),
        "outline_href": f"{here}?as_of={as_of}" if as_of else here,
        "chart_href": f"{here}?{kept}view=chart",
        "as_of": as_of,
        "then": then,
        "kept": kept,
        "today": today().isoformat(),
        "scheduled": len(visit.ask("scheduled_move.list", visit.here, {"state": "pending", "limit": 100}).items),
    }
    finds_accounts = not as_of and visit.may("sub_account.list")
    opened = opened_by(visit, as_of)
    if visit.request.GET.get("view") == "chart" and (not as_of or outline(visit, Opened((), as_of=as_of))):
        config = {
            "top": visit.here, "api": "/api/v1", "levels": MAX_DEPTH, "finds_accounts": finds_accounts,
            "words": chart_words(), "past": {"as_of": as_of} if as_of else None,
        }  # fmt: skip
        links = {name: visit.address(name, unit="UNIT") for name in CHART_LINKS}
        return visit.page("pages/chart.html", _("Structure"), config=config, links=links, **context)
    found = hits(visit, finds_accounts=finds_accounts) if q else None
    before, after, number = found.beside(opened.selected) if found and found.items else (None, None, 0)
    rows = () if q and opened.selected is None else outline(visit, opened)
    return visit.page(
        "pages/structure.html", _("Structure"), rows=rows, found=found, selected=opened.selected, before=before,
        after=after, number=number, **context,
    )  # fmt: skip


@page("u/panel", uses=("unit.around", "unit.list"))
def panel(visit: Visit) -> HttpResponse:
    """The unit panel's list: the way to the context unit with everything beside it, or what a filter finds."""
    tab, q = _tab(visit), visit.request.GET.get("q", "").strip()
    top = str(visit.unit.path[0].id)
    if q:
        found = visit.ask("unit.list", top, {"q": q})
        nodes = tuple(unit_node(row, tab, visit.unit.id) for row in found.items)
    else:
        near = visit.ask("unit.around", visit.here, {"limit": LEVEL})
        nodes = panel_nodes(visit.unit, near.below, tab)
    return _nodes(visit, nodes, _("Units"))


@page("u/below", uses=("unit.children",))
def below(visit: Visit) -> HttpResponse:
    """The direct children of a unit, for the unit panel."""
    tab = _tab(visit)
    found = visit.ask("unit.children", visit.here, {"limit": 100})
    return _nodes(visit, tuple(unit_node(row, tab, None) for row in found.items), visit.unit.name)


def past_day(text: str) -> date | None:
    """The day before today that an address asks for; anything else is as if it were not there."""
    with suppress(ValueError):
        day = date.fromisoformat(text)
        return day if day < today() else None
    return None


def _tab(visit: Visit) -> str:
    tab = visit.request.GET.get("tab", "home")
    return tab if tab in PAGES else "home"


def _nodes(visit: Visit, nodes: tuple[Node, ...], title: str) -> HttpResponse:
    if "HX-Request" in visit.request.headers:
        return visit.part("parts/nodes.html", nodes=nodes)
    return visit.page("pages/units.html", title, nodes=nodes)


@page("u/go/<str:tab>", uses=("unit.show",))
def go(visit: Visit, tab: str) -> HttpResponse:
    """Work in this unit and keep the page; its home where the page is not open (R15)."""
    entry = PAGES.get(tab)
    if entry is None or not entry.in_unit:
        raise NotFound()
    return visit.to(tab if entry.tab == tab and entry.opens_for(visit.unit) else "home")


@page(
    "u/structure/new", tab="structure",
    uses=("unit.create", "name.check", "customer_organization.choices", "unit.show", "group.choices"), writes=True,
)  # fmt: skip
def unit_create(visit: Visit) -> HttpResponse:
    """Create an organization or a customer below the context unit (R3, R12, R13, R77), in groups if wanted (R53); its
    name is checked while it is typed, where scripts run (R19, R20).
    """
    form = visit.form(asked_for(visit))
    if visit.is_posted and wants_part(visit.request, NAME_SAID):
        return _name_said(visit, form)
    if visit.is_posted:
        outcome, form = visit.attempt(form, "unit.create", visit.here, form.filled())
        if outcome is not None:
            said = _("{name} was added.").format(name=outcome.body["name"])
            if outcome.body["kind"] == UnitKind.CUSTOMER:
                return visit.to("unit_next", said, unit=outcome.body["id"])
            id_ = outcome.body["id"]
            return visit.to_address(f"{visit.address('structure')}?sel={id_}#unit-{id_}", said)
    groups = visit.ask("group.choices", visit.here, {"joinable": "true", "limit": "500"}).groups
    fields = (*unit_fields(said=NAME_SAID), *group_fields(groups), *choice(visit, form), draft_field())
    is_customer = form.values.get("kind") == "customer"
    return visit.page(
        "pages/form.html", _("New customer") if is_customer else _("Add a unit"), status=form.status, form=form,
        fields=fields, zones=TIME_ZONES, lead=_("Below {name}").format(name=visit.unit.name), submit=_("Add"),
        back=visit.address("customers" if is_customer else "structure"),
    )  # fmt: skip


def unit_fields(said: str = "") -> tuple[Field, ...]:
    """What is asked of every new unit. said: where it is told whether the name is free."""
    return (
        Field("kind", _("Kind"), "select", choices=kinds()),
        Field(
            "name", _("Name"), required=True, focus=True, hint=_("Customers: like a host, acme.example.com"),
            said=said,
        ),
        Field("display_name", _("Display name"), hint=_("Free text beside the name")),
        Field("code", _("Customer code")),
        Field("organization_number", _("Organization number")),
        Field("time_zone", _("Time zone"), list="zones", hint=_("Empty: as the unit above")),
        Field(
            "price_type", _("Price type"), "select", choices=(("", price_types()[0][1]), price_types()[1]),
            hint=_("What a customer is shown"),
        ),
        Field(
            "own_legal_entity", _("Legal entity"), "select",
            choices=(
                ("", _("Customers yes, organizations no")),
                ("true", _("Its own")),
                ("false", _("Like the unit above")),
            ),
            hint=_("Who buys, sells and is invoiced needs its own."),
        ),
    )  # fmt: skip


def group_fields(groups: Sequence[GroupName]) -> tuple[Field, ...]:
    """Up to three groups that a new unit joins (R53); none where there is nothing to choose."""
    choices = (("", ""), *((str(one.id), one.name) for one in groups))
    labels = (_("Group"), _("Second group"), _("Third group"))
    return tuple(
        Field(f"groups.{number}", label, "select", choices=choices)
        for number, label in enumerate(labels[: len(groups)])
    )


def draft_field() -> Field:
    """Whether a new unit begins as a draft."""
    return Field(
        "draft", _("Only prepare it"), "checkbox", hint=_("A draft is chosen nowhere until it is activated.")
    )


def _name_said(visit: Visit, form: Form) -> HttpResponse:
    """What there is to say of the name typed so far."""
    name, refusal = "", None
    if form.values.get("name", "").strip():
        try:
            raw = {field: form.values.get(field, "") for field in ("kind", "name")}
            name = visit.ask("name.check", visit.here, raw).name
        except (NotFound, Forbidden):
            raise
        except Refusal as found:
            refusal = found
    return visit.part("parts/name_said.html", name=name, refusal=refusal, ident="f-name")
