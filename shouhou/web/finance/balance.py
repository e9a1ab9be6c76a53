"""The daily proofs: a calendar of good and bad days, one day's proof, and the chain that ties them together."""

from calendar import Calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.days import local_day
from shouhou.foundation.workflow import Text
from shouhou.payments.models import BalanceProof, Difference
from shouhou.payments.reconciliation.actions.proving import broken_links, prove
from shouhou.payments.reconciliation.daily import grace_days
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.ledger_filters import day_of
from shouhou.web.finance.subjects import who_words
from shouhou.web.page import said
from shouhou.web.shared.export import ROWS_MAX, Cell, Column, exported
from shouhou.web.shared.once import new_key, once

CHECKED_DAYS = 7
STATES = {"good": Text("相符", "holds"), "waiting": Text("等对账单", "awaits statement"), "bad": Text("不符", "does not hold")}
TONES = {"good": "good", "waiting": "wait", "bad": "bad"}
CHECKS = {
    "trial": Text("全部账户合计为零", "The sum over all accounts is zero"),
    "kept": Text("逐日余额等于全部分录的合计", "Balances kept by day are what the postings come to"),
    "buyers": Text("应退消费者的钱已全部付出", "What was owed to buyers has been paid"),
    "reservations": Text("支付方式的预留等于未完成的退款", "What tenders set aside is what open refunds need"),
    "pending": Text("账上在途等于正在付出的退款", "What the ledger holds as pending is what is being paid"),
    "channel": Text("渠道对账单与账一致", "The channel's statement agrees with the books"),
}  # fmt: skip
WEEKDAYS = (
    Text("一", "Mon"), Text("二", "Tue"), Text("三", "Wed"), Text("四", "Thu"), Text("五", "Fri"), Text("六", "Sat"), Text("日", "Sun"),
)  # fmt: skip
HEADS = {
    "trial": (Text("币种", "Currency"), Text("正余额合计", "Above zero"), Text("负余额合计", "Below zero"), Text("合计", "Sum")),
    "kept": (Text("账户", "Account"), Text("币种", "Currency"), Text("日期", "Day"), Text("所存余额", "Kept"),
             Text("按分录计算", "By the postings")),
    "buyers": (Text("账户", "Account"), Text("币种", "Currency"), Text("余额", "Balance")),
    "reservations": (Text("币种", "Currency"), Text("已预留", "Set aside"), Text("需要", "Needed")),
    "pending": (Text("币种", "Currency"), Text("账上在途", "Pending in the ledger"), Text("正在付出", "Being paid")),
}  # fmt: skip


@finance_door
def balance(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A month of days, the latest proof of each."""
    today = local_day(clock.now())
    month = _month(request.GET.get("month", ""), today)
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    latest = _latest(weeks[0][0], weeks[-1][-1])
    before, after = month - timedelta(days=1), (month + timedelta(days=32)).replace(day=1)
    context = {
        "weeks": [[_day(day, month, today, latest.get(day)) for day in week] for week in weeks], "month": month,
        "weekdays": [said(text) for text in WEEKDAYS], "before": f"?month={before:%Y-%m}",
        "after": f"?month={after:%Y-%m}" if after <= today else "",
        "broken": broken_links(days=CHECKED_DAYS, now=clock.now()), "count": BalanceProof.objects.count(), "checked": CHECKED_DAYS,
        "rows": [_row(proof) for proof in sorted(latest.values(), key=lambda proof: proof.day, reverse=True)],
    }  # fmt: skip
    return finance_page(request, "balance", context, actor=actor, place="finance_balance")


@finance_door
def proof(request: HttpRequest, actor: Actor, day: str) -> HttpResponse:
    """One day: every check with its figures, and the revisions of its proof."""
    wanted = _given(day)
    proofs = list(BalanceProof.objects.filter(day=wanted).order_by("-revision"))
    asked = request.GET.get("revision", "")
    shown = next((each for each in proofs if str(each.revision) == asked), proofs[0] if proofs else None)
    if shown is None and wanted >= local_day(clock.now()):
        raise Http404("not over yet")
    names = who_words({each.made_by for each in proofs})
    context = {
        "day": wanted, "proof": shown, "state": said(STATES[shown.state]) if shown else "", "tone": TONES[shown.state] if shown else "",
        "checks": [_check(each) for each in shown.content["checks"]] if shown else [], "once": new_key(),
        "proofs": [{"row": each, "by": names.get(each.made_by, each.made_by), "state": said(STATES[each.state])} for each in proofs],
        "differing": Difference.objects.filter(day=wanted).exclude(state="settled").count(),
    }  # fmt: skip
    return finance_page(request, "balance_day", context, actor=actor, place="finance_balance")


@require_POST
@finance_door
def prove_day(request: HttpRequest, actor: Actor, day: str) -> HttpResponse:
    """Prove it (again). Raises Refused for a day that is not over."""
    wanted, now = _given(day), clock.now()

    def act() -> str:
        return str(prove(wanted, grace_days=grace_days(), by=actor.who, now=now).revision)

    once(request.POST.get("once", ""), act, actor=actor, now=now)
    messages.success(request, _("已重新日结。"))
    return redirect(reverse("web:finance_proof", args=[wanted.isoformat()]))


@finance_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """Every proof with its hash, in the chain's order."""
    columns = [
        Column(_("日期"), width=12), Column(_("版本"), "number", 8), Column(_("状态"), width=14), Column(_("制作人"), width=14),
        Column(_("制作时间"), "instant", 20), Column(_("当日分录指纹"), width=66), Column(_("前一份证明"), width=66),
        Column("SHA-256", width=66),
    ]  # fmt: skip
    return exported("balance-proofs", form, columns=columns, rows=_lines())


def _lines() -> Iterator[list[Cell]]:
    for row in BalanceProof.objects.order_by("id")[: ROWS_MAX + 1].iterator(chunk_size=500):
        yield [
            row.day.isoformat(), row.revision, said(STATES[row.state]), row.made_by, row.made_at, row.digest, row.before, row.sha256,
        ]  # fmt: skip


def _latest(first: date, last: date) -> dict[date, BalanceProof]:
    return {each.day: each for each in BalanceProof.objects.filter(day__gte=first, day__lte=last).order_by("day", "revision")}


def _day(day: date, month: date, today: date, proof: BalanceProof | None) -> dict[str, Any]:
    return {
        "day": day, "inside": day.month == month.month, "today": day == today, "state": said(STATES[proof.state]) if proof else "",
        "tone": TONES[proof.state] if proof else "", "open": proof is not None or day < today,
    }  # fmt: skip


def _row(proof: BalanceProof) -> dict[str, Any]:
    wrong = [check for check in proof.content["checks"] if check["state"] != "good"]
    return {
        "row": proof, "state": said(STATES[proof.state]), "tone": TONES[proof.state],
        "why": [said(CHECKS[check["name"]]) + (f" · {check['channel']}" if "channel" in check else "") for check in wrong],
    }  # fmt: skip


def _check(check: dict[str, Any]) -> dict[str, Any]:
    name = check["name"]
    return {
        **check, "label": said(CHECKS[name]), "state_words": said(STATES[check["state"]]), "tone": TONES[check["state"]],
        "heads": [said(text) for text in HEADS.get(name, ())],
        "figures": [_figures(name, row) for row in check["rows"]],
        "channel_rows": [
            {"currency": row[0], "refunds": row[1], "refunds_minor": row[2], "stated": row[3], "stated_minor": row[4], "payments": row[5],
             "payments_minor": row[6], "payments_stated": row[7], "payments_stated_minor": row[8], "fees_minor": row[9],
             "unstated": row[10], "differing": row[11]}
            for row in check["rows"]
        ] if name == "channel" else [],
    }  # fmt: skip


def _figures(name: str, row: list[Any]) -> dict[str, Any]:
    """The row's texts, its amounts, and the currency they are in."""
    texts = {"buyers": 2, "kept": 3}.get(name, 1)
    return {"texts": row[:texts], "amounts": row[texts:], "currency": row[1] if texts > 1 else row[0]}


def _month(text: str, today: date) -> date:
    found = day_of(f"{text}-01")
    return found if found and date(2000, 1, 1) <= found <= today else today.replace(day=1)


def _given(day: str) -> date:
    found = day_of(day)
    if found is None or found.year < 2000:
        raise Http404("no such day")
    return found
