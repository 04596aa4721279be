"""The units of a random world: two hierarchies, what they were before, what is gone."""

import random
from typing import Any

from tests.leaks.frame import CHANGED_AT, MADE_AT, Row, World


def units(world: World, hierarchy: Row, **wanted: Any) -> list[Row]:
    """The units of a hierarchy that are like this."""
    return [
        row
        for row in world.rows["unit"]
        if row["hierarchy_id"] == hierarchy["id"] and all(row[name] == value for name, value in wanted.items())
    ]


def _unit(
    world: World, hierarchy: Row, parent: Row | None, kind: str, own_entity: bool, state: str = "active"
) -> Row:
    id_ = world.next_id("unit")
    name = world.text("unit", id_, "name")
    if parent is None:
        name = hierarchy["name"]
    elif kind == "customer":
        name = f"{name}.example.org"
    entity_id = parent["entity_id"] if parent else 0
    if own_entity:
        entity_id = _entity(world, hierarchy)["id"]
    texts = {column: world.text("unit", id_, column) for column in ("display_name", "organization_number", "code")}
    return world.add(
        "unit",
        id_=id_,
        hierarchy_id=hierarchy["id"],
        parent_id=parent["id"] if parent else None,
        kind=kind,
        name=name,
        name_key=name,
        also_key="\n".join(texts.values()),
        **texts,
        time_zone="",
        price_type="seller_set_only",
        entity_id=entity_id,
        is_entity_own=own_entity,
        state=state,
        anchors=False,
        anchor_id=None,
        archived_at=CHANGED_AT if state == "archived" else None,
        created_at=MADE_AT,
    )


def _entity(world: World, hierarchy: Row) -> Row:
    texts = (
        "name",
        "street",
        "postal_code",
        "city",
        "organization_number",
        "vat_id",
        "phone",
        "bank_name",
        "iban",
        "bic",
        "address_line_2",
        "region",
        "tax_number",
        "electronic_address",
    )
    return world.add(
        "legal_entity",
        hierarchy_id=hierarchy["id"],
        country="SE",
        electronic_address_scheme="0007",
        email=f"{world.coming('legal_entity', 'email')}@example.com",
        **dict.fromkeys(texts, ...),
    )


def make_hierarchy(world: World, rng: random.Random, size: int, levels: int) -> None:
    hierarchy = world.add(
        "hierarchy",
        name=...,
        currency=("SEK", "EUR")[world.counters.get("hierarchy", 0) % 2],
        metric="effective",
        created_at=MADE_AT,
    )
    found = [_unit(world, hierarchy, None, "organization", True)]
    depth = {found[0]["id"]: 1}

    def put(parent: Row, kind: str, own: bool, state: str = "active") -> Row:
        made = _unit(world, hierarchy, parent, kind, own, state)
        depth[made["id"]] = depth[parent["id"]] + 1
        found.append(made)
        return made

    for _ in range(levels - 1):
        put(found[-1], "organization", rng.random() < 0.5)
    while len(found) < size:
        parent = rng.choice([one for one in found if one["kind"] == "organization" and depth[one["id"]] < 10])
        put(parent, rng.choice(("organization", "customer", "customer")), rng.random() < 0.5)
    # One organization of each hierarchy sells to three customers, among them one with its own legal entity.
    seller = put(found[0], "organization", True)
    customers = [put(seller, "customer", own) for own in (True, False, True, True, False)]
    put(seller, "customer", True, "draft")
    put(found[0], "organization", False, "archived")
    put(seller, "customer", True)  # nobody's: it can be removed
    put(seller, "organization", False, "draft")
    customers[0]["price_type"] = "raw_cost_only"  # all contracts above it disclose raw cost
    world.past["unit", customers[0]["id"]] = {"price_type": "seller_set_only"}
    for one in customers[3:4]:
        one["anchors"] = True
    customers[4]["anchor_id"] = customers[3]["id"]
    other = next((one for one in found[1:] if one["kind"] == "customer" and one is not customers[3]), customers[1])
    if other["parent_id"] != seller["id"]:
        other["anchor_id"] = customers[3]["id"]
    _pasts(world, rng, hierarchy, found)


def _pasts(world: World, rng: random.Random, hierarchy: Row, found: list[Row]) -> None:
    """Some units were called otherwise, stood elsewhere, or are gone."""
    for one in found:
        if one["state"] == "archived":
            world.past["unit", one["id"]] = {"state": "active", "archived_at": None}
    for one in rng.sample([row for row in found[1:] if row["state"] == "active"], 3):
        name = world.text("unit", one["id"], "old name") + (".example.org" if one["kind"] == "customer" else "")
        past = {"name": name, "name_key": name, "code": world.text("unit", one["id"], "old code")}
        if not any(row["parent_id"] == one["id"] for row in found) and one["parent_id"] != found[0]["id"]:
            past["parent_id"] = found[0]["id"]
        world.past.setdefault(("unit", one["id"]), {}).update(past)
    kept = rng.choice([one for one in found if one["kind"] == "organization" and one["state"] == "active"])
    if sum(1 for _ in way_up(world, kept)) < 10:
        removed = _unit(world, hierarchy, kept, "organization", False)
        world.drop("unit", removed["id"])
        world.gone.append(removed)


def way_up(world: World, unit: Row) -> list[Row]:
    """The unit and its ancestors, itself first."""
    found = [unit]
    while found[-1]["parent_id"]:
        found.append(world.get("unit", found[-1]["parent_id"]))
    return found
