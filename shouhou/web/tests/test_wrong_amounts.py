"""Finance's page of wrong amounts: what a channel took otherwise than asked, and what it paid out too much."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from shouhou.foundation.money import Money
from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import Order
from shouhou.payments.actions import ask_charge
from shouhou.payments.actions.charge_sending import ChargeHeard, begin_charge, finish_charge
from shouhou.payments.actions.overpaid import note_overpaid
from shouhou.payments.channels.base import PayAnswer
from shouhou.payments.models import Charge, ChargeSettlement, Overpayment, Refund
from shouhou.plumbing import clock
from shouhou.plumbing.actor import SYSTEM
from tests.conftest import Fake
from tests.world import World

Staff = Callable[..., Client]


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def wrong_charge(world: World, *, asked: int = 18000, taken: int = 18100, number: str = "") -> Charge:
    """Asked for, and told of by the channel with another amount."""
    now = clock.now()
    order = Order.objects.get(number=world.order(number))
    charge = ask_charge(
        subject="SO-1", order_id=order.pk, merchant_id=order.merchant_id, buyer_id=order.buyer_id, purpose="repair", amount_minor=asked,
        currency="CNY", key=f"SO-1:{order.pk}", expires_at=now + timedelta(days=3), actor=SYSTEM, now=now,
    )  # fmt: skip
    step = begin_charge(charge.pk, now=now)
    assert step is not None
    heard = ChargeHeard("settled", PayAnswer("settled", reference="FP-7", means="card", amount_minor=taken))
    finish_charge(step, heard, started_at=now, now=now)
    return charge


def overpayment(world: World) -> Overpayment:
    world.now = clock.now() - timedelta(days=9)
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    return note_overpaid(Refund.objects.get(), amount_minor=100, key="part:1", now=clock.now())


def test_a_wrong_amount_stands_on_todays_page_and_is_settled_with_its_proof_once(world: World, staff: Staff) -> None:
    charge, client = wrong_charge(world), staff("finance")
    assert "渠道收款与付款单不符" in text(client.get("/finance/"))
    html = text(client.get("/finance/wrong/"))
    address = f"/finance/wrong/charges/{charge.number}/"
    assert address in html and "181.00" in html
    assert "登记渠道实际收款" in text(client.get(address)) and "登记渠道实际收款" not in text(staff("auditor").get(address))
    wish = {"once": "k", "deed": "settle", "amount": "181.00", "reference": "FP-7", "proof": "账单 3 行", "way": "surplus"}
    assert client.post(address, {**wish, "amount": "much"}).status_code == 422
    assert client.post(address, {**wish, "once": "k2", "way": "as_is"}).status_code == 422
    assert not ChargeSettlement.objects.exists()
    assert client.post(address, wish).status_code == client.post(address, wish).status_code == 302
    charge.refresh_from_db()
    assert (charge.state, charge.taken_minor, ChargeSettlement.objects.count()) == ("paid", 18100, 1)
    assert charge.number not in text(client.get("/finance/wrong/")) and "账单 3 行" in text(client.get(address))


def test_above_the_limit_the_page_asks_a_second_person_in_the_charges_own_currency(world: World, staff: Staff) -> None:
    charge, first, second = wrong_charge(world, asked=200000, taken=60000), staff("finance"), staff("supervisor")
    address = f"/finance/wrong/charges/{charge.number}/"
    first.post(address, {"once": "a", "deed": "settle", "amount": "600", "reference": "FP-7", "proof": "账单", "way": "as_is"})
    assert "复核同意" not in text(first.get(address)) and "复核同意" in text(second.get(address))
    assert first.post(address, {"once": "b", "deed": "confirm"}).status_code == 403
    assert Charge.objects.get().state == "awaiting"
    assert second.post(address, {"once": "c", "deed": "confirm"}).status_code == 302
    assert (Charge.objects.get().state, Charge.objects.get().amount_minor) == ("paid", 60000)


def test_what_was_paid_out_too_much_is_asked_for_and_written_off_by_two(world: World, staff: Staff, fake: Fake) -> None:
    found, first, second = overpayment(world), staff("finance"), staff("supervisor")
    html = text(first.get("/finance/wrong/"))
    assert f'/staff/cases/{found.refund.subject}/"' in html
    assert found.refund.number in html and "请消费者退回" in html and "请消费者退回" not in text(staff("auditor").get("/finance/wrong/"))
    deeds = f"/finance/wrong/overpaid/{found.pk}/"
    assert staff("auditor").post(f"{deeds}ask/", {"once": "z"}).status_code == 403
    for _ in range(2):
        assert first.post(f"{deeds}ask/", {"once": "a"}).status_code == 302
    assert [(each.purpose, each.amount_minor) for each in Charge.objects.all()] == [("overpaid", 100)]
    first.post(f"{deeds}off/", {"once": "b", "why": "不值得"})
    first.post(f"{deeds}agree/", {"once": "c"})
    found.refresh_from_db()
    assert found.state == "proposed" and "复核同意核销" in text(second.get("/finance/wrong/"))
    second.post(f"{deeds}agree/", {"once": "d"})
    found.refresh_from_db()
    assert found.state == "written_off" and set(trial_balance().values()) == {0}
    assert found.refund.number not in text(first.get("/finance/wrong/"))
    assert found.refund.number in text(first.get("/finance/wrong/?state=all"))
    rows = b"".join(first.get("/finance/wrong.csv?state=all").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 2 and "1.00" in rows[1] and "不值得" in rows[1]


@pytest.mark.parametrize("address", ["charges/CH-0/", "charges/CH-0000-0000-0/", "overpaid/1/nothing/"])
def test_what_is_not_there_is_not_found(world: World, staff: Staff, address: str) -> None:
    client = staff("finance")
    assert (client.post if "overpaid" in address else client.get)(f"/finance/wrong/{address}").status_code == 404


def version_in(html: str, deed: str) -> str:
    """What the form of that deed says it was made from."""
    form = next(part for part in html.split("<form ")[1:] if deed in part.partition("</form>")[0])
    return form.partition('name="version" value="')[2].partition('"')[0]


def test_a_second_person_agrees_only_to_what_their_page_showed(world: World, staff: Staff) -> None:
    charge, first, second = wrong_charge(world, asked=200000, taken=60000), staff("finance"), staff("supervisor")
    address = f"/finance/wrong/charges/{charge.number}/"
    wish = {"deed": "settle", "amount": "600", "reference": "FP-7", "proof": "账单"}
    first.post(address, {**wish, "once": "a", "way": "as_is"})
    seen = version_in(text(second.get(address)), 'value="confirm"')
    first.post(address, {"once": "b", "deed": "decline"})
    first.post(address, {**wish, "once": "c", "way": "back"})
    answer = second.post(address, {"once": "d", "deed": "confirm", "version": seen})
    assert answer.status_code == 409 and "请刷新后重试" in text(answer)
    assert (Charge.objects.get().state, Refund.objects.exists(), set(trial_balance().values()) <= {0}) == ("awaiting", False, True)
    fresh = version_in(text(answer), 'value="confirm"')
    assert fresh != seen and second.post(address, {"once": "e", "deed": "confirm", "version": fresh}).status_code == 302
    assert Charge.objects.order_by("id")[0].state == "refunding" and Refund.objects.get().amount_minor == 60000
    # What is done is done: the same press in another tab changes nothing.
    assert second.post(address, {"once": "f", "deed": "confirm", "version": fresh}).status_code == 409
    assert Refund.objects.count() == 1


def test_a_write_off_proposed_anew_is_not_agreed_to_from_an_old_page(world: World, staff: Staff, fake: Fake) -> None:
    found, first, second = overpayment(world), staff("finance"), staff("supervisor")
    deeds = f"/finance/wrong/overpaid/{found.pk}/"
    first.post(f"{deeds}off/", {"once": "a", "why": "不值得"})
    seen = version_in(text(second.get("/finance/wrong/")), f'{found.pk}/agree/')
    first.post(f"{deeds}decline/", {"once": "b"})
    first.post(f"{deeds}off/", {"once": "c", "why": "已另行收回"})
    assert "请刷新后重试" in text(second.post(f"{deeds}agree/", {"once": "d", "version": seen}, follow=True))
    found.refresh_from_db()
    assert (found.state, found.reason, set(trial_balance().values()) <= {0}) == ("proposed", "已另行收回", True)
    fresh = version_in(text(second.get("/finance/wrong/")), f'{found.pk}/agree/')
    second.post(f"{deeds}agree/", {"once": "e", "version": fresh})
    found.refresh_from_db()
    assert found.state == "written_off"


@pytest.mark.parametrize(
    ("currency", "asked", "taken", "waits"),
    [
        ("CNY", 100000, 50000, False), ("JPY", 20000, 10000, False), ("JPY", 20000, 9000, True), ("KWD", 42000, 20000, True),
        ("ISK", 20, 10, True),
    ],
)  # fmt: skip
def test_the_limit_of_the_page_is_worth_the_same_in_every_currency(
    world: World, staff: Staff, currency: str, asked: int, taken: int, waits: bool
) -> None:
    charge = wrong_charge(world, asked=asked, taken=taken)
    Charge.objects.update(currency=currency)
    client, address = staff("finance"), f"/finance/wrong/charges/{charge.number}/"
    told = Money(taken, currency).decimal
    answer = client.post(
        address, {"once": "a", "deed": "settle", "amount": f"{told:f}", "reference": "FP-7", "proof": "账单", "way": "as_is"}
    )
    assert answer.status_code == 302
    settlement = ChargeSettlement.objects.get()
    assert (settlement.taken_minor, settlement.state) == (taken, "proposed" if waits else "done")
    if waits:
        assert client.post(address, {"once": "b", "deed": "confirm"}).status_code == 403
    assert set(trial_balance().values()) <= {0}
