"""Freight policies on orders, what was claimed of them, and what insurers have paid back; the database knows the limits too."""

from django.db import models
from django.db.models import F, Q

from shouhou.orders.models import Order

OPEN = ("received", "appealed")


class Policy(models.Model):
    """One policy of an insurer on one third-party order. A check keeps the claims in their number."""

    MODES = [("cap", "实际运费，以标准为限 capped"), ("fixed", "按标准定额 fixed")]
    BUYERS = [("seller", "商家购买 bought by the seller"), ("buyer", "消费者购买 bought by the buyer")]
    id = models.BigAutoField(primary_key=True)
    number = models.CharField("保单号 number", max_length=60, db_collation="C")
    insurer = models.CharField("保险公司编码 insurer", max_length=40, db_collation="C")
    insurer_name = models.CharField("保险公司 name", max_length=120, blank=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="freight_policies", db_index=False)
    order_number = models.CharField("订单 order", max_length=80, db_collation="C")
    merchant_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    mode = models.CharField("赔付方式 mode", max_length=5, choices=MODES, db_collation="C")
    sum_minor = models.BigIntegerField("保额 sum insured")
    standard = models.CharField("理赔标准 standard", max_length=30, blank=True, db_collation="C")
    weight_grams = models.IntegerField("重量（克） weight", null=True)
    bought_by = models.CharField("购买方 bought by", max_length=6, choices=BUYERS, db_collation="C")
    premium_minor = models.BigIntegerField("保费 premium", default=0)
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()
    claims_most = models.SmallIntegerField(default=1)
    claims_count = models.SmallIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "运费险保单 Freight policies"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="freight_policy_number"),
            models.UniqueConstraint(fields=["order"], condition=Q(cancelled_at=None), name="freight_policy_order"),
            models.CheckConstraint(
                condition=Q(claims_count__gte=0, claims_count__lte=F("claims_most")), name="freight_policy_claims"
            ),
            models.CheckConstraint(condition=Q(sum_minor__gt=0, premium_minor__gte=0), name="freight_policy_amounts"),
        ]
        indexes = [models.Index(fields=["order"], name="freight_policy_by_order")]

    def __str__(self) -> str:
        return self.number


class FreightClaim(models.Model):
    """What the insurer is asked for one leg of one case. `facts` is what is known of the parcel that really arrived."""

    STATES = [
        ("received", "待审核 to review"), ("approved", "已同意，付款中 approved"), ("paid", "已赔付 paid"),
        ("refused", "已拒赔 refused"), ("appealed", "申诉待审 appealed"), ("withdrawn", "无需赔付 nothing to pay"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="claims")
    insurer = models.CharField(max_length=40, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    leg = models.CharField(max_length=10, default="return", db_collation="C")
    service = models.CharField(max_length=24, db_collation="C")
    order_id = models.BigIntegerField()
    merchant_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    waybill = models.CharField(max_length=40, blank=True, db_collation="C")
    actual_minor = models.BigIntegerField()
    reimbursed_minor = models.BigIntegerField(default=0)
    standard_minor = models.BigIntegerField()
    claimed_minor = models.BigIntegerField()
    payout_minor = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=STATES, default="received", db_collation="C")
    book = models.CharField(max_length=40)
    book_version = models.CharField(max_length=20)
    completed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    breached_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True, db_collation="C")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True, db_collation="C")
    note = models.CharField(max_length=1000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_until = models.DateTimeField(null=True)
    refund_number = models.CharField(max_length=20, blank=True, db_collation="C")
    paid_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "运费险理赔 Freight claims"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="freight_claim_number"),
            models.UniqueConstraint(fields=["subject", "leg"], name="freight_claim_once"),
            models.CheckConstraint(
                condition=Q(actual_minor__gte=0, reimbursed_minor__gte=0, standard_minor__gte=0, claimed_minor__gte=0)
                & (Q(payout_minor=None) | Q(payout_minor__gte=0, payout_minor__lte=F("claimed_minor"))),
                name="freight_claim_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["insurer", "due_at", "id"], name="freight_claim_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["insurer", "-id"], name="freight_claim_insurer"),
            models.Index(fields=["due_at"], name="freight_claim_due", condition=Q(state__in=OPEN, breached_at=None)),
            models.Index(fields=["updated_at", "id"], name="freight_claim_updated"),
        ]

    def __str__(self) -> str:
        return self.number


class ClaimEntry(models.Model):
    """One step of a claim: who, what, with which words. Append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    claim = models.ForeignKey(FreightClaim, on_delete=models.PROTECT, related_name="entries")
    step = models.CharField(max_length=20, db_collation="C")
    role = models.CharField(max_length=20, db_collation="C")
    who = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()


class Settlement(models.Model):
    """Money that an insurer paid the platform for what it had advanced; one per `key`. `first_by` said the same before, where
    the amount is above the limit of one person."""

    id = models.BigAutoField(primary_key=True)
    insurer = models.CharField(max_length=40, db_collation="C")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    tender = models.CharField(max_length=30, db_collation="C")
    proof = models.CharField(max_length=200)
    key = models.CharField(max_length=100, db_collation="C")
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()
    first_by = models.CharField(max_length=60, db_collation="C", blank=True, default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "保险公司回款 Settlements of insurers"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="insurer_settlement_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="insurer_settlement_amount"),
            models.CheckConstraint(condition=Q(first_by="") | ~Q(first_by=F("by")), name="insurer_settlement_second_person"),
        ]


class SettlementWord(models.Model):
    """What a first person has said of a large settlement, for another one to say again; the newest of a key counts."""

    id = models.BigAutoField(primary_key=True)
    insurer = models.CharField(max_length=40, db_collation="C")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    proof = models.CharField(max_length=200)
    key = models.CharField(max_length=100, db_collation="C")
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "待第二人确认的回款 Settlements awaiting a second person"
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="insurer_word_amount")]
        indexes = [models.Index(fields=["key", "id"], name="insurer_word_key")]
