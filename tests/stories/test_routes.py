"""A card that takes no refund: the consumer alone says where else it goes; consent is kept, the account is sealed, it is paid once."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from shouhou.cases.models import Attachment, HistoryEntry, Message
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import receive_callback
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, sign
from shouhou.payments.models import OtherRoute, Refund, RefundPart, TenderAllowance
from shouhou.payments.tests.conftest import SECRET, work
from shouhou.plumbing.models import Event
from tests.conftest import Fake
from tests.stories.carrying import unchanged
from tests.stories.uploading import photo
from tests.world import THIRD, World, refusal_of

ACCOUNT = "6222 0202 0011 2233 445"
BANK: dict[str, Any] = {"route": "bank", "payee": "林一", "bank": "工商银行", "account": ACCOUNT}
CHANNELS = pytest.mark.parametrize(("channel", "shop"), [({}, None), (THIRD, "m1")])


@pytest.fixture(autouse=True)
def _uploads(settings: Settings, tmp_path: Path) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"


def stuck(world: World, fake: Fake, channel: dict[str, Any], **order: Any) -> str:
    """A return whose refund the channel has refused."""
    shop = (channel.get("merchant") or {}).get("code")
    number: str = world.later(days=1).apply(world.order(**{**channel, **order}))["number"]
    inspector = world.staff("merchant_operator" if shop else "inspector", merchant=shop)
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    world.later(days=2).move(number, "receive", actor=inspector, packing="ok", appearance="ok", accessories="ok")
    world.move(number, "accept", actor=inspector)
    fake.behave("refuse")
    world.pay(number)
    assert world.case(number)["status"] == "refund_stuck"
    return number


def choose(world: World, number: str, **answers: Any) -> dict[str, Any]:
    return world.move(number, "choose_route", actor=world.buyer(), **{"agree": True, **answers})


def told_by_channel(part: RefundPart) -> str:
    body = orjson.dumps({
        "id": "late-1", "key": str(part.idempotency_key), "amount": part.amount_minor, "currency": "CNY", "status": "settled",
        "reference": "FR",
    })  # fmt: skip
    return receive_callback(part.channel, headers={SIGNATURE_HEADER: sign(body, secret=SECRET)}, body=body, now=part.updated_at)


@CHANNELS
def test_the_consumer_sends_it_to_the_balance_and_it_is_paid_once(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = stuck(world, fake, channel)
    assert choose(world, number, route="balance")["status"] == "refunding"
    world.pay(number)
    world.pay(number)
    assert (world.case(number)["status"], [each["amount"] for each in fake.movements()]) == ("refunded", [19900])
    parts = list(RefundPart.objects.order_by("id").values_list("tender", "state"))
    assert parts == [("card", "cancelled"), ("balance", "settled")]
    assert {each.account: each.posted_minor for each in balances(prefix="tender") if each.posted_minor} == {"tender:fake:balance": 19900}
    allowance = TenderAllowance.objects.get()
    assert (allowance.reserved_minor, allowance.settled_minor, set(trial_balance().values())) == (0, 19900, {0})
    kept = OtherRoute.objects.get()
    assert (kept.kind, kept.by, kept.call_note) == ("balance", world.buyer().who, "") and "我同意" in kept.consent
    assert unchanged(world, number, choose, world, number, route="balance") == "MOVE_NOT_NOW"


@CHANNELS
def test_a_bank_account_is_sealed_masked_everywhere_and_finance_pays_it_with_its_slip(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = stuck(world, fake, channel)
    assert choose(world, number, **BANK)["status"] == "refund_stuck"
    plain = "".join(ACCOUNT.split())
    assert OtherRoute.objects.get().account == plain
    with connection.cursor() as cursor:
        cursor.execute("SELECT account FROM payments_otherroute")
        assert plain not in cursor.fetchone()[0]
    told = [
        *HistoryEntry.objects.values_list("answers", flat=True), *Event.objects.values_list("data", flat=True),
        *Message.objects.values_list("text", flat=True), world.case(number), world.case(number, actor=world.buyer()),
    ]  # fmt: skip
    assert plain not in str(told) and ACCOUNT not in str(told) and "•••• 3445" in str(told)
    slip = photo(world, by=world.staff("finance"))
    world.move(number, "settle_offline", actor=world.staff("finance"), proof="工行回单 20260313", proof_files=[slip])
    assert world.case(number)["status"] == "refunded" and fake.movements() == []
    assert Attachment.objects.get(kind="payment_proof").role == "finance"
    assert {each.account: each.posted_minor for each in balances(prefix="tender") if each.posted_minor} == {"tender:offline:card": 19900}


def test_nobody_of_the_staff_agrees_in_the_consumers_place_and_a_call_needs_its_note(world: World, fake: Fake) -> None:
    number = stuck(world, fake, THIRD)
    agree: dict[str, Any] = {"route": "balance", "agree": True}
    shop = world.staff("merchant_manager", merchant="m1")
    for actor in (world.staff("agent"), world.staff("supervisor"), world.staff("finance"), shop):
        assert unchanged(world, number, world.move, number, "choose_route", actor=actor, **agree) == "MOVE_NOT_YOURS"
    note: dict[str, Any] = {"route": "balance", "call_note": "3 月 13 日 10:20 来电 138…0001：同意退到余额"}
    assert unchanged(world, number, world.move, number, "record_route", actor=shop, **note) == "MOVE_NOT_YOURS"
    assert unchanged(world, number, world.move, number, "record_route", actor=world.staff("agent"), route="balance") == "ANSWERS_INVALID"
    world.move(number, "record_route", actor=world.staff("agent"), **note)
    world.pay(number)
    kept = OtherRoute.objects.get()
    assert (kept.by, kept.call_note, world.case(number)["status"]) == ("user:agent", note["call_note"], "refunded")


def test_without_a_tick_or_with_half_an_account_nothing_changes(world: World, fake: Fake) -> None:
    number = stuck(world, fake, {})
    assert unchanged(world, number, choose, world, number, route="balance", agree=False) == "ANSWERS_INVALID"
    for wrong in ({"account": ""}, {"account": "1234"}, {"payee": ""}, {"account": "6222-0202-0011"}):
        assert unchanged(world, number, choose, world, number, **{**BANK, **wrong}) == "ROUTE_INCOMPLETE"
    assert OtherRoute.objects.count() == 0


def test_of_two_tenders_only_the_refused_one_goes_elsewhere(world: World, fake: Fake) -> None:
    paid = [{"tender": "card", "amount": 10000, "reference": "p1"}, {"tender": "wallet", "amount": 9900, "reference": "p2"}]
    number = stuck(world, fake, {}, payments=paid)
    refund = Refund.objects.get()
    assert refund.state == "partly_settled"
    choose(world, number, route="balance")
    work(refund, now=world.now)
    assert sorted(each["amount"] for each in fake.movements()) == [9900, 10000]
    states = sorted(RefundPart.objects.values_list("tender", "state"))
    assert states == [("balance", "settled"), ("card", "cancelled"), ("wallet", "settled")] and refund.state == "settled"


def test_a_channel_that_pays_after_all_is_for_a_person_and_not_booked_twice(world: World, fake: Fake) -> None:
    number = stuck(world, fake, {})
    choose(world, number, route="balance")
    first = RefundPart.objects.get(tender="card")
    assert told_by_channel(first) == "contradicted"
    world.pay(number)
    assert world.case(number)["status"] in ("refunded", "refund_stuck")
    assert Event.objects.filter(type="refund.contradicted").count() == 1
    assert [each.posted_minor for each in balances(prefix="tender:fake") if each.posted_minor] == [19900]


def test_another_closed_balance_asks_the_consumer_again(world: World, fake: Fake) -> None:
    number = stuck(world, fake, {})
    choose(world, number, route="balance")
    fake.behave("refuse")
    world.pay(number)
    assert world.case(number)["status"] == "refund_stuck"
    choose(world, number, route="balance")
    world.pay(number)
    assert (world.case(number)["status"], [each["amount"] for each in fake.movements()]) == ("refunded", [19900])
    assert refusal_of(choose, world, number, route="balance").code == "MOVE_NOT_NOW"
