"""Binding a registry entry to a route: raw payload in, JSON bytes out, refusals by their status.

The payload is passed on raw: validating it here would answer 422 where 404 or 403 is due (ADR-0014).
"""

import inspect
import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from ninja import Router

from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.registry import OPERATIONS, QUERIES, Entry
from underlet.foundation.types import FileAnswer, to_json
from underlet.interfaces.api.authenticate import actor_of_request
from underlet.interfaces.api.schemas import query_parameters, request_body, responses
from underlet.kernel.errors import InvalidInput, RateLimited, Refusal

BOUND: dict[str, str] = {}
"""Entry name -> "METHOD path", for the registry test and the reference."""


def json_answer(body: Any, status: int = 200) -> HttpResponse:
    """A JSON answer that no cache keeps."""
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json", status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def refused(refusal: Refusal) -> HttpResponse:
    """The answer of a refusal."""
    answer = json_answer(refusal.as_dict(), refusal.status)
    if isinstance(refusal, RateLimited):
        answer["Retry-After"] = str(refusal.retry_after)
    return answer


def file_answer(answer: FileAnswer) -> HttpResponseBase:
    """A file; inert unless we made it ourselves."""
    response = (
        FileResponse(answer.file, content_type=answer.media_type)
        if answer.file
        else HttpResponse(answer.content, content_type=answer.media_type)
    )
    disposition = "inline" if answer.inline else "attachment"
    safe = answer.name.encode("ascii", "replace").decode().replace('"', "").replace("\\", "")
    response["Content-Disposition"] = f'{disposition}; filename="{safe}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _view(
    entry: Entry, answer: Callable[[HttpRequest, str | None], HttpResponseBase]
) -> Callable[..., HttpResponseBase]:
    def view(request: HttpRequest, **path: str) -> HttpResponseBase:
        try:
            return answer(request, next(iter(path.values()), None))
        except Refusal as refusal:
            return refused(refusal)

    # Positional only, because a subject may be called like a Python keyword ("import").
    parameters = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_ONLY, annotation=HttpRequest)]
    if entry.subject:
        parameters.append(
            inspect.Parameter(entry.subject.parameter, inspect.Parameter.POSITIONAL_ONLY, annotation=str)
        )
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    view.__name__ = entry.name.replace(".", "_")
    view.__doc__ = entry.description
    return view


def _body(request: HttpRequest) -> bytes:
    """The raw payload. Raises InvalidInput when it is larger than an input can be (S12); files go to /uploads."""
    try:
        return request.body
    except RequestDataTooBig:
        raise InvalidInput("The body is too large.", hint="Send files to /uploads.") from None


def _parameters(request: HttpRequest) -> dict[str, Any]:
    try:
        return request.GET.dict()
    except TooManyFieldsSent:
        raise InvalidInput("There are too many parameters.") from None


def add(router: Router, entry: Entry, method: str, path: str, view: Any, extra: dict[str, Any]) -> None:
    """Bind an entry to a route by a view of one's own."""
    if entry.name in BOUND:
        raise ValueError(f"{entry.name} is bound twice")
    BOUND[entry.name] = f"{method} {path}"
    router.add_api_operation(
        path,
        [method],
        view,
        operation_id=entry.name,
        summary=entry.summary,
        description=entry.description,
        tags=[entry.noun],
        openapi_extra=extra,
    )


def write(router: Router, name: str, path: str, *, method: str = "POST", status: int = 200) -> None:
    """Bind an operation. `Idempotency-Key` in the header is its request key."""
    entry = OPERATIONS[name]

    def answer(request: HttpRequest, address: str | None) -> HttpResponse:
        actor = actor_of_request(request)
        key = request.headers.get("Idempotency-Key", "")
        return json_answer(run(name, actor, address, _body(request), key=key).body, status)

    extra = {
        "requestBody": request_body(entry),
        "responses": responses(entry, status),
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "maxLength": 255},
                "description": "The same key with the same request has one effect.",
            }
        ],
    }
    add(router, entry, method, path, _view(entry, answer), extra)


def read(router: Router, name: str, path: str) -> None:
    """Bind a query; its input comes from the URL parameters."""
    entry = QUERIES[name]

    def answer(request: HttpRequest, address: str | None) -> HttpResponseBase:
        result = ask(name, actor_of_request(request), address, _parameters(request))
        return file_answer(result) if isinstance(result, FileAnswer) else json_answer(to_json(result))

    extra = {"parameters": query_parameters(entry), "responses": responses(entry, 200)}
    add(router, entry, "GET", path, _view(entry, answer), extra)
