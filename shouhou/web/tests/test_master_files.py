"""Master data and the shop's people as files: what the page shows, for those who may see the page."""

import csv
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from shouhou.accounts.models import User
from shouhou.foundation.days import local_day
from shouhou.logistics.models import OwnArea, PickupSuspension
from shouhou.plumbing import clock
from shouhou.policy.models import CalendarOverride
from shouhou.policy.queries import versions
from tests.world import World

Staff = Callable[..., Client]


@pytest.fixture
def master(world: World) -> None:
    """An area, a suspension and a correction of the calendar."""
    today = local_day(clock.now())
    OwnArea.objects.create(region_code="510104", name="锦江", active=True)
    PickupSuspension.objects.create(region_code="", first_day=today, last_day=today, cause="台风")
    CalendarOverride.objects.create(country="CN", day=date(2026, 11, 25), kind="holiday", source="=通知")


def lines(client: Client, address: str) -> list[dict[str, str]]:
    answer: Any = client.get(address)
    return list(csv.DictReader(b"".join(answer).decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize(("name", "column", "told"), [
    ("calendar.csv?year=2026", "日期", "2026-10-01"), ("calendar.csv?year=2026", "本平台的修订", "'=通知"),
    ("carriers.csv", "编码", "SF"), ("carriers/areas.csv", "名称", "锦江"), ("carriers/suspensions.csv", "原因", "台风"),
    ("texts.csv?for=buyer", "模板", "approved"),
])  # fmt: skip
def test_master_data_is_a_file_too(master: None, staff: Staff, name: str, column: str, told: str) -> None:
    client, address = staff("auditor"), f"/operations/{name}"
    assert told in [row[column] for row in lines(client, address)]
    assert client.get(address.replace(".csv", ".xlsx")).headers["Content-Type"].endswith("sheet")
    assert client.get(address.replace(".csv", ".pdf")).status_code == 404
    assert staff("agent").get(address).status_code == 404


def test_the_file_of_a_year_holds_that_year_only(master: None, staff: Staff) -> None:
    days = [row["日期"] for row in lines(staff("operations"), "/operations/calendar.csv?year=2025")]
    assert days
    assert {day[:4] for day in days} == {"2025"}


def test_the_terms_of_a_book_are_a_file_with_their_sources(world: World, staff: Staff) -> None:
    version = versions("std-1")[-1].version
    rows = lines(staff("operations"), f"/operations/books/std-1/{version}/terms.csv")
    assert len(rows) > 100
    assert all(row["值"] for row in rows)
    assert [row["名称"] for row in rows if row["来源"]]


def test_texts_of_the_staff_are_not_among_those_of_consumers(world: World, staff: Staff) -> None:
    client = staff("operations")
    names = {whom: {row["模板"] for row in lines(client, f"/operations/texts.csv?for={whom}")} for whom in ("buyer", "staff", "")}
    assert not names["buyer"] & names["staff"]
    assert names[""] == names["buyer"] | names["staff"]


def test_a_shop_s_people_are_a_file_of_its_own_with_masked_addresses(world: World, staff: Staff) -> None:
    world.order()
    manager = staff("merchant_manager", "self")
    boss = User.objects.get(role="merchant_manager")
    for name, active in (("here", True), ("gone", False)):
        User.objects.create(
            username=name, role="merchant_operator", organisation=boss.organisation, is_active=active, email=f"{name}-person@shop.example"
        )
    User.objects.create(username="elsewhere", role="merchant_operator")
    every = {row["账号"]: row for row in lines(manager, "/merchant/people.csv")}
    assert set(every) == {"here", "gone", boss.username}
    assert "here-person@" not in every["here"]["邮箱"]
    assert [row["账号"] for row in lines(manager, "/merchant/people.csv?shown=ended")] == ["gone"]
    page = manager.get("/merchant/people/?shown=ended").content.decode()
    assert "gone" in page
    assert 'href="/merchant/people.csv?shown=ended"' in page
    assert staff("merchant_operator", "self").get("/merchant/people.csv").status_code == 403
