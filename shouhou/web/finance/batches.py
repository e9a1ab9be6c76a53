"""Batches for the bank: what stands in one, who let it go, the file for the bank and the bank's file back."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.payments.actions import cancel_batch, release_batch, take_line
from shouhou.payments.models import BatchRow, RefundBatch
from shouhou.payments.refund_list import batch_progress
from shouhou.payments.refusals import ANSWER_UNREADABLE, BATCH_NOT_FOUND, BATCH_NOT_RELEASED
from shouhou.payments.rules.bank import ASKED, BYTES_MOST, BankLine, Unreadable, read_answer
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.finance.door import ACTS, finance_door, finance_page
from shouhou.web.finance.forms import AnswerForm
from shouhou.web.labels import label
from shouhou.web.page import language
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.money import names_of

PAGE_SIZE = 50
TONES = {"drafted": "turn", "released": "wait", "done": "good", "cancelled": "plain", "paid": "good", "failed": "bad", "dropped": "plain"}
BECAME = {
    "paid": Text("已记为付讫", "paid"), "failed": Text("未付成，可另行付款", "not paid; it can be paid another way"),
    "before": Text("此前已处理", "had been told before"), "unknown": Text("批次里没有这一行", "the batch has no such row"),
    "differs": Text("与批次不符，须人工核对", "differs from the batch: a person must look"),
}  # fmt: skip
GOOD = frozenset({"paid", "before"})


@finance_door
def batches(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Newest first, by state."""
    state, after = request.GET.get("state", ""), request.GET.get("after", "")[:400]
    states, found = dict(RefundBatch.STATES), _of_state(state)
    if after:
        found = found.filter(pk__lt=decode_cursor(after, int)[0])
    rows = list(found[: PAGE_SIZE + 1])
    names = names_of({who for row in rows for who in (row.made_by, row.released_by) if who})
    views = [{"label": _("全部"), "address": "?", "here": state not in states}]
    views += [{"label": half(words).capitalize(), "address": f"?state={code}", "here": code == state} for code, words in states.items()]
    kept = f"state={state}&" if state in states else ""
    context = {
        "views": views, "rows": [_summary(row, names) for row in rows[:PAGE_SIZE]], "first": f"?{kept}" if after else "",
        "next": f"?{kept}after={encode_cursor(rows[PAGE_SIZE - 1].pk)}" if len(rows) > PAGE_SIZE else "",
        "export": f"?{kept}".removesuffix("&").removesuffix("?"),
    }  # fmt: skip
    return finance_page(request, "batches", context, actor=actor, place="finance_batches")


@finance_door
def batches_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same list, whole."""
    columns = [
        Column(_("批次"), width=16), Column(_("状态")), Column(_("笔数"), "number"), Column(_("金额"), "money", 14), Column(_("币种")),
        Column(_("第一人")), Column(_("提交时间"), "instant", 20), Column(_("第二人")), Column(_("放行时间"), "instant", 20),
    ]  # fmt: skip
    return exported("refund-batches", form, columns=columns, rows=_exported(_of_state(request.GET.get("state", ""))))


@finance_door
def batch(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The frozen list and what can be done now."""
    return _page(request, actor, _found(number))


@require_POST
@finance_door
def act(request: HttpRequest, actor: Actor, number: str, deed: str) -> HttpResponse:
    """release (the second person), cancel, answer (the bank's file, line by line, each for itself)."""
    found, now = _found(number), clock.now()
    if deed == "answer":
        return _answer(request, actor, found)
    deeds = {"release": release_batch, "cancel": cancel_batch}
    if deed not in deeds:
        raise refused(BATCH_NOT_FOUND, number=number[:20])

    def do() -> str:
        return deeds[deed](found.number, actor=actor, now=now).number

    try:
        once(f"{request.POST.get('once') or new_key()}:{deed}", do, actor=actor, now=now)
    except Refused as no:
        return _page(request, actor, found, problem=no.sentence(language()), status=no.status)
    messages.success(request, _("批次已放行，可以下载付款文件。") if deed == "release" else _("批次已取消。"))
    return redirect("web:finance_batch", found.number)


@finance_door
def bank_file(request: HttpRequest, actor: Actor, number: str, form: str) -> HttpResponseBase:
    """What the bank is asked to pay, whole accounts; only of a released batch, and not for those who only look."""
    found = _found(number)
    if actor.role not in ACTS or found.state not in ("released", "done"):
        raise refused(BATCH_NOT_RELEASED, number=found.number, state=found.state)
    columns = [Column(name, "money" if name == "amount" else "number" if name == "place" else "text", 20) for name in ASKED]
    return exported(found.number, form, columns=columns, rows=_asked(found))


def _answer(request: HttpRequest, actor: Actor, found: RefundBatch) -> HttpResponse:
    """Every line is its own transaction and done once, whatever file it comes in and however often."""
    form, now = AnswerForm(request.POST, request.FILES), clock.now()
    if not form.is_valid():
        return _page(request, actor, found, form=form, status=422)
    try:
        lines = read_answer(form.cleaned_data["file"].read(BYTES_MOST + 1))
        became = [(line, take_line(found.number, line, actor=actor, now=now)) for line in lines]
    except Unreadable as error:
        sentence = refused(ANSWER_UNREADABLE, reason=str(error)).sentence(language())
        return _page(request, actor, found, problem=sentence, status=422)
    except Refused as no:
        return _page(request, actor, found, problem=no.sentence(language()), status=no.status)
    return _page(request, actor, _found(found.number), became=became)


def _page(
    request: HttpRequest, actor: Actor, found: RefundBatch, *, problem: str = "", form: AnswerForm | None = None,
    became: Sequence[tuple[BankLine, str]] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    rows = list(BatchRow.objects.filter(batch=found).select_related("refund").order_by("place"))
    names, progress, states = names_of({found.made_by, found.released_by} - {""}), batch_progress(found), dict(BatchRow.STATES)
    context: dict[str, Any] = {
        **_summary(found, names), "problem": problem, "form": form or AnswerForm(), "once": new_key(), "own": found.made_by == actor.who,
        "ended": sum(count for state, count in progress.items() if state != "waiting"),
        "lines": [
            {"row": row, "payee": mask_name(row.payee), "account": f"****{row.account[-4:]}", "state": half(states[row.state]),
             "tone": TONES.get(row.state, "wait")}
            for row in rows
        ],
        "told": [{"line": line, "became": label(BECAME, word), "good": word in GOOD} for line, word in became],
    }  # fmt: skip
    return finance_page(request, "batch", context, actor=actor, place="finance_batches", status=status)


def _of_state(state: str) -> QuerySet[RefundBatch]:
    """Newest first; an unknown state is all of them."""
    found = RefundBatch.objects.order_by("-id")
    return found.filter(state=state) if state in dict(RefundBatch.STATES) else found


def _exported(found: QuerySet[RefundBatch]) -> Iterator[Sequence[Cell]]:
    names = names_of({who for pair in found.values_list("made_by", "released_by").order_by().distinct() for who in pair if who})
    for row in found.iterator(chunk_size=PAGE_SIZE):
        yield (
            row.number, half(dict(RefundBatch.STATES)[row.state]), row.rows_count, Money(row.total_minor, row.currency).decimal,
            row.currency, names.get(row.made_by, row.made_by), row.made_at, names.get(row.released_by, row.released_by), row.released_at,
        )  # fmt: skip


def _summary(row: RefundBatch, names: dict[str, str]) -> dict[str, Any]:
    return {
        "batch": row, "state": half(dict(RefundBatch.STATES)[row.state]), "tone": TONES.get(row.state, "wait"),
        "by": names.get(row.made_by, row.made_by), "second": names.get(row.released_by, row.released_by),
    }  # fmt: skip


def _asked(found: RefundBatch) -> Iterator[list[Cell]]:
    for row in BatchRow.objects.filter(batch=found).select_related("refund").order_by("place"):
        yield [
            row.place, row.refund.number, row.payee, row.bank, row.account, Money(row.amount_minor, found.currency).decimal, found.currency,
        ]  # fmt: skip


def _found(number: str) -> RefundBatch:
    found = RefundBatch.objects.filter(number=number[:20]).first()
    if found is None:
        raise refused(BATCH_NOT_FOUND, number=number[:20])
    return found
