"""From which address a request comes, behind proxies that are trusted and behind others (S3, P1)."""

from collections.abc import Iterator

import pytest

from underlet.foundation.peers import client_address, network_of
from underlet.foundation.settings import settings


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("UNDERLET_TRUSTED_PROXIES", "10.0.0.0/8, ::1/128")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_without_a_trusted_proxy_the_peer_is_the_client() -> None:
    """P1: a header that anybody can send is not believed."""
    assert client_address("203.0.113.9", "192.0.2.1") == "203.0.113.9"
    assert client_address("10.0.0.1", "192.0.2.1") == "10.0.0.1"
    assert client_address("", "192.0.2.1") == ""


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.1, 10.9.9.9", "192.0.2.1"),  # what stands before is the client's own text
        ("203.0.113.9", "192.0.2.1", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1, nonsense", "10.0.0.1"),
        ("::1", "2001:db8::5", "2001:db8::5"),
        ("10.0.0.1", "::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"),
    ],
)
def test_behind_trusted_proxies_it_is_the_last_address_that_is_none_of_them(
    proxies: None, peer: str, forwarded: str, client: str
) -> None:
    """P1."""
    assert client_address(peer, forwarded) == client


def test_guesses_are_counted_by_what_one_person_can_use() -> None:
    """S3: an IPv4 address, the /64 of an IPv6 one."""
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") == "2001:db8::/64"
    assert network_of("") == ""
