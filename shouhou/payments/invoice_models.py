"""What is to be done about invoices because money moved: red reversals of refunds, blue invoices of price differences."""

from django.db import models
from django.db.models import Q

from shouhou.orders.models import Order
from shouhou.payments.charge_models import Charge


class InvoiceTask(models.Model):
    """One invoice to be made out (L-22): a red one that reverses, in full or in part, what was invoiced, or a blue one for
    what was paid on top. The money never waits for it, and it does not wait for the money's next step."""

    KINDS = [("red", "红字 red"), ("blue", "蓝字 blue")]
    STATES = [
        ("drafted", "待开具 drafted"), ("confirmed", "已确认 confirmed"), ("issued", "已开具 issued"),
        ("rejected", "被退回 rejected"), ("cancelled", "已取消 cancelled"),
    ]  # fmt: skip
    REASONS = [
        ("01", "开票有误 wrong issue"), ("02", "销货退回 sales return"), ("03", "服务中止 service ended"),
        ("04", "销售折让 sales allowance"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    kind = models.CharField(max_length=4, choices=KINDS, default="red", db_collation="C")
    # One for each invoice that the refund's money was invoiced with.
    refund = models.ForeignKey("payments.Refund", on_delete=models.PROTECT, null=True, related_name="invoice_tasks")
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="invoice_task")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoice_tasks")
    subject = models.CharField(max_length=60, db_collation="C")
    # The invoice that is reversed; for a blue one the order's first, to be referred to.
    invoice_number = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    # Whether nothing of the invoice is left once this is issued.
    whole = models.BooleanField(default=False)
    reason = models.CharField(max_length=2, choices=REASONS, blank=True, db_collation="C")
    state = models.CharField(max_length=10, choices=STATES, default="drafted", db_collation="C")
    # The buyer's side has booked the invoice: it has to confirm before a red one may be made out.
    needs_confirmation = models.BooleanField(default=False)
    confirmation = models.CharField(max_length=60, blank=True)
    issued_number = models.CharField(max_length=60, blank=True, db_collation="C")
    why = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="invoice_task_number"),
            models.UniqueConstraint(fields=["refund", "invoice_number"], name="invoice_task_refund"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="invoice_task_amount"),
            models.CheckConstraint(
                condition=(Q(kind="red", refund__isnull=False, charge=None) & ~Q(reason=""))
                | Q(kind="blue", refund=None, charge__isnull=False, reason=""),
                name="invoice_task_source",
            ),
            models.CheckConstraint(
                condition=(Q(state="issued") & ~Q(issued_number="") & Q(issued_at__isnull=False))
                | (~Q(state="issued") & Q(issued_number="", issued_at=None)),
                name="invoice_task_issued",
            ),
            models.UniqueConstraint(
                fields=["issued_number"], name="invoice_task_issued_number", condition=~Q(issued_number="")
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="invoice_task_state"),
            models.Index(fields=["subject"], name="invoice_task_subject"),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceStep(models.Model):
    """What was done about one, by whom; append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    task = models.ForeignKey(InvoiceTask, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=12, db_collation="C")
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
