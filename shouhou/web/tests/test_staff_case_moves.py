"""Moves of staff: the dry run in full, the same click twice, somebody who was quicker, an override with its reason."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import User
from shouhou.cases.models import Case, HistoryEntry
from shouhou.web.tests.conftest import SHOP
from tests.world import World

NOTE = "证据充分，同意退货。"


def reviewed(world: World) -> str:
    case: str = world.apply(world.order(), reason="quality", description="漏水", request_review=True)["number"]
    world.move(case, "send_evidence", actor=world.buyer(), description="见照片")
    return case


def test_the_preview_says_state_turn_limits_and_money(world: World, staff: Callable[..., Client]) -> None:
    case = reviewed(world)
    answer = staff("reviewer").post(
        reverse("web:staff_move", args=[case, "approve"]), {"version": world.case(case)["version"], "fault": "seller", "act": "preview"}
    )  # fmt: skip
    text = answer.content.decode()
    assert "待审核" in text
    assert "待寄回商品" in text
    assert "审核员 →" in text
    assert "开始" in text
    assert "结束" in text
    assert "¥199.00" in text
    assert world.case(case)["status"] == "submitted"


def test_the_same_confirmation_twice_is_done_once(world: World, staff: Callable[..., Client]) -> None:
    case = reviewed(world)
    client, address = staff("reviewer"), reverse("web:staff_move", args=[case, "approve"])
    form = {"version": world.case(case)["version"], "fault": "seller", "note": NOTE, "act": "confirm"}
    for _ in range(2):
        assert client.post(address, form)["Location"] == reverse("web:staff_case", args=[case])
    assert HistoryEntry.objects.filter(case__number=case, move="approve").count() == 1


def test_somebody_was_quicker_is_told_with_what_they_did_and_nothing_is_lost(world: World, staff: Callable[..., Client]) -> None:
    case = reviewed(world)
    client, address = staff("reviewer"), reverse("web:staff_move", args=[case, "approve"])
    version = world.case(case)["version"]
    world.move(case, "extend", actor=world.staff("supervisor"), deadline="review", hours=5, reason="等待门店回复")
    answer = client.post(address, {"version": version, "fault": "seller", "note": NOTE, "act": "confirm"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "延长了期限" in text
    assert NOTE in text
    assert world.case(case)["status"] == "submitted"
    assert f'name="version" value="{version + 1}"' in text
    assert client.post(address, {"version": version + 1, "fault": "seller", "note": NOTE, "act": "confirm"}).status_code == 302
    assert world.case(case)["status"] == "awaiting_goods"


def test_a_move_that_somebody_else_has_made_impossible_leads_back(world: World, staff: Callable[..., Client]) -> None:
    case = reviewed(world)
    version = world.case(case)["version"]
    world.move(case, "reject", actor=world.staff("supervisor"), reason_code="NO_DEFECT_FOUND", clause="R-1", note="检测正常")
    answer = staff("reviewer").post(reverse("web:staff_move", args=[case, "approve"]), {"version": version, "act": "confirm"})
    assert answer.status_code == 409
    assert "此操作在新的状态下已不能进行" in answer.content.decode()
    assert world.case(case)["status"] == "rejected"


def test_an_override_keeps_the_refused_clauses_in_sight_and_is_recorded_by_name(world: World, staff: Callable[..., Client]) -> None:
    line = {"line": 1, "sku": "B", "title": "蓝莓", "category": "fresh", "quantity": 1, "unit_price": 3000, "paid": 3000}
    order = world.order(lines=[line], payments=[{"tender": "card", "amount": 3000, "reference": "a"}])
    case = world.apply(order, request_review=True)["number"]
    client, address = staff("supervisor"), reverse("web:staff_move", args=[case, "override_approve"])
    shown = client.get(address).content.decode()
    assert "特批不改写政策的判断" in shown
    assert "鲜活易腐" in shown
    form = {"version": world.case(case)["version"], "note": "老客户，破损严重", "act": "confirm"}
    assert client.post(address, form).status_code == 422
    assert world.case(case)["status"] == "submitted"
    assert client.post(address, {**form, "override_reason": "goodwill"}).status_code == 302
    text = client.get(reverse("web:staff_case", args=[case])).content.decode()
    assert "已特批通过，理由：善意补偿" in text
    assert "鲜活易腐" in text
    assert HistoryEntry.objects.get(case__number=case, move="override_approve").name == "Wang"


def test_a_rejection_shows_how_similar_ones_ended(world: World, staff: Callable[..., Client]) -> None:
    earlier = reviewed(world)
    world.move(earlier, "reject", actor=world.staff("reviewer"), reason_code="NO_DEFECT_FOUND", clause="R-1", note="检测正常")
    world.move(earlier, "override_approve", actor=world.staff("supervisor"), override_reason="goodwill", note="例外")
    text = staff("reviewer").get(reverse("web:staff_move", args=[reviewed(world), "reject"])).content.decode()
    assert "类似的拒绝" in text
    assert earlier in text
    assert "特批通过" in text


def test_an_open_page_learns_what_has_changed_and_else_gets_nothing(world: World, staff: Callable[..., Client]) -> None:
    case = reviewed(world)
    client, address = staff("agent"), reverse("web:staff_changed", args=[case])
    seen = f"?version={world.case(case)['version']}&message=0&held="
    assert client.get(address + seen).status_code == 204
    staff("supervisor").post(reverse("web:staff_claim", args=[case]))
    assert "现在由 Wang 处理" in client.get(address + seen).content.decode()
    world.move(case, "escalate", actor=world.staff("supervisor"))
    assert "升级至平台审核" in client.get(address + seen).content.decode()
    assert client.get(address + "?version=x&message=%00&held=").status_code == 200


def test_a_case_that_somebody_took_meanwhile_is_not_taken_from_them_by_an_old_page(world: World, staff: Callable[..., Client]) -> None:
    case = reviewed(world)
    agent, supervisor = staff("agent"), staff("supervisor")
    supervisor.post(reverse("web:staff_claim", args=[case]), {"held": ""})
    answer = agent.post(reverse("web:staff_claim", args=[case]), {"held": ""}, follow=True)
    holder = User.objects.get(role="supervisor")
    assert Case.objects.get(number=case).assigned_to == holder
    assert "刚刚接手了此单" in answer.content.decode()
    agent.post(reverse("web:staff_claim", args=[case]), {"held": str(holder.pk)})
    assert Case.objects.get(number=case).assigned_to == User.objects.get(role="agent")


def test_a_note_sent_twice_is_said_once_and_stays_inside(world: World, staff: Callable[..., Client], buyer: Callable[..., Client]) -> None:
    case = reviewed(world)
    for _ in range(2):
        staff("agent").post(reverse("web:staff_message", args=[case]), {"once": "k1", "text": "疑似同一批次", "internal": "on"})
    assert staff("agent").get(reverse("web:staff_case", args=[case])).content.decode().count("疑似同一批次") == 1
    assert "疑似同一批次" not in buyer("u1").get(reverse("web:case", args=[case])).content.decode()


def test_another_shop_sees_nothing_of_a_case(world: World, staff: Callable[..., Client]) -> None:
    case = reviewed(world)
    world.order(merchant=SHOP)
    client = staff("merchant_operator", SHOP["code"])
    for name, args in (("staff_case", [case]), ("staff_changed", [case]), ("staff_related", [case]), ("staff_move", [case, "approve"])):
        assert client.get(reverse(f"web:{name}", args=args)).status_code == 404, name
