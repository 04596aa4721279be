"""Exchange rates of the root's books."""

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from underlet.foundation.clock import today
from underlet.interfaces.web import lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.visit import Visit
from underlet.kernel.period import Month


@page(
    "u/exchange-rates",
    tab="exchange_rates",
    uses=("exchange_rate.list", "exchange_rate.set"),
    writes=True,
    at_root=True,
)
def exchange_rates(visit: Visit) -> HttpResponseBase:
    """Fixed rates by month, newest first; a form that sets one (billing.md §6.8)."""
    form = visit.form({"period": Month.of(today()).previous()})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "exchange_rate.set", visit.here, form.filled())
        if outcome is not None:
            return visit.to("exchange_rates", _("The rate was set."))
    return list_page(
        visit,
        lists.EXCHANGE_RATES,
        "pages/exchange_rates.html",
        _("Exchange rates"),
        status=form.status,
        form=form,
    )
