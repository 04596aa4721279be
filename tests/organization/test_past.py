"""The structure as of a past moment: equal to what it was, and never more than the reader sees now (B3, ADR-0030)."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import tables
from tests.cast import Cast, make_cast
from underlet.foundation.actor import Actor
from underlet.foundation.clock import frozen, now
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.errors import InvalidInput, NotFound, Refusal

Row = tuple[str, str | None, str, str, str, int]
_STEP = st.tuples(
    st.sampled_from(["create", "create", "create", "move", "move", "rename", "code", "remove"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
HOUR = timedelta(hours=1)


def start() -> datetime:
    """A moment after all that made the cast."""
    return now() + HOUR


def pages(who: Actor, name: str, address: str, **data: Any) -> list[Any]:
    """All rows of a list, a few at a time."""
    found: list[Any] = []
    after = ""
    while True:
        page = ask(name, who, address, {"limit": 7, "after": after, **data})
        found += page.items
        if not page.next:
            return found
        after = page.next


def rows_of(items: list[Any]) -> set[Row]:
    return {
        (str(row.id), str(row.parent_id) if row.parent_id else None, row.kind, row.name, row.code, row.children)
        for row in items
    }


def past(who: Actor, address: str, moment: datetime, **data: Any) -> list[Any]:
    with frozen(moment + timedelta(days=900)):
        return pages(who, "unit.past", address, as_of=moment.isoformat(), **data)


def _do(cast: Cast, units: list[str], step: tuple[str, int, int], number: int) -> None:
    verb, first, second = step
    one, other = units[first % len(units)], units[second % len(units)]
    if verb == "create":
        kind = "customer" if first % 2 else "organization"
        name = f"c{number}.example.com" if first % 2 else f"Unit {number}"
        units.append(run("unit.create", cast.uma, one, {"kind": kind, "name": name}).body["id"])
    elif verb == "move":
        run("unit.move", cast.uma, one, {"parent": other})
    elif verb == "remove":
        run("unit.remove", cast.uma, one)
        units.remove(one)
    elif verb == "code":
        run("unit.update", cast.uma, one, {"code": f"C-{number}"})
    else:
        name = f"r{number}.example.com" if _kind(cast, one) == "customer" else f"Renamed {number}"
        run("unit.update", cast.uma, one, {"name": name})


def _kind(cast: Cast, unit: str) -> str:
    return str(ask("unit.show", cast.uma, unit).kind.value)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_STEP, min_size=20, max_size=30))
def test_the_past_is_what_was_seen_then(database: None, steps: list[tuple[str, int, int]]) -> None:
    """B3: whatever was done since, a moment shows what its present showed; paged, and in one piece."""
    with tables.connect() as connection:
        tables.empty(connection)
    cast = make_cast()
    units = [cast.units[name] for name in ("harbor", "science", "arts", "physics")]
    root, moment = cast.units["harbor"], start()
    seen: dict[datetime, set[Row]] = {}
    for number, step in enumerate(steps):
        moment += HOUR
        with frozen(moment):
            with suppress(Refusal):
                _do(cast, units, step, number)
            seen[moment] = rows_of(pages(cast.uma, "unit.list", root))
    for at, expected in seen.items():
        found = past(cast.uma, root, at + HOUR / 2)
        assert rows_of(found) == expected
        assert len(found) == len(expected), "no row comes twice"
        places = {row.id: number for number, row in enumerate(found)}
        assert all(places[row.parent_id] < places[row.id] for row in found if row.parent_id), "parents come first"
        direct = past(cast.uma, root, at + HOUR / 2, direct="true")
        assert [row.id for row in direct] == [row.id for row in found if str(row.parent_id) == root]
        assert [row.depth for row in found if str(row.id) == root] == [1]
    check_versions()


def check_versions() -> None:
    """Every unit has one open version that equals it; versions follow one another without gap or overlap."""
    with system():
        columns = (
            "parent_id, kind, name, display_name, organization_number, time_zone, code, price_type, state, anchors,"
            " anchor_id"
        )
        assert (
            execute(
                f"select id, {columns} from unit except"  # type: ignore[arg-type]
                f" select unit_id, {columns} from unit_version where to_at is null"
            )
            == 0
        )
        assert (
            execute(
                "select 1 from (select to_at, lead(from_at) over (partition by unit_id order by from_at) as next"
                " from unit_version) v where to_at is distinct from next and next is not null"
            )
            == 0
        )
        assert execute("select 1 from unit_version v where to_at is null and not exists ("
                       "select 1 from unit u where u.id = v.unit_id)") == 0  # fmt: skip


def test_a_day_means_its_end(cast: Cast) -> None:
    """A change of a day is in that day's structure, and not in the day before."""
    noon = datetime(2030, 3, 1, 12, tzinfo=UTC)
    with frozen(noon):
        run("unit.update", cast.ben, cast.units["birch_lab"], {"name": "Birch Research"})
    with frozen(noon + timedelta(days=9)):
        names = {
            day: {row.name for row in pages(cast.ben, "unit.past", cast.units["birch"], as_of=day)}
            for day in ("2030-02-28", "2030-03-01")
        }
        with pytest.raises(InvalidInput):
            ask("unit.past", cast.ben, cast.units["birch"], {"as_of": "2030-03-11"})
    assert "Birch Lab" in names["2030-02-28"]
    assert "Birch Research" in names["2030-03-01"]


def test_before_it_was_made_there_is_nothing(cast: Cast) -> None:
    assert past(cast.ben, cast.units["birch"], datetime(2001, 1, 1, tzinfo=UTC)) == []


def test_what_moved_away_and_is_hidden_does_not_show(belts_cast: Cast) -> None:
    """A1, A8: Beta moved from Birch to Cedar; Birch sees no past of it any more, Cedar sees it as its own."""
    cast, moment = belts_cast, start()
    with frozen(moment):
        run("unit.move", cast.ada, cast.units["beta"], {"parent": cast.units["cedar"]})
    before = moment - HOUR / 2
    assert "beta.example.org" not in {row.name for row in past(cast.ben, cast.units["birch"], before)}
    assert "beta.example.org" not in {
        row.name for row in past(cast.ben, cast.units["birch"], before, direct="true")
    }
    assert past(cast.ben, cast.units["birch"], before, below=cast.units["beta"]) == []
    with frozen(moment + HOUR), pytest.raises(NotFound):
        ask("unit.past", cast.ben, cast.units["beta"], {"as_of": before.isoformat()})
    [row] = past(cast.eve, cast.units["beta"], before)
    assert (row.name, row.parent_id, row.depth) == ("beta.example.org", None, 1), "its parent is hidden from Cedar"
    assert "beta.example.org" in {row.name for row in past(cast.ada, cast.units["birch"], before)}


def test_what_was_beneath_something_hidden_is_a_top_of_its_own(belts_cast: Cast) -> None:
    """A8: Alder went to Cedar, Acme below it stayed with Birch: Birch sees Acme, and no Alder between."""
    cast, moment = belts_cast, start()
    with frozen(moment):
        run("unit.move", cast.ada, cast.units["acme"], {"parent": cast.units["birch_lab"]})
        run("unit.move", cast.ada, cast.units["alder"], {"parent": cast.units["cedar"]})
    for direct in ("false", "true"):
        found = past(cast.ben, cast.units["birch"], moment - HOUR / 2, direct=direct)
        assert "Alder" not in {row.name for row in found}
        assert [(row.name, row.parent_id, row.depth) for row in found][-1] == ("acme.example.com", None, 1)
        assert len({row.id for row in found}) == len(found)


def test_removed_units_show_below_what_they_were_removed_from(belts_cast: Cast) -> None:
    """A8: Physics and then Science are removed: whoever sees Harbor sees both in the past, nobody else does."""
    cast, moment = belts_cast, start()
    with frozen(moment):
        run("unit.remove", cast.uma, cast.units["physics"])
    with frozen(moment + HOUR):
        run("unit.remove", cast.uma, cast.units["science"])
    found = {row.name: row for row in past(cast.uma, cast.units["harbor"], moment - HOUR / 2)}
    assert found["Faculty of Science"].is_removed
    assert not found["Faculty of Arts"].is_removed
    assert found["Department of Physics"].parent_id == found["Faculty of Science"].id
    science = str(found["Faculty of Science"].id)
    [below] = past(cast.uma, cast.units["harbor"], moment - HOUR / 2, below=science, direct="true")
    assert below.name == "Department of Physics"
    assert [row.name for row in past(cast.uma, cast.units["harbor"], moment + HOUR / 2, below=science)] == [
        "Faculty of Science"
    ]
    assert past(cast.ben, cast.units["birch"], moment - HOUR / 2, below=science) == []


def test_what_one_transaction_makes_and_unmakes_never_was(cast: Cast) -> None:
    with system():
        execute(
            "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, created_at)"
            " select p.hierarchy_id, p.id, 'organization', 'Brief', 'brief', '{}', p.entity_id, now()"
            " from unit p where p.name = 'Harbor'"
        )
        execute("update unit set name = 'Briefer', name_key = 'briefer' where name = 'Brief'")
        assert execute("select 1 from unit_version where name like 'Brief%%'") == 1, "one state per transaction"
        execute("delete from unit where name = 'Briefer'")
    with system():
        assert execute("select 1 from unit_version where name like 'Brief%%'") == 0
        assert execute("select 1 from removed_unit") == 0
    check_versions()


def test_a_move_writes_one_version(cast: Cast) -> None:
    """R10: what moves along keeps its version, though its ancestors, depth and legal entity change."""
    with system():
        before = execute("select 1 from unit_version")
    run("unit.move", cast.ada, cast.units["birch_lab"], {"parent": cast.units["cedar"]})
    run("unit.move", cast.ada, cast.units["alder"], {"parent": cast.units["cedar"]})
    with system():
        assert execute("select 1 from unit_version") == before + 2
    check_versions()


@pytest.fixture
def belts_cast(cast: Cast, belts: str) -> Cast:
    """The cast with both belts, then with each alone."""
    return cast
