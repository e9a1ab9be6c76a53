"""A shop's clocks: what is due, what was missed and can be appealed, and its month's scorecard."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.foundation.days import SHANGHAI
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.sla.access import breach_for, cards_of
from shouhou.sla.actions.appeals import appeal_breach
from shouhou.sla.models import Scorecard
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import console, shop_of
from shouhou.web.page import page
from shouhou.web.shared.cards import card_cells, card_columns, card_for, card_words, months
from shouhou.web.shared.clocks import (
    AppealForm,
    BoardAsked,
    BreachAsked,
    appeal_words,
    board,
    board_cells,
    board_columns,
    breach_cells,
    breach_columns,
    breach_list,
    breach_words,
    clock_tabs,
    proofs,
)
from shouhou.web.shared.export import ROWS_MAX, exported
from shouhou.web.shared.once import DONE, done, new_key
from shouhou.web.shared.shop_money import month_of

TAB = "merchant_clocks"


@staff_door
def clocks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The live board of the shop's own duties; asked again with the token of what is shown, 204 when nothing changed."""
    shop_of(actor)
    shown = request.GET.get("live")
    context = board(BoardAsked.of(request.GET), actor=actor, now=clock.now(), door="merchant_", shown=shown)
    if context is None:
        return HttpResponse(status=204)
    return _shown(request, actor, "clocks", context) if shown is None else page(request, "shared/clocks_live.html", context, actor=actor)


@staff_door
def clocks_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """clocks.csv or .xlsx, as filtered."""
    shop_of(actor)
    rows = board_cells(BoardAsked.of(request.GET), actor=actor, now=clock.now(), most=ROWS_MAX + 1)
    return exported("clocks", form, columns=board_columns(), rows=rows)


@staff_door
def breaches(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the shop answers for, the newest first."""
    shop_of(actor)
    return _shown(request, actor, "breaches", breach_list(BreachAsked.of(request.GET), actor=actor, now=clock.now(), house=False))


@staff_door
def breaches_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """breaches.csv or .xlsx, as filtered."""
    shop_of(actor)
    rows = breach_cells(BreachAsked.of(request.GET), actor=actor, now=clock.now())
    return exported("breaches", form, columns=breach_columns(), rows=rows)


@staff_door
def breach(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One of them; while it can be appealed, the form for it."""
    shop_of(actor)
    row, now = breach_for(actor, number), clock.now()
    form, status = AppealForm(initial={"once": new_key()}), 200
    if request.method == "POST":
        form = AppealForm(request.POST, request.FILES)

        def act() -> str:
            appeal_breach(number, form.cleaned_data["text"], tokens=proofs(form, actor=actor, now=now), actor=actor, now=now)
            return number

        status = done(form, act, actor=actor, now=now)
        if status == DONE:
            messages.success(request, _("申诉已提交，平台会在期限内答复。"))
            return redirect("web:merchant_breach", number)
    appeal, words = getattr(row, "appeal", None), breach_words(row, now=now)
    context: dict[str, Any] = {
        **words, "each": words, **appeal_words(appeal, actor=actor), "form": form, "house": False,
        "open": row.state == "standing" and appeal is None and now <= row.appeal_until,
    }  # fmt: skip
    return _shown(request, actor, "breach", context, status=status)


@staff_door
def scorecards(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The shop's months: the running one and those that are closed."""
    shop_of(actor)
    now = clock.now()
    newest: dict[date, Scorecard] = {}
    for card in cards_of(actor).order_by("-month", "-version")[:100]:
        newest.setdefault(card.month, card)
    context = {"running": months(now.astimezone(SHANGHAI))[0], "cards": list(newest.values())}
    return _shown(request, actor, "scorecards", context)


@staff_door
def scorecard(request: HttpRequest, actor: Actor, month: str) -> HttpResponse:
    """One month with formula and cohort beside each figure."""
    context = card_words(_shop(actor), month_of(month), actor=actor, version=_version(request))
    return _shown(request, actor, "scorecard", {**context, "house": False})


@staff_door
def scorecard_export(request: HttpRequest, actor: Actor, month: str, form: str) -> HttpResponseBase:
    """scorecard-2026-03.csv or .xlsx: a line for each figure."""
    shop, day = _shop(actor), month_of(month)
    card, figures = card_for(shop, day, actor=actor, version=_version(request))
    return exported(f"scorecard-{month}", form, columns=card_columns(), rows=card_cells(shop, day, card, figures))


def _shown(request: HttpRequest, actor: Actor, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    here = {"breach": "breaches", "scorecard": "scorecards"}.get(name, name)
    tabs = clock_tabs([("clocks", _("看板")), ("breaches", _("违约记录")), ("scorecards", _("各月评分卡"))], "merchant_", here)
    return console(request, actor, name, {**context, "clock_tabs": tabs}, tab=TAB, status=status)


def _shop(actor: Actor) -> Merchant:
    return Merchant.objects.get(pk=shop_of(actor))


def _version(request: HttpRequest) -> int | None:
    """A version named in the address. Raises Http404 for nonsense."""
    asked = request.GET.get("version", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 5):
        raise Http404("no such version")
    return int(asked) if asked else None
