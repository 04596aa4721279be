"""What a person sets for their own screen: language, theme. Kept by the browser."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.visit import LANGUAGE_COOKIE, THEME_COOKIE, Visit
from underlet.interfaces.web.words import languages, themes

_YEAR = 365 * 24 * 3600


@page("me", uses=("user.me",), writes=True)
def me(visit: Visit) -> HttpResponse:
    """Who one is, and how pages look in this browser."""
    person = visit.ask("user.me")
    form = visit.form(
        {
            "language": visit.request.COOKIES.get(LANGUAGE_COOKIE, person.language),
            "theme": visit.request.COOKIES.get(THEME_COOKIE, "auto"),
        }
    )
    if visit.is_posted:
        answer = visit.to("me", _("Saved for this browser."))
        for cookie, name, allowed in (
            (LANGUAGE_COOKIE, "language", languages()),
            (THEME_COOKIE, "theme", themes()),
        ):
            value = form.values.get(name, "")
            if value in dict(allowed):
                answer.set_cookie(
                    cookie, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=visit.request.is_secure()
                )
        return answer
    fields = (
        Field(
            "language",
            _("Language"),
            "select",
            choices=languages(),
            hint=_("Of texts, dates and numbers on pages"),
        ),
        Field("theme", _("Theme"), "select", choices=themes()),
    )
    return visit.page("pages/me.html", person.name, form=form, fields=fields, person=person)
