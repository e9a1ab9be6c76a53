"""The notice centre: one's own only, newest first, read when followed, marked once."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import Buyer, User
from shouhou.cases.models import Case
from shouhou.merchants.models import Merchant
from shouhou.notifications.actions import write_notices
from shouhou.notifications.letter import TOKENS
from shouhou.notifications.models import Notice
from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.models import Event
from shouhou.web.who import GUEST_KEY
from tests.world import World


def tell_all(world: World) -> None:
    for row in Event.objects.order_by("id"):
        write_notices(FeedEvent(row.id, row.at, row.type, row.subject, row.merchant_id, row.buyer_id, row.data), now=world.now)


@pytest.fixture
def case(world: World) -> str:
    """Rejected: the buyer has two notices, the reviewer who holds the case one."""
    order = world.order()
    Merchant.objects.update(auto_review=False)
    number: str = world.apply(order)["number"]
    world.move(
        number, "reject", actor=world.staff("reviewer"), reason_code="NO_DEFECT_FOUND", clause="RET-07", note="检测未见故障。"
    )
    tell_all(world)
    return number


def unread(case: str) -> int:
    return Notice.objects.filter(subject=case, channel="site", buyer_id__isnull=False, read_at=None).count()


def test_the_buyer_reads_what_happened_and_what_to_do(case: str, buyer: Callable[..., Client]) -> None:
    html = buyer().get("/notices/").content.decode()
    assert html.index("申请未通过：检测未发现故障") < html.index("已收到您的退货申请")
    assert "补充材料重新提交" in html
    assert '<span class="count num">2</span>' in html


def test_following_a_notice_leads_to_its_case_and_reads_it(case: str, buyer: Callable[..., Client]) -> None:
    newest = Notice.objects.filter(channel="site", buyer_id__isnull=False).latest("id")
    answer = buyer().get(reverse("web:notice", args=[newest.id]))
    assert answer["Location"] == f"/cases/{case}/"
    assert unread(case) == 1


def test_another_buyers_notice_does_not_exist(case: str, buyer: Callable[..., Client]) -> None:
    newest = Notice.objects.filter(channel="site").latest("id")
    stranger = buyer("somebody-else")
    assert stranger.get(reverse("web:notice", args=[newest.id])).status_code == 404
    stranger.post(reverse("web:notices_read"), {"notice": newest.id, "once": "k"})
    assert case not in stranger.get("/notices/").content.decode()
    assert unread(case) == 2


def test_one_is_marked_read_and_then_all(case: str, buyer: Callable[..., Client]) -> None:
    client, newest = buyer(), Notice.objects.filter(channel="site", buyer_id__isnull=False).latest("id")
    assert client.post(reverse("web:notices_read"), {"notice": newest.id, "once": "a"})["Location"] == "/notices/"
    assert unread(case) == 1
    assert client.post(reverse("web:notices_read"), {"newest": newest.id, "once": "b", "back": "unread"})["Location"] == (
        "/notices/?shown=unread"
    )
    assert unread(case) == 0
    assert "没有未读通知" in client.get("/notices/?shown=unread").content.decode()


def test_what_comes_after_the_page_was_made_stays_unread(case: str, buyer: Callable[..., Client]) -> None:
    first = Notice.objects.filter(channel="site", buyer_id__isnull=False).earliest("id")
    buyer().post(reverse("web:notices_read"), {"newest": first.id, "once": "c"})
    assert unread(case) == 1


@pytest.mark.parametrize("form", [{}, {"notice": "x"}, {"newest": "-1"}, {"notice": "9" * 30}])
def test_a_form_that_names_nothing_marks_nothing(case: str, buyer: Callable[..., Client], form: dict[str, str]) -> None:
    assert buyer().post(reverse("web:notices_read"), {**form, "once": "d"}).status_code == 404
    assert unread(case) == 2


def test_the_list_is_filtered_by_case_and_paged(case: str, buyer: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shouhou.web.shared.notices.PAGE_SIZE", 1)
    client, rows = buyer(), list(Notice.objects.filter(channel="site", buyer_id__isnull=False).order_by("-id"))
    page = client.get(f"/notices/?case={case}").content.decode()
    assert f"before={rows[0].id}" in page
    assert "已收到您的退货申请" in client.get(f"/notices/?before={rows[0].id}").content.decode()
    assert "没有这样的通知" in client.get("/notices/?case=SO-NONE").content.decode()


def test_the_list_is_a_file_too_as_filtered_and_one_s_own_only(
    case: str, buyer: Callable[..., Client], staff: Callable[..., Client]
) -> None:  # fmt: skip
    client, newest = buyer(), Notice.objects.filter(channel="site", buyer_id__isnull=False).latest("id")
    page = client.get("/notices/?shown=unread").content.decode()
    assert 'href="/notices.csv?shown=unread"' in page
    client.post(reverse("web:notices_read"), {"notice": newest.id, "once": "a"})
    every, fresh = told(client.get("/notices.csv")), told(client.get("/notices.csv?shown=unread"))
    assert [row["单号"] for row in every] == [case, case]
    assert [bool(row["读过"]) for row in every] == [True, False]
    assert every[0]["标题"] == newest.title
    assert [row["标题"] for row in fresh] == [every[1]["标题"]]
    assert told(client.get("/notices.csv?case=SO-NONE")) == []
    assert told(buyer("somebody-else").get("/notices.csv")) == []
    assert told(staff("agent").get("/staff/notices.csv")) == []
    assert client.get("/notices.xlsx").headers["Content-Type"].endswith("sheet")
    assert client.get("/notices.pdf").status_code == 404


def told(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(b"".join(answer).decode("utf-8-sig").splitlines()))


def test_staff_have_a_centre_of_their_own(world: World, case: str, staff: Callable[..., Client]) -> None:
    client = staff("reviewer")
    mine = User.objects.get(username="reviewer-operator")
    Case.objects.update(assigned_to=mine)
    world.move(case, "dispute", actor=world.buyer(), reason="请再看一次")
    tell_all(world)
    Notice.objects.filter(user_id=mine.id).exclude(title__startswith="待您处理").delete()
    notice = Notice.objects.filter(user_id=mine.id, channel="site").latest("id")
    assert "待您处理" in client.get("/staff/notices/").content.decode()
    assert client.get(f"/staff/notices/{notice.id}/")["Location"] == f"/staff/cases/{case}/"
    assert Notice.objects.get(id=notice.id).read_at is not None
    assert staff("agent").get(f"/staff/notices/{notice.id}/").status_code == 404


@pytest.mark.parametrize(("role", "subject", "path"), [
    ("merchant_manager", "ST-1", "/merchant/money/"), ("finance", "RC-1", "/finance/merchants/recharges/"),
    ("finance", "CHANNEL", "/finance/reconciliation/?channel=fake"), ("agent", "TK-1", "/staff/talks/"),
])  # fmt: skip
def test_a_notice_about_no_case_leads_where_its_text_leads(
    world: World, staff: Callable[..., Client], role: str, subject: str, path: str
) -> None:
    world.order()
    client = staff(role, "self" if role.startswith("merchant") else None)
    told = Notice.objects.create(
        event_seq=1, event_type="x", subject=subject, recipient="user:1", user_id=User.objects.get().pk, channel="site", template="x",
        language="zh-hans", title="已付", body=f"已付到账户。\n\n查看进度与操作：http://old-host{path}\n", state="sent",
        created_at=world.now,
    )  # fmt: skip
    html = client.get("/staff/notices/").content.decode()
    assert "已付到账户。" in html
    assert "查看售后单" not in html
    assert (subject in html) == ("-" in subject)
    assert client.get(f"/staff/notices/{told.id}/")["Location"] == path


@pytest.mark.parametrize("path", ["/notices/", "/notices/1/", "/staff/notices/", "/staff/notices/1/"])
def test_a_stranger_signs_in_first(db: None, path: str) -> None:
    assert Client().get(path).status_code == 302


def test_a_centre_without_anything_says_what_will_come(buyer: Callable[..., Client]) -> None:
    assert "还没有通知" in buyer().get("/notices/").content.decode()
    assert Buyer.objects.count() == 1


def test_a_guest_sees_and_marks_the_notices_of_their_one_order_only(world: World, case: str, buyer: Callable[..., Client]) -> None:
    other = world.apply(world.order())["number"]
    tell_all(world)
    guest = buyer()
    session = guest.session
    session[GUEST_KEY] = Case.objects.get(number=other).order_id
    session.save()
    hidden = Notice.objects.filter(subject=case, channel="site", buyer_id__isnull=False).latest("id")
    html = guest.get("/notices/").content.decode()
    assert other in html
    assert case not in html
    assert guest.get(f"/notices/{hidden.id}/").status_code == 404
    guest.post("/notices/read/", {"notice": hidden.id, "once": "a"})
    guest.post("/notices/read/", {"newest": hidden.id + 1000, "once": "b"})
    assert (unread(case), unread(other)) == (2, 0)


def test_mails_wear_the_colours_of_the_pages() -> None:
    light = (Path(__file__).parents[1] / "static" / "web" / "tokens.css").read_text().split("@supports")[0]
    values = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    assert {name: values[name.replace("_", "-")] for name in TOKENS} == TOKENS
