"""What stands beside a conversation: the buyer, the order and its rights, the cases, calls and who had it before."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.entitled import entitlements
from shouhou.cases.models import Case
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_phone
from shouhou.support.conversations.access import talks_of
from shouhou.support.conversations.models import Call, Conversation
from shouhou.support.conversations.queries import hand_overs
from shouhou.support.conversations.rules.topics import DESKS, SKILLS
from shouhou.web.access import cases_of
from shouhou.web.labels import VERDICTS, label, service_label, status_label, tone
from shouhou.web.page import language, said
from shouhou.web.shared.case_view import open_moves
from shouhou.web.staff.apply import MAY_APPLY

CASES_MOST, TALKS_MOST, MOVES_MOST = 8, 5, 6
GROUNDS = {"no_reason": Text("无理由", "Without a reason"), "quality": Text("质量问题", "A defect")}


def beside(talk: Conversation, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Everything of the page that is not the talk; a shop sees its own cases and talks only."""
    mine = cases_of(actor).filter(buyer_id=talk.buyer_id).order_by("-submitted_at")
    order = talk.order
    holder = talk.assigned_to
    return {
        "buyer": talk.buyer, "phone": mask_phone(talk.buyer.phone), "order": order,
        "lines": list(order.lines.order_by("line")) if order else [], "rights": _rights(talk, actor, now=now),
        "apply": reverse("web:staff_apply_order", args=[order.number]) if order and actor.role in MAY_APPLY else "",
        "cases": [_case(row, actor) for row in mine[:CASES_MOST]], "moves": _moves(talk, actor),
        "earlier": list(talks_of(actor).filter(buyer_id=talk.buyer_id).exclude(pk=talk.pk).order_by("-last_at")[:TALKS_MOST]),
        "calls": [{"row": row, "phone": mask_phone(row.phone)} for row in Call.objects.filter(conversation=talk).order_by("-id")[:20]],
        "hands": [
            {"row": row, "words": _hand(row.what), "to": (row.to.get_full_name() or row.to.username) if row.to else "",
             "where": f"{said(DESKS[row.desk])} · {said(SKILLS[row.skill])}" if row.what == "hand" else ""}
            for row in hand_overs(talk)
        ],
        "holder": (holder.get_full_name() or holder.username) if holder else "",
        "held_by_me": holder is not None and actor.who == f"user:{holder.pk}",
        "desk": said(DESKS[talk.desk]), "skill": said(SKILLS[talk.skill]),
        "waits": talk.waiting_since if talk.waits_on == "staff" else None,
        "answered_minutes": int((talk.first_response_at - talk.opened_at).total_seconds() // 60) if talk.first_response_at else None,
    }  # fmt: skip


def _rights(talk: Conversation, actor: Actor, *, now: datetime) -> list[dict[str, Any]]:
    """Per line what can be had, without a reason and for a defect, and until when; nothing where it cannot be reckoned."""
    if talk.order is None:
        return []
    found: dict[int, dict[str, Any]] = {}
    for reason, ground in GROUNDS.items():
        try:
            body = entitlements(talk.order.number, actor=actor, reason=reason, at=now, language=language())
        except Refused:
            return []
        for line in body["lines"]:
            row = found.setdefault(line["line"], {"title": line["title"], "grounds": []})
            services = [
                {"label": service_label(each["service"]), "verdict": label(VERDICTS, each["verdict"]), "until": each["deadline"]}
                for each in line["services"] if each["offered"]
            ]  # fmt: skip
            row["grounds"].append({"label": said(ground), "services": services})
    return list(found.values())


def _case(row: Case, actor: Actor) -> dict[str, Any]:
    return {
        "row": row, "service": service_label(row.service), "status": status_label(row.service, row.status),
        "tone": tone(row.status, row.waits_on, actor.role),
    }  # fmt: skip


def _moves(talk: Conversation, actor: Actor) -> list[dict[str, str]]:
    """What this person may do with the case now."""
    if talk.case is None:
        return []
    case = case_for(actor, talk.case.number)
    return [
        {"label": said(move.label), "address": reverse("web:staff_move", args=[case.number, move.name])}
        for move in open_moves(case, actor)[:MOVES_MOST]
    ]


def _hand(what: str) -> str:
    return {"claim": _("接待"), "release": _("放回"), "hand": _("转接")}.get(what, what)
