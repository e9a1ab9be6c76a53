"""Silence at every limit of a repair, the service point, the moves' dry run, and that any walk keeps everything whole."""

from datetime import timedelta
from random import Random
from typing import Any

import hypothesis
import pytest
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import strategies as st

from shouhou.cases.models import Case, Deadline, HistoryEntry
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Ask
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.models import ServicePoint
from shouhou.logistics.queries import windows_for
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Charge
from shouhou.plumbing.actor import Actor
from shouhou.repairs.models import Appointment, Quote, TestRecord, WorkOrder
from shouhou.repairs.rules.faults import checks_of
from shouhou.repairs.rules.states import BENCH
from tests.stories.repairing import (
    CHANNELS,
    PHONE,
    TV,
    applied,
    approved,
    diagnosed,
    home,
    on_bench,
    pays,
    repaired,
    technician,
)
from tests.world import CONTACT, NOON, World, refusal_of

pytestmark = pytest.mark.django_db


def point(**changes: Any) -> ServicePoint:
    plain: dict[str, Any] = {
        "code": "CD-01", "name_zh": "锦江服务中心", "kind": "both", "region_code": "510104", "address_zh": "红星路 1 号", "phone": "028-1",
        "services": ["walk_in_repair", "drop_off"], "categories": ["phone"], "active": True,
        "week": [["09:00-18:00"]] * 7, "updated_at": NOON,
    } | changes  # fmt: skip
    return ServicePoint.objects.create(**plain)


def ring_after(world: World, number: str, name: str) -> dict[str, Any]:
    """The limit's last second passes in silence."""
    before = world.case(number)["status"]
    world.now = Deadline.objects.get(case__number=number, name=name, state="open").due_at
    world.ring()
    assert world.case(number)["status"] == before, "not a second too early"
    world.later(seconds=1).ring()
    return world.case(number)


@pytest.mark.parametrize("channel", CHANNELS)
def test_silence_after_the_approval_lapses_and_frees_the_unit(world: World, channel: dict[str, Any]) -> None:
    point()
    for mode, name in (("mail_in", "ship_back"), ("walk_in", "visit"), ("remote", "appointment")):
        number = approved(world, PHONE, channel, answers={"mode": mode})
        case = ring_after(world, number, name)
        assert (case["status"], case["outcome"], Case.objects.get(number=number).claims_held) == ("lapsed", "lapsed", False)
        assert WorkOrder.objects.get(subject=number).result == "cancelled"


@pytest.mark.parametrize("channel", CHANNELS)
def test_nobody_who_should_work_stops_a_repair_by_doing_nothing(world: World, channel: dict[str, Any]) -> None:
    """A late diagnosis, quote or hand-back is recorded and told; the case waits on and the thing is not lost."""
    number = on_bench(world, PHONE, channel)
    assert ring_after(world, number, "diagnosis")["status"] == "diagnosing"
    diagnosed(world, number, cause="liquid", fault_code="liquid")
    assert ring_after(world, number, "quote")["status"] == "quoting"
    world.move(number, "quote", actor=technician(world, number), parts_fee=1, labour_fee=1)
    assert ring_after(world, number, "quote_valid")["status"] == "ready"
    assert ring_after(world, number, "hand_back")["status"] == "ready"
    home(world, number)
    assert ring_after(world, number, "confirm")["status"] == "closed"
    told = set(HistoryEntry.objects.filter(case__number=number, role="system").values_list("move", flat=True))
    assert {"note_diagnosis", "note_quote", "quote_lapsed", "note_hand_back", "close"} <= told


def test_silence_of_the_reviewers_approves_into_the_mode_that_was_asked_for(world: World) -> None:
    number = applied(world, TV, answers={"fault_code": "screen"})
    assert ring_after(world, number, "review_outer")["status"] == "escalated"
    assert ring_after(world, number, "supervisor")["status"] == "awaiting_appointment"


def test_silence_of_the_arbitrator_decides_for_the_consumer(world: World) -> None:
    number = on_bench(world)
    diagnosed(world, number, cause="misuse", fault_code="buttons")
    world.move(number, "quote", actor=technician(world, number), parts_fee=100, labour_fee=0)
    world.move(number, "dispute", actor=world.buyer(), reason="正常使用")
    assert ring_after(world, number, "dispute_answer")["status"] == "disputed"
    assert ring_after(world, number, "ruling")["status"] == "repairing"
    assert (WorkOrder.objects.get().scope, Quote.objects.get().state) == ("in", "withdrawn")


def test_a_parcel_that_does_not_arrive_is_traced_and_the_confirmation_counts_from_its_delivery(world: World) -> None:
    number = on_bench(world)
    diagnosed(world, number)
    repaired(world, number)
    world.move(number, "ship_repaired", actor=technician(world, number), carrier="SF", tracking_number="SF9999999999993")
    assert ring_after(world, number, "back_transit")["status"] == "on_way_back"
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    assert ring_after(world, number, "confirm")["status"] == "closed"


def test_the_nearest_service_point_takes_it_in_wherever_it_was_bought(world: World) -> None:
    point(code="BJ-01", region_code="110101", name_zh="北京店")
    point()
    number = approved(world, answers={"mode": "walk_in"})
    case = world.case(number, actor=world.buyer())
    assert (case["status"], case["details"]["point"]) == ("awaiting_visit", "CD-01")
    assert case["details"]["guidance"]["zh-hans"]["place"] == "锦江服务中心"
    assert case["details"]["guidance"]["zh-hans"]["hours"] == "周一至周日 09:00-18:00"
    checked = world.move(number, "check_in", actor=world.staff("clerk"), appearance="ok", accessories="missing", serial="IMEI-1")
    assert (checked["status"], WorkOrder.objects.get().serial) == ("diagnosing", "IMEI-1")
    diagnosed(world, number)
    repaired(world, number)
    home(world, number)
    assert WorkOrder.objects.get().handed_over == "picked_up"


def test_without_a_point_the_visit_is_refused_and_mail_in_still_works(world: World) -> None:
    number = applied(world, answers={"mode": "walk_in"})
    before = Case.objects.get(number=number).version
    assert refusal_of(world.move, number, "approve", actor=world.staff("reviewer")).code == "NO_SERVICE_POINT"
    assert refusal_of(world.move, number, "approve", actor=world.staff("reviewer"), point="NOWHERE").code == "NO_SERVICE_POINT"
    assert (Case.objects.get(number=number).version, WorkOrder.objects.get().mode) == (before, "walk_in")
    assert world.move(number, "approve", actor=world.staff("reviewer"), mode="mail_in")["status"] == "awaiting_goods"


def test_a_dry_run_of_every_move_leaves_no_trace(world: World) -> None:
    number = on_bench(world)
    before = Case.objects.get(number=number).version
    seen = world.move(
        number, "diagnose", actor=technician(world, number), dry_run=True, finding="faulty", cause="human", note="摔过",
        fault_code="broken_screen",
    )  # fmt: skip
    order = WorkOrder.objects.get()
    assert (seen["status"], order.state, order.finding) == ("quoting", "diagnosing", "")
    assert (Case.objects.get(number=number).version, order.diagnoses.count()) == (before, 0)


def test_a_moved_appointment_may_not_lie_in_the_past_or_a_year_ahead(world: World) -> None:
    number = approved(world, TV, answers={"fault_code": "screen"})
    for hours in (-1, 24 * 365):
        start = (world.now + timedelta(hours=hours)).isoformat()
        assert refusal_of(world.move, number, "book_visit", actor=world.buyer(), start=start).code == "WINDOW_PAST"
    assert not Appointment.objects.exists() and world.case(number)["status"] == "awaiting_appointment"


# ---------------------------------------------------------------------------------------------------- any walk
REPAIR_SERVICE = WORKFLOWS["repair"]
STATES = {state.name: state for state in REPAIR_SERVICE.states}
STAFF = ("agent", "supervisor", "reviewer", "technician", "clerk", "finance", "arbitrator", "merchant_manager", "auditor")
WHERE = {
    "diagnosing": {"diagnosing"}, "quoting": {"quoting"}, "quoted": {"quoted"}, "awaiting_payment": {"quoted"},
    "repairing": {"repairing"}, "waiting_parts": {"waiting_parts"}, "testing": {"testing"}, "unrepairable": {"ready"},
    "ready": {"ready"}, "awaiting_visit": {"waiting"}, "awaiting_appointment": {"waiting"}, "appointment_booked": {"booked"},
    "awaiting_goods": {"waiting"}, "in_transit": {"waiting"}, "on_way_back": {"ended"}, "handed_back": {"ended"},
}  # fmt: skip


def answer(ask: Ask, world: World, chance: Random) -> Any:
    """Something for one question, mostly fitting."""
    match ask.field, ask.type:
        case "window", _:
            return chance.choice(windows_for(CONTACT, calendar=NO_HOLIDAYS, now=world.now)).code
        case "carrier", _:
            return "SF"
        case "tracking_number", _:
            return f"SF{chance.randrange(10**12):013d}"
        case "point", _:
            return "CD-01" if chance.random() < 0.8 else "NOWHERE"
        case "deadline", _:
            return "none"
        case "mode", _:
            return chance.choice(["mail_in", "walk_in", "remote", "remote", "on_site"])
        case "finding", _:
            return chance.choice(["faulty", "faulty", "faulty", "no_fault", "unrepairable"])
        case _, "choice":
            return chance.choice(sorted(ask.choices))
        case _, "number" | "money":
            return chance.choice([0, 1, 1, 500])
        case _, "instant":
            return (world.now + timedelta(hours=chance.choice([-2, 3, 20]))).isoformat()
        case _, "checklist":
            return dict.fromkeys(checks_of("phone"), "true" if chance.random() < 0.7 else "")
        case _, "items" | "files" | "address" | "date":
            return None
    return "说明"


def whole() -> None:
    """What must be true at every instant."""
    held = 0
    for case in Case.objects.prefetch_related("deadlines", "history"):
        if case.service != "repair":
            held += case.claims_held
            continue
        state = STATES[case.status]
        assert sorted(entry.version for entry in case.history.all()) == list(range(1, case.version + 1))
        assert state.final == (case.closed_at is not None) and (state.final or case.due_at is not None), case.status
        running = [row.name for row in case.deadlines.all() if row.state == "open"]
        assert len(running) == len(set(running)) and (not state.final or set(running) <= {"shop_appeal"})
        held += case.claims_held
        # The repair is done while only the loan unit is waited for: the goods are free again.
        assert case.claims_held or state.final or case.status == "loan_due"
        order = WorkOrder.objects.filter(subject=case.number).order_by("-round").first()
        assert order is not None
        assert order.state in WHERE.get(case.status, {"waiting", "ended", "booked", *BENCH}), (case.status, order.state)
        assert not state.final or order.ended_at is not None, case.status
        if order.result in ("repaired", "maintained"):
            assert TestRecord.objects.filter(order=order, passed=True).exists()
        if case.status == "repairing" and order.scope == "out" and case.details.get("charge"):
            assert Charge.objects.filter(subject=case.number, state="paid").exists()
        assert Appointment.objects.filter(order=order, state="booked").count() == (case.status == "appointment_booked")
    assert sum(OrderLine.objects.values_list("claimed_quantity", flat=True)) == held
    assert set(trial_balance().values()) <= {0}


def step(world: World, chance: Random) -> None:
    """One thing that happens; what is refused leaves everything as it was."""
    cases = list(Case.objects.filter(service="repair").order_by("id"))
    before = dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count(), WorkOrder.objects.count()
    try:
        if not cases or (len(cases) < 3 and chance.random() < 0.05):
            reason = chance.choice(["quality", "quality", "maintenance", "usage"])
            world.apply("T0001", service="repair", reason=reason, description="说明", answers={"fault_code": "system_crash"})
        elif chance.random() < 0.1:
            world.later(hours=chance.choice([1, 25, 24 * 4, 24 * 8, 24 * 31]))
            world.ring()
            assert world.ring() == 0, "the clock finds no rest"
        else:
            move_one(world, chance.choice(cases), chance)
    except Refused:
        now = dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count(), WorkOrder.objects.count()
        assert now == before


def move_one(world: World, case: Case, chance: Random) -> None:
    """Any move from where the case stands, mostly by who may, mostly one that leads on."""
    moves = [move for move in REPAIR_SERVICE.moves if case.status in move.sources and move.by != {"system"}]
    if case.status == "awaiting_payment" and chance.random() < 0.5:
        pays(world, case.number)
        return
    if not moves:
        return
    weights = [0.1 if move.name in ("cancel", "close_case", "extend", "reopen", "reject", "dispute") else 1 for move in moves]
    move = chance.choices(moves, weights)[0]
    role = chance.choice(sorted(move.by - {"system"}) if chance.random() < 0.85 else STAFF)
    merchant = Case.objects.values_list("merchant_id", flat=True).first()
    actor = world.buyer() if role == "consumer" else Actor(
        role=role, who=f"user:{chance.randint(1, 3)}", merchant_id=merchant if role.startswith("merchant_") else None,  # type: ignore[arg-type]
    )
    given = {ask.field: answer(ask, world, chance) for ask in move.asks if ask.required or chance.random() < 0.6}
    with transaction.atomic():
        world.move(case.number, move.name, actor=actor, **{name: value for name, value in given.items() if value is not None})


@hypothesis.settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@hypothesis.given(seed=st.integers(0, 2**32), bench=st.booleans())
def test_no_sequence_of_moves_breaks_a_repair(seed: int, bench: bool) -> None:
    chance = Random(seed)
    with transaction.atomic():
        world = World()
        point()
        world.order(**PHONE)
        if bench:
            on_bench(world, order="T0001", after_days=chance.choice([3, 40, 380]))
        for _ in range(30):
            step(world, chance)
            whole()
            world.now += timedelta(minutes=7)
        transaction.set_rollback(True)
