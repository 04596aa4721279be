"""Files that pages refer to: style sheets of brands, logos."""

import re

from django.http import HttpRequest, HttpResponse

from underlet.foundation.types import FileAnswer
from underlet.interfaces.web import theme
from underlet.interfaces.web.answers import file_answer, refused
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound

_IMMUTABLE = "public, max-age=31536000, immutable"
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


@page("u/logo/<str:sha256>", uses=("brand.logo",))
def logo(visit: Visit, sha256: str) -> HttpResponse:
    """The unit's effective logo; the hash in the address makes it cacheable by the reader's browser."""
    answer: FileAnswer = visit.ask("brand.logo", visit.here)
    response = file_answer(answer, cache="private, max-age=31536000, immutable")
    # An uploaded drawing opened on its own must stay a drawing: no scripts, no loading.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
