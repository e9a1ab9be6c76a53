"""Paying refunds outside their channels: where else the buyer agreed to be paid, batches for the bank, papers that prove it."""

from django.db import models
from django.db.models import F, Q

from shouhou.accounts.models import Buyer
from shouhou.plumbing.models import Upload
from shouhou.plumbing.sealed import SealedText


class RefundBatch(models.Model):
    """Refunds that finance pays by bank, together: a frozen list, let go by a second person, answered by the bank row by row."""

    STATES = [
        ("drafted", "待复核 awaiting the second person"), ("released", "已放行 released"), ("done", "已完成 done"),
        ("cancelled", "已取消 cancelled"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    key = models.CharField(max_length=100, db_collation="C")
    state = models.CharField(max_length=10, choices=STATES, default="drafted", db_collation="C")
    currency = models.CharField(max_length=3)
    rows_count = models.IntegerField()
    total_minor = models.BigIntegerField()
    made_by = models.CharField(max_length=60, db_collation="C")
    made_at = models.DateTimeField()
    released_by = models.CharField(max_length=60, blank=True, db_collation="C")
    released_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="refund_batch_number"),
            models.UniqueConstraint(fields=["key"], name="refund_batch_key"),
            models.CheckConstraint(condition=Q(rows_count__gt=0, total_minor__gt=0), name="refund_batch_amounts"),
            models.CheckConstraint(
                condition=Q(released_by="") | ~Q(released_by=F("made_by")), name="refund_batch_second_person"
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="refund_batch_state")]

    def __str__(self) -> str:
        return self.number


class BatchRow(models.Model):
    """One refund of a batch, as it was frozen: how much, to whom. While it waits the refund can be paid no other way."""

    STATES = [
        ("waiting", "待付 to be paid"), ("paid", "已付 paid"), ("failed", "未付成 not paid"), ("dropped", "已撤出 taken out"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(RefundBatch, on_delete=models.PROTECT, related_name="rows")
    place = models.IntegerField()
    refund = models.ForeignKey("payments.Refund", on_delete=models.PROTECT, related_name="batch_rows")
    amount_minor = models.BigIntegerField()
    payee = models.CharField(max_length=80)
    bank = models.CharField(max_length=80, blank=True)
    account = SealedText()
    state = models.CharField(max_length=10, choices=STATES, default="waiting", db_collation="C")
    reference = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="batch_row_place"),
            models.UniqueConstraint(fields=["batch", "refund"], name="batch_row_once"),
            models.UniqueConstraint(fields=["refund"], name="batch_row_waits_once", condition=Q(state="waiting")),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="batch_row_amount"),
            models.CheckConstraint(condition=~Q(state="paid") | ~Q(reference=""), name="batch_row_proof"),
        ]


class OtherRoute(models.Model):
    """Where else the buyer has agreed to be paid, and how that is known; the newest of a refund counts.

    `consent` is the text that was agreed to, `call_note` how it was said where it was not the buyer's own page.
    """

    KINDS = [("bank", "银行账户 bank account"), ("balance", "商城余额 store balance")]
    id = models.BigAutoField(primary_key=True)
    refund = models.ForeignKey("payments.Refund", on_delete=models.PROTECT, related_name="other_routes")
    kind = models.CharField(max_length=10, choices=KINDS, default="bank", db_default="bank", db_collation="C")
    payee = models.CharField(max_length=80, blank=True)
    bank = models.CharField(max_length=80, blank=True)
    account = SealedText(blank=True)
    consent = models.CharField(max_length=300)
    call_note = models.CharField(max_length=500, blank=True, default="", db_default="")
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()


class WantedRoute(models.Model):
    """Where the buyer wants the refund of a subject ("SO-…") before it is sent, and how that is known; the newest counts.

    The account leaves with the instruction: it then stands where the refund's other routes do (`OtherRoute`).
    """

    KINDS = [("original", "原支付方式 original means"), *OtherRoute.KINDS]
    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=60, db_collation="C")
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=KINDS, db_collation="C")
    payee = models.CharField(max_length=80, blank=True)
    bank = models.CharField(max_length=80, blank=True)
    account = SealedText(blank=True)
    consent = models.CharField(max_length=300)
    call_note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="wanted_route_subject"),
            models.Index(fields=["buyer"], name="wanted_route_buyer"),
        ]


class RefundPaper(models.Model):
    """A file that proves something about a refund: a bank's slip, the buyer's agreement."""

    id = models.BigAutoField(primary_key=True)
    refund = models.ForeignKey("payments.Refund", on_delete=models.PROTECT, related_name="papers")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="refund_paper")
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()
