"""Rows of people, grants and API keys. Tables and policies: `sql/0001_access.sql`."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
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


class Grant(models.Model):
    """A role given to a person on a unit and everything below it, or on all customers of a customer organization."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    user = models.ForeignKey(User, models.DO_NOTHING)
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    role = models.TextField()
    perms = models.BigIntegerField()
    scope = models.TextField(default="subtree")
    acts_for = models.ForeignKey(Unit, models.DO_NOTHING, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "access_grant"

    def __str__(self) -> str:
        return f"{self.role} on {self.unit_id}"


class ApiToken(models.Model):
    """An API key: shown once, kept as a digest, acting within its owner's rights at every call."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    user = models.ForeignKey(User, models.DO_NOTHING)
    name = models.TextField()
    digest = models.TextField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "api_token"

    def __str__(self) -> str:
        return self.name
