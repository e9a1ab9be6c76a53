"""Webhooks against a real receiver: signed, retried, replayed, given up; and never into the own network."""

import ipaddress
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from pytest_django import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from shouhou.api.tests.conftest import Api, body
from shouhou.api.tests.receiver import Receiver, receiving
from shouhou.api.webhooks.actions import MOST_ATTEMPTS, attempt, fan_out
from shouhou.api.webhooks.models import Delivery, WebhookEndpoint
from shouhou.api.webhooks.rules import hears, is_public
from shouhou.plumbing.clock import now
from shouhou.plumbing.dispatch import dispatch_new_events
from shouhou.plumbing.feed import events_after, number_events
from shouhou.plumbing.models import Event, FeedEntry


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_PRIVATE = True
    settings.WEBHOOK_SECONDS = 1.0
    with receiving() as here:
        yield here


def hook(api: Api, url: str, *, events: list[str] | None = None, role: str = "shop") -> dict[str, Any]:
    response = api.post("webhooks", {"url": url, "events": events or []}, role=role)
    assert response.status_code == 201, response.content
    return dict(body(response))


def dispatch() -> int:
    """What the worker does twice a second; answers the last place of the feed."""
    settled()
    while dispatch_new_events():
        pass
    return FeedEntry.objects.latest("seq").seq


def settled() -> None:
    """Number until every event has its place; a long transaction of another database holds the horizon for a while."""
    for _ in range(2000):
        number_events()
        if not Event.objects.filter(feed_entry=None).exists():
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("events without a place")


def work(*, hurry: bool = False) -> None:
    """Run the worker until nothing is due; `hurry` lets waiting retries be due now."""
    if hurry:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        worker.run_worker(queues=["webhooks"], wait=False, install_signal_handlers=False, listen_notify=False)


def test_an_event_arrives_signed_and_whole(live_api: Api, receiver: Receiver) -> None:
    made = hook(live_api, receiver.url, events=["case.opened"])
    case = live_api.opened()
    dispatch()
    work()
    [(headers, data)] = receiver.got
    told = Webhook(made["secret"]).verify(data, headers)
    assert (told["type"], told["subject"], told["data"]["number"]) == ("case.opened", case["number"], case["number"])
    feed = {event["seq"]: event for event in body(live_api.get("events"))["items"]}
    same = feed[told["seq"]]
    assert {name: told[name] for name in ("type", "subject", "data")} == {name: same[name] for name in ("type", "subject", "data")}
    # The same instant; how many digits a fraction is written with is the writer's.
    assert datetime.fromisoformat(told["at"]) == datetime.fromisoformat(same["at"])
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(data.replace(b"opened", b"closed"), headers)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 1, 200)


def test_the_secret_is_told_once(live_api: Api, receiver: Receiver) -> None:
    made = hook(live_api, receiver.url)
    assert made["secret"].startswith("whsec_")
    assert "secret" not in body(live_api.get(f"webhooks/{made['id']}"))
    assert "secret" not in str(body(live_api.get("webhooks")))
    renewed = body(live_api.call("PATCH", f"webhooks/{made['id']}", {"new_secret": True}))
    assert renewed["secret"].startswith("whsec_") and renewed["secret"] != made["secret"]


def test_a_failing_receiver_is_tried_again_under_the_same_id(live_api: Api, receiver: Receiver) -> None:
    hook(live_api, receiver.url, events=["case.opened"])
    live_api.opened()
    receiver.status = 500
    dispatch()
    work()
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.attempts, waiting.last_status) == ("pending", 1, 500)
    assert waiting.next_at is not None and waiting.next_at > now()
    assert WebhookEndpoint.objects.get().failing_since is not None
    receiver.status = 204
    work(hurry=True)
    done = Delivery.objects.get()
    assert (done.state, done.attempts, done.last_status) == ("delivered", 2, 204)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert WebhookEndpoint.objects.get().failing_since is None


def test_a_dead_and_a_slow_receiver_are_waited_for_no_longer_than_agreed(live_api: Api, receiver: Receiver) -> None:
    live_api.opened()
    hook(live_api, "http://127.0.0.1:1/hook", events=["case.opened"])
    hook(live_api, receiver.url, events=["case.opened"])
    receiver.slow_seconds = 3.0
    began = now()
    dispatch()
    work()
    assert now() - began < timedelta(seconds=6)
    dead, slow = Delivery.objects.order_by("endpoint_id")
    assert (dead.state, dead.last_status) == ("pending", None)
    assert "Connect" in dead.last_error
    assert (slow.state, slow.last_status, slow.last_error) == ("pending", None, "no answer within 1.0 s")
    receiver.slow_seconds = 0.0
    work(hurry=True)
    assert Delivery.objects.get(id=slow.id).state == "delivered"


def test_a_redirect_is_not_followed(live_api: Api, receiver: Receiver) -> None:
    live_api.opened()
    hook(live_api, receiver.url, events=["case.opened"])
    receiver.status, receiver.location = 302, receiver.url + "/elsewhere"
    dispatch()
    work()
    assert len(receiver.got) == 1
    assert Delivery.objects.get().last_status == 302
    assert Delivery.objects.get().state == "pending"


def test_after_the_last_attempt_a_delivery_has_failed_for_good(live_api: Api, receiver: Receiver) -> None:
    hook(live_api, receiver.url, events=["case.opened"])
    live_api.opened()
    dispatch()
    Delivery.objects.update(attempts=MOST_ATTEMPTS - 1)
    receiver.status = 503
    attempt(Delivery.objects.get().id, attempts=MOST_ATTEMPTS - 1, now=now(), signed_at=now())
    failed = Delivery.objects.get()
    assert (failed.state, failed.attempts, failed.next_at) == ("failed", MOST_ATTEMPTS, None)


def test_an_overtaken_job_sends_nothing(live_api: Api, receiver: Receiver) -> None:
    hook(live_api, receiver.url, events=["case.opened"])
    live_api.opened()
    dispatch()
    work()
    attempt(Delivery.objects.get().id, attempts=0, now=now(), signed_at=now())
    assert len(receiver.got) == 1


def test_an_endpoint_failing_for_days_is_switched_off_and_that_is_an_event(live_api: Api, receiver: Receiver) -> None:
    made = hook(live_api, receiver.url, events=["case.opened"])
    live_api.opened()
    dispatch()
    WebhookEndpoint.objects.update(failing_since=now() - timedelta(days=4))
    receiver.status = 500
    work()
    told = body(live_api.get(f"webhooks/{made['id']}"))
    assert (told["active"], told["disabled_reason"]) == (False, "failing")
    assert Event.objects.get(type="webhook.disabled").subject == f"webhook:{made['id']}"
    assert body(live_api.post(f"webhooks/{made['id']}/replay?after=0"))["code"] == "WEBHOOK_INACTIVE"
    receiver.status = 200
    live_api.call("PATCH", f"webhooks/{made['id']}", {"active": True})
    assert body(live_api.post(f"webhooks/{made['id']}/replay?after=0"))["queued"] == 1
    work()
    assert Delivery.objects.get().state == "delivered"


def test_gone_switches_off_at_once(live_api: Api, receiver: Receiver) -> None:
    hook(live_api, receiver.url, events=["case.opened"])
    live_api.opened()
    receiver.status = 410
    dispatch()
    work()
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.active, endpoint.disabled_reason) == (False, "gone")
    assert Delivery.objects.get().state == "failed"


def test_replay_sends_again_from_a_place_under_the_same_ids(live_api: Api, receiver: Receiver) -> None:
    made = hook(live_api, receiver.url, events=["case.opened"])
    live_api.opened()
    middle = dispatch()
    live_api.opened()
    dispatch()
    work()
    first = {headers["webhook-id"] for headers, _ in receiver.got}
    assert len(first) == 2
    receiver.got.clear()
    response = live_api.post(f"webhooks/{made['id']}/replay?after={middle}", headers={"idempotency-key": "r1"})
    assert (response.status_code, body(response)) == (202, {"queued": 1, "next": None})
    work()
    [(headers, data)] = receiver.got
    assert headers["webhook-id"] in first
    assert orjson.loads(data)["seq"] > middle


def test_the_same_event_dispatched_twice_is_one_delivery_row(live_api: Api, receiver: Receiver) -> None:
    hook(live_api, receiver.url, events=["case.opened"])
    live_api.opened()
    dispatch()
    with transaction.atomic():
        for event in events_after(0, limit=100):
            fan_out(event)
    assert Delivery.objects.count() == 1


def test_a_shop_hears_only_its_own_and_a_stranger_sees_no_endpoint(live_api: Api, receiver: Receiver) -> None:
    mine = hook(live_api, receiver.url, role="merchant_manager", events=["case.opened"])
    live_api.opened(merchant="self")
    own = live_api.opened(merchant="m1")
    dispatch()
    work()
    assert [orjson.loads(data)["subject"] for _, data in receiver.got] == [own["number"]]
    path = f"webhooks/{mine['id']}"
    for method, where, sent in (
        ("GET", path, None), ("PATCH", path, {"active": False}), ("DELETE", path, None),
        ("POST", f"{path}/replay?after=0", None), ("GET", f"{path}/deliveries", None),
    ):  # fmt: skip
        response = live_api.call(method, where, sent, role="stranger_shop")
        assert (response.status_code, body(response)["code"]) == (404, "WEBHOOK_NOT_FOUND")
    assert WebhookEndpoint.objects.get().active
    deliveries = body(live_api.get(f"{path}/deliveries", role="merchant_operator"))
    assert [item["state"] for item in deliveries["items"]] == ["delivered"]
    assert live_api.call("DELETE", path, role="merchant_manager").status_code == 204
    assert not Delivery.objects.exists()


def test_a_stale_version_changes_no_endpoint(api: Api) -> None:
    made = hook(api, "https://shop.example/hook")
    for more in ({"version": 9}, {}):
        headers = {} if more else {"if-match": '"9"'}
        response = api.call("PATCH", f"webhooks/{made['id']}", {"active": False, **more}, headers=headers)
        assert (response.status_code, body(response)["code"]) == (409, "OVERTAKEN")
    assert WebhookEndpoint.objects.get().active


@pytest.mark.parametrize("url", [
    "http://127.0.0.1/x", "http://localhost:8000/x", "http://10.1.2.3/x", "http://[::1]/x", "http://169.254.169.254/latest",
    "http://[::ffff:10.0.0.1]/x", "http://[64:ff9b::a00:1]/x", "http://0.0.0.0/x", "ftp://shop.example/x",
    "https://user:pw@shop.example/x", "https:///nothing", "javascript:alert(1)", "http://shop.example:0/x",
    "http://shop.example:99999/x", "http://[bad/x", "https://shop.example/a b",
])  # fmt: skip
def test_an_address_of_the_own_network_or_none_is_refused(api: Api, settings: Settings, url: str) -> None:
    settings.WEBHOOKS_PRIVATE = False
    response = api.post("webhooks", {"url": url})
    assert (response.status_code, body(response)["code"]) == (422, "WEBHOOK_URL")
    assert not WebhookEndpoint.objects.exists()


def test_a_name_that_leads_into_the_own_network_is_not_called(
    live_api: Api, receiver: Receiver, settings: Settings
) -> None:
    hook(live_api, receiver.url.replace("127.0.0.1", "localhost"), events=["case.opened"])
    live_api.opened()
    settings.WEBHOOKS_PRIVATE = False
    dispatch()
    work()
    assert receiver.got == []
    assert Delivery.objects.get().last_error == "the address is not public"


def test_unknown_events_are_refused_and_families_are_known(api: Api) -> None:
    response = api.post("webhooks", {"url": "https://shop.example/hook", "events": ["case.exploded"]})
    assert (response.status_code, body(response)["code"]) == (422, "WEBHOOK_EVENTS")
    assert hook(api, "https://shop.example/hook", events=["case.*", "*"])["events"] == ["*", "case.*"]


def test_which_addresses_are_public() -> None:
    assert is_public(ipaddress.ip_address("93.184.216.34"))
    assert is_public(ipaddress.ip_address("2606:2800:220:1:248:1893:25c8:1946"))
    for private in ("100.64.0.1", "192.168.0.1", "224.0.0.1", "fe80::1", "fc00::1", "::", "2002:a00:1::", "ff02::1"):
        assert not is_public(ipaddress.ip_address(private)), private


def test_a_filter_hears_names_families_and_everything() -> None:
    assert hears([], "case.moved") and hears(["*"], "case.moved") and hears(["case.*"], "case.moved")
    assert not hears(["case.opened"], "case.moved") and not hears(["refund.*"], "case.moved")
