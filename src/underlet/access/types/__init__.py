"""Inputs and results of the access context, a module a subject."""

from underlet.access.types.acting import (
    ActingMode,
    ListPeopleToView,
    ListViewAs,
    PersonToView,
    StartViewAs,
    ViewAsRow,
)
from underlet.access.types.audit import (
    AuditField,
    AuditHead,
    AuditRow,
    AuditVerdict,
    AuditView,
    ListAudit,
    ShowHead,
    VerifyAudit,
)
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
from underlet.access.types.roles import (
    CeilingView,
    EditRole,
    ListRoles,
    NamedRole,
    PreviewRole,
    RoleDeleted,
    RoleHolder,
    RolePreview,
    RoleRow,
    RoleView,
    SetCeiling,
    UpdateRole,
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
    "TOKEN_DAYS", "ActingMode", "AuditField", "AuditHead", "AuditRow", "AuditVerdict", "AuditView",
    "CeilingView", "CreateDirectoryGroup", "CreateDirectoryUser", "CreateHierarchy", "CreateIdentityProvider",
    "CreateToken", "DirectoryGroupRow", "DirectoryUserRow", "DirectoryView", "EditRole", "Email",
    "EntryRemoved", "FieldChange", "GrantRow", "GrantScope", "GroupLink", "HeldName", "HistoryEntry",
    "IdentityProviderRow", "InviteUser", "Invited", "ListAudit", "ListDirectoryGroups", "ListDirectoryUsers",
    "ListHistory", "ListIdentityProviders", "ListNames", "ListPeopleToView", "ListRoles", "ListTokens",
    "ListUnitTokens", "ListUsers", "ListViewAs", "MapDirectoryGroup", "Mapping", "Me", "NameHeld", "NameInput",
    "NamedRole", "PersonToView", "PreviewRole", "ProviderRemoved", "RevokeGrant", "Revoked", "RoleDeleted",
    "RoleHolder", "RolePreview", "RoleRow", "RoleView", "RotateToken", "SetCeiling", "ShowHead", "StartViewAs",
    "TokenCreated", "TokenPurpose", "TokenRow", "UnitTokenRow", "UpdateDirectoryGroup", "UpdateDirectoryUser",
    "UpdateIdentityProvider", "UpdateMe", "UpdateRole", "UpdateToken", "UserRow", "VerifyAudit", "ViewAsRow",
]  # fmt: skip
