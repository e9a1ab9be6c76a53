"""A duty missed is recorded once, whoever looks how often; what was kept, withdrawn or stood still is none."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from shouhou.cases.due import work_off_due
from shouhou.cases.models import Deadline
from shouhou.merchants.models import Merchant
from shouhou.plumbing.dispatch import dispatch_new_events
from shouhou.plumbing.models import Event
from shouhou.sla.actions.capture import capture, capture_missed
from shouhou.sla.models import Breach, Clock
from shouhou.sla.tests.stories import applied, reviewed_late, told
from tests.world import THIRD, World


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_a_shop_that_does_not_review_in_48_hours_breaches_mer_01_and_the_platform_has_the_case(world: World) -> None:
    number = reviewed_late(world, **THIRD)
    told()
    row = Breach.objects.get(kind="MER-01")
    assert (row.case and row.case.number, row.merchant and row.merchant.code, row.party, row.team) == (
        number, "m1", "shop", "merchant_operator",
    )  # fmt: skip
    assert row.due_at == Deadline.objects.get(name="review_merchant").due_at
    assert (row.consequence, row.settled_at, world.case(number)["status"]) == ("escalate", row.recorded_at, "escalated")
    assert (row.table_missing, row.points, row.amount_minor) == (True, 0, 0)
    assert Event.objects.filter(type="breach.recorded", subject=row.number).count() == 1


def test_the_houses_own_team_has_the_same_clock_and_no_penalty_table(world: World) -> None:
    number = reviewed_late(world)
    told()
    row = Breach.objects.get(kind="MER-01")
    assert (row.party, row.team, row.seller, row.table_missing, row.consequence) == ("house", "reviewer", True, False, "note_review")
    assert row.settled_at is None
    world.later(minutes=5).move(number, "approve", actor=world.staff("reviewer"))
    told()
    row.refresh_from_db()
    assert row.settled_at == world.now


@pytest.mark.django_db(transaction=True)
def test_a_breach_is_made_once_however_often_and_by_how_many_it_is_captured() -> None:
    world = World()
    number = reviewed_late(world, **THIRD)
    failed: list[BaseException] = []

    def again() -> None:
        try:
            capture(number, now=world.now)
            dispatch_new_events()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=again) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while dispatch_new_events():
        pass
    assert not failed
    assert capture(number, now=world.now) == 0 and capture_missed(now=world.now) == 0 and work_off_due(now=world.now) == 0
    assert Breach.objects.filter(kind="MER-01").count() == 1
    assert Event.objects.filter(type="breach.recorded", data__kind="MER-01").count() == 1


def test_killed_before_the_feed_was_told_the_breach_is_recorded_by_the_next_look(world: World) -> None:
    reviewed_late(world, **THIRD)
    assert not Breach.objects.exists()
    assert capture_missed(now=world.now + timedelta(hours=1)) == Breach.objects.count() > 0


def test_an_opinion_in_time_is_kept_and_an_application_withdrawn_counts_neither_way(world: World) -> None:
    kept = applied(world, **THIRD)
    world.later(hours=47).move(kept, "approve", actor=world.staff("merchant_operator", merchant="m1"))
    gone = applied(world, **THIRD)
    world.move(gone, "cancel", actor=world.buyer())
    for number in (kept, gone):
        capture(number, now=world.now)
    found = dict(Clock.objects.filter(kind="MER-01").values_list("case__number", "outcome"))
    assert (found, Breach.objects.filter(kind="MER-01").exists()) == ({kept: "met", gone: "moot"}, False)


def test_late_by_a_second_before_the_clock_looked_is_a_breach_with_how_late(world: World) -> None:
    number = applied(world, **THIRD)
    due = Deadline.objects.get(name="review_merchant").due_at
    world.later(hours=48, seconds=1).move(number, "approve", actor=world.staff("merchant_operator", merchant="m1"))
    capture(number, now=world.now)
    row = Breach.objects.get(kind="MER-01")
    assert (row.due_at, row.settled_at and row.settled_at - row.due_at, row.consequence) == (due, timedelta(seconds=1), "")


def test_without_a_pickup_there_is_no_clock_of_one_and_with_it_the_shop_owes_it(world: World) -> None:
    sent = world.apply(world.order(**THIRD))["number"]
    world.move(sent, "ship", actor=world.buyer(), carrier="sf", tracking_number="SF1234567890123")
    capture(sent, now=world.now)
    assert not Clock.objects.filter(kind__in=["MER-03", "MER-04"]).exists()
    assert Merchant.objects.get(code="m1").channel == "third"
