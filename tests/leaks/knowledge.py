"""Who may meet which row, and which field of it, in an answer: by the specification, table by table.

A table without an entry here fails `test_worlds.py`: say who may know its rows, or that nobody meets them.
"""

from collections.abc import Callable

from tests.leaks.specification import Specification
from tests.leaks.worlds import (
    AUDIT_READ,
    BILLING_RUN,
    COST_READ,
    ENVIRONMENT_EDIT,
    FIGURES,
    IMPORT,
    NOW,
    PRICES,
    READ,
    SIGN_IN_EDIT,
    TOKEN_EDIT,
    USER_EDIT,
    VIEW_AS,
    Mark,
    Row,
)

Rule = Callable[[Specification, int, Row], bool]


def person_of(specification: Specification, actor: int) -> int:
    """The person behind an actor."""
    world = specification.world
    return actor if world.has("app_user", actor) else int(world.get("api_token", actor)["user_id"])


def is_operator(specification: Specification, actor: int) -> bool:
    """The person who runs the installation; not their keys."""
    world = specification.world
    return world.has("app_user", actor) and bool(world.get("app_user", actor)["is_operator"])


def _nobody(specification: Specification, actor: int, row: Row) -> bool:
    return False


def _own(specification: Specification, actor: int, row: Row) -> bool:
    """Actors keep what they made to themselves; a key's is not its owner's."""
    return bool(row["actor_id"] == actor)


def _unit(specification: Specification, actor: int, row: Row) -> bool:
    return specification.sees(actor, row["id"])


def _on_unit(specification: Specification, actor: int, row: Row) -> bool:
    return specification.sees(actor, row["unit_id"])


def _holding(bits: int) -> Rule:
    return lambda specification, actor, row: specification.can(actor, bits, row["unit_id"])


def _edge(state: str) -> Rule:
    """Its seller, and in this state its buyer."""
    return lambda specification, actor, row: (
        specification.sells(actor, row) or (row["state"] == state and specification.buys(actor, row))
    )


contract, invoice = _edge("active"), _edge("issued")


def _hierarchy(specification: Specification, actor: int, row: Row) -> bool:
    roots = [one for one in specification.world.rows["unit"] if not one["parent_id"]]
    return any(specification.sees(actor, one["id"]) for one in roots if one["hierarchy_id"] == row["id"])


def _legal_entity(specification: Specification, actor: int, row: Row) -> bool:
    acting = any(one.entity == row["id"] for one in specification.reaches(actor))
    return acting or any(
        one["entity_id"] == row["id"] and specification.sees(actor, one["id"])
        for one in specification.world.rows["unit"]
    )


def _entity_name(specification: Specification, actor: int, row: Row) -> bool:
    """Its name stands in contracts and on invoices, which both parties read."""
    world = specification.world
    return _legal_entity(specification, actor, row) or any(
        row["id"] in (one["seller_entity_id"], one["buyer_entity_id"]) and rule(specification, actor, one)
        for table, rule in (("contract", contract), ("invoice", invoice))
        for one in world.rows[table]
    )


def user(specification: Specification, actor: int, row: Row) -> bool:
    """Themselves; and who administers users, or views as others, where one of their grants lies or opens, or above."""
    world = specification.world
    if person_of(specification, actor) == row["id"]:
        return True
    return any(
        specification.sees(actor, place)
        and any(
            specification.can(actor, bits, above)
            for above in specification.above[place]
            for bits in (USER_EDIT, VIEW_AS)
        )
        for grant in world.rows["access_grant"]
        if grant["user_id"] == row["id"]
        for place in places_of(specification, grant)
    )


def places_of(specification: Specification, grant: Row) -> list[int]:
    """Where a grant lies, and what it opens."""
    world = specification.world
    places = [grant["unit_id"]]
    if grant["scope"] == "customers":
        places += [one["id"] for one in world.rows["unit"] if one["anchor_id"] == grant["unit_id"]]
    if grant["scope"] == "group":
        places += [one["unit_id"] for one in world.rows["group_member"] if one["group_id"] == grant["group_id"]]
    return places


def _grant(specification: Specification, actor: int, row: Row) -> bool:
    return person_of(specification, actor) == row["user_id"] or user(
        specification, actor, specification.world.get("app_user", row["user_id"])
    )


def _key(specification: Specification, actor: int, row: Row) -> bool:
    """Its owner, itself, and who administers the keys of the unit that it is bound to."""
    return actor in (row["user_id"], row["id"]) or specification.can(actor, TOKEN_EDIT, row["unit_id"])


def _group(specification: Specification, actor: int, row: Row) -> bool:
    """Who sees its unit, and who looks after it."""
    looks_after = any(
        one["group_id"] == row["id"] and one["user_id"] == person_of(specification, actor)
        for one in specification.world.rows["access_grant"]
    )
    return looks_after or _on_unit(specification, actor, row)


def _looks_after_now(specification: Specification, actor: int, row: Row) -> bool:
    """By a grant that is neither suspended nor over; one's own ended grants still name the group."""
    return any(
        one["group_id"] == row["id"]
        and one["user_id"] == person_of(specification, actor)
        and not one["suspended_at"]
        and (one["expires_at"] or NOW) >= NOW
        for one in specification.world.rows["access_grant"]
    )


def owners(specification: Specification, sub_account: Row) -> list[int]:
    """The units that own a sub-account on some day."""
    rows = specification.world.rows["assignment"]
    return [one["unit_id"] for one in rows if one["sub_account_id"] == sub_account["id"]]


def _sub_account(specification: Specification, actor: int, row: Row) -> bool:
    return _on_unit(specification, actor, row) or any(
        specification.sees(actor, owner) for owner in owners(specification, row)
    )


def _account_id(specification: Specification, actor: int, row: Row) -> bool:
    subs = specification.world.rows["sub_account"]
    return any(one["account_id"] == row["id"] and _sub_account(specification, actor, one) for one in subs)


def _version(specification: Specification, actor: int, row: Row) -> bool:
    return contract(specification, actor, specification.world.get("contract", row["contract_id"]))


def _version_of(row: Row, specification: Specification) -> Row:
    return specification.world.get("contract_version", row["version_id"])


def _term(specification: Specification, actor: int, row: Row) -> bool:
    return _version(specification, actor, _version_of(row, specification))


def _seller_of_version(specification: Specification, actor: int, row: Row) -> bool:
    return specification.sells(actor, specification.world.get("contract", row["contract_id"]))


def _seller_of_term(specification: Specification, actor: int, row: Row) -> bool:
    return _seller_of_version(specification, actor, _version_of(row, specification))


def _label(specification: Specification, actor: int, row: Row) -> bool:
    """A removed charge is not there for the buyer (I6), so its rule is not either."""
    return (_seller_of_term if row["verb"] == "remove" else _term)(specification, actor, row)


def _charge_line(specification: Specification, actor: int, row: Row) -> bool:
    """As the month's invoice: its buyer reads it once that is issued."""
    world = specification.world
    version = world.get("contract_version", row["version_id"])
    return any(
        invoice(specification, actor, one)
        for one in world.rows["invoice"]
        if one["run_id"] == row["run_id"] and one["contract_id"] == version["contract_id"]
    )


def _charge_cost(specification: Specification, actor: int, row: Row) -> bool:
    """Of what the root pays, only whom a role reaches the root by."""
    line = specification.world.get("charge_line", row["charge_line_id"])
    return specification.sells(actor, line, FIGURES, at_seller=line["edge"] == 1)


def _of(table: str, column: str, rule: Rule) -> Rule:
    """As the row that this one belongs to."""
    return lambda specification, actor, row: rule(
        specification, actor, specification.world.get(table, row[column])
    )


def _brand(specification: Specification, actor: int, row: Row) -> bool:
    """Whoever sees a unit that wears it: the unit's own, or one below."""
    return any(
        row["unit_id"] in way and specification.sees(actor, unit) for unit, way in specification.above.items()
    )


def _move(specification: Specification, actor: int, row: Row) -> bool:
    """Who sees the unit, and where it is to go unless it was their own doing."""
    knows = row["actor_id"] == actor or specification.sees(actor, row["parent_id"])
    return specification.sees(actor, row["unit_id"]) and knows


def _import(specification: Specification, actor: int, row: Row) -> bool:
    return _own(specification, actor, row) and _on_unit(specification, actor, row)


def _audit(specification: Specification, actor: int, row: Row) -> bool:
    return specification.can(actor, AUDIT_READ, row["unit_id"])


def _administers(specification: Specification, actor: int, row: Row) -> bool:
    return specification.can(actor, USER_EDIT, row["unit_id"])


def _role(specification: Specification, actor: int, row: Row) -> bool:
    """Who sees its unit, who administers users below it, whoever has it, and who may see a grant of it."""
    below = [unit for unit, way in specification.above.items() if row["unit_id"] in way]
    administers = any(specification.can(actor, READ | USER_EDIT, unit) for unit in below)
    return (
        administers
        or _on_unit(specification, actor, row)
        or any(
            _grant(specification, actor, one)
            for one in specification.world.rows["access_grant"]
            if one["role_id"] == row["id"]
        )
    )


def _acting(specification: Specification, actor: int, row: Row) -> bool:
    """Both who are in it, and who reads the unit's audit trail."""
    person = person_of(specification, actor)
    return person in (row["viewer_id"], row["person_id"]) or _audit(specification, actor, row)


def _operator(specification: Specification, actor: int, row: Row) -> bool:
    return is_operator(specification, actor)


_run = _holding(BILLING_RUN)
_usage = _holding(IMPORT)
RULES: dict[str, Rule] = {
    "hierarchy": _hierarchy,
    "legal_entity": _legal_entity,
    "unit": _unit,
    "app_user": user,
    "access_grant": _grant,
    "api_token": _key,
    "role": _role,
    "unit_group": _group,
    "group_member": lambda specification, actor, row: _on_unit(specification, actor, row),
    "unit_ceiling": _on_unit,
    "account": _account_id,
    "sub_account": _sub_account,
    "assignment": _on_unit,
    "contract": contract,
    "contract_version": _version,
    "price_rule": _term,
    "recurring_fee": _term,
    "usage_import": _usage,
    "usage_snapshot": _of("usage_import", "import_id", _usage),
    "usage_file": _nobody,
    "usage_total": _of("usage_import", "import_id", _usage),
    "exchange_rate": _holding(COST_READ),
    "billing_run": _run,
    "provider_cost": _holding(FIGURES),
    "charge_line": _charge_line,
    "charge_cost": _charge_cost,
    "invoice": invoice,
    "invoice_line": _of("invoice", "invoice_id", invoice),
    "invoice_document": _of("invoice", "invoice_id", invoice),
    "invoice_counter": lambda specification, actor, row: specification.can(actor, PRICES, row["seller_id"]),
    "brand": _brand,
    "environment": _on_unit,
    "provisioning_hook": _holding(ENVIRONMENT_EDIT),
    "scheduled_move": _move,
    "structure_import": _import,
    "structure_finding": _of("structure_import", "import_id", _import),
    "audit_entry": _audit,
    "job": _own,
    "upload": _own,
    "idempotency_key": _own,
    "refusal_count": lambda specification, actor, row: person_of(specification, actor) == row["person_id"],
    "reserved_name": _operator,
    "identity_provider": lambda specification, actor, row: specification.can_below(
        actor, READ | SIGN_IN_EDIT, row["unit_id"]
    ),
    "sign_in_policy": _on_unit,
    "directory": _administers,
    "directory_user": _administers,
    "directory_group": _administers,
    "directory_member": _administers,
    "directory_mapping": _administers,
    "acting_session": _acting,
    "address_refusal_count": _nobody,
}
"""Who may know that a row exists."""

FIELDS: dict[tuple[str, str], Rule] = {
    ("legal_entity", "name"): _entity_name,
    ("app_user", "name"): lambda specification, actor, row: (
        user(specification, actor, row)
        or any(
            row["id"] in (one["viewer_id"], one["person_id"]) and _acting(specification, actor, one)
            for one in specification.world.rows["acting_session"]
        )
    ),
    ("app_user", "password"): _nobody,
    ("api_token", "secret"): _nobody,
    ("account", "external_id"): _on_unit,
    ("account", "name"): _on_unit,
    ("contract_version", "rates"): _seller_of_version,
    ("price_rule", "percent"): _seller_of_term,
    ("price_rule", "label"): _label,
    ("usage_import", "content_sha256"): _nobody,
    ("invoice", "snapshot"): _nobody,
    ("invoice", "snapshot_sha256"): _nobody,
    ("brand", "logo_sha256"): _nobody,
    ("provisioning_hook", "salt"): _nobody,
    ("upload", "content"): _nobody,
    ("idempotency_key", "key"): _nobody,
    ("identity_provider", "name"): lambda *_: True,  # a button for strangers, at the host of its unit
    ("identity_provider", "client_secret"): _nobody,
}
"""Fields that fewer may know than the row, or others."""


def may_know(specification: Specification, actor: int, mark: Mark) -> bool:
    """Whether an answer to this actor may hold the field."""
    rule = FIELDS.get((mark.table, mark.column)) or RULES[mark.table]
    world = specification.world
    if mark.table in _WITHOUT_ID:
        rows = [
            row for row in world.rows.get(mark.table, ()) if row.get(_WITHOUT_ID[mark.table], mark.id) == mark.id
        ]
        return any(rule(specification, actor, row) for row in rows)
    if not world.has(mark.table, mark.id):
        return _removed(specification, actor, mark)
    return rule(specification, actor, world.get(mark.table, mark.id))


_WITHOUT_ID = {
    "usage_total": "import_id",
    "idempotency_key": "actor_id",
    "reserved_name": "-",
    "directory": "unit_id",
}
"""Tables without a number of their own -> the column by which a mark finds the row."""


def _removed(specification: Specification, actor: int, mark: Mark) -> bool:
    """A unit that is gone shows to those who see what is above its last place."""
    for unit in specification.world.gone:
        if mark.table == "unit" and unit["id"] == mark.id:
            return any(
                one.below and specification.in_reach(one, unit["parent_id"]) and one.perms & 1
                for one in specification.reaches(actor)
            )
    return False


def _audit_at_an_end(specification: Specification, actor: int, row: Row) -> bool:
    """What may be about an edge only while acting for the unit's legal entity."""
    of_unit = row["operation"].split(".")[0] in (
        "unit",
        "legal_entity",
        "user",
        "grant",
        "brand",
        "environment",
        "structure",
    )
    entity = specification.world.get("unit", row["unit_id"])["entity_id"]
    return _audit(specification, actor, row) and (
        of_unit or specification.acts(actor, row["unit_id"], entity, AUDIT_READ)
    )


def reached(specification: Specification, actor: int, table: str, row: Row) -> bool:
    """Whether an actor may reach the object by its id: as who may know it, or narrower."""
    if table == "api_token":
        return bool(row["user_id"] == actor)
    if table in ("access_grant", "role"):
        return _on_unit(specification, actor, row)
    if table == "unit_group":
        return _group(specification, actor, row) and (
            _on_unit(specification, actor, row) or _looks_after_now(specification, actor, row)
        )
    if table == "audit_entry":
        return _audit_at_an_end(specification, actor, row)
    if table == "environment":
        return specification.can(actor, ENVIRONMENT_EDIT, row["unit_id"])
    return RULES[table](specification, actor, row)


__all__ = ["FIELDS", "RULES", "may_know", "person_of", "places_of", "reached", "user"]
