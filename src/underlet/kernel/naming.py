"""Names of units: what they may look like, and when two are the same.

Names ignore case and the way characters are composed. Organizations are named freely; customers like a host
(R20), because their environment is provisioned under that name. Refuses with NamePattern or NameUnavailable.
"""

import re
import unicodedata

from underlet.kernel.errors import NamePattern, NameUnavailable
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.sentence import Sentence

MAX_ORGANIZATION_NAME = 120
MAX_DISPLAY_NAME = 200
MAX_KEY_BYTES = 1000
"""Of a key, in UTF-8: what an index entry has room for. Some characters fold into eighteen."""

CUSTOMER_NAME = re.compile(
    r"(?=.{4,253}\Z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])\Z"
)
"""The host-name form of customer names, exactly as requirements.md §2 gives it."""

_RESERVED = frozenset({"localhost", "underlet", "admin", "root.local", "example.invalid"})

# Cc control, Cf format (bidi marks, zero-width), Cs surrogate, Co private use, Cn unassigned, Zl/Zp line breaks.
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def name_key(text: str) -> str:
    """The form under which names are compared, searched and sorted: NFKC, case folded, white space folded.

    Example: "  Straße  Nord" -> "strasse nord". Idempotent.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def search_key(*texts: str) -> str:
    """Under what a unit is found beside its name: the keys of these texts, one a line, the end of very long ones left
    out.
    """
    joined = "\n".join(key for text in texts if (key := name_key(text)))
    return joined.encode()[:MAX_KEY_BYTES].decode(errors="ignore")


def _check_text(text: str, limit: int) -> str:
    name = unicodedata.normalize("NFC", text)
    if len(name) > limit:
        raise NamePattern(Sentence("A name has at most {limit} characters.", limit=limit), hint="Shorten it.")
    if any(unicodedata.category(character) in _FORBIDDEN_CATEGORIES for character in name):
        raise NamePattern("A name holds no invisible or control characters.", hint="Type it again.")
    if name != name.strip():
        raise NamePattern("A name does not begin or end with white space.", hint="Remove it.")
    return name


def check_unit_name(kind: UnitKind, name: str) -> str:
    """The name in its stored form (NFC). Raises NamePattern, NameUnavailable for a reserved one (R4, R19, R20)."""
    checked = _check_text(name, 253 if kind is UnitKind.CUSTOMER else MAX_ORGANIZATION_NAME)
    if not checked:
        raise NamePattern("A unit needs a name.", hint="Type one.")
    if len(name_key(checked).encode()) > MAX_KEY_BYTES:
        raise NamePattern("This name is too long, written out.", hint="Shorten it.")
    if kind is UnitKind.CUSTOMER and not CUSTOMER_NAME.match(checked):
        raise NamePattern()
    if kind is UnitKind.CUSTOMER and name_key(checked) in _RESERVED:
        raise NameUnavailable()
    return checked


def proposed_name(customer_organization: str) -> str:
    """A name for a customer of a customer organization, as a proposal: "acme.com" -> "finance.acme.com"."""
    name = f"finance.{customer_organization}"
    return name if CUSTOMER_NAME.match(name) else ""


def check_display_name(name: str) -> str:
    """A free display name in its stored form, may be empty. Raises NamePattern for invisible characters."""
    return _check_text(name, MAX_DISPLAY_NAME)
