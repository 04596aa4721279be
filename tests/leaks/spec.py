"""Who may know what, by walking up the tree of the cast: shares no code with the product (trust.md §1.4).

`allowed(world)` gives every traceable text (ids, codes, labels, file names, amounts) and the people who may meet it.
"""

from collections.abc import Callable
from decimal import Decimal

from tests.world import (
    ADDED,
    DIRECTORIES,
    DRAFTED,
    DRAFTS,
    EDGES,
    ISSUED,
    LISTED,
    LOOKED_AFTER,
    MOVED,
    OWNERS,
    SCHEDULED,
    UNASSIGNED,
    UNIT_TOKENS,
    World,
    code,
    label,
)
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.project.demo import stage

UNITS = (*stage.UNITS, stage.CUSTOMER_ORGANIZATION)
PARENT = {root.key: "" for root in stage.ROOTS} | {unit.key: unit.parent for unit in UNITS} | MOVED | ADDED
_OWN_ENTITY = {root.key for root in stage.ROOTS} | {unit.key for unit in UNITS if unit.has_entity}
GRANTS = {person.key: person.units for person in stage.PEOPLE} | {
    "operator": ("fjord", "harbor"), "kim": LOOKED_AFTER
}  # fmt: skip
"""Where a person's roles open units. Pat's is one role for gamma's customers, which opens those and not gamma (R75)."""
SIDES = {"kim": "fjord"}
"""For whom somebody acts who has roles on a group alone: the unit that keeps it (R51)."""
GROUPS = {"north": "fjord", "ruled": "birch"}
PEOPLE = tuple(GRANTS)

Rule = Callable[[str], bool]


def way_up(unit: str) -> list[str]:
    """The unit and its ancestors."""
    found = [unit]
    while PARENT[found[-1]]:
        found.append(PARENT[found[-1]])
    return found


def entity(unit: str) -> str:
    """The unit whose legal entity this unit acts as."""
    return next(one for one in way_up(unit) if one in _OWN_ENTITY)


def sees(person: str, unit: str) -> bool:
    """A grant on the unit or above it."""
    return any(granted in way_up(unit) for granted in GRANTS[person])


def side(person: str, granted: str) -> str:
    """The unit as whose legal entity a person acts by a role there."""
    return entity(SIDES.get(person, granted))


def is_party(person: str, seller: str, buyer: str, *, as_seller: bool = False) -> bool:
    """Sees the buyer and acts for either's legal entity, or sees the seller and acts for the seller's."""
    sides = {entity(seller)} if as_seller else {entity(seller), entity(buyer)}
    return any(
        (granted in way_up(buyer) and side(person, granted) in sides)
        or (granted in way_up(seller) and side(person, granted) == entity(seller))
        for granted in GRANTS[person]
    )


def bills(person: str, owner: str) -> bool:
    """Is party to an edge on which the owner's usage was billed, though the owner may have moved away since."""
    return any(is_party(person, seller, buyer) for seller, buyer in EDGES if buyer == owner)


def runs_root(person: str) -> bool:
    """Knows the provider's figures of the Fjord hierarchy (R2)."""
    return "fjord" in GRANTS[person]


def visible(kind: str, name: str) -> Rule:
    """Who may reach an object of the world by its id."""
    first, _, rest = name.partition(" ")
    if kind in ("contract", "invoice"):
        buyer, _, state = rest.partition(" ")
        return lambda who: is_party(who, first, buyer, as_seller=state == "draft")
    if kind == "unit":
        return lambda who: sees(who, name)
    if kind == "group":
        return lambda who: sees(who, GROUPS[name]) or (who == "kim" and name == "north")
    if kind == "legal_entity":
        return lambda who: any(sees(who, unit) and entity(unit) == name for unit in PARENT)
    if kind == "assignment":
        return lambda who: sees(who, name)
    if kind == "scheduled_move":
        return lambda who: sees(who, name) and sees(who, SCHEDULED[name])
    if kind == "sub_account":
        return lambda who: runs_root(who) or (name in OWNERS and sees(who, name))
    if kind in ("import", "billing_run"):
        return runs_root
    if kind in ("token", "view_as"):
        return lambda who: who == name
    if kind == "grant":
        return lambda who: who == name or any(sees(who, unit) for unit in GRANTS[name])
    if kind == "person":
        return lambda who: who == name or any(_administers(unit)(who) for unit in GRANTS[name])
    if kind == "audit_entry":
        return _audits(first, is_edge=rest == "edge")
    if kind in ("unit_token", "directory_user", "directory_group"):
        return lambda who: sees(who, name) and who not in ("ira", "bea", "pat", "kim")
    if kind == "role":
        return lambda who: sees(who, name)
    if kind == "identity_provider":
        return _administers(name)
    if kind == "structure_import":
        return lambda who: who == "ben"
    if kind == "job":
        return lambda who: who == "ada"
    raise KeyError(kind)


def allowed(world: World) -> dict[str, frozenset[str]]:
    """Every traceable text and the people in whose answers it may occur."""
    found: dict[str, Rule] = {}
    for kind, ids in world.ids.items():
        for name, id_ in ids.items():
            # A job's id also stands on the import or run that it works for.
            found[id_] = runs_root if kind == "job" else visible(kind, name)
    for unit in PARENT:
        found[code(unit)] = visible("unit", unit)
    for unit in _OWN_ENTITY:
        found[f"canary-footer-{unit}"] = found[f"canary-bank-{unit}"] = visible("legal_entity", unit)
    found["canary-brand-birch"] = lambda who: any(sees(who, unit) and "birch" in way_up(unit) for unit in PARENT)
    found["canary-env-gamma_finance"] = visible("unit", "gamma_finance")
    found[world.attempt] = visible("unit", "delta")
    # Whoever is looked at is told; so are those who read the whole entry: they stand where Ada stood.
    for text in ("canary-viewing-ben", *world.ids["view_as"].values()):
        found[text] = lambda who: who in ("ada", "ben", "operator")
    for unit in ("cedar", "gamma_finance"):
        found[f"canary-hook-{unit}"] = _administers(unit)
    for owner, unit in UNIT_TOKENS.items():
        rule = _owner_or(owner, visible("unit_token", unit))
        found[f"canary-unit-token-{unit}"] = found[world.ids["unit_token"][unit]] = rule
    for unit in DIRECTORIES.values():
        found[f"canary-entry-{unit}"] = found[f"canary-group-{unit}"] = visible("directory_user", unit)
    for group in GROUPS:
        found[f"canary-team-{group}"] = visible("group", group)
    for text in ("canary-provider-birch", "canary-client-birch"):
        found[text] = _administers("birch")
    for text in ("canary-role-fjord", "canary-for-fjord", world.ids["role"]["fjord"]):
        found[text] = _may_give("fjord")
    found["canary-secret-birch"] = lambda who: False
    for who in world.ids["token"]:
        found[f"canary-token-{who}"] = visible("token", who)
    for text in ("canary-file-structure", "canary-structure.csv"):
        found[text] = visible("structure_import", "birch")
    for owner in (*OWNERS, "nobody"):
        found[f"canary-sub-{owner}"] = found[f"canary-name-{owner}"] = _named(owner)
    for text in ("canary-payer", "canary-payer-name", "canary-service-removed"):
        found[text] = runs_root
    for month in (ISSUED, DRAFTED):
        found[f"canary-file-{month}"] = runs_root
    for (seller, buyer), percent in EDGES.items():
        found[label(seller, buyer)] = _terms(seller, buyer)
        for text in (percent, f"canary-removed-{seller}-{buyer}"):
            found[text] = _terms(seller, buyer, as_seller=True)
    for (seller, buyer), percent in DRAFTS.items():
        for text in (percent, label(seller, f"{buyer}-draft")):
            found[text] = _party(seller, buyer, as_seller=True)
    found |= _amounts()
    return {text: frozenset(who for who in PEOPLE if rule(who)) for text, rule in found.items()}


def runs_all(person: str) -> bool:
    """Has a role that allows everything."""
    roles = {person.key: person.role for person in stage.PEOPLE} | {"operator": "owner"}
    return roles.get(person) in ("administrator", "owner")


def _audits(unit: str, *, is_edge: bool) -> Rule:
    """Administrators of the unit or of one above it; what may be about an edge, only acting for its legal entity."""
    return lambda who: (
        runs_all(who)
        and any(
            granted in way_up(unit) and (not is_edge or entity(granted) == entity(unit)) for granted in GRANTS[who]
        )
    )


def _owner_or(owner: str, rule: Rule) -> Rule:
    return lambda who: who == owner or rule(who)


def _may_give(unit: str) -> Rule:
    """Administrators of the unit, or below it: its own roles are theirs to give, also where they do not see it."""
    roles = {person.key: person.role for person in stage.PEOPLE} | {"operator": "owner"}
    giving = ("administrator", "owner", "customer_administrator")
    return lambda who: roles.get(who) in giving and any(unit in way_up(one) for one in GRANTS[who])


def _administers(unit: str) -> Rule:
    """Administrators of the unit: who is called, or says who people are, is told to nobody else, not even below."""
    return lambda who: sees(who, unit) and runs_all(who)


def _party(seller: str, buyer: str, *, as_seller: bool = False) -> Rule:
    return lambda who: is_party(who, seller, buyer, as_seller=as_seller)


def _terms(seller: str, buyer: str, *, as_seller: bool = False) -> Rule:
    """Terms are known to the edge's parties, and as a draft's to the seller to whom the buyer moved (billing.md §8)."""
    new = MOVED.get(buyer, seller)
    return lambda who: (
        is_party(who, seller, buyer, as_seller=as_seller) or is_party(who, new, buyer, as_seller=True)
    )


def _named(owner: str) -> Rule:
    """Who knows an owner's sub-account by name: who may list it, and who finds it on an invoice."""
    listed = visible("sub_account", owner)
    return lambda who: listed(who) or bills(who, owner)


def _listed(owner: str) -> Rule:
    """Who reads the list price of an owner's usage: the parties of every edge on which it was billed (R26)."""
    edges, buyers = [], {owner}
    while buyers:
        above = [edge for edge in EDGES if edge[1] in buyers]
        edges += above
        buyers = {seller for seller, _ in above}
    return lambda who: runs_root(who) or any(is_party(who, seller, buyer) for seller, buyer in edges)


def _amounts() -> dict[str, Rule]:
    """Every posted net of an edge, and the provider's raw costs, which are the root's."""
    names = {root.name: root.key for root in stage.ROOTS} | {unit.name: unit.key for unit in stage.UNITS}
    with system():
        found = rows(
            "select s.name, b.name, l.net from invoice i join invoice_line l on l.invoice_id = i.id"
            " join unit s on s.id = i.seller_id join unit b on b.id = i.buyer_id"
        )
    rules: dict[str, Rule] = {
        f"{Decimal(net):.2f}": _party(names[seller], names[buyer]) for seller, buyer, net in found
    }
    for power in (*OWNERS.values(), UNASSIGNED):
        rules[str(2**power)] = runs_root
    for owner, power in OWNERS.items():
        rules[str(2**power + LISTED)] = _listed(owner)
    rules[str(2**UNASSIGNED + LISTED)] = runs_root
    return rules
