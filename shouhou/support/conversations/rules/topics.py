"""What one can ask about, who is asked, and which skill answers. Pure."""

from shouhou.foundation.workflow import Text

TOPICS = {
    "pre_sale": Text("购买前咨询", "Before buying"), "order": Text("订单与付款", "Order and payment"),
    "delivery": Text("配送", "Delivery"), "installation": Text("安装", "Installation"), "use": Text("使用", "Use"),
    "repair": Text("维修与质量", "Repair and quality"),
    "return": Text("退换货与退款", "Returns and refunds"), "other": Text("其他", "Other"),
}  # fmt: skip
SKILLS = {
    "sales": Text("售前", "sales"), "service": Text("订单与售后", "orders and after-sales"), "technical": Text("技术", "technical"),
}  # fmt: skip
SKILL_OF = {
    "pre_sale": "sales", "order": "service", "delivery": "service", "installation": "technical", "use": "technical",
    "repair": "technical", "return": "service", "other": "service",
}  # fmt: skip
DESKS = {"house": Text("平台客服", "Platform service"), "shop": Text("商家客服", "Shop's service")}
SIDES = {
    "consumer": Text("消费者", "buyer"), "shop": Text("商家", "shop"), "house": Text("平台客服", "platform service"),
    "system": Text("系统", "system"),
}  # fmt: skip
# Who answers consumers; who looks without answering.
AGENTS = frozenset({"agent", "reviewer", "supervisor", "arbitrator", "operations", "technician", "clerk", "inspector", "finance"})
SHOP_PEOPLE = frozenset({"merchant_operator", "merchant_manager"})
READERS = AGENTS | {"auditor"}


def side_of(role: str, *, shop: bool) -> str:
    """On which side of the counter somebody stands."""
    if role in ("consumer", "shop"):
        return "consumer"
    return "shop" if shop else "house"
