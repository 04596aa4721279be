"""Every entry for every role: at least one success and one refusal, or a reason why that cannot be (trust.md §6)."""

from tests.leaks.dealing import Tally
from tests.leaks.worlds import OWN_ROLE, ROLES
from underlet.foundation.registry import OPERATIONS, QUERIES, Entry

PERSONS = (*ROLES, "own role", "all customers", "alone", "operator", "API key")
"""Roles that are counted: the built-in ones, one of a unit's own, kinds of grants, the operator, and API keys."""

Pair = tuple[str, str]
_HELD = {
    **ROLES,
    "own role": OWN_ROLE,
    "all customers": ROLES["customer_administrator"],
    "alone": ROLES["owner"],
    "operator": ROLES["owner"],
    "API key": ROLES["owner"],
}
_AT_THE_ROOT = ("import.create", "billing_run.start", "exchange_rate.set")
_OF_PEOPLE = {
    "token.create": "keys make no keys",
    "token.update": "keys belong to people; a key has none of its own",
    "token.rotate": "keys belong to people; a key has none of its own",
    "token.revoke": "keys belong to people; a key has none of its own",
    "user.update_me": "a key has no pages, so neither language nor theme",
    "view_as.start": "a key views as nobody",
    "view_as.end": "a key views as nobody",
}
_WITH_ALL_BELOW = (
    "role.create",
    "role.update",
    "role.delete",
    "identity_provider.create",
    "identity_provider.show",
    "identity_provider.update",
    "identity_provider.remove",
)
_BELOW = (
    "unit.create",
    "unit.move_many",
    "structure.check",
    "structure.import",
    "group.create",
    "group.update",
    "group.delete",
    "group.set_members",
    "group.add_members",
    "group.remove_members",
    "group.create_unit",
    "group.preview_rule",
)
_CEILINGS = ("role_ceiling.set", "role_ceiling.clear")
NEVER_DONE: dict[Pair, str] = {
    **{
        (name, "alone"): "for roots, and acts on all below, where a role on one unit does not reach"
        for name in _AT_THE_ROOT
    },
    **{
        (
            name,
            "alone",
        ): "counts for all below, now and later, so a role on one unit, be it a customer, is not enough"
        for name in _WITH_ALL_BELOW
    },
    **{
        (
            name,
            "alone",
        ): "acts below an organization, where a role on one unit does not reach; a customer has no units"
        for name in _BELOW
    },
    **{(name, "API key"): why for name, why in _OF_PEOPLE.items()},
    **{(name, "alone"): "only who administers roles in everything below the unit above" for name in _CEILINGS},
    **{
        (name, "all customers"): "only who administers roles in the unit above, which is no customer"
        for name in _CEILINGS
    },
    ("scheduled_move.show", "all customers"): (
        "only whose move it is, for which they lack UNIT_EDIT, or who sees where it goes, which is no customer"
    ),
    **{
        (
            name,
            "all customers",
        ): "only who looks after the group or sees the unit that keeps it, which is no customer"
        for name in ("group.show", "group.members")
    },
}
"""Pairs of entry and role that can never succeed, beyond those for whom the permission is missing."""
NEVER_REFUSED: dict[Pair, str] = {}
"""Pairs that can never be refused, beyond entries without subject, which are about the actor alone."""


def entries() -> dict[str, Entry]:
    """Everything that can be asked or done by its route."""
    return {
        name: entry
        for name, entry in {**QUERIES, **OPERATIONS}.items()
        if name != "upload.create" and "api" not in entry.waive
    }


def why_never_done(entry: Entry, role: str) -> str:
    """Why a role never succeeds; "" = it must."""
    if (entry.name, role) in NEVER_DONE:
        return NEVER_DONE[entry.name, role]
    if _for_the_operator(entry):
        return "" if role == "operator" else "for the operator of the installation alone"
    if entry.own or entry.subject is None:
        return ""
    return "" if _HELD[role] & int(entry.needs) == int(entry.needs) else f"lacks {entry.needs.name}"


def why_never_refused(entry: Entry, role: str) -> str:
    """Why a role is never refused; "" = it must have been."""
    if (entry.name, role) in NEVER_REFUSED:
        return NEVER_REFUSED[entry.name, role]
    if _for_the_operator(entry):
        return "may do all that is the installation's" if role == "operator" else ""
    return "about the actor alone" if entry.subject is None else ""


def _for_the_operator(entry: Entry) -> bool:
    """Whether it belongs to the installation."""
    is_write = entry.subject is None and not entry.own and entry.name in OPERATIONS
    return is_write or entry.name == "name.list"


def missing(tally: Tally) -> list[Pair]:
    """Pairs that lack a success or a refusal without a reason."""
    return [
        (name, role)
        for name, entry in entries().items()
        for role in PERSONS
        if (not tally.done[name, role] and not why_never_done(entry, role))
        or (not tally.refused[name, role] and not why_never_refused(entry, role))
    ]
