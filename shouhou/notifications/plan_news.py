"""What the texts about a plan that is bought need to know, from the event and the kind's own data, in the reader's language."""

from datetime import date, datetime
from typing import Any

from django.conf import settings

from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.notifications.facts import when
from shouhou.plans.queries import documents, label, terms
from shouhou.plans.rules.kinds import kinds
from shouhou.plumbing.feed import FeedEvent

AFTER_WARRANTY = Text("基本保修期满之日起 {months} 个月", "{months} months from the end of the basic warranty")
FROM_TO = Text("{first} 至 {last}", "{first} to {last}")
COMMA = Text("、", ", ")


def facts_of_plan(event: FeedEvent, shop: Merchant | None, *, language: str, staff: bool) -> dict[str, str]:
    """All facts; the texts take what they name."""
    data, kind = event.data, str(event.data.get("kind") or "")
    amount = f"{Money(int(data.get('price_minor') or 0), str(data.get('currency') or 'CNY')).decimal:,}"
    english = language.startswith("en")
    return {
        "plan": str(data.get("plan") or ""), "plan_name": label(kind, language), "covers": terms(kind, language),
        "plan_period": _period(data, kind, language), "plan_papers": COMMA.in_(language).join(documents(kind, language)),
        "items": str(data.get("title") or ""), "order": str(data.get("order") or ""), "shop": shop.name if shop else "",
        "amount": f"{data.get('currency')} {amount}" if english or data.get("currency") != "CNY" else f"{amount} 元",
        "due": when(datetime.fromisoformat(str(data["until"])), language) if data.get("until") else "",
        "link": f"{settings.BASE_URL}{_path(event, staff=staff)}",
    }  # fmt: skip


def _period(data: Any, code: str, language: str) -> str:
    found = kinds().get(code)
    if found is not None and found.fact == "extended":
        return AFTER_WARRANTY.in_(language).format(months=found.months)
    first, last = data.get("starts_on"), data.get("ends_on")
    if not first or not last:
        return ""
    days = [date.fromisoformat(str(each)) for each in (first, last)]
    spoken = [f"{day:%d %b %Y}" if language.startswith("en") else f"{day.year} 年 {day.month} 月 {day.day} 日" for day in days]
    return FROM_TO.in_(language).format(first=spoken[0], last=spoken[1])


def _path(event: FeedEvent, *, staff: bool) -> str:
    """Where it is paid again; where the policy stands; where the shop sees what it sold."""
    if staff:
        return f"/staff/plans/?q={event.subject}"
    if event.type == "plan.payment_failed":
        return f"/pay/{event.data.get('charge')}/"
    return f"/orders/{event.data.get('order')}/plans/"
