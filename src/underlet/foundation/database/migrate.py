"""Bringing the database to this release: roles, then migrations as the owner of the tables."""

from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from underlet.foundation.database.roles import require_roles
from underlet.foundation.settings import settings


class _Migrate(Command):
    """Django's command, telling how many steps are done."""

    def __init__(self, told: Callable[[int], None]) -> None:
        super().__init__()
        self._told, self._done = told, 0

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_success":
            self._done += 1
            self._told(self._done)


def pending() -> int:
    """Number of migrations not applied yet."""
    executor = MigrationExecutor(connections["owner"])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(progress: Callable[[int, int], None] | None = None) -> int:
    """Apply what is pending, under a lock so that two first starts do not collide. Returns how many.

    progress: told the number of steps done and of all steps, before the first and after each.

    Raises SetupIncomplete when a Postgres of one's own has not the roles and the login may not create them.
    """
    url = settings().database_url
    if url:
        require_roles(url)
    connection = connections["owner"]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtext('underlet migrate'))")
        try:
            count = pending()
            if count:
                tell = progress or (lambda done, total: None)
                tell(0, count)
                command = _Migrate(lambda done: tell(done, count))
                call_command(command, database="owner", verbosity=0, interactive=False)
            return count
        finally:
            cursor.execute("select pg_advisory_unlock(hashtext('underlet migrate'))")
