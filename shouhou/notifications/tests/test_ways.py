"""Which way out, which next, and when the night is: the rules alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shouhou.notifications.rules.kinds import KIND_OF, KINDS, kind_of
from shouhou.notifications.rules.quiet import cannot_wait, morning_after, zone_of
from shouhou.notifications.rules.rooms import hears
from shouhou.notifications.rules.ways import Reach, Wishes, calls_for, next_way, ways
from shouhou.notifications.templates import SHORT, TEMPLATES

BEIJING = ZoneInfo("Asia/Shanghai")
BOTH, MAIL, PHONE = Reach(email=True, phone=True), Reach(email=True, phone=False), Reach(email=False, phone=True)

NOTHING = Wishes()


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BEIJING)


def order(kind: str, wishes: Wishes = NOTHING, reach: Reach = BOTH, *, urgent: bool = True) -> tuple[str, ...]:
    return ways(KINDS[kind], KINDS[kind].chain, wishes=wishes, reach=reach, urgent_words=urgent)


def test_every_template_has_a_kind_of_its_readers() -> None:
    for name in TEMPLATES:
        staff = name.startswith(("staff_", "shop_", "finance_", "insurer_", "overseer_"))
        assert kind_of(name).staff == staff, name
    assert set(KIND_OF) <= set(TEMPLATES)
    assert all(not kind_of(name).staff for name in SHORT)


def test_what_cannot_wait_goes_by_text_message_first_and_the_rest_by_mail() -> None:
    assert order("act") == ("sms", "email")
    assert order("act", urgent=False) == ("email", "sms")
    assert order("result", urgent=False) == ("email", "sms")
    assert order("progress") == ("email",)


def test_a_missing_address_leaves_the_other_way() -> None:
    assert order("result", reach=PHONE) == ("sms",)
    assert order("act", reach=MAIL) == ("email",)
    assert order("act", reach=Reach(email=False, phone=False)) == ()


def test_wishes_change_the_order_and_close_ways() -> None:
    assert order("act", Wishes(first="email")) == ("email", "sms")
    assert order("progress", Wishes(first="sms"), urgent=False) == ("sms", "email")
    assert order("survey", Wishes(off=frozenset({"survey:email"}))) == ()
    assert order("act", Wishes(off=frozenset({"act:sms"}))) == ("email",)


def test_each_channel_is_taken_once() -> None:
    assert next_way(("sms", "email"), ()) == "sms"
    assert next_way(("sms", "email"), {"sms"}) == "email"
    assert next_way(("sms", "email"), {"sms", "email"}) == ""


@pytest.mark.parametrize(("hours", "calls"), [(-1, False), (0, False), (1, True), (24, True), (25, False)])
def test_somebody_telephones_only_about_a_limit_within_the_books_hours(hours: int, calls: bool) -> None:
    now = local(10, 12)
    assert calls_for(now + timedelta(hours=hours), now=now, within=timedelta(hours=24)) is calls
    assert not calls_for(None, now=now, within=timedelta(hours=24))


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (local(10, 21, 59), None), (local(10, 22), local(11, 8)), (local(10, 23, 30), local(11, 8)), (local(11, 0), local(11, 8)),
        (local(11, 7, 59), local(11, 8)), (local(11, 8), None), (local(11, 12), None),
    ],
)  # fmt: skip
def test_the_night_lasts_from_ten_to_eight(now: datetime, morning: datetime | None) -> None:
    assert morning_after(now.astimezone(UTC), zone=BEIJING, begins=22, ends=8) == morning


def test_a_day_without_a_night_and_a_night_within_a_day() -> None:
    assert morning_after(local(10, 23), zone=BEIJING, begins=8, ends=8) is None
    assert morning_after(local(10, 13), zone=BEIJING, begins=12, ends=14) == local(10, 14)


def test_in_xinjiang_the_night_begins_two_hours_later() -> None:
    there = zone_of("新疆维吾尔自治区乌鲁木齐市天山区", platform="Asia/Shanghai")
    assert morning_after(local(10, 23), zone=there, begins=22, ends=8) is None
    assert morning_after(local(11, 9), zone=there, begins=22, ends=8) == local(11, 10)
    assert zone_of("四川省成都市", platform="Asia/Shanghai") == BEIJING


def test_what_runs_out_before_anything_can_be_done_in_the_morning_cannot_wait() -> None:
    morning = local(11, 8)
    assert cannot_wait(local(11, 3), morning=morning)
    assert cannot_wait(local(11, 9, 30), morning=morning)
    assert not cannot_wait(local(11, 18), morning=morning)
    assert not cannot_wait(None, morning=morning)


@pytest.mark.parametrize(
    ("template", "kind", "of_shop", "third", "waits_on", "heard"),
    [
        ("staff_turn", "turn", False, False, "reviewer", True), ("staff_turn", "turn", False, True, "merchant_operator", False),
        ("staff_turn", "turn", True, True, "merchant_operator", True), ("staff_turn", "turn", True, True, "arbitrator", False),
        ("staff_blocked", "trouble", False, True, "", True), ("staff_blocked", "trouble", True, True, "", False),
        ("staff_message", "buyers", False, True, "", False), ("staff_message", "buyers", True, True, "", True),
        ("finance_differences", "house", True, False, "", False), ("shop_deposit_low", "shop", False, True, "", False),
    ],
)  # fmt: skip
def test_a_room_hears_of_its_own_work_only(
    template: str, kind: str, of_shop: bool, third: bool, waits_on: str, heard: bool
) -> None:  # fmt: skip
    assert hears(kinds=list(KINDS), kind=kind, template=template, of_shop=of_shop, third=third, waits_on=waits_on) is heard
    assert not hears(kinds=[], kind=kind, template=template, of_shop=of_shop, third=third, waits_on=waits_on)
