"""Protection plans for goods of mine: what each covers and leaves out, for how long and for how much, before anything is paid (PLN-03)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.cases.access import order_for
from shouhou.cases.plan_sales import buy_plan, offered_plans
from shouhou.foundation.refusals import Refused
from shouhou.plans.models import Purchase
from shouhou.plans.queries import documents, plans_json
from shouhou.plans.rules.offers import Offer
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door
from shouhou.web.page import language, page, said
from shouhou.web.shared.once import new_key, once


@consumer_door
def plans(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What may be bought for this order, and what is owned. POST asks for one of them; nothing is chosen for anybody."""
    if request.method != "POST":
        return _page(request, actor, number)
    now, line, kind = clock.now(), request.POST.get("line", ""), request.POST.get("kind", "")[:20]
    place = int(line) if line.isascii() and line.isdigit() and len(line) < 7 else 0

    def act() -> str:
        return buy_plan(number, line=place, kind=kind, actor=actor, now=now).charge

    try:
        charge = once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        return _page(request, actor, number, problem=no.sentence(language()), status=no.status)
    return redirect("web:pay", charge)


def _page(request: HttpRequest, actor: Actor, number: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    order = order_for(actor, number)
    offers = offered_plans(order.number, actor=actor, now=clock.now())
    lines = {line.line: line for line in order.lines.order_by("line")}
    waiting = Purchase.objects.filter(order_number=order.number, buyer_id=order.buyer_id, state="asked").order_by("id")
    context = {
        "here": "orders", "order": order, "problem": problem, "once": new_key(),
        "goods": [{"line": lines[place], "offers": [_offer(each) for each in found]} for place, found in offers.items()],
        "waiting": {(each.line, each.kind): each for each in waiting},
        "owned": [
            {**each, "title": lines[each["line"]].title if each["line"] in lines else ""}
            for each in plans_json(order.number, actor=actor, language=language())
        ],
    }  # fmt: skip
    return page(request, "consumer/plans.html", context, actor=actor, status=status)


def _offer(each: Offer) -> dict[str, Any]:
    """All there is to know before it is paid."""
    kind = each.kind
    refund = {
        "pro_rata": _("商品退回时，按剩余天数退还"), "full": _("商品退回时，未理赔过的全额退还"), "none": _("购买后不退"),
    }[kind.refund]  # fmt: skip
    begins = _("基本保修期满之日起 %(n)d 个月") if kind.fact == "extended" else _("付款当天起 %(n)d 个月")
    return {
        "code": each.code, "label": said(kind.label), "terms": said(kind.terms), "price_minor": each.price_minor, "until": each.until,
        "period": begins % {"n": kind.months}, "claims": kind.claims_most, "cap_minor": kind.cap_minor,
        "deductible_minor": kind.deductible_minor, "waiting_days": kind.waiting_days,
        "documents": _("、").join(documents(each.code, language())), "refund": refund,
    }  # fmt: skip
