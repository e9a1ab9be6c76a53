"""Operations mend the calendar: a day the public one has wrong, or does not know yet."""

from datetime import date, datetime

from django.db import transaction

from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.policy import queries
from shouhou.policy.models import CalendarOverride

MAY_MEND = ("operations",)
OVERRIDE_EXISTS = refusal(
    "OVERRIDE_EXISTS", "conflict",
    zh="{day} 已有修订，请先删除原有修订。", en="{day} is overridden already. Remove that override first.",
)  # fmt: skip
OVERRIDE_DAY = refusal(
    "OVERRIDE_DAY", "invalid", zh="日期须在 {first}–{last} 年之间。", en="The day must be in the years {first}–{last}."
)


@transaction.atomic
def override_day(*, day: date, kind: str, source: str, actor: Actor, now: datetime) -> None:
    """The day is a holiday or a working day, says `source`. Raises Refused FORBIDDEN, OVERRIDE_DAY, OVERRIDE_EXISTS.

    Limits that run already keep their instant; whatever is reckoned from now on uses it.
    """
    _allowed(actor)
    years = queries.CALENDAR_YEARS
    if day.year not in years or kind not in dict(CalendarOverride.KINDS):
        raise refused(OVERRIDE_DAY, first=years[0], last=years[-1])
    _, made = CalendarOverride.objects.get_or_create(country="CN", day=day, defaults={"kind": kind, "source": source[:200]})
    if not made:
        raise refused(OVERRIDE_EXISTS, day=day.isoformat())
    audit.note(actor, what="calendar.overridden", subject=day.isoformat(), detail=f"{kind} · {source}", now=now)
    transaction.on_commit(queries.forget)


@transaction.atomic
def drop_override(override_id: int, *, actor: Actor, now: datetime) -> None:
    """The public calendar counts again. Raises Refused FORBIDDEN, NOT_FOUND."""
    _allowed(actor)
    row = CalendarOverride.objects.select_for_update().filter(pk=override_id).first()
    if row is None:
        raise refused(NOT_FOUND)
    row.delete()
    audit.note(actor, what="calendar.override_dropped", subject=row.day.isoformat(), detail=f"{row.kind} · {row.source}", now=now)
    transaction.on_commit(queries.forget)


def _allowed(actor: Actor) -> None:
    if actor.role not in MAY_MEND or actor.merchant_id is not None:
        raise refused(FORBIDDEN)
