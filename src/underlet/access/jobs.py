"""Jobs of the access context: the mail that tells a person of their role."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from underlet.access.mail_texts import mail_words
from underlet.access.models import Grant, User
from underlet.access.queries import CUSTOMERS
from underlet.access.welcome import welcome_path
from underlet.branding.mail import sender_of
from underlet.foundation.clock import now
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import Run, job
from underlet.foundation.mail import Mail, Sender, send
from underlet.organization.models import Unit

_NAMED = 5
"""Customers that a mail names at most."""


@job("user.mail_invitation", unasked="The role is given; the mail is for the person who holds it.")
def mail_invitation(run: Run, arguments: Mapping[str, Any]) -> None:
    """Mail a person that they have a role, with the link that sets their first password if they need one.

    arguments: user, unit, own_role (internal ids), role, scope, welcome: whether the inviter may hand out that link.
    The link is made here, so that it is stored nowhere (S7). A role that was taken back, rests or ended meanwhile is
    not announced. Every try has the same Message-ID, so that a mail sent twice is shown once.
    """
    with system():
        prepared = _prepare(arguments)
    if prepared is None:
        return
    mail, sender = prepared
    send(mail, sender, f"invitation-{run.id}")


def _prepare(arguments: Mapping[str, Any]) -> tuple[Mail, Sender] | None:
    grant = (
        Grant.objects.filter(
            user_id=arguments["user"],
            unit_id=arguments["unit"],
            role=arguments["role"],
            own_role_id=arguments["own_role"],
            scope=arguments["scope"],
            suspended_at=None,
        )
        .filter(Q(expires_at=None) | Q(expires_at__gt=now()))
        .select_related("user", "unit")
        .first()
    )
    if grant is None or not grant.user.is_active:
        return None
    sender, base = sender_of(grant.unit_id)
    return _invitation(grant.user, _where(grant), sender, base, welcome=arguments["welcome"]), sender


def _where(grant: Grant) -> str:
    """What the role opens, by name. A customer organization itself stays unnamed: the person does not see it."""
    if grant.scope != CUSTOMERS:
        return grant.unit.name
    names = Unit.objects.filter(anchor_id=grant.unit_id).order_by("name_key").values_list("name", flat=True)
    shown = list(names[: _NAMED + 1])
    return ", ".join(shown[:_NAMED]) + (" …" if len(shown) > _NAMED else "")


def _invitation(user: User, unit: str, sender: Sender, base: str, *, welcome: bool) -> Mail:
    """What the mail says. It names the unit of the role or the customers that it opens, and nothing else."""
    said = mail_words(user.language)
    is_new = welcome and not user.has_usable_password()
    label, path, text = (
        (said["set_password"], welcome_path(user), said["set_password_text"])
        if is_new
        else (said["sign_in"], "/login", said["sign_in_text"])
    )
    return Mail(
        user.language,
        user.email,
        said["invited_subject"].format(product=sender.product_name),
        said["invited_heading"].format(name=user.name),
        (said["invited_text"].format(unit=unit, email=user.email), text),
        (label, f"{base}{path}"),
        said["invited_note"],
    )
