"""Reads of what belongs to the whole installation."""

from underlet.access.types import HeldName, ListNames
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.registry import query
from underlet.foundation.types import Page, decode_cursor, encode_cursor, not_a_cursor
from underlet.kernel.errors import Forbidden
from underlet.kernel.naming import name_key


@query("name.list")
def list_names(actor: Actor, data: ListNames) -> Page[HeldName]:
    """List the names that no new unit gets: reserved ones and those of archived customers, by name. The operator of the
    installation only, because others may not know whose they were (R19)."""
    if not actor.is_operator:
        raise Forbidden("Only the operator of the installation may do this.")
    sort, after = decode_cursor(data.after, str, str) or (data.sort, "")
    if sort != data.sort:
        raise not_a_cursor()
    found = rows(
        "select name_key, name, is_reserved, since from held_names(%s, %s, %s, %s)",
        [after, name_key(data.q), sort == "-name", data.limit + 1],
    )
    kept = found[: data.limit]
    cursor = encode_cursor(sort, kept[-1][0]) if len(found) > data.limit else None
    return Page(tuple(HeldName(*row[1:]) for row in kept), cursor)
