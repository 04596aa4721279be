"""Building what surrounds every page: menus from permissions, the way here, the unit panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from underlet.branding.types import BrandView
from underlet.interfaces.web.addresses import PAGES, address_of
from underlet.interfaces.web.frame import Brand, Link, Node
from underlet.interfaces.web.theme import favicon, logo, style_address
from underlet.organization.types import NearUnit, UnitRow, UnitView

LEVEL = 50
"""Units of each level that the panel shows at first."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the header's menu and its pages, by page name and label."""

    label: str | Promise
    tabs: tuple[tuple[str, str | Promise], ...]


AREAS = (
    Area(_("Home"), (("home", _("Home")),)),
    Area(
        _("Customers"),
        (
            ("customers", _("Customers")),
            ("environments", _("Environments")),
            ("sub_accounts", _("Sub-accounts")),
            ("accounts", _("Accounts")),
        ),
    ),
    Area(
        _("Billing"),
        (
            ("invoices", _("Invoices")),
            ("costs", _("Costs")),
            ("contracts", _("Contracts")),
            ("summary", _("Month")),
            ("billing_runs", _("Billing runs")),
            ("imports", _("Imports")),
            ("exchange_rates", _("Exchange rates")),
        ),
    ),
    Area(_("Structure"), (("structure", _("Structure")), ("groups", _("Groups")))),
    Area(
        _("Settings"),
        (
            ("profile", _("Unit")),
            ("environment", _("Environment")),
            ("users", _("Users")),
            ("roles", _("Roles")),
            ("identity_providers", _("Sign-in")),
            ("branding", _("Branding")),
            ("provisioning", _("Provisioning")),
            ("api_keys", _("API keys")),
            ("directory", _("Directory")),
            ("audit", _("Audit")),
            ("view_as", _("View as")),
        ),
    ),
)


def _open_tabs(area: Area, unit: UnitView, tab: str) -> tuple[Link, ...]:
    return tuple(
        Link(str(label), address_of(name, str(unit.id)), name == tab)
        for name, label in area.tabs
        if PAGES[name].opens_for(unit)
    )


def menus(unit: UnitView, tab: str) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The areas that the reader may enter in this unit, and the tabs of the current one (none for one page)."""
    areas: list[Link] = []
    current: tuple[Link, ...] = ()
    for area in AREAS:
        tabs = _open_tabs(area, unit, tab)
        is_current = any(link.is_current for link in tabs)
        if tabs:
            areas.append(Link(str(area.label), tabs[0].href, is_current))
        if is_current and len(tabs) > 1:
            current = tabs
    return tuple(areas), current


def tab_link(unit: UnitView, tab: str) -> Link | None:
    """The menu entry of a page, for the way to it."""
    labels = {name: label for area in AREAS for name, label in area.tabs}
    return Link(str(labels[tab]), address_of(tab, str(unit.id))) if tab in labels else None


def crumbs(unit: UnitView, tab: str, title: str, between: tuple[Link, ...] = ()) -> tuple[Link, ...]:
    """The way from the topmost visible unit to this page; it ends with the page itself."""
    links = [Link(step.name, address_of("home", str(step.id))) for step in unit.path]
    entry = tab_link(unit, tab)
    if entry is not None and tab != "home" and entry.label != title:
        links.append(entry)
    links += between
    if tab != "home":
        links.append(Link(title, "", is_current=True))
    return tuple(links)


def unit_node(unit: UnitRow | NearUnit, tab: str, current: UUID | None) -> Node:
    """A unit of a list as a closed node of the panel."""
    key = str(unit.id)
    return Node(
        unit.id, unit.kind, unit.name, address_of("go", key, tab=tab), unit.id == current,
        below=f"{address_of('below', key)}?tab={tab}" if unit.children else "", count=unit.children,
    )  # fmt: skip


def panel_nodes(unit: UnitView, near: Sequence[NearUnit], tab: str) -> tuple[Node, ...]:
    """The way from the topmost visible unit to the context unit, each step open with what lies below it."""
    inner: tuple[Node, ...] = ()
    for position in range(len(unit.path) - 1, -1, -1):
        step = unit.path[position]
        after = unit.path[position + 1].id if position + 1 < len(unit.path) else None
        below = [row for row in near if row.parent_id == step.id]
        nodes = tuple(inner[0] if row.id == after else unit_node(row, tab, unit.id) for row in below)
        if after is not None and all(row.id != after for row in below):
            nodes = (*inner, *nodes)  # beyond what fits a level, but the way must not break
        key = str(step.id)
        address = f"{address_of('below', key)}?tab={tab}" if nodes else ""
        is_here = step.id == unit.id
        inner = (
            Node(
                step.id, step.kind, step.name, address_of("go", key, tab=tab), is_here, bool(nodes), address,
                0, nodes, len(below) >= LEVEL,
            ),
        )  # fmt: skip
    return inner


def brand_of(brand: BrandView, unit: UnitView) -> Brand:
    """The effective brand as the header shows it; a picture's address carries its hash, so that caches keep it."""

    def picture(sha256: str) -> str:
        return address_of("brand_picture", str(unit.id), sha256=sha256)

    return Brand(
        brand.product_name,
        logo(brand.logo_1x, brand.logo_2x, picture),
        favicon(brand.favicon) if brand.favicon else "",
        picture(brand.favicon_180) if brand.favicon_180 else "",
        style_address(brand.color),
    )


def may_add(unit: UnitView) -> bool:
    """Whether the reader may create a unit below this one (R13)."""
    return unit.kind == "organization" and PAGES["unit_create"].opens_for(unit)
