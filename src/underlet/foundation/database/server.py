"""The address of a running server."""

from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from underlet.foundation.database.cluster import DATABASE, SUPERUSER
from underlet.foundation.database.roles import LOGIN


@dataclass(frozen=True, slots=True)
class Server:
    """An embedded server of a data folder: its socket folder and port (which only names the socket file; nothing
    listens on TCP), and its version as Postgres counts, e.g. 180004 for 18.4 (0: not asked yet)."""

    data: Path
    socket_dir: Path
    port: int
    version: int

    def conninfo(self, database: str = DATABASE, role: str = "underlet_session") -> str:
        """libpq connection string of the software's login, its sessions starting as `role`."""
        return make_conninfo(
            host=str(self.socket_dir), port=self.port, user=LOGIN, dbname=database, options=f"-c role={role}"
        )

    def superuser_conninfo(self, database: str = DATABASE) -> str:
        """libpq connection string of the superuser, for set-up, backup and restore only."""
        return make_conninfo(host=str(self.socket_dir), port=self.port, user=SUPERUSER, dbname=database)
