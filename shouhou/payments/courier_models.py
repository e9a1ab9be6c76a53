"""Couriers' bills for pickups that were free for the buyer: one row for each line, posted to whoever bears the way."""

from django.db import models
from django.db.models import Q


class CourierBill(models.Model):
    """A file as a courier sent it; the same file again is the same bill."""

    id = models.BigAutoField(primary_key=True)
    carrier = models.CharField(max_length=20, db_collation="C")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_collation="C")
    taken_by = models.CharField(max_length=60, db_collation="C")
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carrier", "sha256"], name="courier_bill_once")]


class CourierBillLine(models.Model):
    """posted: on somebody's account; unknown: no pickup of ours goes by that; not_free: the buyer paid that courier;
    other_amount: billed before, with another amount. What is not posted is for finance to ask the courier about."""

    OUTCOMES = [
        ("posted", "已入账 posted"), ("unknown", "查无此取件 no such pickup"), ("not_free", "非免费取件 the buyer paid it"),
        ("other_amount", "重复且金额不同 billed before, another amount"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    bill = models.ForeignKey(CourierBill, on_delete=models.PROTECT, related_name="lines")
    place = models.IntegerField()
    carrier = models.CharField(max_length=20, db_collation="C")
    reference = models.CharField(max_length=80, db_collation="C")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    outcome = models.CharField(max_length=14, choices=OUTCOMES, db_collation="C")
    subject = models.CharField(max_length=60, blank=True, db_collation="C")
    bearer = models.CharField(max_length=60, blank=True, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["carrier", "reference"], name="courier_line_once", condition=Q(outcome="posted")),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="courier_line_amount"),
            models.CheckConstraint(condition=~Q(outcome="posted") | ~Q(bearer=""), name="courier_line_bearer"),
        ]
        indexes = [models.Index(fields=["bill", "place"], name="courier_line_order")]
