"""Sweeps over the registry (architecture.md §4): a new operation or query is covered at once, or fails here."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.interfaces import examples
from tests.interfaces.examples import EXAMPLES, NO_PICTURE, Example, address
from tests.world import NO_ID, World
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.registry import OPERATIONS, QUERIES, Entry, Operation
from underlet.foundation.types import PageInput
from underlet.interfaces.api.bind import BOUND
from underlet.interfaces.api.main import api
from underlet.interfaces.cli.generated import groups
from underlet.kernel.errors import Forbidden, InvalidInput, NotFound, Refusal
from underlet.project import wiring

wiring.load()
assert api

ENTRIES: dict[str, Entry] = {**OPERATIONS, **QUERIES}
BYTES_ONLY = "upload.create"
"""Its input follows received bytes; tests/interfaces/test_api.py sends them."""
SWEPT = sorted(set(ENTRIES) - {BYTES_ONLY})

WAIVED = {
    *(
        (f"directory_{noun}.{verb}", "web")
        for noun in ("user", "group")
        for verb in ("create", "update", "remove")
    ),
    ("group.set_members", "web"),
    ("hierarchy.create", "web"),
    ("scheduled_move.carry_out", "web"),
    ("upload.create", "cli"),
    ("upload.create", "web"),
}
"""Every waiver of an interface; each states its reason where it is registered."""


def do(world: World, name: str, data: Any = None, *, who: str = "", to: str | None = None, key: str = "") -> Any:
    """Do an entry's example, or a variation of it."""
    entry, example = ENTRIES[name], EXAMPLES[name]
    actor = world.cast.people[who or example.who]
    target = to if to is not None else address(world, entry, example)
    raw = example.data(world) if data is None else data
    if isinstance(entry, Operation):
        return run(name, actor, target, raw, key=key)
    return ask(name, actor, target, raw)


def snapshot() -> dict[str, list[Any]]:
    """All rows but derived ones, by table."""
    with system():
        tables = [
            name
            for (name,) in rows(
                "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
                " and has_table_privilege(oid, 'select') order by 1"
            )
        ]
        return {name: rows(f"select t::text from {name} t order by 1") for name in tables}  # type: ignore[arg-type]


# --- 1, 2: every interface offers everything, and nothing else -----------------------------------


def commands() -> set[str]:
    return {f"{noun}.{verb}".replace("-", "_") for noun, group in groups().items() for verb in group.commands}


def pages() -> set[str]:
    from importlib import import_module

    import_module("underlet.interfaces.web.urls")
    from underlet.interfaces.web.addresses import BOUND as OF_PAGES

    return {name for name, found in OF_PAGES.items() if found}


OFFERED = {"api": lambda: set(BOUND), "cli": commands, "web": pages}


@pytest.mark.parametrize("interface", OFFERED)
def test_every_entry_is_on_every_interface_or_waived(interface: str) -> None:
    """§4.1, §4.2, R93."""
    offered = OFFERED[interface]()
    waived = {name for name, entry in ENTRIES.items() if interface in entry.waive}
    assert set(ENTRIES) - waived - offered == set(), f"missing on {interface}"
    assert offered - set(ENTRIES) == set(), f"{interface} offers what the registry does not know"


def test_waivers_are_these_and_state_their_reason() -> None:
    found = {
        (name, interface): reason for name, entry in ENTRIES.items() for interface, reason in entry.waive.items()
    }
    assert set(found) == WAIVED
    assert all(len(reason) > 15 for reason in found.values())


def test_every_entry_has_an_example() -> None:
    assert set(EXAMPLES) == set(SWEPT)
    assert set(examples.OPERATIONS) <= set(OPERATIONS)
    assert set(examples.QUERIES) <= set(QUERIES)
    for name, example in EXAMPLES.items():
        assert len(example.invalid) >= 1, name


# --- the sweep ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SWEPT)
def test_refusals_come_in_their_order_and_change_nothing(world: World, name: str) -> None:
    """§4.3, §4.4, §4.6, ADR-0014, A4, S9: hidden = absent, then permission, then input; no row, no audit entry."""
    entry, example = ENTRIES[name], EXAMPLES[name]
    before = snapshot()
    if entry.subject is not None:
        assert _hidden_and_absent(world, name) == {"not_found"}
        if not entry.own:
            _refuses_without_permission(world, entry, example)
    elif isinstance(entry, Operation) and not entry.own:
        with pytest.raises(Forbidden):
            do(world, name, None, who="ada")
    for data, field in example.invalid:
        with pytest.raises(Refusal) as refused:
            do(world, name, data)
        assert isinstance(refused.value, InvalidInput), (data, refused.value)
        assert field in refused.value.fields, (data, refused.value.fields)
        assert refused.value.hint
    assert snapshot() == before


def _hidden_and_absent(world: World, name: str) -> set[str]:
    """What a stranger is told about the example's subject, about nothing, and about nonsense."""
    own = address(world, ENTRIES[name], EXAMPLES[name])
    stranger = "uma" if EXAMPLES[name].who != "uma" else "eve"
    answers = []
    for target in (own, NO_ID, "nonsense", ""):
        for data in (None, {}, {"x": 1}):
            with pytest.raises(Refusal) as refused:
                do(world, name, data if data is not None else {}, who=stranger, to=target)
            answers.append(refused.value.as_dict())
    assert all(answer == answers[0] for answer in answers)
    return {str(answer["error"]) for answer in answers}


_FOUND_BY = {
    "directory_user": 16, "directory_group": 16, "unit_token": 8192, "audit_entry": 4096, "identity_provider": 524288,
    "contract": 34820,
}  # fmt: skip
"""Subjects that show only to those who administer users, keys or sign-in, or read the audit trail; drafts to those who
read cost and margin besides prices."""


def _refuses_without_permission(world: World, entry: Entry, example: Example) -> None:
    """Takes the permission away from everybody and asks with a payload that cannot be parsed."""
    from underlet.foundation.database.sql import execute

    with system():
        kept = rows("select actor_id, unit_id, entity_id, subtree, perms from user_scope")
        readable = 1 | 4 | 128 | 512  # what subjects are found by
        readable |= _FOUND_BY.get(entry.subject.parameter, 0) if entry.subject else 0
        needs = int(entry.needs)
        execute("update user_scope set perms = perms & %s", [readable & ~needs if needs & ~1 else 0])
    try:
        with pytest.raises(Refusal) as refused:
            do(world, entry.name, b"{" if isinstance(entry, Operation) else {"x": 1})
        # Where the permission is also what one finds the subject by, nothing is found.
        assert isinstance(refused.value, Forbidden | NotFound), refused.value
        if needs & ~readable:
            assert isinstance(refused.value, Forbidden)
    finally:
        with system():
            execute("delete from user_scope")
            for row in kept:
                execute(
                    "insert into user_scope (actor_id, unit_id, entity_id, subtree, perms) values (%s,%s,%s,%s,%s)",
                    row,
                )


@pytest.mark.parametrize("name", sorted(examples.OPERATIONS))
def test_success_is_audited_once_and_a_repeated_key_has_one_effect(world: World, name: str) -> None:
    """§4.6, §4.7, S9, I21, M13: the second answer is the first; another payload under the same key is refused."""
    entry, key = OPERATIONS[name], uuid.uuid4().hex
    data = EXAMPLES[name].data(world)
    count = _audited()
    first = do(world, name, data, key=key)
    assert _audited() == count + 1
    after = snapshot()
    target = address(world, entry, EXAMPLES[name])
    actor: Actor = world.cast.people[EXAMPLES[name].who]
    if not _is_gone(world, name):
        again = run(name, actor, target, data, key=key)
        shown = {field: value for field, value in first.body.items() if field not in entry.secrets}
        assert again.replayed
        assert again.body == shown
        with pytest.raises(Refusal) as refused:
            run(name, actor, target, {**data, "other": 1}, key=key)
        assert refused.value.code() == "idempotency_mismatch"
    assert snapshot() == after


def _is_gone(world: World, name: str) -> bool:
    """Whether the operation removed its own subject: then a repetition finds nothing, which is as harmless."""
    if OPERATIONS[name].subject is None:
        return False
    try:
        do(world, name, b"{")
    except NotFound:
        return True
    except Refusal:
        return False
    raise AssertionError("a body that is no JSON was accepted")


def _audited() -> int:
    with system():
        return int(scalar("select count(*) from audit_entry"))


@pytest.mark.parametrize("name", sorted(set(examples.QUERIES) - set(NO_PICTURE)))
def test_queries_answer_and_change_nothing(world: World, name: str) -> None:
    before = snapshot()
    assert do(world, name) is not None
    assert snapshot() == before


# --- 9: as many statements for 50 rows as for 1 ----------------------------------------------------

LISTS = sorted(name for name, entry in QUERIES.items() if issubclass(entry.input, PageInput))


@pytest.fixture
def many(world: World) -> Iterator[World]:
    """At least ten rows of whatever can be listed."""
    cast = world.cast
    for number in range(10):
        made = run(
            "unit.create", cast.ben, cast.units["birch"], {"kind": "customer", "name": f"n{number}.example.io"}
        )
        run("user.invite", cast.ben, made.body["id"], {"email": f"n{number}@a.io", "name": "N", "role": "viewer"})
        run("user.invite", cast.ben, made.body["id"], {"email": "ben@example.com", "name": "B", "role": "viewer"})
        terms = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": f"2026-{number + 1:02d}-01"}
        run("contract.create", cast.ben, cast.units["birch"], {**terms, "buyer": made.body["id"]})
        run("name.reserve", cast.people["operator"], None, {"name": f"held-{number}.example.io"})
        run("token.create", cast.dan, None, {"name": "n"})
        run("token.create", cast.ben, None, {"name": "n", "unit": cast.units["birch"]})
        entry = {"user_name": f"n{number}", "email": f"n{number}@b.io"}
        member = run("directory_user.create", cast.dan, cast.units["acme"], entry).body["id"]
        group = {"display_name": f"n{number}", "members": [member]}
        run("directory_group.create", cast.dan, cast.units["acme"], group)
        rate = {"period": f"2026-{number + 1:02d}", "currency": "USD", "rate": "1.1"}
        run("exchange_rate.set", cast.ada, cast.units["fjord"], rate)
    _customer_organizations(cast)
    _groups_and_providers(cast)
    return world


def _groups_and_providers(cast: Cast) -> None:
    """A second and third of each: groups of Birch, one that Kim looks after, and ways to sign in."""
    for name in ("South", "West"):
        run("group.create", cast.ben, cast.units["birch"], {"name": name})
        provider = {"kind": "openid_connect", "name": name, "issuer": "https://id.example.com", "client_id": "x"}
        run("identity_provider.create", cast.ben, cast.units["birch"], provider)
    east = run("group.create", cast.ada, cast.units["fjord"], {"name": "East"}).body["id"]
    role = {"email": "kim@example.com", "name": "Kim", "role": "key_account_manager", "scope": "group"}
    run("user.invite", cast.ada, cast.units["fjord"], {**role, "groups": [east]})


def _customer_organizations(cast: Cast) -> None:
    """One with two customers, and a customer that could be another."""
    anchor = ""
    for name, refers in (("a", False), ("b", True), ("c", True), ("d", False)):
        data = {"kind": "customer", "name": f"{name}.example.io"}
        data |= {"customer_organization": anchor} if refers else {}
        made = run("unit.create", cast.ben, cast.units["birch"], data).body
        anchor = anchor or made["id"]


def _needed(world: World, name: str) -> Any:
    """What a list cannot do without."""
    fields = QUERIES[name].input.model_fields
    return {key: value for key, value in EXAMPLES[name].data(world).items() if fields[key].is_required()}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_as_many_statements_for_many_rows_as_for_one(many: World, name: str) -> None:
    """§4.9."""
    counts = []
    who = "ada" if name in ("sub_account.list", "unit.mine") else ""
    to = many.ids["unit"]["fjord"] if name == "sub_account.list" else None
    if name == "customer_organization.customers":
        only = {"is_customer_organization": True}
        to = str(ask("unit.list", many.cast.ben, many.ids["unit"]["birch"], only).items[0].id)
    for limit in (1, 100):
        with CaptureQueriesContext(connection) as captured:
            page = do(many, name, {**_needed(many, name), "limit": limit}, who=who, to=to)
        counts.append((len(page.items), len(captured)))
    (one, few), (more, many_statements) = counts
    assert one == 1
    assert few == many_statements, counts
    assert more > 1 or name in ("account.list", "unit.mine"), "the world has too few rows to tell"
