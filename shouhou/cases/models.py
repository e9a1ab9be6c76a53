"""The case: one number, one timeline, one ledger from application to cash."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Collate, Greatest, Now, Reverse

from shouhou.accounts.models import Buyer, User
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing.models import Upload
from shouhou.policy.models import Decision


def queue_instant() -> Func:
    """`due_at` less the member's head start, reckoned in UTC: so the database may keep it and sort by it."""
    due = Func(Value("UTC"), F("due_at"), function="timezone", output_field=models.DateTimeField())
    start = Func(*[Value(0)] * 5, F("head_start_minutes"), function="make_interval", output_field=models.DurationField())
    less = CombinedExpression(due, "-", start, output_field=models.DateTimeField())
    return Func(Value("UTC"), less, function="timezone", output_field=models.DateTimeField())


class Case(models.Model):
    """A service applied for. Foreign keys are not indexed twice: every write pays for each.

    `status` is the workflow's, `version` guards every write, `due_at` is the next limit."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    # A complaint may be about no order, and about the house: then there is neither order nor shop.
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="cases", db_index=False)
    # The order's own keys guard merchant and buyer, and nothing deletes a decision: a database key here would lock the
    # same few rows of shops and addresses at every application, for nothing.
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    service = models.CharField(max_length=24, db_collation="C")
    requested_service = models.CharField(max_length=24, db_collation="C")
    reason = models.CharField(max_length=40, db_collation="C")
    reason_detail = models.CharField(max_length=40, db_collation="C", blank=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=32, db_collation="C")
    stage = models.CharField(max_length=12, db_collation="C")
    waits_on = models.CharField(max_length=20, db_collation="C", blank=True)
    due_at = models.DateTimeField(null=True)
    # What a membership of today adds (MEM-01, MEM-02): the queue goes by the limit less the head start, so that a member comes
    # first among those that have time, and nobody's limit is passed for it.
    channel_queue = models.CharField(max_length=12, default="standard", db_default="standard", db_collation="C")
    head_start_minutes = models.IntegerField(default=0, db_default=0)
    queue_at = models.GeneratedField(expression=queue_instant(), output_field=models.DateTimeField(null=True), db_persist=True)
    version = models.IntegerField(default=1)
    source = models.CharField(max_length=10, db_collation="C")
    return_method = models.CharField(max_length=12, blank=True)
    contact = models.JSONField(default=dict)
    created_by = models.CharField(max_length=60, db_collation="C")
    on_behalf_of = models.CharField(max_length=60, db_collation="C", blank=True)
    call_note = models.CharField(max_length=500, blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    verdict = models.CharField(max_length=12)
    book = models.CharField(max_length=40)
    book_version = models.CharField(max_length=20)
    policy_shown_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    # What the list shows of the items: the first title and how many units, so that a page of it is one table.
    title = models.CharField(max_length=240)
    units = models.IntegerField()
    refund_minor = models.BigIntegerField(default=0)
    deduction_minor = models.BigIntegerField(default=0)
    preview = models.JSONField(default=dict)
    # What only this kind of service knows: the variant wanted, the price seen, the repair's mode (the workflow's asks).
    details = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    freight_payer = models.CharField(max_length=10, default="customer")
    fault = models.CharField(max_length=10, blank=True)
    return_address = models.ForeignKey(ReturnAddress, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    outcome = models.CharField(max_length=32, blank=True)
    override_reason = models.CharField(max_length=40, blank=True)
    resubmissions = models.SmallIntegerField(default=0)
    claims_held = models.BooleanField(default=True)
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    rest_sent = models.BooleanField(default=False)
    submitted_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    # The last that was heard of it beside its moves, or that its silence was told (quiet.py).
    heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="case_number"),
            models.CheckConstraint(condition=Q(refund_minor__gte=0, deduction_minor__gte=0), name="case_amounts"),
            models.CheckConstraint(
                condition=Q(order__isnull=False, merchant__isnull=False) | Q(service__in=["complaint", "feedback"]),
                name="case_about_an_order",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "queue_at", "id"], name="case_queue_merchant", condition=Q(closed_at=None)),
            models.Index(fields=["queue_at", "id"], name="case_queue", condition=Q(closed_at=None)),
            models.Index(fields=["status", "queue_at", "id"], name="case_status_queue"),
            models.Index(fields=["updated_at", "id"], name="case_updated"),
            # A shop's month: its scorecard and statistics, whatever all others have.
            models.Index(fields=["merchant", "updated_at"], name="case_shop_updated"),
            models.Index(fields=["buyer", "-submitted_at"], name="case_buyer"),
            models.Index(fields=["order"], name="case_order"),
            # Only what somebody has taken: a new case pays nothing for it.
            models.Index(fields=["assigned_to", "queue_at", "id"], name="case_assigned", condition=Q(assigned_to__isnull=False)),
            # Only members' cases: every other pays nothing for it.
            models.Index(fields=["queue_at", "id"], name="case_queue_members", condition=Q(closed_at=None) & ~Q(channel_queue="standard")),
            # A compensation beside the case that waits for its audit: few of many.
            models.Index(fields=["queue_at", "id"], name="case_beside", condition=Q(details__has_key="beside")),
            # A shop's appeal against a ruling, which waits for an arbitrator: few of many.
            models.Index(fields=["queue_at", "id"], name="case_appeal", condition=Q(details__has_key="appeal_open")),
            # What is quiet for too long, and every repair that lasts (quiet.py, NTF-05, NTF-08).
            models.Index(Greatest("updated_at", "heard_at"), "id", name="case_quiet", condition=Q(closed_at=None) & ~Q(stage="rated")),
            models.Index(
                fields=["submitted_at", "id"], name="case_repairs", condition=Q(closed_at=None, service="repair") & ~Q(stage="rated")
            ),
            # A phone is said by its last digits: reversed, they come first.
            models.Index(Collate(Reverse(KeyTextTransform("phone", "contact")), "C"), name="case_contact_phone"),
        ]

    def __str__(self) -> str:
        return self.number


class CaseItem(models.Model):
    """One line of the case. Where it is (reception) and what was found (finding) are two axes, in quantities."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items", db_index=False, db_constraint=False)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="case_items")
    quantity = models.IntegerField()
    condition = models.JSONField(default=dict)
    serials = ArrayField(models.CharField(max_length=80), default=list)
    received_quantity = models.IntegerField(default=0)
    accepted_quantity = models.IntegerField(null=True)
    finding = models.CharField(max_length=12, blank=True)
    grade = models.CharField(max_length=2, blank=True)
    disposition = models.CharField(max_length=16, blank=True)
    deduction_minor = models.BigIntegerField(default=0)
    deduction_reason = models.CharField(max_length=300, blank=True)
    inspection = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "line"], name="case_item_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, deduction_minor__gte=0), name="case_item_amounts"),
            models.CheckConstraint(
                condition=Q(received_quantity__gte=0, received_quantity__lte=F("quantity")), name="case_item_received"
            ),
            models.CheckConstraint(
                condition=Q(accepted_quantity=None)
                | Q(accepted_quantity__gte=0, accepted_quantity__lte=F("received_quantity")),
                name="case_item_accepted",
            ),
        ]
        indexes = [GinIndex(fields=["serials"], name="case_item_serials", condition=~Q(serials=[]))]


class Finding(models.Model):
    """Some units of a received line that were found alike; all findings of a line together are what was received.

    Replaced as a whole by each new inspection: the history keeps what was said before. `deduction_minor` is for the whole
    part, `reason` why it was not accepted. A trigger keeps their sum within what was received.
    """

    VERDICTS = [("accepted", "通过 accepted"), ("rejected", "不通过 rejected")]
    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, related_name="findings", db_index=False)
    place = models.SmallIntegerField()
    quantity = models.IntegerField()
    verdict = models.CharField(max_length=10, choices=VERDICTS, db_collation="C")
    grade = models.CharField(max_length=2, blank=True)
    disposition = models.CharField(max_length=16)
    deduction_minor = models.BigIntegerField(default=0)
    deduction_reason = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=40, blank=True, db_collation="C")
    serials = ArrayField(models.CharField(max_length=80), default=list)
    checklist = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "place"], name="finding_place"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, place__gt=0, deduction_minor__gte=0) & (Q(deduction_minor=0) | ~Q(deduction_reason="")),
                name="finding_amounts",
            ),
            models.CheckConstraint(
                condition=Q(verdict="accepted") | Q(verdict="rejected", disposition="consumer", deduction_minor=0),
                name="finding_verdict",
            ),
            # CON-15: what is not as new never re-enters new stock.
            models.CheckConstraint(condition=~Q(disposition="restock") | Q(grade="A"), name="finding_new_stock"),
        ]


class HistoryEntry(models.Model):
    """One move: who did what, from where to where, with which answers. Append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="history", db_index=False, db_constraint=False)
    version = models.IntegerField()
    move = models.CharField(max_length=40, db_collation="C")
    from_status = models.CharField(max_length=32, db_collation="C", blank=True)
    to_status = models.CharField(max_length=32, db_collation="C")
    role = models.CharField(max_length=20, db_collation="C")
    who = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    on_behalf_of = models.CharField(max_length=60, db_collation="C", blank=True)
    answers = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="history_once")]
        # For the audit log: any day's page, and what one of the staff did; what buyers and the clock do pays for the first only.
        indexes = [
            models.Index(fields=["at"], name="history_at"),
            models.Index(fields=["who", "at"], name="history_staff", condition=~Q(role__in=["consumer", "system"])),
        ]


class Deadline(models.Model):
    """A limit that runs: worked off by the worker with `on_breach`; `clock` is the event log that explains it."""

    STATES = [
        ("open", "进行中 open"), ("paused", "暂停 paused"), ("met", "按时 met"), ("dropped", "取消 dropped"),
        ("breached", "超时 breached"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deadlines", db_index=False, db_constraint=False)
    name = models.CharField(max_length=40, db_collation="C")
    term = models.CharField(max_length=60, db_collation="C")
    waits_on = models.CharField(max_length=20, db_collation="C")
    on_breach = models.CharField(max_length=40, db_collation="C")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=STATES, default="open", db_collation="C")
    ended_at = models.DateTimeField(null=True)
    # When the clock could not do its work, it tries again then; the case shows it, the doctor counts it.
    retry_at = models.DateTimeField(null=True)
    failures = models.SmallIntegerField(default=0)
    clock = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="deadline_due", condition=Q(state="open")),
            models.Index(fields=["remind_at"], name="deadline_remind", condition=Q(state="open", reminded_at=None)),
            models.Index(fields=["case"], name="deadline_case"),
        ]


class Attachment(models.Model):
    """Evidence and documents on a case."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT)
    kind = models.CharField(max_length=24, db_collation="C")
    item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, null=True)
    role = models.CharField(max_length=20, db_collation="C")
    at = models.DateTimeField()


class Message(models.Model):
    """What is said on a case; `internal` is for staff only. What the house itself says has its English beside it."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    role = models.CharField(max_length=20, db_collation="C")
    who = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    text_en = models.TextField(blank=True, default="", db_default="")
    internal = models.BooleanField(default=False)
    at = models.DateTimeField()


class Rating(models.Model):
    """The consumer's grade, once, amendable while the window is open (SAT-01, SAT-06)."""

    id = models.BigAutoField(primary_key=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="rating")
    grade = models.SmallIntegerField()
    # Codes of cases/rating.py.
    reasons = ArrayField(models.CharField(max_length=24), default=list, db_default=[])
    text = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    amended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=5), name="rating_grade"),
            models.CheckConstraint(condition=Q(reasons__len__lte=8), name="rating_reasons"),
        ]


class UnpackingRecord(models.Model):
    """What stood in the opened parcel: packing, appearance, accessories and gifts, serials; per receipt (拆包登记)."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="unpackings")
    parcel = models.CharField(max_length=80, blank=True)
    packing = models.CharField(max_length=16)
    appearance = models.CharField(max_length=16)
    accessories = models.CharField(max_length=16)
    quantities = models.JSONField(default=dict)
    serials = ArrayField(models.CharField(max_length=80), default=list)
    note = models.CharField(max_length=1000, blank=True)
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField(db_default=Now())
