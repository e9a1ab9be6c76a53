"""Killed half-way: what was paid too much, asked back, given back, given up; and a courier's file. Nothing half, nothing twice."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shouhou.ledger.models import Transfer
from shouhou.ledger.queries import trial_balance
from shouhou.payments.actions import ask_overpaid, decide_overpaid_off, propose_overpaid_off, take_courier_bill
from shouhou.payments.actions.charge_sending import begin_charge, exchange_charge
from shouhou.payments.actions.charge_state import held_charge
from shouhou.payments.actions.courier_bills import Billed, Borne
from shouhou.payments.actions.overpaid import overpaid_returned
from shouhou.payments.models import Charge, CourierBill, CourierBillLine, Overpayment
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, make_order
from shouhou.payments.tests.test_charges import events, press, speak
from shouhou.payments.tests.test_overpaid import overpaid
from shouhou.payments.tests.test_wrong_charges import money
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from tests.beside import waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("people")]
WAIT_SECONDS, LINES = 240, 6
# What the pages and the job do, in a process of their own.
WORK = """
import sys
from datetime import datetime
import django
django.setup()
from shouhou.payments.actions import decide_overpaid_off, take_courier_bill
from shouhou.payments.actions.courier_bills import Billed, Borne
from shouhou.plumbing.actor import Actor
what, number, order, at = sys.argv[1:]
bo, now = Actor(role="finance", who="user:2", name="Bo"), datetime.fromisoformat(at)
if what == "write off":
    decide_overpaid_off(int(number), agree=True, actor=bo, now=now)
else:
    merchant, buyer = map(int, order.split(","))
    rows = [Billed(f"R{place}", 100 + place, "CNY") for place in range(6)]
    known = {row.reference: Borne("SO-1", merchant, buyer, True, "merchant") for row in rows}
    take_courier_bill("SF", rows, known, name="f.csv", sha256=number, actor=bo, now=now)
"""


def killed_at(key: str, what: str, number: object, order: str = "-", *, begun: Callable[[], bool]) -> None:
    """A process that does it is killed (-9) where it would write the ledger's transfer `key`, which we hold."""
    database = {**conninfo_to_dict(os.environ["DATABASE_URL"]), "dbname": connection.settings_dict["NAME"]}
    with transaction.atomic():
        Transfer.objects.create(recipe="held", subject="-", phase="posted", key=key, by="user:9", at=NOW)
        process = subprocess.Popen(
            [sys.executable, "-c", WORK, what, str(number), order, NOW.isoformat()], cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": make_conninfo("", **database), "DJANGO_SETTINGS_MODULE": "shouhou.settings"},
        )  # fmt: skip
        try:
            limit = time.monotonic() + WAIT_SECONDS
            while not begun():
                assert process.poll() is None and time.monotonic() < limit, f"{what}: nobody came to {key}"
                time.sleep(0.05)
        finally:
            process.kill()
            process.wait()
        transaction.set_rollback(True)
    assert process.returncode == -9


def test_asking_that_is_killed_leaves_no_charge_and_asks_once_afterwards(fake: Fake) -> None:
    found = overpaid(fake)
    before = Event.objects.count()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        ask_overpaid(found.pk, days=14, actor=ANNA, now=NOW)
        raise KeyboardInterrupt
    found.refresh_from_db()
    assert (found.state, found.rounds, Charge.objects.count(), Event.objects.count()) == ("open", 0, 0, before)
    ask_overpaid(found.pk, days=14, actor=ANNA, now=NOW)
    assert (Charge.objects.count(), events("refund.overpaid_asked")) == (1, 1)


def test_writing_off_that_is_killed_in_the_books_is_done_once_afterwards(fake: Fake) -> None:
    found = overpaid(fake)
    propose_overpaid_off(found.pk, reason="不值得追", actor=ANNA, now=NOW)
    killed_at(f"overpaid:{found.pk}", "write off", found.pk, begun=waits)
    found.refresh_from_db()
    assert (found.state, money()["buyer:overpaid"], "platform:written-off" in money()) == ("proposed", -100, False)
    assert decide_overpaid_off(found.pk, agree=True, actor=BO, now=NOW).state == "written_off"
    assert money()["platform:written-off"] == -100 and trial_balance() == {"CNY": 0} and events("refund.overpaid_settled") == 1


def test_giving_up_that_is_killed_leaves_the_charge_to_be_paid(fake: Fake) -> None:
    found = overpaid(fake)
    ask_overpaid(found.pk, days=14, actor=ANNA, now=NOW)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        propose_overpaid_off(found.pk, reason="不值得追", actor=ANNA, now=NOW)
        raise KeyboardInterrupt
    found.refresh_from_db()
    assert (found.state, found.reason, Charge.objects.get().state) == ("asked", "", "awaiting")


def test_giving_back_is_booked_once_though_the_answer_was_lost_and_the_next_process_was_killed(fake: Fake) -> None:
    found = overpaid(fake)
    charge = ask_overpaid(found.pk, days=14, actor=ANNA, now=NOW).charge
    assert charge is not None
    speak(charge)
    press(charge)
    step = begin_charge(charge.pk, now=NOW)
    assert step is not None
    exchange_charge(step)
    # Killed here: what the channel said was kept nowhere. The next one is killed while it writes the books.
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        overpaid_returned(held_charge(number=charge.number), now=NOW)
        raise KeyboardInterrupt
    found.refresh_from_db()
    charge.refresh_from_db()
    assert (found.state, charge.state, money()["buyer:overpaid"]) == ("asked", "awaiting", -100)
    speak(charge)
    found.refresh_from_db()
    assert (found.state, charge.state) == ("paid", "paid") and "buyer:overpaid" not in money()
    assert trial_balance() == {"CNY": 0} and events("refund.overpaid_settled") == 1


def test_a_couriers_file_killed_in_the_middle_is_taken_whole_afterwards_and_once(fake: Fake) -> None:
    order = make_order()
    digest = sha256(b"f").hexdigest()
    killed_at("courier:SF:R3", "bill", digest, f"{order.merchant_id},{order.buyer_id}", begun=waits)
    assert (CourierBill.objects.count(), CourierBillLine.objects.count(), trial_balance()) == (0, 0, {})
    rows = [Billed(f"R{place}", 100 + place, "CNY") for place in range(LINES)]
    known = {row.reference: Borne("SO-1", order.merchant_id, order.buyer_id, True, "merchant") for row in rows}
    for _ in range(2):
        take_courier_bill("SF", rows, known, name="f.csv", sha256=digest, actor=Actor(role="finance", who="user:2"), now=NOW)
    assert CourierBillLine.objects.filter(outcome="posted").count() == LINES
    assert money()["merchant:payable"] == -sum(row.amount_minor for row in rows) and trial_balance() == {"CNY": 0}


def test_what_was_booked_before_it_had_a_row_gets_one_with_its_refund_and_once(fake: Fake) -> None:
    found = overpaid(fake)
    kept = (found.key, found.refund_id, found.amount_minor, found.currency)
    Overpayment.objects.all().delete()
    rows = import_module("shouhou.payments.migrations.0016_overpaid_before").ROWS
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(rows)
    again = Overpayment.objects.get()
    assert (again.key, again.refund_id, again.amount_minor, again.currency) == kept and again.state == "open"
    propose_overpaid_off(again.pk, reason="不值得追", actor=ANNA, now=NOW)
    decide_overpaid_off(again.pk, agree=True, actor=BO, now=NOW)
    assert "buyer:overpaid" not in money() and trial_balance() == {"CNY": 0}
