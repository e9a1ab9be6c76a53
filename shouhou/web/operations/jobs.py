"""The job queue: what waits, what failed, by queue; a failed job is taken up again by a button."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.queue import ProcrastinateJob, last_events, queues, retry_job
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import new_key, once

PAGE_SIZE = 50
STATES = {
    "failed": Text("失败", "failed"), "doing": Text("进行中", "running"), "todo": Text("等待", "waiting"),
}  # fmt: skip
TONES = {"failed": "bad", "doing": "turn", "todo": "wait"}
# What a job is about is shown by these only: other arguments may be a secret (a sign-in code).
TOLD = ("notice_id", "delivery_id", "part_id", "event_seq", "pickup_id", "parcel_id", "case_id", "order_id", "number", "attempts")


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    status: str = ""
    queue: str = ""
    before: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        status, before = query.get("status", ""), query.get("before", "")
        return cls(
            status=status if status in STATES else "", queue=query.get("queue", "").replace("\x00", "")[:128],
            before=before if before.isdecimal() and len(before) <= 18 else "",
        )  # fmt: skip


@operations_door
def jobs(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Jobs that are not done, the newest first."""
    filters, counts = Filters.of(request.GET), queues()
    found = _found(filters)
    if filters.before:
        found = found.filter(id__lt=int(filters.before))
    rows = list(found[: PAGE_SIZE + 1])
    seen = last_events([row.id for row in rows])
    totals = {state: sum(count for _, name, count, _ in counts if name == state) for state in STATES}
    views = [{"label": _("全部"), "address": filters.address(status="", before=""), "count": sum(totals.values()),
              "here": not filters.status}]  # fmt: skip
    views += [
        {"label": said(STATES[state]), "address": filters.address(status=state, before=""), "count": totals[state],
         "here": filters.status == state, "bad": state == "failed" and totals[state] > 0}
        for state in STATES
    ]  # fmt: skip
    context = {
        "filters": filters, "views": views, "once": new_key(), "rows": [_row(row, seen.get(row.id)) for row in rows[:PAGE_SIZE]],
        "queues": [(name, name == filters.queue) for name in sorted({name for name, *_rest in counts} | {filters.queue} - {""})],
        "first": filters.address(before="") if filters.before else "", "export": filters.address(before=""),
        "next": filters.address(before=str(rows[PAGE_SIZE - 1].id)) if len(rows) > PAGE_SIZE else "",
    }  # fmt: skip
    return operations_page(request, "jobs", context, actor=actor, place="ops_jobs")


@operations_door
def jobs_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same list, whole; without what a job is told beyond what the page shows."""
    columns = [
        Column("#", "number"), Column(_("任务"), width=30), Column(_("队列")), Column(_("状态")), Column(_("次数"), "number"),
        Column(_("计划"), "instant", 20), Column(_("对象"), width=24),
    ]  # fmt: skip
    rows = (
        (job.id, job.task_name, job.queue_name, said(STATES[job.status]), job.attempts, job.scheduled_at, _about(job))
        for job in _found(Filters.of(request.GET)).iterator(chunk_size=500)
    )
    return exported("jobs", form, columns=columns, rows=rows)


@require_POST
@operations_door
def retry(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Take a failed job up again. Raises Refused when it has not failed."""
    now = clock.now()

    def act() -> str:
        retry_job(number, actor=actor, now=now)
        return "done"

    once(request.POST.get("once", ""), act, actor=actor, now=now)
    messages.success(request, _("任务 %(id)s 已重新排队。") % {"id": number})
    return redirect(reverse("web:ops_jobs") + "?status=failed")


def _found(filters: Filters) -> QuerySet[ProcrastinateJob]:
    """Newest first."""
    found = ProcrastinateJob.objects.filter(status__in=[filters.status] if filters.status else list(STATES)).order_by("-id")
    return found.filter(queue_name=filters.queue) if filters.queue else found


def _about(job: ProcrastinateJob) -> str:
    return ", ".join(f"{name} {job.args[name]}" for name in TOLD if name in job.args)


def _row(job: ProcrastinateJob, seen: Any) -> dict[str, Any]:
    return {
        "job": job, "state": said(STATES[job.status]), "tone": TONES[job.status], "about": _about(job), "seen": seen,
        "again": job.status == "failed",
    }  # fmt: skip
