"""Pages about notices: what people want, the link in a mail, what was told about a case, deliveries, rooms, calls."""

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core import mail
from django.test import Client

from shouhou.accounts.models import Buyer, User
from shouhou.cases.models import Case
from shouhou.merchants.models import Merchant
from shouhou.notifications import actions
from shouhou.notifications.models import CallTask, Chain, Notice, Preference, Room
from shouhou.notifications.rules.kinds import KINDS
from shouhou.notifications.unsubscribe import off_link
from shouhou.plumbing import clock
from shouhou.plumbing.paging import encode_cursor
from shouhou.web.tests.test_notices_pages import tell_all
from shouhou.web.who import GUEST_KEY
from tests.world import World

DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=" + "a1b2c3d4" * 8


@pytest.fixture
def case(world: World) -> str:
    """Evidence is asked for: a text message waits (or is held for the morning), and a mail of the application."""
    order = world.order()
    Merchant.objects.update(auto_review=False)
    number: str = world.apply(order)["number"]
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    tell_all(world)
    return number


def everything(*, but: tuple[str, ...] = ()) -> list[str]:
    """What the buyer's page has ticked, less `but`."""
    ticked = [f"{kind}:{way}" for kind, told in KINDS.items() if not told.staff for way in ("site", "sms", "email", "call")]
    return [each for each in ticked if each not in but]


def test_a_buyer_chooses_and_it_holds_from_the_next_notice_on(world: World, buyer: Callable[..., Client], case: str) -> None:
    page = buyer().get("/notices/settings/").content.decode()
    assert "始终保留" in page
    given = {"once": "k1", "first": "email", "language": "en", "on": everything(but=("survey:email",))}
    assert buyer().post("/notices/settings/", given).status_code == 302
    kept = Preference.objects.get()
    assert (kept.first, kept.language, kept.off) == ("email", "en", ["survey:email"])
    world.move(case, "send_evidence", actor=world.buyer(), description="视频在此")
    world.move(case, "ask_evidence", actor=world.staff("reviewer"), what="another video")
    tell_all(world)
    newest = Notice.objects.filter(template="evidence_asked").order_by("-id")[0]
    assert (newest.channel, newest.language) == ("email", "en")


def test_what_must_be_told_cannot_be_closed(world: World, buyer: Callable[..., Client], case: str) -> None:
    given = {"once": "k1", "on": everything(but=("money:sms", "money:email"))}
    answer = buyer().post("/notices/settings/", given)
    assert answer.status_code == 422
    assert "至少保留一种对外渠道" in answer.content.decode()
    assert not Preference.objects.exists()


def test_without_the_sites_box_the_site_still_has_what_must_be_told(world: World, buyer: Callable[..., Client], case: str) -> None:
    on = [each for each in everything() if not each.endswith(":site")]
    assert buyer().post("/notices/settings/", {"once": "k1", "on": on}).status_code == 302
    assert Preference.objects.get().off == ["progress:site", "survey:site", "talk:site"]
    world.move(case, "send_evidence", actor=world.buyer(), description="视频在此")
    world.move(
        case, "reject", actor=world.staff("reviewer"), reason_code="NO_DEFECT_FOUND", clause="RET-07", note="检测未见故障。"
    )
    tell_all(world)
    states = dict(Notice.objects.filter(channel="site").values_list("template", "state"))
    assert (states["rejected"], states["evidence_received"]) == ("sent", "skipped")
    page = buyer().get("/notices/").content.decode()
    assert "申请未通过" in page


def test_a_guest_decides_nothing_for_the_buyer(world: World, buyer: Callable[..., Client], case: str) -> None:
    client = buyer()
    session = client.session
    session[GUEST_KEY] = Case.objects.get(number=case).order_id
    session.save()
    assert client.get("/notices/settings/").status_code == 404
    assert client.post("/notices/settings/", {"once": "k", "on": []}).status_code == 404
    assert not Preference.objects.exists()


def test_staff_switch_mail_off_but_not_their_turn_on_the_site(staff: Callable[..., Client]) -> None:
    client = staff("agent")
    given = {"once": "k1", "language": "", "on": ["turn:email", "buyers:site"]}
    assert client.post("/staff/notices/settings/", given).status_code == 302
    off = set(Preference.objects.get().off)
    assert "buyers:email" in off
    assert not {"turn:site", "turn:email", "buyers:site"} & off


def test_the_link_in_a_mail_switches_its_kind_off_without_signing_in(world: World, case: str, client: Client, settings: Any) -> None:
    settings.BASE_URL = "https://shop.example"
    told = Notice.objects.get(channel="email", template="application_received")
    assert actions.deliver(told.id, now=clock.now())
    sent = mail.outbox[-1]
    link = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert link == off_link(told)
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in sent.body
    path = urlsplit(link).path
    page = client.get(path).content.decode()
    assert "处理进度" in page
    assert "林" not in page.split("<main")[1].split("</main")[0]
    assert not Preference.objects.exists(), "programs that read mail open links"
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert strict.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded").status_code == 200
    assert Preference.objects.get().off == ["progress:email"]
    client.post(path, {"again": "1"})
    assert Preference.objects.get().off == []


def test_mails_about_limits_and_money_have_no_such_link(world: World, case: str) -> None:
    Buyer.objects.update(phone="")
    world.move(case, "send_evidence", actor=world.buyer(), description="视频在此")
    world.move(case, "approve", actor=world.staff("reviewer"))
    tell_all(world)
    told = Notice.objects.get(channel="email", template="approved")
    assert off_link(told) == ""
    assert actions.deliver(told.id, now=clock.now())
    assert "List-Unsubscribe" not in mail.outbox[-1].extra_headers


@pytest.mark.parametrize("token", ["x", "WzEsbnVsbCwic3VydmV5IiwiZW1haWwiXQ:1abc:def"])
def test_a_link_that_we_did_not_make_leads_nowhere(case: str, client: Client, token: str) -> None:
    assert client.get(f"/notices/off/{token}/").status_code == 404
    assert client.post(f"/notices/off/{token}/").status_code == 404
    assert not Preference.objects.exists()


def test_the_buyer_sees_what_was_told_and_a_stranger_does_not(world: World, buyer: Callable[..., Client], case: str) -> None:
    Notice.objects.filter(channel="sms").update(state="sent", sent_to="138****0001", sent_at=world.now)
    page = buyer().get(f"/cases/{case}/told/").content.decode()
    for part in ("短信", "138****0001", "已发送", "邮件", "站内"):
        assert part in page
    assert "13800000001" not in page
    assert buyer("somebody-else").get(f"/cases/{case}/told/").status_code == 404
    assert f"/cases/{case}/told/" in buyer().get(f"/cases/{case}/").content.decode()


def test_staff_see_it_with_whom_and_another_shop_does_not(staff: Callable[..., Client], case: str) -> None:
    page = staff("agent").get(f"/staff/cases/{case}/told/").content.decode()
    assert "林*" in page
    Merchant.objects.create(code="m9", name="别家", channel="third")
    assert staff("merchant_operator", "m9").get(f"/staff/cases/{case}/told/").status_code == 404


def test_operations_find_a_failed_one_and_send_it_again_once(staff: Callable[..., Client], case: str) -> None:
    told = Notice.objects.get(channel="sms")
    Notice.objects.filter(pk=told.pk).update(state="failed", trouble="SmsRefused: 422 13800000001")
    client = staff("operations")
    page = client.get("/operations/notices/?shown=bad").content.decode()
    assert f"/operations/notices/{told.pk}/" in page
    assert "13800000001" not in page
    assert client.get("/operations/notices/?channel=email&state=failed").content.decode().count("data-row") == 0
    assert "重发原因" in client.get(f"/operations/notices/{told.pk}/").content.decode()
    assert client.post(f"/operations/notices/{told.pk}/", {"once": "k", "reason": ""}).status_code == 422
    answers = [client.post(f"/operations/notices/{told.pk}/", {"once": "k", "reason": "没收到"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    new = Notice.objects.get(again_of=told)
    assert answers[0]["Location"] == f"/operations/notices/{new.pk}/"
    assert "没收到" in client.get(f"/operations/notices/{new.pk}/").content.decode()
    assert client.post(f"/operations/notices/{told.pk}/", {"once": "k2", "reason": "再来"}).status_code == 422


def test_an_auditor_looks_and_sends_nothing(staff: Callable[..., Client], case: str) -> None:
    told = Notice.objects.get(channel="sms")
    Notice.objects.filter(pk=told.pk).update(state="failed")
    client = staff("auditor")
    assert "重发原因" not in client.get(f"/operations/notices/{told.pk}/").content.decode()
    client.post(f"/operations/notices/{told.pk}/", {"once": "k", "reason": "没收到"})
    assert not Notice.objects.filter(again_of=told).exists()
    assert staff("agent").get("/operations/notices/").status_code == 404
    assert staff("operations", "m1").get("/operations/notices/").status_code in (403, 404)


def test_the_list_of_deliveries_has_pages_and_a_file(staff: Callable[..., Client], case: str) -> None:
    told = Notice.objects.get(channel="sms")
    for seq in range(60):
        Notice.objects.create(
            event_seq=10_000 + seq, event_type="case.moved", subject=case, recipient=told.recipient, buyer_id=told.buyer_id,
            channel="sms", template="approved", kind="act", language="zh-hans", title=f"第 {seq} 条", body="…",
            state="sent", created_at=told.created_at,
        )  # fmt: skip
    client = staff("operations")
    first = client.get("/operations/notices/").content.decode()
    assert "第 59 条" in first
    assert "第 5 条" not in first
    following = re.findall(r'href="(\?[^"]*after=[^"]*)"', first)[-1].replace("&amp;", "&")
    assert "第 5 条" in client.get(f"/operations/notices/{following}").content.decode()
    body = client.get("/operations/notices.csv?channel=sms").getvalue().decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(body)))) == 62


def test_operations_set_a_chain_and_a_room(staff: Callable[..., Client], world: World) -> None:
    client = staff("operations")
    assert client.get("/operations/notice-ways/").status_code == 200
    assert client.post("/operations/notice-ways/act/", {"once": "c1", "channels": "email,sms"}).status_code == 302
    assert Chain.objects.get(kind="act").channels == ["email", "sms"]
    given = {"once": "r1", "name": "值班群", "merchant": "", "address": DINGTALK, "kinds": ["trouble"], "language": "en"}
    for _ in range(2):
        assert client.post("/operations/notice-rooms/new/", given).status_code == 302
    room = Room.objects.get()
    pages = [client.get(path).content.decode() for path in ("/operations/notice-ways/", f"/operations/notice-rooms/{room.pk}/")]
    assert all("值班群" in page and "a1b2c3d4" not in page for page in pages)
    assert client.post(f"/operations/notice-rooms/{room.pk}/off/", {"once": "o1"}).status_code == 302
    assert not Room.objects.get().active


@pytest.mark.parametrize(
    ("kind", "channels"),
    [("act", "call,sms"), ("act", ""), ("money", "sms,email,call"), ("turn", "email"), ("act", "sms,fax"), ("act", "sms,sms")],
)  # fmt: skip
def test_an_impossible_chain_is_refused(staff: Callable[..., Client], kind: str, channels: str) -> None:
    assert staff("operations").post(f"/operations/notice-ways/{kind}/", {"once": "c", "channels": channels}).status_code == 422
    assert not Chain.objects.exists()


def test_a_room_with_another_address_is_refused_and_nobody_else_makes_one(staff: Callable[..., Client], world: World) -> None:
    given = {"once": "r1", "name": "群", "address": "jsons://127.0.0.1/", "kinds": ["trouble"], "language": "zh-hans"}
    answer = staff("operations").post("/operations/notice-rooms/new/", given)
    assert answer.status_code == 422
    assert "只接受钉钉" in answer.content.decode()
    answer = staff("supervisor").post("/operations/notice-rooms/new/", given | {"address": DINGTALK, "once": "r2"})
    assert answer.status_code in (403, 422)
    assert not Room.objects.exists()


@pytest.fixture
def task(world: World, case: str) -> CallTask:
    told = Notice.objects.get(channel="sms")
    row = Notice.objects.create(
        event_seq=told.event_seq, event_type=told.event_type, subject=case, recipient=told.recipient, buyer_id=told.buyer_id,
        channel="call", template=told.template, kind="act", language="zh-hans", title=told.title, body=told.body,
        status=told.status, due_at=told.due_at, state="queued", created_at=told.created_at, falls_from=told,
    )  # fmt: skip
    return CallTask.objects.create(notice=row, due_at=told.due_at, not_before=world.now - timedelta(minutes=1))


def test_an_agent_takes_a_call_sees_the_number_and_notes_it(staff: Callable[..., Client], task: CallTask) -> None:
    client = staff("agent")
    assert "138****0001" in client.get(f"/staff/calls/{task.pk}/").content.decode()
    assert client.post(f"/staff/calls/{task.pk}/", {"deed": "take"}).status_code == 302
    assert "13800000001" in client.get(f"/staff/calls/{task.pk}/").content.decode()
    for _ in range(2):
        assert client.post(f"/staff/calls/{task.pk}/", {"once": "n1", "outcome": "told", "note": "已说明"}).status_code in (302, 422)
    task.refresh_from_db()
    assert (task.state, task.outcome, len(task.calls)) == ("done", "told", 1)
    assert Notice.objects.get(pk=task.notice_id).state == "delivered"


def test_another_agent_does_not_get_it_and_three_tries_end_it(staff: Callable[..., Client], task: CallTask) -> None:
    client = staff("agent")
    client.post(f"/staff/calls/{task.pk}/", {"deed": "take"})
    staff("reviewer").post(f"/staff/calls/{task.pk}/", {"deed": "take"})
    task.refresh_from_db()
    assert task.assigned_to == User.objects.get(role="agent")
    for turn in range(3):
        assert client.post(f"/staff/calls/{task.pk}/", {"once": f"n{turn}", "outcome": "not_reached"}).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.outcome, Notice.objects.get(pk=task.notice_id).state) == ("done", "not_reached", "undelivered")


def test_a_call_that_is_not_needed_any_more_goes(world: World, task: CallTask, case: str) -> None:
    world.move(case, "send_evidence", actor=world.buyer(), description="视频在此")
    assert actions.mind(now=world.now) >= 1
    task.refresh_from_db()
    assert (task.state, task.outcome) == ("over", "over")


def test_calls_are_the_houses_business(staff: Callable[..., Client], task: CallTask) -> None:
    Merchant.objects.create(code="m9", name="别家", channel="third")
    assert staff("merchant_manager", "m9").get(f"/staff/calls/{task.pk}/").status_code in (403, 404)
    assert staff("finance").get("/staff/calls/").status_code in (403, 404)
    assert "data-row" in staff("supervisor").get("/staff/calls/").content.decode()
    assert staff("agent").get("/staff/calls.csv").status_code == 200


def test_the_most_urgent_call_stands_first_and_no_page_loses_one(staff: Callable[..., Client], world: World, task: CallTask) -> None:
    def another(due_at: datetime | None) -> CallTask:
        notice, row = Notice.objects.get(pk=task.notice_id), CallTask.objects.get(pk=task.pk)
        notice.pk = row.pk = None
        notice.recipient, notice.falls_from = f"{notice.recipient}-{Notice.objects.count()}", None
        notice.save()
        row.notice, row.due_at = notice, due_at
        row.save()
        return row

    CallTask.objects.filter(pk=task.pk).update(due_at=world.now + timedelta(days=2))
    late = another(world.now - timedelta(hours=9))
    for hours in range(1, 53):
        another(world.now + timedelta(hours=hours) if hours % 2 else None)
    client, seen, address = staff("agent"), [], "/staff/calls/"
    while address:
        shown = client.get(address)
        seen += [each["row"].pk for each in shown.context["rows"]]
        address = shown.context["next"] and urljoin("/staff/calls/", shown.context["next"])
    dues = [CallTask.objects.get(pk=key).due_at for key in seen]
    assert seen[0] == late.pk and len(seen) == len(set(seen)) == 54
    assert dues == sorted(dues, key=lambda due: (due is None, due))


@pytest.mark.parametrize("shown", ["open", "mine", "done"])
def test_a_place_in_the_list_that_is_none_is_refused(staff: Callable[..., Client], shown: str) -> None:
    client = staff("agent")
    for after in (encode_cursor(None), encode_cursor(None, None), encode_cursor("x", 1), "?"):
        answer = client.get("/staff/calls/", {"shown": shown, "after": after})
        assert answer.status_code == 422 and "INVALID_CURSOR" in answer.content.decode()
