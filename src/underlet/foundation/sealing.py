"""Secrets that must be read again later, such as another service's password (trust.md S7).

They are kept encrypted, under a key that lies in the data folder and in no database. What only has to be recognised is
kept as a digest instead.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from underlet.foundation.settings import settings
from underlet.kernel.errors import SetupIncomplete


@cache
def _fernet(secret: str) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=b"underlet sealed secrets").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def seal(text: str) -> str:
    """A secret as it may be stored."""
    return _fernet(settings().secret_key()).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again. Raises SetupIncomplete where it was sealed by an installation with another key."""
    try:
        return _fernet(settings().secret_key()).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SetupIncomplete(
            "A stored secret cannot be read: the key of this installation is another one.",
            hint="Restore the folder “secrets” of the data folder from the same backup as the database.",
        ) from error
