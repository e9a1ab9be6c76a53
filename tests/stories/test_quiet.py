"""Nobody is left without news: a case in which nothing happens, and a repair that lasts (NTF-05, NTF-08)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction

from shouhou.accounts.models import User
from shouhou.cases import quiet
from shouhou.cases.actions import say
from shouhou.cases.due import remind
from shouhou.cases.models import Case
from shouhou.cases.quiet import tell_silence
from shouhou.merchants.models import Merchant
from shouhou.notifications.actions import keep_told
from shouhou.notifications.models import Notice
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.plumbing.models import Event
from tests.stories.repairing import applied as repair_applied
from tests.stories.repairing import on_bench, technician
from tests.world import THIRD, World

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.BASE_URL = "https://shop.example"


def waiting(world: World, **changes: Any) -> str:
    """An application that waits for a person, whose last limit lies far ahead."""
    order = world.order(**changes)
    Merchant.objects.update(auto_review=False)
    return str(world.apply(order)["number"])


def silences(number: str = "") -> int:
    found = Event.objects.filter(type="case.silent")
    return found.filter(subject=number).count() if number else found.count()


def told(number: str, template: str) -> list[Notice]:
    return list(Notice.objects.filter(subject=number, template=template, channel="site").order_by("id"))


def test_after_48_hours_of_silence_the_consumer_hears_where_it_stands_and_the_owner_is_alerted(world: World) -> None:
    number = waiting(world)
    owner = User.objects.create(username="owner", role="reviewer", email="o@example.com")
    User.objects.create(username="boss", role="supervisor", email="b@example.com")
    Case.objects.filter(number=number).update(assigned_to=owner)
    due = Case.objects.get(number=number).due_at
    assert due is not None
    assert tell_silence(now=world.now + timedelta(hours=48) - timedelta(seconds=1)) == 0
    world.later(hours=48)
    assert tell_silence(now=world.now) == 1
    tell_all(world.now)
    [news] = told(number, "silent")
    assert (news.buyer_id, news.created_at) == (Case.objects.get(number=number).buyer_id, world.now)
    assert "现在轮到：审核员" in news.body
    assert "2026 年 3 月 10 日 12:00" in news.body, "since when"
    assert ("下一步最晚" in news.body) == (due > world.now)
    assert ("已超时" in news.body) == (due <= world.now)
    assert Notice.objects.filter(subject=number, template="silent", channel="email").exists()
    [alert] = told(number, "staff_silent")
    assert alert.user_id == owner.pk
    assert "…" not in news.title + news.body + alert.title + alert.body


def test_nobody_owns_it_so_its_team_is_alerted(world: World) -> None:
    house, shops = waiting(world), waiting(world, **THIRD)
    boss = User.objects.create(username="boss", role="supervisor", email="b@example.com")
    shop = Merchant.objects.get(code="m1")
    from_shop = User.objects.create(username="wang", role="merchant_manager", email="w@example.com", organisation_id=shop.organisation_id)
    world.later(hours=49)
    assert tell_silence(now=world.now) == 2
    tell_all(world.now)
    assert [one.user_id for one in told(house, "staff_silent")] == [boss.pk]
    expected = from_shop if shop.organisation_id else boss
    assert [one.user_id for one in told(shops, "staff_silent")] == [expected.pk]


def test_each_stretch_of_silence_is_told_once_however_often_the_clock_looks(world: World) -> None:
    number = waiting(world)
    world.later(hours=48)
    assert [tell_silence(now=world.now) for _ in range(3)] == [1, 0, 0]
    assert tell_silence(now=world.now + timedelta(hours=47)) == 0
    assert tell_silence(now=world.now + timedelta(hours=48)) == 1, "another two days without any event"
    assert silences(number) == 2


def test_whatever_happens_in_the_case_begins_the_48_hours_anew(world: World) -> None:
    number = waiting(world)
    world.later(hours=40)
    say(number, "请尽快处理", actor=world.buyer(), internal=False, now=world.now)
    assert tell_silence(now=world.now + timedelta(hours=20)) == 0
    assert tell_silence(now=world.now + timedelta(hours=47, minutes=59)) == 0
    assert tell_silence(now=world.now + timedelta(hours=48)) == 1


def test_a_round_that_was_killed_told_nobody_and_the_next_one_does(world: World) -> None:
    waiting(world)
    world.later(hours=48)
    with pytest.raises(RuntimeError), transaction.atomic():
        assert tell_silence(now=world.now) == 1
        raise RuntimeError("killed")
    assert silences() == 0
    assert tell_silence(now=world.now) == 1
    assert silences() == 1


def test_a_consumer_who_has_been_reminded_is_left_in_peace_and_one_who_was_not_is_told(world: World) -> None:
    number = waiting(world)
    world.move(number, "approve", actor=world.staff("reviewer"))
    world.later(hours=48)
    assert tell_silence(now=world.now) == 1, "it is their turn, and nobody has said so for two days"
    world.later(days=4)
    assert remind(now=world.now) == 1
    assert tell_silence(now=world.now + timedelta(days=3)) == 0
    assert silences(number) == 1


def test_a_closed_case_and_one_that_waits_for_the_last_word_stay_quiet(world: World) -> None:
    number = waiting(world)
    world.move(number, "cancel", actor=world.buyer())
    Case.objects.filter(number=waiting(world)).update(stage="rated")
    assert tell_silence(now=world.now + 9 * DAY) == 0


def test_many_silent_cases_cost_as_many_statements_as_one(world: World, django_assert_num_queries: Any) -> None:
    waiting(world)
    world.later(hours=48)
    with django_assert_num_queries(3):  # a savepoint around one statement
        assert tell_silence(now=world.now) == 1
    for _ in range(12):
        waiting(world)
    world.later(hours=48)
    with django_assert_num_queries(3):
        assert tell_silence(now=world.now) == 13


def test_the_quiet_are_found_by_their_index(world: World) -> None:
    waiting(world)
    values: dict[str, Any] = {"now": world.now, "before": world.now, "most": 10, "event": "case.silent"}
    with connection.cursor() as cursor:
        # Few rows are read any way: what counts is that their order is an index's, whatever the statistics say.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN " + quiet.SILENT, values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("EXPLAIN " + quiet.QUIET_REPAIRS.replace("/*told*/", "FALSE"), {**values, "event": "case.progress"})
        repairs = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_quiet" in plan
    assert "Seq Scan on plumbing_event" not in plan
    assert "case_repairs" in repairs


def ten_days(world: World, number: str) -> list[datetime]:
    """The clock looks every ten minutes, as it does; each day somebody writes a note of which the consumer hears nothing."""
    for step in range(10 * 144):
        if step % 144 == 100:
            say(number, "内部备注：等待备件", actor=world.staff("agent", "user:9"), now=world.now, internal=True)
        if tell_silence(now=world.now) + keep_told(now=world.now):
            tell_all(world.now)
        world.later(minutes=10)
    heard = Notice.objects.filter(subject=number, channel="site", buyer_id__isnull=False)
    return list(heard.order_by("created_at", "id").values_list("created_at", flat=True))


def test_a_repair_that_lasts_ten_days_has_a_message_at_least_every_three(world: World) -> None:
    number = on_bench(world)
    tell_all(world.now)
    began = world.now
    heard = [began, *(at for at in ten_days(world, number) if at > began), world.now]
    gaps = [after - before for before, after in pairwise(heard)]
    assert max(gaps) <= 3 * DAY
    news = told(number, "repair_goes_on")
    assert 3 <= len(news) <= 4, "no more than it takes"
    assert "现在轮到：工程师" in news[0].body
    assert "…" not in news[0].title + news[0].body
    assert silences(number) == 0, "notes were written every day"


def test_a_repair_of_which_the_consumer_heard_by_other_news_is_not_told_again(world: World) -> None:
    number = on_bench(world)
    tell_all(world.now)
    world.later(days=2)
    say(number, "已找到故障，正在换件", actor=technician(world, number), internal=False, now=world.now)
    tell_all(world.now)
    assert keep_told(now=world.now + 2 * DAY) == 0
    assert keep_told(now=world.now + 3 * DAY) == 1
    assert keep_told(now=world.now + 3 * DAY) == 0, "not yet written as a notice, and not announced twice"


def test_only_repairs_that_last_are_told(world: World) -> None:
    repair_applied(world)
    waiting(world)
    tell_all(world.now)
    assert keep_told(now=world.now + 2 * DAY) == 0
    assert keep_told(now=world.now + 3 * DAY) == 1


@pytest.mark.django_db(transaction=True)
def test_four_clocks_at_once_tell_each_silence_once(world: World) -> None:
    for _ in range(5):
        waiting(world)
    repair_applied(world, after_days=3)
    at = world.now + timedelta(days=4)

    def look(_: int) -> tuple[int, int]:
        try:
            return keep_told(now=at), tell_silence(now=at, most=2)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(look, range(4)))
    told_of = list(Event.objects.filter(type__in=["case.silent", "case.progress"]).values_list("subject", flat=True))
    assert len(told_of) == len(set(told_of)) == 6
    assert sum(sum(each) for each in done) == 6
