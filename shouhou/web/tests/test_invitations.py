"""Invited by mail: from the form to the first page, at both doors, with links that say what is wrong with them."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from shouhou.accounts.models import Invitation, User
from shouhou.notifications import tasks
from shouhou.plumbing import clock
from shouhou.web.tests.conftest import SHOP
from shouhou.web.tests.test_languages import CJK, text_of
from tests.world import World

Staff = Callable[..., Client]
FORM = {"email": "xin@example.com", "name": "Xin", "role": "merchant_operator", "organisation": "yunshang",
        "language": "zh-hans", "once": "k1"}  # fmt: skip
JOIN = {"name": "新人甲", "username": "xin-jia", "password1": "a-long-password", "password2": "a-long-password"}


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def manager(world: World, staff: Staff) -> Client:
    world.order(merchant=SHOP)
    return staff("merchant_manager", "yunshang")


def link_on(page: str) -> str:
    (found,) = re.findall(r'readonly value="http://localhost:8000(/staff/invited/[^"]+)"', page)
    return str(found)


def people(client: Client) -> str:
    return client.get(reverse("web:merchant_people")).content.decode()


def test_an_invited_person_sets_name_and_password_and_is_in(manager: Client) -> None:
    for _ in range(2):
        assert manager.post(reverse("web:merchant_invite"), FORM).status_code == 302
    (job,) = ProcrastinateJob.objects.filter(task_name="notifications.invitation")
    tasks.invitation(**job.args)
    (letter,) = mail.outbox
    link = link_on(people(manager))
    assert letter.to == ["xin@example.com"]
    assert f"http://localhost:8000{link}" in str(letter.body)
    assert "7 天内有效" in str(letter.body)
    assert link.split("/")[3] not in str(job.args)
    client = Client()
    assert "xin@example.com" in client.get(link).content.decode()
    assert client.post(link, JOIN)["Location"] == "/merchant/"
    assert client.get("/merchant/").status_code == 200
    user = User.objects.get(username="xin-jia")
    assert (user.role, user.get_full_name(), user.email) == ("merchant_operator", "新人甲", "xin@example.com")
    assert "未接受的邀请" not in people(manager)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"username": "新人 甲"}, "小写字母"), ({"username": "merchant-manager"}, "已被使用"), ({"password2": "x"}, "不一样"),
     ({"password1": "short", "password2": "short"}, "密码"), ({"password1": "xin-jia-xin", "password2": "xin-jia-xin"}, "相似")],
)  # fmt: skip
def test_what_is_wrong_is_told_and_the_link_still_works(manager: Client, wrong: dict[str, str], said: str) -> None:
    User.objects.create(username="merchant-manager", role="agent")
    manager.post(reverse("web:merchant_invite"), FORM)
    link, client = link_on(people(manager)), Client()
    answer = client.post(link, {**JOIN, **wrong})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not User.objects.filter(email="xin@example.com").exists()
    assert client.post(link, JOIN).status_code == 302


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_links_that_ended_say_so_in_both_languages_and_forged_ones_are_nothing(manager: Client, language: str) -> None:
    words = {"used": ("已经用过", "was used"), "revoked": ("撤回", "withdrawn"), "expired": ("已过期", "has expired")}
    client = Client()
    client.cookies["django_language"] = language
    for state, field in (("used", "accepted_at"), ("revoked", "revoked_at"), ("expired", "expires_at")):
        manager.post(reverse("web:merchant_invite"), {**FORM, "email": f"{state}@example.com", "once": state})
        link = link_on(people(manager))
        Invitation.objects.filter(email=f"{state}@example.com").update(**{field: clock.now() - timedelta(days=1)})
        answer = client.get(link)
        text = text_of(answer.content.decode())
        assert answer.status_code == 410
        assert words[state][language == "en"] in text
        assert bool(CJK.search(text)) == (language != "en")
        assert client.post(link, JOIN).status_code == 410
        Invitation.objects.filter(email=f"{state}@example.com", accepted_at=None, revoked_at=None).update(revoked_at=clock.now())
    assert client.get("/staff/invited/1-1:forged/").status_code == 404
    assert not User.objects.filter(username="xin-jia").exists()


def test_the_link_is_shown_to_whoever_sent_it_only(manager: Client, staff: Staff) -> None:
    manager.post(reverse("web:merchant_invite"), FORM)
    chief = staff("operations")
    page = chief.get(reverse("web:ops_invitations")).content.decode()
    assert "/staff/invited/" not in page
    assert "xin@example.com" not in page
    assert "readonly value" not in staff("supervisor").get(reverse("web:ops_invitations")).content.decode()
    number = Invitation.objects.get().pk
    for _ in range(2):
        assert chief.post(reverse("web:ops_invitation", args=[number, "again"]), {"once": "k"}).status_code == 302
    assert Invitation.objects.get().round == 2
    assert "/staff/invited/" in chief.get(reverse("web:ops_invitations")).content.decode()
    assert "/staff/invited/" not in people(manager)
    assert manager.post(reverse("web:merchant_invitation", args=[number, "revoke"]), {"once": "r"}).status_code == 302
    assert Invitation.objects.get().revoked_at is not None


def test_a_shop_offers_no_role_and_no_house_but_its_own(manager: Client, staff: Staff) -> None:
    staff("agent")
    for wrong in ({"role": "operations"}, {"organisation": "operator"}, {"role": "agent", "organisation": "operator"}):
        assert manager.post(reverse("web:merchant_invite"), {**FORM, **wrong}).status_code == 422
    assert staff("merchant_operator", "yunshang").post(reverse("web:merchant_invite"), FORM).status_code == 403
    assert staff("supervisor").post(reverse("web:ops_invite"), {**FORM, "once": "k2"}).status_code == 403
    assert staff("operations").post(reverse("web:ops_invite"), {**FORM, "role": "agent", "once": "k3"}).status_code == 422
    assert (Invitation.objects.count(), ProcrastinateJob.objects.filter(task_name="notifications.invitation").count()) == (0, 0)


def test_the_answer_is_the_same_for_an_address_that_works_for_another_house(manager: Client, staff: Staff) -> None:
    staff("agent")
    User.objects.filter(username="agent-operator").update(email="known@example.com")
    pages = []
    for email in ("known@example.com", "nobodys@example.com"):
        answer = manager.post(reverse("web:merchant_invite"), {**FORM, "email": email, "once": email}, follow=True)
        text = re.sub(r"localhost:8000\S+|csrf\S+|link-\d+|value=\"[^\"]*\"|/\d+/|\d\d:\d\d:\d\d", "", answer.content.decode())
        pages.append(text_of(text).replace(email, "·"))
        Invitation.objects.update(revoked_at=clock.now())
    assert pages[0] == pages[1]


def test_a_used_up_mail_job_sends_nothing(manager: Client) -> None:
    manager.post(reverse("web:merchant_invite"), FORM)
    (job,) = ProcrastinateJob.objects.filter(task_name="notifications.invitation")
    Invitation.objects.update(revoked_at=clock.now())
    tasks.invitation(**job.args)
    assert mail.outbox == []


def test_every_page_of_it_is_english_to_english_readers(manager: Client, staff: Staff) -> None:
    User.objects.update(first_name="Wang", last_name="")
    manager.post(reverse("web:merchant_invite"), {**FORM, "language": "en"})
    link = link_on(people(manager))
    Invitation.objects.get().organisation.__class__.objects.update(name="House of Tea")
    chief = staff("operations")
    for client, path in ((Client(), link), (manager, "/merchant/people/invite/"), (manager, "/merchant/people/"),
                         (chief, "/operations/people/invite/"), (chief, "/operations/people/invitations/")):  # fmt: skip
        client.cookies["django_language"] = "en"
        assert CJK.findall(text_of(client.get(path).content.decode())) == [], path
    (job,) = ProcrastinateJob.objects.filter(task_name="notifications.invitation")
    tasks.invitation(**job.args)
    (letter,) = mail.outbox
    assert not CJK.search(f"{letter.subject}{letter.body}")
