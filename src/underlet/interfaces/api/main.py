"""The API's table of contents: every registry entry and its route, in one place.

A list or a creation hangs below the unit it belongs to; everything else is addressed by its own id.
"""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router

from underlet import __version__
from underlet.foundation.types import to_json
from underlet.foundation.uploads import receive
from underlet.interfaces.api import bind
from underlet.interfaces.api.authenticate import actor_of_request
from underlet.interfaces.api.schemas import COMPONENTS
from underlet.kernel.errors import Refusal

_CHUNK = 1 << 20


class Api(NinjaAPI):
    """ninja with our schemas among the components."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        schema.setdefault("components", {}).setdefault("schemas", {}).update(COMPONENTS)
        schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"key": []}]
        return schema


router = Router()

# organization
bind.read(router, "unit.mine", "/units")
bind.read(router, "unit.show", "/units/{unit}")
bind.read(router, "unit.list", "/units/{unit}/units")
bind.read(router, "unit.children", "/units/{unit}/children")
bind.write(router, "unit.create", "/units/{unit}/units", status=201)
bind.write(router, "unit.update", "/units/{unit}", method="PATCH")
bind.write(router, "unit.remove", "/units/{unit}", method="DELETE")
bind.write(router, "legal_entity.update", "/units/{unit}/legal-entity", method="PATCH")

# access
bind.write(router, "hierarchy.create", "/hierarchies", status=201)
bind.read(router, "user.me", "/me")
bind.read(router, "user.list", "/units/{unit}/users")
bind.write(router, "user.invite", "/units/{unit}/users", status=201)
bind.write(router, "grant.revoke", "/units/{unit}/users/revoke")
bind.read(router, "token.list", "/tokens")
bind.write(router, "token.create", "/tokens", status=201)
bind.write(router, "token.revoke", "/tokens/{token}/revoke")

# jobs
bind.read(router, "job.list", "/jobs")
bind.read(router, "job.show", "/jobs/{job}")


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(_CHUNK):
        yield chunk


def upload(request: HttpRequest, name: str = "file") -> HttpResponse:
    """Send the bytes of a file as the request body; name the id you get in the operation that uses it."""
    try:
        view = receive(actor_of_request(request), _chunks(request), name)
    except Refusal as refusal:
        return bind.refused(refusal)
    return bind.json_answer(to_json(view), 201)


router.add_api_operation(
    "/uploads",
    ["POST"],
    upload,
    operation_id="upload.create",
    summary="Send a file",
    tags=["upload"],
    openapi_extra={"requestBody": {"content": {"application/octet-stream": {"schema": {"format": "binary"}}}}},
)
bind.BOUND["upload.create"] = "POST /uploads"

api = Api(
    title="Underlet",
    version=__version__,
    urls_namespace="api",
    docs_url="/docs",
    openapi_url="/openapi.json",
    description="Everything the web pages and the command line do. Money is exact: decimals travel as strings.",
)
api.add_router("", router)
