"""What the doctor finds around signing in, with a real little company server, and with none."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password, verify_password

from shouhou.accounts.health import Seen, company_reachable, sign_in_health
from shouhou.accounts.models import SignInRule, User
from shouhou.accounts.oidc_fake.server import company
from shouhou.accounts.passwords import demo_hash, with_demo_password
from shouhou.plumbing import clock

pytestmark = pytest.mark.django_db
WHOLE = {"url": "https://id.example.com", "name": "SSO", "client_id": "a", "secret": "b"}
NONE = {"url": "", "name": "SSO", "client_id": "", "secret": ""}


def levels(word: str) -> list[tuple[str, str]]:
    return [(seen.level, seen.en) for seen in sign_in_health() if word in seen.en]


def test_every_finding_speaks_both_languages_and_trouble_has_advice(settings: Any) -> None:
    for oidc in (NONE, WHOLE, {**WHOLE, "secret": ""}, {**WHOLE, "url": "http://id.example.com"}):
        settings.OIDC = oidc
        for seen in sign_in_health():
            assert any("一" <= letter <= "鿿" for letter in seen.zh), seen
            assert seen.en.isascii(), seen
            assert (seen.level == "ok") == (seen.advice == ""), seen


@pytest.mark.parametrize(
    ("changes", "level", "said"),
    [({}, "ok", "set up"), ({"secret": ""}, "bad", "SHOUHOU_OIDC_SECRET"), ({"url": ""}, "bad", "SHOUHOU_OIDC_URL"),
     ({"url": "http://id.example.com"}, "bad", "not HTTPS"), ({"url": "http://127.0.0.1:9"}, "ok", "set up")],
)  # fmt: skip
def test_the_companys_sign_in_is_whole_and_safe_or_said_to_be_not(settings: Any, changes: dict[str, str], level: str, said: str) -> None:
    settings.OIDC = {**WHOLE, **changes}
    ((found, words),) = levels("company's sign-in")
    assert found == level
    assert said in words


def test_without_a_company_nothing_is_said_of_one(settings: Any) -> None:
    settings.OIDC = NONE
    assert (levels("company"), list(company_reachable())) == ([], [])


def test_a_company_that_answers_and_one_that_does_not(settings: Any) -> None:
    with company({"sub": "1"}) as there:
        settings.OIDC = {**WHOLE, "url": there.url}
        assert list(company_reachable()) == [
            Seen("ok", f"公司登录可访问（{there.url}）", f"the company's sign-in answers as {there.url}")
        ]
        settings.OIDC = {**WHOLE, "url": f"{there.url}/nowhere"}
        assert [seen.level for seen in company_reachable()] == ["bad"]
    settings.OIDC = {**WHOLE, "url": there.url}
    (gone,) = company_reachable()
    assert (gone.level, "cannot be reached" in gone.en) == ("bad", True)


def test_mail_and_text_messages_that_reach_nobody_are_told(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.SMS_URL = "django.core.mail.backends.filebased.EmailBackend", ""
    assert [level for level, _ in levels("become files")] == ["warn", "warn"]
    settings.EMAIL_BACKEND, settings.SMS_URL = "django.core.mail.backends.smtp.EmailBackend", "http://sms.example.com"
    settings.DEFAULT_FROM_EMAIL = "a@example.com"
    assert [level for level, _ in [*levels("this machine only"), *levels("without HTTPS")]] == ["bad", "bad"]
    settings.BASE_URL, settings.SMS_URL = "https://after.example.com", "https://sms.example.com"
    assert [level for level, _ in [*levels("mail is set up"), *levels("gateway for text messages is set up")]] == ["ok", "ok"]


def test_roles_with_a_password_alone_and_people_without_their_second_factor_are_told() -> None:
    User.objects.create(username="a", role="operations", password="x1")
    assert levels("password alone") == [("warn", "these roles sign in with a password alone: operations")]
    SignInRule.objects.create(role="operations", totp_required=True, changed_at=clock.now())
    assert levels("password alone") == []
    assert levels("second factor they need") == [("warn", "1 people have not yet set up the second factor they need")]


def test_the_demos_passwords_and_unchanged_one_time_passwords_are_counted(settings: Any) -> None:
    same = make_password("demo")
    for name, password in (("a", same), ("b", same), ("c", make_password("demo"))):
        User.objects.create(username=name, password=password)
    assert levels("demo's password") == [("warn", "2 accounts still have the demo's password")]
    settings.BASE_URL = "https://after.example.com"
    assert [level for level, _ in levels("demo's password")] == ["bad"]
    User.objects.filter(username="a").update(is_active=False)
    User.objects.filter(username="c").update(password_temporary=True)
    assert levels("demo's password") == []
    assert levels("one-time") == [("warn", "1 one-time passwords are not changed yet")]


@pytest.mark.parametrize("hasher", ["Argon2", "PBKDF2"])
def test_a_single_demo_password_that_was_left_is_known_by_its_hash_until_it_is_changed(settings: Any, hasher: str) -> None:
    settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{hasher}PasswordHasher"]
    left = User.objects.create(username="a", password=demo_hash("demo-1234"))
    User.objects.create(username="b", password=make_password("demo-1234"))
    User.objects.create(username="c", password=demo_hash("demo-1234"), is_active=False)
    User.objects.create(username="d", password=make_password(None), password_temporary=True)
    assert levels("demo's password") == [("warn", "1 accounts still have the demo's password")]
    assert levels("one-time") == []
    assert verify_password("demo-1234", left.password) == (True, False)
    left.set_password("another-long-one")
    left.save()
    assert not with_demo_password().exists()
    assert levels("no demo password") == [("ok", "no demo password and no one-time password is left")]
