"""A month of the whole cast, made once per process by operations and jobs, later put back row by row.

April is issued, May is drafted, there are draft contracts, and one customer has moved to another reseller since.
Every customer's usage costs another power of two, every edge has another percentage, and labels, codes and file names
occur nowhere else: what an answer holds can be traced back.
Sweeps over the registry and the search for leaks stand on it.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests import tables
from tests.access.teams import kim
from tests.cast import Cast, make_cast
from tests.usage.focus import csv_bytes, record
from tests.usage.imports import take_in
from underlet.foundation.clock import frozen, now
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.project import wiring
from underlet.project.demo.cast import hold_together

wiring.load()

ISSUED, DRAFTED = "2026-04", "2026-05"
OWNERS = {"acme": 20, "beta": 21, "gamma_finance": 22, "gamma_lab": 23, "delta": 24}
"""Customer -> k: its usage costs 2^k each month."""
UNASSIGNED = 25
LISTED = 7
"""How much more than its cost the list price of a usage is: buyers may read list prices, not the provider's cost."""
EDGES = {
    ("fjord", "birch"): "3.1415",
    ("birch", "gamma_lab"): "19.2236",
    ("birch", "alder"): "7.2718",
    ("alder", "acme"): "11.1618",
    ("birch", "beta"): "13.1414",
    ("birch", "gamma_finance"): "17.1732",
    ("fjord", "cedar"): "23.2645",
    ("cedar", "delta"): "29.3162",
}
"""Seller, buyer -> mark-up on the seller's cost, in percent."""
DRAFTS = {("birch", "birch_lab"): "31.4159", ("alder", "acme"): "37.4161"}
"""Seller, buyer of contracts that are drafts -> mark-up."""
MOVED = {"gamma_lab": "cedar"}
"""Customer -> where it moved on MOVED_AT: its contract ends with May, a draft with the same terms waits for Cedar."""
MADE_AT = datetime(2026, 1, 2, tzinfo=UTC)
MOVED_AT = datetime(2026, 5, 20, 12, tzinfo=UTC)
ADDED = {"draft": "birch", "archived": "harbor"}
"""Organizations in another state than active, each called after it -> where they stand."""
BEFORE_MOVES = "2026-05-19"
"""A day on which nothing had moved yet."""


AUDITED = (
    ("ben", "birch unit", "brand.update"),
    ("ben", "birch edge", "contract.create"),
    ("eve", "cedar unit", "unit.update"),
    ("ada", "fjord unit", "unit.update"),
    ("uma", "harbor unit", "unit.update"),
)
"""Who reads an entry of the audit trail, about which unit, whether itself or an edge of it, and what was done."""
SCHEDULED = {"delta": "birch", "gamma_finance": "cedar"}
"""Customer -> where it is to move: the first on a day to come, the second on one that has passed without a worker."""
UNIT_TOKENS = {"bea": "beta", "uma": "physics"}
"""Person -> the unit that a key of theirs is bound to."""
DIRECTORIES = {"dan": "acme", "eve": "cedar"}
"""Person -> the unit whose people and groups a directory keeps there."""
LOOKED_AFTER = ("cedar", "beta")
"""Members of the group that Kim looks after, for Fjord."""
NO_ID = "00000000-0000-4000-8000-000000000000"


def label(seller: str, buyer: str) -> str:
    """The text of an edge's rule, which its two parties know."""
    return f"canary-label-{seller}-{buyer}"


def code(unit: str) -> str:
    """The code of a unit, which those who see the unit know."""
    return f"canary-code-{unit}"


@dataclass
class World:
    """Public ids by kind and name; kinds are the parameters of addresses. attempt: at delta's environment, at work."""

    cast: Cast
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)
    attempt: str = ""

    def add(self, kind: str, name: str, id_: object) -> None:
        """Remember an id."""
        self.ids.setdefault(kind, {})[name] = str(id_)


_made: list[tuple[World, tables.Rows]] = []


def make_world() -> World:
    """The month, in an empty database."""
    if _made:
        world, rows = _made[0]
        tables.put(rows)
        return deepcopy(world)
    world = World(make_cast())
    _be_old()
    with frozen(MADE_AT):
        _structure(world)
    _contracts(world)
    _usage(world)
    _months(world)
    _moves(world)
    _providers(world)
    _environments(world)
    _scheduled(world)
    _roles(world)
    _groups(world)
    _belongings(world)
    _made.append((world, tables.take()))
    return deepcopy(world)


def _do(world: World, who: str, name: str, address: str | None, data: dict[str, Any]) -> Any:
    return run(name, world.cast.people[who], address, data).body


def _be_old() -> None:
    """Let the units of the cast have been there at the beginning of the year, whenever it was made."""
    with tables.connect() as connection:
        connection.execute("update unit_version set from_at = %s, to_at = null", [MADE_AT - timedelta(days=1)])


def _structure(world: World) -> None:
    hold_together(world.cast)
    for name, id_ in world.cast.units.items():
        world.add("unit", name, id_)
        root = "harbor" if name in ("harbor", "science", "arts", "physics") else "fjord"
        who = "uma" if root == "harbor" else "ada"
        view = _do(world, who, "unit.update", id_, {"code": code(name)})
        if view["is_entity_own"]:
            _do(world, who, "legal_entity.update", id_, {"bank_name": f"canary-bank-{name}"})
            _do(world, who, "brand.update", id_, {"invoice_footer": f"canary-footer-{name}"})
            world.add("legal_entity", name, view["legal_entity"]["id"])
    for name, parent in ADDED.items():
        data = {"kind": "organization", "name": f"Unit {name}", "code": code(name), "draft": name == "draft"}
        who = "ben" if parent == "birch" else "uma"
        world.add("unit", name, _do(world, who, "unit.create", world.cast.units[parent], data)["id"])
        if name == "archived":
            _do(world, who, "unit.archive", world.ids["unit"][name], {})
    _do(world, "ben", "brand.update", world.cast.units["birch"], {"product_name": "canary-brand-birch"})


def _contracts(world: World) -> None:
    for (seller, buyer), percent in EDGES.items():
        rules = [
            {"verb": "remove", "label": f"canary-removed-{seller}-{buyer}",
             "conditions": [{"dimension": "ChargeCategory", "values": ["Tax"]}]},
            {"verb": "adjust", "percent": percent, "label": label(seller, buyer)},
        ]  # fmt: skip
        data = {"buyer": world.cast.units[buyer], "currency": "EUR", "starts_on": "2026-01-01", "rules": rules}
        who = world.cast.seller_of(seller).name.lower()
        made = _do(world, who, "contract.create", world.cast.units[seller], data)
        world.add("contract", f"{seller} {buyer}", made["id"])
    for (seller, buyer), percent in DRAFTS.items():
        rules = [{"verb": "adjust", "percent": percent, "label": label(seller, f"{buyer}-draft")}]
        data = {"buyer": world.cast.units[buyer], "currency": "EUR", "starts_on": "2027-06-01", "rules": rules}
        who = world.cast.seller_of(seller).name.lower()
        made = _do(world, who, "contract.create", world.cast.units[seller], {**data, "draft": True})
        world.add("contract", f"{seller} {buyer} draft", made["id"])


def _charge(sub_account: str, month: str, power: int, **more: str) -> dict[str, str]:
    after = f"2026-{int(month[5:]) + 1:02d}"
    cost = str(2**power)
    return record(**{
        "BillingAccountId": "canary-payer", "BillingAccountName": "canary-payer-name", "BillingCurrency": "EUR",
        "BillingPeriodStart": f"{month}-01T00:00:00Z", "BillingPeriodEnd": f"{after}-01T00:00:00Z",
        "ChargePeriodStart": f"{month}-05T00:00:00Z", "ChargePeriodEnd": f"{month}-06T00:00:00Z",
        "SubAccountId": f"canary-sub-{sub_account}", "SubAccountName": f"canary-name-{sub_account}",
        "BilledCost": cost, "EffectiveCost": cost, "ContractedCost": cost, "ListCost": str(2**power + LISTED),
        **more,
    })  # fmt: skip


def _usage(world: World) -> None:
    for month in (ISSUED, DRAFTED):
        charges = [_charge(owner, month, power) for owner, power in OWNERS.items()]
        charges.append(_charge("nobody", month, UNASSIGNED))
        charges.append(_charge("acme", month, 3, ChargeCategory="Tax", ServiceName="canary-service-removed"))
        view = take_in(world.cast, csv_bytes(*charges), f"canary-file-{month}.csv")
        assert view.status == "active", view
        world.add("import", month, view.id)
    found = ask("sub_account.list", world.cast.ada, world.cast.units["fjord"]).items
    for row in found:
        world.add("sub_account", row.external_id.removeprefix("canary-sub-"), row.id)
    for owner in OWNERS:
        data = {"unit": world.cast.units[owner], "starts_on": "2026-01-01"}
        made = _do(world, "ada", "sub_account.assign", world.ids["sub_account"][owner], data)
        world.add("assignment", owner, made["assignments"][0]["id"])


def _months(world: World) -> None:
    fjord = world.cast.units["fjord"]
    _do(world, "ada", "exchange_rate.set", fjord, {"period": ISSUED, "currency": "USD", "rate": "0.9173"})
    for month in (ISSUED, DRAFTED):
        started = _do(world, "ada", "billing_run.start", fjord, {"period": month})
        assert run_job(started["job_id"]) == "done"
        world.add("billing_run", month, started["id"])
        if month == ISSUED:
            issued = _do(world, "ada", "invoice.issue_run", started["id"], {"issued_on": "2026-05-04"})
            if issued["job_id"]:
                assert run_job(issued["job_id"]) == "done"
    for seller, buyer in EDGES:
        actor = world.cast.seller_of(seller)
        for row in ask("invoice.list", actor, world.cast.units[seller], {"side": "sold"}).items:
            if row.buyer == _entity_name(world, buyer):
                world.add("invoice", f"{seller} {buyer} {row.state}", row.id)


def _entity_name(world: World, unit: str) -> str:
    name: str = ask("unit.show", world.cast.seller_of("fjord"), world.cast.units[unit]).legal_entity.name
    return name


def _moves(world: World) -> None:
    for unit, parent in MOVED.items():
        with frozen(MOVED_AT):
            moved = _do(world, "ada", "unit.move", world.cast.units[unit], {"parent": world.cast.units[parent]})
        assert moved["id"] == world.cast.units[unit]
        seller = world.cast.seller_of(parent)
        for row in ask("contract.list", seller, world.cast.units[parent], {"side": "sold"}).items:
            if str(row.buyer_id) == world.cast.units[unit]:
                world.add("contract", f"{parent} {unit} draft", row.id)


def _providers(world: World) -> None:
    data = {
        "kind": "openid_connect", "name": "canary-provider-birch", "issuer": "https://login.example.com",
        "client_id": "canary-client-birch", "client_secret": "canary-secret-birch",
    }  # fmt: skip
    made = _do(world, "ben", "identity_provider.create", world.cast.units["birch"], data)
    world.add("identity_provider", "birch", made["id"])


def _environments(world: World) -> None:
    """One made at once, one that somebody was called for, one that failed; Cedar and a customer say whom to call."""
    units = world.cast.units
    _do(world, "ben", "environment.provision", units["beta"], {})
    for who, unit in (("eve", "cedar"), ("ben", "gamma_finance")):
        _do(world, who, "provisioning_hook.set", units[unit], {"url": f"https://hooks.example/canary-hook-{unit}"})
    attempt = _do(world, "ben", "environment.provision", units["gamma_finance"], {})["attempt"]
    failed = {"attempt": attempt, "outcome": "failed", "reason": "canary-env-gamma_finance"}
    _do(world, "ben", "environment.report", units["gamma_finance"], failed)
    world.attempt = _do(world, "eve", "environment.provision", units["delta"], {})["attempt"]


def _scheduled(world: World) -> None:
    for unit, parent in SCHEDULED.items():
        instant = MOVED_AT if unit == "gamma_finance" else now()
        data = {
            "parent": world.cast.units[parent],
            "effective_on": str(instant.date() + timedelta(days=40)),
        }
        with frozen(instant):
            made = _do(world, "ada", "unit.schedule_move", world.cast.units[unit], data)
        world.add("scheduled_move", unit, made["id"])


def _roles(world: World) -> None:
    """An own role of the root, to be given everywhere below it; a limit where nobody has a role."""
    data = {"name": "canary-role-fjord", "description": "canary-for-fjord", "permissions": ["audit_read"]}
    world.add("role", "fjord", _do(world, "ada", "role.create", world.cast.units["fjord"], data)["role"])
    _do(world, "ben", "role_ceiling.set", world.ids["unit"]["draft"], {"permissions": ["unit_edit"]})


def _groups(world: World) -> None:
    """Kim looks after a group of Fjord's; another is Birch's, with a rule."""
    units = world.cast.units
    north = _do(world, "ada", "group.create", units["fjord"], {"name": "canary-team-north"})["id"]
    _do(world, "ada", "group.add_members", north, {"units": [units[one] for one in LOOKED_AFTER]})
    rule = {"kind": "customer", "name": "*.example.org"}
    ruled = _do(world, "ben", "group.create", units["birch"], {"name": "canary-team-ruled", "rule": rule})["id"]
    world.add("group", "north", north)
    world.add("group", "ruled", ruled)
    world.cast.people["kim"] = kim(north)


def _belongings(world: World) -> None:
    for who, unit in UNIT_TOKENS.items():
        data = {"name": f"canary-unit-token-{unit}", "unit": world.cast.units[unit]}
        world.add("unit_token", unit, _do(world, who, "token.create", None, data)["token"]["id"])
    for who, unit in DIRECTORIES.items():
        entry = {"user_name": f"canary-entry-{unit}", "email": f"entry-{unit}@example.net"}
        made = _do(world, who, "directory_user.create", world.cast.units[unit], entry)
        world.add("directory_user", unit, made["id"])
        group = {"display_name": f"canary-group-{unit}", "members": [made["id"]]}
        made = _do(world, who, "directory_group.create", world.cast.units[unit], group)
        world.add("directory_group", unit, made["id"])
    for row in ask("user.list", world.cast.ben, world.cast.units["birch"]).items:
        if row.name in ("Ira", "Cleo"):
            world.add("person", row.name.lower(), row.id)
            world.add("grant", row.name.lower(), row.grants[0].id)
    for who in ("ada", "ben", "dan"):
        made = _do(world, who, "token.create", None, {"name": f"canary-token-{who}"})
        world.add("token", who, made["token"]["id"])
    lines = "name,code\nAlder,canary-file-structure\nBirch Lab,canary-file-structure\n"
    sent = receive(world.cast.ben, [lines.encode()], "canary-structure.csv")
    tried = _do(world, "ben", "structure.check", world.cast.units["birch"], {"upload": str(sent.id)})
    assert run_job(tried["job_id"]) == "done"
    world.add("structure_import", "birch", tried["id"])
    for row in ask("job.list", world.cast.ada).items:
        world.add("job", str(row.id), row.id)
    person = str(ask("user.me", world.cast.ben).id)
    viewed = {"person": person, "reason": "canary-viewing-ben", "mode": "act"}
    for who in ("operator", "ada"):
        world.add("view_as", who, _do(world, who, "view_as.start", world.cast.units["birch"], viewed)["id"])
    for who, name, operation in AUDITED:
        found = ask(
            "audit.list",
            world.cast.people[who],
            world.cast.units[name.split()[0]],
            {"operation": operation, "within": "unit"},
        )
        world.add("audit_entry", name, found.items[0].id)
