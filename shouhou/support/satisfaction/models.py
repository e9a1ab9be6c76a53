"""Invitations to rate, calls after a poor grade, answers to ratings, hidden comments and the register of improvements."""

from collections.abc import Mapping

from django.db import models
from django.db.models import Q

from shouhou.accounts.models import User
from shouhou.cases.models import Case
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.support.satisfaction.rules.outcomes import HIDDEN_FOR, OUTCOMES


def _both(texts: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(code, f"{each.zh} {each.en}") for code, each in texts.items()]


class Survey(models.Model):
    """The one invitation of a case: made when it ends, sent by day, withdrawn when it is rated or reopened before."""

    STATES = [("waiting", "待发送 waiting"), ("sent", "已邀请 sent"), ("withdrawn", "不再邀请 withdrawn")]
    id = models.BigAutoField(primary_key=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="survey")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=10, choices=STATES, default="waiting", db_collation="C")
    ended_at = models.DateTimeField()
    send_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["send_at"], name="survey_waiting", condition=Q(state="waiting")),
            models.Index(fields=["sent_at"], name="survey_sent", condition=Q(state="sent")),
        ]


class FollowUp(models.Model):
    """A call owed to whoever gave one of the lowest grades (SAT-03); `calls` are the tries, the last is its end."""

    STATES = [("open", "待回访 open"), ("done", "已回访 done"), ("lifted", "评价已改好 lifted")]
    id = models.BigAutoField(primary_key=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="follow_up")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True)
    grade = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=STATES, default="open", db_collation="C")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="follow_ups")
    # [{"at", "by", "name", "outcome", "note"}]
    calls = models.JSONField(default=list)
    outcome = models.CharField(max_length=12, choices=_both(OUTCOMES), blank=True, db_collation="C")
    # The case that it led to: the same one reopened, a compensation, a suggestion.
    led_to = models.CharField(max_length=20, blank=True, db_collation="C")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(state="open") | Q(ended_at=None, outcome=""), name="follow_up_open")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="follow_up_open", condition=Q(state="open")),
            models.Index(fields=["-asked_at", "-id"], name="follow_up_all"),
        ]


class RatingAnswer(models.Model):
    """What the shop, or the house for itself, publicly says to a rating; changed by saying it anew."""

    id = models.BigAutoField(primary_key=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="rating_answer")
    text = models.CharField(max_length=500)
    who = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()


class HiddenComment(models.Model):
    """A comment whose words nobody outside reads any more; its grade counts and is shown as before (SAT-07)."""

    id = models.BigAutoField(primary_key=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="hidden_comment")
    ground = models.CharField(max_length=8, choices=_both(HIDDEN_FOR), db_collation="C")
    note = models.CharField(max_length=300)
    who = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()


class Improvement(models.Model):
    """What is done about a cause of dissatisfaction: by whom, until when, and what came of it (SAT-05)."""

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True)
    reason = models.CharField(max_length=24, db_collation="C")
    action = models.CharField(max_length=300)
    owner = models.CharField(max_length=80)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-month", "id"], name="improvement_month")]
