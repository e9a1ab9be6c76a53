"""A freight policy as somebody tells it: its fields, checked, and the order it stands on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.refusals import FieldError, refused
from shouhou.insurance.refusals import POLICY_INVALID, POLICY_ORDER_UNKNOWN, SELF_OPERATED
from shouhou.insurance.rules.standards import standards
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor

Sum = Annotated[int, Meta(ge=1, le=100_000_00)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]


class Given(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What may be told; `sum` and `premium` in minor units of the order's currency. Without `standard` the sum insured is what
    one way is worth; without `mode` it is as the book says. `cancelled_at` ends it."""

    number: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\s\x00/][^\x00/]*$")]
    order: Annotated[str, Meta(min_length=1, max_length=80)]
    insurer: Code
    sum: Sum
    insurer_name: Annotated[str, Meta(max_length=120)] = ""
    mode: Literal["cap", "fixed"] | None = None
    standard: Annotated[str, Meta(max_length=30)] = ""
    weight_grams: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    bought_by: Literal["seller", "buyer"] = "seller"
    premium: Annotated[int, Meta(ge=0, le=100_000_00)] = 0
    claims_most: Annotated[int, Meta(ge=1, le=20)] = 1
    issued_at: datetime | None = None
    cancelled_at: datetime | None = None


FIELDS = Given.__struct_fields__


def read_given(plain: Mapping[str, object]) -> Given:
    """From JSON, or from a file's row whose cells are texts: an empty one says nothing. Raises FREIGHT_POLICY_INVALID."""
    told = {name: value for name, value in plain.items() if value not in ("", None)}
    unknown = sorted({*told} - {*FIELDS})
    if unknown:
        raise refused(POLICY_INVALID, *(FieldError(name[:40], "没有这一栏", "there is no such field") for name in unknown[:20]))
    try:
        given = msgspec.convert(told, Given, strict=False)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("`$.")[2].rstrip("`") if "`$." in str(error) else ""
        raise refused(POLICY_INVALID, FieldError(field, "缺失或取值无效", str(error)[:200])) from None
    if given.standard and given.standard not in standards():
        known = ", ".join(standards())
        raise refused(POLICY_INVALID, FieldError("standard", f"没有这种理赔标准；可用：{known}", f"no such standard; there are: {known}"))
    return given


def order_of(given: Given, *, actor: Actor) -> Order:
    """The third-party order it is for. Raises FREIGHT_POLICY_ORDER_UNKNOWN (also for a stranger), FREIGHT_POLICY_SELF_OPERATED."""
    order = Order.objects.filter(number=given.order).first()
    if order is None or actor.merchant_id not in (None, order.merchant_id):
        raise refused(POLICY_ORDER_UNKNOWN, order=given.order)
    if order.channel == "self":
        raise refused(SELF_OPERATED, order=given.order)
    if given.standard and standards()[given.standard].currency != order.currency:
        raise refused(POLICY_INVALID, FieldError("standard", "币种与订单不同", "its currency is not the order's"))
    return order


def row_of(given: Given, order: Order, *, mode: str, now: datetime) -> dict[str, Any]:
    """The columns of the policy."""
    return {
        "insurer": given.insurer, "insurer_name": given.insurer_name, "order_number": order.number, "merchant_id": order.merchant_id,
        "buyer_id": order.buyer_id, "mode": given.mode or mode, "sum_minor": given.sum, "standard": given.standard,
        "weight_grams": given.weight_grams, "bought_by": given.bought_by, "premium_minor": given.premium,
        "claims_most": given.claims_most, "currency": order.currency, "issued_at": _instant(given.issued_at) or now,
        "cancelled_at": _instant(given.cancelled_at),
    }  # fmt: skip


def _instant(told: datetime | None) -> datetime | None:
    """Without a zone it is Beijing's."""
    return told if told is None or told.tzinfo else told.replace(tzinfo=SHANGHAI)
