"""Courses and who has passed them, quality checks of finished work, and shifts taken over by somebody else."""

from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from shouhou.accounts.models import User
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.support.conversations.models import Duty
from shouhou.support.teams.rules.skills import SUBJECTS


def _both(texts: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(code, f"{each.zh} {each.en}") for code, each in texts.items()]


class Course(models.Model):
    """A training course of the house (no merchant) or a shop; `groups` are the product groups that nobody is given without it."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=16, choices=_both(SUBJECTS), db_collation="C")
    groups = ArrayField(models.CharField(max_length=16), default=list)
    pass_score = models.SmallIntegerField()
    valid_months = models.SmallIntegerField()
    active = models.BooleanField(default=True)
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "title_zh"], condition=Q(active=True), nulls_distinct=False, name="course_title"),
            models.CheckConstraint(
                condition=Q(pass_score__gte=0, pass_score__lte=100, valid_months__gte=1, valid_months__lte=60), name="course_bounds"
            ),
        ]


class Training(models.Model):
    """One person took a course: day, score, until when it counts, and what the trainer noted (ORG-03). Never changed."""

    id = models.BigAutoField(primary_key=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="trainings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="trainings")
    taken_on = models.DateField()
    score = models.SmallIntegerField()
    expires_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # That it has lapsed without a later one, said to whoever trains.
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "user", "taken_on"], name="training_once"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100, expires_on__gte=F("taken_on")), name="training_bounds"),
        ]
        indexes = [
            models.Index(fields=["user", "course", "-taken_on"], name="training_person"),
            models.Index(fields=["expires_on"], name="training_lapses", condition=Q(told_at=None)),
        ]


class Check(models.Model):
    """One case or conversation of one person, drawn for a month and scored by somebody else (CDT-16)."""

    STATES = [("open", "待检查 open"), ("done", "已检查 done")]
    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="quality_checks")
    # Whose desk it is: a shop's own, or (without one) the house's.
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True)
    month = models.DateField()
    kind = models.CharField(max_length=4, choices=[("case", "工单 case"), ("talk", "会话 conversation")], db_collation="C")
    number = models.CharField(max_length=20, db_collation="C")
    state = models.CharField(max_length=4, choices=STATES, default="open", db_collation="C")
    # {dimension: 1–5}
    scores = models.JSONField(default=dict)
    note = models.CharField(max_length=1000, blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    # What the person checked says to it, once.
    reply = models.CharField(max_length=500, blank=True)
    replied_at = models.DateTimeField(null=True)
    drawn_by = models.CharField(max_length=60, db_collation="C")
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "month", "number"], name="check_once"),
            models.CheckConstraint(
                condition=Q(state="open", checked_at=None) | Q(state="done", checked_at__isnull=False, checked_by__isnull=False),
                name="check_done",
            ),
            models.CheckConstraint(condition=Q(checked_by=None) | ~Q(checked_by=F("user")), name="check_by_somebody_else"),
            models.CheckConstraint(condition=Q(reply="") | Q(state="done"), name="check_reply"),
        ]
        indexes = [models.Index(fields=["month", "user"], name="check_month")]


class Swap(models.Model):
    """Somebody else takes one day's shift; where `back` names one of theirs, its day is taken in return."""

    STATES = [
        ("asked", "待同事答复 asked"), ("agreed", "待主管批准 agreed"), ("approved", "已批准 approved"),
        ("declined", "同事未同意 declined"), ("refused", "主管未批准 refused"), ("withdrawn", "已撤回 withdrawn"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="swaps")
    day = models.DateField()
    back = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, related_name="+")
    back_day = models.DateField(null=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=STATES, default="asked", db_collation="C")
    answer = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One open or approved wish about a day of a shift.
            models.UniqueConstraint(fields=["duty", "day"], condition=Q(state__in=["asked", "agreed", "approved"]), name="swap_once"),
            models.CheckConstraint(condition=~Q(asked_by=F("colleague")), name="swap_two_people"),
            models.CheckConstraint(condition=Q(back=None, back_day=None) | Q(back__isnull=False, back_day__isnull=False), name="swap_back"),
        ]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="swap_last")]
