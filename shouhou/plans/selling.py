"""A sold plan as somebody tells it: its fields, checked and filled up from its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FieldError, refused
from shouhou.orders.models import OrderLine
from shouhou.plans.refusals import PLAN_GOODS_UNKNOWN, PLAN_INVALID
from shouhou.plans.rules.kinds import kinds
from shouhou.plans.rules.sold import last_day

Money = Annotated[int, Meta(ge=0, le=100_000_000_000)]
Words = Annotated[str, Meta(max_length=120)]
Name = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\s\x00][^\x00]*$")]


class Given(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What may be told; amounts in minor units, days of Beijing. What is left out is as usual for the kind.

    The goods are named by `order` (and `line`), or by `serial` alone where only one line has it.
    """

    number: Name
    kind: Annotated[str, Meta(max_length=20)]
    order: Annotated[str, Meta(max_length=80)] = ""
    line: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    serial: Annotated[str, Meta(max_length=80)] = ""
    name: Words = ""
    provider: Words = ""
    sold_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    months: Annotated[int, Meta(ge=1, le=240)] | None = None
    waiting_days: Annotated[int, Meta(ge=0, le=365)] | None = None
    claims_most: Annotated[int, Meta(ge=1, le=1000)] | None = None
    cap: Money | None = None
    deductible: Money | None = None
    price: Money = 0
    cancelled_on: date | None = None


FIELDS = Given.__struct_fields__


@dataclass(frozen=True, slots=True)
class Goods:
    """The line that the plan stands on."""

    line_id: int
    line: int
    order: str
    merchant_id: int
    buyer_id: int
    currency: str
    begun: date


def read_given(plain: Mapping[str, object]) -> Given:
    """From JSON, or from a file's row whose cells are texts: an empty one says nothing. Raises PLAN_INVALID."""
    told = {name: value for name, value in plain.items() if value not in ("", None)}
    unknown = sorted({*told} - {*FIELDS})
    if unknown:
        raise refused(PLAN_INVALID, *(FieldError(name[:40], "没有这一栏", "there is no such field") for name in unknown[:20]))
    try:
        given = msgspec.convert(told, Given, strict=False)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("`$.")[2].rstrip("`") if "`$." in str(error) else ""
        raise refused(PLAN_INVALID, FieldError(field, "缺失或取值无效", str(error)[:200])) from None
    if given.kind not in kinds():
        known = ", ".join(kinds())
        raise refused(PLAN_INVALID, FieldError("kind", f"没有这种保障计划；可用：{known}", f"there is no such kind; there are: {known}"))
    if not (given.order or given.serial):
        raise refused(PLAN_INVALID, FieldError("order", "须写明订单或序列号", "name the order or the serial number"))
    return given


def goods_of(given: Given) -> Goods:
    """The line that is meant: of the order, with this number or serial, or its only one. Raises PLAN_GOODS_UNKNOWN."""
    found = OrderLine.objects.select_related("order").filter(is_gift=False)
    if given.order:
        found = found.filter(order__number=given.order)
    if given.line is not None:
        found = found.filter(line=given.line)
    elif given.serial:
        found = found.filter(serials__contains=[given.serial])
    rows = list(found.order_by("id")[:2])
    if len(rows) != 1 or (given.serial and rows[0].serials and given.serial not in rows[0].serials):
        raise refused(
            PLAN_GOODS_UNKNOWN, order=given.order or "–", line=given.line if given.line is not None else "–", serial=given.serial or "–"
        )
    row = rows[0]
    order = row.order
    begun = row.received_on or local_day(order.placed_at)
    return Goods(row.id, row.line, order.number, order.merchant_id, order.buyer_id, order.currency, begun)


def row_of(given: Given, goods: Goods, *, now: datetime) -> dict[str, Any]:
    """The columns of the plan, filled up from its kind. Raises PLAN_INVALID for days in the wrong order."""
    kind = kinds()[given.kind]
    starts = given.starts_on or goods.begun
    months = given.months or kind.months
    ends = given.ends_on or last_day(kind.fact, starts, months)
    if ends is not None and ends < starts:
        raise refused(PLAN_INVALID, FieldError("ends_on", "不能早于开始日", "must not be before the start"))
    return {
        "kind": given.kind, "name": given.name, "provider": given.provider, "order_number": goods.order, "line_id": goods.line_id,
        "line": goods.line, "merchant_id": goods.merchant_id, "buyer_id": goods.buyer_id, "serial": given.serial,
        "sold_on": given.sold_on or min(starts, local_day(now)), "starts_on": starts, "ends_on": ends, "months": months,
        "waiting_days": kind.waiting_days if given.waiting_days is None else given.waiting_days,
        "claims_most": given.claims_most or kind.claims_most, "cap_minor": kind.cap_minor if given.cap is None else given.cap,
        "deductible_minor": kind.deductible_minor if given.deductible is None else given.deductible, "price_minor": given.price,
        "currency": goods.currency, "cancelled_on": given.cancelled_on, "implied": False,
    }  # fmt: skip
