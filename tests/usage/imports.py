"""Importing through the registered operation and its job, as every interface does."""

from typing import Any

from tests.cast import Cast
from underlet.accounts import operations as account_operations
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.usage import jobs, operations, queries
from underlet.usage.types import ImportView

REGISTERED = (account_operations, jobs, operations, queries)
"""Modules that fill the registry by being imported."""


def begin(cast: Cast, content: bytes, name: str = "focus.csv", unit: str = "fjord") -> ImportView:
    """Send a file and queue its import; nothing has run yet."""
    upload = receive(cast.ada, [content], name)
    created: ImportView = run("import.create", cast.ada, cast.units[unit], {"upload": str(upload.id)}).result
    return created


def show(actor: Actor, view: ImportView) -> ImportView:
    """The import as it is now."""
    found: ImportView = ask("import.show", actor, str(view.id))
    return found


def take_in(cast: Cast, content: bytes, name: str = "focus.csv") -> ImportView:
    """Send a file, run its job here, and show what became of it."""
    created = begin(cast, content, name)
    assert created.job_id
    run_job(created.job_id)
    return show(cast.ada, created)


def state() -> list[Any]:
    """Everything that an import could change, apart from its own row and its job."""
    with system():
        return [
            rows("select * from usage_snapshot order by id"),
            rows("select * from usage_file order by id"),
            rows("select * from usage_total order by 1, 2, 3"),
            rows("select * from account order by id"),
            rows("select * from sub_account order by id"),
        ]
