"""What a plan writes, except moves: thousands of rows in a statement, as the actor, under all policies and triggers.

Each unit made or changed gets an entry of its own in the audit trail, in the same transaction: callers collect what
to keep, and write it when all else is written, because the entries of a hierarchy wait for one another.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from underlet.foundation import audit
from underlet.foundation.clock import now
from underlet.foundation.database.constraints import refusal_of
from underlet.foundation.database.sql import execute, rows
from underlet.kernel.naming import name_key, search_key
from underlet.kernel.price_type import PriceType
from underlet.organization.bulk.columns import LEGAL, LEGAL_FIELDS, UNIT_TEXTS
from underlet.organization.bulk.items import Item
from underlet.organization.bulk.known import Known, chunks
from underlet.organization.bulk.lines import Problem, refused
from underlet.organization.models import Unit

OPERATION = "structure.import"
"""Under which the audit trail keeps each unit."""
MOST_FOUND = 100
"""Lines that the database refuses are looked for until so many are found."""
_MADE_AT_ONCE = 500
_NO_ENTITY = dict.fromkeys(LEGAL_FIELDS, "")


def create_units(
    subject: Unit, items: Sequence[Item], told: Callable[[int], None], trail: list[audit.Change]
) -> list[Problem]:
    """Make new units and tell each item its id; those below units that were refused are left out.

    told: how many more are done. trail: gets what was done. Returns the lines that the database refused.
    """
    at = now()
    problems: list[Problem] = []
    for chunk in chunks(items, _MADE_AT_ONCE):
        # Plans of foreign keys, made while the tables were small, would read all units for each new one.
        execute("discard plans")
        ready = [one for one in chunk if not isinstance(one.parent, Item) or one.parent.id]
        problems += _all_but_refused(ready, lambda some: _insert(subject, some, at))
        trail += [(one.id, {}, {"name": one.name, "kind": one.kind.value, **said(one)}) for one in ready if one.id]
        told(len(chunk))
        if len(problems) >= MOST_FOUND:
            break
    return problems


def change_units(
    subject: Unit, items: Sequence[Item], told: Callable[[int], None], trail: list[audit.Change]
) -> list[Problem]:
    """Give existing units their new values, but for customer organizations (`refer_units`).

    told: how many more are done. trail: gets what was done. Returns the lines that the database refused.
    """
    problems: list[Problem] = []
    for chunk in chunks(items):
        problems += _all_but_refused(chunk, lambda some: _update(subject, some))
        trail += [(one.known.id, before(one, one.known), said(one)) for one in chunk if one.known]
        told(len(chunk))
        if len(problems) >= MOST_FOUND:
            break
    return problems


def refer_units(items: Sequence[Item]) -> list[Problem]:
    """Let customers refer to their customer organizations, all of which exist by now (R77)."""
    ready = [one for one in items if id_of(one) and one.anchor and id_of(one.anchor)]
    problems: list[Problem] = []
    for chunk in chunks(ready):
        problems += _all_but_refused(chunk, _refer)
    return problems


def said(item: Item) -> dict[str, Any]:
    """What a line gives its unit, by column."""
    given = {**item.unit, **{LEGAL + field: value for field, value in item.entity.items()}}
    if item.anchor is not None:
        given["customer_organization"] = item.anchor.name
    if item.becomes_own:
        given["own_legal_entity"] = True
    return given


def before(item: Item, known: Known) -> dict[str, Any]:
    """What an existing unit had in the columns that change."""
    found: dict[str, Any] = {}
    for column in said(item):
        if column.startswith(LEGAL):
            found[column] = known.entity[column.removeprefix(LEGAL)]
        elif column in known.texts:
            found[column] = known.texts[column]
        elif column in ("name", "price_type"):
            found[column] = getattr(known, column)
        else:
            found[column] = False if column == "own_legal_entity" else ""
    return found


def id_of(one: Known | Item) -> int:
    """The id of a unit; of a new one 0 until it is made."""
    return one.known.id if isinstance(one, Item) and one.known else one.id


def _all_but_refused(items: Sequence[Item], write: Callable[[Sequence[Item]], None]) -> list[Problem]:
    """Write all of them; where the database refuses, each half by itself, down to the lines that are to blame."""
    if not items:
        return []
    try:
        with transaction.atomic():
            write(items)
    except IntegrityError as error:
        if len(items) > 1:
            middle = len(items) // 2
            first = _all_but_refused(items[:middle], write)
            return first if len(first) >= MOST_FOUND else first + _all_but_refused(items[middle:], write)
        refusal = refusal_of(error)
        if refusal is None:
            raise
        [item] = items
        item.id = 0
        return [refused(item.line.number, refusal, value=item.name)]
    return []


def _insert(subject: Unit, items: Sequence[Item], at: datetime) -> None:
    owners = [one for one in items if one.is_own]
    entity_ids = dict(zip(owners, _new_entities(subject, owners), strict=True))
    units = [
        {
            "hierarchy_id": subject.hierarchy_id,
            "parent_id": id_of(item.parent) if item.parent else None,
            "kind": item.kind.value,
            "name": item.name,
            "name_key": item.key,
            **dict.fromkeys(UNIT_TEXTS, ""),
            "price_type": PriceType.SELLER_SET_ONLY,
            **item.unit,
            "also_key": _also(item.unit),
            "state": item.line.unit.get("state", "active"),
            "entity_id": entity_ids.get(item),
            "is_entity_own": item.is_own,
            "created_at": at.isoformat(),
        }
        for item in items
    ]
    made = dict(
        rows(
            "insert into unit (hierarchy_id, parent_id, kind, name, name_key, also_key, display_name,"
            " organization_number, time_zone, code, price_type, state, entity_id, is_entity_own, created_at)"
            " select hierarchy_id, parent_id, kind, name, name_key, also_key, display_name, organization_number,"
            " time_zone, code, price_type, state, entity_id, is_entity_own, created_at"
            " from jsonb_populate_recordset(null::unit, %s) returning name_key, id",
            [json.dumps(units)],
        )
    )
    for item in items:
        item.id = made[item.key]


def _also(texts: Mapping[str, str]) -> str:
    return search_key(*(texts.get(name, "") for name in ("display_name", "code", "organization_number")))


def _new_entities(subject: Unit, items: Sequence[Item]) -> list[int]:
    """Insert legal entities for units that get one of their own; language and country are those of the one above."""
    if not items:
        return []
    ids = [
        id_
        for (id_,) in rows(
            "select nextval(pg_get_serial_sequence('legal_entity', 'id')) from generate_series(1, %s)",
            [len(items)],
        )
    ]
    entities = []
    for id_, item in zip(ids, items, strict=True):
        like = _entity_of(item.known or item.parent)
        name = (item.known.texts if item.known else item.unit).get("display_name") or item.name
        given = {
            **_NO_ENTITY,
            "country": like["country"],
            "language": like["language"],
            "name": name,
            **item.entity,
        }
        entities.append({"id": id_, "hierarchy_id": subject.hierarchy_id, **given})
    execute(
        "insert into legal_entity (id, hierarchy_id, name, street, postal_code, city, country, organization_number,"
        " vat_id, email, phone, bank_name, iban, bic, language, address_line_2, region, tax_number,"
        " electronic_address, electronic_address_scheme)"
        " select id, hierarchy_id, name, street, postal_code, city, country, organization_number, vat_id, email,"
        " phone, bank_name, iban, bic, language, address_line_2, region, tax_number, electronic_address,"
        " electronic_address_scheme from jsonb_populate_recordset(null::legal_entity, %s)",
        [json.dumps(entities)],
    )
    return ids


def _entity_of(place: Known | Item | None) -> Mapping[str, str]:
    """Country and language of the legal entity at a place, as it was or as the file makes it."""
    found: dict[str, str] = {}
    while isinstance(place, Item) and place.known is None:
        if place.is_own:
            found = {**place.entity, **found}
        place = place.parent
    known = place.known if isinstance(place, Item) else place
    return {**known.entity, **found} if known else {**_NO_ENTITY, **found}


def _update(subject: Unit, items: Sequence[Item]) -> None:
    renewed = [one for one in items if one.becomes_own]
    entity_ids = dict(zip(renewed, _new_entities(subject, renewed), strict=True))
    units, entities = [], []
    for item in items:
        known = item.known
        assert known is not None
        texts = {**known.texts, "name": known.name, "price_type": known.price_type, **item.unit}
        units.append(
            {
                "id": known.id, **texts, "name_key": name_key(texts["name"]), "also_key": _also(texts),
                "entity_id": entity_ids.get(item, known.entity_id),
                "is_entity_own": known.is_entity_own or item.becomes_own,
            }
        )  # fmt: skip
        if item.entity and not item.becomes_own:
            entities.append({"id": known.entity_id, **known.entity, **item.entity})
    execute(
        "update unit u set name = x.name, name_key = x.name_key, also_key = x.also_key,"
        " display_name = x.display_name, organization_number = x.organization_number, time_zone = x.time_zone,"
        " code = x.code, price_type = x.price_type, entity_id = x.entity_id, is_entity_own = x.is_entity_own,"
        " version = u.version + 1 from jsonb_populate_recordset(null::unit, %s) x where u.id = x.id",
        [json.dumps(units)],
    )
    if entities:
        execute(
            "update legal_entity e set name = x.name, street = x.street, postal_code = x.postal_code, city = x.city,"
            " country = x.country, organization_number = x.organization_number, vat_id = x.vat_id, email = x.email,"
            " phone = x.phone, bank_name = x.bank_name, iban = x.iban, bic = x.bic, language = x.language,"
            " address_line_2 = x.address_line_2, region = x.region, tax_number = x.tax_number,"
            " electronic_address = x.electronic_address, electronic_address_scheme = x.electronic_address_scheme"
            " from jsonb_populate_recordset(null::legal_entity, %s) x where e.id = x.id",
            [json.dumps(entities)],
        )


def _refer(items: Sequence[Item]) -> None:
    chosen = [{"id": id_of(item), "anchor_id": id_of(item.anchor)} for item in items if item.anchor]
    execute(
        "update unit u set anchor_id = x.anchor_id from jsonb_populate_recordset(null::unit, %s) x where u.id = x.id",
        [json.dumps(chosen)],
    )
