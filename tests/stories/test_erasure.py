"""A person asks to be forgotten: what was theirs goes everywhere, what was decided and paid stays."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from PIL import Image
from pytest_django import Settings

from shouhou.accounts.erasure import erase_buyer
from shouhou.accounts.models import Buyer
from shouhou.cases.actions import attach, say
from shouhou.cases.models import Case, HistoryEntry, UnpackingRecord
from shouhou.foundation.refusals import Refused
from shouhou.ledger.models import Posting
from shouhou.orders.models import Order, OrderLine, Payment
from shouhou.payments.actions import record_route, settle_offline
from shouhou.payments.models import OtherRoute, Refund
from shouhou.payments.tests.conftest import Fake
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.uploads import take_upload
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
PERSONAL = ("林一", "13800000001", "lin@example.com", "春熙路", "我的隐私")
# Sessions and jobs end by themselves; answers to clients are kept a day.
NOT_ASKED = ("django_", "procrastinate_", "auth_")


def everything() -> dict[str, str]:
    """Every row of every table of ours, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(NOT_ASKED):
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                found[table] = "\n".join(row[0] for row in cursor.fetchall())
    return found


def left_of_the_person() -> dict[str, list[str]]:
    return {t: hits for t, text in everything().items() if (hits := [word for word in PERSONAL if word in text])}


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> Path:
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    return tmp_path / "uploads"


def settled(world: World) -> str:
    """A return of 林一 with words and a picture, refunded and closed."""
    number = world.received(description="我的隐私：水壶不合适")
    picture = io.BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "PNG")
    picture.seek(0)
    upload = take_upload(picture, name="林一.png", actor=world.buyer(), now=world.now)
    attach(number, upload.token, "evidence", actor=world.buyer(), now=world.now)
    say(number, "我的隐私，请打 13800000001", internal=False, actor=world.buyer(), now=world.now)
    say(number, "林一您好，已收到", internal=False, actor=world.staff("agent"), now=world.now)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.pay(number)
    return number


def test_an_open_case_keeps_the_data_and_says_so(world: World, files: Path) -> None:
    world.apply(world.order())
    before = everything()
    with pytest.raises(Refused) as caught:
        erase_buyer("u1", actor=SYSTEM, now=world.now)
    assert (caught.value.code, caught.value.facts["open"]) == ("BUYER_HAS_OPEN_CASES", 1)
    assert everything() == before


def test_money_that_has_not_reached_the_person_keeps_the_data_though_the_case_is_closed(world: World, fake: Fake, files: Path) -> None:
    fake.behave("refuse")
    number = settled(world)
    Case.objects.update(closed_at=world.now)
    refund = Refund.objects.get(subject=number)
    record_route(refund.number, payee="林一", account="6222020200112233", bank="招商银行", consent="电话同意", actor=SYSTEM, now=world.now)
    before = everything()
    with pytest.raises(Refused) as caught:
        erase_buyer("u1", actor=SYSTEM, now=world.now)
    assert (caught.value.code, caught.value.facts["open"], everything()) == ("BUYER_HAS_OPEN_CASES", 1, before)
    settle_offline(refund.number, proof="B-1", actor=SYSTEM, now=world.now)
    erase_buyer("u1", actor=SYSTEM, now=world.now)
    assert list(OtherRoute.objects.values_list("payee", "account")) == [("–", "–")]


def test_only_those_who_may_erase_erase(world: World) -> None:
    world.order()
    for actor, code in ((world.buyer(), "FORBIDDEN"), (Actor(role="agent", who="user:1"), "FORBIDDEN")):
        with pytest.raises(Refused) as caught:
            erase_buyer("u1", actor=actor, now=world.now)
        assert caught.value.code == code
    with pytest.raises(Refused) as caught:
        erase_buyer("nobody", actor=SYSTEM, now=world.now)
    assert (caught.value.code, Buyer.objects.get().name) == ("NOT_FOUND", "林一")


def test_nothing_of_the_person_is_left_and_everything_else_is(world: World, fake: Fake, files: Path) -> None:
    number = settled(world)
    Case.objects.filter(closed_at=None).update(closed_at=world.now)

    def kept() -> list[Any]:
        return [
            list(Posting.objects.order_by("pk").values()),
            list(Refund.objects.values_list("number", "amount_minor", "state")),
            list(Payment.objects.values_list("amount_minor", "reference")),
            list(OrderLine.objects.values()),
            list(HistoryEntry.objects.order_by("pk").values_list("move", "from_status", "to_status", "role", "at")),
            Case.objects.values_list("number", "status", "refund_minor", "reason").get(),
        ]

    before = kept()
    removed = erase_buyer("u1", actor=SYSTEM, now=world.now)
    assert left_of_the_person() == {}
    assert kept() == before
    assert (removed["buyer"], removed["files"], removed["orders"] >= 0) == (1, 1, True)
    assert [path for path in files.rglob("*") if path.is_file()] == []
    assert Order.objects.get().address == {}
    assert "您好，已收到" in json.dumps(world.case(number), ensure_ascii=False, default=str)
    assert erase_buyer("u1", actor=SYSTEM, now=world.now).get("buyer", 0) == 0


def test_a_name_that_staff_wrote_beside_the_goods_is_not_left_either(world: World, fake: Fake, files: Path) -> None:
    number = world.apply(world.order())["number"]
    inspector = world.staff("inspector")
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1000000000011")
    world.move(
        number, "receive", actor=inspector, packing="ok", appearance="damaged", accessories="ok", note="林一 13800000001 寄"
    )
    cut = {"line": 1, "accepted": 1, "grade": "C", "deduction": 900, "deduction_reason": "林一承认磕碰"}
    world.move(number, "propose_deduction", actor=inspector, items=[cut])
    world.move(number, "consent", actor=world.buyer())
    world.pay(number)
    Case.objects.filter(closed_at=None).update(closed_at=world.now)
    erase_buyer("u1", actor=SYSTEM, now=world.now)
    assert left_of_the_person() == {}
    assert UnpackingRecord.objects.get().note == "*** *** 寄"
    assert Refund.objects.get().deductions[0]["amount_minor"] == 900
