"""What is on its way and does not arrive: notices, webhooks, refunds, carriers; how long, why, and trying again."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.workflow import Text
from shouhou.logistics.models import Parcel, ParcelRequest, Pickup
from shouhou.notifications.actions import send_again
from shouhou.notifications.queries import stuck as stuck_notices
from shouhou.payments.queries import stuck as stuck_refunds
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.labels import TENDERS, label
from shouhou.web.operations import ports
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import said
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import new_key, once
from shouhou.web.templatetags.words import money

SHOWN_MOST = 100
KINDS = {
    "notices": Text("通知", "Notices"), "webhooks": Text("回调推送", "Webhooks"), "refunds": Text("退款", "Refunds"),
    "carriers": Text("承运商", "Carriers"),
}  # fmt: skip
STATES = {
    "queued": Text("等待过久", "waits too long"), "failed": Text("已放弃", "given up"), "pending": Text("等待过久", "waits too long"),
    "sent": Text("渠道未答复", "no answer from the channel"), "unknown": Text("结果未知", "outcome unknown"),
    "refused": Text("渠道拒绝", "refused by the channel"), "trouble": Text("对接故障", "trouble with the carrier"),
}  # fmt: skip
CHANNELS = {"email": Text("邮件", "Mail"), "sms": Text("短信", "Text message")}


@operations_door
def stuck(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything stuck, the oldest first, at most a hundred of a kind."""
    now, kind = clock.now(), _kind(request)
    found = {name: rows(now) for name, rows in ROWS.items()}
    shown = [row for name in found if kind in ("", name) for row in found[name]]
    views = [{"label": _("全部"), "address": "?", "count": sum(map(len, found.values())), "here": not kind}]
    views += [
        {"label": said(KINDS[name]), "address": f"?kind={name}", "count": len(rows), "here": kind == name, "bad": bool(rows)}
        for name, rows in found.items()
    ]
    context = {"views": views, "kind": kind, "rows": sorted(shown, key=lambda row: row["since"]), "once": new_key()}
    return operations_page(request, "stuck", context, actor=actor, place="ops_stuck")


@operations_door
def stuck_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same list."""
    now, kind = clock.now(), _kind(request)
    found = [row for name, rows in ROWS.items() if kind in ("", name) for row in rows(now)]
    columns = [
        Column(_("类型")), Column(_("内容"), width=36), Column(_("售后单"), width=16), Column(_("状态")), Column(_("次数"), "number"),
        Column(_("最近的错误"), width=30), Column(_("自"), "instant", 20),
    ]  # fmt: skip
    rows = (
        (said(KINDS[row["kind"]]), row["what"], row["case"], row["state"], row["tries"], row["error"], row["since"])
        for row in sorted(found, key=lambda row: row["since"])
    )
    return exported("stuck", form, columns=columns, rows=rows)


@require_POST
@operations_door
def again(request: HttpRequest, actor: Actor, kind: str, number: int) -> HttpResponse:
    """Try one of them again. Raises Refused when it is not stuck any more."""
    now, acts = clock.now(), {"notices": send_again, "webhooks": ports.redeliver}
    act = acts.get(kind)
    if act is None:
        raise Http404("nothing to try again")

    def once_more() -> str:
        act(number, actor=actor, now=now)
        return "done"

    once(request.POST.get("once", ""), once_more, actor=actor, now=now)
    messages.success(request, _("已重新投递，结果稍后可见。"))
    return redirect(reverse("web:ops_stuck") + f"?kind={kind}")


def _kind(request: HttpRequest) -> str:
    """What the address asks for; an unknown kind is all of them."""
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else ""


def _notices(now: datetime) -> list[dict[str, Any]]:
    return [
        {"kind": "notices", "id": row["id"], "what": f"{said(CHANNELS[row['channel']])} · {row['template']}", "case": row["subject"],
         "state": said(STATES[row["state"]]), "tries": row["attempts"], "error": row["trouble"], "since": row["since"], "again": True}
        for row in stuck_notices(now)
    ]  # fmt: skip


def _webhooks(now: datetime) -> list[dict[str, Any]]:
    return [
        {"kind": "webhooks", "id": row["id"], "what": row["url"], "case": "", "state": said(STATES[row["state"]]),
         "tries": row["attempts"], "error": " ".join(str(part) for part in (row["status"], row["error"]) if part),
         "since": row["since"], "again": row["state"] == "failed" and row["active"]}
        for row in ports.webhooks(now)
    ]  # fmt: skip


def _refunds(now: datetime) -> list[dict[str, Any]]:
    """To be worked in the case: what a person may do there depends on its state."""
    return [
        {"kind": "refunds", "id": 0, "case": row["subject"], "state": said(STATES.get(row["state"], STATES["pending"])),
         "what": f"{row['number']} · {label(TENDERS, row['tender'])} {money(row['amount_minor'], row['currency'])}",
         "tries": row["tries"], "error": row["code"], "since": row["since"], "again": False}
        for row in stuck_refunds(now=now)
    ]  # fmt: skip


def _carriers(now: datetime) -> list[dict[str, Any]]:
    pickups = Pickup.objects.filter(ended_at=None).exclude(trouble="").order_by("requested_at")[:SHOWN_MOST]
    parcels = Parcel.objects.filter(released_at=None, delivered_at=None).exclude(trouble="").order_by("registered_at")[:SHOWN_MOST]
    asked = ParcelRequest.objects.filter(ended_at=None).exclude(trouble="").order_by("requested_at")[:SHOWN_MOST]
    told: list[tuple[str, Pickup | Parcel | ParcelRequest, datetime]] = [(row.number, row, row.requested_at) for row in pickups]
    told += [(row.tracking_number, row, row.requested_at) for row in asked]
    told += [(f"{row.carrier} {row.tracking_number}", row, row.registered_at) for row in parcels]
    return [
        {"kind": "carriers", "id": row.pk, "what": what, "case": row.subject, "state": said(STATES["trouble"]), "tries": row.tries,
         "error": row.trouble, "since": since, "again": False}
        for what, row, since in told
    ]  # fmt: skip


ROWS = {"notices": _notices, "webhooks": _webhooks, "refunds": _refunds, "carriers": _carriers}
