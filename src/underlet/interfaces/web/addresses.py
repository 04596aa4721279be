"""The pages there are: their addresses, their menu entries, the registry entries they use."""

from collections import defaultdict
from dataclasses import dataclass

from django.urls import URLPattern, reverse

from underlet.foundation.registry import OPERATIONS, QUERIES
from underlet.kernel.hierarchy import UnitKind, UnitState
from underlet.kernel.permission import Permission
from underlet.organization.types import UnitView

BOUND: dict[str, set[str]] = defaultdict(set)
"""Entry name -> names of the pages that use it, for the registry test."""

PAGES: dict[str, "PageEntry"] = {}
"""Page name -> how it is bound."""


BILLED = frozenset({
    "account", "sub_account", "assignment", "import", "contract", "exchange_rate", "billing_run", "invoice", "billing",
    "cost", "home.show",
})  # fmt: skip
"""What is about accounts, usage, cost and billing, by noun or name."""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A bound page. tab: the menu entry it belongs to, "" = none. uses: registry names, the first of which decides
    who may open it (§4). at_root: it exists at the root of a hierarchy only; for_customers: for customers only;
    for_organizations: for organizations only."""

    name: str
    tab: str
    uses: tuple[str, ...]
    in_unit: bool
    at_root: bool
    for_customers: bool
    pattern: URLPattern
    for_organizations: bool = False

    @property
    def is_about_unit(self) -> bool:
        """Whether the context unit itself is what the page is about."""
        entry = QUERIES.get(self.uses[0]) or OPERATIONS[self.uses[0]] if self.uses else None
        return entry is not None and entry.subject is not None and entry.subject.parameter == "unit"

    def fits(self, unit: UnitView) -> bool:
        """Whether the unit is one that has this page at all."""
        is_customer = unit.kind == UnitKind.CUSTOMER
        return (unit.is_root or not self.at_root) and not (
            self.for_organizations if is_customer else self.for_customers
        )

    def opens_for(self, unit: UnitView) -> bool:
        """Whether the reader of this unit may open the page in it."""
        if not self.fits(unit):
            return False
        return not self.uses or may_use(unit, self.uses[0])

    def fits_state(self, unit: UnitView) -> bool:
        """Whether what the page does is possible in the unit's state."""
        return not self.uses or not self.is_about_unit or fits_state(unit, self.uses[0])


def fits_state(unit: UnitView, name: str) -> bool:
    """Whether an operation on a unit is possible in its state; in most it is not once the unit is archived.

    Where the states are those of something that the unit has, such as its environment, the operation itself says so.
    """
    entry = OPERATIONS.get(name)
    is_about_unit = entry is not None and entry.subject is not None and entry.subject.parameter == "unit"
    if entry is None or not is_about_unit or not entry.states <= frozenset(UnitState):
        return True
    return not entry.states or unit.state in entry.states


def may_use(unit: UnitView, name: str) -> bool:
    """Whether the reader of a unit holds what a registry entry asks for there, and its state allows it.

    A customer organization has nothing that is billed, so nobody is offered any of it (R74).
    """
    entry = QUERIES.get(name) or OPERATIONS[name]
    if not fits_state(unit, name) or (unit.is_customer_organization and (entry.noun in BILLED or name in BILLED)):
        return False
    needs = entry.needs
    held = {Permission[held.upper()] for held in (unit.permissions_below if entry.below else unit.permissions)}
    return all(permission in held for permission in Permission if permission & needs)


def address_of(page: str, unit: str = "", **parameters: object) -> str:
    """The address of a page, in a unit where the page has one."""
    given = {name: str(value) for name, value in parameters.items()}
    if PAGES[page].in_unit:
        given = {"unit": unit, **given}
    return reverse(page, kwargs=given)
