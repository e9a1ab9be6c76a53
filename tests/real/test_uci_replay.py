"""The first real returns of UCI Online Retail go through the real moves until the money is back, to the penny."""

from pathlib import Path

import duckdb
import pytest
from pytest_django import Settings

from bench.uci_replay.__main__ import FOLDER
from bench.uci_replay.proof import report
from bench.uci_replay.returns import read_returns
from bench.uci_replay.shop import open_shop
from bench.uci_replay.travel import Replay
from shouhou.orders.shop.fake.server import Shop
from shouhou.orders.tests.conftest import shop
from shouhou.payments.tests.conftest import Fake, fake

__all__ = ["fake", "shop"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MANY = 200


def test_the_first_two_hundred_real_returns_are_told(tmp_path: Path, settings: Settings, fake: Fake, shop: Shop) -> None:
    settings.HOME = tmp_path
    returns = read_returns(FOLDER / "uci_returns.ndjson.gz", limit=MANY)
    orders = tmp_path / "orders.parquet"
    with duckdb.connect() as db:
        db.execute("CREATE TABLE wanted AS SELECT unnest(?) AS number", [sorted({one.order for one in returns})])
        real = f"SELECT * FROM '{FOLDER / 'online_retail.parquet'}' WHERE InvoiceNo IN (SELECT number FROM wanted)"
        db.execute(f"COPY ({real}) TO '{orders}' (FORMAT parquet)")
    open_shop(orders)
    replay = Replay(returns)
    replay.run()
    found = report(
        returns, replay.shelves, replay.refusals, seconds=1.0, moves=replay.moves, movements=fake.movements()
    )
    assert found.wrong == dict.fromkeys(found.wrong, 0)
    assert (found.figures["taken"], found.figures["partly"], found.figures["refused"]) == (MANY, 0, {})
    assert found.figures["states"] == {"closed": MANY}
    assert found.figures["units"]["taken"] == sum(one.quantity for one in returns)
    assert found.figures["money_minor"]["refunded"] == found.figures["money_minor"]["channel"] > 0
