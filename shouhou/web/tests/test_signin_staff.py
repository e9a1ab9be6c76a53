"""Staff at the door: lockout, second factor, recovery codes, a new password, other browsers, the admin."""

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from shouhou.accounts.models import FailedSignIn, Organisation, SignInRule, User
from shouhou.accounts.reset import send_reset_mail
from shouhou.accounts.second_factor import require_totp
from shouhou.foundation.refusals import Refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from shouhou.web.tests.signing import SECRET, enrol, totp_code
from tests.world import World

PASSWORD = "a-long-password"


def operations() -> Actor:
    """Somebody who may rule over sign-in; the audit log wants a real person."""
    chief, _ = User.objects.get_or_create(username="chief", defaults={"role": "operations", "is_active": False})
    return Actor(role="operations", who=f"user:{chief.pk}")


@pytest.fixture(autouse=True)
def _fresh_limits(settings: Settings) -> Iterator[None]:
    """allauth's own limits live in the process's cache; a used code may not be used again either. Hashes cost seconds."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def wang(db: None) -> User:
    house = Organisation.objects.create(code="operator", name="平台", kind="operator")
    return User.objects.create_user("wang", email="wang@example.com", password=PASSWORD, role="agent", organisation=house)


def sign_in(client: Client, *, password: str = PASSWORD, name: str = "wang", onward: str = "") -> tuple[int, str]:
    answer = client.post("/staff/sign-in/", {"username": name, "password": password, "next": onward})
    return answer.status_code, answer.headers.get("Location", "")


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize("name", ["wang", "nobody-of-that-name"])
def test_the_ninth_guess_is_locked_out_in_the_same_words_for_known_and_unknown_names(wang: User, name: str) -> None:
    client = Client()
    tries = [client.post("/staff/sign-in/", {"username": name, "password": "x"}).content.decode() for _ in range(8)]
    said = {re.sub(r'value="[^"]*"', "", each) for each in tries}
    assert all("大小写" in each and "超过" not in each for each in said)
    answer = client.post("/staff/sign-in/", {"username": name, "password": PASSWORD})
    assert answer.status_code == 429
    assert "登录失败次数过多，为安全起见请 15 分钟后再试" in answer.content.decode()
    assert who(client) is None


def test_without_a_second_factor_the_password_is_enough_and_one_gets_where_one_was(wang: User) -> None:
    client = Client()
    assert sign_in(client, onward="/staff/apply/?q=1") == (302, "/staff/apply/?q=1")
    assert who(client) == str(wang.pk)
    assert FailedSignIn.objects.filter(kind="name").count() == 0


@pytest.mark.parametrize(("role", "begins"), [
    ("reviewer", "/staff/"), ("inspector", "/inspect/"), ("technician", "/technician/"), ("clerk", "/desk/"), ("finance", "/finance/"),
    ("operations", "/operations/"), ("merchant_manager", "/merchant/"), ("merchant_operator", "/merchant/"),
])  # fmt: skip
@pytest.mark.parametrize("onward", ["", "/staff/"])
def test_whoever_was_going_nowhere_in_particular_begins_with_their_own_work(wang: User, role: str, begins: str, onward: str) -> None:
    shop = Organisation.objects.create(code="s", name="店", kind="merchant")
    Merchant.objects.create(code="s", name="店", channel="third", organisation=shop)
    User.objects.filter(pk=wang.pk).update(role=role, **({"organisation": shop} if role.startswith("merchant") else {}))
    client = Client()
    assert sign_in(client, onward=onward) == (302, begins)
    assert client.get(begins).status_code == 200


@pytest.mark.parametrize("onward", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_off_the_house(wang: User, onward: str) -> None:
    assert sign_in(Client(), onward=onward) == (302, "/staff/")


def test_an_enrolled_person_is_nobody_before_the_code(wang: User) -> None:
    enrol(wang)
    client = Client()
    assert sign_in(client, onward="/staff/apply/") == (302, "/staff/account/code/")
    assert who(client) is None
    assert client.get("/staff/")["Location"].startswith("/staff/sign-in/")
    assert client.post("/staff/account/code/", {"code": "000000"}).status_code == 200
    assert who(client) is None
    assert client.post("/staff/account/code/", {"code": totp_code(SECRET)})["Location"] == "/staff/apply/"
    assert who(client) == str(wang.pk)


def test_guessing_codes_locks_the_person_even_with_the_right_code(wang: User) -> None:
    enrol(wang)
    for _ in range(8):
        client = Client()
        sign_in(client)
        client.post("/staff/account/code/", {"code": "000000"})
        cache.clear()
    assert "登录失败次数过多" in client.post("/staff/account/code/", {"code": totp_code(SECRET)}).content.decode()
    assert who(client) is None
    assert Event.objects.filter(type="sign_in.locked").count() == 1


def test_an_app_is_set_up_with_its_code_and_its_secret_is_not_readable_in_the_database(wang: User) -> None:
    client = Client()
    sign_in(client)
    page = text(client, "/staff/account/app/")
    (secret,) = re.findall(r'data-copy="([A-Z2-7]+)"', page)
    assert "<img src=\"data:image/svg+xml;base64," in page
    assert client.post("/staff/account/app/", {"code": "000000"}).status_code == 200
    assert Authenticator.objects.count() == 0
    assert client.post("/staff/account/app/", {"code": totp_code(secret)})["Location"] == "/staff/account/codes/"
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    codes = re.findall(r"<li>([0-9a-z]{8})</li>", text(client, "/staff/account/codes/"))
    assert len(codes) == 10
    for expected in ("/staff/", "/staff/sign-in/"):
        other = Client()
        sign_in(other)
        answer = other.post("/staff/account/code/", {"code": codes[0]})
        assert (who(other) is not None) == (expected == "/staff/"), answer.content.decode()


def test_setting_up_an_app_long_after_signing_in_asks_for_the_password_again(wang: User) -> None:
    client = Client()
    client.force_login(wang)
    assert client.get("/staff/account/app/")["Location"].startswith("/staff/account/confirm/?next=")
    assert client.post("/staff/account/confirm/?next=/staff/account/app/", {"password": "wrong"}).status_code == 200
    assert client.get("/staff/account/app/").status_code == 302
    assert client.post("/staff/account/confirm/?next=/staff/account/app/", {"password": PASSWORD}).status_code == 302
    assert client.get("/staff/account/app/").status_code == 200


def test_a_role_that_needs_a_second_factor_gets_no_further_without_one(wang: User) -> None:
    client = Client()
    sign_in(client)
    assert client.get("/staff/").status_code == 200
    with pytest.raises(Refused, match="FORBIDDEN"):
        require_totp("agent", required=True, actor=Actor(role="supervisor", who="user:2"), now=clock.now())
    assert SignInRule.objects.count() == 0
    require_totp("agent", required=True, actor=operations(), now=clock.now())
    assert client.get("/staff/")["Location"] == "/staff/account/"
    assert "您的角色必须使用动态码登录" in text(client, "/staff/account/")
    enrol(wang)
    assert client.get("/staff/").status_code == 200


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(wang: User) -> None:
    known = Client().post("/staff/account/reset/", {"email": "wang@example.com"})
    unknown = Client().post("/staff/account/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"]) == (302, "/staff/account/reset/sent/")
    other, client = Client(), Client()
    sign_in(other)
    send_reset_mail(wang.pk)
    (sent,) = mail.outbox
    (link,) = re.findall(r"http://localhost:8000(/staff/account/reset/\S+)", str(sent.body))
    form = client.get(link)["Location"]
    assert client.post(form, {"password1": "another-long-one", "password2": "another-long-one"}).status_code == 302
    assert (who(client), sign_in(Client())[0], sign_in(Client(), password="another-long-one")[0]) == (None, 422, 302)
    assert other.get("/staff/").status_code == 302
    assert "链接已失效" in text(Client(), link)


def test_a_new_password_needs_the_old_one_and_ends_the_other_browsers(wang: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    form = {"oldpassword": "wrong", "password1": "another-long-one", "password2": "another-long-one"}
    assert here.post("/staff/account/password/", form).status_code == 200
    assert there.get("/staff/").status_code == 200
    assert here.post("/staff/account/password/", {**form, "oldpassword": PASSWORD}).status_code == 302
    assert [client.get("/staff/").status_code for client in (here, there)] == [200, 302]


def test_the_other_browsers_are_listed_and_signed_out(wang: User) -> None:
    here, there = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}), Client()
    sign_in(here)
    sign_in(there)
    assert "Firefox 140 · Linux" in text(here, "/staff/account/sessions/")
    assert here.post("/staff/account/sessions/").status_code == 302
    assert [client.get("/staff/").status_code for client in (here, there)] == [200, 302]


def test_the_admin_has_no_door_of_its_own(wang: User) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    enrol(wang)
    assert Client().get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert Client().get("/admin/login/?next=/admin/")["Location"] == "/staff/sign-in/?next=%2Fadmin%2F"
    client = Client()
    assert client.post("/admin/login/?next=/admin/", {"username": "wang", "password": PASSWORD}).status_code == 302
    assert who(client) is None
    sign_in(client, onward="/admin/")
    assert client.post("/staff/account/code/", {"code": totp_code(SECRET)})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_admin_too_waits_for_a_required_second_factor(wang: User) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    require_totp("agent", required=True, actor=operations(), now=clock.now())
    client = Client()
    sign_in(client)
    assert client.get("/admin/")["Location"] == "/staff/account/"


def test_what_is_off_is_not_there(db: None) -> None:
    for path in ("signup/", "email/", "login/code/", "webauthn/", "social/signup/"):
        assert Client().get(f"/staff/account/{path}").status_code == 404


def test_a_form_sent_after_the_session_ended_waits_behind_the_sign_in(
    world: World, staff: Callable[..., Client], wang: User
) -> None:
    case = world.apply(world.order(), reason="quality", description="坏了")["number"]
    client = Client()
    answer = client.post(f"/staff/cases/{case}/messages/", {"text": "请核对", "once": "k1"})
    onward = answer["Location"].removeprefix("/staff/sign-in/?next=")
    assert onward.startswith("/again/")
    assert client.get(onward).status_code == 404
    assert sign_in(client, onward=onward) == (302, onward)
    page = text(client, onward)
    assert f'action="/staff/cases/{case}/messages/"' in page
    assert 'name="text" value="请核对"' in page
    assert world.case(case)["messages"] == []
    assert client.get(onward).status_code == 404
