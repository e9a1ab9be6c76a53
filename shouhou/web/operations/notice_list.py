"""Every notice that leaves the house: where it stands, what became of it step by step, and sending it anew with a reason."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.notifications.actions import resend
from shouhou.notifications.actions.resending import MAY_SEND_AGAIN, REASON_MOST, may_resend
from shouhou.notifications.letter import parts_of
from shouhou.notifications.models import Notice
from shouhou.notifications.queries import outward
from shouhou.notifications.rules.kinds import CHANNELS, KINDS
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_text
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import new_key, once, told
from shouhou.web.shared.told import REASONS, STATES, names_of, state_words

PAGE_SIZE, CHUNK = 50, 500
OUT = ("sms", "email", "im", "call")
SHOWN = {
    "": Text("全部", "All"), "waits": Text("在路上", "On the way"), "bad": Text("没有送达", "Did not arrive"),
    "again": Text("重发的", "Sent anew"),
}  # fmt: skip
STEPS = {
    "queued": Text("待发送", "Waiting"), "held": Text("等到早上", "Held for the morning"), "sent": Text("已发送", "Sent"),
    "not_sent": Text("未发出", "Not sent"), "failed": Text("放弃", "Given up"), "unknown": Text("不确定是否送达", "May have arrived"),
    "delivered": Text("回执：已送达", "Reported: arrived"), "undelivered": Text("回执：未送达", "Reported: did not arrive"),
    "delayed": Text("邮件服务器仍在尝试", "The mail server goes on trying"),
    "fell_on": Text("改用下一渠道", "On to the next channel"),
    "site_only": Text("没有下一渠道，站内已告知", "No channel is left; the site says it"), "skipped": Text("未发送", "Not sent any more"),
    "sent_anew": Text("已重发", "Sent anew"), "resend_of": Text("重发自", "Sent anew from"), "pushed": Text("重新投递", "Pushed"),
    "call_told": Text("已致电告知", "Told by telephone"), "call_not_reached": Text("未接通", "Not reached"),
    "call_wrong_number": Text("号码不对", "Wrong number"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    shown: str = ""
    channel: str = ""
    kind: str = ""
    state: str = ""
    q: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN, "channel": OUT, "kind": KINDS, "state": STATES}


class ResendForm(forms.Form):
    """Why it is sent anew."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("重发原因"), max_length=REASON_MOST)


@operations_door
def notices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest first."""
    filters = Filters.of(request.GET)
    found = _found(filters)
    if filters.after:
        found = found.filter(pk__lt=decode_cursor(filters.after, int)[0])
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    names = names_of(rows)
    context = {
        "filters": filters, "rows": [_row(row, names) for row in rows],
        "views": [{"label": said(label), "address": filters.address(shown=code, after=""), "here": filters.shown == code, "count": ""}
                  for code, label in SHOWN.items()],
        "channels": [("", _("全部渠道"), not filters.channel), *((code, said(CHANNELS[code]), filters.channel == code) for code in OUT)],
        "kinds": [("", _("全部类型"), not filters.kind),
                  *((code, said(kind.label), filters.kind == code) for code, kind in KINDS.items())],
        "states": [("", _("全部状态"), not filters.state),
                   *((code, said(text), filters.state == code) for code, (_tone, text) in STATES.items())],
        "next": filters.address(after=encode_cursor(rows[-1].pk)) if more else "",
        "first": filters.address(after="") if filters.after else "", "export": filters.address(after=""),
    }  # fmt: skip
    return operations_page(request, "notices", context, actor=actor, place="ops_notices")


@operations_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """notices.csv or .xlsx, as filtered; without the texts."""
    columns = [
        Column(_("时间"), "instant", 20), Column(_("渠道"), width=10), Column(_("类型"), width=16), Column(_("模板"), width=22),
        Column(_("单号"), width=18), Column(_("收件人"), width=14), Column(_("发往"), width=22), Column(_("状态"), width=14),
        Column(_("原因"), width=22), Column(_("次数"), "number", 8), Column(_("最近的错误"), width=30), Column(_("发出"), "instant", 20),
        Column(_("送达"), "instant", 20), Column(_("重发自"), "number", 10), Column(_("改自"), "number", 10),
    ]  # fmt: skip
    rows = (
        (row.created_at, said(CHANNELS[row.channel]), said(KINDS[row.kind].label) if row.kind in KINDS else "", row.template, row.subject,
         row.recipient, row.sent_to, said(STATES[row.state][1]), said(REASONS[row.reason]) if row.reason in REASONS else row.reason,
         row.attempts, mask_text(row.trouble), row.sent_at, row.delivered_at, row.again_of_id, row.falls_from_id)
        for row in _found(Filters.of(request.GET)).iterator(chunk_size=CHUNK)
    )  # fmt: skip
    return exported("notices", form, columns=columns, rows=rows)


@operations_door
def notice(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One, with its steps, what came before and after it; and the form to send it anew."""
    found = outward().filter(pk=number).first()
    if found is None:
        raise Http404("no such notice")
    now, status, form = clock.now(), 200, ResendForm(initial={"once": new_key()})
    if request.method == "POST":
        form = ResendForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                new = once(given["once"], lambda: str(resend(number, given["reason"], actor=actor, now=now)), actor=actor, now=now)
                messages.success(request, _("已重发。"))
                return redirect("web:ops_notice", int(new))
            except Refused as no:
                told(form, no)
        status = 422
    related = [*found.fell_to.all(), *found.sent_anew.all(), *(each for each in (found.falls_from, found.again_of) if each is not None)]
    why, why_en = may_resend(found, now=now)
    context = {
        **_row(found, names_of([found])), "form": form, "why_not": why_en if language() == "en" else why,
        "may": actor.role in MAY_SEND_AGAIN, "lang": "en" if found.language == "en" else "zh-Hans",
        "paragraphs": [mask_text(each) for each in parts_of(found).said] if found.channel != "sms" else [mask_text(found.body)],
        "steps": [{**each, "words": said(STEPS[each["what"]]) if each["what"] in STEPS else each["what"], "why": _detail(each)}
                  for each in found.steps],
        "related": [_row(each, {}) for each in sorted(related, key=lambda each: each.pk)],
    }  # fmt: skip
    return operations_page(request, "notice", context, actor=actor, place="ops_notices", status=status)


def _found(filters: Filters) -> QuerySet[Notice]:
    found = outward()
    if filters.shown == "waits":
        found = found.filter(state__in=("queued", "held"))
    if filters.shown == "bad":
        found = found.filter(state__in=("failed", "undelivered", "unknown"))
    if filters.shown == "again":
        found = found.filter(again_of__isnull=False)
    for name in ("channel", "kind", "state"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
    return found.filter(subject=filters.q.upper()) if filters.q else found


def _row(row: Notice, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "row": row, **state_words(row), "kind": said(KINDS[row.kind].label) if row.kind in KINDS else "",
        "to": names.get(row.recipient, row.recipient), "trouble": mask_text(row.trouble),
        "case": row.subject if row.subject[:1].isalpha() and "-" in row.subject else "",
    }  # fmt: skip


def _detail(step: Mapping[str, str]) -> str:
    """A channel, a reason or the plain words."""
    detail = step.get("detail", "")
    if detail in CHANNELS:
        return said(CHANNELS[detail])
    return said(REASONS[detail]) if detail in REASONS else mask_text(detail)
