"""Sending one mail in a unit's brand: HTML and text, inline styles, the logo inside it (documents.md §10, §12).

A mail is a heading, a few paragraphs and at most one button; whoever sends one says what, never how it looks. Nothing
in it loads anything from anywhere. Header fields are checked twice: where a brand is set, and by Django here.
"""

import logging
import smtplib
from dataclasses import dataclass
from email.mime.image import MIMEImage
from email.utils import formataddr
from urllib.parse import unquote, urlsplit

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from underlet.foundation.jobs import TryLater
from underlet.foundation.settings import settings
from underlet.kernel.errors import MailNotSent, SetupIncomplete
from underlet.kernel.palette import palette
from underlet.kernel.sentence import Sentence

log = logging.getLogger(__name__)
_TIMEOUT = 20
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_FONT = "font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_GREY = "#5b6577"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail comes from, and what it wears. name: before the installation's address; logo: PNG or None."""

    product_name: str
    name: str
    reply_to: str
    color: str
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says, in one language. button: label and address; note: small, below everything."""

    language: str
    to: str
    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    button: tuple[str, str] | None = None
    note: str = ""


def is_configured() -> bool:
    """Whether this installation sends mails at all."""
    return settings().smtp_url is not None


def send(mail: Mail, sender: Sender, key: str) -> None:
    """Hand a mail to the mail server. key: the same for every try of the same mail; it becomes its Message-ID.

    Raises TryLater when the server is not there or turns it away for now, MailNotSent when it refuses it for good.
    """
    message = compose(mail, sender, key)
    try:
        with _backend() as backend:
            backend.send_messages([message])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        code = _code(error)
        log.warning("the mail server answered %s to mail %s", code, key)
        said = Sentence("The mail server did not take the mail (answer {code}).", code=code)
        if code < 500 or isinstance(error, smtplib.SMTPAuthenticationError):
            raise TryLater(MailNotSent(said)) from error
        raise MailNotSent(said, hint="Check the address of the recipient.") from error
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server cannot be used: %s", error)
        raise TryLater(MailNotSent("The mail server cannot be reached.")) from error


def _code(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> int:
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code
    return max(int(answer[0]) for answer in error.recipients.values())


def _backend() -> EmailBackend:
    """The mail server of the settings. Raises SetupIncomplete for an address that is none."""
    url = urlsplit(settings().smtp_url or "")
    if url.scheme not in _PORTS or not url.hostname:
        raise SetupIncomplete(
            "UNDERLET_SMTP_URL is not the address of a mail server.",
            hint="Write it as smtp://user:password@mail.example.com:587.",
        )
    return EmailBackend(
        host=url.hostname,
        port=url.port or _PORTS[url.scheme],
        username=unquote(url.username or ""),
        password=unquote(url.password or ""),
        use_tls=url.scheme == "smtp",
        use_ssl=url.scheme == "smtps",
        timeout=_TIMEOUT,
    )


def compose(mail: Mail, sender: Sender, key: str) -> EmailMultiAlternatives:
    """The mail as it travels: text, HTML beside it, the logo within."""
    address = settings().mail_from
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=as_text(mail, sender),
        from_email=formataddr((sender.name or sender.product_name, address)),
        to=[mail.to],
        reply_to=[sender.reply_to] if sender.reply_to else None,
        headers={
            "Message-ID": f"<{key}@{address.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
        },
    )
    message.attach_alternative(as_html(mail, sender), "text/html")
    if sender.logo is not None:
        logo = MIMEImage(sender.logo, "png")
        logo.add_header("Content-ID", "<logo>")
        logo.add_header("Content-Disposition", "inline", filename="logo.png")
        message.mixed_subtype = "related"  # type: ignore[attr-defined] # unknown to the stubs
        message.attach(logo)
    return message


def as_text(mail: Mail, sender: Sender) -> str:
    """The mail for readers without HTML."""
    link = ["\n".join(mail.button)] if mail.button else []
    return "\n\n".join([mail.heading, *mail.paragraphs, *link, mail.note, f"-- \n{sender.product_name}"]) + "\n"


def as_html(mail: Mail, sender: Sender) -> str:
    """The mail in its brand. Tables and inline styles, because mail programs know little else."""
    look = palette(sender.color, dark=False)
    image = SafeString(
        '<img src="cid:logo" alt="" height="36" style="height:36px;width:auto;border:0;vertical-align:middle;'
        'margin-right:12px">'
    )
    brand = format_html(
        '{}<strong style="font-size:17px;color:{};vertical-align:middle">{}</strong>',
        image if sender.logo is not None else "", look.brand_ink, sender.product_name,
    )  # fmt: skip
    paragraphs = format_html_join(
        "", '<p style="margin:0 0 16px">{}</p>', ((_with_breaks(text),) for text in mail.paragraphs)
    )
    button = ""
    if mail.button:
        label, address = mail.button
        button = format_html(
            '<p style="margin:24px 0"><a href="{}" style="display:inline-block;padding:12px 20px;border-radius:8px;'
            'background:{};color:{};font-weight:600;text-decoration:none">{}</a></p>'
            '<p style="margin:0 0 16px;font-size:13px;color:{};word-break:break-all">{}</p>',
            address, look.brand_fill, look.on_fill, label, _GREY, address,
        )  # fmt: skip
    return str(
        format_html(
            '<!doctype html><html lang="{}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light">'
            '<title>{}</title></head><body style="margin:0;padding:0;background:#f6f8fb">'
            '<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="background:#f6f8fb">'
            '<tr><td align="center" style="padding:32px 16px">'
            '<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="max-width:560px;'
            "background:#ffffff;border:1px solid #d9dee7;border-top:4px solid {};border-radius:10px;"
            '{};font-size:15px;line-height:1.55;color:#1c2433">'
            '<tr><td style="padding:24px 32px 0">{}</td></tr><tr><td style="padding:24px 32px 32px">'
            '<h1 style="margin:0 0 16px;font-size:21px;line-height:1.3;color:#1c2433">{}</h1>{}{}'
            '<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #d9dee7;font-size:13px;color:{}">{}</p>'
            "</td></tr></table></td></tr></table></body></html>",
            mail.language, mail.subject, look.brand, SafeString(_FONT), brand, mail.heading, paragraphs, button,
            _GREY, mail.note,
        )
    )  # fmt: skip


def _with_breaks(text: str) -> SafeString:
    return SafeString(escape(text).replace("\n", "<br>"))
