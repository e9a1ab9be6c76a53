"""What stands around every page: the places this person may go to, and where they are now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.web.page import said

MERCHANT = ("merchant_operator", "merchant_manager")
TALKERS = (*MERCHANT, "agent", "reviewer", "supervisor", "arbitrator", "operations", "auditor")
STATISTICIANS = ("merchant_manager", "agent", "reviewer", "supervisor", "arbitrator", "operations", "finance", "auditor")
# Who may apply for a consumer.
APPLIERS = ("agent", "supervisor", "clerk")
MONEY = ("finance", "supervisor", "auditor")
OPERATORS = ("operations", "supervisor", "auditor")
# More than these do not stand in one row: those that are rarely needed go under one entry then.
ROW_MOST = 6


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the menu: `roles` empty is everybody on that side of the counter but those who come there another way
    (`but`); `rare` gives way in a full row; `also` are pages whose addresses belong to it too."""

    name: str
    label: Text
    roles: Sequence[str] = ()
    rare: bool = False
    but: Sequence[str] = ()
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A place as this page shows it; `under` the entry for more, unless one is there."""

    address: str
    label: str
    here: bool
    under: bool = False


STAFF_PLACES = (
    Place("web:merchant", Text("我的今天", "Today"), MERCHANT),
    Place("web:queue", Text("工单", "Cases")),
    Place("web:staff_talks", Text("会话", "Talks"), TALKERS),
    Place("web:inspect", Text("验收台", "Inspection"), ("inspector",)),
    Place("web:technician", Text("维修台", "Workshop"), ("technician", "supervisor", *MERCHANT), rare=True),
    Place("web:counter", Text("网点柜台", "Counter"), ("clerk", "supervisor"), rare=True),
    Place("web:staff_apply", Text("代客申请", "Apply for a customer"), APPLIERS),
    Place("web:scans", Text("纸质表格", "Paper forms"), ("agent", "clerk", "supervisor"), rare=True),
    Place("web:satisfaction", Text("满意度", "Satisfaction"), ("agent", "reviewer", "supervisor", "operations", "auditor"), rare=True,
          also=("web:ratings", "web:follow_ups")),
    Place("web:statistics", Text("统计", "Statistics"), STATISTICIANS, rare=True),
    Place("web:team", Text("团队", "Team"), TALKERS, rare=True),
    Place("web:calls", Text("待致电", "Calls to make"), ("agent", "reviewer", "supervisor", "operations", "auditor"), rare=True),
    Place("web:plans_sold", Text("保障计划", "Plans"), ("supervisor", "operations", "auditor"), rare=True),
    Place("web:approvals", Text("退款复核", "Refunds to check"), but=MONEY),
    Place("web:insurer", Text("运费险理赔", "Freight claims"), ("insurer",)),
    Place("web:finance", Text("财务", "Finance"), MONEY, also=("web:approvals",)),
    Place("web:operations", Text("运营", "Operations"), OPERATORS),
)
SHOP_PLACES = (
    Place("web:orders", Text("我的订单", "My orders")), Place("web:cases", Text("我的售后", "My cases")),
    Place("web:talks", Text("咨询", "Ask us")),
)  # fmt: skip
OPEN_PLACES = (Place("web:help", Text("帮助", "Help"), rare=True),)


def places(actor: Actor | None, path: str) -> list[Link]:
    """The menu of this person; the place with the longest address that begins `path` is where they are."""
    own: Sequence[Place] = () if actor is None else SHOP_PLACES if actor.role == "consumer" else STAFF_PLACES
    if actor is not None and actor.insurer is not None:
        own = [place for place in own if place.name == "web:insurer"]
    role = actor.role if actor is not None else ""
    found = [
        (address, place)
        for place in (*own, *OPEN_PLACES)
        if (not place.roles or role in place.roles) and role not in place.but and (address := _address(place.name))
    ]
    leading = [(address, address) for address, _ in found]
    leading += [(start, address) for address, place in found for name in place.also if (start := _address(name))]
    # Of two beginnings of one address the greater is the longer.
    _, here = max(((start, address) for start, address in leading if path.startswith(start)), default=("", ""))
    full = len(found) > ROW_MOST
    return [Link(address, said(place.label), address == here, full and place.rare and address != here) for address, place in found]


def _address(name: str) -> str:
    """Empty for a door that this installation has not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
