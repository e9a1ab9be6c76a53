"""The feed is complete and in order, however many write at once."""

import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connections, transaction
from django.test import Client

from shouhou.api.tests.conftest import Api, body, wish
from shouhou.api.tests.test_webhooks import settled
from shouhou.plumbing.clock import now
from shouhou.plumbing.events import EVENT_TYPES, publish
from shouhou.plumbing.models import Event

WRITERS, EACH = 6, 20


def follow(api: Api, *, role: str = "shop", until: int, limit: int = 7) -> list[dict[str, object]]:
    """What a client sees that reads on and on with the last `next` it was given."""
    seen: list[dict[str, object]] = []
    after = 0
    # As patient as `settled`: a long transaction of another database holds the horizon.
    until_at = time.monotonic() + 100
    while time.monotonic() < until_at:
        page = body(api.get(f"events?after={after}&limit={limit}", role=role))
        seen += page["items"]
        assert page["next"] == (page["items"][-1]["seq"] if page["items"] else after)
        after = page["next"]
        if len(seen) >= until:
            break
        if not page["items"]:
            time.sleep(0.02)
    return seen


def test_a_reader_beside_concurrent_writers_misses_nothing(live_api: Api) -> None:
    moved = EVENT_TYPES["case.moved"]

    def write(writer: int) -> None:
        try:
            for place in range(EACH):
                with transaction.atomic():
                    publish(moved, subject=f"SO-{writer}-{place}", now=now(), data={"writer": writer, "place": place})
                    # The longer the transaction, the later it commits what it numbered early.
                    time.sleep(0.001 * (writer % 3))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, writer) for writer in range(WRITERS)]
        seen = follow(live_api, until=WRITERS * EACH)
        for each in writing:
            each.result()
    assert len(seen) == WRITERS * EACH == Event.objects.count()
    seqs = [int(str(event["seq"])) for event in seen]
    assert seqs == sorted(set(seqs))
    assert {event["subject"] for event in seen} == {f"SO-{w}-{p}" for w in range(WRITERS) for p in range(EACH)}


def test_a_shop_and_a_buyer_see_their_own_and_no_inside_notes(live_api: Api) -> None:
    mine = live_api.opened(merchant="m1")["number"]
    other = live_api.opened(merchant="self", buyer="u2")["number"]
    live_api.post(f"cases/{mine}/messages", {"text": "内部", "internal": True}, role="agent")
    settled()
    everything = body(live_api.get("events?limit=1000"))["items"]
    assert {mine, other} <= {event["subject"] for event in everything}
    of_shop = body(live_api.get("events?limit=1000", role="merchant_manager"))["items"]
    assert other not in {event["subject"] for event in of_shop}
    assert any(event["type"] == "case.message" for event in of_shop)
    of_buyer = body(live_api.get("events?limit=1000", role="consumer"))["items"]
    assert mine in {event["subject"] for event in of_buyer} and other not in {event["subject"] for event in of_buyer}
    assert not any(event["type"] == "case.message" for event in of_buyer)


def test_an_event_of_a_refused_application_is_never_told(live_api: Api) -> None:
    order = live_api.order(days_ago=300)
    before = Event.objects.count()
    assert live_api.post("cases", wish(order)).status_code == 422
    assert Event.objects.count() == before


def test_the_end_of_the_feed_stays_where_it_is(live_api: Api) -> None:
    live_api.opened()
    settled()
    last = body(live_api.get("events?limit=1000"))["next"]
    assert last > 0
    assert body(live_api.get(f"events?after={last}")) == {"items": [], "next": last}
    assert Client().get("/api/v1/events").status_code == 401
