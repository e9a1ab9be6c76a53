"""Transfers and their postings: written once, never changed (a trigger says no)."""

from django.db import models
from django.db.models import F, Q


class Transfer(models.Model):
    """One run of a recipe. A pending one is resolved exactly once, by a posted or a voided one that names it."""

    PHASES = [("pending", "待定 pending"), ("posted", "已入账 posted"), ("voided", "已撤销 voided")]
    id = models.BigAutoField(primary_key=True)
    recipe = models.CharField(max_length=30, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    phase = models.CharField(max_length=8, choices=PHASES, db_collation="C")
    resolves = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="resolution")
    key = models.CharField(max_length=120, db_collation="C")
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="transfer_key"),
            models.CheckConstraint(
                condition=Q(phase="posted") | Q(phase="pending", resolves=None) | Q(phase="voided", resolves__isnull=False),
                name="transfer_phase",
            ),
        ]
        indexes = [models.Index(fields=["subject", "id"], name="transfer_subject")]

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """So much from one account to another. Only those of posted transfers count in the balances."""

    id = models.BigAutoField(primary_key=True)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="postings")
    source = models.CharField(max_length=160, db_collation="C")
    destination = models.CharField(max_length=160, db_collation="C")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="posting_amount"),
            models.CheckConstraint(condition=~Q(source=F("destination")), name="posting_moves"),
        ]
        indexes = [
            models.Index(fields=["source"], name="posting_source"),
            models.Index(fields=["destination"], name="posting_destination"),
        ]
