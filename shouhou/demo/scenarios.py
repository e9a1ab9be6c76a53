"""What happened to the demo's cases: each scenario is an application and the moves that followed, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shouhou.foundation.workflow import Who

ALL_WELL = {"packing": "ok", "appearance": "ok", "accessories": "ok"}


@dataclass(frozen=True, slots=True)
class Step:
    """`who` made `move` so many hours after the application."""

    after_hours: float
    who: Who
    move: str
    answers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody outside the house (the shop, a carrier, the payment channel) said something so many hours after the application."""

    after_hours: float
    said: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """So many cases (`count`) like this, applied for between `youngest` and `oldest` hours ago.

    `goods`: where they are when it is applied for: with the buyer (for at most `within_days`), under way, or not sent yet.
    `third`: only what one of the shops sold; `plus`: only what a member bought.
    """

    name: str
    count: int
    reason: str
    youngest: float
    oldest: float
    steps: tuple[Step | Word, ...] = ()
    description: str = ""
    photo: bool = False
    categories: frozenset[str] = frozenset()
    least_minor: int = 0
    most_minor: int = 10**12
    channel: str = "web"
    override_reason: str = ""
    service: str = "return"
    answers: Mapping[str, object] = field(default_factory=dict)
    goods: Literal["here", "under_way", "unsent"] = "here"
    within_days: float = 6
    third: bool = False
    plus: bool = False


def ship(after: float) -> Step:
    return Step(after, "consumer", "ship", {"carrier": "SF", "tracking_number": "{waybill}"})


def received(after: float) -> tuple[Step, ...]:
    """Sent, then registered with an unpacking record."""
    return (ship(after - 20), Step(after, "inspector", "receive", ALL_WELL))


WEAR = frozenset({"apparel", "shoes", "bags", "toys", "home", "home_textile", "generic", "jewelry", "watch", "cosmetics"})
TECH = frozenset({"phone", "laptop", "tablet", "camera", "appliance", "tv", "aircon", "ink", "charger", "wired_earphone"})
FRESH = frozenset({"fresh", "food"})
REFUSED_CUT = (
    Step(30, "inspector", "propose_deduction", {
        "items": [{
            "line": "{line}", "grade": "C", "disposition": "open_box", "deduction": "{tenth}", "deduction_reason": "缺少包装盒",
        }],
    }),
    Step(40, "consumer", "refuse_deduction", {"reason": "收到时就没有独立包装盒"}),
)  # fmt: skip
NO_CLAUSE = "网络购买商品七日无理由退货暂行办法 第八条"

SCENARIOS = (
    Scenario("刚申请，按政策自动通过", 4, "no_reason", 1, 90),
    Scenario("尺码不合适，待寄回", 2, "size", 2, 90, categories=frozenset({"apparel", "shoes"})),
    Scenario("已寄出，运输中", 4, "do_not_want", 30, 100, (ship(6),)),
    Scenario("收货待验收", 3, "no_reason", 40, 64, received(26)),
    Scenario("验收通过，已退款", 5, "not_as_expected", 50, 120, (
        *received(30), Step(34, "inspector", "accept", {"note": "包装完好，配件齐全"}),
    ), most_minor=400_000),
    Scenario("大额退款待复核", 2, "no_reason", 50, 140, (
        *received(30), Step(36, "inspector", "accept", {}),
    ), least_minor=500_100),
    Scenario("提出扣款，等消费者确认", 2, "no_reason", 40, 64, (
        *received(26),
        Step(30, "inspector", "propose_deduction", {
            "items": [{
                "line": "{line}", "grade": "C", "disposition": "open_box", "deduction": "{tenth}",
                "deduction_reason": "明显使用痕迹，影响二次销售",
            }],
            "note": "见验收照片",
        }),
    ), categories=WEAR),
    Scenario("不同意扣款，待商家答辩", 1, "no_reason", 44, 60, (*received(26), *REFUSED_CUT), categories=WEAR),
    Scenario("不同意扣款，平台裁决中", 1, "no_reason", 50, 120, (
        *received(26), *REFUSED_CUT,
        Step(46, "merchant_operator", "answer_dispute", {"statement": "入库照片显示没有包装盒，出库时包装完整。"}),
    ), categories=WEAR),
    Scenario("拒绝后平台介入，和解方案待答复", 1, "quality", 22, 40, (
        Step(8, "merchant_operator", "reject", {
            "reason_code": "NO_HUMAN_DAMAGE", "clause": "部分商品修理更换退货责任规定 第十七条", "note": "照片显示为外力所致。",
        }),
        Step(12, "consumer", "dispute", {"reason": "收到当天就有，没有摔过。"}),
        Step(20, "merchant_operator", "propose_as_shop", {"kind": "amount", "amount": "{tenth}", "note": "折价留用，您看是否可以。"}),
    ), description="外壳裂了一道缝。", photo=True, categories=TECH),
    Scenario("验收未通过，待退回", 1, "no_reason", 40, 60, (
        *received(26),
        Step(32, "inspector", "not_accept", {
            "reason_code": "NO_USED_BEYOND_INSPECTION", "clause": NO_CLAUSE, "note": "商品有明显洗涤和穿着痕迹，见照片。",
        }),
    ), categories=WEAR),
    Scenario("验收未通过，商品退回中", 1, "no_reason", 70, 130, (
        *received(26),
        Step(32, "inspector", "not_accept", {
            "reason_code": "NO_SERIAL_MISMATCH", "clause": NO_CLAUSE, "note": "机身序列号与出库记录不符。",
        }),
        Step(50, "inspector", "send_back", {"carrier": "SF", "tracking_number": "{waybill}"}),
    )),
    Scenario("质量问题，待审核", 4, "quality", 1, 14, description="用了两天就无法开机，充电也没有反应。", photo=True,
             categories=TECH),
    Scenario("到货破损，待审核", 2, "defect_other", 1, 14, description="外箱压坏，打开后商品有裂痕。", photo=True),
    Scenario("生鲜变质，待审核", 1, "spoiled", 1, 12, description="打开时有一半已经发软变质。", photo=True,
             categories=FRESH),
    Scenario("待补充凭证", 2, "quality", 6, 60, description="屏幕偶尔闪烁。", categories=TECH),
    Scenario("与下单时的页面不符，已比对，平台审核中", 1, "mismatch", 5, 14, (
        Step(2, "agent", "escalate", {"note": "消费者与商家说法不一，请平台判断。"}),
        Step(4, "supervisor", "compare_page", {"spec": "内存", "found": "8 GB"}),
    ), description="系统里显示的内存只有 8 GB，和页面写的不一样。", photo=True, categories=frozenset({"laptop"})),
    Scenario("审核未通过", 2, "quality", 20, 90, (
        Step(8, "reviewer", "reject", {
            "reason_code": "NO_HUMAN_DAMAGE", "clause": "部分商品修理更换退货责任规定 第十七条",
            "note": "照片显示屏幕为外力撞击所致，可申请付费维修。",
        }),
    ), description="屏幕裂了。", photo=True, categories=TECH),
    Scenario("特批通过", 1, "quality", 10, 60, (
        Step(5, "supervisor", "override_approve", {"override_reason": "goodwill", "note": "老会员，首次申请。", "fault": "seller"}),
    ), description="吸力明显变小。", photo=True, categories=TECH),
    Scenario("质量问题，审核通过待寄回", 2, "quality", 10, 90, (
        Step(4, "reviewer", "approve", {"fault": "seller"}),
    ), description="按键失灵。", photo=True),
    Scenario("电话代办", 1, "no_reason", 2, 40, channel="phone"),
    Scenario("消费者取消", 2, "no_reason", 10, 400, (Step(2, "consumer", "cancel", {"note": "决定留下了"}),)),
    Scenario("逾期未寄回，已失效", 1, "no_reason", 200, 900, (Step(24 * 7 + 1, "system", "lapse"),)),
    Scenario("客服关闭", 1, "no_reason", 60, 900, (
        Step(20, "agent", "close_case", {"closing_reason": "agreed_otherwise", "note": "双方协商换色，另行处理。"}),
    )),
)  # fmt: skip
