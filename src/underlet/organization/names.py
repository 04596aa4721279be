"""Whether a unit may take a name: its form, and who has it (R4, R19, R20).

A name of a visible unit is taken; one of a hidden unit, or one that the installation reserved, is just not available:
the same answer after the same work, and only so often (foundation.limits). Where a text cannot be a customer's name
but can be turned into one, the refusal proposes it.
"""

import re
import unicodedata
from typing import Final

import idna
from django.db.models import Q

from underlet.foundation import limits
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import scalar
from underlet.foundation.registry import query
from underlet.kernel.errors import NamePattern, NameTaken, NameUnavailable
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import CUSTOMER_NAME, check_unit_name, name_key
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, visible_units
from underlet.organization.types import CheckName, FreeName

_ADDRESS: Final = re.compile(r"(?:\w+://)?(?:[^/@]*@)?(?:www\.)?([^/?#:]*)")
_DOT: Final = re.compile("[.\u3002\uff0e\uff61]")
_BETWEEN: Final = re.compile(r"[\s_&+,–—-]+")


@query("name.check", needs=Permission.UNIT_EDIT, subject=UNIT)
def check_free_name(actor: Actor, unit: Unit, data: CheckName) -> FreeName:
    """Tell whether a new unit below this one may take a name; refuses as `unit.create` would, and changes nothing
    (R4, R19, R20)."""
    return FreeName(check_name(actor, data.kind, unit.hierarchy_id, data.name))


def check_name(actor: Actor, kind: UnitKind, hierarchy_id: int, text: str, *, besides: int = 0) -> str:
    """The name in its stored form, if a unit of this hierarchy may take it. besides: a unit that has it already.

    Raises NamePattern (with a proposal), RateLimited, NameTaken, NameUnavailable.
    """
    name = _checked(kind, text)
    limits.require(actor, "name")
    key = name_key(name)
    where = Q(hierarchy_id=hierarchy_id)
    if kind is UnitKind.CUSTOMER:
        where |= Q(kind=UnitKind.CUSTOMER.value)
    seen = visible_units(actor).filter(where, name_key=key, name_released_at=None).exclude(id=besides).exists()
    is_held = scalar("select name_is_held(%s, %s, %s, %s)", [kind.value, hierarchy_id, key, besides])
    if seen:
        raise NameTaken()
    if is_held:
        raise NameUnavailable()
    return name


def _checked(kind: UnitKind, text: str) -> str:
    try:
        return check_unit_name(kind, text)
    except NamePattern as refusal:
        proposal = propose_name(text) if kind is UnitKind.CUSTOMER else ""
        if not proposal:
            raise
        raise NamePattern(refusal.detail, proposal=proposal) from None


def propose_name(text: str) -> str:
    """The customer name that a text can be turned into, "" for none: white space and the like become hyphens, letters
    beyond ASCII punycode; of a web or mail address the host is taken.

    Example: "Bücher & Söhne.example" -> "xn--bcher-shne-eby4b.example"; "Acme" -> "", for want of a domain.
    """
    found = _ADDRESS.match(unicodedata.normalize("NFKC", text).strip().lower())
    labels = [_label(part) for part in _DOT.split(found[1] if found else "")]
    name = ".".join(label for label in labels if label)
    return name if CUSTOMER_NAME.match(name) else ""


def _label(text: str) -> str:
    joined = _BETWEEN.sub("-", text)
    kept = "".join(one for one in joined if one == "-" or one.isalnum() or unicodedata.combining(one)).strip("-")
    if kept.isascii():
        return kept
    try:
        return idna.encode(kept, uts46=True).decode()
    except idna.IDNAError:
        return ""
