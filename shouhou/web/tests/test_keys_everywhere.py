"""The desk's keys on the lists beside the queue: rows to step through, what opens them, what each row offers."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from shouhou.accounts.models import Organisation, User
from shouhou.payments.models import RefundPart
from shouhou.plumbing import clock
from tests.world import DEAR, World

Staff = Callable[..., Client]


@pytest.mark.parametrize(
    ("role", "path"),
    [("supervisor", "/staff/refunds/"), ("supervisor", "/staff/refunds/stuck/"), ("operations", "/operations/stuck/"),
     ("operations", "/operations/jobs/"), ("auditor", "/operations/people/")],
)  # fmt: skip
def test_the_list_has_the_keys_and_the_sheet_that_tells_them(world: World, staff: Staff, role: str, path: str) -> None:
    page = staff(role).get(path).content.decode()
    assert "web/keys" in page
    assert 'id="keys-sheet"' in page
    assert "到这一行的操作" in page
    assert len(re.findall(r'data-keys="g t"', page)) == 1
    assert 'data-keys="g d"' in page


def test_a_place_one_may_not_go_to_has_no_key(world: World, staff: Staff) -> None:
    page = staff("agent").get("/staff/refunds/").content.decode()
    assert 'data-keys="g t"' in page
    assert 'data-keys="g d"' not in page


@pytest.mark.parametrize(("role", "shop", "path"), [
    ("agent", None, "/staff/"), ("agent", None, "/staff/talks/"), ("agent", None, "/staff/scans/"), ("agent", None, "/staff/apply/"),
    ("agent", None, "/staff/notices/"), ("agent", None, "/staff/talks/rota/"), ("agent", None, "/staff/keys/"),
    ("finance", None, "/finance/"), ("operations", None, "/operations/audit/"),
    ("merchant_manager", "self", "/merchant/"), ("merchant_manager", "self", "/merchant/orders/"),
])  # fmt: skip
def test_the_sheet_is_on_every_page_it_says_and_each_of_its_places_opens(
    world: World, staff: Staff, role: str, shop: str | None, path: str
) -> None:
    world.order()
    client = staff(role, shop)
    html = client.get(path).content.decode()
    assert "web/keys" in html
    assert html.count('id="keys-sheet"') == 1
    nav = re.search(r'<nav hidden id="key-places">(.*?)</nav>', html, re.S)
    assert nav
    addresses = dict(re.findall(r'href="([^"]+)" data-keys="([^"]+)"', nav[1]))
    assert {keys: client.get(to).status_code for to, keys in addresses.items()} == dict.fromkeys(addresses.values(), 200)
    told = set(re.findall(r"<kbd>g</kbd> <kbd>(\w)</kbd>", html))
    assert told == {keys[2:] for keys in addresses.values() if keys.startswith("g ")} | {"n"}


def test_an_insurers_sheet_has_no_place_of_the_house_and_its_keys_can_be_turned_off(world: World) -> None:
    company = Organisation.objects.create(code="picc", name="PICC", kind="partner")
    client = Client()
    client.force_login(User.objects.create(username="picc", role="insurer", organisation=company))
    html = client.get("/insurer/").content.decode()
    assert 'id="keys-sheet"' in html
    assert re.findall(r'data-keys="([^"]+)"', html) == ["?"]
    assert client.get("/staff/keys/").status_code == 200
    assert client.post("/staff/keys/switch/", {"keys": "off"}).cookies["keys"].value == "off"


def test_every_row_can_be_opened_by_key(world: World, staff: Staff) -> None:
    client = staff("operations")
    rows = re.findall(r"<tr data-row>.*?</tr>", client.get("/operations/people/?shown=all").content.decode(), re.S)
    assert len(rows) == User.objects.count()
    assert all(row.count("data-open") == 1 for row in rows)


def test_a_row_of_refunds_offers_its_case_and_what_can_be_done(world: World, staff: Staff) -> None:
    dear = world.received(order=DEAR)
    world.move(dear, "accept", actor=world.staff("inspector", "user:900001"))
    (row,) = re.findall(r"<tr data-row>.*?</tr>", staff("finance").get("/staff/refunds/").content.decode(), re.S)
    assert re.search(rf'data-open href="/staff/cases/{dear}/"', row)
    assert re.search(rf'data-act href="/staff/cases/{dear}/moves/approve_refund/"', row)
    plain = world.received()
    world.move(plain, "accept", actor=world.staff("inspector"))
    RefundPart.objects.filter(refund__subject=plain).update(state="sent", sent_at=clock.now() - timedelta(hours=1))
    stuck = staff("finance").get("/staff/refunds/stuck/").content.decode()
    (card,) = re.findall(r'<article class="card" data-row>.*?</article>', stuck, re.S)
    assert re.search(rf'data-open href="/staff/cases/{plain}/#money"', card)
