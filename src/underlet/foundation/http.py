"""The one way out: HTTP calls to addresses that people give, to public networks only (trust.md S6).

What is reached is decided when the connection is made: a name is resolved once, and the connection goes to an address
that was looked at, so no second answer of a resolver can lead elsewhere. Plain http, and networks that are not public,
only where the operator names the network (UNDERLET_OUTBOUND_NETWORKS). No redirect is followed, no proxy is taken from
the environment, and a call has an end, in bytes and in seconds.
"""

import http.client
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from underlet.foundation.settings import settings
from underlet.kernel.errors import AddressNotAllowed, CallFailed, InvalidInput

log = logging.getLogger(__name__)
SECONDS = 15.0
"""How long a call may take as a whole."""
_LONGEST = 64 * 1024
"""Bytes of an answer that are read."""
_PORTS = {"http": 80, "https": 443}
_Found = tuple[int, int, int, str, tuple[Any, ...]]
"""What a resolver says: family, kind and protocol of a socket, a name, the address."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that a gateway translates to the IPv4 address in their last four bytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. body: its first 64 kB."""

    status: int
    body: bytes


def check_url(url: str, field: str) -> str:
    """An address to call, as given. Raises InvalidInput naming the field for one that is never called."""
    parts = _split(url)
    if parts is None or len(url) > 2000 or any(ord(one) <= 32 or ord(one) > 126 for one in url):
        raise InvalidInput(fields={field: "This is not the address of a web service, https://…"})
    if parts.username is not None or parts.password is not None:
        raise InvalidInput(fields={field: "Leave user name and password out; calls are signed."})
    if parts.scheme == "http" and not settings().outbound_networks:
        raise InvalidInput(fields={field: "Use https."})
    return url


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in _PORTS and bool(parts.hostname) and not parts.fragment and parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return None
    return parts if is_usable else None


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Answer:
    """Post to an address that `check_url` took; whatever the other side answers is an answer, redirects too.

    Raises AddressNotAllowed where no address of its host may be called, CallFailed where there is no answer in time.
    """
    parts = _split(url)
    if parts is None or not parts.hostname:
        raise AddressNotAllowed()
    port = parts.port or _PORTS[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Connection(parts.hostname, port, is_secure=parts.scheme == "https", seconds=seconds)
    try:
        with _deadline(connection, seconds):
            connection.request("POST", target, body=body, headers={"User-Agent": "Underlet", **headers})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(_LONGEST))
    except ssl.SSLError as error:
        log.warning("a call to %s failed: %s", parts.hostname, error)
        raise CallFailed("The certificate of the other side is not valid.") from error
    except (OSError, http.client.HTTPException, AttributeError, ValueError) as error:
        # AttributeError, ValueError: the deadline took the socket away in the middle of a read.
        log.warning("a call to %s failed: %s", parts.hostname, error)
        raise CallFailed("The other side did not answer in time, or not as a web service.") from error
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to an address of the host that may be called, and to none else."""

    def __init__(self, host: str, port: int, *, is_secure: bool, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._is_secure = is_secure
        self.default_port = _PORTS["https" if is_secure else "http"]  # left out of the Host header

    def connect(self) -> None:
        """Resolve once, and connect to what was looked at."""
        self.sock = reach(self.host, self.port, is_secure=self._is_secure, seconds=self.timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._is_secure:
            # Its time-out is for the whole handshake, unlike that of a read.
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def reach(host: str, port: int, *, is_secure: bool, seconds: float | None) -> socket.socket:
    """A socket to an address of a host that may be called, resolved once. Raises AddressNotAllowed, OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [one for one in found if may_call(str(one[4][0]), is_secure=is_secure)]
    if not allowed:
        raise AddressNotAllowed()
    return _reach(allowed, seconds)


def _reach(found: "Sequence[_Found]", timeout: float | None) -> socket.socket:
    """A socket to the first address that takes one; the time is for all of them together."""
    failed: OSError = OSError("no address")
    end = time.monotonic() + (timeout or SECONDS)
    for family, kind, protocol, _, address in found:
        left = end - time.monotonic()
        if left <= 0:
            break
        one = socket.socket(family, kind, protocol)
        one.settimeout(left)
        try:
            one.connect(address)
        except OSError as error:
            one.close()
            failed = error
        else:
            one.settimeout(timeout)
            return one
    raise failed


def may_call(address: str, *, is_secure: bool) -> bool:
    """Whether a call may go to an IP address: a public one by https, or one in a network that the operator named."""
    ip = ip_address(address.partition("%")[0])
    if any(one in network for network in settings().outbound_networks for one in _all_of(ip)):
        return True
    return is_secure and all(one.is_global and not one.is_multicast for one in _all_of(ip))


def _all_of(ip: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """The address, and any IPv4 address that a gateway on the way would take it for."""
    yield ip
    if isinstance(ip, IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _TRANSLATED:
            inner.append(IPv4Address(int(ip) & 0xFFFFFFFF))
        yield from (one for one in inner if one is not None)


@contextmanager
def _deadline(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """End the connection after so many seconds, however slowly the other side goes on sending."""

    def end() -> None:
        if connection.sock is not None:
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("the connection was over already")

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
