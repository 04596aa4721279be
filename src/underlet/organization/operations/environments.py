"""Writes on customers' environments, and on who is called to make them (R21-R23, R30, R31)."""

from datetime import timedelta
from uuid import UUID, uuid4

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.http import check_url
from underlet.foundation.jobs import enqueue
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.foundation.webhooks import new_salt, secret_of
from underlet.kernel.environment import IN_PROGRESS, Goal, begun, reached
from underlet.kernel.errors import InvalidInput, WrongState
from underlet.kernel.hierarchy import UnitState
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import packed
from underlet.organization.environment_types import (
    EnvironmentView,
    HookSet,
    HookTested,
    HookView,
    Reported,
    ReportEnvironment,
    SetHook,
)
from underlet.organization.environments import (
    ENVIRONMENT,
    CustomerEnvironment,
    environment_view,
    hook_view,
    own_hook,
)
from underlet.organization.models import Environment, EnvironmentEvent, ProvisioningHook, Unit
from underlet.organization.queries import UNIT

_OLD_SECRET = timedelta(days=1)
"""How long calls carry the signature of the secret before, too."""
_EDIT = Permission.ENVIRONMENT_EDIT


@operation(
    "environment.provision", needs=_EDIT, subject=ENVIRONMENT, states={"not_provisioned", "deprovisioned"},
    audit=("state",),
)  # fmt: skip
def provision_environment(actor: Actor, found: CustomerEnvironment, data: NoInput) -> EnvironmentView:
    """Provision the environment of a customer, at once or by whoever is called for it; its name and price type stay
    as they are from now on (R21, R22). One that was deprovisioned comes back with everything it had (R31).

    Raises WrongState for a draft, an archived customer, and where an environment exists already.
    """
    if found.unit.state != UnitState.ACTIVE:
        raise WrongState("Only an active customer gets an environment.", hint="Activate the customer first.")
    return _begin(actor, found, Goal.PROVISION)


@operation(
    "environment.deprovision", needs=_EDIT, subject=ENVIRONMENT, states={"provisioned", "failed"}, audit=("state",),
)  # fmt: skip
def deprovision_environment(actor: Actor, found: CustomerEnvironment, data: NoInput) -> EnvironmentView:
    """Remove the environment of a customer; name and price type can change once it is gone (R23).

    Settings and history stay: people and their roles, accounts, contracts, invoices, branding (R30).
    """
    return _begin(actor, found, Goal.DEPROVISION)


@operation(
    "environment.retry", needs=_EDIT, subject=ENVIRONMENT, states={"failed", *IN_PROGRESS}, audit=("state",),
)  # fmt: skip
def retry_environment(actor: Actor, found: CustomerEnvironment, data: NoInput) -> EnvironmentView:
    """Try again what failed, or what nobody reported on: a new attempt with the customer's present name and price type.

    Reports on the attempt before change nothing any more.
    """
    goal = Goal(found.row.goal) if found.row else Goal.PROVISION
    if goal is Goal.PROVISION and found.unit.state != UnitState.ACTIVE:
        raise WrongState("Only an active customer gets an environment.", hint="Activate the customer first.")
    return _begin(actor, found, goal)


def _begin(actor: Actor, found: CustomerEnvironment, goal: Goal) -> EnvironmentView:
    """Begin an attempt: call who makes environments here, or be done at once where nobody is called."""
    unit, attempt, job_id = found.unit, uuid4(), None
    is_called = scalar("select hook_unit(%s)", [unit.id]) is not None
    if is_called:
        job_id = enqueue(actor, "environment.call", unit.id, {"unit": unit.id, "attempt": str(attempt)})
    if found.row is None:
        execute(
            "insert into environment (unit_id, state, attempt, job_id, changed_at) values (%s, %s, %s, %s, %s)",
            [unit.id, begun(goal).value, attempt, job_id, now()],
        )
    else:
        forgotten = {"reference": "", "address": ""} if goal is Goal.PROVISION else {}
        Environment.objects.filter(unit=unit).update(
            state=begun(goal).value, attempt=attempt, job_id=job_id, error=None, changed_at=now(), **forgotten
        )
    if not is_called:
        _finish(unit, goal, "", "")
    return environment_view(actor, unit)


def _finish(unit: Unit, goal: Goal, reference: str, address: str) -> None:
    """Reach the goal of the present attempt. What is gone has no address."""
    given = {"reference": reference, "address": address} if goal is Goal.PROVISION else {"address": ""}
    Environment.objects.filter(unit=unit).update(state=reached(goal).value, changed_at=now(), **given)


@operation("environment.report", needs=_EDIT, subject=ENVIRONMENT, idempotency="natural", audit=("state",))
def report_environment(actor: Actor, found: CustomerEnvironment, data: ReportEnvironment) -> Reported:
    """Report what became of an attempt to make or remove an environment.

    A report that comes twice, or about an attempt that is over, changes nothing and is answered all the same: who
    reports may repeat until there is an answer. Raises InvalidInput for an attempt that never was.
    """
    row, unit = found.row, found.unit
    if data.outcome == "failed" and not data.reason:
        raise InvalidInput(fields={"reason": "Say why it failed."})
    if row is None or not EnvironmentEvent.objects.filter(unit=unit, attempt=data.attempt).exists():
        raise InvalidInput(fields={"attempt": "The environment of this customer has no such attempt."})
    if row.attempt != data.attempt or row.state not in IN_PROGRESS:
        return Reported(False, environment_view(actor, unit))
    if data.outcome == "failed":
        Environment.objects.filter(unit=unit).update(state="failed", error=packed(data.reason), changed_at=now())
    else:
        _finish(unit, Goal(row.goal), data.reference, data.address)
    return Reported(True, environment_view(actor, unit))


# --- who is called ------------------------------------------------------------------------------


@operation("provisioning_hook.set", needs=_EDIT, subject=UNIT, below=True, secrets={"secret"})
def set_hook(actor: Actor, unit: Unit, data: SetHook) -> HookSet:
    """Set whom to call to make environments, for this unit and all below it that set nobody else.

    The secret that signs the calls is shown once. Raises InvalidInput for an address that is never called.
    """
    url = check_url(data.url, "url")
    hook = own_hook(actor, unit)
    if hook is None:
        salt = new_salt()
        execute(
            "insert into provisioning_hook (unit_id, url, salt, changed_at) values (%s, %s, %s, %s)",
            [unit.id, url, salt, now()],
        )
        return HookSet(hook_view(actor, unit), secret_of(salt))
    hook.url, hook.changed_at = url, now()
    if data.new_secret:
        hook.old_salt, hook.old_until, hook.salt = hook.salt, now() + _OLD_SECRET, new_salt()
    hook.save(update_fields=["url", "salt", "old_salt", "old_until", "changed_at"])
    return HookSet(hook_view(actor, unit), secret_of(hook.salt) if data.new_secret else "")


@operation("provisioning_hook.remove", needs=_EDIT, subject=UNIT, below=True, idempotency="natural")
def remove_hook(actor: Actor, unit: Unit, data: NoInput) -> HookView:
    """Call nobody for this unit any more: what a unit above sets counts again, else environments are made at once.

    Attempts that wait for a report go on waiting for it.
    """
    _required(actor, unit).delete()
    return hook_view(actor, unit)


@operation("provisioning_hook.test", needs=_EDIT, subject=UNIT)
def test_hook(actor: Actor, unit: Unit, data: NoInput) -> HookTested:
    """Call the address that this unit sets once, with a message that asks for nothing; its job tells the outcome."""
    _required(actor, unit)
    message = f"msg_{uuid4().hex}"
    job_id: UUID = enqueue(actor, "provisioning_hook.call", unit.id, {"unit": unit.id, "message": message})
    return HookTested(job_id)


def _required(actor: Actor, unit: Unit) -> ProvisioningHook:
    """The hook that the unit itself sets. Raises WrongState without one."""
    hook = own_hook(actor, unit)
    if hook is None:
        raise WrongState("This unit itself does not say whom to call.")
    return hook
