"""The files of one embedded server: where they lie, who may own them, how the cluster is made and started.

Everything is below the data folder, except the socket when the path would be too long for one. No TCP listener.
Postgres refuses to run as root: root runs it in a user namespace that maps root to an ordinary id, so that all
files stay root's own and nobody needs to be created; without such namespaces, as the owner of the data folder or
as `nobody`. Parent folders are never opened to others.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from underlet.foundation.database.binaries import Binaries, find_binaries
from underlet.kernel.errors import SetupIncomplete

DATABASE = "underlet"
SUPERUSER = "postgres"
PORT = 5432  # names the socket file only
_MAPPED_ID = 1000
_SOCKET_PATH_LIMIT = 100  # bytes; sockaddr_un has 104 (macOS) or 108
_LOG_LIMIT = 10_000_000
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}  # PG… and LC_… of the caller must not leak in

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "jit": "off",
    "log_destination": "stderr",
    "logging_collector": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NO_FSYNC: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}  # still safe when processes are killed


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of a data folder that the embedded server uses."""

    data: Path

    @property
    def cluster(self) -> Path:
        return self.data / "pg"

    @property
    def run(self) -> Path:
        """Sockets, locks and notes; 0700."""
        return self.data / "run"

    @property
    def owner_lock(self) -> Path:
        """Held by the one supervisor, whose pid it contains."""
        return self.run / "owner.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by all who use the server."""
        return self.run / "users.lock"

    @property
    def keep(self) -> Path:
        """There while the server is to run without anybody using it."""
        return self.run / "keep"

    @property
    def state(self) -> Path:
        """Where the server answers; there only while it does."""
        return self.run / "server.json"

    @property
    def failure(self) -> Path:
        """Why the last supervisor gave up."""
        return self.run / "failure.json"

    @property
    def supervisor_log(self) -> Path:
        return self.run / "supervisor.log"

    @property
    def postgres_log(self) -> Path:
        return self.run / "postgres.log"

    @property
    def recorded_binaries(self) -> Path:
        """Names the folder of the programs used last."""
        return self.run / "binaries"

    @property
    def recorded_socket_dir(self) -> Path:
        """Names the temporary folder of the socket, if the path is too long for one in `run`."""
        return self.run / "socket-dir"


@dataclass(frozen=True, slots=True)
class Identity:
    """How to run a Postgres program: a prefix to its command, and the user to become (None: stay)."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None


def existing_major(cluster: Path) -> int | None:
    """The major version that made a cluster; None if there is none."""
    try:
        return int((cluster / "PG_VERSION").read_text().strip())
    except FileNotFoundError:
        return None


def binaries_for(paths: Paths, chosen: Path | None) -> Binaries:
    """The programs for this data folder: `chosen`, else those used last, else what is found; records them."""
    recorded = _read(paths.recorded_binaries)
    found = find_binaries(existing_major(paths.cluster), [path for path in (chosen, recorded) if path])
    if found.folder != recorded:
        paths.recorded_binaries.write_text(str(found.folder))
    return found


def _read(note: Path) -> Path | None:
    try:
        return Path(note.read_text().strip())
    except FileNotFoundError:
        return None


def identity_for(paths: Paths) -> Identity:
    """Who Postgres runs as: oneself; root as a mapped user, else as the data folder's owner or `nobody`."""
    if os.geteuid() != 0:
        return Identity()
    owner = (paths.cluster if paths.cluster.exists() else paths.data).stat()
    if owner.st_uid == 0 and _can_map():
        return Identity(prefix=_UNSHARE)
    user, group = owner.st_uid, owner.st_gid
    if user == 0:
        nobody = pwd.getpwnam("nobody")
        user, group = nobody.pw_uid, nobody.pw_gid
    return Identity(user=user, group=group)


_UNSHARE = ("unshare", "-U", f"--map-user={_MAPPED_ID}", f"--map-group={_MAPPED_ID}")


def _can_map() -> bool:
    try:
        return subprocess.run([*_UNSHARE, "true"], capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False


def give_to(identity: Identity, *folders: Path) -> None:
    """Let the user whom Postgres runs as own these folders (only needed without user namespaces)."""
    if identity.user is not None and identity.group is not None:
        for folder in folders:
            os.chown(folder, identity.user, identity.group)


def require_access(identity: Identity, *folders: Path) -> None:
    """Raises SetupIncomplete when the user whom Postgres runs as may not enter a folder, as below /root."""
    if identity.user is None:
        return
    for folder in folders:
        if launch(identity, ["test", "-x", str(folder)], subprocess.DEVNULL, Path("/")).wait():
            raise SetupIncomplete(
                f"Postgres does not run as root, and user {identity.user}, taken instead, may not enter {folder}.",
                hint="Run Underlet as an ordinary user, or allow user namespaces, or let everybody enter the "
                "parent folders of UNDERLET_DATA and of the software.",
            )


def launch(
    identity: Identity, command: Sequence[str], log: "IO[bytes] | int", cwd: Path
) -> "subprocess.Popen[bytes]":
    """Start a Postgres program in a clean environment, apart from any terminal."""
    return subprocess.Popen(  # noqa: S603
        [*identity.prefix, *command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=dict(_ENVIRONMENT),
        user=identity.user,
        group=identity.group,
        extra_groups=None if identity.user is None else [],
    )


def last_words(paths: Paths, lines: int = 3) -> str:
    """The end of what Postgres wrote to its log."""
    try:
        with paths.postgres_log.open("rb") as log:
            log.seek(max(0, paths.postgres_log.stat().st_size - 4000))
            said = log.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return " / ".join(said[-lines:])


def make_cluster(paths: Paths, binaries: Binaries, identity: Identity, *, fsync: bool) -> None:
    """Run initdb in a folder beside, then rename: a cluster that exists is whole.

    Raises SetupIncomplete when something else lies in its place or initdb fails.
    """
    if existing_major(paths.cluster) is not None:
        return
    if paths.cluster.exists() and any(paths.cluster.iterdir()):
        raise SetupIncomplete(f"{paths.cluster} is not a database.", hint="Move it away, or set UNDERLET_DATA.")
    for left_over in paths.data.glob("pg.new.*"):
        shutil.rmtree(left_over, ignore_errors=True)
    draft = paths.data / f"pg.new.{os.getpid()}"
    draft.mkdir(mode=0o700)
    give_to(identity, draft)
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    failure = ""
    for locale in ("C.UTF-8", "C"):  # not every system has C.UTF-8, and nothing of ours depends on it
        failure = _initdb(binaries, identity, draft, [*builtin, f"--locale={locale}"], fsync=fsync)
        if not failure:
            (draft / "pg_hba.conf").write_text("# Only by the socket, whose folder only its owner can enter.\n"
                                               "local all all trust\n")  # fmt: skip
            draft.rename(paths.cluster)
            return
    shutil.rmtree(draft, ignore_errors=True)
    raise SetupIncomplete("The database could not be created.", hint=failure)


def _initdb(binaries: Binaries, identity: Identity, folder: Path, locale: Sequence[str], *, fsync: bool) -> str:
    """Returns what initdb says when it fails, else nothing."""
    command = [
        binaries.path("initdb"), "-D", str(folder), "-U", SUPERUSER, "--encoding=UTF8", "--data-checksums",
        "--auth=trust", *([] if fsync else ["--no-sync"]), *locale,
    ]  # fmt: skip
    process = launch(identity, command, subprocess.PIPE, folder)
    said, _ = process.communicate()
    return "" if process.returncode == 0 else said.decode(errors="replace").strip()[-600:] or "initdb failed"


def socket_folder(paths: Paths, identity: Identity) -> Path:
    """The folder of the socket: `run`, or a private temporary one (recorded) when its path is too long."""
    if len(os.fsencode(paths.run)) + len(f"/.s.PGSQL.{PORT}") <= _SOCKET_PATH_LIMIT:
        return paths.run
    recorded = _read(paths.recorded_socket_dir)
    if recorded and recorded.is_dir() and not recorded.is_symlink():
        return recorded
    folder = Path(tempfile.mkdtemp(prefix="underlet-", dir="/tmp"))
    give_to(identity, folder)
    paths.recorded_socket_dir.write_text(str(folder))
    return folder


def forget_socket_folder(paths: Paths) -> None:
    """Remove the temporary socket folder, if there is one."""
    recorded = _read(paths.recorded_socket_dir)
    if recorded:
        shutil.rmtree(recorded, ignore_errors=True)
        paths.recorded_socket_dir.unlink(missing_ok=True)


def start_postmaster(
    paths: Paths, binaries: Binaries, identity: Identity, socket_dir: Path, *, fsync: bool
) -> "subprocess.Popen[bytes]":
    """Start the postmaster as a direct child; whether it becomes ready is the caller's to find out."""
    settings = {**_SETTINGS, "unix_socket_directories": _quoted(socket_dir), "port": str(PORT)}
    if not fsync:
        settings |= _NO_FSYNC
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    if paths.postgres_log.exists() and paths.postgres_log.stat().st_size > _LOG_LIMIT:
        paths.postgres_log.replace(paths.postgres_log.with_suffix(".log.1"))
    with paths.postgres_log.open("ab") as log:
        command = [binaries.path("postgres"), "-D", str(paths.cluster), *flags]
        return launch(identity, command, log, paths.cluster)


def _quoted(folder: Path) -> str:
    """A folder in a comma-separated Postgres setting."""
    return '"' + str(folder).replace('"', '""') + '"'
