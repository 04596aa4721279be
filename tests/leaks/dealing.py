"""Dealing of the calls of one world: who asks for what, about which objects (trust.md §6). Their seed decides it."""

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from zlib import crc32

from tests.leaks.build import put_world
from tests.leaks.calls import NO_ID, Call, Route, fixed, objects, page_at, page_paths, routes
from tests.leaks.detectors import Detective
from tests.leaks.inputs import TABLES, Maker
from tests.leaks.knowledge import RULES, reached
from tests.leaks.specification import Specification
from tests.leaks.worlds import NOW, Row, World, make_world
from underlet.foundation.clock import frozen
from underlet.foundation.settings import settings
from underlet.interfaces.web.addresses import PAGES, PageEntry

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
class Deal:
    """A world in the database, and what is asked of it.

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

    # --- what ---

    def skips(self, name: str) -> bool:
        """Whether an entry or page is another world's."""
        if self.only:
            return name not in self.only
        return bool((crc32(name.encode()) + self.seed) % self.every)

    def is_new(self, name: str, actor: int) -> bool:
        """Whether to try for success: where one is looked for, until it was had; otherwise mostly."""
        if self.only:
            return not self.tally.done[name, self.role_of(actor)]
        return self.rng.random() < 0.75

    def read_calls(self, actor: int) -> list[tuple[Call, bool]]:
        """Calls, and whether their subject is the actor's to see."""
        made = []
        maker = Maker(self.world, self.specification, actor, self.rng)
        for route in routes():
            if not route.is_read or self.skips(route.entry.name):
                continue
            if not route.kind:
                made.append((self._read(route, "", maker), True))
                continue
            own, hidden = self.split(actor, route.kind)
            if self.is_new(route.entry.name, actor):
                needs = int(route.entry.needs)
                own = [row for row in own if self.specification.can(actor, needs, self.place(row))] or own
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
        is_new = self.is_new(route.entry.name, maker.actor)
        maker.ids = "own" if is_new else self.rng.choice(("own", "own", "hidden", "absent"))
        query = maker.query(route.entry)
        told = "&".join(f"{name}={value}" for name, value in query.items())
        return Call(route.entry.name, "GET", route.at(address) + (f"?{told}" if told else ""))

    def some_pages(self, actor: int, most: int) -> Iterator[Call]:
        for page in self.rng.sample(list(PAGES.values()), most):
            path = self.path_of(page, actor, hides=False)
            if path is not None:
                yield Call(f"page {page.name}", "GET", path)

    def path_of(self, page: PageEntry, actor: int, *, hides: bool) -> str | None:
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

    def without_ids(self, call: Call) -> Call:
        """The same page of the same unit, about what does not exist."""
        path = call.path
        for one in re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", path)[1:]:
            path = path.replace(one, NO_ID)
        return Call(call.name, call.method, path)

    def subjects(self, actor: int, route: Route) -> list[Row | None]:
        if not route.kind:
            return [None]
        own, _ = self.split(actor, route.kind)
        self.rng.shuffle(own)
        needs = int(route.entry.needs)
        permitted = [
            row for row in own if route.entry.own or self.specification.can(actor, needs, self.place(row))
        ]
        if not permitted or not self.is_new(route.entry.name, actor):
            return list(own[:1])
        return list(permitted[: TRIES * 6 if self.only else TRIES])

    def place(self, row: Row) -> int | None:
        """The unit in which permission to change the object is asked."""
        if "sub_account_id" in row:
            row = self.world.get("sub_account", row["sub_account_id"])
        if "parent_id" in row and "kind" in row:
            return int(row["id"])
        found: int | None = row.get("unit_id", row.get("seller_id"))
        return found


@contextmanager
def standing_still() -> Iterator[None]:
    """The clock of the worlds."""
    with frozen(NOW):
        yield
