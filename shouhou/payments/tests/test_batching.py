"""Refunds paid by bank in a batch: frozen, let go by another person, each paid once whatever the bank's file says how often."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import (
    cancel_batch,
    make_batch,
    record_route,
    release_batch,
    retry_refund,
    settle_offline,
    take_line,
)
from shouhou.payments.models import BatchRow, Refund, RefundAttempt, RefundBatch
from shouhou.payments.rules.bank import BankLine, Unreadable, read_answer, written_answer
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, instruct, make_order, work
from shouhou.plumbing.models import Event
from tests.world import refusal_of

pytestmark = pytest.mark.django_db(transaction=True)


def refused_refunds(fake: Fake, count: int, *, routed: bool = True) -> list[Refund]:
    """So many refunds of 50.00 that the channel refused, with the account the buyer agreed to."""
    order = make_order(lines=((count, 5000 * count),), tenders=(("card", 5000 * count),))
    found = []
    for place in range(count):
        refund = instruct(order, {1: 1}, key=f"k{place}", subject=f"SO-{place}")
        fake.behave("refuse")
        work(refund)
        assert refund.state == "failed"
        if routed:
            record_route(refund.number, payee="林一", account=f"6222{place:04d}", bank="招商银行", consent="电话同意", actor=BO, now=NOW)
        found.append(refund)
    return found


def released(refunds: list[Refund]) -> RefundBatch:
    batch = make_batch([each.number for each in refunds], key="b1", actor=ANNA, now=NOW)
    return release_batch(batch.number, actor=BO, now=NOW)


def answers(batch: RefundBatch, *, paid: bool = True) -> list[BankLine]:
    rows = batch.rows.select_related("refund").order_by("place")
    return [
        BankLine(row.place, row.refund.number, row.amount_minor, "CNY", paid, f"BANK{row.place}", "" if paid else "closed")
        for row in rows
    ]


def offline_minor() -> int:
    return next((each.posted_minor for each in balances(prefix="tender:offline:")), 0)


def test_a_batch_is_frozen_let_go_by_another_person_and_paid_once_however_often_the_file_comes(fake: Fake) -> None:
    refunds = refused_refunds(fake, 3)
    batch = make_batch([each.number for each in refunds], key="b1", actor=ANNA, now=NOW)
    assert make_batch([], key="b1", actor=ANNA, now=NOW) == batch
    assert (batch.rows_count, batch.total_minor, batch.state) == (3, 15000, "drafted")
    assert refusal_of(release_batch, batch.number, actor=ANNA, now=NOW).code == "SECOND_PERSON_NEEDED"
    line = answers(batch)[0]
    assert refusal_of(take_line, batch.number, line, actor=BO, now=NOW).code == "BATCH_NOT_RELEASED"
    release_batch(batch.number, actor=BO, now=NOW)
    lines = read_answer(written_answer(answers(batch)))
    assert [take_line(batch.number, each, actor=BO, now=NOW) for each in lines] == ["paid"] * 3
    assert [take_line(batch.number, each, actor=BO, now=NOW) for each in lines] == ["before"] * 3
    assert RefundBatch.objects.get().state == "done"
    assert set(Refund.objects.values_list("state", flat=True)) == {"settled"}
    assert offline_minor() == 15000 and trial_balance() == {"CNY": 0}
    assert fake.movements() == []
    assert Event.objects.filter(type="refund.settled").count() == 3


def test_while_a_batch_waits_its_refunds_can_be_paid_no_other_way(fake: Fake) -> None:
    (refund,) = refused_refunds(fake, 1)
    batch = make_batch([refund.number], key="b1", actor=ANNA, now=NOW)
    for call in (
        lambda: retry_refund(refund.number, actor=BO, now=NOW),
        lambda: settle_offline(refund.number, proof="x", actor=BO, now=NOW),
        lambda: make_batch([refund.number], key="b2", actor=ANNA, now=NOW),
        lambda: record_route(refund.number, payee="a", account="b", consent="c", actor=BO, now=NOW),
    ):
        assert refusal_of(call).code == "REFUND_IN_BATCH"
    assert offline_minor() == 0 and RefundBatch.objects.count() == 1
    cancel_batch(batch.number, actor=BO, now=NOW)
    assert BatchRow.objects.get().state == "dropped"
    settle_offline(refund.number, proof="x", actor=BO, now=NOW)
    assert offline_minor() == 5000


def test_what_the_bank_could_not_pay_is_free_again_and_pays_once_in_the_next_batch(fake: Fake) -> None:
    (refund,) = refused_refunds(fake, 1)
    batch = released([refund])
    assert [take_line(batch.number, each, actor=BO, now=NOW) for each in answers(batch, paid=False)] == ["failed"]
    assert (RefundBatch.objects.get().state, BatchRow.objects.get().why) == ("done", "closed")
    assert Refund.objects.get().state == "failed" and offline_minor() == 0
    second = make_batch([refund.number], key="b2", actor=ANNA, now=NOW)
    release_batch(second.number, actor=BO, now=NOW)
    assert [take_line(second.number, each, actor=BO, now=NOW) for each in answers(second)] == ["paid"]
    # The first file once more: it cannot undo what the second batch did, nor pay again.
    assert [take_line(batch.number, each, actor=BO, now=NOW) for each in answers(batch)] == ["differs"]
    assert offline_minor() == 5000


@pytest.mark.parametrize(
    ("change", "became"),
    [({"amount_minor": 4999}, "differs"), ({"currency": "USD"}, "differs"), ({"reference": ""}, "differs"),
     ({"place": 9}, "unknown"), ({"refund": "RF-0000-0000-0"}, "unknown")],
)  # fmt: skip
def test_a_line_that_does_not_fit_pays_nothing(fake: Fake, change: dict[str, object], became: str) -> None:
    (refund,) = refused_refunds(fake, 1)
    batch = released([refund])
    line = answers(batch)[0]
    names = ("place", "refund", "amount_minor", "currency", "paid", "reference")
    wrong = BankLine(**{name: change.get(name, getattr(line, name)) for name in names})  # type: ignore[arg-type]
    assert take_line(batch.number, wrong, actor=BO, now=NOW) == became
    assert BatchRow.objects.get().state == "waiting" and offline_minor() == 0 and Refund.objects.get().state == "failed"


def test_one_refund_that_does_not_fit_stops_the_whole_batch(fake: Fake) -> None:
    refunds = refused_refunds(fake, 2, routed=False)
    record_route(refunds[0].number, payee="林一", account="6222", consent="电话同意", actor=BO, now=NOW)
    numbers = [each.number for each in refunds]
    assert refusal_of(make_batch, numbers, key="b1", actor=ANNA, now=NOW).code == "ROUTE_MISSING"
    assert refusal_of(make_batch, [], key="b2", actor=ANNA, now=NOW).code == "BATCH_SIZE"
    assert refusal_of(make_batch, ["RF-0000-0000-0"], key="b3", actor=ANNA, now=NOW).code == "REFUND_NOT_FOUND"
    assert refusal_of(record_route, numbers[1], payee=" ", account="1", consent="x", actor=BO, now=NOW).code == "ROUTE_INCOMPLETE"
    assert (RefundBatch.objects.count(), BatchRow.objects.count()) == (0, 0)


def test_the_banks_file_twice_at_once_pays_every_row_once(fake: Fake) -> None:
    batch = released(refused_refunds(fake, 3))
    lines, start = answers(batch), Barrier(4)

    def one(_place: int) -> list[str]:
        start.wait()
        try:
            return [take_line(batch.number, each, actor=BO, now=NOW) for each in lines]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = [each for done in pool.map(one, range(4)) for each in done]
    assert sorted(told) == ["before"] * 9 + ["paid"] * 3
    assert offline_minor() == 15000 and trial_balance() == {"CNY": 0}
    assert RefundAttempt.objects.filter(kind="offline").count() == 3 and RefundBatch.objects.get().state == "done"


def test_two_people_batching_the_same_refund_at_once_make_one_batch(fake: Fake) -> None:
    (refund,) = refused_refunds(fake, 1)
    start = Barrier(4)

    def one(place: int) -> str:
        start.wait()
        try:
            return make_batch([refund.number], key=f"b{place % 2}", actor=ANNA, now=NOW).number
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(one, range(4)))
    assert RefundBatch.objects.count() == 1
    assert sorted(each == "REFUND_IN_BATCH" for each in done) == [False, False, True, True]


def test_killed_between_two_rows_the_same_file_finishes_the_rest(fake: Fake) -> None:
    batch = released(refused_refunds(fake, 3))
    lines = answers(batch)
    take_line(batch.number, lines[0], actor=BO, now=NOW)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        take_line(batch.number, lines[1], actor=BO, now=NOW)
        raise KeyboardInterrupt
    assert offline_minor() == 5000 and BatchRow.objects.filter(state="waiting").count() == 2
    assert [take_line(batch.number, each, actor=BO, now=NOW) for each in lines] == ["before", "paid", "paid"]
    assert offline_minor() == 15000 and RefundBatch.objects.get().state == "done"


@pytest.mark.parametrize(
    "body",
    [b"", b"place,refund\n1,RF", b"\xff\xfe\x00\x81", b"place,refund,amount,currency,result,reference,why\n1,RF,1.001,CNY,paid,B,\n",
     b"place,refund,amount,currency,result,reference,why\n1,RF,1.00,CNY,perhaps,B,\n",
     b"place,refund,amount,currency,result,reference,why\n-1,RF,1.00,CNY,paid,B,\n",
     b"place,refund,amount,currency,result,reference,why\n1,RF,NaN,CNY,paid,B,\n",
     b"x" * (512 * 1024 + 1)],
)  # fmt: skip
def test_a_file_that_is_not_the_banks_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_answer(body)
