"""Pickups, parcels and what the carriers say; a subject is a number of another floor ("SO-…"), never its row."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from shouhou.logistics.capacity_models import PickupCapacity as PickupCapacity
from shouhou.logistics.request_models import ParcelRequest as ParcelRequest
from shouhou.logistics.unknown_models import UnknownParcel as UnknownParcel
from shouhou.logistics.unknown_models import UnknownParcelEntry as UnknownParcelEntry
from shouhou.logistics.unknown_models import UnknownParcelPhoto as UnknownParcelPhoto
from shouhou.merchants.models import Merchant

OPEN_PICKUP = ("requested", "booked", "attempted")


class Pickup(models.Model):
    """A courier sent to somebody's door. `key` is made before the first call and used for every retry."""

    STATES = [
        ("requested", "已提交 requested"), ("booked", "已预约 booked"), ("attempted", "上门未成功 attempted"),
        ("collected", "已揽收 collected"), ("failed", "取件失败 failed"), ("cancelled", "已取消 cancelled"),
    ]  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20, db_collation="C")
    subject = models.CharField(max_length=60, db_collation="C")
    merchant_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    carrier = models.CharField(max_length=20, db_collation="C")
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    address = models.JSONField(default=dict)
    # Of the address, as it was read when booked: what an area's capacity is counted by.
    region_code = models.CharField(max_length=6, blank=True, default="", db_default="", db_collation="C")
    destination = models.JSONField(default=dict)
    parcels = models.SmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=STATES, default="requested", db_collation="C")
    attempts = models.SmallIntegerField(default=0)
    attempts_most = models.SmallIntegerField(default=3)
    key = models.CharField(max_length=100, db_collation="C")
    carrier_reference = models.CharField(max_length=80, blank=True, db_collation="C")
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    free = models.BooleanField(default=False)
    requested_by = models.CharField(max_length=60, db_collation="C")
    requested_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True, db_collation="C")
    # The last thing that went wrong between us and the carrier, for the list of what is stuck.
    trouble = models.CharField(max_length=200, blank=True)
    tries = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "上门取件 Pickups"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="pickup_number"),
            models.UniqueConstraint(fields=["key"], name="pickup_key"),
            models.UniqueConstraint(fields=["subject"], condition=Q(state__in=OPEN_PICKUP), name="pickup_one_open"),
            models.CheckConstraint(condition=Q(window_end__gt=F("window_start")), name="pickup_window"),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0) & (Q(free=False) | Q(fee_minor=0)) & Q(parcels__gt=0), name="pickup_fee"
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="pickup_subject"),
            models.Index(fields=["window_end"], name="pickup_open", condition=Q(state__in=OPEN_PICKUP)),
            models.Index(fields=["window_start", "region_code"], name="pickup_plan"),
        ]

    def __str__(self) -> str:
        return self.number


class PickupAttempt(models.Model):
    """One visit of the courier: append-only by trigger; `number` is the carrier's count, so none counts twice."""

    id = models.BigAutoField(primary_key=True)
    pickup = models.ForeignKey(Pickup, on_delete=models.PROTECT, related_name="visits")
    number = models.SmallIntegerField()
    outcome = models.CharField(max_length=10, choices=[("failed", "未成功 failed"), ("collected", "已揽收 collected")])
    code = models.CharField(max_length=40, blank=True, db_collation="C")
    text_zh = models.CharField(max_length=200, blank=True)
    text_en = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pickup", "number"], name="pickup_attempt_once")]


class Parcel(models.Model):
    """A parcel on its way: back to the merchant (`return`) or back to the consumer (`send_back`).

    `phase` only goes forward, `code` is the newest detail, `problem` says that the newest detail is trouble.
    A released parcel is bound to nothing any more: its number may be used again.
    """

    DIRECTIONS = [("return", "寄回商家 to the merchant"), ("send_back", "寄给消费者 to the consumer")]
    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=60, db_collation="C")
    merchant_id = models.BigIntegerField(null=True)
    buyer_id = models.BigIntegerField(null=True)
    direction = models.CharField(max_length=10, choices=DIRECTIONS, db_collation="C")
    carrier = models.CharField(max_length=20, db_collation="C")
    tracking_number = models.CharField(max_length=40, blank=True, db_collation="C")
    pickup = models.ForeignKey(Pickup, on_delete=models.PROTECT, null=True, related_name="sent")
    phase = models.CharField(max_length=12, default="registered", db_collation="C")
    code = models.CharField(max_length=6, default="0", db_collation="C")
    problem = models.BooleanField(default=False)
    standing_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    address = models.JSONField(default=dict)
    fee_minor = models.BigIntegerField(default=0)
    key = models.CharField(max_length=100, null=True, db_collation="C")
    registered_by = models.CharField(max_length=60, db_collation="C")
    registered_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=40, blank=True, db_collation="C")
    trouble = models.CharField(max_length=200, blank=True)
    tries = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "包裹 Parcels"
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "tracking_number"],
                condition=Q(released_at=None) & ~Q(tracking_number=""), name="parcel_number_bound_once",
            ),
            models.UniqueConstraint(fields=["key"], name="parcel_key"),
            models.CheckConstraint(condition=Q(fee_minor__gte=0), name="parcel_fee"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["subject"], name="parcel_subject"),
            # People know the number, seldom the courier.
            models.Index(fields=["tracking_number", "carrier"], name="parcel_tracking"),
            # Few are in trouble; the agents' list counts them every half minute.
            models.Index(fields=["subject", "code"], name="parcel_in_trouble", condition=Q(problem=True, released_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}"


class TrackingEvent(models.Model):
    """One line of a parcel's way as the carrier told it: append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="track")
    carrier_event = models.CharField(max_length=100, db_collation="C")
    at = models.DateTimeField()
    code = models.CharField(max_length=6, db_collation="C")
    text_zh = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True)
    location = models.CharField(max_length=120, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "carrier_event"], name="tracking_event_once")]
        indexes = [models.Index(fields=["parcel", "-at", "-id"], name="tracking_newest")]


class CarrierCallback(models.Model):
    """What a carrier told us by itself, once per its own id, and what became of it."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=20, db_collation="C")
    callback_id = models.CharField(max_length=100, db_collation="C")
    body = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, default="applied", db_collation="C")
    code = models.CharField(max_length=40, blank=True, db_collation="C")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "callback_id"], name="carrier_callback_once")]
        indexes = [models.Index(fields=["received_at"], name="carrier_callback_age")]


class OwnArea(models.Model):
    """A change to the own delivery area (LOG-01, ADD-06): this prefix of the region code is served, or is not.

    The most specific entry decides; what is not listed here follows data/own_area.txt.
    """

    id = models.BigAutoField(primary_key=True)
    region_code = models.CharField("地区编码前缀 region code prefix", max_length=6, db_collation="C")
    name = models.CharField("名称 name", max_length=60)
    active = models.BooleanField("提供服务 served", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "自营配送范围 Own delivery area"
        constraints = [
            models.UniqueConstraint(fields=["region_code"], name="own_area_once"),
            models.CheckConstraint(condition=Q(region_code__regex=r"^\d{2,6}$"), name="own_area_code"),
        ]

    def __str__(self) -> str:
        return f"{self.region_code} {self.name}"


class PickupSuspension(models.Model):
    """No pickups for a while: weather, power cut and other force majeure, with its cause (LOG-02)."""

    id = models.BigAutoField(primary_key=True)
    region_code = models.CharField("地区编码前缀，空为全国 prefix, empty: everywhere", max_length=6, blank=True)
    first_day = models.DateField("首日 first day")
    last_day = models.DateField("末日 last day")
    cause = models.CharField("原因代码 cause", max_length=40, db_collation="C")
    note = models.CharField("说明 note", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "暂停取件 Pickup suspensions"
        constraints = [models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="suspension_days")]

    def __str__(self) -> str:
        return f"{self.first_day}–{self.last_day} {self.cause}"


class ServicePoint(models.Model):
    """A counter of the service network: where goods are handed over or repaired (ORG-06, CHN-13).

    Coordinates are millionths of a degree; `week` is seven lists of "09:00-18:00" from Monday; `merchant` None is the
    house's own. Empty categories or brands mean all of them. A point is switched off, never deleted: cases name it.
    """

    KINDS = [("drop_off", "寄件点 drop-off"), ("repair", "维修点 repair"), ("both", "综合 both")]
    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=24, db_collation="C")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=8, choices=KINDS, db_collation="C")
    region_code = models.CharField(max_length=6, db_collation="C")
    address_zh = models.CharField(max_length=200)
    address_en = models.CharField(max_length=240, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    latitude = models.IntegerField(null=True)
    longitude = models.IntegerField(null=True)
    week = models.JSONField(default=list)
    closings = models.JSONField(default=list)
    closed_on_holidays = models.BooleanField(default=False)
    categories = ArrayField(models.CharField(max_length=60), default=list)
    brands = ArrayField(models.CharField(max_length=60), default=list)
    services = ArrayField(models.CharField(max_length=16), default=list)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, blank=True)
    # 全国联保: takes warranty repairs wherever the thing was bought (REP-06).
    joint_warranty = models.BooleanField(default=False)
    capacity_per_day = models.IntegerField(null=True)
    active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "服务网点 Service points"
        constraints = [
            models.UniqueConstraint(fields=["code"], name="point_code"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90_000_000, 90_000_000), longitude__range=(-180_000_000, 180_000_000)),
                name="point_spot",
            ),
            models.CheckConstraint(condition=Q(capacity_per_day=None) | Q(capacity_per_day__gte=0), name="point_capacity"),
        ]
        indexes = [
            models.Index(fields=["region_code", "code"], name="point_region"),
            models.Index(fields=["latitude", "longitude"], name="point_place", condition=Q(active=True)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class CarrierSetting(models.Model):
    """What the house has settled for a courier: whether new waybills of it are taken, and where a number can be looked up."""

    code = models.CharField(max_length=20, primary_key=True, db_collation="C")
    active = models.BooleanField(default=True)
    # With {number} in it; empty is the courier's own.
    tracking_url = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "承运商设置 Carrier settings"

    def __str__(self) -> str:
        return self.code
