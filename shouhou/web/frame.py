"""What stands around every page: the places this person may go to, and where they are now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.web.page import said

MERCHANT = ("merchant_operator", "merchant_manager")
OPERATORS = ("operations", "supervisor", "auditor")


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the menu: `roles` empty is everybody on that side of the counter."""

    name: str
    label: Text
    roles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A place as this page shows it."""

    address: str
    label: str
    here: bool


STAFF_PLACES = (
    Place("web:merchant", Text("我的今天", "Today"), MERCHANT),
    Place("web:queue", Text("工单", "Cases")),
    Place("web:inspect", Text("验收台", "Inspection"), ("inspector",)),
    Place("web:technician", Text("维修台", "Workshop"), ("technician", "supervisor", *MERCHANT)),
    Place("web:counter", Text("网点柜台", "Counter"), ("clerk", "supervisor")),
    Place("web:staff_apply", Text("代客申请", "Apply for a customer")),
    Place("web:scans", Text("纸质表格", "Paper forms"), ("agent", "clerk", "supervisor")),
    Place("web:approvals", Text("退款复核", "Refunds to check")),
    Place("web:stuck_refunds", Text("异常退款", "Stuck refunds"), ("finance", "supervisor")),
    Place("web:operations", Text("运营", "Operations"), OPERATORS),
)
SHOP_PLACES = (Place("web:orders", Text("我的订单", "My orders")), Place("web:cases", Text("我的售后", "My cases")))
OPEN_PLACES = (Place("web:policies", Text("售后政策", "Policy")),)


def places(actor: Actor | None, path: str) -> list[Link]:
    """The menu of this person; the place with the longest address that begins `path` is where they are."""
    own: Sequence[Place] = () if actor is None else SHOP_PLACES if actor.role == "consumer" else STAFF_PLACES
    found = [
        (address, place.label)
        for place in (*own, *OPEN_PLACES)
        if (not place.roles or (actor is not None and actor.role in place.roles)) and (address := _address(place.name))
    ]
    here = max((address for address, _ in found if path.startswith(address)), key=len, default="")
    return [Link(address, said(label), address == here) for address, label in found]


def _address(name: str) -> str:
    """Empty for a door that this installation has not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
