"""Transfers and their postings, written once and never changed (a trigger says no); and what they come to by account and day."""

from django.contrib.postgres.indexes import BrinIndex
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
        indexes = [models.Index(fields=["subject", "id"], name="transfer_subject"), BrinIndex(fields=["at"], name="transfer_at")]

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
            models.Index(fields=["source", "id"], name="posting_source_id"),
            models.Index(fields=["destination", "id"], name="posting_destination_id"),
        ]


class Figures(models.Model):
    """What postings come to. `in_minor` and `out_minor` are of posted ones, `pending_minor` is what those that are neither
    settled nor voided would change; `posted` and `pending` count the postings behind them."""

    in_minor = models.BigIntegerField(default=0)
    out_minor = models.BigIntegerField(default=0)
    pending_minor = models.BigIntegerField(default=0)
    posted = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class Tail(Figures):
    """What a posting changed, written by a trigger in the posting's own transaction, until it is gathered into the turnovers."""

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=160, db_collation="C")
    currency = models.CharField(max_length=3, db_collation="C")
    day = models.DateField()


class Turnover(Figures):
    """What an account turned over on a day of Beijing, as far as it is gathered: the tail is still to be added."""

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=160, db_collation="C")
    currency = models.CharField(max_length=3, db_collation="C")
    day = models.DateField()
    family = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "currency", "day"], name="turnover_day")]
        indexes = [models.Index(fields=["family", "account", "currency"], name="turnover_family")]


class FamilyTurnover(Figures):
    """The same of all accounts of a family; `accounts` counts those whose first day this is."""

    id = models.BigAutoField(primary_key=True)
    family = models.CharField(max_length=40, db_collation="C")
    currency = models.CharField(max_length=3, db_collation="C")
    day = models.DateField()
    accounts = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["family", "currency", "day"], name="family_turnover_day")]
