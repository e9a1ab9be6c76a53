"""The company's own sign-in against a real little OpenID Connect server: who comes in, and who does not."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django import Settings

from shouhou.accounts.models import Organisation, User
from shouhou.accounts.oidc_fake.server import CLIENT, SECRET, Company, company
from shouhou.web.tests.signing import enrol, totp_code

PERSON = {"sub": "kc-7", "email": "Wang@Example.com", "email_verified": True, "name": "王"}


@pytest.fixture
def there(db: None, settings: Settings) -> Iterator[Company]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with company(dict(PERSON)) as found:
        app = {"provider_id": "company", "name": "合木", "client_id": CLIENT, "secret": SECRET, "settings": {"server_url": found.url}}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield found


@pytest.fixture
def wang(db: None) -> User:
    house = Organisation.objects.create(code="operator", name="平台", kind="operator")
    return User.objects.create_user("wang", email="wang@example.com", password="a-long-password", role="agent", organisation=house)


def go(client: Client, onward: str = "/staff/apply/") -> tuple[int, str, str]:
    """There and back: the answer's status, where it leads, and what it says."""
    away = client.post("/staff/account/sso/company/", {"next": onward})
    assert away.status_code == 302, away.content.decode()
    back = httpx.get(away["Location"]).headers["location"]
    answer = client.get(back.removeprefix("http://testserver"))
    return answer.status_code, answer.headers.get("Location", ""), answer.content.decode()


def signed_in(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_a_verified_address_links_the_account_once_and_then_the_subject_counts(there: Company, wang: User) -> None:
    client = Client()
    assert "合木" in client.get("/staff/sign-in/").content.decode()
    assert go(client)[:2] == (302, "/staff/apply/")
    assert signed_in(client) == str(wang.pk)
    there.person["email"] = "married@example.com"
    again = Client()
    assert go(again)[0] == 302
    assert signed_in(again) == str(wang.pk)
    assert SocialAccount.objects.get().uid == "kc-7"


@pytest.mark.parametrize("changed", [{"email_verified": False}, {"email_verified": "true"}, {"email": "nobody@example.com"}, {"email": ""}])
def test_nobody_registers_and_an_unverified_address_proves_nothing(there: Company, wang: User, changed: dict[str, object]) -> None:
    there.person |= changed
    client = Client()
    status, _, text = go(client)
    assert status == 403
    assert "没有与之对应的员工账号" in text
    assert (signed_in(client), User.objects.count(), SocialAccount.objects.count()) == (None, 1, 0)


def test_an_address_of_two_people_links_neither(there: Company, wang: User) -> None:
    User.objects.create_user("wang2", email="WANG@example.com")
    client = Client()
    assert go(client)[0] == 403
    assert (signed_in(client), SocialAccount.objects.count()) == (None, 0)


@pytest.mark.parametrize(("what", "value"), [("forge", True), ("audience", "another-client"), ("other_person", True)])
def test_a_token_that_is_not_the_companys_or_not_for_us_is_refused(there: Company, wang: User, what: str, value: object) -> None:
    setattr(there, what, value)
    client = Client()
    status, _, text = go(client)
    assert status == 403
    assert "没有登录任何人" in text
    assert (signed_in(client), SocialAccount.objects.count()) == (None, 0)


def test_a_link_from_elsewhere_back_to_us_is_refused(there: Company, wang: User) -> None:
    client = Client()
    client.post("/staff/account/sso/company/")
    answer = client.get("/staff/account/sso/company/back/?code=x&state=forged")
    assert answer.status_code == 403
    assert signed_in(client) is None


def test_somebody_who_left_does_not_come_back_by_the_company(there: Company, wang: User) -> None:
    go(Client())
    User.objects.update(is_active=False)
    client = Client()
    assert go(client)[0] == 403
    assert signed_in(client) is None


def test_the_second_factor_counts_behind_the_company_too(there: Company, wang: User) -> None:
    secret = enrol(wang)
    client = Client()
    assert go(client)[:2] == (302, "/staff/account/code/")
    assert signed_in(client) is None
    assert client.post("/staff/account/code/", {"code": totp_code(secret)})["Location"] == "/staff/apply/"
    assert signed_in(client) == str(wang.pk)


def test_without_a_company_there_is_no_such_address(db: None) -> None:
    assert Client().post("/staff/account/sso/company/").status_code == 404
    assert Client().get("/staff/account/sso/company/back/").status_code == 404


def test_an_answer_of_the_company_works_once_and_in_the_browser_that_asked_only(there: Company, wang: User) -> None:
    asked, other = Client(), Client()
    away = asked.post("/staff/account/sso/company/", {"next": "/staff/"})
    back = httpx.get(away["Location"]).headers["location"].removeprefix("http://testserver")
    other.post("/staff/account/sso/company/", {"next": "/staff/"})
    assert other.get(back).status_code == 403
    assert signed_in(other) is None
    assert asked.get(back).status_code == 302
    asked.post("/staff/sign-out/")
    assert asked.get(back).status_code == 403
    assert (signed_in(asked), SocialAccount.objects.count()) == (None, 1)


def test_a_code_of_another_sign_in_with_the_state_of_ones_own_is_refused(there: Company, wang: User) -> None:
    """The attacker's code with the victim's state: PKCE binds the code to the browser that asked for it."""
    victim, attacker = Client(), Client()
    codes = []
    for client in (victim, attacker):
        away = client.post("/staff/account/sso/company/", {"next": "/staff/"})
        codes.append(dict(parse_qsl(urlsplit(httpx.get(away["Location"]).headers["location"]).query)))
    answer = victim.get("/staff/account/sso/company/back/", {"code": codes[1]["code"], "state": codes[0]["state"]})
    assert answer.status_code == 403
    assert signed_in(victim) is None


def test_an_old_token_replayed_by_the_company_is_refused_by_its_nonce(there: Company, wang: User) -> None:
    there.nonce = "of-another-sign-in"
    client = Client()
    assert go(client)[0] == 403
    assert (signed_in(client), SocialAccount.objects.count()) == (None, 0)


@pytest.mark.parametrize("onward", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_companys_way_never_leads_off_the_house(there: Company, wang: User, onward: str) -> None:
    status, where, _ = go(Client(), onward)
    assert (status, where) == (302, "/staff/")


def test_an_address_that_a_shop_typed_opens_no_account_to_the_company(there: Company, wang: User) -> None:
    shop = Organisation.objects.create(code="shop", name="店", kind="merchant")
    User.objects.update(organisation=shop, role="merchant_manager")
    client = Client()
    assert go(client)[0] == 403
    assert (signed_in(client), SocialAccount.objects.count()) == (None, 0)
