"""The switch "My organization / Customer" of pages about people and roles (interface.md §3, R38–R45)."""

from django.utils.translation import gettext as _

from underlet.interfaces.web.frame import Link, Sides
from underlet.interfaces.web.visit import Visit

PAGES_WITH_SIDES = ("users", "roles")
"""Pages that have the switch, by name."""


def sides(visit: Visit, page: str) -> Sides | None:
    """The switch for a page of the context unit; None for whoever administers no customer's users (R42).

    Uses `user.customers`. Left leads to the page of the home unit, right to the list of those customers.
    """
    if page not in PAGES_WITH_SIDES:
        raise LookupError(page)
    if not visit.ask("user.customers", None, {"limit": 1}).items:
        return None
    unit = visit.unit
    home = unit.path[0]
    is_customer = unit.kind == "customer"
    return Sides(
        Link(_("My organization"), visit.address("go", unit=home.id, tab=page), unit.id == home.id),
        Link(
            unit.name if is_customer else _("Customer"),
            visit.address("customer_choice") + f"?for={page}",
            is_customer,
        ),
    )
