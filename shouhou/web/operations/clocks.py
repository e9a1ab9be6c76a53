"""All clocks of the house and its shops: the live board, breaches and their appeals, scorecards, the penalty table."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.days import SHANGHAI, local_day
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.sla.access import breach_for, cards_of
from shouhou.sla.actions.appeals import decide_appeal
from shouhou.sla.actions.cards import last_month
from shouhou.sla.actions.table import add_sanction, end_sanction
from shouhou.sla.models import Sanction, Scorecard
from shouhou.sla.rules.kinds import KINDS
from shouhou.sla.rules.people import JUDGES, KEEPERS
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language, page, said
from shouhou.web.shared.cards import card_cells, card_columns, card_for, card_words, list_row, months
from shouhou.web.shared.clocks import (
    BoardAsked,
    BreachAsked,
    VerdictForm,
    appeal_words,
    board,
    board_cells,
    board_columns,
    breach_cells,
    breach_columns,
    breach_list,
    breach_words,
    clock_tabs,
    kind_words,
)
from shouhou.web.shared.export import ROWS_MAX, exported
from shouhou.web.shared.once import DONE, done, new_key, once
from shouhou.web.shared.shop_money import month_of

PLACE, LISTED_MOST = "ops_clocks", 500


class SanctionForm(forms.Form):
    """One row of the penalty table."""

    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("时限"))
    since = forms.DateField(label=gettext_lazy("生效日期"), widget=forms.DateInput(attrs={"type": "date"}))
    points = forms.IntegerField(label=gettext_lazy("积分"), min_value=0, max_value=1000, required=False)
    amount = forms.DecimalField(
        label=gettext_lazy("金额（元）"), min_value=0, max_value=Decimal(1000000), decimal_places=2, required=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )  # fmt: skip
    clause = forms.CharField(label=gettext_lazy("依据"), max_length=120, help_text=gettext_lazy("合同或规则的条款。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, said(kind.label)) for code, kind in KINDS.items()]  # type: ignore[attr-defined]


@operations_door
def clocks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The live board by shop, by team and by kind of clock; asked again with the token of what is shown, 204 when nothing changed."""
    shown = request.GET.get("live")
    context = board(BoardAsked.of(request.GET), actor=actor, now=clock.now(), door="ops_", shown=shown)
    if context is None:
        return HttpResponse(status=204)
    if shown is not None:
        return page(request, "shared/clocks_live.html", context, actor=actor)
    return clocks_page(request, "clocks", context, actor=actor, tab="ops_clocks")


@operations_door
def clocks_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """clocks.csv or .xlsx, as filtered."""
    rows = board_cells(BoardAsked.of(request.GET), actor=actor, now=clock.now(), most=ROWS_MAX + 1)
    return exported("clocks", form, columns=board_columns(), rows=rows)


@operations_door
def breaches(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All breaches, the newest first."""
    context = breach_list(BreachAsked.of(request.GET), actor=actor, now=clock.now(), house=True)
    return clocks_page(request, "breaches", context, actor=actor, tab="ops_breaches")


@operations_door
def breaches_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """breaches.csv or .xlsx, as filtered."""
    rows = breach_cells(BreachAsked.of(request.GET), actor=actor, now=clock.now())
    return exported("breaches", form, columns=breach_columns(), rows=rows)


@operations_door
def breach(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One of them with the appeal; whoever may decides it here."""
    row, now = breach_for(actor, number), clock.now()
    form, status = VerdictForm(initial={"once": new_key()}), 200
    if request.method == "POST":
        form = VerdictForm(request.POST)

        def act() -> str:
            given = form.cleaned_data
            decide_appeal(number, grant=given["verdict"] == "granted", reasons=given["reasons"], actor=actor, now=now)
            return number

        status = done(form, act, actor=actor, now=now)
        if status == DONE:
            messages.success(request, _("裁决已告知商家。"))
            return redirect("web:ops_breach", number)
    appeal, words = getattr(row, "appeal", None), breach_words(row, now=now)
    context = {
        **words, "each": words, **appeal_words(appeal, actor=actor), "form": form, "house": True,
        "decides": appeal is not None and not appeal.verdict and actor.role in JUDGES,
    }  # fmt: skip
    return clocks_page(request, "breach", context, actor=actor, tab="ops_breaches", status=status)


@operations_door
def scorecards(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every shop's card of a closed month; the running month is looked at shop by shop."""
    now = clock.now()
    asked = request.GET.get("month", "")
    month = month_of(asked) if asked else last_month(now)
    rows = [list_row(card.merchant, card, card.figures) for card in _newest(actor, month)]
    context = {
        "month": f"{month:%Y-%m}", "months": months(now.astimezone(SHANGHAI)), "rows": rows,
        "shops": Merchant.objects.filter(active=True).order_by("code")[:LISTED_MOST], "export": f"?month={month:%Y-%m}",
    }  # fmt: skip
    return clocks_page(request, "scorecards", context, actor=actor, tab="ops_scorecards")


@operations_door
def scorecards_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """scorecards-2026-03.csv or .xlsx: every figure of every shop's closed card."""
    asked = request.GET.get("month", "")
    month = month_of(asked) if asked else last_month(clock.now())
    rows = (cells for card in _newest(actor, month) for cells in card_cells(card.merchant, month, card, card.figures))
    return exported(f"scorecards-{month:%Y-%m}", form, columns=card_columns(), rows=rows)


@operations_door
def scorecard(request: HttpRequest, actor: Actor, code: str, month: str) -> HttpResponse:
    """One shop's month."""
    shop = Merchant.objects.filter(code=code).first()
    if shop is None:
        raise Http404("no such shop")
    version = request.GET.get("version", "")
    context = card_words(shop, month_of(month), actor=actor, version=int(version) if version.isascii() and version.isdigit() else None)
    return clocks_page(request, "scorecard", {**context, "house": True}, actor=actor, tab="ops_scorecards")


@operations_door
def scorecard_export(request: HttpRequest, actor: Actor, code: str, month: str, form: str) -> HttpResponseBase:
    """One shop's month as a file."""
    shop = Merchant.objects.filter(code=code).first()
    if shop is None:
        raise Http404("no such shop")
    day = month_of(month)
    card, figures = card_for(shop, day, actor=actor)
    return exported(f"scorecard-{code}-{month}", form, columns=card_columns(), rows=card_cells(shop, day, card, figures))


@operations_door
def penalties(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The penalty table, which ships empty; operations write it."""
    now, form, status = clock.now(), SanctionForm(initial={"once": new_key()}), 200
    if request.method == "POST":
        form, status = SanctionForm(request.POST), 422
        if form.is_valid():
            given = form.cleaned_data

            def act() -> str:
                return str(add_sanction(
                    given["kind"], since=given["since"], points=given["points"] or 0,
                    amount_minor=Money.of(given["amount"] or Decimal(0)).minor, clause=given["clause"], actor=actor, now=now,
                ))  # fmt: skip

            try:
                once(given["once"], act, actor=actor, now=now)
            except Refused as no:
                form.add_error(None, no.sentence(language()))
                status = no.status
            else:
                messages.success(request, _("处罚规则已登记，从生效日期起适用于新的违约。"))
                return redirect("web:ops_penalties")
    rows = [
        {"row": row, "kind": kind_words(row.kind), "amount": Money(row.amount_minor).decimal, "once": new_key()}
        for row in Sanction.objects.order_by("kind", "-since")[:LISTED_MOST]
    ]
    return clocks_page(
        request, "penalties", {"rows": rows, "form": form, "keeps": actor.role in KEEPERS}, actor=actor, tab="ops_penalties", status=status
    )


@require_POST
@operations_door
def penalty_end(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """The row holds no more from today on."""
    now = clock.now()

    def act() -> str:
        end_sanction(key, until=local_day(now), actor=actor, now=now)
        return "done"

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    messages.success(request, _("处罚规则已停用；已有的违约不变。"))
    return redirect("web:ops_penalties")


def _newest(actor: Actor, month: Any) -> list[Scorecard]:
    """The newest version of each shop's card."""
    found: dict[int, Scorecard] = {}
    for card in cards_of(actor).filter(month=month).order_by("merchant__code", "-version"):
        found.setdefault(card.merchant.pk, card)
    return list(found.values())


def clocks_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, actor: Actor, tab: str, status: int = 200
) -> HttpResponse:  # fmt: skip
    names = [
        ("clocks", _("看板")), ("breaches", _("违约记录")), ("scorecards", _("各月评分卡")), ("penalties", _("处罚表")),
        ("shop_suspensions", _("停用商家")),
    ]  # fmt: skip
    tabs = clock_tabs(names, "ops_", tab.removeprefix("ops_"))
    return operations_page(request, template, {**context, "clock_tabs": tabs}, actor=actor, place=PLACE, status=status)
