"""A customer organization: its page with the customers that refer to it, and the field by which one is chosen."""

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from underlet.interfaces.web import lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.views.units import unit_choices
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound
from underlet.kernel.naming import proposed_name

FIELD = "customer_organization"
_CHOICES = "customer_organization.choices"


@page("u/customer-organization", tab="profile", uses=("customer_organization.customers",))
def customer_organization(visit: Visit) -> HttpResponseBase:
    """The customers that refer to this one, and what to do for all of them (R73, R75, R80)."""
    if visit.unit.kind != "customer":
        raise NotFound()
    path, title = visit.unit.path, _("Customers of {name}").format(name=visit.unit.name)
    return list_page(
        visit, lists.CUSTOMERS_OF, "pages/customer_organization.html", title,
        parent=path[-2] if len(path) > 1 and visit.may("unit.create") else None,
        may_invite=visit.may("user.invite") and visit.unit.is_customer_organization,
    )  # fmt: skip


def asked_for(visit: Visit) -> dict[str, str]:
    """What the form of a new unit begins with: kind and customer organization of a link, and a name under the latter's.

    Uses `unit.show`. The name is a proposal (requirements.md §2).
    """
    asked = visit.request.GET
    chosen = asked.get(FIELD, "")
    if not chosen or visit.is_posted:
        return {"kind": asked.get("kind", "customer")}
    above = visit.ask("unit.show", chosen)
    return {"kind": "customer", FIELD: chosen, "name": proposed_name(above.name)}


def choice(visit: Visit, form: Form) -> tuple[Field, ...]:
    """The field in which a customer's customer organization is chosen; none where there is nothing to choose.

    Uses `customer_organization.choices` and `unit.show`.
    """
    found = unit_choices(visit, visit.here, _CHOICES, including=form.values.get(FIELD, ""))
    if len(found.choices) == 1 and not found.is_cut:
        return ()
    return (
        Field(
            FIELD, _("Customer organization"), "select", choices=found.choices, source=found.source,
            hint=_("Only for one of several customers of an organization that get separate invoices. It is permanent."),
        ),
    )  # fmt: skip
