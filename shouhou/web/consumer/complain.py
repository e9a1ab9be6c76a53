"""Complaining or saying something: about an order, a case, or nothing bought yet; one page, one button."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.accounts.models import Buyer
from shouhou.cases.access import case_for, order_for
from shouhou.cases.actions import ItemWish, open_case
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import book_in_force, compiled
from shouhou.web.doors import consumer_door
from shouhou.web.page import language, page
from shouhou.web.shared.complaining import KINDS, About, ComplaintForm, said_once
from shouhou.web.shared.files import kept_files
from shouhou.web.shared.once import new_key

LINES_MOST = 100


@consumer_door
def complain(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The form; sent, the page of the new case, which says until when it is answered."""
    now = clock.now()
    given = request.POST if request.method == "POST" else request.GET
    service = given.get("service", "") if given.get("service", "") in KINDS else KINDS[0]
    about = _about(request, actor)
    if request.method != "POST":
        return _page(request, actor, ComplaintForm(service=service, actor=actor, about=about, initial=_starts(actor)), about)
    form = ComplaintForm(service=service, actor=actor, about=about, data=request.POST, files=request.FILES)
    valid = form.is_valid()
    if form.take_files(now=now) and valid:
        def act() -> str:
            return str(open_case(form.application(), actor=actor, now=now, language=language())["number"])

        try:
            number = said_once(form, act, actor=actor, now=now)
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("已提交：%(number)s。有进展会通知您。") % {"number": number})
            return redirect("web:case", number)
    return _page(request, actor, form, about, status=422)


def _page(request: HttpRequest, actor: Actor, form: ComplaintForm, about: About, *, status: int = 200) -> HttpResponse:
    held = book_in_force(clock.now())
    terms = compiled(held.book, held.version).terms
    context: dict[str, Any] = {
        "here": "cases", "form": form, "service": form.service, "about": about, "kept": kept_files(form.tokens, actor),
        "ack_hours": terms.number("complaint_ack_hours"), "reply_days": terms.number("complaint_reply_workdays"),
        "lines": [f"{each.line}:{each.quantity}" for each in about.lines], "query": _query(about),
    }  # fmt: skip
    return page(request, "consumer/complain.html", context, actor=actor, status=status)


def _about(request: HttpRequest, actor: Actor) -> About:
    """What the address, or the form that came from it, says it is about; another's does not exist."""
    given = request.POST if request.method == "POST" else request.GET
    if number := given.get("case", "")[:20]:
        found = case_for(actor, number)
        return About(order=found.order, case=found.number)
    if number := given.get("order", "")[:80]:
        lines = tuple(
            ItemWish(int(line), int(quantity))
            for line, _sep, quantity in (each.partition(":") for each in given.getlist("lines")[:LINES_MOST])
            if line.isdigit() and quantity.isdigit() and len(line) < 8 and len(quantity) < 8
        )
        return About(order=order_for(actor, number).number, lines=lines)
    return About()


def _query(about: About) -> str:
    """The same address for the other kind of form."""
    return f"&case={about.case}" if about.case else f"&order={about.order}" if about.order else ""


def _starts(actor: Actor) -> dict[str, Any]:
    """Name and phone as the shop knows them; not for a guest, who proved one order and no more."""
    if actor.order_id is not None:
        return {"once": new_key()}
    buyer = Buyer.objects.get(pk=actor.buyer_id or 0)
    return {"once": new_key(), "name": buyer.name, "phone": buyer.phone}
