"""What a directory may send of people and groups, and how this service describes itself.

Narrower than the models of RFC 7643: what is not needed is not kept. What else is sent is left out, not refused.
"""

from typing import Annotated, Any, ClassVar, cast

from pydantic import EmailStr, Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    External,
    Filter,
    GroupMembership,
    Meta,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from underlet.access.types import DirectoryGroupRow, DirectoryUserRow, GroupLink

MOST = 100
"""Resources in one answer."""


class PersonName(ComplexAttribute):
    """The parts of a person's name."""

    family_name: str | None = None
    given_name: str | None = None


class EmailAddress(ComplexAttribute):
    """The address at which a person signs in and gets mails; one is kept, the primary one."""

    value: Annotated[EmailStr | None, Required.true] = None
    type: str | None = None
    primary: bool | None = None


class User(Resource[Any]):
    """A person whom the directory keeps."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: PersonName | None = None
    display_name: str | None = None
    active: Annotated[bool | None, Required.true] = None
    emails: Annotated[list[EmailAddress] | None, Required.true] = None
    groups: Annotated[list[GroupMembership] | None, Mutability.read_only] = None

    Name: ClassVar[type[ComplexAttribute]] = PersonName
    Emails: ClassVar[type[ComplexAttribute]] = EmailAddress
    Groups: ClassVar[type[ComplexAttribute]] = GroupMembership


class Member(ComplexAttribute):
    """A person in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A group of the directory."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    members: list[Member] | None = None

    Members: ClassVar[type[ComplexAttribute]] = Member


PROVIDER = ScimProvider(
    models=[User, Group],
    resource_types=[ResourceType.from_resource(User), ResourceType.from_resource(Group)],
    config=ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="API key",
                description="A key of the purpose “directory”, as bearer token",
                spec_uri=Reference[External]("https://datatracker.ietf.org/doc/html/rfc6750"),
            )
        ],
    ),
    # As Entra ID sends it: attributes that nobody asked for, values beside the path of a removal, paths into addresses
    # that are not there yet.
    policy=ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
    ),
)


def version_of(version: int) -> str:
    """The entity tag of a version."""
    return f'W/"{version}"'


def number_of(tag: str | None) -> int | None:
    """The version of an entity tag of ours."""
    return int(tag.removeprefix('W/"').removesuffix('"')) if tag else None


def _meta(kind: str, row: DirectoryUserRow | DirectoryGroupRow) -> Meta:
    return Meta(
        resource_type=kind,
        created=row.created_at,
        last_modified=row.updated_at,
        version=version_of(row.version),
    )


def user_of(row: DirectoryUserRow) -> User:
    """An entry as SCIM says it."""
    name = PersonName(family_name=row.family_name or None, given_name=row.given_name or None)
    groups = [
        GroupMembership(value=str(one.id), ref=cast(Any, f"Groups/{one.id}"), display=one.name, type="direct")
        for one in row.groups
    ]
    return User(
        id=str(row.id),
        external_id=row.external_id or None,
        user_name=row.user_name,
        name=name if row.family_name or row.given_name else None,
        display_name=row.display_name or None,
        active=row.active,
        emails=[EmailAddress(value=row.email, type=row.email_type or None, primary=True)],
        groups=groups or None,
        meta=_meta("User", row),
    )


def group_of(row: DirectoryGroupRow, members: tuple[GroupLink, ...]) -> Group:
    """A group as SCIM says it."""
    found = [Member(value=str(one.id), ref=Reference[User](f"Users/{one.id}"), type="User") for one in members]
    return Group(
        id=str(row.id),
        external_id=row.external_id or None,
        display_name=row.display_name,
        members=found or None,
        meta=_meta("Group", row),
    )
