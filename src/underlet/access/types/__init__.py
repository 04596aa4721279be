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
    MOST_INVITED,
    Email,
    GivenRole,
    GiveRole,
    GrantRow,
    GrantScope,
    Invited,
    InvitedMany,
    InviteLine,
    InviteMany,
    InvitePreview,
    InviteUser,
    ListUsers,
    OfPerson,
    PersonChange,
    PersonState,
    Revoked,
    RevokeGrant,
    UpdateGrant,
    UserRow,
    WelcomeLink,
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
from underlet.access.types.sign_in import (
    EndSessions,
    ListSessions,
    SessionRow,
    Sessions,
    SessionsEnded,
    SetSignInPolicy,
    SignInPolicy,
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
    "MOST_INVITED", "TOKEN_DAYS", "ActingMode", "AuditField", "AuditHead", "AuditRow", "AuditVerdict",
    "AuditView", "CeilingView", "CreateDirectoryGroup", "CreateDirectoryUser", "CreateHierarchy",
    "CreateIdentityProvider", "CreateToken", "DirectoryGroupRow", "DirectoryUserRow", "DirectoryView",
    "EditRole", "Email", "EndSessions", "EntryRemoved", "FieldChange", "GiveRole", "GivenRole", "GrantRow",
    "GrantScope", "GroupLink", "HeldName", "HistoryEntry", "IdentityProviderRow", "InviteLine", "InviteMany",
    "InvitePreview", "InviteUser", "Invited", "InvitedMany", "ListAudit", "ListDirectoryGroups",
    "ListDirectoryUsers", "ListHistory", "ListIdentityProviders", "ListNames", "ListPeopleToView", "ListRoles",
    "ListSessions", "ListTokens", "ListUnitTokens", "ListUsers", "ListViewAs", "MapDirectoryGroup", "Mapping",
    "Me", "NameHeld", "NameInput", "NamedRole", "OfPerson", "PersonChange", "PersonState", "PersonToView",
    "PreviewRole", "ProviderRemoved", "RevokeGrant", "Revoked", "RoleDeleted", "RoleHolder", "RolePreview",
    "RoleRow", "RoleView", "RotateToken", "SessionRow", "Sessions", "SessionsEnded", "SetCeiling",
    "SetSignInPolicy", "ShowHead", "SignInPolicy", "StartViewAs", "TokenCreated", "TokenPurpose", "TokenRow",
    "UnitTokenRow", "UpdateDirectoryGroup", "UpdateDirectoryUser", "UpdateGrant", "UpdateIdentityProvider",
    "UpdateMe", "UpdateRole", "UpdateToken", "UserRow", "VerifyAudit", "ViewAsRow", "WelcomeLink",
]  # fmt: skip
