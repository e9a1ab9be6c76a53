"""The buyer pays for a service: what for, how much, until when; then the channel's own page, and back here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.payments.actions import ask_about_charge, try_charge_again
from shouhou.payments.charge_queries import charge_for_buyer
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door
from shouhou.web.page import language, page
from shouhou.web.shared.charge_words import charge_words
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.slip import code_svg


@consumer_door
def pay(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One charge of mine. POST: try again after a decline, or ask the channel what became of it."""
    charge = charge_for_buyer(number, actor.buyer_id or 0, language=language())
    case = case_for(actor, charge["subject"])
    if request.method == "POST":
        now = clock.now()

        def act() -> str:
            if request.POST.get("act") == "again":
                try_charge_again(charge["number"], now=now)
            else:
                ask_about_charge(charge["number"], now=now)
            return str(charge["number"])

        once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
        messages.info(request, _("正在与支付渠道核对，请稍候。"))
        return redirect("web:pay", charge["number"])
    context = {"here": "cases", "case": case, "charge": charge_words(charge), "once": new_key(),
               "code": code_svg(charge["url"]) if charge["can_pay"] else ""}  # fmt: skip
    template = "consumer/pay_state.html" if request.headers.get("HX-Request") else "consumer/pay.html"
    return page(request, template, context, actor=actor)
