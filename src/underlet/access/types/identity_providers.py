"""Inputs and results about providers of sign-in."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import Input, PageInput

ProviderKind = Literal["openid_connect", "saml"]
_Name = Annotated[str, Field(min_length=1, max_length=80, description="What its button says")]
_Url = Annotated[str, Field(max_length=500)]
_Groups = Annotated[
    str,
    Field(
        max_length=200, description="Claim or attribute with a person's groups, which the directory maps to roles"
    ),
]
_TakesNew = Annotated[bool, Field(description="Whether people whom nobody invited are let in")]


class CreateIdentityProvider(Input):
    """A provider of sign-in for the subject unit and everything below it.

    OpenID Connect: issuer, client_id, client_secret. SAML: entity_id, sso_url and certificate, or all three by
    metadata.
    """

    kind: ProviderKind
    name: _Name
    issuer: _Url = Field(default="", description="Address below which /.well-known/openid-configuration lies")
    client_id: str = Field(default="", max_length=200)
    client_secret: str = Field(default="", max_length=500)
    entity_id: _Url = ""
    sso_url: _Url = Field(default="", description="Where people are sent to sign in")
    certificate: str = Field(default="", max_length=10_000, description="What its answers are signed with, PEM")
    metadata: str = Field(default="", max_length=100_000, description="Its metadata, XML, in place of these three")
    groups_claim: _Groups = ""
    takes_new: _TakesNew = False


class UpdateIdentityProvider(Input):
    """Fields of a provider; those left out stay as they are."""

    name: _Name | None = None
    issuer: _Url | None = None
    client_id: str | None = Field(default=None, max_length=200)
    client_secret: str | None = Field(default=None, max_length=500)
    entity_id: _Url | None = None
    sso_url: _Url | None = None
    certificate: str | None = Field(default=None, max_length=10_000)
    groups_claim: _Groups | None = None
    takes_new: _TakesNew | None = None
    is_enabled: bool | None = None
    version: int | None = Field(default=None, description="The version that is changed; another by now is refused")


class ListIdentityProviders(PageInput):
    """Providers that the subject unit set."""


@dataclass(frozen=True, slots=True)
class IdentityProviderRow:
    """A provider of sign-in, without its secret.

    sign_in_path: where its people begin. callback_path: where it sends them back, which it has to be told.
    metadata_path: SAML: what it can read about this installation; else "".
    """

    id: UUID
    kind: ProviderKind
    name: str
    issuer: str
    client_id: str
    has_secret: bool
    entity_id: str
    sso_url: str
    certificate: str
    groups_claim: str
    takes_new: bool
    is_enabled: bool
    version: int
    sign_in_path: str
    callback_path: str
    metadata_path: str


@dataclass(frozen=True, slots=True)
class ProviderRemoved:
    """The provider that is gone."""

    id: UUID
