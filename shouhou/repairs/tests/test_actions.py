"""The workshop's actions: once, in order, by whom; what is refused changes nothing; what was written stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from shouhou.repairs import actions
from shouhou.repairs.erasure import erase_symptoms_of
from shouhou.repairs.models import Appointment, LoanUnit, Quote, WorkOrder, WorkOrderEntry
from shouhou.repairs.queries import (
    BoardFilter,
    ages,
    board,
    columns,
    days_in_repair,
    loans_out,
    order_body,
    repair_body,
    stays_of,
)
from shouhou.repairs.rules.faults import checks_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LI = Actor(role="technician", who="user:5", name="李工")
WANG = Actor(role="merchant_operator", who="user:9", merchant_id=7, name="老王")
UNIT = actions.Unit(1, "P1", "手机", "phone", "IMEI-1")


def opened(subject: str = "SO-1", *, key: str = "", now: datetime = NOW, **more: Any) -> WorkOrder:
    plain: dict[str, Any] = {
        "unit": UNIT, "kind": "repair", "mode": "mail_in", "fault": "screen", "symptom": "花屏", "merchant_id": 7, "buyer_id": 3,
    } | more  # fmt: skip
    return actions.open_order(subject=subject, key=key or f"{subject}:1", actor=LI, now=now, **plain)


def on_bench(subject: str = "SO-1", **more: Any) -> str:
    number = opened(subject, **more).number
    actions.take_in(number, actor=LI, now=NOW)
    return number


def diagnosed(number: str, *, scope: Any = "in", to: Any = "repairing", now: datetime = NOW) -> None:
    found = actions.Found("faulty", "屏坏", "manufacturing", "screen")
    actions.diagnose(number, found=found, actor=LI, now=now)
    actions.settle_scope(number, found=found, scope=scope, to=to, reasons=["OK_WARRANTY_REPAIR"], clauses=["QU-REPAIR"], actor=LI, now=now)


def refusal_of(call: Any, *args: Any, **kwargs: Any) -> str:
    """The refusal's code; nothing may have been written."""
    before = WorkOrderEntry.objects.count(), list(WorkOrder.objects.values_list("number", "state"))
    with pytest.raises(Refused) as caught, transaction.atomic():
        call(*args, **kwargs)
    assert (WorkOrderEntry.objects.count(), list(WorkOrder.objects.values_list("number", "state"))) == before
    return caught.value.code


def test_the_same_key_is_one_work_order_and_a_second_open_one_is_refused() -> None:
    first = opened()
    assert opened().number == first.number
    assert refusal_of(opened, key="SO-1:2") == "WORK_ORDER_OPEN"
    actions.end_order(first.number, result="cancelled", actor=LI, now=NOW)
    assert actions.end_order(first.number, result="guided", actor=LI, now=NOW).result == "cancelled", "once"
    assert opened(key="SO-1:2").round == 2
    assert Event.objects.filter(type="repair.opened").count() == 2


def test_out_of_order_nothing_happens() -> None:
    number = opened().number
    assert refusal_of(actions.record_repair, number, done="x", parts=(), actor=LI, now=NOW) == "WORK_ORDER_NOT_NOW"
    assert refusal_of(actions.start_repair, number, actor=LI, now=NOW) == "WORK_ORDER_NOT_NOW"
    assert refusal_of(actions.hand_back, number, way="shipped", result="repaired", actor=LI, now=NOW) == "WORK_ORDER_NOT_NOW"
    assert refusal_of(actions.take_in, "WO-NONE", actor=LI, now=NOW) == "WORK_ORDER_NOT_FOUND"


def test_a_test_answers_every_point_of_the_category_and_only_a_passed_one_lets_it_go() -> None:
    number = on_bench()
    diagnosed(number)
    actions.record_repair(number, done="换屏", parts=[{"part": "屏幕"}], actor=LI, now=NOW)
    assert refusal_of(actions.record_test, number, checks={"power": True}, note="", actor=LI, now=NOW) == "CHECK_MISSING"
    points = checks_of("phone")
    assert actions.record_test(number, checks=dict.fromkeys(points, True), note="", actor=LI, now=NOW).passed
    ended = actions.hand_back(number, way="shipped", result="repaired", actor=LI, now=NOW + timedelta(days=1))
    assert (ended.state, ended.result, ended.went_out_at) == ("ended", "repaired", NOW + timedelta(days=1))
    assert refusal_of(actions.hand_back, number, way="shipped", result="repaired", actor=LI, now=NOW) == "WORK_ORDER_NOT_NOW"


def test_what_was_never_tested_cannot_be_called_repaired() -> None:
    number = on_bench()
    actions.diagnose(number, found=actions.Found("no_fault", "正常"), actor=LI, now=NOW)
    actions.settle_scope(number, found=actions.Found("no_fault", "正常"), scope="", to="ready", reasons=(), clauses=(), actor=LI, now=NOW)
    assert refusal_of(actions.hand_back, number, way="picked_up", result="repaired", actor=LI, now=NOW) == "NOT_TESTED"
    assert actions.hand_back(number, way="picked_up", result="no_fault", actor=LI, now=NOW).result == "no_fault"


def test_the_consumers_time_and_the_parts_time_are_kept_apart() -> None:
    number = on_bench()
    diagnosed(number, scope="out", to="quoting")
    until = NOW + timedelta(days=7)
    actions.give_quote(number, parts_minor=100, labour_minor=50, currency="CNY", valid_until=until, note="", actor=LI, now=NOW)
    actions.answer_quote(number, answer="accepted", actor=LI, now=NOW + timedelta(days=2))
    actions.start_repair(number, actor=LI, now=NOW + timedelta(days=3))
    actions.order_part(number, part="屏", part_number="", quantity=1, expected_on=None, actor=LI, now=NOW + timedelta(days=4))
    assert refusal_of(actions.record_repair, number, done="x", parts=(), actor=LI, now=NOW) == "WORK_ORDER_NOT_NOW"
    assert actions.part_arrived(number, part=None, actor=LI, now=NOW + timedelta(days=9)) == 0
    order = WorkOrder.objects.get()
    assert (order.consumer_wait, order.parts_wait, order.waiting_for) == (3 * 86400, 5 * 86400, "")
    assert days_in_repair(order, now=NOW + timedelta(days=10)) == 7
    found = stays_of(1, now=NOW + timedelta(days=10))[0]
    assert (found.scope, found.counted, found.open) == ("out", False, False)


def test_an_expired_quote_is_not_accepted_and_a_revised_one_replaces_it() -> None:
    number = on_bench()
    diagnosed(number, scope="out", to="quoting")
    terms: dict[str, Any] = {"parts_minor": 1, "labour_minor": 2, "currency": "CNY", "note": "", "actor": LI}
    actions.give_quote(number, valid_until=NOW + timedelta(days=7), now=NOW, **terms)
    late = NOW + timedelta(days=8)
    assert refusal_of(actions.answer_quote, number, answer="accepted", actor=LI, now=late) == "QUOTE_OVER"
    assert refusal_of(actions.start_repair, number, actor=LI, now=late) == "NO_QUOTE"
    actions.give_quote(number, valid_until=late + timedelta(days=7), now=late, **terms)
    assert actions.answer_quote(number, answer="accepted", actor=LI, now=late).total_minor == 3
    assert sorted(Quote.objects.values_list("state", flat=True)) == ["accepted", "replaced"]


def test_the_same_window_again_is_the_same_appointment_and_another_one_moves_it() -> None:
    number = opened(mode="on_site").number
    start, end = NOW + timedelta(days=1), NOW + timedelta(days=1, hours=2)
    first = actions.book_appointment(number, start=start, end=end, a_day=6, actor=LI, now=NOW)
    assert actions.book_appointment(number, start=start, end=end, a_day=6, actor=LI, now=NOW).id == first.id
    actions.book_appointment(number, start=start + timedelta(days=1), end=end + timedelta(days=1), a_day=6, actor=LI, now=NOW)
    assert list(Appointment.objects.order_by("number").values_list("state", flat=True)) == ["moved", "booked"]
    missed = actions.miss_appointment(number, by="consumer", actor=LI, now=NOW + timedelta(days=3))
    assert (missed.no_shows, missed.state) == (1, "waiting")
    assert refusal_of(actions.miss_appointment, number, by="consumer", actor=LI, now=NOW) == "WORK_ORDER_NOT_NOW"


def test_one_loan_unit_is_with_one_person() -> None:
    first, second = on_bench(), on_bench("SO-2")
    lent = {"title": "备用机", "deposit_minor": 0, "currency": "CNY", "actor": LI, "now": NOW}
    actions.lend_unit(first, serial="L1", **lent)  # type: ignore[arg-type]
    assert refusal_of(actions.lend_unit, second, serial="L1", **lent) == "LOAN_TAKEN"
    assert refusal_of(actions.lend_unit, first, serial="L2", **lent) == "LOAN_TAKEN"
    assert [loan.serial for loan in loans_out()] == ["L1"]
    actions.take_back_unit(first, note="", actor=LI, now=NOW)
    assert refusal_of(actions.take_back_unit, first, note="", actor=LI, now=NOW) == "NO_LOAN"
    actions.lend_unit(second, serial="L1", **lent)  # type: ignore[arg-type]
    assert LoanUnit.objects.count() == 2


@pytest.mark.parametrize("table", ["workorderentry", "diagnosis", "repairrecord", "testrecord"])
def test_what_was_written_can_neither_be_changed_nor_removed(table: str) -> None:
    number = on_bench()
    diagnosed(number)
    actions.record_repair(number, done="换屏", parts=(), actor=LI, now=NOW)
    actions.record_test(number, checks=dict.fromkeys(checks_of("phone"), True), note="", actor=LI, now=NOW)
    for statement in (f"DELETE FROM repairs_{table}", f"UPDATE repairs_{table} SET at = now()"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_board_shows_a_shop_its_own_a_stranger_nothing_and_pages_through_all() -> None:
    for place in range(5):
        opened(f"SO-{place}", now=NOW + timedelta(minutes=place), merchant_id=7 if place < 3 else 8)
    page, after = board(BoardFilter(), actor=LI, limit=2)
    rest, _ = board(BoardFilter(), actor=LI, limit=50, cursor=after)
    assert [order.subject for order in (*page, *rest)] == [f"SO-{place}" for place in range(5)]
    assert len(board(BoardFilter(), actor=WANG)[0]) == 3
    assert board(BoardFilter(), actor=Actor(role="consumer", who="buyer:3", buyer_id=3))[0] == []
    assert board(BoardFilter(), actor=Actor(role="merchant_manager", who="user:1"))[0] == [], "a shop's person without a shop"
    actions.assign(page[0].number, technician="user:5", name="李工", actor=LI, now=NOW)
    assert [order.subject for order in board(BoardFilter(technician="user:5"), actor=LI)[0]] == ["SO-0"]
    assert {each["state"]: each["count"] for each in columns(BoardFilter(), actor=LI)}["waiting"] == 5
    assert board(BoardFilter(text=page[1].number.lower()), actor=LI)[0][0].subject == "SO-1"


def test_open_repairs_show_their_age_the_oldest_first() -> None:
    on_bench()
    number = opened("SO-2").number
    actions.take_in(number, actor=LI, now=NOW + timedelta(days=4))
    found = ages(now=NOW + timedelta(days=10), actor=LI)
    assert [(each["order"].subject, each["days"]) for each in found] == [("SO-1", 10), ("SO-2", 6)]


def test_one_order_is_told_in_both_languages_and_the_consumer_does_not_read_who() -> None:
    number = on_bench()
    diagnosed(number)
    order = WorkOrder.objects.get()
    told = order_body(order, language="en", now=NOW, inside=False)
    assert (told["mode_label"], told["state_label"]) == ("mail-in", "being repaired")
    assert told["fault_label"] == "display fault (lines, dead pixels)"
    assert "by" not in told["diagnoses"][0] and "by" in order_body(order, language="zh-hans", now=NOW, inside=True)["diagnoses"][0]
    assert repair_body("SO-NONE", language="en", now=NOW, inside=True) is None
    assert number == repair_body("SO-1", language="en", now=NOW, inside=True)["number"]  # type: ignore[index]


def test_the_buyers_words_go_with_the_buyer_and_the_record_stays() -> None:
    number = on_bench()
    assert erase_symptoms_of(3, NOW) == {"repair_symptoms": 1}
    assert erase_symptoms_of(3, NOW) == {"repair_symptoms": 0}
    order = WorkOrder.objects.get(number=number)
    assert (order.symptom, order.fault, order.entries.count()) == ("", "screen", 2)
