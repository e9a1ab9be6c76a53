"""A bucket runs full at once, leaks evenly, and counts rightly under contention."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.models import RateBucket
from shouhou.plumbing.ratelimit import forget_old, take

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def allowed(seconds: float, *, key: str = "k") -> bool:
    try:
        take(key, most=5, per_seconds=100, now=NOW + timedelta(seconds=seconds))
    except Refused as no:
        assert no.code == "RATE_LIMITED"
        return False
    return True


@pytest.mark.django_db
def test_five_at_once_then_one_every_twenty_seconds() -> None:
    assert [allowed(0) for _ in range(6)] == [True] * 5 + [False]
    assert [allowed(19), allowed(20), allowed(21), allowed(39), allowed(41)] == [False, True, False, False, True]
    assert allowed(0, key="other")


@pytest.mark.django_db
def test_the_refusal_says_how_long_to_wait() -> None:
    for _ in range(5):
        allowed(0)
    with pytest.raises(Refused) as caught:
        take("k", most=5, per_seconds=100, now=NOW + timedelta(seconds=5))
    assert caught.value.facts == {"retry_after_seconds": 15}


@pytest.mark.django_db
def test_a_clock_that_goes_back_opens_nothing() -> None:
    assert [allowed(0) for _ in range(5)] == [True] * 5
    assert not allowed(-1000)


@pytest.mark.django_db
def test_old_buckets_are_forgotten() -> None:
    allowed(0)
    assert forget_old(now=NOW + timedelta(days=8)) == 1
    assert RateBucket.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_exactly_five_pass() -> None:
    passed: list[bool] = []

    def run() -> None:
        passed.append(allowed(0))
        connection.close()

    threads = [Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False] * 15 + [True] * 5
