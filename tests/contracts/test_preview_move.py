"""unit.preview_move says what unit.move then does, refuses what it refuses, and changes nothing (R10, R11)."""

from typing import Any
from uuid import UUID

import pytest

import underlet.branding.operations  # noqa: F401 (fills the registry)
from tests import tables
from tests.cast import PEOPLE, Cast
from tests.contracts.test_contract import create
from tests.contracts.test_move_contracts import MAY, move
from underlet.contracts.types import MovePreview
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


@pytest.fixture
def chain(cast: Cast) -> Cast:
    """Fjord sells to Birch and Cedar, Birch to Alder and beta, Alder to acme; Birch and Cedar have brands."""
    for who, seller, buyer in (
        ("ada", "fjord", "birch"), ("ada", "fjord", "cedar"), ("ben", "birch", "alder"), ("ben", "birch", "beta"),
        ("cleo", "alder", "acme"),
    ):  # fmt: skip
        create(cast, who, seller, buyer)
    run("brand.update", cast.ben, cast.units["birch"], {"color": "#123456", "product_name": "Birch Cloud"})
    run("brand.update", cast.eve, cast.units["cedar"], {"color": "#654321"})
    run("brand.update", cast.ben, cast.units["birch_lab"], {"color": "#111111"})
    return cast


def preview(cast: Cast, who: str, unit: str, parent: str) -> MovePreview:
    with frozen(MAY):
        found: MovePreview = ask(
            "unit.preview_move", cast.people[who], cast.units[unit], {"parent": cast.units[parent]}
        )
    return found


def access(unit: str) -> dict[str, int]:
    """Rights in the unit by name of each person who can read it, as the database has them."""
    with system():
        found = rows(
            "select p.name, bit_or(s.perms) from user_scope s join app_user p on p.id = s.actor_id, unit u"
            " where u.public_id = %s and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id)"
            " group by p.name having bit_or(s.perms) & 1 = 1",
            [unit],
        )
    return dict(found)


def standing(cast: Cast, who: str) -> dict[Any, tuple[str, object, object]]:
    """State and days of every contract that a person may see."""
    home = ask("unit.mine", cast.people[who]).items[0].id
    with frozen(MAY):
        found = ask("contract.list", cast.people[who], str(home), {"limit": 100}).items
    return {row.id: (row.state, row.starts_on, row.ends_on) for row in found}


MOVES = (
    ("ada", "alder", "cedar"),
    ("ada", "alder", "fjord"),
    ("ada", "beta", "cedar"),
    ("ada", "birch", "cedar"),
    ("ada", "birch_lab", "cedar"),
    ("ada", "acme", "cedar"),
    ("ada", "cedar", "birch_lab"),
    ("ben", "alder", "birch_lab"),
    ("ben", "beta", "alder"),
    ("ben", "birch_lab", "alder"),
    ("ben", "acme", "birch"),
    ("uma", "physics", "arts"),
)


@pytest.mark.parametrize(("who", "unit", "parent"), MOVES)
def test_the_preview_is_what_the_move_does(chain: Cast, who: str, unit: str, parent: str) -> None:
    """Every figure of the preview, read again from the moved world by other ways."""
    actor, key = chain.people[who], chain.units[unit]
    before, people, contracts = ask("unit.show", actor, key), access(key), standing(chain, who)
    brand = ask("brand.show", actor, key)
    untouched = tables.take()
    seen = preview(chain, who, unit, parent)
    assert tables.take() == untouched
    moved = move(chain, unit, parent, who=who)

    events = [one.event for one in seen.contracts if one.id]
    assert (moved["contracts_ended"], moved["contracts_restored"]) == (
        events.count("ended"),
        events.count("restored"),
    )
    assert moved["drafts_made"] == sum(one.makes_draft for one in seen.contracts)
    after = ask("unit.show", actor, key)
    assert (seen.parent, str(seen.parent_id)) == (after.path[-2].name, chain.units[parent])
    below = ask("unit.list", actor, key, {"limit": 100}).items
    assert seen.organizations == sum(row.kind == "organization" for row in below)
    assert seen.customers == sum(row.kind == "customer" for row in below)
    assert seen.depth == max(row.depth for row in below)
    assert seen.legal_entity == (
        after.legal_entity.name if after.legal_entity.id != before.legal_entity.id else ""
    )
    new_brand = ask("brand.show", actor, key)
    assert seen.brand == tuple(
        part
        for part in ("color", "product_name", "logo", "favicon", "sender_name", "reply_to")
        if getattr(brand, part) != getattr(new_brand, part)
    )
    new_people = access(key)
    changes = dict.fromkeys(new_people.keys() - people.keys(), "gains")
    changes |= dict.fromkeys(people.keys() - new_people.keys(), "loses")
    changes |= {name: "changes" for name in people if name in new_people and people[name] != new_people[name]}
    assert {one.name: one.change for one in seen.people} == changes
    for one in seen.contracts:
        if one.event == "ended" and one.id:
            cut = (contracts[one.id][0], contracts[one.id][1], one.starts_on)
            assert standing(chain, who)[one.id] == cut
    drafts = standing(chain, who).keys() - contracts.keys()
    assert len(drafts) == moved["drafts_made"]


def test_somewhere_in_the_table_everything_occurs(chain: Cast) -> None:
    """The table above would prove nothing about what none of its moves does."""
    found = [preview(chain, *one) for one in MOVES]
    assert {one.change for seen in found for one in seen.people} >= {"gains", "loses"}
    assert {part for seen in found for part in seen.brand} == {"color", "product_name"}
    assert {one.event for seen in found for one in seen.contracts} == {"ended"}
    assert any(one.makes_draft and one.new_seller for seen in found for one in seen.contracts)
    assert any(seen.legal_entity for seen in found)
    move(chain, "beta", "cedar")
    [back] = preview(chain, "ada", "beta", "birch").contracts or [None]
    assert back is None  # Ada sees neither the contract of Birch nor the draft of Cedar


def test_moving_back_is_previewed_as_restoring(chain: Cast) -> None:
    """I9: the seller of the old contract learns that it goes on."""
    run(
        "user.invite",
        chain.ada,
        chain.units["fjord"],
        {"email": "ben@example.com", "name": "Ben", "role": "administrator"},
    )
    move(chain, "beta", "cedar")
    [one] = preview(chain, "ben", "beta", "birch").contracts
    assert (one.event, one.seller, one.ends_on) == ("restored", "Birch", None)
    assert move(chain, "beta", "birch", who="ben")["contracts_restored"] == 1


def test_an_accepted_successor_that_moves_on_is_restored_before_its_own(chain: Cast) -> None:
    """I9: of two drafts in a row the later is withdrawn, whichever the database finds first."""
    move(chain, "beta", "cedar")
    [draft] = ask("contract.list", chain.eve, chain.units["cedar"], {"side": "sold", "q": "beta"}).items
    run("contract.accept", chain.eve, str(draft.id))
    move(chain, "beta", "fjord")
    move(chain, "beta", "cedar")
    with system():
        found = rows(
            "select s.name, c.state, c.starts_on::text, coalesce(c.ends_on::text, '') from contract c"
            " join unit s on s.id = c.seller_id join unit b on b.id = c.buyer_id"
            " where b.name = 'beta.example.org' order by c.id"
        )
    assert found == [("Birch", "active", "2026-01-01", "2026-06-01"), ("Cedar", "active", "2026-06-01", "")]


@pytest.mark.parametrize(
    ("who", "unit", "parent", "error"),
    [
        ("ada", "fjord", "birch", errors.RootCannotMove),
        ("ada", "birch", "alder", errors.MoveIntoOwnSubtree),
        ("ada", "birch", "birch", errors.MoveIntoOwnSubtree),
        ("ada", "alder", "beta", errors.ParentMustBeOrganization),
        ("ada", "alder", "harbor", errors.InvalidInput),
        ("ben", "alder", "cedar", errors.InvalidInput),
        ("ben", "birch", "alder", errors.Forbidden),
        ("ira", "birch_lab", "birch_lab", errors.Forbidden),
        ("eve", "alder", "cedar", errors.NotFound),
    ],
)
def test_it_refuses_what_the_move_refuses(
    chain: Cast, who: str, unit: str, parent: str, error: type[errors.Refusal]
) -> None:
    """R8, R9: the same words for the same reason."""
    with pytest.raises(error) as shown:
        preview(chain, who, unit, parent)
    with pytest.raises(error) as done:
        move(chain, unit, parent, who=who)
    assert shown.value.as_dict() == done.value.as_dict()


@pytest.fixture
def deep(chain: Cast) -> Cast:
    """With a ninth level below Faculty of Arts."""
    parent = chain.units["arts"]
    for level in range(3, 10):
        data = {"kind": "organization", "name": f"Level {level}"}
        parent = run("unit.create", chain.uma, parent, data).body["id"]
    chain.units["deep"] = parent
    return chain


def test_a_branch_too_high_is_refused_as_a_whole(deep: Cast) -> None:
    """R8: the levels below the unit count."""
    with pytest.raises(errors.DepthExceeded):
        preview(deep, "uma", "science", "deep")
    assert preview(deep, "uma", "physics", "deep").depth == 10


def test_parents_to_choose_are_those_that_a_preview_accepts(deep: Cast, belts: str) -> None:
    """R8, R9, R10: `unit.parents` for everybody and every unit; the levels between are like the deepest."""
    count = 0
    for who in (person.key for person in PEOPLE):
        for unit, key in deep.units.items():
            try:
                offered = {row.id for row in ask("unit.parents", deep.people[who], key, {"limit": 100}).items}
            except (errors.NotFound, errors.Forbidden):
                continue
            for parent, parent_key in deep.units.items():
                try:
                    preview(deep, who, unit, parent)
                    is_accepted = True
                except errors.Refusal:
                    is_accepted = False
                assert (UUID(parent_key) in offered) == is_accepted, (who, unit, parent)
                count += is_accepted
    assert count > 20


def test_nobody_is_named_and_nothing_counted_that_is_not_theirs(chain: Cast, belts: str) -> None:
    """A3, A7, A8: Ben hears of nobody above Birch, and of no contract of Alder's."""
    seen = preview(chain, "ben", "acme", "birch")
    assert [(one.name, one.change) for one in seen.people] == [("Cleo", "loses")]
    assert [one.id for one in seen.contracts if one.id] == []  # Alder sells to acme: not Ben's to know
    seen = preview(chain, "ada", "acme", "cedar")
    assert seen.contracts == ()
    assert {one.name for one in seen.people} == {"Ben", "Cleo", "Eve"}


@pytest.fixture
def ira(chain: Cast) -> Cast:
    """Ira reads everything below Fjord and administers Alder and Cedar."""
    for unit, role in (("fjord", "viewer"), ("alder", "administrator"), ("cedar", "administrator")):
        data = {"email": "ira@example.com", "name": "Ira", "role": role}
        run("user.invite", chain.ada, chain.units[unit], data)
    return chain


def test_people_are_named_only_where_the_mover_may_list_them(ira: Cast, belts: str) -> None:
    """R36, A7: Ira reads Birch, but may not list its people; Ben's loss is not told her."""
    seen = preview(ira, "ira", "acme", "cedar")
    assert {one.name: one.change for one in seen.people} == {"Cleo": "loses", "Eve": "gains"}
