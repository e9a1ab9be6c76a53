"""The daily proof: green only when everything holds, chained, and telling when somebody touched the books."""

import json
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.actions import gather
from shouhou.ledger.models import Posting
from shouhou.ledger.proving import digests
from shouhou.payments.models import BalanceProof, Difference, RefundPart, Statement, StatementLine, TenderAllowance
from shouhou.payments.reconciliation import daily
from shouhou.payments.reconciliation.actions.proving import broken_links, prove
from shouhou.payments.reconciliation.checks import checks_of
from shouhou.payments.reconciliation.tasks import fetch_statement
from shouhou.payments.reconciliation.tests.test_reconciliation import row, settled, state
from shouhou.payments.tests.conftest import NOW, Fake, fake, instruct, make_order, work
from shouhou.plumbing import clock
from shouhou.plumbing.models import Event

__all__ = ["fake"]
pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 17)
NEXT = NOW + timedelta(days=1)
LATE = NOW + timedelta(days=5)


def proven(now: datetime = NEXT, day: date = DAY) -> BalanceProof:
    return prove(day, grace_days=2, by="user:1", now=now)


def checks(proof: BalanceProof) -> dict[str, str]:
    return {check["name"]: check["state"] for check in proof.content["checks"]}


def untouched(statement: str, *values: int) -> None:
    """Somebody with the database's own keys, past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = 'origin'")


def test_a_day_with_its_statement_is_good_and_its_figures_are_told(fake: Fake) -> None:
    _, part = settled()
    state(row("refund", 15000, key=part.idempotency_key, fee=90))
    proof = proven()
    assert proof.state == "good" and set(checks(proof).values()) == {"good"}
    channel = proof.content["checks"][-1]
    assert channel["rows"] == [["CNY", 1, 15000, 1, 15000, 0, 0, 0, 0, 90, 0, 0]] and channel["statement"] is True
    assert proof.content["checks"][0]["rows"] == [["CNY", 15090, -15090, 0]]


def test_without_its_statement_a_day_waits_and_after_the_grace_it_is_bad(fake: Fake) -> None:
    _, part = settled()
    first = proven()
    assert first.state == "waiting" and proven(LATE).state == "bad"
    state(row("refund", 15000, key=part.idempotency_key))
    last = proven(LATE)
    assert (last.state, last.revision) == ("good", 3)
    second = BalanceProof.objects.get(revision=2)
    assert [proof.before for proof in BalanceProof.objects.order_by("id")] == ["", first.sha256, second.sha256]


def test_the_same_findings_again_are_the_same_proof(fake: Fake) -> None:
    first = proven()
    instruct(make_order(number="JD7"), {1: 1}, key="k")
    again = proven(NEXT + timedelta(hours=1))
    # A refund that was asked for today is written today, and only the figures of the moment differ.
    assert first.state == "good" and (again.id, BalanceProof.objects.count()) != (first.id, 1)
    assert proven(NEXT + timedelta(hours=2)).id == again.id


def test_an_open_difference_makes_its_day_bad(fake: Fake) -> None:
    state(row("refund", 300))
    assert proven().state == "bad" and Difference.objects.get().day == DAY


def test_a_reservation_that_nothing_needs_is_seen(fake: Fake) -> None:
    refund = instruct(make_order(), {1: 1})
    assert checks(proven())["reservations"] == "good" and checks(proven())["pending"] == "good"
    work(refund)
    TenderAllowance.objects.update(reserved_minor=0, settled_minor=14000)
    TenderAllowance.objects.update(reserved_minor=1000)
    assert checks(proven())["reservations"] == "bad"


def test_a_part_that_is_open_without_a_pending_posting_is_seen(fake: Fake) -> None:
    settled()
    RefundPart.objects.update(state="unknown")
    assert checks(proven())["pending"] == "bad"


def test_a_day_that_is_not_over_cannot_be_proven() -> None:
    for day in (DAY, DAY + timedelta(days=1)):
        with pytest.raises(Refused, match="PROOF_DAY"), transaction.atomic():
            proven(NOW, day)
    assert not BalanceProof.objects.exists()


def test_a_posting_altered_past_the_triggers_breaks_its_day(fake: Fake) -> None:
    settled()
    proven()
    assert broken_links(now=NEXT) == []
    untouched("UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE id = %s", Posting.objects.order_by("id").last().pk)  # type: ignore[union-attr]
    assert broken_links(now=NEXT) == ["2025-03-17 #1: ledger"]


@pytest.mark.parametrize("harm", [
    "UPDATE payments_balanceproof SET state = 'good' WHERE day = '2025-03-17'",
    "DELETE FROM payments_balanceproof WHERE day = '2025-03-17'",
    "UPDATE payments_balanceproof SET made_by = 'user:9' WHERE day = '2025-03-17'",
])  # fmt: skip
def test_a_proof_altered_or_taken_out_breaks_the_chain(fake: Fake, harm: str) -> None:
    settled()
    proven()
    proven(LATE, DAY + timedelta(days=1))
    assert broken_links(now=LATE) == []
    untouched(harm)
    assert any(line.endswith("seal") for line in broken_links(now=LATE))


def test_proofs_are_append_only_even_by_hand(fake: Fake) -> None:
    proven()
    for statement in ("UPDATE payments_balanceproof SET state = 'bad'", "DELETE FROM payments_balanceproof"):
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert BalanceProof.objects.get().state == "good"


def test_the_fingerprint_of_a_day_is_the_same_whenever_it_is_taken(fake: Fake) -> None:
    settled()
    one = digests(since=DAY, until=DAY)
    settled(700)
    two = digests(since=DAY - timedelta(days=9), until=DAY + timedelta(days=9))
    assert set(one) == set(two) == {DAY} and one != two and two == digests(since=DAY, until=DAY)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_proof(fake: Fake) -> None:
    settled()
    failed: list[Exception] = []

    def run() -> None:
        try:
            proven()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert not failed and BalanceProof.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_days_round_fetches_matches_and_proves_by_itself(fake: Fake) -> None:
    """The fake channel's clock is the real one: what it paid today is yesterday's tomorrow."""
    started = clock.shift()
    today = datetime.now(UTC)
    try:
        refund = instruct(make_order(), {1: 1})
        work(refund, now=today)
        clock.shift_to(timedelta(days=1))
        daily.begin_day(now=clock.now())
        with connection.cursor() as cursor:
            cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'payments.fetch_statement' ORDER BY id")
            asked = [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]
        assert len(asked) == daily.FETCH_DAYS and {args["channel"] for args in asked} == {"fake"}
        assert BalanceProof.objects.get().state == "waiting"
        for args in asked:
            fetch_statement(**args)
            fetch_statement(**args)
        daily.begin_day(now=clock.now())
    finally:
        clock.shift_to(started)
    assert Statement.objects.count() == daily.FETCH_DAYS and StatementLine.objects.get().outcome == "matched"
    assert [proof.state for proof in BalanceProof.objects.order_by("id")] == ["waiting", "good"]
    assert broken_links(now=today + timedelta(days=1)) == []


@pytest.mark.django_db(transaction=True)
def test_a_statement_cut_off_on_its_way_is_not_taken_and_fetched_again(fake: Fake) -> None:
    settled()
    today = datetime.now(UTC).astimezone().date().isoformat()
    fake.behave("lost")
    with pytest.raises(Refused, match="STATEMENT_UNREADABLE"):
        fetch_statement(channel="fake", day=today)
    assert not Statement.objects.exists()
    fetch_statement(channel="fake", day=today)
    assert Statement.objects.count() == 1


def test_a_balance_that_was_altered_makes_the_newest_days_proof_bad(fake: Fake) -> None:
    settled()
    gather()
    day, now = DAY, NEXT
    assert {check["name"]: check["state"] for check in checks_of(day, grace_days=2, now=now)}["kept"] == "good"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_turnover (account, currency, day, family, in_minor, out_minor, pending_minor, posted, pending)"
            " VALUES ('platform:advance', 'CNY', %s, 'platform_advance', 5, 0, 0, 1, 0)", [day - timedelta(days=30)],
        )  # fmt: skip
    found = next(check for check in checks_of(day, grace_days=2, now=now) if check["name"] == "kept")
    assert found["state"] == "bad" and ["platform:advance", "CNY", (day - timedelta(days=30)).isoformat(), 5, 0] in found["rows"]
    older = next(check for check in checks_of(day - timedelta(days=3), grace_days=2, now=now) if check["name"] == "kept")
    assert older["state"] == "good"


def told_of(what: str) -> list[dict[str, object]]:
    return list(Event.objects.filter(type=what).order_by("id").values_list("data", flat=True))


def test_finance_is_told_once_that_a_day_does_not_hold_and_again_when_it_turns_bad_again(fake: Fake) -> None:
    settled()
    assert proven().state == "waiting" and told_of("balance.proof_bad") == []
    for _ in range(2):
        assert proven(LATE).state == "bad"
    assert told_of("balance.proof_bad") == [{"day": "2025-03-17", "revision": 2, "checks": ["channel"]}]


def test_finance_is_told_of_new_differences_together_and_not_of_a_statement_that_agrees(fake: Fake) -> None:
    _, part = settled()
    state(row("refund", 15000, key=part.idempotency_key))
    assert told_of("reconciliation.differences") == []
    state(row("refund", 1, reference="R-1"), row("refund", 2, reference="R-2"))
    [told] = told_of("reconciliation.differences")
    assert (told["channel"], told["count"], told["missing"]) == ("fake", 2, False)
