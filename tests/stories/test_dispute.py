"""平台介入: answered or not, evidence in rounds, settled or ruled, carried out by itself, appealed once by either side (L-24)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shouhou.cases.models import Case, HistoryEntry
from shouhou.foundation.days import SHANGHAI
from shouhou.ledger.queries import balances
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import Fake
from shouhou.plumbing.uploads import take_upload
from tests.stories.test_forgotten_uploads import picture
from tests.world import QUALITY, THIRD, TWO, World, refusal_of

REJECT: dict[str, Any] = {"reason_code": "NO_HUMAN_DAMAGE", "clause": "L-13", "note": "外力所致"}
RULED: dict[str, Any] = {"fault": "seller", "note": "出库记录不能证明完好"}
CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD], ids=["self", "third"])


def shop(world: World, number: str) -> Any:
    merchant = Merchant.objects.get(case__number=number)
    return world.staff("reviewer") if merchant.channel == "self" else world.staff("merchant_operator", merchant=merchant.code)


def disputed(world: World, channel: dict[str, Any]) -> str:
    """Rejected, and the platform asked to step in."""
    order = world.order(**channel)
    photo = take_upload(picture("red"), name="photo.png", actor=world.buyer(), now=world.now).token
    number: str = world.apply(order, evidence=[photo], **QUALITY)["number"]
    world.move(number, "reject", actor=shop(world, number), **REJECT)
    case = world.move(number, "dispute", actor=world.buyer(), reason="收到时就是坏的")
    assert (case["status"], case["waits_on"]) == ("dispute_answer", "merchant_operator" if channel else "reviewer")
    return number


def ruled_against_the_consumer(world: World, channel: dict[str, Any]) -> str:
    number = disputed(world, channel)
    world.shop_speaks(number)
    world.move(number, "rule_for_seller", actor=world.staff("arbitrator", "user:a1"), fault="customer", note="痕迹明显")
    return number


def due(world: World, number: str) -> datetime:
    return datetime.fromisoformat(world.case(number)["due_at"]).astimezone(SHANGHAI)


@CHANNELS
def test_the_shop_answers_and_the_ruling_carries_itself_out(world: World, channel: dict[str, Any], fake: Fake) -> None:
    number = disputed(world, channel)
    assert refusal_of(world.move, number, "rule_for_consumer", actor=world.staff("arbitrator"), **RULED).code == "MOVE_NOT_NOW"
    assert due(world, number) == world.now.astimezone(SHANGHAI) + timedelta(hours=24)
    world.shop_speaks(number)
    assert refusal_of(world.move, number, "rule_for_consumer", actor=world.staff("arbitrator"), note="无责任认定").code == "ANSWERS_INVALID"
    ruled = world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), **RULED)
    assert (ruled["status"], ruled["freight_payer"]) == ("awaiting_goods", "seller")
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.pay(number)
    assert (world.case(number)["status"], Refund.objects.get().amount_minor) == ("refunded", 19900)
    told = world.case(number, actor=world.buyer())["details"]["dispute"]["ruling"]
    assert (told["for"], told["blame"], "who" in told, "name" in told) == ("consumer", "seller", False, False)


@CHANNELS
def test_silence_of_the_shop_goes_to_the_ruling_and_silence_of_the_platform_to_the_consumer(world: World, channel: dict[str, Any]) -> None:
    number = disputed(world, channel)
    world.later(hours=25).ring()
    assert (world.case(number)["status"], world.case(number)["waits_on"]) == ("disputed", "arbitrator")
    world.later(days=16).ring()
    assert world.case(number)["status"] == "awaiting_goods"


def test_the_ruling_s_own_limit_runs_through_answer_evidence_and_proposals(world: World) -> None:
    number = disputed(world, {})
    began = world.now
    world.shop_speaks(number)
    world.move(number, "ask_dispute_evidence", actor=world.staff("arbitrator"), side="consumer", what="开箱视频")
    limits = {each["name"]: each for each in world.case(number)["deadlines"] if each["state"] == "open"}
    assert datetime.fromisoformat(limits["ruling"]["started_at"]) == began
    world.later(days=17).ring()
    assert world.case(number)["status"] == "awaiting_goods"


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ((10, 10, 0), (10, 14, 0)), ((10, 14, 1), (11, 9, 1)), ((10, 7, 0), (10, 13, 0)), ((10, 20, 30), (11, 13, 0)),
        ((10, 17, 0), (11, 12, 0)),
    ],
)
def test_evidence_has_four_hours_of_the_desk_s_day_carried_over_to_the_minute(
    world: World, asked: tuple[int, int, int], until: tuple[int, int, int]
) -> None:
    number = disputed(world, {})
    world.shop_speaks(number)
    world.now = datetime(2026, 3, *asked, tzinfo=SHANGHAI)
    world.move(number, "ask_dispute_evidence", actor=world.staff("arbitrator"), side="consumer", what="开箱视频")
    assert due(world, number) == datetime(2026, 3, *until, tzinfo=SHANGHAI)
    world.now = datetime(2026, 3, *until, 1, tzinfo=SHANGHAI)
    world.ring()
    assert world.case(number)["status"] == "disputed"


@CHANNELS
def test_each_side_is_asked_in_turn_and_only_as_often_as_the_book_says(world: World, channel: dict[str, Any]) -> None:
    number = disputed(world, channel)
    world.shop_speaks(number)
    judge = world.staff("arbitrator")
    world.move(number, "ask_dispute_evidence", actor=judge, side="consumer", what="开箱视频")
    assert refusal_of(world.move, number, "give_shop_evidence", actor=shop(world, number), statement="x").code == "MOVE_NOT_NOW"
    world.move(number, "give_dispute_evidence", actor=world.buyer(), statement="视频见附件")
    asked = world.move(number, "ask_dispute_evidence", actor=judge, side="shop", what="出库检测记录")
    assert asked["waits_on"] == ("merchant_operator" if channel else "reviewer")
    world.move(number, "give_shop_evidence", actor=shop(world, number), statement="见附件")
    world.move(number, "ask_dispute_evidence", actor=judge, side="shop", what="清晰照片")
    world.later(days=1).ring()
    assert world.case(number)["status"] == "disputed"
    assert refusal_of(world.move, number, "ask_dispute_evidence", actor=judge, side="shop", what="再来").code == "DISPUTE_ROUNDS_USED"


def test_the_house_does_not_answer_for_somebody_else_s_shop(world: World) -> None:
    number = disputed(world, THIRD)
    assert refusal_of(world.move, number, "answer_dispute", actor=world.staff("reviewer"), statement="x").code == "MOVE_NOT_YOURS"


@CHANNELS
def test_a_part_of_the_money_is_proposed_agreed_to_and_paid_while_the_consumer_keeps_the_goods(
    world: World, channel: dict[str, Any], fake: Fake
) -> None:
    number = disputed(world, channel)
    offer: dict[str, Any] = {"kind": "amount", "note": "折价留用"}
    for amount in (0, 19900, 20000):
        refused = refusal_of(world.move, number, "propose_as_shop", actor=shop(world, number), amount=amount, **offer).code
        assert refused == ("EXCEEDS_PAID" if amount else "ANSWERS_INVALID")
    proposed = world.move(number, "propose_as_shop", actor=shop(world, number), amount=5000, **offer)
    assert (proposed["status"], proposed["waits_on"], Refund.objects.count()) == ("dispute_proposal", "consumer", 0)
    assert refusal_of(world.move, number, "take_proposal", actor=world.staff("agent")).code == "MOVE_NOT_YOURS"
    settled = world.move(number, "take_proposal", actor=world.buyer())
    assert (settled["service"], settled["status"]) == ("refund_only", "refunding")
    world.pay(number)
    assert (world.case(number)["status"], [m["amount"] for m in fake.movements()]) == ("refunded", [5000])
    assert OrderLine.objects.get().claimed_quantity == 0


def test_a_part_of_the_money_for_goods_that_are_here_is_cut_line_by_line_to_the_cent(world: World, fake: Fake) -> None:
    number = world.received(order=TWO, items={1: 3})
    items = [{"line": 1, "accepted": 3, "grade": "C", "deduction": 9000, "deduction_reason": "磨损"}]
    world.move(number, "propose_deduction", actor=world.staff("inspector"), items=items)
    world.move(number, "refuse_deduction", actor=world.buyer(), reason="扣得太多")
    world.move(number, "propose_as_consumer", actor=world.buyer(), kind="amount", amount=12345, note="各退一步")
    world.move(number, "take_counter", actor=world.staff("reviewer"))
    world.pay(number)
    assert (world.case(number)["status"], sum(m["amount"] for m in fake.movements())) == ("refunded", 12345)


@CHANNELS
def test_what_the_consumer_asked_for_needs_nobody_s_yes_when_the_shop_offers_it(world: World, channel: dict[str, Any]) -> None:
    number = disputed(world, channel)
    conceded = world.move(number, "propose_as_shop", actor=shop(world, number), kind="as_asked", note="同意退货")
    assert conceded["status"] == "awaiting_goods"


@CHANNELS
def test_the_address_both_agreed_on_is_where_the_goods_go_unless_it_is_closed_meanwhile(world: World, channel: dict[str, Any]) -> None:
    number = disputed(world, channel)
    case = Case.objects.get(number=number)
    usual = ReturnAddress.objects.get(merchant=case.merchant_id, is_default=True)
    far = ReturnAddress.objects.create(merchant=usual.merchant, label="维修仓", region="广东省深圳市", address="南山路 1 号")
    stranger = ReturnAddress.objects.create(merchant=Merchant.objects.create(code="x", name="x"), label="别家", region="", address="x")
    offer: dict[str, Any] = {"kind": "as_asked", "note": "寄到维修仓"}
    world.shop_speaks(number)
    mediation = {**offer, "return_address": str(far.pk)}
    elsewhere = {**offer, "return_address": str(stranger.pk)}
    refused = refusal_of(world.move, number, "propose_settlement", actor=world.staff("arbitrator"), **elsewhere)
    assert refused.code == "ANSWERS_INVALID"
    world.move(number, "propose_settlement", actor=world.staff("arbitrator"), **mediation)
    world.move(number, "take_proposal", actor=world.buyer())
    closed = channel == {}
    if closed:
        ReturnAddress.objects.filter(pk=far.pk).update(active=False)
    assert world.move(number, "take_counter", actor=shop(world, number))["status"] == "awaiting_goods"
    case.refresh_from_db()
    assert case.return_address_id == (usual.pk if closed else far.pk)


@CHANNELS
def test_a_proposal_by_the_platform_needs_both(world: World, channel: dict[str, Any], fake: Fake) -> None:
    number = disputed(world, channel)
    world.shop_speaks(number)
    mediation: dict[str, Any] = {"kind": "amount", "amount": 8000, "note": "调解"}
    world.move(number, "propose_settlement", actor=world.staff("arbitrator"), **mediation)
    assert world.move(number, "take_proposal", actor=world.buyer())["status"] == "dispute_counter"
    assert not Refund.objects.exists()
    world.move(number, "refuse_counter", actor=shop(world, number))
    world.move(number, "propose_settlement", actor=world.staff("arbitrator"), **mediation)
    world.move(number, "take_proposal", actor=world.buyer())
    world.move(number, "take_counter", actor=shop(world, number))
    world.pay(number)
    assert [m["amount"] for m in fake.movements()] == [8000]


def test_a_proposal_that_nobody_answers_is_off_the_table(world: World) -> None:
    number = disputed(world, {})
    world.move(number, "propose_as_shop", actor=world.staff("reviewer"), kind="amount", amount=5000, note="折价")
    world.later(hours=25).ring()
    assert world.case(number)["status"] == "disputed"
    assert refusal_of(world.move, number, "take_proposal", actor=world.buyer()).code == "MOVE_NOT_NOW"


@CHANNELS
def test_the_consumer_may_withdraw_and_the_units_are_free(world: World, channel: dict[str, Any]) -> None:
    number = disputed(world, channel)
    assert world.move(number, "withdraw_dispute", actor=world.buyer())["status"] == "closed"
    assert OrderLine.objects.get().claimed_quantity == 0
    assert refusal_of(world.move, number, "appeal_ruling", actor=world.buyer(), reason="x").code == "MOVE_NOT_NOW"


def test_what_is_not_taken_up_says_on_which_ground_and_can_be_appealed(world: World) -> None:
    number = disputed(world, {})
    world.move(number, "decline_dispute", actor=world.staff("arbitrator", "user:a1"), ground="not_this_order", note="机身号不符")
    assert (world.case(number)["status"], OrderLine.objects.get().claimed_quantity) == ("closed", 0)
    world.move(number, "appeal_ruling", actor=world.buyer(), reason="机身号在保修卡上")
    assert (world.case(number)["status"], OrderLine.objects.get().claimed_quantity) == ("disputed", 1)


@CHANNELS
def test_the_consumer_s_appeal_is_ruled_by_somebody_else_within_seven_days(world: World, channel: dict[str, Any]) -> None:
    number = ruled_against_the_consumer(world, channel)
    assert world.case(number)["status"] == "closed"
    world.later(days=6)
    world.move(number, "appeal_ruling", actor=world.buyer(), reason="检测报告")
    assert refusal_of(world.move, number, "rule_for_seller", actor=world.staff("arbitrator", "user:a1"), fault="none", note="x").code == (
        "JUDGED_BEFORE"
    )
    world.move(number, "rule_for_seller", actor=world.staff("arbitrator", "user:a2"), fault="customer", note="维持")
    assert world.case(number)["status"] == "closed"
    assert refusal_of(world.move, number, "appeal_ruling", actor=world.buyer(), reason="再申诉").code == "MOVE_NOT_NOW"


def test_an_appeal_that_comes_too_late_says_until_when_and_where_else_to_go(world: World) -> None:
    number = ruled_against_the_consumer(world, {})
    world.later(days=9)
    refused = refusal_of(world.move, number, "appeal_ruling", actor=world.buyer(), reason="检测报告")
    assert refused.code == "APPEAL_OVER" and "12315" in refused.refusal.zh


def test_a_case_taken_up_again_and_refunded_is_not_appealed_into_a_second_refund(world: World, fake: Fake) -> None:
    number = ruled_against_the_consumer(world, {})
    world.move(number, "reopen", actor=world.staff("supervisor"), reason="检测报告已到")
    world.move(number, "approve", actor=world.staff("reviewer"))
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.pay(number)
    before = world.case(number)["status"]
    assert refusal_of(world.move, number, "appeal_ruling", actor=world.buyer(), reason="再退一次").code == "MOVE_NOT_NOW"
    assert (world.case(number)["status"], Refund.objects.count(), OrderLine.objects.get().returned_quantity) == (before, 1, 1)


def shop_lost(world: World) -> str:
    number = disputed(world, THIRD)
    world.shop_speaks(number)
    world.move(number, "rule_for_consumer", actor=world.staff("arbitrator", "user:a1"), **RULED)
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.pay(number)
    return number


def test_a_shop_s_appeal_is_about_who_bears_it_and_leaves_the_consumer_what_was_given(world: World, fake: Fake) -> None:
    number = shop_lost(world)
    owner = world.staff("merchant_manager", merchant="m1")
    world.move(number, "appeal_as_shop", actor=owner, reason="运输损坏，非本店责任")
    assert refusal_of(world.move, number, "appeal_as_shop", actor=owner, reason="再申诉").code == "MOVE_NOT_NOW"
    judge: dict[str, Any] = {"note": "承运商承认破损"}
    first = world.staff("arbitrator", "user:a1")
    assert refusal_of(world.move, number, "uphold_appeal", actor=first, amount=1, **judge).code == "JUDGED_BEFORE"
    second = world.staff("arbitrator", "user:a2")
    assert refusal_of(world.move, number, "uphold_appeal", actor=second, amount=19901, **judge).code == "EXCEEDS_PAID"
    world.move(number, "uphold_appeal", actor=second, amount=19900, **judge)
    found = {row.account: row.posted_minor for row in balances()}
    assert (found["platform:goodwill"], sum(m["amount"] for m in fake.movements()), sum(found.values())) == (-19900, 19900, 0)
    assert refusal_of(world.move, number, "uphold_appeal", actor=second, amount=1, **judge).code == "MOVE_NOT_NOW"


def test_a_shop_s_appeal_runs_against_a_clock_of_its_own_and_is_never_decided_by_silence(world: World, fake: Fake) -> None:
    number = shop_lost(world)
    world.move(number, "appeal_as_shop", actor=world.staff("merchant_operator", merchant="m1"), reason="非本店责任")
    world.later(days=9).ring()
    assert HistoryEntry.objects.filter(move="note_shop_appeal").count() == 1
    world.move(number, "dismiss_appeal", actor=world.staff("supervisor"), note="证据不足")
    assert "platform:goodwill" not in {row.account for row in balances()}


def test_a_shop_s_appeal_that_is_only_about_the_blame_moves_no_money(world: World, fake: Fake) -> None:
    number = shop_lost(world)
    world.move(number, "appeal_as_shop", actor=world.staff("merchant_manager", merchant="m1"), reason="运输损坏，非本店责任")
    world.move(number, "uphold_appeal", actor=world.staff("arbitrator", "user:a2"), amount=0, note="责任改为承运商，款项不变")
    assert world.case(number)["details"]["dispute"]["shop_appeal"]["state"] == "upheld"
    assert "platform:goodwill" not in {row.account for row in balances()}
