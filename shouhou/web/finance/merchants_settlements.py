"""Settlements at finance's desk: what waits, what was paid, what failed, and every line of one."""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.ledger.kinds import RECIPES
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.settlements.actions import (
    is_contradicted,
    pay_offline,
    release_settlement,
    retry_payout,
    settle_contradicted_payout,
    withdraw_settlement,
)
from shouhou.settlements.models import Payout, SettledPosting, Settlement
from shouhou.settlements.refusals import SETTLEMENT_UNKNOWN
from shouhou.settlements.rules import PARTS
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.merchants_forms import ProofForm, ReallyPaidForm
from shouhou.web.merchant.money import SETTLEMENT_TONES
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.shop_money import things_of
from shouhou.web.staff.money import OUTCOMES, names_of

PAGE_SIZE, LINES_PAGE = 40, 100
PLACE = "finance_merchants"
STATES = {
    "": Text("进行中", "Open"), "prepared": Text("待复核", "To be released"), "paying": Text("付款中", "Being paid"),
    "failed": Text("付款失败", "Failed"), "paid": Text("已付款", "Paid"), "carried": Text("结转", "Carried over"),
    "all": Text("全部", "All"),
}  # fmt: skip
OPEN = ("prepared", "paying", "failed")
KINDS = {
    "payout": Text("请求付款", "asked to pay"), "query": Text("查询结果", "asked what became of it"),
    "offline": Text("线下付款", "paid by hand"), "confirmed": Text("核实实付", "confirmed what was paid"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SettlementFilters(Asked):
    """What the address of the list of settlements asks for."""

    q: str = ""
    state: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"state": STATES}

    def narrowed(self) -> QuerySet[Settlement]:
        rows = Settlement.objects.select_related("merchant").order_by("-id")
        if self.state != "all":
            rows = rows.filter(state__in=OPEN if not self.state else (self.state,))
        for word in self.q.split():
            rows = rows.filter(Q(number__icontains=word) | Q(merchant__code__icontains=word) | Q(merchant__name__icontains=word))
        return rows


@finance_door
def settlements(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is open unless asked otherwise; the newest first."""
    filters = SettlementFilters.of(request.GET)
    found = filters.narrowed()
    if filters.after:
        (last,) = decode_cursor(filters.after, int)
        found = found.filter(pk__lt=last)
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    context = {
        "filters": filters,
        "rows": [{"row": row, "state": half(dict(Settlement.STATES)[row.state]), "tone": SETTLEMENT_TONES[row.state]} for row in rows],
        "views": [
            {"label": said(label), "address": filters.address(state=state, after=""), "count": "", "here": filters.state == state}
            for state, label in STATES.items()
        ],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=encode_cursor(rows[-1].pk)) if more else "",
    }  # fmt: skip
    return finance_page(request, "merchant_settlements", context, actor=actor, place=PLACE)


@finance_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """settlements.csv or .xlsx, as filtered."""
    columns = [
        Column(_("结算单"), width=18), Column(_("商家"), width=22), Column(_("状态"), width=12), Column(_("截至"), "instant", 20),
        Column(_("上期结转"), "money", 14), *(Column(said(label), "money", 12) for label in PARTS.values()),
        Column(_("余额"), "money", 14), Column(_("付款"), "money", 14), Column(_("币种"), width=8),
    ]  # fmt: skip
    return exported("settlements", form, columns=columns, rows=_cells(SettlementFilters.of(request.GET).narrowed()))


@finance_door
def settlement(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One settlement: what it came to, its lines with their cases, the payment and every try at the bank."""
    return _page(request, actor, _found(number), form=ProofForm(initial={"once": new_key()}))


@require_POST
@finance_door
def deed(request: HttpRequest, actor: Actor, number: str, deed: str) -> HttpResponse:
    """Release, withdraw, retry or record as paid by hand; once."""
    now, row = clock.now(), _found(number)
    form: forms.Form = {"offline": ProofForm, "confirm": ReallyPaidForm}.get(deed, forms.Form)(request.POST)
    deeds: Mapping[str, Callable[[], None]] = {
        "release": lambda: release_settlement(number, actor=actor, now=now),
        "withdraw": lambda: withdraw_settlement(number, actor=actor, now=now),
        "retry": lambda: retry_payout(number, actor=actor, now=now),
        "confirm": lambda: _confirm(number, form, actor=actor, now=now),
        "offline": lambda: pay_offline(number, proof=form.cleaned_data["proof"], actor=actor, now=now),
    }
    if deed not in deeds:
        raise refused(SETTLEMENT_UNKNOWN, number=number)
    if not form.is_valid():
        return _page(request, actor, row, form=form, status=422)

    def act() -> str:
        deeds[deed]()
        return number

    try:
        once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    except Refused as no:
        shown = form if deed in ("offline", "confirm") else ProofForm(initial={"once": new_key()})
        return _page(request, actor, _found(number), form=shown, refusal=no.sentence(language()), status=no.status)
    messages.success(request, _("已处理。"))
    return redirect("web:finance_settlement", number)


def _confirm(number: str, form: forms.Form, *, actor: Actor, now: datetime) -> None:
    if isinstance(form, ReallyPaidForm):
        paid_minor = form.minor(_found(number).currency)
        settle_contradicted_payout(number, paid_minor=paid_minor, proof=form.cleaned_data["proof"], actor=actor, now=now)


def _page(
    request: HttpRequest, actor: Actor, row: Settlement, *, form: forms.Form, refusal: str = "", status: int = 200
) -> HttpResponse:
    after = request.GET.get("after", "")
    lines = SettledPosting.objects.filter(settlement=row).select_related("posting__transfer").order_by("posting_id")
    if after.isascii() and after.isdigit() and len(after) < 18:
        lines = lines.filter(posting_id__gt=int(after))
    found = list(lines[: LINES_PAGE + 1])
    more, found = len(found) > LINES_PAGE, found[:LINES_PAGE]
    payout = Payout.objects.filter(settlement=row).first()
    cases, orders = things_of(each.posting.transfer.subject for each in found)
    really = form if isinstance(form, ReallyPaidForm) else ReallyPaidForm(initial={"once": new_key()})
    names = names_of({row.prepared_by, row.released_by} - {""})
    context: dict[str, Any] = {
        "row": row, "state": half(dict(Settlement.STATES)[row.state]), "tone": SETTLEMENT_TONES[row.state],
        "form": form if isinstance(form, ProofForm) else ProofForm(initial={"once": new_key()}), "refusal": refusal,
        "really": really if payout is not None and is_contradicted(payout) else None,
        "by": names.get(row.prepared_by, row.prepared_by), "second": names.get(row.released_by, row.released_by), "once": new_key(),
        "own": row.prepared_by == actor.who, "payout": payout, "bank_state": half(dict(Payout.STATES)[payout.state]) if payout else "",
        "parts": [(said(PARTS[part]), amount) for part, amount in row.parts.items() if part in PARTS],
        "account": f"···{payout.payee_account[-4:]}" if payout and payout.payee_account else "",
        "by_hand": (
            payout is not None and row.state in ("paying", "failed") and (payout.channel == "offline" or payout.state == "refused")
        ),
        "tries": [
            {"row": each, "kind": said(KINDS[each.kind]) if each.kind in KINDS else each.kind,
             "outcome": said(OUTCOMES[each.outcome]) if each.outcome in OUTCOMES else each.outcome}
            for each in (payout.attempts.order_by("id") if payout else ())
        ],
        "lines": [
            {"posting": each.posting, "part": said(PARTS[each.category]), "amount": each.amount_minor,
             "subject": each.posting.transfer.subject, "case": each.posting.transfer.subject in cases,
             "order": each.posting.transfer.subject in orders, "recipe": said(RECIPES[each.posting.transfer.recipe].label)}
            for each in found
        ],
        "next": f"?after={found[-1].posting_id}" if more else "", "first": "?" if after else "",
    }  # fmt: skip
    return finance_page(request, "merchant_settlement", context, actor=actor, place=PLACE, status=status)


def _found(number: str) -> Settlement:
    row = Settlement.objects.select_related("merchant").filter(number=number).first()
    if row is None:
        raise refused(SETTLEMENT_UNKNOWN, number=number)
    return row


def _cells(rows: QuerySet[Settlement]) -> Iterator[list[Cell]]:
    for row in rows.iterator(chunk_size=500):
        amounts = (row.carried_in_minor, *(row.parts.get(part, 0) for part in PARTS), row.balance_minor, row.payout_minor)
        yield [
            row.number, row.merchant.name, half(dict(Settlement.STATES)[row.state]), row.upto_at,
            *(Money(minor, row.currency).decimal for minor in amounts), row.currency,
        ]  # fmt: skip
