"""Random creations, moves, renames, removals, new legal entities: derived columns equal a walk up (R8 to R11)."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import tables
from tests.cast import Cast, make_cast
from tests.organization.truth import check_structure
from underlet.foundation.operations import run
from underlet.kernel import errors

_STEP = st.tuples(
    st.sampled_from(["create", "create", "move", "move", "move", "rename", "own", "remove"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)


def _do(cast: Cast, units: list[str], verb: str, one: str, other: str, name: str) -> None:
    if verb == "create":
        made = run("unit.create", cast.uma, one, {"kind": "organization", "name": name})
        units.append(made.body["id"])
    elif verb == "move":
        run("unit.move", cast.uma, one, {"parent": other})
    elif verb == "rename":
        run("unit.update", cast.uma, one, {"name": name})
    elif verb == "own":
        run("legal_entity.update", cast.uma, one, {"name": name})
    else:
        run("unit.remove", cast.uma, one)
        units.remove(one)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_STEP, min_size=25, max_size=40))
def test_derived_columns_equal_a_walk_up(database: None, steps: list[tuple[str, int, int]]) -> None:
    """Moves refused by name leave everything as it was."""
    with tables.connect() as connection:
        tables.empty(connection)
    cast = make_cast()
    units = [cast.units[name] for name in ("harbor", "science", "arts", "physics")]
    done: dict[str, int] = {}
    for number, (verb, first, second) in enumerate(steps):
        one, other = units[first % len(units)], units[second % len(units)]
        try:
            _do(cast, units, verb, one, other, f"Unit {number}")
            done[verb] = done.get(verb, 0) + 1
        except (
            errors.RootCannotMove,
            errors.MoveIntoOwnSubtree,
            errors.DepthExceeded,
            errors.UnitInUse,
        ):
            pass
        check_structure()
