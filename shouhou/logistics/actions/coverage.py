"""Where the own network comes and when it does not: operations switch areas and suspend pickups."""

from datetime import date, datetime, timedelta

from django.db import transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.logistics.events import PICKUP_SUSPENDED
from shouhou.logistics.models import OPEN_PICKUP, OwnArea, Pickup, PickupCapacity, PickupSuspension
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import publish

MAY_COVER = ("operations",)
REGION_DIGITS = (2, 6)
SUSPENSION_DAYS_MOST = 90
CAPACITY_MOST = 100_000
REGION_CODE = refusal(
    "REGION_CODE", "invalid", zh="地区编码须为 2–6 位数字。", en="A region code has 2 to 6 digits."
)
CAPACITY_NUMBER = refusal(
    "CAPACITY_NUMBER", "invalid", zh="取件能力须为 0–{most} 的整数。", en="A capacity is a whole number from 0 to {most}."
)
SUSPENSION_DAYS = refusal(
    "SUSPENSION_DAYS", "invalid",
    zh="末日须不早于首日，且不超过 {most} 天。", en="The last day must not be before the first, and at most {most} days later.",
)  # fmt: skip


@transaction.atomic
def set_area(*, region_code: str, name: str, active: bool, actor: Actor, now: datetime) -> None:
    """Serve this prefix of the region code, or no longer. Raises Refused FORBIDDEN, REGION_CODE."""
    _allowed(actor)
    _code(region_code)
    OwnArea.objects.update_or_create(region_code=region_code, defaults={"name": name[:60], "active": active})
    what = "area.switched_on" if active else "area.switched_off"
    audit.note(actor, what=what, subject=f"{region_code} {name}", detail="", now=now)


@transaction.atomic
def set_capacity(
    *, region_code: str, per_window: int | None, per_day: int | None, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """So many pickups in this area ("" everywhere), for a window and for a day; both None: no limit of its own any more.

    What is booked already stays booked. Raises Refused FORBIDDEN, REGION_CODE, CAPACITY_NUMBER.
    """
    _allowed(actor)
    if region_code:
        _code(region_code)
    if any(number is not None and not 0 <= number <= CAPACITY_MOST for number in (per_window, per_day)):
        raise refused(CAPACITY_NUMBER, most=CAPACITY_MOST)
    if per_window is None and per_day is None:
        PickupCapacity.objects.filter(region_code=region_code).delete()
    else:
        PickupCapacity.objects.update_or_create(
            region_code=region_code, defaults={"per_window": per_window, "per_day": per_day, "changed_at": now}
        )
    told = f"{'–' if per_window is None else per_window} / {'–' if per_day is None else per_day}"
    audit.note(actor, what="capacity.set", subject=region_code or "*", detail=told, now=now)


@transaction.atomic
def suspend_pickups(
    *, region_code: str, first_day: date, last_day: date, cause: str, note: str, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """No pickups in these days; no code means everywhere. Everybody whose courier would have come is told why.

    Raises Refused FORBIDDEN, REGION_CODE, SUSPENSION_DAYS.
    """
    _allowed(actor)
    if region_code:
        _code(region_code)
    if not first_day <= last_day <= first_day + timedelta(days=SUSPENSION_DAYS_MOST):
        raise refused(SUSPENSION_DAYS, most=SUSPENSION_DAYS_MOST)
    PickupSuspension.objects.create(
        region_code=region_code, first_day=first_day, last_day=last_day, cause=cause[:40], note=note[:200]
    )
    told = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat(), "cause": cause[:40], "note": note[:200]}
    for pickup in Pickup.objects.filter(state__in=OPEN_PICKUP, region_code__startswith=region_code).order_by("id"):
        if first_day <= local_day(pickup.window_start) <= last_day:
            publish(
                PICKUP_SUSPENDED, subject=pickup.subject, now=now, merchant_id=pickup.merchant_id, buyer_id=pickup.buyer_id,
                data={
                    "pickup": pickup.number, "carrier": pickup.carrier, "window_start": pickup.window_start.isoformat(),
                    "window_end": pickup.window_end.isoformat(), "days": (last_day - local_day(pickup.window_start)).days + 1, **told,
                },
            )  # fmt: skip
    detail = f"{first_day} – {last_day} · {cause}"
    audit.note(actor, what="pickups.suspended", subject=region_code or "*", detail=detail, now=now)


@transaction.atomic
def end_suspension(suspension_id: int, *, actor: Actor, now: datetime) -> None:
    """Couriers come again from today; one that has not begun is dropped. Raises Refused FORBIDDEN, NOT_FOUND."""
    _allowed(actor)
    row = PickupSuspension.objects.select_for_update().filter(pk=suspension_id).first()
    today = local_day(now)
    if row is None or row.last_day < today:
        raise refused(NOT_FOUND)
    if row.first_day >= today:
        row.delete()
    else:
        row.last_day = today - timedelta(days=1)
        row.save(update_fields=["last_day"])
    audit.note(actor, what="pickups.resumed", subject=row.region_code or "*", detail=row.cause, now=now)


def _allowed(actor: Actor) -> None:
    if actor.role not in MAY_COVER or actor.merchant_id is not None:
        raise refused(FORBIDDEN)


def _code(region_code: str) -> None:
    if not region_code.isdecimal() or not REGION_DIGITS[0] <= len(region_code) <= REGION_DIGITS[1]:
        raise refused(REGION_CODE)
