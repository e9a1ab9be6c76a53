"""A notice leads to what it is about, in the mail as on the site: a case, a talk, a shop's money, an insurer's claim."""

import pytest
from django.conf import settings

from shouhou.notifications.letter import html_of, parts_of
from shouhou.notifications.models import Notice
from shouhou.notifications.queries import notices_of
from shouhou.notifications.sample import sample
from shouhou.notifications.templates import TEMPLATES
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.support.conversations.actions import say, tell_unread
from shouhou.support.conversations.tests.conftest import People
from shouhou.support.conversations.tests.test_talks import asked
from tests.world import World


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_text_says_something_above_its_link(name: str, language: str) -> None:
    parts = parts_of(sample(name, channel="email", language=language))
    assert parts.said
    assert parts.link == "https://shop.example/cases/SO-2345-6789-A/"
    assert not any("https://" in each for each in (*parts.said, *parts.foot))


def notice(subject: str, link: str, *said: str, user: bool = True) -> Notice:
    body = "\n\n".join([*said, f"查看进度与操作：{link}"]) + "\n"
    reader = {"user_id": 1, "recipient": "user:1"} if user else {"buyer_id": 1, "recipient": "buyer:1"}
    return Notice(subject=subject, title="t", body=body, language="zh-hans", **reader)


@pytest.mark.parametrize(("subject", "link", "button", "why"), [
    ("ST-1", "https://shop.example/merchant/money/", "打开查看", "这件事与您的工作有关"),
    ("TK-1", "https://shop.example/staff/talks/TK-1/", "打开会话", "这个会话"),
    ("R-1", "https://shop.example/insurer/FC-1/", "打开查看", "这件事与您的工作有关"),
    ("R-1", "https://shop.example/staff/cases/R-1/", "查看售后单", "这张售后单"),
])  # fmt: skip
def test_the_button_of_a_mail_leads_where_its_text_leads(subject: str, link: str, button: str, why: str) -> None:
    html = html_of(notice(subject, link, "一句话。"))
    assert f'href="{link}"' in html
    assert button in html
    assert why in html
    assert "一句话。" in html


def test_words_of_a_person_that_end_in_an_address_are_not_the_link() -> None:
    parts = parts_of(notice("R-1", "https://shop.example/staff/cases/R-1/", "见 https://elsewhere.example/"))
    assert parts.link == "https://shop.example/staff/cases/R-1/"
    assert parts.said == ("见 https://elsewhere.example/",)


def test_a_text_that_was_erased_still_leads_to_its_case() -> None:
    gone = Notice(subject="R-1", title="", body="", buyer_id=1, recipient="buyer:1", language="zh-hans")
    assert parts_of(gone).link == f"{settings.BASE_URL}/cases/R-1/"


def test_a_buyers_notice_of_a_talk_leads_to_the_talk_and_calls_it_no_case(world: World, people: People) -> None:
    number = asked(world)
    say(number, "您好，今天发货。", actor=people("苏敏"), now=world.now)
    tell_unread(now=world.later(minutes=6).now)
    tell_all(world.now)
    told = Notice.objects.get(channel="site")
    assert notices_of(told.buyer_id or 0)[0]["link"].endswith(f"/talks/{number}/")
    assert f"售后单号 {number}" not in told.body
    assert number in told.body
