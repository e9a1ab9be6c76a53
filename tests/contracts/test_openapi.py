"""The OpenAPI document: valid 3.1, committed as it is, its examples work, and no input it allows breaks the server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.definitions import OPENAPI_31

from shouhou.api.tests.conftest import Api, api, body, live_api, order_body
from shouhou.api.tests.shapes import document
from shouhou.api.v1.examples import EXAMPLES
from shouhou.api.v1.openapi import operations
from shouhou.wsgi import application

__all__ = ["api", "live_api"]
# A mail is sent as text.
schemathesis.serializer.alias("message/rfc822", "text/plain")
ROOT = Path(__file__).parents[2]
CONTRACT = {
    ("put", "/orders/{number}"), ("post", "/orders/bulk"), ("get", "/orders/{number}/entitlements"),
    ("post", "/decisions"), ("post", "/decisions/bulk"), ("post", "/cases"), ("get", "/cases"), ("get", "/cases/{number}"),
    ("get", "/cases/{number}/moves"), ("post", "/cases/{number}/moves/{move}"), ("post", "/cases/{number}/attachments"),
    ("post", "/cases/{number}/messages"), ("post", "/cases/{number}/rating"), ("get", "/refunds/{number}"),
    ("get", "/refunds"), ("get", "/events"), ("post", "/webhooks"), ("get", "/policies"),
    ("get", "/policies/{book}/versions/{version}"), ("get", "/policies/{book}/diff"),
}  # fmt: skip


def test_the_document_is_valid_openapi_3_1() -> None:
    assert document()["openapi"] == "3.1.0"
    errors = [f"{list(e.instance_path)}: {e.message[:200]}" for e in jsonschema_rs.validator_for(OPENAPI_31).iter_errors(document())]
    assert errors == []


def test_the_committed_document_is_the_present_one() -> None:
    """In a process of its own: tests may have registered events and workflows of theirs."""
    script = "import django; django.setup(); from shouhou.documentation.api import pages; print(pages()['api/openapi.json'], end='')"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "shouhou.settings"}
    made = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert json.loads((ROOT / "docs/api/openapi.json").read_text()) == json.loads(made.stdout), "run: make docs"


def test_every_call_of_the_contract_is_there() -> None:
    there = {(method, path.removeprefix("/api/v1")) for path, method, _ in operations(document())}
    assert there >= CONTRACT


def test_every_operation_is_told_in_both_languages_with_its_scope_and_its_refusals() -> None:
    for path, method, operation in operations(document()):
        assert operation["summary"].isascii() is False or operation["summary"] == "webhooks", (method, path)
        assert any(letter.isascii() and letter.isalpha() for letter in operation["summary"])
        if not path.startswith("/api/v1/callbacks/"):
            assert len(operation["security"][0]["Key"]) == 1
        for status in ("400", "401", "403", "422", "500"):
            assert list(operation["responses"][status]["content"]) == ["application/problem+json"]


def test_enumerations_come_from_the_domain() -> None:
    schemas = document()["components"]["schemas"]
    assert {"return", "exchange", "repair"} <= set(schemas["CaseInput"]["properties"]["service"]["enum"])
    assert {"no_reason", "quality"} <= set(schemas["CaseInput"]["properties"]["reason"]["enum"])
    assert "awaiting_goods" in schemas["CaseShape"]["properties"]["status"]["enum"]
    assert "ship" in schemas["MoveShape"]["properties"]["move"]["enum"]
    assert {"case.moved", "refund.settled", "webhook.disabled"} <= set(schemas["EventShape"]["properties"]["type"]["enum"])


def test_the_examples_are_sound(api: Api) -> None:
    assert api.put("orders/EX1", EXAMPLES["put_order"]).status_code == 201
    assert api.put("orders/JD1001", order_body()).status_code == 201
    opened = api.post("cases", EXAMPLES["open_case"])
    assert opened.status_code == 201, opened.content
    path = f"cases/{body(opened)['number']}"
    made = api.post(f"{path}/moves/ship", {**EXAMPLES["make_move"], "version": body(opened)["version"]})
    assert made.status_code == 200, made.content
    assert api.post(f"{path}/messages", EXAMPLES["say"]).status_code == 201
    hook = api.post("webhooks", EXAMPLES["create_webhook"])
    assert hook.status_code == 201
    assert api.call("PATCH", f"webhooks/{body(hook)['id']}", EXAMPLES["change_webhook"]).status_code == 200
    decided = api.post("decisions", EXAMPLES["decide"])
    assert body(decided)["return"] == "allow", decided.content
    asked = api.post("conversations", EXAMPLES["open_conversation"])
    assert asked.status_code == 201, asked.content
    talk = f"conversations/{body(asked)['number']}"
    talks = {"messages": "say_in_conversation", "read": "read_conversation"}
    assert [api.post(f"{talk}/{way}", EXAMPLES[name]).status_code for way, name in talks.items()] == [201, 200]
    talks |= {"calls": "record_call", "hand-over": "hand_over_conversation"}
    assert [api.post(f"{talk}/{way}", EXAMPLES[talks[way]], role="agent").status_code for way in ("calls", "hand-over")] == [201, 200]
    wishes = api.call("PUT", "notices/preferences", EXAMPLES["put_notice_preferences"])
    assert wishes.status_code == 200, wishes.content
    sent = {"open_conversation", "put_notice_preferences", *talks.values()}
    sent |= {"put_order", "open_case", "make_move", "say", "create_webhook", "change_webhook", "decide"}
    # Those of invoice tasks need a settled refund, a notice to send again one that went astray: the tests of their own send them.
    assert {name for name in set(EXAMPLES) - sent if not name.endswith("_invoice_task")} == {"rate", "approve_refund", "resend_notice"}


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx: schemathesis.SerializationContext, value: object) -> bytes:
    """One line for the fuzzer's one value."""
    return value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"


# Everything the document allows, and what it does not, against the real WSGI application: bounded and the same every time.
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
EXAMPLES_EACH = int(os.environ.get("SHOUHOU_FUZZ", "12"))


@pytest.fixture
def shop(live_api: Api) -> str:
    """The shop's key, with an order to speak of; in a database that commits, as the real application does."""
    live_api.order("JD1001")
    return live_api.keys["shop"]


@schema.parametrize()
@settings(
    max_examples=EXAMPLES_EACH, derandomize=True, deadline=None, phases=[Phase.generate], database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_input_breaks_the_server(case: "schemathesis.Case[Any]", shop: str) -> None:
    case.headers["Authorization"] = f"Bearer {shop}"
    response = case.call()
    assert response.status_code < 500, (case.method, case.path, case.body, response.content)
    if response.status_code >= 400:
        assert response.headers["content-type"][0] == "application/problem+json"
