"""The columns of a structure file, the same for writing and reading, and one example line."""

from underlet.organization.types import UpdateLegalEntity

UNIT_TEXTS = ("display_name", "organization_number", "time_zone", "code")
"""Texts of a unit that a file may set, named as in `unit.update`."""
LEGAL_FIELDS = tuple(UpdateLegalEntity.model_fields)
"""Fields of a legal entity that a file may set, named as in `legal_entity.update`; their columns begin with LEGAL."""
LEGAL = "legal_"

COLUMNS = (
    "id", "parent", "parent_id", "kind", "name", *UNIT_TEXTS, "price_type", "customer_organization",
    "state", "own_legal_entity", *(LEGAL + field for field in LEGAL_FIELDS),
)  # fmt: skip
"""In the order in which they are written; a file may have them in any, and leave out all but `name`."""

YES, NO = "yes", "no"
EXAMPLE = {
    "parent": "Nordic Resale",
    "kind": "customer",
    "name": "acme.example.com",
    "display_name": "Acme AB",
    "organization_number": "556016-0680",
    "time_zone": "Europe/Stockholm",
    "code": "A-100",
    "price_type": "seller_set_only",
    "state": "active",
    "own_legal_entity": YES,
    "legal_name": "Acme Aktiebolag",
    "legal_street": "Storgatan 1",
    "legal_postal_code": "111 22",
    "legal_city": "Stockholm",
    "legal_country": "SE",
    "legal_vat_id": "SE556016068001",
    "legal_language": "sv",
}
"""What the template shows; its parent is an organization that one has."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; `unguarded` gives it back."""
    return f"'{text}" if text.startswith((*FORMULA, "'")) else text


def unguarded(text: str) -> str:
    """A text as it was before `guarded`."""
    return text[1:] if text[:1] == "'" and text[1:].startswith((*FORMULA, "'")) else text
