"""Merchants' money at finance's desk: every shop with what is owed and secured, and one shop with all that can be done."""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.plumbing.uploads import take_upload
from shouhou.settlements.actions import (
    approve_movement,
    claim_loss,
    keep_account,
    pay_in,
    pay_out,
    prepare_settlement,
    refuse_movement,
)
from shouhou.settlements.models import DepositMovement, Recharge, Settlement
from shouhou.settlements.queries import account_of, currencies, months_of, proof_of, shop_money
from shouhou.settlements.queries.money import security_of
from shouhou.settlements.refusals import MERCHANT_UNKNOWN
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.merchants_forms import AccountForm, LossForm, MovementForm
from shouhou.web.merchant.money import SETTLEMENT_TONES
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.moves import FILES_MAX
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.shop_money import (
    currency_of,
    month_of,
    other_moneys,
    statement_cells,
    statement_columns,
    statement_page,
    statement_paper,
)
from shouhou.web.staff.money import names_of

PAGE_SIZE, SHOWN_MOST = 40, 20
PLACE = "finance_merchants"
# Forms with fields tell a refusal themselves; a mere button cannot.
FILLED = ("account_form", "movement_form", "loss_form")
SHOWN = {
    "": Text("全部", "All"), "third": Text("第三方", "Third-party"), "low": Text("保证金不足", "Deposit low"),
    "sales": Text("货款在此结算", "Sales settled here"), "waits": Text("有待复核", "Waiting for a second person"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShopFilters(Asked):
    """What the address of the list of shops asks for."""

    q: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}

    def narrowed(self) -> QuerySet[Merchant]:
        rows = Merchant.objects.order_by("pk")
        for word in self.q.split():
            rows = rows.filter(Q(code__icontains=word) | Q(name__icontains=word))
        if self.shown == "third":
            return rows.filter(channel="third")
        if self.shown == "low":
            return rows.filter(money__low_since__isnull=False)
        if self.shown == "sales":
            return rows.filter(money__sales_since__isnull=False)
        if self.shown == "waits":
            moves = DepositMovement.objects.filter(state="awaiting_second").values("merchant")
            return rows.filter(Q(pk__in=moves) | Q(pk__in=Settlement.objects.filter(state="prepared").values("merchant")))
        return rows


@finance_door
def merchants(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every shop, forty a page."""
    filters, now = ShopFilters.of(request.GET), clock.now()
    found = filters.narrowed()
    if filters.after:
        (last,) = decode_cursor(filters.after, int)
        found = found.filter(pk__gt=last)
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    moneys = [(row, shop_money(row.pk)) for row in rows]
    context = {
        "filters": filters, "rows": [{"shop": row, "money": money, "security": security_of(row, money, now=now)} for row, money in moneys],
        "views": [
            {"label": said(label), "address": filters.address(shown=shown, after=""), "count": "", "here": filters.shown == shown}
            for shown, label in SHOWN.items()
        ],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=encode_cursor(rows[-1].pk)) if more else "",
        "appeals": Recharge.objects.filter(state="appealed").count(), "prepared": Settlement.objects.filter(state="prepared").count(),
        "failed": Settlement.objects.filter(state="failed").count(),
    }  # fmt: skip
    return finance_page(request, "merchants", context, actor=actor, place=PLACE)


@finance_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """merchants.csv or .xlsx, as filtered."""
    columns = [
        Column(_("编码"), width=14), Column(_("商家"), width=24), Column(_("渠道"), width=10), Column(_("余额"), "money", 14),
        Column(_("在途"), "money", 14), Column(_("保证金"), "money", 14), Column(_("须缴保证金"), "money", 14),
        Column(_("争议冻结"), "money", 14), Column(_("币种"), width=8),
    ]  # fmt: skip
    return exported("merchants", form, columns=columns, rows=_cells(ShopFilters.of(request.GET).narrowed()))


@finance_door
def merchant(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One shop: balances, settings, entries, settlements, claims, months."""
    return _shop_page(request, actor, _shop(code))


@require_POST
@finance_door
def account(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    form, now = AccountForm(request.POST), clock.now()

    def act() -> str:
        keep_account(code, form.facts(), actor=actor, now=now)
        return code

    return _done(request, actor, code, form, "account_form", act, _("商家的结算设置已保存。"))


@require_POST
@finance_door
def move(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """A deposit in or out, or owed money paid in."""
    form, now = MovementForm(request.POST), clock.now()

    def act() -> str:
        what, given = form.cleaned_data["what"], {"amount_minor": form.minor(), "proof": form.cleaned_data["proof"]}
        if what in ("out", "leave"):
            return pay_out(code, **given, leaving=what == "leave", actor=actor, now=now).number
        return pay_in(code, **given, owed=what == "due", actor=actor, now=now).number

    return _done(request, actor, code, form, "movement_form", act, _("已登记。金额较大或退还的，须另一位同事复核。"))


@require_POST
@finance_door
def loss(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    form, now = LossForm(request.POST, request.FILES), clock.now()

    def act() -> str:
        given = form.cleaned_data
        tokens = [take_upload(file, name=file.name or "", actor=actor, now=now).token for file in given["proofs"][:FILES_MAX]]
        return claim_loss(
            code, amount_minor=form.minor(), reason=given["reason"], subject=given["case"].strip(), tokens=tokens, actor=actor, now=now
        ).number

    return _done(request, actor, code, form, "loss_form", act, _("已通知商家，申诉期内不入账。"))


@require_POST
@finance_door
def movement(request: HttpRequest, actor: Actor, code: str, number: str, deed: str) -> HttpResponse:
    """The second person books an entry or sends it back."""
    now, form = clock.now(), forms.Form(request.POST)
    if deed not in ("approve", "refuse"):
        raise refused(MERCHANT_UNKNOWN, code=code)

    def act() -> str:
        (approve_movement if deed == "approve" else refuse_movement)(number, actor=actor, now=now)
        return number

    return _done(request, actor, code, form, "second_form", act, _("已处理。"))


@require_POST
@finance_door
def settle(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Prepare the shop's settlement up to now, in one currency."""
    now, form, currency = clock.now(), forms.Form(request.POST), currency_of(_shop(code), request.POST)
    return _done(
        request, actor, code, form, "settle_form", lambda: prepare_settlement(code, currency=currency, actor=actor, now=now).number,
        _("结算单已编制，须另一位同事复核。"), onward="web:finance_settlement",
    )  # fmt: skip


@finance_door
def month(request: HttpRequest, actor: Actor, code: str, month: str) -> HttpResponse:
    """The shop's statement of a month."""
    found = statement_page(_shop(code), month_of(month), request.GET)
    files = {
        "csv": reverse("web:finance_statement_export", args=[code, month, "csv"]),
        "xlsx": reverse("web:finance_statement_export", args=[code, month, "xlsx"]),
        "pdf": reverse("web:finance_statement_paper", args=[code, month]),
    }  # fmt: skip
    context = {**found, "files": files, "case_page": "web:staff_case", "order_page": "web:staff_order", "house": True}
    return finance_page(request, "merchant_statement", context, actor=actor, place=PLACE)


@finance_door
def month_export(request: HttpRequest, actor: Actor, code: str, month: str, form: str) -> HttpResponseBase:
    shop = _shop(code)
    cells = statement_cells(shop, month_of(month), request.GET.get("part", ""), currency=currency_of(shop, request.GET))
    return exported(f"statement-{month}", form, columns=statement_columns(), rows=cells)


@finance_door
def month_paper(request: HttpRequest, actor: Actor, code: str, month: str) -> HttpResponse:
    shop = _shop(code)
    made = statement_paper(shop, month_of(month), now=clock.now(), currency=currency_of(shop, request.GET))
    return HttpResponse(made, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="statement-{month}.pdf"'})


def _done(
    request: HttpRequest, actor: Actor, code: str, form: forms.Form, name: str, act: Callable[[], str], told: str, *, onward: str = "",
) -> HttpResponse:  # fmt: skip
    """Do it once; what is wrong or refused is told where it was filled in."""
    shop, status, refusal = _shop(code), 422, ""
    if form.is_valid():
        try:
            answer = once(request.POST.get("once") or new_key(), act, actor=actor, now=clock.now())
        except Refused as no:
            if no.refusal.kind == "not_found":
                raise
            status, refusal = no.status, no.sentence(language())
            if name in FILLED:
                form.add_error(None, refusal)
                refusal = ""
        else:
            messages.success(request, told)
            return redirect(onward, answer) if onward else redirect("web:finance_merchant", code)
    return _shop_page(request, actor, shop, forms={name: form}, refusal=refusal, status=status)


def _shop_page(
    request: HttpRequest, actor: Actor, shop: Merchant, *, forms: Mapping[str, Any] | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    now, money, held = clock.now(), shop_money(shop.pk), account_of(shop.pk)
    movements = list(DepositMovement.objects.filter(merchant=shop).order_by("-id")[:SHOWN_MOST])
    names = names_of({who for row in movements for who in (row.by, row.second_by) if who})
    claims = Recharge.objects.filter(merchant=shop, currency=money.currency, state__in=("announced", "appealed", "upheld"))
    settlements = Settlement.objects.filter(merchant=shop).order_by("-id")[:SHOWN_MOST]
    key = new_key()
    context: dict[str, Any] = {
        "shop": shop, "money": money, "security": security_of(shop, money, now=now), "account": held, "once": key, "refusal": refusal,
        "claims": sum(row.amount_minor for row in claims), "claim_count": claims.count(), "others": other_moneys(shop),
        "proven": not any(proof_of(shop.pk, currency=each) for each in currencies(shop.pk)),
        "claims_link": f"{reverse('web:finance_recharges')}?q={shop.code}", "months": months_of(shop.pk, now=now),
        "account_form": AccountForm(initial={**AccountForm.start(held), "once": key}), "movement_form": MovementForm(initial={"once": key}),
        "loss_form": LossForm(initial={"once": key}), "settlement_page": "web:finance_settlement",
        "settlements": [
            {"row": row, "state": half(dict(Settlement.STATES)[row.state]), "tone": SETTLEMENT_TONES[row.state]} for row in settlements
        ],
        "movements": [
            {"row": row, "direction": half(dict(DepositMovement.DIRECTIONS)[row.direction]),
             "state": half(dict(DepositMovement.STATES)[row.state]), "by": names.get(row.by, row.by),
             "second": names.get(row.second_by, row.second_by), "own": row.by == actor.who, "waits": row.state == "awaiting_second"}
            for row in movements
        ],
        **(forms or {}),
    }  # fmt: skip
    return finance_page(request, "merchant", context, actor=actor, place=PLACE, status=status)


def _shop(code: str) -> Merchant:
    found = Merchant.objects.filter(code=code).first()
    if found is None:
        raise refused(MERCHANT_UNKNOWN, code=code)
    return found


def _cells(rows: QuerySet[Merchant]) -> Iterator[list[Cell]]:
    now = clock.now()
    for row in rows.iterator(chunk_size=200):
        money = shop_money(row.pk)
        security = security_of(row, money, now=now)
        amounts = (money.balance_minor, money.reserved_minor, money.deposit_minor, security.required_minor, money.held_minor)
        yield [
            row.code, row.name, half(dict(Merchant.CHANNELS)[row.channel]),
            *(Money(minor, money.currency).decimal for minor in amounts), money.currency,
        ]  # fmt: skip
