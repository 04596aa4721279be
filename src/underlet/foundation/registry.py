"""What can be asked and done: every operation (write) and query (read), by name.

Interfaces translate to and from these entries and know nothing else, so they cannot drift apart; a test fails
when an entry is missing from the REST API, the web pages or the command line without a stated reason.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, get_type_hints
from uuid import UUID

from underlet.foundation.actor import Actor, can, require, require_below
from underlet.foundation.metrics import masked
from underlet.foundation.types import Input
from underlet.kernel.errors import Forbidden, NotFound
from underlet.kernel.permission import Permission
from underlet.kernel.price_type import CostMetric

SubjectT = TypeVar("SubjectT")
Interface = Literal["api", "web", "cli"]


@dataclass(frozen=True, slots=True)
class Subject(Generic[SubjectT]):
    """How an address becomes the thing an entry is about.

    parameter: its name in addresses ("unit"). find: public id -> row visible to the actor; None when absent or
    hidden. unit_id: in which unit the permission is asked. hierarchy_id: whose audit trail it belongs to.
    lock: takes the row lock, after the permission is known (a reader has no UPDATE policy).
    or_unit_id: a second unit in which the permission is enough; what lies between two parties has two ends.
    held: the permissions held in the subject's unit, if they came with it in the same statement; None = ask.
    shown: the cost metrics that the subject's price type shows its reader; None = no price type stands between.
    """

    parameter: str
    find: Callable[[Actor, UUID], SubjectT | None]
    unit_id: Callable[[SubjectT], int]
    hierarchy_id: Callable[[SubjectT], int]
    lock: Callable[[SubjectT], None] | None = None
    or_unit_id: Callable[[SubjectT], int] | None = None
    held: Callable[[SubjectT], Permission | None] | None = None
    shown: Callable[[SubjectT], frozenset[CostMetric] | None] | None = None

    def load(self, actor: Actor, address: str) -> SubjectT:
        """The visible subject. Raises NotFound for hidden, absent and malformed alike (trust.md A4)."""
        try:
            public_id = UUID(address)
        except ValueError:
            raise NotFound() from None
        found = self.find(actor, public_id)
        if found is None:
            raise NotFound()
        return found

    def require(self, needs: Permission, subject: SubjectT) -> None:
        """Raise Forbidden unless the actor of the open transaction holds the permission where it is asked."""
        if self.or_unit_id is not None and can(needs, self.or_unit_id(subject)):
            return
        held = self.held(subject) if self.held else None
        if held is not None:
            if held & needs != needs:
                raise Forbidden()
            return
        require(needs, self.unit_id(subject))

    def answer(self, subject: SubjectT, result: Any) -> Any:
        """A result about the subject, without the figures that its price type hides from the reader (R26, R27)."""
        shown = self.shown(subject) if self.shown else None
        return result if shown is None else masked(result, shown)


@dataclass(frozen=True, slots=True)
class Entry:
    """What operations and queries have in common.

    below: it acts on everything below the subject's unit as well, so the permission is asked for all of that.
    own: about the actor itself, so no unit's permission is asked. Without a subject and not `own`, a write belongs
    to the installation and only its operator may do it. summary: first line of the docstring.
    """

    name: str
    needs: Permission
    subject: Subject[Any] | None
    function: Callable[..., Any]
    input: type[Input]
    result: Any
    summary: str
    description: str
    own: bool = False
    waive: Mapping[Interface, str] = field(default_factory=dict)
    below: bool = False

    def permit(self, subject: Any) -> None:
        """Raise Forbidden unless the actor of the open transaction may use the entry on its subject."""
        if self.subject is None:
            return
        self.subject.require(self.needs, subject)
        if self.below:
            require_below(self.needs, self.subject.unit_id(subject))

    @property
    def noun(self) -> str:
        return self.name.split(".")[0]

    @property
    def verb(self) -> str:
        return self.name.split(".")[1]


@dataclass(frozen=True, slots=True)
class Operation(Entry):
    """A registered write. states: in which the subject's `state` must be. audit: fields recorded before and after;
    "entity.name" is the name of the subject's entity.

    idempotency: "key" (a request key makes a retry harmless) or "natural" (a unique constraint does).
    secrets: fields of input and result that are given or shown once and not kept as they are, nor in the audit trail.
    as_oneself: who views as another does it as themselves.
    """

    states: frozenset[str] = frozenset()
    audit: tuple[str, ...] = ()
    idempotency: Literal["key", "natural"] = "key"
    secrets: frozenset[str] = frozenset()
    as_oneself: bool = False


@dataclass(frozen=True, slots=True)
class Query(Entry):
    """A registered read."""


OPERATIONS: dict[str, Operation] = {}
QUERIES: dict[str, Query] = {}
_INSTALLATION = Permission(0)
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def _shape(function: Callable[..., Any], subject: Subject[Any] | None) -> tuple[type[Input], Any]:
    """Input and result type from the annotations: (actor, [subject], data) -> result."""
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters)
    expected = 3 if subject else 2
    if len(parameters) != expected:
        raise TypeError(f"{function.__qualname__} must take {expected} parameters")
    return hints[parameters[-1]], hints["return"]


def _texts(function: Callable[..., Any]) -> tuple[str, str]:
    text = inspect.getdoc(function)
    if not text:
        raise TypeError(f"{function.__qualname__} needs a docstring: it is the manual of three interfaces")
    return text.split("\n")[0].rstrip("."), text


def operation(
    name: str,
    *,
    needs: Permission = _INSTALLATION,
    subject: Subject[Any] | None = None,
    states: frozenset[str] | set[str] = frozenset(),
    audit: tuple[str, ...] = (),
    idempotency: Literal["key", "natural"] = "key",
    secrets: frozenset[str] | set[str] = frozenset(),
    own: bool = False,
    as_oneself: bool = False,
    waive: Mapping[Interface, str] | None = None,
    below: bool = False,
) -> Callable[[FunctionT], FunctionT]:
    """Register a write."""

    def register(function: FunctionT) -> FunctionT:
        input_type, result = _shape(function, subject)
        summary, description = _texts(function)
        if name in OPERATIONS or name in QUERIES:
            raise ValueError(f"{name} is registered twice")
        OPERATIONS[name] = Operation(
            name, needs, subject, function, input_type, result, summary, description, own, waive or {}, below,
            frozenset(states), audit, idempotency, frozenset(secrets), as_oneself,
        )  # fmt: skip
        return function

    return register


def query(
    name: str,
    *,
    needs: Permission = Permission.READ,
    subject: Subject[Any] | None = None,
    own: bool = False,
    waive: Mapping[Interface, str] | None = None,
    below: bool = False,
) -> Callable[[FunctionT], FunctionT]:
    """Register a read. Without a subject it answers from the whole scope of the actor."""

    def register(function: FunctionT) -> FunctionT:
        input_type, result = _shape(function, subject)
        summary, description = _texts(function)
        if name in OPERATIONS or name in QUERIES:
            raise ValueError(f"{name} is registered twice")
        QUERIES[name] = Query(
            name, needs, subject, function, input_type, result, summary, description, own, waive or {}, below
        )
        return function

    return register
