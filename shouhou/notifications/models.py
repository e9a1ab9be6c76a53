"""What was said to whom about which event, through which channel, and whether it got there; who wants what; rooms; calls."""

from django.db import models
from django.db.models import Q

from shouhou.accounts.models import User
from shouhou.merchants.models import Merchant
from shouhou.plumbing.sealed import SealedText

CHANNELS = ["call", "email", "im", "site", "sms"]


class Notice(models.Model):
    """One message to one person (or room) through one channel; an event says a thing to a person once.

    A site notice is `sent` when it is written; what leaves the house waits as `queued`, or as `held` for the morning.
    `skipped`: there was nobody or nothing to send it to any more, `reason` says why. `unknown`: sent, and no answer that can
    be believed. A `round` above 0 was sent anew by a person; `falls_from` is the channel that failed before this one.
    """

    STATES = [
        ("queued", "待发送 queued"), ("held", "等到早上 held"), ("sent", "已发送 sent"), ("delivered", "已送达 delivered"),
        ("undelivered", "未送达 undelivered"), ("unknown", "不确定 unknown"), ("failed", "失败 failed"), ("skipped", "跳过 skipped"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    event_seq = models.BigIntegerField()
    event_type = models.CharField(max_length=60, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    recipient = models.CharField(max_length=40, db_collation="C")
    buyer_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    room = models.ForeignKey("notifications.Room", on_delete=models.PROTECT, null=True)
    channel = models.CharField(max_length=6, db_collation="C")
    round = models.SmallIntegerField(default=0, db_default=0)
    template = models.CharField(max_length=40, db_collation="C")
    kind = models.CharField(max_length=12, blank=True, default="", db_default="", db_collation="C")
    language = models.CharField(max_length=10, db_collation="C")
    title = models.CharField(max_length=200)
    body = models.TextField()
    # The same as a text message, kept beside the site's text for whoever cannot be reached otherwise.
    short = models.CharField(max_length=320, blank=True, default="", db_default="")
    # Where its case stood, and until when the reader has to act: what is over by then need not be sent any more.
    status = models.CharField(max_length=40, blank=True, default="", db_default="", db_collation="C")
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=STATES, db_collation="C")
    reason = models.CharField(max_length=20, blank=True, default="", db_default="", db_collation="C")
    attempts = models.SmallIntegerField(default=0)
    # A try may have arrived although nobody said so.
    doubt = models.BooleanField(default=False, db_default=False)
    trouble = models.CharField(max_length=200, blank=True)
    sent_to = models.CharField(max_length=80, blank=True, default="", db_default="")
    # [{"at", "what", "detail"}]: everything that became of it, in order.
    steps = models.JSONField(default=list, db_default=[])
    falls_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="fell_to")
    again_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="sent_anew")
    created_at = models.DateTimeField()
    send_after = models.DateTimeField(null=True)
    # Whoever sends holds the notice until then; a killed sender's notice is taken up by the next try.
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_seq", "recipient", "channel", "round"], name="notice_said_once"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="notice_channel"),
            models.CheckConstraint(condition=~Q(buyer_id=None, user_id=None, room=None), name="notice_to_somebody"),
        ]
        indexes = [
            models.Index(fields=["buyer_id", "-id"], name="notice_buyer", condition=Q(channel="site")),
            models.Index(fields=["user_id", "-id"], name="notice_user", condition=Q(channel="site")),
            models.Index(fields=["subject", "id"], name="notice_subject"),
            models.Index(fields=["created_at"], name="notice_waiting", condition=Q(state="queued")),
            models.Index(fields=["-id"], name="notice_failed", condition=Q(state="failed")),
            models.Index(fields=["send_after"], name="notice_held", condition=Q(state="held")),
            models.Index(fields=["channel", "state", "-id"], name="notice_outward", condition=~Q(channel="site")),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.template} {self.subject}"


class Preference(models.Model):
    """What one person wants: the language, the first way out of the house, and what they switched off ("survey:email")."""

    id = models.BigAutoField(primary_key=True)
    buyer_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    language = models.CharField(max_length=10, blank=True, default="", db_collation="C")
    first = models.CharField(max_length=6, blank=True, default="", db_collation="C")
    off = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["buyer_id"], name="preference_buyer", condition=~Q(buyer_id=None)),
            models.UniqueConstraint(fields=["user_id"], name="preference_user", condition=~Q(user_id=None)),
            models.CheckConstraint(condition=Q(buyer_id=None) ^ Q(user_id=None), name="preference_of_one"),
        ]


class Chain(models.Model):
    """Through which channels a kind of notice leaves, one after the other; a kind without a row follows the shipped order."""

    kind = models.CharField(max_length=12, primary_key=True, db_collation="C")
    channels = models.JSONField(default=list)
    by = models.CharField(max_length=60, db_collation="C")
    changed_at = models.DateTimeField()


class Room(models.Model):
    """A chat room of the staff, of one shop or of the house; `address` holds its secret and is never shown again."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True)
    service = models.CharField(max_length=10, db_collation="C")
    address = SealedText()
    kinds = models.JSONField(default=list)
    language = models.CharField(max_length=10, default="zh-hans", db_collation="C")
    active = models.BooleanField(default=True)
    by = models.CharField(max_length=60, db_collation="C")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "merchant"], name="room_name", nulls_distinct=False),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class CallTask(models.Model):
    """Somebody is to be told by telephone what no other channel could tell them; `calls` are the tries, the last is its end."""

    STATES = [("open", "待致电 open"), ("done", "已办结 done"), ("over", "已无需致电 over")]
    id = models.BigAutoField(primary_key=True)
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="call")
    state = models.CharField(max_length=6, choices=STATES, default="open", db_collation="C")
    due_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField()
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="call_tasks")
    # [{"at", "by", "name", "outcome", "note"}]
    calls = models.JSONField(default=list)
    outcome = models.CharField(max_length=12, blank=True, db_collation="C")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(state="open") | Q(ended_at=None, outcome=""), name="call_task_open")]
        indexes = [models.Index(fields=["due_at", "id"], name="call_task_open", condition=Q(state="open"))]
