"""Refunds and charges through WeChat Pay and Alipay, from the instruction to the ledger, on good days and bad ones."""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from shouhou.ledger.queries import balances, trial_balance
from shouhou.orders.models import Payment
from shouhou.payments.actions import cancel_charge, retry_refund, settle_offline
from shouhou.payments.actions.sending import begin, exchange
from shouhou.payments.channels.alipay import account as alipay_account
from shouhou.payments.channels.alipay.fake import desk as alipay_desk
from shouhou.payments.channels.wechat import account as wechat_account
from shouhou.payments.channels.wechat.fake import desk as wechat_desk
from shouhou.payments.models import CallbackReceipt, Charge, Refund, RefundAttempt
from shouhou.payments.tests.chinese_houses import AlipayHouse, WeChatHouse, alipay_house, wechat_house
from shouhou.payments.tests.conftest import BO, NOW, instruct, make_order, work
from shouhou.payments.tests.test_beside_itself import at_once
from shouhou.payments.tests.test_charges import asked, speak
from shouhou.payments.tests.test_refund import events, state_of_the_world

pytestmark = pytest.mark.django_db
Both = WeChatHouse | AlipayHouse
NAMES = {WeChatHouse: "wechat", AlipayHouse: "alipay"}
MAKERS: dict[str, Callable[[Path], AbstractContextManager[Both]]] = {"wechat": wechat_house, "alipay": alipay_house}
SUM = 15000
MISHAPS = ("success", "lost", "error", "error_done", "outage", "limited", "bad_signature", "not_enough")


@pytest.fixture(scope="module", params=["wechat", "alipay"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with MAKERS[request.param](tmp_path_factory.mktemp(request.param)) as house:
        yield house


@pytest.fixture
def house(running: Both, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Both:
    running.server.script.clear()
    return set_up(running, running.server.settings(), settings, monkeypatch)


def set_up(house: Both, given: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Both:
    monkeypatch.setattr(wechat_account, "TIMEOUT_SECONDS", (0.5, 0.5))
    monkeypatch.setattr(alipay_account, "TIMEOUT_SECONDS", 0.5)
    settings.PAYMENT_CHANNELS = {"fake": {"url": "http://127.0.0.1:9"}, NAMES[type(house)]: given}
    settings.TENDER_CHANNELS = {"wechat": "wechat", "alipay": "alipay"}
    settings.CHARGE_CHANNEL = NAMES[type(house)]
    return house


def instructed(house: Both, *, number: str = "JD1001", reference: str | None = None) -> Refund:
    tender = NAMES[type(house)]
    order = make_order(tenders=((tender, SUM),), number=number)
    word = house.paid(SUM).reference if reference is None else reference
    Payment.objects.filter(order=order).update(reference=word)
    return instruct(order, {1: 1}, key=f"{number}:return", subject=f"SO-{number}")


def part_of(refund: Refund) -> Any:
    return refund.parts.get()


def call_back(house: Both, headers: dict[str, str], body: bytes) -> Any:
    kind = "application/json" if isinstance(house, WeChatHouse) else "application/x-www-form-urlencoded; charset=utf-8"
    address = f"/api/v1/callbacks/payments/{NAMES[type(house)]}"
    return Client().post(address, data=body, content_type=kind, headers=cast("Any", headers))


def test_a_refund_goes_back_to_the_payment_it_came_from_and_is_booked_once(house: Both) -> None:
    before, refund = len(house.refunds()), instructed(house)
    assert work(refund) == [True] and work(refund) == [None]
    assert (refund.state, house.refunds()[before:], events("SO-JD1001").count("refund.settled")) == ("settled", [SUM], 1)
    assert part_of(refund).channel == NAMES[type(house)] and part_of(refund).channel_reference
    assert trial_balance() == {"CNY": 0}


@pytest.mark.parametrize("behaviour", ["lost", "silent_done", "error_done", "bad_signature", "slow"])
def test_what_was_paid_is_known_at_once_even_when_the_answer_is_lost(house: Both, behaviour: str) -> None:
    before, refund = len(house.refunds()), instructed(house)
    house.server.behave(behaviour)
    assert work(refund) == [True] and (refund.state, house.refunds()[before:]) == ("settled", [SUM])


@pytest.mark.parametrize("behaviour", ["outage", "silent", "error", "limited"])
def test_what_was_not_heard_of_is_asked_about_and_then_paid_once(house: Both, behaviour: str) -> None:
    before, refund = len(house.refunds()), instructed(house)
    house.server.behave(behaviour)
    assert work(refund) == [False] and part_of(refund).state == "unknown" and len(house.refunds()) == before
    assert work(refund) == [True] and (refund.state, house.refunds()[before:]) == ("settled", [SUM])


def test_a_refusal_waits_for_a_person_and_goes_through_under_the_same_number(house: Both) -> None:
    before, refund = len(house.refunds()), instructed(house)
    house.refuse()
    assert work(refund) == [True]
    assert refund.state == "failed" and "NOT_ENOUGH" in part_of(refund).refusal_code and len(house.refunds()) == before
    retry_refund(refund.number, actor=BO, now=NOW)
    assert work(refund) == [True] and (refund.state, house.refunds()[before:]) == ("settled", [SUM])


def test_without_their_word_for_the_payment_nothing_is_guessed(house: Both) -> None:
    before, refund = len(house.refunds()), instructed(house, reference="")
    work(refund)
    assert (refund.state, part_of(refund).refusal_code, len(house.refunds())) == ("failed", "NO_REFERENCE", before)


def test_another_amount_than_asked_goes_to_a_person(house: Both) -> None:
    refund = instructed(house)
    if isinstance(house, AlipayHouse):
        # There only a question tells the amount of one refund: the answer to the call is lost first.
        house.server.behave("lost")
    house.server.behave("other_amount")
    assert work(refund) == [True]
    assert part_of(refund).state == "unknown" and "refund.contradicted" in events("SO-JD1001")


def test_a_worker_killed_between_call_and_outcome_asks_before_it_pays(house: Both) -> None:
    before, refund = len(house.refunds()), instructed(house)
    step = begin(part_of(refund).id, now=NOW)
    assert step is not None
    exchange(step)  # Killed here: nothing was kept but that the part had been sent.
    assert work(refund) == [True] and house.refunds()[before:] == [SUM]
    assert list(RefundAttempt.objects.values_list("kind", "outcome")) == [("query", "settled")]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_goes_wrong_in_whatever_order_every_refund_is_paid_once(house: Both, seed: int) -> None:
    chance, before = random.Random(seed), len(house.refunds())
    refunds = [instructed(house, number=f"JD{place}") for place in range(5)]
    house.server.behave(*chance.choices(MISHAPS, k=25))
    for _ in range(60):
        waiting = [refund for refund in refunds if refund.state != "settled"]
        if not waiting:
            break
        refund = chance.choice(waiting)
        if refund.state == "failed":
            retry_refund(refund.number, actor=BO, now=NOW)
            refund.refresh_from_db()
        elif chance.random() < 0.3:
            # A worker that dies after the call: what it heard is gone.
            if (step := begin(part_of(refund).id, now=NOW)) is not None:
                exchange(step)
        else:
            work(refund)
    assert {refund.state for refund in refunds} == {"settled"} and house.refunds()[before:] == [SUM] * 5
    assert trial_balance() == {"CNY": 0}


@pytest.mark.django_db(transaction=True)
def test_four_workers_on_one_part_pay_it_once(house: Both) -> None:
    before, refund = len(house.refunds()), instructed(house)
    at_once(lambda place: work(Refund.objects.get(id=refund.id)))
    assert work(refund) in ([None], [True]) and house.refunds()[before:] == [SUM] and trial_balance() == {"CNY": 0}


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_their_server_killed_after_it_paid_and_started_again_has_paid_once(
    name: str, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"

    def started() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([
            sys.executable, "-m", f"shouhou.payments.channels.{name}.fake.server", "--port", str(port), "--state", str(tmp_path / "s"),
            "--keys", str(tmp_path / "keys"),
        ])  # fmt: skip
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            try:
                httpx.get(f"{url}/healthz", timeout=1)
                return process
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("it never started")

    process = started()
    try:
        given: dict[str, str] = httpx.post(f"{url}/_keys", json={}).json()
        with MAKERS[name](tmp_path) as house:
            set_up(house, given, settings, monkeypatch)
            path, total, word = ("_order", SUM, "transaction_id") if name == "wechat" else ("_trade", "150.00", "trade_no")
            refund = instructed(house, reference=httpx.post(f"{url}/{path}", json={"total": total}).json()[word])
        httpx.post(f"{url}/_behave", json={"behaviours": ["silent_done", "silent"]}).raise_for_status()
        assert work(refund) == [False] and part_of(refund).state == "unknown"
        process.kill()
        process.wait()
        assert work(refund) == [False] and part_of(refund).state == "unknown"
        process = started()
        assert work(refund) == [True] and refund.state == "settled"
        assert len(httpx.post(f"{url}/_ledger", json={}).json()["refunds"]) == 1
    finally:
        process.kill()
        process.wait()


def test_a_charge_is_paid_by_scanning_told_three_times_and_booked_once(house: Both) -> None:
    before, charge = len(house.received()), asked(amount=SUM)
    assert speak(charge) is True and charge.pay_url and charge.state == "awaiting"
    speak(charge)
    assert charge.pay_url, "asked about again it keeps its code"
    house.pay(charge.channel_key, charge.pay_url)
    trade = house.server.trades.known[charge.channel_key.hex]
    if isinstance(house, WeChatHouse):
        told = house.server.told("TRANSACTION.SUCCESS", wechat_desk.shown_order(trade))
    else:
        told = {}, alipay_desk.notice(house.server.keys, trade)
    answers = [call_back(house, *told) for _ in range(3)]
    assert {(answer.status_code, answer.content) for answer in answers} == (
        {(204, b"")} if isinstance(house, WeChatHouse) else {(200, b"success")}
    )
    charge.refresh_from_db()
    assert (charge.state, charge.means, house.received()[before:]) == ("paid", NAMES[type(house)], [SUM])
    assert speak(charge) is None
    assert {b.account: b.posted_minor for b in balances() if b.posted_minor} == {
        f"buyer:{charge.buyer_id}:charges": SUM, f"tender:{charge.channel}:{charge.means}": -SUM,
    }  # fmt: skip


def test_a_cancelled_charge_is_closed_there_and_late_money_goes_back_by_itself(house: Both) -> None:
    before, out, charge = len(house.received()), len(house.refunds()), asked(amount=700)
    speak(charge)
    cancel_charge(charge.number, actor=BO, now=NOW)
    speak(charge)
    assert (charge.state, charge.open_there) == ("cancelled", False)
    house.pay(charge.channel_key, charge.pay_url)
    if isinstance(house, WeChatHouse):
        assert len(house.received()) == before
        return
    # Nobody had scanned the code: it could not be closed, and was good for a while.
    late = house.server.trades.known[charge.channel_key.hex]
    assert call_back(house, {}, alipay_desk.notice(house.server.keys, late)).content == b"success"
    work(Refund.objects.get(subject=charge.number))
    charge.refresh_from_db()
    assert (charge.state, house.received()[before:], house.refunds()[out:]) == ("refunded", [700], [700])
    assert all(b.posted_minor == b.pending_minor == 0 for b in balances())


def test_a_forged_callback_or_one_for_another_amount_is_answered_in_their_words_and_changes_nothing(house: Both) -> None:
    charge = asked(amount=SUM)
    speak(charge)
    trade = {"name": charge.channel_key.hex, "state": "SUCCESS", "total": SUM - 1, "currency": "CNY", "transaction_id": "42"}
    if isinstance(house, WeChatHouse):
        headers, body = house.server.told("TRANSACTION.SUCCESS", wechat_desk.shown_order(trade))
        wrong = [(headers, body), (headers, body + b" "), ({}, body), (headers, b"")]
    else:
        form = {**trade, "total": "149.99", "state": "TRADE_SUCCESS", "trade_no": "42", "subject": "x"}
        body = alipay_desk.notice(house.server.keys, form)
        wrong = [({}, body), ({}, body.replace(b"149.99", b"150.00")), ({}, b""), ({}, b"x" * 70_000)]
    before = state_of_the_world()
    for headers, raw in wrong:
        answer = call_back(house, headers, raw)
        assert answer.status_code == 400 and b"success" not in answer.content
        assert answer.content == (b"fail" if isinstance(house, AlipayHouse) else '{"code":"FAIL","message":"失败"}'.encode())
    assert state_of_the_world() == before and Charge.objects.get().state == "awaiting" and CallbackReceipt.objects.count() == 0


def test_an_open_payment_of_another_amount_there_goes_to_a_person(house: Both) -> None:
    charge = asked(amount=SUM)
    speak(charge)
    number = charge.channel_key.hex
    if isinstance(house, AlipayHouse):
        alipay_desk.scan(house.server.trades, number)
    house.server.trades.put(number, {"total": SUM + 1 if isinstance(house, WeChatHouse) else "150.01"})
    speak(charge)
    assert events("SO-1").count("charge.contradicted") == 1 and charge.state == "awaiting"


@pytest.mark.parametrize("running", ["wechat"], indirect=True)
def test_a_refund_under_way_is_settled_by_its_notice_once(house: WeChatHouse) -> None:
    before, refund = len(house.refunds()), instructed(house)
    house.server.behave("processing")
    assert work(refund) == [False] and (refund.state, part_of(refund).state) == ("pending", "sent")
    house.server.finish(part_of(refund).idempotency_key.hex, "SUCCESS")
    there = house.server.refunds.known[part_of(refund).idempotency_key.hex]
    told = house.server.told("REFUND.SUCCESS", wechat_desk.shown_refund(there, notice=True))
    less = house.server.told("REFUND.SUCCESS", wechat_desk.shown_refund({**there, "refund": SUM - 1}, notice=True))
    assert [call_back(house, *each).status_code for each in (less, told, told)] == [400, 204, 204]
    refund.refresh_from_db()
    assert (refund.state, house.refunds()[before:], CallbackReceipt.objects.count()) == ("settled", [SUM], 1)
    assert events("SO-JD1001").count("refund.settled") == 1 and work(refund) == [None]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("running", ["wechat"], indirect=True)
def test_notices_and_workers_at_the_same_time_settle_it_once(house: WeChatHouse) -> None:
    refund = instructed(house)
    house.server.behave("processing")
    work(refund)
    there = house.server.finish(part_of(refund).idempotency_key.hex, "SUCCESS")
    told = [house.server.told("REFUND.SUCCESS", wechat_desk.shown_refund(there, notice=True), notice_id=f"EV-{n}") for n in range(2)]

    def one(place: int) -> str:
        return str(call_back(house, *told[place // 2]).status_code if place % 2 else work(Refund.objects.get(id=refund.id)))

    at_once(one)
    refund.refresh_from_db()
    assert refund.state == "settled" and events("SO-JD1001").count("refund.settled") == 1 and trial_balance() == {"CNY": 0}


@pytest.mark.parametrize("running", ["wechat"], indirect=True)
def test_a_refund_to_a_dead_card_goes_to_finance_who_pays_another_way(house: WeChatHouse) -> None:
    refund = instructed(house)
    house.server.behave("processing")
    work(refund)
    number = part_of(refund).idempotency_key.hex
    house.server.finish(number, "ABNORMAL")
    there = house.server.refunds.known[number]
    told = house.server.told("REFUND.ABNORMAL", wechat_desk.shown_refund(there, notice=True))
    assert call_back(house, *told).status_code == 204
    assert work(refund) == [True] and (refund.state, part_of(refund).refusal_code) == ("failed", "REFUND_ABNORMAL")
    settle_offline(refund.number, proof="银行流水 20250317-8", actor=BO, now=NOW)
    refund.refresh_from_db()
    assert refund.state == "settled" and trial_balance() == {"CNY": 0}
