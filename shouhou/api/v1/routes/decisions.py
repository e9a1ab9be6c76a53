"""Pure policy: facts in, verdicts out; nothing is stored."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from ninja import Router

from shouhou.api.v1.answers import NDJSON, answer, as_bytes
from shouhou.api.v1.auth import Key
from shouhou.api.v1.body import LINE_LIMIT_BYTES, exact_json, ndjson_lines
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.refusals import BODY_TOO_LARGE
from shouhou.api.v1.shapes.common import answers
from shouhou.cases.decisions import answer as decide
from shouhou.foundation.refusals import INVALID_INPUT, Refused, refused

router = Router(tags=["decisions 政策判定"])
MOST_LINES = 50_000
LINES = {"content": {"application/x-ndjson": {"schema": {"type": "object"}}}}


@router.post(
    "", auth=Key("decisions"), response=answers(dict), operation_id="decide",
    summary="试算政策判定 What the policy says of these facts",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DecisionInput"}}},
        },
    },
)  # fmt: skip
def one(request: HttpRequest) -> HttpResponse:
    """The schema of a decision vector: group, policy, and the facts of that group. Nothing is stored."""
    facts = exact_json(request.body)
    if not isinstance(facts, Mapping):
        raise refused(INVALID_INPUT, reason="{…}")
    return answer(decide(facts))


@router.post(
    "/bulk", auth=Key("decisions"), response=answers(None), operation_id="decide_many",
    summary="批量试算（NDJSON，逐行答复）Many at once as NDJSON, an answer per line",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/x-ndjson": {"schema": {"type": "object", "additionalProperties": True}}},
        },
        "responses": {200: LINES},
    },
)  # fmt: skip
def many(request: HttpRequest) -> HttpResponse:
    """A bad line hurts no other; at most 50,000 lines and 64 MB."""
    language = language_of(request)
    told: list[bytes] = []
    for place, line in enumerate(ndjson_lines(request), 1):
        if place > MOST_LINES:
            told.append(_refused(place, refused(BODY_TOO_LARGE, limit_bytes=MOST_LINES), language))
            break
        if line.strip():
            told.append(_line(place, line, language))
    return HttpResponse(b"".join(told), content_type=NDJSON)


def _line(place: int, line: bytes, language: str) -> bytes:
    try:
        if len(line) > LINE_LIMIT_BYTES:
            raise refused(BODY_TOO_LARGE, limit_bytes=LINE_LIMIT_BYTES)
        facts = exact_json(line)
        if not isinstance(facts, Mapping):
            raise refused(INVALID_INPUT, reason="{…}")
        return as_bytes({"line": place, "id": facts.get("id"), "answer": decide(facts)}) + b"\n"
    except Refused as no:
        return _refused(place, no, language)


def _refused(place: int, error: Refused, language: str) -> bytes:
    return as_bytes({"line": place, "code": error.code, "detail": error.sentence(language)}) + b"\n"
