"""Every event is dispatched once, in order, whoever dispatches, and whatever fails or is killed in between."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from shouhou.plumbing import dispatch
from shouhou.plumbing.dispatch import DISPATCHERS, dispatch_new_events
from shouhou.plumbing.events import EVENT_TYPES, event_type, publish
from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.models import FeedHorizon

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
THING = EVENT_TYPES.get("test.dispatched") or event_type("test.dispatched", zh="测试", en="a test")


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """What a dispatcher heard; the product's own dispatchers are put aside meanwhile."""
    seqs: list[int] = []
    aside, DISPATCHERS[:] = list(DISPATCHERS), [lambda event: seqs.append(event.data["n"])]
    yield seqs
    DISPATCHERS[:] = aside


def announce(count: int, *, first: int = 0) -> None:
    for n in range(first, first + count):
        with transaction.atomic():
            publish(THING, subject="T", now=NOW, data={"n": n})


def test_events_are_told_once_and_in_order(heard: list[int]) -> None:
    announce(5)
    assert dispatch_new_events() == 5
    announce(2, first=5)
    assert dispatch_new_events() == 2
    assert dispatch_new_events() == 0
    assert heard == [0, 1, 2, 3, 4, 5, 6]


def test_a_batch_is_bounded_and_the_rest_follows(heard: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "BATCH", 3)
    announce(7)
    assert [dispatch_new_events() for _ in range(4)] == [3, 3, 1, 0]
    assert heard == list(range(7))


def test_an_event_of_a_transaction_that_is_still_open_waits_and_is_not_lost(heard: list[int]) -> None:
    def count_elsewhere() -> int:
        try:
            return dispatch_new_events()
        finally:
            connection.close()

    with transaction.atomic():
        publish(THING, subject="T", now=NOW, data={"n": 0})
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(count_elsewhere).result() == 0
    assert dispatch_new_events() == 1
    assert heard == [0]


def test_what_was_rolled_back_is_told_to_nobody(heard: list[int]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish(THING, subject="T", now=NOW, data={"n": 0})
        raise ZeroDivisionError
    assert (dispatch_new_events(), heard) == (0, [])


def test_one_that_fails_holds_nobody_back_and_leaves_nothing_behind(heard: list[int], caplog: pytest.LogCaptureFixture) -> None:
    def fails(event: FeedEvent) -> None:
        FeedHorizon.objects.create(id=100 + event.seq % 100)
        raise RuntimeError("no")

    DISPATCHERS.insert(0, fails)
    announce(2)
    assert dispatch_new_events() == 2
    assert heard == [0, 1]
    assert FeedHorizon.objects.count() == 1
    assert caplog.text.count("could not be dispatched") == 2


def test_killed_before_the_place_moved_everything_is_told_again(heard: list[int]) -> None:
    class Killed(BaseException):
        pass

    def killed(event: FeedEvent) -> None:
        raise Killed

    announce(3)
    DISPATCHERS.append(killed)
    with pytest.raises(Killed):
        dispatch_new_events()
    assert FeedHorizon.objects.get().dispatched_seq == 0
    DISPATCHERS.pop()
    heard.clear()
    assert dispatch_new_events() == 3
    assert heard == [0, 1, 2]


def test_six_dispatchers_at_once_tell_every_event_once(heard: list[int]) -> None:
    announce(60)

    def go() -> int:
        try:
            return sum(dispatch_new_events() for _ in range(5))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        told = sum(future.result() for future in [pool.submit(go) for _ in range(6)])
    told += dispatch_new_events()
    assert (told, sorted(heard)) == (60, list(range(60)))
