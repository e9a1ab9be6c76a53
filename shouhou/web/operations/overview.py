"""The first page of operations: what needs a person now, and how the installation is."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.accounts.lockout import lockouts
from shouhou.accounts.models import User
from shouhou.notifications.models import Notice
from shouhou.notifications.queries import waiting
from shouhou.payments.queries import stuck
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.queue import ProcrastinateJob
from shouhou.web.operations import ports
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import said

TONES = {"ok": "good", "warn": "wait", "bad": "bad"}
ORDER = ("bad", "warn", "ok")


@operations_door
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    now = clock.now()
    levels = {"ok": _("正常"), "warn": _("注意"), "bad": _("故障")}
    findings = sorted(ports.health(now), key=lambda each: ORDER.index(each.level))
    context = {
        "figures": _figures(now),
        "findings": [
            {"tone": TONES[each.level], "level": levels[each.level], "said": said(each.said), "advice": said(each.advice)}
            for each in findings
        ],
        "wrong": sum(each.level != "ok" for each in findings),
    }  # fmt: skip
    return operations_page(request, "overview", context, actor=actor, place="operations")


def _figures(now: datetime) -> list[dict[str, Any]]:
    """Counts that are links; `bad` when a person should look."""
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    waits = ProcrastinateJob.objects.filter(status__in=("todo", "doing")).count()
    figures = (
        (_("失败的任务"), failed, reverse("web:ops_jobs") + "?status=failed", failed > 0),
        (_("等待中的任务"), waits, reverse("web:ops_jobs") + "?status=todo", False),
        (_("卡住的通知"), waiting(now).count() + Notice.objects.filter(state="failed").count(),
         reverse("web:ops_stuck") + "?kind=notices", True),
        (_("卡住的退款"), len(stuck(now=now)), reverse("web:ops_stuck") + "?kind=refunds", True),
        (_("卡住的 Webhook"), len(ports.webhooks(now)), reverse("web:ops_stuck") + "?kind=webhooks", True),
        (_("登录锁定"), len(lockouts(now=now)), reverse("web:ops_people") + "#lockouts", True),
        (_("在职员工"), User.objects.filter(is_active=True).count(), reverse("web:ops_people"), False),
    )  # fmt: skip
    return [
        {"label": label, "count": count, "address": address, "bad": bad and count > 0} for label, count, address, bad in figures
    ]
