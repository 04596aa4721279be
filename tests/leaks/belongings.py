"""What hangs on the units and people of a random world."""

import random
from datetime import date, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from tests.leaks.frame import _PNG, CHANGED_AT, MADE_AT, NOW, Mark, Row, World
from tests.leaks.structures import units


def make_belongings(world: World, rng: random.Random) -> None:
    live = [one for one in world.rows["unit"] if one["state"] == "active"]
    everyone = [row["id"] for row in world.rows["app_user"]]
    for hierarchy in world.rows["hierarchy"]:
        root = units(world, hierarchy, parent_id=None)[0]
        seller = world.get("unit", units(world, hierarchy, anchors=True)[0]["parent_id"])
        customers = list(units(world, hierarchy, parent_id=seller["id"], kind="customer", state="active"))
        for unit in {one["id"]: one for one in (root, seller, rng.choice(live), rng.choice(live))}.values():
            if not any(one["unit_id"] == unit["id"] for one in world.rows.get("brand", ())):
                _brand(world, unit)
        for unit in (seller, customers[1]):
            world.add(
                "provisioning_hook",
                False,
                unit_id=unit["id"],
                url=f"https://hooks.example/{world.coming('provisioning_hook', 'url')}",
                salt=world.coming("provisioning_hook", "salt") + "-" * 22,
                changed_at=MADE_AT,
            )
        free = [one for one in customers if ("unit", one["id"]) not in world.past]  # a name is frozen with it
        for unit, state in zip(free, ("provisioned", "failed", "provisioning"), strict=False):
            _environment(world, unit, state)
        _move(world, rng, hierarchy)
        _structure_import(world, seller, rng.choice(everyone))
        _structure_import(world, seller, world.people["administrator at the top"])
    for unit in rng.sample(live, 8):
        for operation in ("unit.update", "contract.revise"):
            id_ = world.next_id("audit_entry")
            told = {name: world.text("audit_entry", id_, name) for name in ("input", "before", "after")}
            world.add(
                "audit_entry",
                id_=id_,
                hierarchy_id=unit["hierarchy_id"],
                unit_id=unit["id"],
                actor_id=rng.choice(everyone),
                operation=operation,
                subject_id=unit["public_id"],
                input={"x": told["input"]},
                before={"x": told["before"]},
                after={"x": told["after"]},
                at=CHANGED_AT,
            )
    _access(world)
    for person in everyone:
        if rng.random() < 0.5:
            world.add(
                "job",
                actor_id=person,
                unit_id=None,
                name="import.load",
                arguments={"x": 1},
                state="done",
                done=1,
                total=1,
                message=...,
                attempts=1,
                created_at=MADE_AT,
                finished_at=MADE_AT,
            )
        if rng.random() < 0.4:
            content = f"name,kind\n{world.coming('upload', 'content')},organization\n".encode()
            world.add(
                "upload", actor_id=person, sha256=world.blob(content), name=..., bytes=len(content), at=MADE_AT
            )
        if rng.random() < 0.3:
            world.rows.setdefault("idempotency_key", []).append(
                {
                    "actor_id": person,
                    "key": world.text("idempotency_key", person, "key"),
                    "digest": "x",
                    "body": {"x": world.text("idempotency_key", person, "body")},
                    "at": MADE_AT,
                }
            )
    world.rows.setdefault("refusal_count", []).append(
        {"person_id": everyone[-1], "name": "invite", "since": MADE_AT, "count": 1}
    )
    name = f"{world.text('reserved_name', 1, 'name')}.example.net"
    world.rows["reserved_name"] = [{"name_key": name, "name": name, "reserved_at": MADE_AT}]


def _access(world: World) -> None:
    """Providers of sign-in, directories, and who views as whom: at a seller, and where nobody else looks."""
    big, small = world.rows["hierarchy"]
    seller = world.get("unit", units(world, big, anchors=True)[0]["parent_id"])
    for unit in (seller, units(world, small, parent_id=None)[0]):
        world.add(
            "identity_provider",
            unit_id=unit["id"],
            kind="openid_connect",
            name=...,
            client_id=...,
            client_secret=...,
            created_at=MADE_AT,
            issuer=f"https://{world.coming('identity_provider', 'issuer')}.example",
        )
        world.rows.setdefault("sign_in_policy", []).append(
            {"unit_id": unit["id"], "requires_second_factor": False}
        )
        world.rows.setdefault("directory", []).append(
            {
                "unit_id": unit["id"],
                "last_call_at": MADE_AT,
                "last_error": world.text("directory", unit["id"], "last_error"),
                "last_error_at": MADE_AT,
            }
        )
        person = world.people["viewer at the top" if unit is seller else "operator"]
        entry = world.add(
            "directory_user",
            unit_id=unit["id"],
            user_id=person,
            is_maker=False,
            external_id=...,
            user_name=...,
            display_name=...,
            email=...,
            created_at=MADE_AT,
            updated_at=MADE_AT,
        )
        entry["user_name_key"] = entry["user_name"]
        group = world.add(
            "directory_group",
            unit_id=unit["id"],
            external_id=...,
            display_name=...,
            created_at=MADE_AT,
            updated_at=MADE_AT,
        )
        group["display_name_key"] = group["display_name"]
        world.rows.setdefault("directory_member", []).append(
            {"group_id": group["id"], "entry_id": entry["id"], "unit_id": unit["id"]}
        )
        world.rows.setdefault("directory_mapping", []).append(
            {
                "group_id": group["id"],
                "unit_id": unit["id"],
                "role": "viewer",
                "role_id": None,
                "unit_group_id": None,
            }
        )
    for viewer, viewed in (
        ("support at the top", "customer_viewer at the top"),
        ("owner at the top", "administrator"),
    ):
        id_ = world.next_id("api_token")  # actors share their numbers
        names = [world.get("app_user", world.people[one])["name"] for one in (viewer, viewed)]
        world.add(
            "acting_session",
            id_=id_,
            hierarchy_id=1,
            unit_id=seller["id"],
            viewer_id=world.people[viewer],
            viewer_name=names[0],
            person_id=world.people[viewed],
            person_name=names[1],
            mode="view",
            reason=...,
            starts_at=NOW - timedelta(days=2),
            ends_at=NOW - timedelta(days=2, minutes=-20),
            ended_at=NOW - timedelta(days=2, minutes=-10),
        )
    world.rows["address_refusal_count"] = [
        {"network": "192.0.2.0/24", "name": "key", "since": MADE_AT, "count": 1}
    ]


def _brand(world: World, unit: Row) -> None:
    id_ = world.next_id("brand")
    pictures = {}
    for name in ("logo_sha256", "logo_1x_sha256", "logo_2x_sha256", "favicon_sha256", "favicon_180_sha256"):
        content = _PNG + world.text("brand", id_, name).encode()
        pictures[name] = world.blob(content)
        world.texts[pictures[name]] = Mark("brand", id_, name)
    world.add(
        "brand",
        False,
        id_=id_,
        unit_id=unit["id"],
        color="#0f766e",
        product_name=...,
        **pictures,
        logo_media_type="image/png",
        sender_name=...,
        reply_to=f"{world.text('brand', id_, 'reply_to')}@example.com",
        invoice_footer=...,
        host_name=f"{world.text('brand', id_, 'host_name')}.example.com",
        version=1,
        updated_at=MADE_AT,
    )


def _environment(world: World, unit: Row, state: str) -> None:
    id_ = world.next_id("environment")
    attempt = str(uuid5(NAMESPACE_OID, f"{world.seed} attempt {id_}"))
    world.ids[attempt] = Mark("environment", id_, "attempt")
    is_done = state != "provisioning"
    world.add(
        "environment",
        False,
        id_=id_,
        unit_id=unit["id"],
        state=state,
        attempt=attempt,
        job_id=None,
        reference=world.text("environment", id_, "reference") if is_done else "",
        address=f"https://{world.text('environment', id_, 'address')}.example/" if is_done else "",
        error=world.text("environment", id_, "error") if state == "failed" else None,
        changed_at=CHANGED_AT if is_done else MADE_AT,
    )
    world.past["environment", id_] = {
        "state": "provisioning",
        "reference": "",
        "address": "",
        "error": None,
        "changed_at": MADE_AT,
    }
    if not is_done:
        del world.past["environment", id_]


def _move(world: World, rng: random.Random, hierarchy: Row) -> None:
    movable = [
        one
        for one in units(world, hierarchy, kind="customer", state="active")
        if one["anchor_id"] is None and not one["anchors"]
    ]
    parents = units(world, hierarchy, kind="organization", state="active")
    actors = (world.people["owner at the top"], world.people["operator"])
    for actor, unit in zip(actors, rng.sample(movable, 2), strict=True):
        world.add(
            "scheduled_move",
            hierarchy_id=hierarchy["id"],
            unit_id=unit["id"],
            actor_id=actor,
            state="pending",
            parent_id=rng.choice([one["id"] for one in parents if one["id"] != unit["parent_id"]]),
            effective_on=date(2026, 7, 20),
            created_at=CHANGED_AT,
        )


def _structure_import(world: World, unit: Row, actor: int) -> None:
    id_ = world.next_id("structure_import")
    made = world.add(
        "structure_import",
        id_=id_,
        hierarchy_id=unit["hierarchy_id"],
        unit_id=unit["id"],
        actor_id=actor,
        job_id=None,
        upload_id=str(UUID(int=7)),
        name=...,
        sha256=...,
        is_dry_run=True,
        state="checked",
        created=1,
        changed=1,
        fields={"code": 1},
        created_at=MADE_AT,
        finished_at=MADE_AT,
    )
    found = world.next_id("structure_finding")
    world.add(
        "structure_finding",
        False,
        id_=found,
        import_id=made["id"],
        line=2,
        kind="change",
        unit=...,
        column_name="code",
        before=...,
        after=...,
        code="",
        detail=world.text("structure_finding", found, "detail"),
        hint="",
    )
