"""The service network over HTTP: read by every key, kept by operations' keys."""

from typing import Any

import orjson

from shouhou.api.tests.conftest import Api
from shouhou.logistics.models import ServicePoint

POINT: dict[str, Any] = {
    "name_zh": "锦江服务中心", "kind": "both", "region_code": "510104", "address_zh": "春熙路 8 号",
    "latitude": 30.657, "longitude": 104.081, "hours": "1-5 09:00-18:00",
}  # fmt: skip
WEEKDAY = "2026-11-23T12:00:00%2B08:00"


def told(answer: Any) -> Any:
    return orjson.loads(answer.content)


def put(api: Api, code: str = "CD-01", **changes: Any) -> Any:
    return api.put(f"service-points/{code}", POINT | changes, role="operations")


def test_a_point_is_put_once_and_found_by_distance_with_its_hours_at_an_instant(api: Api) -> None:
    assert put(api).status_code == 201
    again = put(api)
    assert (again.status_code, told(again)) == (200, {"code": "CD-01", "result": "unchanged", "version": 1})
    put(api, "CD-02", latitude=30.642, longitude=104.043)
    found = told(api.get(f"service-points?near=30.650,104.040&at={WEEKDAY}", role="shop"))["items"]
    assert [(each["code"], each["distance_metres"]) for each in found] == [("CD-02", 935), ("CD-01", 3998)]
    assert (found[0]["open"], found[0]["until"]) == (True, "2026-11-23T18:00:00+08:00")
    closed = told(api.get("service-points/CD-01?at=2026-11-22T12:00:00%2B08:00", role="consumer"))
    assert (closed["open"], closed["opens_at"]) == (False, "2026-11-23T09:00:00+08:00")


def test_a_region_finds_its_district_first_and_filters_narrow_it(api: Api) -> None:
    put(api)
    put(api, "CD-02", region_code="510107", kind="drop_off", categories=["phone"])
    assert [each["code"] for each in told(api.get("service-points?region=510107"))["items"]] == ["CD-02", "CD-01"]
    assert [each["nearness"] for each in told(api.get("service-points?region=510107"))["items"]] == ["district", "city"]
    assert [each["code"] for each in told(api.get("service-points?region=5101&service=walk_in_repair"))["items"]] == ["CD-01"]
    assert [each["code"] for each in told(api.get("service-points?region=5101&category=tv"))["items"]] == ["CD-01"]


def test_a_switched_off_point_is_in_no_list_but_still_told_by_its_code(api: Api) -> None:
    put(api)
    assert told(put(api, active=False)) == {"code": "CD-01", "result": "changed", "version": 2}
    assert told(api.get("service-points"))["items"] == []
    assert told(api.get("service-points/cd-01"))["active"] is False


def test_a_stale_version_changes_nothing(api: Api) -> None:
    put(api)
    put(api, phone="1")
    stale = api.put("service-points/CD-01", POINT | {"phone": "2"}, role="operations", headers={"if-match": '"1"'})
    assert (stale.status_code, told(stale)["code"]) == (409, "OVERTAKEN")
    assert ServicePoint.objects.get().phone == "1"


def test_other_keys_may_not_keep_points(api: Api) -> None:
    for role in ("shop", "agent", "merchant_manager", "auditor"):
        assert api.put("service-points/CD-01", POINT, role=role).status_code == 403
    assert not ServicePoint.objects.exists()


def test_a_shops_own_point_is_told_to_that_shop_and_the_house_but_not_to_another_shop(api: Api) -> None:
    put(api, merchant=api.third.code)
    status = {role: api.get("service-points/CD-01", role=role).status_code for role in ("operations", "merchant_manager", "stranger_shop")}
    assert status == {"operations": 200, "merchant_manager": 200, "stranger_shop": 404}
    listed = {role: len(told(api.get("service-points", role=role))["items"]) for role in ("shop", "merchant_manager", "stranger_shop")}
    assert listed == {"shop": 0, "merchant_manager": 1, "stranger_shop": 0}


def test_what_is_no_place_and_no_point_is_refused(api: Api) -> None:
    assert told(api.get("service-points?near=here"))["code"] == "NEAR_INVALID"
    assert api.get("service-points/NONE").status_code == 404
    wrong = put(api, hours="9-18")
    assert (wrong.status_code, [each["field"] for each in told(wrong)["errors"]]) == (422, ["hours"])
    assert not ServicePoint.objects.exists()
