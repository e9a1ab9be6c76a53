"""Killed with -9 at random, nothing is lost and nothing is paid twice."""

import time

import httpx
import pytest

from bench.crash import Driver, run
from bench.house import House, house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("crash")]
TAKEN_UP_SECONDS = 30.0


def test_a_hundred_returns_under_fire_are_all_refunded_exactly_once() -> None:
    result = run(100)
    # A quick machine is done sooner and is shot at less often; what counts is that it was hit, and nothing was lost.
    assert sum(result.kills.values()) >= 2
    assert result.good, result


def test_a_channel_that_dies_between_call_and_answer_pays_every_refund_exactly_once() -> None:
    result = run(60, mode="channel")
    assert result.kills.get("channel", 0) >= 1 and result.refunds == 60
    assert result.good, result


def test_what_a_killed_worker_was_doing_is_taken_up_within_seconds() -> None:
    with house(workers=1, always="success") as here:
        # The channel takes the call and says nothing: the worker hangs in it, and dies there.
        httpx.post(f"{here.channel}/_behave", json={"behaviours": ["silent"]}).raise_for_status()
        Driver(here).travel(1, {"card": 9900, "wallet": 0, "coupon": 0})
        _until(here, "SELECT count(*) FROM payments_refundpart WHERE state = 'sent'", seconds=TAKEN_UP_SECONDS)
        here.children["worker-1"].die_and_rise()
        died = time.monotonic()
        _until(here, "SELECT count(*) FROM payments_refund WHERE state = 'settled'", seconds=TAKEN_UP_SECONDS)
        print(f"taken up after {time.monotonic() - died:.1f} s")
        assert [m["amount"] for m in here.movements()] == [9900]


def _until(here: House, query: str, *, seconds: float) -> None:
    limit = time.monotonic() + seconds
    while here.rows(query)[0][0] != 1:
        assert time.monotonic() < limit, query
        time.sleep(0.1)
