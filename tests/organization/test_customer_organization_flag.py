"""Random creations, references, archivings, removals: `anchors` is true exactly where somebody refers (R73, R74)."""

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import tables
from tests.cast import Cast, make_cast
from tests.customer_organizations import check_flags, customer, refer
from tests.organization.truth import check_structure
from underlet.foundation.operations import run
from underlet.kernel import errors

_REFUSALS = (
    errors.CustomerOrganizationInactive,
    errors.CustomerOrganizationInUse,
    errors.CustomerOrganizationPermanent,
    errors.UnitInUse,
    errors.WrongState,
)
_STEP = st.tuples(
    st.sampled_from(
        ["create", "create below", "refer", "refer", "archive", "restore", "move", "remove", "remove"]
    ),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)


def _do(cast: Cast, units: list[str], verb: str, one: str, other: str, name: str) -> None:
    if verb == "create":
        units.append(customer(cast, name))
    elif verb == "create below":
        units.append(customer(cast, name, one))
    elif verb == "refer":
        refer(cast, one, other)
    elif verb == "archive":
        run("unit.archive", cast.ben, one)
    elif verb == "restore":
        run("unit.restore", cast.ben, one)
    elif verb == "move":
        run("unit.move", cast.ada, one, {"parent": cast.units["birch_lab" if len(name) % 2 else "alder"]})
    else:
        run("unit.remove", cast.ben, one)
        units.remove(one)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_STEP, min_size=25, max_size=40))
def test_r74_the_flag_equals_the_references(database: None, steps: list[tuple[str, int, int]]) -> None:
    """R73, R74, R82: also after refusals, which leave everything as it was."""
    with tables.connect() as connection:
        tables.empty(connection)
    cast = make_cast()
    units = [customer(cast, f"begin{number}.example.io") for number in range(3)]
    for number, (verb, first, second) in enumerate(steps):
        if not units:
            units.append(customer(cast, f"again{number}.example.io"))
        one, other = units[first % len(units)], units[second % len(units)]
        with suppress(*_REFUSALS):
            _do(cast, units, verb, one, other, f"unit{number}.example.io")
        check_flags()
    check_structure()
