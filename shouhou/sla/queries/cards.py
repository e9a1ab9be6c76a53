"""Lists of closed scorecards, and one in the API's shape."""

from datetime import date, datetime
from typing import Any

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.sla import ports
from shouhou.sla.access import cards_of, may_read
from shouhou.sla.models import Scorecard
from shouhou.sla.queries.figures import month_figures
from shouhou.sla.refusals import SCORECARD_NONE
from shouhou.sla.rules.card import PRINTED


def cards(
    month: date | None, merchant: str, *, actor: Actor, after: str = "", limit: int = 50
) -> tuple[list[Scorecard], str]:  # fmt: skip
    """The last closed first, and where the next page begins ("" at the end)."""
    found = cards_of(actor)
    if month is not None:
        found = found.filter(month=month)
    if merchant:
        found = found.filter(merchant__code=merchant)
    if after:
        found = found.filter(pk__lt=decode_cursor(after, int)[0])
    rows = list(found.order_by("-pk")[: limit + 1])
    return rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else ""


def card_body(row: Scorecard, *, language: str) -> dict[str, Any]:
    return {
        "merchant": row.merchant.code, "month": f"{row.month:%Y-%m}", "version": row.version, "because": row.because,
        "closed_at": row.at.isoformat(), "figures": row.figures, "formulas": _formulas(language),
    }  # fmt: skip


def running_body(merchant: str, *, actor: Actor, language: str, now: datetime) -> dict[str, Any]:
    """The month that runs, as it stands now. Raises SCORECARD_NONE for a shop that the actor may not see."""
    shops = Merchant.objects.filter(code=merchant) if may_read(actor) else Merchant.objects.none()
    found = shops.first() if actor.merchant_id is None else shops.filter(pk=actor.merchant_id).first()
    if found is None:
        raise refused(SCORECARD_NONE)
    month = local_day(now).replace(day=1)
    return {
        "merchant": found.code, "month": f"{month:%Y-%m}", "version": 0, "because": "", "closed_at": None,
        "figures": month_figures(found.pk, month), "formulas": _formulas(language),
    }  # fmt: skip


def _formulas(language: str) -> dict[str, dict[str, str]]:
    words = {name: (each.formula, each.cohort) for name, each in PRINTED.items()} | {"satisfaction": ports.satisfaction_words}
    return {name: {"formula": formula.in_(language), "cohort": cohort.in_(language)} for name, (formula, cohort) in words.items()}


def month_or_none(text: str | None) -> date | None:
    """The first day of "2026-11". The address has been checked before."""
    return date.fromisoformat(f"{text}-01") if text else None
