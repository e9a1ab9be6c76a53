"""Balances kept by day: the same as the postings come to, whoever wrote them, gathered or not; and a forged one is found."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from shouhou.foundation.days import local_day
from shouhou.ledger import held, recipes
from shouhou.ledger.actions import gather, hold, post, settle, void
from shouhou.ledger.comparing import drifted, unlike_families
from shouhou.ledger.models import FamilyTurnover, Posting, Tail, Transfer, Turnover
from shouhou.ledger.queries import balances, trial_balance
from shouhou.ledger.tasks import gather_tail
from shouhou.ledger.wanted import Wanted

NOON = datetime(2025, 3, 17, 4, tzinfo=UTC)
MUCH = 1000
Step = tuple[str, int, int, int]


def refund(key: str, *, buyer: int = 3, amount: int = 9900, at: datetime = NOON, phase: Callable[..., int] = post) -> None:
    moves = recipes.refund(merchant=7, buyer=buyer, channel="fake", tender="card", amount_minor=amount)
    phase(moves, recipe="refund", subject=f"SO-{buyer}", currency="CNY", key=key, by="clock", now=at)


def plain(wanted: Wanted) -> dict[str, tuple[int, int, int, int, int]]:
    """What the postings themselves come to, one by one: in, out, balance, pending, count."""
    found: dict[str, list[int]] = {}
    resolved = set(Transfer.objects.exclude(resolves=None).values_list("resolves_id", flat=True))
    for each in Posting.objects.select_related("transfer"):
        if wanted.until and each.transfer.at >= wanted.until:
            continue
        for account, sign in ((each.source, -1), (each.destination, 1)):
            row = found.setdefault(account, [0, 0, 0, 0, 0])
            within = wanted.since is None or each.transfer.at >= wanted.since
            if each.transfer.phase == "pending" and each.transfer_id in resolved:
                continue
            row[4] += within
            if each.transfer.phase == "pending":
                row[3] += sign * each.amount_minor
            else:
                row[2] += sign * each.amount_minor
                row[0 if sign > 0 else 1] += each.amount_minor if within else 0
    return {account: (row[0], row[1], row[2], row[3], row[4]) for account, row in found.items()}


def kept(wanted: Wanted) -> dict[str, tuple[int, int, int, int, int]]:
    return {
        row.account: (row.in_minor, row.out_minor, row.balance_minor, row.pending_minor, row.postings)
        for row in held.every_account(wanted)
    }  # fmt: skip


def agree() -> None:
    assert drifted(since=None, until=date(2030, 1, 1), most=MUCH) == [] and unlike_families(most=MUCH) == []


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["post", "hold", "settle", "void", "gather"]), st.integers(1, 3), st.integers(1, 99),
                                st.integers(0, 60)), max_size=14),
       since=st.integers(0, 70), until=st.integers(0, 70))  # fmt: skip
def test_whatever_is_written_and_whenever_it_is_gathered_the_books_read_the_same(steps: list[Step], since: int, until: int) -> None:
    with transaction.atomic():
        waiting: list[str] = []
        for place, (deed, buyer, amount, hours) in enumerate(steps):
            at, key = NOON + timedelta(hours=hours), f"k{place}"
            if deed == "gather":
                gather(most=1 + amount % 4)
            elif deed in ("post", "hold"):
                refund(key, buyer=buyer, amount=amount, at=at, phase=post if deed == "post" else hold)
                waiting += [key] * (deed == "hold")
            elif waiting:
                (settle if deed == "settle" else void)(waiting.pop(), by="clock", now=at)
        for wanted in (
            Wanted(), Wanted(since=NOON + timedelta(hours=since)), Wanted(until=NOON + timedelta(hours=until)),
            Wanted(since=NOON + timedelta(hours=min(since, until)), until=NOON + timedelta(hours=max(since, until) + 1)),
            Wanted(until=datetime(2025, 3, 17, 16, tzinfo=UTC)), Wanted(since=datetime(2025, 3, 17, 16, tzinfo=UTC)),
        ):  # fmt: skip
            assert kept(wanted) == plain(wanted)
            sums = held.sums(wanted)
            assert sums == ({"CNY": (0, len(plain(wanted)))} if plain(wanted) else {})
        kinds = Counter(path.split(":")[0] for path in plain(Wanted()))
        assert {row.family.split("_")[0]: row.accounts for row in held.families()} == dict(kinds)
        while gather():
            pass
        assert kept(Wanted()) == plain(Wanted()) and Tail.objects.count() == 0
        assert {row.family.split("_")[0]: row.accounts for row in held.families()} == dict(kinds)
        agree()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_somebody_else_writes_is_counted_by_the_database_itself() -> None:
    transfer = Transfer.objects.create(recipe="sale", subject="x", phase="posted", key="import", by="command", at=NOON)
    Posting.objects.bulk_create(
        Posting(transfer=transfer, source="tender:fake:card", destination="merchant:7:payable", amount_minor=amount, currency="CNY")
        for amount in (5, 6)
    )
    assert {row.account: row.posted_minor for row in balances()} == {"tender:fake:card": -11, "merchant:7:payable": 11}
    assert trial_balance() == {"CNY": 0}
    agree()


@pytest.mark.django_db
def test_gathering_twice_gathers_once_and_a_later_day_moves_no_first_day() -> None:
    refund("a", at=NOON + timedelta(days=1))
    assert gather() == 3 and gather() == 0
    before = list(Turnover.objects.order_by("pk").values())
    assert gather() == 0 and list(Turnover.objects.order_by("pk").values()) == before
    refund("b", at=NOON + timedelta(days=2))
    refund("c", at=NOON)
    gather_tail(0)
    assert list(FamilyTurnover.objects.filter(family="buyer").order_by("day").values_list("day", "accounts")) == [
        (date(2025, 3, 17), 1), (date(2025, 3, 18), 0), (date(2025, 3, 19), 0),
    ]  # fmt: skip
    agree()


@pytest.mark.django_db
@pytest.mark.parametrize("forgery", [
    "UPDATE ledger_turnover SET in_minor = in_minor + 1 WHERE account = 'tender:fake:card'",
    "DELETE FROM ledger_turnover WHERE account = 'tender:fake:card'",
    "UPDATE ledger_turnover SET day = day - 1 WHERE account = 'tender:fake:card'",
    "UPDATE ledger_tail SET out_minor = out_minor - 1 WHERE account = 'buyer:4:refunds'",
    "DELETE FROM ledger_tail",
    "INSERT INTO ledger_turnover (account, currency, day, family, in_minor, out_minor, pending_minor, posted, pending)"
    " VALUES ('buyer:5:refunds', 'CNY', '2025-03-17', 'buyer', 7, 7, 0, 2, 0)",
])  # fmt: skip
def test_a_forged_balance_is_found(forgery: str) -> None:
    refund("a")
    gather()
    refund("b", buyer=4)
    agree()
    with connection.cursor() as cursor:
        cursor.execute(forgery)
    found = drifted(since=None, until=date(2030, 1, 1), most=MUCH)
    assert found and all(each.kept != each.written for each in found)


@pytest.mark.django_db
def test_a_kind_of_account_that_was_forged_is_found_without_reading_a_posting() -> None:
    refund("a")
    gather()
    for change in ("out_minor = out_minor + 1", "accounts = accounts + 1"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE ledger_familyturnover SET {change} WHERE family = 'buyer'")
            assert [(each.name, each.day) for each in unlike_families(most=MUCH)] == [("buyer", local_day(NOON))]
            transaction.set_rollback(True)
    agree()


@pytest.mark.django_db(transaction=True)
def test_writing_and_gathering_beside_each_other_loses_nothing_and_counts_nothing_twice() -> None:
    failures: list[Exception] = []

    def beside(work: Callable[[int], object]) -> Thread:
        def run() -> None:
            try:
                for place in range(20):
                    work(place)
            except Exception as why:
                failures.append(why)
            finally:
                connection.close()

        return Thread(target=run)

    threads = [beside(lambda place, each=each: refund(f"{each}-{place}", buyer=each)) for each in (1, 2)]  # type: ignore[misc]
    threads += [beside(lambda _: gather(most=5)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    while gather():
        pass
    assert kept(Wanted()) == plain(Wanted()) and plain(Wanted())["tender:fake:card"][0] == 40 * 9900
    agree()
