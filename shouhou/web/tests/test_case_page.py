"""The consumer's case: moves as forms, waybill, messages, evidence, files, slip, rating."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Attachment, HistoryEntry, Message, Rating
from shouhou.plumbing.models import Upload
from shouhou.web.tests.conftest import ADDRESS
from shouhou.web.tests.pictures import png
from tests.world import World


@pytest.fixture
def case(world: World) -> str:
    return str(world.apply(world.order())["number"])


def test_the_waybill_is_entered_through_the_form(world: World, buyer: Callable[..., Client], case: str) -> None:
    version = world.case(case)["version"]
    answer = buyer().post(
        reverse("web:move", args=[case, "ship"]), {"version": version, "carrier": "SF", "tracking_number": "SF0000000000001"}
    )
    assert answer["Location"] == reverse("web:case", args=[case])
    assert world.case(case)["status"] == "in_transit"
    assert "SF0000000000001" in buyer().get(reverse("web:case", args=[case])).content.decode()


def test_a_missing_tracking_number_is_told_at_the_field_and_nothing_moves(
    world: World, buyer: Callable[..., Client], case: str
) -> None:
    answer = buyer().post(reverse("web:move", args=[case, "ship"]), {"version": world.case(case)["version"], "carrier": "SF"})
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.content.decode()
    assert world.case(case)["status"] == "awaiting_goods"


def test_the_pickup_form_starts_from_the_orders_address(world: World, buyer: Callable[..., Client]) -> None:
    case = world.apply(world.order(address=ADDRESS), contact={"name": "林一", "phone": "13800000001"})["number"]
    html = buyer().get(reverse("web:move", args=[case, "book_pickup"])).content.decode()
    assert re.findall(r'name="address-\w+" value="([^"]*)"', html) == ["林一", "13800000001", ADDRESS["region"], ADDRESS["address"]]


def test_the_same_move_sent_twice_is_made_once(world: World, buyer: Callable[..., Client], case: str) -> None:
    form = {"version": world.case(case)["version"], "note": ""}
    client, address = buyer(), reverse("web:move", args=[case, "cancel"])
    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 422
    assert HistoryEntry.objects.filter(case__number=case, move="cancel").count() == 1


def test_a_stale_page_is_refused_in_words(world: World, buyer: Callable[..., Client], case: str) -> None:
    stale = world.case(case)["version"] - 1
    answer = buyer().post(
        reverse("web:move", args=[case, "ship"]), {"version": stale, "carrier": "SF", "tracking_number": "SF0000000000001"}
    )
    assert answer.status_code == 422
    assert "已被其他操作更新" in answer.content.decode()
    assert world.case(case)["status"] == "awaiting_goods"


def test_a_staff_move_does_not_exist_for_the_consumer(buyer: Callable[..., Client], case: str) -> None:
    assert buyer().get(reverse("web:move", args=[case, "approve"])).status_code == 404
    assert buyer().get(reverse("web:move", args=[case, "no_such_move"])).status_code == 404


def test_a_message_sent_twice_is_said_once(buyer: Callable[..., Client], case: str) -> None:
    client, address = buyer(), reverse("web:message", args=[case])
    for _ in range(2):
        assert client.post(address, {"text": "什么时候退款？", "once": "k1"}).status_code == 302
    assert Message.objects.count() == 1


def test_internal_notes_are_not_shown_to_the_consumer(
    buyer: Callable[..., Client], staff: Callable[..., Client], case: str
) -> None:
    address = reverse("web:staff_message", args=[case])
    staff("agent").post(address, {"text": "疑似职业退货", "internal": "on", "once": "k1"})
    staff("agent").post(address, {"text": "您好，已收到。", "once": "k2"})
    mine = buyer().get(reverse("web:case", args=[case])).content.decode()
    assert "疑似职业退货" not in mine
    assert "您好，已收到。" in mine
    assert "疑似职业退货" in staff("agent").get(reverse("web:staff_case", args=[case])).content.decode()


def test_evidence_added_later_is_seen_by_both_sides_and_by_nobody_else(
    buyer: Callable[..., Client], staff: Callable[..., Client], case: str
) -> None:
    assert buyer().post(reverse("web:evidence", args=[case]), {"file": [png()]}).status_code == 302
    token = Upload.objects.get().token
    address = reverse("web:file", args=[token])
    for client in (buyer(), staff("agent")):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert b"".join(answer)[:8] == b"\x89PNG\r\n\x1a\n"
    for stranger in (buyer("somebody-else"), Client()):
        assert stranger.get(address).status_code == 404


def test_a_file_of_another_kind_is_refused_and_kept_nowhere(buyer: Callable[..., Client], case: str) -> None:
    page = SimpleUploadedFile("photo.png", b"<html><script>alert(1)</script>", content_type="image/png")
    answer = buyer().post(reverse("web:evidence", args=[case]), {"file": [page]})
    assert answer.status_code == 422
    assert "不支持此类文件" in answer.content.decode()
    assert (Upload.objects.count(), Attachment.objects.count()) == (0, 0)


def test_the_slip_shows_number_address_and_goods(buyer: Callable[..., Client], case: str) -> None:
    html = buyer().get(reverse("web:slip", args=[case])).content.decode()
    assert html.count(case) >= 2
    for part in ("仓库路 8 号", "13900000000", "电热水壶", "<svg"):
        assert part in html


def test_before_the_approval_there_is_no_slip(world: World, buyer: Callable[..., Client]) -> None:
    case = world.apply(world.order(), reason="quality", description="漏水")["number"]
    assert buyer().get(reverse("web:slip", args=[case])).status_code == 404


def test_a_rating_before_the_end_is_refused(buyer: Callable[..., Client], case: str) -> None:
    answer = buyer().post(reverse("web:rating", args=[case]), {"grade": "5", "text": ""})
    assert answer.status_code == 409
    assert Rating.objects.count() == 0


def test_a_deduction_can_be_refused_by_the_consumer(world: World, buyer: Callable[..., Client], case: str) -> None:
    world.goods_back(case)
    world.move(
        case, "propose_deduction", actor=world.staff("inspector"),
        items=[{"line": 1, "grade": "C", "deduction": 5000, "deduction_reason": "外壳划痕"}],
    )  # fmt: skip
    html = buyer().get(reverse("web:case", args=[case])).content.decode()
    assert "外壳划痕" in html
    assert "¥50.00" in html
    # To agree and to disagree are two buttons side by side.
    assert f'class="button big" href="{reverse("web:move", args=[case, "refuse_deduction"])}"' in html
    form = {"version": world.case(case)["version"], "reason": "收到时就有划痕"}
    assert buyer().post(reverse("web:move", args=[case, "refuse_deduction"]), form).status_code == 302
    assert world.case(case)["status"] == "dispute_answer"


def test_the_stepper_says_where_the_case_is(world: World, buyer: Callable[..., Client], case: str) -> None:
    html = buyer().get(reverse("web:case", args=[case])).content.decode()
    steps = re.findall(r'<li class="(done|here|todo)"', html)
    assert steps == ["done", "done", "here", "todo", "todo", "todo"]
