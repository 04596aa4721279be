"""The API's table of contents: every registry entry and its route, in one place.

A list or a creation hangs below the unit it belongs to; everything else is addressed by its own id.
"""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router

from underlet import __version__
from underlet.foundation.registry import OPERATIONS
from underlet.foundation.types import to_json
from underlet.foundation.uploads import receive
from underlet.interfaces.api import bind
from underlet.interfaces.api.authenticate import actor_of_request
from underlet.interfaces.api.schemas import COMPONENTS, responses
from underlet.kernel.errors import Refusal

_CHUNK = 1 << 20
log = logging.getLogger(__name__)


class Api(NinjaAPI):
    """ninja with our schemas among the components."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """OpenAPI 3.1; declares the answers that we give, not the bare 200 that ninja adds to each."""
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"].update(COMPONENTS)
        schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"key": []}]
        for methods in schema["paths"].values():
            for details in methods.values():
                details["responses"] = {
                    status: answer for status, answer in details["responses"].items() if isinstance(status, str)
                }
        return schema


router = Router()

# organization
bind.read(router, "unit.mine", "/units")
bind.read(router, "unit.show", "/units/{unit}")
bind.read(router, "unit.list", "/units/{unit}/units")
bind.read(router, "unit.children", "/units/{unit}/children")
bind.read(router, "unit.around", "/units/{unit}/around")
bind.read(router, "unit.past", "/units/{unit}/past")
bind.read(router, "unit.history", "/units/{unit}/history")
bind.write(router, "unit.create", "/units/{unit}/units", status=201)
bind.write(router, "unit.update", "/units/{unit}", method="PATCH")
bind.read(router, "unit.parents", "/units/{unit}/parents")
bind.read(router, "unit.preview_move", "/units/{unit}/move-preview")
bind.write(router, "unit.move", "/units/{unit}/move")
bind.write(router, "unit.activate", "/units/{unit}/activate")
bind.write(router, "unit.promote", "/units/{unit}/promote")
bind.write(router, "unit.archive", "/units/{unit}/archive")
bind.write(router, "unit.restore", "/units/{unit}/restore")
bind.read(router, "unit.preview_removal", "/units/{unit}/removal-preview")
bind.read(router, "unit.preview_update_many", "/units/{unit}/update-preview")
bind.write(router, "unit.update_many", "/units/{unit}/update-many")
bind.read(router, "unit.last_move", "/units/{unit}/last-move")
bind.read(router, "unit.preview_move_many", "/units/{unit}/move-here-preview")
bind.write(router, "unit.move_many", "/units/{unit}/move-here")
bind.read(router, "scheduled_move.list", "/units/{unit}/scheduled-moves")
bind.write(router, "unit.schedule_move", "/units/{unit}/scheduled-moves", status=201)
bind.read(router, "scheduled_move.show", "/scheduled-moves/{scheduled_move}")
bind.write(router, "scheduled_move.cancel", "/scheduled-moves/{scheduled_move}/cancel")
bind.write(router, "scheduled_move.carry_out", "/scheduled-moves/{scheduled_move}/carry-out")
bind.write(router, "unit.remove", "/units/{unit}", method="DELETE")
bind.read(router, "customer_organization.customers", "/units/{unit}/associated-customers")
bind.read(router, "customer_organization.choices", "/units/{unit}/customer-organization-choices")
bind.write(router, "legal_entity.update", "/units/{unit}/legal-entity", method="PATCH")
bind.read(router, "environment.list", "/units/{unit}/environments")
bind.read(router, "name.check", "/units/{unit}/name-check")
bind.read(router, "environment.show", "/units/{unit}/environment")
bind.write(router, "environment.provision", "/units/{unit}/environment/provision")
bind.write(router, "environment.deprovision", "/units/{unit}/environment/deprovision")
bind.write(router, "environment.retry", "/units/{unit}/environment/retry")
bind.write(router, "environment.report", "/units/{unit}/environment/report")
bind.read(router, "provisioning_hook.show", "/units/{unit}/provisioning-hook")
bind.write(router, "provisioning_hook.set", "/units/{unit}/provisioning-hook", method="PUT")
bind.write(router, "provisioning_hook.remove", "/units/{unit}/provisioning-hook", method="DELETE")
bind.write(router, "provisioning_hook.test", "/units/{unit}/provisioning-hook/test")

bind.read(router, "structure.export", "/units/{unit}/structure")
bind.read(router, "structure.template", "/structure-template")

# access
bind.read(router, "name.list", "/names")
bind.write(router, "name.reserve", "/names/reserve")
bind.write(router, "name.release", "/names/release")
bind.write(router, "hierarchy.create", "/hierarchies", status=201)
bind.read(router, "user.me", "/me")
bind.write(router, "user.update_me", "/me", method="PATCH")
bind.read(router, "user.customers", "/me/customers")
bind.read(router, "user.list", "/units/{unit}/users")
bind.write(router, "user.invite", "/units/{unit}/users", status=201)
bind.write(router, "grant.revoke", "/units/{unit}/users/revoke")
bind.read(router, "user.my_roles", "/me/roles")
bind.read(router, "audit.list", "/units/{unit}/audit")
bind.read(router, "audit.head", "/units/{unit}/audit/head")
bind.read(router, "audit.verify", "/units/{unit}/audit/verify")
bind.read(router, "audit.show", "/audit/{audit_entry}")
bind.read(router, "view_as.people", "/units/{unit}/view-as")
bind.write(router, "view_as.start", "/units/{unit}/view-as", status=201)
bind.read(router, "view_as.list", "/view-as")
bind.write(router, "view_as.end", "/view-as/{view_as}/end")
bind.read(router, "session.list", "/sessions")
bind.write(router, "session.end", "/sessions/end")
bind.read(router, "sign_in_policy.show", "/units/{unit}/sign-in-policy")
bind.write(router, "sign_in_policy.set", "/units/{unit}/sign-in-policy", method="PUT")
bind.read(router, "user.show", "/units/{unit}/user")
bind.read(router, "user.preview_removal", "/units/{unit}/user/removal-preview")
bind.read(router, "user.preview_invite_many", "/units/{unit}/users/invite-many-preview")
bind.write(router, "user.invite_many", "/units/{unit}/users/invite-many", status=201)
bind.write(router, "user.invite_again", "/units/{unit}/users/invite-again")
bind.write(router, "user.suspend", "/units/{unit}/users/suspend")
bind.write(router, "user.resume", "/units/{unit}/users/resume")
bind.write(router, "user.remove", "/units/{unit}/users/remove")
bind.write(router, "grant.create", "/units/{unit}/grants", status=201)
bind.write(router, "grant.update", "/grants/{grant}", method="PATCH")
bind.read(router, "access.of_person", "/units/{unit}/user/access")
bind.read(router, "access.of_unit", "/units/{unit}/access")
bind.read(router, "access.of_contract", "/contracts/{contract}/access")
bind.read(router, "access.of_invoice", "/invoices/{invoice}/access")
bind.read(router, "identity_provider.list", "/units/{unit}/identity-providers")
bind.write(router, "identity_provider.create", "/units/{unit}/identity-providers", status=201)
bind.read(router, "identity_provider.show", "/identity-providers/{identity_provider}")
bind.write(router, "identity_provider.update", "/identity-providers/{identity_provider}", method="PATCH")
bind.write(router, "identity_provider.remove", "/identity-providers/{identity_provider}", method="DELETE")
bind.read(router, "role.list", "/units/{unit}/roles")
bind.read(router, "role.show", "/units/{unit}/role")
bind.write(router, "role.create", "/units/{unit}/roles", status=201)
bind.write(router, "role.update", "/roles/{role}", method="PATCH")
bind.write(router, "role.delete", "/roles/{role}", method="DELETE")
bind.read(router, "role.preview", "/roles/{role}/preview")
bind.read(router, "role_ceiling.show", "/units/{unit}/role-ceiling")
bind.write(router, "role_ceiling.set", "/units/{unit}/role-ceiling", method="PUT")
bind.write(router, "role_ceiling.clear", "/units/{unit}/role-ceiling", method="DELETE")
bind.read(router, "token.list", "/tokens")
bind.write(router, "token.create", "/tokens", status=201)
bind.write(router, "token.update", "/tokens/{token}", method="PATCH")
bind.write(router, "token.rotate", "/tokens/{token}/rotate")
bind.write(router, "token.revoke", "/tokens/{token}/revoke")
bind.read(router, "token.list_of_unit", "/units/{unit}/tokens")
bind.write(router, "token.revoke_in_unit", "/unit-tokens/{unit_token}/revoke")
bind.read(router, "directory.show", "/units/{unit}/directory")
bind.read(router, "directory_user.list", "/units/{unit}/directory/users")
bind.write(router, "directory_user.create", "/units/{unit}/directory/users", status=201)
bind.write(router, "directory_user.update", "/directory-users/{directory_user}", method="PATCH")
bind.write(router, "directory_user.remove", "/directory-users/{directory_user}", method="DELETE")
bind.read(router, "directory_group.list", "/units/{unit}/directory/groups")
bind.write(router, "directory_group.create", "/units/{unit}/directory/groups", status=201)
bind.read(router, "directory_group.show", "/directory-groups/{directory_group}")
bind.write(router, "directory_group.update", "/directory-groups/{directory_group}", method="PATCH")
bind.write(router, "directory_group.remove", "/directory-groups/{directory_group}", method="DELETE")
bind.write(router, "directory_group.map", "/directory-groups/{directory_group}/map")

bind.read(router, "group.mine", "/groups")
bind.read(router, "group.list", "/units/{unit}/groups")
bind.read(router, "group.choices", "/units/{unit}/group-choices")
bind.read(router, "group.preview_rule", "/units/{unit}/group-rule-preview")
bind.write(router, "group.create", "/units/{unit}/groups", status=201)
bind.read(router, "group.show", "/groups/{group}")
bind.write(router, "group.update", "/groups/{group}", method="PATCH")
bind.write(router, "group.delete", "/groups/{group}", method="DELETE")
bind.read(router, "group.members", "/groups/{group}/members")
bind.write(router, "group.set_members", "/groups/{group}/members", method="PUT")
bind.write(router, "group.add_members", "/groups/{group}/members")
bind.write(router, "group.remove_members", "/groups/{group}/members/remove")
bind.write(router, "group.create_unit", "/groups/{group}/units", status=201)

# branding
bind.read(router, "brand.show", "/units/{unit}/brand")
bind.read(router, "brand.logo", "/units/{unit}/brand/logo")
bind.read(router, "brand.favicon", "/units/{unit}/brand/favicon")
bind.write(router, "brand.update", "/units/{unit}/brand", method="PATCH")

# accounts
bind.read(router, "account.list", "/units/{unit}/accounts")
bind.read(router, "sub_account.list", "/units/{unit}/sub-accounts")
bind.read(router, "sub_account.show", "/sub-accounts/{sub_account}")
bind.write(router, "sub_account.assign", "/sub-accounts/{sub_account}/assignments", status=201)
bind.write(router, "sub_account.assign_many", "/units/{unit}/sub-accounts/assign", status=201)
bind.write(router, "assignment.end", "/assignments/{assignment}/end")
bind.write(router, "assignment.remove", "/assignments/{assignment}", method="DELETE")

# contracts
bind.read(router, "contract.list", "/units/{unit}/contracts")
bind.read(router, "contract.show", "/contracts/{contract}")
bind.write(router, "contract.create", "/units/{unit}/contracts", status=201)
bind.write(router, "contract.accept", "/contracts/{contract}/accept")
bind.write(router, "contract.revise", "/contracts/{contract}/revise")
bind.write(router, "contract.end", "/contracts/{contract}/end")
bind.write(router, "contract.discard", "/contracts/{contract}", method="DELETE")

# structure files
bind.write(router, "structure.check", "/units/{unit}/structure/check", status=201)
bind.write(router, "structure.import", "/units/{unit}/structure/import", status=201)
bind.read(router, "structure_import.show", "/structure-imports/{structure_import}")
bind.read(router, "structure_import.findings", "/structure-imports/{structure_import}/findings")

# usage
bind.read(router, "import.list", "/units/{unit}/imports")
bind.read(router, "import.show", "/imports/{import}")
bind.write(router, "import.create", "/units/{unit}/imports", status=201)

# rating
bind.read(router, "exchange_rate.list", "/units/{unit}/exchange-rates")
bind.write(router, "exchange_rate.set", "/units/{unit}/exchange-rates", method="PUT")
bind.read(router, "billing_run.list", "/units/{unit}/billing-runs")
bind.read(router, "billing_run.show", "/billing-runs/{billing_run}")
bind.write(router, "billing_run.start", "/units/{unit}/billing-runs", status=201)

# invoicing
bind.write(router, "invoice.issue_run", "/billing-runs/{billing_run}/issue")
bind.write(router, "invoice.issue_month", "/units/{unit}/invoices/issue")
bind.write(router, "invoice.issue_many", "/units/{unit}/invoices/issue-many")
bind.write(router, "invoice.issue", "/invoices/{invoice}/issue")
bind.read(router, "invoice.list", "/units/{unit}/invoices")
bind.read(router, "invoice.show", "/invoices/{invoice}")
bind.read(router, "invoice.explain", "/invoices/{invoice}/explain")
bind.read(router, "invoice.pdf", "/invoices/{invoice}/pdf")

# reporting
bind.read(router, "billing.summary", "/units/{unit}/summary")
bind.read(router, "cost.show", "/units/{unit}/costs")
bind.read(router, "home.waiting", "/units/{unit}/waiting")
bind.read(router, "home.show", "/units/{unit}/home")

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


bind.add(
    router,
    OPERATIONS["upload.create"],
    "POST",
    "/uploads",
    upload,
    {
        "requestBody": {
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        },
        "responses": responses(OPERATIONS["upload.create"], 201),
    },
)

api = Api(
    title="Underlet",
    version=__version__,
    urls_namespace="api",
    docs_url="/docs",
    openapi_url="/openapi.json",
    description="Everything the web pages and the command line do. Money is exact: decimals travel as strings.",
)
api.add_router("", router)


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """A bug: logged with an id that the caller can quote, and answered without any detail (S13)."""
    reference = uuid4().hex
    log.error("request %s failed", reference, exc_info=error)
    body = {
        "error": "internal",
        "detail": "An internal error was logged.",
        "hint": f"Tell the operator of this installation its number, {reference}.",
    }
    return bind.json_answer(body, 500)
