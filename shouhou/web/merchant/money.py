"""The shop's money at a glance, its statements of every month as page, table and paper."""

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.settlements.models import DepositMovement, Recharge, Settlement
from shouhou.settlements.queries import account_of, months_of, shop_money
from shouhou.settlements.queries.money import security_of
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import console, shop_of
from shouhou.web.shared.export import exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.shop_money import (
    currency_of,
    month_of,
    other_moneys,
    statement_cells,
    statement_columns,
    statement_page,
    statement_paper,
)

SHOWN_MOST = 12
SETTLEMENT_TONES = {"paid": "good", "failed": "bad", "paying": "wait", "prepared": "turn", "carried": "plain", "withdrawn": "plain"}


@staff_door
def money(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is owed, what is secured, what is held, what is claimed; the last settlements and the months."""
    shop, now = Merchant.objects.get(pk=shop_of(actor)), clock.now()
    balances = shop_money(shop.pk)
    claims = Recharge.objects.filter(merchant=shop, currency=balances.currency, state__in=("announced", "appealed", "upheld"))
    settlements = Settlement.objects.filter(merchant=shop).exclude(state="withdrawn").select_related("payout").order_by("-id")
    context = {
        "shop": shop, "money": balances, "others": other_moneys(shop),
        "security": security_of(shop, balances, now=now), "account": account_of(shop.pk),
        "claims": claims.aggregate(sum=Sum("amount_minor"))["sum"] or 0, "claim_count": claims.count(),
        "appealable": claims.filter(state="announced", appeal_until__gte=now).count(), "months": months_of(shop.pk, now=now),
        "settlements": [
            {"row": row, "state": half(dict(Settlement.STATES)[row.state]), "tone": SETTLEMENT_TONES[row.state]}
            for row in settlements[:SHOWN_MOST]
        ],
        "movements": [
            {"row": row, "direction": half(dict(DepositMovement.DIRECTIONS)[row.direction])}
            for row in DepositMovement.objects.filter(merchant=shop, state="booked").order_by("-id")[:SHOWN_MOST]
        ],
    }  # fmt: skip
    return console(request, actor, "money", context, tab="merchant_money")


@staff_door
def month(request: HttpRequest, actor: Actor, month: str) -> HttpResponse:
    """The statement of a month with its lines, a page at a time."""
    shop = Merchant.objects.get(pk=shop_of(actor))
    found = statement_page(shop, month_of(month), request.GET)
    files = {
        "csv": reverse("web:merchant_statement_export", args=[month, "csv"]),
        "xlsx": reverse("web:merchant_statement_export", args=[month, "xlsx"]),
        "pdf": reverse("web:merchant_statement_paper", args=[month]),
    }  # fmt: skip
    context = {**found, "files": files, "case_page": "web:staff_case", "order_page": "web:merchant_order"}
    return console(request, actor, "statement", context, tab="merchant_money")


@staff_door
def export(request: HttpRequest, actor: Actor, month: str, form: str) -> HttpResponseBase:
    """statement-2026-03.csv or .xlsx, every line."""
    shop = Merchant.objects.get(pk=shop_of(actor))
    cells = statement_cells(shop, month_of(month), request.GET.get("part", ""), currency=currency_of(shop, request.GET))
    return exported(f"statement-{month}", form, columns=statement_columns(), rows=cells)


@staff_door
def paper(request: HttpRequest, actor: Actor, month: str) -> HttpResponse:
    """The statement as a PDF."""
    shop = Merchant.objects.get(pk=shop_of(actor))
    made = statement_paper(shop, month_of(month), now=clock.now(), currency=currency_of(shop, request.GET))
    named = {"Content-Disposition": f'inline; filename="statement-{month}.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=named)
