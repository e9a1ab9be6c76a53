"""Suspending a shop's use of the system: asked for on a verified ground, decided by a second person, appealed, lifted."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.ids import is_case_number
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.sla.access import suspension_for, suspensions_of
from shouhou.sla.actions.suspending import (
    ask_suspension,
    decide_suspension,
    lift_suspension,
    order_suspension,
    refuse_suspension,
)
from shouhou.sla.models import Suspension
from shouhou.sla.rules.measures import GROUND_WORDS
from shouhou.sla.rules.people import JUDGES, ORDERERS
from shouhou.web.operations.clocks import clocks_page
from shouhou.web.operations.door import operations_door
from shouhou.web.page import language, said
from shouhou.web.shared.clocks import VerdictForm, appeal_words
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once

TAB, PAGE_SIZE, CHUNK = "ops_shop_suspensions", 30, 500
TONES = {"asked": "wait", "refused": "plain", "ordered": "bad", "lifted": "good"}


class AskForm(forms.Form):
    """Which complaint or breach, and why."""

    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    rests_on = forms.CharField(
        label=gettext_lazy("投诉或违约编号"), max_length=20,
        help_text=gettext_lazy("查证属实且附有凭证的投诉，或成立的违约。"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    reasons = forms.CharField(
        label=gettext_lazy("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text=gettext_lazy("会告知商家。")
    )


class LiftForm(forms.Form):
    """Why the shop may go on."""

    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reasons = forms.CharField(
        label=gettext_lazy("恢复的理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("会告知商家。")
    )


@operations_door
def suspensions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All measures, the newest first, and the form to ask for one."""
    now, form, status = clock.now(), AskForm(initial={"once": new_key()}), 200
    if request.method == "POST":
        form, status = AskForm(request.POST), 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                number = once(
                    given["once"], lambda: ask_suspension(given["rests_on"], given["reasons"], actor=actor, now=now), actor=actor, now=now
                )
            except Refused as no:
                form.add_error(None, no.sentence(language()))
                status = no.status
            else:
                messages.success(request, _("已提交，须由另一位同事批准后生效。"))
                return redirect("web:ops_shop_suspension", number)
    found, after = suspensions_of(actor).order_by("-pk"), request.GET.get("after", "")[:400]
    if after:
        found = found.filter(pk__lt=decode_cursor(after, int)[0])
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    context = {
        "rows": [_words(row) for row in rows], "form": form, "orders": actor.role in ORDERERS, "first": "?" if after else "",
        "next": f"?after={encode_cursor(rows[-1].pk)}" if more else "",
    }  # fmt: skip
    return clocks_page(request, "suspensions", context, actor=actor, tab=TAB, status=status)


@operations_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """suspensions.csv or .xlsx: all of them."""
    columns = [
        Column(_("措施编号"), width=18), Column(_("商家"), width=20), Column(_("依据"), width=20), Column(_("投诉或违约编号"), width=18),
        Column(_("状态"), width=12), Column(_("提出时间"), "instant", 20), Column(_("生效时间"), "instant", 20),
        Column(_("公示时间"), "instant", 20), Column(_("恢复时间"), "instant", 20), Column(_("理由"), width=40),
    ]  # fmt: skip
    rows = (
        (row.number, row.merchant.name, said(GROUND_WORDS[row.ground]), row.rests_on, half(dict(Suspension.STATES)[row.state]),
         row.asked_at, row.ordered_at, row.published_at, row.lifted_at, row.reasons)
        for row in suspensions_of(actor).order_by("-pk").iterator(chunk_size=CHUNK)
    )  # fmt: skip
    return exported("suspensions", form, columns=columns, rows=rows)


@operations_door
def suspension(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One measure with what may be done about it."""
    return _shown(request, actor, number)


@require_POST
@operations_door
def act(request: HttpRequest, actor: Actor, number: str, deed: str) -> HttpResponse:
    """Ordered, refused, lifted, or its appeal decided."""
    now = clock.now()
    deeds = {
        "order": lambda: order_suspension(number, actor=actor, now=now), "refuse": lambda: refuse_suspension(number, actor=actor, now=now),
        "lift": lambda: lift_suspension(number, request.POST.get("reasons", ""), actor=actor, now=now),
        "decide": lambda: decide_suspension(
            number, grant=request.POST.get("verdict") == "granted", reasons=request.POST.get("reasons", ""), actor=actor, now=now
        ),
    }  # fmt: skip
    if deed not in deeds or (deed == "decide" and request.POST.get("verdict") not in ("granted", "refused")):
        raise Http404("no such deed")

    def done() -> str:
        deeds[deed]()
        return number

    try:
        once(request.POST.get("once") or new_key(), done, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        return _shown(request, actor, number, refusal=no)
    messages.success(request, {
        "order": _("已停用：会话与密钥即时失效，未结售后单已由平台接手，措施已公示。"), "refuse": _("未批准，商家不受影响。"),
        "lift": _("已恢复，未结售后单已交回商家。"), "decide": _("裁决已告知商家。"),
    }[deed])  # fmt: skip
    return redirect("web:ops_shop_suspension", number)


def _shown(request: HttpRequest, actor: Actor, number: str, *, refusal: Refused | None = None) -> HttpResponse:
    row = suspension_for(actor, number)
    appeal = getattr(row, "appeal", None)
    lifting, verdict = LiftForm(initial={"once": new_key()}), VerdictForm(initial={"once": new_key()})
    context: Mapping[str, Any] = {
        **_words(row), **appeal_words(appeal, actor=actor), "once": new_key(), "lifting": lifting, "form": verdict,
        "refusal": refusal.sentence(language()) if refusal else "",
        "orders": actor.role in ORDERERS and row.state == "asked" and row.asked_by != actor.who,
        "own": row.state == "asked" and row.asked_by == actor.who, "lifts": actor.role in ORDERERS and row.state == "ordered",
        "decides": actor.role in JUDGES and row.state == "ordered" and appeal is not None and not appeal.verdict,
    }  # fmt: skip
    return clocks_page(request, "suspension", dict(context), actor=actor, tab=TAB, status=refusal.status if refusal else 200)


def _words(row: Suspension) -> dict[str, Any]:
    return {
        "row": row, "ground": said(GROUND_WORDS[row.ground]), "state": half(dict(Suspension.STATES)[row.state]), "tone": TONES[row.state],
        "on_case": is_case_number(row.rests_on), "taken": len(row.taken), "keys": len(row.keys),
    }  # fmt: skip
