"""One claim: what is known of the way, what it is worth, every step; and the decision."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import OVERTAKEN, Refused
from shouhou.insurance.access import claim_for
from shouhou.insurance.actions import decide
from shouhou.insurance.actions.deciding import NOTE_MOST, may_decide
from shouhou.insurance.models import OPEN, ClaimEntry, FreightClaim
from shouhou.insurance.queries import STEPS, facts_of, policy_body
from shouhou.insurance.rules.grounds import GROUNDS
from shouhou.logistics.rules.couriers import courier
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import PICTURES
from shouhou.web.access import upload_of
from shouhou.web.insurer.door import desk_page, insurer_door
from shouhou.web.insurer.today import row
from shouhou.web.labels import METHODS, label, role_label
from shouhou.web.page import language, said
from shouhou.web.shared.case_view import reason_words
from shouhou.web.shared.once import new_key, once

VERDICTS = {"approve": gettext_lazy("同意赔付"), "reduce": gettext_lazy("减额赔付"), "refuse": gettext_lazy("拒赔")}


class DecideForm(forms.Form):
    """One verdict; a ground and words where it is not all that is claimed."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(label=gettext_lazy("结论"), choices=list(VERDICTS.items()), widget=forms.RadioSelect)
    amount = forms.CharField(
        label=gettext_lazy("减额后赔付金额"), required=False, max_length=16, help_text=gettext_lazy("只在减额赔付时填写，如 8.00。"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.ChoiceField(label=gettext_lazy("理由"), required=False, help_text=gettext_lazy("减额或拒赔必选。"))
    note = forms.CharField(
        label=gettext_lazy("给消费者和商家的说明"), required=False, max_length=NOTE_MOST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("减额或拒赔必填，消费者和商家都会看到。"),
    )  # fmt: skip

    def __init__(self, *args: Any, currency: str = "CNY", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["reason"].choices = [("", "–"), *((code, said(text)) for code, text in GROUNDS.items())]  # type: ignore[attr-defined]

    def clean_amount(self) -> int | None:
        text = str(self.cleaned_data.get("amount") or "").strip()
        if not text:
            return None
        try:
            return Money.exactly(text, self.currency).minor
        except ValueError:
            raise forms.ValidationError(_("请填写金额，如 8.00。")) from None


@insurer_door
def claim(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return claim_page(request, actor, claim_for(actor, number))


@insurer_door
def decide_claim(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """POST decides, once; what is refused comes back with the form."""
    found = claim_for(actor, number)
    if request.method != "POST":
        return redirect("web:insurer_claim", found.number)
    form = DecideForm(request.POST, currency=found.currency)
    if not form.is_valid():
        return claim_page(request, actor, found, form=form, status=422)
    told, now = form.cleaned_data, clock.now()

    def act() -> str:
        done = decide(
            found.number, told["verdict"], actor=actor, now=now, amount_minor=told["amount"], reason=told["reason"], note=told["note"],
            version=told["version"],
        )  # fmt: skip
        return done.number

    try:
        once(told["once"], act, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        newest = claim_for(actor, number)
        if no.refusal is OVERTAKEN:
            again = request.POST.copy()
            again["version"] = str(newest.version)
            form.data = again
        return claim_page(request, actor, newest, form=form, refusal=no.sentence(language()), status=no.status)
    messages.success(request, _("理赔 %(number)s：%(verdict)s") % {"number": found.number, "verdict": VERDICTS[told["verdict"]]})
    return redirect("web:insurer_claim", found.number)


def claim_page(
    request: HttpRequest, actor: Actor, found: FreightClaim, *, form: DecideForm | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    may = found.state in OPEN and may_decide(found, actor)
    facts = facts_of(found, language())
    context = {
        **row(found), "facts": facts, "policy": policy_body(found.policy, language=language()), "bears": facts["customer_bears"],
        "reason_words": reason_words(str(facts["reason"] or "")), "method": label(METHODS, str(facts["method"] or "")),
        "ground": label(GROUNDS, found.reason), "parcels": [_parcel(each) for each in facts["parcels"]], "files": files(found, actor),
        "steps": [_step(each) for each in ClaimEntry.objects.filter(claim=found).order_by("-id")], "may": may, "refusal": refusal,
        "form": form or (DecideForm(currency=found.currency, initial={"once": new_key(), "version": found.version}) if may else None),
        "house": actor.insurer is None,
    }  # fmt: skip
    return desk_page(request, "claim", context, actor=actor, status=status)


def files(found: FreightClaim, actor: Actor) -> list[dict[str, Any]]:
    """The receipts, as the gallery shows them."""
    tokens = [token for token in found.facts.get("receipts", ()) if upload_of(actor, token) is not None]
    rows = Upload.objects.filter(token__in=tokens, erased_at=None).order_by("id")
    return [{"token": each.token, "name": each.name, "image": each.content_type in PICTURES, "kind": _("运费凭证")} for each in rows]


def _parcel(told: dict[str, Any]) -> dict[str, Any]:
    found = courier(str(told.get("carrier") or ""))
    return {**told, "carrier_name": said(found.name) if found else told.get("carrier")}


def _step(entry: ClaimEntry) -> dict[str, Any]:
    words = [(_("说明"), entry.data["note"])] if entry.data.get("note") else []
    ground = label(GROUNDS, str(entry.data.get("reason") or ""))
    who = "" if entry.role == "system" else f"{role_label(entry.role)} {entry.name}".strip()
    return {"at": entry.at, "what": said(STEPS[entry.step]), "who": who, "told": [*([(_("理由"), ground)] if ground else []), *words]}
