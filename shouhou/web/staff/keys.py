"""The keys of the desk: what they do, in one place, and the switch that turns them off."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.page import page, said

COOKIE = "keys"
YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Key:
    """What one key, or two one after the other, does."""

    keys: tuple[str, ...]
    does: Text


SHEET: tuple[tuple[Text, tuple[Key, ...]], ...] = (
    (Text("列表", "Lists"), (
        Key(("j",), Text("下一行", "next row")), Key(("k",), Text("上一行", "previous row")),
        Key(("o", "Enter"), Text("打开", "open")), Key(("c",), Text("由我处理或放回", "take it, or put it back")),
        Key(("x",), Text("选中或取消", "select or not")), Key(("b",), Text("到批量操作", "to the bulk move")),
        Key(("m",), Text("到这一行的操作", "to what this row offers")),
    )),
    (Text("工单页", "A case"), (
        Key(("m",), Text("到可进行的操作", "to the moves")), Key(("n",), Text("写备注或留言", "write a note or message")),
        Key(("e",), Text("看凭证", "to the evidence")), Key(("c",), Text("由我处理或放回", "take it, or put it back")),
        Key(("u",), Text("回到列表", "back to the list")),
    )),
    (Text("处处可用", "Everywhere"), (
        Key(("/",), Text("按号码查找", "find a number")), Key(("g q",), Text("去工单", "go to the queue")),
        Key(("g s",), Text("去查找", "go to search")), Key(("g v",), Text("去我的视图", "go to my views")),
        Key(("g a",), Text("去代客申请", "go to applications by phone")), Key(("g r",), Text("去退款复核", "go to refunds")),
        Key(("g t",), Text("去异常退款", "go to stuck refunds")),
        Key(("g d",), Text("去卡住的投递（运营）", "go to stuck deliveries (operations)")),
        Key(("g n",), Text("领取下一单", "take the next case")), Key(("?",), Text("这张表", "this sheet")),
        Key(("Esc",), Text("离开输入框或对话框", "leave a field or a dialog")),
    )),
)  # fmt: skip


@staff_door
def keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The sheet as a page, for whoever reads without JavaScript or wants to turn the keys off."""
    return page(request, "staff/keys.html", {"here": "keys", "sheet": sheet(), "off": request.COOKIES.get(COOKIE) == "off"}, actor=actor)


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


def sheet() -> list[dict[str, object]]:
    """The sheet in the page's language; two keys after each other are two."""
    return [
        {"title": said(title), "keys": [{"keys": [key.split() for key in each.keys], "does": said(each.does)} for each in keys]}
        for title, keys in SHEET
    ]
