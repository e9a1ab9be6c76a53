"""Rooms of the staff: only the five services, through a relay that is slow, wrong, silent or dead; nothing twice, nothing secret."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from shouhou.accounts.models import User
from shouhou.foundation.refusals import Refused
from shouhou.merchants.models import Merchant
from shouhou.notifications import actions
from shouhou.notifications.actions.rooms import Wanted
from shouhou.notifications.channels.im import carrier
from shouhou.notifications.channels.im.addresses import NotAllowed, read_address
from shouhou.notifications.channels.im.base import ImRefused, ImSilent, ImUnclear
from shouhou.notifications.channels.im.fake.server import FakeRoomsServer
from shouhou.notifications.channels.im.registry import im
from shouhou.notifications.models import Notice, Room
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.notifications.tests.test_text_messages import _applied, _staff
from tests.world import NOON, THIRD, World

DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=" + "a1b2c3d4" * 8
ADDRESSES = {
    "dingtalk": DINGTALK, "wecombot": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/11112222-3333-4444", "lark": "lark://11112222-3333-4444",
    "slack": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
}  # fmt: skip


@pytest.fixture
def chats(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRoomsServer]:
    server = FakeRoomsServer(0, wait_seconds=1.5)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.IM_URL = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(carrier, "SECONDS", 0.5)
    yield server
    server.shutdown()
    server.server_close()


def room(
    world: World, *, name: str = "值班群", kinds: tuple[str, ...] = ("turn", "trouble"), merchant: str = "", address: str = DINGTALK
) -> Room:  # fmt: skip
    key = actions.set_up_room(Wanted(name, address, kinds, merchant=merchant), actor=_staff("operations"), now=world.now)
    return Room.objects.get(pk=key)


@pytest.fixture
def told(world: World, chats: FakeRoomsServer) -> Notice:
    room(world)
    _applied(world)
    tell_all(world.now)
    return Notice.objects.get(channel="im")


@pytest.mark.parametrize(("service", "address"), ADDRESSES.items())
def test_each_service_gets_its_message_in_its_own_form(chats: FakeRoomsServer, service: str, address: str) -> None:
    assert read_address(address) == service
    im().send(address=address, title="待您处理：R-1", body="https://shop.example/staff/cases/R-1/")
    assert len(chats.messages) == 1
    assert "待您处理：R-1" in str(chats.messages[0]["said"])
    assert "https://shop.example/staff/cases/R-1/" in str(chats.messages[0]["said"])


def test_a_secret_signs_what_dingtalk_gets(chats: FakeRoomsServer) -> None:
    im().send(address="dingtalk://SEC0123456789@" + "a1b2c3d4" * 8, title="一", body="二")
    assert "sign=" in chats.messages[0]["robot"]
    assert "timestamp=" in chats.messages[0]["robot"]


@pytest.mark.parametrize(
    "address",
    [
        "", "file:///etc/passwd", "exec://ls", "syslog://", "dbus://", "windows://", "json://127.0.0.1/", "jsons://10.0.0.1/hook",
        "xml://localhost", "form://169.254.169.254/latest/meta-data", "mailto://a:b@gmail.com", "http://127.0.0.1:8000/",
        "https://oapi.dingtalk.com.evil.example/robot/send?access_token=abcdefgh12",
        "http://oapi.dingtalk.com/robot/send?access_token=abcdefgh12",
        "https://oapi.dingtalk.com@127.0.0.1/robot/send?access_token=abcdefgh12",
        "https://oapi.dingtalk.com:8443/robot/send?access_token=abcdefgh12",
        "https://hooks.slack.com/services/../../etc", "dingtalk://abcdefgh12/?redirect=yes", "feishu://abcdefgh12?verify=no",
        "https://open.feishu.cn/open-apis/bot/v2/hook/abcdefgh12?redirect=yes", "slack://T1/A1/x1,file:///etc/passwd",
        "slack://xoxb-1234-1234-4ddbc191d40ee098cbaae6f3523ada2d/#general", "dingtalk://" + "a" * 500, "matrixs://a:b@10.0.0.1",
        "dingtalk://abcdefgh12/13800000000", "wecombot://abcdefgh12\nfile:///etc/passwd", "lark://а́bcdefgh12",
    ],
)  # fmt: skip
def test_no_other_address_is_taken(world: World, address: str) -> None:
    with pytest.raises(NotAllowed):
        read_address(address)
    with pytest.raises(Refused, match="ROOM_INVALID"):
        room(world, address=address)
    assert not Room.objects.exists()


def test_the_wire_reaches_nothing_but_the_services(chats: FakeRoomsServer) -> None:
    wire = carrier.Wire()
    with carrier.hearing(""):
        for url in ("http://oapi.dingtalk.com/", "https://127.0.0.1/", "https://oapi.dingtalk.com:22/", "file:///etc/passwd"):
            with pytest.raises(PermissionError):
                wire.post(url)
        with pytest.raises(PermissionError):
            wire.get("https://oapi.dingtalk.com/")
    with pytest.raises(PermissionError):
        wire.post("https://oapi.dingtalk.com/robot/send")


@pytest.mark.parametrize(
    ("manner", "error"),
    [
        ("refuse", ImRefused), ("gone", ImRefused), ("elsewhere", ImRefused), ("error", ImUnclear), ("later", ImSilent),
        ("wrong", ImUnclear), ("closed", ImUnclear), ("lost_answer", ImUnclear), ("silent", ImUnclear), ("slow", ImUnclear),
    ],
)  # fmt: skip
def test_an_answer_is_believed_only_when_it_says_so(chats: FakeRoomsServer, manner: str, error: type[Exception]) -> None:
    chats.calls = [manner]
    with pytest.raises(error):
        im().send(address=DINGTALK, title="一", body="二")


def test_a_dead_service_is_tried_again(settings: Any) -> None:
    settings.IM_URL = "http://127.0.0.1:9"
    with pytest.raises(ImSilent):
        im().send(address=DINGTALK, title="一", body="二")


def test_a_room_is_told_one_line_and_the_link_once(told: Notice, chats: FakeRoomsServer, world: World) -> None:
    assert told.recipient.startswith("room:")
    assert actions.deliver(told.id, now=NOON)
    assert not actions.deliver(told.id, now=NOON + timedelta(hours=1))
    tell_all(world.now)
    assert Notice.objects.filter(channel="im").count() == 1
    assert len(chats.messages) == 1
    said = str(chats.messages[0]["said"])
    assert told.subject in said
    assert f"/staff/cases/{told.subject}/" in said
    for private in ("林一", "13800000001", "lin@example.com", "春熙路"):
        assert private not in said


def test_an_unclear_answer_is_not_tried_again(told: Notice, chats: FakeRoomsServer) -> None:
    chats.calls = ["lost_answer"]
    assert not actions.deliver(told.id, now=NOON)
    told.refresh_from_db()
    assert told.state == "unknown"
    assert not actions.deliver(told.id, now=NOON + timedelta(hours=1))
    assert len(chats.messages) == 1


def test_a_worker_killed_while_sending_leaves_an_unknown_and_no_second_message(told: Notice, chats: FakeRoomsServer) -> None:
    Notice.objects.filter(pk=told.pk).update(claimed_until=NOON, attempts=1, doubt=True)
    assert not actions.deliver(told.id, now=NOON + timedelta(minutes=3))
    told.refresh_from_db()
    assert (told.state, chats.messages) == ("unknown", [])


def test_a_dead_service_leaves_the_notice_waiting_and_then_it_arrives(told: Notice, chats: FakeRoomsServer, settings: Any) -> None:
    alive, settings.IM_URL = settings.IM_URL, "http://127.0.0.1:9"
    with pytest.raises(ImSilent):
        actions.deliver(told.id, now=NOON)
    told.refresh_from_db()
    assert (told.state, told.doubt) == ("queued", False)
    settings.IM_URL = alive
    assert actions.deliver(told.id, now=NOON + timedelta(minutes=1))
    assert len(chats.messages) == 1


def test_a_room_that_is_switched_off_hears_nothing_more(told: Notice, chats: FakeRoomsServer, world: World) -> None:
    actions.switch_room(int(told.room_id or 0), active=False, actor=_staff("operations"), now=world.now)
    assert not actions.deliver(told.id, now=NOON)
    told.refresh_from_db()
    assert (told.state, told.reason, chats.messages) == ("skipped", "no_address", [])


def test_a_shops_room_hears_of_its_own_cases_only(world: World, chats: FakeRoomsServer) -> None:
    order = world.order(**THIRD)
    Merchant.objects.update(auto_review=False)
    Merchant.objects.create(code="m2", name="别家", channel="third")
    room(world, name="老王群", merchant="m1", kinds=("turn",))
    room(world, name="别家群", merchant="m2", kinds=("turn",))
    room(world, name="平台群", kinds=("turn",))
    world.apply(order)
    tell_all(world.now)
    assert [row.room.name for row in Notice.objects.filter(channel="im").select_related("room") if row.room] == ["老王群"]


def test_the_address_is_sealed_and_not_in_the_log(world: World) -> None:
    room(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM notifications_room")
        stored = str(cursor.fetchone()[0])
        cursor.execute("SELECT string_agg(change_message || object_repr, ' ') FROM django_admin_log")
        logged = str(cursor.fetchone()[0])
    assert "a1b2c3d4" not in stored + logged
    assert "dingtalk" in logged
    assert Room.objects.get().address == DINGTALK


def test_changing_a_room_keeps_its_address_unless_a_new_one_is_given(world: World) -> None:
    made = room(world)
    actions.set_up_room(Wanted("夜班群", "", ("trouble",)), actor=_staff("operations"), now=world.now, room_id=made.pk)
    made.refresh_from_db()
    assert (made.name, made.kinds, made.address) == ("夜班群", ["trouble"], DINGTALK)


@pytest.mark.parametrize("role", ["supervisor", "auditor", "agent", "merchant_manager"])
def test_only_operations_set_up_rooms(world: World, role: str) -> None:
    user = User.objects.create_user("x", role=role)
    assert user.pk
    with pytest.raises(Refused, match="FORBIDDEN"):
        actions.set_up_room(Wanted("群", DINGTALK, ("turn",)), actor=_staff(role), now=world.now)
    assert not Room.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted("", DINGTALK, ("turn",)), "name"), (Wanted("群", DINGTALK, ()), "kinds"), (Wanted("群", DINGTALK, ("shop",)), "kinds"),
        (Wanted("群", DINGTALK, ("turn",), merchant="nobody"), "merchant"), (Wanted("群", "", ("turn",)), "address"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_room_is_named(world: World, wanted: Wanted, field: str) -> None:
    with pytest.raises(Refused) as caught:
        actions.set_up_room(wanted, actor=_staff("operations"), now=world.now)
    assert [each.field for each in caught.value.errors] == [field]
    assert not Room.objects.exists()
