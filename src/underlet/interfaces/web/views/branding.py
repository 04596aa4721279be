"""The unit's brand: colour, product name, logo."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.foundation.uploads import receive
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.visit import Visit

_LOGO_LIMIT = 512 * 1024


@page("u/branding", tab="branding", uses=("brand.update", "brand.show"), writes=True)
def branding(visit: Visit) -> HttpResponse:
    """What the unit sets of its brand; what it leaves empty comes from the unit above (R94–R96)."""
    brand = visit.ask("brand.show", visit.here)
    form = visit.form(
        {
            "color": brand.color,
            "own_color": "true" if "color" in brand.own else None,
            "product_name": brand.product_name if "product_name" in brand.own else "",
        }
    )
    if visit.is_posted:
        raw: dict[str, object] = {"product_name": form.values.get("product_name", "")}
        raw["color"] = form.values.get("color", "") if form.values.get("own_color") else ""
        raw["remove_logo"] = bool(form.values.get("remove_logo"))
        visit.require("brand.update")
        file = visit.request.FILES.get("logo")
        if file is not None:
            raw["logo"] = str(receive(visit.actor, file.chunks(), file.name or "", limit=_LOGO_LIMIT).id)
        outcome, form = visit.attempt(form, "brand.update", visit.here, raw)
        if outcome is not None:
            return visit.to("branding", _("The brand was saved."))
    return visit.page("pages/branding.html", _("Branding"), status=form.status, form=form, brand=brand)
