"""The buyer's lists as files, and what a guest, who proved one order, can reach of the same buyer's other things."""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any, cast

import pytest
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Attachment, Case, Message, Rating
from shouhou.cases.queries import CaseFilter, list_cases
from shouhou.cases.queue import QueueFilter, queue_stream
from shouhou.notifications.actions import write_notices
from shouhou.notifications.models import Notice
from shouhou.orders.queries import visible_to
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.models import Event, Upload
from shouhou.web.models import Draft
from shouhou.web.tests.pictures import png
from shouhou.web.who import GUEST_KEY
from tests.world import World

PAIR = [{"line": 1, "sku": "K", "title": "电热水壶", "category": "kettle", "quantity": 2, "unit_price": 19900, "paid": 39800}]
PAID = [{"tender": "card", "amount": 39800, "reference": "c"}]
OTHER: dict[str, Any] = {"buyer": {"id": "u2", "name": "路人", "phone": "13700000009"}}


@pytest.fixture
def guest(world: World, buyer: Callable[..., Client]) -> Callable[[str], Client]:
    """The browser of the world's buyer who came by the number of `order` and a code."""

    def came(order: str) -> Client:
        client = buyer()
        session = client.session
        session[GUEST_KEY] = visible_to(world.buyer()).get(number=order).pk
        session.save()
        return client

    return came


def rows_of(answer: HttpResponseBase) -> list[dict[str, str]]:
    text = b"".join(cast(Iterable[bytes], cast(StreamingHttpResponse, answer).streaming_content)).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_files_hold_what_the_lists_show_and_nothing_of_another_buyer(world: World, buyer: Callable[..., Client]) -> None:
    first, second, strange = world.order(), world.order(), world.order(**OTHER)
    case = world.apply(first)["number"]
    world.apply(strange, actor=world.buyer("u2"))
    orders = rows_of(buyer().get("/orders.csv"))
    assert [(row["订单号"], row["商品"], row["实付"], row["售后单号"]) for row in orders] == [
        (second, "电热水壶", "199.00", ""), (first, "电热水壶", "199.00", case),
    ]  # fmt: skip
    cases = rows_of(buyer().get("/cases.csv"))
    assert [(row["售后单号"], row["退款金额"], row["轮到谁"]) for row in cases] == [(case, "199.00", "您")]
    assert rows_of(buyer().get(f"/orders.csv?q={first}"))[0]["订单号"] == first
    assert rows_of(buyer().get("/cases.csv?view=closed")) == []
    assert buyer().get("/cases.xlsx")["Content-Type"].endswith("sheet")
    assert buyer().get("/cases.pdf").status_code == 404


def test_the_list_offers_the_file_of_what_it_shows(world: World, buyer: Callable[..., Client]) -> None:
    order = world.order()
    assert f'href="/orders.xlsx?q={order}&amp;view=left"' in buyer().get(f"/orders/?q={order}&view=left").content.decode()
    assert "/cases.csv" not in buyer().get("/cases/").content.decode()


def test_a_guest_searches_and_exports_one_order_only(world: World, guest: Callable[[str], Client]) -> None:
    mine, hidden = world.order(), world.order()
    case, secret = (str(world.apply(order)["number"]) for order in (mine, hidden))
    client = guest(mine)
    assert client.get("/search/", {"q": case})["Location"] == f"/cases/{case}/"
    assert f"/cases/{case}/" in client.get("/search/", {"q": mine}).content.decode()
    for sought in (hidden, secret, "13800000001", "0001"):
        html = client.get("/search/", {"q": sought}, follow=True).content.decode()
        assert f"/cases/{secret}/" not in html
        assert f"/orders/{hidden}/" not in html
    assert [row["订单号"] for row in rows_of(client.get("/orders.csv"))] == [mine]
    assert [row["售后单号"] for row in rows_of(client.get("/cases.csv"))] == [case]


DOORS = ("orders/{order}/", "orders/{order}/apply/?line=1", "orders/{order}/apply/way/", "orders/{order}/apply/confirm/",
         "cases/{case}/", "cases/{case}/applied/", "cases/{case}/moves/ship/", "cases/{case}/slip/",
         "cases/{case}/news/?token=x", "cases/{case}/courier/?tracking_number=SF0000000001")  # fmt: skip
DEEDS = ("orders/{order}/apply/", "orders/{order}/apply/way/", "orders/{order}/apply/confirm/", "orders/{order}/apply/draft/",
         "orders/{order}/apply/files/", "orders/{order}/apply/discard/", "cases/{case}/moves/cancel/", "cases/{case}/messages/",
         "cases/{case}/uploads/", "cases/{case}/evidence/", "cases/{case}/rating/")  # fmt: skip


@pytest.mark.parametrize("path", DOORS)
def test_a_guest_opens_no_page_of_the_buyers_other_orders(world: World, guest: Callable[[str], Client], path: str) -> None:
    mine, hidden = (world.order(lines=PAIR, payments=PAID) for _ in range(2))
    own, secret = (str(world.apply(order)["number"]) for order in (mine, hidden))
    client = guest(mine)
    assert client.get("/" + path.format(order=hidden, case=secret)).status_code == 404
    assert client.get("/" + path.format(order=mine, case=own)).status_code in (200, 204, 302)


@pytest.mark.parametrize("path", DEEDS)
def test_a_guest_does_nothing_to_the_buyers_other_orders(world: World, guest: Callable[[str], Client], path: str) -> None:
    mine, hidden = world.order(), world.order()
    secret = str(world.apply(hidden)["number"])
    before = Case.objects.values("version", "status").get(number=secret)
    form = {"text": "嗯", "once": "k", "grade": "5", "line": "1", "note": "不要了", "acknowledged": "1", "seal": "x", "step": "why"}
    with png().open() as photo:
        answer = guest(mine).post("/" + path.format(order=hidden, case=secret), {**form, "file": photo, "photos": png("two.png")})
    assert answer.status_code == 404
    assert Case.objects.values("version", "status").get(number=secret) == before
    assert [kind.objects.count() for kind in (Draft, Message, Rating, Upload, Attachment)] == [0] * 5


def test_a_guest_sees_no_notice_and_no_file_of_the_buyers_other_orders(
    world: World, buyer: Callable[..., Client], guest: Callable[[str], Client]
) -> None:
    mine, hidden = world.order(), world.order()
    secret = str(world.apply(hidden)["number"])
    buyer().post(reverse("web:evidence", args=[secret]), {"file": png(), "once": "k"})
    token = Upload.objects.get().token
    assert buyer().get(f"/files/{token}/").status_code == 200
    for row in Event.objects.order_by("id"):
        write_notices(FeedEvent(row.id, row.at, row.type, row.subject, row.merchant_id, row.buyer_id, row.data), now=world.now)
    told = Notice.objects.filter(subject=secret, channel="site").latest("id")
    client = guest(mine)
    assert client.get(f"/files/{token}/").status_code == 404
    assert client.get(f"/notices/{told.pk}/").status_code == 404
    assert secret not in client.get("/notices/").content.decode()
    client.post("/notices/read/", {"newest": str(told.pk), "once": "k2"})
    told.refresh_from_db()
    assert told.read_at is None


def test_below_the_pages_too_a_guest_has_one_order(world: World) -> None:
    mine, hidden = world.order(), world.order()
    case, secret = (str(world.apply(order)["number"]) for order in (mine, hidden))
    whole = world.buyer()
    one = Actor(role="consumer", who=whole.who, buyer_id=whole.buyer_id, order_id=visible_to(whole).get(number=mine).pk)
    assert [order.number for order in visible_to(one)] == [mine]
    assert [row.number for row in queue_stream(QueueFilter(shown="all"), actor=one, most=9)] == [case]
    listed, _more = list_cases(CaseFilter(), actor=one, language="en", limit=9)
    assert [row["number"] for row in listed] == [case]
    assert secret not in str(listed)
