"""Merchants' money: security paid in and out, what is claimed back, what is set aside, what is settled and paid."""

from django.db import models
from django.db.models import F, Q

from shouhou.cases.models import Case
from shouhou.ledger.models import Posting
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order
from shouhou.plumbing.models import Upload


class MerchantAccount(models.Model):
    """How a shop's money is settled: the contract's side of it. A shop without a row has the defaults.

    Since `sales_since` the platform holds the sales (of orders placed from then on) and pays them out; without it the shop
    is paid elsewhere and only after-sales money is settled here. `required_minor` replaces the book's deposit where the
    contract says so.
    """

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, primary_key=True, related_name="money")
    sales_since = models.DateTimeField(null=True)
    required_minor = models.BigIntegerField(null=True)
    payout_channel = models.CharField(max_length=30, default="offline", db_collation="C")
    # Where it is paid to, as the bank needs it.
    payee = models.CharField(max_length=120, blank=True)
    payee_account = models.CharField(max_length=60, blank=True)
    leaving_at = models.DateTimeField(null=True)
    # Since when the deposit is below the warning; told once until it has recovered.
    low_since = models.DateTimeField(null=True)
    updated_by = models.CharField(max_length=60, db_collation="C", blank=True)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(required_minor=None) | Q(required_minor__gte=0), name="account_required")]


class DepositMovement(models.Model):
    """Security paid in or out, or what a shop owed paid in, with its proof; booked by a second person where it is large,
    always when it goes out."""

    STATES = [("awaiting_second", "待复核 awaiting the second person"), ("booked", "已入账 booked"), ("refused", "已退回 refused")]
    DIRECTIONS = [("in", "缴入 paid in"), ("out", "退还 paid out"), ("due", "结清欠款 what was owed")]
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    direction = models.CharField(max_length=3, choices=DIRECTIONS, db_collation="C")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    proof = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=STATES, db_collation="C")
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()
    second_by = models.CharField(max_length=60, blank=True, db_collation="C")
    second_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="deposit_number"),
            # A line of the bank's statement is one payment.
            models.UniqueConstraint(fields=["proof"], name="deposit_proof", condition=~Q(state="refused")),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="deposit_amount"),
            models.CheckConstraint(condition=Q(second_by="") | ~Q(second_by=F("by")), name="deposit_second_person"),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="deposit_merchant")]

    def __str__(self) -> str:
        return self.number


class Recharge(models.Model):
    """What the platform paid for a shop and claims back (LOG-07, MER-10): one per posting, so exactly once."""

    KINDS = [
        ("freight", "垫付运费 freight"), ("refund", "垫付退款 refund"), ("compensation", "垫付补偿 compensation"),
        ("loss", "损失追偿 loss"), ("penalty", "违约处罚 penalty"),
    ]  # fmt: skip
    STATES = [
        ("announced", "已通知 announced"), ("appealed", "申诉中 appealed"), ("upheld", "申诉驳回 upheld"),
        ("waived", "已免除 waived"), ("booked", "已入账 booked"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=KINDS, db_collation="C")
    # Empty for a loss, which is claimed with evidence instead, and for a penalty, which a breach stands for.
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, null=True, related_name="recharge")
    # The posting by which what was advanced came back (the buyer's bank returned it).
    returned = models.OneToOneField(Posting, on_delete=models.PROTECT, null=True, related_name="recharge_returned")
    subject = models.CharField(max_length=60, blank=True, db_collation="C")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500, blank=True)
    claimed_by = models.CharField(max_length=60, db_collation="C")
    state = models.CharField(max_length=10, choices=STATES, default="announced", db_collation="C")
    announced_at = models.DateTimeField()
    appeal_until = models.DateTimeField()
    appeal = models.CharField(max_length=1000, blank=True)
    appealed_by = models.CharField(max_length=60, blank=True, db_collation="C")
    appealed_at = models.DateTimeField(null=True)
    decide_until = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=1000, blank=True)
    decided_by = models.CharField(max_length=60, blank=True, db_collation="C")
    decided_at = models.DateTimeField(null=True)
    booked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="recharge_number"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="recharge_amount"),
            models.CheckConstraint(condition=Q(kind__in=("loss", "penalty")) | Q(posting__isnull=False), name="recharge_posting"),
            models.UniqueConstraint(fields=["subject"], name="recharge_penalty_once", condition=Q(kind="penalty")),
            models.CheckConstraint(condition=~Q(kind="loss") | ~Q(reason=""), name="recharge_loss_reason"),
            models.CheckConstraint(
                condition=~Q(state__in=("upheld", "waived")) | ~Q(decision=""), name="recharge_decided_with_reasons"
            ),
            models.CheckConstraint(condition=~Q(state="booked") | Q(booked_at__isnull=False), name="recharge_booked"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="recharge_merchant"),
            models.Index(fields=["state", "id"], name="recharge_state", condition=~Q(state="booked")),
        ]

    def __str__(self) -> str:
        return self.number


class RechargeFile(models.Model):
    """Evidence: the platform's for a loss, the shop's for an appeal."""

    id = models.BigAutoField(primary_key=True)
    recharge = models.ForeignKey(Recharge, on_delete=models.PROTECT, related_name="files")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, db_collation="C")
    at = models.DateTimeField()


class HeldSale(models.Model):
    """What of a shop's sales is set aside while a case about it is in dispute; released by the case's end."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    # A case can be disputed again after it was reopened.
    turn = models.SmallIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    held_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "turn"], name="held_turn"),
            models.UniqueConstraint(fields=["case"], name="held_once", condition=Q(released_at=None)),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="held_amount"),
        ]
        indexes = [models.Index(fields=["merchant"], name="held_merchant", condition=Q(released_at=None))]


class SettledSale(models.Model):
    """An order whose sale has been posted to the shop: once."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, primary_key=True)
    at = models.DateTimeField()


class Settlement(models.Model):
    """A shop's money up to an instant: what it came to, who let it go, and what became of the payment.

    `carried`: nothing to pay; what is there (or missing) stands in the next one.
    """

    STATES = [
        ("prepared", "待复核 prepared"), ("withdrawn", "已撤回 withdrawn"), ("carried", "结转 carried over"),
        ("paying", "付款中 being paid"), ("failed", "付款失败 failed"), ("paid", "已付款 paid"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=STATES, db_collation="C")
    from_at = models.DateTimeField(null=True)
    upto_at = models.DateTimeField()
    carried_in_minor = models.BigIntegerField()
    # Category → amount; together with what was carried in they come to `balance_minor`.
    parts = models.JSONField(default=dict)
    balance_minor = models.BigIntegerField()
    # Refunds under way that will still come out of it.
    reserved_minor = models.BigIntegerField(default=0)
    payout_minor = models.BigIntegerField()
    prepared_by = models.CharField(max_length=60, db_collation="C")
    prepared_at = models.DateTimeField()
    released_by = models.CharField(max_length=60, blank=True, db_collation="C")
    released_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="settlement_number"),
            models.UniqueConstraint(
                fields=["merchant", "currency"], name="settlement_one_open", condition=Q(state__in=("prepared", "paying", "failed"))
            ),
            models.CheckConstraint(
                condition=Q(released_by="") | ~Q(released_by=F("prepared_by")), name="settlement_second_person"
            ),
            models.CheckConstraint(condition=Q(payout_minor__gte=0, reserved_minor__gte=0), name="settlement_amounts"),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="settlement_merchant")]

    def __str__(self) -> str:
        return self.number


class SettledPosting(models.Model):
    """A posting of a shop's accounts stands in one settlement, once: what is not here yet is the next one's."""

    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, primary_key=True)
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="postings")
    category = models.CharField(max_length=16, db_collation="C")
    amount_minor = models.BigIntegerField()


class Payout(models.Model):
    """The instruction to pay a settlement. The key exists before the first call and is used for every retry."""

    STATES = [
        ("pending", "待发送 to be sent"), ("sent", "已发送 sent"), ("unknown", "结果未知 outcome unknown"),
        ("settled", "已付款 settled"), ("refused", "被拒绝 refused"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    settlement = models.OneToOneField(Settlement, on_delete=models.PROTECT, related_name="payout")
    channel = models.CharField(max_length=30, db_collation="C")
    payee = models.CharField(max_length=120, blank=True)
    payee_account = models.CharField(max_length=60, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    idempotency_key = models.UUIDField()
    state = models.CharField(max_length=10, choices=STATES, default="pending", db_collation="C")
    round = models.SmallIntegerField(default=1)
    tries = models.IntegerField(default=0)
    reference = models.CharField(max_length=120, blank=True)
    refusal_code = models.CharField(max_length=60, blank=True)
    proof = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="payout_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_amount"),
        ]
        indexes = [
            models.Index(fields=["updated_at"], name="payout_open", condition=Q(state__in=["pending", "sent", "unknown"]))
        ]


class PayoutAttempt(models.Model):
    """One exchange with the bank about a payout; append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="attempts")
    kind = models.CharField(max_length=10, db_collation="C")
    outcome = models.CharField(max_length=20, db_collation="C")
    detail = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=60, blank=True, db_collation="C")
    at = models.DateTimeField()
