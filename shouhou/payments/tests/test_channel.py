"""Every misbehaviour of a channel ends in the right state with exactly one movement of money."""

import json
import socket
import subprocess
import sys
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from shouhou.foundation.refusals import Refused
from shouhou.payments.actions import approve_refund, receive_callback, retry_refund
from shouhou.payments.actions.allowances import reserve
from shouhou.payments.actions.sending import FORGOTTEN_SECONDS, begin, exchange, finish, take_up_forgotten
from shouhou.payments.channels.fake import client
from shouhou.payments.channels.fake.server import Book
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, sign
from shouhou.payments.models import CallbackReceipt, Refund, RefundAttempt
from shouhou.payments.queries import order_money, stuck
from shouhou.payments.tests.conftest import BO, NOW, SECRET, Fake, instruct, make_order, work
from shouhou.payments.tests.test_refund import events, jobs, state_of_the_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.3)


@pytest.fixture
def refund(fake: Fake, settings: Settings) -> Refund:
    return instruct(make_order(), {1: 1})


def outcomes(refund: Refund) -> list[tuple[str, str]]:
    return list(RefundAttempt.objects.filter(part__refund=refund).order_by("id").values_list("kind", "outcome"))


@pytest.mark.parametrize("behaviour", ["success", "lost", "error_paid", "silent_paid", "slow"])
def test_what_was_paid_is_known_at_once_even_when_the_answer_is_lost(
    behaviour: str, fake: Fake, refund: Refund
) -> None:
    fake.behave(behaviour)
    assert work(refund) == [True]
    assert (refund.state, len(fake.movements())) == ("settled", 1)


@pytest.mark.parametrize("behaviour", ["outage", "silent", "error"])
def test_what_was_not_heard_of_is_asked_about_and_then_paid_once(behaviour: str, fake: Fake, refund: Refund) -> None:
    fake.behave(behaviour)
    assert work(refund) == [False]
    assert refund.parts.get().state == "unknown" and refund.state == "pending" and fake.movements() == []
    assert work(refund) == [True]
    assert (refund.state, len(fake.movements())) == ("settled", 1)
    assert outcomes(refund) == [("refund", "silent"), ("refund", "settled")]


def test_a_channel_that_is_down_leaves_the_part_unsent(settings: Settings, fake: Fake, refund: Refund) -> None:
    settings.PAYMENT_CHANNELS = {"fake": {"url": "http://127.0.0.1:9"}}
    assert work(refund) == [False]
    assert refund.parts.get().state == "pending" and outcomes(refund) == [("refund", "down")]
    settings.PAYMENT_CHANNELS = {"fake": {"url": fake.url}}
    assert work(refund) == [True] and len(fake.movements()) == 1


def test_a_channel_that_goes_down_after_silence_is_still_asked_first(
    settings: Settings, fake: Fake, refund: Refund
) -> None:
    fake.behave("silent")
    work(refund)
    settings.PAYMENT_CHANNELS = {"fake": {"url": "http://127.0.0.1:9"}}
    assert work(refund) == [False] and refund.parts.get().state == "unknown"
    assert [row["state"] for row in stuck(now=NOW, older_than_seconds=-1)] == ["unknown"]


def test_a_delayed_payment_is_asked_about_until_it_is_settled(fake: Fake, refund: Refund) -> None:
    fake.behave("delay")
    assert work(refund) == [False] and refund.parts.get().state == "sent" and fake.movements() == []
    limit = time.monotonic() + 60
    while not fake.movements():
        assert time.monotonic() < limit, "the channel never paid"
        time.sleep(0.05)
    assert work(refund) == [True] and refund.state == "settled" and len(fake.movements()) == 1


def test_a_process_killed_between_call_and_outcome_asks_before_it_pays(fake: Fake, refund: Refund) -> None:
    step = begin(refund.parts.get().id, now=NOW)
    assert step is not None
    exchange(step)
    # Killed here: nothing was kept but that the part had been sent.
    assert work(refund) == [True]
    assert refund.state == "settled" and len(fake.movements()) == 1 and outcomes(refund) == [("query", "settled")]


def test_two_workers_on_one_part_pay_once_and_tell_it_once(fake: Fake, refund: Refund) -> None:
    part = refund.parts.get()
    first, second = begin(part.id, now=NOW), begin(part.id, now=NOW)
    assert first and second and second.asks_first
    heard = [exchange(second), exchange(first)]
    assert finish(first, heard[1], started_at=NOW, now=NOW) and finish(second, heard[0], started_at=NOW, now=NOW)
    assert len(fake.movements()) == 1 and events().count("refund.settled") == 1


def body_of(refund: Refund, **changes: Any) -> bytes:
    part = refund.parts.get()
    said = {
        "id": "cb-1", "key": str(part.idempotency_key), "amount": part.amount_minor, "currency": "CNY",
        "status": "settled", "reference": "FR-1", **changes,
    }  # fmt: skip
    return json.dumps(said).encode()


def call_back(body: bytes, *, channel: str = "fake", secret: str = SECRET) -> str:
    headers = {"X-Channel-Signature": sign(body, secret=secret)}
    return receive_callback(channel, headers=headers, body=body, now=NOW)


def test_a_callback_settles_and_its_double_does_nothing(fake: Fake, refund: Refund) -> None:
    body = body_of(refund)
    assert [call_back(body), call_back(body), call_back(body_of(refund, id="cb-2"))] == [
        "settled", "duplicate", "settled before",
    ]  # fmt: skip
    refund.refresh_from_db()
    assert refund.state == "settled" and events().count("refund.settled") == 1 and CallbackReceipt.objects.count() == 2
    assert work(refund) == [None]


def test_a_callback_before_the_answer_is_harmless(fake: Fake, refund: Refund) -> None:
    step = begin(refund.parts.get().id, now=NOW)
    assert step is not None
    heard = exchange(step)
    assert call_back(body_of(refund)) == "settled"
    assert finish(step, heard, started_at=NOW, now=NOW)
    assert events().count("refund.settled") == 1 and len(fake.movements()) == 1


def test_an_old_refusal_by_callback_is_asked_about_and_not_believed(fake: Fake, refund: Refund) -> None:
    work(refund)
    assert call_back(body_of(refund, status="refused")) == "nothing"
    assert refund.state == "settled"
    other = instruct(make_order(number="JD2"), {1: 1}, key="k2", subject="SO-2")
    before = len(jobs())
    assert call_back(body_of(other, id="cb-9", status="refused")) == "asked"
    assert other.parts.get().state == "pending" and len(jobs()) == before + 1


def test_a_payment_told_of_after_a_refusal_goes_to_a_person(fake: Fake, refund: Refund) -> None:
    fake.behave("refuse")
    work(refund)
    assert call_back(body_of(refund)) == "contradicted"
    refund.refresh_from_db()
    assert refund.state == "failed" and events()[-1] == "refund.contradicted"


@pytest.mark.parametrize(
    ("changes", "secret", "code"),
    [
        ({}, "another", "REFUND_CALLBACK_UNSIGNED"),
        ({"amount": 15001}, SECRET, "REFUND_CALLBACK_MISMATCH"),
        ({"currency": "USD"}, SECRET, "REFUND_CALLBACK_MISMATCH"),
        ({"key": "7b0d7a52-6d0b-4c43-9a57-000000000000"}, SECRET, "REFUND_NOT_FOUND"),
        ({"key": "x"}, SECRET, "REFUND_CALLBACK_MALFORMED"),
        ({"status": "maybe"}, SECRET, "REFUND_CALLBACK_MALFORMED"),
        ({"amount": None}, SECRET, "REFUND_CALLBACK_MALFORMED"),
    ],
)
def test_a_wrong_callback_is_refused_and_changes_nothing(
    changes: dict[str, Any], secret: str, code: str, fake: Fake, refund: Refund
) -> None:
    before = state_of_the_world()
    with pytest.raises(Refused, match=code):
        call_back(body_of(refund, **changes), secret=secret)
    assert state_of_the_world() == before and CallbackReceipt.objects.count() == 0


def test_a_callback_of_no_channel_and_one_that_is_no_json_are_refused(fake: Fake, refund: Refund) -> None:
    before = state_of_the_world()
    with pytest.raises(Refused, match="NOT_FOUND"):
        call_back(body_of(refund), channel="nobody")
    with pytest.raises(Refused, match="REFUND_CALLBACK_MALFORMED"):
        call_back(b"[1]")
    with pytest.raises(Refused, match="REFUND_CALLBACK_MALFORMED"):
        call_back(b"x" * 70_000)
    assert state_of_the_world() == before


def test_open_parts_that_no_job_is_about_get_one_again(fake: Fake, refund: Refund) -> None:
    later = NOW + timedelta(seconds=FORGOTTEN_SECONDS + 1)
    assert take_up_forgotten(now=later) == 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert take_up_forgotten(now=NOW) == 0
    assert take_up_forgotten(now=later) == 1 and len(jobs()) == 1


def test_what_awaits_the_second_person_is_never_taken_up(fake: Fake) -> None:
    waiting = instruct(make_order(), {1: 1}, above=0)
    assert take_up_forgotten(now=NOW + timedelta(days=1)) == 0 and jobs() == []
    approve_refund(waiting.number, actor=BO, now=NOW)
    assert len(jobs()) == 1


def test_a_refund_tried_again_and_one_made_meanwhile_share_what_was_paid(fake: Fake) -> None:
    order = make_order(lines=((1, 15000), (1, 15000)), tenders=(("card", 15000),))
    fake.behave("refuse")
    first = instruct(order, {1: 1})
    work(first)
    second = instruct(order, {2: 1}, key="k2", subject="SO-2")
    # What the first still owes stays kept for it, tender by tender.
    assert second.amount_minor == 7500 and order_money(order.id).refunded_minor == 15000
    retry_refund(first.number, actor=BO, now=NOW)
    work(first), work(second)
    assert [first.state, second.state] == ["settled", "settled"] and sum(m["amount"] for m in fake.movements()) == 15000


def test_a_late_refusal_of_an_earlier_round_does_not_end_the_one_under_way(fake: Fake, refund: Refund) -> None:
    fake.behave("refuse", "refuse")
    part = refund.parts.get()
    step = begin(part.id, now=NOW)
    assert step is not None
    late = exchange(step)
    work(refund)
    assert refund.state == "failed"
    retry_refund(refund.number, actor=BO, now=NOW)
    assert not finish(step, late, started_at=NOW, now=NOW)
    assert refund.parts.get().state == "sent"
    work(refund)
    assert refund.state == "settled" and len(fake.movements()) == 1


def test_a_channel_that_paid_another_amount_is_told_once_and_left_to_a_person(fake: Fake, refund: Refund) -> None:
    key = str(refund.parts.get().idempotency_key)
    fake.server.book.record({
        "key": key, "amount": 14999, "currency": "CNY", "status": "settled", "reference": "FR-1", "for": "", "at": 0.0,
    })  # fmt: skip
    step = begin(refund.parts.get().id, now=NOW)
    assert step is not None
    for _ in range(2):
        assert work(refund) == [True]
    assert refund.state == "pending" and refund.parts.get().state == "unknown"
    assert events().count("refund.contradicted") == 1 and outcomes(refund) == [("query", "other amount")] * 2


def test_what_a_refused_refund_still_owes_cannot_be_taken_by_another(fake: Fake, refund: Refund) -> None:
    fake.behave("refuse")
    work(refund)
    before, payment = state_of_the_world(), refund.parts.get().payment_id
    assert payment is not None
    with pytest.raises(Refused, match="EXCEEDS_PAID") as no, transaction.atomic():
        reserve(refund.order_id, {payment: 1})
    assert no.value.facts["max_minor"] == 0 and state_of_the_world() == before
    retry_refund(refund.number, actor=BO, now=NOW)
    work(refund)
    assert [m["amount"] for m in fake.movements()] == [15000]


def test_a_refused_tender_does_not_shift_what_a_later_refund_takes_from_each(fake: Fake) -> None:
    order = make_order(lines=((2, 20000),), tenders=(("card", 10000), ("wallet", 10000)))
    fake.behave("refuse")
    first = instruct(order, {1: 1})
    work(first)
    second = instruct(order, {1: 1}, key="k2", subject="SO-2")
    assert {part.tender: part.amount_minor for part in second.parts.all()} == {"card": 5000, "wallet": 5000}
    retry_refund(first.number, actor=BO, now=NOW)
    work(first), work(second)
    assert [first.state, second.state] == ["settled", "settled"] and sum(m["amount"] for m in fake.movements()) == 20000


def test_the_fake_remembers_over_a_kill_and_pays_a_key_once(tmp_path: Path) -> None:
    state = tmp_path / "channel.jsonl"
    state.write_text('{"key": "cut off')
    request = {"key": "k1", "amount": 100, "currency": "CNY", "reference": "RF-1"}
    for _ in range(2):
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "shouhou.payments.channels.fake.server", "--port", str(port), "--state", str(state)]
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url)
            assert httpx.post(f"{url}/refunds", json=request).json()["status"] == "settled"
            assert httpx.post(f"{url}/refunds", json={**request, "amount": 101}).status_code == 409
            assert httpx.post(f"{url}/_behave", json={"behaviours": ["nonsense"]}).status_code == 422
            assert len(httpx.get(f"{url}/_ledger").json()["movements"]) == 1
        finally:
            process.kill()
            process.wait()
    assert len(Book(state).movements) == 1


def test_the_fakes_callbacks_carry_a_signature_that_holds(fake: Fake, refund: Refund) -> None:
    heard: list[tuple[str, bytes]] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.headers[SIGNATURE_HEADER], body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Quiet."""

    ear = HTTPServer(("127.0.0.1", 0), Ear)
    Thread(target=ear.serve_forever, args=(0.01,), daemon=True).start()
    fake.server.callback = f"http://127.0.0.1:{ear.server_address[1]}"
    fake.behave("duplicate_callback")
    work(refund)
    for _ in range(50):
        if len(heard) == 2:
            break
        time.sleep(0.02)
    ear.shutdown()
    ear.server_close()
    done = [
        receive_callback("fake", headers={SIGNATURE_HEADER: signature}, body=body, now=NOW) for signature, body in heard
    ]
    assert done == ["settled before", "duplicate"] and len(fake.movements()) == 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            httpx.get(f"{url}/healthz")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"nobody at {url}")
