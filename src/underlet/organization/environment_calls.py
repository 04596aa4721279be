"""Jobs that call those who make environments."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from underlet.foundation.clock import now
from underlet.foundation.crash import crash_point
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import Run, TryLater, job
from underlet.foundation.settings import settings
from underlet.foundation.webhooks import Message, send
from underlet.kernel.environment import IN_PROGRESS
from underlet.kernel.errors import AddressNotAllowed, CallFailed, Refusal, WrongState
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence, packed
from underlet.organization.models import Environment, ProvisioningHook, Unit

_GONE = 410


def _turned_away(arguments: Mapping[str, Any], refusal: Refusal) -> bool:
    return _fail(arguments["unit"], UUID(arguments["attempt"]), refusal)


@job("environment.call", needs=Permission.ENVIRONMENT_EDIT, refused=_turned_away)
def call_provisioner(run: Run, arguments: Mapping[str, Any]) -> None:
    """Call whoever makes environments to make or remove that of a customer; the outcome comes as a report.

    arguments: unit (internal id), attempt. Every try has the same message id. An attempt that is over meanwhile,
    because its report came before our answer or another attempt began, is not called again.
    """
    unit_id, attempt = arguments["unit"], UUID(arguments["attempt"])
    with system():
        row = _current(unit_id, attempt)
        if row is None:
            return
        hook, message = _hook_of(row.unit), _message(row)
    problem, is_final = _tried(hook, message)
    crash_point("environment.called")
    if problem is None:
        return
    if not is_final and not run.is_last:
        raise TryLater(problem)
    if _fail(unit_id, attempt, problem):
        raise problem


def _fail(unit_id: int, attempt: UUID, problem: Refusal) -> bool:
    """Note why an attempt failed; False for one that is over."""
    with system():
        late = _current(unit_id, attempt)
        if late is None:
            return False
        late.state, late.error, late.changed_at = "failed", packed(problem.detail), now()
        late.save(update_fields=["state", "error", "changed_at"])
    return True


@job("provisioning_hook.call", needs=Permission.ENVIRONMENT_EDIT)
def call_for_test(run: Run, arguments: Mapping[str, Any]) -> None:
    """Call a hook once, to see whether it takes calls. arguments: unit (internal id of who set it), message."""
    with system():
        hook = ProvisioningHook.objects.filter(unit_id=arguments["unit"]).select_related("unit").first()
        data = {"unit": str(hook.unit.public_id)} if hook else {}
    problem, _ = _tried(hook, Message(arguments["message"], "provisioning_hook.test", data))
    if problem is not None:
        raise problem


def _current(unit_id: int, attempt: UUID) -> Environment | None:
    """The environment while this attempt is the one at work; locked, so that no report comes in between."""
    return (
        Environment.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(unit_id=unit_id, attempt=attempt, state__in=IN_PROGRESS)
        .first()
    )


def _hook_of(unit: Unit) -> ProvisioningHook | None:
    """The hook of the nearest unit, as it is now: a corrected address counts at the next try."""
    found = ProvisioningHook.objects.filter(unit_id__in=unit.anc)
    return max(found, key=lambda hook: unit.anc.index(hook.unit_id), default=None)


def _message(row: Environment) -> Message:
    """What is asked for. It tells ids only; the rest is read with a key whose rights count then (documents.md §8)."""
    unit = row.unit
    data = {
        "id": str(row.attempt),
        "unit": str(unit.public_id),
        "version": unit.version,
        "url": f"{settings().url}/api/v1/units/{unit.public_id}/environment",
    }
    return Message(f"msg_{row.attempt.hex}", f"environment.{row.goal}", data)


def _tried(hook: ProvisioningHook | None, message: Message) -> tuple[Refusal | None, bool]:
    """What was wrong with a call, None if it was taken; and whether another try is of no use."""
    if hook is None:
        return WrongState("Nobody is called to make environments here any more."), True
    is_old_valid = hook.old_salt is not None and hook.old_until is not None and hook.old_until > now()
    salts = [hook.salt, *([hook.old_salt] if is_old_valid and hook.old_salt else [])]
    try:
        answer = send(hook.url, salts, message)
    except AddressNotAllowed as refusal:
        return refusal, True
    except CallFailed as refusal:
        return refusal, False
    if 200 <= answer.status < 300:
        return None, False
    said = Sentence("The other side did not take the call (answer {status}).", status=answer.status)
    return CallFailed(said), answer.status == _GONE
