"""The no-leak programme over one world: the calls are made, and the detectors judge the answers (trust.md §2, §6)."""

import json
import logging
import random
import re
from typing import Any

from tests import tables
from tests.leaks import revocation
from tests.leaks.answers import difference, forbidden_by_database, holds_id, nothing_done, refusal
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
from tests.leaks.dealing import Deal
from tests.leaks.detectors import Detective, Leak
from tests.leaks.inputs import Maker
from tests.leaks.rehearsal import Judge, Rehearsal, rehearsing
from tests.leaks.specification import Specification
from tests.leaks.variants import variant
from underlet.interfaces.web.addresses import PAGES
from underlet.kernel.errors import Refusal

logging.getLogger("django.request").setLevel(logging.CRITICAL)  # thousands of 404 are the point here
logging.getLogger("underlet.interfaces.api.main").setLevel(logging.CRITICAL)


class Programme(Deal):
    """A world in the database, and what was found out."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.absent: dict[int | None, Answer] = {}

    def _absent(self, visitor: Visitor) -> Answer:
        if visitor.actor not in self.absent:
            self.absent[visitor.actor] = visitor.call(Call("unit.show", "GET", f"{PREFIX}/units/{NO_ID}"))
        return self.absent[visitor.actor]

    def _leak(self, detector: str, what: str, actor: int, call: Call) -> Leak:
        return Leak(detector, what, self.seed, actor, str(call))

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
                if self.skips(f"page {page.name}") or (path := self.path_of(page, actor, hides=hides)) is None:
                    continue
                method = "HEAD" if self.rng.random() < 0.1 else "GET"
                call = Call(f"page {page.name}", method, path)
                answer = visitor.call(call)
                self.tally.pages[page.name, answer.status == 200] += 1
                found += detective.look(call, answer)
                # Who may not open the page at all is told so before anything is looked up.
                is_shut = answer.status == 403 and visitor.call(self.without_ids(call)).status == 403
                if hides and answer.status not in (302, 404, 405) and not is_shut:
                    found.append(self._leak("D4", f"a page about what is hidden: {answer.status}", actor, call))
        return found

    def strangers(self) -> list[Leak]:
        """Whoever is not signed in is told nothing, by any address."""
        visitor, found = Visitor(self.world, None), list[Leak]()
        for route in routes():
            if self.skips(route.entry.name):
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
            if self.skips(f"page {page.name}"):
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
            if self.skips(name):
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
                if route.is_read or route.entry.name == "upload.create" or self.skips(route.entry.name):
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
        found += self.let_through(actor, call, answer, rehearsal)
        self.tally.judged["D5"] += 1
        return found + [self._leak("D5", f"a hidden object was written: {rehearsal.changed}", actor, call)] * bool(
            rehearsal.changed
        )

    def _on_own(self, visitor: Visitor, rehearsal: Rehearsal, judge: Judge, route: Route) -> list[Leak]:
        actor, role, name = visitor.actor or 0, self.role_of(visitor.actor or 0), route.entry.name
        found, detective = list[Leak](), self.detective(actor)
        for row in self.subjects(actor, route):
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
        found += self.let_through(visitor.actor or 0, call, answer, rehearsal)
        self.tally.judged["D5"] += len(rehearsal.changed)
        return answer

    def let_through(self, actor: int, call: Call, answer: Answer, rehearsal: Rehearsal) -> list[Leak]:
        """A8: what is refused is refused by either belt; here the operation's own checks had let it through."""
        found = [self._leak("A8", what, actor, call) for what in forbidden_by_database()]
        if nothing_done(call.name, answer, [one.table for one in rehearsal.changed]):
            found.append(self._leak("A8", "said to be done, and nothing was", actor, call))
        return found

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
            bad = {**good, **{k: v for k, v in maker.body(route.entry, subject).items() if holds_id(v)}}
            if bad == good:
                return found
            answers[ids] = self._try(visitor, rehearsal, judge, route, address, bad, found, detective)
            if ids == "absent":
                continue
            first = ",".join(json.dumps({k: good.get(k)})[1:-1] for k in bad if k in good)
            twice = f"{{{first}{',' if first else ''}{json.dumps(bad)[1:]}"
            self._try(visitor, rehearsal, judge, route, address, twice, found, detective)
        hidden, absent = answers["hidden"], answers["absent"]
        if (hidden.status, refusal(hidden)) != (absent.status, refusal(absent)):
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
            call for call in self.some_pages(actor, pages) if not call.path.endswith("/sessions")
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
                found.append(self._leak("D3", f"not the same twice: {difference(one, same)}", actor, call))
            elif one != two:
                found.append(self._leak("D3", f"depends on hidden facts: {difference(one, two)}", actor, call))
        return found

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
