"""The rota, the automatic answer and canned words."""

from datetime import UTC, date, datetime, time

from shouhou.foundation.days import Calendar
from shouhou.support.conversations.actions import say
from shouhou.support.conversations.models import Said
from shouhou.support.conversations.rules.answers import automatic
from shouhou.support.conversations.rules.canned import check, filled
from shouhou.support.conversations.rules.rota import Shift, next_duty, on_duty
from shouhou.support.conversations.tests.conftest import People, duty
from shouhou.support.conversations.tests.test_talks import asked, texts
from tests.world import World, refusal_of

DAY = Shift(1, (1, 2, 3, 4, 5), time(9), time(18), False, ("service",), date(2026, 1, 1), None)
NIGHT = Shift(2, (7,), time(22), time(6), True, (), date(2026, 1, 1), None)
SUNDAY_23 = datetime(2026, 3, 8, 15, 0, tzinfo=UTC)
HOLIDAYS = Calendar.of([date(2026, 3, 9)])


def test_a_night_shift_goes_on_after_midnight_and_ends_to_the_minute() -> None:
    both = [DAY, NIGHT]
    assert on_duty(both, skill="technical", calendar=Calendar(), now=SUNDAY_23) == {2}
    assert on_duty(both, skill="technical", calendar=Calendar(), now=datetime(2026, 3, 8, 21, 59, tzinfo=UTC)) == {2}
    assert on_duty(both, skill="technical", calendar=Calendar(), now=datetime(2026, 3, 8, 22, 0, tzinfo=UTC)) == frozenset()


def test_the_next_shift_leaves_out_holidays_and_what_it_cannot_answer() -> None:
    assert next_duty([DAY], skill="service", calendar=Calendar(), now=SUNDAY_23) == datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    assert next_duty([DAY], skill="service", calendar=HOLIDAYS, now=SUNDAY_23) == datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    assert next_duty([DAY], skill="sales", calendar=Calendar(), now=SUNDAY_23) is None


def test_the_answer_never_promises_a_person_who_is_not_there() -> None:
    next_at = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    away = automatic(on_duty=0, next_at=next_at, rota=True, ahead=0, held=False)
    assert "自动答复" in away.zh
    assert "3 月 9 日（周一）09:00" in away.zh
    assert "Mon 09 Mar 09:00" in away.en
    assert "不能告诉您" in automatic(on_duty=0, next_at=None, rota=False, ahead=0, held=False).zh
    assert "前面还有 3 个咨询" in automatic(on_duty=2, next_at=next_at, rota=True, ahead=3, held=False).zh


def test_a_question_in_a_holiday_night_is_received_at_once_and_told_when_somebody_answers(world: World, people: People) -> None:
    duty(people("苏敏"), now=world.now, since=9, until=18, days=(1, 2, 3, 4, 5), on_holidays=False)
    world.now = datetime(2026, 9, 30, 19, 0, tzinfo=UTC)
    number = asked(world)
    [auto] = Said.objects.filter(kind="auto")
    assert auto.at == world.now
    assert "10 月 8 日" in auto.text
    assert texts(number, world.buyer(), world)[-1] == auto.text


def test_the_answer_is_not_repeated_until_a_person_has_spoken(world: World) -> None:
    number = asked(world)
    say(number, "在吗", actor=world.buyer(), now=world.now)
    assert Said.objects.filter(kind="auto").count() == 1


def test_canned_words_are_filled_and_a_missing_one_is_named() -> None:
    assert filled("您好 {buyer}，订单 {order}", {"buyer": "林一", "order": "T1"}) == "您好 林一，订单 T1"
    assert refusal_of(filled, "单号 {case}", {"case": ""}).facts["names"] == "售后单号"
    assert refusal_of(check, "您好 {nobody}").code == "CANNED_UNKNOWN"
