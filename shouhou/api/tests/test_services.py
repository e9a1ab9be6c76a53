"""The service catalogue for programs, and what a service asks for on the way in."""

import pytest

from shouhou.api.tests.conftest import Api, body, wish
from shouhou.cases.models import Case
from shouhou.cases.workflows import WORKFLOWS


def test_the_catalogue_tells_every_service_with_what_it_asks_and_turns_into(api: Api) -> None:
    items = {each["service"]: each for each in body(api.get("services"))["items"]}
    assert list(items) == list(WORKFLOWS)
    for name, workflow in WORKFLOWS.items():
        assert [ask["field"] for ask in items[name]["asks"]] == [ask.field for ask in workflow.applying.asks]
        assert {each["to_service"] for each in items[name]["conversions"]} == {m.to_service for m in workflow.moves if m.to_service}
        assert items[name]["reasons"]
    assert [each["value"] for each in items["exchange"]["asks"][0]["choices"]] == ["same", "variant"]


@pytest.mark.parametrize(("language", "label"), [("zh-Hans", "换货"), ("en", "Exchange")])
def test_it_speaks_the_callers_language(api: Api, language: str, label: str) -> None:
    found = body(api.get("services", headers={"accept-language": language}))["items"]
    assert label in [each["label"] for each in found]


def test_nobody_reads_it_without_a_key(api: Api) -> None:
    assert api.get("services", role=None).status_code == 401


def test_answers_are_kept_on_the_case_and_wrong_ones_change_nothing(api: Api) -> None:
    asked = wish(api.order(), service="exchange", reason="quality", description="坏了")
    refused = api.post("cases", {**asked, "answers": {"wanted": "another planet", "colour": "red"}})
    assert refused.status_code == 422
    assert {each["field"] for each in body(refused)["errors"]} == {"wanted", "colour"}
    assert Case.objects.count() == 0
    case = body(api.post("cases", {**asked, "answers": {"wanted": "variant", "wanted_sku": "P2"}}))
    assert (case["service"], case["details"]["wanted_sku"]) == ("exchange", "P2")
    assert Case.objects.get().details["wanted"] == "variant"
