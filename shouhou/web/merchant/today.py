"""The shop's day: numbers that are links, what is due next, and what the last weeks came to."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.cases.models import Case, Rating
from shouhou.cases.queue import COUNT_MOST, queue_counts, queue_page
from shouhou.cases.workflows import WORKFLOWS
from shouhou.merchants.models import Merchant
from shouhou.payments.models import Refund
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name
from shouhou.repairs.queries import BoardFilter, columns
from shouhou.repairs.rules.states import BENCH
from shouhou.web.access import cases_of
from shouhou.web.doors import staff_door
from shouhou.web.inspect.outgoing import outgoing_count
from shouhou.web.labels import service_label, status_label, tone
from shouhou.web.merchant.console import console, shop_of
from shouhou.web.staff.filters import TASK, Filters

URGENT_MAX = 8
OTHERS_MAX = 60
LOOK_BACK = timedelta(days=30)
TURN = "merchant_operator"
# Where a shop's cases lie, in the order of their life; what waits for the shop itself stands out.
STATES = (
    "submitted", "evidence_asked", "escalated", "awaiting_goods", "in_transit", "received", "deduction_proposed",
    "not_accepted", "dispute_answer", "dispute_shop_evidence", "dispute_counter", "disputed", "refund_review", "refunding", "refund_stuck",
)  # fmt: skip
OWN_WORK = frozenset({"submitted", "received", "not_accepted", "dispute_answer", "dispute_shop_evidence", "dispute_counter"})


@staff_door
def today(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What to do now, where everything lies, how the shop is doing."""
    shop, now = shop_of(actor), clock.now()
    first = {
        "overdue": Filters(due="overdue"), "soon": Filters(due="soon"), "day": Filters(due="day"),
        "turn": Filters(waits_on=TURN), "mine": Filters(mine="1"), "money": Filters(status="refund_review"),
        "tasks": Filters(task=TASK),
    }  # fmt: skip
    views = first | {f"at_{state}": Filters(service="return", status=state) for state in STATES}
    counts = queue_counts({code: view.narrowed(actor, now) for code, view in views.items()}, actor=actor)
    words = {
        "overdue": _("已超时"), "soon": _("2 小时内到期"), "day": _("24 小时内到期"), "turn": _("轮到我们"), "mine": _("我处理的"),
        "money": _("退款待复核"),
        "tasks": _("待联系与协调"),
    }  # fmt: skip
    urgent, _more = queue_page(Filters(waits_on=TURN).narrowed(actor, now), actor=actor, limit=URGENT_MAX)
    sending = outgoing_count(actor, most=COUNT_MOST)
    mending = sum(each["count"] for each in columns(BoardFilter(), actor=actor) if each["state"] in BENCH)
    labels = {name: status_label(next(iter(WORKFLOWS)), name) for name in STATES}
    context = {
        "shop": Merchant.objects.get(pk=shop), "lately": _lately(shop, now),
        "numbers": [
            {**_number(words[code], counts[code], view), "bad": code == "overdue", "warn": code == "soon"} for code, view in first.items()
        ] + [_door(_("待发出"), sending, "outgoing"), _door(_("在我们手里维修"), mending, "technician")],
        "others": _others(actor),
        "states": [
            {**_number(labels[state], counts[f"at_{state}"], views[f"at_{state}"]), "own": state in OWN_WORK} for state in STATES
        ],
        "urgent": [
            {"case": row, "status": status_label(row.service, row.status), "tone": tone(row.status, row.waits_on, TURN),
             "service": service_label(row.service), "buyer": mask_name(row.buyer_name)}
            for row in urgent
        ],
        "turn_address": reverse("web:queue") + Filters(waits_on=TURN).address(),
        "turn_query": Filters(waits_on=TURN).query,
    }  # fmt: skip
    return console(request, actor, "today", context, tab="merchant")


def _others(actor: Actor) -> list[dict[str, Any]]:
    """Open cases of the other services, by service and state: the most first in each service."""
    found = (
        cases_of(actor).filter(closed_at=None).exclude(service="return").values("service", "status").annotate(n=Count("id"))
        .order_by("service", "-n", "status")[:OTHERS_MAX]
    )  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        label, view = status_label(each["service"], each["status"]), Filters(status=each["status"], service=each["service"])
        rows.setdefault(each["service"], []).append(_number(label, each["n"], view))
    return [{"service": service_label(service), "states": states} for service, states in rows.items()]


def _door(label: str, count: int, name: str) -> dict[str, Any]:
    shown = f"{COUNT_MOST - 1}+" if count >= COUNT_MOST else str(count)
    return {"label": label, "count": shown, "some": count > 0, "address": reverse(f"web:{name}"), "bad": False, "warn": False}


def _number(label: str, count: int, view: Filters) -> dict[str, Any]:
    shown = f"{COUNT_MOST - 1}+" if count >= COUNT_MOST else str(count)
    return {"label": label, "count": shown, "some": count > 0, "address": reverse("web:queue") + view.address()}


def _lately(shop: int, now: datetime) -> dict[str, Any]:
    """The last 30 days: applications, money paid back by currency, and how buyers graded it."""
    since = now - LOOK_BACK
    settled = Refund.objects.filter(merchant=shop, state="settled", settled_at__gte=since)
    return {
        "applied": Case.objects.filter(merchant=shop, submitted_at__gte=since).count(),
        "refunds": list(settled.values("currency").annotate(total=Sum("amount_minor"), n=Count("id")).order_by("currency")),
        "rating": Rating.objects.filter(case__merchant=shop, at__gte=since).aggregate(average=Avg("grade"), n=Count("id")),
    }
