"""Applying, looking and moving over HTTP, in the contract's shapes."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from shouhou.api.tests.conftest import Api, body, order_body, wish
from shouhou.cases.models import Attachment, Case, HistoryEntry, Message
from shouhou.orders.models import Order
from shouhou.payments.actions import instruct_payout
from shouhou.plumbing.clock import now
from shouhou.plumbing.models import Event, Upload

SHIP = {"carrier": "sf", "tracking_number": "SF1234567890123"}


def moved(api: Api, number: str, move: str, answers: dict[str, Any] | None = None, *, role: str, **more: Any) -> Any:
    response = api.post(f"cases/{number}/moves/{move}", {"answers": answers or {}, **more}, role=role)
    assert response.status_code == 200, response.content
    return body(response)


def test_an_application_answers_in_the_contracts_shape(api: Api) -> None:
    told = api.opened()
    assert told["number"].startswith("R-")
    assert (told["stage"], told["status"]) == ("goods", "awaiting_goods")
    assert told["decision"]["verdict"] == "allow"
    [reason] = [each for each in told["decision"]["reasons"] if each["code"] == "OK_NO_REASON"]
    assert reason["clause"] and reason["text"] and reason["source"]
    preview = told["refund_preview"]
    assert preview["total"] == {"amount": 194900, "currency": "CNY"}
    assert [part["tender"] for part in preview["tenders"]] == ["card"]
    assert preview["deductions"] == []
    assert told["deadlines"]


def test_a_dry_run_shows_the_outcome_and_changes_nothing(api: Api) -> None:
    order = api.order()
    shown = body(api.post("cases?dry_run=true", wish(order)))
    assert shown["refund_preview"]["total"]["amount"] == 194900
    assert not Case.objects.exists() and not Event.objects.filter(type="case.opened").exists()
    case = api.opened()
    path = f"cases/{case['number']}/moves/ship?dry_run=true"
    then = body(api.post(path, {"answers": SHIP, "version": case["version"]}))
    assert then["status"] == "in_transit"
    assert Case.objects.get().version == case["version"]
    assert body(api.get(f"cases/{case['number']}"))["status"] == case["status"]


def test_what_a_caller_may_do_depends_on_who_it_is(api: Api) -> None:
    number = api.opened()["number"]
    found = {role: [each["move"] for each in body(api.get(f"cases/{number}/moves", role=role))["items"]]
             for role in ("consumer", "inspector", "auditor")}  # fmt: skip
    assert "ship" in found["consumer"] and "receive" not in found["consumer"]
    assert "receive" in found["inspector"] and "ship" not in found["inspector"]
    assert found["auditor"] == []
    asks = body(api.get(f"cases/{number}/moves", role="consumer"))["items"]
    ship = next(each for each in asks if each["move"] == "ship")
    assert {(ask["field"], ask["required"]) for ask in ship["asks"]} >= {("carrier", True), ("tracking_number", True)}


def test_a_stale_version_is_overtaken_by_body_and_by_header(api: Api) -> None:
    case = api.opened()
    path = f"cases/{case['number']}/moves/ship"
    for sent, headers in (
        ({"answers": SHIP, "version": case["version"] + 5}, {}),
        ({"answers": SHIP}, {"if-match": f'"{case["version"] + 5}"'}),
    ):
        response = api.post(path, sent, headers=headers)
        assert (response.status_code, body(response)["code"]) == (409, "OVERTAKEN")
    disagreeing = api.post(path, {"answers": SHIP, "version": 1}, headers={"if-match": '"2"'})
    assert (disagreeing.status_code, body(disagreeing)["code"]) == (422, "INVALID_IF_MATCH")
    assert Case.objects.get().version == case["version"]
    assert api.post(path, {"answers": SHIP}, headers={"if-match": f'"{case["version"]}"'}).status_code == 200


def test_a_wrong_move_is_refused_precisely(api: Api) -> None:
    number = api.opened()["number"]
    before = HistoryEntry.objects.count()
    for move, answers, role, status, code in (
        ("fly", {}, "agent", 404, "MOVE_UNKNOWN"),
        ("consent", {}, "consumer", 409, "MOVE_NOT_NOW"),
        ("receive", {}, "consumer", 403, "MOVE_NOT_YOURS"),
        ("receive", {"colour": "red"}, "inspector", 422, "ANSWERS_INVALID"),
        ("ship", {"carrier": "sf"}, "consumer", 422, "ANSWERS_INVALID"),
    ):
        response = api.post(f"cases/{number}/moves/{move}", {"answers": answers}, role=role)
        assert (response.status_code, body(response)["code"]) == (status, code)
    assert HistoryEntry.objects.count() == before


def test_a_return_travels_to_the_refund_over_http_alone(api: Api) -> None:
    number = api.opened()["number"]
    moved(api, number, "ship", SHIP, role="consumer")
    received = {"packing": "ok", "appearance": "ok", "accessories": "ok"}
    moved(api, number, "receive", received, role="inspector")
    then = moved(api, number, "accept", role="inspector")
    assert then["status"] == "refunding"
    [refund] = body(api.get(f"refunds?subject={number}"))["items"]
    whole = body(api.get(f"refunds/{refund['number']}"))
    assert whole["amount"] == {"amount": 194900, "currency": "CNY"}
    assert [part["tender"] for part in whole["tenders"]] == ["card"]
    assert "attempts" in whole["tenders"][0]
    seen = body(api.get(f"refunds/{refund['number']}", role="consumer"))
    assert "attempts" not in seen["tenders"][0] and "instructed_by" not in seen


def test_a_large_refund_waits_for_a_second_person(api: Api) -> None:
    sent = order_body()
    sent["lines"][0] |= {"unit_price": 599900, "paid": 1199800}
    sent["payments"][0]["amount"] = 1199800
    assert api.put("orders/BIG1", sent).status_code == 201
    number = body(api.post("cases", wish("BIG1", quantity=2)))["number"]
    moved(api, number, "ship", SHIP, role="consumer")
    moved(api, number, "receive", {"packing": "ok", "appearance": "ok", "accessories": "ok"}, role="inspector")
    assert moved(api, number, "accept", role="inspector")["status"] == "refund_review"
    [refund] = body(api.get(f"refunds?subject={number}"))["items"]
    assert refund["state"] == "awaiting_second"
    path = f"refunds/{refund['number']}/approve"
    stale = api.post(path, {"version": refund["version"] + 1}, role="finance")
    assert (stale.status_code, body(stale)["code"]) == (409, "OVERTAKEN")
    assert body(api.post(path, {}, role="agent"))["code"] == "SCOPE_MISSING"
    approved = api.post(path, {"version": refund["version"]}, role="finance", headers={"idempotency-key": "ok1"})
    assert approved.status_code == 200, approved.content
    assert body(approved)["state"] == "pending"
    assert body(api.get(f"cases/{number}"))["status"] == "refunding"
    again = api.post(path, {"version": refund["version"]}, role="finance", headers={"idempotency-key": "ok1"})
    assert again.content == approved.content


def test_a_large_payout_that_no_case_waits_for_is_let_go_by_a_second_person(api: Api) -> None:
    order = Order.objects.get(number=api.opened()["order"])
    refund = instruct_payout(
        subject="PLN-1", order_id=order.pk, tender="balance", amount_minor=600000, key="R-0:plan", actor="user:0", now=now(),
        second_person_above_minor=500000, expected_at=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id, reason="plan_payout",
        bearer="insurer:picc",
    )  # fmt: skip
    path = f"refunds/{refund.number}/approve"
    assert api.post(path, {}, role="merchant_operator").status_code in (403, 404)
    approved = api.post(path, {"version": refund.version}, role="finance")
    assert (approved.status_code, body(approved)["state"]) == (200, "pending")


def test_messages_are_said_and_notes_stay_inside(api: Api) -> None:
    number = api.opened()["number"]
    assert api.post(f"cases/{number}/messages", {"text": "什么时候退款？"}, role="consumer").status_code == 201
    assert api.post(f"cases/{number}/messages", {"text": "内部", "internal": True}, role="agent").status_code == 201
    refused = api.post(f"cases/{number}/messages", {"text": "x", "internal": True}, role="consumer")
    assert refused.status_code == 403
    assert Message.objects.count() == 2
    assert [each["text"] for each in body(api.get(f"cases/{number}", role="consumer"))["messages"]] == ["什么时候退款？"]


def test_a_rating_waits_for_the_end(api: Api) -> None:
    number = api.opened()["number"]
    response = api.post(f"cases/{number}/rating", {"grade": 5}, role="consumer")
    assert (response.status_code, body(response)["code"]) == (409, "RATING_NOT_YET")
    for wrong in ({"grade": 0}, {"grade": 6}, {"grade": "5 stars"}, {"grade": 5, "reasons": ["slow"]}, {"grade": 5, "reasons": "fast"}):
        assert api.post(f"cases/{number}/rating", wrong, role="consumer").status_code == 422


def test_lists_page_by_cursor_without_loss_or_repetition(api: Api) -> None:
    made = {api.opened()["number"] for _ in range(5)}
    seen: list[str] = []
    cursor = ""
    for _ in range(5):
        page = body(api.get(f"cases?limit=2{cursor}"))
        seen += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == 5 and set(seen) == made


def test_filters_narrow_the_list(api: Api) -> None:
    mine, theirs = api.opened(merchant="self")["number"], api.opened(merchant="m1")["number"]
    for query, numbers in (
        ("merchant=m1", {theirs}), ("service=return", {mine, theirs}), ("service=repair", set()),
        ("stage=goods", {mine, theirs}), ("status=closed", set()), (f"q={mine}", {mine}),
        ("due_before=2000-01-01T00:00:00Z", set()), ("updated_after=2000-01-01T00:00:00%2B08:00", {mine, theirs}),
        ("sort=due", {mine, theirs}), ("waits_on=consumer", {mine, theirs}),
    ):
        response = api.get(f"cases?{query}")
        assert response.status_code == 200, (query, response.content)
        assert {item["number"] for item in body(response)["items"]} == numbers, query


def test_evidence_is_judged_by_content_and_bound_to_the_case(api: Api, settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS_ROOT = tmp_path
    number = api.opened()["number"]
    path = f"/api/v1/cases/{number}/attachments"
    key = {"authorization": f"Bearer {api.keys['consumer']}", "idempotency-key": "a1"}
    first = api.client.post(path, {"file": picture()}, headers=key)
    again = api.client.post(path, {"file": picture()}, headers=key)
    assert first.status_code == again.status_code == 201, first.content
    assert first.content == again.content
    other = api.client.post(path, {"file": picture(colour="blue")}, headers=key)
    assert body(other)["code"] == "IDEMPOTENCY_KEY_REUSED"
    liar = SimpleUploadedFile("photo.jpg", b"<script>alert(1)</script>", content_type="image/jpeg")
    refused = api.client.post(path, {"file": liar}, headers={"authorization": key["authorization"]})
    assert (refused.status_code, body(refused)["code"]) == (422, "UPLOAD_TYPE")
    stranger = {"authorization": f"Bearer {api.keys['stranger_buyer']}"}
    assert api.client.post(path, {"file": picture()}, headers=stranger).status_code == 404
    assert Attachment.objects.count() == Upload.objects.count() == 1
    assert len(body(api.get(f"cases/{number}", role="consumer"))["attachments"]) == 1


def test_a_file_stored_first_is_named_as_evidence(api: Api, settings: Any, tmp_path: Any) -> None:
    settings.UPLOADS_ROOT = tmp_path
    headers = {"authorization": f"Bearer {api.keys['shop']}"}
    stored = api.client.post("/api/v1/uploads", {"file": picture()}, headers=headers)
    assert stored.status_code == 201, stored.content
    order = api.order()
    response = api.post("cases", wish(order, evidence=[body(stored)["token"]]))
    assert response.status_code == 201, response.content
    assert Attachment.objects.get().upload.token == body(stored)["token"]
    unknown = api.post("cases", wish(order, evidence=["no-such-token"]))
    assert (unknown.status_code, body(unknown)["code"]) == (422, "UPLOAD_UNKNOWN")


def picture(*, colour: str = "red") -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (20, 20), colour).save(data, "PNG")
    return SimpleUploadedFile("坏了.png", data.getvalue(), content_type="image/png")


def test_a_case_is_printed_as_a_form(api: Api) -> None:
    number = api.opened()["number"]
    early = api.get(f"cases/{number}/forms/slip.pdf")
    assert (early.status_code, body(early)["code"]) == (409, "GOODS_UNCONFIRMED")
    moved(api, number, "confirm_sending", {"items": [{"line": 1, "serials": ["860001"]}], "accessories": "complete"}, role="shop")
    for form in ("slip", "return", "complaint", "combined"):
        answer = api.get(f"cases/{number}/forms/{form}.pdf")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
    assert api.get(f"cases/{number}/forms/nonsense.pdf").status_code == 404
    assert api.get("cases/SO-0000-0000-0/forms/return.pdf").status_code == 404
