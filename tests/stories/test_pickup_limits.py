"""A courier who cannot come: full windows, holidays, weather; the clock says why, and the consumer's own time stands still."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shouhou.cases.models import Case, Deadline, Message
from shouhou.logistics.actions.coverage import set_capacity, suspend_pickups
from shouhou.logistics.models import Pickup
from shouhou.logistics.queries import windows_for
from shouhou.logistics.rules.windows import Window
from shouhou.merchants.models import Merchant
from shouhou.plumbing.models import Event
from shouhou.policy.queries import calendar_now
from tests.world import CONTACT, THIRD, World, refusal_of

pytestmark = pytest.mark.django_db
BEFORE_NATIONAL_DAY = datetime(2025, 9, 29, 2, 0, tzinfo=UTC)
CHANNELS: list[dict[str, Any]] = [{}, THIRD]


def windows(world: World) -> list[Window]:
    return windows_for(CONTACT, calendar=calendar_now(), now=world.now)


def waiting(world: World, order: dict[str, Any]) -> str:
    """Approved, the goods still at the consumer's."""
    number: str = world.apply(world.order(**order))["number"]
    if world.case(number)["status"] == "submitted":
        world.move(number, "approve", actor=world.staff("supervisor"))
    return number


def book(world: World, number: str, window: Window | None = None) -> None:
    world.move(number, "book_pickup", actor=world.buyer(), window=(window or windows(world)[0]).code)


def limit(number: str, name: str) -> Deadline:
    found = Deadline.objects.filter(case__number=number, name=name).order_by("id").last()
    assert found is not None
    return found


def causes(number: str) -> list[tuple[str, str]]:
    return [(what, why) for _, what, why in limit(number, "pickup").clock[1:]]


@pytest.mark.parametrize("order", CHANNELS)
def test_a_pickup_due_on_a_public_holiday_is_due_after_it_and_the_clock_names_the_cause(
    world: World, order: dict[str, Any]
) -> None:
    world.now = BEFORE_NATIONAL_DAY
    number = waiting(world, order)
    book(world, number)
    # 48 hours would end on 1 October; couriers come again on the 9th (LOG-02).
    assert limit(number, "pickup").due_at == datetime(2025, 10, 9, 2, 0, tzinfo=UTC)
    assert causes(number) == [("extended:24", "statutory_holiday")] * 8
    world.later(days=9).move(number, "cancel_pickup", actor=world.buyer())
    # All of the consumer's own seven days are left: they stood still while the courier was expected.
    assert limit(number, "ship_back").due_at == datetime(2025, 10, 15, 15, 59, 59, tzinfo=UTC)


def test_a_window_wished_for_later_than_promised_is_no_delay_of_the_courier(world: World) -> None:
    number = waiting(world, {})
    last = windows(world)[-1]
    book(world, number, last)
    assert limit(number, "pickup").due_at >= last.end
    assert [why for _, why in causes(number)] == ["window_chosen"]
    world.later(hours=60).ring()
    assert Case.objects.get(number=number).status == "pickup_booked"
    assert limit(number, "pickup").state == "open"


@pytest.mark.parametrize("order", CHANNELS)
def test_weather_puts_a_booked_pickup_off_and_both_sides_read_why(world: World, order: dict[str, Any]) -> None:
    number = waiting(world, order)
    book(world, number)
    before = limit(number, "pickup").due_at
    today = world.now.date()
    suspend_pickups(
        region_code="51", first_day=today, last_day=today + timedelta(days=1), cause="weather", note="暴雨红色预警",
        actor=world.staff("operations", who="key:ops"), now=world.now,
    )  # fmt: skip
    assert limit(number, "pickup").due_at == before + timedelta(days=2)
    assert causes(number)[-1] == ("extended:48", "weather 暴雨红色预警")
    assert world.case(number, actor=world.buyer())["timeline"][-1]["move"] == "extend"
    assert Event.objects.filter(type="pickup.suspended", subject=number).count() == 1
    elsewhere = Event.objects.count()
    suspend_pickups(
        region_code="44", first_day=today, last_day=today, cause="weather", note="", actor=world.staff("operations", who="key:ops"),
        now=world.now,
    )  # fmt: skip
    assert not Event.objects.filter(type="pickup.suspended").exclude(subject=number).exists()
    assert Event.objects.count() == elsewhere


def test_booking_again_gives_no_new_time_to_send_the_goods(world: World) -> None:
    number = waiting(world, {})
    due = limit(number, "ship_back").due_at
    for _ in range(3):
        book(world, number)
        world.move(number, "cancel_pickup", actor=world.buyer())
    assert limit(number, "ship_back").due_at == due
    assert Deadline.objects.filter(case__number=number, name="ship_back").count() == 1
    assert list(Pickup.objects.values_list("state", flat=True)) == ["cancelled"] * 3
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1234567890123")
    assert Case.objects.get(number=number).status == "in_transit"


@pytest.mark.parametrize("order", CHANNELS)
def test_a_window_that_is_full_is_refused_with_the_next_ones_and_nothing_has_changed(
    world: World, order: dict[str, Any]
) -> None:
    set_capacity(region_code="510104", per_window=1, per_day=None, actor=world.staff("operations", who="key:ops"), now=world.now)
    first, second = waiting(world, order), waiting(world, order)
    wanted = windows(world)[0]
    book(world, first, wanted)
    version, events = Case.objects.get(number=second).version, Event.objects.count()
    no = refusal_of(book, world, second, wanted)
    assert (no.code, no.facts["windows"]) == ("PICKUP_FULL", [window.code for window in windows(world)[:3]])
    assert (Case.objects.get(number=second).version, Event.objects.count()) == (version, events)
    assert Pickup.objects.count() == 1
    book(world, second)
    assert Case.objects.get(number=second).status == "pickup_booked"


def test_a_wish_whose_window_filled_up_during_the_review_does_not_stop_the_approval(world: World) -> None:
    set_capacity(region_code="510104", per_window=1, per_day=None, actor=world.staff("operations", who="key:ops"), now=world.now)
    other = waiting(world, {})
    order = world.order()
    Merchant.objects.update(auto_review=False)
    wanted = windows(world)[0]
    number = world.apply(order, return_method="pickup", contact={**CONTACT, "window": wanted.code})["number"]
    book(world, other, wanted)
    assert world.move(number, "approve", actor=world.staff("reviewer"))["status"] == "awaiting_goods"
    assert Pickup.objects.count() == 1


FRESH: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "B", "title": "蓝莓", "category": "fresh", "quantity": 1, "unit_price": 3000, "paid": 3000}],
    "payments": [{"tender": "card", "amount": 3000}],
}  # fmt: skip


@pytest.mark.parametrize("order", CHANNELS)
@pytest.mark.parametrize(("hour", "wished", "warned"), [(1, 0, 0), (1, 1, 0), (12, 0, 1)])
def test_bad_fresh_goods_are_collected_on_the_day_they_were_handled(
    world: World, order: dict[str, Any], hour: int, wished: int, warned: int
) -> None:
    number = world.apply(world.order(**FRESH, **order), reason="quality", description="发霉", request_review=True)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="照片")
    world.now = world.now.replace(hour=hour)
    world.move(number, "approve", actor=world.staff("supervisor"))
    today = [each for each in windows(world) if each.start.day == world.now.day]
    book(world, number, next(each for each in windows(world) if each.start.day != world.now.day) if wished else None)
    row, midnight = limit(number, "pickup"), datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC)
    # 24:00 in Beijing, also where no window of today is left (MER-04); one of tomorrow that was wished for gives the courier that long.
    assert (bool(today), row.clock[0][1]) == (hour < 10, "started")
    if wished:
        assert row.due_at > midnight and [why for _, why in causes(number)] == ["window_chosen"]
    else:
        assert (row.due_at, causes(number)) == (midnight, [])
    assert Message.objects.filter(case__number=number, internal=True, text__startswith="生鲜须当日取回").count() == warned


def test_other_goods_keep_the_48_hours(world: World) -> None:
    number = world.apply(world.order(), reason="quality", description="漏水")["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="照片")
    world.move(number, "approve", actor=world.staff("supervisor"))
    book(world, number)
    assert limit(number, "pickup").due_at == world.now + timedelta(hours=48)
    assert not Message.objects.filter(internal=True, text__startswith="生鲜").exists()
