"""What unit.move does to contracts (billing.md §8, M7, I9)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cast import Cast
from tests.contracts.test_contract import create
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

MAY = datetime(2026, 5, 20, 12, tzinfo=UTC)
JUNE = datetime(2026, 6, 2, tzinfo=UTC)


@pytest.fixture
def chain(cast: Cast) -> Cast:
    """Fjord sells to Birch and Cedar, Birch to Alder, Alder to acme."""
    for who, seller, buyer in (
        ("ada", "fjord", "birch"), ("ada", "fjord", "cedar"), ("ben", "birch", "alder"), ("cleo", "alder", "acme"),
    ):  # fmt: skip
        create(cast, who, seller, buyer)
    return cast


def edges() -> list[tuple[str, ...]]:
    with system():
        found = rows(
            "select s.name, b.name, c.state, c.starts_on::text, coalesce(c.ends_on::text, '') from contract c"
            " join unit s on s.id = c.seller_id join unit b on b.id = c.buyer_id order by 2, 4, 1"
        )
    return [row for row in found if row[1] in ("Alder", "acme.example.com")]


def move(cast: Cast, unit: str, parent: str, at: datetime = MAY, who: str = "ada") -> dict[str, Any]:
    with frozen(at):
        body: dict[str, Any] = run(
            "unit.move", cast.people[who], cast.units[unit], {"parent": cast.units[parent]}
        ).body
    return body


ACME = ("Alder", "acme.example.com", "active", "2026-01-01", "")


def test_an_edge_across_the_cut_ends_at_the_next_period_and_gets_a_successor(chain: Cast) -> None:
    """R10: same terms, from the new nearest billing ancestor; the edge inside the moved subtree stays."""
    move(chain, "alder", "cedar")
    assert edges() == [
        ("Birch", "Alder", "active", "2026-01-01", "2026-06-01"),
        ("Cedar", "Alder", "draft", "2026-06-01", ""),
        ACME,
    ]
    [draft] = list(ask("contract.list", chain.eve, chain.units["cedar"], {"side": "sold"}).items)
    shown = ask("contract.show", chain.eve, str(draft.id)).versions[0]
    assert [rule.verb for rule in shown.rules] == ["remove", "unit", "adjust", "adjust"]
    run("contract.accept", chain.eve, str(draft.id))


def test_moving_back_before_the_period_leaves_no_trace(chain: Cast) -> None:
    """I9, M7: contracts unbroken; also after a detour."""
    before = edges()
    move(chain, "alder", "cedar")
    assert move(chain, "alder", "birch")["contracts_restored"] == 0  # Ada does not see that edge
    assert edges() == before
    for parent in ("cedar", "fjord", "birch_lab", "birch"):
        move(chain, "alder", parent)
    assert edges() == before


def test_moving_on_replaces_the_draft(chain: Cast) -> None:
    move(chain, "alder", "cedar")
    move(chain, "alder", "fjord")
    assert edges() == [
        ("Birch", "Alder", "active", "2026-01-01", "2026-06-01"),
        ("Fjord", "Alder", "draft", "2026-06-01", ""),
        ACME,
    ]


def test_moving_back_later_does_not_revive_the_old_contract(chain: Cast) -> None:
    """billing.md §8: only before the period start."""
    move(chain, "alder", "cedar")
    move(chain, "alder", "birch", JUNE)
    assert ("Birch", "Alder", "active", "2026-01-01", "2026-06-01") in edges()


def test_a_move_under_the_same_seller_changes_no_contract(chain: Cast) -> None:
    """M7: sellers still fit."""
    before = edges()
    move(chain, "alder", "birch_lab", who="ben")
    assert edges() == before


def test_a_contract_that_has_not_begun_becomes_a_draft(chain: Cast) -> None:
    create(chain, "ben", "birch", "beta", starts_on="2026-09-01")
    move(chain, "beta", "cedar")
    with system():
        found = rows(
            "select s.name, c.state, c.starts_on::text from contract c join unit s on s.id = c.seller_id"
            " join unit b on b.id = c.buyer_id where b.name = 'beta.example.org' order by 1"
        )
    assert found == [("Birch", "draft", "2026-09-01"), ("Cedar", "draft", "2026-09-01")]
    move(chain, "beta", "birch")
    [row] = ask("contract.list", chain.ben, chain.units["birch"], {"q": "beta"}).items
    assert row.state in ("active", "scheduled")


def test_the_new_seller_sees_no_earlier_price(chain: Cast) -> None:
    """I5, billing.md §8: neither Cedar nor anybody new sees what Birch asked."""
    old = ask("contract.list", chain.cleo, chain.units["alder"], {"side": "bought"}).items[0]
    move(chain, "alder", "cedar")
    with pytest.raises(errors.NotFound):
        ask("contract.show", chain.eve, str(old.id))
    with frozen(MAY):
        assert ask("contract.show", chain.cleo, str(old.id)).state == "active"


# --- the old seller ------------------------------------------------------------------------------


def listed(cast: Cast, who: str, unit: str, **data: Any) -> list[tuple[str, str, str, bool]]:
    """Seller, buyer, side of each contract, and whether its buyer's unit may be known."""
    found = ask("contract.list", cast.people[who], cast.units[unit], data).items
    return [(row.seller, row.buyer.split()[0], row.side, row.buyer_id is not None) for row in found]


@pytest.fixture
def moved(chain: Cast) -> tuple[Cast, str]:
    """Alder has gone from Birch to Cedar; its contract with Birch."""
    [row] = ask("contract.list", chain.ben, chain.units["birch"], {"side": "sold"}).items
    move(chain, "alder", "cedar")
    return chain, str(row.id)


def test_the_old_seller_keeps_its_contract(moved: tuple[Cast, str], belts: str) -> None:
    """billing.md §8, A8: Birch still lists and opens it, though Alder's unit is out of its sight."""
    cast, contract = moved
    kept = ("Birch", "Alder", "sold", False)
    assert listed(cast, "ben", "birch") == [kept, ("Fjord", "Birch", "bought", True)]
    assert listed(cast, "ben", "birch", side="sold") == [kept]
    assert listed(cast, "ben", "birch", q="alder") == [kept]
    seen = ask("contract.show", cast.ben, contract)
    assert (seen.buyer, seen.buyer_id, seen.may_edit) == ("Alder", None, True)
    assert [rule.verb for rule in seen.versions[0].rules] == ["remove", "unit", "adjust", "adjust"]
    with pytest.raises(errors.NotFound):
        ask("unit.show", cast.ben, cast.units["alder"])


def test_only_the_parties_keep_it(moved: tuple[Cast, str], belts: str) -> None:
    """I5, A8, billing.md §8: Alder's people see it too; Cedar, whose scope holds Alder now, and Fjord do not."""
    cast, contract = moved
    assert ask("contract.show", cast.cleo, contract).buyer_id is not None
    assert ("Birch", "Alder", "bought", True) in listed(cast, "cleo", "alder")
    for who in ("ada", "eve", "dan", "bea", "ira", "pat", "uma"):
        with pytest.raises(errors.NotFound):
            ask("contract.show", cast.people[who], contract)
    for who, unit in (("ada", "fjord"), ("ada", "alder"), ("eve", "cedar"), ("eve", "alder")):
        assert "Birch" not in {seller for seller, *_ in listed(cast, who, unit)}, (who, unit)
    # And the successor is not the old seller's to know.
    [draft] = ask("contract.list", cast.eve, cast.units["cedar"], {"side": "sold"}).items
    with pytest.raises(errors.NotFound):
        ask("contract.show", cast.ben, str(draft.id))


@pytest.fixture
def moved_below(cast: Cast) -> Cast:
    """Birch Lab sold to beta, and beta has gone to Cedar."""
    create(cast, "ada", "fjord", "birch")
    create(cast, "ben", "birch", "birch_lab")
    move(cast, "beta", "birch_lab", who="ben")
    create(cast, "ben", "birch_lab", "beta")
    move(cast, "beta", "cedar")
    return cast


def test_a_seller_below_the_unit_keeps_it_in_the_list_of_the_unit(moved_below: Cast, belts: str) -> None:
    """billing.md §8: the list of a unit and below it has the edges that either end puts there."""
    assert listed(moved_below, "ben", "birch", q="beta") == [("Birch", "beta.example.org", "below", False)]
    assert len(listed(moved_below, "ben", "birch")) == 3


def test_the_old_seller_gives_no_days_back_to_a_buyer_that_left(moved: tuple[Cast, str]) -> None:
    """billing.md §8: it may end the contract earlier, but days after the cut belong to the new seller."""
    cast, contract = moved
    with pytest.raises(errors.SellerNotNearest):
        run("contract.end", cast.ben, contract, {"ends_on": "2026-07-01"})
    new = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-06-01"}
    with pytest.raises(errors.InvalidInput):
        run("contract.revise", cast.ben, contract, new)
    assert run("contract.end", cast.ben, contract, {"ends_on": "2026-05-25"}).body["ends_on"] == "2026-05-25"


def test_the_old_seller_cannot_accept_or_discard_what_a_move_made_a_draft(chain: Cast) -> None:
    """I9: moving back must find it; until then its buyer is another's."""
    made = create(chain, "ben", "birch", "beta", starts_on="2026-09-01")
    move(chain, "beta", "cedar")
    assert ask("contract.show", chain.ben, made["id"]).state == "draft"
    with pytest.raises(errors.SellerNotNearest):
        run("contract.accept", chain.ben, made["id"])
    with pytest.raises(errors.WrongState):
        run("contract.discard", chain.ben, made["id"])
    move(chain, "beta", "birch")
    assert ask("contract.show", chain.ben, made["id"]).state in ("active", "scheduled")


def test_the_mover_learns_of_no_edge_that_is_not_theirs(chain: Cast) -> None:
    """A3: Ada moves acme, but the edge Alder to acme is not hers to know."""
    moved = move(chain, "acme", "cedar")
    assert (moved["contracts_ended"], moved["drafts_made"]) == (0, 0)
    with system():
        [(count,)] = rows("select count(*) from contract where state = 'draft'")
    assert count == 1
