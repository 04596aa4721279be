"""Who acts at the command line, and that the installation is ready: server, migrations, operator."""

from rich.progress import TaskID

from underlet.access.queries import actor_by_email, actor_of, operator
from underlet.access.welcome import create_operator
from underlet.foundation.actor import Actor
from underlet.foundation.database.migrate import migrate
from underlet.interfaces.cli.output import progress_bar

OPERATOR_EMAIL = "operator@localhost"


def prepare() -> None:
    """Bring the database up to this release, with a bar if that takes any steps."""
    bars = progress_bar()
    tasks: list[TaskID] = []

    def show(done: int, total: int) -> None:
        if not tasks:
            bars.start()
            tasks.append(bars.add_task("Preparing the database", total=total))
        bars.update(tasks[0], completed=done)

    try:
        migrate(show)
    finally:
        if tasks:
            bars.stop()


def acting(email: str = "") -> Actor:
    """The actor of a command: the person named by --as, else the installation's operator.

    Whoever can read the data folder can do everything, so the operator needs no password here.
    """
    if email:
        return actor_by_email(email)
    return operator() or actor_of(create_operator(OPERATOR_EMAIL, "Operator"))
