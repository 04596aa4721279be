"""Rows of contracts. Tables, policies and triggers: `sql/0001_contracts.sql`."""

from django.db import models

from underlet.organization.models import LegalEntity, Unit


class Contract(models.Model):
    """An edge of the billing chain. Party names are kept as of its making, for readers who see only one side."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    seller = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+")
    buyer = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+")
    seller_entity = models.ForeignKey(LegalEntity, models.DO_NOTHING, related_name="+")
    buyer_entity = models.ForeignKey(LegalEntity, models.DO_NOTHING, related_name="+")
    seller_name = models.TextField()
    buyer_name = models.TextField()
    state = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    succeeds = models.ForeignKey("self", models.DO_NOTHING, null=True, related_name="+")
    cut_on = models.DateField(null=True)
    succeeds_ends_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "contract"

    def __str__(self) -> str:
        return f"{self.seller_name} to {self.buyer_name}"


class ContractVersion(models.Model):
    """The terms of a contract over `[starts_on, ends_on)`; versions tile the contract's days."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    contract = models.ForeignKey(Contract, models.DO_NOTHING, related_name="versions")
    number = models.IntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    currency = models.TextField()
    metric = models.TextField()
    rates = models.JSONField(default=dict)
    disclose_raw_cost = models.BooleanField(default=False)
    vat_category = models.TextField()
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    payment_days = models.IntegerField()
    used_at = models.DateTimeField(null=True)
    used_through = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "contract_version"

    def __str__(self) -> str:
        return f"version {self.number}"


class PriceRule(models.Model):
    """One line of a version's price list, by position."""

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(ContractVersion, models.DO_NOTHING, related_name="rules")
    position = models.IntegerField()
    label = models.TextField(default="")
    verb = models.TextField()
    base = models.TextField(null=True)
    percent = models.DecimalField(max_digits=30, decimal_places=12, null=True)
    price = models.DecimalField(max_digits=30, decimal_places=12, null=True)
    on_missing_base = models.TextField()
    conditions = models.JSONField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "price_rule"

    def __str__(self) -> str:
        return self.label or self.verb


class RecurringFee(models.Model):
    """A monthly amount of a version, over its own days, prorated by day."""

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(ContractVersion, models.DO_NOTHING, related_name="fees")
    position = models.IntegerField()
    label = models.TextField()
    price = models.DecimalField(max_digits=30, decimal_places=12)
    quantity = models.DecimalField(max_digits=30, decimal_places=12, default=1)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "recurring_fee"

    def __str__(self) -> str:
        return self.label


class StructureImport(models.Model):
    """A received file of units and what became of it; a dry run changes nothing."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+")
    actor_id = models.BigIntegerField()
    job_id = models.UUIDField(null=True)
    upload_id = models.UUIDField()
    name = models.TextField()
    sha256 = models.TextField()
    is_dry_run = models.BooleanField()
    state = models.TextField(default="received")
    created = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    moved = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    fields = models.JSONField(default=dict)
    contracts_ended = models.IntegerField(default=0)
    drafts_made = models.IntegerField(default=0)
    contracts_restored = models.IntegerField(default=0)
    problems = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "structure_import"

    def __str__(self) -> str:
        return self.name


class StructureFinding(models.Model):
    """A problem or a change of one line of a structure file."""

    id = models.BigAutoField(primary_key=True)
    structure_import = models.ForeignKey(StructureImport, models.DO_NOTHING, db_column="import_id")
    line = models.IntegerField()
    kind = models.TextField()
    unit = models.TextField(default="")
    column_name = models.TextField(default="")
    before = models.TextField(default="")
    after = models.TextField(default="")
    code = models.TextField(default="")
    detail = models.JSONField(default=str)
    hint = models.JSONField(default=str)

    class Meta:
        managed = False
        db_table = "structure_finding"

    def __str__(self) -> str:
        return f"{self.line} {self.kind}"


class ScheduledMove(models.Model):
    """A move of a unit below another at the beginning of a UTC day; one of a unit waits at a time."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+")
    parent = models.ForeignKey(Unit, models.DO_NOTHING, null=True, related_name="+")
    actor_id = models.BigIntegerField()
    effective_on = models.DateField()
    state = models.TextField(default="pending")
    error = models.JSONField(null=True)
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "scheduled_move"

    def __str__(self) -> str:
        return f"{self.unit_id} on {self.effective_on}"
