"""The rules of conduct at work: what was blocked or flagged, what somebody made of it, and the contacts that may be named."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.conduct.actions import KEEPERS, NOTE_MOST, VALUE_MOST, end_contact, register_contact, review
from shouhou.conduct.appeals import WORDS_MOST, decide_appeal
from shouhou.conduct.library import lexicon
from shouhou.conduct.models import RegisteredContact, Screened
from shouhou.conduct.rules import ACTIONS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.labels import role_label
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import DONE, done, new_key, once

PAGE_SIZE, CHUNK, CONTACTS_MOST, MERCHANTS_MOST = 30, 500, 200, 500
SHOWN = {
    "appealed": Text("申诉待裁决", "Appeals to decide"),
    "": Text("待复核", "To review"), "kept": Text("判定有效", "Upheld"), "cleared": Text("误判", "False alarms"),
    "all": Text("全部", "All"),
}  # fmt: skip
VERDICTS = {"block": ACTIONS["block"], "flag": ACTIONS["flag"]}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    shown: str = ""
    verdict: str = ""
    merchant: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN, "verdict": VERDICTS}


class VerdictForm(forms.Form):
    """The decision of an appeal, with reasons."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=[("granted", ""), ("refused", "")], widget=forms.HiddenInput)
    reasons = forms.CharField(label=gettext_lazy("裁决理由（会告知作者）"), max_length=WORDS_MOST, widget=forms.Textarea(attrs={"rows": 2}))


class ContactForm(forms.Form):
    """A number, host, mail address or account that may be given to buyers."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    merchant = forms.ChoiceField(label=gettext_lazy("商家"), required=False)
    value = forms.CharField(label=gettext_lazy("电话、网址、邮箱或账号"), max_length=VALUE_MOST)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=NOTE_MOST, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = [(str(row.pk), row.name) for row in Merchant.objects.filter(active=True).order_by("code")[:MERCHANTS_MOST]]
        self.fields["merchant"].choices = [("", _("平台（所有商家）")), *shops]  # type: ignore[attr-defined]


@operations_door
def conduct(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What was screened, newest first, and the registered contacts."""
    return _shown(request, actor, ContactForm(initial={"once": new_key()}))


@operations_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """conduct.csv or .xlsx, as filtered."""
    columns = [
        Column(_("时间"), "instant", 20), Column(_("会话编号"), width=18), Column(_("商家"), width=20), Column(_("角色"), width=14),
        Column(_("处置"), width=16), Column(_("违反条款"), width=16), Column(_("内容"), width=60), Column(_("出现次数"), "number", 8),
        Column(_("复核结果"), width=12), Column(_("词库"), width=12),
    ]  # fmt: skip
    rows = (
        (row.at, row.subject, row.merchant.name if row.merchant else "", role_label(row.role), said(ACTIONS[row.verdict]),
         " ".join(row.codes), row.text, row.times, said(SHOWN[row.reviewed]), row.lexicon)
        for row in _found(Filters.of(request.GET)).iterator(chunk_size=CHUNK)
    )  # fmt: skip
    return exported("conduct", form, columns=columns, rows=rows)


@require_POST
@operations_door
def decide(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The appeal of a text: granted or refused, with reasons; the same form twice decides once."""
    form, now = VerdictForm(request.POST), clock.now()

    def act() -> str:
        given = form.cleaned_data
        decide_appeal(number, grant=given["verdict"] == "granted", reasons=given["reasons"], actor=actor, now=now)
        return str(number)

    status = done(form, act, actor=actor, now=now)
    if status == DONE:
        messages.success(request, _("申诉已裁决，作者会收到结果。"))
        return redirect(f"{reverse('web:ops_conduct')}?shown=appealed")
    return _shown(request, actor, ContactForm(initial={"once": new_key()}), status=status, deciding=(number, form))


@require_POST
@operations_door
def contact(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One more contact that may be named; the same form twice registers it once."""
    now, form = clock.now(), ContactForm(request.POST)
    if not form.is_valid():
        return _shown(request, actor, form, status=422)
    given = form.cleaned_data
    merchant = int(given["merchant"]) if given["merchant"] else None

    def act() -> str:
        return str(register_contact(given["value"], note=given["note"], merchant_id=merchant, actor=actor, now=now))

    try:
        once(given["once"], act, actor=actor, now=now)
    except Refused as no:
        form.add_error(None, no.sentence(language()))
        return _shown(request, actor, form, status=no.status)
    messages.success(request, _("联系方式已登记。"))
    return redirect("web:ops_conduct")


@require_POST
@operations_door
def contact_end(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """It may no longer be named."""
    return _done(request, actor, lambda now: end_contact(number, actor=actor, now=now), _("联系方式已停用。"))


@require_POST
@operations_door
def judge(request: HttpRequest, actor: Actor, number: int, deed: str) -> HttpResponse:
    """The rule was right ("kept"), or it was a false alarm ("cleared")."""
    return _done(request, actor, lambda now: review(number, deed, actor=actor, now=now), _("已复核。"))


def _done(request: HttpRequest, actor: Actor, act: Callable[[Any], None], words: str) -> HttpResponse:
    now = clock.now()

    def once_done() -> str:
        act(now)
        return "done"

    once(request.POST.get("once") or new_key(), once_done, actor=actor, now=now)
    messages.success(request, words)
    return redirect("web:ops_conduct")


def _shown(
    request: HttpRequest, actor: Actor, form: ContactForm, *, status: int = 200, deciding: tuple[int, VerdictForm] | None = None
) -> HttpResponse:  # fmt: skip
    filters = Filters.of(request.GET if deciding is None else QueryDict("shown=appealed"))
    found = _found(filters)
    if filters.after:
        found = found.filter(pk__lt=decode_cursor(filters.after, int)[0])
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    contacts = RegisteredContact.objects.filter(ended_at=None).select_related("merchant").order_by("merchant__code", "value")
    context = {
        "filters": filters, "rows": [_row(row, actor, deciding) for row in rows], "form": form, "keeps": actor.role in KEEPERS,
        "contacts": [{"row": row, "once": new_key()} for row in contacts[:CONTACTS_MOST]], "lexicon": lexicon().version,
        "views": [
            {"label": said(label), "address": filters.address(shown=shown, after=""), "count": "", "here": filters.shown == shown}
            for shown, label in SHOWN.items()
        ],
        "verdicts": [
            ("", _("不限"), not filters.verdict), *((code, said(text), code == filters.verdict) for code, text in VERDICTS.items()),
        ],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=encode_cursor(rows[-1].pk)) if more else "", "export": filters.address(after=""),
    }  # fmt: skip
    return operations_page(request, "conduct", context, actor=actor, place="ops_conduct", status=status)


def _row(row: Screened, actor: Actor, deciding: tuple[int, VerdictForm] | None) -> dict[str, Any]:
    codes, asked = lexicon(row.lexicon).codes, getattr(row, "appeal", None)
    form = deciding[1] if deciding and deciding[0] == row.pk else VerdictForm(initial={"once": new_key()}, auto_id=f"v{row.pk}_%s")
    return {
        "row": row, "role": role_label(row.role), "verdict": said(ACTIONS[row.verdict]),
        "tone": "bad" if row.verdict == "block" else "wait",
        "why": [(code, said(codes[code].label)) for code in row.codes if code in codes], "once": new_key(),
        "reviewed": said(SHOWN[row.reviewed]) if row.reviewed else "", "talk": row.subject.startswith("TK-"), "appeal": asked, "form": form,
        "mine": actor.who in (row.who, row.reviewed_by),
    }  # fmt: skip


def _found(filters: Filters) -> QuerySet[Screened]:
    found = Screened.objects.select_related("merchant", "appeal").order_by("-pk")
    if filters.shown == "appealed":
        found = found.filter(appeal__verdict="")
    elif filters.shown != "all":
        found = found.filter(reviewed=filters.shown)
    if filters.verdict:
        found = found.filter(verdict=filters.verdict)
    return found.filter(merchant__code=filters.merchant) if filters.merchant else found
