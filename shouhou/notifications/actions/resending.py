"""Sent anew by a person: a new row that points to the old one, with a reason; at the same instant only one."""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from shouhou.accounts.models import Buyer, User
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, FieldError, refusal, refused
from shouhou.notifications.actions.laying import QUEUE, About, Words, outward, step, to_room
from shouhou.notifications.models import Notice
from shouhou.notifications.queries import STUCK_AFTER
from shouhou.notifications.readers import Reader, buyer_reader, case_about, is_over, staff_reader
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

MAY_SEND_AGAIN = ("operations", "supervisor")
REASON_MOST = 200
ENDED = ("sent", "undelivered", "unknown", "failed", "skipped")
NOTICE_NOT_STUCK = refusal(
    "NOTICE_NOT_STUCK", "conflict",
    zh="这条通知没有卡住，无需重发。", en="This notice is not stuck; there is nothing to send again.",
)  # fmt: skip
NOTICE_NOT_AGAIN = refusal(
    "NOTICE_NOT_AGAIN", "conflict",
    zh="这条通知现在不能重发：{why}。", en="This notice cannot be sent anew now: {why_en}.",
)  # fmt: skip
NOTICE_REASON = refusal("NOTICE_REASON", "invalid", zh="请填写重发原因。", en="Say why it is sent anew.")


@transaction.atomic
def send_again(notice_id: int, *, actor: Actor, now: datetime) -> None:
    """What was given up is sent anew; what only waits gets another job. Raises FORBIDDEN, NOT_FOUND, NOTICE_NOT_STUCK."""
    notice = _locked(notice_id, actor)
    waits = notice.state == "queued" and notice.created_at < now - STUCK_AFTER
    held = notice.claimed_until is not None and notice.claimed_until > now
    if held or notice.channel == "call" or not (waits or notice.state in ("failed", "undelivered", "unknown")):
        raise refused(NOTICE_NOT_STUCK)
    if notice.state != "queued":
        if notice.sent_anew.exists():
            raise refused(NOTICE_NOT_STUCK)
        _anew(notice, "卡住 stuck", actor=actor, now=now)
        return
    notice.attempts, notice.claimed_until = 0, None
    step(notice, "pushed", now=now, detail=actor.name)
    notice.save(update_fields=["attempts", "claimed_until", "steps"])
    try:
        with transaction.atomic():
            job = app.configure_task("notifications.deliver", queue=QUEUE, queueing_lock=f"notice:{notice.id}")
            job.defer(notice_id=notice.id)
    except AlreadyEnqueued as error:
        raise refused(NOTICE_NOT_STUCK) from error
    audit.note(actor, what="notice.sent_again", subject=notice.subject, detail=f"{notice.channel} #{notice.id}", now=now)


@transaction.atomic
def resend(notice_id: int, reason: str, *, actor: Actor, now: datetime) -> int:
    """Send it anew, through the same channel; answers the new row. Raises FORBIDDEN, NOT_FOUND, NOTICE_NOT_AGAIN, NOTICE_REASON."""
    notice = _locked(notice_id, actor)
    reason = reason.replace("\x00", "").strip()
    if not 1 <= len(reason) <= REASON_MOST:
        raise refused(NOTICE_REASON, FieldError("reason", f"请填写 1 到 {REASON_MOST} 字。", f"Write 1 to {REASON_MOST} characters."))
    return _anew(notice, reason, actor=actor, now=now)


def may_resend(notice: Notice, *, now: datetime) -> tuple[str, str]:
    """Why it cannot be sent anew, in both languages; two empty texts when it can."""
    if notice.channel in ("site", "call"):
        return "站内通知和电话没有可重发的", "there is nothing to resend on the site or by telephone"
    if notice.state not in ENDED:
        return ("已经送达", "it has arrived") if notice.state == "delivered" else ("它还在路上", "it is still on its way")
    if notice.sent_anew.exists():
        return "已经重发过，请看那一条", "it has been sent anew already; look at that one"
    if not notice.body:
        return "内容已按个人信息删除请求移除", "its words were erased on request"
    if is_over(notice, case_about(notice), now=now):
        return "事情已经办完或期限已过", "what it asked for is done, or its limit has passed"
    return "", ""


def _anew(notice: Notice, reason: str, *, actor: Actor, now: datetime) -> int:
    why, why_en = may_resend(notice, now=now)
    if why:
        raise refused(NOTICE_NOT_AGAIN, why=why, why_en=why_en)
    case = case_about(notice)
    what = About(notice.event_seq, notice.event_type, notice.subject, case, notice.status, notice.due_at)
    # The row's own words: what was said is said again, not what would be said today.
    words = Words(notice.title, notice.body, notice.body)
    if notice.room is not None:
        to_room(what, notice.room, words, template=notice.template, now=now, again_of=notice)
    elif (reader := _reader(notice)) is not None:
        outward(what, reader, words, template=notice.template, channel=notice.channel, now=now, again_of=notice)
    new = notice.sent_anew.order_by("-id").first()
    if new is None:
        raise refused(NOTICE_NOT_AGAIN, why="收件人已不在", why_en="its reader is gone")
    step(notice, "sent_anew", now=now, detail=f"#{new.pk} {actor.name}: {reason}")
    notice.save(update_fields=["steps"])
    step(new, "resend_of", now=now, detail=f"#{notice.pk} {actor.name}: {reason}")
    new.save(update_fields=["steps"])
    detail = f"{notice.channel} #{notice.pk} → #{new.pk}: {reason}"
    audit.note(actor, what="notice.sent_again", subject=notice.subject, detail=detail, now=now)
    return int(new.pk)


def _reader(notice: Notice) -> Reader | None:
    if notice.buyer_id is not None:
        buyer = Buyer.objects.filter(pk=notice.buyer_id, erased_at=None).first()
        return buyer_reader(buyer) if buyer else None
    user = User.objects.filter(pk=notice.user_id or 0, is_active=True).first()
    return staff_reader(user) if user else None


def _locked(notice_id: int, actor: Actor) -> Notice:
    if actor.role not in MAY_SEND_AGAIN or actor.merchant_id is not None:
        raise refused(FORBIDDEN)
    notice = Notice.objects.select_for_update(of=("self",)).select_related("room").filter(id=notice_id).exclude(channel="site").first()
    if notice is None:
        raise refused(NOT_FOUND)
    return notice
