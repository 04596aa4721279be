"""Rows of people, roles, groups, grants and API keys. Tables and policies: `sql/`."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from underlet.organization.models import Unit


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, ignoring case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email_key=(username or "").strip().casefold())


class User(AbstractBaseUser):
    """A person who can sign in. What they may do comes from grants only."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    email = models.TextField()
    email_key = models.TextField(unique=True)
    name = models.TextField()
    language = models.TextField(default="en")
    theme = models.TextField(default="auto")
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    scope_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email_key"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta:
        managed = False
        db_table = "app_user"

    def __str__(self) -> str:
        return self.name


class OwnRole(models.Model):
    """A role that a unit made for itself and the units below it, beside the built-in ones (P3)."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    name = models.TextField()
    name_key = models.TextField()
    description = models.TextField(default="")
    perms = models.BigIntegerField()
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "role"

    def __str__(self) -> str:
        return self.name


class UnitGroup(models.Model):
    """Units put together to be looked after together (R46). rule: which join by themselves; None = chosen singly."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    name = models.TextField()
    name_key = models.TextField()
    description = models.TextField(default="")
    rule = models.JSONField(null=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "unit_group"

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """That a unit belongs to a group (R48), and whether the group's rule made it so."""

    pk = models.CompositePrimaryKey("group_id", "unit_id")
    group = models.ForeignKey(UnitGroup, models.DO_NOTHING)
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    hierarchy_id = models.BigIntegerField()
    is_by_rule = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "group_member"

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.group_id}"


class UnitCeiling(models.Model):
    """What roles on a unit and below it may hold at most (P2)."""

    unit = models.OneToOneField(Unit, models.DO_NOTHING, primary_key=True)
    perms = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "unit_ceiling"

    def __str__(self) -> str:
        return f"at most {self.perms} in {self.unit_id}"


class Grant(models.Model):
    """A role given to a person: on a unit, on it and everything below it, on all customers of a customer organization,
    or on the members of a group. role: a built-in one, "" for one of a unit's own.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    user = models.ForeignKey(User, models.DO_NOTHING)
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    role = models.TextField()
    own_role = models.ForeignKey(OwnRole, models.DO_NOTHING, null=True, db_column="role_id")
    perms = models.BigIntegerField()
    scope = models.TextField(default="subtree")
    group = models.ForeignKey(UnitGroup, models.DO_NOTHING, null=True)
    acts_for = models.ForeignKey(Unit, models.DO_NOTHING, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    directory_group = models.ForeignKey("access.DirectoryGroup", models.DO_NOTHING, null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "access_grant"

    def __str__(self) -> str:
        return f"{self.role or self.own_role_id} on {self.unit_id}"


class ApiToken(models.Model):
    """An API key: shown once, kept as a digest, acting within its owner's rights at every call."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    user = models.ForeignKey(User, models.DO_NOTHING)
    name = models.TextField()
    digest = models.TextField()
    previous_digest = models.TextField(null=True)
    previous_until = models.DateTimeField(null=True)
    purpose = models.TextField(default="api")
    unit = models.ForeignKey(Unit, models.DO_NOTHING, null=True)
    perms = models.BigIntegerField(null=True)
    networks = ArrayField(models.TextField(), null=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.GenericIPAddressField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "api_token"

    def __str__(self) -> str:
        return self.name


class ActingSession(models.Model):
    """That somebody sees with somebody else's eyes (P32): an actor of its own, while it lasts. Names are as they were.

    mode: "view": nothing can be written; "act": what both may do can be done. ends_at: at the latest; ended_at: before.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    viewer = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    viewer_name = models.TextField()
    person = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    person_name = models.TextField()
    mode = models.TextField()
    reason = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "acting_session"

    def __str__(self) -> str:
        return f"{self.viewer_name} as {self.person_name}"


class Directory(models.Model):
    """What is known of the calls of a unit's directory."""

    unit = models.OneToOneField(Unit, models.DO_NOTHING, primary_key=True)
    last_call_at = models.DateTimeField()
    last_error = models.TextField(default="")
    last_error_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "directory"

    def __str__(self) -> str:
        return f"directory of {self.unit_id}"


class DirectoryUser(models.Model):
    """A person as a unit's directory keeps them (SCIM). is_maker: the person began with this entry."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    user = models.ForeignKey(User, models.DO_NOTHING)
    is_maker = models.BooleanField()
    external_id = models.TextField(default="")
    user_name = models.TextField()
    user_name_key = models.TextField()
    display_name = models.TextField(default="")
    given_name = models.TextField(default="")
    family_name = models.TextField(default="")
    email = models.TextField()
    email_type = models.TextField(default="")
    active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "directory_user"

    def __str__(self) -> str:
        return self.user_name


class DirectoryGroup(models.Model):
    """A group of a unit's directory (SCIM), which may stand for a role."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    external_id = models.TextField(default="")
    display_name = models.TextField()
    display_name_key = models.TextField()
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "directory_group"

    def __str__(self) -> str:
        return self.display_name


class DirectoryMember(models.Model):
    """That an entry of a directory is in one of its groups."""

    pk = models.CompositePrimaryKey("group_id", "entry_id")
    group = models.ForeignKey(DirectoryGroup, models.DO_NOTHING, related_name="members")
    entry = models.ForeignKey(DirectoryUser, models.DO_NOTHING, related_name="memberships")
    unit_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "directory_member"

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.group_id}"


class DirectoryMapping(models.Model):
    """The role that a group of a directory stands for, and where."""

    group = models.OneToOneField(DirectoryGroup, models.DO_NOTHING, primary_key=True, related_name="mapping")
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    role = models.TextField()
    own_role = models.ForeignKey(OwnRole, models.DO_NOTHING, null=True, db_column="role_id")
    unit_group = models.ForeignKey(UnitGroup, models.DO_NOTHING, null=True)

    class Meta:
        managed = False
        db_table = "directory_mapping"

    def __str__(self) -> str:
        return f"{self.role or self.own_role_id} for {self.group_id}"


class IdentityProvider(models.Model):
    """Who may say who somebody is, for the people whose every role lies in its unit or below. Kinds: OpenID Connect,
    SAML. client_secret: sealed."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    kind = models.TextField()
    name = models.TextField()
    issuer = models.TextField(default="")
    client_id = models.TextField(default="")
    client_secret = models.TextField(default="")
    entity_id = models.TextField(default="")
    sso_url = models.TextField(default="")
    certificate = models.TextField(default="")
    groups_claim = models.TextField(default="")
    takes_new = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "identity_provider"

    def __str__(self) -> str:
        return self.name
