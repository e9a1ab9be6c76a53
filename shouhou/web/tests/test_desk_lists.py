"""A desk's canned replies and rota as lists: filtered by the address, in pages, as files, and of one's own desk only."""

import csv
import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import User
from shouhou.foundation.days import local_day
from shouhou.plumbing import clock
from shouhou.support.conversations.models import CannedReply, Duty
from tests.world import World

Browser = Callable[..., Client]


@pytest.fixture
def boss(world: World, staff: Browser) -> Client:
    """A supervisor whose desk has three replies, one of them ended."""
    world.order()
    client = staff("supervisor")
    for title, topic, active in (("发货", "order", True), ("退货", "return", True), ("旧话", "return", False)):
        CannedReply.objects.create(
            title=title, text_zh=f"{title}的话", text_en=f"=words {title}", topic=topic, active=active, by="x", at=clock.now()
        )
    return client


def filed(client: Client, address: str) -> list[dict[str, str]]:
    answer: Any = client.get(address)
    return list(csv.DictReader(b"".join(answer).decode("utf-8-sig").splitlines()))


def shift(name: str, *, skills: list[str], ended: bool = False) -> Duty:
    today = local_day(clock.now())
    person = User.objects.create(username=name, role="agent", first_name=name)
    return Duty.objects.create(
        user=person, weekdays=[1, 2], since=time(9), until=time(18), skills=skills, first_day=today - timedelta(days=9),
        last_day=today - timedelta(days=1) if ended else None, by="x", at=clock.now(),
    )  # fmt: skip


def test_replies_are_found_by_words_topic_and_whether_they_are_in_use(boss: Client) -> None:
    page = boss.get(reverse("web:staff_replies"), {"topic": "return"}).content.decode()
    assert "退货的话" in page
    assert "发货的话" not in page
    assert "旧话的话" not in page
    ended = boss.get(reverse("web:staff_replies"), {"shown": "ended"}).content.decode()
    assert "旧话的话" in ended
    assert reverse("web:staff_reply_end", args=[CannedReply.objects.get(title="旧话").pk]) not in ended
    assert "没有这样的常用语" in boss.get(reverse("web:staff_replies"), {"q": "没有的词"}).content.decode()


def test_replies_are_a_file_as_filtered_and_formulas_are_disarmed(boss: Client, staff: Browser) -> None:
    assert [row["标题"] for row in filed(boss, "/staff/talks/replies.csv")] == ["发货", "退货"]
    (row,) = filed(boss, "/staff/talks/replies.csv?topic=return&shown=ended")
    assert (row["标题"], row["状态"], row["英文内容"]) == ("旧话", "已停用", "'=words 旧话")
    assert filed(staff("merchant_manager", "self"), "/staff/talks/replies.csv") == []
    assert boss.get("/staff/talks/replies.xlsx").headers["Content-Type"].endswith("sheet")


def test_replies_go_on_where_the_page_ended(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shouhou.web.staff.desk_lists.PAGE_SIZE", 1)
    first = boss.get(reverse("web:staff_replies")).content.decode()
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward
    second = boss.get(reverse("web:staff_replies") + onward[1].replace("&amp;", "&")).content.decode()
    assert {name: (name in first, name in second) for name in ("发货的话", "退货的话")} in (
        {"发货的话": (True, False), "退货的话": (False, True)}, {"发货的话": (False, True), "退货的话": (True, False)},
    )  # fmt: skip
    assert boss.get(reverse("web:staff_replies"), {"after": "x"}).status_code == 422


def test_shifts_are_found_by_person_and_skill_and_are_a_file(boss: Client, staff: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, skills, ended in (("甲", ["technical"], False), ("乙", [], False), ("丙", ["service"], False), ("丁", [], True)):
        shift(name, skills=skills, ended=ended)
    names = [row["人员"] for row in filed(boss, "/staff/talks/rota.csv")]
    assert sorted(names) == sorted("甲乙丙")
    assert sorted(row["人员"] for row in filed(boss, "/staff/talks/rota.csv?skill=technical")) == sorted("甲乙")
    assert [row["结束日期"] != "" for row in filed(boss, "/staff/talks/rota.csv?shown=ended")] == [True]
    (row,) = filed(boss, "/staff/talks/rota.csv?q=丙")
    assert (row["时间"], row["星期"]) == ("09:00–18:00", "周一 周二")
    assert filed(staff("merchant_manager", "self"), "/staff/talks/rota.csv?shown=all") == []
    monkeypatch.setattr("shouhou.web.staff.desk_lists.PAGE_SIZE", 1)
    seen, address = [], reverse("web:staff_rota")
    while address:
        page = boss.get(address).content.decode()
        seen += re.findall(r"<td data-label=\"人员\">(.)<", page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        address = reverse("web:staff_rota") + onward[1].replace("&amp;", "&") if onward else ""
    assert seen == names


def test_a_shift_that_is_over_cannot_be_ended_again(boss: Client) -> None:
    over = shift("丁", skills=[], ended=True)
    page = boss.get(reverse("web:staff_rota"), {"shown": "ended"}).content.decode()
    assert "丁" in page
    assert reverse("web:staff_duty_end", args=[over.pk]) not in page
