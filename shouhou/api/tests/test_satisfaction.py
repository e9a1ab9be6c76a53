"""Satisfaction and complaints over HTTP: without an order, with formula and cohort, a shop its own only."""

import pytest

from shouhou.api.tests.conftest import Api, body
from shouhou.cases.actions import rate
from shouhou.cases.models import Case
from shouhou.plumbing import clock
from tests.world import THIRD, World

pytestmark = pytest.mark.django_db
WISH = {"service": "complaint", "reason": "about_presale", "description": "页面写含充电器。", "contact": {"phone": "13800000001"}}


def test_a_complaint_needs_no_order_and_everything_else_does(api: Api) -> None:
    api.order()
    answer = api.post("cases", {**WISH, "requested_by": "u1"}, role="shop")
    assert (answer.status_code, body(answer)["order"], body(answer)["items"]) == (201, "", [])
    assert body(api.get(f"cases/{body(answer)['number']}"))["service"] == "complaint"
    assert body(api.get("cases?service=complaint"))["items"][0]["order"] == ""
    for wrong, code in (
        ({"service": "return", "reason": "no_reason"}, "INVALID_INPUT"), ({"requested_by": "nobody"}, "COMPLAINANT_UNKNOWN"),
        ({"merchant": "nobody", "requested_by": "u1"}, "SHOP_UNKNOWN"),
    ):  # fmt: skip
        assert body(api.post("cases", {**WISH, **wrong}, role="shop"))["code"] == code
    assert Case.objects.count() == 1


def test_the_months_figure_says_how_it_was_made_and_a_shop_gets_its_own(api: Api) -> None:
    world = World(now=clock.now())
    for grade, more in ((5, THIRD), (4, THIRD), (1, {})):
        number = world.apply(world.order(**more), service="feedback", reason="suggestion", description="建议")["number"]
        world.move(number, "answer_feedback", actor=world.staff("agent"), reply="谢谢。")
        rate(number, grade, "很好" if grade == 5 else "", actor=world.buyer(), now=world.now)
    items = body(api.get("satisfaction", role="supervisor"))["items"]
    assert [(each["merchant"], each["percent"], each["result"]) for each in items] == [("self", "0.00", "fail"), ("m1", "100.00", "pass")]
    assert "÷" in items[0]["formula"]
    assert items[0]["cohort"]
    assert [each["merchant"] for each in body(api.get("satisfaction", role="merchant_manager"))["items"]] == ["m1"]
    listed = body(api.get("satisfaction/ratings?limit=1", role="supervisor"))
    assert (len(listed["items"]), bool(listed["next"])) == (1, True)
    assert body(api.get("satisfaction/ratings?grade=5", role="supervisor"))["items"][0]["text"] == "很好"
    assert body(api.get("satisfaction/ratings", role="consumer"))["items"] == []
