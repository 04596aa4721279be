"""Setting the first password: a signed link that ends with its use."""

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from underlet.access.models import User
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.kernel.errors import InvalidInput, NotFound


def welcome_path(user: User) -> str:
    """The path under which a person sets their first password; valid until used or three days old."""
    return f"/welcome/{_ticket(user)}"


def reset_path(user: User) -> str:
    """The path under which a person sets a new password; valid until used, until they sign in, or for three days."""
    return f"/password/new/{_ticket(user)}"


def _ticket(user: User) -> str:
    uid = urlsafe_base64_encode(str(user.public_id).encode())
    return f"{uid}/{default_token_generator.make_token(user)}"


def user_of_welcome(uid: str, token: str) -> User:
    """The person that the link of an invitation, or of a mail about a forgotten password, is for.

    Raises NotFound for a used, old or forged link, and for one to a person who has no role any more (A6).
    """
    try:
        public_id = urlsafe_base64_decode(uid).decode()
        user = User.objects.filter(public_id=public_id, is_active=True).first()
    except (ValueError, ValidationError):
        user = None
    if user is None or not default_token_generator.check_token(user, token) or not has_standing(user):
        raise NotFound("This link has been used or is too old.", hint="Ask for a new one.")
    return user


def has_standing(user: User) -> bool:
    """Whether a person has a role that lasts, or runs the installation."""
    return bool(scalar("select has_standing(%s, %s)", [user.id, now()]))


def set_password(user: User, password: str) -> None:
    """Set a person's password. Raises InvalidInput with what is wrong with it."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(fields={"password": " ".join(error.messages)}) from error
    user.set_password(password)
    keep_password(user)


def keep_password(user: User) -> None:
    """Write a person's new password, and in the same transaction that they have one (S9).

    The role of sign-in may write this column and no other.
    """
    with transaction.atomic():
        user.save(update_fields=["password"])
        execute("select record_sign_in(%s, 'set_password')", [user.id])


def create_operator(email: str, name: str) -> User:
    """The first person of an installation, who may create hierarchies; runs once, before any actor exists."""
    from underlet.foundation.database.transactions import system

    with system():
        execute(
            "insert into app_user (email, email_key, name, password, is_operator, created_at)"
            " values (%s, %s, %s, '!', true, %s) on conflict (email_key) do nothing",
            [email, email.casefold(), name, now()],
        )
    return User.objects.get(email_key=email.casefold())
