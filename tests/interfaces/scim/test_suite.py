"""The compliance suite of scim2-tester, over the network (RFC 7643, RFC 7644)."""

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from tests.cast import Cast
from tests.interfaces.scim.conftest import Directory


def test_the_compliance_suite_finds_nothing(cast: Cast, directory: Directory, site: str) -> None:
    """Every check of the suite, of the description, of people and of groups."""
    http = Client(base_url=f"{site}/scim/v2", headers={"Authorization": f"Bearer {directory.key}"})
    results = check_server(SyncSCIMClient(http))
    failed = [
        (one.title, one.resource_type, one.reason)
        for one in results
        if one.status in (Status.ERROR, Status.CRITICAL)
    ]
    print(*failed, sep="\n")
    assert failed == []
    assert sum(one.status is Status.SUCCESS for one in results) > 60
