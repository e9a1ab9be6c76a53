"""Satisfaction on pages: the figure with its formula, ratings with answers, calls, and what everybody may read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import Buyer
from shouhou.cases.actions import rate
from shouhou.cases.models import Case
from shouhou.support.satisfaction.models import FollowUp, HiddenComment, Improvement, RatingAnswer
from shouhou.web.shared.ratings import masked
from shouhou.web.tests.conftest import SHOP
from tests.world import World

Browser = Callable[..., Client]


def rated(world: World, grade: int, *reasons: str, text: str = "", **order: Any) -> str:
    contact = {"phone": "13800000001", "name": "林一"}
    wish: dict[str, Any] = {"service": "feedback", "reason": "suggestion", "description": "晚上也能取件就好了。", "contact": contact}
    number = str(world.apply(world.order(**order), **wish)["number"])
    world.move(number, "answer_feedback", actor=world.staff("agent"), reply="谢谢。")
    rate(number, grade, text, reasons=reasons, actor=world.buyer(), now=world.now)
    return number


def read(client: Client, door: str, *args: str, status: int = 200, **asked: str) -> str:
    answer = client.get(reverse(f"web:{door}", args=args), asked)
    assert answer.status_code == status
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()  # type: ignore[attr-defined]


def test_the_figure_stands_with_formula_cohort_and_causes_and_is_exported(world: World, staff: Browser) -> None:
    for grade in (5, 4, 4, 5, 1):
        rated(world, grade, *(["slow"] if grade == 1 else []), merchant=SHOP)
    rated(world, 2, "rude")
    boss = staff("supervisor")
    html = read(boss, "satisfaction")
    for words in ("80.00", "达标", "未达标", "÷ 参与评价总数", "按事件日", "云裳旗舰店", "处理慢"):
        assert words in html
    told = read(boss, "satisfaction_export", "csv")
    assert "80.00" in told
    assert "÷ 参与评价总数" in told
    assert "66.67" in html, "all six together"
    shop = read(staff("merchant_manager", shop="yunshang"), "satisfaction")
    assert "80.00" in shop
    assert "态度不好" not in shop
    assert read(staff("inspector"), "satisfaction", status=403)
    assert "1999-01" in read(boss, "satisfaction", month="1999-01")


def test_a_cause_is_given_an_owner_and_a_day_once(world: World, staff: Browser) -> None:
    boss = staff("supervisor")
    form = {"once": "k", "month": f"{world.now:%Y-%m}", "reason": "slow", "action": "晚班加人", "owner": "秦岚", "due_on": "2027-01-15"}
    for _turn in range(2):
        assert boss.post(reverse("web:improve"), form).status_code == 302
    one = Improvement.objects.get()
    assert boss.post(reverse("web:improved", args=[one.pk]), {"result": "提前 6 小时", "month": form["month"]}).status_code == 302
    assert "提前 6 小时" in read(boss, "satisfaction", month=form["month"])
    assert boss.post(reverse("web:improve"), {**form, "once": "k2", "action": ""}).status_code == 422
    assert staff("agent").post(reverse("web:improve"), {**form, "once": "k3"}).status_code == 422
    assert Improvement.objects.count() == 1


def test_the_shop_answers_publicly_and_everybody_reads_it(world: World, staff: Browser) -> None:
    number = rated(world, 2, text="等太久，打 13912345678 没人接", merchant=SHOP)
    shop = staff("merchant_operator", shop="yunshang")
    assert "等太久" in read(shop, "ratings", shown="unanswered")
    assert shop.post(reverse("web:rating_staff", args=[number]), {"deed": "answer", "text": "抱歉，已加派人手。"}).status_code == 302
    assert number not in read(shop, "ratings", shown="unanswered")
    html = read(Client(), "ratings_public", shop="yunshang")
    assert "抱歉，已加派人手。" in html
    assert "13912345678" not in html
    assert "林一" not in html
    assert number not in html
    assert "等太久" in read(shop, "ratings_export", "csv")
    assert staff("supervisor").post(reverse("web:rating_staff", args=[number]), {"deed": "answer", "text": "好"}).status_code == 422
    assert RatingAnswer.objects.get().text == "抱歉，已加派人手。"
    blocked = shop.post(reverse("web:rating_staff", args=[number]), {"deed": "answer", "text": "加微信 wx123456 返现"})
    assert blocked.status_code == 422


def test_only_unlawful_words_are_hidden_and_a_stranger_shop_sees_nothing(world: World, staff: Browser) -> None:
    number = rated(world, 1, text="太差了")
    boss, other = staff("supervisor"), staff("merchant_operator", shop="self")
    for ground in ("bad_for_us", ""):
        assert boss.post(reverse("web:rating_staff", args=[number]), {"deed": "hide", "ground": ground, "note": "x"}).status_code == 422
    assert not HiddenComment.objects.exists()
    assert "太差了" in read(Client(), "ratings_public")
    assert boss.post(reverse("web:rating_staff", args=[number]), {"deed": "hide", "ground": "abuse", "note": "骂人"}).status_code == 302
    html = read(Client(), "ratings_public", grade="1")
    assert "太差了" not in html
    assert "文字已屏蔽" in html
    assert boss.post(reverse("web:rating_staff", args=[number]), {"deed": "show"}).status_code == 302
    assert "太差了" in read(Client(), "ratings_public")
    world.order(merchant=SHOP)
    assert read(staff("merchant_operator", shop="yunshang"), "rating_staff", number, status=404)
    assert read(other, "rating_staff", number)


def test_an_agent_takes_the_call_sees_the_number_and_notes_what_came_of_it(world: World, staff: Browser) -> None:
    number, agent = rated(world, 1, "slow", text="等太久"), staff("agent")
    assert number in read(agent, "follow_ups")
    assert "13800000001" not in read(agent, "follow_up", number)
    assert agent.post(reverse("web:follow_up", args=[number]), {"deed": "take"}).status_code == 302
    assert "13800000001" in read(agent, "follow_up", number)
    assert staff("reviewer").post(reverse("web:follow_up", args=[number]), {"deed": "take"}).status_code == 302
    assert FollowUp.objects.get().assigned_to.role == "agent"  # type: ignore[union-attr]
    form = {"deed": "call", "once": "k", "outcome": "compensated", "note": "等了三天，补偿"}
    assert agent.post(reverse("web:follow_up", args=[number]), {**form, "note": ""}).status_code == 422
    for _turn in range(2):
        assert agent.post(reverse("web:follow_up", args=[number]), form).status_code == 302
    led_to = FollowUp.objects.get().led_to
    assert Case.objects.filter(service="compensation").get().number == led_to
    assert led_to in read(agent, "follow_up", number)
    assert number not in read(agent, "follow_ups")
    assert number in read(agent, "follow_ups", shown="done")
    assert led_to in read(agent, "follow_ups_export", "csv", shown="done")
    assert read(staff("merchant_manager", shop="self"), "follow_ups", status=403)


@pytest.mark.parametrize(("said", "shown"), [
    ("打 138 0000 0001 给我", "打 *** 给我"), ("订单HM2026000001没到", "订单***没到"), ("a.b@c.com", "***"),
    ("7天就到，给 5 分", "7天就到，给 5 分"),
])  # fmt: skip
def test_numbers_and_addresses_are_left_out_of_what_everybody_reads(said: str, shown: str) -> None:
    assert masked(said) == shown


def test_of_an_erased_buyer_no_name_is_left(world: World) -> None:
    rated(world, 5)
    Buyer.objects.update(erased_at=world.now, name="")
    assert "匿名用户" in read(Client(), "ratings_public")
