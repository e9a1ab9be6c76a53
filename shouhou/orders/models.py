"""What was sold: a snapshot from outside, read-only once a case stands on it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from shouhou.accounts.models import Buyer
from shouhou.merchants.models import Merchant


class OrderImport(models.Model):
    """One run of an import: where it stands, so that it can be restarted, and what became of every row."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=240)
    mapping = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64, db_collation="C")
    shift_days = models.IntegerField(default=0)
    state = models.CharField(max_length=10, default="running")
    position = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)


class Order(models.Model):
    """An order as it was placed. `difference_minor` ≠ 0 marks one whose payments do not add up to its lines."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField("订单号 number", max_length=80, db_collation="C")
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    channel = models.CharField(max_length=5)
    buyer_tier = models.CharField(max_length=10, default="none")
    placed_at = models.DateTimeField()
    currency = models.CharField(max_length=3, default="CNY")
    freight_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    difference_minor = models.BigIntegerField(default=0)
    invoice_number = models.CharField(max_length=60, blank=True)
    invoice_minor = models.BigIntegerField(default=0)
    address = models.JSONField(default=dict)
    promotion = models.JSONField(default=dict)
    extra = models.JSONField(default=dict)
    # What was taken off the whole order, and on whose account: [{bearer, amount, name?}].
    discounts = models.JSONField(default=list, db_default=[])
    book = models.CharField(max_length=40, default="std-1")
    book_version = models.CharField(max_length=20, default="1")
    in_use = models.BooleanField(default=False)
    # Of the snapshot as it came last: the same content again changes nothing.
    fingerprint = models.BinaryField(max_length=32, default=bytes)
    version = models.IntegerField(default=1)
    order_import = models.ForeignKey(OrderImport, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "订单 Orders"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="order_number"),
            models.CheckConstraint(condition=Q(freight_minor__gte=0, paid_minor__gte=0), name="order_amounts"),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at"], name="order_buyer"),
            models.Index(fields=["merchant", "-placed_at"], name="order_merchant"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line: what was really paid for it after discounts, its promises, when it was received.

    `claimed_quantity` is the guard against two cases on one unit: it never exceeds `quantity`.
    """

    id = models.BigAutoField(primary_key=True)
    # Its unique (order, line) is index enough.
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    line = models.IntegerField()
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=240)
    category = models.CharField(max_length=60, db_collation="C")
    quantity = models.IntegerField()
    unit_price_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    serials = ArrayField(models.CharField(max_length=80), default=list)
    excludable_by_nature = models.BooleanField(default=False)
    confirmed_no_return = models.BooleanField(default=False)
    confirmation = models.JSONField(default=dict)
    promised_no_reason = models.BooleanField(default=False)
    gift_price_minor = models.BigIntegerField(null=True)
    is_gift = models.BooleanField(default=False)
    # When the last replacement of a unit arrived: the windows of quality and the warranty start anew then (EXG-06, L-12).
    replaced_on = models.DateField(null=True)
    # The replacements' own serials, scanned on the way out (APP-17): these are what the buyer holds now.
    replacement_serials = ArrayField(models.CharField(max_length=80), default=list, db_default=[])
    # The day we installed it (DEF-10): where the shop's own facts name none, the warranty counts from it (L-12).
    installed_on = models.DateField(null=True)
    warranty = models.JSONField(default=dict)
    plans = ArrayField(models.CharField(max_length=20), default=list)
    received_on = models.DateField(null=True)
    receipt_source = models.CharField(max_length=16, default="undetermined")
    claimed_quantity = models.IntegerField(default=0)
    returned_quantity = models.IntegerField(default=0)
    # What was taken off this line, and on whose account: [{bearer, amount, name?}].
    discounts = models.JSONField(default=list, db_default=[])
    # The page as it stood when it was ordered: {description, specs, pictures, address}; {} where the shop told none.
    page = models.JSONField(default=dict, db_default={})

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line"], name="order_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price_minor__gte=0, paid_minor__gte=0), name="order_line_amounts"
            ),
            models.CheckConstraint(
                condition=Q(claimed_quantity__gte=0, claimed_quantity__lte=F("quantity")), name="order_line_claims"
            ),
            models.CheckConstraint(
                condition=Q(returned_quantity__gte=0, returned_quantity__lte=F("claimed_quantity")),
                name="order_line_returns",
            ),
        ]
        indexes = [
            models.Index(fields=["sku"], name="order_line_sku"),
            # Most goods have no serial: those that have are found by it.
            GinIndex(fields=["serials"], name="order_line_serials", condition=~Q(serials=[])),
        ]


class Payment(models.Model):
    """One tender of the order: how much of it was paid by card, wallet, coupon, points …"""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    position = models.SmallIntegerField()
    tender = models.CharField(max_length=30, db_collation="C")
    amount_minor = models.BigIntegerField()
    reference = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="payment_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payment_amount"),
        ]


class Shipment(models.Model):
    """One parcel to the buyer with the carrier's facts; `lines` are the order's line numbers in it."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    position = models.SmallIntegerField()
    lines = ArrayField(models.IntegerField(), default=list)
    carrier = models.CharField(max_length=30, db_collation="C")
    number = models.CharField(max_length=80, blank=True)
    shipped_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    arrival_kind = models.CharField(max_length=24, blank=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="shipment_once")]
        indexes = [models.Index(fields=["number"], name="shipment_number")]


class ReceiptRuling(models.Model):
    """An agent's finding of the receipt date where no carrier fact exists; never without a basis (RCV-03)."""

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="receipt_rulings")
    received_on = models.DateField()
    basis = ArrayField(models.CharField(max_length=40))
    note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=60, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(basis__len__gt=0), name="receipt_basis")]


class Restock(models.Model):
    """Returned goods the shop is told to take back into stock: one row per key, told until the shop has answered."""

    STATES = [("waiting", "待通知 waiting"), ("told", "已通知 told"), ("refused", "商城拒绝 refused")]
    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=80, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    sku = models.CharField(max_length=80)
    quantity = models.IntegerField()
    disposition = models.CharField(max_length=16)
    grade = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    answer = models.CharField(max_length=200, blank=True)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "入库通知 Restocks"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="restock_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="restock_quantity"),
        ]
        indexes = [models.Index(fields=["created_at"], name="restock_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return self.key


class Reservation(models.Model):
    """Units that the shop is asked to hold for a subject: one row per key, asked until the shop has answered."""

    STATES = [
        ("asking", "询问中 asking"), ("held", "已预留 held"), ("unavailable", "无货 unavailable"),
        ("releasing", "释放中 releasing"), ("released", "已释放 released"), ("shipped", "已发出 shipped"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=80, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    sku = models.CharField(max_length=80)
    quantity = models.IntegerField()
    price_minor = models.BigIntegerField(null=True)
    merchant_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, choices=STATES, default="asking", db_collation="C")
    answer = models.CharField(max_length=200, blank=True)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "库存预留 Reservations"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="reservation_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_quantity"),
        ]
        indexes = [models.Index(fields=["subject"], name="reservation_subject")]

    def __str__(self) -> str:
        return self.key


class Interception(models.Model):
    """Goods of an order that the shop is asked not to send: one row per key, asked until the shop has answered.

    `lines` are [order line, article, units]; `carrier` and `tracking_number` say where they went when it was too late.
    """

    STATES = [
        ("asking", "询问中 asking"), ("stopped", "已停发 stopped"), ("shipped", "已发货 already shipped"),
        ("unknown", "商城不知 unknown to the shop"), ("dropped", "不再需要 not needed any more"),
        ("resuming", "恢复中 being let go"), ("resumed", "已恢复发货 let go"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=80, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    order_number = models.CharField(max_length=80, db_collation="C")
    lines = models.JSONField(default=list)
    carrier = models.CharField(max_length=30, blank=True, db_collation="C")
    tracking_number = models.CharField(max_length=80, blank=True)
    merchant_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=STATES, default="asking", db_collation="C")
    answer = models.CharField(max_length=200, blank=True)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "停发请求 Interceptions"
        constraints = [models.UniqueConstraint(fields=["key"], name="interception_once")]
        indexes = [models.Index(fields=["subject"], name="interception_subject")]

    def __str__(self) -> str:
        return self.key
