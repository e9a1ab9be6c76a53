"""Examples of request bodies, shown in the OpenAPI document; a test sends every one of them."""

from typing import Any

ORDER: dict[str, Any] = {
    "buyer": {"id": "u1", "name": "林一", "phone": "13800000001", "tier": "plus"},
    "merchant": {"code": "self", "channel": "self", "name": "自营"},
    "placed_at": "2026-03-01T10:00:00+08:00",
    "currency": "CNY",
    "lines": [
        {
            "line": 1, "sku": "P1", "title": "手机 128G", "category": "phone", "quantity": 2, "unit_price": 199900,
            "paid": 389800, "serials": ["860000000000001", "860000000000002"], "excludable_by_nature": False,
            "confirmed_no_return": False, "promised_no_reason": False,
        }
    ],
    "payments": [
        {"tender": "card", "amount": 379800, "reference": "pay-20260301-1"},
        {"tender": "coupon", "amount": 10000, "reference": "c-88"},
    ],
    "freight": 0,
    "shipments": [
        {
            "lines": [1], "carrier": "jd", "number": "JD0123456789", "shipped_at": "2026-03-01T18:00:00+08:00",
            "arrived_at": None, "signed_at": "2026-03-03T15:00:00+08:00",
        }
    ],
    "invoice": {"number": "25112000000012345678", "amount": 389800},
}  # fmt: skip
CASE: dict[str, Any] = {
    "order": "JD1001",
    "service": "return",
    "reason": "no_reason",
    "lines": [{"line": 1, "quantity": 1, "condition": {"opened": True}}],
    "description": "",
    "return_method": "ship_back",
    "contact": {"name": "林一", "phone": "13800000001", "region": "北京市朝阳区", "address": "甲路 1 号"},
    "channel": "app",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "put_order": ORDER,
    "open_case": CASE,
    "make_move": {"answers": {"carrier": "sf", "tracking_number": "SF1234567890123"}, "version": 2},
    "say": {"text": "什么时候退款？", "internal": False},
    "open_conversation": {"topic": "order", "text": "什么时候发货？", "order": "JD1001"},
    "say_in_conversation": {"text": "还没有收到。"}, "read_conversation": {"message": 1},
    "hand_over_conversation": {"desk": "house", "skill": "technical", "reason": "需要技术判断"},
    "record_call": {
        "direction": "in", "phone": "13800000001", "began_at": "2026-03-01T10:00:00+08:00", "minutes": 3, "summary": "询问发货时间"
    },
    "put_notice_preferences": {"buyer": "u1", "first": "email", "off": ["survey:email"]},
    "resend_notice": {"reason": "消费者说没有收到"},
    "rate": {"grade": 5, "text": "很快"},
    "approve_refund": {"version": 1},
    "confirm_invoice_task": {"confirmation": "44011126031000012345"},
    "issue_invoice_task": {"issued_number": "25117000000100000009"},
    "reject_invoice_task": {"why": "购方税号有误"},
    "create_webhook": {"url": "https://shop.example/hooks/shouhou", "events": ["case.*", "refund.settled"]},
    "change_webhook": {"active": True},
    "decide": {
        "group": "eligibility", "policy": "std-1", "channel": "self", "category": "phone", "reason": "no_reason",
        "at": "2025-03-12T10:00:00+08:00", "receipt": {"carrier": "jd", "signed_at": "2025-03-10T15:00:00+08:00"},
        "goods": {"opened": True},
    },
}  # fmt: skip
