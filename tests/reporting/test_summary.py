"""One month of each party of the worked example (billing.md §11): sold, bought, margin, and who may see them."""

from decimal import Decimal

import pytest

from tests.rating.worked import PERIOD, Example
from underlet.access.queries import actor_by_email
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import reading, system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.errors import Forbidden, NotFound
from underlet.rating.queries import visible_purchases
from underlet.reporting.types import SummaryView

PART_6 = "the graduated discount, percentage fees, minimums and credit grants come with part 6"
MONTH = {"period": PERIOD}


@pytest.fixture
def billed(database: None) -> Example:
    """The month through import, rating and drafts, every invoice issued."""
    example = Example.make()
    example.bill()
    current = example.current()
    run("invoice.issue_run", example.cast.ada, str(current.public_id), {"issued_on": "2026-05-04"})
    return example


def _summary(example: Example, person: str, unit: str) -> SummaryView:
    view: SummaryView = ask("billing.summary", example.cast.people[person], example.cast.units[unit], MONTH)
    return view


def _figures(view: SummaryView) -> tuple[str, str, str, str]:
    return str(view.sold), str(view.bought), str(view.kept), str(view.margin)


@pytest.mark.parametrize(
    ("person", "unit", "sold", "bought", "kept", "margin"),
    [
        ("ada", "fjord", "2385.26", "1989.50", "0.00", "395.76"),
        ("ben", "birch", "2488.14", "2385.26", "0.00", "102.88"),
        ("cleo", "alder", "2487.00", "2172.58", "0.00", "314.42"),
    ],
)
def test_margin_is_sold_minus_bought(
    billed: Example, person: str, unit: str, sold: str, bought: str, kept: str, margin: str
) -> None:
    """M3, I11, P9: posted amounts only; the golden margins less the parts that part 6 adds."""
    view = _summary(billed, person, unit)
    assert _figures(view) == (sold, bought, kept, margin)
    assert not view.is_provisional
    assert sum(row.margin or 0 for row in view.contracts) == view.margin


@pytest.mark.xfail(reason=PART_6, strict=True)
@pytest.mark.parametrize(
    ("person", "unit", "margin"),
    [("ada", "fjord", "369.20"), ("ben", "birch", "257.33"), ("cleo", "alder", "170.97")],
)
def test_golden_margins(billed: Example, person: str, unit: str, margin: str) -> None:
    """The margins of billing.md §11 with discount, support fee, top-up and credit."""
    assert str(_summary(billed, person, unit).margin) == margin


def test_margins_telescope(billed: Example) -> None:
    """I1: over all parties, margins = customer invoices − provider cost."""
    people = (("ada", "fjord"), ("ben", "birch"), ("cleo", "alder"))
    margins = [_summary(billed, person, unit).margin for person, unit in people]
    customers = [_summary(billed, person, unit).bought for person, unit in (("dan", "acme"), ("bea", "beta"))]
    assert sum(m for m in margins if m is not None) == sum(customers) - Decimal("1989.50")


def test_unassigned_cost_stays_with_the_root(database: None) -> None:
    """P24, R2: what nobody owns is bought, sold to nobody, and kept."""
    example = Example.make(owners=[("A1", "acme", "2026-01-01", None)])
    example.bill()
    view = _summary(example, "ada", "fjord")
    [cost] = view.provider_costs
    assert (cost.posted, cost.unassigned) == (Decimal("1989.50"), Decimal("630.00"))
    assert view.kept == Decimal("579.60")  # 630.00 USD × 0.92
    assert view.is_provisional  # its invoices are drafts


def test_a_missing_rate_leaves_the_margin_open(billed: Example) -> None:
    """No rate, no figure: never a sum of two currencies."""
    with system():
        assert execute("delete from exchange_rate") == 1
    view = _summary(billed, "ada", "fjord")
    [contract] = view.contracts
    assert (contract.cost, contract.margin, view.kept) == (None, None, None)
    assert view.sold == Decimal("2385.26")


def test_a_buyer_never_sees_its_sellers_cost(billed: Example) -> None:
    """I5, A1: a reseller's people may ask for their customer's month, not for their own seller's."""
    view = _summary(billed, "dan", "acme")
    assert (view.contracts, view.provider_costs, view.run_id) == ((), (), None)
    assert view.bought == Decimal("2487.00")
    for person, unit in (("ben", "fjord"), ("cleo", "birch"), ("dan", "alder"), ("eve", "birch")):
        with pytest.raises(NotFound):
            _summary(billed, person, unit)


def test_purchases_of_others_stay_hidden(billed: Example, belts: str) -> None:
    """A8, I5: Ada runs the root, yet what Birch sells and pays is Birch's own; with either belt taken off, too."""
    assert _summary(billed, "ada", "birch").contracts == (), belts
    assert _figures(_summary(billed, "ben", "birch")) == ("2488.14", "2385.26", "0.00", "102.88")
    with pytest.raises(NotFound):
        _summary(billed, "eve", "birch")


def test_purchases_are_the_sellers(billed: Example, belts: str) -> None:
    """A8, I5: what a seller pays for a line is on nobody's screen but its own side's, with each belt alone."""
    seen = {}
    for person in ("ada", "ben", "cleo", "dan", "bea", "eve"):
        with reading(billed.cast.people[person]):
            sellers = visible_purchases(billed.cast.people[person]).values_list(
                "charge_line__seller__name", flat=True
            )
            seen[person] = set(sellers)
    nothing: set[str] = set()
    expected = {
        "ada": {"Fjord"},
        "ben": {"Birch"},
        "cleo": {"Alder"},
        "dan": nothing,
        "bea": nothing,
        "eve": nothing,
    }
    assert seen == expected, belts


def test_a_sellers_month_stays_when_its_buyers_move_away(billed: Example, belts: str) -> None:
    """billing.md §8, I11, A8: sold, paid and kept are the same the day after; the new seller has sold nothing."""
    cast = billed.cast
    parties = (("ben", "birch"), ("cleo", "alder"), ("ada", "fjord"))
    before = [_summary(billed, person, unit) for person, unit in parties]
    for unit in ("acme", "beta", "alder"):
        run("unit.move", cast.ada, cast.units[unit], {"parent": cast.units["cedar"]})
    assert [_summary(billed, person, unit) for person, unit in parties] == before
    home = ask("home.show", cast.ben, cast.units["birch"], {})
    assert {buyer.posted for buyer in home.top_buyers} == {row.posted for row in before[0].contracts}
    assert _summary(billed, "eve", "cedar").contracts == ()
    for unit in ("alder", "beta"):
        assert _summary(billed, "eve", unit).bought == 0


def test_documents_of_a_former_legal_entity_stay_without_their_contract(billed: Example) -> None:
    """billing.md §8: a seller that got its own legal entity took its contracts along; what Birch issued is Birch's."""
    cast = billed.cast
    lab = cast.units["birch_lab"]
    terms = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-01-01"}
    run("contract.create", cast.ben, cast.units["birch"], {**terms, "buyer": lab})
    buyer = run("unit.create", cast.ben, lab, {"kind": "customer", "name": "new.example.org"}).body["id"]
    contract = run("contract.create", cast.ben, lab, {**terms, "buyer": buyer}).body["id"]
    run_id = billed.current().id
    with system():
        execute(
            "insert into invoice (hierarchy_id, run_id, contract_id, version_id, seller_id, buyer_id,"
            " seller_entity_id, buyer_entity_id, seller_name, buyer_name, period, currency, net, vat, gross,"
            " created_at) select c.hierarchy_id, %s, c.id, v.id, c.seller_id, c.buyer_id, c.seller_entity_id,"
            " c.buyer_entity_id, 'Birch', 'new', '2026-04-01', 'EUR', 0, 0, 0, c.created_at from contract c"
            " join contract_version v on v.contract_id = c.id where c.public_id = %s",
            [run_id, contract],
        )
    run("legal_entity.update", cast.ben, lab, {"name": "Lab Ltd"})
    [document] = [row for row in ask("invoice.list", cast.ben, lab).items if row.buyer == "new"]
    assert ask("invoice.show", cast.ben, str(document.id)).contract_id is None
    [row] = _summary(billed, "ben", "birch_lab").contracts
    assert (row.contract_id, row.cost, row.margin) == (None, None, None)
    assert [one.contract_id for one in ask("home.show", cast.ben, lab, {}).top_buyers] == [None]


def test_home_shows_what_waits(database: None) -> None:
    """P22, P26: an empty hierarchy asks for its first steps; a billed one shows its month and its freshness."""
    example = Example.make()
    cast = example.cast
    empty = ask("home.show", cast.uma, cast.units["harbor"], {})
    assert empty.figures is None
    assert {to_do.kind for to_do in empty.to_do} == {"no_import"}
    example.bill()
    home = ask("home.show", cast.ada, cast.units["fjord"], {})
    assert home.figures is not None
    assert (home.period, home.figures.sold, home.figures.is_provisional) == (PERIOD, Decimal("2385.26"), True)
    assert [(row.provider, row.period) for row in home.freshness] == [("AWS", PERIOD)]
    assert {to_do.kind: to_do.count for to_do in home.to_do}["drafts"] == 1
    assert home.top_buyers[0].share == Decimal("100.0")


def test_home_of_a_person_without_prices(database: None) -> None:
    """A11: a role without prices gets the page without a figure."""
    example = Example.make()
    example.bill()
    cast = example.cast
    run(
        "user.invite",
        cast.ada,
        cast.units["fjord"],
        {"email": "sue@example.com", "name": "Sue", "role": "support"},
    )
    sue = actor_by_email("sue@example.com")
    home = ask("home.show", sue, cast.units["fjord"], {})
    assert (home.figures, home.months, home.top_buyers, home.freshness) == (None, (), (), ())
    with pytest.raises(Forbidden):
        ask("billing.summary", sue, cast.units["fjord"], MONTH)
