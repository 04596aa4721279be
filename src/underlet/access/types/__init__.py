"""Inputs and results of the access context, a module a subject."""

from underlet.access.types.directory import (
    CreateDirectoryGroup,
    CreateDirectoryUser,
    DirectoryGroupRow,
    DirectoryUserRow,
    DirectoryView,
    EntryRemoved,
    GroupLink,
    ListDirectoryGroups,
    ListDirectoryUsers,
    MapDirectoryGroup,
    Mapping,
    UpdateDirectoryGroup,
    UpdateDirectoryUser,
)
from underlet.access.types.history import FieldChange, HistoryEntry, ListHistory
from underlet.access.types.identity_providers import (
    CreateIdentityProvider,
    IdentityProviderRow,
    ListIdentityProviders,
    ProviderRemoved,
    UpdateIdentityProvider,
)
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
from underlet.access.types.tokens import (
    TOKEN_DAYS,
    CreateToken,
    ListTokens,
    ListUnitTokens,
    RotateToken,
    TokenCreated,
    TokenPurpose,
    TokenRow,
    UnitTokenRow,
    UpdateToken,
)

__all__ = [
    "TOKEN_DAYS", "CreateDirectoryGroup", "CreateDirectoryUser", "CreateHierarchy", "CreateIdentityProvider",
    "CreateToken", "DirectoryGroupRow", "DirectoryUserRow", "DirectoryView", "Email", "EntryRemoved",
    "FieldChange", "GrantRow", "GrantScope", "GroupLink", "HeldName", "HistoryEntry", "IdentityProviderRow",
    "InviteUser", "Invited", "ListDirectoryGroups", "ListDirectoryUsers", "ListHistory", "ListIdentityProviders",
    "ListNames", "ListTokens", "ListUnitTokens", "ListUsers", "MapDirectoryGroup", "Mapping", "Me", "NameHeld",
    "NameInput", "ProviderRemoved", "RevokeGrant", "Revoked", "RotateToken", "TokenCreated", "TokenPurpose",
    "TokenRow", "UnitTokenRow", "UpdateDirectoryGroup", "UpdateDirectoryUser", "UpdateIdentityProvider",
    "UpdateMe", "UpdateToken", "UserRow",
]  # fmt: skip
