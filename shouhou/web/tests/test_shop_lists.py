"""Invitations and return addresses as lists: filters in the address, pages by key, the same as a file."""

import csv
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from shouhou.accounts.models import Invitation, Organisation, User
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.plumbing import clock
from shouhou.web.shared import inviting_list
from shouhou.web.tests.conftest import SHOP
from tests.world import World

Staff = Callable[..., Client]
SHOP_LIST, HOUSE_LIST = "/merchant/people/invitations", "/operations/people/invitations"


@pytest.fixture
def manager(world: World, staff: Staff) -> Client:
    world.order(merchant=SHOP)
    return staff("merchant_manager", "yunshang")


def asked(code: str, *names: str, role: str = "merchant_operator", days: int = 7) -> None:
    """People asked in this order, by somebody else than who looks."""
    house, now = Organisation.objects.get(code=code), clock.now()
    by, _ = User.objects.get_or_create(username="who-asks", defaults={"role": "operations"})
    for place, name in enumerate(names):
        Invitation.objects.create(
            organisation=house, role=role, email=f"{name}@example.com", name=name, invited_by=by,
            invited_at=now + timedelta(seconds=place), expires_at=now + timedelta(days=days),
        )  # fmt: skip


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def lines(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return list(csv.reader(b"".join(answer).decode("utf-8-sig").splitlines()))


def test_invitations_are_filtered_by_the_address_and_exported_as_shown(manager: Client) -> None:
    asked("yunshang", "anna")
    asked("yunshang", "bea", role="merchant_manager", days=-1)
    for query, shown in (
        ("", {"anna", "bea"}), ("?q=ann", {"anna"}), ("?q=bea@exam", {"bea"}), ("?role=merchant_manager", {"bea"}),
        ("?shown=waiting", {"anna"}), ("?shown=expired", {"bea"}), ("?shown=nonsense", {"anna", "bea"}), ("?q=carl", set()),
    ):  # fmt: skip
        text = page(manager, f"{SHOP_LIST}/{query}")
        assert {name for name in ("anna", "bea") if f"{name}@example.com" in text} == shown, query
        assert {row[1] for row in lines(manager, f"{SHOP_LIST}.csv{query}")[1:]} == shown, query
    assert manager.get(f"{SHOP_LIST}.xlsx").status_code == 200
    assert manager.get(f"{SHOP_LIST}.pdf").status_code == 404


def test_every_invitation_is_on_exactly_one_page(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting_list, "PAGE_SIZE", 2)
    names = [f"n{place}" for place in range(5)]
    asked("yunshang", *names)
    Invitation.objects.update(invited_at=clock.now())
    seen: list[str] = []
    path = f"{SHOP_LIST}/"
    while path:
        answer = manager.get(path)
        seen += [row["it"].name for row in answer.context["rows"]]
        path = f"{SHOP_LIST}/{answer.context['next']}" if answer.context["next"] else ""
    assert seen == names[::-1]
    assert manager.get(f"{SHOP_LIST}/?after=rubbish").status_code == 422


def test_a_shop_sees_its_own_invitations_only_and_the_house_no_whole_address(manager: Client, staff: Staff) -> None:
    chief = staff("operations")
    asked("yunshang", "anna")
    asked("operator", "otto", role="agent")
    assert {row[1] for row in lines(manager, f"{SHOP_LIST}.csv")[1:]} == {"anna"}
    assert manager.get(f"{HOUSE_LIST}.csv").status_code == 404
    whole = lines(chief, f"{HOUSE_LIST}.csv")[1:]
    assert {row[1] for row in whole} == {"anna", "otto"}
    assert not [row for row in whole if "anna@" in row[0] or "otto@" in row[0]]
    assert "anna" in page(chief, f"{HOUSE_LIST}/?q=ANNA@example.com")
    assert "没有符合条件的邀请" in page(chief, f"{HOUSE_LIST}/?q=@example.com")
    assert {row[1] for row in lines(chief, f"{HOUSE_LIST}.csv?organisation=operator")[1:]} == {"otto"}
    assert staff("merchant_operator", "yunshang").get(f"{SHOP_LIST}/").status_code == 403


def test_the_people_page_shows_the_newest_invitations_and_leads_to_all(manager: Client) -> None:
    asked("yunshang", *(f"n{place}" for place in range(12)))
    text = page(manager, "/merchant/people/")
    assert "n11@example.com" in text
    assert "n1@example.com" not in text
    assert "全部 12 个邀请" in text


def test_return_addresses_are_found_by_any_part_and_those_switched_off_stay_to_be_seen(manager: Client, staff: Staff) -> None:
    shop = Merchant.objects.get(code="yunshang")
    for label, region, active in (("北仓", "北京市", True), ("南仓", "广东省深圳市", True), ("旧仓", "四川省成都市", False)):
        ReturnAddress.objects.create(
            merchant=shop, label=label, contact="王工", phone="13800000000", region=region, address="一路 1 号", active=active
        )  # fmt: skip
    for query, shown in (
        ("?q=北京", {"北仓"}), ("?q=王工+深圳", {"南仓"}), ("?q=成都", set()), ("?shown=off", {"旧仓"}),
        ("?shown=all&q=一路", {"北仓", "南仓", "旧仓"}), ("?q=nothing", set()),
    ):  # fmt: skip
        text = page(manager, f"/merchant/addresses/{query}")
        assert {label for label in ("北仓", "南仓", "旧仓") if f"<h2>{label}</h2>" in text} == shown, query
        assert {row[0] for row in lines(manager, f"/merchant/addresses.csv{query}")[1:]} == shown, query
    assert "/off/" not in page(manager, "/merchant/addresses/?shown=off")
    assert manager.get("/merchant/addresses.xlsx").status_code == 200
    assert staff("agent").get("/merchant/addresses.csv").status_code == 403


def test_every_address_is_on_exactly_one_page_the_default_first(manager: Client) -> None:
    shop = Merchant.objects.get(code="yunshang")
    ReturnAddress.objects.filter(merchant=shop).delete()
    for place in range(65):
        ReturnAddress.objects.create(
            merchant=shop, label=f"a{place}", contact="c", phone="13800000000", region="r", address="x", is_default=place == 40
        )  # fmt: skip
    seen: list[str] = []
    path = "/merchant/addresses/"
    while path:
        answer = manager.get(path)
        seen += [entry["row"].label for entry in answer.context["rows"]]
        path = f"/merchant/addresses/{answer.context['next']}" if answer.context["next"] else ""
    assert seen == ["a40", *(f"a{place}" for place in range(65) if place != 40)]
