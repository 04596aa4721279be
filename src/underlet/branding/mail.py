"""A unit's brand as mails wear it, and the address at which its people sign in."""

from urllib.parse import urlsplit

from django.http.request import validate_host

from underlet.branding.queries import DEFAULT_COLOR, DEFAULT_PRODUCT_NAME
from underlet.foundation import storage
from underlet.foundation.database.sql import rows
from underlet.foundation.mail import Sender
from underlet.foundation.settings import settings


def sender_of(unit_id: int) -> tuple[Sender, str]:
    """The sender of a unit's mails, and the address that their links begin with.

    That is the host of the unit's brand, if this installation answers to it; else the installation's own.
    """
    found: dict[str, str] = dict(rows("select field, value from effective_brand(%s)", [unit_id]))
    logo = found.get("logo_2x_sha256")
    sender = Sender(
        found.get("product_name", DEFAULT_PRODUCT_NAME),
        found.get("sender_name", ""),
        found.get("reply_to", ""),
        found.get("color", DEFAULT_COLOR),
        storage.get(logo) if logo else None,
    )
    return sender, _base(found.get("host_name", ""))


def installation_sender() -> tuple[Sender, str]:
    """The sender of mails to people who have no unit, and the installation's own address."""
    return Sender(DEFAULT_PRODUCT_NAME, "", "", DEFAULT_COLOR), _base("")


def answers_to(host: str) -> bool:
    """Whether this installation answers to a host name (UNDERLET_ALLOWED_HOSTS)."""
    return validate_host(host, list(settings().allowed_hosts))


def _base(host: str) -> str:
    url = urlsplit(settings().url)
    if not host or not answers_to(host):
        return settings().url
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{host}{port}"
