"""Which time zones there are."""

import zoneinfo
from functools import cache

from underlet.kernel.errors import InvalidInput


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())  # reads the zone files: once is enough


def check_time_zone(name: str) -> None:
    """Raises InvalidInput naming the field `time_zone`; empty = as the unit above."""
    if name and name not in _time_zones():
        raise InvalidInput(fields={"time_zone": "This is not an IANA time zone, for example Europe/Stockholm."})
