"""Every page for everybody: who may see it sees it, who may not is sent to sign in or finds nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.web.tests.conftest import SHOP
from tests.world import World

CONSUMER_PAGES = ["web:orders", "web:cases"]
STAFF_PAGES = ["web:queue", "web:staff_apply", "web:approvals"]
STAFF_ROLES = ["agent", "reviewer", "supervisor", "inspector", "finance", "operations", "auditor", "arbitrator"]


@pytest.mark.parametrize("name", ["web:home", "web:sign_in", "web:policies", "web:staff_sign_in"])
def test_open_pages_need_nobody_signed_in(db: None, name: str) -> None:
    assert Client().get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", CONSUMER_PAGES)
def test_a_stranger_is_sent_to_the_consumers_door(db: None, name: str) -> None:
    answer = Client().get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next={reverse(name)}"


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_a_stranger_and_a_consumer_are_sent_to_the_staff_door(buyer: Callable[..., Client], name: str) -> None:
    for client in (Client(), buyer()):
        assert client.get(reverse(name))["Location"].startswith("/staff/sign-in/")


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_every_role_of_staff_sees_queue_and_case(world: World, staff: Callable[..., Client], role: str) -> None:
    case = world.apply(world.order())["number"]
    client = staff(role)
    assert case in client.get(reverse("web:queue")).content.decode()
    assert client.get(reverse("web:staff_case", args=[case])).status_code == 200


def test_the_buyer_sees_order_application_case_and_slip(world: World, buyer: Callable[..., Client]) -> None:
    first, second = world.order(), world.order()
    case = world.apply(second)["number"]
    client = buyer()
    for address in (
        reverse("web:orders"), reverse("web:cases"), reverse("web:order", args=[first]),
        reverse("web:apply", args=[first]) + "?line=1", reverse("web:case", args=[case]),
        reverse("web:slip", args=[case]), reverse("web:move", args=[case, "ship"]),
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_another_buyer_finds_none_of_it(world: World, buyer: Callable[..., Client]) -> None:
    order = world.order()
    case = world.apply(order)["number"]
    client = buyer("somebody-else")
    for address in (
        reverse("web:order", args=[order]), reverse("web:apply", args=[order]) + "?line=1",
        reverse("web:case", args=[case]), reverse("web:slip", args=[case]), reverse("web:move", args=[case, "cancel"]),
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert order not in client.get(reverse("web:orders")).content.decode()
    assert case not in client.get(reverse("web:cases")).content.decode()


def test_another_buyer_cannot_post_either(world: World, buyer: Callable[..., Client]) -> None:
    case = world.apply(world.order())
    client = buyer("somebody-else")
    for name in ("web:message", "web:evidence", "web:rating"):
        answer = client.post(reverse(name, args=[case["number"]]), {"text": "x", "once": "k", "grade": "5"})
        assert answer.status_code == 404, name
    answer = client.post(reverse("web:move", args=[case["number"], "cancel"]), {"version": case["version"]})
    assert answer.status_code == 404
    assert world.case(case["number"])["status"] == "awaiting_goods"


def test_a_shops_people_see_only_their_shop(world: World, staff: Callable[..., Client]) -> None:
    ours = world.apply(world.order(merchant=SHOP))["number"]
    theirs = world.apply(world.order())["number"]
    client = staff("merchant_manager", shop="yunshang")
    queue = client.get(reverse("web:queue")).content.decode()
    assert ours in queue
    assert theirs not in queue
    assert client.get(reverse("web:staff_case", args=[ours])).status_code == 200
    for name in ("web:staff_case", "web:staff_slip"):
        assert client.get(reverse(name, args=[theirs])).status_code == 404
    assert client.get(reverse("web:staff_move", args=[theirs, "approve"])).status_code == 404
    assert theirs not in b"".join(client.get(reverse("web:queue_export", args=["csv"]))).decode()


def test_a_merchants_person_without_a_shop_gets_nothing(staff: Callable[..., Client]) -> None:
    answer = staff("merchant_operator").get(reverse("web:queue"))
    assert answer.status_code == 403
    assert "NO_ORGANISATION" in answer.content.decode()


def test_a_staff_session_opens_no_consumer_page(staff: Callable[..., Client]) -> None:
    assert staff("supervisor").get(reverse("web:orders")).status_code == 302


def test_pages_run_no_inline_script_or_style(world: World, buyer: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    for address in (reverse("web:case", args=[case]), reverse("web:slip", args=[case]), reverse("web:orders")):
        answer = buyer().get(address)
        html = answer.content.decode()
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "<script>" not in html
        assert "style=" not in html
        assert "<style" not in html
        assert "onclick" not in html


def test_pages_are_kept_in_no_shared_or_lasting_cache(world: World, buyer: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    shown = buyer().get(reverse("web:case", args=[case]))["Cache-Control"]
    answered = buyer().post(reverse("web:move", args=[case, "ship"]), {"version": "1"})["Cache-Control"]
    assert set(shown.split(", ")) == {"private", "no-cache", "no-store"}
    assert set(answered.split(", ")) == {"private", "no-cache"}
