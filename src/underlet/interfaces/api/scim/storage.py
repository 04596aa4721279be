"""Where the SCIM protocol reads and writes: by registered operations, and in the directory of the key's unit only."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from scim2_models import (
    ConflictException,
    ForbiddenException,
    InvalidValueException,
    NotFoundException,
    NotImplementedException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SCIMException,
    SearchRequest,
    UnauthorizedException,
    UniquenessException,
)
from scim2_server.storage import ScimStorage, SearchPage

from underlet.access.queries import (
    directory_group_rows,
    directory_groups,
    directory_groups_with,
    directory_members,
    directory_user_rows,
    directory_users,
    directory_users_in,
)
from underlet.foundation.actor import Actor
from underlet.foundation.database.transactions import reading
from underlet.foundation.operations import run
from underlet.interfaces.api.scim import filters
from underlet.interfaces.api.scim.resources import Group, User, group_of, number_of, user_of
from underlet.kernel import errors
from underlet.kernel.permission import Permission
from underlet.organization.queries import UNIT

_USER_COLUMNS: dict[str, filters.Column] = {
    "id": filters.identity("public_id"),
    "externalid": filters.text("external_id", exact=True),
    "username": filters.name("user_name"),
    "displayname": filters.text("display_name"),
    "name.givenname": filters.text("given_name"),
    "name.familyname": filters.text("family_name"),
    "active": filters.flag("active"),
    "emails": filters.text("email"),
    "emails.value": filters.text("email"),
    "emails.type": filters.text("email_type"),
    "groups": filters.among(directory_users_in),
    "groups.value": filters.among(directory_users_in),
    "emails.primary": filters.fixed(present=True),
    "meta.created": filters.moment("created_at"),
    "meta.lastmodified": filters.moment("updated_at"),
    "meta.resourcetype": filters.fixed("User"),
}
_GROUP_COLUMNS: dict[str, filters.Column] = {
    "id": filters.identity("public_id"),
    "externalid": filters.text("external_id", exact=True),
    "displayname": filters.name("display_name"),
    "members": filters.among(directory_groups_with),
    "members.value": filters.among(directory_groups_with),
    "meta.created": filters.moment("created_at"),
    "meta.lastmodified": filters.moment("updated_at"),
    "meta.resourcetype": filters.fixed("Group"),
}
_THERE = {
    name: ~Q(**{field: ""})
    for name, field in (
        ("externalid", "external_id"), ("displayname", "display_name"), ("name.givenname", "given_name"),
        ("name.familyname", "family_name"),
    )
}  # fmt: skip
_SORTED = {
    "id": "public_id", "externalid": "external_id", "username": "user_name_key", "displayname": "display_name",
    "name.givenname": "given_name", "name.familyname": "family_name", "active": "active", "emails": "email",
    "emails.value": "email", "meta.created": "created_at", "meta.lastmodified": "updated_at",
}  # fmt: skip


class RateLimitedException(SCIMException):
    """Too many attempts. retry_after: seconds."""

    status = 429

    def __init__(self, *, detail: str, retry_after: int) -> None:
        super().__init__(detail=detail)
        self.retry_after = retry_after


_EXCEPTIONS: dict[type[errors.Refusal], type[SCIMException]] = {
    errors.NotFound: NotFoundException,
    errors.Forbidden: ForbiddenException,
    errors.GrantExceedsCeiling: ForbiddenException,
    errors.Unauthenticated: UnauthorizedException,
    errors.EntryTaken: UniquenessException,
    errors.VersionConflict: PreconditionFailedException,
    errors.InvalidInput: InvalidValueException,
}


def exception_of(refusal: errors.Refusal) -> SCIMException:
    """A refusal as SCIM says it, in the same words."""
    detail = " ".join(str(part) for part in (refusal.detail, *refusal.fields.values()) if part)
    if isinstance(refusal, errors.RateLimited):
        return RateLimitedException(detail=detail, retry_after=refusal.retry_after)
    found = next((one for kind, one in _EXCEPTIONS.items() if isinstance(refusal, kind)), ConflictException)
    return found(detail=detail)


class DirectoryStorage(ScimStorage):
    """The people and groups of one unit's directory, as the key that calls may see and change them."""

    def __init__(self, actor: Actor, unit: UUID) -> None:
        self._actor, self._unit = actor, str(unit)

    # --- reads ----------------------------------------------------------------------------------

    def _rows(self, name: str) -> QuerySet[Any]:
        """All people or groups of the directory; within an open snapshot. Raises a refusal."""
        unit = UNIT.load(self._actor, self._unit)
        UNIT.require(Permission.USER_EDIT, unit)
        found: QuerySet[Any] = (directory_users if name == "User" else directory_groups)(self._actor)
        return found.filter(unit=unit)

    def _shown(self, name: str, rows: list[Any], *, with_members: bool = True) -> list[Resource[Any]]:
        if name == "User":
            return [user_of(row) for row in directory_user_rows(rows)]
        members = directory_members(rows) if with_members else {}
        shown = directory_group_rows(self._actor, rows)
        return [group_of(view, members.get(row.id, ())) for row, view in zip(rows, shown, strict=True)]

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """One person or group; hidden and absent alike (A4)."""
        name = cast(str, resource_type.name)
        try:
            public_id = UUID(resource_id)
        except ValueError:
            raise NotFoundException from None
        with reading(self._actor):
            row = self._rows(name).filter(public_id=public_id).first()
            if row is None:
                raise NotFoundException
            return self._shown(name, [row], with_members=_wants_members(response_parameters))[0]

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """A page of people or of groups. Raises NotImplementedException for both at once."""
        if len(resource_types) != 1:
            raise NotImplementedException(detail="Search people or groups, not both at once")
        name = cast(str, resource_types[0].name)
        with reading(self._actor):
            found = self._rows(name)
            if search_request.filter is not None:
                found = found.filter(self._condition(name, search_request))
            total = found.count()
            start, count = search_request.start_index_0 or 0, search_request.count or 0
            rows = list(found.order_by(*_order(search_request))[start : start + count]) if count else []
            return SearchPage(total, self._shown(name, rows, with_members=_wants_members(search_request)))

    def _condition(self, name: str, asked: SearchRequest[Any]) -> Q:
        if asked.filter is None:
            return Q()
        columns = _USER_COLUMNS if name == "User" else _GROUP_COLUMNS
        return filters.condition_of(asked.filter, columns, _THERE)

    # --- writes ---------------------------------------------------------------------------------

    def _run(self, operation: str, address: str, data: Mapping[str, Any]) -> str:
        try:
            return str(run(operation, self._actor, address, data).body["id"])
        except errors.Refusal as refusal:
            raise exception_of(refusal) from refusal

    def _members(self, group: str) -> set[str]:
        with reading(self._actor):
            found = directory_members(list(self._rows("Group").filter(public_id=group)))
            return {str(one.id) for links in found.values() for one in links}

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Take in a person or a group."""
        made = self._run(f"{_noun(resource_type)}.create", self._unit, _fields(resource))
        return self.get(resource_type, made)

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Let a person or a group be as it says."""
        data = {**_fields(resource), "version": number_of(expected_version)}
        if isinstance(resource, Group):  # who comes and who goes: the audit trail of large groups stays small
            before, after = self._members(str(resource.id)), set(data.pop("members"))
            data |= {"add": sorted(after - before), "remove": sorted(before - after)}
        return self.get(resource_type, self._run(f"{_noun(resource_type)}.update", str(resource.id), data))

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Remove a person or a group, with what it gave."""
        self._run(f"{_noun(resource_type)}.remove", resource_id, {})


def _noun(resource_type: ResourceType) -> str:
    return "directory_user" if resource_type.name == "User" else "directory_group"


def _fields(resource: Resource[Any]) -> dict[str, Any]:
    """A resource as the input of an operation. Raises InvalidValueException for a person without an address."""
    if isinstance(resource, Group):
        members = [str(one.value) for one in resource.members or []]
        return {
            "display_name": resource.display_name,
            "external_id": resource.external_id or "",
            "members": members,
        }
    user = cast(User, resource)
    emails = [one for one in sorted(user.emails or [], key=lambda one: not one.primary) if one.value]
    if not emails:
        raise InvalidValueException(detail="A person needs an e-mail address")
    return {
        "user_name": user.user_name,
        "email": emails[0].value,
        "email_type": emails[0].type or "",
        "external_id": user.external_id or "",
        "display_name": user.display_name or "",
        "given_name": (user.name and user.name.given_name) or "",
        "family_name": (user.name and user.name.family_name) or "",
        "active": user.active is not False,
    }


def _wants_members(asked: ResponseParameters[Any] | None) -> bool:
    """Whether an answer shows who is in a group; directories leave it out when they only look one up."""
    left_out = {str(path).casefold() for path in (asked.excluded_attributes if asked else None) or ()}
    return "members" not in left_out


def _order(asked: SearchRequest[Any]) -> tuple[str, ...]:
    if asked.sort_by is None:
        return ("id",)
    field = _SORTED.get(str(asked.sort_by).rpartition(":")[2].casefold())
    if field is None:
        return ("id",)
    is_down = asked.sort_order == SearchRequest.SortOrder.descending
    return (f"-{field}" if is_down else field, "id")
