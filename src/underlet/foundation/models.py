"""Rows of the plumbing that pages show. Tables and policies: `sql/0001_foundation.sql`."""

from django.db import models


class Job(models.Model):
    """A piece of long work and how far it is."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField()
    actor_id = models.BigIntegerField()
    unit_id = models.BigIntegerField(null=True)
    name = models.TextField()
    arguments = models.JSONField()
    state = models.TextField()
    done = models.BigIntegerField()
    total = models.BigIntegerField()
    message = models.TextField()
    error = models.JSONField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "job"

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class Upload(models.Model):
    """A received file that an operation may name; only its sender sees it."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField()
    actor_id = models.BigIntegerField()
    sha256 = models.TextField()
    name = models.TextField()
    bytes = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "upload"

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """Who did what to which subject, when; what they were told and answered is not among the columns people may read.

    actor_id: what acted; person_id: who that was; behalf_of_id: as whom they looked.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField()
    hierarchy_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    behalf_of_id = models.BigIntegerField(null=True)
    operation = models.TextField()
    subject_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    change_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "audit_entry"

    def __str__(self) -> str:
        return self.operation
