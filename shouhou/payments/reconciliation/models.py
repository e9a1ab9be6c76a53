"""What channels state, line by line; where they and our books differ; and each day's proof that the books balance."""

from django.db import models
from django.db.models import F, Q

from shouhou.payments.charge_models import Charge


class Statement(models.Model):
    """A channel's statement, taken once: the same bytes again are the same statement.

    Its lines are matched in portions; `matched_through` is the last line that was, so that a killed run goes on there.
    """

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=30, db_collation="C")
    sha256 = models.CharField(max_length=64, db_collation="C")
    name = models.CharField(max_length=120)
    # The days it speaks about, both included.
    first_on = models.DateField()
    last_on = models.DateField()
    taken_by = models.CharField(max_length=60, db_collation="C")
    taken_at = models.DateTimeField()
    rows = models.IntegerField()
    rows_new = models.IntegerField()
    matched_through = models.BigIntegerField(default=0)
    matched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "sha256"], name="statement_once"),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="statement_days"),
            models.CheckConstraint(condition=Q(rows__gte=F("rows_new"), rows_new__gte=0), name="statement_rows"),
        ]
        indexes = [models.Index(fields=["channel", "last_on"], name="statement_days_of")]

    def __str__(self) -> str:
        return f"{self.channel} {self.first_on} {self.name}"


class StatementFetch(models.Model):
    """What became of asking a channel for the statement of a day; asked again it is the same row."""

    OUTCOMES = [
        ("taken", "已取得 taken"), ("none", "渠道尚无 not there yet"), ("silent", "没有答复 no answer"),
        ("down", "无法连接 not reached"), ("unreadable", "无法读取 cannot be read"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=30, db_collation="C")
    day = models.DateField()
    outcome = models.CharField(max_length=12, choices=OUTCOMES, db_collation="C")
    detail = models.CharField(max_length=300, blank=True)
    tries = models.IntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "day"], name="statement_fetch_once")]
        indexes = [models.Index(fields=["outcome", "day"], name="statement_fetch_outcome")]


class StatementLine(models.Model):
    """One line of it. The same line in two statements that overlap is kept once; `fingerprint` knows it again."""

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    place = models.IntegerField()
    channel = models.CharField(max_length=30, db_collation="C")
    fingerprint = models.CharField(max_length=64, db_collation="C")
    kind = models.CharField(max_length=10, db_collation="C")
    reference = models.CharField(max_length=120, blank=True, db_collation="C")
    key = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    text = models.CharField(max_length=200, blank=True)
    # Empty: not looked at yet (rules.OUTCOMES).
    outcome = models.CharField(max_length=12, blank=True, db_collation="C")
    part = models.ForeignKey("payments.RefundPart", on_delete=models.PROTECT, null=True, related_name="statement_lines")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, related_name="statement_lines")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "fingerprint"], name="statement_line_once"),
            models.CheckConstraint(condition=Q(part=None) | Q(charge=None), name="statement_line_one_way"),
        ]
        indexes = [
            models.Index(fields=["statement", "id"], name="statement_line_order"),
            models.Index(fields=["channel", "at"], name="statement_line_day"),
        ]


class Difference(models.Model):
    """Where a channel and our books do not say the same; worked by finance until it is settled.

    `delta_minor` is what is missing in the channel's account of our ledger: > 0 more has left than we booked. Null where
    the two cannot be subtracted (another currency). `key` makes the same finding twice one difference.
    """

    STATES = [
        ("open", "待处理 open"), ("assigned", "处理中 being worked"), ("proposed", "待复核 awaiting the second person"),
        ("settled", "已了结 settled"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=120, db_collation="C")
    kind = models.CharField(max_length=12, db_collation="C")
    channel = models.CharField(max_length=30, db_collation="C")
    day = models.DateField()
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, null=True, related_name="differences")
    part = models.ForeignKey("payments.RefundPart", on_delete=models.PROTECT, null=True, related_name="differences")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, related_name="differences")
    subject = models.CharField(max_length=60, blank=True, db_collation="C")
    theirs_minor = models.BigIntegerField()
    ours_minor = models.BigIntegerField()
    delta_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=STATES, default="open", db_collation="C")
    assignee = models.CharField(max_length=60, blank=True, db_collation="C")
    resolution = models.CharField(max_length=12, blank=True, db_collation="C")
    note = models.CharField(max_length=500, blank=True)
    proof = models.CharField(max_length=500, blank=True)
    proposed_by = models.CharField(max_length=60, blank=True, db_collation="C")
    settled_by = models.CharField(max_length=60, blank=True, db_collation="C")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="difference_key"),
            models.CheckConstraint(
                condition=Q(proposed_by="") | ~Q(state="settled") | ~Q(settled_by=F("proposed_by")), name="difference_second_person"
            ),
            models.CheckConstraint(
                condition=Q(state="settled", settled_at__isnull=False) | (~Q(state="settled") & Q(settled_at=None)),
                name="difference_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="difference_state"),
            models.Index(fields=["channel", "day"], name="difference_day"),
        ]


class DifferenceDeed(models.Model):
    """What was done about a difference, by whom; append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    difference = models.ForeignKey(Difference, on_delete=models.PROTECT, related_name="deeds")
    what = models.CharField(max_length=12, db_collation="C")
    by = models.CharField(max_length=60, db_collation="C")
    detail = models.CharField(max_length=600, blank=True)
    at = models.DateTimeField()


class BalanceProof(models.Model):
    """A day's proof: what was checked and found, under a hash that covers the proof before it. Append-only by trigger.

    A day proven again (its statement came later) is a new row with the next `revision`.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    revision = models.IntegerField()
    state = models.CharField(max_length=8, choices=[(name, name) for name in ("good", "waiting", "bad")], db_collation="C")
    content = models.JSONField()
    # Of the day's transfers and postings alone: the same as long as nobody has touched them.
    digest = models.CharField(max_length=64, db_collation="C")
    before = models.CharField(max_length=64, db_collation="C", blank=True)
    sha256 = models.CharField(max_length=64, db_collation="C")
    made_by = models.CharField(max_length=60, db_collation="C")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "revision"], name="balance_proof_once"),
            models.UniqueConstraint(fields=["before"], name="balance_proof_chain"),
        ]

    def __str__(self) -> str:
        return f"{self.day} #{self.revision}"
