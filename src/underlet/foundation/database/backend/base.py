"""Django's Postgres backend; with the embedded server, host and port are those of the running supervisor.

Resolved when a connection is opened, not when settings load, so that importing the project starts nothing.
"""

from typing import Any

from django.db.backends.postgresql import base

from underlet.foundation.database.embedded import attach
from underlet.foundation.settings import settings


class DatabaseWrapper(base.DatabaseWrapper):
    """The stock backend with a late-bound address."""

    def get_connection_params(self) -> dict[str, Any]:
        """libpq parameters; starts the embedded server if it is not running."""
        parameters: dict[str, Any] = super().get_connection_params()
        if settings().database_url is None:
            server = attach(settings().data, fsync=settings().fsync)
            parameters["host"] = str(server.socket_dir)
            parameters["port"] = server.port
        return parameters
