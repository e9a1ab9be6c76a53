"""Asking: what may answer it already, the conversation itself and what is new in it, and all of mine."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from shouhou.cases.access import case_for, order_for
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.access import talk_for
from shouhou.support.conversations.actions import ask_house, close, mark_read, open_talk, say
from shouhou.support.conversations.actions.handing import REASON_MOST
from shouhou.support.conversations.actions.opening import Question
from shouhou.support.conversations.actions.saying import TEXT_MOST
from shouhou.support.conversations.queries import TalkFilter, found, listed, token_of
from shouhou.support.conversations.rules.topics import TOPICS
from shouhou.support.help.queries import Reading, find
from shouhou.web.access import cases_of, orders_of
from shouhou.web.consumer.evidence import taken_files
from shouhou.web.consumer.quiet import quiet_door
from shouhou.web.doors import consumer_door
from shouhou.web.page import language, page, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.files import kept_files
from shouhou.web.shared.moves import ACCEPT, FilesField, FilesInput, sent
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.talk_view import SayForm, fresh, live, row_words, state_words

PAGE_SIZE, CHUNK, CHOICES_MOST, ANSWERS_MOST = 20, 500, 20, 3
SHOWN = {"open": Text("进行中", "Open"), "closed": Text("已结束", "Closed"), "all": Text("全部", "All")}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address of the list asks for."""

    q: str = ""
    shown: str = "all"
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}


class AskForm(forms.Form):
    """What it is about, about which order or case, and the question."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    topic = forms.ChoiceField(label=gettext_lazy("咨询类型"))
    about = forms.ChoiceField(label=gettext_lazy("关于哪笔订单或售后单"), required=False)
    text = forms.CharField(
        label=gettext_lazy("您的问题"), max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("请勿填写银行卡号和密码，客服不会向您索要。"),
    )  # fmt: skip
    photos = FilesField(label=gettext_lazy("附上照片或文件"), required=False, widget=FilesInput(attrs={"accept": ACCEPT}))

    def __init__(self, *args: Any, actor: Actor, chosen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [(code, said(text)) for code, text in TOPICS.items()]  # type: ignore[attr-defined]
        cases = cases_of(actor).order_by("-submitted_at")[:CHOICES_MOST]
        orders = orders_of(actor).prefetch_related("lines").order_by("-placed_at")[:CHOICES_MOST]
        known = [(f"case:{case.number}", f"{_('售后单')} {case.number} · {case.title}") for case in cases]
        for order in orders:
            titles = [line.title for line in order.lines.all()]
            known.append((f"order:{order.number}", f"{_('订单')} {order.number}" + (f" · {titles[0]}" if titles else "")))
        if chosen and chosen not in dict(known):
            known.insert(0, (chosen, chosen.partition(":")[2]))
        self.fields["about"].choices = [("", _("与订单无关")), *known]  # type: ignore[attr-defined]


@consumer_door
def ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The form with what may answer it already; with htmx only those answers; sent, the new conversation."""
    if request.method == "POST":
        return _opened(request, actor)
    topic = request.GET.get("topic", "") if request.GET.get("topic", "") in TOPICS else "order"
    chosen = _chosen(request, actor)
    if chosen.startswith("case:") and "topic" not in request.GET:
        topic = "return"
    start = {"once": new_key(), "topic": topic, "about": chosen, "text": request.GET.get("text", "")[:TEXT_MOST]}
    form = AskForm(initial=start, actor=actor, chosen=chosen)
    context = {"here": "talks", "form": form, "answers": _answers(start["text"], topic)}
    if request.headers.get("HX-Request"):
        return page(request, "consumer/ask_answers.html", context, actor=actor)
    return page(request, "consumer/ask.html", context, actor=actor)


@consumer_door
def talks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My conversations, the last spoken in first."""
    filters = Filters.of(request.GET)
    rows, following = listed(_wanted(filters), actor=actor, now=clock.now(), after=filters.after, limit=PAGE_SIZE)
    context = {
        "here": "talks", "filters": filters, "rows": [row_words(row, actor) for row in rows],
        "views": [
            {"label": said(label), "address": filters.address(shown=shown, after=""), "count": "", "here": filters.shown == shown}
            for shown, label in SHOWN.items()
        ],
        "first": filters.address(after="") if filters.after else "", "next": filters.address(after=following) if following else "",
        "export": filters.address(after=""),
    }  # fmt: skip
    return page(request, "consumer/talks.html", context, actor=actor)


@consumer_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """talks.csv or .xlsx."""
    columns = [
        Column(_("会话编号"), width=18), Column(_("咨询类型"), width=18), Column(_("问题"), width=40), Column(_("订单号"), width=22),
        Column(_("售后单号"), width=18), Column(_("状态"), width=16), Column(_("开始"), "instant", 20),
        Column(_("最近"), "instant", 20),
    ]  # fmt: skip
    rows = found(_wanted(Filters.of(request.GET)), actor=actor, now=clock.now()).select_related("order", "case").order_by("-last_at", "-id")
    told = (
        (row.number, said(TOPICS[row.topic]), row.title, row.order.number if row.order else "", row.case.number if row.case else "",
         state_words(row, "consumer"), row.opened_at, row.last_at)
        for row in rows.iterator(chunk_size=CHUNK)
    )  # fmt: skip
    return exported("conversations", form, columns=columns, rows=told)


@consumer_door
def talk(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return talk_page(request, actor, number)


def talk_page(request: HttpRequest, actor: Actor, number: str, *, status: int = 200, **forms_: Any) -> HttpResponse:
    """The whole page; opening it is having read it. `forms_` are what comes back refused."""
    now = clock.now()
    shown = live(talk_for(actor, number), actor, now=now)
    mark_read(number, upto=shown["last"], actor=actor, now=now)
    shown = live(talk_for(actor, number), actor, now=now)
    context = {**shown, "here": "talks", "topic": said(TOPICS[shown["talk"].topic]), "form": fresh(), "key": new_key(), **forms_}
    return page(request, "consumer/talk_page.html", context, actor=actor, status=status)


@require_POST
@consumer_door
def write(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Say something; the same form twice says it once, a refused one comes back with everything in it."""
    now = clock.now()
    talk_for(actor, number)
    form, tokens = SayForm(request.POST, request.FILES), sent(request.POST, "photos-taken")
    try:
        valid = form.is_valid()
        tokens = taken_files(form.cleaned_data.get("photos") or [], tokens, actor=actor, now=now)
        if valid:
            say(number, form.cleaned_data["text"], actor=actor, now=now, uploads=tokens, key=form.cleaned_data["once"])
            return redirect("web:talk", number)
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        form.add_error(None, no.sentence(language()))
    return talk_page(request, actor, number, form=form, kept=kept_files(tokens, actor), status=422)


@require_GET
@quiet_door
def news(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What is new since the page's token; nothing is a 204."""
    now = clock.now()
    if token_of(actor, number, now=now) == whole(request, "token"):
        return HttpResponse(status=204)
    return news_page(request, actor, number, now=now)


def news_page(request: HttpRequest, actor: Actor, number: str, *, now: datetime) -> HttpResponse:
    """The talk again, and read; with what a screen reader reads out."""
    known = whole(request, "last")
    shown = live(talk_for(actor, number), actor, now=now, known=known)
    mark_read(number, upto=shown["last"], actor=actor, now=now)
    return page(request, "shared/talk_live.html", live(talk_for(actor, number), actor, now=now, known=known), actor=actor)


@require_POST
@consumer_door
def house(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The shop does not help: the house comes in."""
    try:
        ask_house(number, reason=request.POST.get("reason", "")[: REASON_MOST + 1], actor=actor, now=clock.now())
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        return talk_page(request, actor, number, refusal=no.sentence(language()), status=no.status)
    messages.success(request, _("已请平台客服介入，之前的沟通内容都会看到。"))
    return redirect("web:talk", number)


@require_POST
@consumer_door
def end(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Answered; writing again opens it again."""
    now = clock.now()

    def act() -> str:
        close(number, actor=actor, now=now)
        return number

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    messages.success(request, _("会话已结束；再次留言会重新打开。"))
    return redirect("web:talk", number)


def _opened(request: HttpRequest, actor: Actor) -> HttpResponse:
    now, chosen = clock.now(), _chosen(request, actor)
    form, tokens = AskForm(request.POST, request.FILES, actor=actor, chosen=chosen), sent(request.POST, "photos-taken")
    try:
        valid = form.is_valid()
        tokens = taken_files(form.cleaned_data.get("photos") or [], tokens, actor=actor, now=now)
        if valid:
            kind, _colon, about = form.cleaned_data["about"].partition(":")
            question = Question(
                form.cleaned_data["topic"], form.cleaned_data["text"], order=about if kind == "order" else "",
                case=about if kind == "case" else "", uploads=tokens,
            )  # fmt: skip
            return redirect("web:talk", open_talk(question, actor=actor, now=now, key=form.cleaned_data["once"]))
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        form.add_error(None, no.sentence(language()))
    context = {
        "here": "talks", "form": form, "kept": kept_files(tokens, actor),
        "answers": _answers(request.POST.get("text", ""), request.POST.get("topic", "")),
    }  # fmt: skip
    return page(request, "consumer/ask.html", context, actor=actor, status=422)


def _chosen(request: HttpRequest, actor: Actor) -> str:
    """The order or case that the page was opened from, or that was sent; somebody else's does not exist."""
    if about := request.POST.get("about", ""):
        kind, _colon, number = about.partition(":")
    else:
        kind = next((kind for kind in ("case", "order") if request.GET.get(kind)), "")
        number = request.GET.get(kind, "") if kind else ""
    if kind == "case":
        return f"case:{case_for(actor, number[:40]).number}"
    return f"order:{order_for(actor, number[:80]).number}" if kind == "order" else ""


def _answers(text: str, topic: str) -> list[Reading]:
    """The articles of the help centre that may save the question: by its words, before there are any by its topic."""
    asked = text.strip() or (said(TOPICS[topic]) if topic in TOPICS else "")
    return [article for article, _found in find(asked, language(), at=clock.now(), most=ANSWERS_MOST)] if asked else []


def _wanted(filters: Filters) -> TalkFilter:
    return TalkFilter(shown=filters.shown, text=filters.q)


def whole(request: HttpRequest, name: str) -> int:
    """A number of the address, or 0."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
