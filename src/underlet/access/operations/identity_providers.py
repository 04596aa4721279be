"""Writes to providers of sign-in (ADR-0043)."""

from typing import Any

from cryptography.x509 import load_pem_x509_certificate
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

from underlet.access.models import IdentityProvider
from underlet.access.queries import IDENTITY_PROVIDER, identity_provider_row
from underlet.access.types import (
    CreateIdentityProvider,
    IdentityProviderRow,
    ProviderRemoved,
    UpdateIdentityProvider,
)
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.http import check_url
from underlet.foundation.registry import operation
from underlet.foundation.sealing import seal
from underlet.foundation.types import NoInput
from underlet.kernel.errors import Forbidden, InvalidInput, VersionConflict
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_NEEDED = {"openid_connect": ("issuer", "client_id"), "saml": ("entity_id", "sso_url", "certificate")}
_FIELDS = ("name", "issuer", "client_id", "entity_id", "sso_url", "groups_claim", "takes_new", "is_enabled")


@operation("identity_provider.create", needs=Permission.SIGN_IN_EDIT, subject=UNIT, secrets={"client_secret"})
def create_identity_provider(actor: Actor, unit: Unit, data: CreateIdentityProvider) -> IdentityProviderRow:
    """Let a provider of one's own say who the people of a unit are, in place of their password.

    It speaks for people whose every role lies in the unit or below it, and for nobody else. Its groups give the roles
    that the unit's directory maps them to.
    """
    _require_below(unit)
    fields = data.model_dump(exclude={"metadata", "client_secret"})
    if data.metadata:
        fields |= _by_metadata(data.metadata)
    provider = IdentityProvider(unit=unit, created_at=now(), **fields)
    if data.client_secret:
        provider.client_secret = seal(data.client_secret)
    _check(provider)
    provider.save(force_insert=True)
    return identity_provider_row(provider)


@operation(
    "identity_provider.update", needs=Permission.SIGN_IN_EDIT, subject=IDENTITY_PROVIDER, audit=_FIELDS,
    secrets={"client_secret"},
)  # fmt: skip
def update_identity_provider(
    actor: Actor, provider: IdentityProvider, data: UpdateIdentityProvider
) -> IdentityProviderRow:
    """Change a provider of sign-in, or switch it off: sessions that it opened end at their next request (A6)."""
    _require_below(provider.unit)
    if data.version is not None and data.version != provider.version:
        raise VersionConflict()
    changes = data.model_dump(exclude={"version"}, exclude_none=True)
    if "client_secret" in changes:
        changes["client_secret"] = seal(changes["client_secret"])
    for name, value in changes.items():
        setattr(provider, name, value)
    _check(provider)
    provider.version += 1
    provider.save(update_fields=[*changes, "certificate", "version"])
    return identity_provider_row(provider)


@operation("identity_provider.remove", needs=Permission.SIGN_IN_EDIT, subject=IDENTITY_PROVIDER)
def remove_identity_provider(actor: Actor, provider: IdentityProvider, data: NoInput) -> ProviderRemoved:
    """Remove a provider of sign-in; its people keep their roles and sign in otherwise."""
    _require_below(provider.unit)
    execute("delete from identity_provider where id = %s", [provider.id])
    return ProviderRemoved(provider.public_id)


def _require_below(unit: Unit) -> None:
    """Raise Forbidden for whoever decides on sign-in in the unit alone: a provider counts for all below."""
    if not scalar("select can_below(%s, %s)", [unit.id, int(Permission.SIGN_IN_EDIT | Permission.READ)]):
        raise Forbidden()


def _check(provider: IdentityProvider) -> None:
    """Raise InvalidInput for what no sign-in could work with."""
    missing = [name for name in _NEEDED[provider.kind] if not getattr(provider, name)]
    if missing:
        raise InvalidInput(fields=dict.fromkeys(missing, "Needed."))
    if provider.kind == "openid_connect":
        provider.issuer = check_url(provider.issuer.removesuffix("/.well-known/openid-configuration"), "issuer")
    else:
        check_url(provider.sso_url, "sso_url")
        provider.certificate = _pem(provider.certificate)


def _pem(text: str) -> str:
    """A certificate in one form. Raises InvalidInput for what is none."""
    body = "".join(text.replace(_BEGIN, "").replace(_END, "").split())
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    pem = f"{_BEGIN}\n{lines}\n{_END}\n"
    try:
        load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise InvalidInput(fields={"certificate": "This is not a certificate in PEM form."}) from error
    return pem


def _by_metadata(xml: str) -> dict[str, str]:
    """What a provider's metadata says. Raises InvalidInput where it is not there."""
    try:
        found: dict[str, Any] = OneLogin_Saml2_IdPMetadataParser.parse(xml)
        idp = found["idp"]
        certificate = idp.get("x509cert") or idp["x509certMulti"]["signing"][0]
        return {
            "entity_id": idp["entityId"],
            "sso_url": idp["singleSignOnService"]["url"],
            "certificate": certificate,
        }
    except Exception as error:  # the parser raises whatever its XML library does
        raise InvalidInput(
            fields={
                "metadata": "This is not the metadata of a SAML provider, or it misses an address or certificate."
            }
        ) from error
