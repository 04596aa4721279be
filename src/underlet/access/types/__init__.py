"""Inputs and results of the access context, a module a subject."""

from underlet.access.types.history import FieldChange, HistoryEntry, ListHistory
from underlet.access.types.installation import CreateHierarchy, HeldName, ListNames, NameHeld, NameInput
from underlet.access.types.me import Me, UpdateMe
from underlet.access.types.people import (
    Email,
    GrantRow,
    GrantScope,
    Invited,
    InviteUser,
    ListUsers,
    Revoked,
    RevokeGrant,
    UserRow,
)
from underlet.access.types.tokens import CreateToken, ListTokens, TokenCreated, TokenRow

__all__ = [
    "CreateHierarchy", "CreateToken", "Email", "FieldChange", "GrantRow", "GrantScope", "HeldName", "HistoryEntry",
    "InviteUser", "Invited", "ListHistory", "ListNames", "ListTokens", "ListUsers", "Me", "NameHeld", "NameInput",
    "RevokeGrant", "Revoked", "TokenCreated", "TokenRow", "UpdateMe", "UserRow",
]  # fmt: skip
