"""My orders: the list, and one order with what its lines are entitled to – the first step of an application."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shouhou.cases.access import order_for
from shouhou.cases.facts import load_order
from shouhou.cases.models import Case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Text
from shouhou.orders.models import Order, OrderLine, Payment
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.access import cases_of, orders_of
from shouhou.web.consumer.cases import case_row
from shouhou.web.consumer.drafts import open_drafts
from shouhou.web.consumer.pages import after, asked, kept, page_of, tabs
from shouhou.web.consumer.steps import steps
from shouhou.web.doors import consumer_door
from shouhou.web.labels import TENDERS, label
from shouhou.web.models import Draft
from shouhou.web.page import page, said
from shouhou.web.shared.decision import decisions_on, ground_words
from shouhou.web.shared.freight_words import insured_words
from shouhou.web.shared.papers import order_papers

CHANNELS = {"self": Text("自营", "self-operated"), "third": Text("第三方商家", "third-party")}
GROUNDS = {"no_reason": Text("七天无理由", "No reason"), "quality": Text("质量问题", "Quality problem")}
VIEWS = {
    "": Text("全部", "All"), "left": Text("可申请", "Can apply"), "open": Text("售后中", "In progress"),
    "draft": Text("待提交", "Not sent yet"),
}  # fmt: skip
WITH = (Prefetch("lines", OrderLine.objects.order_by("line")), Prefetch("cases", Case.objects.order_by("-pk")))
LINES_SHOWN = 3


@consumer_door
def orders(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My orders, newest first; searched by number or product, filtered by what can be or is being done."""
    q, view = asked(request, "q"), asked(request, "view")
    found = matching(orders_of(actor), actor, q=q, view=view).order_by("-placed_at", "-pk").prefetch_related(*WITH)
    rows, pages = page_of(request, found.filter(after(request, "placed_at")), "placed_at")
    drafts = open_drafts(actor, rows)
    context = {
        "here": "orders", "q": q, "view": view, "orders": [_tile(each, drafts.get(each.pk)) for each in rows],
        "views": tabs(request, VIEWS, view), "query": kept(request), **pages,
    }  # fmt: skip
    return page(request, "consumer/orders.html", context, actor=actor)


@consumer_door
def order(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One order: per line what is possible until when, and for what is not, why and how it would be."""
    return order_page(request, actor, order_for(actor, number))


def order_page(request: HttpRequest, actor: Actor, order: Order, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The order with a `problem` of the choice above it."""
    lines = list(order.lines.order_by("line"))
    told = _entitled(order, actor)
    received = [line.received_on for line in lines if line.received_on]
    claimable = [line for line in lines if line.quantity > line.claimed_quantity]
    draft = open_drafts(actor, [order]).get(order.pk)
    context = {
        "here": "orders", "order": order, "channel": said(CHANNELS.get(order.channel, Text(order.channel, order.channel))),
        "lines": [_line(line, told.get(line.line, []), ticked=_ticked(line, claimable, draft)) for line in lines],
        "any_claimable": bool(claimable), "received_on": max(received) if received else None, "draft": draft,
        "payments": [_payment(each) for each in order.payments.order_by("position")], "steps": steps("items"),
        "cases": [case_row(case) for case in cases_of(actor).filter(order=order).order_by("-pk")], "problem": problem,
        "papers": order_papers(order.number, paper="web:order_form"), "insured": insured_words(order.number, actor),
    }  # fmt: skip
    return page(request, "consumer/order.html", context, actor=actor, status=status)


def _tile(order: Order, draft: Draft | None) -> dict[str, Any]:
    """An order as the list shows it: the first of its lines, and how many more there are."""
    lines = list(order.lines.all())
    return {
        "row": order, "lines": lines[:LINES_SHOWN], "more": len(lines) - LINES_SHOWN if len(lines) > LINES_SHOWN else 0,
        "cases": [case_row(case) for case in order.cases.all()], "draft": draft,
        "left": any(line.quantity > line.claimed_quantity for line in lines),
    }  # fmt: skip


def matching(found: QuerySet[Order], actor: Actor, *, q: str, view: str) -> QuerySet[Order]:
    """Of these orders those that the list's address asks for."""
    if q:
        titled = OrderLine.objects.filter(order=OuterRef("pk"), title__icontains=q)
        found = found.filter(Q(number__icontains=q) | Exists(titled))
    if view == "left":
        found = found.filter(Exists(OrderLine.objects.filter(order=OuterRef("pk"), quantity__gt=F("claimed_quantity"))))
    elif view == "open":
        found = found.filter(Exists(Case.objects.filter(order=OuterRef("pk"), closed_at=None)))
    elif view == "draft":
        found = found.filter(Exists(Draft.objects.filter(order=OuterRef("pk"), buyer_id=actor.buyer_id or 0)))
    return found


def _entitled(order: Order, actor: Actor) -> dict[int, list[dict[str, Any]]]:
    """Per line, for each of the two grounds that people know, what the pinned policy says now."""
    found: dict[int, list[dict[str, Any]]] = {}
    now, facts = clock.now(), load_order(order.number, actor=actor)
    for reason, title in GROUNDS.items():
        for line, decision in decisions_on(facts, reason=reason, now=now).items():
            ground = ground_words(decision, said(title))
            for service in ground["services"]:
                service["online"] = service["service"] in WORKFLOWS
                # A person may still look after the last day; the day is told as what it is.
                service["past"] = service["until"] is not None and datetime.fromisoformat(service["until"]) < now
            found.setdefault(line, []).append(ground)
    return found


def _ticked(line: OrderLine, claimable: list[OrderLine], draft: Draft | None) -> bool:
    if draft is not None:
        return str(line.line) in draft.fields.get("line", ())
    return claimable == [line]


def _line(line: OrderLine, grounds: list[dict[str, Any]], *, ticked: bool) -> dict[str, Any]:
    possible = [ground for ground in grounds if ground["possible"]]
    untils = [ground["chosen"]["until"] for ground in possible if ground["chosen"]["until"] and not ground["chosen"]["past"]]
    later = [
        each["label"] for ground in grounds for each in ground["services"] if not each["online"] and each["until"]
    ]
    return {
        "line": line.line, "title": line.title, "category": line.category, "quantity": line.quantity, "paid_minor": line.paid_minor,
        "claimable": line.quantity - line.claimed_quantity, "grounds": grounds, "ticked": ticked,
        "possible": bool(possible), "plain": any(ground["chosen"]["tone"] == "good" for ground in possible),
        "until": max(untils, default=None), "later": _("、").join(dict.fromkeys(later)),
    }  # fmt: skip


def _payment(payment: Payment) -> dict[str, Any]:
    return {"label": label(TENDERS, payment.tender), "amount_minor": payment.amount_minor}
