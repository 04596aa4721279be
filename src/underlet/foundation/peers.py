"""From which address a request comes, behind reverse proxies or without."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from underlet.foundation.settings import settings


def client_address(peer: str, forwarded: str = "") -> str:
    """The address of the client; "" where none is known, as on a socket file.

    peer: who holds the connection. forwarded: the X-Forwarded-For header, believed only from networks that the
    operator named (UNDERLET_TRUSTED_PROXIES): the last address in it that is no such proxy. Anybody can write what
    stands before.
    """
    here = _address(peer)
    if here is None:
        return ""
    for text in reversed(forwarded.split(",") if forwarded else []):
        if not _is_proxy(here):
            break
        before = _address(text)
        if before is None:
            break
        here = before
    return str(here)


def network_of(address: str) -> str:
    """What guesses are counted by: an IPv4 address, or the /64 of an IPv6 one, all of which one person can use."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found) if found else ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _is_proxy(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings().trusted_proxies)
