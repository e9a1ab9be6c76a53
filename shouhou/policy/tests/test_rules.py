"""The smaller rules, each with the figures of its clause."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from shouhou.foundation.days import NO_HOLIDAYS, SHANGHAI, Calendar
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused
from shouhou.policy.library import shipped
from shouhou.policy.rules.depreciation import depreciation
from shouhou.policy.rules.duration import case_duration
from shouhou.policy.rules.freight import freight_bill, send_back_payer
from shouhou.policy.rules.governance import suspension
from shouhou.policy.rules.insurance import STEPS, freight_claim
from shouhou.policy.rules.invoice import reversal
from shouhou.policy.rules.membership import privileges
from shouhou.policy.rules.overlay import short_term_rejection, withdrawal, withdrawal_refund
from shouhou.policy.rules.paid_repair import repair_charge
from shouhou.policy.rules.policy_version import DatedValue, pinned
from shouhou.policy.rules.satisfaction import satisfaction
from shouhou.policy.rules.warranty import (
    Repair,
    Warranty,
    extended_end,
    imei_end,
    open_repair_days,
    same_fault_repairs,
    warranty_end,
)

MARCH = date(2025, 3, 10)
YUAN = Money.of


def end_of(warranty: Warranty, months: int = 12, calendar: Calendar = NO_HOLIDAYS) -> date | None:
    return warranty_end(warranty, months=months, calendar=calendar)


def test_a_warranty_ends_on_the_corresponding_day_or_the_months_end() -> None:
    assert end_of(Warranty(MARCH)) == date(2026, 3, 10)
    assert end_of(Warranty(date(2024, 2, 29))) == date(2025, 2, 28)
    assert end_of(Warranty(date(2025, 8, 31)), months=6) == date(2026, 2, 28)
    assert end_of(Warranty()) is None


def test_repair_time_is_not_counted_and_an_unfinished_repair_adds_nothing_yet() -> None:
    repaired = Repair(date(2025, 6, 1), date(2025, 6, 15))
    assert end_of(Warranty(MARCH, repairs=(repaired,))) == date(2026, 3, 24)
    assert end_of(Warranty(MARCH, repairs=(repaired, Repair(date(2025, 7, 1))))) == date(2026, 3, 24)


def test_installation_starts_it_replacement_starts_it_again_and_forgets_the_old_repairs() -> None:
    old = Repair(date(2025, 4, 1), date(2025, 4, 11), "no_power")
    assert end_of(Warranty(MARCH, installed=date(2025, 3, 18))) == date(2026, 3, 18)
    replaced = Warranty(MARCH, installed=date(2025, 3, 18), replaced=date(2025, 6, 1), repairs=(old,))
    assert end_of(replaced) == date(2026, 6, 1)
    assert same_fault_repairs(replaced, "no_power") == 0
    assert same_fault_repairs(Warranty(MARCH, repairs=(old,)), "no_power") == 1


def test_the_last_day_rolls_past_a_break_and_the_plan_comes_after_it() -> None:
    holidays = Calendar.of(date(2025, 10, day) for day in range(1, 9))
    started = Warranty(date(2024, 10, 1), extended_months=12)
    assert end_of(started, calendar=holidays) == date(2025, 10, 9)
    assert extended_end(started, months=12, calendar=holidays) == date(2026, 10, 1)
    assert extended_end(Warranty(MARCH), months=12, calendar=holidays) is None


def test_a_warranty_in_days_overrules_months_and_the_factory_date_stands_in_for_a_voucher() -> None:
    assert warranty_end(Warranty(MARCH), months=12, days=30, calendar=NO_HOLIDAYS) == date(2025, 4, 9)
    assert imei_end(date(2025, 2, 1), months=12, grace_days=90, calendar=NO_HOLIDAYS) == date(2026, 5, 2)


def test_open_repairs_are_counted_apart_for_the_repairer_and_for_parts() -> None:
    lasting = Warranty(MARCH, repairs=(Repair(date(2025, 5, 1)), Repair(date(2025, 4, 1), delay="parts")))
    assert open_repair_days(lasting, delay="repairer", on=date(2025, 5, 31)) == 30
    assert open_repair_days(lasting, delay="parts", on=date(2025, 5, 31)) == 60


def test_freight_adds_up_over_the_legs_and_the_platform_recharges_the_seller() -> None:
    ours = {"return_leg": "customer", "outbound": "customer"}
    theirs = {"return_leg": "platform", "outbound": "seller"}
    both = freight_bill(ours, service="exchange", self_mailed=True, return_freight=YUAN(12), outbound_freight=YUAN(10))
    assert (both.customer_pays, both.reimbursed) == (YUAN(22), YUAN(0))
    one = freight_bill(ours, service="return", self_mailed=True, return_freight=YUAN(12), outbound_freight=YUAN(10))
    assert one.customer_pays == YUAN(12)
    third = freight_bill(theirs, service="return", self_mailed=True, return_freight=YUAN(15))
    assert (third.customer_pays, third.reimbursed, third.payer, third.recharge) == (YUAN(0), YUAN(15), "platform", "seller")
    picked_up = freight_bill(theirs, service="return", self_mailed=False, return_freight=YUAN(15))
    assert picked_up.reimbursed == YUAN(0)
    assert send_back_payer(fault="customer") == "customer"
    assert send_back_payer(fault="seller") == "seller"


def test_a_claim_needs_all_steps_in_order_a_third_party_order_and_no_earlier_claim() -> None:
    done = datetime(2025, 3, 20, 7, tzinfo=UTC)

    def claim(
        channel: str = "third", steps: tuple[str, ...] = STEPS, before: int = 0, actual: int = 18, mode: str = "cap"
    ) -> Money | None:
        found = freight_claim(
            channel=channel, insured=True, steps=steps, actual=YUAN(actual), standard=YUAN(12), mode=mode,
            claimed_before=before, completed_at=done,
        )  # fmt: skip
        assert found is None or found.due_at == done + timedelta(hours=24)
        return found.payout if found else None

    assert claim() == YUAN(12)
    assert claim(actual=9) == YUAN(9)
    assert claim(actual=9, mode="fixed") == YUAN(12)
    assert claim(channel="self") is None
    assert claim(before=1) is None
    assert claim(steps=STEPS[:3]) is None
    assert claim(steps=("agreed", "received", "shipped", "completed")) is None


def test_depreciation_is_capped_and_nothing_without_a_replacement() -> None:
    rate = Decimal("0.005")
    used = depreciation(
        YUAN(4000), daily_rate=rate, invoiced_on=MARCH, returned_on=date(2025, 5, 9), repair_days=5
    )  # fmt: skip
    assert (used.days, used.amount, used.refund) == (55, YUAN(1100), YUAN(2900))
    gone = depreciation(
        YUAN(4000), daily_rate=rate, invoiced_on=MARCH, returned_on=date(2025, 5, 9), replacement_available=False
    )  # fmt: skip
    assert (gone.amount, gone.refund) == (YUAN(0), YUAN(4000))
    old = depreciation(YUAN(1000), daily_rate=rate, invoiced_on=MARCH, returned_on=date(2026, 3, 1))
    assert (old.days, old.amount, old.refund) == (356, YUAN(1000), YUAN(0))


def test_a_paid_repair_costs_nothing_until_its_quote_is_accepted() -> None:
    waiting = repair_charge(parts=YUAN(120), labour=YUAN(60), accepted=False)
    assert (waiting.charge, waiting.status) == (YUAN(0), "quote_pending")
    assert repair_charge(parts=YUAN(120), labour=YUAN(60), accepted=True).charge == YUAN(180)


@pytest.mark.parametrize(
    ("very", "ok", "total", "score", "result"),
    [
        (50, 30, 100, "80.00", "pass"), (4999, 3000, 10000, "79.99", "fail"), (79996, 0, 100000, "80.00", "fail"),
        (7, 0, 7, "100.00", "pass"), (0, 0, 5, "0.00", "fail"),
    ],
)  # fmt: skip
def test_satisfaction_is_compared_unrounded(very: int, ok: int, total: int, score: str, result: str) -> None:
    found = satisfaction(very=very, ok=ok, total=total, threshold_percent=80)
    assert (found.score, found.result) == (Decimal(score), result)


def test_nobody_asked_is_not_assessable() -> None:
    assert satisfaction(very=0, ok=0, total=0, threshold_percent=80).result == "not_assessable"


def test_a_case_lasts_until_its_last_resolution_and_an_open_one_has_no_duration() -> None:
    start = datetime(2025, 3, 12, 2, tzinfo=UTC)
    solved, again = start + timedelta(hours=78, minutes=30), start + timedelta(hours=96)
    assert case_duration(submitted_at=start, resolved_at=solved).hours == Decimal("78.50")
    reopened = case_duration(submitted_at=start, resolved_at=solved, reopened_at=solved, resolved_again_at=again)
    assert reopened.hours == 96
    assert case_duration(submitted_at=start, resolved_at=None).state == "open"
    assert case_duration(submitted_at=start, resolved_at=solved, reopened_at=solved).hours is None


def test_a_merchant_is_suspended_only_on_a_verified_ground() -> None:
    friday = datetime(2025, 3, 14, 16, tzinfo=SHANGHAI)
    told = suspension(trigger="complaint", verified=True, decided_at=friday, calendar=NO_HOLIDAYS, open_cases=3)
    assert told.publish_due_at == datetime(2025, 3, 17, 23, 59, 59, tzinfo=SHANGHAI)
    assert (told.allowed, told.appeal, told.cases_reassigned) == (True, True, 3)
    claimed = suspension(trigger="complaint", verified=False, decided_at=friday, calendar=NO_HOLIDAYS, open_cases=3)
    assert (claimed.allowed, claimed.publish_due_at, claimed.cases_reassigned) == (False, None, 0)


def test_a_red_invoice_never_exceeds_what_is_left_of_the_blue_one() -> None:
    assert reversal(invoiced=YUAN(150), refund=YUAN(90)).red == YUAN(90)
    assert reversal(invoiced=YUAN(150), refund=YUAN(90), already_red=YUAN(100)).red == YUAN(50)
    assert reversal(invoiced=YUAN(150), refund=YUAN(20), cause="price_protection").reason == "04"
    assert reversal(invoiced=YUAN(150), refund=YUAN(20)).reason == "02"
    assert reversal(invoiced=YUAN(0), refund=YUAN(20)).reason is None


def test_the_queue_follows_todays_tier_and_advance_replacement_the_tier_of_the_order() -> None:
    def held(at_order: bool, now: bool, service: str = "exchange", status: str = "verified") -> tuple[str, str, bool]:
        found = privileges(
            member_at_order=at_order, member_now=now, service=service, reason="quality", defect_status=status
        )
        return found.priority, found.queue, found.advance_replacement

    assert held(True, True) == ("high", "plus_vip", True)
    assert held(True, False) == ("normal", "standard", True)
    assert held(False, True) == ("high", "plus_vip", False)
    assert held(True, True, service="return") == ("high", "plus_vip", False)
    assert held(True, True, status="claimed") == ("high", "plus_vip", False)


def test_the_version_of_the_order_day_holds_and_a_raised_floor_raises_it() -> None:
    versions = [DatedValue(1, date(2025, 1, 1), 15), DatedValue(2, date(2025, 3, 5), 30)]
    assert pinned(versions, ordered_on=date(2025, 3, 1)).version == 1
    assert pinned(versions, ordered_on=date(2025, 3, 5)).version == 2
    raised = pinned([DatedValue(1, date(2025, 1, 1), 10)], ordered_on=date(2025, 3, 1), floor_days=15)
    assert (raised.version, raised.days, raised.raised_by) == (1, 15, "floor")
    with pytest.raises(Refused) as caught:
        pinned(versions, ordered_on=date(2024, 12, 31))
    assert caught.value.code == "NO_VERSION"


def test_other_jurisdictions_are_other_books() -> None:
    europe, britain, china = shipped("eu-1"), shipped("uk-1"), shipped("std-1")
    assert withdrawal(europe, received_on=MARCH, on=date(2025, 3, 24), informed=True).open
    assert not withdrawal(europe, received_on=MARCH, on=date(2025, 3, 25), informed=True).open
    assert withdrawal(europe, received_on=MARCH, on=MARCH, informed=False).last_day == date(2026, 3, 24)
    assert withdrawal(china, received_on=MARCH, on=MARCH, informed=False).last_day == date(2025, 3, 17)
    assert short_term_rejection(britain, received_on=MARCH, on=date(2025, 4, 9), defect=True).open
    assert not short_term_rejection(britain, received_on=MARCH, on=date(2025, 4, 9), defect=False).open
    assert short_term_rejection(china, received_on=MARCH, on=MARCH, defect=True).last_day is None
    paid = withdrawal_refund(europe, paid=YUAN(100), delivery=YUAN(12), standard_delivery=YUAN(5))
    assert (paid, withdrawal_refund(china, paid=YUAN(100), delivery=YUAN(5), standard_delivery=YUAN(5))) == (YUAN(105), YUAN(100))
