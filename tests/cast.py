"""The fixed cast's structure and people, as the demo makes them; what tests of other contexts stand on.

`Cast.units` holds public ids by short name, `Cast.people` actors by first name (also as attributes).
"""

import underlet.access.operations
import underlet.organization.operations  # noqa: F401 (both fill the registry)
from tests import tables
from underlet.access.queries import actor_of
from underlet.access.welcome import create_operator
from underlet.project.demo.cast import Cast, create_structure
from underlet.project.demo.stage import PEOPLE, UNITS

__all__ = ["PEOPLE", "UNITS", "Cast", "make_cast"]


_made: list[tuple[Cast, tables.Rows]] = []


def make_cast() -> Cast:
    """Two hierarchies, their units, their people, in an empty database; made once, later put back row by row."""
    if _made:
        cast, rows = _made[0]
        tables.put(rows)
        return _copy(cast)
    cast = create_structure(actor_of(create_operator("operator@localhost", "Operator")))
    _made.append((cast, tables.take()))
    return _copy(cast)


def _copy(cast: Cast) -> Cast:
    """A test's own: units that it adds are not there for the next one."""
    return Cast(dict(cast.units), dict(cast.people))
