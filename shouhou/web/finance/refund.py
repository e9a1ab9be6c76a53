"""One refund: its parts with every try, what the channel called back, what was posted, who did what, and what can be done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.making import allowed, possible
from shouhou.cases.models import Case
from shouhou.cases.payout_review import REFUSABLE, approve_payout, payouts_waiting, refuse_payout
from shouhou.cases.rows import load_case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused, refused
from shouhou.payments.actions import add_paper, ask_again, offline_waits, record_route, retry_refund, settle_offline
from shouhou.payments.channels.registry import TRANSFER
from shouhou.payments.models import BatchRow, CallbackReceipt, InvoiceTask, OtherRoute, Refund, RefundPaper
from shouhou.payments.refund_list import PARTS_OPEN, TROUBLED
from shouhou.payments.refusals import REFUND_NOT_FOUND
from shouhou.plumbing import clock
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.masking import mask_name
from shouhou.plumbing.uploads import take_upload
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.filters import cause_words
from shouhou.web.finance.forms import PaperForm, ProofForm, RouteForm, WhyForm
from shouhou.web.labels import label, status_label
from shouhou.web.page import language, said
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.money import OUTCOMES, ledger_of, names_of, refund_rows

# What of a case's moves is about its refund.
MOVES = ("approve_refund", "refuse_refund", "retry_refund", "settle_offline", "settle_contradicted")


@finance_door
def refund(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What happened and what can be done about it."""
    return _page(request, actor, _found(number))


@require_POST
@finance_door
def act(request: HttpRequest, actor: Actor, number: str, deed: str) -> HttpResponse:
    """approve, refuse: the second person, where no case stands still for it; again: ask the channel now; retry, offline: where
    the case has no move for it; route: where else; paper: a file."""
    found, now = _found(number), clock.now()
    deeds: dict[str, Callable[[], str]] = {
        "approve": lambda: _approved(found, actor, now), "refuse": lambda: _sent_back(request, found, actor, now),
        "again": lambda: _asked(found, actor, now), "retry": lambda: _retried(found, actor, now),
        "offline": lambda: _offline(request, found, actor, now), "route": lambda: _routed(request, found, actor, now),
        "paper": lambda: _papered(request, found, actor, now),
    }  # fmt: skip
    if deed not in deeds:
        raise refused(REFUND_NOT_FOUND, number=number[:20])
    try:
        told = once(f"{request.POST.get('once') or new_key()}:{deed}", deeds[deed], actor=actor, now=now)
    except Refused as no:
        return _page(request, actor, found, problem=no.sentence(language()), status=no.status)
    except WrongForm as wrong:
        return _page(request, actor, found, forms={deed: wrong.form}, status=422)
    messages.success(request, told)
    return redirect("web:finance_refund", found.number)


class WrongForm(Exception):
    """A form that has to be mended; nothing was done."""

    def __init__(self, form: Any) -> None:
        super().__init__("wrong form")
        self.form = form


def _found(number: str) -> Refund:
    found = Refund.objects.filter(number=number[:20]).select_related("merchant", "buyer", "order").first()
    if found is None:
        raise refused(REFUND_NOT_FOUND, number=number[:20])
    return found


def _approved(refund: Refund, actor: Actor, now: datetime) -> str:
    approve_payout(refund.number, actor=actor, now=now)
    return _("已复核同意，款项即将付出。")


def _sent_back(request: HttpRequest, refund: Refund, actor: Actor, now: datetime) -> str:
    form = WhyForm(request.POST)
    if not form.is_valid():
        raise WrongForm(form)
    refuse_payout(refund.number, reason=form.cleaned_data["why"], actor=actor, now=now)
    return _("已退回，没有付款；可在售后单中重新决定。")


def _asked(refund: Refund, actor: Actor, now: datetime) -> str:
    ask_again(refund.number, actor=actor, now=now)
    return _("已请渠道重新查询，结果稍后可见。")


def _retried(refund: Refund, actor: Actor, now: datetime) -> str:
    retry_refund(refund.number, actor=actor, now=now)
    return _("已重新发起退款。")


def _offline(request: HttpRequest, refund: Refund, actor: Actor, now: datetime) -> str:
    form = ProofForm(request.POST, request.FILES)
    if not form.is_valid():
        raise WrongForm(form)
    file = form.cleaned_data["file"]
    if file is not None:
        add_paper(refund.number, upload=take_upload(file, name=file.name or "", actor=actor, now=now), actor=actor, now=now)
    waits = offline_waits(refund.number, proof=form.cleaned_data["proof"])
    settle_offline(refund.number, proof=form.cleaned_data["proof"], actor=actor, now=now)
    return _("已登记；金额较大，须另一人以同样的凭证号再次登记后入账。") if waits else _("已记为线下付款。")


def _routed(request: HttpRequest, refund: Refund, actor: Actor, now: datetime) -> str:
    form = RouteForm(request.POST)
    if not form.is_valid():
        raise WrongForm(form)
    record_route(refund.number, **form.cleaned_data, actor=actor, now=now)
    return _("已登记消费者同意的收款账户。")


def _papered(request: HttpRequest, refund: Refund, actor: Actor, now: datetime) -> str:
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        raise WrongForm(form)
    file = form.cleaned_data["file"]
    add_paper(refund.number, upload=take_upload(file, name=file.name or "", actor=actor, now=now), actor=actor, now=now)
    return _("文件已保存。")


def _page(
    request: HttpRequest, actor: Actor, refund: Refund, *, problem: str = "", forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    row = next(each for each in refund_rows(refund.subject) if each["row"].number == refund.number)
    case = Case.objects.filter(number=refund.subject).first()
    moves = _moves(case, actor, refund)
    batches = list(BatchRow.objects.filter(refund=refund).select_related("batch").order_by("id"))
    waiting = next((each for each in batches if each.state == "waiting"), None)
    broken = refund.state in TROUBLED and any(part["row"].state == "refused" for part in row["parts"]) and waiting is None
    covered = {move["name"] for move in moves}
    wrong = forms or {}
    second = refund.number in payouts_waiting([refund.number])
    context: dict[str, Any] = {
        "refund": refund, "row": row, "case": case, "moves": moves, "problem": problem, "cause": cause_words(refund.reason),
        "buyer": mask_name(refund.buyer.name), "status": status_label(case.service, case.status) if case else "",
        "callbacks": [
            {"row": each, "outcome": label(OUTCOMES, each.outcome)}
            for each in CallbackReceipt.objects.filter(part__refund=refund).order_by("id")
        ],
        "ledger": ledger_of(refund.subject),
        "batches": [{"row": each, "state": half(dict(BatchRow.STATES)[each.state])} for each in batches],
        "task": InvoiceTask.objects.filter(refund=refund).first(), "routes": _routes(refund), "papers": _papers(refund),
        "open": any(part["row"].state in PARTS_OPEN for part in row["parts"]) and refund.state != "awaiting_second",
        "waiting": waiting, "broken": broken, "retries": broken and "retry_refund" not in covered and any(
            part["row"].state == "refused" and part["row"].channel != TRANSFER for part in row["parts"]
        ),
        "offlines": broken and "settle_offline" not in covered, "once": new_key(),
        "proof": wrong.get("offline") or ProofForm(), "route": wrong.get("route") or RouteForm(),
        "paper": wrong.get("paper") or PaperForm(), "second": second and refund.instructed_by != actor.who,
        "own": second and refund.instructed_by == actor.who, "refusable": refund.reason in REFUSABLE,
        "why": wrong.get("refuse") or WhyForm(),
    }  # fmt: skip
    return finance_page(request, "refund", context, actor=actor, place="finance_refunds", status=status)


def _moves(case: Case | None, actor: Actor, refund: Refund) -> list[dict[str, Any]]:
    """The moves of the case that are about its newest refund; an older one, or one beside it, is none of theirs."""
    latest = Refund.objects.filter(subject=refund.subject).exclude(state="cancelled").order_by("-id").first()
    if case is None or latest is None or latest.pk != refund.pk:
        return []
    kinds = [kind for name in MOVES if (kind := WORKFLOWS[case.service].move(name)) is not None]
    row = load_case(case.number, actor=SYSTEM)
    return [
        {"name": kind.name, "label": said(kind.label), "danger": kind.danger,
         "address": reverse("web:staff_move", args=[case.number, kind.name])}
        for kind in kinds
        if allowed(kind, actor) and case.status in kind.sources and possible(kind, row)
        and not (kind.name == "approve_refund" and refund.instructed_by == actor.who)
    ]  # fmt: skip


def _routes(refund: Refund) -> list[dict[str, Any]]:
    rows = list(OtherRoute.objects.filter(refund=refund).order_by("-id"))
    names = names_of({row.by for row in rows})
    return [
        {"row": row, "payee": mask_name(row.payee), "account": f"****{row.account[-4:]}", "by": names.get(row.by, row.by)} for row in rows
    ]


def _papers(refund: Refund) -> list[dict[str, Any]]:
    rows = list(RefundPaper.objects.filter(refund=refund, upload__erased_at=None).select_related("upload").order_by("id"))
    names = names_of({row.by for row in rows})
    return [{"row": row, "name": row.upload.name or row.upload.token, "by": names.get(row.by, row.by)} for row in rows]
