"""The one way out for libraries that call with `requests`: the rules of `foundation.http`, decided at connect (S6)."""

import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from underlet.foundation.http import SECONDS, reach
from underlet.kernel.errors import CallFailed


class _Plain(HTTPConnection):
    """A connection to an address that may be called in plain text, and to none else."""

    def _new_conn(self) -> socket.socket:
        return reach(self.host, self.port or 80, is_secure=False, seconds=SECONDS)


class _Secure(HTTPSConnection):
    """The same by TLS, which urllib3 lays over the socket; the name is checked against the certificate."""

    def _new_conn(self) -> socket.socket:
        return reach(self.host, self.port or 443, is_secure=True, seconds=SECONDS)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Adapter(HTTPAdapter):
    """Calls have an end and follow no redirect."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Take connections that look where they go."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send within the time that a call may take. Raises CallFailed for a redirect, which nobody follows."""
        answer = super().send(request, *args, **{**kwargs, "timeout": SECONDS, "proxies": {}})
        if answer.is_redirect:
            raise CallFailed("The other side sends elsewhere; enter the address it sends to.")
        return answer


def session() -> requests.Session:
    """A session of `requests` to addresses that people gave. Raises AddressNotAllowed, CallFailed when it is used."""
    made = requests.Session()
    made.trust_env = False  # no proxy, no password file
    for scheme in ("http://", "https://"):
        made.mount(scheme, _Adapter())
    return made
