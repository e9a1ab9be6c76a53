"""Where the own network comes and when it does not: operations switch areas and suspend pickups."""

from datetime import date, datetime, timedelta

from django.db import transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.logistics.models import OwnArea, PickupSuspension
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

MAY_COVER = ("operations",)
REGION_DIGITS = (2, 6)
SUSPENSION_DAYS_MOST = 90
REGION_CODE = refusal(
    "REGION_CODE", "invalid", zh="地区编码须为 2–6 位数字。", en="A region code has 2 to 6 digits."
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
def suspend_pickups(
    *, region_code: str, first_day: date, last_day: date, cause: str, note: str, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """No pickups in these days; no code means everywhere. Raises Refused FORBIDDEN, REGION_CODE, SUSPENSION_DAYS."""
    _allowed(actor)
    if region_code:
        _code(region_code)
    if not first_day <= last_day <= first_day + timedelta(days=SUSPENSION_DAYS_MOST):
        raise refused(SUSPENSION_DAYS, most=SUSPENSION_DAYS_MOST)
    PickupSuspension.objects.create(
        region_code=region_code, first_day=first_day, last_day=last_day, cause=cause[:40], note=note[:200]
    )
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
