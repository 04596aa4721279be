"""edges_in, paths_in: the chains of a month, for billing runs."""

from datetime import date

from tests.cast import Cast
from tests.contracts.test_contract import create
from underlet.contracts.queries import PathEpoch, paths_in
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.kernel.period import Month
from underlet.organization.models import Unit

APRIL = Month(2026, 4).range


def paths(cast: Cast, unit: str) -> list[tuple[str, str, int, str]]:
    """First day, last day, number of edges, gap of each epoch in April."""
    with system():
        row = Unit.objects.get(public_id=cast.units[unit])
        found: tuple[PathEpoch, ...] = paths_in(row.hierarchy_id, APRIL, [row.id])[row.id]
    return [(str(one.days.start), str(one.days.end), len(one.edges), one.gap) for one in found]


def test_a_path_runs_from_the_root_along_contracts(cast: Cast) -> None:
    """R2, billing.md §1: through any depth; a unit without a contract rolls up."""
    create(cast, "ada", "fjord", "birch")
    create(cast, "ben", "birch", "alder")
    create(cast, "cleo", "alder", "acme")
    assert paths(cast, "acme") == [("2026-04-01", "2026-05-01", 3, "")]
    assert paths(cast, "birch_lab") == [("2026-04-01", "2026-05-01", 1, "")]
    assert paths(cast, "fjord") == [("2026-04-01", "2026-05-01", 0, "")]


def test_gaps_are_named(cast: Cast) -> None:
    """billing.md §1: a customer without a contract; a seller that is nobody's buyer."""
    assert paths(cast, "acme") == [("2026-04-01", "2026-05-01", 0, "customer")]
    create(cast, "ada", "fjord", "birch")
    alder = create(cast, "ben", "birch", "alder")
    create(cast, "cleo", "alder", "acme")
    run("contract.end", cast.ben, alder["id"], {"ends_on": "2026-04-11"})
    assert paths(cast, "acme") == [("2026-04-01", "2026-04-11", 3, ""), ("2026-04-11", "2026-05-01", 0, "seller")]


def test_an_end_and_a_beginning_cut_the_month(cast: Cast) -> None:
    """R85, M7: epochs tile the month."""
    create(cast, "ada", "fjord", "birch")
    made = create(cast, "ben", "birch", "beta")
    new = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-04-11"}
    run("contract.revise", cast.ben, made["id"], new)
    run("contract.end", cast.ben, made["id"], {"ends_on": str(date(2026, 4, 21))})
    assert paths(cast, "beta") == [
        ("2026-04-01", "2026-04-11", 2, ""),
        ("2026-04-11", "2026-04-21", 2, ""),
        ("2026-04-21", "2026-05-01", 1, "customer"),
    ]
