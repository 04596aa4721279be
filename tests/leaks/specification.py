"""Who may do what where: the executable specification, walking up the tree. Shares no code with the product (A12)."""

from dataclasses import dataclass
from functools import cached_property

from tests.leaks.worlds import COST_READ, MARGIN_READ, NOW, PRICES, READ, ROLE_EDIT, ROLES, Row, World


@dataclass(frozen=True, slots=True)
class Reach:
    """What one actor holds in a unit, or in it and everything below it, and for whose legal entity they act there."""

    unit: int
    entity: int
    below: bool
    perms: int


@dataclass
class Specification:
    """The answers for a world. An actor is a person or one of their API keys."""

    world: World

    @cached_property
    def above(self) -> dict[int, tuple[int, ...]]:
        """Each unit with its ancestors, itself first."""
        parent = {row["id"]: row["parent_id"] for row in self.world.rows["unit"]}
        found = {}
        for unit in parent:
            way = [unit]
            while parent[way[-1]]:
                way.append(parent[way[-1]])
            found[unit] = tuple(way)
        return found

    def ceiling(self, unit: int) -> int:
        """What roles on the unit may hold at most: no more than any unit above allows."""
        least = -1
        for row in self.world.rows.get("unit_ceiling", ()):
            least &= row["perms"] if row["unit_id"] in self.above[unit] else -1
        return least

    def may_limit(self, actor: int, unit: int, raised: int = 0) -> bool:
        """Whether an actor sets what roles on a unit may hold, and lifts it by so much: they administer roles above it,
        and hold there what this allows anew.
        """
        above = self.above[unit][1:2]
        held = 0
        for one in self.reaches(actor):
            held |= one.perms if one.below and any(self.in_reach(one, parent) for parent in above) else 0
        wanted = ROLE_EDIT | (raised & self.ceiling(above[0]) & ROLES["owner"] if above else 0)
        return held & wanted == wanted

    def may_lift(self, actor: int, unit: int) -> bool:
        """Whether an actor takes the limit for roles on a unit away, if it has one."""
        limits = [row["perms"] for row in self.world.rows.get("unit_ceiling", ()) if row["unit_id"] == unit]
        return all(self.may_limit(actor, unit, ~limit) for limit in limits)

    def move_within(self, actor: int, unit: int) -> int | None:
        """The nearest unit above one that has a limit which the actor may not lift: what they move stays below it."""
        way = (one for one in self.above[unit][1:] if not self.may_lift(actor, one))
        return next(way, None)

    def _granted(self, person: int) -> list[Reach]:
        entity = {row["id"]: row["entity_id"] for row in self.world.rows["unit"]}
        found = []
        for grant in self.world.rows["access_grant"]:
            if grant["user_id"] != person or grant["suspended_at"] or (grant["expires_at"] or NOW) < NOW:
                continue
            if (
                grant["role_id"]
                and self.world.get("role", grant["role_id"])["unit_id"] not in self.above[grant["unit_id"]]
            ):
                continue
            place, bits = grant["unit_id"], grant["perms"]
            if grant["scope"] == "customers":
                for row in self.world.rows["unit"]:
                    if row["anchor_id"] == place:
                        found.append(Reach(row["id"], row["entity_id"], True, bits & self.ceiling(row["id"])))
            elif grant["scope"] == "group":
                for member in self.world.rows["group_member"]:
                    if member["group_id"] == grant["group_id"]:
                        found.append(Reach(member["unit_id"], entity[place], True, bits & self.ceiling(place)))
            else:
                found.append(Reach(place, entity[place], grant["scope"] == "subtree", bits & self.ceiling(place)))
        return found

    def reaches(self, actor: int) -> list[Reach]:
        """Everything that an actor holds; roles in one place for one legal entity count together."""
        if actor not in self._reaches:
            self._reaches[actor] = self._joined(self._held(actor))
        return self._reaches[actor]

    @cached_property
    def _reaches(self) -> dict[int, list[Reach]]:
        return {}

    def _held(self, actor: int) -> list[Reach]:
        if self.world.has("app_user", actor):
            return self._granted(actor) if self.world.get("app_user", actor)["is_active"] else []
        key = self.world.get("api_token", actor)
        if key["revoked_at"] or (key["expires_at"] and key["expires_at"] <= NOW):
            return []
        limit, bits = key["unit_id"], -1 if key["perms"] is None else key["perms"]
        found = []
        for one in self._held(key["user_id"]):
            if limit is None or limit in self.above[one.unit]:
                found.append(Reach(one.unit, one.entity, one.below, one.perms & bits))
            elif one.below and one.unit in self.above[limit]:
                found.append(Reach(limit, one.entity, True, one.perms & bits))
        return found

    @staticmethod
    def _joined(found: list[Reach]) -> list[Reach]:
        joined: dict[tuple[int, int, bool], int] = {}
        for one in found:
            place = (one.unit, one.entity, one.below)
            joined[place] = joined.get(place, 0) | one.perms
        return [Reach(*place, perms) for place, perms in joined.items()]

    def in_reach(self, one: Reach, unit: int) -> bool:
        """Whether it covers the unit."""
        return one.unit == unit or (one.below and one.unit in self.above[unit])

    def held(self, actor: int, unit: int) -> int:
        """All permissions in a unit, of all roles together."""
        bits = 0
        for one in self.reaches(actor):
            bits |= one.perms if self.in_reach(one, unit) else 0
        return bits

    def can(self, actor: int, bits: int, unit: int | None) -> bool:
        """Whether an actor holds all these permissions in the unit."""
        return unit is not None and unit in self.above and self.held(actor, unit) & bits == bits

    def can_below(self, actor: int, bits: int, unit: int) -> bool:
        """Whether an actor holds all these permissions in the unit and everything below it."""
        held = 0
        for one in self.reaches(actor):
            held |= one.perms if one.below and self.in_reach(one, unit) else 0
        return held & bits == bits

    def sees(self, actor: int, unit: int | None) -> bool:
        """Whether a unit exists for an actor."""
        return (
            unit is not None
            and unit in self.above
            and any(one.perms & READ and self.in_reach(one, unit) for one in self.reaches(actor))
        )

    def acts(self, actor: int, unit: int, entity: int, bits: int) -> bool:
        """Whether an actor holds the permissions in the unit while acting for the legal entity."""
        return any(
            one.entity == entity and one.perms & bits == bits and self.in_reach(one, unit)
            for one in self.reaches(actor)
        )

    def shows(self, one: Reach, edge: Row) -> bool:
        """What an organization buys tells its margin, so who acts for it must read both cost and margin (A11)."""
        buys = (
            one.entity == edge["buyer_entity_id"]
            and self.world.get("unit", edge["buyer_id"])["kind"] != "customer"
        )
        return not buys or one.perms & (COST_READ | MARGIN_READ) == COST_READ | MARGIN_READ

    def sells(self, actor: int, edge: Row, bits: int = PRICES, *, at_seller: bool = False) -> bool:
        """Whether an actor stands on the seller's side of an edge: from the seller, or above the buyer as well."""
        buyer = self.world.get("unit", edge["buyer_id"])
        shared = buyer["kind"] == "customer" and buyer["entity_id"] == edge["seller_entity_id"]
        return any(
            one.entity == edge["seller_entity_id"]
            and one.perms & bits == bits
            and self.shows(one, edge)
            and (
                self.in_reach(one, edge["seller_id"])
                or (not at_seller and self.in_reach(one, buyer["id"]) and not (shared and one.unit == buyer["id"]))
            )
            for one in self.reaches(actor)
        )

    def buys(self, actor: int, edge: Row, bits: int = PRICES) -> bool:
        """Whether an actor stands on the buyer's side of an edge."""
        return any(
            one.entity == edge["buyer_entity_id"]
            and one.perms & bits == bits
            and self.shows(one, edge)
            and self.in_reach(one, edge["buyer_id"])
            for one in self.reaches(actor)
        )
