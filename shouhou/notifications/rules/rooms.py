"""Which room of the staff hears of what: the house's of the house's work, a shop's of its own."""

from collections.abc import Collection

SHOP_TURN = ("merchant_operator", "merchant_manager", "shop")
# What a shop's room may hear at all: troubles of the books and of the system are the house's business.
SHOP_KINDS = ("turn", "buyers", "clocks", "shop")
SHOP_TEMPLATES = ("staff_task", "staff_silent", "staff_freight_refused")
HOUSE_KINDS = ("turn", "trouble", "buyers", "house")


def hears(*, kinds: Collection[str], kind: str, template: str, of_shop: bool, third: bool, waits_on: str) -> bool:
    """`of_shop`: the room belongs to the shop it is about; `third`: a shop of its own handles it; `waits_on`: whose turn it is."""
    if kind not in kinds:
        return False
    if of_shop:
        allowed = kind in SHOP_KINDS or template in SHOP_TEMPLATES
        return allowed and (template != "staff_turn" or waits_on in SHOP_TURN)
    if kind not in HOUSE_KINDS:
        return False
    # What a shop of its own has to do or to answer is not announced to the house's agents.
    shops_own = kind == "buyers" or template in ("staff_task", "staff_silent") or (template == "staff_turn" and waits_on in SHOP_TURN)
    return not (third and shops_own)
