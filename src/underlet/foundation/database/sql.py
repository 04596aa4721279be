"""The SQL runner: raw SQL runs here and nowhere else, always with parameters apart from the text.

Text comes from literals or from `sql/` files of a context, never from input (trust.md §7: the actor setting
guards against forgotten filters, not against SQL injection).
"""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, LiteralString

from django.db import connection


def rows(text: LiteralString, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(text, list(parameters))
        return cursor.fetchall() if cursor.description else []


def scalar(text: LiteralString, parameters: Sequence[Any] = ()) -> Any:
    """The first column of the first row, or None."""
    found = rows(text, parameters)
    return found[0][0] if found else None


def execute(text: LiteralString, parameters: Sequence[Any] = ()) -> int:
    """Run a statement; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(text, list(parameters))
        return int(cursor.rowcount)


def read_sql(package: str, name: str) -> str:
    """The text of `<package>/sql/<name>.sql`; migrations read it, and a released file never changes."""
    return (files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8")
