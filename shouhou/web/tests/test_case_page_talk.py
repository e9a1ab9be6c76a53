"""Talk, files and news on the consumer's case; rating; and what is told before a move is made."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Attachment, Message, Rating
from shouhou.plumbing.models import Upload
from shouhou.web.tests.pictures import png
from tests.world import QUALITY, World


@pytest.fixture
def case(world: World) -> str:
    return str(world.apply(world.order())["number"])


def token_of(client: Client, case: str) -> str:
    found = re.search(r"news/\?token=([\w-]+)", client.get(reverse("web:case", args=[case])).content.decode())
    assert found
    return found[1]


def test_an_idle_page_is_told_nothing(buyer: Callable[..., Client], staff: Callable[..., Client], case: str) -> None:
    client, address = buyer(), reverse("web:case_news", args=[case])
    known = token_of(client, case)
    staff("agent").post(reverse("web:staff_message", args=[case]), {"text": "内部看法", "internal": "on", "once": "k1"})
    answer = client.get(address, {"token": known})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_new_message_comes_without_a_reload_and_the_form_stays(
    buyer: Callable[..., Client], staff: Callable[..., Client], case: str
) -> None:
    client, address = buyer(), reverse("web:case_news", args=[case])
    known = token_of(client, case)
    staff("agent").post(reverse("web:staff_message", args=[case]), {"text": "您好，已收到。", "once": "k1"})
    html = client.get(address, {"token": known}).content.decode()
    assert "您好，已收到。" in html
    assert "有新进展" not in html
    assert "<form" not in html
    fresh = re.search(r"token=([\w-]+)", html)
    assert fresh
    assert client.get(address, {"token": fresh[1]}).status_code == 204


def test_a_case_that_has_moved_says_so_on_the_open_page(world: World, buyer: Callable[..., Client], case: str) -> None:
    known = token_of(buyer(), case)
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000001")
    assert "有新进展" in buyer().get(reverse("web:case_news", args=[case]), {"token": known}).content.decode()


def test_news_are_nobody_elses(buyer: Callable[..., Client], case: str) -> None:
    address = reverse("web:case_news", args=[case])
    assert buyer("somebody-else").get(address).status_code == 404
    assert Client().get(address).status_code == 401


def test_photos_come_with_their_message_once(buyer: Callable[..., Client], case: str) -> None:
    client = buyer()
    ahead = client.post(reverse("web:case_upload", args=[case]), {"file": png()})
    assert ahead.status_code == 201
    form = {"text": "划痕在这里", "once": "k1", "photos-taken": ahead.json()["token"]}
    for _ in range(2):
        assert client.post(reverse("web:message", args=[case]), form).status_code == 302
    sent = Message.objects.get()
    assert list(Attachment.objects.values_list("kind", "role")) == [(f"message:{sent.pk}", "consumer")]
    html = client.get(reverse("web:case", args=[case])).content.decode()
    talk = html[html.index('class="said mine"') :]
    assert ahead.json()["address"] in talk[: talk.index("</form>")]


def test_a_file_sent_ahead_by_somebody_else_is_not_taken(world: World, buyer: Callable[..., Client], case: str) -> None:
    world.order(buyer={"id": "u2", "name": "路人", "phone": "13700000009"})
    stolen = Upload.objects.create(
        token="not-mine", path="a/b", name="x.png", content_type="image/png", size=1, sha256="0" * 64,
        uploaded_by="buyer:999", created_at=world.now,
    )  # fmt: skip
    answer = buyer().post(reverse("web:message", args=[case]), {"text": "看", "once": "k1", "photos-taken": stolen.token})
    assert answer.status_code == 422
    assert "没有找到上传的文件" in answer.content.decode()
    assert (Message.objects.count(), Attachment.objects.count()) == (0, 0)
    assert buyer("u2").post(reverse("web:case_upload", args=[case]), {"file": png()}).status_code == 404


def test_a_bad_file_sent_ahead_is_refused_in_words(buyer: Callable[..., Client], case: str) -> None:
    answer = buyer().post(reverse("web:case_upload", args=[case]))
    assert (answer.status_code, answer.json()["error"]) == (422, "请至少上传一个文件。")
    assert Upload.objects.count() == 0


def test_evidence_sent_ahead_is_added(buyer: Callable[..., Client], case: str) -> None:
    client = buyer()
    token = client.post(reverse("web:case_upload", args=[case]), {"file": png()}).json()["token"]
    assert Attachment.objects.count() == 0
    assert client.post(reverse("web:evidence", args=[case]), {"file-taken": token, "once": "k1"}).status_code == 302
    assert Attachment.objects.values_list("upload__token", "kind").get() == (token, "evidence")


def test_evidence_sent_twice_by_a_double_click_is_added_once(buyer: Callable[..., Client], case: str) -> None:
    for _ in range(2):
        assert buyer().post(reverse("web:evidence", args=[case]), {"file": [png()], "once": "k1"}).status_code == 302
    assert Attachment.objects.count() == 1


def test_a_message_without_words_keeps_its_photos(buyer: Callable[..., Client], case: str) -> None:
    answer = buyer().post(reverse("web:message", args=[case]), {"text": "", "once": "k1", "photos": [png()]})
    assert answer.status_code == 422
    assert f'name="photos-taken" value="{Upload.objects.get().token}" checked' in answer.content.decode()
    assert (Message.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_refused_form_keeps_its_files_and_lets_one_be_left_out(world: World, buyer: Callable[..., Client]) -> None:
    case = str(world.apply(world.order(), **QUALITY)["number"])
    if world.case(case)["status"] == "submitted":
        world.move(case, "ask_evidence", actor=world.staff("reviewer"), what="铭牌照片")
    client, address = buyer(), reverse("web:move", args=[case, "send_evidence"])
    version = world.case(case)["version"]
    answer = client.post(address, {"version": version, "description": "", "evidence": [png(), png()]})
    html = answer.content.decode()
    kept = re.findall(r'name="evidence-taken" value="([^"]+)" checked', html)
    assert (answer.status_code, len(kept)) == (422, 2)
    form = {"version": version, "description": "铭牌在此", "evidence-taken": kept[:1]}
    assert client.post(address, form).status_code == 302
    assert list(Attachment.objects.values_list("upload__token", flat=True)) == kept[:1]


def test_the_move_says_what_follows_before_it_is_made(world: World, buyer: Callable[..., Client]) -> None:
    case = str(world.apply(world.order(), **QUALITY)["number"])
    if world.case(case)["status"] == "evidence_asked":
        world.move(case, "send_evidence", actor=world.buyer(), description="见图")
    world.move(case, "reject", actor=world.staff("reviewer"), reason_code="NO_HUMAN_DAMAGE", clause="第十七条", note="外力撞击")
    page = buyer().get(reverse("web:case", args=[case])).content.decode()
    assert "外力撞击" in page[page.index('class="facts told-now"') : page.index('class="main-move"')]
    html = buyer().get(reverse("web:move", args=[case, "dispute"])).content.decode()
    assert "裁决前商家不能再单方处理" in html
    assert re.search(r"之后轮到：商家 · 截止 <span class=\"num\">\d{4}-\d\d-\d\d \d\d:\d\d</span>", html)


def test_a_rating_without_a_grade_changes_nothing(buyer: Callable[..., Client], case: str) -> None:
    assert buyer().post(reverse("web:rating", args=[case]), {"text": "好"}).status_code == 422
    assert Rating.objects.count() == 0
