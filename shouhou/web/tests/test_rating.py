"""Rating a finished case: grades with their reasons, amended, refused; shown to staff."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.cases.actions import rate
from shouhou.cases.models import Rating
from shouhou.cases.rating import GRADES, REASONS
from shouhou.plumbing.models import Event
from tests.world import World, refusal_of

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def finished(world: World) -> str:
    case = world.received()
    world.move(case, "accept", actor=world.staff("inspector"))
    world.pay(case)
    return case


def test_a_rating_keeps_its_reasons_and_can_be_amended(finished: str, buyer: Callable[..., Client]) -> None:
    client, address = buyer(), reverse("web:rating", args=[finished])
    form = {"grade": "4", "reasons": ["paid", "fast"], "text": "下次还来"}
    assert client.post(address, form).status_code == 302
    assert Rating.objects.values_list("grade", "reasons", "text").get() == (4, ["fast", "paid"], "下次还来")
    html = client.get(reverse("web:case", args=[finished])).content.decode()
    assert set(re.findall(r'name="reasons" value="(\w+)" checked', html)) == {"fast", "paid"}
    assert "下次还来</textarea>" in html
    client.post(address, {"grade": "1", "reasons": ["rude"], "text": ""})
    rating = Rating.objects.get()
    assert (rating.grade, rating.reasons, rating.text, rating.amended_at is None) == (1, ["rude"], "", False)


def test_the_same_form_twice_rates_once(finished: str, buyer: Callable[..., Client]) -> None:
    client, address = buyer(), reverse("web:rating", args=[finished])
    for _ in range(2):
        assert client.post(address, {"once": "k1", "grade": "5"}).status_code == 302
    assert Event.objects.filter(type="case.rated").count() == 1
    assert Rating.objects.get().amended_at is None


def test_a_reason_against_the_grade_is_told_at_its_field_and_nothing_is_kept(finished: str, buyer: Callable[..., Client]) -> None:
    answer = buyer().post(reverse("web:rating", args=[finished]), {"grade": "5", "reasons": ["slow"], "text": "好"})
    assert answer.status_code == 422
    assert "“处理慢”与“非常满意”不符，请改选。" in answer.content.decode()
    assert "好</textarea>" in answer.content.decode()
    assert Rating.objects.count() == 0


@pytest.mark.parametrize("reasons", [("nothing",), ("fast", "slow"), ("fast\x00",)])
def test_reasons_that_are_unknown_or_contradict_are_refused(world: World, finished: str, reasons: tuple[str, ...]) -> None:
    no = refusal_of(rate, finished, 5, "", reasons=reasons, actor=world.buyer(), now=world.now)
    assert (no.code, no.errors[0].field) == ("ANSWERS_INVALID", "reasons")
    assert Rating.objects.count() == 0


def test_after_the_window_the_page_offers_no_rating_and_the_domain_refuses(world: World, finished: str) -> None:
    late = world.now + timedelta(days=16)
    assert refusal_of(rate, finished, 5, "", actor=world.buyer(), now=late).code == "RATING_OVER"
    assert Rating.objects.count() == 0


def test_staff_read_the_grade_with_its_reasons(finished: str, buyer: Callable[..., Client], staff: Callable[..., Client]) -> None:
    buyer().post(reverse("web:rating", args=[finished]), {"grade": "2", "reasons": ["late"], "text": "等了 <b>十天</b>"})
    html = staff("reviewer").get(reverse("web:staff_case", args=[finished])).content.decode()
    shown = html[html.index('id="rating"') :]
    for words in ("不满意", "2 / 5", "退款慢", "等了 &lt;b&gt;十天&lt;/b&gt;"):
        assert words in shown[:2000]


def test_every_grade_has_reasons_in_both_languages() -> None:
    for grade in GRADES:
        assert len([reason for reason in REASONS if grade in reason.grades]) >= 5
    assert all(reason.label.zh and reason.label.en for reason in REASONS)
