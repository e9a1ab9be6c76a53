"""Orders by the thousand: an answer per line, and a bad line hurts no other."""

from typing import Any

import orjson
import pytest

from shouhou.merchants.models import Merchant
from shouhou.orders.actions import bulk_put
from shouhou.orders.actions.bulk import LineAnswer
from shouhou.orders.models import Order, OrderLine
from shouhou.orders.tests.conftest import NOW, plain, put, stored, together
from shouhou.plumbing.actor import SYSTEM, Actor

pytestmark = pytest.mark.django_db


def numbered(number: str, **changes: Any) -> bytes:
    return orjson.dumps(plain(number=number, **changes))


def bulk(*lines: bytes, actor: Actor = SYSTEM, **how: Any) -> list[LineAnswer]:
    return list(bulk_put(lines, actor=actor, now=NOW, **how))


def test_each_line_gets_its_answer_and_a_bad_one_hurts_no_other() -> None:
    answers = bulk(
        numbered("A"), b"{", b"", numbered("B", lines=[], shipments=[]), numbered("C", currency="XXX"), numbered("A"),
        numbered("A", freight=3), b" " * 1_000_001 + b"x", numbered("D"),
    )  # fmt: skip
    assert [(a.line, a.outcome, a.code) for a in answers] == [
        (1, "created", None), (2, "refused", "MALFORMED_ORDER"), (4, "refused", "ORDER_WITHOUT_LINES"),
        (5, "refused", "INVALID_INPUT"), (6, "unchanged", None), (7, "updated", None), (8, "refused", "MALFORMED_ORDER"),
        (9, "created", None),
    ]  # fmt: skip
    assert set(Order.objects.values_list("number", "version")) == {("A", 2), ("D", 1)}


def test_a_thousand_orders_take_few_statements(django_assert_max_num_queries: Any) -> None:
    lines = [numbered(f"N{n}", buyer={"id": f"u{n % 100}"}) for n in range(1000)]
    with django_assert_max_num_queries(30):
        answers = bulk(*lines)
    assert {answer.outcome for answer in answers} == {"created"}
    assert OrderLine.objects.count() == 2000
    before = stored()
    assert {answer.outcome for answer in bulk(*lines)} == {"unchanged"}
    assert stored() == before


def test_bulk_and_single_store_the_same() -> None:
    bulk(numbered("A"))
    assert put(plain(), number="A").outcome == "unchanged"


def test_lines_beyond_the_limit_are_not_read() -> None:
    answers = bulk(*(numbered(f"N{n}") for n in range(5)), max_bulk=3)
    assert [a.code for a in answers] == [None, None, None, "BULK_TOO_LONG"]
    assert Order.objects.count() == 3


def test_a_merchants_bulk_takes_only_its_own() -> None:
    put(plain(merchant={"code": "m1", "channel": "third"}), number="X")
    one = Actor(role="merchant_manager", who="key:1", merchant_id=Merchant.objects.get(code="m1").pk)
    answers = bulk(numbered("Y", merchant={"code": "m1", "channel": "third"}), numbered("Z"), actor=one)
    assert [a.code for a in answers] == [None, "NOT_YOUR_ORDER"]


@pytest.mark.django_db(transaction=True)
def test_the_same_bulk_four_times_at_once_makes_each_order_once() -> None:
    lines = [numbered(f"N{n}", buyer={"id": f"u{n % 7}"}) for n in range(60)]
    results = together(lambda place: [answer.outcome for answer in bulk(*(lines if place % 2 else reversed(lines)))], 4)
    outcomes = [outcome for result in results for outcome in result]  # type: ignore[attr-defined]
    assert (outcomes.count("created"), outcomes.count("unchanged")) == (60, 180)
    assert (Order.objects.count(), OrderLine.objects.count()) == (60, 120)
