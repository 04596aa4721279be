"""What the lines of a file mean: shared by the modules that decide it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from underlet.kernel.errors import Refusal
from underlet.kernel.hierarchy import UnitKind
from underlet.organization.bulk.columns import LEGAL
from underlet.organization.bulk.known import Known
from underlet.organization.bulk.lines import Line, Problem, problem, refused


@dataclass(slots=True, eq=False)
class Item:
    """A line and what it means.

    known: the unit that it names, None for a new one. parent: where the unit shall be, None where it stays. unit,
    entity: fields that get other values. anchor: the customer organization of a new customer. is_own, becomes_own: has
    a legal entity of its own, and did not before. depth: level of a new or moved unit. id: of a new one, once made.
    """

    line: Line
    kind: UnitKind
    name: str
    key: str
    known: Known | None = None
    parent: "Known | Item | None" = None
    unit: dict[str, Any] = field(default_factory=dict)
    entity: dict[str, Any] = field(default_factory=dict)
    anchor: "Known | Item | None" = None
    is_own: bool = False
    becomes_own: bool = False
    depth: int = 0
    id: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether an existing unit gets other values, apart from its place."""
        return self.known is not None and bool(self.unit or self.entity or self.becomes_own or self.anchor)

    @property
    def is_moved(self) -> bool:
        """Whether an existing unit gets another parent."""
        return self.known is not None and self.parent is not None

    def wrong(self, code: str, detail: str, hint: str, column: str) -> Problem:
        """A problem of the line's cell."""
        value = self.line.unit.get(column, self.line.entity.get(column.removeprefix(LEGAL), ""))
        return problem(self.line.number, code, detail, hint, column=column, value=value)

    def refused(self, refusal: Refusal, column: str) -> Problem:
        """A refusal of the rules about the line's cell."""
        return refused(self.line.number, refusal, column=column, value=self.line.unit.get(column, ""))

    @property
    def parent_column(self) -> str:
        """The cell that names the parent."""
        return "parent" if "parent" in self.line.unit or "parent_id" not in self.line.unit else "parent_id"


@dataclass(slots=True)
class Plan:
    """new: parents first. changed, moved: existing units; each move is possible once those before it are done."""

    new: list[Item] = field(default_factory=list)
    changed: list[Item] = field(default_factory=list)
    moved: list[Item] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Scene:
    """A file's units and those of the hierarchy that it speaks of.

    top: the unit into which it is imported. by_id, by_key: existing units that lines name. items: lines recognized;
    named: by the key of the name that their unit shall have; of_known: by the id of their unit. spoiled: names in
    refused lines; who refers to them is not to blame.
    """

    top: Known
    by_id: dict[UUID, Known]
    by_key: dict[str, Known]
    items: list[Item] = field(default_factory=list)
    named: dict[str, Item] = field(default_factory=dict)
    of_known: dict[int, Item] = field(default_factory=dict)
    spoiled: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def is_below(self, known: Known) -> bool:
        """Whether a unit lies below the one into which the file is imported."""
        return known.id != self.top.id and self.top.id in known.anc

    def at(self, key: str) -> Known | Item | None:
        """What has this name, or shall have it."""
        return self.named.get(key) or self.by_key.get(key)
