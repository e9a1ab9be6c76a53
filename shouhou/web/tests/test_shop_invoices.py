"""A shop's own invoices on its console: its own alone, found, exported, moved on, late when they are late."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shouhou.payments.models import InvoiceTask
from shouhou.plumbing import clock
from shouhou.web.tests.conftest import SHOP
from tests.conftest import Fake
from tests.world import World

Staff = Callable[..., Client]
INVOICED: dict[str, Any] = {"invoice": {"number": "INV-77", "amount": 19900}, "merchant": SHOP}


@pytest.fixture
def task(world: World, fake: Fake) -> InvoiceTask:
    """A shop's return is refunded: its invoice is to be reversed."""
    world.now = clock.now() - timedelta(days=4, hours=12)
    world.order(merchant={"code": "other", "channel": "third", "name": "另一家"})
    case = world.received(order=INVOICED)
    world.move(case, "accept", actor=world.staff("inspector"))
    world.pay(case)
    return InvoiceTask.objects.get()


def test_a_shop_lists_finds_and_exports_its_invoices_and_nobody_elses(task: InvoiceTask, staff: Staff) -> None:
    client, stranger = staff("merchant_operator", SHOP["code"]), staff("merchant_operator", "other")
    page = client.get("/merchant/invoices/").content.decode()
    assert task.number in page and "INV-77" in page and "02" in page
    assert task.number in client.get("/merchant/invoices/?q=INV-77&reason=02&kind=red").content.decode()
    assert task.number not in client.get("/merchant/invoices/?kind=blue").content.decode()
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get("/merchant/invoices.csv")).decode("utf-8-sig"))))
    assert [row["任务编号"] for row in rows] == [task.number] and rows[0]["开具期限"]
    assert task.number not in stranger.get("/merchant/invoices/?state=all").content.decode()
    assert b"".join(stranger.get("/merchant/invoices.csv?state=all")).count(b"IV-") == 0
    assert stranger.get(f"/merchant/invoices/{task.number}/").status_code == 404
    for deed in ("ask", "confirm", "issue", "reject", "cancel"):
        assert stranger.post(f"/merchant/invoices/{task.number}/{deed}/", {"once": "x", "number": "R", "why": "y"}).status_code == 404
    told = stranger.post("/merchant/invoices/issue/", {f"issue-{task.number}": "R-1", "once": "z"}).content.decode()
    assert "R-1" not in told.replace(f'"issue-{task.number}"', "")
    assert InvoiceTask.objects.get().state == "drafted"


def test_a_shop_has_it_confirmed_and_makes_it_out_once(task: InvoiceTask, staff: Staff) -> None:
    client, address = staff("merchant_manager", SHOP["code"]), f"/merchant/invoices/{task.number}/"
    assert client.get(address).status_code == 200
    client.post(f"{address}ask/", {"once": "1"})
    assert client.post(f"{address}issue/", {"number": "RED-2", "once": "2"}).status_code == 409
    assert InvoiceTask.objects.get().state == "drafted"
    client.post(f"{address}confirm/", {"number": "FORM-1", "once": "3"})
    client.post(f"{address}reject/", {"why": "抬头不符", "once": "4"})
    assert (InvoiceTask.objects.get().state, InvoiceTask.objects.get().why) == ("rejected", "抬头不符")
    client.post(f"{address}confirm/", {"number": "FORM-2", "once": "5"})
    assert [client.post(f"{address}issue/", {"number": "RED-2", "once": "6"}).status_code for _ in range(2)] == [302, 302]
    done = InvoiceTask.objects.get()
    assert (done.state, done.issued_number, done.steps.filter(what="issued").count()) == ("issued", "RED-2", 1)
    assert "RED-2" in client.get(address).content.decode()


def test_what_is_not_made_out_in_time_is_late_and_found_by_that(task: InvoiceTask, staff: Staff) -> None:
    client = staff("merchant_operator", SHOP["code"])
    assert task.number not in client.get("/merchant/invoices/?due=late").content.decode()
    InvoiceTask.objects.update(created_at=clock.now() - timedelta(days=11))
    assert task.number in client.get("/merchant/invoices/?due=late").content.decode()
    assert task.number in staff("finance").get("/finance/invoices/?due=late").content.decode()
    InvoiceTask.objects.update(state="cancelled")
    assert task.number not in client.get("/merchant/invoices/?due=late&state=all").content.decode()
