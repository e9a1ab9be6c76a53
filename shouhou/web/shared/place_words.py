"""A service point in words: open now or when, how far, what it does, which hours on which days."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from shouhou.cases.rows import CaseRow
from shouhou.foundation.days import local_day
from shouhou.foundation.workflow import Text
from shouhou.logistics.network import Place, Wanted, nearest, place, points
from shouhou.logistics.regions import read_region, region_code
from shouhou.logistics.rules.distance import Nearness, Spot, read_spot
from shouhou.logistics.rules.hours import HOLIDAY, Opening, Week, written_span
from shouhou.logistics.rules.points import SERVICES
from shouhou.orders.models import Order, OrderLine
from shouhou.policy.queries import calendar_now
from shouhou.web.page import language, said
from shouhou.web.templatetags.words import day

OFFERED_MOST, NEAR_MOST = 8, 40
WEEKDAYS = (
    Text("周一", "Mon"), Text("周二", "Tue"), Text("周三", "Wed"), Text("周四", "Thu"), Text("周五", "Fri"), Text("周六", "Sat"),
    Text("周日", "Sun"),
)  # fmt: skip
NEARNESS: dict[Nearness, Text] = {
    "district": Text("同区", "Same district"), "city": Text("同城", "Same city"), "province": Text("同省", "Same province"),
}  # fmt: skip


def drop_off_places(
    order: Order, lines: Sequence[OrderLine], *, find: str = "", near: Spot | None = None, chosen: str = "", now: datetime
) -> list[Place]:  # fmt: skip
    """Where these goods can be handed over, nearest to the order's address first – or to the region somebody asks for, or
    to where they are. The one that is chosen already is among them as long as it takes the goods.
    """
    code = read_region(find) if find.strip() else region_code(order.address)
    wanted = Wanted(
        services=("drop_off",), categories=tuple(sorted({line.category for line in lines})), merchant_id=order.merchant_id
    )
    found: list[Place] = []
    if near is not None or code:
        found = nearest(at=now, calendar=calendar_now(), region_code=code, near=near, wanted=wanted, limit=OFFERED_MOST)
    if chosen and near is None and chosen not in {each.code for each in found}:
        picked = place(chosen, at=now, calendar=calendar_now())
        if picked is not None and _takes(picked, wanted):
            found = [picked, *found]
    return found


def read_near(text: str) -> Spot | None:
    """Where somebody is, as their browser says; anything else is nowhere. It is used for one search and kept nowhere."""
    try:
        return read_spot(text[:NEAR_MOST])
    except ValueError:
        return None


def drop_off_anywhere() -> bool:
    """Whether there is any counter at all, so that asking for another region makes sense."""
    return points(service="drop_off", active=True).exclude(capacity_per_day=0).exists()


def counters_for(case: CaseRow, *, now: datetime) -> list[tuple[str, str]]:
    """Where the goods of this case can be handed over, as choices: the one chosen first, then the nearest."""
    order = Order.objects.get(pk=case.order_id)
    lines = list(order.lines.filter(line__in=[item.line for item in case.items]))
    offered = drop_off_places(order, lines, now=now)
    code = str(case.contact.get("place") or "")
    chosen = place(code, at=now, calendar=calendar_now()) if code else None
    return choices([*([chosen] if chosen else []), *(each for each in offered if chosen is None or each.code != chosen.code)])


def place_by_code(code: str, *, now: datetime) -> dict[str, Any] | None:
    """The chosen place in words; None when the text is no code of ours."""
    found = place(code, at=now, calendar=calendar_now()) if code else None
    return None if found is None else place_words(found, now=now)


def place_words(found: Place, *, now: datetime) -> dict[str, Any]:
    tone, state = opening_words(found.opening, now=now)
    return {
        "code": found.code, "name": said(found.name), "address": whole_address(found), "phone": found.phone, "tone": tone, "state": state,
        "week": week_words(found.hours.week), "far": _far(found), "geo": _geo(found), "active": found.active,
        "services": [said(SERVICES[each]) for each in found.services if each in SERVICES],
    }  # fmt: skip


def opening_words(found: Opening, *, now: datetime) -> tuple[str, str]:
    """The badge's tone, and "营业中，至 18:00" or "休息中，明天 09:00 开门"."""
    if found.open:
        if found.until is None:
            return "good", _("24 小时营业")
        return "good", _("营业中，至 %(at)s") % {"at": _when(found.until, now=now)}
    cause = _("节假日休息") if found.cause == HOLIDAY else _("暂停营业") if found.cause else _("休息中")
    if found.cause and found.cause not in (HOLIDAY, "closed"):
        cause += f"{_('（')}{found.cause}{_('）')}"
    if found.opens_at is None:
        return "bad", cause
    return "wait", _("%(cause)s，%(at)s 开门") % {"cause": cause, "at": _when(found.opens_at, now=now)}


def week_words(week: Week) -> list[tuple[str, str]]:
    """Days with the same hours together: ("周一至周五", "09:00–12:00、13:30–18:00")."""
    rows, first = [], 0
    while first < 7:
        last = first
        while last < 6 and week[last + 1] == week[first]:
            last += 1
        days = said(WEEKDAYS[first])
        if last > first:
            days = _("%(first)s至%(last)s") % {"first": days, "last": said(WEEKDAYS[last])}
        rows.append((days, _("、").join(written_span(span).replace("-", "–") for span in week[first]) or _("休息")))
        first = last + 1
    return rows


def choices(places: Iterable[Place]) -> list[tuple[str, str]]:
    """For a form: code → name and address."""
    return [(each.code, f"{said(each.name)} · {whole_address(each)}") for each in places]


def whole_address(found: Place) -> str:
    if language() == "en" and found.address.en != found.address.zh:
        return found.address.en
    return f"{found.region.replace(' ', '')}{found.address.zh}"


def _takes(found: Place, wanted: Wanted) -> bool:
    """Whether the goods can be brought there, wherever it is."""
    ours = found.merchant_id is None or found.merchant_id == wanted.merchant_id
    fits = not found.categories or set(wanted.categories) <= set(found.categories)
    return ours and fits and found.active and found.capacity_per_day != 0 and set(wanted.services) <= set(found.services)


def _far(found: Place) -> str:
    metres = found.distance_metres
    if metres is not None:
        return _("%(m)s 米") % {"m": metres // 10 * 10} if metres < 1000 else _("%(km)s 公里") % {"km": f"{metres / 1000:.1f}"}
    return said(NEARNESS[found.nearness]) if found.nearness else ""


def _geo(found: Place) -> str:
    """RFC 5870: any map application opens it."""
    return "" if found.degrees is None else f"geo:{found.degrees[0]},{found.degrees[1]}"


def _when(at: datetime, *, now: datetime) -> str:
    clock, days = f"{timezone.localtime(at):%H:%M}", (local_day(at) - local_day(now)).days
    if days == 0:
        return clock
    return _("明天 %(at)s") % {"at": clock} if days == 1 else f"{day(timezone.localtime(at))} {clock}"
