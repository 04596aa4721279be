"""Rows of invoices. Tables, policies and triggers: `sql/0001_invoicing.sql`."""

from django.db import models

from underlet.organization.models import Unit
from underlet.rating.models import BillingRun


class Invoice(models.Model):
    """A draft or issued invoice of one contract, month and currency; amounts are posted, in `currency`."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    hierarchy_id = models.BigIntegerField()
    run = models.ForeignKey(BillingRun, models.DO_NOTHING)
    contract_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    seller = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+")
    buyer = models.ForeignKey(Unit, models.DO_NOTHING, related_name="+")
    seller_entity_id = models.BigIntegerField()
    buyer_entity_id = models.BigIntegerField()
    seller_name = models.TextField()
    buyer_name = models.TextField()
    period = models.DateField()
    currency = models.TextField()
    state = models.TextField(default="draft")
    hold = models.TextField(default="")
    net = models.DecimalField(max_digits=24, decimal_places=4)
    vat = models.DecimalField(max_digits=24, decimal_places=4)
    gross = models.DecimalField(max_digits=24, decimal_places=4)
    series = models.TextField(default="")
    year = models.IntegerField(null=True)
    sequence = models.IntegerField(null=True)
    number = models.TextField(null=True)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    snapshot = models.JSONField(null=True)
    snapshot_sha256 = models.TextField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "invoice"

    def __str__(self) -> str:
        return self.number or "draft"


class InvoiceLine(models.Model):
    """One line: posted net in the invoice's currency, and the exact amount it was rounded from."""

    id = models.BigAutoField(primary_key=True)
    invoice = models.ForeignKey(Invoice, models.DO_NOTHING, related_name="lines")
    position = models.IntegerField()
    kind = models.TextField()
    text = models.TextField()
    sub_account = models.TextField(null=True)
    sub_account_name = models.TextField(default="")
    service = models.TextField(default="")
    charge_category = models.TextField(default="")
    rule_id = models.TextField(null=True)
    quantity = models.DecimalField(max_digits=60, decimal_places=20, null=True)
    unit_of_measure = models.TextField(null=True)
    price = models.DecimalField(max_digits=60, decimal_places=20, null=True)
    exact = models.DecimalField(max_digits=60, decimal_places=30)
    net = models.DecimalField(max_digits=24, decimal_places=4)
    vat_category = models.TextField()
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    key = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "invoice_line"

    def __str__(self) -> str:
        return self.text


class InvoiceDocument(models.Model):
    """A rendered file of an issued invoice, by content hash."""

    id = models.BigAutoField(primary_key=True)
    invoice = models.ForeignKey(Invoice, models.DO_NOTHING, related_name="documents")
    kind = models.TextField(default="pdf")
    sha256 = models.TextField()
    bytes = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "invoice_document"

    def __str__(self) -> str:
        return self.kind
