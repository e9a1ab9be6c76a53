"""What was said to whom about which event, through which channel, and whether it got there."""

from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """One message to one person through one channel; an event says a thing to a person once.

    A site notice is `sent` when it is written; mail and text messages wait as `queued`. `skipped`: there was nowhere to send it.
    """

    STATES = [("queued", "待发送 queued"), ("sent", "已发送 sent"), ("failed", "失败 failed"), ("skipped", "跳过 skipped")]
    id = models.BigAutoField(primary_key=True)
    event_seq = models.BigIntegerField()
    event_type = models.CharField(max_length=60, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    recipient = models.CharField(max_length=40, db_collation="C")
    buyer_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=6, db_collation="C")
    template = models.CharField(max_length=40, db_collation="C")
    language = models.CharField(max_length=10, db_collation="C")
    title = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=STATES, db_collation="C")
    attempts = models.SmallIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    # Whoever sends holds the notice until then; a killed sender's notice is taken up by the next try.
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_seq", "recipient", "channel"], name="notice_said_once"),
            models.CheckConstraint(condition=Q(channel__in=["email", "site", "sms"]), name="notice_channel"),
            models.CheckConstraint(condition=~Q(buyer_id=None, user_id=None), name="notice_to_somebody"),
        ]
        indexes = [
            models.Index(fields=["buyer_id", "-id"], name="notice_buyer", condition=Q(channel="site")),
            models.Index(fields=["user_id", "-id"], name="notice_user", condition=Q(channel="site")),
            models.Index(fields=["subject", "id"], name="notice_subject"),
            models.Index(fields=["created_at"], name="notice_waiting", condition=Q(state="queued")),
            models.Index(fields=["-id"], name="notice_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.template} {self.subject}"
