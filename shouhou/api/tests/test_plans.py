"""Protection plans over HTTP: put by their number, read with their claims, told with what a line entitles to."""

from typing import Any

import orjson

from shouhou.api.tests.conftest import Api


def told(answer: Any) -> Any:
    return orjson.loads(answer.content)


def test_a_plan_is_put_once_read_with_its_claims_and_ended(api: Api) -> None:
    order = api.order()
    body = {"kind": "accident", "order": order, "line": 1, "price": 19900, "cap": 300000}
    assert api.put("plans/PLN-1", body).status_code == 201
    again = api.put("plans/PLN-1", body)
    assert (again.status_code, told(again)) == (200, {"number": "PLN-1", "result": "unchanged", "version": 1})
    found = told(api.get("plans/PLN-1", headers={"accept-language": "en"}))
    assert (found["label"], found["cap"], found["claims_most"], found["claims"]) == ("Accident cover", 300000, 2, [])
    assert told(api.put("plans/PLN-1", body | {"cancelled_on": "2026-01-01"}))["result"] == "changed"
    stale = api.put("plans/PLN-1", body, headers={"if-match": '"1"'})
    assert (stale.status_code, told(stale)["code"]) == (409, "OVERTAKEN")
    assert [each["number"] for each in told(api.get(f"plans?order={order}"))["items"]] == ["PLN-1"]


def test_kinds_say_what_they_cover_leave_out_and_ask_for(api: Api) -> None:
    kinds = {each["kind"]: each for each in told(api.get("plans/kinds", role="consumer"))["items"]}
    assert (kinds["screen"]["faults"], kinds["screen"]["claims_most"]) == (["broken_screen"], 1)
    assert "丢失" in kinds["accident"]["terms"] and kinds["extended"]["refund"] == "pro_rata"


def test_others_find_no_plan_and_goods_that_are_not_known_are_named(api: Api) -> None:
    order = api.order()
    api.put("plans/PLN-2", {"kind": "screen", "order": order, "line": 1})
    answers = {role: api.get("plans/PLN-2", role=role).status_code for role in ("shop", "agent", "stranger_shop")}
    assert answers == {"shop": 200, "agent": 200, "stranger_shop": 404}
    lost = api.put("plans/PLN-3", {"kind": "screen", "order": "NONE", "line": 1})
    assert (lost.status_code, told(lost)["code"]) == (404, "PLAN_GOODS_UNKNOWN")
    odd = api.put("plans/PLN-3", {"kind": "moon", "order": order, "line": 1})
    assert (odd.status_code, told(odd)["code"]) == (422, "PLAN_INVALID")
    assert api.put("plans/PLN-3", {"kind": "screen", "order": order, "line": 1}, role="consumer").status_code == 403
    assert api.get("plans/PLN-3").status_code == 404


def test_entitlements_tell_every_service_its_asks_and_the_plans_of_the_line(api: Api) -> None:
    order = api.order()
    api.put("plans/PLN-4", {"kind": "screen", "order": order, "line": 1})
    found = told(api.get(f"orders/{order}/entitlements?reason=quality", headers={"accept-language": "en"}))
    services = [each["service"] for each in found["applying"]]
    line = found["lines"][0]
    assert {"return", "exchange", "repair", "price_protection", "compensation"} <= {*services}
    assert {each["service"] for each in line["services"]} | {each["service"] for each in line["promises"]} == {*services}
    repair = next(each for each in found["applying"] if each["service"] == "repair")
    assert (repair["goods"], "fault_code" in {each["field"] for each in repair["asks"]}) == (True, True)
    plan = line["plans"][0]
    assert (plan["number"], plan["in_force"], plan["claims_left"], plan["why_not"]) == ("PLN-4", True, 1, None)
    assert "a photo of the damage" in plan["documents"] and "repair" in line["instead"]
    assert told(api.get(f"orders/{api.order()}/entitlements"))["lines"][0]["plans"] == []
