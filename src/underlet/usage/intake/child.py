"""The child process in which files from outside are read: limited in memory, CPU time, file size and time, then
gone.

Parent and child speak JSON lines: one task to the child, then reports and one result back. Nothing that the
child says is executed. When the parent dies, the child's standard input ends, and so does the child (intake.md
§10).
"""

import json
import logging
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO, Any

from pydantic import TypeAdapter

from underlet.kernel.errors import FileError, ImportRejected
from underlet.kernel.sentence import packed, unpacked
from underlet.usage.intake.reasons import refuse
from underlet.usage.intake.types import LoadedFile, Task

log = logging.getLogger(__name__)

_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Of the child: bytes of memory it may allocate, seconds of CPU, bytes of one written file, seconds of
    time."""

    memory: int
    cpu: int
    file: int
    seconds: int


_TASK = TypeAdapter(tuple[Task, Limits])
_LOADED = TypeAdapter(LoadedFile)


def limits_for(size: int, memory: int) -> Limits:
    """Limits for a file of `size` bytes: 30 seconds of CPU and two more per megabyte, twenty times what a good file
    takes. Time is ten times that: it ends what waits for ever, not what a busy machine makes slow.

    memory: what DuckDB may use. On top comes what it and Python reserve, most of it without ever touching it.
    """
    cpu = 30 + 2 * (size >> 20)
    return Limits(memory + 2 * _GIB, cpu, max(4 * _GIB, 250 * size), 10 * cpu)


def run_in_child(task: Task, limits: Limits, report: Callable[[str, int], None]) -> LoadedFile:
    """Do a task in a child process. Raises ImportRejected: the child's refusal, or limits_exceeded if it was
    killed.

    Raises RuntimeError if the child fails for any other reason, which is a bug here and not in the file.
    """
    errors = task.scratch / "child.log"
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ.get("PATH", ""), "TZ": "UTC"}
    with (
        errors.open("wb") as log_file,
        subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log_file,
            env=environment,
            cwd=task.scratch,
        ) as child,
    ):
        alarm = threading.Timer(limits.seconds, child.kill)
        alarm.start()
        try:
            return _converse(child, task, limits, report)
        except _Silence as silence:
            code = child.wait()
            text = errors.read_text("utf-8", "replace")[-4000:]
            if code == 1 and "MemoryError" not in text:
                raise RuntimeError(f"loading a file failed:\n{text}") from silence
            log.warning("the child that read a file was stopped (%s): %s", code, text)
            raise refuse(
                "limits_exceeded", "Checking the file took more memory or time than is allowed."
            ) from silence
        finally:
            alarm.cancel()
            child.kill()
            with suppress(BrokenPipeError):
                _pipe(child.stdin).close()


class _Silence(Exception):
    """The child ended without a result."""


def _converse(
    child: "subprocess.Popen[bytes]", task: Task, limits: Limits, report: Callable[[str, int], None]
) -> LoadedFile:
    try:
        _pipe(child.stdin).write(_TASK.dump_json((task, limits)) + b"\n")
        _pipe(child.stdin).flush()
    except BrokenPipeError as error:
        raise _Silence from error
    for line in _pipe(child.stdout):
        kind, body = json.loads(line)
        if kind == "report":
            report(*body)
        elif kind == "loaded":
            return _LOADED.validate_python(body)
        else:
            raise _refusal_of(unpacked(body))
    raise _Silence


def _refusal_of(body: dict[str, Any]) -> ImportRejected:
    """The refusal that the child packed: its class has no other form that keeps its sentences."""
    errors = [FileError(**error) for error in body["errors"]]
    return ImportRejected(body["detail"], hint=body["hint"], errors=errors, count=body["count"])


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise AssertionError("the child was started with pipes")
    return end


def _say(kind: str, body: Any) -> None:
    sys.stdout.write(json.dumps([kind, body]) + "\n")
    sys.stdout.flush()


def _die_with_parent() -> None:
    while os.read(0, 1024):  # not by sys.stdin: its lock would be held when the interpreter ends
        pass
    os._exit(2)


def _limit(limits: Limits) -> None:
    for what, value in (
        (resource.RLIMIT_DATA, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))


def main() -> None:
    """The child: read one task, set the limits, do it, say the result."""
    task, limits = _TASK.validate_json(sys.stdin.buffer.readline())
    _limit(limits)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    from underlet.usage.intake.work import load, refusal_of

    try:
        loaded = load(task, lambda stage, percent: _say("report", [stage, percent]))
        _say("loaded", _LOADED.dump_python(loaded, mode="json"))
    except Exception as error:
        refusal = refusal_of(error)
        errors = [asdict(error) for error in refusal.errors]
        body = {"detail": refusal.detail, "hint": refusal.hint, "errors": errors, "count": refusal.count}
        _say("refused", packed(body))


if __name__ == "__main__":
    main()
