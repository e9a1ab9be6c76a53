"""Money on its way back: refunds, their parts by tender, every try, what a tender still has, callbacks."""

from django.db import models
from django.db.models import F, Q

from shouhou.accounts.models import Buyer
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order, OrderLine, Payment
from shouhou.payments.batch_models import BatchRow as BatchRow
from shouhou.payments.batch_models import OtherRoute as OtherRoute
from shouhou.payments.batch_models import RefundBatch as RefundBatch
from shouhou.payments.batch_models import RefundPaper as RefundPaper
from shouhou.payments.batch_models import WantedRoute as WantedRoute
from shouhou.payments.charge_models import Charge as Charge
from shouhou.payments.charge_models import ChargeAttempt as ChargeAttempt
from shouhou.payments.charge_models import ChargeReceipt as ChargeReceipt
from shouhou.payments.courier_models import CourierBill as CourierBill
from shouhou.payments.courier_models import CourierBillLine as CourierBillLine
from shouhou.payments.invoice_models import InvoiceStep as InvoiceStep
from shouhou.payments.invoice_models import InvoiceTask as InvoiceTask
from shouhou.payments.reconciliation.models import BalanceProof as BalanceProof
from shouhou.payments.reconciliation.models import Difference as Difference
from shouhou.payments.reconciliation.models import DifferenceDeed as DifferenceDeed
from shouhou.payments.reconciliation.models import Statement as Statement
from shouhou.payments.reconciliation.models import StatementFetch as StatementFetch
from shouhou.payments.reconciliation.models import StatementLine as StatementLine
from shouhou.payments.wrong_models import ChargeSettlement as ChargeSettlement
from shouhou.payments.wrong_models import Overpayment as Overpayment


class Refund(models.Model):
    """One instruction to pay back, for a subject ("SO-…"). `key` makes the same instruction twice one refund."""

    STATES = [
        ("awaiting_second", "待复核 awaiting the second person"), ("pending", "退款中 under way"),
        ("settled", "已到账 settled"), ("partly_settled", "部分到账 partly settled"), ("failed", "失败 failed"),
        ("cancelled", "已取消 cancelled"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    key = models.CharField(max_length=100, db_collation="C")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT)
    reason = models.CharField(max_length=40, db_collation="C")
    # Who bears it: the shop, the platform, a carrier, what the buyer had paid ahead (ledger/recipes.py).
    bearer = models.CharField(max_length=60, default="merchant", db_default="merchant", db_collation="C")
    amount_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    deductions = models.JSONField(default=list)
    # Discounts that go back to who gave them, with the goods: [{bearer, name, amount_minor}].
    undone = models.JSONField(default=list, db_default=[])
    # What of it still counts for the order, once the buyer has paid some of it back by `charges` (numbers):
    # {charges, freight, deductions, undone}, and the lines less what is `back`. None: all of it.
    stands = models.JSONField(null=True)
    state = models.CharField(max_length=16, choices=STATES, db_collation="C")
    instructed_by = models.CharField(max_length=60, db_collation="C")
    instructed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=60, db_collation="C", blank=True)
    approved_at = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="refund_number"),
            models.UniqueConstraint(fields=["key"], name="refund_key"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0, freight_minor__gte=0), name="refund_amounts"),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("instructed_by")), name="refund_second_person"
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "id"], name="refund_subject"),
            models.Index(fields=["order"], name="refund_order"),
            models.Index(fields=["state", "id"], name="refund_state"),
            models.Index(fields=["updated_at", "id"], name="refund_updated"),
        ]

    def __str__(self) -> str:
        return self.number


class RefundLine(models.Model):
    """What a refund took back of a line: units (0 for an allowance) and their worth before deductions; and what of both is
    the buyer's again, who has paid it back."""

    id = models.BigAutoField(primary_key=True)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    quantity = models.IntegerField()
    goods_minor = models.BigIntegerField()
    back_quantity = models.IntegerField(default=0, db_default=0)
    back_minor = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0, goods_minor__gte=0), name="refund_line_amounts"),
        ]


class RefundPart(models.Model):
    """What goes back to one tender. The key exists before the first call and is used for every retry.

    Without a payment it goes out beside what the tenders gave: as store balance, coupon or points, or back to the means
    that a charge was paid with.
    """

    STATES = [
        ("pending", "待发送 to be sent"), ("sent", "已发送 sent"), ("unknown", "结果未知 outcome unknown"),
        ("settled", "已到账 settled"), ("refused", "被拒绝 refused"), ("cancelled", "已取消 cancelled"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="refund_parts")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, related_name="refund_parts")
    tender = models.CharField(max_length=30, db_collation="C")
    channel = models.CharField(max_length=30, db_collation="C")
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=STATES, default="pending", db_collation="C")
    idempotency_key = models.UUIDField()
    tries = models.IntegerField(default=0)
    # Counts up when a person tries a refused part again: the channel's key stays, the ledger's pending one is new.
    round = models.SmallIntegerField(default=1)
    channel_reference = models.CharField(max_length=120, blank=True)
    refusal_code = models.CharField(max_length=60, blank=True)
    proof = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="refund_part_key"),
            # One that was taken back may be followed by another, which goes where the buyer has agreed to.
            models.UniqueConstraint(fields=["refund", "payment"], name="refund_part_once", condition=~Q(state="cancelled")),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_part_amount"),
            models.CheckConstraint(condition=Q(payment=None) | Q(charge=None), name="refund_part_one_way"),
        ]
        indexes = [
            models.Index(
                fields=["updated_at"], name="refund_part_open", condition=Q(state__in=["pending", "sent", "unknown"])
            ),
            models.Index(fields=["charge"], name="refund_part_of_charge", condition=Q(charge__isnull=False)),
        ]


class RefundAttempt(models.Model):
    """One exchange with a channel about a part; append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    part = models.ForeignKey(RefundPart, on_delete=models.PROTECT, related_name="attempts")
    kind = models.CharField(max_length=10, db_collation="C")
    outcome = models.CharField(max_length=20, db_collation="C")
    detail = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()


class TenderAllowance(models.Model):
    """What one payment can still give back; the constraint is the last word against refunding too much."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, primary_key=True, related_name="allowance")
    paid_minor = models.BigIntegerField()
    reserved_minor = models.BigIntegerField(default=0)
    settled_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved_minor__gte=0, settled_minor__gte=0)
                & Q(paid_minor__gte=F("reserved_minor") + F("settled_minor")),
                name="tender_allowance",
            )
        ]


class CallbackReceipt(models.Model):
    """A channel's callback, taken once."""

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=30, db_collation="C")
    callback_id = models.CharField(max_length=120, db_collation="C")
    part = models.ForeignKey(RefundPart, on_delete=models.PROTECT)
    outcome = models.CharField(max_length=20, db_collation="C")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "callback_id"], name="callback_once")]
