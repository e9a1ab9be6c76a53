"""The workshop's records: work orders, visits, diagnoses, quotes, parts, what was done, tests, loan units."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from shouhou.repairs.rules.states import DONE, STATES


class WorkOrder(models.Model):
    """One repair (or service) of one unit for a subject ("SO-…"); `round` counts when the same subject comes again.

    `scope` is who pays (`in` warranty, `out`), decided by the policy from what the diagnosis established. Time in which
    somebody else's turn it is stands in `consumer_wait` and `parts_wait` (seconds); `waiting_for` runs since `waiting_since`.
    """

    KINDS = [("repair", "维修 repair"), ("maintenance", "保养 maintenance"), ("installation", "安装 installation")]
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    key = models.CharField(max_length=80, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    round = models.SmallIntegerField(default=1)
    merchant_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=12, choices=KINDS, default="repair", db_collation="C")
    mode = models.CharField(max_length=10, db_collation="C")
    point_code = models.CharField(max_length=24, blank=True, db_collation="C")
    line_id = models.BigIntegerField()
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=240)
    category = models.CharField(max_length=60, db_collation="C")
    serial = models.CharField(max_length=80, blank=True, db_collation="C")
    fault = models.CharField(max_length=40, blank=True, db_collation="C")
    symptom = models.CharField(max_length=2000, blank=True)
    state = models.CharField(max_length=14, choices=[(s.name, f"{s.label.zh} {s.name}") for s in STATES], db_collation="C")
    technician = models.CharField(max_length=60, blank=True, db_collation="C")
    technician_name = models.CharField(max_length=120, blank=True)
    scope = models.CharField(max_length=3, blank=True, db_collation="C")
    finding = models.CharField(max_length=14, blank=True, db_collation="C")
    cause = models.CharField(max_length=24, blank=True, db_collation="C")
    result = models.CharField(max_length=14, blank=True, db_collation="C")
    waiting_for = models.CharField(max_length=10, blank=True, db_collation="C")
    waiting_since = models.DateTimeField(null=True)
    consumer_wait = models.BigIntegerField(default=0)
    parts_wait = models.BigIntegerField(default=0)
    no_shows = models.SmallIntegerField(default=0)
    handed_over = models.CharField(max_length=12, blank=True, db_collation="C")
    opened_at = models.DateTimeField()
    came_in_at = models.DateTimeField(null=True)
    went_out_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "维修工单 Work orders"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="work_order_number"),
            models.UniqueConstraint(fields=["key"], name="work_order_key"),
            models.UniqueConstraint(fields=["subject", "round"], name="work_order_round"),
            models.UniqueConstraint(fields=["subject"], condition=Q(ended_at=None), name="work_order_one_open"),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) & ~Q(result="") | ~Q(state="ended") & Q(ended_at=None),
                name="work_order_ended",
            ),
            models.CheckConstraint(
                condition=Q(came_in_at=None, went_out_at=None) | Q(came_in_at__isnull=False), name="work_order_came_in"
            ),
            models.CheckConstraint(
                condition=Q(went_out_at=None) | Q(went_out_at__gte=F("came_in_at")), name="work_order_went_out"
            ),
            models.CheckConstraint(condition=Q(consumer_wait__gte=0, parts_wait__gte=0, no_shows__gte=0), name="work_order_waits"),
            models.CheckConstraint(
                condition=Q(waiting_for="", waiting_since=None) | ~Q(waiting_for="") & Q(waiting_since__isnull=False),
                name="work_order_waiting",
            ),
        ]
        indexes = [
            models.Index(fields=["line_id"], name="work_order_line"),
            models.Index(fields=["state", "opened_at", "id"], name="work_order_board", condition=Q(ended_at=None)),
            models.Index(fields=["technician", "opened_at", "id"], name="work_order_mine", condition=~Q(technician="")),
            models.Index(fields=["serial"], name="work_order_serial", condition=~Q(serial="")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def done(self) -> bool:
        return self.result in DONE


class Appointment(models.Model):
    """A visit or a remote session in a window; a re-booking is a new row, the old one says why it was not kept."""

    STATES = [
        ("booked", "已预约 booked"), ("moved", "已改约 moved"), ("kept", "已履约 kept"), ("cancelled", "已取消 cancelled"),
        ("missed_consumer", "消费者爽约 consumer absent"), ("missed_technician", "工程师爽约 technician absent"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="appointments")
    number = models.SmallIntegerField()
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    state = models.CharField(max_length=18, choices=STATES, default="booked", db_collation="C")
    booked_by = models.CharField(max_length=60, db_collation="C")
    booked_at = models.DateTimeField()
    ended_by = models.CharField(max_length=60, blank=True, db_collation="C")
    ended_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="appointment_once"),
            models.UniqueConstraint(fields=["order"], condition=Q(state="booked"), name="appointment_one_booked"),
            models.CheckConstraint(condition=Q(window_end__gt=F("window_start")), name="appointment_window"),
            models.CheckConstraint(
                condition=Q(state="booked", ended_at=None) | ~Q(state="booked") & Q(ended_at__isnull=False), name="appointment_ended"
            ),
        ]
        indexes = [models.Index(fields=["window_start"], name="appointment_day", condition=Q(state="booked"))]


class Diagnosis(models.Model):
    """What was found, and what the policy said to it (reason codes, clauses): append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="diagnoses")
    number = models.SmallIntegerField()
    finding = models.CharField(max_length=14, db_collation="C")
    scope = models.CharField(max_length=3, blank=True, db_collation="C")
    cause = models.CharField(max_length=24, blank=True, db_collation="C")
    fault = models.CharField(max_length=40, blank=True, db_collation="C")
    note = models.CharField(max_length=1000)
    photos = ArrayField(models.CharField(max_length=60), default=list)
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    clauses = ArrayField(models.CharField(max_length=40), default=list)
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="diagnosis_once")]


class Quote(models.Model):
    """What a repair would cost: parts and labour in minor units; what was replaced is kept."""

    STATES = [
        ("open", "待确认 open"), ("replaced", "已更新 replaced"), ("accepted", "已接受 accepted"),
        ("declined", "已拒绝 declined"), ("expired", "已过期 expired"), ("withdrawn", "已撤回 withdrawn"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="quotes")
    version = models.SmallIntegerField()
    lines = models.JSONField(default=list)
    parts_minor = models.BigIntegerField()
    labour_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=STATES, default="open", db_collation="C")
    valid_until = models.DateTimeField()
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()
    answered_by = models.CharField(max_length=60, blank=True, db_collation="C")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "version"], name="quote_version"),
            models.UniqueConstraint(fields=["order"], condition=Q(state__in=("open", "accepted")), name="quote_one_open"),
            models.CheckConstraint(
                condition=Q(parts_minor__gte=0, labour_minor__gte=0, total_minor=F("parts_minor") + F("labour_minor")),
                name="quote_amounts",
            ),
        ]


class PartOrder(models.Model):
    """A part that has to come first."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="parts")
    number = models.SmallIntegerField()
    part = models.CharField(max_length=120)
    part_number = models.CharField(max_length=60, blank=True, db_collation="C")
    quantity = models.SmallIntegerField(default=1)
    ordered_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=60, db_collation="C")
    expected_on = models.DateField(null=True)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="part_order_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="part_order_quantity"),
        ]
        indexes = [models.Index(fields=["ordered_at"], name="part_order_missing", condition=Q(arrived_at=None))]


class RepairRecord(models.Model):
    """What was done: parts with old and new serial and their own warranty (REP-03; L-12): append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="records")
    number = models.SmallIntegerField()
    done = models.CharField(max_length=2000)
    parts = models.JSONField(default=list)
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="repair_record_once")]


class TestRecord(models.Model):
    """The checklist before the goods leave; without one that passed nothing counts as repaired: append-only by trigger."""

    __test__ = False
    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="tests")
    number = models.SmallIntegerField()
    checks = models.JSONField(default=dict)
    passed = models.BooleanField()
    note = models.CharField(max_length=1000, blank=True)
    by = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="test_record_once")]


class LoanUnit(models.Model):
    """A unit lent while the own one is being repaired (L-16, L-18). `charge` is its deposit; `lost_at`: it did not come back."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="loans")
    title = models.CharField(max_length=120)
    serial = models.CharField(max_length=80, db_collation="C")
    deposit_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    lent_at = models.DateTimeField()
    lent_by = models.CharField(max_length=60, db_collation="C")
    returned_at = models.DateTimeField(null=True)
    returned_by = models.CharField(max_length=60, blank=True, db_collation="C")
    charge = models.CharField(max_length=20, blank=True, default="", db_default="", db_collation="C")
    condition = models.CharField(max_length=8, blank=True, default="", db_default="", db_collation="C")
    kept_minor = models.BigIntegerField(default=0, db_default=0)
    lost_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(returned_at=None), name="loan_one_out"),
            # The same unit cannot be with two people.
            models.UniqueConstraint(fields=["serial"], condition=Q(returned_at=None), name="loan_unit_out_once"),
            models.CheckConstraint(condition=Q(deposit_minor__gte=0), name="loan_deposit"),
            models.CheckConstraint(condition=Q(kept_minor__gte=0, kept_minor__lte=F("deposit_minor")), name="loan_kept"),
        ]


class WorkOrderEntry(models.Model):
    """One step of the work order: who, what, from where to where; append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="entries")
    what = models.CharField(max_length=24, db_collation="C")
    from_state = models.CharField(max_length=14, blank=True, db_collation="C")
    to_state = models.CharField(max_length=14, db_collation="C")
    role = models.CharField(max_length=20, db_collation="C")
    who = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()
