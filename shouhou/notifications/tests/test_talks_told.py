"""Whom nobody reads is told elsewhere, once; and what is left of a talk when its buyer is erased."""

from shouhou.accounts.erasure import erase_buyer
from shouhou.accounts.models import Buyer
from shouhou.conduct.models import Screened
from shouhou.notifications.models import Notice
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.support.conversations.actions import say, tell_unread
from shouhou.support.conversations.actions.calling import Telephoned, record_call
from shouhou.support.conversations.models import Call, Conversation, Said
from shouhou.support.conversations.tests.conftest import People, duty
from shouhou.support.conversations.tests.test_talks import asked
from tests.world import THIRD, World, refusal_of


def told(world: World) -> list[tuple[str, str, str]]:
    tell_all(world.now)
    return list(Notice.objects.order_by("id").values_list("template", "channel", "recipient"))


def test_a_buyer_who_does_not_look_gets_a_text_message_once(world: World, people: People) -> None:
    number, su = asked(world), people("苏敏")
    say(number, "您好，今天发货。", actor=su, now=world.now)
    say(number, "请留意物流。", actor=su, now=world.now)
    assert tell_unread(now=world.later(minutes=6).now) == 1
    me = world.buyer().who
    assert told(world) == [("talk_unread", channel, me) for channel in ("site", "sms")]
    assert told(world) == [("talk_unread", channel, me) for channel in ("site", "sms")]
    notice = Notice.objects.get(channel="site")
    assert "请留意物流。" in notice.body
    assert f"/talks/{number}/" in notice.body


def test_who_holds_it_is_told_else_who_is_on_duty_else_the_supervisor(world: World, people: People) -> None:
    asked(world)
    boss, su = people("秦岚", "supervisor"), people("苏敏")
    tell_unread(now=world.later(minutes=6).now)
    assert {recipient for _, _, recipient in told(world)} == {boss.who}
    duty(su, now=world.now)
    asked(world)
    tell_unread(now=world.later(minutes=6).now)
    assert {recipient for _, _, recipient in told(world)} == {boss.who, su.who}


def test_a_shops_talk_is_told_to_its_own_people_only(world: World, people: People) -> None:
    order = world.order(**THIRD)
    wang = people("老王", "merchant_operator", "m1")
    people("秦岚", "supervisor")
    asked(world, actor=world.buyer(), order=order)
    tell_unread(now=world.later(minutes=6).now)
    assert {recipient for _, _, recipient in told(world)} == {wang.who}


def test_an_erased_buyers_words_numbers_and_calls_are_gone_and_the_talk_stays(world: World, people: People) -> None:
    order = world.order(**THIRD)
    wang, su = people("老王", "merchant_operator", "m1"), people("苏敏")
    number = asked(world, actor=world.buyer(), order=order, text="我是林一，电话 13800000001，什么时候发货？")
    say(number, "林一您好，会打 13800000001 联系您。", actor=su, now=world.now)
    refusal_of(say, number, "林一加我微信 laowang8888", actor=wang, now=world.now)
    record_call(number, Telephoned("out", "13800000001", world.now, 2, "与林一通话"), actor=su, now=world.now)
    boss = people("梁运", "operations")
    for _ in range(2):
        erase_buyer(Buyer.objects.get().external_id, actor=boss, now=world.now)
    talk = Conversation.objects.get(number=number)
    everything = " ".join([
        talk.title, *Said.objects.values_list("text", flat=True), *Call.objects.values_list("summary", flat=True),
        *Call.objects.values_list("phone", flat=True), *Screened.objects.values_list("text", flat=True),
    ])  # fmt: skip
    assert "林一" not in everything
    assert "13800000001" not in everything
    assert "您好，会打" in everything
    assert talk.closed_at == world.now
