"""Any sequence of failures of a channel, for refunds and charges side by side: never twice, never lost, the books always even."""

import json
from collections import Counter
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from pytest_django.fixtures import Settings

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import trial_balance
from shouhou.payments.actions import (
    agree_route,
    ask_charge,
    cancel_charge,
    receive_callback,
    refund_charge,
    retry_refund,
    settle_offline,
    try_charge_again,
)  # fmt: skip
from shouhou.payments.actions.charge_sending import begin_charge, exchange_charge, finish_charge, take_up_charges
from shouhou.payments.actions.sending import begin, exchange, finish, take_up_forgotten
from shouhou.payments.channels.fake import client
from shouhou.payments.channels.fake.server import Channel
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, sign
from shouhou.payments.models import Charge, Refund, RefundPart, TenderAllowance
from shouhou.payments.tests.conftest import ANNA, BO, NOW, SECRET, instruct, make_order

NUMBERS = count(1)
TENDERS = (("card", 10001), ("wallet", 4999))
# How an exchange can end, badly and well.
OUT = ["success", "success", "lost", "error_paid", "outage", "error", "refuse", "dies", "dies_paid", "delay"]
IN = ["success", "success", "pay_lost", "pay_error", "outage", "dies", "dies_paid"]
PLACES = st.integers(0, 30)


class House:
    """The channel as a server on one port that can be gone and come back with what it knew."""

    def __init__(self, folder: Path, given: Settings) -> None:
        self.folder = folder
        self.where: dict[str, str] = {}
        given.PAYMENT_CALLBACK_SECRET, given.PAYMENT_CHANNELS = SECRET, {"fake": self.where}
        self.open()

    def open(self) -> None:
        self.server = Channel(0, state=self.folder / "book", secret=SECRET)
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.reach(f"http://127.0.0.1:{self.server.server_address[1]}")

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def reach(self, url: str) -> None:
        self.where["url"] = url


class Failures(RuleBasedStateMachine):
    """One order, its refunds and charges, a channel that fails, workers that are killed, callbacks that come late and twice."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.subject, self.keys = f"SO-{next(NUMBERS)}", count(1)
        self.order = make_order(lines=((3, 15000),), tenders=TENDERS, number=f"N{self.subject}")
        self.offline = 0

    @rule(units=st.integers(1, 2))
    def instruct(self, units: int) -> None:
        try:
            instruct(self.order, {1: units}, key=f"{self.subject}:{next(self.keys)}", subject=self.subject)
        except Refused as no:
            assert no.code in ("MORE_THAN_LEFT", "EXCEEDS_PAID")

    @rule(amount=st.integers(1, 5000))
    def ask(self, amount: int) -> None:
        ask_charge(
            subject=self.subject, order_id=self.order.id, merchant_id=self.order.merchant_id, buyer_id=self.order.buyer_id,
            purpose="repair", amount_minor=amount, currency="CNY", key=f"{self.subject}:{next(self.keys)}",
            expires_at=NOW + timedelta(days=3), actor=ANNA, now=NOW,
        )  # fmt: skip

    @precondition(lambda self: self.parts())
    @rule(place=PLACES, does=st.sampled_from(OUT), killed=st.sampled_from(["no", "no", "before", "after"]))
    def send(self, place: int, does: str, killed: str) -> None:
        part = self.parts()[place % len(self.parts())]
        self.house.server.by_key[str(part.idempotency_key)] = does
        step = begin(part.id, now=NOW)
        if step is not None and killed != "before":
            heard = exchange(step)
            if killed == "no":
                finish(step, heard, started_at=NOW, now=NOW)

    @precondition(lambda self: self.charges())
    @rule(place=PLACES, does=st.sampled_from(IN), killed=st.sampled_from(["no", "no", "before", "after"]))
    def speak(self, place: int, does: str, killed: str) -> None:
        charge = self.charges()[place % len(self.charges())]
        self.house.server.by_key[str(charge.channel_key)] = does
        step = begin_charge(charge.id, now=NOW)
        if step is not None and killed != "before":
            heard = exchange_charge(step)
            if killed == "no":
                finish_charge(step, heard, started_at=NOW, now=NOW)

    @precondition(lambda self: self.charges())
    @rule(place=PLACES, button=st.sampled_from(["pay", "pay", "decline"]))
    def press(self, place: int, button: str) -> None:
        key = str(self.charges()[place % len(self.charges())].channel_key)
        if key in self.house.server.till.known:
            url = self.house.where["url"]
            httpx.post(f"{url}/pay/{key}", data={"action": button})

    @precondition(lambda self: self.parts() + self.charges())
    @rule(place=PLACES, wrong=st.booleans(), twice=st.booleans())
    def call_back(self, place: int, wrong: bool, twice: bool) -> None:
        """What the channel knows, told late, twice, or with another amount."""
        keys = [str(part.idempotency_key) for part in self.parts()] + [str(charge.channel_key) for charge in self.charges()]
        key = keys[place % len(keys)]
        entry = self.house.server.book.known.get(key) or self.house.server.till.known.get(key)
        if entry is None or entry["status"] not in ("settled", "declined"):
            return
        told = {"id": f"cb-{key}", **entry, "amount": entry["amount"] - wrong}
        body = json.dumps(told).encode()
        for _ in range(1 + twice):
            try:
                receive_callback("fake", headers={SIGNATURE_HEADER: sign(body, secret=SECRET)}, body=body, now=NOW)
                assert not wrong or told["status"] != "settled"
            except Refused as no:
                assert no.code == "REFUND_CALLBACK_MISMATCH" and wrong

    @rule()
    def dies_and_rises(self) -> None:
        self.house.close()
        self.house.open()

    @precondition(lambda self: self.parts() + self.charges())
    @rule()
    def dead_period(self) -> None:
        alive = self.house.where["url"]
        self.house.reach("http://127.0.0.1:9")
        self.work_all()
        self.house.reach(alive)

    @precondition(lambda self: self.refused())
    @rule(how=st.sampled_from(["retry", "offline", "balance"]))
    def repair(self, how: str) -> None:
        refund = self.refused()[0]
        if how == "retry":
            retry_refund(refund.number, actor=BO, now=NOW)
        elif how == "balance":
            agree_route(refund.number, kind="balance", consent="我同意", actor=ANNA, now=NOW)
        else:
            self.offline += sum(part.amount_minor for part in refund.parts.filter(state="refused"))
            settle_offline(refund.number, proof="工行回单", actor=BO, now=NOW)

    @precondition(lambda self: self.charges())
    @rule(place=PLACES, how=st.sampled_from(["cancel", "again", "refund"]))
    def end_charge(self, place: int, how: str) -> None:
        number = self.charges()[place % len(self.charges())].number
        try:
            if how == "cancel":
                cancel_charge(number, actor=BO, now=NOW)
            elif how == "again":
                try_charge_again(number, now=NOW)
            else:
                refund_charge(number, actor=BO, now=NOW)
        except Refused as no:
            assert no.code in ("CHARGE_NOT_PAID", "CHARGE_NOT_AWAITING")

    @invariant()
    def never_twice(self) -> None:
        moved = Counter(entry["key"] for entry in self.house.server.book.movements)
        assert max(moved.values(), default=0) <= 1
        for part in self.parts():
            went = next((e["amount"] for e in self.house.server.book.movements if e["key"] == str(part.idempotency_key)), None)
            assert went in (None, part.amount_minor)
            # What we call settled has been paid; what was paid and is not settled yet is still asked about.
            assert part.state != "settled" or went is not None or part.proof
            assert part.state in ("settled", "pending", "sent", "unknown") or went is None

    @invariant()
    def books_are_even(self) -> None:
        assert set(trial_balance().values()) <= {0}
        for allowance in TenderAllowance.objects.filter(payment__order=self.order):
            live = RefundPart.objects.filter(payment_id=allowance.payment_id).exclude(state="cancelled")
            settled = sum(part.amount_minor for part in live if part.state == "settled")
            assert allowance.settled_minor == settled
            assert allowance.reserved_minor == sum(part.amount_minor for part in live) - settled
        for charge in self.charges():
            taken = self.house.server.till.known.get(str(charge.channel_key), {}).get("status") == "settled"
            assert charge.paid_at is None or taken

    def teardown(self) -> None:
        """A good day after all of it: everything ends, and the channel has moved what we say it has."""
        self.house.server.by_key.clear()
        self.promises_are_kept()
        for _ in range(6):
            self.work_all()
            for refund in self.refused():
                retry_refund(refund.number, actor=BO, now=NOW)
        later = NOW + timedelta(days=4)
        take_up_forgotten(now=later)
        take_up_charges(now=later)
        self.work_all(now=later)
        self.work_all(now=later)
        refunds = list(self.refunds())
        assert {refund.state for refund in refunds} <= {"settled"}
        mine = {str(part.idempotency_key) for part in self.parts()}
        moved = sum(entry["amount"] for entry in self.house.server.book.movements if entry["key"] in mine)
        assert moved + self.offline == sum(refund.amount_minor for refund in refunds)
        assert sum(refund.amount_minor for refund in refunds if refund.subject == self.subject) <= sum(paid for _, paid in TENDERS)
        for charge in self.charges():
            taken = self.house.server.till.known.get(str(charge.channel_key), {}).get("status") == "settled"
            assert taken == (charge.paid_at is not None) and charge.state in ("paid", "refunded", "cancelled", "expired")
        self.books_are_even()

    def promises_are_kept(self) -> None:
        """What the channel said it would pay in a moment, it has paid: our own work can be quicker than that moment."""
        book, until = self.house.server.book, monotonic() + 30
        while any(entry["status"] == "in_process" for entry in book.known.values()):
            assert monotonic() < until, "the channel never kept what it had promised"
            sleep(0.02)

    def work_all(self, *, now: object = NOW) -> None:
        for charge in self.charges():
            if charge_step := begin_charge(charge.id, now=now):  # type: ignore[arg-type]
                finish_charge(charge_step, exchange_charge(charge_step), started_at=NOW, now=now)  # type: ignore[arg-type]
        for part in self.parts():
            if step := begin(part.id, now=NOW):
                finish(step, exchange(step), started_at=NOW, now=NOW)

    def refunds(self) -> list[Refund]:
        return list(Refund.objects.filter(order=self.order).order_by("id"))

    def refused(self) -> list[Refund]:
        return [refund for refund in self.refunds() if refund.state in ("failed", "partly_settled")]

    def parts(self) -> list[RefundPart]:
        return list(RefundPart.objects.filter(refund__order=self.order).order_by("id"))

    def charges(self) -> list[Charge]:
        return list(Charge.objects.filter(order=self.order).order_by("id"))


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_no_sequence_of_failures_pays_twice_or_loses_anything(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.3)
    Failures.house = House(tmp_path, settings)
    try:
        run_state_machine_as_test(Failures, settings=MANY)
    finally:
        Failures.house.close()


MANY = settings(
    max_examples=8, stateful_step_count=20, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
