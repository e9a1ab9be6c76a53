"""Conversations on pages: asking, answering, what is new, what is blocked, handing over, the rota; with and without scripts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import User
from shouhou.conduct.models import Screened
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.models import Upload
from shouhou.support.conversations.models import Call, CannedReply, Conversation, Duty, HandOver, Said
from shouhou.support.help.actions import sync_shipped
from shouhou.web.tests.conftest import SHOP
from shouhou.web.tests.pictures import png
from tests.world import World

Browser = Callable[..., Client]


def asked(client: Client, order: str, *, text: str = "什么时候发货？", key: str = "a", **more: Any) -> str:
    form = {"topic": "order", "about": f"order:{order}" if order else "", "text": text, "once": key, **more}
    answer = client.post(reverse("web:ask"), form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"].rstrip("/").rpartition("/")[2])


def shown(client: Client, number: str, *, door: str = "talk") -> str:
    answer = client.get(reverse(f"web:{door}", args=[number]))
    assert answer.status_code == 200
    return answer.content.decode()


def token_of(page: str) -> str:
    found = re.search(r"news/\?token=(\d+)", page)
    assert found
    return found[1]


def test_three_people_talk_about_one_order_and_each_reads_what_is_theirs(world: World, buyer: Browser, staff: Browser) -> None:
    order = world.order(merchant=SHOP)
    shop, agent = staff("merchant_operator", shop="yunshang"), staff("agent")
    number = asked(buyer(), order)
    assert "什么时候发货？" in shown(shop, number, door="staff_talk")
    say = reverse("web:staff_talk_say", args=[number])
    assert shop.post(say, {"text": "明天发货。", "audience": "all", "once": "1"}).status_code == 302
    assert shop.post(say, {"text": "缺货，平台怎么处理？", "audience": "staff", "once": "2"}).status_code == 302
    assert agent.post(say, {"text": "这家店第三次了", "audience": "house", "once": "3"}).status_code == 302
    page = shown(buyer(), number)
    assert "明天发货。" in page
    assert "缺货" not in page
    assert "第三次" not in page
    assert "第三次" not in shown(shop, number, door="staff_talk")
    assert "第三次" in shown(agent, number, door="staff_talk")


def test_the_same_form_twice_asks_once_and_says_once(world: World, buyer: Browser) -> None:
    client, order = buyer(), world.order()
    number = asked(client, order)
    assert asked(client, order) == number
    for _ in range(2):
        client.post(reverse("web:talk_say", args=[number]), {"text": "在吗", "once": "k"})
    assert Conversation.objects.count() == 1
    assert Said.objects.filter(text="在吗").count() == 1


def test_what_may_answer_it_stands_there_before_anybody_asks(world: World, buyer: Browser) -> None:
    world.order()
    sync_shipped(clock.now())
    client, address = buyer(), reverse("web:ask")
    assert "退款多久到账？" in client.get(address, {"topic": "return", "text": "退款多久到账"}).content.decode()
    part = client.get(address, {"topic": "delivery", "text": "没收到货，却显示签收了"}, headers={"HX-Request": "true"}).content.decode()
    assert "没收到货，却显示已签收，怎么办？" in part
    # Nothing typed yet: what the topic is about.
    assert "/help/" in client.get(address, {"topic": "repair"}).content.decode()
    assert "<form" not in part
    assert not Conversation.objects.exists()


def test_an_idle_page_is_told_nothing_and_a_new_word_comes_with_read_marks(world: World, buyer: Browser, staff: Browser) -> None:
    client, agent = buyer(), staff("agent")
    number = asked(client, world.order())
    known, news = token_of(shown(client, number)), reverse("web:talk_news", args=[number])
    idle = client.get(news, {"token": known})
    assert (idle.status_code, idle.content) == (204, b"")
    agent.post(reverse("web:staff_talk_say", args=[number]), {"text": "您好，正在查。", "audience": "all", "once": "k"})
    part = client.get(news, {"token": known, "last": "1"}).content.decode()
    assert "您好，正在查。" in part
    assert "<form" not in part
    assert client.get(news, {"token": token_of(part)}).status_code == 204
    agent.post(reverse("web:staff_talk_say", args=[number]), {"text": "留意此单", "audience": "house", "once": "n"})
    shown(client, number)
    assert shown(agent, number, door="staff_talk").count("已读：消费者") == 1


def test_the_news_of_a_talk_are_nobody_elses(world: World, buyer: Browser, staff: Browser) -> None:
    number = asked(buyer(), world.order(merchant=SHOP))
    Merchant.objects.create(code="other", name="别家", channel="third")
    for door in ("talk", "talk_news"):
        assert buyer("somebody-else").get(reverse(f"web:{door}", args=[number])).status_code == 404
    assert Client().get(reverse("web:talk_news", args=[number])).status_code == 401
    other = staff("merchant_operator", shop="other")
    for door in ("staff_talk", "staff_talk_news"):
        assert other.get(reverse(f"web:{door}", args=[number])).status_code == 404
    before = Said.objects.count()
    assert other.post(reverse("web:staff_talk_say", args=[number]), {"text": "x", "audience": "all", "once": "k"}).status_code == 404
    assert Said.objects.count() == before
    assert staff("insurer").get(reverse("web:staff_talks")).status_code == 403


def test_a_blocked_message_comes_back_with_its_code_and_stays_in_the_form(world: World, buyer: Browser, staff: Browser) -> None:
    order = world.order(merchant=SHOP)
    shop = staff("merchant_operator", shop="yunshang")
    number = asked(buyer(), order)
    answer = shop.post(
        reverse("web:staff_talk_say", args=[number]), {"text": "加微信 yunshang888 给您返现", "audience": "all", "once": "k"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "CDT-05" in page
    assert "加微信 yunshang888 给您返现" in page
    assert not Said.objects.filter(side="shop").exists()
    assert Screened.objects.get().subject == number


def test_a_picture_goes_with_the_message_and_only_to_who_may_read_it(world: World, buyer: Browser, staff: Browser) -> None:
    client, agent = buyer(), staff("agent")
    number = asked(client, world.order())
    client.post(reverse("web:talk_say", args=[number]), {"text": "看图", "once": "k", "photos": png()})
    token = Upload.objects.get().token
    address = reverse("web:file", args=[token])
    assert [each.get(address).status_code for each in (client, agent, buyer("somebody-else"), Client())] == [200, 200, 404, 404]
    agent.post(reverse("web:staff_talk_say", args=[number]), {"text": "内部", "audience": "house", "once": "n", "photos": png()})
    inside = reverse("web:file", args=[Upload.objects.exclude(token=token).get().token])
    assert [each.get(inside).status_code for each in (agent, client)] == [200, 404]


def test_a_file_of_somebody_else_is_refused_and_nothing_is_said(world: World, buyer: Browser) -> None:
    client = buyer()
    number = asked(client, world.order())
    other = Upload.objects.create(
        token="theirs", path="x", name="x", content_type="image/png", size=1, sha256="", uploaded_by="buyer:999", created_at=world.now
    )
    before = Said.objects.count()
    form = {"text": "看", "once": "k", "photos-taken": [other.token]}
    assert client.post(reverse("web:talk_say", args=[number]), form).status_code == 422
    assert Said.objects.count() == before


def test_the_next_talk_is_taken_once_and_a_colleagues_is_left_to_them(world: World, buyer: Browser, staff: Browser) -> None:
    number = asked(buyer(), world.order())
    agent, colleague = staff("agent"), staff("reviewer")
    for _ in range(2):
        assert number in agent.post(reverse("web:staff_talks_next"), {"once": "n"})["Location"]
    answer = colleague.post(reverse("web:staff_talk_change", args=[number, "claim"]), {"once": "c"})
    assert answer.status_code == 409
    assert "没有改派" in answer.content.decode()
    assert Conversation.objects.get().assigned_to == User.objects.get(role="agent")
    agent.post(reverse("web:staff_talk_change", args=[number, "release"]), {"once": "r"})
    assert Conversation.objects.get().assigned_to is None


def test_a_hand_over_tells_its_reason_to_staff_and_not_to_the_buyer(world: World, buyer: Browser, staff: Browser) -> None:
    order = world.order(merchant=SHOP)
    agent, shop = staff("agent"), staff("merchant_operator", shop="yunshang")
    number = asked(buyer(), order)
    buyer().post(reverse("web:talk_house", args=[number]), {"reason": "商家不回"})
    assert Conversation.objects.get().desk == "house"
    address = reverse("web:staff_talk_change", args=[number, "hand"])
    assert agent.post(address, {"place": "shop:service", "person": "", "reason": "", "once": "h"}).status_code == 422
    assert HandOver.objects.count() == 1
    assert agent.post(address, {"place": "shop:service", "person": "", "reason": "请商家补发", "once": "h"}).status_code == 302
    assert "请商家补发" in shown(shop, number, door="staff_talk")
    assert "请商家补发" not in shown(buyer(), number)


def test_a_canned_reply_is_filled_and_one_with_a_gap_is_not(world: World, buyer: Browser, staff: Browser) -> None:
    order, boss, agent = world.order(), staff("supervisor"), staff("agent")
    number, address = asked(buyer(), order), reverse("web:staff_replies")
    wrong = boss.post(address, {"title": "x", "text_zh": "{nobody}", "once": "0"})
    assert wrong.status_code == 422
    for title, words in (("发货", "您好 {buyer}，订单 {order} 今天发出。"), ("售后", "售后单 {case} 已受理。")):
        assert boss.post(address, {"title": title, "text_zh": words, "once": title}).status_code == 302
    assert agent.post(address, {"title": "y", "text_zh": "y", "once": "y"}).status_code == 403
    first, second = CannedReply.objects.order_by("id")
    page = agent.get(reverse("web:staff_talk", args=[number]), {"reply": first.pk}).content.decode()
    assert f"您好 林一，订单 {order} 今天发出。" in page
    gap = agent.get(reverse("web:staff_talk", args=[number]), {"reply": second.pk})
    assert gap.status_code == 409
    assert "售后单号" in gap.content.decode()


def test_a_call_is_noted_once_with_the_number_masked(world: World, buyer: Browser, staff: Browser) -> None:
    number, agent = asked(buyer(), world.order()), staff("agent")
    form = {"direction": "in", "phone": "13812345678", "minutes": "3", "summary": "问发货", "once": "c"}
    for _ in range(2):
        assert agent.post(reverse("web:staff_talk_change", args=[number, "call"]), form).status_code == 302
    assert Call.objects.count() == 1
    page = shown(agent, number, door="staff_talk")
    assert "138****5678" in page
    assert "13812345678" not in page


def test_a_call_begins_a_talk_for_the_buyer_of_a_case(world: World, buyer: Browser, staff: Browser) -> None:
    case = world.apply(world.order())["number"]
    agent, form = staff("agent"), {"topic": "return", "channel": "phone", "text": "您来电询问退货进度。", "once": "b"}
    assert agent.post(reverse("web:staff_talk_new"), {**form, "number": "SO-0000-0000-0"}).status_code == 422
    answer = agent.post(reverse("web:staff_talk_new"), {**form, "number": case.lower()})
    talk = Conversation.objects.get()
    assert answer["Location"].endswith(f"/{talk.number}/")
    assert (talk.case.number if talk.case else "", talk.channel, talk.waits_on) == (case, "phone", "consumer")
    assert "您来电询问退货进度。" in shown(buyer(), talk.number)


def test_the_rota_is_kept_by_supervisors_and_told_in_the_automatic_answer(world: World, buyer: Browser, staff: Browser) -> None:
    staff("agent")
    boss, person = staff("supervisor"), User.objects.get(role="agent")
    form = {
        "person": str(person.pk), "weekdays": list("1234567"), "since": "00:00", "until": "00:00", "on_holidays": "on",
        "first_day": "2020-01-01", "once": "d",
    }  # fmt: skip
    assert staff("agent").post(reverse("web:staff_rota"), form).status_code == 403
    assert not Duty.objects.exists()
    for _ in range(2):
        assert boss.post(reverse("web:staff_rota"), form).status_code == 302
    duty = Duty.objects.get()
    number = asked(buyer(), world.order())
    assert "现在有 1 位客服值班" in shown(buyer(), number)
    boss.post(reverse("web:staff_duty_end", args=[duty.pk]), {"once": "e"})
    duty.refresh_from_db()
    assert duty.last_day is not None


def test_lists_filter_page_and_export_with_people_masked(world: World, buyer: Browser, staff: Browser) -> None:
    client = buyer()
    for place in range(45):
        asked(client, world.order() if place == 0 else "", text=f"问题 {place}", key=str(place))
    agent = staff("agent")
    first = agent.get(reverse("web:staff_talks"), {"shown": "waiting"}).content.decode()
    assert "问题 0<" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = agent.get(reverse("web:staff_talks") + following[1].replace("&amp;", "&")).content.decode()
    assert "问题 44" in second
    assert "问题 0<" not in second
    assert "林*" in first
    assert "林一" not in first
    sheet = b"".join(agent.get(reverse("web:staff_talks_export", args=["csv"])).streaming_content).decode()  # type: ignore[attr-defined]
    assert len(sheet.splitlines()) == 46
    assert "林一" not in sheet
    own = b"".join(client.get(reverse("web:talks_export", args=["csv"])).streaming_content).decode()  # type: ignore[attr-defined]
    assert len(own.splitlines()) == 46
    assert "没有这样的会话" in agent.get(reverse("web:staff_talks"), {"q": "没有的词"}).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_closed_talk_is_told_in_the_readers_language(world: World, buyer: Browser, staff: Browser, language: str) -> None:
    client = buyer()
    number = asked(client, world.order())
    staff("agent").post(reverse("web:staff_talk_change", args=[number, "close"]), {"once": "c"})
    client.cookies["django_language"] = language
    assert ("会话已结束" if language == "zh-hans" else "The conversation was closed") in shown(client, number)
    client.post(reverse("web:talk_say", args=[number]), {"text": "还有问题", "once": "k"})
    assert Conversation.objects.get().closed_at is None


def test_a_message_on_a_case_is_held_to_the_same_rules_and_an_internal_note_is_not(world: World, staff: Browser) -> None:
    case = world.apply(world.order(merchant=SHOP))["number"]
    shop, address = staff("merchant_operator", shop="yunshang"), reverse("web:staff_message", args=[case])
    refused = shop.post(address, {"text": "请加微信 yunshang888", "once": "k"})
    assert refused.status_code == 422
    assert "CDT-05" in refused.content.decode()
    assert "请加微信 yunshang888" in refused.content.decode()
    assert world.case(case)["messages"] == []
    assert Screened.objects.get().subject == case
    assert shop.post(address, {"text": "买家微信 yunshang888", "internal": "on", "once": "n"}).status_code == 302
    assert Screened.objects.count() == 1


def test_blocked_words_are_reviewed_and_contacts_registered_by_those_who_run_the_house(
    world: World, buyer: Browser, staff: Browser
) -> None:
    order = world.order(merchant=SHOP)
    shop, boss = staff("merchant_operator", shop="yunshang"), staff("operations")
    number = asked(buyer(), order)
    say = reverse("web:staff_talk_say", args=[number])
    form = {"text": "请致电 028-88886666", "audience": "all", "once": "a"}
    assert shop.post(say, form).status_code == 422
    page = boss.get(reverse("web:ops_conduct")).content.decode()
    assert number in page
    judge = reverse("web:ops_conduct_judge", args=[Screened.objects.get().pk, "cleared"])
    assert staff("auditor").post(judge, {"once": "x"}).status_code == 403
    assert Screened.objects.get().reviewed == ""
    assert boss.post(judge, {"once": "j"}).status_code == 302
    assert Screened.objects.get().reviewed == "cleared"
    contact = {"merchant": str(Merchant.objects.get(code="yunshang").pk), "value": "028-88886666", "once": "c"}
    assert boss.post(reverse("web:ops_conduct_contact"), contact).status_code == 302
    assert boss.post(reverse("web:ops_conduct_contact"), {**contact, "once": "d"}).status_code == 409
    assert shop.post(say, {**form, "once": "b"}).status_code == 302
    assert staff("agent").get(reverse("web:ops_conduct")).status_code == 404
