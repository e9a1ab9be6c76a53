"""The conversations of a desk: who waits longest first, taken from the queue; as a file; and one begun for a buyer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.ids import is_case_number, parse_number
from shouhou.foundation.refusals import FORBIDDEN, Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name
from shouhou.support.conversations.access import admitted
from shouhou.support.conversations.actions import claim_next, open_talk
from shouhou.support.conversations.actions.keeping import KEEPERS
from shouhou.support.conversations.actions.opening import Question
from shouhou.support.conversations.actions.saying import TEXT_MOST
from shouhou.support.conversations.duty import staffed
from shouhou.support.conversations.models import Conversation
from shouhou.support.conversations.queries import COUNT_MOST, TalkFilter, count, found, listed
from shouhou.support.conversations.rules.topics import DESKS, SKILLS, TOPICS
from shouhou.web.doors import staff_door
from shouhou.web.page import language, page, said
from shouhou.web.shared.asked import Asked, taken
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.talk_view import row_words, select, state_words

PAGE_SIZE, CHUNK, NOTHING = 40, 500, "-"
SHOWN = {
    "open": Text("未结束", "open"), "waiting": Text("等待回复", "waiting for us"), "closed": Text("已结束", "closed"),
    "all": Text("全部", "all"),
}  # fmt: skip
WHOSE = {"1": Text("我的", "mine"), "0": Text("无人接待", "nobody's")}
CHANNELS = {"web": Text("网页", "web"), "phone": Text("电话", "phone"), "api": Text("接口", "API")}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    q: str = ""
    shown: str = "open"
    topic: str = ""
    desk: str = ""
    skill: str = ""
    mine: str = ""
    skilled: str = ""
    flagged: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        given = taken(query, cls.__slots__)
        known = {"shown": SHOWN, "topic": TOPICS, "desk": DESKS, "skill": SKILLS, "mine": WHOSE}
        given |= {name: given[name] if given[name] in values else "" for name, values in known.items()}
        return cls(**{**given, "shown": given["shown"] or ("all" if given["q"] else "open")})

    def wanted(self) -> TalkFilter:
        return TalkFilter(
            shown=self.shown, topic=self.topic, desk=self.desk, skill=self.skill, mine=self.mine, text=self.q,
            skilled=bool(self.skilled), flagged=bool(self.flagged), sort="waiting" if self.shown == "waiting" else "last",
        )  # fmt: skip


class BeginForm(forms.Form):
    """A conversation begun by staff: whom it is with is known by an order or a case."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    number = forms.CharField(label=gettext_lazy("订单号或售后单号"), max_length=80)
    topic = forms.ChoiceField(label=gettext_lazy("咨询类型"))
    channel = forms.ChoiceField(label=gettext_lazy("渠道"))
    text = forms.CharField(label=gettext_lazy("发给消费者的消息"), max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [(code, said(text)) for code, text in TOPICS.items()]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [(code, said(CHANNELS[code])) for code in ("phone", "web")]  # type: ignore[attr-defined]


def talker(actor: Actor) -> Actor:
    """Raises FORBIDDEN for roles that conversations are not shown to."""
    if not admitted(actor):
        raise refused(FORBIDDEN)
    return actor


@staff_door
def talks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The queue, with the views people open most and how many wait there."""
    filters, now = Filters.of(request.GET), clock.now()
    rows, following = listed(filters.wanted(), actor=talker(actor), now=now, after=filters.after, limit=PAGE_SIZE)
    here = staffed(actor.merchant_id, skill=filters.skill or "service", now=now)
    context = {
        "here": "talks", "filters": filters, "rows": [row_words(row, actor) for row in rows], "views": _views(filters, actor, now),
        "selects": [
            {"name": "shown", "label": _("状态"), "options": [(code, said(text), code == filters.shown) for code, text in SHOWN.items()]},
            select("topic", _("咨询类型"), TOPICS, filters.topic), select("skill", _("技能组"), SKILLS, filters.skill),
            *([select("desk", _("接待方"), DESKS, filters.desk)] if actor.merchant_id is None else []),
            select("mine", _("处理人"), WHOSE, filters.mine),
        ],
        "first": filters.address(after="") if filters.after else "", "next": filters.address(after=following) if following else "",
        "export": filters.address(after=""), "once": new_key(), "staffed": here, "keeper": actor.role in KEEPERS,
        "may_take": actor.role != "auditor",
    }  # fmt: skip
    return page(request, "staff/talks.html", context, actor=actor)


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """talks.csv or .xlsx, as filtered; people masked."""
    columns = [
        Column(_("会话编号"), width=18), Column(_("咨询类型"), width=18), Column(_("问题"), width=40), Column(_("消费者"), width=12),
        Column(_("商家"), width=20), Column(_("订单号"), width=22), Column(_("售后单号"), width=18), Column(_("接待方"), width=14),
        Column(_("技能组"), width=14), Column(_("处理人"), width=14), Column(_("状态"), width=14), Column(_("渠道"), width=8),
        Column(_("开始"), "instant", 20), Column(_("首次回复"), "instant", 20), Column(_("首次回复（分钟）"), "number", 12),
        Column(_("最近"), "instant", 20), Column(_("结束"), "instant", 20),
    ]  # fmt: skip
    rows = found(Filters.of(request.GET).wanted(), actor=talker(actor), now=clock.now()).order_by("-last_at", "-id")
    rows = rows.select_related("buyer", "merchant", "order", "case", "assigned_to")
    return exported("conversations", form, columns=columns, rows=(_exported(row) for row in rows.iterator(chunk_size=CHUNK)))


@require_POST
@staff_door
def take_next(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The one that has waited longest for my skills; the same form twice takes one."""
    now = clock.now()
    talker(actor)
    key = request.POST.get("once") or new_key()
    number = once(key, lambda: claim_next(actor=actor, now=now) or NOTHING, actor=actor, now=now)
    if number == NOTHING:
        messages.success(request, _("现在没有等待您回复、又无人接待的会话。"))
        return redirect("web:staff_talks")
    return redirect("web:staff_talk", number)


@staff_door
def begin(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Somebody rang, or must be asked: a conversation about their order or case."""
    talker(actor)
    start = {"once": new_key(), "number": request.GET.get("number", "")[:80], "channel": "phone", "topic": "order"}
    form = BeginForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        number = parse_number(given["number"]) or given["number"].strip()
        is_case = is_case_number(number)
        question = Question(
            given["topic"], given["text"], order="" if is_case else number, case=number if is_case else "", channel=given["channel"]
        )
        try:
            return redirect("web:staff_talk", open_talk(question, actor=actor, now=clock.now(), key=given["once"]))
        except Refused as no:
            form.add_error("number" if no.refusal.kind == "not_found" else None, no.sentence(language()))
    return page(request, "staff/talk_new.html", {"here": "talks", "form": form}, actor=actor, status=422 if form.errors else 200)


def _views(filters: Filters, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    desk = "shop" if actor.merchant_id is not None else "house"
    usual = [
        ("waiting", _("等待回复"), Filters(shown="waiting", desk=desk)),
        ("skilled", _("我的技能组"), Filters(shown="waiting", desk=desk, skilled="1")), ("mine", _("我接待的"), Filters(mine="1")),
        ("free", _("无人接待"), Filters(mine="0", desk=desk)), ("open", _("全部未结束"), Filters()),
        *([("flagged", _("内容待复核"), Filters(shown="all", flagged="1"))] if actor.merchant_id is None else []),
    ]  # fmt: skip
    counts = {code: count(view.wanted(), actor=actor, now=now) for code, _label, view in usual}
    return [
        {"label": label, "address": view.address(), "here": replace(filters, after="") == view,
         "count": f"{COUNT_MOST - 1}+" if counts[code] >= COUNT_MOST else str(counts[code])}
        for code, label, view in usual
    ]  # fmt: skip


def _exported(row: Conversation) -> list[Any]:
    answered = int((row.first_response_at - row.opened_at).total_seconds() // 60) if row.first_response_at else None
    return [
        row.number, said(TOPICS[row.topic]), row.title, mask_name(row.buyer.name), row.merchant.name if row.merchant else "",
        row.order.number if row.order else "", row.case.number if row.case else "", said(DESKS[row.desk]), said(SKILLS[row.skill]),
        (row.assigned_to.get_full_name() or row.assigned_to.username) if row.assigned_to else "", state_words(row, "house"),
        said(CHANNELS[row.channel]) if row.channel in CHANNELS else row.channel, row.opened_at, row.first_response_at, answered,
        row.last_at, row.closed_at,
    ]  # fmt: skip
