"""Wrong amounts: what a channel took otherwise than asked, and what it paid out too much; each settled by a person, with proof."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused
from shouhou.payments.actions import (
    ask_overpaid,
    confirm_wrong_charge,
    decide_overpaid_off,
    propose_overpaid_off,
    settle_wrong_charge,
)  # fmt: skip
from shouhou.payments.models import Charge, Overpayment
from shouhou.payments.reconciliation.daily import second_person_above
from shouhou.payments.rules.charges import PURPOSES, WAYS
from shouhou.payments.wrong_queries import (
    TO_DO,
    overpaid_waiting,
    overpayments,
    settlements_of,
    told_minor,
    wrong_charges,
)
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import book_in_force, compiled
from shouhou.web.finance.door import finance_door, finance_page, version_of
from shouhou.web.finance.forms import WhyForm, WrongChargeForm
from shouhou.web.finance.subjects import case_address, cases_behind
from shouhou.web.page import language, said
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.money import names_of

PLACE, PAGE_SIZE, CHARGES_MOST = "finance_wrong", 50, 100
TONES = {"open": "bad", "asked": "wait", "paid": "good", "proposed": "turn", "written_off": "plain"}
STATES = dict(Overpayment.STATES)


@finance_door
def wrong(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Both lists; `state` (waiting, all, or one state) and `q` narrow what was paid out too much."""
    state, text, after = request.GET.get("state", "waiting"), request.GET.get("q", "").strip()[:60], request.GET.get("after", "")
    every = _chosen(state, text).order_by("-id")
    if after.isascii() and after.isdigit() and len(after) < 18:
        every = every.filter(pk__lt=int(after))
    found = list(every[: PAGE_SIZE + 1])
    rows, kept = found[:PAGE_SIZE], f"&state={state}&q={text}"
    names = names_of({row.proposed_by for row in rows} | {row.settled_by for row in rows})
    charges = wrong_charges()[:CHARGES_MOST]
    behind = cases_behind([*(row.subject for row in charges), *(row.refund.subject for row in rows)])
    count, sums, _idle = overpaid_waiting()
    context: dict[str, Any] = {
        "charges": [_charge(row, behind) for row in charges], "count": count, "sums": sums,
        "rows": [_overpaid(row, names, behind, actor) for row in rows], "once": new_key(), "state": state, "q": text,
        "states": [("waiting", _("待处理")), *((name, half(words)) for name, words in STATES.items()), ("all", _("全部"))],
        "next": f"?after={rows[-1].pk}{kept}" if len(found) > PAGE_SIZE else "", "first": f"?{kept[1:]}" if after else "",
        "exports": f"?state={state}&q={text}",
    }  # fmt: skip
    return finance_page(request, "wrong", context, actor=actor, place=PLACE)


@finance_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """wrong.csv or .xlsx: what was paid out too much, as filtered."""
    columns = [
        Column(_("退款编号"), width=18), Column(_("售后单号"), width=16), Column(_("商家"), width=22), Column(_("状态"), width=14),
        Column(_("多付金额"), "money", 14), Column(_("币种"), width=8), Column(_("发现时间"), "instant", 20), Column(_("付款单"), width=18),
        Column(_("核销原因"), width=40),
    ]  # fmt: skip
    rows = _chosen(request.GET.get("state", "waiting"), request.GET.get("q", "").strip()[:60]).order_by("-id")
    return exported("overpaid", form, columns=columns, rows=_cells(rows.iterator(chunk_size=500)))


@finance_door
def charge(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What was asked, what the channel says, and how it can be settled; POST: `deed` settle, confirm or decline."""
    found = Charge.objects.select_related("merchant", "order").filter(number=number[:20]).first()
    if found is None or not found.attempts.filter(outcome="other amount").exists():
        raise Http404("no such charge")
    now, problem, status = clock.now(), "", 200
    said_last = found.attempts.filter(outcome="other amount").order_by("-id")[0].detail
    told = told_minor(said_last)
    form = WrongChargeForm(currency=found.currency, initial={
        "once": new_key(), "reference": found.channel_reference, "amount": Money(told, found.currency).decimal if told else "",
    })  # fmt: skip
    if request.method == "POST":
        form = WrongChargeForm(request.POST, currency=found.currency)
        status = 422
        if request.POST.get("deed") != "settle" or form.is_valid():
            try:
                once(request.POST.get("once") or new_key(), _deed(request, found, form, actor, now), actor=actor, now=now)
            except Refused as no:
                problem, status = no.sentence(language()), no.status
            else:
                messages.success(request, _("已登记。"))
                return redirect("web:finance_wrong_charge", found.number)
    done = settlements_of(found)
    names = names_of({each.by for each in done} | {each.second_by for each in done})
    waits = next((each for each in done if each.state == "proposed"), None)
    context = {
        "charge": found, "case": case_address(cases_behind([found.subject]).get(found.subject, "")),
        "purpose": said(PURPOSES[found.purpose]), "problem": problem, "form": form, "once": new_key(),
        "said": said_last, "told": told,
        "open": found.paid_at is None and waits is None, "waits": waits, "own": waits is not None and waits.by == actor.who,
        "limit": second_person_above(found.currency),
        "done": [
            {"row": each, "way": said(WAYS[each.way]), "by": names.get(each.by, each.by),
             "second": names.get(each.second_by, each.second_by), "state": half(dict(each.STATES)[each.state])}
            for each in done
        ],
    }  # fmt: skip
    return finance_page(request, "wrong_charge", context, actor=actor, place=PLACE, status=status)


@require_POST
@finance_door
def overpaid(request: HttpRequest, actor: Actor, number: int, deed: str) -> HttpResponse:
    """ask the buyer; off: propose to write it off (`why`); agree or decline: the second person. Raises Refused."""
    if not 0 < number < 2**63:
        raise Http404("no such overpayment")
    now, why = clock.now(), WhyForm(request.POST)
    force = book_in_force(now)
    days = compiled(force.book, force.version).terms.number("overpaid_days")
    deeds: dict[str, Callable[[], object]] = {
        "ask": lambda: ask_overpaid(number, days=days, actor=actor, now=now),
        "off": lambda: propose_overpaid_off(number, reason=why.cleaned_data.get("why", "") if why.is_valid() else "", actor=actor, now=now),
        "agree": lambda: decide_overpaid_off(number, agree=True, actor=actor, now=now, version=version_of(request)),
        "decline": lambda: decide_overpaid_off(number, agree=False, actor=actor, now=now),
    }  # fmt: skip
    if deed not in deeds:
        raise Http404("no such deed")
    try:
        once(request.POST.get("once") or new_key(), lambda: str(deeds[deed]() and ""), actor=actor, now=now)
    except Refused as no:
        messages.error(request, no.sentence(language()))
    else:
        messages.success(request, _("已登记。"))
    return redirect("web:finance_wrong")


def _deed(request: HttpRequest, found: Charge, form: WrongChargeForm, actor: Actor, now: datetime) -> Callable[[], str]:
    deed = request.POST.get("deed", "")

    def act() -> str:
        if deed == "settle":
            given = form.cleaned_data
            settle_wrong_charge(
                found.number, way=given["way"], taken_minor=given["minor"], reference=given["reference"], proof=given["proof"],
                second_person_above_minor=second_person_above(found.currency), actor=actor, now=now,
            )  # fmt: skip
        else:
            confirm_wrong_charge(
                found.number, agree=deed == "confirm", actor=actor, now=now, settlement_id=version_of(request)
            )  # fmt: skip
        return found.number

    return act


def _chosen(state: str, text: str) -> Any:
    states = TO_DO if state == "waiting" else (state,) if state in STATES else ()
    return overpayments(states=states, text=text)


def _charge(row: Any, behind: Mapping[str, str]) -> dict[str, Any]:
    address = reverse("web:finance_wrong_charge", args=[row.number])
    return {
        "row": row, "case": case_address(behind.get(row.subject, "")), "purpose": said(PURPOSES[row.purpose]), "address": address,
        "told": told_minor(row.said),
    }  # fmt: skip


def _overpaid(row: Overpayment, names: dict[str, str], behind: Mapping[str, str], actor: Actor) -> dict[str, Any]:
    asked = row.state == "asked" and row.charge is not None and row.charge.state == "awaiting"
    return {
        "row": row, "case": case_address(behind.get(row.refund.subject, "")), "tone": TONES[row.state], "state": half(STATES[row.state]),
        "until": row.charge.expires_at if asked and row.charge else None,
        "asks": row.state == "open" or (row.state == "asked" and not asked), "offs": row.state in ("open", "asked"),
        "second": row.state == "proposed" and row.proposed_by != actor.who, "own": row.state == "proposed" and row.proposed_by == actor.who,
        "by": names.get(row.proposed_by, row.proposed_by),
    }  # fmt: skip


def _cells(rows: Iterator[Overpayment]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [
            row.refund.number, row.refund.subject, row.refund.merchant.name, half(STATES[row.state]),
            Money(row.amount_minor, row.currency).decimal, row.currency, row.opened_at, row.charge.number if row.charge else "", row.reason,
        ]  # fmt: skip
