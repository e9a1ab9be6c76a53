"""One conversation for whoever answers: the talk in the middle, the order, rights, cases and what can be done beside it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.access import talk_for
from shouhou.support.conversations.actions import claim, close, hand_over, mark_read, record_call, release, say
from shouhou.support.conversations.actions.calling import MINUTES_MOST, PHONE_MOST, SUMMARY_MOST, Telephoned
from shouhou.support.conversations.actions.handing import REASON_MOST, colleagues
from shouhou.support.conversations.models import Conversation
from shouhou.support.conversations.queries import facts_for, replies_for, reply_words, token_of
from shouhou.support.conversations.rules.topics import DESKS, SKILLS, TOPICS
from shouhou.web.consumer.evidence import taken_files
from shouhou.web.consumer.talks import news_page, whole
from shouhou.web.doors import staff_door
from shouhou.web.labels import status_label
from shouhou.web.page import language, page, said
from shouhou.web.shared.files import kept_files
from shouhou.web.shared.moves import sent
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.talk_view import StaffSayForm, live
from shouhou.web.staff.talk_side import beside

CALLS = {"in": gettext_lazy("来电"), "out": gettext_lazy("去电")}


class HandForm(forms.Form):
    """Where it goes and why; whoever takes over reads everything."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    place = forms.ChoiceField(label=gettext_lazy("转给"))
    person = forms.ChoiceField(label=gettext_lazy("指定同事"), required=False)
    reason = forms.CharField(label=gettext_lazy("转接原因"), max_length=REASON_MOST, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, talk: Conversation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desks = ["house", *(["shop"] if talk.merchant_id is not None else [])]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            (f"{desk}:{skill}", f"{said(DESKS[desk])} · {said(SKILLS[skill])}") for desk in desks for skill in SKILLS
        ]
        people = [(desk, user) for desk in desks for user in colleagues(talk, desk)]
        self.fields["person"].choices = [("", _("放入队列，由值班同事领取"))] + [  # type: ignore[attr-defined]
            (str(user.pk), f"{user.get_full_name() or user.username} · {said(DESKS[desk])}") for desk, user in people
        ]


class CallForm(forms.Form):
    """A telephone call, noted afterwards."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    direction = forms.ChoiceField(label=gettext_lazy("方向"), choices=list(CALLS.items()))
    phone = forms.CharField(
        label=gettext_lazy("电话"), max_length=PHONE_MOST, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    minutes = forms.IntegerField(label=gettext_lazy("时长（分钟）"), min_value=0, max_value=MINUTES_MOST)
    summary = forms.CharField(label=gettext_lazy("通话摘要"), max_length=SUMMARY_MOST, widget=forms.Textarea(attrs={"rows": 2}))


@staff_door
def talk(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The screen; `?reply=` puts a canned reply into the form, filled, or says what is missing."""
    form, refusal = None, ""
    if reply := whole(request, "reply"):
        found = talk_for(actor, number)
        try:
            status = status_label(found.case.service, found.case.status) if found.case else ""
            words = reply_words(reply, found, actor=actor, language=language(), facts=facts_for(found, actor, status=status))
            form = StaffSayForm(talk=found, actor=actor, initial={"once": new_key(), "text": words})
        except Refused as no:
            if no.refusal.kind == "not_found":
                raise
            refusal = no.sentence(language())
    return talk_screen(request, actor, number, refusal=refusal, status=409 if refusal else 200, **({"form": form} if form else {}))


def talk_screen(request: HttpRequest, actor: Actor, number: str, *, status: int = 200, **forms_: Any) -> HttpResponse:
    """The whole page; opening it is having read it."""
    now = clock.now()
    mark_read(number, upto=live(talk_for(actor, number), actor, now=now)["last"], actor=actor, now=now)
    found = talk_for(actor, number)
    keys = {"once": new_key()}
    context = {
        **live(found, actor, now=now), **beside(found, actor, now=now), "here": "talks", "topic": said(TOPICS[found.topic]),
        "form": StaffSayForm(talk=found, actor=actor, initial=keys), "hand_form": HandForm(talk=found, initial=keys, auto_id="hand_%s"),
        "call_form": CallForm(initial=keys | {"direction": "in"}, auto_id="call_%s"), "key": new_key(),
        "replies": replies_for(actor.merchant_id, topic=found.topic), "may_speak": actor.role != "auditor", **forms_,
    }  # fmt: skip
    return page(request, "staff/talk.html", context, actor=actor, status=status)


@require_GET
@staff_door
def news(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What is new since the page's token; nothing is a 204."""
    now = clock.now()
    if token_of(actor, number, now=now) == whole(request, "token"):
        return HttpResponse(status=204)
    return news_page(request, actor, number, now=now)


@require_POST
@staff_door
def write(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Say it; what the rules of conduct block comes back with its code and stays in the form."""
    now, found = clock.now(), talk_for(actor, number)
    form, tokens = StaffSayForm(request.POST, request.FILES, talk=found, actor=actor), sent(request.POST, "photos-taken")
    try:
        valid = form.is_valid()
        tokens = taken_files(form.cleaned_data.get("photos") or [], tokens, actor=actor, now=now)
        if valid:
            given = form.cleaned_data
            say(number, given["text"], audience=given["audience"], actor=actor, now=now, uploads=tokens, key=given["once"])
            return redirect("web:staff_talk", number)
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        form.add_error(None, no.sentence(language()))
    return talk_screen(request, actor, number, form=form, kept=kept_files(tokens, actor), status=422)


@require_POST
@staff_door
def change(request: HttpRequest, actor: Actor, number: str, deed: str) -> HttpResponse:
    """Claim, release, close, hand over, note a call; each once per form."""
    now, found = clock.now(), talk_for(actor, number)
    if deed == "hand":
        return _handed(request, actor, found, now)
    if deed == "call":
        return _called(request, actor, found, now)
    deeds: dict[str, tuple[Callable[[], None], str]] = {
        "claim": (lambda: claim(number, actor=actor, now=now), _("由您接待。")),
        "release": (lambda: release(number, actor=actor, now=now), _("已放回队列。")),
        "close": (lambda: close(number, actor=actor, now=now), _("会话已结束；消费者再次留言会重新打开。")),
    }
    if deed not in deeds:
        raise Http404("no such deed")
    act, done = deeds[deed]
    try:
        _once(request, actor, act, now=now)
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        return talk_screen(request, actor, number, refusal=no.sentence(language()), status=no.status)
    messages.success(request, done)
    return redirect("web:staff_talk", number)


def _handed(request: HttpRequest, actor: Actor, found: Conversation, now: datetime) -> HttpResponse:
    form = HandForm(request.POST, talk=found, auto_id="hand_%s")
    if form.is_valid():
        desk, _colon, skill = form.cleaned_data["place"].partition(":")
        to = int(form.cleaned_data["person"]) if form.cleaned_data["person"] else None
        try:
            _once(request, actor, lambda: hand_over(
                found.number, desk=desk, skill=skill, to=to, reason=form.cleaned_data["reason"], actor=actor, now=now
            ), now=now)  # fmt: skip
        except Refused as no:
            form.add_error(None, no.sentence(language()))
        else:
            messages.success(request, _("已转接，之前的沟通内容一并转过去。"))
            return redirect("web:staff_talks")
    return talk_screen(request, actor, found.number, hand_form=form, status=422)


def _called(request: HttpRequest, actor: Actor, found: Conversation, now: datetime) -> HttpResponse:
    form = CallForm(request.POST, auto_id="call_%s")
    if form.is_valid():
        given = form.cleaned_data
        began = now - timedelta(minutes=given["minutes"])
        call = Telephoned(given["direction"], given["phone"] or found.buyer.phone, began, given["minutes"], given["summary"])
        try:
            record_call(found.number, call, actor=actor, now=now, key=given["once"])
        except Refused as no:
            form.add_error(None, no.sentence(language()))
        else:
            messages.success(request, _("电话已记录。"))
            return redirect(reverse("web:staff_talk", args=[found.number]) + "#calls")
    return talk_screen(request, actor, found.number, call_form=form, status=422)


def _once(request: HttpRequest, actor: Actor, act: Callable[[], None], *, now: datetime) -> None:
    def done() -> str:
        act()
        return "done"

    once(request.POST.get("once") or new_key(), done, actor=actor, now=now)
