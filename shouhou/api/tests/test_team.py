"""The team over HTTP: a program acts in the name of people of its own desk, once a key, and never for another desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.http import HttpResponse

from shouhou.accounts.models import Organisation, User
from shouhou.api.tests.conftest import Api, body
from shouhou.foundation.days import local_day
from shouhou.plumbing.clock import now
from shouhou.support.conversations.models import Duty
from shouhou.support.teams.models import Check, Course, Swap, Training

pytestmark = pytest.mark.django_db
COURSE = {"by": "boss", "title_zh": "家电基础", "subject": "products", "groups": ["appliances"], "pass_score": 80, "valid_months": 12}


@pytest.fixture
def people(api: Api) -> dict[str, User]:
    """Two agents and a supervisor of the house; one person and the manager of shop m1."""
    house = Organisation.objects.get(code="house")
    shop = Organisation.objects.create(code="m1", name="商家甲", kind="merchant")
    type(api.third).objects.filter(pk=api.third.pk).update(organisation=shop)
    rows = (("ann", "agent", house), ("bob", "agent", house), ("boss", "supervisor", house), ("shop1", "merchant_operator", shop),
            ("chief", "merchant_manager", shop))  # fmt: skip
    return {
        name: User.objects.create(username=name, first_name=name.title(), role=role, organisation=where) for name, role, where in rows
    }


def code(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, body(response).get("code", "")


def shift(api: Api, person: str, **more: Any) -> dict[str, Any]:
    wish = {"by": "boss", "person": person, "weekdays": [1, 2, 3, 4, 5, 6, 7], "since": "09:00", "until": "18:00", "on_holidays": True,
            "first_day": local_day(now()).isoformat(), **more}  # fmt: skip
    response = api.post("team/shifts", wish, role="supervisor")
    assert response.status_code == 201, response.content
    return dict(body(response))


def test_a_shift_is_swapped_in_the_name_of_the_three_people_it_takes(api: Api, people: dict[str, User]) -> None:
    made = shift(api, "ann")
    assert (made["person"], made["since"], made["skills"]) == ({"account": "ann", "name": "Ann"}, "09:00", [])
    day = (local_day(now()) + timedelta(days=3)).isoformat()
    wish = {"by": "ann", "shift": made["number"], "day": day, "colleague": "bob", "reason": "孩子家长会"}
    headers = {"idempotency-key": "swap-1"}
    asked = body(api.post("team/swaps", wish, role="supervisor", headers=headers))
    assert body(api.post("team/swaps", wish, role="supervisor", headers=headers)) == asked and Swap.objects.count() == 1
    path = f"team/swaps/{asked['number']}"
    assert code(api.post(f"{path}/decision", {"by": "boss", "yes": True}, role="supervisor")) == (409, "SWAP_OVER")
    assert code(api.post(f"{path}/answer", {"by": "ann", "yes": True}, role="supervisor")) == (403, "FORBIDDEN")
    assert body(api.post(f"{path}/answer", {"by": "bob", "yes": True}, role="supervisor"))["state"] == "agreed"
    assert code(api.post(f"{path}/decision", {"by": "ann", "yes": True}, role="supervisor")) == (403, "FORBIDDEN")
    done = body(api.post(f"{path}/decision", {"by": "boss", "yes": True}, role="supervisor"))
    assert (done["state"], done["decided_by"]["account"]) == ("approved", "boss")
    rota = body(api.get("team/shifts", role="auditor"))["items"]
    assert {(each["person"]["account"], tuple(each["off_days"])) for each in rota} == {("ann", (day,)), ("bob", ())}
    assert body(api.get("team/swaps?state=open", role="auditor"))["items"] == []
    assert code(api.post(f"{path}/withdraw", {"by": "ann"}, role="supervisor")) == (409, "SWAP_OVER")
    trail = LogEntry.objects.filter(object_id="team.by_program").order_by("pk")
    assert [row.user.username for row in trail] == ["boss", "ann", "bob", "boss"]


def test_a_learning_system_certifies_in_the_name_of_whoever_trains_and_nobody_certifies_themselves(
    api: Api, people: dict[str, User]
) -> None:
    course = body(api.post("team/courses", COURSE, role="operations"))
    assert code(api.post("team/courses", COURSE, role="operations")) == (409, "COURSE_TWICE")
    wish = {"by": "boss", "course": course["number"], "person": "ann", "taken_on": local_day(now()).isoformat(), "score": 85}
    assert body(api.get("team/workload", role="supervisor"))["items"][0]["untrained"] == ["appliances"]
    made = body(api.post("team/trainings", wish, role="operations"))
    assert (made["passed"], made["by"]["account"]) == (True, "boss")
    lacking = [each["untrained"] for each in body(api.get("team/workload", role="supervisor"))["items"]]
    assert lacking == [[], ["appliances"], ["appliances"]]
    assert code(api.post("team/trainings", wish, role="operations")) == (409, "TRAINING_TWICE")
    assert code(api.post("team/trainings", {**wish, "by": "ann", "person": "bob"}, role="operations")) == (403, "FORBIDDEN")
    assert code(api.post("team/trainings", {**wish, "person": "boss"}, role="operations")) == (422, "TEAM_INVALID")
    failed = body(api.post("team/trainings", {**wish, "person": "bob", "score": 79}, role="operations"))
    assert not failed["passed"]
    assert [each["number"] for each in body(api.get("team/trainings?valid=true", role="auditor"))["items"]] == [made["number"]]
    first = body(api.get("team/trainings?limit=1", role="auditor"))
    assert body(api.get(f"team/trainings?limit=1&cursor={first['next']}", role="auditor"))["items"][0]["number"] == made["number"]
    assert not body(api.post(f"team/courses/{course['number']}/end", {"by": "boss"}, role="operations"))["active"]
    assert Training.objects.count() == 2


def test_checks_are_scored_by_somebody_else_and_answered_once(api: Api, people: dict[str, User]) -> None:
    month = local_day(now()).replace(day=1)
    check = Check.objects.create(
        user=people["ann"], month=month, kind="case", number="SO-0000-0000-0", drawn_by="user:1", drawn_at=now()
    )
    good = dict.fromkeys(("friendliness", "patience", "professionalism", "warmth", "accuracy"), 4)
    path = f"team/checks/{check.pk}"
    assert code(api.post(f"{path}/scores", {"by": "ann", "scores": good}, role="supervisor")) == (403, "FORBIDDEN")
    weak = {"by": "boss", "scores": {**good, "patience": 2}}
    assert code(api.post(f"{path}/scores", weak, role="supervisor")) == (422, "TEAM_INVALID")
    done = body(api.post(f"{path}/scores", {**weak, "note": "打断对方"}, role="supervisor"))
    assert (done["state"], done["mean"], done["checked_by"]["account"]) == ("done", "3.6", "boss")
    assert body(api.post(f"{path}/reply", {"by": "ann", "text": "已改进"}, role="supervisor"))["reply"] == "已改进"
    assert code(api.post(f"{path}/reply", {"by": "ann", "text": "再说"}, role="supervisor")) == (409, "CHECK_DONE")
    [row] = body(api.get("team/quality", role="auditor"))["items"]
    assert (row["person"]["account"], row["done"], row["means"]["patience"]) == ("ann", 1, "2.0")
    assert [each["number"] for each in body(api.get(f"team/checks?month={month:%Y-%m}&state=done", role="auditor"))["items"]] == [check.pk]
    assert body(api.post("team/checks/draw", {"by": "boss", "month": f"{month:%Y-%m}"}, role="supervisor"))["added"] == 0


def test_a_shops_key_sees_and_keeps_its_own_desk_only(api: Api, people: dict[str, User]) -> None:
    house = shift(api, "ann")
    api.post("team/courses", COURSE, role="supervisor")
    own = {**COURSE, "by": "chief"}
    assert api.post("team/courses", own, role="merchant_manager").status_code == 201
    assert code(api.post("team/courses", COURSE, role="merchant_manager")) == (404, "NOT_FOUND")
    assert code(api.post("team/courses", own, role="supervisor")) == (404, "NOT_FOUND")
    assert code(api.post(f"team/shifts/{house['number']}/end", {"by": "chief"}, role="merchant_manager")) == (404, "NOT_FOUND")
    assert [each["person"]["account"] for each in body(api.get("team/workload", role="merchant_manager"))["items"]] == ["chief", "shop1"]
    assert body(api.get("team/shifts", role="merchant_manager"))["items"] == []
    assert len(body(api.get("team/courses", role="merchant_manager"))["items"]) == 1
    for path in ("workload", "shifts", "swaps", "courses", "trainings", "checks", "quality"):
        assert body(api.get(f"team/{path}", role="stranger_shop"))["items"] == [], path
        assert code(api.get(f"team/{path}", role="merchant_operator")) == (403, "SCOPE_MISSING")
    assert Duty.objects.get().last_day is None
    assert Course.objects.filter(merchant=api.third).count() == 1


def test_a_shift_ends_from_tomorrow_on(api: Api, people: dict[str, User]) -> None:
    made = shift(api, "ann")
    for _again in range(2):
        ended = body(api.post(f"team/shifts/{made['number']}/end", {"by": "boss"}, role="supervisor"))
        assert ended["last_day"] == local_day(now()).isoformat()
    assert code(api.post("team/shifts", {"by": "boss"}, role="supervisor"))[0] == 422
