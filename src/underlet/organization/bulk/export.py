"""A structure as a file: every unit below one that the reader sees, parents before children."""

from array import array
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from underlet.foundation.actor import Actor
from underlet.foundation.clock import today
from underlet.foundation.database.sql import rows
from underlet.foundation.registry import query
from underlet.foundation.types import FileAnswer, Input
from underlet.kernel.hierarchy import MAX_DEPTH, UnitKind
from underlet.organization.bulk.columns import EXAMPLE, LEGAL, NO, YES
from underlet.organization.bulk.known import CHUNK, Known, chunks, known_by_ids
from underlet.organization.bulk.writing import Format, file_of
from underlet.organization.facets import bits
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, visible_units
from underlet.organization.types import ListUnits


class ExportStructure(Input):
    """Which units below the subject, and in what kind of file."""

    format: Format = Field(default="csv", description="csv or xlsx")
    state: Literal["current", "draft", "active", "archived", "all"] = Field(
        default="current", description="current: all but archived ones"
    )


class StructureTemplate(Input):
    """What kind of file."""

    format: Format = Field(default="csv", description="csv or xlsx")


@query("structure.export", subject=UNIT)
def export_structure(actor: Actor, unit: Unit, data: ExportStructure) -> FileAnswer:
    """Export the units below one as CSV or XLSX, one line each, parents first; `structure.import` reads it back.

    Legal data stands in the lines of units that have a legal entity of their own.
    """
    levels = _ids_by_level(unit, data)
    lines = (_line(one, links) for level in levels for one, links in _units(actor, level))
    return file_of(lines, f"structure-{today():%Y-%m-%d}", data.format)


@query("structure.template", own=True)
def show_template(actor: Actor, data: StructureTemplate) -> FileAnswer:
    """Give an empty file to fill in: the columns that an import knows, and one line as an example."""
    return file_of([EXAMPLE], "structure-template", data.format)


def _ids_by_level(unit: Unit, data: ExportStructure) -> list["array[int]"]:
    """The ids of all visible units below one, by level and name: eight bytes each, however many there are."""
    mask, wanted = bits(ListUnits(state=data.state))
    levels = [array("q") for _ in range(MAX_DEPTH + 1)]
    after = ("", 0)
    while True:
        page = rows(
            "select p.id, p.name_key, u.depth from page_units(%s, %s, %s, '', %s, %s, %s) p join unit u on u.id = p.id"
            " order by p.name_key, p.id",
            [unit.id, *after, mask, wanted, CHUNK],
        )
        for id_, _, depth in page:
            if id_ != unit.id:
                levels[depth].append(id_)
        if len(page) < CHUNK:
            return levels
        after = (page[-1][1], page[-1][0])


Links = dict[int, tuple[str, str]]
"""Public id and name of parents and customer organizations, by id: those that the reader sees."""


def _units(actor: Actor, ids: "array[int]") -> Iterator[tuple[Known, Links]]:
    for chunk in chunks(ids):
        found = known_by_ids(actor, chunk)
        others = {id_ for one in found.values() for id_ in (one.parent_id, one.anchor_id) if id_}
        links: Links = {
            id_: (str(public_id), name)
            for id_, public_id, name in visible_units(actor)
            .filter(id__in=others)
            .values_list("id", "public_id", "name")
        }
        yield from ((found[id_], links) for id_ in chunk if id_ in found)


def _line(one: Known, links: Links) -> dict[str, str]:
    parent_id, parent = links.get(one.parent_id or 0, ("", ""))
    found = {
        "id": str(one.public_id),
        "parent": parent,
        "parent_id": parent_id,
        "kind": one.kind.value,
        "name": one.name,
        **one.texts,
        "price_type": one.price_type if one.kind is UnitKind.CUSTOMER else "",
        "customer_organization": links.get(one.anchor_id or 0, ("", ""))[1],
        "state": one.state,
        "own_legal_entity": YES if one.is_entity_own else NO,
    }
    if one.is_entity_own:
        found |= {LEGAL + field: value for field, value in one.entity.items()}
    return found
