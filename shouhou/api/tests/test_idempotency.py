"""The same POST twice, and twice at once, is one effect with one answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import Client

from shouhou.api.tests.conftest import Api, body, wish
from shouhou.api.webhooks.models import WebhookEndpoint
from shouhou.cases.models import Case, Message
from shouhou.plumbing.models import IdempotentAnswer

HOOK = {"url": "https://shop.example/hook", "events": ["case.*"]}


def keyed(key: str) -> dict[str, str]:
    return {"idempotency-key": key}


def test_the_same_key_and_body_get_the_first_answer_again(api: Api) -> None:
    order = api.order()
    first = api.post("cases", wish(order), headers=keyed("k1"))
    again = api.post("cases", wish(order), headers=keyed("k1"))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Case.objects.count() == 1


def test_the_order_of_fields_does_not_make_another_body(api: Api) -> None:
    order = api.order()
    first = api.post("cases", wish(order), headers=keyed("k1"))
    again = api.post("cases", dict(reversed(wish(order).items())), headers=keyed("k1"))
    assert again.content == first.content


def test_the_same_key_with_another_body_or_address_is_refused(api: Api) -> None:
    one, two = api.order(), api.order()
    api.post("cases", wish(one), headers=keyed("k1"))
    for response in (
        api.post("cases", wish(two), headers=keyed("k1")),
        api.post("webhooks", HOOK, headers=keyed("k1")),
    ):
        assert (response.status_code, body(response)["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Case.objects.count() == 1
    assert not WebhookEndpoint.objects.exists()


def test_another_clients_key_of_the_same_name_is_another_key(api: Api) -> None:
    for role in ("shop", "operations"):
        assert api.post("webhooks", HOOK, role=role, headers=keyed("same")).status_code == 201
    assert WebhookEndpoint.objects.count() == 2


def test_a_refusal_is_an_answer_too_and_changes_nothing(api: Api) -> None:
    order = api.order(days_ago=300)
    first = api.post("cases", wish(order), headers=keyed("k1"))
    again = api.post("cases", wish(order), headers=keyed("k1"))
    assert first.status_code == again.status_code
    assert 400 <= first.status_code < 500
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert again["Content-Type"] == "application/problem+json"
    assert not Case.objects.exists()


def test_not_found_is_not_kept_what_comes_later_is_found(api: Api) -> None:
    missing = api.post("cases", wish("JD77"), headers=keyed("k1"))
    assert missing.status_code == 404
    api.order("JD77")
    assert api.post("cases", wish("JD77"), headers=keyed("k1")).status_code == 201


def test_a_dry_run_takes_no_key(api: Api) -> None:
    order = api.order()
    shown = api.post("cases?dry_run=true", wish(order), headers=keyed("k1"))
    assert shown.status_code == 200, shown.content
    assert not Case.objects.exists()
    assert not IdempotentAnswer.objects.exists()
    assert api.post("cases", wish(order), headers=keyed("k1")).status_code == 201


def test_a_key_of_odd_letters_is_refused(api: Api) -> None:
    for key in ("", "x" * 201, "schlüssel", "a\tb"):
        response = api.post("webhooks", HOOK, headers=keyed(key))
        assert (response.status_code, body(response)["code"]) == (422, "INVALID_IDEMPOTENCY_KEY"), key
    assert not WebhookEndpoint.objects.exists()


def test_the_answer_and_the_effect_stand_or_fall_together(api: Api) -> None:
    case = api.opened()
    path = f"cases/{case['number']}/messages"
    assert api.post(path, {"text": "你好"}, headers=keyed("m1")).status_code == 201
    assert api.post(path, {"text": "你好"}, headers=keyed("m1")).status_code == 201
    assert Message.objects.count() == 1
    assert IdempotentAnswer.objects.get(key="m1").status == 201


def test_two_at_once_are_one_case_and_one_answer(live_api: Api) -> None:
    order = live_api.order()
    answers = at_once(8, lambda client: post(client, live_api, "/api/v1/cases", wish(order), keyed("k1")))
    assert Case.objects.count() == 1
    assert {response.status_code for response in answers} == {201}
    assert len({response.content for response in answers}) == 1
    assert sum("Idempotent-Replayed" not in response for response in answers) == 1


def test_two_keys_at_once_for_the_same_unit_give_one_case(live_api: Api) -> None:
    order = live_api.order()
    numbers = iter(range(8))
    answers = at_once(
        8, lambda client: post(client, live_api, "/api/v1/cases", wish(order, quantity=2), keyed(f"k{next(numbers)}"))
    )
    assert sorted(response.status_code for response in answers) == [201] + [409] * 7
    assert Case.objects.count() == 1


def test_while_the_first_is_running_the_second_is_told_to_come_back(live_api: Api) -> None:
    """The first one holds its key for longer than anybody waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_apikey WHERE role = 'shop'")
        client_id = f"key:{cursor.fetchone()[0]}"
    with transaction.atomic():
        IdempotentAnswer.objects.create(client=client_id, key="k1", fingerprint=b"", status=0, body=b"")
        [response] = at_once(1, lambda client: post(client, live_api, "/api/v1/webhooks", HOOK, keyed("k1")))
        transaction.set_rollback(True)
    assert (response.status_code, body(response)["code"]) == (409, "IN_PROGRESS")
    assert response["Retry-After"] == "1"
    assert live_api.post("webhooks", HOOK, headers=keyed("k1")).status_code == 201
    assert WebhookEndpoint.objects.count() == 1


def post(client: Client, api: Api, path: str, data: dict[str, Any], headers: dict[str, str]) -> HttpResponse:
    return Api(client, api.keys, api.shop, api.third).post(path, data, headers=headers)


def at_once(count: int, act: Callable[[Client], HttpResponse]) -> list[HttpResponse]:
    """`count` threads, let go together, each with its own connection."""
    gate = Barrier(count)

    def one(_: int) -> HttpResponse:
        try:
            gate.wait(timeout=60)
            return act(Client(raise_request_exception=False))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
