"""Guessing passwords: locked after so many, for so long, told alike for known and unknown names, lifted by operations."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from shouhou.accounts.lockout import failed, forget_failures, lift_lockout, lockouts, succeeded, take_try
from shouhou.accounts.models import FailedSignIn, User
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def miss(name: str = "wang", *, address: str = "1.1.1.1", now: datetime = NOW) -> None:
    failed(take_try(name=name, address=address, now=now), now=now)


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def test_eight_failures_lock_the_name_everywhere_for_a_quarter_of_an_hour() -> None:
    for place in range(8):
        miss(address=f"1.1.1.{place}", now=NOW + timedelta(seconds=place))
    no = refused(lambda: take_try(name=" WANG ", address="9.9.9.9", now=NOW + timedelta(minutes=1)))
    assert (no.code, no.status, no.facts) == ("LOCKED_OUT", 429, {"minutes": 15})
    take_try(name="li", address="9.9.9.9", now=NOW + timedelta(minutes=1))
    take_try(name="wang", address="9.9.9.9", now=NOW + timedelta(minutes=15, seconds=7))


def test_forty_failures_lock_an_address_for_every_name() -> None:
    for place in range(40):
        miss(f"name{place}")
    assert refused(lambda: take_try(name="somebody", address="1.1.1.1", now=NOW)).code == "LOCKED_OUT"
    take_try(name="somebody", address="1.1.1.2", now=NOW)


def test_a_refused_try_costs_the_address_nothing() -> None:
    for _ in range(8):
        miss()
    for _ in range(50):
        refused(lambda: take_try(name="wang", address="1.1.1.1", now=NOW))
    take_try(name="li", address="1.1.1.1", now=NOW)
    assert FailedSignIn.objects.get(kind="address").failures == 9


def test_the_right_password_cleans_the_name_but_washes_no_guesses_off_the_address() -> None:
    for _ in range(5):
        miss()
    succeeded(take_try(name="wang", address="1.1.1.1", now=NOW))
    assert list(FailedSignIn.objects.values_list("kind", "failures")) == [("address", 5)]


def test_only_operations_lifts_a_lockout_and_it_is_on_record() -> None:
    for _ in range(8):
        miss()
    (locked,) = [each for each in lockouts(now=NOW) if each.kind == "name"]
    assert (locked.value, locked.failures, locked.until) == ("wang", 8, NOW + timedelta(minutes=15))
    liang = User.objects.create(username="liang", role="operations")
    operations = Actor(role="operations", who=f"user:{liang.pk}")
    assert refused(lambda: lift_lockout(locked.id, actor=Actor(role="agent", who="user:2"), now=NOW)).code == "FORBIDDEN"
    refused(lambda: take_try(name="wang", address="2.2.2.2", now=NOW))
    lift_lockout(locked.id, actor=operations, now=NOW)
    take_try(name="wang", address="2.2.2.2", now=NOW)
    assert lockouts(now=NOW) == []
    assert refused(lambda: lift_lockout(0, actor=operations, now=NOW)).code == "NOT_FOUND"
    told = Event.objects.filter(type__startswith="sign_in.").order_by("id").values_list("type", "data")
    assert list(told) == [
        ("sign_in.locked", {"kind": "name", "failures": 8}), ("sign_in.lockout_lifted", {"kind": "name", "by": operations.who}),
    ]  # fmt: skip


def test_what_failed_yesterday_is_forgotten() -> None:
    miss()
    assert forget_failures(now=NOW + timedelta(hours=23)) == 0
    assert forget_failures(now=NOW + timedelta(hours=25)) == 2
