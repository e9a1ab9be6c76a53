"""The API's cast: a key for every role, two shops, two buyers; everything else goes through HTTP."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import orjson
import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from shouhou.accounts.keys import create_key
from shouhou.accounts.models import KEY_ROLES, Buyer, Organisation
from shouhou.api.tests.shapes import check_shape
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.plumbing.clock import now
from shouhou.policy import queries as policy_queries

CONTACT = {"name": "林一", "phone": "13800000001", "region": "北京市朝阳区", "address": "甲路 1 号"}


@dataclass
class Api:
    """A caller over HTTP; `keys` by role."""

    client: Client
    keys: dict[str, str]
    shop: Merchant
    third: Merchant
    made: int = 0

    def call(
        self, method: str, path: str, body: object = None, *, role: str | None = "shop", raw: bytes | None = None,
        content_type: str = "application/json", headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:  # fmt: skip
        sent = dict(headers or {})
        if role is not None:
            sent["authorization"] = f"Bearer {self.keys[role]}"
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        path = path if path.startswith("/") else f"/api/v1/{path}"
        response = cast(
            HttpResponse, self.client.generic(method, path, data, content_type=content_type, headers=sent)
        )
        check_shape(method, path, response)
        return response

    def get(self, path: str, **more: Any) -> HttpResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> HttpResponse:
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: object = None, **more: Any) -> HttpResponse:
        return self.call("PUT", path, body, **more)

    def order(self, number: str | None = None, *, merchant: str = "self", buyer: str = "u1", days_ago: int = 3) -> str:
        """An order of two phones, signed for `days_ago`, taken in by the shop's key."""
        self.made += 1
        number = number or f"JD{1000 + self.made}"
        response = self.put(f"orders/{number}", order_body(merchant=merchant, buyer=buyer, days_ago=days_ago))
        assert response.status_code == 201, response.content
        return number

    def opened(self, *, merchant: str = "self", buyer: str = "u1", role: str = "shop", quantity: int = 1) -> dict[str, Any]:
        """A no-reason return of one phone."""
        number = self.order(merchant=merchant, buyer=buyer)
        response = self.post("cases", wish(number, quantity=quantity), role=role)
        assert response.status_code == 201, response.content
        return dict(orjson.loads(response.content))


def wish(order: str, **more: object) -> dict[str, Any]:
    lines = [{"line": 1, "quantity": more.pop("quantity", 1), "condition": {"opened": True}}]
    return {
        "order": order, "service": "return", "reason": "no_reason", "lines": lines, "return_method": "ship_back",
        "contact": CONTACT, "channel": "api", **more,
    }  # fmt: skip


def order_body(*, merchant: str = "self", buyer: str = "u1", days_ago: int = 3, quantity: int = 2) -> dict[str, Any]:
    placed = now() - timedelta(days=days_ago + 3)
    channel = "self" if merchant == "self" else "third"
    return {
        "buyer": {"id": buyer, "name": "林一", "phone": "13800000001", "tier": "none"},
        "merchant": {"code": merchant, "channel": channel, "name": "自营" if channel == "self" else "商家甲"},
        "placed_at": placed.isoformat(), "currency": "CNY",
        "lines": [
            {"line": 1, "sku": "P1", "title": "手机", "category": "phone", "quantity": quantity, "unit_price": 199900,
             "paid": 194900 * quantity, "serials": []}
        ],
        "payments": [{"tender": "card", "amount": 194900 * quantity, "reference": "pay-1"}],
        "freight": 0,
        "shipments": [
            {"lines": [1], "carrier": "jd", "number": "JD0001", "shipped_at": (placed + timedelta(days=1)).isoformat(),
             "arrived_at": None, "signed_at": (now() - timedelta(days=days_ago)).isoformat()}
        ],
    }  # fmt: skip


def body(response: HttpResponseBase) -> Any:
    return orjson.loads(response.content)  # type: ignore[attr-defined]


def build_api() -> Api:
    """Shops with their return addresses, buyers, one key a role."""
    house = Organisation.objects.create(code="house", name="平台", kind="operator")
    shop = Merchant.objects.create(code="self", name="自营", channel="self")
    third = Merchant.objects.create(code="m1", name="商家甲", channel="third")
    for merchant in (shop, third):
        ReturnAddress.objects.create(
            merchant=merchant, label="退货仓", contact="收货组", phone="01088888888", region="北京市大兴区",
            address="仓库路 1 号", is_default=True,
        )  # fmt: skip
    buyer = Buyer.objects.create(external_id="u1", name="林一", phone="13800000001")
    other = Buyer.objects.create(external_id="u2", name="周二", phone="13800000002")
    keys: dict[str, str] = {}
    for role in KEY_ROLES:
        bound_shop = third.id if role.startswith("merchant_") else None
        bound_buyer = buyer if role == "consumer" else None
        made = create_key(
            name=role, role=role, organisation=house, now=now(), merchant_id=bound_shop, buyer=bound_buyer
        )
        keys[role] = made.token
    stranger = Merchant.objects.create(code="m2", name="商家乙", channel="third")
    keys["stranger_shop"] = create_key(
        name="stranger", role="merchant_manager", organisation=house, now=now(), merchant_id=stranger.id
    ).token
    keys["stranger_buyer"] = create_key(
        name="stranger", role="consumer", organisation=house, now=now(), buyer=other
    ).token
    return Api(client=Client(raise_request_exception=False), keys=keys, shop=shop, third=third)


@pytest.fixture
def api(db: None) -> Iterator[Api]:
    policy_queries.forget()
    yield build_api()
    policy_queries.forget()


@pytest.fixture
def live_api(transactional_db: None) -> Iterator[Api]:
    """The same in a database that commits: for threads, the feed and jobs."""
    policy_queries.forget()
    yield build_api()
    policy_queries.forget()
