"""Insurers seen from finance: claims left undecided, what each insurer owes, and what it has paid back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused
from shouhou.insurance.actions import settle_receivable
from shouhou.insurance.models import Settlement
from shouhou.insurance.queries import ClaimFilter, claims, counts, paid_by_insurer, settlements_said
from shouhou.ledger.queries import balances
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import compiled
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.insurer.today import row
from shouhou.web.page import language
from shouhou.web.shared.once import new_key, once

LATE_SHOWN, SETTLED_SHOWN = 50, 20


class SettleForm(forms.Form):
    """What an insurer has paid, with its proof."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    account = forms.ChoiceField(label=gettext_lazy("保险公司"))
    amount = forms.CharField(
        label=gettext_lazy("回款金额"), max_length=16, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    proof = forms.CharField(label=gettext_lazy("凭证号"), max_length=200, help_text=gettext_lazy("银行流水号；同一凭证只登记一次。"))

    def __init__(self, *args: Any, owing: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [  # type: ignore[attr-defined]
            (f"{each['insurer']}|{each['currency']}", f"{each['insurer']} · {each['currency']}") for each in owing
        ]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        try:
            insurer, currency = str(told.get("account") or "").split("|")
            told["minor"] = Money.exactly(str(told.get("amount") or ""), currency).minor
            told |= {"insurer": insurer, "currency": currency}
        except ValueError:
            self.add_error("amount", _("请填写金额，如 8.00。"))
        return told


@finance_door
def insurers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is late first, then what insurers owe; POST registers what one has paid."""
    now, owing = clock.now(), receivables(actor)
    form, refusal, status = SettleForm(owing=owing, initial={"once": new_key()}), "", 200
    if request.method == "POST":
        form, status = SettleForm(request.POST, owing=owing), 422
        if form.is_valid():
            told = form.cleaned_data

            def act() -> str:
                row = settle_receivable(
                    told["insurer"], amount_minor=told["minor"], currency=told["currency"], proof=told["proof"],
                    second_person_above_minor=_limit(told["currency"]), actor=actor, now=now,
                )  # fmt: skip
                return "done" if row else "said"

            try:
                became = once(told["once"], act, actor=actor, now=now)
            except Refused as no:
                refusal, status = no.sentence(language()), no.status
            else:
                if became == "said":
                    messages.warning(request, _("金额较大（与此前一人登记的回款合计）：须由另一人以同样的金额与凭证号再次登记后入账。"))
                else:
                    messages.success(request, _("已登记回款。"))
                return redirect("web:finance_claims")
    late, _following = claims(ClaimFilter(late_at=now), actor=actor, limit=LATE_SHOWN)
    context = {
        "late": [row(each) for each in late], "counts": counts(actor, now=now), "owing": owing, "form": form, "refusal": refusal,
        "said": [{"row": each, "mine": each.by == actor.who} for each in settlements_said()],
        "settled": Settlement.objects.order_by("-id")[:SETTLED_SHOWN],
    }  # fmt: skip
    return finance_page(request, "claims", context, actor=actor, place="finance_claims", status=status)


def _limit(currency: str) -> int:
    """Above it two people register it (REV-05); without a reference rate every amount needs both."""
    return int(compiled().terms.within(currency).number("second_person_above"))


def receivables(actor: Actor) -> list[dict[str, Any]]:
    """Every insurer and plan provider with money on its account, and how many claims it has paid."""
    paid = {(each["insurer"], each["currency"]): each for each in paid_by_insurer(actor)}
    found = []
    for each in balances(prefix="insurer:"):
        insurer = each.account.split(":")[1]
        told = paid.get((insurer, each.currency), {})
        found.append({
            "insurer": insurer, "currency": each.currency, "owed": -each.posted_minor, "coming": -each.pending_minor,
            "claims": told.get("claims", 0), "payout": told.get("payout") or 0,
        })  # fmt: skip
    return found
