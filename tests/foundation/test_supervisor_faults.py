"""What is killed comes back by itself, and no committed row is lost (trust.md F2, F3; data-core.md §11)."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.foundation.servers import answers, eventually, in_process, postmaster, started_at
from underlet.foundation.database import embedded
from underlet.foundation.database.cluster import Paths
from underlet.foundation.database.processes import is_running

BACK_SECONDS = 10.0


@pytest.fixture
def rows(server_folder: Path) -> int:
    """A table with 1,000 committed rows."""
    with psycopg.connect(embedded.attach(server_folder).superuser_conninfo(), autocommit=True) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept as select generate_series(1, 1000) as id")
    return 1000


def _count(data: Path) -> int:
    with psycopg.connect(embedded.attach(data).superuser_conninfo(), autocommit=True) as connection:
        [count] = connection.execute("select count(*) from kept").fetchone() or [0]
        return int(count)


def _supervisor(data: Path) -> int:
    pid = embedded.status(data).supervisor_pid
    assert pid is not None
    return pid


def test_a_killed_postmaster_is_back_with_every_committed_row(server_folder: Path, rows: int) -> None:
    """F3, three times over, while backends are at work: they keep the shared memory of the dead one."""
    for _ in range(3):
        pid = postmaster(server_folder)

        def is_back(dead: int = pid) -> bool:
            return answers(server_folder) and postmaster(server_folder) != dead

        with closing(psycopg.connect(embedded.attach(server_folder).superuser_conninfo())) as connection:
            connection.execute("insert into kept values (0)")  # never committed
            connection.pgconn.send_query(b"do $$ begin for i in 1 .. 500000000 loop end loop; end $$")
            os.kill(pid, signal.SIGKILL)
            eventually(is_back, BACK_SECONDS)
        assert _count(server_folder) == rows


def test_a_killed_supervisor_is_replaced_and_the_server_taken_over(server_folder: Path, rows: int) -> None:
    moment, pid = started_at(server_folder), _supervisor(server_folder)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not is_running(pid), 2)
    embedded.attach(server_folder, fsync=False)
    assert started_at(server_folder) == moment, "the running server is taken over, not restarted"
    assert _supervisor(server_folder) != pid
    postmaster_pid = postmaster(server_folder)
    os.kill(postmaster_pid, signal.SIGKILL)
    eventually(lambda: answers(server_folder) and postmaster(server_folder) != postmaster_pid, BACK_SECONDS)
    assert _count(server_folder) == rows


def test_both_killed_at_once_come_back_at_the_next_attach(server_folder: Path, rows: int) -> None:
    pids = _supervisor(server_folder), postmaster(server_folder)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not any(is_running(pid) for pid in pids), 2)
    embedded.attach(server_folder, fsync=False)
    assert _count(server_folder) == rows


def test_a_note_with_the_pid_of_somebody_else_does_not_keep_it_from_starting(
    server_folder: Path, rows: int
) -> None:
    """After a restart of the machine the recorded pid may belong to any other process."""
    supervisor, server = _supervisor(server_folder), postmaster(server_folder)
    note = (server_folder / "pg" / "postmaster.pid").read_text()
    for pid in (supervisor, server):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not is_running(server), 2)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        stale = "\n".join([str(other.pid), *note.splitlines()[1:]])
        (server_folder / "pg" / "postmaster.pid").write_text(stale)
        embedded.attach(server_folder, fsync=False)
        assert _count(server_folder) == rows
        assert other.poll() is None, "a stranger's process is left alone"
    finally:
        other.kill()
        other.wait()


def test_stop_ends_a_server_whose_supervisor_was_killed(server_folder: Path, rows: int) -> None:
    supervisor, server = _supervisor(server_folder), postmaster(server_folder)
    os.kill(supervisor, signal.SIGKILL)
    eventually(lambda: not is_running(supervisor), 2)
    embedded.stop(server_folder)
    assert not is_running(server)
    embedded.attach(server_folder, fsync=False)
    assert _count(server_folder) == rows


def test_a_deleted_data_folder_ends_supervisor_and_server(data_folder: Path) -> None:
    embedded.attach(data_folder, fsync=False)
    pids = _supervisor(data_folder), postmaster(data_folder)
    shutil.rmtree(data_folder.parent)
    eventually(lambda: not any(is_running(pid) for pid in pids), 8)


def test_a_killed_first_start_leaves_nothing_in_the_way(data_folder: Path) -> None:
    """F1: initdb works beside the final place, so a cluster that exists is whole."""
    paths = Paths(data_folder)
    (data_folder / "pg.new.1" / "base").mkdir(parents=True)
    embedded.attach(data_folder, fsync=False)
    assert answers(data_folder)
    assert not list(paths.data.glob("pg.new.*"))


_REQUESTS = """
import os, signal, time
from pathlib import Path
from django.db import DatabaseError, connection
from underlet.foundation.database.processes import read_pid_file, works_in
from underlet.foundation.database.sql import scalar
from underlet.foundation.database.transactions import system
cluster = Path(os.environ["UNDERLET_DATA"]) / "pg"

def request():
    try:
        with system():
            return scalar("select 1") == 1
    except DatabaseError:
        return False
    finally:
        connection.close()

before = request()
pid = read_pid_file(cluster).pid
os.kill(pid, signal.SIGKILL)
while works_in(pid, cluster):
    time.sleep(0.01)
begin, failed = time.monotonic(), 0
while not request():
    failed += 1
answer = {"before": before, "failed": failed, "seconds": time.monotonic() - begin}
"""


def test_a_pooled_connection_fails_at_most_once_when_the_server_is_killed(server_folder: Path) -> None:
    """F3: the pool finds out by itself; no process has to be started again."""
    done = in_process(_REQUESTS, UNDERLET_DATA=str(server_folder), UNDERLET_TESTING="")
    assert done["before"]
    assert done["failed"] <= 1
    assert done["seconds"] < BACK_SECONDS
