"""Whatever is sent, the answer is a problem document in the caller's language, never a 5xx, and nothing changes."""

from datetime import timedelta

import pytest
from django.http import HttpResponse

from shouhou.accounts.keys import create_key, revoke_key
from shouhou.accounts.models import ApiKey, Organisation
from shouhou.api.tests.conftest import Api, body, order_body, wish
from shouhou.cases.models import Case
from shouhou.orders.models import Order
from shouhou.plumbing.clock import now


def problem(response: HttpResponse, status: int, code: str) -> dict[str, object]:
    told = body(response)
    assert (response.status_code, told["code"]) == (status, code), response.content
    assert response["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "code", "detail", "errors"} <= told.keys()
    assert told["status"] == status
    return dict(told)


def test_no_key_a_wrong_key_and_a_wrong_scheme_are_unauthenticated(api: Api) -> None:
    for headers in ({}, {"authorization": "Bearer sk_shop_wrong"}, {"authorization": "Basic dTpw"}, {"authorization": "Bearer"}):
        response = api.get("cases", role=None, headers=headers)
        problem(response, 401, "UNAUTHENTICATED")
        assert response["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_and_a_revoked_key_open_nothing(api: Api) -> None:
    house = Organisation.objects.get(code="house")
    old = create_key(name="old", role="agent", organisation=house, now=now(), expires_at=now() - timedelta(seconds=1))
    api.keys["old"] = old.token
    problem(api.get("cases", role="old"), 401, "KEY_EXPIRED")
    revoke_key(ApiKey.objects.get(name="agent").pk)
    problem(api.get("cases", role="agent"), 401, "UNAUTHENTICATED")


def test_a_missing_scope_is_named(api: Api) -> None:
    house = Organisation.objects.get(code="house")
    api.keys["narrow"] = create_key(
        name="narrow", role="agent", organisation=house, now=now(), scopes=["cases:read"]
    ).token
    listed = api.get("cases", role="narrow")
    assert listed.status_code == 200, listed.content
    told = problem(api.post("cases", wish("JD1"), role="narrow"), 403, "SCOPE_MISSING")
    assert told["facts"] == {"scope": "cases:write"}


def test_a_key_never_has_more_than_its_role(api: Api) -> None:
    house = Organisation.objects.get(code="house")
    api.keys["greedy"] = create_key(
        name="greedy", role="auditor", organisation=house, now=now(), scopes=["orders:write", "*"]
    ).token
    problem(api.put("orders/JD1", order_body(), role="greedy"), 403, "SCOPE_MISSING")
    assert not Order.objects.exists()


def test_detail_follows_accept_language(api: Api) -> None:
    for asked, language in (
        ("", "zh-Hans"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("fr,en;q=0.3", "en"), ("en;q=0.2,zh;q=0.9", "zh-Hans"), ("en;q=x", "zh-Hans"),
    ):  # fmt: skip
        response = api.get("cases/SO-0000-0000-0", headers={"accept-language": asked})
        assert response["Content-Language"] == language, asked
        assert ("没有" in str(body(response)["detail"])) == (language == "zh-Hans")


@pytest.mark.parametrize("raw", [
    b"", b"{", b"nonsense", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1e999}', b'{"order": "\\ud800"}', b"[" * 5000,
    b'{"order": "a\\u0000b"}', b'{"a":' * 40 + b"1" + b"}" * 40,
])  # fmt: skip
def test_a_body_that_is_no_json_is_malformed(api: Api, raw: bytes) -> None:
    for path in ("cases", "webhooks", "decisions"):
        response = api.post(path, raw=raw)
        assert response.status_code in ((400, 422) if raw == b"" else (400,)), (path, response.content)
        assert body(response)["code"] in {"MALFORMED_JSON", "INVALID_INPUT"}
    response = api.put("orders/JD1", raw=raw)
    assert response.status_code in (400, 422)
    assert not Case.objects.exists() and not Order.objects.exists()


@pytest.mark.parametrize(("change", "field"), [
    ({"lines": [{"line": 1, "quantity": 0}]}, "lines[0].quantity"),
    ({"lines": [{"line": 2**70, "quantity": 1}]}, "lines[0].line"),
    ({"lines": [{"line": 1.5, "quantity": 1}]}, "lines[0].line"),
    ({"lines": [{"line": 1, "quantity": True}]}, "lines[0].quantity"),
    ({"lines": [{"line": 1, "quantity": "1"}]}, "lines[0].quantity"),
    ({"lines": []}, "lines"),
    ({"lines": "all"}, "lines"),
    ({"order": ""}, "order"),
    ({"order": "x" * 81}, "order"),
    ({"description": "x" * 2001}, "description"),
    ({"channel": "fax"}, "channel"),
    ({"policy_shown_at": "2026-02-30T10:00:00+08:00"}, "policy_shown_at"),
    ({"policy_shown_at": "2026-02-20T10:00:00"}, "policy_shown_at"),
    ({"evidence": ["x"] * 10}, "evidence"),
    ({"colour": "red"}, "colour"),
    ({"contact": {"phone": 138}}, "contact.phone"),
])  # fmt: skip
def test_a_wrong_field_is_named_in_both_languages(api: Api, change: dict[str, object], field: str) -> None:
    number = api.order()
    told = problem(api.post("cases", {**wish(number), **change}), 422, "INVALID_INPUT")
    errors = told["errors"]
    assert isinstance(errors, list)
    assert field in {error["field"] for error in errors}
    assert all(error["zh"] and error["en"] and error["detail"] == error["zh"] for error in errors)
    assert not Case.objects.exists()


def test_a_body_over_the_limit_is_refused_by_its_length(api: Api) -> None:
    told = problem(api.post("cases", raw=b'{"order":"' + b"x" * 10_000_000 + b'"}'), 413, "BODY_TOO_LARGE")
    assert told["facts"] == {"limit_bytes": 2 * 1024 * 1024}


def test_wrong_addresses_and_methods_are_problems_too(api: Api) -> None:
    problem(api.get("nothing/here"), 404, "NOT_FOUND")
    problem(api.get("/api/v2/cases"), 404, "NOT_FOUND")
    response = api.call("DELETE", "cases")
    problem(response, 405, "METHOD_NOT_ALLOWED")
    assert response["Allow"] == "GET, POST"


@pytest.mark.parametrize("path", [
    "cases/%00", "cases?status=%00", "cases?limit=0", "cases?limit=101", "cases?limit=99999999999999999999999",
    "cases?cursor=!!!", "cases?cursor=W10", "cases?due_before=tomorrow", "cases?stage=nowhere", "cases?q=%00",
    "events?after=-1", "events?after=99999999999999999999999999", "refunds?cursor=zzz", "webhooks/99999999999999999999999",
    "webhooks/0", "policies/%2e%2e/versions/1", "policies/std-1/diff?from=1", "orders/x%00y", "refunds/%F0%9F%92%A9",
    "cases/%ff%fe", "events?limit=1001",
])  # fmt: skip
def test_odd_addresses_are_refused_calmly(api: Api, path: str) -> None:
    response = api.get(path)
    assert response.status_code in (400, 404, 422), response.content
    assert response["Content-Type"] == "application/problem+json"


def test_every_answer_carries_a_request_id_and_keeps_a_given_one(api: Api) -> None:
    assert len(api.get("cases")["X-Request-Id"]) == 24
    assert api.get("cases", headers={"x-request-id": "shop-42.abc"})["X-Request-Id"] == "shop-42.abc"
    assert api.get("cases", headers={"x-request-id": "<script>"})["X-Request-Id"] != "<script>"


def test_the_address_of_a_problem_explains_it(api: Api) -> None:
    told = body(api.get(str(body(api.get("cases", role=None))["type"]), role=None))
    assert told["code"] == "UNAUTHENTICATED"
    assert told["detail"]["zh"] and told["detail"]["en"]
    problem(api.get("problems/NO_SUCH_CODE", role=None), 404, "NOT_FOUND")
