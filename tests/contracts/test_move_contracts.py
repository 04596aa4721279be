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


def test_the_mover_learns_of_no_edge_that_is_not_theirs(chain: Cast) -> None:
    """A3: Ada moves acme, but the edge Alder to acme is not hers to know."""
    moved = move(chain, "acme", "cedar")
    assert (moved["contracts_ended"], moved["drafts_made"]) == (0, 0)
    with system():
        [(count,)] = rows("select count(*) from contract where state = 'draft'")
    assert count == 1
