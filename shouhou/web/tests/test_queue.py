"""The work queue: order, filters in the address, counts, taking and putting back, and refreshing without a reload."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import User
from shouhou.cases.actions import claim_next
from shouhou.cases.models import Case, HistoryEntry
from shouhou.logistics.rules.parcels import DETAILS
from shouhou.plumbing.actor import Actor
from shouhou.web.tests.conftest import SHOP
from tests.stories.test_parcels_told import sent, tell
from tests.world import World


def numbers(client: Client, query: str = "") -> list[str]:
    html = client.get(reverse("web:queue") + query).content.decode()
    return re.findall(r'href="/staff/cases/([A-Z]+-[^/]+)/"', html)


def due(number: str, world: World, **later: float) -> None:
    Case.objects.filter(number=number).update(due_at=world.now + timedelta(**later))


def refresh_of(client: Client, query: str = "") -> str:
    found = re.search(r'id="live" hx-get="([^"]+)"', client.get(reverse("web:queue") + query).content.decode())
    assert found
    return found[1].replace("&amp;", "&")


def test_the_longest_overdue_case_stands_first_and_one_without_a_limit_last(world: World, staff: Callable[..., Client]) -> None:
    later, late, later_still, free = (world.apply(world.order())["number"] for _ in range(4))
    due(later, world, hours=5)
    due(late, world, hours=-30)
    due(later_still, world, hours=9)
    Case.objects.filter(number=free).update(due_at=None)
    assert numbers(staff("supervisor")) == [late, later, later_still, free]


def test_the_queue_is_filtered_by_the_address(world: World, staff: Callable[..., Client]) -> None:
    waiting = world.apply(world.order())["number"]
    asked = world.apply(world.order(), reason="quality", description="漏水")["number"]
    shop = world.apply(world.order(merchant=SHOP))["number"]
    client = staff("supervisor")
    assert set(numbers(client, "")) == {waiting, asked, shop}
    assert numbers(client, "?status=evidence_asked") == [asked]
    assert numbers(client, "?merchant=yunshang") == [shop]
    assert numbers(client, "?stage=applied") == [asked]
    assert numbers(client, "?reason=quality") == [asked]
    assert set(numbers(client, "?waits_on=consumer")) == {waiting, asked, shop}
    assert numbers(client, "?due=overdue") == []
    assert numbers(client, "?mine=1") == []
    assert set(numbers(client, "?mine=0")) == {waiting, asked, shop}
    assert numbers(client, "?shown=ended") == []


def test_a_shop_sees_its_own_cases_only_whatever_the_address_says(world: World, staff: Callable[..., Client]) -> None:
    world.apply(world.order())
    shop = world.apply(world.order(merchant=SHOP))["number"]
    client = staff("merchant_operator", "yunshang")
    for query in ("", "?merchant=self", "?shown=all"):
        assert set(numbers(client, query)) <= {shop}, query
    assert numbers(client) == [shop]


def test_an_overdue_case_is_found_and_marked_by_sign_and_word(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    due(case, world, hours=-3)
    client = staff("supervisor")
    assert numbers(client, "?due=overdue") == [case]
    html = client.get(reverse("web:queue")).content.decode()
    assert "已超时 3 小时" in html
    assert '<span class="sign" aria-hidden="true">!</span>' in html
    assert 'class="overdue"' in html


def test_people_are_masked_in_the_list(world: World, staff: Callable[..., Client]) -> None:
    world.apply(world.order())
    html = staff("supervisor").get(reverse("web:queue")).content.decode()
    assert "13800000001" not in html
    assert "138****0001" in html
    assert "林一" not in html


def test_a_case_is_found_by_what_people_say_on_the_phone(world: World, staff: Callable[..., Client]) -> None:
    order = world.order()
    case = world.apply(order)["number"]
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000077")
    client = staff("agent")
    for said in (case, case.lower().replace("-", " "), order, "0001", "13800000001", "SF0000000000077"):
        assert numbers(client, f"?q={said}") == [case], said
    assert numbers(client, "?q=9999") == []


def test_pages_of_the_queue_follow_each_other_without_gap(world: World, staff: Callable[..., Client]) -> None:
    made = {world.apply(world.order())["number"] for _ in range(55)}
    Case.objects.filter(number__in=sorted(made)[:3]).update(due_at=None)
    client = staff("supervisor")
    html = client.get(reverse("web:queue")).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', html)
    assert following
    first, second = numbers(client, ""), numbers(client, following[1].replace("&amp;", "&"))
    assert (len(first), len(second)) == (50, 5)
    assert set(first) | set(second) == made


def test_a_cursor_of_nonsense_is_refused_with_a_sentence(world: World, staff: Callable[..., Client]) -> None:
    assert staff("supervisor").get(reverse("web:queue") + "?after=nonsense").status_code == 422


def test_the_usual_views_count_what_waits_in_them(world: World, staff: Callable[..., Client]) -> None:
    review = world.apply(world.order(), reason="quality", description="漏水", request_review=True)["number"]
    late, soon = world.apply(world.order())["number"], world.apply(world.order())["number"]
    due(review, world, hours=20)
    due(late, world, hours=-3)
    due(soon, world, hours=1)
    client = staff("reviewer")
    client.post(reverse("web:queue_take"), {"number": late})
    html = client.get(reverse("web:queue") + "?mine=1").content.decode()
    counted = re.findall(r'id="v-(\w+)" href="[^"]*"[^>]*>[^<]*<strong class="num">(\d+)</strong>', html)
    assert dict(counted) == {"open": "3", "turn": "0", "mine": "1", "free": "2", "overdue": "1", "soon": "1", "consumer": "3", "plus": "0",
                             "trouble": "0", "installation": "0", "tasks": "0", "dispute": "0"}  # fmt: skip
    assert re.findall(r'id="v-(\w+)" href="[^"]+" aria-current', html) == ["mine"]


def test_a_refresh_says_nothing_until_something_has_changed(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    client = staff("agent")
    address = refresh_of(client, "?waits_on=consumer")
    assert client.get(address).status_code == 204
    world.apply(world.order())
    fresh = client.get(address)
    assert fresh.status_code == 200
    html = fresh.content.decode()
    assert html.lstrip().startswith('<div id="live"')
    assert case in html
    assert "waits_on=consumer" in html
    assert client.get(refresh_of(client, "?waits_on=consumer")).status_code == 204


def test_a_case_that_becomes_overdue_is_a_change(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    due(case, world, hours=1)
    client = staff("agent")
    address = refresh_of(client)
    due(case, world, hours=-1)
    assert client.get(address).status_code == 200


def test_a_case_is_taken_and_put_back_from_its_row(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    before = world.case(case)["version"], HistoryEntry.objects.count()
    client = staff("agent")
    answer = client.post(reverse("web:queue_take"), {"number": case, "back": "status=awaiting_goods"})
    assert answer["Location"] == "/staff/?status=awaiting_goods"
    assert numbers(client, "?mine=1") == [case]
    client.post(reverse("web:queue_put_back"), {"number": case})
    assert Case.objects.get().assigned_to is None
    assert (world.case(case)["version"], HistoryEntry.objects.count()) == before


def test_with_htmx_the_row_answers_with_the_list_alone(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    answer = staff("agent").post(reverse("web:queue_take"), {"number": case, "back": ""}, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert html.lstrip().startswith('<div id="live"')
    assert f'data-told="{case} 由您处理"' in html


def test_a_row_does_not_take_what_somebody_else_has_taken(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    staff("supervisor").post(reverse("web:queue_take"), {"number": case})
    answer = staff("agent").post(reverse("web:queue_take"), {"number": case}, follow=True)
    assert "没有改派" in answer.content.decode()
    assert Case.objects.get().assigned_to == User.objects.get(role="supervisor")


def test_neither_a_stranger_nor_the_auditor_takes_a_row(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    world.order(merchant=SHOP)
    for form in ("web:queue_take", "web:queue_put_back"):
        assert staff("merchant_operator", SHOP["code"]).post(reverse(form), {"number": case}).status_code == 404
    assert "data-claim" not in staff("auditor").get(reverse("web:queue")).content.decode()
    staff("auditor").post(reverse("web:queue_take"), {"number": case})
    assert Case.objects.get().assigned_to is None


def test_the_next_case_is_the_most_urgent_of_my_turn_and_a_double_click_takes_one(world: World, staff: Callable[..., Client]) -> None:
    first, second = (
        world.apply(world.order(), reason="quality", description="漏水", request_review=True)["number"] for _ in range(2)
    )
    for case in (first, second):
        world.move(case, "send_evidence", actor=world.buyer(), description="见照片")
    not_mine = world.apply(world.order())["number"]
    due(first, world, hours=9)
    due(second, world, hours=2)
    due(not_mine, world, hours=-9)
    client = staff("reviewer")
    for _ in range(2):
        answer = client.post(reverse("web:queue_next"), {"once": "click"})
        assert answer["Location"] == reverse("web:staff_case", args=[second])
    assert list(Case.objects.exclude(assigned_to=None).values_list("number", flat=True)) == [second]
    assert client.post(reverse("web:queue_next"), {"once": "again"})["Location"] == reverse("web:staff_case", args=[first])
    answer = client.post(reverse("web:queue_next"), {"once": "third"}, follow=True)
    assert "没有等待您的岗位" in answer.content.decode()
    assert Case.objects.get(number=not_mine).assigned_to is None


def test_a_shops_person_is_never_given_another_shops_case(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order(), reason="quality", description="漏水", request_review=True)["number"]
    world.move(case, "send_evidence", actor=world.buyer(), description="见照片")
    Case.objects.filter(number=case).update(waits_on="merchant_operator")
    world.order(merchant=SHOP)
    staff("merchant_operator", SHOP["code"])
    person = User.objects.get(role="merchant_operator")
    actor = Actor(role="merchant_operator", who=f"user:{person.pk}", merchant_id=person.organisation.merchant_set.get().pk)  # type: ignore[union-attr]
    assert claim_next(waits_on=["merchant_operator"], actor=actor, now=world.now) is None
    assert Case.objects.get().assigned_to is None


def test_the_keys_are_listed_and_can_be_turned_off(world: World, staff: Callable[..., Client]) -> None:
    client = staff("agent")
    assert "单键快捷键已开启" in client.get(reverse("web:staff_keys")).content.decode()
    client.post(reverse("web:staff_keys_switch"), {"keys": "off"})
    assert client.cookies["keys"].value == "off"
    assert "单键快捷键已关闭" in client.get(reverse("web:staff_keys")).content.decode()
    client.post(reverse("web:staff_keys_switch"), {"keys": "on", "next": "https://evil.example/"})
    assert "单键快捷键已开启" in client.get(reverse("web:staff_keys")).content.decode()


def test_who_audits_compensations_finds_those_that_wait_and_who_does_not_has_no_such_list(
    world: World, staff: Callable[..., Client]
) -> None:
    world.apply(world.order())
    waiting = world.apply(world.order())["number"]
    gift: dict[str, Any] = {"form": "balance", "amount": 9000, "bearer": "platform_goodwill", "ground": "goodwill", "note": "让您久等了"}
    world.move(waiting, "offer_compensation", actor=world.staff("agent"), **gift)
    auditor = staff("supervisor")
    assert numbers(auditor, "?audit=waiting&shown=all") == [waiting]
    assert 'id="v-audit"' in auditor.get(reverse("web:queue")).content.decode()
    assert 'id="v-audit"' not in staff("agent").get(reverse("web:queue")).content.decode()


def test_a_parcel_in_trouble_is_on_the_agents_list_until_better_news_comes(world: World, staff: Callable[..., Client]) -> None:
    calm, lost = (sent(world, number) for number in ("SF0000000000001", "SF0000000000002"))
    client = staff("supervisor")
    assert numbers(client, "?parcel=trouble") == []
    tell(world, "1", hours=1, number="SF0000000000001")
    tell(world, "403", hours=1, number="SF0000000000002")
    assert numbers(client, "?parcel=trouble") == [lost]
    page = client.get(reverse("web:queue") + "?parcel=trouble").content.decode()
    assert DETAILS["403"].label.zh in page
    assert re.search(r'id="v-trouble"[^>]*class="late"', page)
    assert set(numbers(client)) == {calm, lost}
    tell(world, "202", hours=2, number="SF0000000000002")
    assert numbers(client, "?parcel=trouble") == []
