"""What a person wants to be told and how; and the link in a mail that switches its kind off."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.notifications.actions import prefer, switch
from shouhou.notifications.actions.preferring import channels_for, mine
from shouhou.notifications.queries import preference_of
from shouhou.notifications.rules.kinds import CHANNELS, KINDS
from shouhou.notifications.unsubscribe import read_off
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door, public_door, staff_door
from shouhou.web.page import language, page, said
from shouhou.web.shared.notices import reader_of
from shouhou.web.shared.once import new_key, once

FIRSTS = {
    "": Text("按通知类型（默认）", "As each kind has it (default)"), "sms": Text("短信优先", "Text message first"),
    "email": Text("邮件优先", "Mail first"),
}  # fmt: skip
SHOP = ("merchant_manager", "merchant_operator")
ONLY = {"shop": SHOP, "clocks": SHOP, "house": ("finance",), "insurance": ("insurer", "finance", "merchant_manager")}
LANGUAGES = {"": Text("与账号相同", "As the account"), "zh-hans": Text("中文", "Chinese"), "en": Text("英文", "English")}


@consumer_door
def wishes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A buyer's; a guest has proved one order only and decides nothing for the buyer."""
    if actor.order_id is not None:
        raise Http404("a guest")
    return _wishes(request, actor, staff=False)


@staff_door
def staff_wishes(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _wishes(request, actor, staff=True)


@csrf_exempt
@public_door
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing (programs that read mail open links); the POST, also a mail program's one click, does it, once."""
    told = read_off(token)
    if told is None:
        raise Http404("no such link")
    done = ""
    if request.method == "POST":
        done = "on" if request.POST.get("again") else "off"
        switch(told.kind, told.channel, on=done == "on", now=clock.now(), buyer_id=told.buyer_id, user_id=told.user_id)
    kind = KINDS[told.kind]
    context = {"kind": said(kind.label), "what": said(kind.what), "channel": said(CHANNELS[told.channel]), "done": done}
    return page(request, "shared/notice_off.html", context)


def _wishes(request: HttpRequest, actor: Actor, *, staff: bool) -> HttpResponse:
    kept, reader, status, wrong = preference_of(**reader_of(actor)), reader_of(actor), 200, {}
    off, first, spoken, kinds = set(kept.off), kept.first, kept.language, _kinds(actor)
    if request.method == "POST":
        now, on = clock.now(), set(request.POST.getlist("on"))
        first, spoken = request.POST.get("first", ""), request.POST.get("language", "")
        off = {f"{kind}:{channel}" for kind in kinds for channel in _open(kind, staff=staff)} - on

        def act() -> str:
            prefer(language=spoken, first=first, off=off, now=now, **reader)
            return "done"

        try:
            once(request.POST.get("once", ""), act, actor=actor, now=now)
        except Refused as no:
            status = no.status
            wrong = {error.field: error.en if language() == "en" else error.zh for error in no.errors}
            wrong[""] = no.sentence(language())
        else:
            messages.success(request, _("通知设置已保存。"))
            return redirect(request.path)
    context = {
        "here": "notices", "desk": staff, "once": new_key(), "rows": [_row(kind, off, wrong, staff=staff) for kind in kinds],
        "firsts": [(code, said(text), code == first) for code, text in FIRSTS.items()],
        "languages": [(code, said(text), code == spoken) for code, text in LANGUAGES.items()],
        "back": reverse("web:staff_notices" if staff else "web:notices"), "wrong": wrong.get("", ""),
    }  # fmt: skip
    return page(request, "shared/notice_settings.html", context, actor=actor, status=status)


def _kinds(actor: Actor) -> list[str]:
    """The kinds that this person is ever told of."""
    return [kind for kind in mine(staff=actor.role != "consumer") if actor.role in ONLY.get(kind, (actor.role,))]


def _open(kind: str, *, staff: bool) -> list[str]:
    """What may be switched at all."""
    return [channel for channel in channels_for(kind, staff=staff) if channel != "site" or not KINDS[kind].must]


def _row(kind: str, off: set[str], wrong: dict[str, str], *, staff: bool) -> dict[str, Any]:
    told = KINDS[kind]
    return {
        "code": kind, "label": said(told.label), "what": said(told.what), "must": told.must, "wrong": wrong.get(kind, ""),
        "channels": [
            {"value": f"{kind}:{channel}", "label": said(CHANNELS[channel]), "on": f"{kind}:{channel}" not in off,
             "locked": channel == "site" and told.must}
            for channel in channels_for(kind, staff=staff)
        ],
    }  # fmt: skip
