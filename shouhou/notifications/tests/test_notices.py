"""Who is told what, once, and how mail leaves the house."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from shouhou.accounts.models import Buyer, User
from shouhou.cases.actions import say
from shouhou.cases.due import remind
from shouhou.cases.models import Case
from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.foundation.refusals import Refused
from shouhou.logistics.actions.pickups import take_booking
from shouhou.logistics.carriers.base import Booked
from shouhou.logistics.models import Pickup
from shouhou.logistics.queries import windows_for
from shouhou.merchants.models import Merchant
from shouhou.notifications import actions, queries, tasks
from shouhou.notifications.models import Notice
from shouhou.plumbing.dispatch import dispatch_new_events
from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.models import Event
from tests.world import CONTACT, World

SENT_AT = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.BASE_URL = "https://shop.example"


def tell_all(now: datetime) -> None:
    """Say what every event so far has to say (the feed itself is tested with the dispatcher)."""
    for row in Event.objects.order_by("id"):
        event = FeedEvent(row.id, row.at, row.type, row.subject, row.merchant_id, row.buyer_id, row.data)
        actions.write_notices(event, now=now)


def said(number: str, channel: str = "site") -> list[str]:
    mine = Notice.objects.filter(subject=number, channel=channel, buyer_id__isnull=False)
    return list(mine.order_by("id").values_list("template", flat=True))


def body_of(number: str, template: str) -> str:
    return Notice.objects.filter(subject=number, template=template, channel="site").latest("id").body


def applied(world: World, **wish: Any) -> str:
    """An application that waits for a reviewer."""
    order = world.order()
    Merchant.objects.update(auto_review=False)
    number: str = world.apply(order, **wish)["number"]
    return number


def rejected(world: World) -> str:
    number = applied(world)
    world.move(
        number, "reject", actor=world.staff("reviewer"), reason_code="NO_DEFECT_FOUND", clause="RET-07", note="检测未见故障。"
    )
    return number


def test_an_application_is_confirmed_with_its_due_times_and_the_link(world: World) -> None:
    number = applied(world)
    tell_all(world.now)
    assert said(number, "email") == said(number) == ["application_received"]
    body = body_of(number, "application_received")
    assert "电热水壶 ×1" in body
    assert "最晚首次响应：2026 年 3 月 11 日" in body
    assert "最晚审核完成：2026 年 3 月" in body
    assert f"https://shop.example/cases/{number}/" in body


def test_a_rejection_names_ground_clause_what_can_be_done_and_the_outside_routes(world: World) -> None:
    number = rejected(world)
    tell_all(world.now)
    body = body_of(number, "rejected")
    for part in ("检测未发现故障", "RET-07", "检测未见故障。", "重新提交", "平台介入", "12315", "人民法院"):
        assert part in body


def test_an_approval_says_where_to_send_what_and_until_when(world: World) -> None:
    number = applied(world)
    world.move(number, "approve", actor=world.staff("reviewer"))
    tell_all(world.now)
    body = body_of(number, "approved")
    assert "广东省广州市仓库路 8 号" in body
    assert "2026 年 3 月 17 日" in body


def test_who_reads_english_is_told_in_english(world: World) -> None:
    number = rejected(world)
    Buyer.objects.update(language="en")
    tell_all(world.now)
    body = body_of(number, "rejected")
    assert "Ground: no defect found" in body
    assert "hotline 12315" in body
    assert Notice.objects.get(template="rejected", channel="email").title == "Not approved: no defect found"


def test_evidence_asked_for_and_the_reminder_say_what_is_needed(world: World) -> None:
    number = applied(world)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    world.later(days=4)
    assert remind(now=world.now) == 1
    tell_all(world.now)
    assert said(number)[-2:] == ["evidence_asked", "remind_evidence"]
    assert "故障视频" in body_of(number, "evidence_asked")
    assert "故障视频" in body_of(number, "remind_evidence")


@pytest.mark.parametrize(("language", "mine", "other"), [("zh-hans", "照片或视频", "Photos"), ("en", "Photos or a video", "照片")])
def test_what_the_system_asks_for_is_told_in_the_readers_language_alone(
    world: World, language: str, mine: str, other: str
) -> None:
    order = world.order()
    Buyer.objects.update(language=language)
    number = str(world.apply(order, reason="quality", description="插电后不加热")["number"])
    assert world.case(number)["status"] == "evidence_asked"
    world.later(days=4)
    assert remind(now=world.now) == 1
    tell_all(world.now)
    for template in ("evidence_asked", "remind_evidence"):
        assert mine in body_of(number, template)
        assert other not in body_of(number, template)


def test_a_whole_return_is_told_step_by_step_without_a_gap_in_any_text(world: World, fake: Any) -> None:
    number = applied(world)
    world.move(number, "approve", actor=world.staff("reviewer"))
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"), items=[{"line": 1, "accepted": 1}])
    world.pay(number)
    tell_all(world.now)
    assert said(number) == [
        "application_received", "approved", "shipped", "received", "accepted", "refund_started", "refund_settled",
    ]  # fmt: skip
    for notice in Notice.objects.all():
        assert "…" not in notice.title + notice.body
        assert "{" not in notice.title + notice.body
    assert "199.00 元" in body_of(number, "refund_settled")
    assert "银行卡" in body_of(number, "refund_settled")


def test_a_proposed_deduction_says_how_much_why_and_until_when(world: World) -> None:
    number = world.received()
    world.move(
        number, "propose_deduction", actor=world.staff("inspector"),
        items=[{"line": 1, "accepted": 1, "deduction": 2000, "deduction_reason": "包装缺失"}],
    )  # fmt: skip
    tell_all(world.now)
    body = body_of(number, "deduction_proposed")
    for part in ("20.00 元", "包装缺失", "同意或不同意", "不会扣款"):
        assert part in body


def test_a_booked_pickup_is_told_with_window_and_waybill(world: World) -> None:
    number = applied(world)
    world.move(number, "approve", actor=world.staff("reviewer"))
    window = windows_for(CONTACT, calendar=NO_HOLIDAYS, now=world.now)[0]
    world.move(number, "book_pickup", actor=world.buyer(), window=window.code)
    take_booking(Pickup.objects.get().id, Booked("R1", "JD0000000000001"), now=world.now)
    tell_all(world.now)
    assert said(number)[-1] == "pickup_booked"
    body = body_of(number, "pickup_booked")
    assert "京东快递" in body
    assert f"{window.start:%H:%M}–{window.end:%H:%M}" in body
    assert "JD0000000000001" in body


def test_an_answer_of_staff_is_told_to_the_buyer_and_an_internal_note_is_not(world: World) -> None:
    number = applied(world)
    say(number, "请问故障何时出现？", internal=False, actor=world.staff("agent"), now=world.now)
    say(number, "疑似人为", internal=True, actor=world.staff("agent"), now=world.now)
    tell_all(world.now)
    assert said(number) == ["application_received", "new_message"]
    assert "请问故障何时出现？" in body_of(number, "new_message")
    assert not Notice.objects.filter(body__contains="疑似人为").exists()


def test_whoever_holds_the_case_is_told_of_their_turn_and_of_the_consumers_words(world: World) -> None:
    number = applied(world)
    user = User.objects.create_user("shen", email="shen@example.com", role="reviewer")
    Case.objects.update(assigned_to=user)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="视频")
    world.move(number, "send_evidence", actor=world.buyer(), description="视频在此")
    say(number, "麻烦快一点", internal=False, actor=world.buyer(), now=world.now)
    tell_all(world.now)
    mine = queries.notices_for_staff(user.id)
    assert [notice["title"][:6] for notice in mine] == ["消费者留言：", "待您处理：R", "待您处理：R"]
    assert "麻烦快一点" in mine[0]["body"]


def test_a_buyer_without_an_address_gets_the_site_notice_only(world: World) -> None:
    number = applied(world)
    Buyer.objects.update(email="")
    tell_all(world.now)
    assert (said(number, "email"), said(number, "sms"), said(number)) == ([], [], ["application_received"])


def test_the_same_event_again_says_nothing_more_and_enqueues_nothing(world: World) -> None:
    number = applied(world)
    tell_all(world.now)
    tell_all(world.now)
    assert said(number) == ["application_received"]
    assert ProcrastinateJob.objects.filter(task_name="notifications.deliver").count() == 1


def test_events_about_no_case_say_nothing(world: World) -> None:
    event = FeedEvent(1, world.now, "case.opened", "SO-NONE", None, None, {"status": "submitted"})
    assert actions.write_notices(event, now=world.now) == 0
    assert Notice.objects.count() == 0


@pytest.fixture
def queued(world: World) -> Iterator[Notice]:
    applied(world)
    tell_all(world.now)
    mail.outbox.clear()
    yield Notice.objects.get(channel="email")


def test_a_mail_is_sent_once_however_often_its_job_runs(queued: Notice) -> None:
    assert actions.deliver(queued.id, now=SENT_AT)
    assert not actions.deliver(queued.id, now=SENT_AT + timedelta(hours=1))
    assert [message.to for message in mail.outbox] == [["lin@example.com"]]
    queued.refresh_from_db()
    assert (queued.state, queued.sent_at, queued.attempts) == ("sent", SENT_AT, 1)
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<notice-{queued.id}@")


def test_a_mail_that_is_being_sent_elsewhere_is_left_alone(queued: Notice) -> None:
    Notice.objects.filter(id=queued.id).update(claimed_until=SENT_AT + timedelta(minutes=1))
    assert not actions.deliver(queued.id, now=SENT_AT)
    assert mail.outbox == []


def test_a_sender_killed_in_the_middle_is_followed_by_the_next_with_the_same_message_id(queued: Notice) -> None:
    Notice.objects.filter(id=queued.id).update(claimed_until=SENT_AT, attempts=1)
    assert actions.deliver(queued.id, now=SENT_AT + timedelta(seconds=1))
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<notice-{queued.id}@")


def test_a_refused_address_is_final(queued: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailMessage, fail_silently: bool = False) -> int:
        raise SMTPRecipientsRefused({"lin@example.com": (550, b"no such user")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    assert not actions.deliver(queued.id, now=SENT_AT)
    queued.refresh_from_db()
    assert queued.state == "failed"
    assert [row["id"] for row in queries.stuck(queued.created_at)] == [queued.id]


def test_a_dead_mail_server_is_tried_again_and_at_last_given_up(queued: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: EmailMessage, fail_silently: bool = False) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailMessage, "send", broken)
    states = []
    for attempt in range(9):
        with pytest.raises(SMTPServerDisconnected):
            actions.deliver(queued.id, now=SENT_AT + timedelta(minutes=attempt))
        queued.refresh_from_db()
        states.append(queued.state)
    assert states == ["queued"] * 8 + ["failed"]


def test_an_address_erased_meanwhile_is_not_written_to(queued: Notice) -> None:
    Buyer.objects.update(erased_at=SENT_AT)
    assert not actions.deliver(queued.id, now=SENT_AT)
    queued.refresh_from_db()
    assert (queued.state, mail.outbox) == ("skipped", [])


def test_erasure_removes_the_words_and_keeps_that_they_were_said(queued: Notice) -> None:
    assert queued.buyer_id
    assert actions.erase_notices(queued.buyer_id, SENT_AT) == {"notices": 2}
    assert actions.erase_notices(queued.buyer_id, SENT_AT) == {"notices": 0}
    assert set(Notice.objects.values_list("title", "body")) == {("", "")}
    queued.refresh_from_db()
    assert queued.state == "skipped"


def test_the_notice_centre_shows_the_buyers_own_newest_first_and_marks_them_read(world: World) -> None:
    number = rejected(world)
    tell_all(world.now)
    buyer = Buyer.objects.get()
    mine = queries.notices_of(buyer.id)
    assert mine[0]["title"] == "申请未通过：检测未发现故障"
    assert mine[0]["link"] == f"https://shop.example/cases/{number}/"
    assert queries.unread_count(buyer_id=buyer.id) == 2
    assert actions.mark_read(notice_ids=[mine[0]["id"]], buyer_id=buyer.id + 1, now=SENT_AT) == 0
    assert actions.mark_read(notice_ids=[mine[0]["id"]], buyer_id=buyer.id, now=SENT_AT) == 1
    assert queries.unread_count(buyer_id=buyer.id) == 1
    assert len(queries.notices_of(buyer.id, limit=1)) == 1
    assert queries.notices_of(buyer.id, before_id=mine[0]["id"])[0]["id"] == mine[1]["id"]
    with pytest.raises(Refused):
        actions.mark_read(notice_ids=[1], now=SENT_AT)


def test_staff_see_what_was_said_about_a_case_and_whether_it_arrived(queued: Notice) -> None:
    actions.deliver(queued.id, now=SENT_AT)
    rows = queries.notices_about(queued.subject)
    assert [(row["channel"], row["state"]) for row in rows] == [("site", "sent"), ("email", "sent")]


@pytest.mark.django_db(transaction=True)
def test_four_jobs_at_once_send_one_mail(world: World) -> None:
    applied(world)
    tell_all(world.now)
    notice = Notice.objects.get(channel="email")

    def go() -> bool:
        try:
            return actions.deliver(notice.id, now=SENT_AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = [future.result() for future in [pool.submit(go) for _ in range(4)]]
    assert sorted(outcomes) == [False, False, False, True]
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_the_feed_enqueues_one_job_per_event_that_says_something(world: World) -> None:
    number = applied(world)
    dispatch_new_events()
    dispatch_new_events()
    jobs = ProcrastinateJob.objects.filter(task_name="notifications.notify")
    assert jobs.count() == 1
    tasks.notify(**jobs.get().args)
    tasks.notify(**jobs.get().args)
    assert said(number) == ["application_received"]
