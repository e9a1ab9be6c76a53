"""Events, the ordered feed, idempotent answers, rate limits, uploads and heartbeats."""

from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened; never changed."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    type = models.CharField(max_length=60, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    merchant_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    # The writing transaction: lets the feed take only what can no longer be preceded by an uncommitted event.
    tx = models.BigIntegerField(db_default=RawSQL("(pg_current_xact_id()::text::bigint)", ()))

    class Meta:
        indexes = [
            models.Index(fields=["tx"], name="event_tx"),
            models.Index(fields=["subject", "id"], name="event_subject"),
        ]


class FeedEntry(models.Model):
    """An event's place in the complete, ordered feed (`seq` has no gaps that will ever be filled later)."""

    seq = models.BigAutoField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="feed_entry")


class FeedHorizon(models.Model):
    """One row: every event of a transaction below `tx` has its place in the feed; `dispatched_seq` has been told."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    tx = models.BigIntegerField(default=0)
    dispatched_seq = models.BigIntegerField(default=0)


class IdempotentAnswer(models.Model):
    """The first answer to a client's key; the same key with another body is refused."""

    id = models.BigAutoField(primary_key=True)
    client = models.CharField(max_length=40, db_collation="C")
    key = models.CharField(max_length=200, db_collation="C")
    fingerprint = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    body = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="idempotent_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_age")]


class RateBucket(models.Model):
    """A leaky bucket: how full it was at an instant."""

    key = models.CharField(max_length=120, primary_key=True, db_collation="C")
    level = models.FloatField(default=0)
    at = models.DateTimeField()


class Upload(models.Model):
    """A stored file, outside the web root; who may read it is decided by what it is attached to."""

    id = models.BigAutoField(primary_key=True)
    token = models.CharField(max_length=40, db_collation="C")
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_collation="C")
    uploaded_by = models.CharField(max_length=60, db_collation="C")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token"], name="upload_token")]


class Heartbeat(models.Model):
    """A process saying that it lives."""

    name = models.CharField(max_length=80, primary_key=True, db_collation="C")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
