"""Text messages: only what is urgent, once, through a gateway that may be slow, wrong, silent or dead; and the letter."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core import mail

from shouhou.accounts.models import Buyer, User
from shouhou.cases.models import Case
from shouhou.foundation.refusals import Refused
from shouhou.merchants.models import Merchant
from shouhou.notifications import actions
from shouhou.notifications.channels.sms import registry
from shouhou.notifications.channels.sms.base import SmsSilent
from shouhou.notifications.channels.sms.fake.client import FakeGateway
from shouhou.notifications.channels.sms.fake.server import FakeGatewayServer
from shouhou.notifications.letter import html_of
from shouhou.notifications.models import Notice
from shouhou.notifications.templates import SHORT, TEMPLATES, shortened
from shouhou.notifications.templates.short import SMS_MOST
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.plumbing.actor import Actor
from tests.world import NOON, World

SENT_AT = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def gateway(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGatewayServer]:
    """A gateway that keeps a caller waiting for longer than our client waits."""
    server = FakeGatewayServer(0, wait_seconds=0.6)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.SMS_URL, settings.BASE_URL = f"http://127.0.0.1:{server.server_port}", "https://shop.example"
    monkeypatch.setattr(registry, "_gateway", lambda url: FakeGateway(url, seconds=0.3))
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def asked(world: World) -> Notice:
    """Evidence is asked for: the text message waits."""
    number = _applied(world)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    tell_all(world.now)
    return Notice.objects.get(channel="sms")


def test_only_what_cannot_wait_is_a_text_message(world: World, gateway: FakeGatewayServer) -> None:
    number = _applied(world)
    world.move(number, "approve", actor=world.staff("reviewer"))
    world.goods_back(number)
    tell_all(world.now)
    assert list(Notice.objects.filter(channel="sms").values_list("template", flat=True)) == ["approved"]
    text = Notice.objects.get(channel="sms").body
    assert number in text
    assert "2026 年 3 月 17 日" in text
    assert text.endswith(f"https://shop.example/cases/{number}/")


def test_without_a_phone_there_is_no_text_message(world: World) -> None:
    number = _applied(world)
    Buyer.objects.update(phone="")
    world.move(number, "approve", actor=world.staff("reviewer"))
    tell_all(world.now)
    assert not Notice.objects.filter(channel="sms").exists()


def test_a_text_message_is_sent_once_however_often_its_job_runs(asked: Notice, gateway: FakeGatewayServer) -> None:
    assert actions.deliver(asked.id, now=SENT_AT)
    assert not actions.deliver(asked.id, now=SENT_AT + timedelta(hours=1))
    assert [(one["phone"], one["calls"]) for one in gateway.messages.values()] == [("13800000001", 1)]
    assert "故障视频" in next(iter(gateway.messages.values()))["text"]


@pytest.mark.parametrize("manner", ["error", "closed", "lost_answer", "wrong", "slow", "silent"])
def test_an_unclear_answer_is_tried_again_as_the_same_message(asked: Notice, gateway: FakeGatewayServer, manner: str) -> None:
    gateway.calls = [manner]
    with pytest.raises(SmsSilent):
        actions.deliver(asked.id, now=SENT_AT)
    asked.refresh_from_db()
    assert (asked.state, asked.claimed_until) == ("queued", None)
    assert asked.trouble.startswith("SmsSilent")
    assert actions.deliver(asked.id, now=SENT_AT + timedelta(seconds=3))
    assert list(gateway.messages) == [f"notice:{asked.id}"]


def test_a_dead_gateway_is_tried_nine_times_and_then_a_person_looks(asked: Notice, settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:9"
    states = []
    for attempt in range(9):
        with pytest.raises(SmsSilent):
            actions.deliver(asked.id, now=SENT_AT + timedelta(minutes=attempt))
        asked.refresh_from_db()
        states.append(asked.state)
    assert states == ["queued"] * 8 + ["failed"]


def test_a_number_that_does_not_exist_is_final(asked: Notice, gateway: FakeGatewayServer) -> None:
    gateway.calls = ["refuse"]
    assert not actions.deliver(asked.id, now=SENT_AT)
    asked.refresh_from_db()
    assert (asked.state, gateway.messages) == ("failed", {})
    assert "422" in asked.trouble


def test_operations_send_a_failed_notice_again_as_a_new_one_that_arrives(asked: Notice, gateway: FakeGatewayServer) -> None:
    gateway.calls = ["refuse"]
    actions.deliver(asked.id, now=NOON)
    actions.send_again(asked.id, actor=_staff("operations"), now=NOON)
    with pytest.raises(Refused, match="NOTICE_NOT_STUCK"):
        actions.send_again(asked.id, actor=_staff("operations"), now=NOON)
    new = Notice.objects.get(again_of=asked)
    assert (new.round, new.body, new.state) == (1, asked.body, "queued")
    assert actions.deliver(new.id, now=NOON + timedelta(minutes=1))
    assert list(gateway.messages) == [f"notice:{new.id}"]


@pytest.mark.parametrize("role", ["agent", "auditor", "merchant_manager", "finance"])
def test_nobody_else_sends_a_notice_again(asked: Notice, role: str) -> None:
    Notice.objects.update(state="failed")
    with pytest.raises(Refused, match="FORBIDDEN"):
        actions.send_again(asked.id, actor=_staff(role), now=SENT_AT)
    asked.refresh_from_db()
    assert asked.state == "failed"


@pytest.mark.parametrize("name", sorted(SHORT))
def test_every_short_text_says_what_and_until_when_within_its_length(name: str) -> None:
    everything = dict.fromkeys(TEMPLATES[name].facts(), "事" * 120) | {
        "number": "SO-1", "talk": "SO-1", "shop": "店", "link": "https://shop.example/cases/SO-1/", "due": "3 月 1 日",
    }  # fmt: skip
    for language in ("zh-hans", "en"):
        text = shortened(name, everything, language=language)
        assert len(text) <= SMS_MOST
        assert text.endswith("https://shop.example/cases/SO-1/")
        assert "SO-1" in text.removesuffix("https://shop.example/cases/SO-1/")
        assert name in ("refund_settled", "talk_unread") or "3 月 1 日" in text


def test_a_mail_has_a_text_and_an_html_part_that_loads_nothing(world: World, settings: Any) -> None:
    settings.BASE_URL = "https://shop.example"
    number = _applied(world)
    Merchant.objects.update(name='<script>alert("x")</script>')
    tell_all(world.now)
    mail.outbox.clear()
    assert actions.deliver(Notice.objects.get(channel="email").id, now=SENT_AT)
    sent = mail.outbox[0]
    assert isinstance(sent, mail.EmailMultiAlternatives)
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert f'href="https://shop.example/cases/{number}/"' in str(html)
    assert "最晚审核完成" in sent.body
    assert "最晚审核完成" in str(html)
    assert "&lt;script&gt;" in str(html)
    for loads in ("<script", "<img", "<link", "url(", " src="):
        assert loads not in str(html)


def test_staff_are_led_to_their_own_door(world: World, settings: Any) -> None:
    settings.BASE_URL = "https://shop.example"
    number = _applied(world)
    user = User.objects.create_user("shen", email="shen@example.com", role="reviewer")
    Case.objects.update(assigned_to=user)
    tell_all(world.now)
    mine = Notice.objects.get(user_id=user.id, channel="email")
    assert f"https://shop.example/staff/cases/{number}/" in mine.body
    assert f'href="https://shop.example/staff/cases/{number}/"' in html_of(mine)


def test_messages_outlive_the_fake_gateway(tmp_path: Path) -> None:
    state = tmp_path / "sms.json"
    for _ in range(2):
        server = FakeGatewayServer(0, state=state)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        FakeGateway(f"http://127.0.0.1:{server.server_port}").send(phone="13800000001", text="好", key="k")
        shown = httpx.get(f"http://127.0.0.1:{server.server_port}/_messages", trust_env=False).json()
        server.shutdown()
        server.server_close()
    assert [(one["text"], one["calls"]) for one in shown] == [("好", 2)]


def _applied(world: World) -> str:
    """An application that waits for a reviewer."""
    order = world.order()
    Merchant.objects.update(auto_review=False)
    number: str = world.apply(order)["number"]
    return number


def _staff(role: Any) -> Actor:
    user, _ = User.objects.get_or_create(username=role, defaults={"role": role})
    return Actor(role=role, who=f"user:{user.pk}", name=role)
