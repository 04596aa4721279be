"""Who must have a second factor: everybody with a role on a unit that requires it, or below one."""

from underlet.access.models import User
from underlet.foundation.database.sql import scalar


def lacks_second_factor(user: User) -> bool:
    """Whether a person must have a second factor and has none: they are led to add one, and get nothing else.

    Known already of whom the session of the request named.
    """
    known: bool | None = getattr(user, "lacks_factor", None)
    if known is not None:
        return known
    return bool(scalar("select lacks_second_factor(%s)", [user.id]))
