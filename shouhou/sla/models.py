"""Clocks that have ended, breaches, appeals, the penalty table, scorecards and suspensions."""

from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q

from shouhou.cases.models import Case
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.plumbing.models import Upload
from shouhou.sla.rules.kinds import PARTIES
from shouhou.sla.rules.measures import GROUND_WORDS


def _both(texts: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(code, f"{each.zh} {each.en}") for code, each in texts.items()]


class Clock(models.Model):
    """A duty's limit that has ended, copied once from the case when the feed tells of it: what every rate counts.

    `deadline_id` is the limit's row of the case; `team` the role that owed it, `party` who answers for it, `seller` whether
    it was the seller's part. The applying and moving of cases pay nothing for it.
    """

    OUTCOMES = [("met", "按时 met"), ("late", "超时 late"), ("moot", "不计 moot")]
    id = models.BigAutoField(primary_key=True)
    deadline_id = models.BigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    kind = models.CharField(max_length=20, db_collation="C")
    team = models.CharField(max_length=20, db_collation="C")
    seller = models.BooleanField()
    party = models.CharField(max_length=5, choices=_both(PARTIES), db_collation="C")
    service = models.CharField(max_length=24, db_collation="C")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=4, choices=OUTCOMES, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deadline_id"], name="clock_once")]
        indexes = [
            models.Index(fields=["merchant", "ended_at"], name="clock_merchant"),
            models.Index(fields=["ended_at"], name="clock_ended"),
        ]


class Sanction(models.Model):
    """A row of the penalty table: what a breach of the kind costs from a day on. The table ships empty (MER-09)."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20, db_collation="C")
    since = models.DateField()
    until = models.DateField(null=True)
    points = models.SmallIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    clause = models.CharField(max_length=120)
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=0, amount_minor__gte=0) & (Q(points__gt=0) | Q(amount_minor__gt=0)),
                                   name="sanction_costs_something"),
            models.UniqueConstraint(fields=["kind", "since"], name="sanction_once"),
        ]  # fmt: skip


class Breach(models.Model):
    """A duty missed, recorded once: which clock, when it was due, what followed by itself, what it costs.

    `settled_at` is when the thing was done after all or taken out of their hands: until then it is still late. Without a
    row of the penalty table `table_missing` says so and nothing is imposed. `month` only for the month's satisfaction.
    """

    STATES = [("standing", "成立 standing"), ("appealed", "申诉中 appealed"), ("struck", "已撤销 struck")]
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    deadline_id = models.BigIntegerField(null=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    kind = models.CharField(max_length=20, db_collation="C")
    team = models.CharField(max_length=20, blank=True, db_collation="C")
    seller = models.BooleanField()
    party = models.CharField(max_length=5, choices=_both(PARTIES), db_collation="C")
    service = models.CharField(max_length=24, blank=True, db_collation="C")
    month = models.DateField(null=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    # The move that the clock made by itself, and, for the month, what was found.
    consequence = models.CharField(max_length=40, blank=True, db_collation="C")
    facts = models.JSONField(default=dict)
    sanction = models.ForeignKey(Sanction, on_delete=models.PROTECT, null=True)
    points = models.SmallIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    table_missing = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=STATES, default="standing", db_collation="C")
    appeal_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="breach_number"),
            models.UniqueConstraint(fields=["deadline_id"], name="breach_once", condition=Q(deadline_id__isnull=False)),
            models.UniqueConstraint(fields=["merchant", "kind", "month"], name="breach_month_once", condition=Q(month__isnull=False)),
            models.CheckConstraint(condition=Q(month=None) ^ Q(deadline_id=None), name="breach_of_one_thing"),
            models.CheckConstraint(condition=Q(table_missing=False) | Q(points=0, amount_minor=0), name="breach_no_table_no_sanction"),
        ]
        indexes = [
            models.Index(fields=["-recorded_at", "-id"], name="breach_all"),
            models.Index(fields=["merchant", "-recorded_at", "-id"], name="breach_merchant"),
            models.Index(fields=["due_at", "id"], name="breach_unsettled", condition=Q(settled_at=None)),
            # Those that cost money and stand: what finance has to charge.
            models.Index(fields=["appeal_until"], name="breach_charged", condition=Q(party="shop", state="standing", amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number


class Warned(models.Model):
    """A warning that was given before a limit: once for each instant at which it is due."""

    id = models.BigAutoField(primary_key=True)
    deadline_id = models.BigIntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deadline_id", "due_at"], name="warned_once")]
        indexes = [models.Index(fields=["due_at"], name="warned_due")]


class Scorecard(models.Model):
    """A shop's month as it stood when it was closed; a breach struck later makes a new version, and both are kept."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    month = models.DateField()
    version = models.SmallIntegerField()
    figures = models.JSONField()
    because = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "month", "version"], name="scorecard_once")]
        indexes = [models.Index(fields=["month", "merchant"], name="scorecard_month")]


class Suspension(models.Model):
    """A shop may not use the system: asked for on a verified ground, ordered by a second person, published, appealable (MER-11)."""

    STATES = [
        ("asked", "待第二人批准 asked"), ("refused", "未批准 refused"), ("ordered", "停用中 ordered"), ("lifted", "已恢复 lifted"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="suspensions")
    ground = models.CharField(max_length=10, choices=_both(GROUND_WORDS), db_collation="C")
    # The complaint or the breach that it rests on, by number.
    rests_on = models.CharField(max_length=20, db_collation="C")
    reasons = models.CharField(max_length=1000)
    state = models.CharField(max_length=8, choices=STATES, default="asked", db_collation="C")
    asked_by = models.CharField(max_length=60, db_collation="C")
    asked_name = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=60, blank=True, db_collation="C")
    ordered_name = models.CharField(max_length=120, blank=True)
    ordered_at = models.DateTimeField(null=True)
    publish_due_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    appeal_until = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=60, blank=True, db_collation="C")
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.CharField(max_length=1000, blank=True)
    # What is given back: the keys that were shut and the cases that were taken over.
    keys = models.JSONField(default=list)
    taken = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="suspension_number"),
            models.UniqueConstraint(fields=["merchant"], name="suspension_one", condition=Q(state__in=["asked", "ordered"])),
            models.CheckConstraint(condition=Q(ordered_by="") | ~Q(ordered_by=F("asked_by")), name="suspension_second_person"),
        ]
        indexes = [models.Index(fields=["-published_at"], name="suspension_public", condition=Q(published_at__isnull=False))]

    def __str__(self) -> str:
        return self.number


class Appeal(models.Model):
    """A shop's one appeal against a breach or a measure, with its evidence and the decision."""

    VERDICTS = [("", "待裁决 to decide"), ("granted", "申诉成立 granted"), ("refused", "驳回申诉 refused")]
    id = models.BigAutoField(primary_key=True)
    breach = models.OneToOneField(Breach, on_delete=models.PROTECT, null=True, related_name="appeal")
    suspension = models.OneToOneField(Suspension, on_delete=models.PROTECT, null=True, related_name="appeal")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    text = models.CharField(max_length=1000)
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    decide_by = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=VERDICTS, blank=True, db_collation="C")
    reasons = models.CharField(max_length=1000, blank=True)
    decided_by = models.CharField(max_length=60, blank=True, db_collation="C")
    decided_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(breach=None) ^ Q(suspension=None), name="appeal_of_one_thing"),
            models.CheckConstraint(condition=Q(verdict="", decided_at=None) | (~Q(verdict="") & ~Q(decided_at=None) & ~Q(reasons="")),
                                   name="appeal_decided_with_reasons"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["decide_by"], name="appeal_waiting", condition=Q(verdict=""))]


class AppealFile(models.Model):
    """A file that came with an appeal."""

    id = models.BigAutoField(primary_key=True)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT)
