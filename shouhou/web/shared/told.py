"""What was told about a case: to its buyer for the buyer, to everybody for staff; when, through which channel, and whether it got there."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from shouhou.accounts.models import Buyer, User
from shouhou.cases.rows import load_case
from shouhou.foundation.workflow import Text
from shouhou.notifications.letter import parts_of
from shouhou.notifications.models import Notice
from shouhou.notifications.queries import told_about
from shouhou.notifications.rules.kinds import CHANNELS
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_text
from shouhou.web.doors import consumer_door, staff_door
from shouhou.web.page import page, said

STATES = {
    "queued": ("wait", Text("待发送", "Waiting")), "held": ("wait", Text("等到早上", "Waits for the morning")),
    "sent": ("good", Text("已发送", "Sent")), "delivered": ("good", Text("已送达", "Arrived")),
    "undelivered": ("bad", Text("未送达", "Did not arrive")), "unknown": ("wait", Text("不确定是否送达", "May have arrived")),
    "failed": ("bad", Text("发送失败", "Could not be sent")), "skipped": ("plain", Text("未发送", "Not sent")),
}  # fmt: skip
CALLED = {
    "queued": Text("待致电", "To be called"), "delivered": Text("已告知", "Told"), "undelivered": Text("未联系上", "Not reached"),
}  # fmt: skip
REASONS = {
    "quiet_hours": Text("夜间不打扰", "Quiet hours"), "switched_off": Text("收件人已关闭", "Switched off by its reader"),
    "no_address": Text("没有可用的地址", "No address to send it to"), "over": Text("事情已办完或期限已过", "Done, or its limit has passed"),
    "arrived": Text("前一渠道已送达", "The channel before it arrived"), "erased": Text("个人信息已删除", "Personal data was erased"),
}  # fmt: skip


@consumer_door
def of_buyer(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What I was told."""
    case = load_case(number, actor=actor)
    rows = [_row(notice) for notice in told_about(case.number, buyer_id=case.buyer_id)]
    return page(request, "shared/told.html", {"here": "cases", "number": case.number, "rows": rows, "desk": False}, actor=actor)


@staff_door
def of_staff(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What everybody was told; the shop's people see the buyer's and their own."""
    case = load_case(number, actor=actor)
    found = told_about(case.number)
    if actor.merchant_id is not None:
        mine = int(actor.who.removeprefix("user:"))
        found = [
            row for row in found
            if row.buyer_id is not None or row.user_id == mine or (row.room is not None and row.room.merchant_id == actor.merchant_id)
        ]  # fmt: skip
    names = _names(found)
    rows = [_row(notice) | {"to": names.get(notice.recipient, notice.recipient)} for notice in found]
    return page(request, "shared/told.html", {"here": "queue", "number": case.number, "rows": rows, "desk": True}, actor=actor)


def state_words(notice: Notice) -> dict[str, Any]:
    """Its channel, its state and why, in the page's language."""
    tone, words = STATES[notice.state]
    if notice.channel == "site" and notice.state == "sent":
        tone, words = "plain", Text("已读", "Read") if notice.read_at else Text("未读", "Unread")
    if notice.channel == "call":
        words = CALLED.get(notice.state, words)
    return {
        "tone": tone, "state": said(words), "channel": said(CHANNELS[notice.channel]),
        "reason": said(REASONS[notice.reason]) if notice.reason in REASONS and notice.state in ("held", "skipped") else "",
    }  # fmt: skip


def names_of(found: list[Notice]) -> dict[str, str]:
    """Who is meant by each recipient: buyers masked, colleagues and rooms by name."""
    return _names(found)


def _names(found: list[Notice]) -> dict[str, str]:
    buyers = Buyer.objects.filter(pk__in={row.buyer_id for row in found if row.buyer_id}).values_list("pk", "name")
    users = User.objects.filter(pk__in={row.user_id for row in found if row.user_id})
    names = {f"buyer:{key}": mask_name(name) or f"buyer:{key}" for key, name in buyers}
    names |= {f"user:{user.pk}": user.get_full_name() or user.username for user in users}
    return names | {row.recipient: row.room.name for row in found if row.room is not None}


def _row(notice: Notice) -> dict[str, Any]:
    return {
        "notice": notice, "at": notice.delivered_at or notice.sent_at or notice.created_at, **state_words(notice),
        "title": notice.title, "sent_to": notice.sent_to, "language": "en" if notice.language == "en" else "zh-Hans",
        "paragraphs": [mask_text(each) for each in parts_of(notice).said] if notice.channel != "sms" else [mask_text(notice.body)],
        "waits": notice.send_after if notice.state == "held" else None,
    }  # fmt: skip
