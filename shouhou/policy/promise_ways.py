"""The nearest way where a promise says no: what the consumer can still do, by the reason."""

from collections.abc import Iterable

from shouhou.foundation.workflow import Text

LOOK = Text(
    "页面当时没有标明的，可附截图申请人工核对", "If the page did not say so then, add a screenshot and ask a person to look"
)
GOODWILL = Text("仍觉不公平的，可申请补偿，由人工处理", "If it still seems unfair, ask for a compensation: a person decides")
WAYS: dict[str, Text] = {
    **dict.fromkeys(
        ("PP_FLASH_SALE", "PP_CLEARANCE", "PP_COUPON_ONLY", "PP_MEMBER_PRICE", "PP_SECONDARY", "PP_SOLD_OUT", "PP_OTHER_MERCHANT"),
        LOOK,
    ),
    **dict.fromkeys(("PP_WINDOW_OVER", "PP_NOT_PROMISED", "PP_TIMES_USED"), GOODWILL),
    "PP_NO_LOWER_PRICE": Text(
        "看到更低价的，可填写价格并附截图申请人工核对", "If you saw a lower price, give it with a screenshot and ask a person to look"
    ),
    "PP_BELOW_MINIMUM": Text("价格再降时可再次申请", "If the price falls further, apply again"),
    "PP_RETURNED": Text("退回的商品按实付退款，无需价保", "What was returned is refunded at the price paid"),
    "COMP_SHIPPED_IN_TIME": Text("物流延误请申请人工核对", "If the courier was late, ask a person to look"),
    "COMP_NOT_LATE_YET": Text("超过承诺时限后可申请", "Apply once the promised time is over"),
    "COMP_TOO_LATE": Text("特殊情况可申请人工核对", "In special circumstances ask a person to look"),
}


def ways_for(codes: Iterable[str]) -> tuple[Text, ...]:
    """Each way once, in the order of the reasons."""
    return tuple(dict.fromkeys(WAYS[code] for code in codes if code in WAYS))
