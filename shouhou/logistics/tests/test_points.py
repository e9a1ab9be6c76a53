"""The service network: put twice and at once, refused without a trace, found by distance and by region, imported again."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection

from shouhou.accounts.models import User
from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.foundation.refusals import Refused
from shouhou.logistics.actions.points import put_point, switch_point
from shouhou.logistics.imports import import_points, take_points
from shouhou.logistics.models import ServicePoint
from shouhou.logistics.network import Place, Wanted, nearest, place, point_json
from shouhou.logistics.rules.distance import read_spot
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import SYSTEM, Actor

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai
OPERATIONS = Actor(role="operations", who="key:1")
JINJIANG: dict[str, Any] = {
    "code": "CD-01", "name_zh": "锦江服务中心", "name_en": "Jinjiang service centre", "kind": "both", "region_code": "510104",
    "address_zh": "春熙路 8 号", "phone": "028-1000-0001", "latitude": "30.657", "longitude": "104.081",
    "hours": "1-5 09:00-18:00; 6-7 10:00-16:00",
}  # fmt: skip
WUHOU = JINJIANG | {"code": "CD-02", "region_code": "510107", "latitude": "30.642", "longitude": "104.043", "kind": "drop_off"}
SHANGHAI = JINJIANG | {"code": "SH-01", "region_code": "310101", "latitude": "31.240", "longitude": "121.490"}
HERE = read_spot("30.650,104.090")


def put(given: dict[str, Any], **more: Any) -> str:
    return put_point(given, actor=OPERATIONS, now=NOW, **more).outcome


def refusal(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


def around(**more: Any) -> list[Place]:
    return nearest(at=NOW, calendar=NO_HOLIDAYS, **more)


def codes(**more: Any) -> list[str]:
    return [each.code for each in around(**more)]


@pytest.mark.django_db
def test_a_point_put_twice_is_one_point_and_a_change_is_a_new_version() -> None:
    assert [put(JINJIANG), put(JINJIANG), put(JINJIANG | {"phone": "110"})] == ["created", "unchanged", "changed"]
    row = ServicePoint.objects.get()
    assert (row.code, row.phone, row.version, row.latitude, row.services) == (
        "CD-01", "110", 2, 30_657_000, ["drop_off", "walk_in_repair"],
    )  # fmt: skip


@pytest.mark.django_db
def test_what_is_read_out_of_a_point_can_be_put_again_and_changes_nothing() -> None:
    put(JINJIANG | {"closings": "2027-02-05..2027-02-12 春节", "categories": ["phone", "tablet"], "capacity_per_day": 30})
    told = point_json(ServicePoint.objects.get())
    assert put({name: value for name, value in told.items() if name != "version"}) == "unchanged"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_point() -> None:
    def make(_: int) -> str:
        try:
            return put(JINJIANG)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(make, range(4)))
    assert outcomes == ["created", "unchanged", "unchanged", "unchanged"]
    assert ServicePoint.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "field"), [
    ({"code": "锦江"}, "code"), ({"name_zh": " "}, "name_zh"), ({"kind": "shop"}, "kind"), ({"region_code": "51"}, "region_code"),
    ({"region_code": "519999"}, "region_code"), ({"latitude": "91"}, "latitude"), ({"longitude": ""}, "longitude"),
    ({"hours": "1-5 9-18"}, "hours"), ({"closings": "明天"}, "closings"), ({"services": "drop_off,fly"}, "services"),
    ({"kind": "drop_off", "services": "walk_in_repair"}, "services"), ({"capacity_per_day": "-1"}, "capacity_per_day"),
    ({"joint_warranty": "maybe"}, "joint_warranty"), ({"categories": "手机"}, "categories"), ({"merchant": "nobody"}, "merchant"),
    ({"colour": "red"}, "colour"), ({"address_zh": "路" * 201}, "address_zh"),
])  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_stored(change: dict[str, Any], field: str) -> None:
    no = refusal(lambda: put(JINJIANG | change))
    assert (no.code, [error.field for error in no.errors]) == ("POINT_INVALID", [field])
    assert not ServicePoint.objects.exists()


@pytest.mark.django_db
def test_a_stale_version_and_a_taken_code_are_refused_and_change_nothing() -> None:
    put(JINJIANG)
    put(JINJIANG | {"phone": "2"})
    assert refusal(lambda: put(JINJIANG | {"phone": "3"}, version=1)).code == "OVERTAKEN"
    assert refusal(lambda: put(JINJIANG | {"phone": "3"}, new=True)).code == "POINT_EXISTS"
    assert ServicePoint.objects.get().phone == "2"


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [
    Actor(role="auditor", who="user:1"), Actor(role="merchant_manager", who="user:1", merchant_id=1), Actor(role="consumer", who="buyer:1"),
    Actor(role="operations", who="user:1", merchant_id=1),
])  # fmt: skip
def test_only_operations_of_the_house_keep_points(actor: Actor) -> None:
    put(JINJIANG)
    for call in (
        lambda: put_point(WUHOU, actor=actor, now=NOW), lambda: switch_point("CD-01", active=False, actor=actor, now=NOW),
        lambda: take_points(b"code\n", name="a.csv", actor=actor, now=NOW),
    ):  # fmt: skip
        assert refusal(call).code == "FORBIDDEN"
    assert list(ServicePoint.objects.values_list("code", "active")) == [("CD-01", True)]


@pytest.mark.django_db
def test_a_switched_off_point_is_offered_to_nobody_but_still_known_and_the_log_says_who() -> None:
    user = User.objects.create(username="liang", role="operations")
    actor = Actor(role="operations", who=f"user:{user.pk}")
    put_point(JINJIANG, actor=actor, now=NOW)
    for _ in range(2):
        switch_point("cd-01", active=False, actor=actor, now=NOW)
    assert codes(near=HERE) == codes(region_code="510104") == []
    found = place("CD-01", at=NOW, calendar=NO_HOLIDAYS)
    assert found is not None
    assert found.active is False
    assert list(LogEntry.objects.order_by("id").values_list("object_id", flat=True)) == ["point.created", "point.switched_off"]
    assert refusal(lambda: switch_point("NONE", active=True, actor=actor, now=NOW)).code == "NOT_FOUND"


@pytest.mark.django_db
def test_places_come_by_distance_and_none_from_beyond_the_reach() -> None:
    for given in (SHANGHAI, WUHOU, JINJIANG, JINJIANG | {"code": "CD-00", "latitude": "", "longitude": ""}):
        put(given)
    assert codes(near=HERE) == ["CD-01", "CD-02"]
    assert codes(near=HERE, within_km=2) == ["CD-01"]
    assert codes(near=HERE, limit=1) == ["CD-01"]
    assert [each.distance_metres for each in around(near=HERE)] == [1161, 4583]


@pytest.mark.django_db
def test_without_coordinates_the_same_district_comes_first_then_the_city() -> None:
    for given in (SHANGHAI, JINJIANG, WUHOU):
        put(given)
    assert [(each.code, each.nearness) for each in around(region_code="510107")] == [("CD-02", "district"), ("CD-01", "city")]
    assert codes(region_code="650100") == []
    assert codes() == ["CD-01", "CD-02", "SH-01"]


@pytest.mark.django_db
def test_a_place_must_serve_what_is_wanted_and_have_room() -> None:
    shop = Merchant.objects.create(code="m1", name="老王百货", channel="third")
    put(JINJIANG | {"categories": "phone,tablet", "brands": "曜石", "joint_warranty": True})
    put(WUHOU)
    put(WUHOU | {"code": "CD-03", "merchant": "m1"})
    put(WUHOU | {"code": "CD-04", "capacity_per_day": 0})
    assert codes(region_code="510107") == ["CD-02", "CD-01"]
    assert codes(region_code="510107", wanted=Wanted(merchant_id=shop.pk)) == ["CD-02", "CD-03", "CD-01"]
    assert codes(region_code="510107", wanted=Wanted(services=("walk_in_repair",))) == ["CD-01"]
    assert codes(region_code="510107", wanted=Wanted(categories=("tv",))) == ["CD-02"]
    assert codes(region_code="510107", wanted=Wanted(categories=("phone", "tablet"), brand="曜石")) == ["CD-02", "CD-01"]
    assert codes(region_code="510107", wanted=Wanted(brand="别家")) == ["CD-02"]
    assert codes(wanted=Wanted(joint_warranty=True)) == ["CD-01"]


@pytest.mark.django_db
def test_a_place_tells_whether_it_is_open() -> None:
    put(JINJIANG)
    (found,) = around(near=HERE)
    assert found.opening.open
    assert found.opening.until == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert found.region == "四川省 成都市 锦江区"


CSV = (
    "code,name_zh,kind,region_code,address_zh,hours,phone,active\n"
    "a1,甲网点,drop_off,510104,一路,1-7 09:00-18:00,'+86 28 1,\n"
    "a2,乙网点,drop_off,510104,二路,9-18,,\n"
    "A1,甲网点,drop_off,510104,一路,1-7 09:00-18:00,,\n"
    ",,,,,,,\n"
    "a3,丙网点,repair,510104,三路,1-7 00:00-24:00,,false\n"
)


@pytest.mark.django_db
def test_a_file_is_taken_row_by_row_and_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text(CSV, encoding="utf-8-sig")
    steps: list[tuple[int, int | None]] = []
    first = import_points(file, now=NOW, progress=lambda done, total: steps.append((done, total)))
    assert {name: first[name] for name in ("rows", "created", "changed", "unchanged", "refused")} == {
        "rows": 4, "created": 2, "changed": 0, "unchanged": 0, "refused": 2,
    }  # fmt: skip
    assert [(each["row"], each["code"], each["refusal"]) for each in first["wrong"]] == [
        (3, "A2", "POINT_INVALID"), (4, "A1", "POINT_TWICE"),
    ]  # fmt: skip
    assert "hours" in first["wrong"][0]["zh"]
    assert steps == [(4, 4)]
    again = import_points(file, now=NOW)
    assert (again["created"], again["changed"], again["unchanged"], again["refused"]) == (0, 0, 2, 2)
    assert list(ServicePoint.objects.order_by("code").values_list("code", "active", "version", "phone")) == [
        ("A1", True, 1, "+86 28 1"), ("A3", False, 2, ""),
    ]  # fmt: skip


@pytest.mark.django_db
def test_ndjson_is_taken_too_and_a_bad_line_hurts_no_other() -> None:
    lines = [json.dumps(JINJIANG), "{", "[1]", json.dumps(WUHOU | {"latitude": 30.642})]
    account = take_points("\n".join(lines).encode(), name="points.ndjson", actor=SYSTEM, now=NOW)
    assert dict(account.rows) == {"created": 2, "refused": 2}
    assert [each.row for each in account.wrong] == [2, 3]


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "name"), [
    (b"\xff\xfe", "a.csv"), (b"name,colour\nx,y\n", "a.csv"), (b"code,code\na,b\n", "a.csv"), (b"", "a.csv"),
])  # fmt: skip
def test_a_file_that_is_none_is_refused_whole(content: bytes, name: str) -> None:
    assert refusal(lambda: take_points(content, name=name, actor=SYSTEM, now=NOW)).code == "POINTS_FILE"
    assert not ServicePoint.objects.exists()
