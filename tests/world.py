"""The cast and the builders of the stories: who buys, who sells, who decides, and a clock that is an argument."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.db import transaction

from shouhou.accounts.models import Buyer
from shouhou.cases.actions import Application, ItemWish, make_move, open_case
from shouhou.cases.due import work_off_due
from shouhou.cases.queries import case_json
from shouhou.foundation.refusals import Refused
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.orders.actions import put_order
from shouhou.orders.models import Reservation
from shouhou.orders.shop.stock import deliver_ask, deliver_give_back
from shouhou.orders.snapshot import parse_snapshot
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import work
from shouhou.plumbing.actor import Actor

SHOP = Actor(role="shop", who="key:shop", name="商城后端")
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
CONTACT = {"name": "林一", "phone": "13800000001", "region": "四川省成都市锦江区", "region_code": "510104", "address": "春熙路 1 号"}


# Orders and grounds that several stories begin with.
TWO: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 3, "unit_price": 5000, "paid": 13500},
    ],
    "payments": [{"tender": "card", "amount": 10000}, {"tender": "wallet", "amount": 3500}],
}  # fmt: skip
DEAR: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": 800000, "paid": 800000}],
    "payments": [{"tender": "card", "amount": 800000}],
}
THIRD: dict[str, Any] = {"merchant": {"code": "m1", "channel": "third", "name": "老王百货"}}
QUALITY: dict[str, Any] = {"reason": "quality", "description": "插电后不加热"}


def refusal_of(call: Any, *args: Any, **kwargs: Any) -> Refused:
    """The refusal that the call must end with."""
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value


@dataclass
class World:
    """One test's world. 林一 buys; 老王 sells; 小审 reviews, 小检 inspects, 阿财 pays, 主管 decides; 路人 must see nothing."""

    now: datetime = NOON
    count: int = 0
    actors: dict[str, Actor] = field(default_factory=dict)

    def later(self, **period: float) -> "World":
        """Let time pass."""
        self.now += timedelta(**period)
        return self

    def order(self, number: str = "", **changes: Any) -> str:
        """An order of one kettle for 199.00, paid by card, signed for at `now`; `changes` replace top-level parts."""
        self.count += 1
        number = number or f"T{self.count:04d}"
        stamp = self.now.isoformat()
        plain: dict[str, Any] = {
            "buyer": {"id": "u1", "name": "林一", "phone": "13800000001", "email": "lin@example.com"},
            "merchant": {"code": "self", "channel": "self", "name": "自营店"},
            "placed_at": (self.now - timedelta(days=2)).isoformat(), "currency": "CNY",
            "lines": [
                {"line": 1, "sku": "KETTLE", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900,
                 "paid": 19900},
            ],
            "payments": [{"tender": "card", "amount": 19900, "reference": f"pay-{number}"}],
            "shipments": [{"carrier": "jd", "number": f"JD{self.count:010d}", "shipped_at": stamp, "signed_at": stamp}],
        } | changes  # fmt: skip
        put_order(parse_snapshot(orjson.dumps(plain)), number=number, actor=SHOP, now=self.now)
        merchant = Merchant.objects.get(code=plain["merchant"]["code"])
        ReturnAddress.objects.get_or_create(
            merchant=merchant, is_default=True, active=True,
            defaults={"label": "退货仓", "contact": "仓库", "phone": "13900000000", "region": "广东省广州市", "address": "仓库路 8 号"},
        )  # fmt: skip
        return number

    def buyer(self, external_id: str = "u1") -> Actor:
        buyer = Buyer.objects.get(external_id=external_id)
        return Actor(role="consumer", who=f"buyer:{buyer.id}", buyer_id=buyer.id, name=buyer.name)

    def staff(self, role: str, who: str = "", merchant: str | None = None) -> Actor:
        merchant_id = Merchant.objects.get(code=merchant).id if merchant else None
        return Actor(role=role, who=who or f"user:{role}", merchant_id=merchant_id, name=role)  # type: ignore[arg-type]

    def apply(self, order: str, *, actor: Actor | None = None, dry_run: bool = False, **wish: Any) -> dict[str, Any]:
        """A return of one unit of line 1 without a reason, unless told otherwise."""
        lines = tuple(ItemWish(line, quantity) for line, quantity in wish.pop("items", {1: 1}).items())
        plain: dict[str, Any] = {
            "service": "return", "reason": "no_reason", "return_method": "ship_back", "contact": CONTACT, "channel": "web",
            "lines": lines,
        } | wish  # fmt: skip
        with transaction.atomic():  # the door's transaction: what is refused leaves nothing behind
            return open_case(Application(order=order, **plain), actor=actor or self.buyer(), now=self.now, dry_run=dry_run)

    def move(
        self, number: str, move: str, *, actor: Actor, dry_run: bool = False, version: int | None = None, **answers: Any
    ) -> dict[str, Any]:  # fmt: skip
        with transaction.atomic():
            return make_move(number, move, actor=actor, answers=answers, version=version, now=self.now, dry_run=dry_run)

    def case(self, number: str, *, actor: Actor | None = None) -> dict[str, Any]:
        return case_json(number, actor=actor or self.staff("auditor"), language="zh-hans", now=self.now)

    def ring(self) -> int:
        """Let the clock do what is due now."""
        return work_off_due(now=self.now)

    def goods_back(self, number: str) -> dict[str, Any]:
        """The consumer sends the parcel, the warehouse registers it."""
        self.move(number, "ship", actor=self.buyer(), carrier="SF", tracking_number=f"SF{self.count:013d}")
        self.later(days=2)
        return self.move(
            number, "receive", actor=self.staff("inspector"), packing="ok", appearance="ok", accessories="ok"
        )

    def pay(self, number: str) -> list[bool | None]:
        """Let the payment job do its work for the case's refund."""
        return work(Refund.objects.get(subject=number), now=self.now)

    def shop_answers(self, number: str) -> None:
        """Let the jobs that ask the shop for stock, and give it back, do their work."""
        for row in Reservation.objects.filter(subject=number, state__in=("asking", "releasing")).order_by("id"):
            (deliver_ask if row.state == "asking" else deliver_give_back)(row.key, now=self.now)

    def shop_speaks(self, number: str) -> dict[str, Any]:
        """The shop answers what the consumer has brought before the platform."""
        merchant = Merchant.objects.get(case__number=number)
        who = self.staff("reviewer") if merchant.channel == "self" else self.staff("merchant_operator", merchant=merchant.code)
        return self.move(number, "answer_dispute", actor=who, statement="出库前检测无异常")

    def received(self, **wish: Any) -> str:
        """A case whose goods are on the inspector's table."""
        order = self.order(**wish.pop("order", {}))
        number: str = self.later(days=1).apply(order, **wish)["number"]
        self.goods_back(number)
        return number
