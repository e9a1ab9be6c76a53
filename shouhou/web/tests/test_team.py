"""The pages of a team: what each may do there, lists as files, a form sent twice, and in both languages."""

import csv
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import User
from shouhou.cases.models import HistoryEntry
from shouhou.foundation.days import local_day
from shouhou.plumbing import clock
from shouhou.support.conversations.models import Duty
from shouhou.support.teams.models import Check, Course, Swap, Training
from shouhou.support.teams.rules.quality import DIMENSIONS
from tests.world import World

Browser = Callable[..., Client]
SCORES = dict.fromkeys(DIMENSIONS, "5")


def me(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def filed(client: Client, address: str) -> list[dict[str, str]]:
    answer: Any = client.get(address)
    return list(csv.DictReader(b"".join(answer).decode("utf-8-sig").splitlines()))


def shift(user: User) -> Duty:
    return Duty.objects.create(
        user=user, weekdays=[1, 2, 3, 4, 5, 6, 7], since=time(9), until=time(18), on_holidays=True, skills=[],
        first_day=local_day(clock.now()) - timedelta(days=9), by="x", at=clock.now(),
    )  # fmt: skip


def test_a_swap_from_asking_to_the_rota(staff: Browser) -> None:
    agent, colleague, boss = staff("agent"), staff("reviewer"), staff("supervisor")
    duty, day = shift(me(agent)), local_day(clock.now()) + timedelta(days=2)
    address = reverse("web:team_swaps")
    asked = {"once": "one", "duty": duty.pk, "day": day.isoformat(), "colleague": me(colleague).pk, "reason": "家长会", "back": ""}
    assert agent.post(address, {**asked, "reason": ""}).status_code == 422
    for _again in range(2):
        assert agent.post(address, asked).status_code == 302
    swap = Swap.objects.get()
    for client, deed, button in ((colleague, "agree", "同意替班"), (boss, "approve", "批准换班")):
        assert button in client.get(address).content.decode()
        assert button not in agent.get(address).content.decode()
        assert client.post(reverse("web:team_swap_change", args=[swap.pk, deed]), {"once": deed}).status_code == 302
    assert Duty.objects.filter(user=me(colleague), first_day=day, last_day=day).count() == 1
    assert [row["状态"] for row in filed(boss, "/staff/team/swaps.csv?shown=ended")] == ["已批准"]
    assert filed(boss, "/staff/team/swaps.csv") == []
    assert agent.post(reverse("web:team_swap_change", args=[swap.pk, "dance"])).status_code == 404


def test_courses_records_and_what_a_member_may_not(staff: Browser) -> None:
    agent, boss = staff("agent"), staff("supervisor")
    address = reverse("web:team_training")
    course = {"form": "course", "once": "c", "title_zh": "家电售后", "subject": "products", "groups": ["appliances"], "pass_score": 80,
              "valid_months": 12}  # fmt: skip
    assert agent.post(address, course).status_code == 403
    assert boss.post(address, {**course, "pass_score": 101}).status_code == 422
    assert boss.post(address, course).status_code == 302
    assert boss.post(address, {**course, "once": "d"}).status_code == 409
    assert "缺少培训" in agent.get(reverse("web:team")).content.decode()
    record = {"form": "training", "once": "t", "course": Course.objects.get().pk, "person": me(agent).pk, "score": 90,
              "taken_on": local_day(clock.now()).isoformat(), "note": "现场实操"}  # fmt: skip
    for _again in range(2):
        assert boss.post(address, record).status_code == 302
    assert Training.objects.count() == 1
    assert "持证人数" in agent.get(address).content.decode()
    assert "无欠缺" in agent.get(reverse("web:team"), {"q": me(agent).username}).content.decode()
    assert "现场实操" in agent.get(address).content.decode()
    assert [row["状态"] for row in filed(boss, "/staff/team/training.csv")] == ["证书有效"]
    assert boss.post(reverse("web:team_course_end", args=[Course.objects.get().pk]), {"once": "e"}).status_code == 302
    assert not Course.objects.get().active


def test_a_check_is_scored_told_and_answered(world: World, staff: Browser) -> None:
    agent, boss = staff("agent"), staff("supervisor")
    number = world.apply(world.order())["number"]
    HistoryEntry.objects.create(
        case_id=HistoryEntry.objects.filter(case__number=number).values_list("case_id", flat=True)[0], version=99, move="note",
        to_status="submitted", role="agent", who=f"user:{me(agent).pk}", at=clock.now(),
    )  # fmt: skip
    drawn = reverse("web:team_checks")
    assert agent.post(drawn, {"once": "x"}).status_code == 302
    assert not Check.objects.exists()
    for _again in range(2):
        assert boss.post(drawn, {"once": "x", "month": f"{local_day(clock.now()):%Y-%m}"}).status_code == 302
    check = Check.objects.get(user=me(agent))
    address = reverse("web:team_check", args=[check.pk])
    assert agent.get(address).status_code == 404
    assert boss.post(address, {**SCORES, "once": "s", "patience": "1", "note": ""}).status_code == 422
    assert boss.post(address, {**SCORES, "once": "s", "patience": "1", "note": "打断了消费者。"}).status_code == 302
    assert "打断了消费者" in agent.get(address).content.decode()
    assert agent.post(address, {"once": "r", "text": "信号不好。"}).status_code == 302
    page = boss.get(address, headers={"accept-language": "en"}).content.decode()
    assert "信号不好" in page
    (row,) = filed(boss, "/staff/team/checks.csv?shown=done")
    assert (row["单号"], row["耐心"], row["平均"]) == (number, "1", "4.2")
    assert "4.2" in agent.get(drawn).content.decode()


@pytest.mark.parametrize("role", ["agent", "auditor", "supervisor"])
def test_every_page_opens_for_who_belongs_there(staff: Browser, role: str) -> None:
    client = staff(role)
    for name in ("team", "team_swaps", "team_training", "team_checks"):
        assert client.get(reverse(f"web:{name}")).status_code == 200
        assert client.get(reverse(f"web:{name}_export", args=["xlsx"])).status_code == 200


def test_a_shop_s_manager_keeps_the_shop_s_team_and_sees_no_other(world: World, staff: Browser) -> None:
    world.order()
    boss, manager = staff("supervisor"), staff("merchant_manager", "self")
    course = {"form": "course", "once": "c", "title_zh": "本店规则", "subject": "rules", "pass_score": 80, "valid_months": 12}
    assert manager.post(reverse("web:team_training"), course).status_code == 302
    assert "本店规则" in manager.get(reverse("web:team_training")).content.decode()
    assert "本店规则" not in boss.get(reverse("web:team_training")).content.decode()
    page = manager.get(reverse("web:team")).content.decode()
    assert reverse("web:team") in page
    assert me(boss).username not in [row["人员"] for row in filed(manager, "/staff/team.csv")]
    assert boss.post(reverse("web:team_course_end", args=[Course.objects.get().pk]), {"once": "e"}).status_code == 404
