"""One visit to one page: who asks, in which unit, what the page asked and did."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from underlet.access.arrivals import PROVIDER, is_theirs
from underlet.access.models import User
from underlet.access.queries import VIEWING, actor_by_id, signed_in
from underlet.access.sign_in.policy import lacks_second_factor
from underlet.foundation.actor import Actor
from underlet.foundation.operations import Outcome, run
from underlet.foundation.reads import ask
from underlet.foundation.registry import OPERATIONS
from underlet.interfaces.web import shell
from underlet.interfaces.web.addresses import PageEntry, address_of, may_use
from underlet.interfaces.web.answers import wants_fragment
from underlet.interfaces.web.decimals import with_numbers
from underlet.interfaces.web.forms import Form
from underlet.interfaces.web.frame import Brand, Frame, Link, Person, Viewing
from underlet.interfaces.web.jobs import current_jobs, pace_of_all
from underlet.interfaces.web.viewing import viewing_of
from underlet.interfaces.web.waiting import tasks_of
from underlet.kernel.errors import Forbidden, NotFound, Refusal, Unauthenticated, WrongState
from underlet.organization.types import UnitView

_REMEMBERED = 6
"""Units that the session remembers: the present one and five before it."""
_END = "view_as.end"
_NOT_VALUES = frozenset({"csrfmiddlewaretoken", "request_key"})


class SecondFactorNeeded(Exception):
    """Somebody is signed in who must add a second factor before anything else."""


@dataclass
class Visit:
    """What a view works with. context_unit: None on pages without one. tab: the menu entry of the page.

    worn, theme: what the page wears in place of the unit's brand and the reader's theme; previews only.
    viewing: as whom the reader views (P32). is_stale: that has just ended, so the whole page is another.
    """

    request: HttpRequest
    actor: Actor
    user: User
    tab: str
    uses: tuple[str, ...]
    used: list[str] = field(default_factory=list)
    context_unit: UnitView | None = None
    worn: Brand | None = None
    theme: str = ""
    viewing: Viewing | None = None
    is_stale: bool = False

    def enter(self, address: str, page: PageEntry) -> None:
        """Go into the unit of the address ("" = none).

        Raises NotFound for a hidden, absent or unfitting unit, WrongState where its state does not allow what the page
        does, Forbidden for a page of the unit that its menus do not show; pages of other things ask for their
        permission themselves.
        """
        if not address:
            return
        self.context_unit = ask("unit.show", self.actor, address)
        if not page.fits(self.context_unit):
            raise NotFound()
        if not page.fits_state(self.context_unit):
            raise WrongState.of(self.context_unit.state)
        if page.is_about_unit and not page.opens_for(self.context_unit):
            if self.context_unit.is_customer_organization:
                raise Forbidden(
                    "A customer organization has no accounts, no cost and no billing; its customers have (R74).",
                    hint="Open one of its customers.",
                )
            raise Forbidden()
        session = self.request.session
        if session.get("unit") != address:
            session["unit"] = address
            before = [one for one in session.get("recent", ()) if one != address]
            session["recent"] = [address, *before][:_REMEMBERED]

    def come_again(self) -> None:
        """Let the reader in once more: a file is written while time passes, and grants end meanwhile (A6).

        Raises Unauthenticated for who may not come in any more.
        """
        actor_by_id(self.actor.id)

    @property
    def unit(self) -> UnitView:
        """The context unit of a page that has one."""
        if self.context_unit is None:
            raise NotFound()
        return self.context_unit

    @property
    def here(self) -> str:
        """The context unit's public id, as queries and operations take it."""
        return str(self.unit.id)

    def may(self, name: str) -> bool:
        """Whether the actor may use a registry entry in the context unit."""
        return may_use(self.unit, name)

    @property
    def may_restore(self) -> bool:
        """Whether the bar of an archived unit leads to its restoring."""
        return self.may("unit.restore")

    @property
    def may_activate(self) -> bool:
        """Whether the bar of a draft leads to its activating."""
        return self.may("unit.activate")

    def require(self, name: str) -> None:
        """Raise Forbidden unless the actor may use a registry entry in the context unit."""
        if not self.may(name):
            raise Forbidden()

    def ask(self, name: str, address: str | None = None, raw: Mapping[str, Any] | None = None) -> Any:
        """Answer a query that the page named."""
        self._note(name)
        return ask(name, self.actor, address, raw)

    def run(
        self, name: str, address: str | None = None, raw: Mapping[str, Any] | None = None, key: str = ""
    ) -> Outcome:
        """Do an operation that the page named; numbers are read as people type them."""
        self._note(name)
        raw = with_numbers(OPERATIONS[name].input, raw or {})
        return run(name, self.actor, address, raw, key=f"web {key}" if key else "")

    def attempt(
        self, form: Form, name: str, address: str | None = None, raw: Mapping[str, Any] | None = None
    ) -> tuple[Outcome | None, Form]:
        """Do an operation with a posted form: its outcome, or None and the form with what is wrong.

        Hidden (404) and forbidden (403) answer as a whole page, like everywhere.
        """
        try:
            return self.run(name, address, raw, form.key), form
        except (NotFound, Forbidden):
            raise
        except Refusal as refusal:
            return None, form.refused(refusal)

    def _note(self, name: str) -> None:
        if name not in self.uses:
            raise LookupError(f"the page does not name {name}")
        if name not in self.used:
            self.used.append(name)

    # --- forms ----------------------------------------------------------------------------------

    @property
    def is_posted(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    def form(self, initial: Mapping[str, Any] | None = None) -> Form:
        """The posted form, or one with the initial values."""
        if not self.is_posted:
            return Form({name: str(value) for name, value in (initial or {}).items() if value is not None})
        values = {name: value for name, value in self.request.POST.items() if name not in _NOT_VALUES}
        return Form(
            {name: str(value) for name, value in values.items()}, key=self.request.POST.get("request_key", "")
        )

    def filters(self, *names: str) -> dict[str, str]:
        """The list's filters and cursor from the address; what is unknown is ignored."""
        return {name: self.request.GET[name] for name in (*names, "after") if self.request.GET.get(name)}

    # --- answers --------------------------------------------------------------------------------

    def address(self, page: str, **parameters: object) -> str:
        """The address of a page, in the context unit where the page has one."""
        unit = str(parameters.pop("unit", "")) or (str(self.context_unit.id) if self.context_unit else "")
        return address_of(page, unit, **parameters)

    def page(
        self, template: str, title: str, *, status: int = 200, way: tuple[Link, ...] = (), **context: Any
    ) -> HttpResponse:
        """Render a page, or only its content for htmx. way: steps between the menu entry and the page itself."""
        is_fragment = wants_fragment(self.request)
        frame = self._frame(title, way, is_fragment=is_fragment)
        context = {"frame": frame, "visit": self, "title": title, "is_fragment": is_fragment, **context}
        return self.shown(render(self.request, template, context, status=status))

    def _frame(self, title: str, way: tuple[Link, ...], *, is_fragment: bool) -> Frame:
        unit = self.context_unit or self.last_unit() or self._first_unit()
        person = Person(
            self.user.name, self.user.email, translation.get_language() or "en", self.theme or self.user.theme
        )
        api = tuple(self.used) or self.uses[:1]
        if unit is None:
            return Frame(person, crumbs=(Link(title, "", is_current=True),), api=api)
        areas, tabs = shell.menus(unit, self.tab)
        top = unit.path[0]
        is_elsewhere = self.context_unit is not None and unit.id != top.id
        inner = Frame(
            person,
            unit_name=unit.name,
            tabs=tabs,
            crumbs=shell.crumbs(unit, self.tab, title, way)
            if self.context_unit
            else (Link(title, "", is_current=True),),
            home=Link(top.name, address_of("home", str(top.id))) if is_elsewhere else None,
            api=api,
        )
        return inner if is_fragment else self._surrounded(inner, unit, areas)

    def _surrounded(self, inner: Frame, unit: UnitView, areas: tuple[Link, ...]) -> Frame:
        """The frame with what lies around the content: brand, unit panel, trays. Four statements."""
        here, tab = str(unit.id), self.tab or "home"
        others = [one for one in self.request.session.get("recent", ()) if one != here]
        near = ask("unit.around", self.actor, here, {"named": others, "limit": shell.LEVEL})
        jobs = current_jobs(self.actor, self.request.session.get("jobs_seen", ""))
        waiting = ask("home.waiting", self.actor, here).to_do
        return replace(
            inner,
            brand=self.worn or shell.brand_of(ask("brand.show", self.actor, here), unit),
            areas=areas,
            panel=shell.panel_nodes(unit, near.below, tab),
            recent=tuple(Link(one.name, address_of("go", str(one.id), tab=tab)) for one in near.named),
            add=address_of("unit_create", here) if shell.may_add(unit) else "",
            search=address_of("search", here),
            units=f"{address_of('panel', here)}?tab={tab}",
            waits=address_of("waiting", here),
            jobs=jobs,
            jobs_every=pace_of_all(jobs),
            waiting=tasks_of(lambda page: address_of(page, here), waiting),
            waiting_count=sum(one.count for one in waiting),
        )

    def last_unit(self) -> UnitView | None:
        """The unit last worked in, if it is still visible."""
        last = self.request.session.get("unit")
        try:
            return ask("unit.show", self.actor, last) if last else None
        except NotFound:
            return None

    def _first_unit(self) -> UnitView | None:
        mine = ask("unit.mine", self.actor).items
        return ask("unit.show", self.actor, str(mine[0].id)) if mine else None

    def part(self, template: str, **context: Any) -> HttpResponse:
        """Render a piece of a page for htmx."""
        return self.shown(render(self.request, template, {"visit": self, **context}))

    def shown(self, answer: HttpResponse) -> HttpResponse:
        """A page for nobody else's cache, and not mistaken for its fragment."""
        patch_vary_headers(answer, ("HX-Request", "HX-Target", "Cookie"))
        if self.is_stale and wants_fragment(self.request):
            answer["HX-Refresh"] = "true"
        answer["Cache-Control"] = "private, no-store"
        return answer

    def to(self, page: str, said: str = "", **parameters: object) -> HttpResponse:
        """On to another page, with a word about what was done."""
        return self.to_address(self.address(page, **parameters), said)

    def to_address(self, address: str, said: str = "", undo: str = "") -> HttpResponse:
        """On to an address of ours. undo: another one of ours, where what was done can be undone."""
        if said:
            messages.success(self.request, said, extra_tags=undo)
        return HttpResponseRedirect(address)


def visitor(request: HttpRequest, tab: str, uses: tuple[str, ...]) -> Visit:
    """The visit of a signed-in person. Raises Unauthenticated. The page speaks the person's language."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise Unauthenticated()
    provider = request.session.get(PROVIDER)
    if provider is not None and not is_theirs(provider, user.id):
        auth.logout(request)
        raise Unauthenticated()
    if provider is None and lacks_second_factor(user):
        raise SecondFactorNeeded()
    translation.activate(user.language)
    request.session.get("unit")  # reads the session before any transaction of the actor is open
    was_viewing = VIEWING in request.session
    is_writing = request.method == "POST" and _END not in uses  # what is over may be ended once more
    actor = signed_in(user, request.session, is_writing=is_writing)
    visit = Visit(request, actor, user, tab, uses)
    if actor.oneself is not None:
        visit.viewing = viewing_of(actor)
        request.viewing = visit.viewing  # type: ignore[attr-defined]  # for pages of refusals, which have no visit
    visit.is_stale = was_viewing and actor.oneself is None
    return visit
