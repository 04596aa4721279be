"""Rows of billing runs. Tables and policies: `sql/0001_rating.sql`."""

from django.db import models

from underlet.organization.models import Unit


class BillingRun(models.Model):
    """One pricing of a month's usage through all contracts of a hierarchy."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    actor_id = models.BigIntegerField()
    job_id = models.UUIDField(null=True)
    period = models.DateField()
    state = models.TextField(default="queued")
    same_as = models.ForeignKey("self", models.DO_NOTHING, null=True)
    is_current = models.BooleanField(default=False)
    manifest = models.JSONField(default=dict)
    inputs_hash = models.TextField(default="")
    result_hash = models.TextField(default="")
    engine_version = models.TextField(default="")
    folder = models.TextField(default="")
    checks = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "billing_run"

    def __str__(self) -> str:
        return f"{self.period:%Y-%m}"


class ExchangeRate(models.Model):
    """A rate of the root's books: reporting currency for one unit of `currency`, in one month."""

    id = models.BigAutoField(primary_key=True)
    hierarchy_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    period = models.DateField()
    currency = models.TextField()
    rate = models.DecimalField(max_digits=18, decimal_places=10)

    class Meta:
        managed = False
        db_table = "exchange_rate"

    def __str__(self) -> str:
        return f"{self.currency} {self.period:%Y-%m}"


class ChargeLine(models.Model):
    """Priced charges of one line key on one edge; exact and posted in `currency`."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(BillingRun, models.DO_NOTHING)
    edge = models.SmallIntegerField()
    outcome = models.TextField()
    version_id = models.BigIntegerField(null=True)
    seller = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+")
    buyer = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+")
    seller_entity_id = models.BigIntegerField()
    buyer_entity_id = models.BigIntegerField()
    provider = models.TextField()
    billing_account = models.TextField()
    sub_account = models.TextField(null=True)
    sub_account_name = models.TextField()
    service = models.TextField()
    charge_category = models.TextField()
    charge_class = models.TextField(null=True)
    charge_kind = models.TextField()
    rule_id = models.TextField(null=True)
    provider_currency = models.TextField()
    currency = models.TextField()
    unit_of_measure = models.TextField(null=True)
    quantity = models.DecimalField(max_digits=60, decimal_places=20, null=True)
    exact = models.DecimalField(max_digits=60, decimal_places=30)
    posted = models.DecimalField(max_digits=24, decimal_places=4)
    n = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "charge_line"

    def __str__(self) -> str:
        return f"{self.service} {self.posted} {self.currency}"


class ChargeCost(models.Model):
    """What the seller of a charge line pays for the same charges on the edge above; for the seller's side only."""

    id = models.BigAutoField(primary_key=True)
    charge_line = models.ForeignKey(ChargeLine, models.DO_NOTHING, related_name="costs")
    exact = models.DecimalField(max_digits=60, decimal_places=30)
    currency = models.TextField()

    class Meta:
        managed = False
        db_table = "charge_cost"

    def __str__(self) -> str:
        return f"{self.exact} {self.currency}"


class ProviderCost(models.Model):
    """What one provider account cost the root in a run's month; exact in `currency`, posted in the root's."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(BillingRun, models.DO_NOTHING, related_name="provider_costs")
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    provider = models.TextField()
    billing_account = models.TextField()
    currency = models.TextField()
    exact = models.DecimalField(max_digits=60, decimal_places=30)
    unassigned = models.DecimalField(max_digits=60, decimal_places=30)
    rate = models.DecimalField(max_digits=18, decimal_places=10)
    reporting_currency = models.TextField()
    posted = models.DecimalField(max_digits=24, decimal_places=4)

    class Meta:
        managed = False
        db_table = "provider_cost"

    def __str__(self) -> str:
        return f"{self.billing_account} {self.posted} {self.reporting_currency}"
