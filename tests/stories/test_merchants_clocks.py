"""A shop's clocks from end to end (MER-03 – MER-06, MER-09): how long each runs, what follows a breach, points and money, the appeal."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shouhou.cases.models import Deadline
from shouhou.foundation.days import end_of_day, local_day
from shouhou.ledger.queries import balances
from shouhou.logistics.queries import windows_for
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import calendar_now
from shouhou.settlements.actions import book_recharges, claim_penalties
from shouhou.settlements.models import Recharge
from shouhou.sla.actions.appeals import appeal_breach, decide_appeal
from shouhou.sla.actions.cards import close_month
from shouhou.sla.actions.table import add_sanction
from shouhou.sla.models import Breach, Clock, Scorecard
from shouhou.sla.tests.stories import applied, reviewed_late, told
from tests.conftest import Fake
from tests.world import CONTACT, THIRD, World

pytestmark = pytest.mark.django_db
OPERATIONS = Actor(role="operations", who="key:1", name="运营")
JUDGE = Actor(role="supervisor", who="key:2", name="主管")
FRESH = [{"line": 1, "sku": "FISH", "title": "三文鱼", "category": "fresh", "quantity": 1, "unit_price": 19900, "paid": 19900}]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def limit(number: str, name: str) -> Deadline:
    return Deadline.objects.filter(case__number=number, name=name).latest("id")


def shop(world: World) -> Actor:
    return world.staff("merchant_operator", who="key:7", merchant="m1")


def outcome(number: str, kind: str) -> str:
    told()
    return str(Clock.objects.get(case__number=number, kind=kind).outcome)


def collected(world: World, **order: Any) -> str:
    """Applied for with a pickup, approved by the shop: the courier is expected."""
    number = str(world.apply(world.order(**THIRD, **order), reason="quality", description="坏了", return_method="pickup")["number"])
    world.move(number, "send_evidence", actor=world.buyer(), description="如图")
    world.move(number, "approve", actor=shop(world))
    window = windows_for(CONTACT, calendar=calendar_now(), now=world.now)[0]
    world.move(number, "book_pickup", actor=world.buyer(), window=window.code)
    return number


def table(kind: str, world: World, **more: int) -> None:
    """A rule of the penalty table from ten days ago on."""
    since = local_day(world.now) - timedelta(days=10)
    add_sanction(kind, since=since, points=more.get("points", 0), amount_minor=more.get("amount", 0), clause="管理规则 3.1",
                 actor=OPERATIONS, now=world.now)  # fmt: skip


def missed(world: World) -> Breach:
    reviewed_late(world, **THIRD)
    told()
    return Breach.objects.get(kind="MER-01")


def test_the_opinion_is_due_48_hours_after_the_goods_are_there_and_late_is_a_breach(world: World) -> None:
    """MER-05."""
    world.now = at("2025-03-14T10:00")
    number = str(world.later(days=1).apply(world.order(**THIRD))["number"])
    world.goods_back(number)
    arrived = world.now
    due = [row.due_at for row in Deadline.objects.filter(case__number=number, term="decision_hours", state="open")]
    assert due == [arrived + timedelta(hours=48)]
    world.later(hours=48, seconds=1).ring()
    told()
    row = Breach.objects.get(kind="MER-05")
    assert (row.due_at, row.party, row.table_missing) == (due[0], "shop", True)
    assert row.consequence


def test_a_replacement_is_shipped_within_48_hours_of_the_decision(world: World) -> None:
    """MER-06: the shop's handling of the exchange starts it, the dispatch ends it."""
    number = str(world.apply(world.order(**THIRD), service="exchange", reason="quality", description="坏了")["number"])
    world.move(number, "send_evidence", actor=world.buyer(), description="如图")
    world.move(number, "approve", actor=shop(world))
    world.goods_back(number)
    world.move(number, "accept", actor=shop(world))
    decided = world.now
    due = {row.due_at for row in Deadline.objects.filter(case__number=number, term="ship_hours", state="open")}
    assert due == {decided + timedelta(hours=48)}
    world.later(hours=48, minutes=1).ring()
    told()
    row = Breach.objects.get(kind="MER-06")
    assert (row.party, row.due_at - decided, row.case and row.case.number) == ("shop", timedelta(hours=48), number)


def test_the_table_is_empty_and_a_breach_is_recorded_without_a_sanction_and_costs_nothing(world: World, fake: Fake) -> None:
    """MER-09."""
    row = missed(world)
    assert (row.table_missing, row.points, row.amount_minor) == (True, 0, 0)
    world.later(days=60)
    assert (claim_penalties(now=world.now), book_recharges(now=world.now)) == (0, 0)


def test_a_penalty_that_stands_is_taken_from_the_shop_once_after_its_time_to_appeal(world: World, fake: Fake) -> None:
    table("MER-01", world, points=2, amount=5000)
    row = missed(world)
    assert (row.table_missing, row.points, row.amount_minor, row.consequence) == (False, 2, 5000, "escalate")
    assert claim_penalties(now=row.appeal_until) == 0
    world.now = row.appeal_until + timedelta(seconds=1)
    assert [claim_penalties(now=world.now), claim_penalties(now=world.now)] == [1, 0]
    claim = Recharge.objects.get()
    assert (claim.kind, claim.subject, claim.amount_minor, claim.reason) == ("penalty", row.number, 5000, "管理规则 3.1")
    assert [book_recharges(now=world.now), book_recharges(now=world.now)] == [1, 0]
    key = Merchant.objects.get(code="m1").pk
    booked = {each.account: each.posted_minor for each in balances()}
    assert (booked[f"merchant:{key}:payable"], booked["platform:penalties"]) == (-5000, 5000)


def test_appealed_it_waits_struck_it_costs_nothing_and_the_closed_month_is_stated_anew(world: World, fake: Fake) -> None:
    table("MER-01", world, points=2, amount=5000)
    row = missed(world)
    month = local_day(row.recorded_at).replace(day=1)
    world.now = max(world.now, end_of_day((month + timedelta(days=32)).replace(day=1)))
    close_month(month, now=world.now)
    card = Scorecard.objects.get(merchant__code="m1", month=month)
    assert (card.figures["breaches"]["points"], card.figures["breaches"]["amount_minor"]) == (2, 5000)
    Breach.objects.filter(pk=row.pk).update(appeal_until=world.now + timedelta(days=1))
    appeal_breach(row.number, "当日仓库停电。", tokens=[], actor=shop(world), now=world.now)
    world.later(days=30)
    assert (claim_penalties(now=world.now), book_recharges(now=world.now)) == (0, 0)
    decide_appeal(row.number, grant=True, reasons="停电属实。", actor=JUDGE, now=world.now)
    assert (claim_penalties(now=world.now), Recharge.objects.count()) == (0, 0)
    newest = Scorecard.objects.filter(merchant__code="m1", month=month).latest("version")
    assert (newest.version, newest.figures["breaches"]["points"], newest.figures["breaches"]["amount_minor"]) == (2, 0, 0)


def test_an_appeal_that_is_refused_leaves_the_penalty_standing(world: World, fake: Fake) -> None:
    table("MER-01", world, amount=5000)
    row = missed(world)
    appeal_breach(row.number, "当日仓库停电。", tokens=[], actor=shop(world), now=world.now)
    world.later(days=60)
    assert claim_penalties(now=world.now) == 0
    decide_appeal(row.number, grant=False, reasons="未附凭证。", actor=JUDGE, now=world.now)
    assert (claim_penalties(now=world.now), book_recharges(now=world.now)) == (1, 1)


def test_a_duty_kept_is_no_breach(world: World) -> None:
    number = applied(world, **THIRD)
    world.later(hours=47, minutes=59).move(number, "approve", actor=shop(world))
    assert outcome(number, "MER-01") == "met" and not Breach.objects.filter(kind="MER-01").exists()


@pytest.mark.parametrize(
    ("order", "handled", "due", "kind"),
    [
        ({}, "2025-03-15T09:00", "2025-03-17T09:00", "MER-03"),
        ({"lines": FRESH}, "2025-03-15T09:00", "2025-03-15T23:59:59", "MER-04"),
        ({"lines": FRESH}, "2025-03-15T23:50", "2025-03-15T23:59:59", "MER-04"),
    ],
)
def test_the_pickup_is_due_48_hours_after_it_was_handled_and_fresh_goods_the_same_day(
    world: World, order: dict[str, Any], handled: str, due: str, kind: str
) -> None:
    """MER-03, MER-04."""
    world.now = at(handled)
    number = collected(world, **order)
    assert limit(number, "pickup").due_at == at(due)
    world.now = at(due) + timedelta(seconds=1)
    world.ring()
    told()
    row = Breach.objects.get(kind=kind)
    assert (row.party, row.due_at, row.table_missing) == ("shop", at(due), True)
    assert (row.consequence, row.settled_at) == ("note_pickup", None)
