"""The other services of the demo: cancelled, kept and refunded, sent again, exchanged – and what does not go as planned."""

from shouhou.demo.scenarios import FRESH, WEAR, Scenario, Step, Word, received, ship

SIZES = frozenset({"apparel", "shoes"})


def _cancel(name: str, *words: Word, reason: str = "ordered_twice") -> Scenario:
    return Scenario(name, 1, reason, 0.2, 30, words, service="cancel", goods="unsent", description="重复下单了，请取消这一单。")


SERVICES = (
    _cancel("取消订单，待商家确认是否已发货", Word(0.1, "shop_unsure")),
    _cancel("取消订单，已拦截退回中", Word(0.05, "shop_shipped"), Word(0.1, "carrier_accepts"), Word(0.15, "carrier_stopped")),
    Scenario("仅退款，一直没收到，查件中", 1, "not_received", 2, 40, service="refund_only", goods="under_way",
             description="显示派送中已经好几天，一直没收到。"),
    Scenario("仅退款，生鲜变质待审核", 1, "spoiled", 1, 30, service="refund_only", description="打开时有一半已经发软变质。", photo=True,
             categories=FRESH),
    Scenario("补发，赠品漏发待审核", 1, "missing_accessory", 1, 14, service="resend", photo=True,
             description="页面写明的赠品没有在箱子里。", answers={"missing": "gift", "part_name": "赠品收纳袋"}, categories=WEAR),
    Scenario("补发，已同意待发出", 1, "missing_accessory", 6, 40, (Step(3, "reviewer", "approve", {"weight": "称重少 120 克"}),),
             service="resend", description="说明书和配件包都没有。", photo=True,
             answers={"missing": "accessory", "part_name": "配件包"}, categories=WEAR),
    Scenario("换货，旧品已收，待发新品", 1, "size", 40, 70, (
        Step(3, "reviewer", "approve"), *received(26), Step(30, "inspector", "accept", {"note": "吊牌完好"}),
    ), service="exchange", answers={"wanted": "same"}, categories=SIZES),
    Scenario("换货，待寄回旧品", 1, "colour", 5, 60, (Step(3, "reviewer", "approve"),), service="exchange", answers={"wanted": "same"},
             categories=SIZES),
    Scenario("退款被渠道退回，待财务处理", 1, "no_reason", 60, 140, (
        *received(30), Step(34, "inspector", "accept", {}), Word(36, "channel_refuses"),
    ), most_minor=300_000),
    Scenario("投诉配送，待受理", 1, "about_delivery", 1, 8, service="complaint", description="快递没打电话就放在楼下，箱子淋湿了。"),
    Scenario("投诉商家，已请商家说明", 1, "about_shop", 3, 14, (
        Step(1, "agent", "acknowledge"), Step(2, "agent", "hear_shop", {"question": "请说明当时与顾客的约定，并附聊天记录。"}),
    ), service="complaint", description="说好两天发货，拖了一周还不让取消。", third=True),
    Scenario("反馈，待答复", 1, "suggestion", 1, 20, service="feedback", description="希望取件可以选晚上八点以后。"),
    Scenario("退货包裹破损，物流异常", 1, "do_not_want", 30, 100, (ship(6), Word(20, "parcel_damaged")), categories=WEAR),
    Scenario("已预约上门取件", 1, "do_not_want", 2, 90, (
        Step(90, "consumer", "book_pickup", {"window": "{window}", "address": "{address}"}),
    ), categories=WEAR),
)  # fmt: skip
