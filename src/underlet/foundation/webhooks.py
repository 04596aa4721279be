"""Signed calls after the Standard Webhooks scheme (documents.md §8): what is sent, and the secrets that sign it.

A secret is made of a salt, which is a row's, and of the installation's key, which is not in the database: so it can
sign, is shown once, and no copy of the database holds it (S7).
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from underlet.foundation.clock import now
from underlet.foundation.http import Answer, post
from underlet.foundation.settings import settings

_PREFIX = "whsec_"
_OWN_USE = b"webhook secret "


def new_salt() -> str:
    """A salt of its own for each secret."""
    return secrets.token_urlsafe(24)


def secret_of(salt: str) -> str:
    """The secret that belongs to a salt, as the receiver keeps it: "whsec_" and 32 bytes in base64."""
    return _PREFIX + base64.b64encode(_key(salt)).decode()


def _key(salt: str) -> bytes:
    return hmac.digest(settings().secret_key().encode(), _OWN_USE + salt.encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Message:
    """One call. id: the same for each try of it, by which a receiver knows it again. kind: "environment.provision"."""

    id: str
    kind: str
    data: Mapping[str, Any]


def send(url: str, salts: Sequence[str], message: Message) -> Answer:
    """Post a message, signed with each of the secrets. Raises AddressNotAllowed, CallFailed."""
    moment = now()
    body = json.dumps(
        {"type": message.kind, "timestamp": moment.isoformat(), "data": message.data}, separators=(",", ":")
    ).encode()
    stamp = str(int(moment.timestamp()))
    return post(
        url,
        body,
        {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": stamp,
            "webhook-signature": " ".join(_signature(salt, message.id, stamp, body) for salt in salts),
        },
    )


def _signature(salt: str, id_: str, stamp: str, body: bytes) -> str:
    signed = hmac.digest(_key(salt), f"{id_}.{stamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()
