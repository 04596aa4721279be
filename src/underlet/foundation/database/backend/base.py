"""Django's Postgres backend; with the embedded server, host and port are those of the running supervisor.

Resolved when a connection is opened, not when settings load, so that importing the project starts nothing.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg_pool import ConnectionPool

from underlet.foundation.database.embedded import attach
from underlet.foundation.settings import settings


class Pool(ConnectionPool[Connection[Any]]):
    """A pool that gives up all its dead connections when it meets the first.

    The stock pool tries them one by one with a pause that doubles: after a restart of the server, the next request
    would meet five idle connections and be refused for want of time.
    """

    def met(self, connection: "Connection[Any]") -> None:
        """Look at a connection before it is handed out. Raises psycopg.Error when it is dead."""
        try:
            self.check_connection(connection)
        except Exception:
            self.check()
            raise


class DatabaseWrapper(base.DatabaseWrapper):
    """The stock backend with a late-bound address and a pool that survives a restart of the server."""

    _connection_pools: dict[str, Pool]
    _configure_connection: Callable[["Connection[Any]"], None]

    @property
    def pool(self) -> Pool | None:
        """The pool of this alias, made when first asked for; None where settings ask for none."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if not options:
            return None
        if self.alias not in self._connection_pools:
            made = Pool(
                kwargs={**self.get_connection_params(), "autocommit": True},  # Django sets it as it needs
                configure=self._configure_connection,
                open=False,
                check=lambda connection: made.met(connection),
                **options,
            )
            self._connection_pools.setdefault(self.alias, made)  # of several threads, the first wins
        return self._connection_pools[self.alias]

    def get_connection_params(self) -> dict[str, Any]:
        """libpq parameters; starts the embedded server if it is not running."""
        parameters: dict[str, Any] = super().get_connection_params()
        if settings().database_url is None:
            server = attach(settings().data, fsync=settings().fsync)
            parameters["host"] = str(server.socket_dir)
            parameters["port"] = server.port
        return parameters
