"""Rows of accounts, sub-accounts, assignments. Tables and policies: `sql/0001_accounts.sql`."""

from django.db import models

from underlet.organization.models import Unit


class Account(models.Model):
    """A cloud billing account, as its provider names it; it belongs to the unit that the provider bills."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    provider = models.TextField()
    external_id = models.TextField()
    name = models.TextField(default="")
    currency = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "account"

    def __str__(self) -> str:
        return f"{self.provider} {self.external_id}"


class SubAccount(models.Model):
    """A part of an account that can have an owner: an AWS account, an Azure subscription, a project."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    account = models.ForeignKey(Account, models.DO_NOTHING)
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    external_id = models.TextField()
    name = models.TextField(default="")
    name_key = models.TextField(default="")
    first_on = models.DateField()
    last_on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "sub_account"

    def __str__(self) -> str:
        return self.name or self.external_id


class Assignment(models.Model):
    """Who owns a sub-account on the UTC days `[starts_on, ends_on)`."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    sub_account = models.ForeignKey(SubAccount, models.DO_NOTHING, related_name="assignments")
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "assignment"

    def __str__(self) -> str:
        return f"{self.sub_account_id} {self.starts_on}"
