"""Real orders with the worst reviews travel through the HTTP API until the money is back, to the cent."""

import pytest

from bench.olist.__main__ import run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("crash")]


def test_five_real_orders_come_to_settled_refunds_on_a_bad_day_of_the_channel() -> None:
    result = run(5, channel="chaos")
    # All that Olist has: 15,000 less 115 without lines, and the further sellers' parts of 163.
    assert result.imported["orders"]["created"] == 15_000 - 115 + 169
    assert result.imported["refused"] == {"ORDER_WITHOUT_LINES": 115}
    assert len({outcome.order.number for outcome in result.outcomes}) == 5
    assert [outcome.wrong for outcome in result.outcomes] == [()] * 5
    assert all(outcome.paid_back_minor > 0 for outcome in result.outcomes)
    # The five told first: two returns of one line, split tenders, one line of several, a ruling, a pickup.
    assert {len(outcome.cases) for outcome in result.outcomes} == {1, 2}
    assert max(len(outcome.tenders) for outcome in result.outcomes) == 2
    assert result.books == {"over_paid": 0, "ledger_sum": 0, "buyers_sum": 0, "channel_difference": 0}
