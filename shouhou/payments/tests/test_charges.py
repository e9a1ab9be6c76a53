"""Money in: a charge through the real fake channel, on good days and bad ones; never twice, never lost."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.db import IntegrityError, connection, transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import (
    ask_about_charge,
    ask_charge,
    cancel_charge,
    earn_charges,
    receive_callback,
    refund_charge,
    try_charge_again,
)  # fmt: skip
from shouhou.payments.actions.charge_sending import begin_charge, exchange_charge, finish_charge, take_up_charges
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, sign
from shouhou.payments.charge_queries import charge_for_buyer, charge_json, charges_of
from shouhou.payments.models import Charge, ChargeAttempt, Refund
from shouhou.payments.queries import order_money, stuck
from shouhou.payments.tests.conftest import ANNA, NOW, SECRET, Fake, make_order, work
from shouhou.plumbing.models import Event

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


def asked(order: Any = None, *, amount: int = 18000, key: str = "SO-1:repair", subject: str = "SO-1", now: datetime = NOW) -> Charge:
    order = order or make_order()
    return ask_charge(
        subject=subject, order_id=order.id, merchant_id=order.merchant_id, buyer_id=order.buyer_id, purpose="repair",
        amount_minor=amount, currency="CNY", key=key, expires_at=LATER, actor=ANNA, now=now,
    )  # fmt: skip


def speak(charge: Charge, *, now: datetime = NOW) -> bool | None:
    """What the job does; None: there was nothing to say."""
    step = begin_charge(charge.id, now=now)
    done = None if step is None else finish_charge(step, exchange_charge(step), started_at=now, now=now)
    charge.refresh_from_db()
    return done


def press(charge: Charge, button: str = "pay") -> httpx.Response:
    """The consumer on the channel's page."""
    return httpx.post(charge.pay_url, data={"action": button})


def events(what: str) -> int:
    return Event.objects.filter(type=what).count()


def done_with_jobs() -> int:
    """Every job about charges is done; answers how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE task_name = 'payments.speak_charge' AND status = 'todo'")
        return int(cursor.rowcount)


def received(fake: Fake) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{fake.url}/_ledger").json()["received"]
    return found


def call_back(fake: Fake, charge: Charge, *, status: str = "settled", amount: int = 0, number: str = "cb-1") -> str:
    body = json.dumps({
        "id": number, "about": "payment", "key": str(charge.channel_key), "status": status, "means": "card",
        "amount": amount or charge.amount_minor, "currency": "CNY", "reference": "FP-1",
    }).encode()  # fmt: skip
    return receive_callback("fake", headers={SIGNATURE_HEADER: sign(body, secret=SECRET)}, body=body, now=NOW)


def test_a_charge_is_made_out_paid_on_the_channels_page_and_booked_once(fake: Fake) -> None:
    charge = asked()
    assert (charge.state, charge.pay_url, charges_of("SO-1")[0]["preparing"]) == ("awaiting", "", True)
    assert speak(charge) is True
    assert charge.pay_url.startswith(fake.url) and "180.00" in httpx.get(charge.pay_url).text
    back = press(charge)
    assert (back.status_code, back.headers["location"].endswith(f"/pay/{charge.number}/")) == (303, True)
    speak(charge)
    assert (charge.state, charge.means, charge.open_there, events("charge.paid")) == ("paid", "card", False, 1)
    assert speak(charge) is None and call_back(fake, charge) == "settled before" and events("charge.paid") == 1
    assert {b.account: b.posted_minor for b in balances()} == {
        f"buyer:{charge.buyer_id}:charges": 18000, "tender:fake:card": -18000,
    }  # fmt: skip
    assert set(trial_balance().values()) == {0} and len(received(fake)) == 1


def test_the_same_key_is_one_charge_and_never_another_amount() -> None:
    order = make_order()
    first = asked(order)
    assert asked(order).id == first.id and events("charge.asked") == 1
    with pytest.raises(Refused, match="CHARGE_KEY_REUSED"):
        asked(order, amount=1)
    assert Charge.objects.get().amount_minor == 18000


def test_a_declined_try_is_over_and_the_next_one_has_another_key(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    old = charge.channel_key
    press(charge, "decline")
    speak(charge)
    assert (charge.state, charge.declined_code, charge.pay_url) == ("awaiting", "DECLINED_BY_PAYER", "")
    assert events("charge.failed") == 1 and speak(charge) is None
    try_charge_again(charge.number, now=NOW)
    speak(charge)
    assert charge.channel_key != old and charge.round == 2
    press(charge)
    speak(charge)
    assert charge.state == "paid" and [entry["key"] for entry in received(fake)] == [str(charge.channel_key)]


def test_while_a_try_is_under_way_no_second_one_begins(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    try_charge_again(charge.number, now=NOW)
    charge.refresh_from_db()
    assert charge.round == 1 and charge.pay_url
    press(charge)
    speak(charge)
    with pytest.raises(Refused, match="CHARGE_NOT_AWAITING"):
        try_charge_again(charge.number, now=NOW)
    assert len(received(fake)) == 1


def test_a_callback_must_be_signed_for_this_charge_and_this_amount(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    with pytest.raises(Refused, match="REFUND_CALLBACK_MISMATCH"):
        call_back(fake, charge, amount=17999)
    body = b'{"id":"x"}'
    with pytest.raises(Refused, match="REFUND_CALLBACK_UNSIGNED"):
        receive_callback("fake", headers={SIGNATURE_HEADER: "v1=no"}, body=body, now=NOW)
    charge.refresh_from_db()
    assert charge.state == "awaiting" and balances() == [] and events("charge.paid") == 0
    assert call_back(fake, charge) == "settled" and call_back(fake, charge) == "duplicate"
    assert events("charge.paid") == 1


def test_a_channel_that_took_another_amount_goes_to_a_person(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    press(charge)
    entry = fake.server.till.known[str(charge.channel_key)]
    entry["amount"] = 17999
    speak(charge)
    speak(charge)
    assert charge.state == "awaiting" and events("charge.contradicted") == 1 and balances() == []
    assert [(row["number"], row["code"]) for row in stuck(now=NOW)] == [(charge.number, "17999 ≠ 18000")]


def test_a_cancelled_charge_is_closed_at_the_channel(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    cancel_charge(charge.number, actor=ANNA, now=NOW)
    cancel_charge(charge.number, actor=ANNA, now=NOW)
    assert speak(charge) is True and (charge.state, charge.open_there, events("charge.cancelled")) == ("cancelled", False, 1)
    httpx.post(f"{fake.url}/pay/{charge.channel_key}", data={"action": "pay"})
    assert received(fake) == []


def test_money_that_comes_after_cancelling_goes_back_by_itself_once(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    cancel_charge(charge.number, actor=ANNA, now=NOW)
    press(charge)
    speak(charge)
    assert charge.state == "refunding" and events("charge.paid_late") == 1 and events("charge.paid") == 0
    refund = Refund.objects.get(subject=charge.number)
    work(refund)
    charge.refresh_from_db()
    assert (refund.state, charge.state, events("charge.refunded")) == ("settled", "refunded", 1)
    assert [m["amount"] for m in fake.movements()] == [18000]
    assert all(b.posted_minor == 0 and b.pending_minor == 0 for b in balances())


def test_what_nobody_pays_expires_at_its_instant_and_not_before(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    speak(charge, now=LATER - timedelta(seconds=1))
    assert charge.state == "awaiting"
    speak(charge, now=LATER)
    assert (charge.state, charge.open_there, events("charge.expired")) == ("expired", False, 1)
    assert fake.server.till.known[str(charge.channel_key)]["status"] == "closed"


def test_what_was_paid_in_time_and_never_told_is_found_when_it_would_expire(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    fake.behave("no_callback")
    press(charge)
    speak(charge, now=LATER)
    assert charge.state == "paid" and events("charge.expired") == 0 and events("charge.paid") == 1


def test_a_channel_out_of_reach_expires_nothing_and_loses_nothing(fake: Fake, settings: Any) -> None:
    charge = asked()
    speak(charge)
    settings.PAYMENT_CHANNELS = {"fake": {"url": "http://127.0.0.1:9"}}
    assert speak(charge, now=LATER) is False and charge.state == "awaiting"
    settings.PAYMENT_CHANNELS = {"fake": {"url": fake.url}}
    assert speak(charge, now=LATER) is True and charge.state == "expired"


def test_a_lost_answer_makes_out_one_payment_only(fake: Fake) -> None:
    charge = asked()
    fake.behave("pay_lost", "pay_error")
    assert speak(charge) is False and speak(charge) is False and charge.pay_url == ""
    assert speak(charge) is True and charge.pay_url and len(fake.server.till.known) == 1
    assert [a["outcome"] for a in charge_json(charge.number)["attempts"]] == ["silent", "silent", "open"]


def test_a_paid_charge_goes_back_to_its_means_exactly_once(fake: Fake) -> None:
    order = make_order()
    charge = asked(order)
    speak(charge)
    press(charge)
    speak(charge)
    refund = refund_charge(charge.number, actor=ANNA, now=NOW)
    assert refund_charge(charge.number, actor=ANNA, now=NOW).id == refund.id
    work(refund)
    assert refund_charge(charge.number, actor=ANNA, now=NOW).id == refund.id
    assert [m["amount"] for m in fake.movements()] == [18000] and order_money(order.id).refunded_minor == 0
    assert all(b.posted_minor == 0 for b in balances())


def test_what_is_earned_is_income_once_and_goes_back_out_of_it(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    press(charge)
    speak(charge)
    assert earn_charges(subject="SO-1", actor=ANNA, now=NOW) == 1 and earn_charges(subject="SO-1", actor=ANNA, now=NOW) == 0
    income = f"merchant:{charge.merchant_id}:income:repair"
    assert {b.account: b.posted_minor for b in balances(prefix="merchant")} == {income: 18000}
    work(refund_charge(charge.number, actor=ANNA, now=NOW))
    assert all(b.posted_minor == 0 for b in balances())


@pytest.mark.parametrize("state", ["awaiting", "cancelled"])
def test_nothing_goes_back_of_what_was_not_paid(state: str) -> None:
    charge = asked()
    if state == "cancelled":
        cancel_charge(charge.number, actor=ANNA, now=NOW)
    with pytest.raises(Refused, match="CHARGE_NOT_PAID"):
        refund_charge(charge.number, actor=ANNA, now=NOW)
    assert Refund.objects.count() == 0 and Charge.objects.get().state == state


def test_a_strangers_charge_is_not_there() -> None:
    charge = asked()
    assert charge_for_buyer(charge.number, charge.buyer_id, language="en")["label"] == "Repair"
    with pytest.raises(Refused, match="CHARGE_NOT_FOUND"):
        charge_for_buyer(charge.number, charge.buyer_id + 1, language="en")


def test_attempts_of_charges_are_append_only(fake: Fake) -> None:
    speak(asked())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ChargeAttempt.objects.update(outcome="settled")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ChargeAttempt.objects.all().delete()
    assert ChargeAttempt.objects.get().outcome == "open"


def test_a_quiet_charge_is_asked_about_ever_more_rarely(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    done_with_jobs()
    assert take_up_charges(now=NOW + timedelta(seconds=30)) == 0
    assert take_up_charges(now=NOW + timedelta(seconds=61)) == 1
    assert take_up_charges(now=NOW + timedelta(seconds=62)) == 0
    done_with_jobs()
    for _ in range(9):
        speak(charge)
    assert take_up_charges(now=NOW + timedelta(seconds=61)) == 0 and take_up_charges(now=NOW + timedelta(seconds=601)) == 1
    done_with_jobs()
    ask_about_charge(charge.number, now=NOW)
    assert done_with_jobs() == 1


PRESSES = ["pay"] * 7 + ["decline", "nothing", "cancel"]


def test_two_hundred_charges_on_the_worst_of_days_none_double_and_none_lost(fake: Fake) -> None:
    dice = random.Random(2026)
    order = make_order()
    charges = [asked(order, amount=100 + place, key=f"k{place}", subject=f"SO-{place}") for place in range(200)]
    moods = ["success"] * 6 + ["pay_lost", "pay_error", "outage", "no_callback", "callback_twice"]
    for charge in charges:
        fake.server.script.append(dice.choice(moods))
        speak(charge)
        if not charge.pay_url:
            speak(charge)
        does = dice.choice(PRESSES)
        if does == "cancel":
            cancel_charge(charge.number, actor=ANNA, now=NOW)
        if charge.pay_url and does != "nothing":
            press(charge, "decline" if does == "decline" else "pay")
    fake.server.script.clear()
    for charge in charges:
        paid = fake.server.till.known.get(str(charge.channel_key), {}).get("status") == "settled"
        for _ in range(dice.choice([0, 1, 2]) if paid else 0):
            call_back(fake, charge, number=f"cb-{charge.number}")
    for charge in charges:
        for _ in range(3):
            speak(charge, now=LATER)
        for refund in Refund.objects.filter(subject=charge.number):
            work(refund)
        charge.refresh_from_db()
    took = {entry["key"]: entry["amount"] for entry in received(fake)}
    ours = {str(charge.channel_key): charge.amount_minor for charge in charges if charge.paid_at}
    assert ours == took and len(took) > 100
    assert {charge.state for charge in charges} <= {"paid", "expired", "refunded", "cancelled"}
    kept = sum(charge.amount_minor for charge in charges if charge.state == "paid")
    back = sum(charge.amount_minor for charge in charges if charge.state == "refunded")
    assert sum(m["amount"] for m in fake.movements()) == back and back > 0
    assert {b.account: b.posted_minor for b in balances(prefix="buyer")} == {
        f"buyer:{order.buyer_id}:charges": kept, f"buyer:{order.buyer_id}:refunds": 0,
    }  # fmt: skip
    assert set(trial_balance().values()) == {0}
    told = {kind: events(f"charge.{kind}") for kind in ("paid", "expired", "refunded")}
    states = [charge.state for charge in charges]
    assert told == {"paid": states.count("paid"), "expired": states.count("expired"), "refunded": states.count("refunded")}
