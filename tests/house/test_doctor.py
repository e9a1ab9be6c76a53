"""The doctor sees what is wrong, says what to do, and is quiet about the rest."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from shouhou.doctor import Finding, examine, examine_books, knows_year
from shouhou.ledger import recipes
from shouhou.ledger.actions import gather, post
from shouhou.payments.reconciliation.actions.fetching import keep_fetch
from shouhou.plumbing.models import Event
from shouhou.policy.models import CalendarOverride

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def of(findings: list[Finding], word: str) -> Finding:
    (found,) = [finding for finding in findings if word in finding.en]
    return found


def test_a_new_installation_is_sound_but_has_no_worker() -> None:
    findings = examine(now=NOON)
    assert [finding.en for finding in findings if finding.level == "bad"] == []
    assert of(findings, "schema").level == "ok"
    assert of(findings, "ledger sums").level == "ok"
    assert of(findings, "worker").level == "warn"
    assert "shouhou work" in of(findings, "worker").advice
    assert of(findings, "holidays are known").level == "ok"


def test_every_finding_speaks_both_languages_and_trouble_comes_with_advice() -> None:
    for finding in examine(now=datetime(2026, 12, 20, tzinfo=UTC)):
        assert any("一" <= letter <= "鿿" for letter in finding.zh)
        assert finding.en.isascii()
        assert (finding.level == "ok") == (finding.advice == "")


def test_failed_and_late_jobs_are_counted() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at)"
            " VALUES ('q', 't', '{}', 'failed', NULL), ('q', 't', '{}', 'todo', now() - interval '1 hour'),"
            " ('q', 't', '{}', 'todo', now() + interval '1 hour')"
        )
    findings = examine(now=NOON)
    assert of(findings, "failed for good").zh == "1 个任务最终失败"
    assert of(findings, "jobs are late").zh == "1 个任务逾期未执行"


def test_an_event_that_waits_too_long_for_its_number_is_told() -> None:
    Event.objects.create(at=NOON - timedelta(minutes=2), type="case.moved", subject="SO-1", data={})
    assert of(examine(now=NOON), "feed lags").en == "the event feed lags by 120 s"


def test_a_year_without_official_days_is_known_once_they_are_entered() -> None:
    assert knows_year(2026)
    assert not knows_year(2031)
    assert of(examine(now=datetime(2030, 12, 20, tzinfo=UTC)), "make-up days").level == "warn"
    CalendarOverride.objects.create(day="2031-01-02", kind="workday", source="test")
    assert knows_year(2031)


@pytest.mark.parametrize(("table", "word"), [("ledger_turnover", "kept by day"), ("ledger_familyturnover", "sums by kind")])
def test_a_balance_that_somebody_altered_is_told(table: str, word: str) -> None:
    moves = recipes.freight_advanced(carrier="sf", amount_minor=700)
    post(moves, recipe="freight_advanced", subject="SO-1", currency="CNY", key="f1", by="clock", now=NOON)
    gather()
    everything = [*examine(now=NOON), *examine_books()]
    assert of(everything, "kept by day").level == of(everything, "sums by kind").level == "ok"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET in_minor = in_minor + 1 WHERE family = 'freight'")
    found = of([*examine(now=NOON), *examine_books()], word)
    assert found.level == "bad" and "freight" in found.en and found.advice


def test_a_statement_that_cannot_be_had_is_named_with_its_channel_day_and_why() -> None:
    assert of(examine(now=NOON), "no statement is lacking").level == "ok"
    for _ in range(2):
        keep_fetch("wechat", NOON.date() - timedelta(days=1), "down", detail="nobody there", now=NOON)
    found = of(examine(now=NOON), "could not be had")
    assert found.level == "warn" and "wechat 2026-05-31 (down, 2×)".replace("×", "x") in found.en and found.advice
    keep_fetch("wechat", NOON.date() - timedelta(days=1), "taken", now=NOON)
    assert of(examine(now=NOON), "no statement is lacking").level == "ok"
