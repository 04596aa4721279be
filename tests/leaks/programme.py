"""The no-leak programme over one world: who calls what, and what the detectors make of it (trust.md §2, §6)."""

import json
import logging
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from tests import tables
from tests.leaks import revocation
from tests.leaks.build import put_world
from tests.leaks.calls import (
    NO_ID,
    OTHERS,
    PREFIX,
    Answer,
    Call,
    Route,
    Visitor,
    fixed,
    objects,
    page_at,
    page_paths,
    routes,
)
from tests.leaks.detectors import Detective, Leak
from tests.leaks.inputs import TABLES, Maker
from tests.leaks.knowledge import RULES, reached
from tests.leaks.rehearsal import Judge, Rehearsal, rehearsing
from tests.leaks.specification import Specification
from tests.leaks.variants import variant
from tests.leaks.worlds import NOW, Row, World, make_world
from underlet.foundation.clock import frozen
from underlet.foundation.settings import settings
from underlet.interfaces.web.addresses import PAGES, PageEntry
from underlet.kernel.errors import Refusal

logging.getLogger("django.request").setLevel(logging.CRITICAL)  # thousands of 404 are the point here
logging.getLogger("underlet.interfaces.api.main").setLevel(logging.CRITICAL)
TRIES = 3
"""How many subjects an actor tries a write on in the course of a world; more where success is looked for."""


@dataclass
class Tally:
    """Non-vacuity: how often each entry succeeded and was refused for each role, and how often each page answered."""

    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    pages: Counter[tuple[str, bool]] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    """How often each detector had something to judge."""

    def note(self, entry: str, role: str, status: int) -> None:
        """Count an answer."""
        (self.done if status < 300 else self.refused)[entry, role] += 1
        self.calls[f"{status}"] += 1


@contextmanager
def without(belt: str) -> Iterator[None]:
    """One of the two belts taken off, "" for none (A8)."""
    name = f"UNDERLET_WITHOUT_{belt}"
    if belt:
        os.environ[name] = "1"
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.pop(name, None)
        settings.cache_clear()


@dataclass
class Programme:
    """A world in the database, and what was found out.

    every: each entry and page is dealt to one of so many worlds whose seeds follow each other, 1 = to all. Which calls
    a world makes depends on its seed alone, so that one world can be made again. only: these entries and pages, until
    they succeeded; the tally says so.
    """

    seed: int
    tally: Tally = field(default_factory=Tally)
    every: int = 1
    only: frozenset[str] = frozenset()
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.world = make_world(self.seed)
        self.specification = Specification(self.world)
        self.rng = random.Random(f"calls {self.seed}")
        self.absent: dict[int | None, Answer] = {}
        put_world(self.world)

    # --- who ---

    def role_of(self, actor: int) -> str:
        """What the tally calls an actor: their role, or which kind of person or key they are."""
        if not self.world.has("app_user", actor):
            return "API key"
        name = next(name for name, id_ in self.world.people.items() if id_ == actor)
        return re.sub(r" at the top|(?<=random) \d", "", name)

    def live(self, actor: int) -> bool:
        """Whether the actor is let in at all."""
        if self.world.has("app_user", actor):
            return bool(self.world.get("app_user", actor)["is_active"])
        key = self.world.get("api_token", actor)
        return (
            self.live(key["user_id"])
            and not key["revoked_at"]
            and (key["expires_at"] is None or key["expires_at"] > NOW)
        )

    def detective(self, actor: int) -> Detective:
        """Who looks at answers to the actor."""
        return Detective(self.specification, actor, self.tally.judged)

    def split(self, actor: int, kind: str) -> tuple[list[Row], list[Row]]:
        """Objects that the actor may reach, and those that they may not."""
        table = TABLES.get(kind, kind)
        rows = objects(self.world, kind)
        own = [row for row in rows if self.live(actor) and reached(self.specification, actor, table, row)]
        return own, [row for row in rows if row not in own]

    def _absent(self, visitor: Visitor) -> Answer:
        if visitor.actor not in self.absent:
            self.absent[visitor.actor] = visitor.call(Call("unit.show", "GET", f"{PREFIX}/units/{NO_ID}"))
        return self.absent[visitor.actor]

    def _leak(self, detector: str, what: str, actor: int, call: Call) -> Leak:
        return Leak(detector, what, self.seed, actor, str(call))

    def _skips(self, name: str) -> bool:
        """Whether an entry or page is another world's."""
        if self.only:
            return name not in self.only
        return bool((crc32(name.encode()) + self.seed) % self.every)

    def _is_new(self, name: str, actor: int) -> bool:
        """Whether to try for success: where one is looked for, until it was had; otherwise mostly."""
        if self.only:
            return not self.tally.done[name, self.role_of(actor)]
        return self.rng.random() < 0.75

    # --- reads: D1, D2, D4 ---

    def reads(self, actor: int) -> list[Leak]:
        """Every read of the API: an object that the actor sees, one that they do not, none, and another kind's."""
        visitor, detective, found = Visitor(self.world, actor), self.detective(actor), list[Leak]()
        for call, visible in self.read_calls(actor):
            answer = visitor.call(call)
            self.tally.note(call.name, self.role_of(actor), answer.status)
            found += detective.look(call, answer)
            found += self._presence(visitor, call, answer, visible=visible)
        return found + self._listed(visitor)

    def read_calls(self, actor: int) -> list[tuple[Call, bool]]:
        """Calls, and whether their subject is the actor's to see."""
        made = []
        maker = Maker(self.world, self.specification, actor, self.rng)
        for route in routes():
            if not route.is_read or self._skips(route.entry.name):
                continue
            if not route.kind:
                made.append((self._read(route, "", maker), True))
                continue
            own, hidden = self.split(actor, route.kind)
            if self._is_new(route.entry.name, actor):
                needs = int(route.entry.needs)
                own = [row for row in own if self.specification.can(actor, needs, self._place(row))] or own
            for rows, visible in ((own, True), (hidden, False)):
                if rows:
                    # Some is told at the root alone, the first of all units.
                    row = rows[0] if self.only and self.rng.random() < 0.3 else self.rng.choice(rows)
                    made.append((self._read(route, row["public_id"], maker), visible))
            odd = self.rng.choice((NO_ID, "nonsense", NO_ID[:-1], self.world.rows["legal_entity"][0]["public_id"]))
            if self.rng.random() < 0.15:
                made.append((self._read(route, odd, maker), False))
        return made

    def _read(self, route: Route, address: str, maker: Maker) -> Call:
        is_new = self._is_new(route.entry.name, maker.actor)
        maker.ids = "own" if is_new else self.rng.choice(("own", "own", "hidden", "absent"))
        query = maker.query(route.entry)
        told = "&".join(f"{name}={value}" for name, value in query.items())
        return Call(route.entry.name, "GET", route.at(address) + (f"?{told}" if told else ""))

    def _presence(self, visitor: Visitor, call: Call, answer: Answer, *, visible: bool) -> list[Leak]:
        """D4: hidden answers as absent, to the byte; and what one sees is there (A7)."""
        actor = visitor.actor or 0
        if not self.live(actor):
            return (
                [] if answer.status in (401, 429) else [self._leak("D6", f"let in, {answer.status}", actor, call)]
            )
        self.tally.judged["D4"] += not visible
        if not visible and answer != self._absent(visitor):
            return [self._leak("D4", f"hidden differs from absent: {answer.status}", actor, call)]
        if visible and answer.status == 404 and call.name not in MAY_LACK:
            return [self._leak("A7", "visible and not there", actor, call)]
        return []

    def _listed(self, visitor: Visitor) -> list[Leak]:
        """A7: the units that lists show are those whose detail opens."""
        actor = visitor.actor or 0
        if not self.live(actor):
            return []
        found = list[Leak]()
        call = Call("unit.mine", "GET", f"{PREFIX}/units?limit=100")
        for home in json.loads(visitor.call(call).body).get("items", ())[:2]:
            top = self.world.ids[home["id"]].id
            call = Call("unit.list", "GET", f"{PREFIX}/units/{home['id']}/units?limit=100&state=all")
            listed = {row["id"] for row in json.loads(visitor.call(call).body)["items"]}
            seen = {
                self.world.get("unit", unit)["public_id"]
                for unit, way in self.specification.above.items()
                if top in way and self.specification.sees(actor, unit)
            }
            if listed != seen:
                found.append(self._leak("A7", f"listed and seen differ by {listed ^ seen}", actor, call))
        return found

    # --- pages: D1, D2, D4 ---

    def pages(self, actor: int) -> list[Leak]:
        """Every page with objects of the actor's, and with one that is hidden."""
        visitor, detective, found = Visitor(self.world, actor), self.detective(actor), list[Leak]()
        for page in PAGES.values():
            for hides in (False, True):
                if self._skips(f"page {page.name}") or (path := self._path(page, actor, hides=hides)) is None:
                    continue
                method = "HEAD" if self.rng.random() < 0.1 else "GET"
                call = Call(f"page {page.name}", method, path)
                answer = visitor.call(call)
                self.tally.pages[page.name, answer.status == 200] += 1
                found += detective.look(call, answer)
                # Who may not open the page at all is told so before anything is looked up.
                is_shut = answer.status == 403 and visitor.call(self._without_ids(call)).status == 403
                if hides and answer.status not in (302, 404, 405) and not is_shut:
                    found.append(self._leak("D4", f"a page about what is hidden: {answer.status}", actor, call))
        return found

    def _without_ids(self, call: Call) -> Call:
        """The same page of the same unit, about what does not exist."""
        path = call.path
        for one in re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", path)[1:]:
            path = path.replace(one, NO_ID)
        return Call(call.name, call.method, path)

    def _path(self, page: PageEntry, actor: int, *, hides: bool) -> str | None:
        values = {}
        names = page_paths(page)
        ids = [name for name in names if not fixed(name)]
        if hides and not ids:
            return None
        secret = self.rng.choice(ids) if hides else ""
        for name in names:
            if fixed(name):
                values[name] = self.rng.choice(fixed(name))
                continue
            own, hidden = self.split(actor, name)
            known = RULES[TABLES.get(name, name)]
            # What lies elsewhere may be known all the same: a role of the units above, a key of a unit one administers.
            rows = [row for row in hidden if not known(self.specification, actor, row)] if name == secret else own
            if not rows:
                return None
            values[name] = self.rng.choice(rows)["public_id"]
        return page_at(page, values)

    def strangers(self) -> list[Leak]:
        """Whoever is not signed in is told nothing, by any address."""
        visitor, found = Visitor(self.world, None), list[Leak]()
        for route in routes():
            if self._skips(route.entry.name):
                continue
            call = Call(
                route.entry.name,
                route.method,
                route.at(str(self.rng.choice(objects(self.world, route.kind))["public_id"]) if route.kind else ""),
            )
            answer = visitor.call(call)
            self.tally.note(call.name, "stranger", answer.status)
            if answer.status != 401:
                found.append(self._leak("D4", f"a stranger was answered: {answer.status}", 0, call))
        for page in PAGES.values():
            if self._skips(f"page {page.name}"):
                continue
            values = {
                name: (fixed(name) or [str(objects(self.world, name)[0]["public_id"])])[0]
                for name in page_paths(page)
            }
            call = Call(f"page {page.name}", "GET", page_at(page, values))
            answer = visitor.call(call)
            if answer.status != 302 or "/login" not in dict(answer.headers)["Location"]:
                found.append(self._leak("D4", f"a stranger was answered: {answer.status}", 0, call))
        for name, paths in OTHERS.items():
            if self._skips(name):
                continue
            for path in paths:
                call = Call(name, "GET", path)
                told = set(re.findall(r"zq[a-z2-7]{10}", visitor.call(call).text)) & self.world.texts.keys()
                if told:
                    found.append(self._leak("D1", f"{told}", 0, call))
        return found

    # --- writes: D4, D5 ---

    def writes(self, actor: int) -> list[Leak]:
        """Every write: on what is hidden, with foreign ids inside, with what nobody may set, and as it should be."""
        found = list[Leak]()
        visitor, judge = Visitor(self.world, actor), Judge(self.specification, actor)
        with rehearsing() as rehearsal:
            for route in routes():
                if route.is_read or route.entry.name == "upload.create" or self._skips(route.entry.name):
                    continue
                found += self._on_hidden(visitor, rehearsal, route)
                found += self._on_own(visitor, rehearsal, judge, route)
        return found

    def _on_hidden(self, visitor: Visitor, rehearsal: Rehearsal, route: Route) -> list[Leak]:
        if not route.kind:
            return []
        actor = visitor.actor or 0
        _, hidden = self.split(actor, route.kind)
        if not hidden:
            return []
        maker = Maker(self.world, self.specification, actor, self.rng)
        address = str(self.rng.choice(hidden)["public_id"])
        call = Call(route.entry.name, route.method, route.at(address), maker.body(route.entry))
        rehearsal.changed = []
        answer = visitor.call(call)
        self.tally.note(call.name, self.role_of(actor), answer.status)
        found = self._presence(visitor, call, answer, visible=False)
        self.tally.judged["D5"] += 1
        return found + [self._leak("D5", f"a hidden object was written: {rehearsal.changed}", actor, call)] * bool(
            rehearsal.changed
        )

    def _on_own(self, visitor: Visitor, rehearsal: Rehearsal, judge: Judge, route: Route) -> list[Leak]:
        actor, role, name = visitor.actor or 0, self.role_of(visitor.actor or 0), route.entry.name
        found, detective = list[Leak](), self.detective(actor)
        for row in self._subjects(actor, route):
            maker = Maker(self.world, self.specification, actor, self.rng)
            subject, address = (row["id"], str(row["public_id"])) if row else (0, "")
            answer = self._try(
                visitor, rehearsal, judge, route, address, maker.body(route.entry, subject), found, detective
            )
            self.tally.note(name, role, answer.status)
            if answer.status < 300:
                found += self._twisted(visitor, rehearsal, judge, route, address, subject, detective)
                break
        return found

    def _subjects(self, actor: int, route: Route) -> list[Row | None]:
        if not route.kind:
            return [None]
        own, _ = self.split(actor, route.kind)
        self.rng.shuffle(own)
        needs = int(route.entry.needs)
        permitted = [
            row for row in own if route.entry.own or self.specification.can(actor, needs, self._place(row))
        ]
        if not permitted or not self._is_new(route.entry.name, actor):
            return list(own[:1])
        return list(permitted[: TRIES * 6 if self.only else TRIES])

    def _place(self, row: Row) -> int | None:
        """The unit in which permission to change the object is asked."""
        if "sub_account_id" in row:
            row = self.world.get("sub_account", row["sub_account_id"])
        if "parent_id" in row and "kind" in row:
            return int(row["id"])
        found: int | None = row.get("unit_id", row.get("seller_id"))
        return found

    def _try(
        self,
        visitor: Visitor,
        rehearsal: Rehearsal,
        judge: Judge,
        route: Route,
        address: str,
        data: object,
        found: list[Leak],
        detective: Detective,
    ) -> Answer:
        call = Call(route.entry.name, route.method, route.at(address), data)
        rehearsal.changed = []
        answer = visitor.call(call)
        found += detective.look(call, answer)
        found += judge.leaks(rehearsal.changed, str(call))
        self.tally.judged["D5"] += len(rehearsal.changed)
        return answer

    def _twisted(
        self,
        visitor: Visitor,
        rehearsal: Rehearsal,
        judge: Judge,
        route: Route,
        address: str,
        subject: int,
        detective: Detective,
    ) -> list[Leak]:
        """The same write with fields that nobody sets, the same field twice, and foreign ids inside."""
        found, actor = list[Leak](), visitor.actor or 0
        good = Maker(self.world, self.specification, actor, self.rng).body(route.entry, subject)
        columns = {name: 1 for row in self.world.rows["unit"][:1] for name in row} | {
            "perms": 1 << 19,
            "is_operator": True,
            "user_id": 1,
            "actor_id": 1,
            "unit_id": 1,
            "role_id": 1,
            "state": "active",
        }
        extra = {name: value for name, value in columns.items() if name not in route.entry.input.model_fields}
        answer = self._try(visitor, rehearsal, judge, route, address, {**good, **extra}, found, detective)
        if answer.status < 400:
            found.append(
                self._leak(
                    "D5",
                    f"took fields that nobody sets: {answer.status}",
                    actor,
                    Call(route.entry.name, route.method, address, extra),
                )
            )
        answers = {}
        for ids in ("hidden", "absent"):
            rng = random.Random(f"{self.seed} {actor} {route.entry.name}")
            maker = Maker(self.world, self.specification, actor, rng, ids)
            bad = {**good, **{k: v for k, v in maker.body(route.entry, subject).items() if _holds_id(v)}}
            if bad == good:
                return found
            answers[ids] = self._try(visitor, rehearsal, judge, route, address, bad, found, detective)
            if ids == "absent":
                continue
            first = ",".join(json.dumps({k: good.get(k)})[1:-1] for k in bad if k in good)
            twice = f"{{{first}{',' if first else ''}{json.dumps(bad)[1:]}"
            self._try(visitor, rehearsal, judge, route, address, twice, found, detective)
        hidden, absent = answers["hidden"], answers["absent"]
        if (hidden.status, _without_ids(hidden)) != (absent.status, _without_ids(absent)):
            call = Call(route.entry.name, route.method, route.at(address), bad)
            found.append(
                self._leak(
                    "D4",
                    f"a hidden id inside differs from an absent one: {hidden.text[:300]} / {absent.text[:300]}",
                    actor,
                    call,
                )
            )
        return found

    # --- revocation: D6 ---

    def revocations(self, actor: int, most: int = 40) -> list[Leak]:
        """What was open is shut on the next request: the same session or key asks again after each change."""
        found, visitor = list[Leak](), Visitor(self.world, actor)
        person = actor if self.world.has("app_user", actor) else self.world.get("api_token", actor)["user_id"]
        calls = [call for call, visible in self.read_calls(actor) if visible]
        calls = sorted(self.rng.sample(calls, min(most, len(calls))), key=str)
        for change in revocation.CHANGES:
            download = self._download(visitor, actor)
            whom = actor if "key" in change.__name__ else person
            if not change(self.world, whom, self.rng):
                continue
            self.specification, self.absent = Specification(self.world), {}
            detective = self.detective(actor)
            found += self._rest(download, detective, actor, change.__name__)
            for call in calls:
                answer = visitor.call(call)
                self.tally.judged["D6"] += 1
                found += [
                    Leak("D6", f"after {change.__name__}: {one.what}", self.seed, actor, one.call)
                    for one in detective.look(call, answer)
                ]
                found += [
                    Leak("D6", f"after {change.__name__}: {one.what}", self.seed, actor, one.call)
                    for one in self._presence(visitor, call, answer, visible=self._is_seen(actor, call))
                ]
        return found

    def _is_seen(self, actor: int, call: Call) -> bool:
        route = next(one for one in routes() if one.entry.name == call.name and one.method == call.method)
        if not route.kind:
            return True
        address = call.path.removeprefix(PREFIX).split("?")[0].split("/")[2]
        return any(row["public_id"] == address for row in self.split(actor, route.kind)[0])

    def _download(self, visitor: Visitor, actor: int) -> Any:
        """A list as a file, begun and not read."""
        homes = [one.unit for one in self.specification.reaches(actor) if one.perms & 1 and one.below]
        homes = [one for one in homes if self.world.get("unit", one)["kind"] == "organization"]
        if not homes or visitor.is_key or not self.live(actor):
            return None
        unit = self.world.get("unit", homes[0])["public_id"]
        answer: Any = visitor.start(Call("page customers", "GET", f"/u/{unit}/customers?export=csv&bom=0"))
        return answer if answer.streaming else None

    def _rest(self, download: Any, detective: Detective, actor: int, change: str) -> list[Leak]:
        if download is None:
            return []
        try:
            body = b"".join(download.streaming_content)
        except Refusal:
            body = b""
        call = Call("page customers", "GET", f"a file begun before {change}")
        return [
            Leak("D6", one.what, self.seed, actor, one.call) for one in detective.look(call, Answer(200, (), body))
        ]

    # --- two worlds: D3 ---

    def hidden_facts(self, actor: int, most: int = 60, pages: int = 6) -> list[Leak]:
        """Other hidden facts, the same answers; who is not let in is only told how often they tried."""
        if not self.live(actor):
            return []
        calls = [
            call for call, _ in self.read_calls(actor) if call.name != "session.list"
        ]  # these are new each time
        self.rng.shuffle(calls)
        calls = calls[:most] + [
            call for call in self._some_pages(actor, pages) if not call.path.endswith("/sessions")
        ]
        first = self._replay(actor, calls)
        kept = tables.take()
        put_world(variant(self.specification, actor, self.rng))
        other = self._replay(actor, calls)
        with tables.connect() as connection:
            tables.empty(connection)
        tables.put(kept)
        self.tally.judged["D3"] += len(calls)
        if first == other:
            return []
        found, again = list[Leak](), self._replay(actor, calls)
        for call, one, two, same in zip(calls, first, other, again, strict=True):
            if one != same:
                found.append(self._leak("D3", f"not the same twice: {_difference(one, same)}", actor, call))
            elif one != two:
                found.append(self._leak("D3", f"depends on hidden facts: {_difference(one, two)}", actor, call))
        return found

    def _some_pages(self, actor: int, most: int) -> Iterator[Call]:
        for page in self.rng.sample(list(PAGES.values()), most):
            path = self._path(page, actor, hides=False)
            if path is not None:
                yield Call(f"page {page.name}", "GET", path)

    def _replay(self, actor: int, calls: list[Call]) -> list[Answer]:
        visitor = Visitor(self.world, actor)
        return [visitor.call(call) for call in calls]


MAY_LACK = {
    "brand.logo": "a unit without pictures",
    "brand.favicon": "a unit without pictures",
    "environment.show": "organizations have none",
    "invoice.explain": "the run's files are not in a world made of rows; the fixed world has them",
    "unit.past": "before the unit was made",
    "provisioning_hook.show": "none is set",
    "unit.last_move": "never moved",
    "session.list": "keys have none",
}
"""Reads that answer 404 about what one sees, because there is none."""


def _holds_id(value: object) -> bool:
    return bool(re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", json.dumps(value, default=str)))


def _without_ids(answer: Answer) -> str:
    """A write that succeeds makes a new id, so only refusals must be equal."""
    return answer.text if answer.status >= 400 else ""


def _difference(one: Answer, two: Answer) -> str:
    if one.status != two.status or one.headers != two.headers:
        return f"{one.status} {one.text[:200]} / {two.status} {two.text[:200]}"
    at = next((i for i, (a, b) in enumerate(zip(one.text, two.text, strict=False)) if a != b), 0)
    return f"…{one.text[max(0, at - 80) : at + 80]} / …{two.text[max(0, at - 80) : at + 80]}"


@contextmanager
def standing_still() -> Iterator[None]:
    """The clock of the worlds."""
    with frozen(NOW):
        yield
