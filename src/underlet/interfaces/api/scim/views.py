"""The address of SCIM: who calls, what the protocol makes of it, what is remembered of the call."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from scim2_models import (
    Context,
    PayloadTooLargeException,
    PreconditionFailedException,
    Resource,
    SCIMException,
    UnauthorizedException,
)
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import SCIM_MEDIA_TYPE, ScimResponse
from scim2_server.service import ScimService

from underlet.access.queries import SCIM_PATH, directory_by_token, note_directory_call
from underlet.foundation.actor import Actor
from underlet.interfaces.api.authenticate import address_of
from underlet.interfaces.api.scim.resources import PROVIDER
from underlet.interfaces.api.scim.storage import DirectoryStorage, RateLimitedException, exception_of
from underlet.kernel.errors import Refusal

log = logging.getLogger(__name__)
_NO_ERRORS = frozenset(
    {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED, HTTPStatus.NOT_FOUND}
)
"""What an administrator need not be told of: directories look up what may not be there."""
_ATTEMPTS = 4
"""How often a change is made anew when another one came in between, as directories send several at once."""


class _Service(ScimService):
    """The protocol; what directories leave out of a person and mean all the same is filled in."""

    def read_body(self, model: Any, body: bytes, content_type: str | None, scim_ctx: Context) -> Any:
        """A body; that of a person is whole. Raises a SCIMException."""
        is_user = isinstance(model, type) and issubclass(model, Resource) and model.__name__ == "User"
        if is_user:
            sent = self.decode_body(body, content_type)
            if isinstance(sent, dict):
                body = json.dumps(_whole(sent)).encode()
        return super().read_body(model, body, content_type, scim_ctx)


def _whole(sent: dict[str, Any]) -> dict[str, Any]:
    """A person who is active unless it says otherwise, at the address that their user name may be."""
    names = {name.casefold(): name for name in sent}
    user_name = sent.get(names.get("username", ""), "")
    more: dict[str, Any] = {} if "active" in names else {"active": True}
    if "emails" not in names and isinstance(user_name, str) and "@" in user_name:
        more["emails"] = [{"value": user_name, "type": "work", "primary": True}]
    return {**sent, **more}


_SERVICE = _Service(PROVIDER)


@csrf_exempt
def scim(request: HttpRequest, path: str = "") -> HttpResponse:
    """Every request below /scim/v2; by key only, so a browser's cookie does nothing here (S5)."""
    unit: UUID | None = None
    try:
        actor, unit = _caller(request)
        answer = _answered(request, path, actor, unit)
        error = ""
    except SCIMException as exception:
        answer, error = _SERVICE.error_response(exception), str(exception)
        if isinstance(exception, RateLimitedException):
            answer.headers["Retry-After"] = str(exception.retry_after)
    except Exception as exception:
        reference = uuid4().hex
        log.error("request %s failed", reference, exc_info=exception)
        error = f"An internal error was logged as {reference}."
        answer = _SERVICE.error_response(SCIMException(detail=error))
        answer = ScimResponse(
            HTTPStatus.INTERNAL_SERVER_ERROR, {**(answer.body or {}), "status": "500"}, answer.headers
        )
    if unit is not None:
        note_directory_call(unit, error if answer.status not in _NO_ERRORS else "")
    return _sent(answer)


def _caller(request: HttpRequest) -> tuple[Actor, UUID]:
    """Who calls, for which unit's directory. Raises UnauthorizedException, RateLimitedException."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise UnauthorizedException(detail="Send a key of the directory as bearer token.")
    try:
        return directory_by_token(secret.strip(), address_of(request))
    except Refusal as refusal:
        raise exception_of(refusal) from refusal


def _answered(request: HttpRequest, path: str, actor: Actor, unit: UUID) -> ScimResponse:
    """What the protocol answers; a change that met another one is made anew, unless it named a version."""
    asked = _asked(request, path)
    handler = ScimHandler(_SERVICE, DirectoryStorage(actor, unit))
    attempts = 1 if asked.header("If-Match") else _ATTEMPTS
    for left in reversed(range(attempts)):
        try:
            return handler.handle(asked)
        except PreconditionFailedException:
            if not left:
                raise
        except Refusal as refusal:
            raise exception_of(refusal) from refusal
    raise AssertionError  # the last attempt answers or raises


def _asked(request: HttpRequest, path: str) -> ScimRequest:
    headers: Mapping[str, str] = dict(request.headers)
    try:
        body = request.body
    except RequestDataTooBig:
        raise PayloadTooLargeException(detail="The body is too large.") from None
    base = request.build_absolute_uri(SCIM_PATH)
    return ScimRequest(request.method or "GET", base, f"/{path}", request.GET.dict(), headers, body)


def _sent(answer: ScimResponse) -> HttpResponse:
    body = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
    sent = HttpResponse(body, status=int(answer.status), content_type=SCIM_MEDIA_TYPE)
    for name, value in answer.headers.items():
        sent[name] = value
    sent["Cache-Control"] = "no-store"
    return sent
