"""Everything the agent's page of a case shows beside what every reader of it sees."""

from datetime import datetime
from typing import Any

from shouhou.cases.access import order_for
from shouhou.cases.actions import may_claim
from shouhou.cases.models import Attachment, Case, HistoryEntry, Message
from shouhou.cases.rows import CaseRow
from shouhou.cases.todo import tasks_of
from shouhou.cases.view import contact_body
from shouhou.cases.workflows.asks import FAULTS, OVERRIDE_REASONS
from shouhou.payments.models import Refund
from shouhou.payments.rules.beside import ASIDE
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name
from shouhou.web.labels import CHANNELS, TENDERS, label, role_label
from shouhou.web.page import said
from shouhou.web.shared.case_view import case_view, open_moves
from shouhou.web.staff.clock import limits_of
from shouhou.web.staff.elsewhere import Offered, offered, work_order_of
from shouhou.web.staff.grounds import grounds_of
from shouhou.web.staff.money import ledger_of, refund_rows
from shouhou.web.staff.parcels import ladders_of, shipments_of


def dossier(actor: Actor, number: str, *, now: datetime) -> dict[str, Any]:
    """The whole context. Raises CASE_NOT_FOUND."""
    context = case_view(actor, number, now=now)
    found: CaseRow = context["case"]
    order = order_for(actor, found.order) if found.order else None
    row = Case.objects.select_related("assigned_to", "buyer").get(pk=found.id)
    lines = list(order.lines.order_by("line")) if order else []
    last_said = Message.objects.filter(case_id=found.id).order_by("-id").values_list("id", flat=True).first()
    moves, clocks = _moves(found, actor), limits_of(found, now=now)
    return context | {
        "conversions": [each for each in moves if actor.role in each.move.by and each.move.to_service],
        "moves": [each for each in moves if actor.role in each.move.by], "tasks": _tasks(found, moves),
        "behalf_moves": [each for each in moves if actor.role not in each.move.by],
        "order": order, "contact": contact_body(found, actor), "source": label(CHANNELS, found.source),
        "waits_on": role_label(found.waits_on) if found.waits_on else "", "mine": found.waits_on == actor.role,
        "lines": lines, "grounds": grounds_of(found, lines), "clocks": clocks,
        "past_clocks": any(not each["running"] for each in clocks),
        "shipments": shipments_of(order) if order else [],
        "ladders": ladders_of(order, [line for line in lines if _in(line.line, found)]) if order else [],
        "payments": [{"label": label(TENDERS, each.tender), "amount_minor": each.amount_minor}
                     for each in (order.payments.order_by("position") if order else ())],
        "refund_rows": refund_rows(found.number), "ledger": ledger_of(found.number), "row": row, "last_said": last_said or 0,
        "assigned": _assigned(row, actor), "buyer_name": mask_name(row.buyer.name),
        "fault": said(FAULTS[found.fault]) if found.fault in FAULTS else "",
        "override": said(OVERRIDE_REASONS[found.override_reason]) if found.override_reason in OVERRIDE_REASONS else "",
        "overridden": HistoryEntry.objects.filter(case_id=found.id, move="override_approve").exists(),
        "evidence": evidence_of(found), "stuck": _stuck(found),
        "contradicted": found.status == "refund_stuck" and bool(found.preview.get("contradicted")),
    }  # fmt: skip


def evidence_of(case: CaseRow) -> list[dict[str, Any]]:
    """The files of the case, pictures first, each with who gave it and when."""
    found = Attachment.objects.filter(case_id=case.id, upload__erased_at=None).select_related("upload", "item__line").order_by("id")
    rows = [
        {
            "token": each.upload.token, "name": each.upload.name or each.upload.token, "at": each.at, "who": role_label(each.role),
            "image": each.upload.content_type.startswith("image/"), "video": each.upload.content_type.startswith("video/"),
            "type": each.upload.content_type, "item": each.item.line.title if each.item else "",
        }
        for each in found
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row["image"], not row["video"]))


def _in(line: int, case: CaseRow) -> bool:
    return any(item.line == line for item in case.items)


def _assigned(row: Case, actor: Actor) -> dict[str, Any]:
    """Who works on it, and whether that is the reader."""
    person = row.assigned_to
    name = person.get_full_name() or person.get_username() if person else ""
    mine = person is not None and f"user:{person.pk}" == actor.who
    return {"name": name, "mine": mine, "may": may_claim(actor), "held": person.pk if person else "",
            "other": person is not None and not mine}  # fmt: skip


def _moves(found: CaseRow, actor: Actor) -> list[Offered]:
    """What this person may do now; what they would do in the consumer's name comes last."""
    moves = sorted(open_moves(found, actor), key=lambda move: (actor.role not in move.by, not move.primary, move.danger))
    order = work_order_of(found)
    return [each for move in moves if (each := offered(move, found, order, actor)) is not None]


def _tasks(case: CaseRow, moves: list[Offered]) -> list[dict[str, Any]]:
    """What is to be done beside the case's own turn; a link where this person may do it."""
    where = {each.move.name: each.address for each in moves}
    return [
        {"label": said(task.label), "address": where.get(task.move, ""), "due_at": task.due_at, "late": task.late}
        for task in tasks_of(case)
    ]


def _stuck(case: CaseRow) -> bool:
    return case.status == "refund_stuck" and (
        Refund.objects.filter(subject=case.number, state__in=("failed", "partly_settled")).exclude(reason__in=ASIDE).exists()
    )
