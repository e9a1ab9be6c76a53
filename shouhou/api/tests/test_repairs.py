"""A repair over HTTP: applied for with its own answers, moved like every case, its work order readable."""

from typing import Any

import pytest

from shouhou.api.tests.conftest import Api, body, wish
from shouhou.cases.models import Case
from shouhou.cases.repair_offer import repair_page
from shouhou.repairs.models import WorkOrder

REPAIR = {"service": "repair", "reason": "quality", "description": "反复重启"}


def applied(api: Api, **more: Any) -> Any:
    order = api.order()
    asked: dict[str, Any] = {**REPAIR, "answers": {"fault_code": "system_crash"}, **more}
    return api.post("cases", wish(order, **asked))


def test_a_repair_is_applied_for_with_its_own_answers_and_shows_its_work_order(api: Api) -> None:
    answer = applied(api)
    assert answer.status_code == 201, answer.content
    number = body(answer)["number"]
    told = body(api.get(f"cases/{number}"))
    order = WorkOrder.objects.get(subject=number)
    assert (told["service"], told["repair"]["number"], told["repair"]["state"]) == ("repair", order.number, "waiting")
    assert told["repair"]["fault"] == "system_crash" and told["details"]["mode"] == "mail_in"
    assert "by" not in str(told["repair"]["diagnoses"])


def test_an_answer_that_the_service_does_not_ask_for_is_refused_by_name(api: Api) -> None:
    answer = applied(api, answers={"colour": "red"})
    assert (answer.status_code, body(answer)["code"]) == (422, "ANSWERS_INVALID")
    assert not Case.objects.exists() and not WorkOrder.objects.exists()


def test_a_dry_run_of_an_application_opens_no_work_order(api: Api) -> None:
    order = api.order()
    shown = api.post("cases?dry_run=true", wish(order, service="repair", reason="quality", description="花屏"))
    assert shown.status_code == 200, shown.content
    assert body(shown)["details"]["work_order"].startswith("WO-")
    assert not WorkOrder.objects.exists()


@pytest.mark.django_db
def test_the_repair_page_of_a_phone_has_all_five_parts_with_the_terms_of_the_book() -> None:
    page = repair_page("phone", book="std-1", version="1", channel="self", in_warranty=True, language="en")
    assert (page["period_days"], page["longest_days"], page["guarantee_days"]) == (7, 30, 30)
    assert {"process", "conditions", "modes", "cost", "warning", "routes"} <= set(page)
