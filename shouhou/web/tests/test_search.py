"""Search by any number: what it finds, for whom, and by which index."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from shouhou.cases import finding
from shouhou.cases.finding import find
from shouhou.cases.models import Case, CaseItem
from shouhou.payments.models import Refund
from shouhou.web.tests.conftest import SHOP
from tests.world import World

SERIAL_LINE: dict[str, Any] = {
    "line": 1, "sku": "P9", "title": "手机", "category": "phone", "quantity": 1, "unit_price": 399900, "paid": 399900,
    "serials": ["356938035643809"],
}  # fmt: skip
SERIAL: dict[str, Any] = {"lines": [SERIAL_LINE], "payments": [{"tender": "card", "amount": 399900, "reference": "s"}]}


def landing(client: Client, q: str) -> str:
    """Where the search leads: an address, or "" when it lists or finds nothing."""
    answer = client.get(reverse("web:staff_search"), {"q": q})
    return answer["Location"] if answer.status_code == 302 else ""


def test_every_number_of_a_case_leads_straight_to_it(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order(**SERIAL))["number"]
    other = world.order(buyer={"id": "u2", "name": "别人", "phone": "13700000099"})
    world.apply(other, actor=world.buyer("u2"), contact={"name": "别人", "phone": "13700000099", "region": "四川省", "address": "路 1 号"})
    world.goods_back(case)
    world.move(case, "accept", actor=world.staff("inspector"))
    refund = Refund.objects.get(subject=case).number
    client, there = staff("agent"), reverse("web:staff_case", args=[case])
    waybill = f"SF{world.count:013d}"
    for q in (case, case.lower(), case.replace("-", ""), refund, waybill, waybill.lower(), "356938035643809", "0001", "138 0000 0001"):
        assert landing(client, q) == there, q


def test_a_serial_seen_by_the_inspector_is_found_too(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    CaseItem.objects.update(serials=["OTHER-UNIT-7"])
    assert landing(staff("agent"), "other-unit-7") == reverse("web:staff_case", args=[case])


def test_an_order_without_a_case_leads_to_the_order(world: World, staff: Callable[..., Client]) -> None:
    order = world.order()
    client = staff("agent")
    for q in (order, "JD0000000001", "0001"):
        assert landing(client, q) == reverse("web:staff_order", args=[order]), q


def test_several_hits_are_listed_with_what_matched(world: World, staff: Callable[..., Client]) -> None:
    order = world.order()
    case, other = world.apply(order)["number"], world.apply(world.order())["number"]
    html = staff("agent").get(reverse("web:staff_search"), {"q": "0001"}).content.decode()
    assert html.count("下单手机号") == 2
    assert "138****0001" in html
    assert "13800000001" not in html
    assert case in html
    assert other in html
    html = staff("agent").get(reverse("web:staff_search"), {"q": order}).content.decode()
    assert f'<mark class="num">{order}</mark>' in html
    assert case in html
    assert other not in html


def test_the_contact_phone_of_a_case_counts_as_well(world: World, staff: Callable[..., Client]) -> None:
    contact = {"name": "邻居", "phone": "13611112222", "region": "四川省成都市", "address": "春熙路 1 号"}
    case = world.apply(world.order(), contact=contact)["number"]
    assert landing(staff("agent"), "2222") == reverse("web:staff_case", args=[case])


def test_an_old_match_by_phone_does_not_hide_a_sure_one(world: World) -> None:
    order = world.order("20260001")
    case = world.apply(order)["number"]
    assert [(hit.what, hit.case) for hit in find("20260001", actor=world.staff("agent"))] == [("order", case), ("order", None)]


def test_too_little_finds_nothing(world: World, staff: Callable[..., Client]) -> None:
    world.apply(world.order())
    for q in ("", "1", "001", "%", "_", "''", "\x00", "SO-0000-0000-0"):
        assert find(q, actor=world.staff("agent")) == [], q
    assert "没有找到" in staff("agent").get(reverse("web:staff_search"), {"q": "no such"}).content.decode()


def test_a_shop_finds_its_own_only(world: World, staff: Callable[..., Client]) -> None:
    ours = world.apply(world.order(**SERIAL))["number"]
    shop = world.apply(world.order(merchant=SHOP))["number"]
    client = staff("merchant_operator", SHOP["code"])
    assert landing(client, shop) == reverse("web:staff_case", args=[shop])
    assert landing(client, "0001") == reverse("web:staff_case", args=[shop])
    order = Case.objects.get(number=ours).order.number  # type: ignore[union-attr]
    for q in (ours, order, "356938035643809", "JD0000000001"):
        html = client.get(reverse("web:staff_search"), {"q": q})
        assert html.status_code == 200
        assert "没有找到" in html.content.decode(), q


def test_a_buyer_finds_what_is_theirs_and_nothing_else(world: World, buyer: Callable[..., Client]) -> None:
    order = world.order()
    case = world.apply(order)["number"]
    mine, other = buyer("u1"), buyer("u2")
    assert mine.get(reverse("web:search"), {"q": case})["Location"] == reverse("web:case", args=[case])
    for q in (case, order, "0001", "JD0000000001"):
        answer = other.get(reverse("web:search"), {"q": q})
        assert (answer.status_code, "没有找到" in answer.content.decode()) == (200, True), q


def test_a_stranger_is_asked_to_sign_in_first(db: None) -> None:
    for name, door in (("web:staff_search", "/staff/sign-in/"), ("web:search", "/sign-in/")):
        assert Client().get(reverse(name), {"q": "SO"})["Location"].startswith(door)


@pytest.mark.parametrize("q", ["SO-7K3Q-9XMT-4", "13800000001", "0001", "356938035643809", "SF0000000000077"])
def test_every_branch_of_the_search_has_an_index(world: World, q: str) -> None:
    """With sequential scans forbidden, none is left where an index could not serve the condition."""
    world.apply(world.order(**SERIAL))
    values = finding._values(q)
    assert values
    parts = {"scope": "true", "order_scope": "true", "most": 50}
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_hashjoin = off")
        # As if nobody had ever counted them: of a table known to be empty the planner reads any index whole, as it may.
        cursor.execute(
            "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"
        )
        for branch in finding._branches(values):
            cursor.execute("EXPLAIN " + branch.format(**parts), {**values, "merchant": 0, "buyer": 0})
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    assert plans
    assert [plan for plan in plans if "Seq Scan" in plan or "Index Cond" not in plan] == []
