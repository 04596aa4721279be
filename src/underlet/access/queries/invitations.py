"""What inviting a list of people would do."""

from underlet.access.invitations import planned
from underlet.access.types import InviteLine, InviteMany, InvitePreview
from underlet.foundation.actor import Actor
from underlet.foundation.registry import query
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT


@query("user.preview_invite_many", needs=Permission.USER_EDIT, subject=UNIT)
def preview_invite_many(actor: Actor, unit: Unit, data: InviteMany) -> InvitePreview:
    """Tell line by line what inviting a list of people would do, and what is wrong with it; changes nothing (P6).

    Whether somebody is known elsewhere is not told.
    """
    _place, guests = planned(actor, unit, data)
    lines = tuple(
        InviteLine(
            one.line,
            one.email,
            one.name,
            one.choice.role or one.choice.label if one.choice else one.role,
            "problem" if one.problem else "nothing" if one.is_done else "invite",
            one.problem,
        )
        for one in guests
    )
    kinds = [line.what for line in lines]
    return InvitePreview(lines, kinds.count("invite"), kinds.count("problem"))
