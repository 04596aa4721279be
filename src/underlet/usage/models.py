"""Rows of imports and their files. Tables and policies: `sql/0001_usage.sql`."""

from django.db import models

from underlet.organization.models import Unit


class UsageImport(models.Model):
    """One received billing file and what became of it."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    actor_id = models.BigIntegerField()
    job_id = models.UUIDField(null=True)
    name = models.TextField()
    source_sha256 = models.TextField()
    bytes = models.BigIntegerField()
    content_sha256 = models.TextField(default="")
    profile = models.TextField(default="")
    state = models.TextField(default="received")
    same_as = models.ForeignKey("self", models.DO_NOTHING, null=True)
    line_count = models.BigIntegerField(default=0)
    errors = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "usage_import"

    def __str__(self) -> str:
        return self.name


class UsageSnapshot(models.Model):
    """One provider account and month of an import."""

    id = models.BigAutoField(primary_key=True)
    hierarchy_id = models.BigIntegerField()
    usage_import = models.ForeignKey(
        UsageImport, models.DO_NOTHING, db_column="import_id", related_name="snapshots"
    )
    provider = models.TextField()
    billing_account = models.TextField()
    period = models.DateField()
    line_count = models.BigIntegerField()
    is_active = models.BooleanField()

    class Meta:
        managed = False
        db_table = "usage_snapshot"

    def __str__(self) -> str:
        return f"{self.provider} {self.billing_account} {self.period}"


class UsageFile(models.Model):
    """One immutable Parquet file in the lake; `path` is relative to it."""

    id = models.BigAutoField(primary_key=True)
    snapshot = models.ForeignKey(UsageSnapshot, models.DO_NOTHING, related_name="files")
    kind = models.TextField()
    path = models.TextField()
    sha256 = models.TextField()
    line_count = models.BigIntegerField()
    bytes = models.BigIntegerField()
    min_key = models.TextField(null=True)
    max_key = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "usage_file"

    def __str__(self) -> str:
        return self.path
