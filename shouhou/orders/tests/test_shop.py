"""Restocking is told to the shop once, whatever the shop does meanwhile."""

from pathlib import Path

import httpx
import pytest
from django.db import transaction
from pytest_django import Settings

from shouhou.orders.models import Restock
from shouhou.orders.shop import port
from shouhou.orders.shop.actions import deliver, tell_restock
from shouhou.orders.shop.fake.server import Shop, Stock
from shouhou.orders.shop.port import ShopUnreachable
from shouhou.orders.tests.conftest import NOW

pytestmark = pytest.mark.django_db


def tell(key: str = "SO-1:1", quantity: int = 2) -> bool:
    with transaction.atomic():
        return tell_restock(
            sku="P1", quantity=quantity, disposition="restock", grade="A", subject="SO-1", key=key, now=NOW
        )


def test_the_same_key_is_told_once() -> None:
    assert (tell(), tell(), tell("SO-1:2")) == (True, False, True)
    assert Restock.objects.count() == 2


def test_goods_are_back_in_stock_after_the_job(shop: Shop) -> None:
    tell()
    assert port.stock("P1") == 100
    deliver("SO-1:1", now=NOW)
    deliver("SO-1:1", now=NOW)
    assert port.stock("P1") == 102
    told = Restock.objects.get()
    assert (told.state, told.told_at, told.attempts) == ("told", NOW, 1)


@pytest.mark.parametrize("mood", ["dead", "fail", "lost"])
def test_a_failing_shop_is_tried_again_and_takes_it_once(shop: Shop, mood: str) -> None:
    tell()
    shop.behave(mood)
    with pytest.raises(ShopUnreachable):
        deliver("SO-1:1", now=NOW)
    assert Restock.objects.get().state == "waiting"
    deliver("SO-1:1", now=NOW)
    assert (Restock.objects.get().state, len(shop.stock.restocks), port.stock("P1")) == ("told", 1, 102)


def test_a_refusal_of_the_shop_is_kept_with_its_words(shop: Shop) -> None:
    tell()
    shop.behave("refuse")
    deliver("SO-1:1", now=NOW)
    told = Restock.objects.get()
    assert (told.state, "UNKNOWN_ARTICLE" in told.answer, shop.stock.restocks) == ("refused", True, [])


def test_a_killed_shop_still_knows_what_it_was_told(shop: Shop) -> None:
    tell()
    deliver("SO-1:1", now=NOW)
    assert shop.stock._file is not None
    again = Stock(Path(shop.stock._file.name))
    assert again.restocks == shop.stock.restocks


def test_the_shop_lists_what_it_was_told_and_refuses_nonsense(shop: Shop) -> None:
    with httpx.Client(base_url=shop.url) as client:
        assert client.post("/restocks", json={"sku": "P1", "quantity": 0}).status_code == 422
        assert client.post("/_behave", json={"behaviours": ["nonsense"]}).status_code == 422
        assert client.post("/_behave", json={"behaviours": ["refuse"]}).status_code == 200
        client.post("/prices", json={"sku": "P1", "price": 1999})
        assert client.get("/_restocks").json() == {"items": []}
    assert shop.moods.popleft() == "refuse"
    assert (port.price_minor("P1"), port.price_minor("P2")) == (1999, None)


def test_nobody_is_there(settings: Settings) -> None:
    settings.SHOP = {"url": "http://127.0.0.1:9"}
    tell()
    with pytest.raises(ShopUnreachable):
        deliver("SO-1:1", now=NOW)
