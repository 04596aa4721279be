"""A real mail server for tests, in a thread of its own; it keeps what it was given, or turns it away."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from underlet.foundation.settings import settings


class Inbox:
    """What arrived. answer: what the server says to the next mails; "" = it takes them."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.answer = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by the server for each mail."""
        if self.answer:
            return self.answer
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.raw.append(content)
        return "250 Taken"


@contextmanager
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server that the settings of this test name."""
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("UNDERLET_SMTP_URL", f"smtp+plain://127.0.0.1:{port}")
    monkeypatch.setenv("UNDERLET_MAIL_FROM", "billing@underlet.example")
    monkeypatch.setenv("UNDERLET_URL", "https://billing.example.com")
    monkeypatch.setenv("UNDERLET_ALLOWED_HOSTS", "billing.example.com,portal.alder.example")
    settings.cache_clear()
    try:
        yield inbox
    finally:
        controller.stop()
        monkeypatch.undo()
        settings.cache_clear()


def parts_of(mail: EmailMessage) -> dict[str, str | bytes]:
    """The content of a mail by media type."""
    return {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
