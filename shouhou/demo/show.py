"""One return travels through the API before your eyes; then where to look and how to sign in."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from django.conf import settings

from shouhou.accounts.models import Buyer
from shouhou.accounts.signin import link_for
from shouhou.cases.models import Case
from shouhou.demo.english import told
from shouhou.demo.scenarios import ALL_WELL
from shouhou.demo.seed import seed
from shouhou.demo.staff import INSPECTOR_KEY, NAMES, SHOP_KEY, demo_secrets
from shouhou.plumbing.clock import now

SETTLE_SECONDS = 45.0
POLL_SECONDS = 0.05


class DemoFailed(RuntimeError):
    """A step was not answered as it should be."""


@dataclass
class Journey:
    """The calls of one travelling return, each timed and told."""

    address: str
    say: Callable[[str], None]
    tokens: dict[str, str]
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20.0))

    def call(self, what: str, method: str, path: str, *, key: str, body: dict[str, object] | None = None) -> dict[str, object]:
        """One call; its name, the case's status and the milliseconds it took are printed. Raises DemoFailed."""
        headers = {"Authorization": f"Bearer {self.tokens[key]}", "Idempotency-Key": str(uuid.uuid4())}
        began = time.perf_counter()
        answer = self.client.request(method, f"{self.address}/api/v1{path}", json=body, headers=headers)
        taken_ms = (time.perf_counter() - began) * 1000
        if answer.is_error:
            raise DemoFailed(f"{what}: {answer.status_code} {answer.text[:400]}")
        found: dict[str, object] = answer.json()
        self.say(f"  {what:<34} {found.get('status', 'ok')!s:<16} {taken_ms:7.1f} ms")
        return found

    def until(self, what: str, path: str, status: str) -> dict[str, object]:
        """Wait for the worker, the payment channel and its callback. Raises DemoFailed after SETTLE_SECONDS."""
        began = time.perf_counter()
        while True:
            answer = self.client.get(f"{self.address}/api/v1{path}", headers={"Authorization": f"Bearer {self.tokens[SHOP_KEY]}"})
            found: dict[str, object] = answer.raise_for_status().json()
            taken = time.perf_counter() - began
            if found["status"] == status:
                self.say(f"  {what:<34} {status:<16} {taken * 1000:7.1f} ms")
                return found
            if taken > SETTLE_SECONDS:
                raise DemoFailed(f"{what}: 仍为 still {found['status']}, {SETTLE_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)


def show(address: str, *, say: Callable[[str], None], language: str = "zh-hans") -> int:
    """Fill the shop if it is empty, let one return travel, print address and logins. Returns the exit code."""
    say("演示商城 demo shop …")
    seed(orders=300, cases=60, seed=1, today=None, now=now(), say=lambda line: say(f"  {line}"), language=language)
    code = 0
    try:
        travel(address, say=say, language=language)
    except (DemoFailed, httpx.HTTPError) as why:
        say(f"  演示未完成 / the journey stopped: {why}")
        code = 1
    _logins(address, say=say)
    return code


def travel(address: str, *, say: Callable[[str], None], language: str = "zh-hans") -> str:
    """From the order to the settled refund; returns the case's number."""
    say("一次退货的全程 / one return, from application to settled refund:")
    journey = Journey(address, say, demo_secrets().keys)
    began = time.perf_counter()
    at = datetime.now(UTC)
    number = f"DEMO{at:%y%m%d%H%M%S%f}"
    journey.call("写入订单 order in", "PUT", f"/orders/{number}", key=SHOP_KEY, body=told(_order(at), language))
    journey.call("可办服务 entitlements", "GET", f"/orders/{number}/entitlements?reason=no_reason", key=SHOP_KEY)
    case = journey.call("提交退货 apply", "POST", "/cases", key=SHOP_KEY, body=told({
        "order": number, "service": "return", "reason": "no_reason", "lines": [{"line": 1, "quantity": 1, "condition": {"opened": True}}],
        "description": "尺码偏小", "return_method": "ship_back", "contact": {"name": "林悦", "phone": "10000009999"},
        "channel": "api", "requested_by": "demo-buyer",
    }, language))  # fmt: skip
    path = f"/cases/{case['number']}"

    def move(what: str, name: str, key: str, answers: Mapping[str, object]) -> None:
        nonlocal case
        body = {"answers": told(answers, language), "version": case["version"]}
        case = journey.call(what, "POST", f"{path}/moves/{name}", key=key, body=body)

    if case["status"] == "submitted":
        move("审核通过 approve", "approve", SHOP_KEY, {})
    move("填写运单 ship back", "ship", SHOP_KEY, {"carrier": "SF", "tracking_number": f"SF{at:%m%d%H%M%S}{at.microsecond // 1000:03d}"})
    move("收货登记 receive", "receive", INSPECTOR_KEY, ALL_WELL)
    move("验收通过 accept", "accept", INSPECTOR_KEY, {"note": "包装完好"})
    journey.until("退款到账 refund settled", path, "refunded")
    say(f"  {case['number']}  全程 in all {time.perf_counter() - began:.2f} s")
    return str(case["number"])


def _order(at: datetime) -> dict[str, object]:
    placed, shipped, signed = (at - timedelta(days=days) for days in (4, 3, 2))
    return {
        "buyer": {"id": "demo-buyer", "name": "林悦", "phone": "10000009999", "email": "demo-buyer@example.com", "tier": "none"},
        "merchant": {"code": "self", "channel": "self", "name": "合木自营"},
        "placed_at": placed.isoformat(), "currency": "CNY",
        "lines": [{
            "line": 1, "sku": "CL-TS-M", "title": "精梳棉 T 恤 M 黑", "category": "apparel", "quantity": 1,
            "unit_price": 19900, "paid": 18900,
        }],
        "payments": [
            {"tender": "card", "amount": 12900, "reference": "demo-card"},
            {"tender": "gift_card", "amount": 6000, "reference": "demo-gift"},
        ],
        "freight": 0,
        "shipments": [{
            "lines": [1], "carrier": "jd", "number": f"JD{at:%y%m%d%H%M%S}", "shipped_at": shipped.isoformat(),
            "arrived_at": signed.isoformat(), "signed_at": signed.isoformat(),
        }],
    }  # fmt: skip


def _logins(address: str, *, say: Callable[[str], None]) -> None:
    known = demo_secrets()
    say(f"\n网址 address      {address}")
    say(f"员工 staff        {address}/staff/   密码 password: {known.password}")
    say(f"  用户名 users    {', '.join(NAMES)}, qinglan, qinglan-op, xianguo, yunque, jinyu, shulin")
    say(f"管理 admin        {address}/admin/   admin")
    case = Case.objects.filter(order__number__startswith="HM", stage="goods").select_related("buyer", "order").first()
    buyer = case.buyer if case else Buyer.objects.order_by("pk").first()
    if buyer is not None:
        link = link_for(buyer, expires=now() + timedelta(days=7), secret=settings.SHOP_LINK_SECRET)
        say(f"消费者 consumer   {address}{link}")
        if case is not None and case.order is not None:
            say(f"  或用 or with    订单 order {case.order.number} + 手机 phone {buyer.phone}")
    say(f"接口 API          {address}/api/v1/openapi.json   Bearer {known.keys[SHOP_KEY]}")
