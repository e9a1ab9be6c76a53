"""The consumer wants the refund on the store balance from the start: agreed to when applying, kept word for word, paid once."""

from typing import Any

import pytest

from shouhou.cases.models import Case
from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.models import OtherRoute, Refund, RefundPart, TenderAllowance
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake, Shop
from tests.stories.carrying import UNSENT, shop_answers
from tests.world import THIRD, World

NOTE = "3 月 13 日 10:20 来电：同意退到余额"
CHANNELS = pytest.mark.parametrize(("channel", "shop"), [({}, None), (THIRD, "m1")])


def taken_back(world: World, channel: dict[str, Any], *, answers: dict[str, Any], **order: Any) -> str:
    """A return to the refund's instruction, applied for with these answers."""
    shop = (channel.get("merchant") or {}).get("code")
    number: str = world.later(days=1).apply(world.order(**{**channel, **order}), answers=answers)["number"]
    inspector = world.staff("merchant_operator" if shop else "inspector", merchant=shop)
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    world.later(days=2).move(number, "receive", actor=inspector, packing="ok", appearance="ok", accessories="ok")
    world.move(number, "accept", actor=inspector)
    return number


def tenders() -> dict[str, int]:
    return {each.account: each.posted_minor for each in balances(prefix="tender") if each.posted_minor}


@CHANNELS
def test_what_was_agreed_to_when_applying_goes_to_the_balance_once(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = taken_back(world, channel, answers={"refund_to": "balance"})
    for side in ("applied", "agreed"):
        told = Case.objects.get(number=number).preview[side]["tenders"]
        assert [each["tender"] for each in told] == ["balance"], "what is shown before is what happens"
    world.pay(number)
    world.pay(number)
    assert world.case(number)["status"] == "refunded" and [each["amount"] for each in fake.movements()] == [19900]
    assert tenders() == {"tender:fake:balance": 19900} and set(trial_balance().values()) == {0}
    allowance = TenderAllowance.objects.get()
    assert (allowance.reserved_minor, allowance.settled_minor) == (0, 19900)
    kept = OtherRoute.objects.get()
    assert (kept.kind, kept.by, kept.call_note) == ("balance", world.buyer().who, "") and "我同意" in kept.consent


@pytest.mark.parametrize("answers", [{}, {"refund_to": "original"}])
def test_without_that_choice_it_goes_back_the_way_it_was_paid(world: World, fake: Fake, answers: dict[str, Any]) -> None:
    number = taken_back(world, {}, answers=answers)
    world.pay(number)
    assert tenders() == {"tender:fake:card": 19900} and not OtherRoute.objects.exists()


def test_a_gift_cards_money_stays_a_gift_cards(world: World, fake: Fake) -> None:
    paid = [{"tender": "card", "amount": 10000, "reference": "p1"}, {"tender": "gift_card", "amount": 9900, "reference": "p2"}]
    number = taken_back(world, {}, answers={"refund_to": "balance"}, payments=paid)
    work(Refund.objects.get(subject=number), now=world.now)
    assert sorted(RefundPart.objects.values_list("tender", "amount_minor", "state")) == [
        ("balance", 10000, "settled"), ("gift_card", 9900, "settled"),
    ]  # fmt: skip


def test_where_nothing_can_go_elsewhere_no_consent_is_recorded(world: World, fake: Fake) -> None:
    paid = [{"tender": "gift_card", "amount": 19900, "reference": "p2"}]
    number = taken_back(world, {}, answers={"refund_to": "balance"}, payments=paid)
    world.pay(number)
    assert tenders() == {"tender:fake:gift_card": 19900} and not OtherRoute.objects.exists()


def test_an_agent_writes_down_what_was_said_on_the_phone_and_a_shops_people_cannot(world: World, fake: Fake) -> None:
    order, before = world.later(days=1).order(**THIRD), OtherRoute.objects.count()
    clerk = world.staff("merchant_operator", merchant="m1")
    with pytest.raises(Refused) as no:
        world.apply(order, actor=clerk, call_note="来电", channel="phone", answers={"refund_to": "balance"})
    assert no.value.code in ("ANSWERS_INVALID", "FORBIDDEN") and OtherRoute.objects.count() == before
    told = world.apply(
        order, actor=world.staff("agent"), call_note=NOTE, channel="phone", answers={"refund_to": "balance"}
    )
    number, shop = told["number"], world.staff("merchant_operator", merchant="m1")
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    world.later(days=2).move(number, "receive", actor=shop, packing="ok", appearance="ok", accessories="ok")
    world.move(number, "accept", actor=shop)
    world.pay(number)
    kept = OtherRoute.objects.get()
    assert (kept.by, kept.call_note) == ("user:agent", NOTE) and tenders() == {"tender:fake:balance": 19900}


@pytest.mark.parametrize("channel", [{}, THIRD])
def test_an_order_stopped_before_it_left_is_paid_to_the_balance_too(
    world: World, shop: Shop, fake: Fake, channel: dict[str, Any]
) -> None:
    number = world.apply(
        world.order(**UNSENT, **channel), service="cancel", reason="changed_mind", answers={"refund_to": "balance"}
    )["number"]
    shop_answers(world, number)
    world.pay(number)
    assert world.case(number)["status"] == "refunded" and tenders() == {"tender:fake:balance": 19900}
    assert OtherRoute.objects.get().by == world.buyer().who
