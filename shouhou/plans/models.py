"""Sold plans and what was claimed of them: the database knows the limits too."""

from django.db import models
from django.db.models import F, Q


class Plan(models.Model):
    """One policy on one order line. `claims_count` and `used_minor` are what is held or used; a check keeps them in their limits."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField("保单号 number", max_length=60, db_collation="C")
    kind = models.CharField("种类 kind", max_length=20, db_collation="C")
    name = models.CharField("名称 name", max_length=120, blank=True)
    provider = models.CharField("承保方 provider", max_length=120, blank=True)
    order_number = models.CharField("订单 order", max_length=80, db_collation="C")
    line_id = models.BigIntegerField()
    line = models.IntegerField()
    merchant_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    serial = models.CharField("序列号 serial", max_length=80, blank=True, db_collation="C")
    sold_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    months = models.SmallIntegerField()
    waiting_days = models.SmallIntegerField(default=0)
    claims_most = models.SmallIntegerField(null=True)
    cap_minor = models.BigIntegerField(null=True)
    deductible_minor = models.BigIntegerField(default=0)
    price_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    claims_count = models.SmallIntegerField(default=0)
    used_minor = models.BigIntegerField(default=0)
    cancelled_on = models.DateField(null=True)
    cancelled_because = models.CharField(max_length=40, blank=True, db_collation="C")
    refund_minor = models.BigIntegerField(default=0)
    implied = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "保障计划 Protection plans"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="plan_number"),
            models.CheckConstraint(
                condition=Q(claims_count__gte=0) & (Q(claims_most=None) | Q(claims_count__lte=F("claims_most"))), name="plan_claims"
            ),
            models.CheckConstraint(
                condition=Q(used_minor__gte=0) & (Q(cap_minor=None) | Q(used_minor__lte=F("cap_minor"))), name="plan_cap"
            ),
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="plan_days"),
            models.CheckConstraint(
                condition=Q(price_minor__gte=0, deductible_minor__gte=0, refund_minor__gte=0, refund_minor__lte=F("price_minor")),
                name="plan_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["line_id"], name="plan_line"),
            models.Index(fields=["order_number"], name="plan_order"),
            models.Index(fields=["serial"], name="plan_serial", condition=~Q(serial="")),
        ]

    def __str__(self) -> str:
        return self.number


class Claim(models.Model):
    """One use of a plan: held when the workshop found it covered, used when the repair is done, released when it is not."""

    STATES = [("held", "占用 held"), ("used", "已用 used"), ("released", "已释放 released")]
    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="claims")
    key = models.CharField(max_length=120, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    cause = models.CharField(max_length=24, blank=True, db_collation="C")
    fault = models.CharField(max_length=40, blank=True, db_collation="C")
    amount_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=STATES, default="held", db_collation="C")
    held_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "保障理赔 Plan claims"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="plan_claim_once"),
            models.UniqueConstraint(fields=["subject"], condition=Q(state="held"), name="plan_claim_one_held"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="plan_claim_amount"),
            models.CheckConstraint(
                condition=Q(state="held", ended_at=None) | ~Q(state="held") & Q(ended_at__isnull=False), name="plan_claim_ended"
            ),
        ]
        indexes = [models.Index(fields=["subject"], name="plan_claim_subject")]

    def __str__(self) -> str:
        return self.key


class Purchase(models.Model):
    """A plan that a buyer asked for: it becomes a policy of the same number once it is paid, or ends without."""

    STATES = [("asked", "待付款 asked"), ("paid", "已付款 paid"), ("ended", "未购买 ended")]
    id = models.BigAutoField(primary_key=True)
    number = models.CharField("购买单号 number", max_length=60, db_collation="C")
    kind = models.CharField("种类 kind", max_length=20, db_collation="C")
    order_number = models.CharField("订单 order", max_length=80, db_collation="C")
    line_id = models.BigIntegerField()
    line = models.IntegerField()
    merchant_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    charge = models.CharField(max_length=40, blank=True, db_collation="C")
    state = models.CharField(max_length=8, choices=STATES, default="asked", db_collation="C")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "购买保障计划 Purchases of plans"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="plan_purchase_number"),
            models.UniqueConstraint(fields=["line_id", "kind"], condition=Q(state="asked"), name="plan_purchase_open"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="plan_purchase_price"),
        ]

    def __str__(self) -> str:
        return self.number
