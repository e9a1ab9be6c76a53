"""A lent unit and its deposit to the end: paid and given back, kept in part, lost, never paid; each exactly once, in both channels."""

from typing import Any

import pytest

from shouhou.cases.models import Case
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.models import Charge, Refund
from shouhou.payments.tests.conftest import work
from shouhou.repairs.models import LoanUnit
from shouhou.repairs.queries import loans_out
from tests.conftest import Fake
from tests.stories.carrying import unchanged
from tests.stories.openings import still_lent
from tests.stories.repairing import CHANNELS, diagnosed, home, on_bench, pays, repaired, technician
from tests.world import World, refusal_of

LOAN: dict[str, Any] = {"title": "备用手机", "serial": "LOAN-1", "deposit": 50000}


def lent(world: World, channel: dict[str, Any], *, paid: bool = True) -> str:
    number = on_bench(world, channel=channel)
    world.move(number, "lend_unit", actor=technician(world, number), **LOAN)
    if paid:
        pays(world, number)
    return number


def sent_home(world: World, number: str) -> None:
    """Repaired and sent home; the consumer confirms, the loan unit is still out."""
    diagnosed(world, number)
    repaired(world, number)
    world.move(number, "ship_repaired", actor=technician(world, number), carrier="SF", tracking_number="SF9900000000011")
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    world.move(number, "confirm_repair", actor=world.buyer())


def back(world: World, number: str, **how: Any) -> dict[str, Any]:
    return world.move(number, "take_back_loan", actor=technician(world, number), **how)


def income() -> dict[str, int]:
    return {each.account.rpartition(":")[2]: each.posted_minor for each in balances(prefix="merchant") if each.posted_minor}


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_deposit_is_asked_for_paid_and_goes_back_when_the_unit_is_back(world: World, fake: Fake, channel: dict[str, Any]) -> None:
    number = lent(world, channel)
    charge = Charge.objects.get()
    assert (charge.purpose, charge.amount_minor, charge.state, world.case(number)["status"]) == ("deposit", 50000, "paid", "diagnosing")
    diagnosed(world, number)
    repaired(world, number)
    back(world, number)
    assert home(world, number)["status"] == "handed_back"
    work(Refund.objects.get(), now=world.now)
    assert (Refund.objects.get().amount_minor, Charge.objects.get().state, income()) == (50000, "refunded", {})
    assert refusal_of(back, world, number).code == "MOVE_NOT_NOW"
    world.move(number, "confirm_repair", actor=world.buyer())
    assert (world.case(number)["status"], Refund.objects.count(), set(trial_balance().values())) == ("closed", 1, {0})


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_case_that_is_done_waits_for_the_unit_and_keeps_a_part_for_damage(
    world: World, fake: Fake, channel: dict[str, Any]
) -> None:
    number = lent(world, channel)
    sent_home(world, number)
    assert (world.case(number)["status"], Charge.objects.get().earned_at) == ("loan_due", None)
    assert unchanged(world, number, back, world, number, condition="damaged", kept=50001, note="碎屏") == "ANSWERS_INVALID"
    assert unchanged(world, number, back, world, number, condition="damaged", kept=8000) == "ANSWERS_INVALID"
    assert unchanged(world, number, back, world, number, condition="ok", kept=8000, note="碎屏") == "ANSWERS_INVALID"
    done = back(world, number, condition="damaged", kept=8000, note="屏幕碎裂，按更换价扣留")
    work(Refund.objects.get(), now=world.now)
    unit = LoanUnit.objects.get()
    assert (done["status"], Refund.objects.get().amount_minor, income()) == ("closed", 42000, {"deposit": 8000})
    assert (unit.condition, unit.kept_minor, unit.returned_at, set(trial_balance().values())) == ("damaged", 8000, world.now, {0})


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_unit_that_does_not_come_back_in_time_is_lost_and_the_deposit_kept_once(
    world: World, fake: Fake, channel: dict[str, Any]
) -> None:
    number = lent(world, channel)
    sent_home(world, number)
    world.later(days=6).ring()
    assert world.case(number)["status"] == "loan_due"
    world.later(days=3).ring()
    world.later(days=3).ring()
    unit = LoanUnit.objects.get()
    assert (world.case(number)["status"], unit.condition, unit.returned_at, income()) == ("closed", "lost", None, {"deposit": 50000})
    assert (Refund.objects.count(), loans_out().count(), Case.objects.get().details.get("loan")) == (0, 0, None)
    other = on_bench(world, channel=channel, after_days=0)
    assert refusal_of(world.move, other, "lend_unit", actor=technician(world, other), **LOAN).code == "LOAN_TAKEN"
    assert set(trial_balance().values()) == {0}


def test_a_deposit_that_was_never_paid_is_called_off_and_one_that_expires_changes_nothing_else(world: World) -> None:
    number = lent(world, {}, paid=False)
    assert unchanged(world, number, back, world, number, condition="damaged", kept=1, note="划痕") == "ANSWERS_INVALID"
    back(world, number, condition="damaged", note="划痕，未收押金")
    assert (Charge.objects.get().state, Refund.objects.count(), LoanUnit.objects.get().kept_minor) == ("cancelled", 0, 0)


def test_the_repairs_own_price_is_earned_without_the_deposit(world: World, fake: Fake) -> None:
    number = lent(world, {})
    diagnosed(world, number, cause="human")
    world.move(number, "quote", actor=technician(world, number), parts_fee=10000, labour_fee=5000)
    world.move(number, "accept_quote", actor=world.buyer())
    pays(world, number)
    assert world.case(number)["status"] == "repairing"
    repaired(world, number)
    world.move(number, "ship_repaired", actor=technician(world, number), carrier="SF", tracking_number="SF9900000000012")
    world.move(number, "confirm_repair", actor=world.buyer())
    assert (income(), {charge.purpose: charge.state for charge in Charge.objects.all()}) == (
        {"repair": 15000}, {"deposit": "paid", "repair": "paid"},
    )  # fmt: skip
    back(world, number)
    work(Refund.objects.get(), now=world.now)
    assert (world.case(number)["status"], Refund.objects.get().amount_minor, income()) == ("closed", 50000, {"repair": 15000})


def test_a_unit_lent_in_a_repair_that_became_a_return_still_comes_back_with_its_deposit(world: World, fake: Fake) -> None:
    number = lent(world, {})
    diagnosed(world, number, finding="unrepairable")
    world.move(number, "take_refund", actor=world.buyer())
    case = world.case(number)
    assert (case["service"], Charge.objects.get().state) == ("return", "paid")
    back(world, number)
    refunds = {refund.subject[:2]: refund.amount_minor for refund in Refund.objects.all()}
    assert refunds["CH"] == 50000 and world.case(number)["status"] == case["status"]


def test_a_line_of_a_quote_without_words_is_refused(world: World) -> None:
    number = on_bench(world)
    diagnosed(world, number, cause="human")
    for lines in ([{"what": "  ", "amount": 100}], [{"amount": 100}], [{"what": "主板", "amount": 1}, {"what": ""}]):
        ask: dict[str, Any] = {"actor": technician(world, number), "parts_fee": 100, "labour_fee": 0, "lines": lines}
        assert unchanged(world, number, world.move, number, "quote", **ask) == "ANSWERS_INVALID"


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("end", ["closed", "lapsed"])
def test_a_unit_comes_back_after_its_repair_has_ended(world: World, fake: Fake, channel: dict[str, Any], end: str) -> None:
    number = still_lent("mail_in")(world, channel).number
    if end == "closed":
        world.move(number, "close_case", actor=world.staff("supervisor"), closing_reason="agreed_otherwise", note="顾客自行处理")
    else:
        world.later(days=8).ring()
    assert (world.case(number)["status"], len(loans_out())) == (end, 1)
    back(world, number)
    assert (world.case(number)["status"], len(loans_out())) == (end, 0)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_unit_comes_back_while_the_platform_decides_about_the_quote(world: World, fake: Fake, channel: dict[str, Any]) -> None:
    number = lent(world, channel)
    diagnosed(world, number, cause="misuse", fault_code="buttons")
    world.move(number, "quote", actor=technician(world, number), parts_fee=100, labour_fee=0)
    world.move(number, "dispute", actor=world.buyer(), reason="正常使用")
    world.shop_speaks(number)
    back(world, number)
    assert (world.case(number)["status"], len(loans_out())) == ("disputed", 0)
