"""A file's lines, each checked by itself: header, form of the cells, what a unit's and a legal entity's inputs ask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.operations import validate
from underlet.foundation.types import Input
from underlet.kernel.errors import InvalidInput, Refusal
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import check_display_name
from underlet.kernel.price_type import PriceType
from underlet.kernel.sentence import Sentence, as_sentence
from underlet.organization.bulk.columns import COLUMNS, LEGAL, NO, YES
from underlet.organization.bulk.reading import Row, rows_of
from underlet.organization.time_zones import check_time_zone
from underlet.organization.types import UpdateLegalEntity

_SHOWN = 200
_BOOLEANS = {YES: True, "true": True, "1": True, NO: False, "false": False, "0": False}
_YES_OR_NO = ("own_legal_entity",)


class UnitCells(Input):
    """The cells of a line that are about the unit; empty ones are left out. Limits as in `unit.update`."""

    id: UUID | None = None
    name: str | None = Field(default=None, max_length=253)
    display_name: str | None = Field(default=None, max_length=200)
    organization_number: str | None = Field(default=None, max_length=40)
    time_zone: str | None = Field(default=None, max_length=64)
    code: str | None = Field(default=None, max_length=40)
    parent: str | None = Field(default=None, max_length=253)
    parent_id: UUID | None = None
    kind: UnitKind | None = None
    price_type: PriceType | None = None
    customer_organization: str | None = Field(default=None, max_length=253)
    state: Literal["draft", "active", "archived"] | None = None
    own_legal_entity: bool | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file. column: as in the file, "" = the line as a whole. code: stable, for programs."""

    line: int
    column: str
    value: str
    code: str
    detail: Sentence
    hint: Sentence


@dataclass(frozen=True, slots=True)
class Line:
    """A line whose cells are well-formed. unit, entity: typed values of the cells that are not empty."""

    number: int
    unit: dict[str, Any]
    entity: dict[str, Any]


def problem(line: int, code: str, detail: str, hint: str = "", *, column: str = "", value: object = "") -> Problem:
    """A problem in words."""
    return Problem(line, column, str(value)[:_SHOWN], code, as_sentence(detail), as_sentence(hint))


def refused(line: int, refusal: Refusal, *, column: str = "", value: object = "") -> Problem:
    """A refusal of the rules as the problem of a line."""
    return problem(line, refusal.code(), refusal.detail, refusal.hint, column=column, value=value)


def read_lines(path: Path) -> tuple[list[Line], list[Problem]]:
    """The well-formed lines of a file, and what is wrong with the others. Raises FileRejected."""
    rows = rows_of(path)
    header = next(rows, None)
    if header is None:
        return [], [
            problem(1, "file_empty", "The file is empty.", "Send a file with a header and a line per unit.")
        ]
    names = [_folded(cell) for cell in header.cells]
    problems = list(_header_problems(header, names))
    if problems:
        return [], problems
    lines = []
    for row in rows:
        if len(row.cells) > len(names):
            problems.append(
                problem(
                    row.number,
                    "column_count",
                    "The line has more cells than the header.",
                    "Put cells that hold the separator into quotes.",
                    value=row.cells[len(names)],
                )
            )
            continue
        found = _line(row, dict(zip(names, row.cells, strict=False)))
        if isinstance(found, Line):
            lines.append(found)
        else:
            problems.extend(found)
    return lines, problems


def _folded(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def _header_problems(header: Row, names: Sequence[str]) -> list[Problem]:
    """Columns that are unknown, twice there or missing: a column that nobody reads would silently lose its values."""
    found = []
    for position, name in enumerate(names):
        given = header.cells[position]
        if name not in COLUMNS:
            found.append(
                problem(
                    header.number,
                    "column_unknown",
                    "There is no column of this name.",
                    Sentence("Remove it, or name it like one of these: {names}.", names=", ".join(COLUMNS)),
                    column=given,
                    value=given,
                )
            )
        elif name in names[:position]:
            found.append(
                problem(
                    header.number,
                    "column_repeated",
                    "This column stands twice in the header.",
                    "Remove one of them.",
                    column=given,
                    value=given,
                )
            )
    if "name" not in names and "id" not in names:
        found.append(
            problem(
                header.number, "column_missing", "Units are recognized by name or id.", "Add the column “name”."
            )
        )
    return found


def _line(row: Row, cells: dict[str, str]) -> Line | list[Problem]:
    given = {name: cell for name, cell in cells.items() if cell}
    unit = {name: cell for name, cell in given.items() if not name.startswith(LEGAL)}
    entity = {name.removeprefix(LEGAL): cell for name, cell in given.items() if name.startswith(LEGAL)}
    for name in ("kind", "price_type", "state"):
        if name in unit:
            unit[name] = _folded(unit[name])
    if "country" in entity:
        entity["country"] = entity["country"].upper()
    problems = [
        problem(
            row.number,
            "invalid_input",
            "This is neither yes nor no.",
            "Write yes or no.",
            column=name,
            value=unit[name],
        )
        for name in _YES_OR_NO
        if name in unit and unit[name].casefold() not in _BOOLEANS
    ]
    raw = {name: _BOOLEANS.get(cell.casefold()) if name in _YES_OR_NO else cell for name, cell in unit.items()}
    checked: list[dict[str, Any]] = []
    for model, values, prefix in ((UnitCells, raw, ""), (UpdateLegalEntity, entity, LEGAL)):
        try:
            checked.append(validate(model, values).model_dump(exclude_unset=True))
        except InvalidInput as refusal:
            problems += [
                problem(
                    row.number,
                    "invalid_input",
                    words,
                    refusal.hint,
                    column=prefix + name,
                    value=given.get(prefix + name, ""),
                )
                for name, words in refusal.fields.items()
            ]
            checked.append({})
    line = Line(row.number, *checked)
    problems += _checked_texts(line.number, unit, line.unit)
    return problems or line


def _checked_texts(number: int, cells: Mapping[str, str], unit: dict[str, Any]) -> Iterator[Problem]:
    """Texts that only the kernel and the zone files can judge. unit: gets the display name in its stored form."""
    try:
        if "display_name" in unit:
            unit["display_name"] = check_display_name(unit["display_name"])
    except Refusal as refusal:
        yield refused(number, refusal, column="display_name", value=cells["display_name"])
    try:
        check_time_zone(cells.get("time_zone", ""))
    except InvalidInput as refusal:
        words = refusal.fields["time_zone"]
        yield problem(number, "invalid_input", words, refusal.hint, column="time_zone", value=cells["time_zone"])
