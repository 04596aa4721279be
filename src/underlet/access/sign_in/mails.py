"""The job behind mails about signing in, in the brand of the unit where a person has their first role."""

from collections.abc import Mapping
from typing import Any

from underlet.access.mail_texts import mail_words
from underlet.access.models import Grant, User
from underlet.access.sign_in.notices import CHANGED, RESET
from underlet.access.welcome import has_standing, reset_path
from underlet.branding.mail import installation_sender, sender_of
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import Run, job
from underlet.foundation.mail import Mail, Sender, send


@job("user.mail_sign_in", unasked="It is about whoever gets it, and goes to nobody who may not come in.")
def mail_sign_in(run: Run, arguments: Mapping[str, Any]) -> None:
    """Mail a person the link that sets a new password, or that something about their sign-in changed.

    arguments: user (internal id), kind. The link is made here, so that it is stored nowhere (S7); none is made for who
    has no role any more.
    """
    with system():
        user = User.objects.get(id=arguments["user"])
        first = Grant.objects.filter(user_id=user.id).order_by("id").values_list("unit_id", flat=True).first()
        sender, base = installation_sender() if first is None else sender_of(first)
        mail = _mail(user, arguments["kind"], sender, base)
        is_due = user.is_active and (arguments["kind"] != RESET or has_standing(user))
    if is_due:
        send(mail, sender, f"sign-in-{run.id}")


def _mail(user: User, kind: str, sender: Sender, base: str) -> Mail:
    said = mail_words(user.language)
    if kind == RESET:
        return Mail(
            user.language,
            user.email,
            said["reset_subject"].format(product=sender.product_name),
            said["reset_heading"],
            (said["reset_text"].format(email=user.email),),
            (said["reset_button"], f"{base}{reset_path(user)}"),
            said["reset_note"],
        )
    return Mail(
        user.language,
        user.email,
        said["notice_subject"].format(product=sender.product_name),
        said["notice_heading"],
        (said[CHANGED[kind]], said["notice_sessions"]),
        (said["notice_button"], f"{base}/me/sign-in"),
        said["notice_note"],
    )
