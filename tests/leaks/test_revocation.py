"""What changes rights binds at once (A6), in any order: a stateful test against the executable specification.

An owner gives, changes and takes back roles, moves units, fills groups, lets people rest and revokes keys, by the
product's own operations. Sessions and keys that were open before, jobs queued and downloads begun right before each
step then do what the specification says of the rows as they are: no more, and no less.
"""

from collections.abc import Callable, Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests import tables
from tests.leaks import revocation
from tests.leaks.build import put_world
from tests.leaks.calls import PREFIX, Call, Visitor
from tests.leaks.dealing import standing_still
from tests.leaks.observers import DEEP, DONE, RAN, WORK, Observers, pick
from tests.leaks.worlds import ROLES, Row, make_world
from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.foundation.actor import Actor
from underlet.foundation.jobs import JOBS, job
from underlet.foundation.operations import run
from underlet.kernel.permission import Permission

PEOPLE = ("administrator", "key_account_manager", "own role", "random 0")
"""Whose rights change, each with an open session; two of them have an API key as well."""
NUMBER = st.integers(0, 10_000)
_kept: dict[int, tables.Rows] = {}


class Rights(Observers, RuleBasedStateMachine):
    """One world, whose rights change step by step."""

    @initialize(seed=st.integers(1, 1000 if DEEP else 4))
    def begin(self, seed: int) -> None:
        self.world = make_world(seed)
        if seed in _kept:
            with tables.connect() as connected:
                tables.empty(connected)
            tables.put(_kept[seed])
        else:
            put_world(self.world)
            _kept[seed] = tables.take()
        self.owner: Actor = actor_of(User.objects.get(id=self.world.people["owner at the top"]))
        self.root = next(row for row in self.world.rows["unit"] if row["id"] == 1)
        self.targets = [self.world.people[name] for name in PEOPLE]
        keys = [row["id"] for row in self.world.rows["api_token"] if row["user_id"] in self.targets]
        self.visitors = [Visitor(self.world, one) for one in (*self.targets, *keys)]
        for one in self.visitors:
            one.call(
                Call("user.me", "GET", f"{PREFIX}/me")
            )  # so that an address that sends bad keys is known for others
        self.specification = self.as_it_is()
        self.turn = 0

    # --- steps ---

    @rule(who=NUMBER, where=NUMBER, role=st.sampled_from(sorted(ROLES)), alone=st.booleans())
    def give(self, who: int, where: int, role: str, alone: bool) -> None:
        """A role is given on a unit, with what is below it or alone."""
        unit = pick(self._units(), where)
        data = {"user": self._person(who), "role": role, "scope": "unit" if alone else "subtree"}
        self.step("give", lambda: run("grant.create", self.owner, unit["public_id"], data))

    @rule(which=NUMBER)
    def revoke(self, which: int) -> None:
        """A role is taken back, on a group as well."""
        if grants := self._grants():
            grant = pick(grants, which)
            self.step("revoke", lambda: self._take(grant))
            assert not self.world.has("access_grant", grant["id"]), "nothing keeps the owner from it"

    @rule(which=NUMBER, role=st.sampled_from(sorted(ROLES)))
    def change_role(self, which: int, role: str) -> None:
        """A role becomes another."""
        if grants := self._grants():
            grant = pick(grants, which)
            self.step("change_role", lambda: run("grant.update", self.owner, grant["public_id"], {"role": role}))

    @rule(which=NUMBER, permissions=st.sets(st.sampled_from(["unit_edit", "user_edit", "import"])))
    def change_own_role(self, which: int, permissions: set[str]) -> None:
        """What a unit's own role allows changes for everybody who has it."""
        role = pick(self.world.rows["role"], which)
        data = {"permissions": sorted(permissions), "masks": []}
        self.step("change_own_role", lambda: run("role.update", self.owner, role["public_id"], data))

    @rule(which=NUMBER, where=NUMBER)
    def move(self, which: int, where: int) -> None:
        """A unit moves, with everything below it."""
        parents = [one for one in self._units() if one["kind"] == "organization"]
        unit, parent = pick(self._units(), which), pick(parents, where)["public_id"]
        self.step("move", lambda: run("unit.move", self.owner, unit["public_id"], {"parent": parent}))

    @rule(which=NUMBER, whom=NUMBER)
    def add_member(self, which: int, whom: int) -> None:
        """A unit joins a group, one that somebody looks after if there is one."""
        looked_after = {one["group_id"] for one in self._grants()}
        groups = self.world.rows["unit_group"]
        group = pick([one for one in groups if one["id"] in looked_after] or groups, which)
        members = {one["unit_id"] for one in self.world.rows["group_member"] if one["group_id"] == group["id"]}
        above = self.specification.above
        free = [
            one for one in self._units() if group["unit_id"] in above[one["id"]][1:] and one["id"] not in members
        ]
        if free:
            data = {"units": [pick(free, whom)["public_id"]]}
            self.step("add_member", lambda: run("group.add_members", self.owner, group["public_id"], data))

    @rule(which=NUMBER)
    def remove_member(self, which: int) -> None:
        """A unit leaves a group."""
        if members := self.world.rows["group_member"]:
            one = pick(members, which)
            group, unit = (self.world.get(table, one[f"{of}_id"])["public_id"] for table, of in _MEMBER)
            self.step("remove_member", lambda: run("group.remove_members", self.owner, group, {"units": [unit]}))

    @rule(who=NUMBER, which=NUMBER, role=st.sampled_from(["key_account_manager", "key_account_viewer"]))
    def give_on_group(self, who: int, which: int, role: str) -> None:
        """Somebody gets to look after a group."""
        group = self._group(which)
        unit = self.world.get("unit", group["unit_id"])["public_id"]
        data = {"user": self._person(who), "role": role, "scope": "group", "groups": [group["public_id"]]}
        self.step("give_on_group", lambda: run("grant.create", self.owner, unit, data))

    @rule(which=NUMBER)
    def take_on_group(self, which: int) -> None:
        """Somebody looks after a group no longer."""
        if grants := [one for one in self._grants() if one["scope"] == "group"]:
            grant = pick(grants, which)
            self.step("take_on_group", lambda: self._take(grant))

    @rule(who=NUMBER)
    def suspend(self, who: int) -> None:
        """All roles of somebody rest."""
        self._of_person("user.suspend", who)

    @rule(who=NUMBER)
    def resume(self, who: int) -> None:
        """They work again."""
        self._of_person("user.resume", who)

    @rule(who=NUMBER)
    def expire(self, who: int) -> None:
        """A role comes to its end by itself: nobody does anything, time passes."""
        person = pick(self.targets, who)
        self.step("expire", lambda: revocation.expire(self.world, person, Random(who)))

    @rule(which=NUMBER)
    def revoke_key(self, which: int) -> None:
        """A key is revoked by its person."""
        keys = [one for one in self.visitors if one.is_key]
        key = self.world.get("api_token", pick(keys, which).actor)
        person = actor_of(User.objects.get(id=key["user_id"]))
        if not key["revoked_at"] and which % 3 == 0:  # rarely: what is revoked stays so
            self.step("revoke_key", lambda: run("token.revoke", person, key["public_id"], {}))
            assert self.world.get("api_token", key["id"])["revoked_at"]

    # --- what there is ---

    def _units(self) -> list[Row]:
        """Active units of the hierarchy of the owner, but the root."""
        return [
            one
            for one in self.world.rows["unit"]
            if one["hierarchy_id"] == self.root["hierarchy_id"] and one["parent_id"] and one["state"] == "active"
        ]

    def _grants(self) -> list[Row]:
        return [
            one for one in self.world.rows["access_grant"] if one["user_id"] in self.targets and self._is_ours(one)
        ]

    def _is_ours(self, grant: Row) -> bool:
        return bool(self.world.get("unit", grant["unit_id"])["hierarchy_id"] == self.root["hierarchy_id"])

    def _person(self, who: int) -> str:
        return str(self.world.get("app_user", pick(self.targets, who))["public_id"])

    def _group(self, which: int) -> Row:
        found: Row = pick(self.world.rows["unit_group"], which)
        return found

    def _take(self, grant: Row) -> object:
        role = self.world.get("role", grant["role_id"])["public_id"] if grant["role_id"] else grant["role"]
        data = {
            "email": self.world.get("app_user", grant["user_id"])["email"], "role": role, "scope": grant["scope"],
            "group": self.world.get("unit_group", grant["group_id"])["public_id"] if grant["group_id"] else None,
        }  # fmt: skip
        return run("grant.revoke", self.owner, self.world.get("unit", grant["unit_id"])["public_id"], data)

    def _of_person(self, name: str, who: int) -> None:
        data = {"user": self._person(who)}
        self.step(name, lambda: run(name, self.owner, self.root["public_id"], data))


_MEMBER = (("unit_group", "group"), ("unit", "unit"))


@pytest.fixture
def work() -> Iterator[None]:
    """Two jobs that leave a trace."""
    for name, below in WORK.items():
        job(name, needs=Permission.UNIT_EDIT, below=below)(
            lambda ran, arguments: RAN.append((ran.actor.id, "ran"))
        )
    yield
    for name in WORK:
        JOBS.pop(name)


STEPS: dict[str, Callable[[Rights, Random], None]] = {
    "give": lambda at, of: at.give(
        of.randrange(99), of.randrange(99), of.choice(sorted(ROLES)), of.random() < 0.5
    ),
    "change_role": lambda at, of: at.change_role(of.randrange(99), of.choice(sorted(ROLES))),
    "give_on_group": lambda at, of: at.give_on_group(of.randrange(99), of.randrange(99), "key_account_manager"),
    "add_member": lambda at, of: at.add_member(of.randrange(99), of.randrange(99)),
    "change_own_role": lambda at, of: at.change_own_role(
        of.randrange(99), {"unit_edit"} if of.random() < 0.5 else set()
    ),
    "move": lambda at, of: at.move(of.randrange(99), of.randrange(99)),
    "remove_member": lambda at, of: at.remove_member(of.randrange(99)),
    "user.suspend": lambda at, of: at.suspend(of.randrange(99)),
    "user.resume": lambda at, of: at.resume(of.randrange(99)),
    "take_on_group": lambda at, of: at.take_on_group(of.randrange(99)),
    "expire": lambda at, of: at.expire(of.randrange(99)),
    "revoke_key": lambda at, of: at.revoke_key(3 * of.randrange(99)),
    "revoke": lambda at, of: at.revoke(of.randrange(99)),
}
"""Each step with numbers of a walk."""
SEEN = (
    "asked: 200 409", "asked: 200 403", "asked: 404 404", "asked: 401 401", "test.alone: done", "test.alone: failed",
    "test.below: done", "test.below: failed", "download: whole", "download: cut",
)  # fmt: skip


def test_every_change_binds_at_once(database: None, work: None) -> None:
    """A6: a walk on which each kind of change takes or gives a right at least once, and each answer is had (§6)."""
    DONE.clear()
    of = Random(1)
    with standing_still():
        rights = Rights()
        rights.begin(1)
        for _ in range(60):
            left = [name for name in STEPS if not DONE[f"{name} changed rights"]]
            if not left and all(DONE[one] for one in SEEN):
                break
            STEPS[left[0] if left else pick(("user.suspend", "user.resume", "revoke"), rights.turn)](rights, of)
    print(rights.turn, dict(sorted(DONE.items())))
    assert [name for name in STEPS if not DONE[f"{name} changed rights"]] == [], "changed nothing for anybody"
    assert [one for one in SEEN if not DONE[one]] == [], "never had"


def test_rights_bind_at_once(database: None, work: None) -> None:
    """A6, A13, S7, R51: sessions, keys, queued jobs and running downloads, after any sequence of changes."""
    DONE.clear()
    with standing_still():
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            Rights,
            settings=settings(
                max_examples=100 if DEEP else 1, stateful_step_count=20 if DEEP else 6, deadline=None,
                derandomize=not DEEP, database=None, suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink) if DEEP else (Phase.generate,), print_blob=False,
            ),
        )  # fmt: skip
    print(dict(sorted(DONE.items())))
