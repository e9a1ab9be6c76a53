"""One charge for staff, with its tries; and the repair of a refund that no move of its case repairs (a charge's, a difference's)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from shouhou.cases.access import case_for
from shouhou.cases.workflows import WORKFLOWS
from shouhou.cases.workflows.returns import FINANCE
from shouhou.foundation.refusals import Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.payments.actions import retry_refund, settle_offline
from shouhou.payments.charge_queries import charge_json
from shouhou.payments.models import Refund
from shouhou.payments.refusals import REFUND_NOT_FOUND
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.labels import label
from shouhou.web.page import language, page
from shouhou.web.shared.charge_words import charge_words
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.money import OUTCOMES, TRIES, refund_rows

KINDS = TRIES | {
    "create": Text("开出付款单", "made the payment out"), "close": Text("关闭付款单", "closed the payment"),
    "check": Text("核对", "checked"),
}  # fmt: skip
ENDS = OUTCOMES | {
    "open": Text("待支付", "to be paid"), "declined": Text("消费者放弃或被拒", "declined"), "closed": Text("已关闭", "closed"),
}  # fmt: skip


class ProofForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    act = forms.ChoiceField(choices=[("retry", "retry"), ("offline", "offline")], widget=forms.HiddenInput)
    proof = forms.CharField(label=gettext_lazy("线下付款凭证号"), max_length=500, required=False)


@staff_door
def charge(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """POST (finance): try the refused way back again with its key, or say how it was paid outside."""
    shown = charge_json(number, language=language())
    case = case_for(actor, shown["subject"])
    problem, status = _repair(request, actor, Refund.objects.filter(subject=number).order_by("-id").first())
    if request.method == "POST" and not problem and status == 200:
        return redirect("web:staff_charge", number)
    refunds = refund_rows(number)
    context: dict[str, Any] = {
        "here": "queue", "case": case, "charge": charge_words(shown), "problem": problem, "refunds": refunds,
        "tries": [
            {"at": each["at"], "kind": label(KINDS, each["kind"]), "outcome": label(ENDS, each["outcome"]), "detail": each["detail"]}
            for each in shown["attempts"]
        ],
        **_forms(actor, refunds),
    }  # fmt: skip
    return page(request, "staff/charge.html", context, actor=actor, status=status)


@staff_door
def refund(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """A refund beside its case's own, such as an exchange's difference. One that the case itself repairs is repaired there."""
    found = Refund.objects.filter(number=number).first()
    if found is None:
        raise refused(REFUND_NOT_FOUND, number=number[:20])
    if found.subject.startswith("CH-"):
        return redirect("web:staff_charge", found.subject)
    case = case_for(actor, found.subject)
    move = WORKFLOWS[case.service].move("retry_refund")
    if move is not None and case.status in move.sources:
        return redirect("web:staff_case", case.number)
    problem, status = _repair(request, actor, found)
    if request.method == "POST" and not problem and status == 200:
        return redirect("web:staff_refund", number)
    rows = [row for row in refund_rows(case.number) if row["row"].number == number]
    context = {"here": "approvals", "case": case, "problem": problem, "refunds": rows, **_forms(actor, rows)}
    return page(request, "staff/charge.html", context, actor=actor, status=status)


def _forms(actor: Actor, refunds: list[dict[str, Any]]) -> dict[str, Any]:
    may = actor.role in FINANCE and any(row["row"].state in ("failed", "partly_settled") for row in refunds)
    return {"may": may, "form": ProofForm(initial={"once": new_key(), "act": "offline"}), "once": new_key()}


def _repair(request: HttpRequest, actor: Actor, found: Refund | None) -> tuple[str, int]:
    """What is wrong with what was sent, and the answer's status; ("", 200) when it was done, or nothing was sent."""
    if request.method != "POST":
        return "", 200
    if actor.role not in FINANCE or found is None:
        return "", 403
    form, number = ProofForm(request.POST), found.number
    if not form.is_valid():
        return "", 422
    given, now = form.cleaned_data, clock.now()

    def act() -> str:
        if given["act"] == "retry":
            retry_refund(number, actor=actor, now=now)
        else:
            settle_offline(number, proof=given["proof"], actor=actor, now=now)
        return number

    try:
        once(given["once"], act, actor=actor, now=now)
    except Refused as no:
        return no.sentence(language()), no.status
    return "", 200
