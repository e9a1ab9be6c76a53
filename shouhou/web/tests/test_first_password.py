"""A one-time password opens one page: the one that replaces it; what was about to be sent waits behind it."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from shouhou.accounts.models import Organisation, User
from shouhou.accounts.reset import reset_link
from shouhou.accounts.staffing import renew_password
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.tests.signing import SECRET, enrol, totp_code
from tests.world import World

OWN = "/staff/account/password/own/"
NEW = {"password1": "another-long-one", "password2": "another-long-one"}


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def given(world: World) -> str:
    """The one-time password that operations made for wang."""
    house = Organisation.objects.create(code="operator", name="平台", kind="operator")
    wang = User.objects.create_user("wang", email="wang@example.com", password="a-long-password", role="agent", organisation=house)
    chief = User.objects.create(username="chief", role="operations", organisation=house)
    return renew_password(wang.pk, actor=Actor(role="operations", who=f"user:{chief.pk}"), now=clock.now()).password


def sign_in(client: Client, password: str, onward: str = "") -> str:
    return str(client.post("/staff/sign-in/", {"username": "wang", "password": password, "next": onward}).headers.get("Location", ""))


def test_nothing_else_opens_until_it_is_changed_and_then_one_is_where_one_was_going(given: str) -> None:
    client = Client()
    assert sign_in(client, given, "/staff/apply/?q=1") == "/staff/apply/?q=1"
    User.objects.filter(username="wang").update(is_staff=True)
    own = "/staff/account/"
    for path in ("/staff/", own, f"{own}sessions/", f"{own}password/", f"{own}app/", "/admin/", "/files/x/", "/", "/policy/"):
        assert client.get(path)["Location"].startswith(OWN), path
    assert client.get("/staff/", headers={"hx-request": "true"})["HX-Redirect"] == f"{OWN}?next=%2Fstaff%2F"
    page = client.get(client.get("/staff/apply/?q=1")["Location"])
    assert "一次性密码" in page.content.decode()
    assert client.post(OWN, {**NEW, "next": "/staff/apply/?q=1"})["Location"] == "/staff/apply/?q=1"
    assert client.get("/staff/").status_code == 200
    assert sign_in(Client(), given) == ""
    assert sign_in(Client(), "another-long-one") == "/staff/"
    assert client.get(OWN)["Location"] == "/staff/account/"


def test_the_same_password_a_weak_one_and_two_different_ones_are_refused(given: str) -> None:
    client = Client()
    sign_in(client, given)
    for wrong in (given, "wangwangwang1"[:4], "password123"):
        assert client.post(OWN, {"password1": wrong, "password2": wrong}).status_code == 422, wrong
    assert client.post(OWN, {**NEW, "password2": "other"}).status_code == 422
    wang = User.objects.get(username="wang")
    assert (wang.password_temporary, wang.check_password(given)) == (True, True)


def test_long_after_signing_in_the_one_time_password_is_asked_for_again(given: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="wang"))
    assert "given" in client.get(OWN).content.decode()
    assert client.post(OWN, NEW).status_code == 422
    assert client.post(OWN, {**NEW, "given": "wrong"}).status_code == 422
    assert User.objects.get(username="wang").password_temporary
    assert client.post(OWN, {**NEW, "given": given}).status_code == 302
    assert not User.objects.get(username="wang").password_temporary


def test_a_form_that_was_lost_with_the_old_session_waits_behind_both_pages(given: str, world: World) -> None:
    case = world.apply(world.order(), reason="quality", description="坏了")["number"]
    client = Client()
    lost = client.post(f"/staff/cases/{case}/messages/", {"text": "请核对", "once": "k1"})["Location"]
    onward = lost.removeprefix("/staff/sign-in/?next=")
    assert sign_in(client, given, onward) == onward
    own = client.get(onward)["Location"]
    assert "已经保留" in client.get(own).content.decode()
    assert client.post(own, {**NEW, "next": onward})["Location"] == onward
    assert 'name="text" value="请核对"' in client.get(onward).content.decode()
    assert world.case(case)["messages"] == []


def test_a_form_sent_while_the_password_is_not_ones_own_does_nothing_and_is_kept(given: str, world: World) -> None:
    case = world.apply(world.order(), reason="quality", description="坏了")["number"]
    client = Client()
    sign_in(client, given)
    own = client.post(f"/staff/cases/{case}/messages/", {"text": "请核对", "once": "k1"})["Location"]
    assert own.startswith(f"{OWN}?next=%2Fagain%2F")
    assert world.case(case)["messages"] == []
    onward = client.post(own, NEW)["Location"]
    assert 'name="text" value="请核对"' in client.get(onward).content.decode()


def test_the_second_factor_comes_first_and_is_not_skipped(given: str) -> None:
    enrol(User.objects.get(username="wang"))
    client = Client()
    assert sign_in(client, given) == "/staff/account/code/"
    assert client.post(OWN, NEW)["Location"].startswith("/staff/sign-in/")
    assert User.objects.get(username="wang").password_temporary
    client.post("/staff/account/code/", {"code": totp_code(SECRET)})
    assert client.get("/staff/")["Location"].startswith(OWN)


def test_a_password_set_by_the_link_in_a_mail_is_ones_own(given: str) -> None:
    client = Client()
    form = client.get(reset_link(User.objects.get(username="wang")).removeprefix("http://localhost:8000"))["Location"]
    assert client.post(form, NEW).status_code == 302
    assert not User.objects.get(username="wang").password_temporary


def test_a_password_set_at_the_admin_for_somebody_is_not_theirs(given: str) -> None:
    User.objects.filter(username="wang").update(password_temporary=False)
    root, client = User.objects.create(username="root", role="operations", is_staff=True, is_superuser=True), Client()
    client.force_login(root)
    wang = User.objects.get(username="wang")
    answer = client.post(f"/admin/accounts/user/{wang.pk}/password/", {**NEW, "usable_password": "true"})
    assert answer.status_code == 302, re.sub("<[^>]+>", " ", answer.content.decode())[-800:]
    assert User.objects.get(username="wang").password_temporary


def test_whoever_operations_or_a_shop_hires_begins_there_too(given: str, staff: Callable[..., Client]) -> None:
    form = {"username": "xin", "name": "新人甲", "role": "reviewer", "organisation": "operator", "once": "k"}
    page = staff("operations").post(reverse("web:ops_new_person"), form).content.decode()
    (password,) = re.findall(r'ops-password">([^<]+)<', page)
    client = Client()
    client.post("/staff/sign-in/", {"username": "xin", "password": password})
    assert client.get("/staff/")["Location"].startswith(OWN)
