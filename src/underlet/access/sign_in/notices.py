"""Mails about signing in: asking for a new password, and that something about it changed."""

from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.foundation.database.transactions import writing
from underlet.foundation.jobs import enqueue
from underlet.foundation.mail import is_configured

RESET = "reset_password"
PASSWORD_CHANGED = "password_changed"  # noqa: S105 (a kind, not a secret)
CHANGED = {
    PASSWORD_CHANGED: "notice_password",
    "totp_activated": "notice_totp_added",
    "totp_deactivated": "notice_totp_removed",
    "webauthn_added": "notice_passkey_added",
    "webauthn_removed": "notice_passkey_removed",
    "recovery_codes_generated": "notice_codes",
}
"""What changed, as allauth names it, and the text of our mail about it."""


def notify(user: User, kind: str) -> None:
    """Leave a mail to the worker, if this installation sends mails at all. kind: RESET or one of CHANGED."""
    if is_configured():
        actor = actor_of(user)
        with writing(actor):
            enqueue(actor, "user.mail_sign_in", None, {"user": user.id, "kind": kind})
