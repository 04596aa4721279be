"""Fills the table of non-vacuity (trust.md §6): what each entry and role lacks is looked for where it can be had.

For a success: somebody with the role, subjects in their reach where they hold the permission, and input by recipe
(`inputs.py`). For a refusal: a subject out of their reach, which must answer 404, or one that they see without the
permission, which must answer 403. Only these count as refusals; a rule that refuses (409, 422) says nothing about
authority. Writes are rehearsed, so one world serves for all of them; every answer goes to the detectors as well.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.leaks.build import put_world
from tests.leaks.calls import PREFIX, Answer, Call, Route, Visitor, routes
from tests.leaks.dealing import Tally
from tests.leaks.detectors import Leak
from tests.leaks.furnishing import FURNISHED, furnish
from tests.leaks.inputs import Maker
from tests.leaks.nonvacuity import PERSONS, entries, missing, why_never_done, why_never_refused
from tests.leaks.programme import Programme
from tests.leaks.recipes import fits, may_take
from tests.leaks.rehearsal import Judge, Rehearsal, rehearsing
from tests.leaks.specification import Specification
from tests.leaks.worlds import TOKEN_EDIT, Row

TRIES = 8
"""How many subjects and inputs are tried for a success in one world."""


@dataclass
class Filler:
    """What was found so far in all worlds. why: the last refusal of a pair that was to succeed, for people."""

    tally: Tally = field(default_factory=Tally)
    why: dict[tuple[str, str], str] = field(default_factory=dict)
    leaks: list[Leak] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)

    def lacks_success(self, route: Route, role: str) -> bool:
        """Whether a success is to be had that is not there yet."""
        return not self.tally.done[route.entry.name, role] and not why_never_done(route.entry, role)

    def lacks_refusal(self, route: Route, role: str) -> bool:
        """Whether a refusal is to be had that is not there yet."""
        return not self.tally.refused[route.entry.name, role] and not why_never_refused(route.entry, role)

    def world(self, seed: int) -> None:
        """Look in one more world."""
        programme = Programme(seed, Tally())
        furnish(programme.world)
        programme.specification = Specification(programme.world)
        put_world(programme.world)
        for role, actors in _cast(programme).items():
            for actor in actors:
                if any(self.lacks_success(one, role) or self.lacks_refusal(one, role) for one in _asked()):
                    _search(self, programme, actor, role)

    def report(self) -> str:
        """What is missing, and how the last try for it ended."""
        return "\n".join(
            f"{entry} as {role}: {self.why.get((entry, role), 'refused as never')}"
            for entry, role in missing(self.tally)
        )


def _asked() -> list[Route]:
    known = entries()
    return [route for route in routes() if route.entry.name in known]


def _cast(programme: Programme) -> dict[str, list[int]]:
    """Those who are let in, by what the table calls them."""
    found: dict[str, list[int]] = defaultdict(list)
    for actor in (*programme.world.people.values(), *programme.world.secrets):
        role = programme.role_of(actor).removesuffix(FURNISHED)
        if role in PERSONS and programme.live(actor):
            found[role].insert(0, actor)
    return found


def _search(filler: Filler, programme: Programme, actor: int, role: str) -> None:
    visitor = Visitor(programme.world, actor)
    visitor.call(Call("user.me", "GET", f"{PREFIX}/me"))  # that a key is used for the first time is written down
    with rehearsing() as rehearsal:
        _Search(filler, programme, rehearsal, visitor, role).all()


@dataclass
class _Search:
    """One actor's turn in one world."""

    filler: Filler
    programme: Programme
    rehearsal: Rehearsal
    visitor: Visitor
    role: str

    def __post_init__(self) -> None:
        self.actor = self.visitor.actor or 0
        self.judge = Judge(self.programme.specification, self.actor)
        self.detective = self.programme.detective(self.actor)
        self.rng = random.Random(f"fill {self.programme.seed} {self.actor}")

    def all(self) -> None:
        for route in _asked():
            if self.filler.lacks_success(route, self.role):
                self._succeed(route)
            if self.filler.lacks_refusal(route, self.role):
                self._be_refused(route)

    def _succeed(self, route: Route) -> None:
        name = route.entry.name
        for row in self._subjects(route):
            answer = self._call(route, row)
            if answer.status < 300:
                self.filler.tally.done[name, self.role] += 1
                self.filler.why.pop((name, self.role), None)
                return
            self.filler.why[name, self.role] = f"{answer.status} {answer.text[:300]}"
        self.filler.why.setdefault((name, self.role), "no subject")

    def _be_refused(self, route: Route) -> None:
        """404 about what is hidden, 403 about what is seen without the permission."""
        for row, expected in self._closed(route):
            answer = self._call(route, row)
            if answer.status == expected:
                self.filler.tally.refused[route.entry.name, self.role] += 1
                return
            self.filler.why[route.entry.name, f"{self.role} refused"] = f"{answer.status} {answer.text[:200]}"

    def _call(self, route: Route, row: Row | None) -> Answer:
        maker = self._maker()
        subject, address = (row["id"], str(row["public_id"])) if row else (0, "")
        if route.is_read:
            told = "&".join(f"{name}={value}" for name, value in maker.query(route.entry, subject).items())
            call = Call(route.entry.name, "GET", route.at(address) + (f"?{told}" if told else ""))
        else:
            call = Call(route.entry.name, route.method, route.at(address), maker.body(route.entry, subject))
        self.rehearsal.changed = []
        answer = self.visitor.call(call)
        self.filler.calls[route.entry.name] += 1
        self.filler.leaks += self.detective.look(call, answer)
        self.filler.leaks += self.judge.leaks(self.rehearsal.changed, str(call))
        if not route.is_read:
            self.filler.leaks += self.programme.let_through(self.actor, call, answer, self.rehearsal)
        return answer

    def _subjects(self, route: Route) -> Sequence[Row | None]:
        """Where the permission is held and the state is right; then the rest of what is seen, for a second party."""
        if not route.kind:
            return [None] * 2
        own, _ = self._split(route.kind)
        self.rng.shuffle(own)
        own.sort(key=lambda row: (not self._may(route, row), not self._fits(route, row)))
        return own[:TRIES] * (1 if len(own) >= TRIES else 2)

    def _fits(self, route: Route, row: Row) -> bool:
        takes = route.kind != "grant" or may_take(self._maker(), row)
        return takes and fits(self.programme.world, route.entry, row)

    def _maker(self) -> Maker:
        return Maker(self.programme.world, self.programme.specification, self.actor, self.rng)

    def _closed(self, route: Route) -> Sequence[tuple[Row | None, int]]:
        if not route.kind:
            return [(None, 403)]
        own, hidden = self._split(route.kind)
        lacking = [row for row in own if not self._may(route, row)]
        return [(row, 404) for row in self._some(hidden)] + [(row, 403) for row in self._some(lacking)]

    def _split(self, kind: str) -> tuple[list[Row], list[Row]]:
        """What the actor may reach, and what not; keys of a unit are not reached as their owners reach them."""
        if kind != "unit_token":
            return self.programme.split(self.actor, kind)
        keys = self.programme.world.rows["api_token"]
        own = [one for one in keys if self.programme.specification.can(self.actor, TOKEN_EDIT, one["unit_id"])]
        return own, [one for one in keys if one not in own]

    def _some(self, rows: list[Row], most: int = 2) -> list[Row]:
        return self.rng.sample(rows, min(most, len(rows)))

    def _may(self, route: Route, row: Row) -> bool:
        needs = int(route.entry.needs)
        ends = (self.programme.place(row), row.get("buyer_id"))
        return route.entry.own or any(self.programme.specification.can(self.actor, needs, one) for one in ends)
