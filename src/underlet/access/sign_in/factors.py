"""What allauth asks of us about second factors: secrets are encrypted, passkeys and codes name the brand."""

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext

from underlet.access.models import User
from underlet.branding.queries import look_of_host
from underlet.foundation.sealing import seal, unseal


class FactorsAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """Second factors as Underlet keeps them."""

    def encrypt(self, text: str) -> str:
        """A secret as it lies in the database: readable with the installation's key only (S7)."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Under which name an authenticator app lists the code: the product's as this host shows it."""
        return self._get_site_name()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:
        """What a passkey without a name is called."""
        return gettext("Passkey")

    def _get_user_identifier(self, user: User) -> str:
        return user.email

    def _get_site_name(self) -> str:
        return look_of_host(context.request.get_host().rsplit(":", 1)[0]).product_name
