"""Who is called to make environments: a unit's hook, its secret, a test of it."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Form
from underlet.interfaces.web.jobs import pace
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound
from underlet.organization.environment_types import HookView


@page(
    "u/settings/provisioning", tab="provisioning",
    uses=("provisioning_hook.show", "provisioning_hook.set", "job.show"), writes=True,
)  # fmt: skip
def provisioning(visit: Visit) -> HttpResponse:
    """Whom this unit calls; a new secret is shown this once (S7)."""
    form, secret = visit.form(), ""
    if visit.is_posted:
        outcome, form = visit.attempt(form, "provisioning_hook.set", visit.here, form.filled())
        if outcome is not None:
            secret = outcome.body.get("secret", "")
            if not secret:
                return visit.to("provisioning", _("Saved."))
    hook: HookView = visit.ask("provisioning_hook.show", visit.here)
    if not visit.is_posted or secret:
        form = Form({"url": hook.url if hook.source == "own" else ""})
    return visit.page(
        "pages/provisioning.html", _("Provisioning"), status=form.status, form=form, hook=hook, secret=secret,
        **_tested(visit),
    )  # fmt: skip


def _tested(visit: Visit) -> dict[str, Any]:
    """The job of the test that the address names, if it is one's own."""
    if "test" not in visit.request.GET:
        return {}
    try:
        job = visit.ask("job.show", visit.request.GET["test"])
    except NotFound:
        return {}
    return {"job": job, "every": pace(job)}


@page("u/settings/provisioning/test", tab="provisioning", uses=("provisioning_hook.test",), writes=True)
def provisioning_test(visit: Visit) -> HttpResponse:
    """Call the address once, with a message that asks for nothing."""
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "provisioning_hook.test", visit.here)
        if outcome is not None:
            return visit.to_address(f"{visit.address('provisioning')}?test={outcome.body['job_id']}")
    return visit.page(
        "pages/confirm.html", _("Test the call"), status=form.status, form=form, submit=_("Call now"),
        text=_("The address is called once, with a signed message that asks for nothing."),
        back=visit.address("provisioning"),
    )  # fmt: skip


@page("u/settings/provisioning/remove", tab="provisioning", uses=("provisioning_hook.remove",), writes=True)
def provisioning_remove(visit: Visit) -> HttpResponse:
    """Call nobody for this unit any more, after asking."""
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "provisioning_hook.remove", visit.here)
        if outcome is not None:
            return visit.to("provisioning", _("The address was removed."))
    return visit.page(
        "pages/confirm.html", _("Remove the address"), status=form.status, form=form, submit=_("Remove"), danger=True,
        text=_("What a unit above sets counts again; where none does, environments are provisioned at once."),
        back=visit.address("provisioning"),
    )  # fmt: skip
