"""The door of operations: those who run the house, those who oversee it, and those who only look."""

from collections.abc import Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import View, staff_door
from shouhou.web.page import page, said

READERS = ("operations", "supervisor", "auditor")
# The whole menu; the third says what is rarely needed and stands under "more" where there is no room.
PLACES = (
    ("operations", Text("概览", "Overview"), False),
    ("ops_stuck", Text("卡住的投递", "Stuck"), False),
    ("ops_jobs", Text("任务", "Jobs"), True),
    ("ops_audit", Text("审计日志", "Audit log"), False),
    ("ops_people", Text("用户与角色", "Users"), False),
    ("ops_sign_in", Text("登录规则", "Sign-in rules"), True),
    ("ops_books", Text("政策与条款", "Policy"), False),
    ("ops_calendar", Text("日历", "Calendar"), True),
    ("ops_notices", Text("通知投递", "Notices sent"), True),
    ("ops_texts", Text("通知模板", "Notice texts"), True),
    ("ops_clocks", Text("时限与违约", "Clocks"), False),
    ("ops_conduct", Text("行为规范", "Conduct"), True),
    ("ops_help", Text("帮助中心", "Help centre"), True),
    ("ops_carriers", Text("承运商与范围", "Carriers"), False),
    ("ops_pickups", Text("取件计划", "Pickup plan"), True),
    ("ops_points", Text("服务网点", "Service points"), False),
)


def operations_door(view: View) -> View:
    """`view(request, actor, …)` for operations, supervisors and auditors of the house; for all other staff there is no such page."""

    @wraps(view)
    def inside(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if actor.role not in READERS or actor.merchant_id is not None:
            raise Http404("not theirs")
        return view(request, actor, *args, **kwargs)

    return staff_door(inside)


def operations_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, actor: Actor, place: str, status: int = 200
) -> HttpResponse:  # fmt: skip
    """The page with the menu of operations above it; `runs` tells whether this person may change master data."""
    menu = [
        {"label": said(label), "address": reverse(f"web:{name}"), "here": name == place, "under": rare and name != place}
        for name, label, rare in PLACES
    ]
    whole = {
        "here": "operations", "menu": menu, "rest": [each for each in menu if each["under"]],
        "runs": actor.role == "operations", "retries": actor.role != "auditor",
        **context,
    }  # fmt: skip
    return page(request, f"operations/{template}.html", whole, actor=actor, status=status)
