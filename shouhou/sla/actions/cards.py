"""Closing a month: each shop's card is frozen as it stood; a breach that is struck later makes a new version."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from shouhou.foundation.days import SHANGHAI, month_span
from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing.events import publish
from shouhou.sla.actions.capture import impose, tell_breach
from shouhou.sla.events import SCORECARD_CLOSED
from shouhou.sla.models import Breach, Scorecard
from shouhou.sla.queries.figures import clock_part, month_figures, same
from shouhou.sla.refusals import MONTH_NOT_OVER
from shouhou.sla.rules.kinds import OWN, SHOP
from shouhou.sla.terms import days

CARD_LOCK = 7_305_011


def last_month(now: datetime) -> date:
    """The first day of the month before this one, in Beijing."""
    return (now.astimezone(SHANGHAI).date().replace(day=1) - timedelta(days=1)).replace(day=1)


def close_month(month: date, *, now: datetime) -> int:
    """Freeze the card of every shop for a month that is over; returns how many are new. Twice or at once: nothing more.

    Below the floor of satisfaction the violation is opened first, so that the card counts it (MER-07). Raises MONTH_NOT_OVER.
    """
    month = month.replace(day=1)
    if month_span(month)[1] > now:
        raise refused(MONTH_NOT_OVER, month=f"{month:%Y-%m}")
    return sum(_close(shop, month, now=now) for shop in Merchant.objects.order_by("id"))


def restate(row: Breach, *, now: datetime) -> None:
    """The closed month in which this breach counts, anew without it; the version before is kept. Within the caller's transaction."""
    if row.merchant is None:
        return
    month = row.month or row.recorded_at.astimezone(SHANGHAI).date().replace(day=1)
    _locked(row.merchant.pk)
    before = Scorecard.objects.filter(merchant=row.merchant, month=month).order_by("-version").first()
    if before is None:
        return
    figures = before.figures | clock_part(row.merchant.pk, month)
    if not same(figures, before.figures):
        _keep(row.merchant, month, before.version + 1, figures, because=f"{row.number} 已撤销 struck", now=now)


def _close(shop: Merchant, month: date, *, now: datetime) -> bool:
    with transaction.atomic():
        _locked(shop.pk)
        if Scorecard.objects.filter(merchant=shop, month=month).exists():
            return False
        found = month_figures(shop.pk, month)
        if found["satisfaction"]["result"] == "fail":
            _dissatisfied(shop, month, found["satisfaction"], now=now)
            found |= clock_part(shop.pk, month)
        _keep(shop, month, 1, found, because="", now=now)
        return True


def _dissatisfied(shop: Merchant, month: date, figure: dict[str, Any], *, now: datetime) -> None:
    """The month's violation, once: with a sanction only where the table has one (MER-09)."""
    if Breach.objects.filter(merchant=shop, kind="MER-07", month=month).exists():
        return
    since, until = month_span(month)
    third = shop.channel == "third"
    made = Breach.objects.create(
        number=new_number("BR"), merchant=shop, kind="MER-07", seller=True, party=SHOP if third else OWN, month=month, started_at=since,
        due_at=until, recorded_at=now, settled_at=now, facts=figure, appeal_until=now + days("breach_appeal_days", now=now),
        **(impose("MER-07", now=now) if third else {}),
    )  # fmt: skip
    tell_breach(made, case="", now=now)


def _keep(shop: Merchant, month: date, version: int, figures: dict[str, Any], *, because: str, now: datetime) -> None:
    Scorecard.objects.create(merchant=shop, month=month, version=version, figures=figures, because=because, at=now)
    data = {"number": shop.code, "month": f"{month:%Y-%m}", "version": version, "because": because}
    publish(SCORECARD_CLOSED, subject=shop.code, now=now, data=data, merchant_id=shop.pk)


def _locked(merchant_id: int) -> None:
    """One closes or restates a shop's cards at a time; the next one reads what the last has committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [CARD_LOCK, merchant_id])
