"""Reads of customers' environments, the subject that their operations address, and what freezes with them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from underlet.foundation.actor import Actor, can
from underlet.foundation.clock import now
from underlet.foundation.database.sql import scalar
from underlet.foundation.listing import Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page
from underlet.kernel.environment import EnvironmentState, Goal, is_frozen
from underlet.kernel.errors import NameFrozen, PriceTypeFrozen
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.kernel.price_type import PriceType, features_of
from underlet.kernel.sentence import unpacked
from underlet.organization.environment_types import (
    EnvironmentChange,
    EnvironmentRow,
    EnvironmentView,
    HookView,
    ListEnvironments,
)
from underlet.organization.models import Environment, EnvironmentEvent, ProvisioningHook, Unit
from underlet.organization.queries import UNIT, find_unit, unit_links
from underlet.organization.scope import InScope
from underlet.organization.types import UnitLink

_HISTORY = 50


@dataclass(frozen=True, slots=True)
class CustomerEnvironment:
    """A customer and what is provisioned for it. row: None if nothing ever was."""

    unit: Unit
    row: Environment | None

    @property
    def public_id(self) -> UUID:
        """The customer's; an environment is addressed by it."""
        return self.unit.public_id

    @property
    def state(self) -> str:
        """Where the environment stands."""
        return self.row.state if self.row else EnvironmentState.NOT_PROVISIONED.value


def find_environment(actor: Actor, public_id: UUID) -> CustomerEnvironment | None:
    """The environment of a visible customer; organizations have none."""
    unit = find_unit(actor, public_id)
    if unit is None or unit.kind != UnitKind.CUSTOMER:
        return None
    return CustomerEnvironment(unit, Environment.objects.filter(unit=unit).first())


def _lock(found: CustomerEnvironment) -> None:
    if UNIT.lock is not None:  # the customer's: renaming it waits, and so does a second provisioning
        UNIT.lock(found.unit)


def _held(found: CustomerEnvironment) -> Permission | None:
    return UNIT.held(found.unit) if UNIT.held is not None else None


ENVIRONMENT = Subject(
    "unit", find_environment, lambda found: found.unit.id, lambda found: found.unit.hierarchy_id, _lock, held=_held
)


def check_not_frozen(unit: Unit, *, is_renamed: bool, is_repriced: bool) -> None:
    """Whether the name or the price type of a unit may change (R21, R22). Raises NameFrozen, PriceTypeFrozen."""
    if not (is_renamed or is_repriced):
        return
    row = Environment.objects.filter(unit=unit).first()
    if row is None or not is_frozen(EnvironmentState(row.state), Goal(row.goal)):
        return
    if is_renamed:
        raise NameFrozen(fields={"name": "It stays while the environment exists."})
    raise PriceTypeFrozen(fields={"price_type": "It stays while the environment exists."})


def environment_view(actor: Actor, unit: Unit) -> EnvironmentView:
    """The environment of a visible customer as it is now."""
    row = Environment.objects.filter(unit=unit).first()
    price_type = PriceType(unit.price_type)
    is_called = (
        scalar("select hook_unit(%s)", [unit.id]) is not None
        if can(Permission.ENVIRONMENT_EDIT, unit.id)
        else None
    )
    if row is None:
        return EnvironmentView(
            unit.public_id, EnvironmentState.NOT_PROVISIONED, None, None, unit.name, price_type, False,
            features_of(price_type), "", "", "", None, None, None, is_called, None, (),
        )  # fmt: skip
    state, goal = EnvironmentState(row.state), Goal(row.goal)
    return EnvironmentView(
        unit.public_id,
        state,
        goal,
        row.attempt,
        unit.name,
        price_type,
        is_frozen(state, goal),
        features_of(price_type),
        row.reference,
        row.address,
        unpacked(row.error) or "",
        row.provisioned_at,
        row.deprovisioned_at,
        row.changed_at,
        is_called,
        row.job_id,
        _history(unit),
    )


def _history(unit: Unit) -> tuple[EnvironmentChange, ...]:
    return tuple(
        EnvironmentChange(
            EnvironmentState(one.state),
            one.at,
            one.attempt,
            one.name,
            one.price_type,
            one.reference,
            unpacked(one.error) or "",
        )
        for one in EnvironmentEvent.objects.filter(unit=unit).order_by("-id")[:_HISTORY]
    )


@query("environment.show", subject=ENVIRONMENT)
def show_environment(actor: Actor, found: CustomerEnvironment, data: NoInput) -> EnvironmentView:
    """Show the environment of a customer: its state, what is frozen, what it offers, its history (R21, R22, R29)."""
    return environment_view(actor, found.unit)


def visible_environments(actor: Actor) -> "QuerySet[Environment]":
    """The environments of customers that the actor may read (first belt)."""
    if not settings().query_scoping:
        return Environment.objects.all()
    return Environment.objects.filter(InScope(actor, "unit__anc", "unit__id"))


_ORDERS = {"name": Order("name_key", str), "changed": Order("changed_at", datetime)}


@query("environment.list", subject=UNIT)
def list_environments(actor: Actor, unit: Unit, data: ListEnvironments) -> Page[EnvironmentRow]:
    """List the environments of a customer, or of all customers below a unit, what changed last first by default.

    Customers that never had one are not among them.
    """
    found = visible_environments(actor).filter(unit__anc__contains=[unit.id]).select_related("unit")
    found = found.annotate(name_key=F("unit__name_key"))
    if data.q:
        found = found.filter(name_key__contains=name_key(data.q))
    if data.state:
        found = found.filter(state=data.state)
    page = sorted_page(found, data, data.sort, _ORDERS)
    return Page(tuple(_row(one) for one in page.items), page.next)


def _row(row: Environment) -> EnvironmentRow:
    unit = row.unit
    return EnvironmentRow(
        UnitLink(unit.public_id, UnitKind(unit.kind), unit.name),
        EnvironmentState(row.state),
        PriceType(unit.price_type),
        row.reference,
        row.address,
        unpacked(row.error) or "",
        row.changed_at,
    )


# --- who is called ------------------------------------------------------------------------------


def visible_hooks(actor: Actor) -> "QuerySet[ProvisioningHook]":
    """The hooks of units where the actor may make environments (first belt)."""
    if not settings().query_scoping:
        return ProvisioningHook.objects.all()
    return ProvisioningHook.objects.filter(InScope(actor, "unit__anc", "unit__id", Permission.ENVIRONMENT_EDIT))


def own_hook(actor: Actor, unit: Unit) -> ProvisioningHook | None:
    """The hook that a unit sets itself."""
    return visible_hooks(actor).filter(unit=unit).first()


def hook_view(actor: Actor, unit: Unit) -> HookView:
    """Who is called to make environments in a unit: it, or the nearest unit above, says so."""
    unit_id: int | None = scalar("select hook_unit(%s)", [unit.id])
    if unit_id is None:
        return HookView("nobody", None, "", None, None)
    link = unit_links(actor, [unit_id]).get(unit_id)
    hook = visible_hooks(actor).filter(unit_id=unit_id).first()
    if hook is None:
        return HookView("above", link, "", None, None)
    return HookView(
        "own" if unit_id == unit.id else "above", link, hook.url, _still(hook.old_until), hook.changed_at
    )


def _still(until: datetime | None) -> datetime | None:
    return until if until is not None and until > now() else None


@query("provisioning_hook.show", needs=Permission.ENVIRONMENT_EDIT, subject=UNIT)
def show_hook(actor: Actor, unit: Unit, data: NoInput) -> HookView:
    """Show who is called to make environments here: this unit's hook, or that of the nearest unit above.

    The address of a unit above is shown to those who may make environments there.
    """
    return hook_view(actor, unit)
