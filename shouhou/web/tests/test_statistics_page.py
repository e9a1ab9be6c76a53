"""The page of statistics: a figure opens the next question, the file says the same, and only who reads them comes in."""

import csv
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.world import World

Browser = Callable[..., Client]


def test_a_row_leads_on_and_the_file_agrees(world: World, staff: Browser) -> None:
    number = world.apply(world.order(), reason="quality", description="按下开关没有反应。")["number"]
    boss, address = staff("supervisor"), reverse("web:statistics")
    page = boss.get(address).content.decode()
    assert number in page
    assert "?by=detail&amp;reason=quality" in page
    assert number not in boss.get(address, {"reason": "no_reason"}).content.decode()
    assert "这段时间没有这样的申请" in boss.get(address, {"sku": "none"}).content.decode()
    for by in ("service", "detail", "sku", "category", "merchant", "status", "book", "nonsense"):
        assert boss.get(address, {"by": by, "since": "x", "days": "90"}).status_code == 200
    answer: Any = boss.get(reverse("web:statistics_export", args=["csv"]), {"by": "sku"})
    (row,) = csv.DictReader(b"".join(answer).decode("utf-8-sig").splitlines())
    assert (row["编码"], row["申请数"], row["质量问题件数"]) == ("KETTLE", "1", "1")
    assert "Service statistics" in boss.get(address, headers={"accept-language": "en"}).content.decode()


def test_an_inspector_has_no_business_there(world: World, staff: Browser) -> None:
    world.order()
    assert staff("inspector").get(reverse("web:statistics")).status_code == 403
    assert staff("merchant_manager", "self").get(reverse("web:statistics")).status_code == 200
