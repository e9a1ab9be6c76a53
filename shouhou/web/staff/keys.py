"""The keys of the desk: what they do, in one place, and the switch that turns them off."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.frame import APPLIERS, OPERATORS, TALKERS
from shouhou.web.page import page, said

COOKIE = "keys"
YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Key:
    """What one key, or two one after the other, does. `place` is where it goes; `roles` empty is everybody; `insurer` when an
    insurance company's people have it too; `act` is the name under which keys.js knows whether it does anything on a page."""

    keys: tuple[str, ...]
    does: Text
    act: str = ""
    place: str = ""
    roles: tuple[str, ...] = ()
    insurer: bool = False

    def is_for(self, actor: Actor) -> bool:
        return (not self.roles or actor.role in self.roles) and (actor.insurer is None or self.insurer)


SHEET: tuple[tuple[Text, tuple[Key, ...]], ...] = (
    (Text("列表", "Lists"), (
        Key(("j",), Text("下一行", "next row"), "row", insurer=True),
        Key(("k",), Text("上一行", "previous row"), "row", insurer=True),
        Key(("o", "Enter"), Text("打开", "open"), "open", insurer=True),
        Key(("c",), Text("由我处理或放回", "take it, or put it back"), "take"),
        Key(("x",), Text("选中或取消", "select or not"), "pick", insurer=True),
        Key(("b",), Text("到批量操作", "to the bulk move"), "bulk", insurer=True),
        Key(("m",), Text("到这一行的操作", "to what this row offers"), "act"),
        Key(("g n",), Text("领取下一单，或接待下一位", "take the next case or conversation"), "next"),
    )),
    (Text("工单页", "A case"), (
        Key(("m",), Text("到可进行的操作", "to the moves"), "moves"), Key(("n",), Text("写备注或留言", "write a note or message"), "note"),
        Key(("e",), Text("看凭证", "to the evidence"), "evidence"), Key(("c",), Text("由我处理或放回", "take it, or put it back"), "hold"),
    )),
    (Text("各页通用", "On every page"), (
        Key(("/",), Text("按号码查找", "find a number"), "find", insurer=True),
        Key(("u",), Text("回到上一级", "one level up"), "up", insurer=True),
        Key(("g q",), Text("去工单", "go to the queue"), place="web:queue"),
        Key(("g c",), Text("去会话", "go to conversations"), place="web:staff_talks", roles=TALKERS),
        Key(("g s",), Text("去查找", "go to search"), place="web:staff_search"),
        Key(("g v",), Text("去我的视图", "go to my views"), place="web:staff_views"),
        Key(("g a",), Text("去代客申请", "go to applications by phone"), place="web:staff_apply", roles=APPLIERS),
        Key(("g r",), Text("去退款复核", "go to refunds to check"), place="web:approvals"),
        Key(("g t",), Text("去异常退款", "go to stuck refunds"), place="web:stuck_refunds"),
        Key(("g d",), Text("去卡住的投递", "go to stuck deliveries"), place="web:ops_stuck", roles=OPERATORS),
        Key(("?",), Text("这张表", "this sheet"), insurer=True),
        Key(("Esc",), Text("离开输入框或对话框", "leave a field or a dialog"), insurer=True),
    )),
)  # fmt: skip


@staff_door
def keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The sheet as a page, for whoever reads without JavaScript or wants to turn the keys off."""
    context = {"here": "keys", "sheet": sheet(actor), "off": request.COOKIES.get(COOKIE) == "off"}
    return page(request, "staff/keys.html", context, actor=actor)


@require_POST
@staff_door
def switch(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Single keys on or off in this browser: who steers by voice or a screen reader needs them off (WCAG 2.1.4)."""
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = "/staff/keys/"
    answer = redirect(onward)
    if request.POST.get("keys") == "off":
        # The script reads it, so it is not hidden from scripts; it says nothing about the person.
        answer.set_cookie(COOKIE, "off", max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SECURE)
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
    return answer


def sheet(actor: Actor) -> list[dict[str, object]]:
    """The sheet for this person in the page's language; two keys after each other are two."""
    return [
        {"title": said(title), "keys": [
            {"keys": [key.split() for key in each.keys], "does": said(each.does), "act": each.act} for each in keys
        ]}
        for title, all_keys in SHEET
        if (keys := [each for each in all_keys if each.is_for(actor)])
    ]  # fmt: skip


def places(actor: Actor) -> list[dict[str, str]]:
    """Where the keys of two strokes lead this person."""
    mine = (each for _, keys in SHEET for each in keys if each.place and each.is_for(actor))
    return [{"keys": each.keys[0], "address": reverse(each.place), "does": said(each.does)} for each in mine]
