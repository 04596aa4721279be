"""What the database refuses by itself: a row of the table for each way to break the structure (data-core.md §6).

To add one: a name that begins with its numbers, the statements (all but the last make the scene), and the constraint
that refuses the last one. `test_database_holds.py` runs each as the role that may write everything, and as the role of
people, acting for the owner of both hierarchies.
"""

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class Refused:
    """constraint: its name or part of it; of the message, where no constraint has a name."""

    name: str
    statements: tuple[LiteralString, ...]
    constraint: str


def insert(parent: LiteralString, kind: LiteralString, name: LiteralString) -> LiteralString:
    """A new unit below another, by its name."""
    return (
        "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, created_at)"
        " select p.hierarchy_id, p.id, '"
        + kind
        + "', '"
        + name
        + "', lower('"
        + name
        + "'), '{}', p.entity_id, now()"
        " from unit p where p.name = '" + parent + "'"
    )


def move(unit: LiteralString, parent: LiteralString) -> LiteralString:
    """A unit below another, by their names."""
    return (
        "update unit set parent_id = (select id from unit where name = '"
        + parent
        + "') where name = '"
        + unit
        + "'"
    )


def refer(unit: LiteralString, to: LiteralString) -> LiteralString:
    """A customer to its customer organization, by their names."""
    return (
        "update unit set anchor_id = (select id from unit where name = '" + to + "') where name = '" + unit + "'"
    )


_NINE: tuple[LiteralString, ...] = (
    insert("Harbor", "organization", "L2"), insert("L2", "organization", "L3"), insert("L3", "organization", "L4"),
    insert("L4", "organization", "L5"), insert("L5", "organization", "L6"), insert("L6", "organization", "L7"),
    insert("L7", "organization", "L8"), insert("L8", "organization", "L9"),
)  # fmt: skip
_REFER = refer("beta.example.org", "acme.example.com")

STRUCTURE = (
    Refused("R20 no trailing newline", (insert("Birch", "customer", "acme.example.net\n"),), "unit_name_form"),
    Refused("R3 a root is no draft", ("update unit set state = 'draft' where name = 'Fjord'",), "unit_life"),
    Refused(
        "R3 nothing begins archived",
        (
            "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, state, archived_at,"
            " created_at) select hierarchy_id, id, 'organization', 'Gone', 'gone', '{}', entity_id, 'archived', now(),"
            " now() from unit where name = 'Birch'",
        ),
        "unit_life",
    ),
    Refused(
        "R3 nothing is archived in the future",
        ("update unit set state = 'archived', archived_at = '2999-01-01' where name = 'lab.gamma.example.net'",),
        "unit_life",
    ),
    Refused(
        "R3 archived is since a moment",
        ("update unit set state = 'archived' where name = 'lab.gamma.example.net'",),
        "unit_archived_at",
    ),
    Refused(
        "R3 nothing becomes a draft again",
        ("update unit set state = 'draft' where name = 'lab.gamma.example.net'",),
        "unit_life",
    ),
    Refused("R3 a used unit stays", ("delete from unit where name = 'Alder'",), "unit_parent"),
    Refused(
        "R9 nothing below a customer", (insert("acme.example.com", "organization", "Below"),), "unit_parent_kind"
    ),
    Refused("R9 nothing moves below a customer", (move("Birch Lab", "acme.example.com"),), "unit_parent_kind"),
    Refused(
        "R9 who has children becomes no customer",
        ("update unit set kind = 'customer', name = 'b.example.com' where name = 'Birch'",),
        "unit_promoted",
    ),
    Refused(
        "R1 one root",
        (
            "insert into unit (hierarchy_id, kind, name, name_key, anc, entity_id, is_entity_own, created_at)"
            " select hierarchy_id, 'organization', 'Second', 'second', '{}', entity_id, true, now() from unit"
            " where name = 'Fjord'",
        ),
        "unit_one_root",
    ),
    Refused(
        "R1 nothing becomes a second root",
        ("update unit set parent_id = null where name = 'Alder'",),
        "unit_one_root",
    ),
    Refused(
        "R1 a root is no customer",
        ("update unit set kind = 'customer', name = 'fjord.example.com' where name = 'Fjord'",),
        "unit_",
    ),
    Refused(
        "R3 the root stays while anything is below", ("delete from unit where name = 'Fjord'",), "unit_parent"
    ),
    Refused("R3 a unit stays while anything is below", ("delete from unit where name = 'Alder'",), "unit_parent"),
    Refused(
        "R4 one name in a hierarchy", (insert("Birch", "organization", "BIRCH LAB"),), "unit_name_in_hierarchy"
    ),
    Refused(
        "R4 nor by a new name",
        ("update unit set name = 'CEDAR', name_key = 'cedar' where name = 'Birch Lab'",),
        "unit_name_in_hierarchy",
    ),
    Refused("R4 a name", (insert("Birch", "organization", ""),), "unit_name_form"),
    Refused(
        "R19 one name of a customer", (insert("Harbor", "customer", "acme.example.com"),), "unit_customer_name"
    ),
    Refused("R20 a customer is named like a host", (insert("Birch", "customer", "not a host"),), "unit_name_form"),
    Refused("R20 with a dot", (insert("Birch", "customer", "localhost"),), "unit_name_form"),
    Refused("R20 no longer than a host's", (insert("Birch", "customer", "a.b"),), "unit_name_form"),
    Refused(
        "R8 not an eleventh level",
        (*_NINE, insert("L9", "organization", "L10"), insert("L10", "customer", "l.example.com")),
        "unit_depth",
    ),
    Refused("R8 nor by a move of a branch", (*_NINE, move("Faculty of Science", "L9")), "unit_depth"),
    Refused(
        "R8 nor by a move of what is far above",
        (*_NINE, insert("Faculty of Arts", "organization", "Art"), move("L2", "Art")),
        "unit_depth",
    ),
    Refused("R10 no cycle", (move("Birch", "Alder"),), "unit_no_cycle"),
    Refused("R10 nothing below itself", (move("Birch", "Birch"),), "unit_no_cycle"),
    Refused("R10 the root moves nowhere", (move("Fjord", "Alder"),), "unit_no_cycle"),
    Refused("R10 one hierarchy", (move("Alder", "Harbor"),), "unit_parent_hierarchy"),
    Refused(
        "R10 nor with another's parent",
        (
            "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, created_at)"
            " select h.hierarchy_id, p.id, 'organization', 'Astray', 'astray', '{}', p.entity_id, now()"
            " from unit p, unit h where p.name = 'Birch' and h.name = 'Harbor'",
        ),
        "unit_",
    ),
    Refused(
        "R8 a depth that is its parent's, and one",
        ("update unit set parent_depth = 3 where name = 'Alder'",),
        "unit_no_cycle",
    ),
    Refused("R8 a depth", ("update unit set parent_depth = null where name = 'Alder'",), "unit_root"),
    Refused(
        "another party's legal entity",
        ("update unit set entity_id = (select entity_id from unit where name = 'Cedar') where name = 'Birch'",),
        "unit_entity_owner",
    ),
    Refused(
        "another hierarchy's legal entity",
        (
            "update unit set entity_id = (select entity_id from unit where name = 'Harbor') where name = 'Birch Lab'",
        ),
        "unit_entity",
    ),
    Refused(
        "a root has a legal entity of its own",
        ("update unit set is_entity_own = false where name = 'Fjord'",),
        "unit_root_entity",
    ),
    Refused(
        "a state that exists", ("update unit set state = 'gone' where name = 'Birch Lab'",), "unit_state_check"
    ),
    Refused(
        "R22 a price type that exists",
        ("update unit set price_type = 'x' where name = 'acme.example.com'",),
        "unit_price_type_check",
    ),
    Refused(
        "R73 only a customer is a customer organization",
        ("update unit set anchors = true where name = 'Birch Lab'",),
        "unit_anchor_kind",
    ),
    Refused(
        "R77 only a customer has a customer organization",
        (refer("Birch Lab", "acme.example.com"),),
        "unit_anchor_kind",
    ),
    Refused(
        "R76 only an active customer is chosen",
        ("update unit set state = 'archived', archived_at = now() where name = 'acme.example.com'", _REFER),
        "unit_anchor_active",
    ),
    Refused("R78 nobody refers to an organization", (refer("beta.example.org", "Alder"),), "unit_anchor"),
    Refused("R78 nor to itself", (refer("beta.example.org", "beta.example.org"),), "unit_anchor_in_use"),
    Refused(
        "R75 who refers is not referred to",
        (_REFER, refer("delta.example.org", "beta.example.org")),
        "unit_anchor_in_use",
    ),
    Refused(
        "R75 who is referred to does not refer",
        (_REFER, refer("acme.example.com", "delta.example.org")),
        "unit_anchor_chain",
    ),
    Refused(
        "R76 it stays one while referred to",
        (_REFER, "update unit set anchors = false where name = 'acme.example.com'"),
        "unit_anchor",
    ),
    Refused(
        "R82 it is chosen once",
        (_REFER, refer("beta.example.org", "delta.example.org")),
        "unit_anchor_permanent",
    ),
    Refused(
        "R82 nor is it given up",
        (_REFER, "update unit set anchor_id = null where name = 'beta.example.org'"),
        "unit_anchor_permanent",
    ),
    Refused(
        "R82 who is referred to is not removed",
        (_REFER, "delete from unit where name = 'acme.example.com'"),
        "unit_anchor",
    ),
    Refused(
        "R77 of the same hierarchy",
        (
            insert("Harbor", "customer", "lab.harbor.example.com"),
            refer("lab.harbor.example.com", "acme.example.com"),
        ),
        "unit_anchor_hierarchy",
    ),
    Refused(
        "a level is computed",
        ("update unit set depth = 2 where name = 'Alder'",),
        "can only be updated to DEFAULT",
    ),
    Refused(
        "what lists filter by is computed",
        ("update unit set facets = 0 where name = 'Alder'",),
        "can only be updated to DEFAULT",
    ),
)

OUT_OF_REACH: dict[str, LiteralString] = {
    "ancestors": "update unit set anc = '{1}' where name = 'Birch'",
    "depth": "update unit set parent_depth = 1 where name = 'Alder'",
    "kind": "update unit set kind = 'customer' where name = 'Birch Lab'",
    "hierarchy": "update unit set hierarchy_id = 2 where name = 'Alder'",
    "id": "update unit set public_id = gen_random_uuid() where name = 'Alder'",
    "reading the closure": "select * from unit_closure",
    "adding to the closure": "insert into unit_closure (anc, des, dist, name_key, also_key, facets)"
    " select 1, 1, 0, '', '', 0",
    "changing the closure": "update unit_closure set name_key = ''",
    "emptying the closure": "delete from unit_closure",
    "a scope": "insert into user_scope (actor_id, unit_id, entity_id, subtree, perms) select 1, 1, 1, true, 1",
    "more in a scope": "update user_scope set perms = 16383",
    "less in a scope": "delete from user_scope",
    "a hierarchy": "insert into hierarchy (name, currency, created_at) values ('Third', 'EUR', now())",
    "a hierarchy's end": "delete from hierarchy",
    "truncate": "truncate unit cascade",
    "triggers": "alter table unit disable trigger all",
    "replica": "set local session_replication_role = replica",
    "audit": "update audit_entry set operation = 'x'",
    "audit deletion": "delete from audit_entry",
    "operator": "update app_user set is_operator = true",
    "grant beyond one's own": "update access_grant set perms = 1::bigint << 40",
    "grant elsewhere": "update access_grant set unit_id = 1",
    "foreign unit": insert("Cedar", "organization", "Planted"),
    "foreign unit's name": "update unit set display_name = 'x' where name = 'Cedar'",
    "foreign unit's end": "delete from unit where name = 'delta.example.org'",
    "another's place": move("Alder", "Cedar"),
}
"""What nobody's role may do by SQL, whatever they may do by operations; or finds no row to do it to."""
