"""A channel's statement beside our books: every line finds what it means, every difference its end."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from shouhou.accounts.models import User
from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions.sending import begin, exchange, finish
from shouhou.payments.models import Difference, DifferenceDeed, Refund, RefundPart, Statement, StatementLine
from shouhou.payments.reconciliation.actions.asking import ask_difference, keep, put, question, recheck
from shouhou.payments.reconciliation.actions.matching import find_missing, match_statement
from shouhou.payments.reconciliation.actions.taking import take_statement
from shouhou.payments.reconciliation.actions.working import (
    assign_difference,
    confirm_difference,
    decline_difference,
    settle_difference,
)  # fmt: skip
from shouhou.payments.reconciliation.queries import waiting
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, fake, instruct, make_order, work

__all__ = ["fake"]
pytestmark = pytest.mark.django_db
HEAD = "kind,reference,key,amount_minor,fee_minor,currency,at,text"
DAY = date(2025, 3, 17)
LIMIT = 50_000


@pytest.fixture(autouse=True)
def _books_balance(db: None) -> Iterator[None]:
    """Anna and Bo are on the staff; after every test the sum over all accounts is zero."""
    for key in (1, 2):
        User.objects.get_or_create(pk=key, defaults={"username": f"person{key}", "role": "finance"})
    yield
    assert set(trial_balance().values()) <= {0}


def row(kind: str, amount: int, *, key: object = "", fee: int = 0, currency: str = "CNY", reference: str = "", at: datetime = NOW) -> str:
    return f"{kind},{reference or f'X-{amount}'},{key},{amount},{fee},{currency},{at.isoformat()},"


def state(*rows: str, name: str = "a.csv", day: date | None = DAY, now: datetime = NOW) -> Statement:
    text = "\r\n".join((HEAD, *rows, f"end,{len(rows)}", ""))
    taken = take_statement(text.encode(), channel="fake", name=name, day=day, by="user:1", now=now)
    return match_statement(taken.id, by="user:1", now=now)


def settled(amount: int = 15000) -> tuple[Refund, RefundPart]:
    refund = instruct(make_order(lines=((1, amount),), tenders=(("card", amount),), number=f"JD{uuid4().hex[:6]}"), {1: 1}, key=uuid4().hex)
    work(refund)
    return refund, refund.parts.get()


def outcomes() -> list[str]:
    return list(StatementLine.objects.order_by("id").values_list("outcome", flat=True))


def money() -> dict[str, int]:
    return {b.account: b.posted_minor for b in balances() if b.posted_minor}


def the_world() -> tuple[object, ...]:
    """What a refused action must leave alone."""
    return list(Difference.objects.order_by("id").values()), DifferenceDeed.objects.count(), money()


def test_a_refund_as_booked_is_matched_by_its_key_and_its_fee_is_booked_once(fake: Fake) -> None:
    _, part = settled()
    statement = state(row("refund", 15000, key=part.idempotency_key, fee=90))
    assert outcomes() == ["matched", "fee"] and not Difference.objects.exists()
    assert (statement.rows, statement.rows_new, statement.matched_at) == (2, 2, NOW)
    assert StatementLine.objects.get(kind="refund").part == part
    assert money()["platform:fees:fake"] == -90 and money()["tender:fake:fee"] == 90
    match_statement(statement.id, by="user:2", now=NOW)
    assert money()["platform:fees:fake"] == -90


def test_a_fee_given_back_comes_back_from_the_channel(fake: Fake) -> None:
    settled()
    state(row("payment", 5000, fee=-30))
    assert outcomes() == ["sale", "fee"] and money()["platform:fees:fake"] == 30


def test_the_same_file_twice_is_one_statement_and_overlapping_ones_bring_each_line_once(fake: Fake) -> None:
    _, part = settled()
    first = state(row("refund", 15000, key=part.idempotency_key, fee=90))
    assert state(row("refund", 15000, key=part.idempotency_key, fee=90), name="copy.csv").id == first.id
    other = state(row("refund", 15000, key=part.idempotency_key, fee=90), row("refund", 77, reference="R-9"), name="longer.csv")
    assert (other.rows, other.rows_new) == (3, 1) and outcomes() == ["matched", "fee", "unknown"]
    assert money()["platform:fees:fake"] == -90


def test_days_without_a_movement_are_each_their_own_statement(fake: Fake) -> None:
    one, two = state(), state(day=DAY - timedelta(days=1))
    assert one.id != two.id and state().id == one.id and Statement.objects.count() == 2


def test_without_our_key_the_channels_own_word_finds_it_and_one_word_for_two_refunds_is_told_apart_by_amount(fake: Fake) -> None:
    _, one = settled(15000)
    _, two = settled(4000)
    RefundPart.objects.filter(id__in=(one.id, two.id)).update(channel_reference="TRADE-1")
    state(row("refund", 4000, reference="TRADE-1"), row("refund", 15000, reference="TRADE-1"))
    assert outcomes() == ["matched", "matched"]
    assert [line.part_id for line in StatementLine.objects.order_by("id")] == [two.id, one.id]


def test_every_kind_of_difference_is_found_with_what_is_missing_in_our_ledger(fake: Fake) -> None:
    _, part = settled()
    _, other = settled(9900)
    _, foreign = settled(5000)
    open_refund = instruct(make_order(number="JD9"), {1: 1}, key="open")
    waits = open_refund.parts.get()
    state(
        row("refund", 15000, key=part.idempotency_key), row("refund", 15000, key=part.idempotency_key, reference="again"),
        row("refund", 9901, key=other.idempotency_key), row("refund", 5000, key=foreign.idempotency_key, currency="USD"),
        row("refund", 15000, key=waits.idempotency_key, reference="w"), row("refund", 300, key=uuid4()), row("payment", 400, key=uuid4()),
        row("payment", 500), row("other", 600), row("other", 9900, key=other.idempotency_key, reference="back"),
    )  # fmt: skip
    assert outcomes() == [
        "matched", "twice", "amount", "currency", "not_booked", "unknown", "unknown", "sale", "other", "turned_back",
    ]  # fmt: skip
    assert [(d.kind, d.theirs_minor, d.ours_minor, d.delta_minor) for d in Difference.objects.order_by("id")] == [
        ("twice", 15000, 0, 15000), ("amount", 9901, 9900, 1), ("currency", 5000, 5000, None), ("not_booked", 15000, 0, 15000),
        ("unknown", 300, 0, 300), ("unknown", 400, 0, -400), ("turned_back", 0, 9900, -9900),
    ]  # fmt: skip
    assert {w.currency: (w.count, w.amount_minor) for w in waiting()} == {"CNY": (6, 40601), "USD": (1, 0)}


def test_what_the_channel_does_not_state_is_a_difference_after_the_grace_and_ends_when_it_comes(fake: Fake) -> None:
    _, part = settled()
    _, other = settled(700)
    state(row("refund", 700, key=other.idempotency_key))
    assert find_missing("fake", grace_days=2, now=NOW + timedelta(days=1)) == 0
    assert find_missing("fake", grace_days=2, now=NOW + timedelta(days=3)) == 1
    assert find_missing("fake", grace_days=2, now=NOW + timedelta(days=4)) == 0
    missing = Difference.objects.get()
    assert (missing.kind, missing.part, missing.delta_minor, missing.subject) == ("missing", part, -15000, "SO-1")
    state(row("refund", 15000, key=part.idempotency_key, at=NOW + timedelta(days=4)), day=None, now=NOW + timedelta(days=5))
    missing.refresh_from_db()
    assert (missing.state, missing.resolution) == ("settled", "itself")


def test_of_days_that_no_statement_speaks_about_nothing_is_missing(fake: Fake) -> None:
    settled()
    state(row("payment", 100), day=date(2025, 3, 10))
    assert find_missing("fake", grace_days=0, now=NOW + timedelta(days=30)) == 0


def test_what_was_paid_outside_the_channel_is_not_missed_there_and_twice_paid_when_it_is_there(fake: Fake) -> None:
    from shouhou.payments.actions import settle_offline

    fake.behave("refuse")
    refund = instruct(make_order(), {1: 1})
    work(refund)
    settle_offline(refund.number, proof="bank 1", actor=BO, now=NOW)
    part = refund.parts.get()
    state(row("payment", 1))
    assert find_missing("fake", grace_days=0, now=NOW + timedelta(days=9)) == 0
    state(row("refund", 15000, key=part.idempotency_key), name="b.csv")
    found = Difference.objects.get()
    assert (found.kind, found.delta_minor) == ("contradicted", 15000)
    settle_difference(found.id, way="overpaid", note="渠道后来也付了", proof="bill 7", second_person_above_minor=LIMIT, actor=BO, now=NOW)
    assert money()["tender:fake:card"] == 15000 and money()[f"buyer:{refund.buyer_id}:overpaid"] == -15000


def test_what_was_never_heard_is_asked_again_booked_and_ends_by_itself(fake: Fake) -> None:
    fake.behave("lost", "outage")
    refund = instruct(make_order(), {1: 1})
    part = refund.parts.get()
    step = begin(part.id, now=NOW)
    assert step is not None
    exchange(step)  # killed before its outcome was kept
    state(row("refund", 15000, key=part.idempotency_key))
    found = Difference.objects.get()
    assert found.kind == "not_booked" and recheck(now=NOW) == 0
    ask_difference(found.id, actor=BO, now=NOW)
    asked = question(found.id)
    assert asked is not None


@pytest.mark.django_db(transaction=True)
def test_the_answer_is_kept_beside_the_difference_and_the_part_goes_its_usual_way(fake: Fake) -> None:
    refund = instruct(make_order(), {1: 1})
    part = refund.parts.get()
    step = begin(part.id, now=NOW)
    assert step is not None
    heard = exchange(step)
    state(row("refund", 15000, key=part.idempotency_key))
    found = Difference.objects.get()
    ask_difference(found.id, actor=BO, now=NOW)
    asked = question(found.id)
    assert asked is not None
    keep(found.id, put(asked), now=NOW)
    assert [deed.what for deed in found.deeds.order_by("id")] == ["found", "asked", "heard"]
    assert found.deeds.get(what="heard").detail.startswith("settled 15000 FR-")
    assert finish(step, heard, started_at=NOW, now=NOW) and recheck(now=NOW) == 1
    found.refresh_from_db()
    assert (found.state, found.resolution) == ("settled", "itself") and question(found.id) is None
    assert len(fake.movements()) == 1


def test_nobody_can_be_asked_about_what_is_unknown_here(fake: Fake) -> None:
    state(row("refund", 300, key=uuid4()))
    before = the_world()
    with pytest.raises(Refused, match="DIFFERENCE_NOT_ASKABLE"), transaction.atomic():
        ask_difference(Difference.objects.get().id, actor=BO, now=NOW)
    assert the_world() == before


def test_a_small_difference_is_settled_by_one_person_and_booked_once(fake: Fake) -> None:
    refund, part = settled()
    state(row("refund", 15100, key=part.idempotency_key))
    found = Difference.objects.get()
    done = settle_difference(found.id, way="overpaid", note="多付一元", proof="bill 1", second_person_above_minor=LIMIT, actor=BO, now=NOW)
    assert (done.state, done.settled_by) == ("settled", "user:2")
    assert money()["tender:fake:card"] == 15100 and money()[f"buyer:{refund.buyer_id}:overpaid"] == -100
    before = the_world()
    with pytest.raises(Refused, match="DIFFERENCE_OVER"), transaction.atomic():
        settle_difference(found.id, way="overpaid", note="x", proof="y", second_person_above_minor=LIMIT, actor=BO, now=NOW)
    assert the_world() == before


def test_above_the_limit_a_second_person_settles_it_never_the_first(fake: Fake) -> None:
    settled()
    state(row("refund", 60000, reference="R"))
    found = Difference.objects.get()
    settle_difference(found.id, way="written_off", note="查无此单", proof="T-1", second_person_above_minor=LIMIT, actor=BO, now=NOW)
    found.refresh_from_db()
    assert found.state == "proposed" and "platform:differences:fake" not in money()
    before = the_world()
    with pytest.raises(Refused, match="DIFFERENCE_SECOND_PERSON"), transaction.atomic():
        confirm_difference(found.id, actor=BO, now=NOW)
    assert the_world() == before
    decline_difference(found.id, note="再查", actor=ANNA, now=NOW)
    settle_difference(found.id, way="written_off", note="查无此单", proof="T-2", second_person_above_minor=LIMIT, actor=BO, now=NOW)
    before = the_world()
    with pytest.raises(Refused, match="OVERTAKEN"), transaction.atomic():
        confirm_difference(found.id, actor=ANNA, now=NOW, version=found.version)
    assert the_world() == before, "what was proposed anew is not what an old page showed"
    found.refresh_from_db()
    assert confirm_difference(found.id, actor=ANNA, now=NOW, version=found.version).state == "settled"
    assert money()["platform:differences:fake"] == -60000 and money()["tender:fake:other"] == 60000
    assert [deed.what for deed in found.deeds.order_by("id")] == ["found", "proposed", "declined", "proposed", "confirmed"]


def test_what_is_the_buyers_is_never_written_off_but_paid_another_way(fake: Fake) -> None:
    _, part = settled()
    state(row("refund", 14000, key=part.idempotency_key))
    found = Difference.objects.get()
    before = the_world()
    for way in ("written_off", "overpaid", "itself", ""):
        with pytest.raises(Refused, match="DIFFERENCE_WAY"), transaction.atomic():
            settle_difference(found.id, way=way, note="a", proof="b", second_person_above_minor=LIMIT, actor=BO, now=NOW)
    for note, proof in (("", "b"), ("a", " "), ("a" * 501, "b")):
        with pytest.raises(Refused, match="DIFFERENCE_PROOF"), transaction.atomic():
            settle_difference(found.id, way="offline", note=note, proof=proof, second_person_above_minor=LIMIT, actor=BO, now=NOW)
    assert the_world() == before
    settle_difference(found.id, way="offline", note="补付", proof="bank 5", second_person_above_minor=LIMIT, actor=BO, now=NOW)
    assert money()["tender:fake:card"] == 14000 and money()["tender:offline:card"] == 1000


def test_a_difference_is_taken_and_given_back(fake: Fake) -> None:
    state(row("refund", 300))
    found = Difference.objects.get()
    assert assign_difference(found.id, to="user:2", actor=BO, now=NOW).state == "assigned"
    assert assign_difference(found.id, to="user:2", actor=BO, now=NOW).version == 2
    assert assign_difference(found.id, to="", actor=BO, now=NOW).state == "open"
    with pytest.raises(Refused, match="DIFFERENCE_NOT_FOUND"):
        assign_difference(0, to="", actor=BO, now=NOW)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "STATEMENT_UNREADABLE"), (b"a,b\n", "STATEMENT_UNREADABLE"), (f"{HEAD}\n".encode(), "STATEMENT_UNREADABLE"),
        (f"{HEAD}\nrefund,R,,1,0,CNY,{NOW.isoformat()},\nend,2\n".encode(), "STATEMENT_UNREADABLE"),
        (f"{HEAD}\nrefund,R,nokey,1,0,CNY,{NOW.isoformat()},\nend,1\n".encode(), "STATEMENT_UNREADABLE"),
        (f"{HEAD}\nrefund,R,,1,0,CNY,2025-03-17T00:00:00,\nend,1\n".encode(), "STATEMENT_UNREADABLE"),
        (f"{HEAD}\nend,0\n".encode(), "STATEMENT_DAY"), (b"\xff" * 40, "STATEMENT_UNREADABLE"), (b"x" * 2000, "STATEMENT_TOO_LARGE"),
    ],
)  # fmt: skip
def test_what_is_no_statement_is_refused_and_nothing_is_kept(fake: Fake, data: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code), transaction.atomic():
        take_statement(data, channel="fake", name="x", day=None, by="user:1", now=NOW, most_bytes=1000)
    assert not Statement.objects.exists() and not StatementLine.objects.exists()


@pytest.mark.parametrize("channel", ["nobody", "inkind", "stripe", ""])
def test_a_channel_without_statements_is_refused(fake: Fake, channel: str) -> None:
    with pytest.raises(Refused, match="STATEMENT_CHANNEL"):
        take_statement(b"x", channel=channel, name="x", day=DAY, by="user:1", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_matching_that_is_killed_half_way_goes_on_where_it_was(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shouhou.payments.reconciliation.actions.matching.PORTION", 2)
    text = "\r\n".join((HEAD, *(row("payment", 100 + place, fee=1) for place in range(5)), "end,5", ""))
    taken = take_statement(text.encode(), channel="fake", name="a", day=DAY, by="user:1", now=NOW)

    class Killed(BaseException):
        pass

    def killed(done: int, _whole: int | None) -> None:
        if done >= 4:
            raise Killed

    with pytest.raises(Killed):
        match_statement(taken.id, by="user:1", now=NOW, progress=killed)
    assert outcomes() == ["sale", "fee", "sale", "fee", *[""] * 6] and money()["platform:fees:fake"] == -2
    match_statement(taken.id, by="user:1", now=NOW)
    assert outcomes() == ["sale", "fee"] * 5 and money()["platform:fees:fake"] == -5


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_and_match_a_statement_once(fake: Fake) -> None:
    _, part = settled()
    text = "\r\n".join((HEAD, row("refund", 15000, key=part.idempotency_key, fee=9), row("refund", 7), "end,2", "")).encode()
    ready, failed = threading.Barrier(4), []

    def run() -> None:
        try:
            ready.wait(10)
            taken = take_statement(text, channel="fake", name="a", day=DAY, by="user:1", now=NOW)
            match_statement(taken.id, by="user:1", now=NOW)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert not failed and Statement.objects.count() == 1 and outcomes() == ["matched", "fee", "unknown"]
    assert Difference.objects.count() == 1 and money()["platform:fees:fake"] == -9


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_settle_a_difference_once(fake: Fake) -> None:
    state(row("refund", 300))
    found, said = Difference.objects.get(), list[str]()

    def run() -> None:
        try:
            settle_difference(found.id, way="written_off", note="a", proof="b", second_person_above_minor=LIMIT, actor=BO, now=NOW)
            said.append("done")
        except Refused as no:
            said.append(no.code)
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(said) == ["DIFFERENCE_OVER", "DIFFERENCE_OVER", "done"]
    assert money() == {"platform:differences:fake": -300, "tender:fake:other": 300}


def test_the_fake_channels_own_statement_of_a_day_reconciles_to_the_cent(fake: Fake) -> None:
    from shouhou.foundation.days import local_day
    from shouhou.payments.channels.fake.client import FakeChannel

    _, part = settled()
    today = local_day(datetime.now(UTC))
    client = FakeChannel(fake.url, secret="x")
    data = client.fetch_statement(day=today)
    assert data is not None
    taken = take_statement(data, channel="fake", name="fetched", day=today, by="clock", now=NOW)
    match_statement(taken.id, by="clock", now=NOW)
    assert outcomes() == ["matched"] and StatementLine.objects.get().part == part
    assert client.fetch_statement(day=today - timedelta(days=1)) is not None
