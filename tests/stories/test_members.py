"""Members: earlier in the queue and in a channel of their own by the book's clauses, and nobody else's limit is passed for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from shouhou.cases.models import Case, Deadline
from shouhou.cases.queue import QueueFilter, queue_counts, queue_page
from shouhou.payments.models import RefundPart
from shouhou.policy.queries import compiled
from tests.stories.repairing import SELF, THIRD
from tests.world import World

pytestmark = pytest.mark.django_db
PLUS: dict[str, Any] = {"buyer": {"id": "u2", "name": "周二", "phone": "13800000002", "tier": "plus"}}
WISH: dict[str, Any] = {"reason": "quality", "description": "不加热"}


def numbers(world: World, **narrowed: str) -> list[str]:
    return [row.number for row in queue_page(QueueFilter(**narrowed), actor=world.staff("agent"))[0]]  # type: ignore[arg-type]


def applied(world: World, **changes: Any) -> str:
    """A quality return that waits for its evidence."""
    order = world.order(**changes)
    buyer = "u2" if changes.get("buyer") else "u1"
    return str(world.apply(order, actor=world.buyer(buyer), **WISH)["number"])


@pytest.mark.parametrize("channel", [SELF, THIRD])
def test_a_member_who_applies_five_minutes_later_is_served_first(world: World, channel: dict[str, Any]) -> None:
    plain = applied(world, **channel)
    world.later(minutes=5)
    member = applied(world, **channel, **PLUS)
    assert numbers(world) == [member, plain]
    # The limits themselves are the same for both.
    assert len(set(Deadline.objects.filter(name="evidence").values_list("due_at", flat=True))) == 1


def test_nobodys_limit_is_passed_for_a_member(world: World) -> None:
    """Who has less time left than the head start comes before a member who has plenty."""
    plain = applied(world)
    world.later(days=2)
    member = applied(world, **PLUS)
    assert numbers(world) == [plain, member]
    gap = Case.objects.get(number=member).due_at - Case.objects.get(number=plain).due_at  # type: ignore[operator]
    assert gap.days == 2


def test_the_members_channel_holds_members_of_today_and_nobody_else(world: World) -> None:
    plain, member = applied(world), applied(world, **PLUS)
    assert (numbers(world, channel="plus_vip"), numbers(world, channel="standard")) == ([member], [plain])
    views = {"all": QueueFilter(), "plus": QueueFilter(channel="plus_vip")}
    assert queue_counts(views, actor=world.staff("agent")) == {"all": 2, "plus": 1}
    row = queue_page(QueueFilter(channel="plus_vip"), actor=world.staff("agent"))[0][0]
    assert row.tier == "plus"


def test_who_leaves_loses_the_channel_and_who_joins_gets_it_while_the_order_keeps_its_privileges(world: World) -> None:
    member, plain = applied(world, **PLUS), applied(world)
    world.later(hours=1).order(buyer={**PLUS["buyer"], "tier": "none"})
    world.order(buyer={"id": "u1", "name": "林一", "phone": "13800000001", "tier": "plus"})
    assert numbers(world, channel="plus_vip") == [plain]
    assert numbers(world) == [plain, member]
    # MEM-04: what was bought as a member keeps advance replacement.
    assert (world.case(member)["buyer"]["tier"], world.case(plain)["buyer"]["tier"]) == ("plus", "none")


def test_the_head_start_goes_with_the_limit_wherever_it_moves(world: World) -> None:
    member = applied(world, **PLUS)
    case = Case.objects.get(number=member)
    assert case.due_at is not None and (case.due_at - case.queue_at).total_seconds() == 24 * 3600
    world.later(hours=1).move(member, "send_evidence", actor=world.buyer("u2"), description="见照片")
    case.refresh_from_db()
    assert case.due_at is not None and (case.due_at - case.queue_at).total_seconds() == 24 * 3600


def test_pages_of_the_queue_go_on_where_they_stopped_with_members_in_between(world: World) -> None:
    made = []
    for number in range(6):
        world.later(hours=7)
        made.append(applied(world, **(PLUS if number % 2 else {})))
    whole, seen, cursor = numbers(world), [], None
    while True:
        rows, cursor = queue_page(QueueFilter(), actor=world.staff("agent"), after=cursor, limit=2)
        seen += [row.number for row in rows]
        if cursor is None:
            break
    assert seen == whole and sorted(seen) == sorted(made) and whole != made


def test_overdue_cases_are_found_whatever_their_head_start(world: World) -> None:
    plain, member = applied(world), applied(world, **PLUS)
    dues = [case.due_at for case in Case.objects.all() if case.due_at is not None]
    late = QueueFilter(due_before=max(dues) + timedelta(seconds=1))
    assert {row.number for row in queue_page(late, actor=world.staff("agent"))[0]} == {plain, member}
    early = QueueFilter(due_before=min(dues))
    assert queue_page(early, actor=world.staff("agent"))[0] == []


def test_the_privileges_are_terms_of_the_book(world: World) -> None:
    case = Case.objects.get(number=applied(world, **PLUS))
    terms = compiled(case.book, case.book_version).terms
    assert (terms.value("member_channel", member="none"), terms.number("member_head_start_hours", member="plus")) == ("standard", 24)
    assert terms.terms["member_head_start_hours"].sources == ("MEM-01",)


def test_a_members_refund_is_sent_before_one_that_waited_five_minutes_longer(world: World) -> None:
    """The worker takes what has the higher priority; both are on their way well before their limit."""
    def refunded(**changes: Any) -> str:
        number = str(world.apply(world.order(**changes), actor=world.buyer("u2" if changes else "u1"))["number"])
        world.count += 1
        world.move(number, "ship", actor=world.buyer("u2" if changes else "u1"), carrier="SF", tracking_number=f"SF{world.count:013d}")
        world.move(number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok")
        world.move(number, "accept", actor=world.staff("inspector"))
        return number

    plain = refunded()
    world.later(minutes=5)
    member = refunded(**PLUS)
    part_of = dict(RefundPart.objects.values_list("refund__subject", "id"))
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        waiting = [int(row[0]) for row in cursor.fetchall()]
    assert waiting == [part_of[member], part_of[plain]]


# As the worker takes them.
WAITING = "SELECT args ->> 'part_id' FROM procrastinate_jobs WHERE task_name = 'payments.send_part' ORDER BY priority DESC, id"
