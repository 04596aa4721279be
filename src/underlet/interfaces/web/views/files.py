"""Files that pages refer to: style sheets of brands, logos, favicons."""

import re

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from underlet.branding.queries import look_of_host
from underlet.foundation import storage
from underlet.foundation.types import FileAnswer
from underlet.interfaces.web import theme
from underlet.interfaces.web.answers import file_answer, refused
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound

_IMMUTABLE = "public, max-age=31536000, immutable"
_PICTURES = (
    ("logo_1x", "brand.logo", "1x"),
    ("logo_2x", "brand.logo", "2x"),
    ("favicon", "brand.favicon", "32"),
    ("favicon_180", "brand.favicon", "180"),
)
_STYLE = re.compile(r"([0-9a-f]{6})-[0-9a-f]{12}\.css")


def style(request: HttpRequest, name: str) -> HttpResponse:
    """The style sheet of a colour, immutable: another content has another address."""
    match = _STYLE.fullmatch(name)
    if match is None or theme.style_sheet(f"#{match[1]}")[0] != name:
        return refused(request, NotFound())
    return _for_ever(theme.style_sheet(f"#{match[1]}")[1], "text/css")


def script(request: HttpRequest, name: str) -> HttpResponse:
    """The script that every page runs, immutable like a style sheet."""
    now_named, text = theme.script()
    return _for_ever(text, "text/javascript") if name == now_named else refused(request, NotFound())


def _for_ever(text: str, media_type: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=f"{media_type}; charset=utf-8")
    answer["Cache-Control"] = _IMMUTABLE
    return answer


@page("u/brand/<str:sha256>.png", uses=("brand.show", "brand.logo", "brand.favicon"))
def brand_picture(visit: Visit, sha256: str) -> HttpResponseBase:
    """A picture of the unit's effective brand; its hash in the address lets the reader's browser keep it."""
    brand = visit.ask("brand.show", visit.here)
    for field, name, size in _PICTURES:
        if getattr(brand, field) == sha256:
            return _inert(visit.ask(name, visit.here, {"size": size}), "private")
    raise NotFound()


def host_picture(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A picture of the brand that the sign-in page of this host wears; of any other brand it knows nothing."""
    look = look_of_host(theme.host_of(request))
    if sha256 not in (look.logo_1x, look.logo_2x, look.favicon, look.favicon_180):
        return refused(request, NotFound())
    return _inert(FileAnswer("picture.png", "image/png", storage.get(sha256), inline=True), "public")


def _inert(answer: FileAnswer, cache: str) -> HttpResponseBase:
    """An uploaded picture opened on its own stays a picture: nothing runs, nothing loads (S8)."""
    response = file_answer(answer, cache=f"{cache}, max-age=31536000, immutable")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
