"""Three people talk: who sees what, whose turn it is, who has it, and what happens twice or at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from shouhou.conduct.actions import register_contact
from shouhou.conduct.models import Screened
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event, Upload
from shouhou.support.conversations.actions import (
    ask_house,
    claim,
    claim_next,
    close,
    hand_over,
    mark_read,
    open_talk,
    release,
    say,
    tell_unread,
)
from shouhou.support.conversations.actions.calling import Telephoned, record_call
from shouhou.support.conversations.actions.opening import Question
from shouhou.support.conversations.models import Call, Conversation, HandOver, Said
from shouhou.support.conversations.queries import TalkFilter, listed, talk_json, token_of
from shouhou.support.conversations.tests.conftest import People, duty
from tests.beside import wait_for_lock
from tests.world import THIRD, World, refusal_of


def asked(world: World, *, actor: Actor | None = None, order: str = "", topic: str = "order", text: str = "什么时候发货？") -> str:
    if not order and actor is None:
        order = world.order()
    return open_talk(Question(topic, text, order=order), actor=actor or world.buyer(), now=world.now)


def texts(number: str, actor: Actor, world: World) -> list[str]:
    return [each["text"] for each in talk_json(number, actor=actor, now=world.now, language="zh-hans")["messages"]]


def test_a_shop_and_the_house_talk_among_themselves_and_the_buyer_reads_nothing_of_it(world: World, people: People) -> None:
    order = world.order(**THIRD)
    wang, su = people("老王", "merchant_operator", "m1"), people("苏敏")
    number = asked(world, actor=world.buyer(), order=order)
    say(number, "您好，今天发货。", actor=wang, now=world.now)
    say(number, "这位买家催了三次。", audience="staff", actor=wang, now=world.now)
    say(number, "商家常拖延，请留意。", audience="house", actor=su, now=world.now)
    buyer, shop, house = (texts(number, each, world) for each in (world.buyer(), wang, su))
    assert "您好，今天发货。" in buyer
    assert not {"这位买家催了三次。", "商家常拖延，请留意。"} & set(buyer)
    assert "这位买家催了三次。" in shop
    assert "商家常拖延，请留意。" not in shop
    assert {"这位买家催了三次。", "商家常拖延，请留意。"} <= set(house)


def test_a_question_about_a_shops_order_goes_to_the_shop_and_the_house_comes_in_when_it_is_asked(world: World, people: People) -> None:
    order = world.order(**THIRD)
    wang, su = people("老王", "merchant_operator", "m1"), people("苏敏")
    number = asked(world, actor=world.buyer(), order=order)
    talk = Conversation.objects.get(number=number)
    assert (talk.desk, talk.with_shop, talk.waits_on) == ("shop", True, "staff")
    say(number, "请耐心等待。", actor=wang, now=world.now)
    ask_house(number, reason="商家不处理", actor=world.buyer(), now=world.now)
    ask_house(number, reason="商家不处理", actor=world.buyer(), now=world.now)
    talk.refresh_from_db()
    assert (talk.desk, talk.assigned_to_id, talk.waits_on) == ("house", None, "staff")
    assert HandOver.objects.filter(what="hand").count() == 1
    claim(number, actor=su, now=world.now)
    assert "请耐心等待。" in texts(number, su, world)


def test_an_order_of_the_houses_own_shop_is_asked_about_at_the_house_and_no_shop_sees_it(world: World, people: People) -> None:
    number = asked(world)
    other = world.order(**THIRD)
    wang = people("老王", "merchant_operator", "m1")
    assert other
    assert refusal_of(talk_json, number, actor=wang, now=world.now, language="en").code == "TALK_NOT_FOUND"
    assert refusal_of(token_of, wang, number, now=world.now).code == "TALK_NOT_FOUND"
    assert listed(TalkFilter(shown="all"), actor=wang, now=world.now)[0] == []


def test_a_stranger_a_guest_of_another_order_and_an_insurer_learn_nothing(world: World, people: People) -> None:
    number = asked(world)
    world.order(buyer={"id": "u2", "name": "路人", "phone": "13700000009"})
    me = world.buyer()
    guest = Actor(role="consumer", who=me.who, buyer_id=me.buyer_id, order_id=10**9)
    insurer = Actor(role="insurer", who="user:99", insurer="anxin")
    for actor in (world.buyer("u2"), guest, insurer, people("钱会计", "merchant_manager")):
        for call in (
            lambda actor=actor: talk_json(number, actor=actor, now=world.now, language="en"),
            lambda actor=actor: token_of(actor, number, now=world.now),
            lambda actor=actor: mark_read(number, upto=1, actor=actor, now=world.now),
        ):
            assert refusal_of(call).code == "TALK_NOT_FOUND"
    before = Said.objects.count()
    assert refusal_of(say, number, "?", actor=world.buyer("u2"), now=world.now).code == "TALK_NOT_FOUND"
    assert Said.objects.count() == before


def test_the_same_form_twice_opens_once_and_says_once(world: World) -> None:
    order, me = world.order(), world.buyer()
    one, two = (open_talk(Question("order", "在吗", order=order), actor=me, now=world.now, key="k") for _ in range(2))
    assert one == two
    assert Conversation.objects.count() == 1
    first, second = (say(one, "还在吗", actor=me, now=world.now, key="m") for _ in range(2))
    assert first.pk == second.pk
    assert Said.objects.filter(side="consumer").count() == 2


def test_the_first_answer_of_a_person_ends_the_waiting_and_holds_the_talk(world: World, people: People) -> None:
    number, su = asked(world), people("苏敏")
    asked_at = world.now
    talk = Conversation.objects.get(number=number)
    assert (talk.waiting_since, talk.first_response_at) == (asked_at, None)
    world.later(minutes=7)
    say(number, "您好。", actor=su, now=world.now)
    talk.refresh_from_db()
    assert (talk.waits_on, talk.waiting_since, talk.first_response_at) == ("consumer", None, world.now)
    assert f"user:{talk.assigned_to_id}" == su.who
    say(number, "谢谢", actor=world.buyer(), now=world.later(minutes=1).now)
    talk.refresh_from_db()
    assert (talk.waits_on, talk.waiting_since) == ("staff", world.now)
    assert talk.first_response_at == asked_at + (world.now - asked_at) * 7 / 8


def test_a_colleagues_talk_is_not_taken_away_and_what_is_put_back_is_free(world: World, people: People) -> None:
    number, su, he = asked(world), people("苏敏"), people("何川")
    claim(number, actor=su, now=world.now)
    claim(number, actor=su, now=world.now)
    assert refusal_of(claim, number, actor=he, now=world.now).code == "TALK_CLAIMED"
    assert f"user:{Conversation.objects.get(number=number).assigned_to_id}" == su.who
    release(number, actor=su, now=world.now)
    assert claim_next(actor=he, now=world.now) == number
    assert claim_next(actor=he, now=world.now) is None
    assert HandOver.objects.filter(what="claim").count() == 2


def test_the_next_talk_is_the_one_that_has_waited_longest_for_ones_own_skills(world: World, people: People) -> None:
    technical = asked(world, topic="repair")
    world.later(minutes=1)
    service = asked(world, topic="order")
    su = people("苏敏")
    duty(su, now=world.now, skills=("service",))
    assert claim_next(actor=su, now=world.now) == service
    assert claim_next(actor=su, now=world.now) is None
    assert claim_next(actor=people("何川"), now=world.now) == technical


def test_a_hand_over_needs_a_reason_and_a_desk_that_exists_and_a_dry_run_changes_nothing(world: World, people: People) -> None:
    number, su = asked(world), people("苏敏")
    before = Conversation.objects.values().get(number=number)
    give: dict[str, Any] = {"desk": "house", "skill": "technical", "to": None, "actor": su, "now": world.now}
    assert refusal_of(hand_over, number, **give, reason=" ").code == "TALK_REASON"
    assert refusal_of(hand_over, number, **{**give, "skill": "magic"}, reason="x").code == "TALK_DESK"
    assert refusal_of(hand_over, number, **{**give, "to": 10**9}, reason="x").code == "TALK_NOT_ON_DUTY"
    assert refusal_of(hand_over, number, **{**give, "actor": world.buyer()}, reason="x").code == "TALK_NOT_YOURS"
    hand_over(number, **give, reason="要技术判断", dry_run=True)
    assert Conversation.objects.values().get(number=number) == before
    assert not HandOver.objects.exists()
    hand_over(number, **give, reason="要技术判断")
    talk = Conversation.objects.get(number=number)
    assert (talk.skill, talk.assigned_to, HandOver.objects.get().reason) == ("technical", None, "要技术判断")
    assert "要技术判断" not in " ".join(texts(number, world.buyer(), world))
    assert "已转给平台客服（技术）。" in texts(number, world.buyer(), world)


def test_a_closed_talk_opens_again_when_the_buyer_writes_and_not_by_staff(world: World, people: People) -> None:
    number, su = asked(world), people("苏敏")
    close(number, actor=su, now=world.now, dry_run=True)
    assert Conversation.objects.get().closed_at is None
    close(number, actor=su, now=world.now)
    assert refusal_of(say, number, "还有吗", actor=su, now=world.now).code == "TALK_CLOSED"
    say(number, "还是没收到", actor=world.buyer(), now=world.now)
    talk = Conversation.objects.get()
    assert (talk.closed_at, talk.waits_on) == (None, "staff")


def test_the_token_changes_with_every_word_and_costs_one_statement(world: World, people: People, django_assert_num_queries: Any) -> None:
    number, su, me = asked(world), people("苏敏"), world.buyer()
    for actor in (me, su):
        with django_assert_num_queries(1):
            known = token_of(actor, number, now=world.now)
        assert token_of(actor, number, now=world.now) == known
    say(number, "您好", actor=su, now=world.now)
    assert token_of(me, number, now=world.now) > known


def test_what_a_shop_may_not_say_is_refused_with_its_code_written_down_once_and_not_sent(world: World, people: People) -> None:
    order = world.order(**THIRD)
    wang = people("老王", "merchant_operator", "m1")
    number = asked(world, actor=world.buyer(), order=order)
    before = Said.objects.count()
    for _ in range(2):
        no = refusal_of(say, number, "请加我微信 laowang8888 私聊", actor=wang, now=world.now)
        assert (no.code, no.facts["codes"]) == ("MESSAGE_BLOCKED", "CDT-05")
    assert Said.objects.count() == before
    kept = Screened.objects.get()
    assert (kept.verdict, kept.times, kept.subject, kept.who) == ("block", 2, number, wang.who)


def test_a_registered_number_may_be_given_by_its_shop(world: World, people: People) -> None:
    order = world.order(**THIRD)
    wang, boss = people("老王", "merchant_operator", "m1"), people("梁运", "operations")
    number = asked(world, actor=world.buyer(), order=order)
    words = "有问题请拨打 02888886666"
    assert refusal_of(say, number, words, actor=wang, now=world.now).code == "MESSAGE_BLOCKED"
    register_contact("028-88886666", note="店铺座机", merchant_id=wang.merchant_id, actor=boss, now=world.now)
    say(number, words, actor=wang, now=world.now)
    assert words in texts(number, world.buyer(), world)


def test_a_buyer_may_leave_a_number_and_staff_among_themselves_are_not_held(world: World, people: People) -> None:
    number, su = asked(world), people("苏敏")
    say(number, "我的手机 13800000001，加我微信 lin12345", actor=world.buyer(), now=world.now)
    say(number, "客户微信 lin12345", audience="house", actor=su, now=world.now)
    assert not Screened.objects.exists()


def test_a_file_of_another_or_one_used_before_is_unknown(world: World) -> None:
    number, me = asked(world), world.buyer()
    mine, other = (
        Upload.objects.create(token=name, path=name, name=name, content_type="application/pdf", size=1, sha256="", uploaded_by=who,
                              created_at=world.now)
        for name, who in (("mine", me.who), ("other", "buyer:999999"))
    )  # fmt: skip
    before = Said.objects.count()
    assert refusal_of(say, number, "看", uploads=[other.token], actor=me, now=world.now).code == "TALK_FILE_UNKNOWN"
    assert Said.objects.count() == before
    say(number, "看", uploads=[mine.token], actor=me, now=world.now)
    assert refusal_of(say, number, "再看", uploads=[mine.token], actor=me, now=world.now).code == "TALK_FILE_UNKNOWN"


def test_what_nobody_reads_is_told_once_and_what_was_read_never(world: World, people: People) -> None:
    number, su, me = asked(world), people("苏敏"), world.buyer()
    assert tell_unread(now=world.now) == 0
    assert [tell_unread(now=world.later(minutes=6).now) for _ in range(2)] == [1, 0]
    said = say(number, "您好", actor=su, now=world.now)
    mark_read(number, upto=said.pk, actor=me, now=world.now)
    assert tell_unread(now=world.later(minutes=60).now) == 0
    say(number, "还在吗？", actor=su, now=world.now)
    assert tell_unread(now=world.later(minutes=6).now) == 1
    sides = Event.objects.filter(type="conversation.unread").order_by("id").values_list("data__side", flat=True)
    assert list(sides) == ["staff", "consumer"]


def test_a_call_is_noted_once_for_staff_with_its_minutes_and_not_in_the_future(world: World, people: People) -> None:
    number, su = asked(world), people("苏敏")
    call = Telephoned("in", "13800000001", world.now, 4, "问发货时间，已答复明天。")
    assert record_call(number, call, actor=su, now=world.now, key="c") == record_call(number, call, actor=su, now=world.now, key="c")
    assert Call.objects.get().minutes == 4
    late = Telephoned("in", "", world.later(minutes=1).now, 4, "x")
    assert refusal_of(record_call, number, late, actor=su, now=world.later(minutes=-1).now).code == "CALL_INVALID"
    assert Call.objects.count() == 1
    assert "问发货时间，已答复明天。" not in texts(number, world.buyer(), world)


@pytest.mark.django_db(transaction=True)
def test_two_agents_at_once_and_one_gets_it(people: People) -> None:
    world = World()
    number, both = asked(world), [people("苏敏"), people("何川")]

    def take(actor: Actor) -> str:
        try:
            with transaction.atomic():
                claim(number, actor=actor, now=world.now)
            return "taken"
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, both)) == ["TALK_CLAIMED", "taken"]
    assert HandOver.objects.filter(what="claim").count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_for_a_talk_that_is_being_taken_sees_who_took_it(people: People) -> None:
    world = World()
    number, first, second = asked(world), people("苏敏"), people("何川")

    def take() -> str:
        try:
            claim(number, actor=second, now=world.now)
            return "taken"
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            claim(number, actor=first, now=world.now)
            later = pool.submit(take)
            wait_for_lock()
        assert later.result(timeout=60) == "TALK_CLAIMED"
    assert Conversation.objects.get().assigned_to_id == int(first.who.removeprefix("user:"))
