"""Who is signed in: as allauth knows them, with whether they lack a second factor."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import BooleanField, F, Func

from underlet.access.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Reads a session's person and whether they lack a factor in one statement: every request asks for both."""

    def get_user(self, user_id: int) -> User | None:
        """The person, if they may still be let in."""
        lacks = Func(F("id"), function="lacks_second_factor", output_field=BooleanField())
        user = User.objects.annotate(lacks_factor=lacks).filter(id=user_id).first()
        return user if self.user_can_authenticate(user) else None
