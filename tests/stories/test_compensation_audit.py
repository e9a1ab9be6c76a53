"""A compensation beside a case that nobody audits: its own limit, what it pays then, wherever the case has gone; and who finds it."""

from typing import Any

import pytest

from shouhou.cases.models import Case, Deadline, Message
from shouhou.cases.queue import QueueFilter, queue_page
from shouhou.ledger.queries import trial_balance
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake
from tests.world import QUALITY, THIRD, World

CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD])
GIFT: dict[str, Any] = {"form": "balance", "bearer": "platform_goodwill", "ground": "goodwill", "note": "让您久等了"}
# What an agent may give without an audit, by the book.
UNAUDITED = 5000


def given(world: World, number: str, amount: int) -> dict[str, Any]:
    return world.move(number, "offer_compensation", actor=world.staff("agent"), amount=amount, **GIFT)


def paid(world: World) -> list[int]:
    found = Refund.objects.filter(reason="compensation_beside").order_by("id")
    for refund in found:
        work(refund, now=world.now)
    return [refund.amount_minor for refund in found]


def to_audit(world: World) -> list[str]:
    return [row.number for row in queue_page(QueueFilter(shown="all", auditing=True), actor=world.staff("supervisor"))[0]]


@CHANNELS
@pytest.mark.parametrize("service", ["return", "exchange", "repair"])
def test_what_nobody_audits_in_time_pays_what_needs_no_audit_and_the_case_is_not_made_due_by_it(
    world: World, fake: Fake, channel: dict[str, Any], service: str
) -> None:
    answers = {"wanted": "same"} if service == "exchange" else {}
    number = world.apply(world.order(**channel), **QUALITY, service=service, answers=answers)["number"]
    before = world.case(number)
    offered = given(world, number, 60000)
    limit = Deadline.objects.get(name="beside_audit")
    assert (limit.waits_on, limit.state, offered["due_at"], to_audit(world)) == ("supervisor", "open", before["due_at"], [number])
    world.later(hours=47).ring()
    assert Refund.objects.count() == 0
    world.later(hours=2).ring()
    case = world.case(number)
    assert (case["status"], case["details"].get("beside"), to_audit(world)) == (before["status"], None, [])
    assert (paid(world), set(trial_balance().values())) == ([UNAUDITED], {0})
    told = Message.objects.get(case__number=number, internal=True)
    assert "600.00" in told.text and "50.00" in told.text_en
    world.later(days=3).ring()
    assert Refund.objects.filter(reason="compensation_beside").count() == 1


def test_what_was_given_before_counts_and_nothing_is_paid_beyond_it(world: World, fake: Fake) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    given(world, number, UNAUDITED)
    given(world, number, 1000)
    world.later(hours=49).ring()
    assert (paid(world), Case.objects.get().details.get("beside")) == ([UNAUDITED], None)


def test_an_audit_in_time_ends_the_limit(world: World, fake: Fake) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    given(world, number, 9000)
    world.move(number, "audit_compensation", actor=world.staff("supervisor"))
    assert Deadline.objects.get(name="beside_audit").state == "met"
    world.later(hours=49).ring()
    assert paid(world) == [9000]


@CHANNELS
def test_it_runs_on_after_the_case_has_ended_and_is_settled_before_the_case_goes_where_nothing_is_paid_beside_it(
    world: World, fake: Fake, channel: dict[str, Any]
) -> None:
    ended = world.apply(world.order(**channel), **QUALITY)["number"]
    given(world, ended, 9000)
    world.move(ended, "cancel", actor=world.buyer())
    assert (world.case(ended)["status"], to_audit(world)) == ("cancelled", [ended])
    world.later(hours=49).ring()
    assert paid(world) == [UNAUDITED]
    kept = world.apply(world.order(**channel), **QUALITY, request_review=True)["number"]
    world.move(kept, "send_evidence", actor=world.buyer(), description="见照片")
    given(world, kept, 9000)
    world.move(kept, "keep_item", actor=world.staff("supervisor"), note="不必寄回")
    case = world.case(kept)
    assert (case["service"], case["details"].get("beside"), to_audit(world)) == ("refund_only", None, [])
    assert (paid(world), set(trial_balance().values())) == ([UNAUDITED, UNAUDITED], {0})
