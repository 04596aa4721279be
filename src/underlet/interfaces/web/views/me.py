"""What a person sets for themselves: language and theme of their pages."""

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import languages, themes

_YEAR = 365 * 24 * 3600


@page("me", uses=("user.me", "user.update_me", "user.my_roles"), writes=True)
def me(visit: Visit) -> HttpResponse:
    """Who one is, and how pages speak and look, wherever one signs in."""
    person = visit.ask("user.me")
    form = visit.form({"language": person.language, "theme": person.theme})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "user.update_me", None, form.filled())
        if outcome is not None:
            with override(outcome.body["language"]):
                answer = visit.to("me", _("Saved."))
            # The sign-in page cannot know who comes; it speaks as this browser's last person did.
            answer.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, outcome.body["language"], max_age=_YEAR, samesite="Lax",
                httponly=True, secure=visit.request.is_secure(),
            )  # fmt: skip
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
    mine = visit.ask("user.my_roles").grants
    return visit.page(
        "pages/me.html", person.name, status=form.status, form=form, fields=fields, person=person, grants=mine
    )
