"""Scans of paper forms: what was read from them, who keyed them in, what became of them."""

from django.db import models
from django.db.models import F, Q

from shouhou.cases.models import Case
from shouhou.plumbing.models import Upload

OPEN = ("waiting", "unclear")
ENDED = ("keyed", "added", "dropped")


class PaperScan(models.Model):
    """A paper form as it came in (纸质表格扫描件).

    `keyed`: it opened `case`; `added`: it was put to a case that was there; `dropped`: a second person agreed that it is
    none. `unclear` waits for a second pair of eyes: `asked_by` cannot be the one who ends it.
    """

    STATES = [
        ("waiting", "待录入 waiting"), ("unclear", "待复核 unclear"), ("keyed", "已录入 keyed"), ("added", "已并入 added"),
        ("dropped", "已作废 dropped"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    # The shop to whose counter it came; empty is the house's own.
    merchant_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT)
    pages = models.SmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=STATES, default="waiting", db_collation="C")
    # What its codes said, and what a person found instead.
    form = models.CharField(max_length=24, blank=True, db_collation="C")
    form_version = models.SmallIntegerField(default=0)
    case_number = models.CharField(max_length=20, blank=True, db_collation="C")
    order_number = models.CharField(max_length=80, blank=True, db_collation="C")
    read_by_code = models.BooleanField(default=False)
    # The half-keyed form as it stood.
    fields = models.JSONField(default=dict)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="scans")
    taken_by = models.CharField(max_length=60, db_collation="C")
    taken_name = models.CharField(max_length=120, blank=True)
    taken_at = models.DateTimeField()
    asked_by = models.CharField(max_length=60, blank=True, db_collation="C")
    asked_name = models.CharField(max_length=120, blank=True)
    asked_reason = models.CharField(max_length=500, blank=True)
    ended_by = models.CharField(max_length=60, blank=True, db_collation="C")
    ended_name = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "纸质表格扫描件 Scanned forms"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="scan_number"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at=None) | Q(state__in=ENDED, ended_at__isnull=False), name="scan_ended"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("keyed", "added"), case__isnull=False) | (~Q(state__in=("keyed", "added")) & Q(case=None)),
                name="scan_case",
            ),
            # What was unclear, or is thrown away, was looked at by two people.
            models.CheckConstraint(
                condition=Q(asked_by="") | Q(ended_by="") | ~Q(asked_by=F("ended_by")), name="scan_two_people"
            ),
            models.CheckConstraint(condition=~Q(state__in=("unclear", "dropped")) | ~Q(asked_by=""), name="scan_asked"),
        ]
        indexes = [
            models.Index(fields=["state", "taken_at", "id"], name="scan_queue"),
            models.Index(fields=["taken_at", "id"], name="scan_taken"),
        ]

    def __str__(self) -> str:
        return self.number


class PaperScanEntry(models.Model):
    """What was done with it, by whom: append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    scan = models.ForeignKey(PaperScan, on_delete=models.PROTECT, related_name="entries")
    deed = models.CharField(max_length=20, db_collation="C")
    role = models.CharField(max_length=20, db_collation="C")
    who = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
