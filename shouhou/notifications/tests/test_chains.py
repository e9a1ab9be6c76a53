"""A channel that fails is followed by the next, once; the night is kept; what the gateway reports counts; nothing twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from shouhou.accounts.models import Buyer
from shouhou.cases.models import Case
from shouhou.foundation.refusals import Refused
from shouhou.notifications import actions
from shouhou.notifications.channels.sms.base import SmsSilent
from shouhou.notifications.channels.sms.fake.server import FakeGatewayServer
from shouhou.notifications.models import CallTask, Notice
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.notifications.tests.test_text_messages import _applied, _staff, asked, gateway
from shouhou.plumbing.callbacks import ID_HEADER, SIGNATURE_HEADER, signature
from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.models import Event
from tests.world import NOON, World

__all__ = ["asked", "gateway"]
NIGHT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)  # 23:00 in Beijing
MORNING = datetime(2026, 3, 11, 0, 0, tzinfo=UTC)


def chain(of: Notice) -> list[tuple[str, str]]:
    """What left the house about the same, in order, with its state."""
    rows = Notice.objects.filter(event_seq=of.event_seq, recipient=of.recipient).exclude(channel="site")
    return list(rows.order_by("id").values_list("channel", "state"))


def no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    from smtplib import SMTPRecipientsRefused

    def refuse(self: EmailMessage, fail_silently: bool = False) -> int:
        raise SMTPRecipientsRefused({"lin@example.com": (550, b"no such user")})

    monkeypatch.setattr(EmailMessage, "send", refuse)


def report(of: Notice, state: str, *, why: str = "") -> bool:
    return actions.take_report(f"notice:{of.id}", channel="sms", arrived=state == "delivered", why=why, now=NOON + timedelta(seconds=5))


def test_a_refused_text_message_is_followed_by_a_mail_with_the_whole_text(asked: Notice, gateway: FakeGatewayServer) -> None:
    gateway.calls = ["refuse"]
    assert not actions.deliver(asked.id, now=NOON)
    assert chain(asked) == [("sms", "failed"), ("email", "queued")]
    follower = Notice.objects.get(falls_from=asked)
    assert actions.deliver(follower.id, now=NOON)
    assert "故障视频" in str(mail.outbox[-1].body)
    assert chain(asked) == [("sms", "failed"), ("email", "sent")]
    asked.refresh_from_db()
    assert [step["what"] for step in asked.steps] == ["queued", "not_sent", "failed", "fell_on"]


def test_while_the_text_message_is_on_its_way_no_mail_goes(asked: Notice, gateway: FakeGatewayServer) -> None:
    actions.deliver(asked.id, now=NOON)
    assert actions.mind(now=NOON + timedelta(hours=5)) == 0
    assert chain(asked) == [("sms", "sent")]
    asked.refresh_from_db()
    assert asked.sent_to == "138****0001"


def test_ten_minutes_without_an_answer_and_the_mail_goes(asked: Notice, settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:9"
    with pytest.raises(SmsSilent):
        actions.deliver(asked.id, now=NOON + timedelta(minutes=1))
    assert actions.mind(now=NOON + timedelta(minutes=9, seconds=59)) == 0
    assert actions.mind(now=NOON + timedelta(minutes=10)) == 1
    assert actions.mind(now=NOON + timedelta(minutes=11)) == 0
    assert chain(asked) == [("sms", "failed"), ("email", "queued")]
    assert not actions.deliver(asked.id, now=NOON + timedelta(minutes=12)), "what was given up is not sent after all"


def test_a_try_that_may_have_arrived_is_unknown_and_followed(asked: Notice, gateway: FakeGatewayServer) -> None:
    gateway.calls = ["lost_answer"]
    with pytest.raises(SmsSilent):
        actions.deliver(asked.id, now=NOON)
    actions.mind(now=NOON + timedelta(minutes=10))
    assert chain(asked) == [("sms", "unknown"), ("email", "queued")]


def test_all_channels_failing_a_near_limit_is_a_call_and_a_far_one_stays_on_the_site(
    asked: Notice, gateway: FakeGatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_mail(monkeypatch)
    gateway.calls = ["refuse"]
    actions.deliver(asked.id, now=NOON)
    assert not actions.deliver(Notice.objects.get(falls_from=asked).id, now=NOON)
    assert chain(asked) == [("sms", "failed"), ("email", "failed")]
    assert not CallTask.objects.exists(), "the limit is a week away"
    assert asked.due_at is not None
    near = asked.due_at - timedelta(hours=6)
    Notice.objects.exclude(channel="site").exclude(pk=asked.pk).delete()
    Notice.objects.filter(pk=asked.pk).update(state="queued", attempts=0)
    gateway.calls = ["refuse"]
    actions.deliver(asked.id, now=near)
    actions.deliver(Notice.objects.get(falls_from=asked).id, now=near)
    assert chain(asked) == [("sms", "failed"), ("email", "failed"), ("call", "queued")]
    task = CallTask.objects.get()
    assert task.due_at == asked.due_at
    assert "故障视频" in task.notice.body


def test_a_report_of_arrival_counts_once_and_calls_off_what_was_to_follow(asked: Notice, gateway: FakeGatewayServer) -> None:
    gateway.calls = ["lost_answer"]
    with pytest.raises(SmsSilent):
        actions.deliver(asked.id, now=NOON)
    actions.mind(now=NOON + timedelta(minutes=10))
    assert report(asked, "delivered")
    assert not report(asked, "delivered")
    assert not report(asked, "undelivered", why="late")
    assert chain(asked) == [("sms", "delivered"), ("email", "skipped")]
    follower = Notice.objects.get(falls_from=asked)
    assert (follower.reason, actions.deliver(follower.id, now=NOON)) == ("arrived", False)
    assert mail.outbox == [] or "故障视频" not in str(mail.outbox[-1].body)


def test_a_report_of_failure_takes_the_next_channel_once(asked: Notice, gateway: FakeGatewayServer) -> None:
    actions.deliver(asked.id, now=NOON)
    assert report(asked, "undelivered", why="absent subscriber")
    assert not report(asked, "undelivered", why="absent subscriber")
    assert chain(asked) == [("sms", "undelivered"), ("email", "queued")]
    assert ProcrastinateJob.objects.filter(args__notice_id=Notice.objects.get(falls_from=asked).id).count() == 1


@pytest.mark.parametrize("key", ["notice:0", "notice:x", "code:1:2026", "", "notice:99999999999999999999"])
def test_a_report_about_nothing_of_ours_changes_nothing(asked: Notice, key: str) -> None:
    assert not actions.take_report(key, channel="sms", arrived=False, why="", now=NOON)
    assert chain(asked) == [("sms", "queued")]


def test_a_message_that_was_never_sent_cannot_be_reported_on(asked: Notice) -> None:
    assert not report(asked, "delivered")
    assert chain(asked) == [("sms", "queued")]


def test_only_the_gateway_itself_reports(asked: Notice, gateway: FakeGatewayServer, client: Any, settings: Any) -> None:
    settings.SMS_CALLBACK_SECRET = "s" * 32
    actions.deliver(asked.id, now=NOON)
    body = orjson.dumps({"key": f"notice:{asked.id}", "state": "delivered"})

    def call(secret: str, said: bytes = body) -> int:
        headers = {ID_HEADER: "r1", SIGNATURE_HEADER: signature(secret, "r1", body)}
        return int(client.post("/api/v1/callbacks/sms/fake", said, content_type="application/json", headers=headers).status_code)

    assert call("another secret") == 401
    assert call("s" * 32, body.replace(b"delivered", b"undelivered")) == 401
    assert chain(asked) == [("sms", "sent")]
    assert [call("s" * 32), call("s" * 32)] == [200, 200]
    assert chain(asked) == [("sms", "delivered")]
    assert client.post("/api/v1/callbacks/sms/other", body, content_type="application/json").status_code == 404


def test_at_night_it_is_on_the_site_at_once_and_goes_out_in_the_morning(world: World, gateway: FakeGatewayServer) -> None:
    number = _applied(world)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    tell_all(NIGHT)
    told = Notice.objects.get(channel="sms")
    assert (told.state, told.reason, told.send_after) == ("held", "quiet_hours", MORNING)
    assert Notice.objects.get(channel="site", template="evidence_asked").state == "sent"
    assert not actions.deliver(told.id, now=NIGHT)
    assert actions.mind(now=MORNING - timedelta(seconds=1)) == 0
    assert actions.mind(now=MORNING) == 1
    assert actions.mind(now=MORNING) == 0
    assert actions.deliver(told.id, now=MORNING)
    assert len(gateway.messages) == 1


def test_what_is_over_by_the_morning_is_not_sent(world: World, gateway: FakeGatewayServer) -> None:
    number = _applied(world)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    tell_all(NIGHT)
    world.move(number, "send_evidence", actor=world.buyer(), description="视频在此")
    actions.mind(now=MORNING)
    told = Notice.objects.get(channel="sms")
    assert (told.state, told.reason) == ("skipped", "over")
    assert gateway.messages == {}


def test_what_would_run_out_in_the_night_goes_at_once(world: World, gateway: FakeGatewayServer) -> None:
    number = _applied(world)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    due = Case.objects.get(number=number).due_at
    assert due is not None
    night = due - timedelta(minutes=30)
    tell_all(night)
    told = Notice.objects.get(channel="sms")
    assert (told.state, told.send_after) == ("queued", None)


def test_a_try_that_falls_into_the_night_waits_too(asked: Notice, gateway: FakeGatewayServer) -> None:
    assert not actions.deliver(asked.id, now=NIGHT)
    asked.refresh_from_db()
    assert (asked.state, asked.send_after, gateway.messages) == ("held", MORNING, {})


def test_an_erased_buyers_held_notice_is_gone(world: World) -> None:
    number = _applied(world)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    tell_all(NIGHT)
    told = Notice.objects.get(channel="sms")
    assert told.buyer_id
    actions.erase_notices(told.buyer_id, NIGHT)
    assert actions.mind(now=MORNING) == 0
    told.refresh_from_db()
    assert (told.state, told.reason, told.body, told.short) == ("skipped", "erased", "", "")


def test_a_message_sent_anew_is_a_new_one_with_a_reason_and_only_one(asked: Notice, gateway: FakeGatewayServer) -> None:
    actions.deliver(asked.id, now=NOON)
    boss = _staff("operations")
    with pytest.raises(Refused, match="NOTICE_REASON"):
        actions.resend(asked.id, " ", actor=boss, now=NOON)
    new = actions.resend(asked.id, "消费者说没收到", actor=boss, now=NOON)
    with pytest.raises(Refused, match="NOTICE_NOT_AGAIN"):
        actions.resend(asked.id, "再来一次", actor=boss, now=NOON)
    assert actions.deliver(new, now=NOON)
    assert set(gateway.messages) == {f"notice:{asked.id}", f"notice:{new}"}
    row = Notice.objects.get(pk=new)
    assert (row.again_of_id, row.round, row.body) == (asked.id, 1, asked.body)
    assert "消费者说没收到" in str(row.steps)


@pytest.mark.parametrize("state", ["queued", "held", "delivered"])
def test_what_is_on_its_way_or_has_arrived_is_not_sent_anew(asked: Notice, state: str) -> None:
    Notice.objects.filter(pk=asked.pk).update(state=state)
    with pytest.raises(Refused, match="NOTICE_NOT_AGAIN"):
        actions.resend(asked.id, "再来一次", actor=_staff("operations"), now=NOON)
    assert Notice.objects.filter(channel="sms").count() == 1


@pytest.mark.parametrize("role", ["agent", "auditor", "finance", "merchant_manager"])
def test_nobody_else_sends_anew(asked: Notice, role: str) -> None:
    Notice.objects.filter(pk=asked.pk).update(state="failed")
    with pytest.raises(Refused, match="FORBIDDEN"):
        actions.resend(asked.id, "再来一次", actor=_staff(role), now=NOON)
    assert Notice.objects.filter(channel="sms").count() == 1


def at_once(call: Callable[[], object]) -> list[object]:
    def go() -> object:
        try:
            return call()
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        return [future.result() for future in [pool.submit(go) for _ in range(4)]]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_sends_anew_once(world: World) -> None:
    number = _applied(world)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    tell_all(world.now)
    asked, boss = Notice.objects.get(channel="sms"), _staff("operations")
    Notice.objects.filter(pk=asked.pk).update(state="failed")
    outcomes = at_once(lambda: actions.resend(asked.id, "没收到", actor=boss, now=NOON))
    assert outcomes.count("NOTICE_NOT_AGAIN") == 3
    assert Notice.objects.filter(again_of=asked).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_told_four_times_at_once_is_said_once(world: World) -> None:
    number = _applied(world)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    row = Event.objects.get(type="case.moved")
    event = FeedEvent(row.id, row.at, row.type, row.subject, row.merchant_id, row.buyer_id, row.data)
    assert sorted(map(str, at_once(lambda: actions.write_notices(event, now=NOON)))) == ["0", "0", "0", "2"]
    assert list(Notice.objects.order_by("id").values_list("channel", flat=True)) == ["site", "sms"]
    assert ProcrastinateJob.objects.filter(task_name="notifications.deliver").count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_reports_of_failure_at_once_make_one_mail(world: World) -> None:
    number = _applied(world)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    tell_all(world.now)
    asked = Notice.objects.get(channel="sms")
    Notice.objects.filter(pk=asked.pk).update(state="sent", attempts=1)
    assert sorted(map(str, at_once(lambda: report(asked, "undelivered")))) == ["False", "False", "False", "True"]
    assert Notice.objects.filter(falls_from=asked).count() == 1


def test_a_worker_killed_between_sending_and_saying_so_sends_the_same_message(asked: Notice, gateway: FakeGatewayServer) -> None:
    actions.deliver(asked.id, now=NOON)
    Notice.objects.filter(pk=asked.pk).update(state="queued", claimed_until=NOON, sent_at=None)
    assert actions.deliver(asked.id, now=NOON + timedelta(minutes=3))
    assert [message["calls"] for message in gateway.messages.values()] == [2], "the gateway knows it by its key"


def test_a_buyer_without_mail_gets_the_decision_by_text_message(world: World, gateway: FakeGatewayServer) -> None:
    number = _applied(world)
    Buyer.objects.update(email="")
    world.move(
        number, "reject", actor=world.staff("reviewer"), reason_code="NO_DEFECT_FOUND", clause="RET-07", note="检测未见故障。"
    )
    tell_all(world.now)
    assert list(Notice.objects.filter(template="rejected").order_by("id").values_list("channel", flat=True)) == ["site", "sms"]
    assert "申请未通过：检测未发现故障" in Notice.objects.get(template="rejected", channel="sms").body
