"""What surrounds every page: brand, areas, tabs, unit panel, way back, own menu.

Pure data that `base.html` reads. Menus are built from permissions (interface.md §4): an entry shows exactly when
the actor may open its page in the context unit.
"""

from dataclasses import dataclass
from uuid import UUID

from underlet.foundation.job_reads import JobView
from underlet.interfaces.web.parts import Task


@dataclass(frozen=True, slots=True)
class Logo:
    """A brand's logo. address, address_2x: of its picture, and of the one for fine screens.

    width, height: of the picture in pixels; with them a page keeps its place, so nothing moves when it comes.
    """

    address: str
    address_2x: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Brand:
    """The effective brand of the context unit.

    icon, icon_180, css: addresses, "" = the default icon, none, the default colours.
    """

    name: str = "Underlet"
    logo: Logo | None = None
    icon: str = ""
    icon_180: str = ""
    css: str = ""

    @property
    def initial(self) -> str:
        return self.name[:1].upper()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a menu or of the way to a page. count: shown beside it, "" = none."""

    label: str
    href: str
    is_current: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A unit in the left panel. below: address that gives its children, "" for none; children: those loaded.

    is_cut: there are more children than those.
    """

    id: UUID
    kind: str
    name: str
    href: str
    is_current: bool = False
    is_open: bool = False
    below: str = ""
    count: int = 0
    children: tuple["Node", ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """The switch between one's own organization and a customer: navigation, not state (R40).

    own: the page of the own organization. customer: where a customer is chosen; in one, its name.
    """

    own: Link
    customer: Link


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in. theme: auto, light or dark."""

    name: str
    email: str
    language: str = "en"
    theme: str = "auto"

    @property
    def initials(self) -> str:
        parts = self.name.split()
        return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


@dataclass(frozen=True, slots=True)
class Viewing:
    """That the reader views as somebody else (P32): whose banner every page bears. minutes: that are left."""

    id: UUID
    viewer: str
    person: str
    may_act: bool
    minutes: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the content. home: way back when the context is not the home unit.

    recent: units worked in before. jobs: one's own that run, or failed and were not looked at; jobs_every: seconds
    until the next look at them, 0 = none runs. waiting: what waits for the reader in the unit; waiting_count: how many
    things those are together.

    add, search, units, waits: addresses of the form for a unit below, the search, the panel's list, the page of what
    waits; "" = not offered.

    api: registry names that the page used, shown in its "API" panel.
    """

    person: Person
    brand: Brand = Brand()
    unit_name: str = ""
    areas: tuple[Link, ...] = ()
    tabs: tuple[Link, ...] = ()
    crumbs: tuple[Link, ...] = ()
    panel: tuple[Node, ...] = ()
    home: Link | None = None
    add: str = ""
    search: str = ""
    units: str = ""
    waits: str = ""
    recent: tuple[Link, ...] = ()
    jobs: tuple[JobView, ...] = ()
    waiting: tuple[Task, ...] = ()
    waiting_count: int = 0
    jobs_every: int = 0
    api: tuple[str, ...] = ()
