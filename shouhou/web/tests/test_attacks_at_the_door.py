"""An attacker's walk over sign-in and sessions: what they try, and that it gets them nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from shouhou.accounts import ports
from shouhou.accounts.models import Buyer, BuyerSession, Organisation, User
from shouhou.accounts.reset import send_reset_mail
from shouhou.accounts.signin import link_for
from shouhou.plumbing import clock
from shouhou.web.tests.signing import SECRET, enrol, totp_code
from tests.world import World

PASSWORD = "a-long-password"
EVIL = ["//evil.example/", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "\\\\evil.example", "javascript:alert(1)",
        "/%5cevil.example"]  # fmt: skip
Staff = Callable[..., Client]


class CountingHasher(MD5PasswordHasher):
    """A quick hash that says how often it was asked."""

    algorithm = "counting"
    asked = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.asked += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> Iterator[None]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def wang(world: World) -> User:
    house = Organisation.objects.create(code="operator", name="平台", kind="operator")
    return User.objects.create_user("wang", email="wang@example.com", password=PASSWORD, role="agent", organisation=house)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[ports.CodeToSend]:
    codes: list[ports.CodeToSend] = []
    monkeypatch.setattr(ports, "send_code", codes.append)
    return codes


def sign_in(client: Client, *, name: str = "wang", password: str = PASSWORD, onward: str = "") -> Any:
    return client.post("/staff/sign-in/", {"username": name, "password": password, "next": onward})


def ask(client: Client, order: str, phone: str = "13800000001", onward: str = "") -> Any:
    return client.post("/sign-in/", {"order": order, "phone": phone, "next": onward})


# Sessions that somebody else chose.


def test_a_session_fixed_before_signing_in_is_worth_nothing_after(wang: User, world: World, sent: list[ports.CodeToSend]) -> None:
    enrol(wang)
    staff, guest = Client(), Client()
    guest_order = world.order()
    staff.get("/staff/sign-in/")
    sign_in(staff)
    ask(guest, guest_order)
    fixed = [client.session.session_key for client in (staff, guest)]
    staff.post("/staff/account/code/", {"code": totp_code(SECRET)})
    guest.post("/sign-in/code/", {"code": sent[-1].code})
    for key, client, path in zip(fixed, (staff, guest), ("/staff/", f"/orders/{guest_order}/"), strict=True):
        assert client.get(path).status_code == 200
        assert client.session.session_key != key
        thief = Client()
        thief.cookies["sessionid"] = key or ""
        assert thief.get(path).status_code == 302
        assert not Session.objects.filter(session_key=key).exists()


# Addresses that lead away.


@pytest.mark.parametrize("onward", EVIL)
def test_no_door_leads_off_the_house(wang: User, world: World, sent: list[ports.CodeToSend], onward: str) -> None:
    order, staff, guest = world.order(), Client(), Client()
    ours = re.compile(r"/(?![/\\])")
    assert ours.match(sign_in(staff, onward=onward)["Location"])
    assert "evil.example" not in sign_in(Client(), onward=onward)["Location"].replace("/%5cevil.example", "")
    ask(guest, order, onward=onward)
    assert ours.match(guest.post("/sign-in/code/", {"code": sent[-1].code})["Location"])
    User.objects.update(password_temporary=True)
    own = {"password1": "another-long-one", "password2": "another-long-one", "next": onward}
    assert ours.match(staff.post("/staff/account/password/own/", own)["Location"])
    confirm = Client()
    confirm.force_login(User.objects.get())
    for path in ("/language/", "/theme/"):
        answer = confirm.post(path, {"language": "en", "theme": "dark", "next": onward})
        assert ours.match(answer["Location"]), path
    answer = confirm.post(f"/staff/account/confirm/?next={onward}", {"password": "another-long-one", "next": onward})
    assert ours.match(answer.headers.get("Location", "/")), answer


# What another person typed.


def test_what_one_person_was_about_to_send_is_not_shown_to_the_next_at_the_same_browser(wang: User, world: World) -> None:
    case, client = world.apply(world.order(), reason="quality", description="坏了")["number"], Client()
    User.objects.create_user("zhao", password=PASSWORD, role="agent", organisation=wang.organisation)
    for second, expected in (("zhao", 404), ("wang", 200)):
        sign_in(client)
        Session.objects.all().delete()
        onward = client.post(f"/staff/cases/{case}/messages/", {"text": "只给我看", "once": second})["Location"].split("next=")[1]
        sign_in(client, name=second, onward=onward)
        answer = client.get(onward)
        assert (answer.status_code, "只给我看" in answer.content.decode()) == (expected, expected == 200)
        client.post("/staff/sign-out/")
    assert world.case(case)["messages"] == []


def test_what_one_buyer_was_about_to_send_is_not_shown_to_another(world: World, settings: Settings) -> None:
    order = world.order()
    case, client = world.apply(order)["number"], Client()
    Buyer.objects.create(external_id="u2", name="路人", phone="13700000009")
    later = clock.now() + timedelta(hours=1)
    mine, theirs = (link_for(buyer, expires=later, secret=settings.SHOP_LINK_SECRET) for buyer in Buyer.objects.order_by("external_id"))
    client.get(mine)
    Session.objects.all().delete()
    onward = client.post(reverse("web:message", args=[case]), {"text": "只给我看", "once": "k"})["Location"].split("next=")[1]
    client.get(theirs)
    assert client.get(onward).status_code == 404


# Guessing.


def test_a_code_is_not_guessed_from_many_addresses(world: World, sent: list[ports.CodeToSend]) -> None:
    order = world.order()
    clients = [Client(REMOTE_ADDR=f"10.0.{place}.1") for place in range(5)]
    for client in clients:
        ask(client, order)
    wrong = "000000" if sent[0].code != "000000" else "000001"
    assert [client.post("/sign-in/code/", {"code": wrong}).status_code for client in clients] == [422] * 5
    assert clients[0].post("/sign-in/code/", {"code": sent[0].code}).status_code == 422
    assert ask(Client(REMOTE_ADDR="10.9.9.9"), order).status_code == 429
    assert (len(sent), BuyerSession.objects.count()) == (1, 0)


def test_the_tries_that_are_left_are_told_alike_for_orders_that_exist_and_not(world: World, sent: list[ports.CodeToSend]) -> None:
    told: list[list[str]] = []
    for order in (world.order(), "JD-NEVER-WAS"):
        client = Client(REMOTE_ADDR=f"10.1.1.{len(told)}")
        ask(client, order, phone="13800000001" if sent == [] else "13899999999")
        wrong = "000000" if not sent or sent[0].code != "000000" else "000001"
        pages = [client.post("/sign-in/code/", {"code": wrong}).content.decode() for _ in range(5)]
        told.append([re.findall(r"还可以试 \d 次|验证码已失效", page)[0] for page in pages])
    assert told[0] == told[1] == [*(f"还可以试 {left} 次" for left in (4, 3, 2, 1)), "验证码已失效"]


def test_an_order_that_exists_answers_like_one_that_does_not(world: World, sent: list[ports.CodeToSend]) -> None:
    order, pages = world.order(), []
    for number, phone in ((order, "13800000001"), (order, "13800000002"), ("T9999", "13800000003")):
        client = Client()
        answer = ask(client, number, phone)
        text = re.sub(r'value="[^"]*"|hx-headers=\'[^\']*\'|data-now="[^"]*"', "", client.get("/sign-in/code/").content.decode())
        text = text.replace(number, "·").replace(f"138****000{phone[-1]}", "·")
        pages.append((answer.status_code, answer["Location"], re.sub(r'data-again-in="\d+"', "", text)))
    assert pages[0] == pages[1] == pages[2]
    assert len(sent) == 1


@pytest.mark.parametrize("name", ["wang", "left", "nobody-of-that-name"])
def test_every_name_costs_the_same_work_and_gets_the_same_words(wang: User, name: str) -> None:
    User.objects.create_user("left", password=PASSWORD, is_active=False)
    CountingHasher.asked = 0
    answer = sign_in(Client(), name=name, password="wrong-guess")
    text = re.sub(r'value="[^"]*"', "", answer.content.decode())
    assert (CountingHasher.asked, answer.status_code) == (1, 422)
    assert "请输入正确的" in text or "大小写" in text
    assert "停用" not in text


def test_somebody_switched_off_learns_no_more_with_the_right_password(wang: User) -> None:
    User.objects.update(is_active=False)
    right, wrong = (sign_in(Client(), password=password) for password in (PASSWORD, "wrong-guess"))
    pages = [re.sub(r'value="[^"]*"|hx-headers=\'[^\']*\'|data-now="[^"]*"', "", each.content.decode()) for each in (right, wrong)]
    assert (right.status_code, pages[0]) == (422, pages[1])


# Sessions that are to have ended.


@pytest.mark.parametrize("deed", ["role", "off", "password", "sign-out"])
def test_a_change_by_operations_ends_every_session_at_once_even_one_nobody_noted(wang: User, staff: Staff, deed: str) -> None:
    noted, unnoted = Client(), Client()
    sign_in(noted)
    session = unnoted.session
    session.update({"_auth_user_id": str(wang.pk), "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
                    "_auth_user_hash": wang.get_session_auth_hash()})  # fmt: skip
    session.save()
    assert [client.get("/staff/").status_code for client in (noted, unnoted)] == [200, 200]
    form = {"role": "reviewer", "organisation": "operator", "once": "a"}
    assert staff("operations").post(reverse("web:ops_person_change", args=[wang.pk, deed]), form).status_code in (200, 302)
    assert [client.get("/staff/").status_code for client in (noted, unnoted)] == [302, 302]


def test_somebody_switched_off_between_password_and_code_does_not_come_in_not_even_when_on_again(wang: User, staff: Staff) -> None:
    enrol(wang)
    client, chief = Client(), staff("operations")
    sign_in(client)
    chief.post(reverse("web:ops_person_change", args=[wang.pk, "off"]), {"once": "a"})
    client.post("/staff/account/code/", {"code": totp_code(SECRET)})
    assert client.get("/staff/").status_code == 302
    chief.post(reverse("web:ops_person_change", args=[wang.pk, "on"]), {"once": "b"})
    assert client.get("/staff/").status_code == 302
    assert User.objects.get(username="wang").is_active


def test_one_browser_is_signed_out_by_its_owner_and_by_nobody_else(wang: User, staff: Staff) -> None:
    here, there, other = Client(), Client(), staff("reviewer")
    sign_in(here)
    sign_in(there)
    page = here.get("/staff/account/sessions/").content.decode()
    (address,) = re.findall(r'action="(/staff/account/sessions/\d+/)"', page)
    assert other.post(address).status_code == 404
    assert there.get("/staff/").status_code == 200
    assert here.get(address).status_code == 405
    here.post(address)
    assert [client.get("/staff/").status_code for client in (here, there)] == [200, 302]


def test_a_guest_sees_and_ends_the_browsers_of_the_same_order_only(world: World, sent: list[ports.CodeToSend]) -> None:
    orders, clients = [world.order(), world.order()], [Client() for _ in range(3)]
    for client, order in zip(clients, [orders[0], orders[0], orders[1]], strict=True):
        ask(client, order)
        client.post("/sign-in/code/", {"code": sent[-1].code})
    mine, twin, elsewhere = clients
    page = mine.get("/sessions/").content.decode()
    (address,) = re.findall(r'action="(/sessions/\d+/[^"]*)"', page)
    assert orders[1] not in page
    foreign = BuyerSession.objects.get(guest_order=orders[1]).pk
    assert mine.post(reverse("web:session_end", args=[foreign])).status_code == 404
    mine.post(address)
    assert [client.get("/sessions/").status_code for client in (mine, twin, elsewhere)] == [200, 302, 200]


def test_leaving_takes_a_token_and_a_post(wang: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(wang)
    for path in ("/staff/sign-out/", "/staff/account/sign-out/", "/sign-out/"):
        assert client.get(path).status_code == 405
        assert client.post(path).status_code == 403
    assert client.get("/staff/").status_code == 200


# Mails that point elsewhere.


def test_a_false_host_changes_no_link_in_a_mail(wang: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    assert client.post("/staff/account/reset/", {"email": "wang@example.com"}).status_code == 302
    send_reset_mail(wang.pk)
    assert "evil.example" not in str(mail.outbox[0].message())
    chief = User.objects.create_user("chief", password=PASSWORD, role="operations", organisation=wang.organisation)
    client.force_login(chief)
    form = {"email": "xin@example.com", "role": "agent", "organisation": "operator", "language": "en", "once": "k"}
    assert client.post("/operations/people/invite/", form).status_code == 302
    page = client.get("/operations/people/invitations/").content.decode()
    assert 'readonly value="http://localhost:8000/staff/invited/' in page
    assert "evil.example/staff/invited" not in page


def test_a_false_host_is_refused_where_the_house_names_its_own(wang: User) -> None:
    assert Client(HTTP_HOST="evil.example").get("/staff/sign-in/").status_code == 400
