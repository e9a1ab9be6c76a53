"""What shops may name to consumers, and what became of every word that was held to the rules."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from shouhou.merchants.models import Merchant


class RegisteredContact(models.Model):
    """A number, host, mail address or account that a shop (or, without one, the whole house) may give to consumers."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, related_name="contacts")
    value = models.CharField(max_length=120)
    note = models.CharField(max_length=120, blank=True)
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "value"], condition=Q(ended_at=None), nulls_distinct=False, name="registered_contact_once"
            )
        ]


class Screened(models.Model):
    """A text that was blocked or flagged: which rules, by which lexicon, and what somebody made of it. `text` is masked."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, db_index=False)
    buyer_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=60, db_collation="C")
    role = models.CharField(max_length=20, db_collation="C")
    who = models.CharField(max_length=60, db_collation="C")
    verdict = models.CharField(max_length=5, db_collation="C")
    codes = ArrayField(models.CharField(max_length=12))
    text = models.TextField()
    digest = models.CharField(max_length=64, db_collation="C")
    lexicon = models.CharField(max_length=20, db_collation="C")
    times = models.IntegerField(default=1)
    at = models.DateTimeField()
    # Looked at by a person: "kept" (the rule was right) or "cleared" (a false alarm).
    reviewed = models.CharField(max_length=8, blank=True, db_collation="C")
    reviewed_by = models.CharField(max_length=60, blank=True, db_collation="C")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "who", "digest", "verdict"], name="screened_once"),
            models.CheckConstraint(condition=Q(verdict__in=["flag", "block"]), name="screened_verdict"),
            models.CheckConstraint(condition=Q(reviewed__in=["", "kept", "cleared"]), name="screened_reviewed"),
        ]
        indexes = [
            models.Index(fields=["-id"], name="screened_waiting", condition=Q(reviewed="")),
            models.Index(fields=["merchant", "-id"], name="screened_merchant"),
        ]


class Appeal(models.Model):
    """Its author says that the rule was wrong about a text, once; somebody else decides, with reasons."""

    id = models.BigAutoField(primary_key=True)
    screened = models.OneToOneField(Screened, on_delete=models.PROTECT, related_name="appeal")
    text = models.CharField(max_length=1000)
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=8, blank=True, db_collation="C")
    reasons = models.CharField(max_length=1000, blank=True)
    decided_by = models.CharField(max_length=60, blank=True, db_collation="C")
    decided_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["", "granted", "refused"]), name="conduct_appeal_verdict"),
            models.CheckConstraint(
                condition=Q(verdict="", decided_at=None) | (~Q(verdict="") & ~Q(decided_at=None) & ~Q(reasons="")),
                name="conduct_appeal_decided",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("by")), name="conduct_appeal_somebody_else"),
        ]
        indexes = [models.Index(fields=["at"], name="conduct_appeal_waiting", condition=Q(verdict=""))]
