"""The environment of a customer: its state, what freezes with it, what it offers, provisioning and removing it."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.interfaces.web import lists
from underlet.interfaces.web.answers import wants_part
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.jobs import followed, pace_since
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import feature_name, price_type_name
from underlet.kernel.environment import IN_PROGRESS
from underlet.kernel.price_type import Feature, PriceType, features_of
from underlet.organization.environment_types import EnvironmentView


@page("u/environments", tab="environments", uses=("environment.list",))
def environments(visit: Visit) -> HttpResponseBase:
    """The environments of the customers here and below, what changed last first."""
    return list_page(visit, lists.ENVIRONMENTS, "pages/environments.html", _("Environments"))


@page(
    "u/profile/environment", tab="environment", uses=("environment.show", "environment.provision", "job.show"),
    for_customers=True,
)  # fmt: skip
def environment(visit: Visit) -> HttpResponse:
    """The state in words, what is frozen and why, features by price type, history (R21-R23, R29).

    While somebody is at work, the state asks again by itself; at the end the page is loaded anew.
    """
    found: EnvironmentView = visit.ask("environment.show", visit.here)
    every = pace_since(found.changed_at) if found.changed_at and found.state in IN_PROGRESS else 0
    context: dict[str, Any] = {"found": found, "every": every, **_call(visit, found, every)}
    if wants_part(visit.request, "environment"):
        answer = visit.part("parts/environment.html", **context)
        if not every:
            answer["HX-Refresh"] = "true"
        return answer
    return visit.page(
        "pages/environment.html", _("Environment"), features=_features(found), price=price_type_name(found.price_type),
        may_edit=visit.may("environment.provision"), **context,
    )  # fmt: skip


def _call(visit: Visit, found: EnvironmentView, every: int) -> dict[str, object]:
    """The call's own job, for who began it: why it waits, if it does."""
    if not every or found.job_id is None:
        return {}
    job = followed(visit, found.job_id).get("job")
    return {"waits": job.error if job is not None else None}


def _features(found: EnvironmentView) -> list[tuple[str, bool, str]]:
    """Every feature in words, whether it is offered, and the price type that it needs."""
    both = set.intersection(*(set(features_of(one)) for one in PriceType))
    needs = {one: kind for kind in PriceType for one in features_of(kind) if one not in both}
    return [
        (feature_name(one), one in found.features, price_type_name(needs[one]) if one in needs else "")
        for one in Feature
    ]


@page("u/profile/environment/provision", tab="environment", uses=("environment.provision",), writes=True,
      for_customers=True)  # fmt: skip
def environment_provision(visit: Visit) -> HttpResponse:
    """Provision the environment, after saying what freezes (R21, R22)."""
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "environment.provision", visit.here)
        if outcome is not None:
            return visit.to("environment", _("The environment is provisioned.") if _is_over(outcome.body) else "")
    return visit.page(
        "pages/confirm.html", _("Provision the environment"), status=form.status, form=form, submit=_("Provision"),
        text=_("It is made under the name {name}. Name and price type ({price_type}) cannot change while it exists.")
        .format(name=visit.unit.name, price_type=price_type_name(visit.unit.price_type)),
        back=visit.address("environment"),
    )  # fmt: skip


def _is_over(body: dict[str, object]) -> bool:
    return body["state"] not in IN_PROGRESS


@page(
    "u/profile/environment/deprovision", tab="environment", uses=("environment.deprovision", "environment.show"),
    writes=True, for_customers=True,
)  # fmt: skip
def environment_deprovision(visit: Visit) -> HttpResponse:
    """Remove the environment, after showing what goes and what stays (R23, R30)."""
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "environment.deprovision", visit.here)
        if outcome is not None:
            return visit.to("environment", _("The environment was removed.") if _is_over(outcome.body) else "")
    return visit.page(
        "pages/environment_deprovision.html", _("Remove the environment of {name}").format(name=visit.unit.name),
        status=form.status, form=form, found=visit.ask("environment.show", visit.here),
        back=visit.address("environment"),
    )  # fmt: skip


@page(
    "u/profile/environment/retry", tab="environment", uses=("environment.retry",), writes=True, for_customers=True
)
def environment_retry(visit: Visit) -> HttpResponse:
    """Try again what failed, or what nobody reported on."""
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "environment.retry", visit.here)
        if outcome is not None:
            return visit.to("environment")
    return visit.page(
        "pages/confirm.html", _("Try again"), status=form.status, form=form, submit=_("Try again"),
        text=_("A new attempt begins. What is reported about the one before changes nothing any more."),
        back=visit.address("environment"),
    )  # fmt: skip


@page(
    "u/profile/environment/report", tab="environment", uses=("environment.report", "environment.show"), writes=True,
    for_customers=True,
)  # fmt: skip
def environment_report(visit: Visit) -> HttpResponse:
    """Say what became of an attempt, for those who make environments by hand."""
    found: EnvironmentView = visit.ask("environment.show", visit.here)
    form = visit.form({"attempt": found.attempt, "outcome": "done"})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "environment.report", visit.here, form.filled())
        if outcome is not None:
            said = _("Saved.") if outcome.body["is_applied"] else _("This attempt is over; nothing was changed.")
            return visit.to("environment", said)
    fields = (
        Field("outcome", _("Outcome"), "select", choices=(("done", _("Done")), ("failed", _("Failed")))),
        Field("reference", _("Reference"), hint=_("What the environment is called where it runs")),
        Field("address", _("Address"), "url", hint=_("Where the customer finds it, https://…"), wide=True),
        Field("reason", _("Reason"), hint=_("Why it failed, if it did"), wide=True),
        Field("attempt", "", "hidden"),
    )
    return visit.page(
        "pages/form.html", _("Report the outcome"), status=form.status, form=form, fields=fields, submit=_("Save"),
        lead=_("For those who make environments by hand; programs report by the API."),
        back=visit.address("environment"),
    )  # fmt: skip
