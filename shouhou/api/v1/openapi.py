"""The OpenAPI document, completed with what only the domain knows: enumerations, order snapshots, headers, scopes."""

from collections.abc import Iterator, Mapping
from typing import Any

from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from shouhou.api.v1.asked import answer_schemas, services_index
from shouhou.api.v1.auth import ROLE_SCOPES, SCOPES, Key
from shouhou.api.v1.errors import PROBLEM_JSON
from shouhou.api.v1.examples import EXAMPLES
from shouhou.cases.reasons import FAMILY
from shouhou.cases.workflows import WORKFLOWS
from shouhou.orders.snapshot import json_schema
from shouhou.payments.vectors import GROUPS as MONEY_GROUPS
from shouhou.plumbing.events import EVENT_TYPES
from shouhou.policy.vectors import GROUPS

# Services of the contract; those without a workflow yet are refused with SERVICE_UNKNOWN.
SERVICES = (
    "return", "exchange", "repair", "refund_only", "cancel", "resend", "price_protection", "compensation", "complaint",
    "feedback",
)  # fmt: skip
IDEMPOTENCY_KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    "description": "同键同体得到首次答复；同键异体 422。The same key and body get the first answer again.",
}  # fmt: skip
IF_MATCH = {
    "in": "header", "name": "If-Match", "required": False, "schema": {"type": "string", "examples": ['"3"']},
    "description": "等同于请求体中的 version。The same as version in the body.",
}  # fmt: skip
LANGUAGE = {
    "in": "header", "name": "Accept-Language", "required": False,
    "schema": {"type": "string", "default": "zh-Hans", "examples": ["zh-Hans", "en"]},
}  # fmt: skip
# POSTs that neither create nor move.
PURE = frozenset({"put_orders", "decide", "decide_many", "payment_callback", "carrier_callback"})
GUARDED = frozenset({"put_order", "make_move", "approve_refund", "change_webhook", "put_service_point"})


class Document(OpenAPISchema):
    """Ninja's document, in which an operation's security also names the scope it needs."""

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        scopes = [found.scope for found in operation.auth_callbacks if isinstance(found, Key)]
        return [{"Key": scopes}] if scopes else None


def completed(document: Document) -> Document:
    """The document with everything a client generator needs; deterministic."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    schemas |= json_schema() | answer_schemas()
    schemas["DecisionInput"] = _decision_input()
    _enumerate(schemas)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    for _, method, operation in operations(document):
        _complete(method, operation)
    document["components"]["securitySchemes"] = {
        "Key": {"type": "http", "scheme": "bearer", "description": _scopes_text()}
    }
    document["x-event-types"] = {
        name: {"zh": each.label.zh, "en": each.label.en, "data": dict(each.fields)}
        for name, each in sorted(EVENT_TYPES.items())
    }
    document["x-services"] = services_index()
    document["servers"] = [{"url": "/"}]
    return document


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of the whole document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(method: str, operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        # A parameter's own `examples` is another thing in OpenAPI; the schema keeps them.
        parameter.pop("examples", None)
    if name in EXAMPLES:
        content = operation["requestBody"]["content"]
        content["application/json"]["examples"] = {"example": {"value": EXAMPLES[name]}}
    parameters.append(LANGUAGE)
    if method == "post" and name not in PURE:
        parameters.append(IDEMPOTENCY_KEY)
    if name in GUARDED:
        parameters.append(IF_MATCH)
    # Our `answers()` gives ninja's media type; failures are problem documents.
    for status, response in operation["responses"].items():
        if int(status) >= 400 and "content" in response:
            response["content"] = {PROBLEM_JSON: next(iter(response["content"].values()))}
    operation["responses"] = {str(status): response for status, response in sorted(
        operation["responses"].items(), key=lambda entry: int(entry[0])
    )}  # fmt: skip


def _enumerate(schemas: dict[str, Any]) -> None:
    """Enumerations that grow with the domain: a new workflow file is a new value here."""
    statuses = sorted({state.name for workflow in WORKFLOWS.values() for state in workflow.states})
    moves = sorted({move.name for workflow in WORKFLOWS.values() for move in workflow.moves})
    wish = schemas["CaseInput"]["properties"]
    wish["service"] = {**wish["service"], "enum": sorted({*SERVICES, *WORKFLOWS})}
    wish["reason"] = {**wish["reason"], "enum": sorted(FAMILY)}
    for shape in ("CaseRow", "CaseShape"):
        schemas[shape]["properties"]["status"]["enum"] = statuses
    schemas["MoveShape"]["properties"]["move"]["enum"] = moves
    schemas["EventShape"]["properties"]["type"]["enum"] = sorted(EVENT_TYPES)


def _decision_input() -> dict[str, Any]:
    return {
        "type": "object", "title": "DecisionInput", "additionalProperties": True,
        "description": "组、政策与该组的事实。The group, the policy and the facts of that group.",
        "properties": {
            "group": {"type": "string", "enum": sorted({*GROUPS, *MONEY_GROUPS}), "examples": ["eligibility"]},
            "policy": {"type": "string", "examples": ["std-1"]},
            "at": {"type": "string", "format": "date-time"},
            "reason": {"type": "string"},
        },
        "required": ["group"],
    }  # fmt: skip


def _scopes_text() -> str:
    lines = [f"- `{scope}` {zh} {en}" for scope, (zh, en) in SCOPES.items()]
    roles = [f"- `{role}`: {', '.join(sorted(scopes))}" for role, scopes in sorted(ROLE_SCOPES.items())]
    return "\n".join(["权限范围 Scopes:", *lines, "", "各角色至多 What a role may have at most:", *roles])
