"""What of the money waits today, each count with its list; and how refunds have gone lately."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from shouhou.foundation.workflow import Text
from shouhou.payments.refund_list import ages_of_open, amounts_by_way, hours_to_settle, refunds_a_day
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.finance.charts import beside, shares, stacked
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.waiting import FIGURES
from shouhou.web.labels import PAYMENT_CHANNELS, TENDERS, label
from shouhou.web.page import said
from shouhou.web.templatetags.words import money

DAYS, WEEKS = 14, 8
KINDS = {"settled": "good", "open": "wait", "trouble": "bad", "cancelled": "plain"}
KIND_OF = {"awaiting_second": "open", "pending": "open", "failed": "trouble", "partly_settled": "trouble"}
KIND_WORDS = {
    "settled": Text("已到账", "settled"), "open": Text("退款中", "under way"), "trouble": Text("异常", "needs a person"),
    "cancelled": Text("已取消", "cancelled"),
}  # fmt: skip
AGES = (
    Text("不到 1 天", "under 1 day"), Text("1–3 天", "1–3 days"), Text("3–7 天", "3–7 days"), Text("7–15 天", "7–15 days"),
    Text("15 天以上", "over 15 days"),
)  # fmt: skip


@finance_door
def today(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Counts and amounts; what is late stands out."""
    now = clock.now()
    figures = [figure for counting in FIGURES if (figure := counting(actor, now)) is not None]
    context = {"figures": figures, "days": _days(now), "ways": _ways(now), "ages": _ages(now), "weeks": _weeks(now)}
    return finance_page(request, "today", context, actor=actor, place="finance")


def _days(now: datetime) -> dict[str, Any]:
    first = timezone.localdate(now) - timedelta(days=DAYS - 1)
    days = [str(first + timedelta(days=place)) for place in range(DAYS)]
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    values: dict[str, dict[str, int]] = {}
    for day, state, count in refunds_a_day(since=since):
        kinds = values.setdefault(day, {})
        kind = KIND_OF.get(state, state)
        kinds[kind] = kinds.get(kind, 0) + count
    words = {kind: said(text) for kind, text in KIND_WORDS.items()}
    rows = [(day, [values.get(day, {}).get(kind, 0) for kind in KINDS]) for day in days]
    legend = [(tone, words[kind]) for kind, tone in KINDS.items()]
    return {"chart": stacked(days, values, tones=KINDS, words=words), "heads": list(words.values()), "rows": rows, "legend": legend,
            "any": bool(values)}  # fmt: skip


def _ways(now: datetime) -> list[Any]:
    found = amounts_by_way(since=now - timedelta(days=30))
    return shares([
        (f"{label(TENDERS, tender)} · {label(PAYMENT_CHANNELS, channel)}", money(sum_, currency), sum_)
        for channel, tender, currency, sum_ in found
    ])  # fmt: skip


def _ages(now: datetime) -> list[Any]:
    return shares([(said(text), str(count), count) for text, count in zip(AGES, ages_of_open(now=now), strict=True)])


def _weeks(now: datetime) -> dict[str, Any]:
    found = hours_to_settle(since=now - timedelta(weeks=WEEKS))
    words = [_("一半在此之内"), _("九成在此之内")]
    monday = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday())
    weeks = [str(monday - timedelta(weeks=back)) for back in reversed(range(WEEKS))]
    told = {week: (p50, p90) for week, p50, p90, _n in found}
    chart = beside(weeks, [told.get(week, ()) for week in weeks], tones=("accent", "plain"), words=words)
    rows = [(week, f"{p50:.1f}", f"{p90:.1f}", count) for week, p50, p90, count in found]
    return {"chart": chart, "heads": words, "rows": rows, "legend": list(zip(("accent", "plain"), words, strict=True)), "any": bool(found)}
