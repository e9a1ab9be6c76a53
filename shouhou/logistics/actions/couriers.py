"""Which couriers the house takes new waybills of, and where their numbers are looked up."""

from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, FieldError, refusal, refused
from shouhou.logistics.models import CarrierSetting
from shouhou.logistics.rules.couriers import COURIERS
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

MAY_SET_COURIERS = ("operations",)
LINK_MOST = 200
NUMBER_PLACE = "{number}"
TRACKING_LINK = refusal(
    "TRACKING_LINK", "invalid",
    zh="查询链接须以 https:// 开头并含 {{number}}，最多 {most} 字。",
    en="A tracking link begins with https:// and holds {{number}}; at most {most} characters.",
)  # fmt: skip


@transaction.atomic
def switch_courier(code: str, *, active: bool, actor: Actor, now: datetime) -> None:
    """Take new waybills of this courier, or no longer; parcels on their way go on. Raises Refused FORBIDDEN, NOT_FOUND."""
    row = _locked(code, actor=actor, now=now)
    if row.active == active:
        return
    row.active, row.changed_at = active, now
    row.save(update_fields=["active", "changed_at"])
    what = "carrier.switched_on" if active else "carrier.switched_off"
    audit.note(actor, what=what, subject=_subject(code), detail="", now=now)


@transaction.atomic
def set_tracking_link(code: str, *, link: str, actor: Actor, now: datetime) -> None:
    """Where a waybill can be looked up; "" is the courier's own. Raises Refused FORBIDDEN, NOT_FOUND, TRACKING_LINK."""
    link = link.strip()
    row = _locked(code, actor=actor, now=now)
    if link and not _is_link(link):
        raise refused(TRACKING_LINK, FieldError("tracking_url", "格式不对", "not of this form"), most=LINK_MOST)
    if row.tracking_url == link:
        return
    row.tracking_url, row.changed_at = link, now
    row.save(update_fields=["tracking_url", "changed_at"])
    audit.note(actor, what="carrier.link_changed", subject=_subject(code), detail=link, now=now)


def _locked(code: str, *, actor: Actor, now: datetime) -> CarrierSetting:
    if actor.role not in MAY_SET_COURIERS or actor.merchant_id is not None:
        raise refused(FORBIDDEN)
    if code not in COURIERS:
        raise refused(NOT_FOUND)
    CarrierSetting.objects.get_or_create(code=code, defaults={"changed_at": now})
    return CarrierSetting.objects.select_for_update().get(code=code)


def _is_link(link: str) -> bool:
    if len(link) > LINK_MOST or link.count(NUMBER_PLACE) != 1 or not link.isascii() or any(c.isspace() or c in "\"'<>\\" for c in link):
        return False
    try:
        parts = urlsplit(link)
        return parts.scheme == "https" and bool(parts.hostname) and "{" not in parts.netloc and link.count("{") == 1
    except ValueError:
        return False


def _subject(code: str) -> str:
    return f"{code} {COURIERS[code].name.zh}"
