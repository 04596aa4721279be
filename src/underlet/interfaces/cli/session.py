"""Who acts at the command line, and that the installation is ready: server, migrations, operator."""

from collections.abc import Callable

from underlet.access.queries import actor_by_email, actor_of, operator
from underlet.access.welcome import create_operator
from underlet.foundation.actor import Actor
from underlet.foundation.database.migrate import migrate

OPERATOR_EMAIL = "operator@localhost"


def prepare(progress: Callable[[str], None] | None = None) -> None:
    """Bring the database up to this release."""
    migrate(progress)


def acting(email: str = "") -> Actor:
    """The actor of a command: the person named by --as, else the installation's operator.

    Whoever can read the data folder can do everything, so the operator needs no password here.
    """
    if email:
        return actor_by_email(email)
    return operator() or actor_of(create_operator(OPERATOR_EMAIL, "Operator"))
