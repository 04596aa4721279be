"""Binding pages to addresses and to the registry entries they use.

A page names the queries and operations it may use; `Visit` refuses any other, so a page offers nothing that the
registry does not know, and the registry test finds which entry has which page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_http_methods

from underlet.foundation.database.transactions import reading
from underlet.interfaces.web.addresses import BOUND, PAGES, PageEntry
from underlet.interfaces.web.answers import go_to, login_first, refused
from underlet.interfaces.web.visit import SecondFactorNeeded, Visit, visitor
from underlet.kernel.errors import Refusal, Unauthenticated

P = ParamSpec("P")
View = Callable[Concatenate[Visit, P], HttpResponseBase]
_UNIT = "u/"


def page(
    route: str,
    *,
    tab: str = "",
    uses: tuple[str, ...] = (),
    writes: bool = False,
    at_root: bool = False,
    for_customers: bool = False,
    for_organizations: bool = False,
) -> Callable[[View[P]], View[P]]:
    """Bind a page for signed-in people under the view's name.

    route: one that begins with "u/" lies below `/u/{unit}/`. writes: it also takes POST. at_root: it exists only
    where the context unit is a root; for_customers, for_organizations: only where it is one. A GET is answered from
    one read-only snapshot of the database.
    """

    def bind(view: View[P]) -> View[P]:
        name = view.__name__
        in_unit = route.startswith(_UNIT)
        address = route.replace(_UNIT, "u/<str:unit>/", 1) if in_unit else route

        @wraps(view)
        def answer(request: HttpRequest, *arguments: Any, **parameters: Any) -> HttpResponseBase:
            try:
                visit = visitor(request, tab, uses)
                unit = parameters.pop("unit", "")
                if request.method == "POST":
                    visit.enter(unit, PAGES[name])
                    return view(visit, *arguments, **parameters)
                with reading(visit.actor):
                    visit.enter(unit, PAGES[name])
                    return view(visit, *arguments, **parameters)
            except Unauthenticated:
                return login_first(request)
            except SecondFactorNeeded:
                return go_to(request, "/me/sign-in")
            except Refusal as refusal:
                return refused(request, refusal)

        methods = ["GET", "HEAD", "POST"] if writes else ["GET", "HEAD"]
        if name in PAGES:
            raise ValueError(f"the page {name} is bound twice")
        pattern = path(address, require_http_methods(methods)(answer), name=name)
        PAGES[name] = PageEntry(name, tab, uses, in_unit, at_root, for_customers, pattern, for_organizations)
        for entry in uses:
            BOUND[entry].add(name)
        return view

    return bind
