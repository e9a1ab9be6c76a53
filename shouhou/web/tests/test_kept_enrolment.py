"""What somebody sends while their sign-in is not set up is not taken and not lost."""

import re

from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from shouhou.accounts.models import Organisation, SignInRule, User
from shouhou.logistics.models import ServicePoint
from shouhou.plumbing import clock
from shouhou.web.tests.signing import enrol, totp_code
from tests.world import World

ACCOUNT = "/staff/account/"


def signed_in(settings: Settings, role: str = "agent") -> Client:
    """Somebody whose role needs a second factor from now on."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    house = Organisation.objects.get_or_create(code="operator", defaults={"name": "House", "kind": "operator"})[0]
    User.objects.create_user("wang", "wang@example.com", "a-long-password", role=role, organisation=house)
    client = Client()
    assert client.post("/staff/sign-in/", {"username": "wang", "password": "a-long-password"}).status_code == 302
    SignInRule.objects.create(role=role, totp_required=True, changed_by="test", changed_at=clock.now())
    return client


def kept_at(page: str) -> str:
    (found,) = re.findall(r'href="(/again/[^"]+)"', page)
    return str(found)


def test_a_form_sent_before_enrolling_is_offered_again_after_it(world: World, settings: Settings) -> None:
    case = world.apply(world.order(), reason="quality", description="坏了")["number"]
    client = signed_in(settings)
    talk = f"/staff/cases/{case}/messages/"
    assert client.post(talk, {"text": "请核对", "once": "k1"})["Location"] == ACCOUNT
    page = client.get(ACCOUNT).content.decode()
    assert "已保留 30 分钟" in page
    assert "/again/" not in page
    assert world.case(case)["messages"] == []
    enrolling = client.get(f"{ACCOUNT}app/").content.decode()
    (secret,) = re.findall(r'data-copy="([A-Z2-7]+)"', enrolling)
    answer = client.post(f"{ACCOUNT}app/", {"code": totp_code(secret)}, follow=True)
    assert answer.redirect_chain[-1][0] == f"{ACCOUNT}codes/"
    onward = kept_at(answer.content.decode())
    assert onward == kept_at(client.get(ACCOUNT).content.decode())
    again = client.get(onward).content.decode()
    assert 'name="text" value="请核对"' in again
    assert "须先设置登录方式" in again
    assert "登录已过期" not in again
    fields = dict(re.findall(r'<input type="hidden" name="(text|once)" value="([^"]*)"', again))
    for _ in range(2):
        client.post(talk, fields)
    assert [each["text"] for each in world.case(case)["messages"]] == ["请核对"]
    assert "/again/" not in client.get(ACCOUNT).content.decode()


def test_a_part_of_a_page_sends_the_whole_page_there_and_keeps_its_form(world: World, settings: Settings) -> None:
    client = signed_in(settings, "operations")
    form = {"code": "CD-09", "name_zh": "新网点", "once": "k"}
    assert client.post("/operations/points/new/", form, HTTP_HX_REQUEST="true")["HX-Redirect"] == ACCOUNT
    assert not ServicePoint.objects.exists()
    enrol(User.objects.get(username="wang"))
    assert 'value="新网点"' in client.get(kept_at(client.get(ACCOUNT).content.decode())).content.decode()


def test_what_one_person_had_kept_is_not_offered_to_the_next(world: World, settings: Settings) -> None:
    case = world.apply(world.order(), reason="quality", description="坏了")["number"]
    client = signed_in(settings)
    client.post(f"/staff/cases/{case}/messages/", {"text": "请核对", "once": "k1"})
    house = Organisation.objects.get(code="operator")
    other = User.objects.create_user("li", "li@example.com", "a-long-password", role="agent", organisation=house)
    enrol(other)
    enrol(User.objects.get(username="wang"))
    onward = kept_at(client.get(ACCOUNT).content.decode())
    session = dict(client.session)
    client.force_login(other)
    kept = client.session
    kept["kept_form"] = session["kept_form"]
    kept.save()
    assert "/again/" not in client.get(ACCOUNT).content.decode()
    assert client.get(onward).status_code == 404
