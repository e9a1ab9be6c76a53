"""The buyer pays for a service: what for, how much, until when; then the channel's own page, and back here."""

import json
import secrets
from collections.abc import Mapping
from typing import Any, Literal

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.payments.actions import ask_about_charge, choose_way, try_charge_again
from shouhou.payments.channels.base import ChannelDown, ChannelSilent
from shouhou.payments.charge_queries import charge_for_buyer, inside_of
from shouhou.plans.models import Purchase
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door
from shouhou.web.page import language, page
from shouhou.web.shared.charge_words import charge_words
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.slip import code_svg
from shouhou.web.who import address_of

Device = Literal["screen", "phone", "inside"]
# After the press: so long the channel's page opens by itself, and so long its link (WeChat's: five minutes) is offered.
OPENS_SECONDS, FRESH_SECONDS = 60, 240
# Visits to the channel's app that this browser has begun: what comes back must be one of them.
VISITS, VISITS_MOST = "pay_visits", 5


@consumer_door
def pay(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One charge of mine. POST: pay it another way, try again after a decline, or ask the channel what became of it."""
    charge = charge_for_buyer(number, actor.buyer_id or 0, language=language())
    bought = Purchase.objects.filter(number=charge["subject"], buyer_id=actor.buyer_id or 0).first()
    case = None if bought else case_for(actor, charge["subject"])
    if request.method == "POST":
        return _act(request, actor, charge["number"])
    pressed, part = _pressed(request), bool(request.headers.get("HX-Request"))
    to_open = charge["way"] == "phone" and charge["can_pay"]
    if part and to_open and pressed is not None and pressed <= OPENS_SECONDS:
        return HttpResponse(headers={"HX-Redirect": charge["url"]})
    context = {
        "here": "cases", "case": case, "bought": bought, "charge": charge_words(charge), "once": new_key(), "device": _device(request),
        "code": code_svg(charge["url"]) if charge["can_pay"] and charge["way"] == "scan" else "",
        "link": charge["url"] if to_open and pressed is not None else "",
        "again": f"?go={request.GET['go']}" if pressed is not None else "", **_inside(request, charge),
    }  # fmt: skip
    return page(request, "consumer/pay_state.html" if part else "consumer/pay.html", context, actor=actor)


@consumer_door
def inside(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """In the channel's own app: its browser is sent there and comes back with a code, which tells for whom the payment is made out."""
    charge = charge_for_buyer(number, actor.buyer_id or 0, language=language())
    channel, now = inside_of(charge["number"]), clock.now()
    if channel is None:
        return redirect("web:pay", charge["number"])
    begun: list[list[str]] = request.session.get(VISITS, [])
    given = [str(request.GET.get("state", "")), charge["number"]]
    if given not in begun:
        state = secrets.token_hex(16)
        request.session[VISITS] = [*begun, [state, charge["number"]]][-VISITS_MOST:]
        back = f"{settings.BASE_URL}{reverse('web:pay_inside', args=[charge['number']])}"
        return redirect(channel.visitor_address(back=back, state=state))
    request.session[VISITS] = [each for each in begun if each != given]
    try:
        openid = channel.visitor(request.GET.get("code", ""))
    except (ChannelSilent, ChannelDown):
        openid = None
    if openid is None:
        messages.warning(request, _("微信暂时无法确认您的身份，请再试一次，或用另一部手机扫码付款。"))
        return redirect("web:pay", charge["number"])
    choose_way(charge["number"], way="inside", address="", openid=openid, now=now)
    return redirect(f"{reverse('web:pay', args=[charge['number']])}?go={int(now.timestamp())}")


def _inside(request: HttpRequest, charge: Mapping[str, Any]) -> dict[str, Any]:
    """`inside`: it can be paid in the app that shows this page; `cashier`: what the app is told to open it."""
    channel = inside_of(charge["number"]) if _device(request) == "inside" else None
    if channel is None or charge["way"] != "inside" or not charge["can_pay"]:
        return {"inside": channel is not None}
    try:
        return {"inside": True, "cashier": json.dumps(channel.cashier(charge["url"], now=clock.now()))}
    except ChannelDown:
        return {"inside": False}


def _act(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    now, what = clock.now(), request.POST.get("act", "")

    def act() -> str:
        if what in ("phone", "scan"):
            choose_way(number, way="phone" if what == "phone" else "scan", address=address_of(request), now=now)
        elif what == "again":
            try_charge_again(number, now=now)
        else:
            ask_about_charge(number, now=now)
        return number

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    if what == "phone":
        return redirect(f"{reverse('web:pay', args=[number])}?go={int(now.timestamp())}")
    if what != "scan":
        messages.info(request, _("正在与支付渠道核对，请稍候。"))
    return redirect("web:pay", number)


def _device(request: HttpRequest) -> Device:
    """By what the browser says of itself; only what is offered first depends on it."""
    says = request.headers.get("User-Agent", "")
    if "MicroMessenger" in says:
        return "inside"
    return "phone" if "Mobi" in says else "screen"


def _pressed(request: HttpRequest) -> int | None:
    """Seconds since the consumer chose to pay on this phone; None when that is too long ago, or never was."""
    told = request.GET.get("go", "")
    if not (told.isascii() and told.isdigit() and len(told) < 12):
        return None
    since = int(clock.now().timestamp()) - int(told)
    return since if 0 <= since <= FRESH_SECONDS else None
