"""Bringing the database to this release: roles, then migrations as the owner of the tables."""

from collections.abc import Callable

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from underlet.foundation.database.roles import require_roles
from underlet.foundation.settings import settings


def pending() -> int:
    """Number of migrations not applied yet."""
    executor = MigrationExecutor(connections["owner"])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(progress: Callable[[str], None] | None = None) -> int:
    """Apply what is pending, under a lock so that two first starts do not collide. Returns how many.

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
                if progress:
                    progress(f"Preparing the database ({count} steps)")
                call_command("migrate", database="owner", verbosity=0, interactive=False)
            return count
        finally:
            cursor.execute("select pg_advisory_unlock(hashtext('underlet migrate'))")
