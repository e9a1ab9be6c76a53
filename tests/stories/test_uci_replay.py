"""The replay of returns on a made-up excerpt in the real files' shape: taken, partly, refused, to the penny, once."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from bench.uci_replay.proof import Report, report, told
from bench.uci_replay.returns import RealReturn, read_returns
from bench.uci_replay.shop import open_shop
from bench.uci_replay.travel import Replay
from shouhou.cases.models import Case
from shouhou.orders.models import OrderLine
from shouhou.orders.shop.fake.server import Shop
from shouhou.payments.tests.conftest import Fake

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
# A plain invoice; one article on two lines; a discount row; one that costs more than one person may pay back.
ORDERS = """
700001,A1,MUG,6,2010-12-01 09:00:00,2.55,501.0,United Kingdom
700001,POST,POSTAGE,1,2010-12-01 09:00:00,18.00,501.0,United Kingdom
700001,B2,TIN,3,2010-12-01 09:00:00,0.85,501.0,United Kingdom
700002,C3,BAG,2,2010-12-01 10:00:00,1.65,502.0,France
700002,C3,BAG,4,2010-12-01 10:00:00,1.45,502.0,France
700003,D4,LAMP,3,2010-12-02 11:00:00,3.35,,United Kingdom
700003,D,Discount,-1,2010-12-02 11:00:00,1.00,,United Kingdom
700004,E5,CAKE STAND,5000,2010-12-03 12:00:00,1.04,504.0,United Kingdom
C700009,A1,MUG,-1,2010-12-04 12:00:00,2.55,501.0,United Kingdom
"""
# order, line, sku, quantity, amount, at
RETURNS: list[tuple[str, int, str, int, str, str]] = [
    ("700001", 1, "A1", 4, "10.20", "2010-12-02T10:00:00"),
    ("700002", 1, "C3", 5, "7.65", "2010-12-02T10:30:00"),
    ("700001", 9, "B2", 3, "2.55", "2010-12-03T10:00:00"),
    ("700003", 1, "D4", 2, "6.70", "2010-12-03T11:00:00"),
    ("700001", 1, "A1", 3, "7.65", "2010-12-10T10:00:00"),
    ("700001", 1, "A1", 1, "2.55", "2010-12-11T10:00:00"),
    ("700001", 1, "Z9", 1, "2.55", "2010-12-11T10:00:00"),
    ("799999", 1, "A1", 1, "2.55", "2010-12-11T11:00:00"),
    ("700004", 1, "E5", 1, "1.04", "2010-12-03T11:59:00"),
    ("700004", 1, "E5", 5000, "5200.00", "2010-12-12T09:00:00"),
    ("700003", 1, "D4", 1, "3.35", "2011-01-20T09:00:00"),
]


@pytest.fixture
def told_returns(tmp_path: Path, settings: Settings, fake: Fake, shop: Shop) -> list[RealReturn]:
    """The orders are in the house; the returns are to be told."""
    settings.HOME = tmp_path
    orders, returns = tmp_path / "orders.csv", tmp_path / "returns.ndjson"
    orders.write_text(HEAD + ORDERS)
    names = ("order_id", "line_no", "sku", "qty", "amount", "requested_at")
    rows = [{"event_id": f"C7-{n}", **dict(zip(names, row, strict=True))} for n, row in enumerate(RETURNS)]
    returns.write_text("".join(json.dumps(row) + "\n" for row in rows))
    open_shop(orders)
    return read_returns(returns)


def account(returns: list[RealReturn], replay: Replay, fake: Fake) -> Report:
    return report(returns, replay.shelves, replay.refusals, seconds=1.0, moves=replay.moves, movements=fake.movements())


def money() -> dict[str, int]:
    return {case.event: case.refunded_minor for case in told()}


def test_each_return_comes_to_the_end_that_fits_to_the_penny(told_returns: list[RealReturn], fake: Fake) -> None:
    replay = Replay(told_returns)
    replay.run()
    found = account(told_returns, replay, fake)
    assert found.wrong == dict.fromkeys(found.wrong, 0)
    assert found.figures["refused"] == {"BEFORE_PURCHASE": 1, "QUANTITY_TAKEN": 1, "LINE_UNKNOWN": 1, "ORDER_NOT_FOUND": 1}
    assert (found.figures["taken"], found.figures["partly"]) == (6, 1)
    assert found.figures["units"] == {"asked": 5022, "taken": 5017}
    # 4 of 6 mugs, then the 2 left of 3 asked; bags from the named line first; lamps less the discount row.
    assert money() == {
        "C7-0": 1020, "C7-1": 2 * 165 + 3 * 145, "C7-2": 255, "C7-3": 604, "C7-4": 510, "C7-9": 520000, "C7-10": 301,
    }  # fmt: skip
    assert found.figures["second_person"] == 1
    assert found.figures["states"] == {"closed": 7}
    assert found.figures["books"] == {"std-1 1": 7}
    assert OrderLine.objects.get(sku="A1").claimed_quantity == 6
    # Applied for when the real customer did, and paid back a few days later: the clock was theirs.
    first = Case.objects.get(call_note="uci:C7-0")
    assert first.submitted_at == datetime(2010, 12, 2, 10, tzinfo=UTC)
    assert first.resolved_at is not None
    assert 3 <= (first.resolved_at - first.submitted_at).days <= 5


def test_killed_half_way_it_goes_on_and_told_again_it_changes_nothing(told_returns: list[RealReturn], fake: Fake) -> None:
    Replay(told_returns).run(until=datetime(2010, 12, 4, 12, tzinfo=UTC))
    half: dict[str, Any] = dict(Case.objects.values_list("call_note", "status"))
    assert len(half) == 4
    assert "closed" not in half.values()
    again = Replay(told_returns)
    again.run()
    assert again.moves["submit"] == 3
    found = account(told_returns, again, fake)
    assert found.good, found.wrong
    assert (found.figures["taken"], found.figures["partly"]) == (6, 1)
    paid, versions = money(), dict(Case.objects.values_list("number", "version"))
    third = Replay(told_returns)
    third.run()
    assert not third.moves
    assert (money(), dict(Case.objects.values_list("number", "version"))) == (paid, versions)
    assert len(fake.movements()) == 7


def test_a_return_that_was_paid_wrongly_is_named(told_returns: list[RealReturn], fake: Fake) -> None:
    replay = Replay(told_returns)
    replay.run()
    movements = fake.movements()
    short = report(
        told_returns, replay.shelves, replay.refusals, seconds=1.0, moves=replay.moves, movements=movements[1:]
    )
    assert not short.good
    assert short.wrong["channel_difference"] == movements[0]["amount"]
    replay.shelves["700001"].lines[0].paid_minor += 6
    assert account(told_returns, replay, fake).wrong["cent_wrong"] == 2
