"""Those who watch while rights change: open sessions and keys, queued jobs, running downloads (A6).

After each change they must do what the specification says of the rows as they are: no more, and no less.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, LiteralString
from uuid import UUID

import pytest
from django.db import connection

from tests.leaks.calls import PREFIX, Call, Visitor
from tests.leaks.specification import Specification
from tests.leaks.worlds import READ, UNIT_EDIT, Row, World
from underlet.access.queries import actor_by_id
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.jobs import enqueue, run_job
from underlet.interfaces.web import export
from underlet.kernel.errors import Refusal

DEEP = bool(os.environ.get("UNDERLET_DEEP"))
ELSEWHERE = 2 if DEEP else 1
"""In how many units each visitor asks where nothing changed."""
DONE: Counter[str] = Counter()
"""How often each step did something, and each check had each answer."""
RAN: list[tuple[int, str]] = []
WORK = {"test.alone": False, "test.below": True}
"""Jobs of these tests, and whether they act on what is below their unit."""


_RIGHTS: dict[str, LiteralString] = {
    "unit": "select * from unit order by id",
    "access_grant": "select * from access_grant order by id",
    "role": "select * from role order by id",
    "unit_group": "select * from unit_group order by id",
    "group_member": "select * from group_member order by group_id, unit_id",
    "unit_ceiling": "select * from unit_ceiling order by unit_id",
    "app_user": "select * from app_user order by id",
    "api_token": "select * from api_token order by id",
}


def pick(some: Any, number: int) -> Any:
    """One of some, by a number that shrinks to the first."""
    return some[number % len(some)]


class Observers:
    """Visitors of a world, and what they see of each step."""

    world: World
    visitors: list[Visitor]
    specification: Specification
    turn = 0

    # --- what a step is ---

    def step(self, name: str, act: Callable[[], object]) -> None:
        """Begin what takes time, take the step, and see everything behave as the specification says then."""
        self.turn += 1
        downloads = [found for one in self.visitors if (found := self._begun(one))]
        jobs = [found for one in self.visitors if (found := self._queued(one))]
        before = self._rights()
        try:
            act()
        except Refusal as refusal:
            DONE[f"{name} refused: {refusal.code()}"] += 1
        self.specification = self.as_it_is()
        changed = [place for place, bits in self._rights().items() if before.get(place) != bits]
        DONE[f"{name} changed rights"] += bool(changed)
        for visitor in self.visitors:
            self._asks(visitor, [unit for actor, unit in changed if actor == visitor.actor])
        for actor, unit, work, job_id in jobs:
            self._works(actor, unit, work, job_id)
        for visitor, home, told, rest in downloads:
            is_still = name != "move" and not any(actor == visitor.actor for actor, _ in changed)
            self._ends(visitor, home, told, rest, is_still=is_still)

    def as_it_is(self) -> Specification:
        """The specification of the rows of rights as the database has them; what is derived from them it works out."""
        with system(), connection.cursor() as cursor:
            for table, asked in _RIGHTS.items():
                cursor.execute(asked)
                names = [column[0] for column in cursor.description]
                self.world.rows[table] = [
                    dict(zip(names, map(_plain, one), strict=True)) for one in cursor.fetchall()
                ]
        self.world.index()
        found = Specification(self.world)
        for one in self.world.rows["group_member"]:
            top = self.world.get("unit_group", one["group_id"])["unit_id"]
            assert top in found.above[one["unit_id"]][1:], "a member that lies elsewhere"
        for grant in self.world.rows["access_grant"]:
            if grant["role_id"]:
                assert grant["perms"] == self.world.get("role", grant["role_id"])["perms"]
        return found

    def _live(self, actor: int) -> bool:
        if self.world.has("app_user", actor):
            return bool(self.world.get("app_user", actor)["is_active"])
        key = self.world.get("api_token", actor)
        return self._live(key["user_id"]) and not key["revoked_at"]

    def _rights(self) -> dict[tuple[int, int], int]:
        """What each visitor holds in each unit; -1: they are not let in."""
        return {
            (actor, unit["id"]): self.specification.held(actor, unit["id"]) if self._live(actor) else -1
            for actor in (one.actor or 0 for one in self.visitors)
            for unit in self.world.rows["unit"]
        }

    # --- open sessions and keys ---

    def _asks(self, visitor: Visitor, changed: list[int]) -> None:
        """The next requests: what is seen, and what may be changed, where rights changed and elsewhere."""
        actor, specification = visitor.actor or 0, self.specification
        others = [pick(self.world.rows["unit"], self.turn * 7 + place * 11)["id"] for place in range(ELSEWHERE)]
        for id_ in {*changed[:2], *changed[-1:], *others}:
            unit = self.world.get("unit", id_)
            path = f"{PREFIX}/units/{unit['public_id']}"
            shown = visitor.call(Call("unit.show", "GET", path))
            changing = visitor.call(Call("unit.update", "PATCH", path, {"nothing": 1}))
            sees, edits = specification.sees(actor, unit["id"]), specification.can(actor, UNIT_EDIT, unit["id"])
            if not self._live(actor):
                expected: tuple[set[int], set[int]] = ({401, 429}, {401, 429})  # ten times, then later
            elif not sees:
                expected = ({404}, {404})
            else:
                expected = ({200}, {409, 422} if edits else {403})
            answers = (shown.status, changing.status)
            assert answers[0] in expected[0], (actor, unit["id"], answers, expected, shown.text[:300])
            assert answers[1] in expected[1], (actor, unit["id"], answers, expected, changing.text[:300])
            DONE[f"asked: {min(expected[0])} {min(expected[1])}"] += 1

    # --- queued jobs ---

    def _queued(self, visitor: Visitor) -> tuple[int, int, str, UUID] | None:
        """A job that the actor may queue now, for a unit alone or for what is below it as well."""
        actor = visitor.actor or 0
        work = pick(sorted(WORK), self.turn + actor)
        places = [one for one in self.world.rows["unit"] if self._may(actor, work, one)]
        if not places or not self._live(actor):
            return None
        unit = pick(places, self.turn * 5)["id"]
        who = actor_by_id(actor)
        with writing(who):
            return actor, unit, work, enqueue(who, work, unit, {"unit": unit})

    def _may(self, actor: int, work: str, unit: Row) -> bool:
        specification = self.specification
        if not specification.can(actor, UNIT_EDIT, unit["id"]):
            return False
        if not WORK[work] or unit["kind"] == "customer":
            return True
        below = [
            one for one in specification.reaches(actor) if one.below and specification.in_reach(one, unit["id"])
        ]
        bits = 0
        for one in below:
            bits |= one.perms
        return bits & UNIT_EDIT == UNIT_EDIT

    def _works(self, actor: int, unit: int, work: str, job_id: UUID) -> None:
        """It is done if the actor could queue it now; otherwise nothing of it is done, and it says why."""
        may = (
            self._live(actor)
            and self.world.has("unit", unit)
            and self._may(actor, work, self.world.get("unit", unit))
        )
        RAN.clear()
        state = run_job(job_id)
        assert (state, len(RAN)) == (("done", 1) if may else ("failed", 0)), (actor, unit, work, may)
        with system(), connection.cursor() as cursor:
            cursor.execute("select coalesce(error ->> 'error', '') from job where public_id = %s", [job_id])
            [why] = cursor.fetchone()
        assert (why in ("forbidden", "unauthenticated")) is not may, why
        DONE[f"{work}: {state}"] += 1

    # --- running downloads ---

    def _begun(self, visitor: Visitor) -> tuple[Visitor, str, str, Iterator[bytes]] | None:
        """A list as a file, of which the heads and the first rows were sent."""
        actor = visitor.actor or 0
        homes = [
            self.world.get("unit", one.unit)
            for one in self.specification.reaches(actor)
            if one.perms & READ and one.below
        ]
        homes = [one for one in homes if one["kind"] == "organization"]
        if not homes or visitor.is_key:
            return None
        home = pick(homes, self.turn)["public_id"]
        answer: Any = visitor.start(Call("page customers", "GET", f"/u/{home}/customers?export=csv&bom=0"))
        assert answer.streaming, (actor, home, answer.status_code)
        pieces = iter(answer.streaming_content)
        next(pieces)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(export, "MAX_PAGE_SIZE", 2)
            return visitor, home, next(pieces, b"").decode(), pieces

    def _ends(self, visitor: Visitor, home: str, told: str, rest: Iterator[bytes], *, is_still: bool) -> None:
        """The rest names nobody out of sight by now; where nothing happened, all of them."""
        actor, pieces = visitor.actor or 0, []
        try:
            for piece in rest:
                pieces.append(piece)
            is_cut = False
        except Refusal:
            is_cut = True
        names = self._names(b"".join(pieces).decode())
        hidden = {one for one in names if not self.specification.sees(actor, one)}
        assert not hidden, (actor, home, hidden)
        again = visitor.start(Call("page customers", "GET", f"/u/{home}/customers?export=csv&bom=0"))
        fresh = self._names(b"".join(again.streaming_content).decode()) if again.streaming else set()  # type: ignore[attr-defined]
        if is_still:
            assert fresh == names | self._names(told), (actor, home, "somebody is missing")
        assert again.status_code == (404 if is_cut else 200) or not (is_cut or names), (
            actor,
            home,
            again.status_code,
        )
        DONE[f"download: {'cut' if is_cut else 'shorter' if self._names(told) - fresh else 'whole'}"] += 1

    def _names(self, text: str) -> set[int]:
        """Units whose names a text tells."""
        found = set()
        for token in re.findall(r"zq[a-z2-7]{10}", text):
            mark = self.world.texts.get(token)
            if mark is not None and mark.table == "unit" and mark.column == "name":
                found.add(mark.id)
        return found


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
