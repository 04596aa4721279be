"""What a command prints: for people tables and sentences, with --json one object on standard output, nothing else.

Exit codes: 0 done, 1 refused (the object carries `error`), 2 wrong use.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from underlet.kernel.errors import Refusal

REFUSED = 1

_WIDTH = None if sys.stdout.isatty() else 160  # in a file or a pipe nothing is folded for a screen's sake

console = Console(highlight=False, width=_WIDTH)
status = Console(stderr=True, highlight=False)


def print_json(body: Any) -> None:
    """The one object."""
    sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")


def error_object(refusal: Refusal) -> dict[str, Any]:
    """A refusal as programs read it: {"error": {code, detail, hint, fields?}}."""
    body = refusal.as_dict()
    return {"error": {"code": body.pop("error"), **body}}


def refuse(refusal: Refusal, *, as_json: bool, extra: Mapping[str, Any] | None = None) -> None:
    """Print a refusal and leave with exit code 1."""
    if as_json:
        print_json({**(extra or {}), **error_object(refusal)})
    else:
        status.print(f"[red]Refused:[/red] {escape(refusal.detail)}", soft_wrap=True)
        for path, message in refusal.fields.items():
            status.print(escape(f"  {path}: {message}"), soft_wrap=True)
        if refusal.hint:
            status.print(escape(refusal.hint), soft_wrap=True)
    raise click.exceptions.Exit(REFUSED)


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return str(value.get("name") or ", ".join(f"{key} {_cell(item)}" for key, item in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_cell(item) for item in value) or "–"
    return str(value)


def print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """A list of rows as a table, without columns that are empty in all of them; rows that hold lists one by one.

    Ids stay whole, to be copied; those of other things are left to --json, which shows everything.
    """
    if not rows:
        console.print("Nothing here yet.")
        return
    if any(_holds_objects(value) for row in rows for value in row.values()):
        for row in rows:
            print_object(row, "  ")
            console.print()
        return
    filled = [name for name in rows[0] if any(row[name] not in (None, "", []) for row in rows)]
    names = [name for name in filled if not name.endswith("_id")]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name.replace("_", " "), overflow="fold", no_wrap=name == "id")
    for row in rows:
        table.add_row(*(escape(_cell(row[name])) for name in names))
    console.print(table)


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def print_object(body: Mapping[str, Any], indent: str = "") -> None:
    """One object: a line per field, lists of objects as tables."""
    for name, value in body.items():
        label = f"{indent}[bold]{name.replace('_', ' ')}[/bold]"
        if _holds_objects(value):
            console.print(f"{label}:")
            print_table(value)
        elif isinstance(value, Mapping) and "name" not in value:
            console.print(f"{label}:")
            print_object(value, indent + "  ")
        else:
            console.print(f"{label}: {escape(_cell(value))}", soft_wrap=True)


def print_body(body: Any) -> None:
    """Any answer, for people."""
    if isinstance(body, Mapping) and set(body) == {"items", "next"}:
        print_table(body["items"])
        if body["next"]:
            console.print(f"More: add --after {body['next']}")
    elif isinstance(body, Mapping):
        print_object(body)
    else:
        console.print(escape(str(body)))


def progress_bar() -> Progress:
    """The one progress bar; drawn on standard error, so that --json stays clean."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=status
    )
