"""Recharges at finance's desk: all shops' claims, the appeals to decide."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.refusals import refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.settlements.actions import book_recharges, decide
from shouhou.settlements.models import Recharge
from shouhou.settlements.refusals import RECHARGE_UNKNOWN
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.merchants_forms import DecisionForm
from shouhou.web.shared.export import exported
from shouhou.web.shared.once import DONE, done, new_key, once
from shouhou.web.shared.shop_money import (
    RechargeFilters,
    recharge_cells,
    recharge_columns,
    recharge_files,
    recharge_page,
    recharge_words,
)

PLACE = "finance_merchants"


@finance_door
def recharges(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All shops'; the newest first."""
    due = Q(state="announced", appeal_until__lt=clock.now()) | Q(state="upheld")
    context = {
        **recharge_page(RechargeFilters.of(request.GET), Recharge.objects.all()), "house": True, "once": new_key(),
        "due": Recharge.objects.filter(due).count(),
    }  # fmt: skip
    return finance_page(request, "merchant_recharges", context, actor=actor, place=PLACE)


@finance_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """recharges.csv or .xlsx, as filtered."""
    rows = RechargeFilters.of(request.GET).narrowed(Recharge.objects.all())
    return exported("recharges", form, columns=recharge_columns(), rows=recharge_cells(rows))


@finance_door
def recharge(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One claim with both sides' evidence; an appeal is decided here."""
    row = Recharge.objects.select_related("merchant", "posting").filter(number=number).first()
    if row is None:
        raise refused(RECHARGE_UNKNOWN, number=number)
    now, form, status = clock.now(), DecisionForm(initial={"once": new_key()}), 200
    if request.method == "POST":
        form = DecisionForm(request.POST)

        def act() -> str:
            given = form.cleaned_data
            decide(number, waive=given["verdict"] == "waive", reasons=given["reasons"], actor=actor, now=now)
            return number

        status = done(form, act, actor=actor, now=now)
        if status == DONE:
            messages.success(request, _("裁决已告知商家。"))
            return redirect("web:finance_recharge", number)
    own = row.claimed_by == actor.who
    context: dict[str, Any] = {
        **recharge_words(row), "files": recharge_files(row), "form": form, "own": own, "house": True,
        "decides": row.state == "appealed" and not own,
    }  # fmt: skip
    return finance_page(request, "merchant_recharge", context, actor=actor, place=PLACE, status=status)


@require_POST
@finance_door
def book(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The batch now, not only on the first of the month."""
    now = clock.now()
    done = once(request.POST.get("once") or new_key(), lambda: str(book_recharges(actor=actor, now=now)), actor=actor, now=now)
    messages.success(request, _("已入账 %(n)s 笔追收。") % {"n": done})
    return redirect("web:finance_recharges")
