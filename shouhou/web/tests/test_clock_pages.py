"""Clocks, breaches, appeals and scorecards on pages: the shop's own, and operations' of all."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shouhou.foundation.days import SHANGHAI
from shouhou.sla.actions.cards import close_month, last_month
from shouhou.sla.models import Appeal, Breach, Sanction, Scorecard, Suspension
from shouhou.sla.tests.stories import applied, reviewed_late, told
from shouhou.web.tests.conftest import SHOP
from tests.world import World

Browser = Callable[..., Client]


@pytest.fixture
def missed(world: World) -> str:
    """The number of a breach of the shop, 49 hours after an application that nobody reviewed."""
    world.now -= timedelta(hours=50)
    reviewed_late(world, merchant=SHOP)
    told()
    return Breach.objects.get(kind="MER-01").number


def read(client: Client, door: str, *args: str, status: int = 200, **asked: str) -> str:
    answer = client.get(reverse(f"web:{door}", args=args), asked)
    assert answer.status_code == status
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()  # type: ignore[attr-defined]


def test_the_shop_sees_its_own_clocks_and_operations_those_of_all(world: World, missed: str, staff: Browser) -> None:
    world.now -= timedelta(hours=29)
    other = applied(world, merchant=SHOP)
    shop, house = staff("merchant_manager", shop="yunshang"), staff("operations")
    for client, door in ((shop, "merchant_clocks"), (house, "ops_clocks")):
        html = read(client, door, kind="MER-01")
        assert "24 小时内到期" in html and other in html
        assert other not in read(client, door, kind="MER-02")
        assert other in read(client, f"{door}_export", "csv")
    assert other in read(house, "ops_clocks", merchant="yunshang") and other not in read(house, "ops_clocks", merchant="self")
    assert read(staff("inspector"), "ops_clocks", status=404)
    assert read(staff("inspector"), "merchant_clocks", status=403)


def refresh_of(html: str) -> str:
    found = re.search(r'<div id="live" hx-get="([^"]+)" hx-trigger="every 30s"', html)
    assert found
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("door", ["merchant_clocks", "ops_clocks"])
def test_an_open_board_is_told_nothing_until_a_clock_has_changed(world: World, missed: str, staff: Browser, door: str) -> None:
    world.now -= timedelta(hours=29)
    client = staff("merchant_manager", shop="yunshang") if door == "merchant_clocks" else staff("operations")
    address = refresh_of(read(client, door, kind="MER-01"))
    with CaptureQueriesContext(connection) as asked:
        idle = client.get(address)
    assert (idle.status_code, idle.content) == (204, b"")
    assert sum("cases_deadline" in each["sql"] or "FROM sla_" in each["sql"] for each in asked) <= 5
    other = applied(world, merchant=SHOP)
    fresh = client.get(address)
    part = fresh.content.decode()
    assert part.lstrip().startswith('<div id="live"') and other in part and "<form" not in part
    # Only what it was narrowed to, and told once.
    assert "kind=MER-01" in refresh_of(part) and client.get(refresh_of(part)).status_code == 204


def test_a_shop_appeals_a_breach_and_the_platform_strikes_it_with_reasons(world: World, missed: str, staff: Browser) -> None:
    shop, boss = staff("merchant_manager", shop="yunshang"), staff("supervisor")
    html = read(shop, "merchant_breach", missed)
    assert "D15 MER-01" in html and "缺少处罚表" in html and "提出申诉" in html
    form = {"once": "a", "text": "当日仓库停电。"}
    for _turn in range(2):
        assert shop.post(reverse("web:merchant_breach", args=[missed]), form).status_code == 302
    assert Appeal.objects.count() == 1
    assert "当日仓库停电。" in read(boss, "ops_breach", missed)
    assert "裁决申诉" not in read(staff("auditor"), "ops_breach", missed)
    assert boss.post(reverse("web:ops_breach", args=[missed]), {"once": "b", "verdict": "granted", "reasons": ""}).status_code == 422
    assert Breach.objects.get(number=missed).state == "appealed"
    assert boss.post(reverse("web:ops_breach", args=[missed]), {"once": "c", "verdict": "granted", "reasons": "属实。"}).status_code == 302
    assert Breach.objects.get(number=missed).state == "struck"
    assert "属实。" in read(shop, "merchant_breach", missed)
    assert missed in read(shop, "merchant_breaches", state="struck")
    assert missed in read(boss, "ops_breaches_export", "csv")


def test_another_shop_gets_404_and_nothing_in_its_lists(world: World, missed: str, staff: Browser) -> None:
    world.order(merchant={"code": "other", "channel": "third", "name": "别家"})
    stranger = staff("merchant_manager", shop="other")
    assert read(stranger, "merchant_breach", missed, status=404)
    assert missed not in read(stranger, "merchant_breaches") + read(stranger, "merchant_breaches_export", "csv")
    assert stranger.post(reverse("web:merchant_breach", args=[missed]), {"once": "x", "text": "试试"}).status_code == 404
    assert not Appeal.objects.exists()


def test_a_closed_month_stands_with_formula_and_cohort_and_is_exported(world: World, staff: Browser) -> None:
    world.order(merchant=SHOP)
    month = last_month(world.now)
    close_month(month, now=world.now)
    shop, house = staff("merchant_manager", shop="yunshang"), staff("operations")
    told_month = f"{month:%Y-%m}"
    assert told_month in read(shop, "merchant_scorecards")
    for html in (read(shop, "merchant_scorecard", told_month), read(house, "ops_scorecard", "yunshang", told_month)):
        for words in ("不可评定", "按时 ÷（按时 + 超时）", "按事件日", "按下单日", "MER-06", "已定，第 1 版"):
            assert words in html
    assert "按时 ÷（按时 + 超时）" in read(shop, "merchant_scorecard_export", told_month, "csv")
    assert "云裳旗舰店" in read(house, "ops_scorecards") and "云裳旗舰店" in read(house, "ops_scorecards_export", "csv")
    running = f"{world.now.astimezone(SHANGHAI):%Y-%m}"
    assert "本月未定" in read(shop, "merchant_scorecard", running)
    assert read(shop, "merchant_scorecard", "2026-13", status=404)
    assert Scorecard.objects.filter(merchant__code="yunshang").count() == 1


def test_only_operations_write_the_penalty_table_which_ships_empty(world: World, staff: Browser) -> None:
    keeper, boss = staff("operations"), staff("supervisor")
    assert "处罚表是空的" in read(boss, "ops_penalties")
    form = {"once": "p", "kind": "MER-01", "since": "2026-01-01", "points": "3", "amount": "100.00", "clause": "合同 8.2"}
    assert boss.post(reverse("web:ops_penalties"), form).status_code == 403
    assert not Sanction.objects.exists()
    for _turn in range(2):
        assert keeper.post(reverse("web:ops_penalties"), form).status_code == 302
    row = Sanction.objects.get()
    assert (row.points, row.amount_minor) == (3, 10000)
    assert keeper.post(reverse("web:ops_penalty_end", args=[row.pk]), {"once": "q"}).status_code == 302
    row.refresh_from_db()
    assert row.until is not None


def test_a_suspended_shop_sees_only_why_and_appeals_and_everybody_reads_that_it_is(world: World, missed: str, staff: Browser) -> None:
    shop, asks, orders = staff("merchant_manager", shop="yunshang"), staff("operations"), staff("supervisor")
    form = {"once": "s", "rests_on": missed, "reasons": "屡次超时。"}
    assert asks.post(reverse("web:ops_shop_suspensions"), form).status_code == 302
    number = Suspension.objects.get().number
    act = [reverse("web:ops_shop_suspension_act", args=[number, deed]) for deed in ("order", "lift")]
    assert asks.post(act[0], {"once": "o"}).status_code == 403
    assert read(shop, "merchant_clocks") and "云裳旗舰店" not in read(Client(), "measures")
    assert orders.post(act[0], {"once": "p"}).status_code == 302
    assert shop.get(reverse("web:merchant_clocks")).status_code == 302, "the session has ended"
    again = staff("merchant_manager", shop="yunshang")
    assert again.get(reverse("web:queue")).headers["Location"] == reverse("web:merchant_standing")
    assert "屡次超时。" in read(again, "merchant_standing")
    assert again.post(reverse("web:merchant_standing"), {"once": "a", "text": "停电所致。"}).status_code == 302
    assert "停电所致。" in read(orders, "ops_shop_suspension", number)
    public = read(Client(), "measures")
    assert "云裳旗舰店" in public and "屡次超时。" not in public
    assert orders.post(act[1], {"once": "l", "reasons": "已整改。"}).status_code == 302
    assert read(again, "merchant_clocks") and number in read(asks, "ops_shop_suspensions_export", "csv")
    assert Suspension.objects.get().state == "lifted"
