"""Policies are readable and comparable, decisions are pure, health says the truth, callbacks prove themselves."""

import orjson
import pytest
import yaml
from django.db import connection

from shouhou.api.tests.conftest import Api, body
from shouhou.cases.models import Case
from shouhou.plumbing.models import Event
from shouhou.policy.models import Decision

FACTS = {
    "group": "eligibility", "policy": "std-1", "channel": "self", "category": "phone", "reason": "no_reason",
    "order": {"price": 200.10}, "receipt": {"carrier": "jd", "signed_at": "2025-03-10T15:00:00+08:00"},
    "goods": {"opened": True}, "at": "2025-03-17T23:59:59+08:00",
}  # fmt: skip


def test_every_version_is_listed_readable_and_downloadable(api: Api) -> None:
    items = body(api.get("policies"))["items"]
    assert {"std-1"} <= {item["book"] for item in items}
    [first, *_] = body(api.get("policies?book=std-1"))["items"]
    path = f"policies/std-1/versions/{first['version']}"
    told = body(api.get(path))
    assert [part["section"] for part in told["sections"]][:3] == ["return", "exchange", "repair"]
    file = api.get(f"{path}?format=yaml")
    assert file["Content-Disposition"] == f'attachment; filename="std-1-{first["version"]}.yaml"'
    assert yaml.safe_load(file.content)["sha256"] == told["sha256"]


def test_a_version_against_itself_differs_in_nothing(api: Api) -> None:
    version = body(api.get("policies?book=std-1"))["items"][0]["version"]
    assert body(api.get(f"policies/std-1/diff?from={version}&to={version}"))["changes"] == []


@pytest.mark.parametrize("path", ["policies/none/versions/1", "policies/std-1/versions/99", "policies/std-1/diff?from=1&to=99"])
def test_an_unknown_book_or_version_is_refused(api: Api, path: str) -> None:
    response = api.get(path)
    assert response.status_code in (404, 422)
    assert body(response)["code"] == "UNKNOWN_BOOK"


def test_a_decision_is_pure_and_to_the_second(api: Api) -> None:
    assert body(api.post("decisions", FACTS))["return"] == "allow"
    late = body(api.post("decisions", {**FACTS, "at": "2025-03-18T00:00:00+08:00"}))
    assert (late["return"], late["reasons"]) == ("deny", ["NO_WINDOW_EXPIRED"])
    assert not Decision.objects.exists() and not Case.objects.exists() and not Event.objects.exists()


def test_decisions_in_bulk_answer_every_line(api: Api) -> None:
    lines = [orjson.dumps({"id": "a", **FACTS}), b"{", b"[1]", b'{"group":"astrology"}', orjson.dumps({"id": "b", **FACTS})]
    response = api.post("decisions/bulk", raw=b"\n".join(lines), content_type="application/x-ndjson")
    told = [orjson.loads(line) for line in response.content.splitlines()]
    assert [line["line"] for line in told] == [1, 2, 3, 4, 5]
    assert [line.get("code") for line in told] == [None, "MALFORMED_JSON", "INVALID_INPUT", "UNKNOWN_GROUP", None]
    assert told[0]["answer"] == told[4]["answer"]


def test_a_process_is_ready_when_its_tables_are_there(api: Api) -> None:
    for path in ("/healthz", "/api/v1/healthz"):
        assert body(api.get(path, role=None)) == {"status": "ok"}
    for path in ("/readyz", "/api/v1/readyz"):
        response = api.get(path, role=None)
        assert (response.status_code, body(response)) == (200, {"status": "ok", "database": True, "migrations": 0})


@pytest.mark.parametrize("path", ["callbacks/payments/fake", "callbacks/carriers/fake"])
def test_a_callback_without_a_sound_signature_is_refused(api: Api, path: str) -> None:
    before = _rows()
    for headers in ({}, {"x-signature": "00"}, {"authorization": "Bearer x"}):
        response = api.post(path, {"id": "1", "key": "x", "status": "settled"}, role=None, headers=headers)
        assert 400 <= response.status_code < 500
        assert response["Content-Type"] == "application/problem+json"
    assert _rows() == before
    unknown = api.post(path.replace("fake", "nobody"), {}, role=None)
    assert unknown.status_code == 404


def _rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM payments_callbackreceipt) + (SELECT count(*) FROM logistics_carriercallback)")
        return int(cursor.fetchone()[0])
