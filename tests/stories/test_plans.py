"""Protection plans in repairs: asked before a quote, counted once, released when nothing comes of it, ended with their goods."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouhou.cases.models import Case, Message
from shouhou.ledger.queries import trial_balance
from shouhou.payments.models import Charge
from shouhou.plans.actions import put_plan, use_claims
from shouhou.plans.models import Claim, Plan
from shouhou.plumbing.actor import SYSTEM
from shouhou.plumbing.models import Event
from shouhou.plumbing.uploads import take_upload
from shouhou.repairs.models import Quote, WorkOrder
from tests.conftest import Fake
from tests.stories.carrying import unchanged
from tests.stories.repairing import CHANNELS, PHONE, SELF, THIRD, diagnosed, home, on_bench, pays, repaired, technician
from tests.stories.test_forgotten_uploads import picture
from tests.world import World, refusal_of

pytestmark = pytest.mark.django_db


def sold(world: World, kind: str, channel: dict[str, Any] = SELF, **more: Any) -> str:
    """An order of a phone, delivered now, with one plan PLN-<kind>."""
    order = world.order(**PHONE, **channel)
    put_plan({"number": f"PLN-{kind}", "kind": kind, "order": order} | more, actor=SYSTEM, now=world.now)
    return order


def dropped(
    world: World, order: str, channel: dict[str, Any] = SELF, *, fault: str = "broken_screen", cause: str = "human", days: int = 40
) -> str:  # fmt: skip
    number = on_bench(world, PHONE, channel, order=order, after_days=days)
    diagnosed(world, number, cause=cause, fault_code=fault)
    papers(world, number)
    return number


def papers(world: World, number: str) -> None:
    """The consumer gives whatever the plan asks for."""
    if world.case(number)["status"] == "plan_documents":
        world.move(number, "send_plan_documents", actor=world.buyer(), **given(world))


def given(world: World) -> dict[str, Any]:
    files = [take_upload(picture(c), name=f"{c}.png", actor=world.buyer(), now=world.now).token for c in ("red", "blue")]
    return {"damage_photo": files[:1], "serial_photo": files[1:], "account_of_accident": "从桌上掉落"}


def balance_is_right() -> bool:
    return all(minor == 0 for minor in trial_balance().values())


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_screen_plan_pays_for_a_cracked_screen_once_and_the_second_crack_is_quoted(world: World, channel: dict[str, Any]) -> None:
    order = sold(world, "screen", channel)
    number = dropped(world, order, channel)
    case = world.case(number)
    assert (case["status"], case["details"]["plan"]["number"], WorkOrder.objects.get().scope) == ("repairing", "PLN-screen", "in")
    claim = Claim.objects.get()
    assert (claim.state, claim.subject, Plan.objects.get().claims_count) == ("held", number, 1)
    repaired(world, number)
    assert Claim.objects.get().state == "held"
    home(world, number)
    assert (Claim.objects.get().state, Claim.objects.get().ended_at) == ("used", world.now)
    world.move(number, "confirm_repair", actor=world.buyer())
    assert use_claims(number, now=world.now) == 0
    assert (Plan.objects.get().claims_count, Charge.objects.count(), balance_is_right()) == (1, 0, True)
    again = dropped(world, order, channel, days=30)
    told = world.case(again)
    assert (told["status"], told["details"]["plan_not"]) == ("quoting", [{"kind": "screen", "why": "PLAN_CLAIMS_USED"}])
    assert (Plan.objects.get().claims_count, Claim.objects.count()) == (1, 1)


@pytest.mark.parametrize("channel", CHANNELS)
def test_nothing_goes_on_before_the_plans_evidence_is_there(world: World, channel: dict[str, Any]) -> None:
    number = on_bench(world, PHONE, channel, order=sold(world, "accident", channel))
    diagnosed(world, number, cause="liquid", fault_code="mainboard")
    case = world.case(number)
    wants = ["damage_photo", "serial_photo", "account_of_accident"]
    assert (case["status"], case["waits_on"], case["details"]["plan_wants"]) == ("plan_documents", "consumer", wants)
    bench = technician(world, number)
    assert unchanged(world, number, world.move, number, "quote", actor=bench, parts_fee=1, labour_fee=0) == "MOVE_NOT_NOW"
    assert unchanged(world, number, world.move, number, "finish_repair", actor=bench, done="先修") == "MOVE_NOT_NOW"
    files = given(world)
    for lacking in wants:
        some = {name: value for name, value in files.items() if name != lacking}
        assert unchanged(world, number, world.move, number, "send_plan_documents", actor=world.buyer(), **some) == "ANSWERS_INVALID"
    world.later(days=2)
    world.move(number, "send_plan_documents", actor=world.buyer(), **files)
    order = WorkOrder.objects.get()
    assert (world.case(number)["status"], order.scope, order.state, order.consumer_wait) == ("repairing", "in", "repairing", 2 * 86400)
    kinds = Case.objects.get(number=number).attachments.values_list("kind", flat=True)
    assert {"damage_photo", "serial_photo"} <= set(kinds) and Claim.objects.get().state == "held"


@pytest.mark.parametrize("way", ["silence", "consumer"])
def test_without_the_evidence_the_plan_does_not_pay_and_the_repair_is_quoted(world: World, way: str) -> None:
    number = on_bench(world, PHONE, order=sold(world, "screen"))
    diagnosed(world, number, cause="human", fault_code="broken_screen")
    if way == "silence":
        world.later(days=9).ring()
    else:
        world.move(number, "without_plan", actor=world.buyer())
    case = world.case(number)
    assert (case["status"], case["details"]["plan_not"]) == ("quoting", [{"kind": "screen", "why": "PLAN_DOCUMENTS_MISSING"}])
    assert (Claim.objects.get().state, Plan.objects.get().claims_count, WorkOrder.objects.get().scope) == ("released", 0, "out")
    world.move(number, "quote", actor=technician(world, number), parts_fee=60000, labour_fee=0)
    assert Quote.objects.get().total_minor == 60000


def test_evidence_that_was_given_is_not_asked_for_again_by_another_diagnosis(world: World) -> None:
    number = dropped(world, sold(world, "screen"))
    diagnosed(world, number, cause="human", fault_code="broken_screen")
    assert (world.case(number)["status"], Claim.objects.filter(state="held").count()) == ("repairing", 1)


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_plan_says_which_evidence_it_wants_and_that_it_pays(world: World, channel: dict[str, Any]) -> None:
    number = dropped(world, sold(world, "screen", channel), channel)
    told = Message.objects.filter(case__number=number, text__contains="碎屏保").get()
    assert "PLN-screen" in told.text and "损坏部位照片" in told.text and "photo" not in told.text
    assert "PLN-screen" in told.text_en and "a photo of the damage" in told.text_en


@pytest.mark.parametrize(
    ("kind", "cause", "fault", "status"),
    [
        ("screen", "human", "mainboard", "quoting"), ("accident", "liquid", "mainboard", "repairing"),
        ("accident", "human", "broken_screen", "repairing"), ("accident", "misuse", "mainboard", "quoting"),
        ("accident", "unauthorized_repair", "mainboard", "quoting"),
    ],
)  # fmt: skip
def test_each_plan_pays_for_its_own_causes_and_faults_only(world: World, kind: str, cause: str, fault: str, status: str) -> None:
    number = dropped(world, sold(world, kind), fault=fault, cause=cause)
    assert world.case(number)["status"] == status
    assert Claim.objects.filter(state="held").count() == (1 if status == "repairing" else 0)


def test_an_extended_warranty_carries_on_when_the_basic_one_is_over_and_not_before(world: World) -> None:
    order = sold(world, "extended")
    number = on_bench(world, order=order, after_days=100)
    diagnosed(world, number, fault_code="mainboard")
    assert (world.case(number)["status"], Claim.objects.count()) == ("repairing", 0)
    repaired(world, number)
    home(world, number)
    world.move(number, "confirm_repair", actor=world.buyer())
    late = on_bench(world, order=order, after_days=400)
    diagnosed(world, late, fault_code="charging")
    assert (world.case(late)["status"], Claim.objects.get().plan.kind) == ("repairing", "extended")


def test_after_the_extended_warranty_the_repair_costs_money(world: World) -> None:
    number = on_bench(world, order=sold(world, "extended"), after_days=366 + 370)
    diagnosed(world, number, fault_code="mainboard")
    assert (world.case(number)["status"], Claim.objects.count()) == ("quoting", 0)


def test_a_plan_with_an_end_of_its_own_extends_to_that_day(world: World) -> None:
    ends = world.now.date() + timedelta(days=1000)
    order = sold(world, "manufacturer", ends_on=ends.isoformat())
    number = on_bench(world, order=order, after_days=900)
    diagnosed(world, number, fault_code="mainboard")
    assert (world.case(number)["status"], Claim.objects.get().plan.kind) == ("repairing", "manufacturer")


def test_a_plan_that_has_ended_or_still_waits_pays_nothing_and_says_so(world: World) -> None:
    number = dropped(world, sold(world, "screen"), days=380)
    assert world.case(number)["details"]["plan_not"] == [{"kind": "screen", "why": "PLAN_ENDED"}]
    other = World(now=world.now, count=50)
    waiting = dropped(other, sold(other, "accident", waiting_days=90), days=40)
    assert other.case(waiting)["details"]["plan_not"] == [{"kind": "accident", "why": "PLAN_WAITING"}]
    assert not Claim.objects.exists()


@pytest.mark.parametrize("channel", CHANNELS)
def test_with_a_deductible_the_consumer_pays_only_that(world: World, channel: dict[str, Any]) -> None:
    number = dropped(world, sold(world, "accident", channel, deductible=20000), channel)
    assert world.case(number)["status"] == "quoting"
    world.move(number, "quote", actor=technician(world, number), parts_fee=90000, labour_fee=10000)
    quote = Quote.objects.get()
    assert (quote.total_minor, quote.lines[-1]["amount"], Claim.objects.get().amount_minor) == (20000, -80000, 80000)
    world.move(number, "accept_quote", actor=world.buyer())
    assert Charge.objects.get().amount_minor == 20000
    pays(world, number)
    repaired(world, number)
    home(world, number)
    world.move(number, "confirm_repair", actor=world.buyer())
    assert (Claim.objects.get().state, Plan.objects.get().used_minor, balance_is_right()) == ("used", 80000, True)


def test_a_sum_insured_is_never_used_twice_and_a_new_quote_takes_its_share_anew(world: World) -> None:
    order = sold(world, "accident", cap=50000)
    number = dropped(world, order)
    bench = technician(world, number)
    world.move(number, "quote", actor=bench, parts_fee=60000, labour_fee=10000)
    assert (Quote.objects.get(state="open").total_minor, Plan.objects.get().used_minor) == (20000, 50000)
    world.move(number, "quote", actor=bench, parts_fee=30000, labour_fee=5000)
    assert (Quote.objects.get(state="open").total_minor, Plan.objects.get().used_minor) == (0, 35000)
    assert world.move(number, "accept_quote", actor=world.buyer())["status"] == "repairing"
    repaired(world, number)
    home(world, number)
    world.move(number, "confirm_repair", actor=world.buyer())
    again = dropped(world, order, days=20)
    world.move(again, "quote", actor=bench, parts_fee=60000, labour_fee=0)
    assert (Quote.objects.get(state="open").total_minor, Plan.objects.get().used_minor) == (45000, 50000)


@pytest.mark.parametrize("channel", [SELF, THIRD])
def test_a_declined_quote_gives_the_claim_and_the_sum_back(world: World, channel: dict[str, Any]) -> None:
    number = dropped(world, sold(world, "accident", channel, cap=50000, claims_most=1), channel)
    world.move(number, "quote", actor=technician(world, number), parts_fee=60000, labour_fee=10000)
    world.move(number, "decline_quote", actor=world.buyer())
    assert Claim.objects.get().state == "held"
    home(world, number)
    plan = Plan.objects.get()
    assert (Claim.objects.get().state, plan.claims_count, plan.used_minor) == ("released", 0, 0)


def test_silence_on_the_quote_gives_the_claim_back_when_the_thing_is_home(world: World) -> None:
    number = dropped(world, sold(world, "accident", deductible=1000))
    world.move(number, "quote", actor=technician(world, number), parts_fee=60000, labour_fee=10000)
    world.later(days=8).ring()
    assert world.case(number)["status"] == "ready"
    home(world, number)
    assert (Claim.objects.get().state, Plan.objects.get().claims_count) == ("released", 0)


def test_another_diagnosis_moves_the_claim_to_the_plan_that_fits_and_counts_one(world: World) -> None:
    order = sold(world, "screen")
    put_plan({"number": "PLN-accident", "kind": "accident", "order": order}, actor=SYSTEM, now=world.now)
    number = dropped(world, order)
    assert Claim.objects.get(state="held").plan.number == "PLN-screen"
    diagnosed(world, number, cause="liquid", fault_code="mainboard")
    assert Claim.objects.get(state="held").plan.number == "PLN-accident"
    assert sorted(Plan.objects.values_list("number", "claims_count")) == [("PLN-accident", 1), ("PLN-screen", 0)]
    diagnosed(world, number, cause="human", fault_code="broken_screen")
    assert sorted(Plan.objects.values_list("number", "claims_count")) == [("PLN-accident", 0), ("PLN-screen", 1)]


def test_a_plan_that_the_order_only_names_pays_with_its_usual_limits(world: World) -> None:
    lines = [{**PHONE["lines"][0], "plans": ["screen"]}]
    order = world.order(**{**PHONE, "lines": lines})
    number = dropped(world, order)
    plan = Plan.objects.get()
    assert (world.case(number)["status"], plan.number, plan.implied, plan.claims_count) == ("repairing", f"{order}-1-screen", True, 1)
    other = World(now=world.now, count=50)
    late = dropped(other, other.order(**{**PHONE, "lines": lines}), days=400)
    assert other.case(late)["status"] == "quoting"


def test_a_mend_of_the_consumers_own_damage_is_no_failed_repair(world: World) -> None:
    """Two screens on a plan do not open an exchange, for nothing was wrong with the product (REP-12)."""
    order = sold(world, "accident", claims_most=9)
    for _ in range(3):
        number = dropped(world, order, days=20)
        case = world.case(number)
        assert (case["status"], case["details"].get("rights"), case["fault"]) == ("repairing", None, "customer")
        repaired(world, number)
        home(world, number)
        world.move(number, "confirm_repair", actor=world.buyer())
    assert Plan.objects.get().claims_count == 3


def test_a_plan_of_another_unit_does_not_pay(world: World) -> None:
    goods: dict[str, Any] = {"lines": [{**PHONE["lines"][0], "quantity": 2, "paid": 800000, "serials": ["IMEI-1", "IMEI-2"]}],
             "payments": [{"tender": "card", "amount": 800000}]}  # fmt: skip
    order = world.order(**goods)
    put_plan({"number": "P1", "kind": "screen", "serial": "IMEI-2"}, actor=SYSTEM, now=world.now)
    number = on_bench(world, order=order, answers={"fault_code": "broken_screen", "serial": "IMEI-1"})
    diagnosed(world, number, cause="human", fault_code="broken_screen")
    assert world.case(number)["details"]["plan_not"] == [{"kind": "screen", "why": "PLAN_OTHER_UNIT"}]


@pytest.mark.parametrize("channel", CHANNELS)
def test_plans_end_with_goods_that_go_back_and_the_unused_price_is_due(world: World, fake: Fake, channel: dict[str, Any]) -> None:
    order = world.order(**channel)
    first = world.now.date()
    put_plan({"number": "EXT", "kind": "extended", "order": order, "price": 3000}, actor=SYSTEM, now=world.now)
    put_plan(
        {"number": "ACC", "kind": "accident", "order": order, "price": 36600, "starts_on": first.isoformat(),
         "ends_on": (first + timedelta(days=365)).isoformat()},
        actor=SYSTEM, now=world.now,
    )  # fmt: skip
    number = world.later(days=1).apply(order)["number"]
    if world.case(number)["status"] == "submitted":
        world.move(number, "approve", actor=world.staff("reviewer") if channel == SELF else world.staff("merchant_manager", merchant="m1"))
    world.goods_back(number)
    keeper = world.staff("inspector") if channel == SELF else world.staff("merchant_operator", merchant="m1")
    world.move(number, "accept", actor=keeper, items=[{"line": 1, "accepted": 1, "grade": "A", "disposition": "restock"}])
    assert not Plan.objects.exclude(cancelled_on=None).exists()
    world.pay(number)
    assert (Case.objects.get(number=number).outcome, len(fake.movements())) == ("refunded", 1)
    # Three of 366 days have passed on the one, the other has not begun.
    assert dict(Plan.objects.values_list("number", "refund_minor")) == {"EXT": 3000, "ACC": 36600 - 100 * 4}
    assert set(Plan.objects.values_list("cancelled_on", flat=True)) == {world.now.date()}
    assert Event.objects.filter(type="plan.ended").count() == 2
    assert Message.objects.filter(case__number=number, text__contains="保费").count() == 2


def test_a_change_that_covers_less_than_was_claimed_is_refused_and_changes_nothing(world: World) -> None:
    order = sold(world, "accident", cap=50000)
    number = dropped(world, order)
    world.move(number, "quote", actor=technician(world, number), parts_fee=60000, labour_fee=10000)
    no = refusal_of(put_plan, {"number": "PLN-accident", "kind": "accident", "order": order, "cap": 100}, actor=SYSTEM, now=world.now)
    plan = Plan.objects.get()
    assert (no.code, plan.cap_minor, plan.version) == ("PLAN_CLAIMED", 50000, 1)


def test_the_day_a_plan_begins_and_the_last_day_are_both_covered(world: World) -> None:
    order = sold(world, "screen")
    plan = Plan.objects.get(order_number=order)
    assert (plan.starts_on, plan.ends_on) == (world.now.date(), date(world.now.year + 1, world.now.month, world.now.day))
