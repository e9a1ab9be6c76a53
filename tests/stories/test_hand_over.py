"""Whoever fetches a repaired unit proves it at every door: by the code, or in a way that is named with its words; not at home."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.cases.models import HistoryEntry
from shouhou.cases.pickup_code import pickup_code
from shouhou.cases.rows import load_case
from shouhou.plumbing.actor import SYSTEM
from shouhou.repairs.models import WorkOrder
from tests.stories.repairing import CHANNELS, PHONE, approved, diagnosed, on_bench, repaired, technician
from tests.stories.test_repair_silence import point
from tests.world import DEAR, World, refusal_of

pytestmark = pytest.mark.django_db
OURS_AND_THEIRS = pytest.mark.parametrize("channel", CHANNELS)


def ready_at_the_counter(world: World, channel: dict[str, Any]) -> str:
    point()
    number = approved(world, PHONE, channel, answers={"mode": "walk_in"})
    world.move(number, "check_in", actor=technician(world, number), appearance="ok", accessories="ok", serial="IMEI-1")
    diagnosed(world, number)
    repaired(world, number)
    return number


def refused(world: World, number: str, **answers: Any) -> str:
    """The code of the refusal, after which nothing has changed."""
    before = world.case(number), WorkOrder.objects.get(subject=number).handed_over
    code = refusal_of(world.move, number, "hand_over", actor=technician(world, number), **answers).code
    assert (world.case(number), WorkOrder.objects.get(subject=number).handed_over) == before
    return code


@OURS_AND_THEIRS
def test_without_the_code_or_a_named_way_with_its_words_nothing_is_handed_over(world: World, channel: dict[str, Any]) -> None:
    number = ready_at_the_counter(world, channel)
    code = pickup_code(load_case(number, actor=SYSTEM))
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert refused(world, number) == "HAND_OVER_UNCHECKED"
    assert refused(world, number, note="来人已到") == "HAND_OVER_UNCHECKED"
    assert refused(world, number, checked="identity") == "HAND_OVER_UNCHECKED"
    assert refused(world, number, checked="known", note="认识") == "ANSWERS_INVALID"
    assert refused(world, number, code=wrong) == "PICKUP_CODE_WRONG"
    assert refused(world, number, code=wrong, checked="identity", note="核对了") == "PICKUP_CODE_WRONG"


@OURS_AND_THEIRS
def test_the_code_hands_it_over_and_is_kept_nowhere(world: World, channel: dict[str, Any]) -> None:
    number = ready_at_the_counter(world, channel)
    code = pickup_code(load_case(number, actor=SYSTEM))
    done = world.move(number, "hand_over", actor=technician(world, number), code=f"{code[:3]} {code[3:]}")
    assert done["status"] == "handed_back"
    entry = HistoryEntry.objects.get(case__number=number, move="hand_over")
    assert entry.answers == {"checked": "code"}


@OURS_AND_THEIRS
def test_somebody_with_the_consumers_written_word_is_named_in_the_history(world: World, channel: dict[str, Any]) -> None:
    number = ready_at_the_counter(world, channel)
    done = world.move(number, "hand_over", actor=technician(world, number), checked="authorised", note="凭授权书，代领人王五")
    assert done["status"] == "handed_back"
    entry = HistoryEntry.objects.get(case__number=number, move="hand_over")
    assert entry.answers == {"checked": "authorised", "note": "凭授权书，代领人王五"}


@OURS_AND_THEIRS
def test_what_came_by_parcel_has_no_code_and_is_not_handed_to_whoever_asks(world: World, channel: dict[str, Any]) -> None:
    number = on_bench(world, PHONE, channel)
    diagnosed(world, number)
    repaired(world, number)
    assert refused(world, number, code="123456") == "PICKUP_CODE_WRONG"
    assert refused(world, number) == "HAND_OVER_UNCHECKED"


@OURS_AND_THEIRS
def test_at_the_consumers_home_there_is_nothing_to_prove(world: World, channel: dict[str, Any]) -> None:
    number = approved(world, DEAR, channel, answers={"fault_code": "screen", "mode": "on_site"})
    bench = technician(world, number)
    world.move(number, "book_visit", actor=bench, start=(world.now + timedelta(hours=5)).isoformat())
    world.later(hours=6)
    world.move(number, "start_visit", actor=bench)
    diagnosed(world, number)
    repaired(world, number)
    assert world.move(number, "hand_over", actor=bench)["status"] == "handed_back"
