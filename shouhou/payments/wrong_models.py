"""Where a channel took another amount than asked, or paid out more than was owed: what finance does about it."""

from django.db import models
from django.db.models import F, Q

from shouhou.payments.charge_models import Charge


class ChargeSettlement(models.Model):
    """How a charge of which the channel took `taken_minor` is settled; above the limit a second person lets it happen."""

    STATES = [("proposed", "待复核 awaiting the second person"), ("done", "已处理 done"), ("declined", "已退回 sent back")]
    id = models.BigAutoField(primary_key=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="settlements")
    # as_is, surplus, rest, back (rules/charges.py).
    way = models.CharField(max_length=10, db_collation="C")
    taken_minor = models.BigIntegerField()
    reference = models.CharField(max_length=120)
    proof = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=STATES, db_collation="C")
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()
    second_by = models.CharField(max_length=60, blank=True, db_collation="C")
    second_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charge"], name="charge_settlement_once", condition=~Q(state="declined")),
            models.CheckConstraint(condition=Q(taken_minor__gt=0), name="charge_settlement_amount"),
            models.CheckConstraint(
                condition=Q(second_by="") | ~Q(state="done") | ~Q(second_by=F("by")), name="charge_settlement_second_person"
            ),
        ]


class Overpayment(models.Model):
    """What a channel paid the buyer beyond what was owed: asked back by a charge, or written off by two people."""

    STATES = [
        ("open", "待追回 to be asked back"), ("asked", "待消费者退回 asked back"), ("paid", "已退回 given back"),
        ("proposed", "核销待复核 write-off awaits the second person"), ("written_off", "已核销 written off"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=100, db_collation="C")
    refund = models.ForeignKey("payments.Refund", on_delete=models.PROTECT, related_name="overpayments")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=STATES, default="open", db_collation="C")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, related_name="overpayments")
    # Counts how often it was asked for.
    rounds = models.SmallIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    proposed_by = models.CharField(max_length=60, blank=True, db_collation="C")
    settled_by = models.CharField(max_length=60, blank=True, db_collation="C")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="overpayment_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="overpayment_amount"),
            models.CheckConstraint(
                condition=~Q(state="written_off") | ~Q(settled_by=F("proposed_by")), name="overpayment_second_person"
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="overpayment_state")]
