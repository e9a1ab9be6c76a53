"""What carriers tell of a parcel: every state known, in any order, twice, contradicting – and what each side then reads."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from shouhou.cases.models import Case, UnpackingRecord
from shouhou.foundation.workflow import Text
from shouhou.logistics.actions import take_tracking_event
from shouhou.logistics.carriers.base import Tracked
from shouhou.logistics.models import Parcel, TrackingEvent
from shouhou.logistics.queries import troubled
from shouhou.logistics.rules.advice import ADVICE
from shouhou.logistics.rules.parcels import DETAILS
from shouhou.plumbing.models import Event
from tests.world import THIRD, World

pytestmark = pytest.mark.django_db
NUMBER = "SF1234567890123"


def sent(world: World, number: str = NUMBER, **order: Any) -> str:
    """A case whose goods are on their way."""
    case: str = world.apply(world.order(**order))["number"]
    if world.case(case)["status"] == "submitted":
        world.move(case, "approve", actor=world.staff("supervisor"))
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number=number)
    return case


def tell(world: World, code: str, *, hours: float = 0, event: str = "", number: str = NUMBER) -> bool | None:
    known = DETAILS[code].label if code in DETAILS else Text("新的状态", "something new")
    told = Tracked(
        courier="SF", tracking_number=number, event=event or f"{code}@{hours}", at=world.now + timedelta(hours=hours), code=code,
        text=known, location="成都",
    )  # fmt: skip
    return take_tracking_event(told, now=world.now)


def parcel(world: World, case: str, *, actor: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = world.case(case, actor=actor or world.buyer())["parcels"][0]
    return found


def test_every_trouble_has_words_for_who_must_act() -> None:
    assert {code for code, detail in DETAILS.items() if detail.problem} <= set(ADVICE)
    assert set(ADVICE) <= set(DETAILS)
    assert all(advice.words.zh and advice.words.en for advice in ADVICE.values())


@pytest.mark.parametrize("code", sorted(DETAILS))
def test_each_of_the_detailed_states_is_shown_with_its_stage_and_leaves_the_case_where_it_is(world: World, code: str) -> None:
    case = sent(world)
    assert tell(world, code) is True
    shown = parcel(world, case)
    assert (shown["code"], shown["detail"]["en"]) == (code, DETAILS[code].label.en)
    assert shown["problem"] is (DETAILS[code].problem)
    assert (shown["advice"] is None) is (code not in ADVICE)
    assert [step["state"] for step in shown["way"]].count("here") == (0 if shown["phase"] in ("delivered", "returned") else 1)
    # Only who unpacks it receives it, whatever a carrier says.
    assert Case.objects.get(number=case).status == "in_transit"


def test_news_in_any_order_comes_to_the_same_standing_and_told_twice_to_nothing_new(world: World) -> None:
    news = [("1", 1.0), ("403", 2.0), ("202", 3.0), ("301", 4.0)]
    standings = set()
    for place, order in enumerate(itertools.permutations(news)):
        number = f"SF{place:013d}"
        case = sent(world, number)
        for code, hours in order:
            assert tell(world, code, hours=hours, number=number) is True
            assert tell(world, code, hours=hours, number=number) is False
        row = Parcel.objects.get(subject=case)
        standings.add((row.phase, row.code, row.problem, row.delivered_at))
        assert [point["code"] for point in parcel(world, case)["track"]] == ["301", "202", "403", "1"]
        assert Event.objects.filter(type="parcel.delivered", subject=case).count() == 1
    assert standings == {("delivered", "301", False, world.now + timedelta(hours=4))}


def test_an_unknown_code_is_kept_and_shown_and_moves_nothing(world: World) -> None:
    case = sent(world)
    tell(world, "2", hours=1)
    tell(world, "777", hours=2)
    shown = parcel(world, case)
    assert (shown["phase"], shown["code"], shown["detail"], shown["problem"], shown["advice"]) == ("in_transit", "777", None, False, None)
    assert shown["track"][0]["text"] == {"zh": "新的状态", "en": "something new"}
    assert TrackingEvent.objects.count() == 2


@pytest.mark.parametrize("order", [{}, THIRD])
def test_trouble_stands_in_the_houses_list_until_better_news_comes(world: World, order: dict[str, Any]) -> None:
    case = sent(world, **order)
    tell(world, "2", hours=1)
    assert troubled() == []
    tell(world, "403", hours=130)
    assert [(row["subject"], row["code"]) for row in troubled()] == [(case, "403")]
    assert parcel(world, case)["advice"]["whose"] == "house"
    tell(world, "202", hours=140)
    assert troubled() == []
    assert parcel(world, case)["problem"] is False


def test_a_parcel_that_went_back_to_its_sender_is_theirs_to_send_again(world: World) -> None:
    case = sent(world)
    tell(world, "404", hours=20)
    tell(world, "406", hours=60)
    shown = parcel(world, case)
    assert (shown["phase"], shown["advice"]["whose"], shown["way"][-1]) == (
        "returned", "consumer", {"label": {"zh": "已退回寄件人", "en": "Returned to sender"}, "state": "done"},
    )  # fmt: skip
    assert troubled() == []
    world.later(days=3).move(case, "change_waybill", actor=world.buyer(), carrier="SF", tracking_number="SF9999999999999")
    assert parcel(world, case)["tracking_number"] == "SF9999999999999"
    # What is still told of the old waybill is kept and tells nobody anything.
    events = Event.objects.count()
    assert tell(world, "3") is True
    assert Event.objects.count() == events
    assert parcel(world, case)["phase"] == "registered"


@pytest.mark.parametrize("order", [{}, THIRD])
def test_a_parcel_nobody_hears_of_any_more_comes_to_an_agent_at_its_limit_and_can_still_arrive(
    world: World, order: dict[str, Any]
) -> None:
    case = sent(world, **order)
    world.later(days=40)
    world.ring()
    assert "note_transit" in [entry["move"] for entry in world.case(case)["timeline"]]
    assert Case.objects.get(number=case).status == "in_transit"
    merchant = order.get("merchant", {}).get("code")
    world.move(case, "receive", actor=world.staff("inspector") if not merchant else world.staff("merchant_operator", merchant=merchant),
               packing="ok", appearance="ok", accessories="ok")  # fmt: skip
    assert UnpackingRecord.objects.count() == 1
