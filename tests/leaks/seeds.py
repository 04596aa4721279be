"""Which random worlds a run makes; the seed is part of every message and of the tests' names.

UNDERLET_SEED begins elsewhere, UNDERLET_WORLDS says how many: 500 with UNDERLET_DEEP, 20 otherwise.
"""

import os

FIRST = int(os.environ.get("UNDERLET_SEED", "1"))
WORLDS = int(os.environ.get("UNDERLET_WORLDS", "500" if os.environ.get("UNDERLET_DEEP") else "20"))


def seeds(count: int = WORLDS, start: int = 0) -> range:
    """So many seeds, from where this run begins."""
    return range(FIRST + start, FIRST + start + count)
