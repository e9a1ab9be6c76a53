"""Parcels that stand in the warehouse and belong to nothing that is known: where they lie, what is in them, what became of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from shouhou.plumbing.models import Upload

OPEN = ("waiting", "return_asked", "dispose_asked")
ENDED = ("matched", "returned", "disposed")


class UnknownParcel(models.Model):
    """A parcel that no case was found for (无主包裹). `subject` is the case it turned out to belong to.

    Sending it away takes two people: whoever asks (`asked_by`) and somebody else who looks again (`ended_by`).
    """

    STATES = [
        ("waiting", "待认领 waiting"), ("matched", "已认领 matched"), ("return_asked", "待复核退回 return asked"),
        ("dispose_asked", "待复核处置 disposal asked"), ("returned", "已退回寄件人 returned"), ("disposed", "已处置 disposed"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    # The shop at whose warehouse it stands; empty is the house's own.
    merchant_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=14, choices=STATES, default="waiting", db_collation="C")
    waybill = models.CharField(max_length=40, blank=True, db_collation="C")
    carrier = models.CharField(max_length=20, blank=True, db_collation="C")
    sender_name = models.CharField(max_length=80, blank=True)
    sender_phone = models.CharField(max_length=32, blank=True, db_collation="C")
    sender_address = models.CharField(max_length=240, blank=True)
    order_number = models.CharField(max_length=80, blank=True)
    serials = ArrayField(models.CharField(max_length=80), default=list)
    contents = models.CharField(max_length=1000)
    place = models.CharField(max_length=80)
    found_by = models.CharField(max_length=60, db_collation="C")
    found_name = models.CharField(max_length=120, blank=True)
    found_at = models.DateTimeField()
    subject = models.CharField(max_length=60, blank=True, db_collation="C")
    asked_by = models.CharField(max_length=60, blank=True, db_collation="C")
    asked_at = models.DateTimeField(null=True)
    asked_reason = models.CharField(max_length=500, blank=True)
    ended_by = models.CharField(max_length=60, blank=True, db_collation="C")
    ended_at = models.DateTimeField(null=True)
    sent_carrier = models.CharField(max_length=20, blank=True, db_collation="C")
    sent_waybill = models.CharField(max_length=40, blank=True, db_collation="C")

    class Meta:
        verbose_name = verbose_name_plural = "无主包裹 Unidentified parcels"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="unknown_number"),
            models.UniqueConstraint(
                fields=["waybill"], condition=Q(state__in=OPEN) & ~Q(waybill=""), name="unknown_waybill_once"
            ),
            models.CheckConstraint(
                condition=(Q(state="matched") & ~Q(subject="")) | (~Q(state="matched") & Q(subject="")), name="unknown_matched"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at=None) | Q(state__in=ENDED, ended_at__isnull=False), name="unknown_ended"
            ),
            # The second look is another person's.
            models.CheckConstraint(
                condition=~Q(state__in=("returned", "disposed")) | (~Q(asked_by="") & ~Q(ended_by="") & ~Q(asked_by=F("ended_by"))),
                name="unknown_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "found_at", "id"], name="unknown_queue"),
            models.Index(fields=["found_at", "id"], name="unknown_found"),
            models.Index(fields=["subject"], name="unknown_subject", condition=~Q(subject="")),
        ]

    def __str__(self) -> str:
        return self.number


class UnknownParcelPhoto(models.Model):
    """A picture of the parcel, its label, what is inside."""

    id = models.BigAutoField(primary_key=True)
    parcel = models.ForeignKey(UnknownParcel, on_delete=models.PROTECT, related_name="photos")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT)


class UnknownParcelEntry(models.Model):
    """What was done with it, by whom: append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    parcel = models.ForeignKey(UnknownParcel, on_delete=models.PROTECT, related_name="entries")
    deed = models.CharField(max_length=20, db_collation="C")
    role = models.CharField(max_length=20, db_collation="C")
    who = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
