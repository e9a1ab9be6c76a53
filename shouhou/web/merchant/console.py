"""A shop's own console: who may enter, and its pages' common frame."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.plumbing.actor import Actor
from shouhou.web.page import page

ROLES = ("merchant_operator", "merchant_manager")
# What is set up once and rarely needed then: it stands under "more" where there is no room.
RARE = ("plans_sold", "merchant_addresses", "merchant_people", "merchant_settings")


def shop_of(actor: Actor) -> int:
    """The id of the shop whose person this is. Raises FORBIDDEN for everybody else."""
    if actor.role not in ROLES or actor.merchant_id is None:
        raise refused(FORBIDDEN, roles=ROLES)
    return actor.merchant_id


def is_manager(actor: Actor) -> bool:
    return actor.role == "merchant_manager"


def manager_of(actor: Actor) -> int:
    """The id of the shop that this person manages. Raises FORBIDDEN."""
    if not is_manager(actor):
        raise refused(FORBIDDEN, roles=("merchant_manager",))
    return shop_of(actor)


def console(
    request: HttpRequest, actor: Actor, template: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:  # fmt: skip
    """The page under the console's tabs."""
    tabs = [
        ("merchant", _("今天")), ("outgoing", _("待发出")), ("inspect_unidentified", _("无主包裹")),
        ("merchant_orders", _("订单与备注")), ("merchant_money", _("资金")), ("merchant_invoices", _("发票")),
        ("merchant_clocks", _("时限与违约")), ("satisfaction", _("满意度")),
        ("plans_sold", _("保障计划")), ("merchant_addresses", _("退货地址簿")),
        *((("merchant_people", _("人员")),) if is_manager(actor) else ()), ("merchant_settings", _("店铺设置")),
    ]  # fmt: skip
    items = [
        {"address": reverse(f"web:{name}"), "label": label, "here": name == tab, "under": name in RARE and name != tab}
        for name, label in tabs
    ]
    whole = {
        "here": "merchant", "tabs": items, "rest": [each for each in items if each["under"]], "manager": is_manager(actor), **context,
    }  # fmt: skip
    return page(request, f"merchant/{template}.html", whole, actor=actor, status=status)
