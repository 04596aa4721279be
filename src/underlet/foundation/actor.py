"""Who acts: a person, an API key, the operator at the command line, or somebody who views as another.

Rights are never cached on it.
"""

from dataclasses import dataclass
from enum import StrEnum

from underlet.foundation.database.sql import scalar
from underlet.kernel.errors import Forbidden
from underlet.kernel.permission import Permission


class ActorKind(StrEnum):
    """What stands behind an actor id."""

    USER = "user"
    TOKEN = "token"  # noqa: S105 (a kind, not a secret)
    ACTING = "acting"


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated caller. `id` is what row-level security knows; `is_operator` runs the installation.

    owner_id: of an API key, the person whose it is; of one who views as another, who they are.
    oneself: of one who views as another (P32), they as themselves. is_read_only: nothing can be written.
    is_sent: a provider of sign-in said who it is, which is trusted within its unit only.
    """

    id: int
    name: str
    kind: ActorKind = ActorKind.USER
    is_operator: bool = False
    language: str = "en"
    owner_id: int | None = None
    oneself: "Actor | None" = None
    is_read_only: bool = False
    is_sent: bool = False

    @property
    def person_id(self) -> int:
        """Who is behind the calls, whatever key they use."""
        return self.id if self.owner_id is None else self.owner_id


def can(permission: Permission, unit_id: int) -> bool:
    """Whether the actor of the open transaction holds the permission in the unit (data-core.md §8)."""
    return bool(scalar("select can(%s, %s)", [unit_id, int(permission)]))


def require(permission: Permission, unit_id: int) -> None:
    """Raise Forbidden unless the actor of the open transaction holds the permission in the unit."""
    if not can(permission, unit_id):
        raise Forbidden()


def can_below(permission: Permission, unit_id: int) -> bool:
    """Whether the actor of the open transaction holds the permission in the unit and in everything below it."""
    return bool(scalar("select can_below(%s, %s)", [unit_id, int(permission)]))


def require_below(permission: Permission, unit_id: int) -> None:
    """Raise Forbidden for a role that gives the permission in the unit alone; whatever has nothing below it passes."""
    if not scalar("select can_branch(%s, %s)", [unit_id, int(permission)]):
        raise Forbidden(
            "Your role holds on this unit alone, and this acts on what lies below it as well.",
            hint="Ask an administrator for a role that reaches below.",
        )
