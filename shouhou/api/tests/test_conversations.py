"""Conversations over HTTP: asked once, read by whose they are, held to the rules of conduct, handed over after a dry run."""

from typing import Any

from shouhou.api.tests.conftest import Api, body
from shouhou.conduct.models import Screened
from shouhou.support.conversations.models import Conversation, HandOver, Said


def asked(api: Api, *, role: str = "consumer", key: str = "k1", **more: Any) -> dict[str, Any]:
    wish = {"topic": "order", "text": "什么时候发货？", **more}
    response = api.post("conversations", wish, role=role, headers={"idempotency-key": key})
    assert response.status_code == 201, response.content
    return dict(body(response))


def test_a_question_is_received_once_and_told_truly_when_nobody_is_planned_to_answer(api: Api) -> None:
    order = api.order()
    first, again = asked(api, order=order), asked(api, order=order)
    assert first == again
    assert (first["desk"], first["waits_on"], first["order"]) == ("house", "staff", order)
    assert [each["kind"] for each in first["messages"]] == ["message", "auto"]
    assert "不能告诉您" in first["messages"][1]["text"]
    assert Conversation.objects.count() == 1


def test_nothing_new_is_a_304_and_a_new_word_is_not(api: Api) -> None:
    talk = asked(api, order=api.order())
    path = f"conversations/{talk['number']}"
    found = api.get(path, role="consumer")
    tag = found["ETag"]
    assert api.client.get(f"/api/v1/{path}", headers=_headers(api, "consumer", tag)).status_code == 304
    assert api.post(f"{path}/messages", {"text": "今天发货。"}, role="agent").status_code == 201
    assert api.client.get(f"/api/v1/{path}", headers=_headers(api, "consumer", tag)).status_code == 200


def test_a_note_of_the_house_is_told_to_nobody_else(api: Api) -> None:
    talk = asked(api, order=api.order())
    path = f"conversations/{talk['number']}"
    assert api.post(f"{path}/messages", {"text": "请留意", "audience": "house"}, role="agent").status_code == 201
    assert "请留意" not in str(body(api.get(path, role="consumer")))
    assert "请留意" in str(body(api.get(path, role="supervisor")))
    refused = api.post(f"{path}/messages", {"text": "x", "audience": "house"}, role="consumer")
    assert (refused.status_code, body(refused)["code"]) == (403, "TALK_NOT_YOURS")


def test_what_is_blocked_is_refused_with_its_codes_and_stays_in_the_audit_with_a_key_and_without(api: Api) -> None:
    talk = asked(api, order=api.order())
    path, wish = f"conversations/{talk['number']}/messages", {"text": "加我微信 kefu12345 私下转账"}
    for headers in ({"idempotency-key": "b1"}, {}):
        refused = api.post(path, wish, role="agent", headers=headers)
        assert (refused.status_code, body(refused)["code"]) == (422, "MESSAGE_BLOCKED")
    assert not Said.objects.filter(side="house").exists()
    assert Screened.objects.get().verdict == "block"


def test_a_hand_over_is_tried_first_and_then_made(api: Api) -> None:
    talk = asked(api, order=api.order())
    path, wish = f"conversations/{talk['number']}/hand-over", {"desk": "house", "skill": "technical", "reason": "技术问题"}
    assert api.post(f"{path}?dry_run=true", wish, role="agent").status_code == 200
    assert (Conversation.objects.get().skill, HandOver.objects.count()) == ("service", 0)
    assert body(api.post(path, wish, role="agent"))["skill"] == "technical"
    assert HandOver.objects.get().reason == "技术问题"


def test_lists_hold_ones_own_page_by_page(api: Api) -> None:
    order = api.order()
    numbers = [asked(api, order=order, key=str(place))["number"] for place in range(3)]
    first = body(api.get("conversations?limit=2", role="consumer"))
    second = body(api.get(f"conversations?limit=2&cursor={first['next']}", role="consumer"))
    assert [each["number"] for each in [*first["items"], *second["items"]]] == numbers[::-1]
    assert second["next"] is None
    assert body(api.get("conversations", role="stranger_buyer"))["items"] == []
    assert body(api.get("conversations", role="merchant_manager"))["items"] == []
    assert len(body(api.get("conversations?shown=waiting", role="agent"))["items"]) == 3


def _headers(api: Api, role: str, tag: str) -> dict[str, str]:
    return {"authorization": f"Bearer {api.keys[role]}", "if-none-match": tag}
