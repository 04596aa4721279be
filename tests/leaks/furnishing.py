"""A random world in which more can be had: for the table of non-vacuity alone (`filling.py`).

One more person of every role at the root, keys without limits, and for each of them what people make for themselves:
uploads, jobs, keys, checks of structure files. What hangs on units stands at the root as well, and at a customer.
"""

from datetime import date, timedelta
from typing import Any

from tests.leaks.frame import CHANGED_AT, IMPORT, MADE_AT, NOW, World
from tests.leaks.persons import _EVERYTHING, _grant, _key, _named, _person
from tests.leaks.structures import _unit, units
from tests.leaks.worlds import ROLES, Row

FURNISHED = " everywhere"
"""How the names of the people end that are here for the table alone."""


def furnish(world: World) -> None:
    """Add to a world that is made and not yet in the database."""
    big, _ = world.rows["hierarchy"]
    root = units(world, big, parent_id=None)[0]
    anchor = units(world, big, anchors=True)[0]
    customer = units(world, big, state="active", anchor_id=anchor["id"])[0]
    for kind in ("organization", "customer"):
        _unit(world, big, root, kind, own_entity=False)
    archived = _unit(world, big, root, "customer", own_entity=False, state="archived")
    world.past["unit", archived["id"]] = {"state": "active", "archived_at": None}
    people = _people(world, big, root)
    for person in [*people, world.people["all customers"], *list(world.secrets)[-1:]]:
        _belongings(world, person, root)
    guest = _person(world, "guest", last_login=None)
    for unit in (root, customer):
        _at(world, unit, guest)
    # Somebody whom an administrator of all customers may ask in again.
    _grant(world, _person(world, "guest of a customer", last_login=None), customer, "customer_viewer")
    _named(world, "unit_group", _leaf(world, big), hierarchy_id=big["id"], rule=None)
    _ceiling(world, customer)
    _fees(world)
    movable = [
        one
        for one in units(world, big, kind="customer", state="active")
        if one["anchor_id"] is None and not one["anchors"]
    ]
    waiting = {one["unit_id"] for one in world.rows["scheduled_move"]}
    unit = next(one for one in movable if one["id"] not in waiting)
    world.add(
        "scheduled_move",
        hierarchy_id=big["id"],
        unit_id=unit["id"],
        actor_id=world.people["owner at the top"],
        state="pending",
        parent_id=root["id"] if unit["parent_id"] != root["id"] else _leaf(world, big)["id"],
        effective_on=date(2026, 6, 10),
        created_at=CHANGED_AT,
    )


def _fees(world: World) -> None:
    """A fee of nothing on each invoice: explaining it needs no files of a run, and sums stay as they are."""
    fee = {"label": "Fee", "monthly": "0", "days": "30", "of_days": "30"}
    for invoice in world.rows["invoice"]:
        world.add(
            "invoice_line", False, invoice_id=invoice["id"], position=2, kind="fee", text=..., sub_account=None,
            rule_id=None, exact=0, net=0, vat_category="Z", vat_rate="0", key=fee,
        )  # fmt: skip


def _people(world: World, big: Row, root: Row) -> list[int]:
    found = []
    for role in ROLES:
        found.append(_person(world, role + FURNISHED))
        _grant(world, found[-1], root, role)
    own = next(one for one in world.rows["role"] if one["unit_id"] == root["id"])
    kept = next(one for one in world.rows["unit_group"] if one["unit_id"] == root["id"])
    found.append(_person(world, "own role" + FURNISHED))
    _grant(world, found[-1], root, "", own_role=own)
    _grant(world, found[-1], root, "", "group", own_role=own, group_id=kept["id"])
    found.append(_person(world, "operator" + FURNISHED, is_operator=True))
    _grant(world, found[-1], root, "owner")
    found.append(_person(world, "alone" + FURNISHED))
    parents = {one["parent_id"] for one in world.rows["unit"]}
    for unit in units(world, big):
        if unit is root or unit["id"] not in parents:
            _grant(world, found[-1], unit, "owner", "unit")
    _key(world, "owner" + FURNISHED)
    return [one["id"] for one in found]


def _leaf(world: World, big: Row) -> Row:
    """An organization with nothing below it."""
    parents = {one["parent_id"] for one in world.rows["unit"]}
    return next(one for one in units(world, big, kind="organization", state="active") if one["id"] not in parents)


def _belongings(world: World, actor: int, root: Row) -> None:
    is_person = world.has("app_user", actor)
    content = f"name,kind\n{world.coming('upload', 'content')},organization\n".encode()
    world.add("upload", actor_id=actor, sha256=world.blob(content), name=..., bytes=len(content), at=MADE_AT)
    world.add(
        "job", actor_id=actor, unit_id=None, name="import.load", arguments={"x": 1}, state="done", done=1, total=1,
        message=..., attempts=1, created_at=MADE_AT, finished_at=MADE_AT,
    )  # fmt: skip
    world.add(
        "structure_import", hierarchy_id=root["hierarchy_id"], unit_id=root["id"], actor_id=actor, job_id=None,
        upload_id="00000000-0000-0000-0000-000000000007", name=..., sha256=..., is_dry_run=True, state="checked",
        created=1, changed=1, fields={"code": 1}, created_at=MADE_AT, finished_at=MADE_AT,
    )  # fmt: skip
    if not is_person:
        return
    name = next(name for name, id_ in world.people.items() if id_ == actor)
    _key(world, name)
    id_ = world.next_id("api_token")  # actors share their numbers
    other = world.people["viewer at the top"]
    world.add(
        "acting_session", id_=id_, hierarchy_id=root["hierarchy_id"], unit_id=root["id"], viewer_id=actor,
        viewer_name=world.get("app_user", actor)["name"], person_id=other,
        person_name=world.get("app_user", other)["name"], mode="view", reason=...,
        starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=2, minutes=-20),
        ended_at=NOW - timedelta(days=2, minutes=-10),
    )  # fmt: skip


def _at(world: World, unit: Row, guest: Row) -> None:
    """What hangs on a unit."""
    world.add(
        "identity_provider", unit_id=unit["id"], kind="openid_connect", name=..., client_id=..., client_secret=...,
        created_at=MADE_AT, issuer=f"https://{world.coming('identity_provider', 'issuer')}.example",
    )  # fmt: skip
    _named(world, "role", unit, perms=ROLES["customer_viewer"])
    _token(world, unit)
    common: dict[str, Any] = {"unit_id": unit["id"], "created_at": MADE_AT, "updated_at": MADE_AT}
    if not any(one["unit_id"] == unit["id"] for one in world.rows["directory"]):
        world.rows["directory"].append(
            {"unit_id": unit["id"], "last_call_at": MADE_AT, "last_error": "", "last_error_at": MADE_AT}
        )
    person = world.people["customer_viewer" + FURNISHED]
    entry = world.add(
        "directory_user", user_id=person, is_maker=False, external_id=..., user_name=..., display_name=...,
        email=..., **common,
    )  # fmt: skip
    entry["user_name_key"] = entry["user_name"]
    group = world.add("directory_group", external_id=..., display_name=..., **common)
    group["display_name_key"] = group["display_name"]
    _grant(world, guest, unit, "customer_viewer", "unit")
    for scope in ("unit", "subtree"):
        _grant(world, world.get("app_user", world.people["support at the top"]), unit, "customer_viewer", scope)
    id_ = world.next_id("audit_entry")
    told = {name: {"x": world.text("audit_entry", id_, name)} for name in ("input", "before", "after")}
    world.add(
        "audit_entry", id_=id_, hierarchy_id=unit["hierarchy_id"], unit_id=unit["id"],
        actor_id=world.people["owner at the top"], operation="unit.update", subject_id=unit["public_id"],
        at=CHANGED_AT, **told,
    )  # fmt: skip


def _token(world: World, unit: Row) -> None:
    """A key of an administrator's that is bound to the unit."""
    _key(world, "administrator at the top", unit_id=unit["id"])


def _ceiling(world: World, unit: Row) -> None:
    if not any(one["unit_id"] == unit["id"] for one in world.rows["unit_ceiling"]):
        world.rows["unit_ceiling"].append({"unit_id": unit["id"], "perms": _EVERYTHING & ~IMPORT})


__all__ = ["FURNISHED", "furnish"]
