"""Every figure of the books opens what it is made of: kinds accounts, accounts postings, postings their case; no link is dead."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from shouhou.ledger import recipes
from shouhou.ledger.actions import gather, post
from shouhou.ledger.models import Posting
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import work
from shouhou.plumbing import clock
from tests.conftest import Fake
from tests.world import World

Staff = Callable[..., Client]
PAGES_MOST = 400
LINK = re.compile(r'<a\b[^>]*?href="([^"#]+)')


@pytest.fixture
def money(world: World, fake: Fake) -> World:
    """A return that is refunded, one whose refund is on its way, freight that was advanced, a sale in another currency."""
    world.now = clock.now() - timedelta(days=12)
    for number in [world.received(order={}) for _ in range(2)]:
        world.move(number, "accept", actor=world.staff("inspector"))
        post(recipes.freight_advanced(carrier="SF", amount_minor=800), recipe="freight_advanced", subject=number, currency="CNY",
             key=f"freight:{number}", by="clock", now=world.now)  # fmt: skip
    work(Refund.objects.order_by("id")[0], now=world.now)
    gather()
    sale = recipes.sale(merchant=1, channel="fake", tender="card", amount_minor=700)
    post(sale, recipe="sale", subject="order:1", currency="USD", key="sale:1", by="clock", now=world.now)
    return world


def test_kinds_open_their_accounts_accounts_their_postings_and_postings_their_case(money: World, staff: Staff) -> None:
    client = staff("finance")
    kinds = _told(client, "/finance/ledger/")["families"]
    assert kinds
    seen: set[int] = set()
    for kind in kinds:
        opened = _told(client, "/finance/ledger/" + kind["address"])
        rows = [each["row"] for each in opened["rows"]]
        told = kind["row"]
        assert (len(rows), sum(row.balance_minor for row in rows), sum(row.pending_minor for row in rows)) == (
            told.accounts, told.balance_minor, told.pending_minor,
        )  # fmt: skip
        assert opened["sums"] == [{"currency": told.currency, "amount": told.balance_minor, "count": told.accounts}]
        for row in rows:
            account = _told(client, f"/finance/ledger/accounts/{row.account}/?currency={row.currency}")
            posted = [each for each in account["rows"] if each["row"].phase == "posted"]
            assert sum(each["change"] for each in posted) == row.balance_minor == account["standing"].balance_minor
            assert row.in_minor - row.out_minor == row.balance_minor == account["curve"][0][1]
            assert not posted or posted[0]["balance"] == row.balance_minor
            assert row.postings == sum(each["counts"] for each in account["rows"])
            seen |= {each["row"].id for each in account["rows"]}
    assert seen == set(Posting.objects.values_list("id", flat=True))
    for each in _told(client, "/finance/ledger/postings/")["rows"]:
        page = _told(client, f"/finance/ledger/transfers/{each['row'].transfer_id}/")
        assert each["row"].id in {moved["row"].id for moved in page["rows"]}
        if each["row"].subject.startswith("SO-"):
            assert page["case"] == each["row"].subject and client.get(page["case_address"]).status_code == 200


def test_every_count_of_today_opens_as_many(money: World, staff: Staff) -> None:
    client = staff("finance")
    for figure in _told(client, "/finance/")["figures"]:
        opened = _told(client, figure.address)
        if "rows" in opened and urlsplit(figure.address).path != "/finance/claims/":
            assert len(list(opened["rows"])) == figure.count, figure.address


@pytest.mark.timeout(900)
def test_no_link_of_finance_leads_nowhere(money: World, staff: Staff) -> None:
    client, waiting, seen = staff("finance"), ["/finance/"], {"/finance/"}
    while waiting and len(seen) < PAGES_MOST:
        here = waiting.pop(0)
        answer = client.get(here)
        assert answer.status_code == 200, here
        if not str(answer.headers["Content-Type"]).startswith("text/html"):
            continue
        for link in LINK.findall(answer.content.decode()):
            there = urljoin(here, unescape(link)).split("#")[0]
            path = urlsplit(there).path
            shape = re.sub(r"\d{4}-\d\d(-\d\d)?|\d+|(SO|RF|ST|IV|CH)-[0-9A-Z]+", "*", there)
            if path.startswith("/finance/") and not re.search(r"\.(csv|xlsx|pdf)$", path) and shape not in seen:
                seen |= {there, shape}
                waiting.append(there)
    assert len(seen) > 20


def _told(client: Client, address: str) -> dict[str, Any]:
    """What the page was drawn from."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    context: Any = answer.context
    return {name: value for layer in context for each in layer.dicts for name, value in each.items()} if context else {}
