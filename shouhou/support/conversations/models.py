"""Conversations with everything that was said, read, handed on and promised; the rota, canned words and calls."""

from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from shouhou.accounts.models import Buyer, User
from shouhou.cases.models import Case
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order
from shouhou.plumbing.models import Upload
from shouhou.support.conversations.rules.topics import DESKS, SIDES, SKILLS, TOPICS


def _both(texts: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(code, f"{each.zh} {each.en}") for code, each in texts.items()]


AUDIENCES = [("all", "所有人 everybody"), ("staff", "商家与平台 shop and house"), ("house", "仅平台 the house only")]


class Conversation(models.Model):
    """A buyer's question until it is answered. `desk` and `skill` are its queue; `waits_on` is whose turn it is.

    `version` changes with whatever a page shows: it is the token of the live pages.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, db_index=False)
    # Whose order it is about; the shop's people see it only when `with_shop`.
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="conversations")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="conversations")
    topic = models.CharField(max_length=16, choices=_both(TOPICS), db_collation="C")
    channel = models.CharField(max_length=10, db_collation="C")
    title = models.CharField(max_length=120)
    desk = models.CharField(max_length=8, choices=_both(DESKS), db_collation="C")
    skill = models.CharField(max_length=16, choices=_both(SKILLS), db_collation="C")
    with_shop = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="conversations")
    waits_on = models.CharField(max_length=8, blank=True, db_collation="C")
    waiting_since = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60, db_collation="C")
    # The form's or the program's own key: the same twice is opened once.
    key = models.CharField(max_length=80, db_collation="C")
    first_response_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # What the buyer or the staff have not read: since when, and whether they have been told of it elsewhere.
    unread_buyer_since = models.DateTimeField(null=True)
    unread_staff_since = models.DateTimeField(null=True)
    told_buyer = models.BooleanField(default=False)
    told_staff = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="conversation_number"),
            models.UniqueConstraint(fields=["opened_by", "key"], name="conversation_once"),
            models.CheckConstraint(condition=Q(waits_on__in=["", "staff", "consumer"]), name="conversation_turn"),
            models.CheckConstraint(condition=~Q(desk="shop") | Q(with_shop=True, merchant__isnull=False), name="conversation_shop_sees"),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(waits_on=""), name="conversation_closed_waits_on_nobody"),
        ]
        indexes = [
            models.Index(fields=["buyer", "-last_at", "-id"], name="conversation_buyer"),
            models.Index(fields=["desk", "waiting_since", "id"], name="conversation_queue", condition=Q(closed_at=None)),
            models.Index(fields=["merchant", "-last_at"], name="conversation_merchant", condition=Q(with_shop=True)),
            models.Index(fields=["assigned_to", "-last_at"], name="conversation_assigned", condition=Q(assigned_to__isnull=False)),
            models.Index(fields=["-last_at", "-id"], name="conversation_last"),
            models.Index(
                fields=["unread_buyer_since"], name="conversation_tell_buyer",
                condition=Q(unread_buyer_since__isnull=False, told_buyer=False),
            ),
            models.Index(
                fields=["unread_staff_since"], name="conversation_tell_staff",
                condition=Q(unread_staff_since__isnull=False, told_staff=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Said(models.Model):
    """One message, note or line of the house; who may read it is its `audience`. Never changed, except by erasure."""

    KINDS = [
        ("message", "消息 message"), ("auto", "自动答复 automatic"), ("note", "备注 note"), ("event", "事件 event"),
        ("call", "电话 call"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="said", db_index=False)
    kind = models.CharField(max_length=8, choices=KINDS, default="message", db_collation="C")
    audience = models.CharField(max_length=6, choices=AUDIENCES, default="all", db_collation="C")
    side = models.CharField(max_length=8, choices=_both(SIDES), db_collation="C")
    role = models.CharField(max_length=20, db_collation="C")
    who = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    # What the rules of conduct say of it: "" or "flag" with the codes.
    verdict = models.CharField(max_length=5, blank=True, db_collation="C")
    codes = ArrayField(models.CharField(max_length=12), default=list)
    # The form's or the program's own key: the same twice is said once.
    key = models.CharField(max_length=80, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "who", "key"], name="said_once")]
        indexes = [models.Index(fields=["conversation", "id"], name="said_in_order")]


class SaidFile(models.Model):
    """A file that came with a message."""

    id = models.BigAutoField(primary_key=True)
    said = models.ForeignKey(Said, on_delete=models.PROTECT, related_name="files")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="said_file")


class Reading(models.Model):
    """How far one person has read a conversation, and when they last had it open."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="readings", db_index=False)
    who = models.CharField(max_length=60, db_collation="C")
    side = models.CharField(max_length=8, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    read_id = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "who"], name="reading_once")]


class HandOver(models.Model):
    """Who gave the conversation to which desk, skill or person, and why; claims and releases stand here, too."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="hand_overs")
    what = models.CharField(max_length=8, db_collation="C")
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    desk = models.CharField(max_length=8, db_collation="C")
    skill = models.CharField(max_length=16, db_collation="C")
    to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()


class Duty(models.Model):
    """When somebody answers, week by week in Beijing time; `until` at or before `since` ends the next day."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    # A shop's own people stand at the shop's desk; without one it is the house's.
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True)
    weekdays = ArrayField(models.SmallIntegerField())
    since = models.TimeField()
    until = models.TimeField()
    on_holidays = models.BooleanField(default=False)
    skills = ArrayField(models.CharField(max_length=16), default=list)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    # Days on which somebody else takes it.
    off_days = ArrayField(models.DateField(), default=list, db_default=[])
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day=None) | Q(last_day__gte=F("first_day") - 1), name="duty_days"),
            models.CheckConstraint(condition=Q(weekdays__len__gte=1, weekdays__len__lte=7), name="duty_weekdays"),
        ]


class CannedReply(models.Model):
    """Words that are often needed, in both languages, with {variables}; of a shop or (without one) of the house."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True)
    title = models.CharField(max_length=60)
    text_zh = models.TextField()
    text_en = models.TextField(blank=True)
    topic = models.CharField(max_length=16, blank=True, db_collation="C")
    active = models.BooleanField(default=True)
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "title"], condition=Q(active=True), nulls_distinct=False, name="canned_title")
        ]


class Call(models.Model):
    """A telephone call: who, when, which way, about what and how long; the number is shown masked."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="calls")
    direction = models.CharField(max_length=3, choices=[("in", "来电 incoming"), ("out", "去电 outgoing")], db_collation="C")
    phone = models.CharField(max_length=32, blank=True, db_collation="C")
    began_at = models.DateTimeField()
    minutes = models.SmallIntegerField()
    summary = models.CharField(max_length=1000)
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    key = models.CharField(max_length=80, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="call_once"),
            models.CheckConstraint(condition=Q(minutes__gte=0, minutes__lte=600), name="call_minutes"),
        ]
