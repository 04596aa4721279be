"""Structure files for tests: writing one, importing it as a person, looking at what came of it."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import underlet.contracts.structure_jobs
import underlet.organization.bulk.export  # noqa: F401 (both fill the registry)
from tests.cast import Cast
from underlet.contracts.structure_types import FindingRow, StructureImportView
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.organization.bulk.columns import unguarded

Line = Mapping[str, str]


def csv_of(lines: Iterable[Line], *, delimiter: str = ",") -> bytes:
    """The lines as CSV, with the columns that occur in them."""
    lines = list(lines)
    names = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def organization(name: str, parent: str = "", **cells: str) -> dict[str, str]:
    return {"parent": parent, "kind": "organization", "name": name, **cells}


def customer(name: str, parent: str = "", **cells: str) -> dict[str, str]:
    return {"parent": parent, "kind": "customer", "name": name, **cells}


def begin(cast: Cast, who: str, unit: str, content: bytes, *, check: bool = False) -> StructureImportView:
    """Send a file and start its import, or its dry run; the job is not run yet."""
    upload = receive(cast.people[who], [content], "structure.csv")
    name = "structure.check" if check else "structure.import"
    view: StructureImportView = run(name, cast.people[who], cast.units[unit], {"upload": str(upload.id)}).result
    return view


def show(cast: Cast, who: str, view: StructureImportView) -> StructureImportView:
    found: StructureImportView = ask("structure_import.show", cast.people[who], str(view.id))
    return found


def take_in(cast: Cast, who: str, unit: str, content: bytes, *, check: bool = False) -> StructureImportView:
    """Import a file, or try to; how it ended."""
    view = begin(cast, who, unit, content, check=check)
    assert view.job_id
    run_job(view.job_id)
    return show(cast, who, view)


def findings(cast: Cast, who: str, view: StructureImportView, kind: str = "") -> list[FindingRow]:
    """Every finding of an import, page by page."""
    found: list[FindingRow] = []
    after = ""
    while True:
        page = ask(
            "structure_import.findings",
            cast.people[who],
            str(view.id),
            {"kind": kind, "after": after, "limit": 100},
        )
        found += page.items
        if page.next is None:
            return found
        after = page.next


def problems(cast: Cast, who: str, view: StructureImportView) -> list[tuple[int, str, str]]:
    """Line, column and code of everything wrong."""
    return [(one.line, one.column, one.code) for one in findings(cast, who, view, "problem")]


def counts(view: StructureImportView) -> tuple[int, int, int, int]:
    return view.created, view.changed, view.moved, view.unchanged


def exported(cast: Cast, who: str, unit: str, **data: Any) -> bytes:
    """The export of a unit, as bytes."""
    answer = ask("structure.export", cast.people[who], cast.units[unit], data)
    with answer.file as file:
        content: bytes = file.read()
    return content


def exported_lines(cast: Cast, who: str, unit: str) -> list[dict[str, str]]:
    lines = csv.DictReader(io.StringIO(exported(cast, who, unit).decode("utf-8-sig")))
    return [{name: unguarded(cell) for name, cell in line.items()} for line in lines]


def structure() -> list[tuple[Any, ...]]:
    """Everything that an import can change, with the closure: what must stay when nothing happens."""
    with system():
        units = rows(
            "select u.id, u.parent_id, u.kind, u.name, u.name_key, u.also_key, u.display_name, u.organization_number,"
            " u.time_zone, u.code, u.price_type, u.state, u.anchor_id, u.is_entity_own, u.version, u.anc, e::text"
            " from unit u join legal_entity e on e.id = u.entity_id order by u.id"
        )
        closure = rows("select anc, des, dist, name_key, also_key, facets from unit_closure order by 1, 2")
    return [*units, *closure]
