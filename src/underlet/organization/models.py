"""Rows of hierarchies, legal entities and units. Tables and invariants: `sql/0001_organization.sql`."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Hierarchy(models.Model):
    """One root unit and everything below it; an installation may hold several."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    name = models.TextField()
    currency = models.TextField()
    metric = models.TextField(default="effective")
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "hierarchy"

    def __str__(self) -> str:
        return self.name


class LegalEntity(models.Model):
    """A party of contracts and documents: the border of price visibility."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy = models.ForeignKey(Hierarchy, models.DO_NOTHING)
    name = models.TextField()
    street = models.TextField(default="")
    postal_code = models.TextField(default="")
    city = models.TextField(default="")
    country = models.TextField(default="")
    organization_number = models.TextField(default="")
    vat_id = models.TextField(default="")
    email = models.TextField(default="")
    phone = models.TextField(default="")
    bank_name = models.TextField(default="")
    iban = models.TextField(default="")
    bic = models.TextField(default="")
    language = models.TextField(default="en")
    address_line_2 = models.TextField(default="")
    region = models.TextField(default="")
    tax_number = models.TextField(default="")
    electronic_address = models.TextField(default="")
    electronic_address_scheme = models.TextField(default="")

    class Meta:
        managed = False
        db_table = "legal_entity"

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """An organization or a customer. `anc` (root … self) and `parent_depth` are kept by the database."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy = models.ForeignKey(Hierarchy, models.DO_NOTHING)
    parent = models.ForeignKey("self", models.DO_NOTHING, null=True)
    depth = models.GeneratedField(
        expression=models.F("parent_depth") + 1, output_field=models.SmallIntegerField(), db_persist=True
    )
    parent_depth = models.SmallIntegerField(null=True)
    kind = models.TextField()
    name = models.TextField()
    name_key = models.TextField()
    also_key = models.TextField(default="")
    display_name = models.TextField(default="")
    organization_number = models.TextField(default="")
    time_zone = models.TextField(default="")
    code = models.TextField(default="")
    price_type = models.TextField(default="seller_set_only")
    anc = ArrayField(models.BigIntegerField())
    entity = models.ForeignKey(LegalEntity, models.DO_NOTHING)
    is_entity_own = models.BooleanField(default=False)
    state = models.TextField(default="active")
    archived_at = models.DateTimeField(null=True)
    name_released_at = models.DateTimeField(null=True)
    facets = models.GeneratedField(  # computed by the database: the expression stands in its SQL file
        expression=models.Value(0), output_field=models.SmallIntegerField(), db_persist=True
    )
    anchors = models.BooleanField(default=False)
    anchor = models.ForeignKey("self", models.DO_NOTHING, null=True, related_name="+")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "unit"

    def __str__(self) -> str:
        return self.name


class Environment(models.Model):
    """What is provisioned for a customer; no row: never anything. Its changes: `sql/0003_environments.sql`."""

    id = models.BigAutoField(primary_key=True)
    unit = models.OneToOneField(Unit, models.DO_NOTHING)
    state = models.TextField()
    goal = models.TextField(default="provision")
    attempt = models.UUIDField()
    job_id = models.UUIDField(null=True)
    name = models.TextField(default="")
    price_type = models.TextField(default="")
    reference = models.TextField(default="")
    address = models.TextField(default="")
    error = models.JSONField(null=True)
    provisioned_at = models.DateTimeField(null=True)
    deprovisioned_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "environment"

    def __str__(self) -> str:
        return self.name


class EnvironmentEvent(models.Model):
    """One change of an environment, written by the database."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    attempt = models.UUIDField()
    state = models.TextField()
    name = models.TextField()
    price_type = models.TextField()
    reference = models.TextField()
    error = models.JSONField(null=True)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "environment_event"

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class ProvisioningHook(models.Model):
    """Who is called to make environments for a unit and everything below it."""

    id = models.BigAutoField(primary_key=True)
    unit = models.OneToOneField(Unit, models.DO_NOTHING)
    url = models.TextField()
    salt = models.TextField()
    old_salt = models.TextField(null=True)
    old_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "provisioning_hook"

    def __str__(self) -> str:
        return self.url


class UnitVersion(models.Model):
    """What a unit was from one moment until another. Tables and triggers: `sql/0004_history.sql`."""

    pk = models.CompositePrimaryKey("unit_id", "from_at")
    unit_id = models.BigIntegerField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    change_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    hierarchy_id = models.BigIntegerField()
    public_id = models.UUIDField()
    parent_id = models.BigIntegerField(null=True)
    came_from = models.BigIntegerField(null=True)
    kind = models.TextField()
    name = models.TextField()
    display_name = models.TextField()
    organization_number = models.TextField()
    time_zone = models.TextField()
    code = models.TextField()
    price_type = models.TextField()
    state = models.TextField()
    anchors = models.BooleanField()
    anchor_id = models.BigIntegerField(null=True)
    own_entity_id = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "unit_version"

    def __str__(self) -> str:
        return self.name
