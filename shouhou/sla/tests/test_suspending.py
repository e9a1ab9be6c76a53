"""A shop is suspended only on a verified ground and by two people; what ends, what is taken over, and the way back (MER-11, CMP-06)."""

from typing import Any

import pytest

from shouhou.accounts.keys import create_key, key_by_token
from shouhou.accounts.models import Organisation, User
from shouhou.cases.models import Attachment, Case, HistoryEntry
from shouhou.cases.queries import timeline
from shouhou.cases.rows import load_case
from shouhou.foundation.days import end_of_day, local_day
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.models import Event
from shouhou.plumbing.uploads import take_upload
from shouhou.policy.queries import calendar_now
from shouhou.sla.access import is_suspended, measures, suspensions_of
from shouhou.sla.actions.appeals import watch_appeals
from shouhou.sla.actions.suspending import (
    appeal_suspension,
    ask_suspension,
    decide_suspension,
    lift_suspension,
    order_suspension,
    refuse_suspension,
)
from shouhou.sla.models import Appeal, Breach, Suspension
from shouhou.sla.queries.board import BoardFilter, board_page
from shouhou.sla.tests.stories import applied, reviewed_late, told
from tests.stories.test_forgotten_uploads import picture
from tests.world import THIRD, World, refusal_of


@pytest.fixture
def world(db: None) -> World:
    return World()


def person(role: str, name: str, merchant: str | None = None) -> Actor:
    user, _made = User.objects.get_or_create(username=name, defaults={"role": role})
    shop = Merchant.objects.get(code=merchant).pk if merchant else None
    return Actor(role=role, who=f"user:{user.pk}", name=name, merchant_id=shop)  # type: ignore[arg-type]


def breach(world: World) -> str:
    reviewed_late(world, **THIRD)
    told()
    return Breach.objects.filter(kind="MER-01", merchant__code="m1").latest("due_at").number


def suspended(world: World) -> str:
    number = ask_suspension(breach(world), "屡次超时。", actor=person("operations", "ann"), now=world.now)
    order_suspension(number, actor=person("supervisor", "bob"), now=world.now)
    return number


def complaint(world: World, *, finding: str, proof: bool) -> str:
    wish: dict[str, Any] = {"service": "complaint", "reason": "about_shop", "description": "拒绝处理。"}
    number = str(world.apply(world.order(**THIRD), **wish)["number"])
    agent = world.staff("agent")
    files = [take_upload(picture("red"), name="a.png", actor=agent, now=world.now).token] if proof else []
    more: dict[str, Any] = {"solution": "退款。", "clause": "MER-11", "reply": "已核实。", "evidence": files}
    world.move(number, "reply", actor=agent, finding=finding, against="merchant" if finding != "not_substantiated" else "nobody", **more)
    return number


def test_on_a_mere_claim_nothing_happens_to_anybody(world: World) -> None:
    claim = complaint(world, finding="not_substantiated", proof=False)
    boss = person("operations", "ann")
    for ground in (claim, "BR-0000-0000-0", ""):
        assert refusal_of(ask_suspension, ground, "投诉多。", actor=boss, now=world.now).code == "SUSPENSION_GROUND"
    assert not Suspension.objects.exists()


def test_a_verified_complaint_with_evidence_is_a_ground(world: World) -> None:
    true = complaint(world, finding="substantiated", proof=True)
    assert Attachment.objects.filter(case__number=true).count() == 1
    number = ask_suspension(true, "拒绝处理属实。", actor=person("operations", "ann"), now=world.now)
    assert Suspension.objects.get(number=number).ground == "complaint"


def test_a_second_person_orders_it_and_until_then_the_shop_works_on(world: World) -> None:
    ground = breach(world)
    ann = person("operations", "ann")
    assert refusal_of(ask_suspension, ground, "屡次超时。", actor=person("agent", "eve"), now=world.now).code == "SLA_NOT_YOURS"
    number = ask_suspension(ground, "屡次超时。", actor=ann, now=world.now)
    assert refusal_of(order_suspension, number, actor=ann, now=world.now).code == "SUSPENSION_SECOND_PERSON"
    assert refusal_of(ask_suspension, ground, "再来。", actor=ann, now=world.now).code == "SUSPENSION_THERE"
    shop = Merchant.objects.get(code="m1").pk
    assert not is_suspended(shop) and not measures().exists()
    assert not suspensions_of(person("merchant_manager", "shop", "m1")).exists()
    refuse_suspension(number, actor=person("supervisor", "bob"), now=world.now)
    assert refusal_of(order_suspension, number, actor=person("supervisor", "bob"), now=world.now).code == "SUSPENSION_ENDED"
    assert not is_suspended(shop)


def test_ordered_keys_and_sessions_end_at_once_and_it_is_published_within_a_working_day(world: World) -> None:
    organisation = Organisation.objects.create(code="m1", name="m1", kind="merchant")
    ground = breach(world)
    Merchant.objects.filter(code="m1").update(organisation=organisation)
    user = User.objects.create(username="shop", role="merchant_manager", organisation=organisation)
    shop = Merchant.objects.get(code="m1")
    key = create_key(name="erp", role="merchant_manager", organisation=organisation, merchant_id=shop.pk, now=world.now)
    number = ask_suspension(ground, "屡次超时。", actor=person("operations", "ann"), now=world.now)
    order_suspension(number, actor=person("supervisor", "bob"), now=world.now)
    assert key_by_token(key.token, now=world.now) is None
    assert User.objects.get(pk=user.pk).session_round == user.session_round + 1
    row = measures().get()
    due = end_of_day(calendar_now().add_workdays(local_day(world.now), 1))
    assert (row.publish_due_at, row.published_at is not None and row.published_at <= due) == (due, True)
    lift_suspension(number, "已整改。", actor=person("supervisor", "bob"), now=world.later(days=3).now)
    assert key_by_token(key.token, now=world.now) is not None
    assert not is_suspended(shop.pk) and measures().get().state == "lifted"


def test_open_cases_are_taken_over_and_handed_back_and_so_are_those_applied_for_meanwhile(world: World) -> None:
    open_one = applied(world, **THIRD)
    assert Case.objects.get(number=open_one).waits_on == "merchant_operator"
    number = suspended(world)
    assert open_one in Suspension.objects.get().taken
    new = applied(world, **THIRD)
    told()
    case = Case.objects.get(number=new)
    assert (case.waits_on, case.details["taken_over"]) == ("reviewer", number)
    late = world.later(hours=49).ring()
    told()
    assert late and not Breach.objects.filter(case__number=new, party="shop").exists()
    again = applied(world, **THIRD)
    told()
    world.move(again, "ask_evidence", actor=world.staff("reviewer"), what="发票")
    world.move(again, "send_evidence", actor=world.buyer(), description="发票在此")
    assert Case.objects.get(number=again).waits_on == "reviewer"
    lift_suspension(number, "已整改。", actor=person("supervisor", "bob"), now=world.now)
    case = Case.objects.get(number=again)
    assert (case.waits_on, "taken_over" in case.details) == ("merchant_operator", False)


def test_each_case_handed_over_and_back_says_so_in_its_history_and_to_whoever_listens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    # More than one batch: none is left with the shop.
    monkeypatch.setattr("shouhou.cases.taking_over.BATCH", 2)
    ground, ours = breach(world), [applied(world, **THIRD) for _each in range(4)]
    number = ask_suspension(ground, "屡次超时。", actor=person("operations", "ann"), now=world.now)
    before = {each.number: each.version for each in Case.objects.filter(number__in=ours)}
    order_suspension(number, actor=person("supervisor", "bob"), now=world.now)
    assert set(ours) <= set(Suspension.objects.get().taken)
    assert not Case.objects.filter(merchant__code="m1", closed_at=None, waits_on="merchant_operator").exists()
    lift_suspension(number, "已整改。", actor=person("supervisor", "bob"), now=world.later(hours=1).now)
    for case in Case.objects.filter(number__in=ours):
        entries = HistoryEntry.objects.filter(case=case).order_by("version")
        assert [entry.version for entry in entries] == list(range(1, case.version + 1)) and case.version == before[case.number] + 2
        last = [(entry.move, entry.from_status == entry.to_status == case.status, entry.role) for entry in entries][-2:]
        assert last == [("take_over", True, "system"), ("give_back_to_shop", True, "system")]
        told_of = Event.objects.filter(type="case.moved", subject=case.number).order_by("-id")[:2]
        assert [(event.data["move"], event.data["waits_on"], event.data["version"]) for event in told_of] == [
            ("give_back_to_shop", "merchant_operator", case.version), ("take_over", "reviewer", case.version - 1),
        ]  # fmt: skip
        words = [entry["text"] for entry in timeline(load_case(case.number, actor=SYSTEM), language="zh-hans", actor=world.buyer())]
        assert words[-2:] == ["平台接手处理", "交回商家处理"]


def test_the_clocks_of_a_case_taken_over_are_the_houses(world: World) -> None:
    open_one = applied(world, **THIRD)
    suspended(world)
    boss, shop = person("operations", "ann"), person("merchant_manager", "shop", "m1")
    assert {row.party for row in board_page(BoardFilter("soon"), actor=boss, now=world.now)[0] if row.case == open_one} <= {"house"}
    world.later(hours=49).ring()
    told()
    assert not Breach.objects.filter(case__number=open_one, party="shop", recorded_at=world.now).exists()
    assert not any(row.party == "shop" for row in board_page(BoardFilter("overdue"), actor=shop, now=world.now)[0] if row.case == open_one)


def test_an_appeal_that_nobody_decides_is_told_once_and_not_when_the_shop_is_back(world: World) -> None:
    number = suspended(world)
    appeal_suspension(number, "停电所致。", tokens=[], actor=person("merchant_manager", "shop", "m1"), now=world.now)
    assert watch_appeals(now=world.later(days=6).now) == 0
    assert [watch_appeals(now=world.later(days=2).now), watch_appeals(now=world.now)] == [1, 0]
    (event,) = Event.objects.filter(type="suspension.appeal_overdue")
    assert event.data["number"] == number
    Appeal.objects.update(overdue_told_at=None)
    lift_suspension(number, "已整改。", actor=person("supervisor", "bob"), now=world.now)
    assert watch_appeals(now=world.now) == 0


def test_the_shop_appeals_and_somebody_who_neither_asked_nor_ordered_decides(world: World) -> None:
    number = suspended(world)
    shop = person("merchant_manager", "shop", "m1")
    appeal_suspension(number, "停电所致。", tokens=[], actor=shop, now=world.now)
    assert refusal_of(appeal_suspension, number, "再申诉", tokens=[], actor=shop, now=world.now).code == "APPEAL_CLOSED"
    given: dict[str, Any] = {"grant": True, "reasons": "停电属实。", "now": world.now}
    assert refusal_of(decide_suspension, number, actor=person("supervisor", "bob"), **given).code == "SUSPENSION_SECOND_PERSON"
    assert refusal_of(decide_suspension, number, actor=shop, **given).code == "SLA_NOT_YOURS"
    assert Suspension.objects.get().state == "ordered"
    decide_suspension(number, actor=person("arbitrator", "judge"), **given)
    assert (Suspension.objects.get().state, is_suspended(Merchant.objects.get(code="m1").pk)) == ("lifted", False)
    assert Event.objects.filter(type="suspension.lifted").count() == 1
