"""Statements that a channel hands over by itself: slow, wrong, silent and dead servers, asked again, and seen meanwhile."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.payments.channels.alipay import account as alipay_account
from shouhou.payments.channels.base import ChannelDown, ChannelSilent
from shouhou.payments.channels.fake import client as fake_client
from shouhou.payments.channels.wechat import account as wechat_account
from shouhou.payments.models import Statement, StatementFetch
from shouhou.payments.reconciliation import daily
from shouhou.payments.reconciliation.actions.fetching import ask_fetch, want_fetch
from shouhou.payments.reconciliation.queries import troubled
from shouhou.payments.reconciliation.tasks import fetch_statement
from shouhou.payments.tests.chinese_houses import AlipayHouse, WeChatHouse, alipay_house, wechat_house
from shouhou.payments.tests.conftest import Fake, fake

__all__ = ["fake"]
pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 17, 8, tzinfo=UTC)
DAY = date(2025, 3, 16)


def in_vain(channel: str, day: date, raises: type[Exception]) -> None:
    """What a job raises is tried again by the worker. Whoever is silent here is silent after a second."""
    with pytest.MonkeyPatch.context() as hurried:
        hurried.setattr(fake_client, "TIMEOUT_SECONDS", httpx.Timeout(10.0, read=1.0))
        hurried.setattr(wechat_account, "TIMEOUT_SECONDS", (10.0, 1.0))
        hurried.setattr(alipay_account, "TIMEOUT_SECONDS", 1.0)
        with pytest.raises(raises):
            fetch_statement(channel=channel, day=day.isoformat())


@pytest.fixture
def houses(tmp_path: Path, settings: Settings) -> Iterator[tuple[WeChatHouse, AlipayHouse]]:
    with wechat_house(tmp_path) as wechat, alipay_house(tmp_path) as alipay:
        settings.PAYMENT_CHANNELS = {
            "fake": {"url": "http://127.0.0.1:9"}, "wechat": wechat.server.settings(), "alipay": alipay.server.settings(),
        }  # fmt: skip
        yield wechat, alipay


def outcomes() -> list[tuple[str, str, int]]:
    return list(StatementFetch.objects.order_by("channel").values_list("channel", "outcome", "tries"))


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payments.fetch_statement' AND status = 'todo'")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("behaviour", "raises", "outcome"),
    [
        ("silent", ChannelSilent, "silent"), ("outage", ChannelSilent, "silent"), ("error", ChannelSilent, "silent"),
        ("lost", Refused, "unreadable"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_tried_again_seen_meanwhile_and_over_once_it_is_here(
    fake: Fake, behaviour: str, raises: type[Exception], outcome: str
) -> None:
    fake.behave(behaviour)
    in_vain("fake", DAY, raises)
    assert outcomes() == [("fake", outcome, 1)] and not Statement.objects.exists()
    assert [each.day for each in troubled()] == [DAY]
    fetch_statement(channel="fake", day=DAY.isoformat())
    assert outcomes() == [("fake", "taken", 2)] and Statement.objects.get().first_on == DAY
    assert not troubled().exists()


def test_a_dead_server_is_seen_and_asked_again_when_it_lives(fake: Fake, settings: Settings) -> None:
    alive = settings.PAYMENT_CHANNELS
    settings.PAYMENT_CHANNELS = {"fake": {"url": "http://127.0.0.1:9"}}
    in_vain("fake", DAY, ChannelDown)
    assert outcomes() == [("fake", "down", 1)]
    settings.PAYMENT_CHANNELS = alive
    fetch_statement(channel="fake", day=DAY.isoformat())
    assert outcomes() == [("fake", "taken", 2)]


def test_a_slow_server_is_waited_for(fake: Fake) -> None:
    fake.behave("slow")
    fetch_statement(channel="fake", day=DAY.isoformat())
    assert outcomes() == [("fake", "taken", 1)]


@pytest.mark.parametrize("behaviour", ["error", "limited", "outage", "silent", "bad_signature"])
def test_both_chinese_channels_bad_days_are_seen_and_pass(
    houses: tuple[WeChatHouse, AlipayHouse], behaviour: str
) -> None:
    today = local_day(datetime.now(UTC))
    both: dict[str, WeChatHouse | AlipayHouse] = {"wechat": houses[0], "alipay": houses[1]}
    for name, house in both.items():
        house.paid(5000)
        house.server.behave(behaviour)
        in_vain(name, today, ChannelSilent)
    assert outcomes() == [("alipay", "silent", 1), ("wechat", "silent", 1)]
    for name in ("wechat", "alipay"):
        fetch_statement(channel=name, day=today.isoformat())
    # Around midnight the day may be over without the payment.
    assert {outcome for _, outcome, _ in outcomes()} <= {"taken", "none"} and not troubled().exists()


def test_a_day_that_a_channel_has_no_bill_of_is_no_trouble(houses: tuple[WeChatHouse, AlipayHouse]) -> None:
    fetch_statement(channel="wechat", day=DAY.isoformat())
    assert outcomes() == [("wechat", "none", 1)] and not troubled().exists()


def test_a_day_asked_for_in_vain_is_asked_for_on_and_on_but_by_one_job_at_a_time(fake: Fake) -> None:
    daily.begin_day(now=NOW)
    assert jobs() == daily.FETCH_DAYS
    daily.begin_day(now=NOW)
    assert jobs() == daily.FETCH_DAYS and want_fetch("fake", DAY) is False
    fake.behave("error")
    in_vain("fake", DAY, ChannelSilent)
    later = NOW + timedelta(days=20)
    assert ("fake", DAY) in daily.lacking(now=later) and len(daily.lacking(now=later)) == daily.FETCH_DAYS + 1
    fetch_statement(channel="fake", day=DAY.isoformat())
    assert ("fake", DAY) not in daily.lacking(now=later)


def test_a_person_asks_for_it_now_and_only_for_what_is_lacking(fake: Fake) -> None:
    with pytest.raises(Refused, match="STATEMENT_CHANNEL"):
        ask_fetch("fake", DAY)
    assert jobs() == 0
    fake.behave("error")
    in_vain("fake", DAY, ChannelSilent)
    assert ask_fetch("fake", DAY) is True and ask_fetch("fake", DAY) is False and jobs() == 1


def test_what_was_uploaded_meanwhile_is_not_lacking(fake: Fake) -> None:
    fake.behave("error")
    in_vain("fake", DAY, ChannelSilent)
    data = fake_client.FakeChannel(fake.url, secret="").fetch_statement(day=DAY)
    assert data is not None
    daily.take_in(data, channel="fake", name="uploaded.csv", day=DAY, by="user:1", now=NOW)
    assert not troubled().exists()
