"""Deprovision, change the price type, provision again: everything is as it was (R30, R31)."""

from typing import Any

from tests import tables
from tests.world import World
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.types import to_json

READS: dict[str, dict[str, Any]] = {
    "brand.show": {},
    "user.list": {},
    "sub_account.list": {},
    "contract.list": {"side": "bought"},
    "invoice.list": {"side": "bought"},
    "billing.summary": {"period": "2026-04"},
    "home.show": {},
}
"""What there is of settings and history of a customer, each as a page shows it."""
CHANGING = {"unit", "environment", "environment_event", "audit_entry", "audit_head", "unit_closure"}


def _read(world: World, unit: str, who: str) -> dict[str, Any]:
    actor, address = world.cast.people[who], world.ids["unit"][unit]
    reads = {name: data for name, data in READS.items() if who == "ben" or name != "user.list"}
    return {name: to_json(ask(name, actor, address, data)) for name, data in reads.items()}


def _stored() -> dict[str, Any]:
    """All rows of all tables but those that tell of the environment itself."""
    with system():
        tables = rows(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            " and has_table_privilege(oid, 'select') order by 1"
        )
        return {
            name: rows(f"select t::text from {name} t order by 1")  # type: ignore[arg-type]
            for (name,) in tables
            if name not in CHANGING
        }


def test_r30_and_r31_settings_and_history_stay_through_another_price_type(world: World) -> None:
    """The customer's people and its seller read the same: before, without the environment, and with a new one; and no
    row of any other table has changed. The price type is changed and changed back, as whom it lets see what is
    another matter (R24, R26).
    """
    ben, beta = world.cast.ben, world.ids["unit"]["beta"]
    run("brand.update", ben, beta, {"color": "#9d174d", "product_name": "Beta Desk"})
    before = {who: _read(world, "beta", who) for who in ("ben", "bea")}
    stored = _stored()
    assert before["bea"]["invoice.list"]["items"], "there is history to lose"
    assert before["ben"]["user.list"]["items"]
    run("environment.deprovision", ben, beta)
    assert {who: _read(world, "beta", who) for who in ("ben", "bea")} == before
    assert _stored() == stored
    for price_type in ("raw_cost_only", "seller_set_only"):
        with tables.connect() as owner:  # past the rule about contracts (R25): this is about what is kept
            owner.execute("update unit set price_type = %s where public_id = %s", [price_type, beta])
        run("environment.provision", ben, beta)
        assert ask("environment.show", ben, beta).price_type == price_type
        assert _stored() == stored
        run("environment.deprovision", ben, beta)
    run("environment.provision", ben, beta)
    assert {who: _read(world, "beta", who) for who in ("ben", "bea")} == before
