"""Every role at every address: what the role lacks is named, what a stranger must not know does not exist."""

from typing import Any

import pytest

from shouhou.accounts.models import KEY_ROLES
from shouhou.api.tests.conftest import Api, body, order_body, wish
from shouhou.api.tests.test_cases import SHIP, moved
from shouhou.api.v1.api import api as v1
from shouhou.api.v1.auth import ROLE_SCOPES, SCOPES
from shouhou.api.v1.openapi import operations
from shouhou.cases.models import Case, HistoryEntry
from shouhou.orders.models import Order
from shouhou.payments.models import InvoiceTask, Refund

# What is sent where a body is needed; sound, so that only the caller decides.
BODIES: dict[str, Any] = {
    "make_move": {"answers": {}}, "say": {"text": "你好"}, "rate": {"grade": 5}, "approve_refund": {},
    "create_webhook": {"url": "https://shop.example/hook"}, "change_webhook": {"active": True},
    "decide": {"group": "receipt"}, "put_order": order_body(merchant="m1"),
    "put_plan": {"kind": "screen", "order": "X"},
    "put_freight_policy": {"number": "FP-M", "insurer": "picc", "sum": 1200}, "decide_freight_claim": {"verdict": "approve"},
    "confirm_invoice_task": {"confirmation": "FORM-M"}, "issue_invoice_task": {"issued_number": "RED-M"},
    "reject_invoice_task": {"why": "wrong tax number"}, "appeal_freight_claim": {"text": "请再核实"},
    "open_conversation": {"topic": "order", "text": "在吗"}, "say_in_conversation": {"text": "在吗"}, "read_conversation": {"message": 1},
    "hand_over_conversation": {"desk": "house", "skill": "service", "reason": "x"},
    "record_call": {"direction": "in", "began_at": "2026-03-01T10:00:00+08:00", "minutes": 1, "summary": "x"},
    "resend_notice": {"reason": "x"}, "put_notice_preferences": {"off": ["survey:email"]},
    "appeal_screened": {"text": "误判"}, "decide_conduct_appeal": {"grant": True, "reasons": "看过"},
    "appeal_breach": {"text": "x"}, "decide_breach_appeal": {"grant": True, "reasons": "x"},
    "add_penalty": {"kind": "MER-01", "since": "2026-03-01", "points": 1, "clause": "x"},
    "ask_suspension": {"rests_on": "BR-0", "reasons": "x"}, "decide_suspension_appeal": {"grant": True, "reasons": "x"},
    "lift_suspension": {"reasons": "x"},
    **{name: {"by": "nobody"} for name in ("end_shift", "withdraw_swap", "end_course")},
    **{name: {"by": "nobody", "yes": True} for name in ("answer_swap", "decide_swap")},
    "add_shift": {"by": "nobody", "person": "x", "weekdays": [1], "since": "09:00", "until": "18:00", "first_day": "2026-03-01"},
    "ask_swap": {"by": "nobody", "shift": 1, "day": "2026-03-01", "colleague": "x", "reason": "x"},
    "add_course": {"by": "nobody", "title_zh": "x", "subject": "rules", "pass_score": 60, "valid_months": 12},
    "add_training": {"by": "nobody", "course": 1, "person": "x", "taken_on": "2026-03-01", "score": 90},
    "draw_checks": {"by": "nobody", "month": "2026-03"}, "reply_to_check": {"by": "nobody", "text": "x"},
    "score_check": {"by": "nobody", "scores": dict.fromkeys(("friendliness", "patience", "professionalism", "warmth", "accuracy"), 4)},
    "put_service_point": {"name_zh": "网点", "kind": "drop_off", "region_code": "510104", "address_zh": "一路 1 号"},
}  # fmt: skip
MULTIPART = {"attach", "upload"}
OF_SOMEBODY = {
    "get_order", "get_entitlements", "get_case", "get_case_form",
    "get_case_money", "list_moves", "make_move", "say", "rate", "get_refund", "approve_refund",
    "get_webhook", "change_webhook", "remove_webhook", "replay_webhook", "list_deliveries",
    "get_invoice_task", "confirm_invoice_task", "issue_invoice_task", "reject_invoice_task",
    "get_conversation", "say_in_conversation", "read_conversation", "hand_over_conversation", "close_conversation", "record_call",
    "end_shift", "answer_swap", "decide_swap", "withdraw_swap", "end_course", "score_check", "reply_to_check",
    "add_shift", "ask_swap", "add_course", "add_training", "draw_checks",
    "get_breach", "appeal_breach", "decide_breach_appeal", "get_suspension", "get_running_scorecard",
    "get_plan", "get_freight_claim", "appeal_freight_claim", "get_freight_policy",
}  # fmt: skip


@pytest.fixture
def objects(api: Api) -> dict[str, str]:
    """A case of the third-party shop with its order and refund, and that shop's webhook."""
    case = api.opened(merchant="m1")
    moved(api, case["number"], "ship", SHIP, role="consumer")
    goods = {"packing": "ok", "appearance": "ok", "accessories": "ok"}
    moved(api, case["number"], "receive", goods, role="merchant_operator")
    moved(api, case["number"], "accept", role="merchant_operator")
    [refund] = body(api.get(f"refunds?subject={case['number']}"))["items"]
    api.put("plans/PLN-M1", {"kind": "screen", "order": case["order"], "line": 1})
    hook = body(api.post("webhooks", BODIES["create_webhook"], role="merchant_manager"))
    return {
        "cases": case["number"], "orders": case["order"], "refunds": refund["number"], "plans": "PLN-M1",
        "conversations": asked(api, case["order"]),
        "freight-claims": "CL-0000-0000-0", "invoice-tasks": drafted(refund["number"]), "id": str(hook["id"]),
        "move": "ship", "book": "std-1", "version": "1", "channel": "fake", "carrier": "fake",
        "gateway": "fake", "code": "CD-01", "form": "return",
        "month": "2026-11", "record": "1", "breach": "BR-0000-0000-0", "suspensions": "SP-0000-0000-0",
    }  # fmt: skip


def asked(api: Api, order: str) -> str:
    """A question of the buyer about it."""
    return str(body(api.post("conversations", {"topic": "order", "text": "在吗", "order": order}, role="consumer"))["number"])


def drafted(refund: str) -> str:
    """A red invoice to be made out for it."""
    of = Refund.objects.get(number=refund)
    task = InvoiceTask.objects.create(
        number="IV-0000-0000-0", refund=of, order=of.order, subject=of.subject, invoice_number="INV-1", amount_minor=100,
        reason="02", created_at=of.updated_at, updated_at=of.updated_at,
    )  # fmt: skip
    return task.number


def address(path: str, objects: dict[str, str]) -> str:
    kind = path.split("/")[3]
    found = path.replace("{number}", objects.get(kind, "")).format_map(objects)
    if path.endswith("/running"):
        found += "?merchant=m1"
    if path.endswith("/replay"):
        found += "?after=0"
    return found + "?from=1&to=1" if path.endswith("/diff") else found


def test_a_role_without_the_scope_is_told_which_one_and_nothing_happens(api: Api, objects: dict[str, str]) -> None:
    asked = 0
    before = Case.objects.count(), Order.objects.count(), HistoryEntry.objects.count()
    for path, method, operation in operations(v1.get_openapi_schema()):
        for scope in operation.get("security", [{"Key": []}])[0]["Key"]:
            for role in KEY_ROLES:
                if scope in ROLE_SCOPES[role]:
                    continue
                response = api.call(method.upper(), address(path, objects), BODIES.get(operation["operationId"]), role=role)
                assert (response.status_code, body(response)["code"]) == (403, "SCOPE_MISSING"), (role, method, path)
                assert body(response)["facts"]["scope"] == scope
                asked += 1
    assert asked > 50
    assert before == (Case.objects.count(), Order.objects.count(), HistoryEntry.objects.count())


def test_every_address_but_the_open_ones_wants_a_key(api: Api, objects: dict[str, str]) -> None:
    for path, method, operation in operations(v1.get_openapi_schema()):
        response = api.call(method.upper(), address(path, objects), BODIES.get(operation["operationId"]), role=None)
        wanted = "security" in operation
        assert (response.status_code == 401) == wanted or path.startswith("/api/v1/callbacks/"), (method, path)


def test_whoever_has_the_scope_gets_an_answer_and_never_a_server_error(api: Api, objects: dict[str, str]) -> None:
    for path, method, operation in operations(v1.get_openapi_schema()):
        name = operation["operationId"]
        if name in MULTIPART or name == "remove_webhook":
            continue
        for role in KEY_ROLES:
            if operation.get("security") and operation["security"][0]["Key"][0] not in ROLE_SCOPES[role]:
                continue
            response = api.call(method.upper(), address(path, objects), BODIES.get(name), role=role)
            assert response.status_code < 500, (role, method, path, response.content)
            if response.status_code >= 400:
                assert response["Content-Type"] == "application/problem+json"


def test_to_a_stranger_nothing_of_others_exists(api: Api, objects: dict[str, str]) -> None:
    before = HistoryEntry.objects.count()
    tried = set()
    for path, method, operation in operations(v1.get_openapi_schema()):
        name = operation["operationId"]
        if name not in OF_SOMEBODY:
            continue
        for role, plain in (("stranger_shop", "merchant_manager"), ("stranger_buyer", "consumer")):
            if operation["security"][0]["Key"][0] not in ROLE_SCOPES[plain]:
                continue
            response = api.call(method.upper(), address(path, objects), BODIES.get(name), role=role)
            assert response.status_code == 404, (role, method, path, response.content)
            tried.add(name)
    assert tried == OF_SOMEBODY - {"approve_refund"}
    assert HistoryEntry.objects.count() == before


def test_lists_hold_nothing_of_others(api: Api, objects: dict[str, str]) -> None:
    for role in ("stranger_shop", "stranger_buyer"):
        for path in ("cases", f"cases?q={objects['cases']}", "refunds", f"refunds?subject={objects['cases']}", "events"):
            assert body(api.get(path, role=role))["items"] == [], (role, path)
    assert body(api.get("webhooks", role="stranger_shop"))["items"] == []
    assert body(api.get("invoice-tasks", role="stranger_shop"))["items"] == []
    assert [each["number"] for each in body(api.get("invoice-tasks", role="merchant_manager"))["items"]] == [objects["invoice-tasks"]]


def test_a_stranger_applies_for_nobodys_order(api: Api, objects: dict[str, str]) -> None:
    for role in ("stranger_shop", "stranger_buyer"):
        response = api.post("cases", wish(objects["orders"]), role=role)
        assert (response.status_code, body(response)["code"]) == (404, "ORDER_NOT_FOUND")
    assert Case.objects.count() == 1


def test_every_role_of_a_key_has_scopes_and_every_scope_a_role() -> None:
    assert set(ROLE_SCOPES) == set(KEY_ROLES)
    assert set().union(*ROLE_SCOPES.values()) == set(SCOPES)
