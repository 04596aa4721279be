"""Reads of providers of sign-in, by whoever decides how people of the unit sign in."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from underlet.access.models import IdentityProvider
from underlet.access.types import IdentityProviderRow, ListIdentityProviders
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.listing import Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.types import NoInput, Page
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, visible_units
from underlet.organization.scope import InScope

SIGN_IN_PATH = "/login/with"


def identity_providers(actor: Actor) -> QuerySet[IdentityProvider]:
    """Providers of units for which, with all below them, the actor decides how people sign in (first belt)."""
    needs = Permission.SIGN_IN_EDIT | Permission.READ
    places = visible_units(actor).filter(InScope(actor, "anc", "id", needs, below=True))
    return IdentityProvider.objects.filter(unit__in=places)


def _find(actor: Actor, public_id: UUID) -> IdentityProvider | None:
    return identity_providers(actor).select_related("unit").filter(public_id=public_id).first()


def _lock(provider: IdentityProvider) -> None:
    IdentityProvider.objects.select_for_update(of=("self",)).get(id=provider.id)


IDENTITY_PROVIDER = Subject(
    "identity_provider", _find, lambda row: row.unit_id, lambda row: row.unit.hierarchy_id, _lock
)


def _login_path(kind: str, public_id: UUID) -> str:
    return f"{SIGN_IN_PATH}/{'saml' if kind == 'saml' else 'oidc'}/{public_id}/login/"


def offered_providers(host: str) -> tuple[tuple[str, str], ...]:
    """What the sign-in page of a host offers: name and address of each provider; before any actor exists."""
    found = rows("select public_id, kind, name from identity_providers_of_host(%s)", [host.lower()])
    return tuple((name, _login_path(kind, public_id)) for public_id, kind, name in found)


def identity_provider_row(provider: IdentityProvider) -> IdentityProviderRow:
    """A provider without its secret."""
    is_saml = provider.kind == "saml"
    kind = "saml" if is_saml else "oidc"
    return IdentityProviderRow(
        id=provider.public_id,
        kind="saml" if is_saml else "openid_connect",
        name=provider.name,
        issuer=provider.issuer,
        client_id=provider.client_id,
        has_secret=bool(provider.client_secret),
        entity_id=provider.entity_id,
        sso_url=provider.sso_url,
        certificate=provider.certificate,
        groups_claim=provider.groups_claim,
        takes_new=provider.takes_new,
        is_enabled=provider.is_enabled,
        version=provider.version,
        sign_in_path=_login_path(provider.kind, provider.public_id),
        callback_path=f"{SIGN_IN_PATH}/{kind}/{provider.public_id}/{'acs/' if is_saml else 'login/callback/'}",
        metadata_path=f"{SIGN_IN_PATH}/{kind}/{provider.public_id}/metadata/" if is_saml else "",
    )


_ORDERS = {"created": Order("created_at", datetime)}


@query("identity_provider.list", needs=Permission.SIGN_IN_EDIT, subject=UNIT)
def list_identity_providers(actor: Actor, unit: Unit, data: ListIdentityProviders) -> Page[IdentityProviderRow]:
    """List the providers of sign-in that a unit set, oldest first."""
    page = sorted_page(identity_providers(actor).filter(unit=unit), data, "created", _ORDERS)
    return Page(tuple(identity_provider_row(one) for one in page.items), page.next)


@query("identity_provider.show", needs=Permission.SIGN_IN_EDIT, subject=IDENTITY_PROVIDER)
def show_identity_provider(actor: Actor, provider: IdentityProvider, data: NoInput) -> IdentityProviderRow:
    """Show a provider of sign-in, without its secret."""
    return identity_provider_row(provider)
