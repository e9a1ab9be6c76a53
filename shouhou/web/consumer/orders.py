"""My orders: the list, one order with what its lines are entitled to, and my cases."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

from shouhou.cases.access import order_for
from shouhou.cases.models import Case
from shouhou.foundation.workflow import Text
from shouhou.orders.models import Order, OrderLine, Payment
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.access import cases_of, orders_of
from shouhou.web.doors import consumer_door
from shouhou.web.labels import TENDERS, label, service_label, side_label, status_label, tone
from shouhou.web.page import page, said
from shouhou.web.shared.decision import ground_words, line_decisions

PAGE_SIZE = 20
SEARCH_MAX = 80
CHANNELS = {"self": Text("自营", "self-operated"), "third": Text("第三方商家", "third-party")}
GROUNDS = {"no_reason": Text("七天无理由", "No reason"), "quality": Text("质量问题", "Quality problem")}


@consumer_door
def orders(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My orders, newest first; searched by number or product."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_MAX]
    found = orders_of(actor).order_by("-placed_at", "-pk").prefetch_related(
        Prefetch("lines", OrderLine.objects.order_by("line")), Prefetch("cases", Case.objects.order_by("-pk"))
    )
    if q:
        found = found.filter(Q(number__icontains=q) | Q(lines__title__icontains=q)).distinct()
    found = found.filter(_before(request.GET.get("after", ""), "placed_at"))
    rows = list(found[: PAGE_SIZE + 1])
    for order in rows[:PAGE_SIZE]:
        order.shown_cases = [_case_row(case) for case in order.cases.all()]  # type: ignore[attr-defined]
    return page(request, "consumer/orders.html", {
        "here": "orders", "q": q, "orders": rows[:PAGE_SIZE], **_pages(request, rows, "placed_at"),
    }, actor=actor)  # fmt: skip


@consumer_door
def cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My cases, newest first."""
    found = cases_of(actor).order_by("-submitted_at", "-pk").prefetch_related("items__line")
    rows = list(found.filter(_before(request.GET.get("after", ""), "submitted_at"))[: PAGE_SIZE + 1])
    for case in rows[:PAGE_SIZE]:
        _case_row(case)
    return page(request, "consumer/cases.html", {
        "here": "cases", "cases": rows[:PAGE_SIZE], **_pages(request, rows, "submitted_at"),
    }, actor=actor)  # fmt: skip


@consumer_door
def order(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One order: per line what is possible until when, and for what is not, why and how it would be."""
    found = order_for(actor, number)
    lines = list(found.lines.order_by("line"))
    told = _entitled(found, actor)
    received = [line.received_on for line in lines if line.received_on]
    context = {
        "here": "orders", "order": found, "channel": said(CHANNELS.get(found.channel, Text(found.channel, found.channel))),
        "lines": [_line(line, told.get(line.line, [])) for line in lines],
        "any_claimable": any(line.quantity > line.claimed_quantity for line in lines),
        "received_on": max(received) if received else None,
        "payments": [_payment(each) for each in found.payments.order_by("position")],
        "cases": [_case_row(case) for case in cases_of(actor).filter(order=found).order_by("-pk")],
    }  # fmt: skip
    return page(request, "consumer/order.html", context, actor=actor)


def _entitled(order: Order, actor: Actor) -> dict[int, list[dict[str, Any]]]:
    """Per line, for each of the two grounds that people know, what the pinned policy says now."""
    found: dict[int, list[dict[str, Any]]] = {}
    for reason, title in GROUNDS.items():
        for line, decision in line_decisions(order.number, reason=reason, actor=actor, now=clock.now()).items():
            found.setdefault(line, []).append(ground_words(decision, said(title)))
    return found


def _line(line: OrderLine, grounds: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "line": line.line, "title": line.title, "quantity": line.quantity, "paid_minor": line.paid_minor,
        "claimable": line.quantity - line.claimed_quantity, "grounds": grounds,
    }  # fmt: skip


def _payment(payment: Payment) -> dict[str, Any]:
    return {"label": label(TENDERS, payment.tender), "amount_minor": payment.amount_minor}


def _case_row(case: Case) -> Case:
    """The case with its words beside it."""
    case.status_label = status_label(case.service, case.status)  # type: ignore[attr-defined]
    case.service_label = service_label(case.service)  # type: ignore[attr-defined]
    case.tone = tone(case.status, case.waits_on, "consumer")  # type: ignore[attr-defined]
    case.turn = side_label(case.waits_on, "consumer") if case.waits_on else ""  # type: ignore[attr-defined]
    return case


def _before(cursor: str, column: str) -> Q:
    """After the last row of the page before, in falling order."""
    at, _sep, key = cursor.partition("_")
    moment = parse_datetime(at) if key.isdigit() and len(key) < 18 and len(at) < 40 else None
    if moment is None:
        return Q()
    return Q(**{f"{column}__lt": moment}) | Q(**{column: moment, "pk__lt": int(key)})


def _pages(request: HttpRequest, rows: list[Any], column: str) -> dict[str, str]:
    q = {"q": request.GET["q"][:SEARCH_MAX]} if request.GET.get("q") else {}
    pages = {"first": "?" + urlencode(q) if request.GET.get("after") else "", "next": ""}
    if len(rows) > PAGE_SIZE:
        last = rows[PAGE_SIZE - 1]
        pages["next"] = "?" + urlencode({**q, "after": f"{getattr(last, column).isoformat()}_{last.pk}"})
    return pages
