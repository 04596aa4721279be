"""Calls to addresses that people give: public networks only, decided at connect; bounded; signed (S6, F6)."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.receiver import Receiver, called_networks, receiving
from underlet.foundation import http
from underlet.foundation.http import check_url, may_call, post
from underlet.foundation.settings import read_settings
from underlet.foundation.webhooks import Message, new_salt, secret_of, send
from underlet.kernel.errors import AddressNotAllowed, CallFailed, InvalidInput, SetupIncomplete

HIDDEN = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as found, called_networks(monkeypatch):
        yield found


@pytest.mark.parametrize("address", HIDDEN)
def test_addresses_of_inner_networks_are_not_called(address: str) -> None:
    """S6: in every spelling, mapped and translated ones too."""
    assert not may_call(address, is_secure=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_called_by_https_only(address: str) -> None:
    """S6."""
    assert may_call(address, is_secure=True)
    assert not may_call(address, is_secure=False)


def test_the_operator_opens_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """S6: this one, by http too, and no other."""
    with called_networks(monkeypatch, "10.20.0.0/16, 192.168.1.7/32"):
        assert may_call("10.20.3.4", is_secure=False)
        assert may_call("::ffff:10.20.3.4", is_secure=False)
        assert may_call("192.168.1.7", is_secure=True)
        assert not may_call("192.168.1.8", is_secure=True)
        assert not may_call("93.184.216.34", is_secure=False)
    with pytest.raises(SetupIncomplete):
        read_settings({"UNDERLET_OUTBOUND_NETWORKS": "10.20.0.1/16"})


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "localhost.", "[::1]", "0177.0.0.1", "2130706433", "0x7f.1", "[::ffff:7f00:1]"],
)
def test_no_spelling_of_the_loopback_reaches_a_receiver(host: str) -> None:
    """S6: the receiver would take it; nothing arrives."""
    with receiving() as found:
        port = found.url.rpartition(":")[2].partition("/")[0]
        for scheme in ("http", "https"):
            with pytest.raises((AddressNotAllowed, CallFailed)):  # some resolvers do not know every spelling
                post(f"{scheme}://{host}:{port}/", b"", {})
        assert found.calls == []


def test_a_name_is_resolved_once_and_its_answer_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """S6: a resolver that says something else the second time is not asked a second time."""
    answers: list[list[Any]] = []
    reached: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answers.pop(0))
    monkeypatch.setattr(http, "_reach", lambda found, timeout: reached.extend(found) or _refuse())

    def row(ip: str) -> Any:
        return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443))

    def _refuse() -> Any:
        raise OSError("no network in this test")

    answers = [[row("93.184.216.34"), row("127.0.0.1")], [row("127.0.0.1")]]
    with pytest.raises(CallFailed):
        post("https://flips.example/", b"", {})
    assert [one[4][0] for one in reached] == ["93.184.216.34"], "the inner one among several is left out"
    with pytest.raises(AddressNotAllowed):
        post("https://flips.example/", b"", {})
    assert answers == []


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    """S6."""
    receiver.status, receiver.location = 307, receiver.url
    assert post(receiver.url, b"x", {}).status == 307
    assert len(receiver.calls) == 1


@pytest.mark.parametrize(("field", "seconds"), [("delay", 5.0), ("drip", 0.05)])
def test_a_call_has_an_end(receiver: Receiver, field: str, seconds: float) -> None:
    """S12: a receiver that hangs, or sends a byte now and then, holds nobody up."""
    setattr(receiver, field, seconds)
    begun = time.monotonic()
    with pytest.raises(CallFailed):
        post(receiver.url, b"x", {}, seconds=0.5)
    assert time.monotonic() - begun < 3


def test_a_handshake_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """S12: the same before a word is said, while the connection is being secured."""

    def drip(server: socket.socket) -> None:
        taken, _ = server.accept()
        try:
            for byte in b"\x16\x03\x03\x40\x00" + b"\0" * 400:
                taken.sendall(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass  # the caller went away, as it should
        finally:
            taken.close()

    with socket.create_server(("127.0.0.1", 0)) as server, called_networks(monkeypatch):
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        begun = time.monotonic()
        with pytest.raises(CallFailed):
            post(f"https://127.0.0.1:{server.getsockname()[1]}/", b"x", {}, seconds=0.5)
        assert time.monotonic() - begun < 3
        thread.join()


def test_of_a_long_answer_the_beginning_is_read(receiver: Receiver) -> None:
    """S12."""
    receiver.status, receiver.length = 200, 1_000_000
    assert len(post(receiver.url, b"x", {}).body) == 64 * 1024


def test_an_absent_receiver_is_a_refusal(receiver: Receiver) -> None:
    with pytest.raises(CallFailed):
        post("http://127.0.0.1:9/", b"x", {})
    with pytest.raises(CallFailed):
        post(receiver.url.replace("http:", "https:"), b"x", {})


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://example.com/", "https://", "https:///x", "https://a.example:0/", "https://a.example:x/",
        "example.com",
        "https://me:secret@a.example/", "https://a.example/ b", "https://a.example/#x", "https://ä.example/",
        "https://a.example/\nHost: b", "file:///etc/passwd", "https://[::1/", "http://a.example/",
        "https://a.example/" + "x" * 2000,
    ],
)  # fmt: skip
def test_what_is_never_called_is_refused_where_it_is_set(url: str) -> None:
    """S6."""
    with pytest.raises(InvalidInput) as refused:
        check_url(url, "url")
    assert "url" in refused.value.fields


def test_another_implementation_verifies_the_signature(receiver: Receiver) -> None:
    """F6: Standard Webhooks, by their own library; a changed byte, or another secret, is noticed."""
    salt, other = new_salt(), new_salt()
    assert secret_of(salt) != secret_of(other)
    send(receiver.url, [salt, other], Message("msg_1", "environment.provision", {"id": "1"}))
    [call] = receiver.calls
    assert call.headers["webhook-id"] == "msg_1"
    for one in (salt, other):
        assert Webhook(secret_of(one)).verify(call.body, call.headers)["data"] == {"id": "1"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of(salt)).verify(call.body.replace(b'"1"', b'"2"'), call.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of(new_salt())).verify(call.body, call.headers)
