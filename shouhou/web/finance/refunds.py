"""The refunds of the house: any selection as a list and as a file, and what can be done about several at once."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.models import Case
from shouhou.foundation.ids import is_case_number
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused
from shouhou.payments.actions import make_batch
from shouhou.payments.models import Refund
from shouhou.payments.refund_list import counted, every_refund, refund_page
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.filters import RefundFilters, cause_words, choices, state_words, troubled, views_of
from shouhou.web.labels import TENDERS, label
from shouhou.web.page import language
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.money import TONES, names_of

PAGE_SIZE = 50
CHOSEN_MOST = 100


@finance_door
def refunds(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits from the oldest on, what is over from the newest back; fifty a page."""
    return _page(request, actor, RefundFilters.of(request.GET))


@finance_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same selection as a file, names masked."""
    filters = RefundFilters.of(request.GET)
    columns = [
        Column(_("退款编号"), width=18), Column(_("售后单号"), width=18), Column(_("订单号"), width=20), Column(_("状态"), width=18),
        Column(_("为什么退"), width=16), Column(_("商家"), width=22), Column(_("消费者"), width=12), Column(_("支付方式"), width=24),
        Column(_("渠道"), width=16), Column(_("第一人"), width=14), Column(_("第二人"), width=14), Column(_("发起"), "instant", 20),
        Column(_("预计"), "instant", 20), Column(_("到账"), "instant", 20), Column(_("金额"), "money", 14), Column(_("币种"), width=8),
    ]  # fmt: skip
    rows = every_refund(filters.narrowed(clock.now()), oldest_first=filters.oldest_first)
    return exported("refunds", form, columns=columns, rows=_cells(rows))


@require_POST
@finance_door
def chosen(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What was ticked: on to the moves of their cases (each answered for itself), or together into a batch for the bank."""
    numbers = list(dict.fromkeys(number[:20] for number in request.POST.getlist("number")))[:CHOSEN_MOST]
    filters = RefundFilters.of(dict(parse_qsl(request.POST.get("back", "")[:1000])))
    if request.POST.get("act") == "batch":
        now = clock.now()

        def act() -> str:
            return make_batch(numbers, key=f"page:{request.POST.get('once', '')[:80]}", actor=actor, now=now).number

        try:
            batch = once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
        except Refused as no:
            return _page(request, actor, filters, problem=no.sentence(language()), picked=numbers, status=no.status)
        return redirect("web:finance_batch", batch)
    subjects = Refund.objects.filter(number__in=numbers).values_list("subject", flat=True)
    cases = [subject for subject in dict.fromkeys(subjects) if is_case_number(subject)]
    if not cases:
        return _page(request, actor, filters, problem=_("请先勾选退款。"), picked=numbers, status=422)
    return redirect(f"{reverse('web:staff_bulk')}?{urlencode([('number', case) for case in cases])}")


def _page(
    request: HttpRequest, actor: Actor, filters: RefundFilters, *, problem: str = "", picked: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = clock.now()
    narrowed = filters.narrowed(now)
    found, following = refund_page(narrowed, oldest_first=filters.oldest_first, limit=PAGE_SIZE, cursor=filters.after or None)
    names = names_of({who for row in found for who in (row.instructed_by, row.approved_by) if who})
    cases = {each.number: each for each in Case.objects.filter(number__in=[row.subject for row in found])}
    count, sums = counted(narrowed)
    context: dict[str, Any] = {
        "filters": filters, "choices": choices(), "views": views_of(filters), "count": count, "sums": sums, "problem": problem,
        "rows": [_row(row, cases.get(row.subject), names, picked or []) for row in found], "once": new_key(),
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=following) if following else "",
    }  # fmt: skip
    return finance_page(request, "refunds", context, actor=actor, place="finance_refunds", status=status)


def _row(refund: Refund, case: Case | None, names: dict[str, str], picked: list[str]) -> dict[str, Any]:
    return {
        "refund": refund, "state": state_words(refund), "tone": TONES.get(refund.state, "wait"), "cause": cause_words(refund.reason),
        "case": case, "by": names.get(refund.instructed_by, refund.instructed_by), "buyer": mask_name(refund.buyer.name),
        "second": names.get(refund.approved_by, refund.approved_by), "picked": refund.number in picked, "troubled": troubled(refund),
        "parts": [
            {"label": label(TENDERS, part.tender), "channel": part.channel, "amount_minor": part.amount_minor}
            for part in sorted(refund.parts.all(), key=lambda part: part.pk)
        ],
    }  # fmt: skip


def _cells(rows: Iterator[Refund]) -> Iterator[list[Cell]]:
    names: dict[str, str] = {"": ""}
    for row in rows:
        names |= names_of({row.instructed_by, row.approved_by} - names.keys())
        parts = sorted(row.parts.all(), key=lambda part: part.pk)
        yield [
            row.number, row.subject, row.order.number, state_words(row), cause_words(row.reason), row.merchant.name,
            mask_name(row.buyer.name), " + ".join(label(TENDERS, part.tender) for part in parts),
            " + ".join(dict.fromkeys(part.channel for part in parts)), names.get(row.instructed_by, row.instructed_by),
            names.get(row.approved_by, row.approved_by), row.instructed_at, row.expected_at, row.settled_at,
            Money(row.amount_minor, row.currency).decimal, row.currency,
        ]  # fmt: skip
