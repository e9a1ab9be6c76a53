"""Every address of the project, walked as every role, by strangers, guests, other buyers and other shops: who may, may; nobody else."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import get_resolver

from shouhou.accounts.models import ROLES, Buyer, Organisation, User
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.plumbing.models import Event
from shouhou.web.tests.doors_table import DOORS, HOUSES, TOLD_TO_ALL, VALUES
from shouhou.web.who import BUYER_KEY, GUEST_KEY
from tests.world import World

SHOP: dict[str, Any] = {"code": "yunshang", "channel": "third", "name": "云裳旗舰店"}
SECRET_NAME, SECRET_PHONE, SECRET_THING = "林密密", "13812348888", "密密牌电水壶"
STAFF = tuple(role for role in ROLES if not role.startswith("merchant_"))
SIGN_IN = {"buyer": "/sign-in/", "staff": "/staff/sign-in/", "account": "/staff/"}
REFUSED, FOUND = {403, 404, 405}, {200, 204, 302, 404, 405, 409, 413, 422, 400, 403, 429}


@dataclass(frozen=True)
class Person:
    """Somebody in front of a browser. `side` is the door that knows them; `sees` whether the secret order is theirs to see."""

    name: str
    client: Client
    side: str
    role: str = ""
    sees: bool = False
    # What stands on their own pages anyhow: a guest's own name.
    own: str = ""


@dataclass(frozen=True)
class Scene:
    """The one order everybody walks to, and everything that stands in addresses."""

    values: dict[str, str]
    order_id: int
    buyer: Buyer


@pytest.fixture
def scene(world: World) -> Scene:
    line = {"line": 1, "sku": "K1", "title": SECRET_THING, "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 19900}
    secret = {"id": "u1", "name": SECRET_NAME, "phone": SECRET_PHONE, "email": "mimi@example.com"}
    order = world.order(merchant=SHOP, buyer=secret, lines=[line])
    case = world.apply(order, reason="quality", description="坏了")
    shop = Merchant.objects.get(code="yunshang")
    shop.organisation, _ = Organisation.objects.get_or_create(code="yunshang", defaults={"name": "云裳", "kind": "merchant"})
    shop.save()
    colleague = User.objects.create(username="colleague", role="merchant_operator", organisation=shop.organisation)
    address = ReturnAddress.objects.get(merchant=shop)
    values = {
        "order": order, "case": case["number"], "person": str(colleague.pk), "address": str(address.pk),
    }  # fmt: skip
    found = Buyer.objects.get(external_id="u1")
    return Scene(values, found.order_set.get().pk, found)


@pytest.fixture
def person(scene: Scene, world: World, staff: Callable[..., Client]) -> Callable[[str], Person]:
    """By name: a role, "stranger", "buyer", "guest", "other_buyer", "other_guest", "shop", "other_shop"."""

    def signed_in(buyer: Buyer, order_id: int | None = None) -> Client:
        client = Client()
        session = client.session
        session[BUYER_KEY] = buyer.pk
        if order_id is not None:
            session[GUEST_KEY] = order_id
        session.save()
        return client

    def appear(name: str) -> Person:
        if name == "stranger":
            return Person(name, Client(), "")
        if name == "buyer":
            return Person(name, signed_in(scene.buyer), "buyer", sees=True)
        if name == "guest":
            return Person(name, signed_in(scene.buyer, scene.order_id), "buyer", sees=True)
        if name == "guest_of_another_order":
            # The same buyer, but what was proved is another order.
            return Person(name, signed_in(scene.buyer, scene.order_id + 1_000_000), "buyer", own=SECRET_NAME)
        if name == "other_buyer":
            return Person(name, signed_in(Buyer.objects.create(external_id="u2", name="路人")), "buyer")
        if name.startswith("other_shop_"):
            Merchant.objects.create(code="other", name="别家", channel="third")
            role = name.removeprefix("other_shop_")
            return Person(name, staff(role, shop="other"), "staff", role)
        if name.startswith("merchant_"):
            return Person(name, staff(name, shop="yunshang"), "staff", name, sees=True)
        return Person(name, staff(name), "staff", name, sees=True)

    return appear


PEOPLE = (
    "stranger", "buyer", "guest", "guest_of_another_order", "other_buyer", "other_shop_merchant_operator",
    "other_shop_merchant_manager", "merchant_operator", "merchant_manager", *STAFF,
)  # fmt: skip


def routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from routes(each, route)
        else:
            yield route


PAGES = sorted({route for route in routes() if not route.startswith(("admin/", "api/"))})


def test_every_address_stands_in_the_table_and_nothing_else_does() -> None:
    assert set(PAGES) - set(DOORS) == set(), "a new address: say in doors_table.py who may"
    assert set(DOORS) - set(PAGES) == set()


def path_of(route: str, scene: Scene) -> str:
    """The route with the secret order's, case's and shop's own values."""
    kinds = {"orders": "order", "cases": "case", "inspect": "case", "desk": "case", "technician": "case"}
    first = next((part for part in route.split("/") if part in kinds), "")

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        key = name.split(":")[-1]
        return str(scene.values.get(kinds.get(first, "") if name == "str:number" else key) or VALUES.get(key, "1"))

    return "/" + re.sub(r"<([^>]+)>", value, route)


def body(answer: HttpResponseBase) -> str:
    raw = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return raw.decode(errors="replace")


@pytest.mark.parametrize("name", PEOPLE)
def test_who_may_comes_in_and_nobody_else_learns_or_changes_anything(
    name: str, scene: Scene, person: Callable[[str], Person]
) -> None:
    who, wrong = person(name), []
    who.client.raise_request_exception = False
    cookies = {key: morsel.value for key, morsel in who.client.cookies.items()}
    before = Event.objects.count()
    for route in PAGES:
        for method in ("GET", "POST"):
            path = path_of(route, scene)
            with transaction.atomic():
                answer = who.client.generic(method, path, content_type="application/x-www-form-urlencoded")
                text, changed = body(answer), Event.objects.count() - before
                transaction.set_rollback(True)
            who.client.cookies = SimpleCookie(cookies)
            trouble = judge(who, route, answer, text, changed)
            if trouble:
                wrong.append(f"{method} {path}: {trouble} ({answer.status_code} {answer.headers.get('Location', '')})")
    assert not wrong, "\n".join(wrong)


def judge(who: Person, route: str, answer: HttpResponseBase, text: str, changed: int) -> str:
    """What is wrong with the answer; nothing: empty."""
    door, roles = DOORS[route]
    status, onward = answer.status_code, answer.headers.get("Location", "")
    if status >= 500:
        return "it broke"
    leaked = [secret for secret in (SECRET_NAME, SECRET_PHONE, SECRET_THING) if secret in text and secret not in who.own]
    if not who.sees and leaked:
        return f"it shows {leaked}"
    if not who.sees and changed:
        return "it did something"
    if door == "open":
        return "" if status in FOUND else "an open door answers"
    if who.side != ("staff" if door == "account" else door):
        away = (status == 302 and onward.startswith(SIGN_IN[door]) and "sign-in/?next=" in onward) or status in {401, 405}
        return "" if away else "a stranger to this door signs in first"
    if "sign-in/" in onward:
        return "who is signed in is not asked again"
    if roles and who.role not in roles:
        return "" if status in REFUSED else "another role's page"
    if not who.sees and "<" in route and not route.startswith(HOUSES):
        return "" if status in REFUSED else "somebody else's does not exist"
    return "" if status in FOUND else "it answers those who may"


@pytest.mark.parametrize("name", ["stranger", "buyer", "supervisor", "operations"])
def test_the_admin_is_for_those_marked_for_it_only(name: str, scene: Scene, person: Callable[[str], Person]) -> None:
    who, wrong = person(name), []
    for route in sorted({route for route in routes() if route.startswith("admin/")}):
        path = path_of(route.replace("^", "").replace("(?P<url>.*)$", "nothing"), scene)
        answer = who.client.get(path)
        away = answer.status_code == 302 and answer["Location"].startswith(("/admin/login/", "/staff/sign-in/"))
        away = away or path == "/admin/logout/"
        if not (away or answer.status_code in REFUSED) or SECRET_NAME in body(answer):
            wrong.append(f"{path}: {answer.status_code} {answer.get('Location')}")
    assert not wrong, "\n".join(wrong)


def test_the_admin_opens_every_page_to_its_superuser(scene: Scene, world: World) -> None:
    admin = User.objects.create(username="root", role="operations", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(admin)
    client.raise_request_exception = False
    for route in sorted({route for route in routes() if route.startswith("admin/")}):
        answer = client.get(path_of(route.replace("(?P<url>.*)$", "nothing"), scene))
        assert answer.status_code < 500, route


@pytest.mark.parametrize("name", ["stranger", "buyer", "agent", "operations"])
def test_no_cookie_opens_the_api(name: str, scene: Scene, person: Callable[[str], Person]) -> None:
    who, wrong = person(name), []
    for route in sorted({route for route in routes() if route.startswith("api/")}):
        for method in ("GET", "POST", "PUT", "DELETE"):
            path = path_of(route.replace("^.*$", "nothing"), scene)
            answer = who.client.generic(method, path, content_type="application/json")
            if answer.status_code not in TOLD_TO_ALL.get(route, {401, 404, 405}) or SECRET_NAME in body(answer):
                wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
