"""Money that the consumer pays for a service: the charge, every try, and the channel's callbacks about it."""

from django.db import models
from django.db.models import F, Q

from shouhou.accounts.models import Buyer
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order


class Charge(models.Model):
    """What a subject ("SO-…") asks of its buyer. `key` makes the same asking twice one charge.

    `channel_key` is the channel's word for the try that is under way; a declined try is over for good, and the next one
    has another key (`round` counts them). While `open_there` the channel may still take the money, whatever we decided.
    """

    STATES = [
        ("awaiting", "待支付 to be paid"), ("paid", "已支付 paid"), ("cancelled", "已取消 cancelled"),
        ("expired", "已过期 expired"), ("refunding", "退款中 on its way back"), ("refunded", "已退回 paid back"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    key = models.CharField(max_length=100, db_collation="C")
    purpose = models.CharField(max_length=20, db_collation="C")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="charges")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # What the channel really took, where that was another amount; the surplus goes back.
    taken_minor = models.BigIntegerField(null=True)
    # The charge of which this asks for the rest; not paid in time, what that one took goes back.
    rest_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="rests")
    state = models.CharField(max_length=12, choices=STATES, default="awaiting", db_collation="C")
    channel = models.CharField(max_length=30, db_collation="C")
    channel_key = models.UUIDField()
    round = models.SmallIntegerField(default=1)
    tries = models.IntegerField(default=0)
    open_there = models.BooleanField(default=False)
    pay_url = models.CharField(max_length=2000, blank=True)
    # How this try is paid, {way, address}; `wanted` is another way that the consumer asked for while it was still open.
    payer = models.JSONField(default=dict, db_default={})
    wanted = models.JSONField(null=True)
    # Why the last try came to nothing; empty while one is under way.
    declined_code = models.CharField(max_length=60, blank=True)
    means = models.CharField(max_length=30, blank=True, db_collation="C")
    channel_reference = models.CharField(max_length=120, blank=True)
    asked_by = models.CharField(max_length=60, db_collation="C")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    earned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="charge_number"),
            models.UniqueConstraint(fields=["key"], name="charge_key"),
            models.UniqueConstraint(fields=["channel_key"], name="charge_channel_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="charge_amount"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="charge_expiry"),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=False) | ~Q(state__in=["paid", "refunding", "refunded"]), name="charge_paid"
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "id"], name="charge_subject"),
            models.Index(fields=["expires_at"], name="charge_awaiting", condition=Q(state="awaiting")),
            models.Index(fields=["updated_at"], name="charge_open_there", condition=Q(open_there=True)),
        ]

    def __str__(self) -> str:
        return self.number


class ChargeAttempt(models.Model):
    """One exchange with the channel about a charge; append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="attempts")
    round = models.SmallIntegerField()
    kind = models.CharField(max_length=10, db_collation="C")
    outcome = models.CharField(max_length=20, db_collation="C")
    detail = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()


class ChargeReceipt(models.Model):
    """A channel's callback about a charge, taken once."""

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=30, db_collation="C")
    callback_id = models.CharField(max_length=120, db_collation="C")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT)
    outcome = models.CharField(max_length=20, db_collation="C")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "callback_id"], name="charge_callback_once")]
