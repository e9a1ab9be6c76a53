"""What becomes of the orders: twenty stories, told move by move by those who make them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from bench.olist.travel import Candidate, NotAsTold, Traveller

CLAUSE = "L-03 第八条"
RULING = "举证不足，支持消费者 not proven: for the consumer"


@dataclass(frozen=True, slots=True)
class Story:
    """What happens, to an order that fits."""

    title: str
    tell: Callable[[Traveller], None]
    reason: str = "no_reason"
    lines: int = 1
    units: int = 1
    tenders: int = 1

    def fits(self, order: Candidate) -> bool:
        return (
            self.reason in order.reasons
            and len(order.lines) >= self.lines
            and max(line.quantity for line in order.lines) >= self.units
            and order.tenders >= self.tenders
        )


def plain(one: Traveller) -> None:
    one.apply("no_reason")
    one.back_and_accepted()


def some_units_then_the_rest(one: Traveller) -> None:
    line = max(one.order.lines, key=lambda each: each.quantity)
    one.apply("no_reason", units={line.line: 1})
    one.back_and_accepted()
    one.apply("no_reason", units={line.line: line.quantity - 1})
    one.post("consumer", "/cases", body=one.wish("no_reason", {line.line: 1}), refused="QUANTITY_TAKEN")
    one.back_and_accepted()


def one_line_of_several(one: Traveller) -> None:
    one.apply("no_reason", units={one.order.lines[0].line: 1})
    one.back_and_accepted()


def quality_with_photos(one: Traveller) -> None:
    one.apply("quality", evidence=[one.photo("consumer"), one.photo("consumer")])
    one.move("merchant", "approve", fault="seller")
    one.freight = True
    one.back_and_accepted(photos=[one.photo("merchant")])


def evidence_asked_for(one: Traveller) -> None:
    """Without any the book asks by itself; the shop asks once more."""
    if (status := one.apply("mismatch")) != "evidence_asked":
        raise NotAsTold(f"{one.cases[-1]} without evidence is {status}")
    one.move("consumer", "send_evidence", description="见照片 see the photo", evidence=[one.photo("consumer")])
    one.move("merchant", "ask_evidence", what="请再拍下标签 the label, too, please")
    one.move("consumer", "send_evidence", description="标签 the label", evidence=[one.photo("consumer")])
    one.move("merchant", "approve", fault="seller")
    one.freight = True
    one.back_and_accepted()


def rejected_then_ruled_for_the_consumer(one: Traveller) -> None:
    one.apply("quality", evidence=[one.photo("consumer")])
    one.move("merchant", "reject", reason_code="NO_HUMAN_DAMAGE", clause=CLAUSE, note="外力所致 damaged by force")
    one.move("consumer", "dispute", reason="收到时就是坏的 it came broken", evidence=[one.photo("consumer")])
    one.move("merchant", "answer_dispute", statement="出库前检测无异常 it left us in order")
    one.move("arbitrator", "rule_for_consumer", fault="seller", note=RULING)
    one.freight = True
    one.back_and_accepted()


def deduction_agreed(one: Traveller) -> None:
    one.apply("no_reason")
    one.ship()
    one.receive(appearance="damaged")
    one.cut_minor = _tenth(one)
    one.move("merchant", "propose_deduction", items=[_cut(one)], photos=[one.photo("merchant")])
    one.move("consumer", "consent")
    one.until("refunded")


def deduction_disputed_and_dropped(one: Traveller) -> None:
    one.apply("no_reason")
    one.ship()
    one.receive()
    one.cut_minor = _tenth(one)
    one.move("merchant", "propose_deduction", items=[_cut(one)])
    one.move("consumer", "refuse_deduction", reason="没有使用过 it was not used")
    one.move("merchant", "answer_dispute", statement="出库前检测无异常 it left us in order")
    one.move("arbitrator", "rule_for_consumer", fault="seller", note=RULING)
    one.cut_minor = 0
    one.until("refunded")


def deduction_ruled(one: Traveller) -> None:
    one.apply("no_reason")
    one.ship()
    one.receive(accessories="missing")
    one.cut_minor = _tenth(one)
    one.move("merchant", "propose_deduction", items=[_cut(one) | {"deduction": 2 * one.cut_minor}])
    one.move("consumer", "refuse_deduction", reason="扣得太多 far too much")
    one.move("merchant", "answer_dispute", statement="出库前检测无异常 it left us in order")
    one.move("arbitrator", "rule_deduction", fault="both", items=[_cut(one)], note="减半 half of it")
    one.until("refunded")


def picked_up_at_the_door(one: Traveller) -> None:
    contact = one.wish("no_reason", {})["contact"] | {"window": one.window}
    one.apply("no_reason", return_method="pickup", contact=contact)
    if one.look() == "awaiting_goods":
        one.move("consumer", "book_pickup", window=one.window)
    one.until("in_transit")
    one.receive()
    one.move("merchant", "accept")
    one.until("refunded")


def dropped_off(one: Traveller) -> None:
    one.apply("no_reason", return_method="drop_off")
    one.move("consumer", "drop_off", place="锦江服务点 service point")
    one.receive()
    one.move("merchant", "accept")
    one.until("refunded")


def rejected_then_submitted_again(one: Traveller) -> None:
    one.apply("quality", evidence=[one.photo("consumer")])
    one.move("merchant", "reject", reason_code="NO_VOUCHER", clause=CLAUSE, note="没有凭证 nothing to see it by")
    one.move("consumer", "resubmit", description="补上照片 with a photo", evidence=[one.photo("consumer")])
    one.move("merchant", "approve", fault="seller")
    one.freight = True
    one.back_and_accepted()


def not_accepted_then_ruled(one: Traveller) -> None:
    one.apply("no_reason")
    one.ship()
    one.receive()
    one.move("merchant", "not_accept", reason_code="NO_TAG_REMOVED", clause=CLAUSE, note="吊牌已拆 the tag is off")
    one.move("consumer", "dispute", reason="没有吊牌 there was no tag")
    one.move("merchant", "answer_dispute", statement="出库前检测无异常 it left us in order")
    one.move("arbitrator", "rule_for_consumer", fault="seller", note=RULING)
    one.until("refunded")


def approved_by_override(one: Traveller) -> None:
    one.apply("quality", evidence=[one.photo("consumer")])
    one.move("merchant", "reject", reason_code="NO_DEFECT_FOUND", clause=CLAUSE, note="未见故障 no fault found")
    one.move("reviewer", "override_approve", override_reason="goodwill", note="老顾客 a good customer", fault="seller")
    one.freight = True
    one.back_and_accepted()


def cancelled_then_applied_again(one: Traveller) -> None:
    one.apply("no_reason")
    one.move("consumer", "cancel", note="点错了 by mistake")
    one.cases.clear()
    one.owed.clear()
    one.apply("no_reason")
    one.back_and_accepted()


def on_the_phone(one: Traveller) -> None:
    one.apply("wrong_item", by="agent", channel="phone", call_note="来电：发错货 the wrong goods came", evidence=[one.photo("agent")])
    one.move("agent", "approve", fault="seller")
    one.freight = True
    one.back_and_accepted()


def waybill_changed(one: Traveller) -> None:
    one.apply("no_reason")
    one.ship()
    one.move("consumer", "change_waybill", carrier="YTO", tracking_number=f"YT{uuid.uuid4().int % 10**13:013d}")
    one.receive()
    one.move("merchant", "accept")
    one.until("refunded")


def every_step_sent_twice(one: Traveller) -> None:
    """Same key and body: the first answer again. Another key with the old version: overtaken. Another unit: taken."""
    one.apply("no_reason")
    one.post("consumer", "/cases", body=one.wish("no_reason", one.all_units), refused="QUANTITY_TAKEN")
    one.ship()
    one.receive()
    stale, number = one.version, one.cases[-1]
    one.move("merchant", "accept", key=f"{number}-accept")
    body = {"answers": {}, "version": stale}
    again = one.post("merchant", f"/cases/{number}/moves/accept", body=body, key=f"{number}-accept")
    if again["version"] != one.version:
        raise NotAsTold(f"{number}: the replay says version {again['version']}, the first answer {one.version}")
    one.post("merchant", f"/cases/{number}/moves/accept", body=body, refused="OVERTAKEN")
    one.until("refunded")


def missed_once_by_the_courier(one: Traveller) -> None:
    journey = ["fail", "collect", "transit", "deliver"]
    httpx.post(f"{one.courier}/_behave", json={"journey": journey}, timeout=10).raise_for_status()
    try:
        picked_up_at_the_door(one)
    finally:
        usual = ["collect", "transit", "arrive", "delivering", "deliver"]
        httpx.post(f"{one.courier}/_behave", json={"journey": usual}, timeout=10).raise_for_status()


def shop_speaks_for_the_buyer(one: Traveller) -> None:
    one.apply("no_reason", by="shop")
    one.ship(by="shop")
    one.receive()
    one.move("merchant", "accept")
    one.until("refunded")


def _tenth(one: Traveller) -> int:
    return one.order.lines[0].paid_minor // 10


def _cut(one: Traveller) -> dict[str, object]:
    return {
        "line": one.order.lines[0].line, "grade": "C", "disposition": "open_box", "deduction": one.cut_minor,
        "deduction_reason": "明显使用痕迹 plainly used",
    }  # fmt: skip


# What needs a special order stands first; then what matters most when only some are told.
STORIES = (
    Story("分两次退同一行 one line in two returns", some_units_then_the_rest, units=2),
    Story("组合支付，部分扣款 split tenders, a deduction agreed", deduction_agreed, tenders=2),
    Story("多行只退一行 one line of several", one_line_of_several, lines=2),
    Story("拒绝、介入、裁决支持 rejected, disputed, ruled for the buyer", rejected_then_ruled_for_the_consumer, "quality"),
    Story("上门取件 picked up at the door", picked_up_at_the_door),
    Story("质量问题带照片 quality with photos", quality_with_photos, "quality"),
    Story("同意扣款 deduction agreed", deduction_agreed),
    Story("补充凭证 evidence asked for", evidence_asked_for, "mismatch"),
    Story("拒绝扣款，裁决不扣 deduction disputed and dropped", deduction_disputed_and_dropped),
    Story("裁决扣款减半 deduction halved by the ruling", deduction_ruled),
    Story("首次取件落空 the courier came twice", missed_once_by_the_courier),
    Story("验收不过，裁决支持 not accepted, ruled for the buyer", not_accepted_then_ruled),
    Story("驳回后重新提交 rejected, submitted again", rejected_then_submitted_again, "quality"),
    Story("特批 approved by override", approved_by_override, "quality"),
    Story("客服电话代办 on the phone", on_the_phone, "wrong_item"),
    Story("每步发两次 every step sent twice", every_step_sent_twice),
    Story("先取消再申请 cancelled, applied again", cancelled_then_applied_again),
    Story("送到网点 dropped off", dropped_off),
    Story("改运单号 waybill changed", waybill_changed),
    Story("商城后端代办 the shop speaks for the buyer", shop_speaks_for_the_buyer),
    Story("一切顺利 all went well", plain),
)
REASONS = tuple(dict.fromkeys(story.reason for story in STORIES))
