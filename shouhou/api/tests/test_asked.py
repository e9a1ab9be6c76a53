"""What each service and move asks for stands in the OpenAPI document, by the very rules that answers are held against."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from shouhou.api.tests.conftest import Api, body, wish
from shouhou.api.tests.shapes import document
from shouhou.api.v1.asked import schema_of
from shouhou.cases.answers import take_answers
from shouhou.cases.models import Case, HistoryEntry
from shouhou.cases.reasons import REASONS, fits_service
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Ask, Text
from shouhou.orders.models import OrderLine

SOUND: dict[str, list[Any]] = {
    "text": ["说明"], "number": [0, 7], "money": [0, 1999], "boolean": [True, False], "date": ["2026-03-10"],
    "instant": ["2026-03-10T12:00:00+08:00"], "files": [["a" * 20]], "items": [[{"line": 1}]], "address": [{"region": "四川"}],
    "checklist": [{}],
}  # fmt: skip
WRONG: dict[str, list[Any]] = {
    "text": [7, ["x"]], "choice": ["no such choice", 3], "number": [-1, "many", True], "money": [-1, 10**13, 1.5], "boolean": ["yes", 1],
    "date": [7, "tomorrow"], "instant": ["noon", 7], "files": ["x", [1], ["x" * 61]], "items": ["x", ["x"]], "address": ["x", 7],
    "checklist": ["ok"],
}  # fmt: skip


def questions() -> Iterator[Any]:
    for service, workflow in WORKFLOWS.items():
        if workflow.applying.asks:
            yield pytest.param(workflow.applying.asks, ("apply", service), id=service)
        for move in workflow.moves:
            if move.asks:
                yield pytest.param(move.asks, (move.name, service), id=f"{service}-{move.name}")


def fitting(ask: Ask) -> list[Any]:
    if ask.type == "choice":
        return [*ask.choices] or ["anything"]
    return SOUND[ask.type]


def taken(asks: Any, answers: dict[str, Any]) -> bool:
    try:
        take_answers(asks, answers)
    except Refused:
        return False
    return True


@pytest.mark.parametrize(("asks", "where"), [*questions()])
def test_the_document_allows_what_the_domain_takes_and_forbids_what_it_refuses(asks: tuple[Ask, ...], where: tuple[str, str]) -> None:
    move, service = where
    entry = document()["x-services"][service]
    named = (entry if move == "apply" else entry["moves"][move])["answers"]["$ref"].rpartition("/")[2]
    schema = document()["components"]["schemas"][named]
    assert schema == schema_of(asks, Text(*[""] * 2)) | {"title": schema["title"]}
    judge = jsonschema_rs.validator_for(schema, validate_formats=True)
    whole = {ask.field: fitting(ask)[0] for ask in asks}
    tried: list[dict[str, Any]] = [whole, {**whole, "nobody_asked": 1}]
    tried += [{**whole, ask.field: value} for ask in asks for value in fitting(ask)]
    tried += [{**whole, ask.field: value} for ask in asks for value in WRONG[ask.type] if ask.choices or ask.type != "choice"]
    tried += [{name: value for name, value in whole.items() if name != ask.field} for ask in asks]
    assert [judge.is_valid(each) for each in tried] == [taken(asks, each) for each in tried], tried


def test_every_service_and_move_stands_in_the_document() -> None:
    told = document()["x-services"]
    assert list(told) == list(WORKFLOWS)
    for service, workflow in WORKFLOWS.items():
        assert list(told[service]["moves"]) == [move.name for move in workflow.moves]
        for move in workflow.moves:
            assert ("answers" in told[service]["moves"][move.name]) == bool(move.asks)


@pytest.mark.parametrize("service", sorted(WORKFLOWS))
def test_a_dry_run_of_applying_answers_like_applying_and_opens_nothing(api: Api, service: str) -> None:
    """Whatever the book says of it: shown beforehand and done, the answer is the same."""
    workflow = WORKFLOWS[service]
    reason = next(each.code for each in REASONS if fits_service(each, workflow))
    answers = {ask.field: fitting(ask)[0] for ask in workflow.applying.asks if ask.required}
    plain = wish(api.order(), service=service, reason=reason, description="说明", answers=answers, request_review=True)
    shown = api.post("cases?dry_run=true", plain)
    assert (Case.objects.count(), HistoryEntry.objects.count(), OrderLine.objects.get().claimed_quantity) == (0, 0, 0)
    done = api.post("cases", plain)
    assert (shown.status_code, done.status_code) in ((200, 201), (422, 422), (409, 409)), (shown.content, done.content)
    assert body(shown).get("status") == body(done).get("status")
    assert body(shown).get("code") == body(done).get("code")
    assert Case.objects.count() == (done.status_code == 201)
