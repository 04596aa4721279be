"""The life of a unit: what comes after it was made, activating, archiving, restoring and removing it."""

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.interfaces.web import lists
from underlet.interfaces.web.addresses import PAGES
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.parts import Step
from underlet.interfaces.web.visit import Visit
from underlet.invoicing.types import RemovalPreview
from underlet.kernel.hierarchy import UnitKind, UnitState


def _above(visit: Visit) -> str:
    """The unit above the context unit, itself at the topmost visible one."""
    path = visit.unit.path
    return str(path[-2 if len(path) > 1 else 0].id)


@page(
    "u/next", tab="structure", uses=("unit.show", "unit.children", "sub_account.list", "contract.list", "user.list"),
)  # fmt: skip
def unit_next(visit: Visit) -> HttpResponse:
    """What a new customer needs next, in this order: accounts, contract, people (R75, R79, R80, P22)."""
    visit.ask("unit.show", visit.here)
    title = _("Next steps for {name}").format(name=visit.unit.name)
    return visit.page("pages/unit_next.html", title, steps=tuple(_steps(visit)), above=_above(visit))


def _steps(visit: Visit) -> Iterator[Step]:
    unit, few, is_customer = visit.unit, {"limit": 1}, visit.unit.kind is UnitKind.CUSTOMER
    if unit.state is UnitState.DRAFT:
        text = _("As long as it is a draft, nothing can be assigned or sold to it.")
        yield Step(_("Activate it"), text, visit.address("unit_activate"), is_done=False)
    elif not is_customer and visit.may("unit.create"):
        below = bool(visit.ask("unit.children", visit.here, few).items)
        text = _("Organizations resell or pass on; customers consume.")
        yield Step(_("Add units below it"), text, visit.address("unit_create"), below)
    if is_customer and visit.may("sub_account.list"):
        owned = bool(visit.ask("sub_account.list", visit.here, few).items)
        address = f"{visit.address('sub_accounts', unit=unit.path[0].id)}?state=unassigned"
        yield Step(_("Assign sub-accounts"), _("From then on its consumption is its own."), address, owned)
    if len(unit.path) > 1 and visit.may("contract.list"):
        bought = bool(visit.ask("contract.list", visit.here, {**few, "side": "bought"}).items)
        address = f"{visit.address('contract_create', unit=_above(visit))}?buyer={unit.id}"
        yield Step(_("Make its contract"), _("What it pays for what it consumes."), address, bought)
    if visit.may("user.list"):
        invited = bool(visit.ask("user.list", visit.here, few).items)
        text = _("With a role that sees this unit's data, and no other's.")
        yield Step(_("Invite a user"), text, visit.address("user_invite"), invited)
    if unit.customer_organization is not None:
        label = _("Or add one for all customers of {name}").format(name=unit.customer_organization.name)
        text = _("Those that join later included.")
        address = visit.address("customer_organization", unit=unit.customer_organization.id)
        yield Step(label, text, address, is_done=False)


@page("u/activate", tab="structure", uses=("unit.activate",), writes=True)
def unit_activate(visit: Visit) -> HttpResponse:
    """Put a draft to work (R76)."""
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "unit.activate", visit.here)
        if outcome is not None:
            return visit.to("unit_next", _("{name} is active.").format(name=visit.unit.name))
    return visit.page(
        "pages/confirm.html", _("Activate {name}").format(name=visit.unit.name), status=form.status, form=form,
        text=_("From now on it can be chosen as an owner, a buyer and a parent. It does not become a draft again."),
        submit=_("Activate"), back=visit.address("profile"),
    )  # fmt: skip


@page("u/promote", tab="structure", uses=("unit.promote",), writes=True)
def unit_promote(visit: Visit) -> HttpResponse:
    """Make a customer an organization (P33)."""
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "unit.promote", visit.here)
        if outcome is not None:
            return visit.to("unit_next", _("{name} is an organization.").format(name=visit.unit.name))
    return visit.page(
        "pages/confirm.html", _("Make {name} an organization").format(name=visit.unit.name), status=form.status,
        form=form, submit=_("Make it an organization"), back=visit.address("profile"),
        text=_(
            "It can then have units below it and sell to them. Contract, accounts, people and history stay; its price"
            " type goes. It does not become a customer again."
        ),
    )  # fmt: skip


@page("u/archive", tab="structure", uses=("unit.archive", "unit.preview_removal"), writes=True)
def unit_archive(visit: Visit) -> HttpResponse:
    """Archive the context unit, after a look at what stands against it (R30)."""
    return _leave(visit, "unit.archive")


@page("u/remove", tab="structure", uses=("unit.remove", "unit.preview_removal"), writes=True)
def unit_remove(visit: Visit) -> HttpResponse:
    """Remove the context unit, if nothing depends on it, after a look at what goes along (R3)."""
    return _leave(visit, "unit.remove")


def _leave(visit: Visit, name: str) -> HttpResponse:
    """The page of either way out; each leads to the other where that is possible instead."""
    unit, form, is_removal = visit.unit, visit.form(), name == "unit.remove"
    back = visit.address("structure", unit=_above(visit))
    if visit.is_posted:
        outcome, form = visit.attempt(form, name, visit.here)
        if outcome is not None and is_removal:
            visit.request.session.pop("unit", None)
            return visit.to_address(back, _("{name} was removed.").format(name=unit.name))
        if outcome is not None:
            return visit.to("profile", _("{name} is archived.").format(name=unit.name))
    preview: RemovalPreview = visit.ask("unit.preview_removal", visit.here)
    title = _("Remove {name}") if is_removal else _("Archive {name}")
    return visit.page(
        "pages/unit_leave.html", title.format(name=unit.name), status=form.status, form=form, preview=preview,
        is_removal=is_removal, back=back,
        obstacles=preview.remove_obstacles if is_removal else preview.archive_obstacles,
        may_archive=is_removal and not preview.archive_obstacles and PAGES["unit_archive"].opens_for(unit),
    )  # fmt: skip


@page("u/restore", tab="structure", uses=("unit.restore",), writes=True)
def unit_restore(visit: Visit) -> HttpResponse:
    """Bring the archived context unit back, under its name or another one."""
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "unit.restore", visit.here, form.filled())
        if outcome is not None:
            return visit.to("profile", _("{name} is active.").format(name=outcome.body["name"]))
    fields = (Field("name", _("New name"), hint=_("Empty: as it was called")),)
    return visit.page(
        "pages/confirm.html", _("Restore {name}").format(name=visit.unit.name), status=form.status, form=form,
        fields=fields, submit=_("Restore"), back=visit.address("profile"),
        text=_("It comes back as it was. Contracts and assignments that ended stay ended; make new ones."),
    )  # fmt: skip


@page("u/archived", tab="structure", uses=("unit.list",))
def archived(visit: Visit) -> HttpResponseBase:
    """The archived units of the unit and below it, by name."""
    return list_page(visit, lists.ARCHIVED, "pages/archived.html", _("Archived units"))
