"""Answers that are no pages of their own: refusals, the way to sign-in, files.

A refusal's page never names the address or what was asked for, so hidden and absent answer with the same bytes
(trust.md A4). For htmx it is a message for the message region.
"""

from urllib.parse import urlencode

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from underlet.foundation.types import FileAnswer
from underlet.kernel.errors import Forbidden, NotFound, RateLimited, Refusal

INLINE_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp", "image/svg+xml"})


def wants_fragment(request: HttpRequest) -> bool:
    """Whether only the content is asked for; a restored page needs the whole (interface.md §2)."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def wants_part(request: HttpRequest, ident: str) -> bool:
    """Whether only one element is asked for, by its id; htmx 4 puts its tag before it (interface.md §8.3)."""
    return wants_fragment(request) and request.headers.get("HX-Target", "").rpartition("#")[2] == ident


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal, with its status."""
    template = "parts/refusal.html" if wants_fragment(request) else "pages/refusal.html"
    answer = render(request, template, {"refusal": refusal}, status=refusal.status)
    patch_vary_headers(answer, ("HX-Request",))
    if isinstance(refusal, RateLimited):
        answer["Retry-After"] = str(refusal.retry_after)
    answer["Cache-Control"] = "no-store"
    return answer


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to an address that nothing has: the same as to a hidden object."""
    if request.path.startswith("/api/"):
        return JsonResponse(NotFound().as_dict(), status=NotFound.status)
    return refused(request, NotFound())


def too_many(request: HttpRequest) -> HttpResponse:
    """The answer to more attempts than allauth lets through."""
    return refused(request, RateLimited(retry_after=60))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form whose token is missing or old (S5)."""
    return refused(
        request,
        Forbidden(
            "This form is too old, or it came from another site.",
            hint="Go back, load the page again and send the form once more.",
        ),
    )


def login_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back here afterwards; htmx is told to leave the page."""
    target = request.get_full_path() if request.method == "GET" and not wants_fragment(request) else "/"
    address = "/login" if target == "/" else f"/login?{urlencode({'next': target})}"
    return go_to(request, address)


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """To another page of ours; htmx is told to leave the present one."""
    if "HX-Request" in request.headers:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
        return answer
    return HttpResponseRedirect(address)


def file_answer(answer: FileAnswer, *, cache: str = "private, no-store") -> HttpResponseBase:
    """A file; shown in a tab only if we made it ourselves and its type is inert."""
    response = (
        FileResponse(answer.file, content_type=answer.media_type)
        if answer.file
        else HttpResponse(answer.content, content_type=answer.media_type)
    )
    shown = answer.inline and answer.media_type in INLINE_TYPES
    safe = answer.name.encode("ascii", "replace").decode().replace('"', "").replace("\\", "")
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{safe}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = cache
    return response
