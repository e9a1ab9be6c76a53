"""How often a hot call asks the database: a budget that does not grow with the number of rows."""

import pytest
from pytest_django import DjangoAssertNumQueries

from shouhou.api.tests.conftest import Api, wish
from shouhou.api.tests.test_cases import SHIP


@pytest.mark.parametrize("count", [1, 12])
def test_reads_ask_the_same_number_of_questions_for_few_and_many(
    api: Api, django_assert_max_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    numbers = [api.opened()["number"] for _ in range(count)]
    for path, most in (("cases?limit=100", 2), (f"cases/{numbers[0]}", 13), (f"cases/{numbers[0]}/moves", 5)):
        api.get(path)
        with django_assert_max_num_queries(most):
            assert api.get(path).status_code == 200


def test_entitlements_are_the_key_and_one_look(api: Api, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    number = api.order()
    api.get(f"orders/{number}/entitlements")
    with django_assert_max_num_queries(3):
        assert api.get(f"orders/{number}/entitlements").status_code == 200


def test_an_application_and_a_move_stay_within_their_budget(
    api: Api, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    api.opened()
    order = api.order()
    with django_assert_max_num_queries(18):
        opened = api.post("cases", wish(order), headers={"idempotency-key": "k1"})
    assert opened.status_code == 201
    number = opened.json()["number"]  # type: ignore[attr-defined]
    # A waybill asks whether its courier is switched on, and whether a parcel that nobody knew carries it.
    with django_assert_max_num_queries(20):
        assert api.post(f"cases/{number}/moves/ship", {"answers": SHIP}, headers={"idempotency-key": "k2"}).status_code == 200
