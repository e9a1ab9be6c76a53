"""Saved views: somebody's own filters under a name."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.web import views_actions
from shouhou.web.models import SavedView
from tests.world import World


def names(client: Client) -> list[str]:
    html = client.get(reverse("web:queue")).content.decode()
    return re.findall(r'id="own-\d+" href="[^"]*"[^>]*>([^<]+)<', html)


def save(client: Client, name: str, query: str = "status=submitted", once: str = "") -> int:
    return client.post(reverse("web:staff_views_save"), {"name": name, "query": query, "once": once or name}).status_code


def change(client: Client, name: str, /, **form: str) -> int:
    key = SavedView.objects.get(name=name).pk
    return client.post(reverse("web:staff_views_change", args=[key]), form).status_code


def test_a_view_is_kept_with_its_filters_and_shown_as_chosen(world: World, staff: Callable[..., Client]) -> None:
    client = staff("agent")
    form = {"name": " 待审  自营 ", "query": "status=submitted&nonsense=1&after=x", "once": "a"}
    answer = client.post(reverse("web:staff_views_save"), form)
    assert answer["Location"] == "/staff/?status=submitted"
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("待审 自营", "status=submitted")
    html = client.get("/staff/?status=submitted").content.decode()
    assert re.search(r'id="own-\d+" href="/staff/\?status=submitted" aria-current="page">待审 自营<', html)


def test_a_double_click_and_the_same_name_again_keep_one_view(world: World, staff: Callable[..., Client]) -> None:
    client = staff("agent")
    assert [save(client, "待审", once="k"), save(client, "待审", once="k"), save(client, "待审", "due=overdue")] == [302, 302, 302]
    assert SavedView.objects.get().query == "due=overdue"


def test_a_name_must_be_there_and_not_too_long(world: World, staff: Callable[..., Client]) -> None:
    client = staff("agent")
    assert [save(client, "  "), save(client, "长" * 41)] == [422, 422]
    assert SavedView.objects.count() == 0


def test_views_are_renamed_ordered_and_deleted(world: World, staff: Callable[..., Client]) -> None:
    client = staff("agent")
    for name in ("一", "二", "三"):
        save(client, name)
    assert names(client) == ["一", "二", "三"]
    change(client, "三", act="0")
    assert names(client) == ["三", "一", "二"]
    change(client, "三", act="1")
    assert names(client) == ["一", "三", "二"]
    change(client, "三", act="rename", name="第三")
    assert names(client) == ["一", "第三", "二"]
    assert change(client, "二", act="rename", name="一") == 422
    change(client, "一", act="delete")
    assert names(client) == ["第三", "二"]


def test_somebody_elses_view_is_not_there(world: World, staff: Callable[..., Client]) -> None:
    save(staff("agent"), "我的")
    other = staff("supervisor")
    assert names(other) == []
    for form in ({"act": "delete"}, {"act": "rename", "name": "x"}, {"act": "0"}):
        assert change(other, "我的", **form) == 404
    assert SavedView.objects.get().name == "我的"


def test_there_is_a_most_of_views(world: World, staff: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_actions, "VIEWS_MAX", 2)
    client = staff("agent")
    assert [save(client, name) for name in ("一", "二", "三")] == [302, 302, 409]
    assert names(client) == ["一", "二"]
