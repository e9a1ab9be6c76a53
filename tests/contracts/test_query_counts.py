"""Few statements where it is hot: a change that adds a round trip must say so here."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shouhou.cases.queries import CaseFilter, entitlements, list_cases
from shouhou.plumbing.feed import feed_page
from tests.world import World


def statements(call: Callable[[], object]) -> list[str]:
    """What was asked of the database, without the savepoints of the test's own transaction."""
    with CaptureQueriesContext(connection, ) as asked:
        call()
    return [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]


@pytest.fixture
def warm(world: World) -> World:
    """Books and calendars are read once per process: not what is counted here."""
    world.apply(world.order())
    return world


def test_an_application_takes_two_statements(warm: World) -> None:
    """The order with its lines and its money, and one write of everything."""
    order = warm.order()
    buyer = warm.buyer()
    assert len(statements(lambda: warm.apply(order, actor=buyer))) == 2


def test_a_plain_move_takes_three_statements(warm: World) -> None:
    """The lock, the case, and one write of everything."""
    number = warm.apply(warm.order(), reason="quality", description="坏了")["number"]
    buyer = warm.buyer()
    assert len(statements(lambda: warm.move(number, "send_evidence", actor=buyer, description="如图"))) == 3


def test_entitlements_lists_and_the_feed_take_one_statement_each(warm: World) -> None:
    order, agent = warm.order(), warm.staff("agent")
    assert len(statements(
        lambda: entitlements(order, actor=agent, reason="no_reason", at=warm.now, language="en")
    )) == 1  # fmt: skip
    assert len(statements(lambda: list_cases(CaseFilter(sort="due"), actor=agent, language="en"))) == 1
    assert len(statements(lambda: feed_page(0, limit=25))) == 1
