"""One work order: the unit, what is said to be wrong, who pays, what was here before, everything done, and the next step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.cases.models import Attachment, Message
from shouhou.cases.pickup_code import pickup_code
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.loan import TECHNICIANS
from shouhou.cases.workflows.repair import FINDINGS
from shouhou.foundation.workflow import Move, Text
from shouhou.orders.models import Order
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.repairs.models import WorkOrder, WorkOrderEntry
from shouhou.repairs.queries import order_body
from shouhou.repairs.rules.faults import CAUSES, CHECKS, FAULT_TEXTS
from shouhou.repairs.rules.modes import AT_HOME
from shouhou.repairs.rules.states import RESULTS, STATES
from shouhou.web.doors import staff_door
from shouhou.web.labels import label, role_label, status_label, tone
from shouhou.web.page import language, said
from shouhou.web.shared.case_view import open_moves, reason_words, said_on
from shouhou.web.shared.decision import decision_words
from shouhou.web.shared.once import new_key
from shouhou.web.technician.board import Row, rows_of
from shouhou.web.technician.day import place_of
from shouhou.web.technician.door import bench_page, work_order_for
from shouhou.web.technician.forms import bench_form

EARLIER_MOST, ENTRIES_MOST, TALK_MOST = 20, 100, 6
STATE_WORDS: dict[str, Text] = {state.name: state.label for state in STATES}
RESULT_WORDS: dict[str, Text] = {str(code): text for code, text in RESULTS.items()}
SCOPES = {"in": Text("保内免费", "covered, free"), "out": Text("保外付费", "at the consumer's cost")}
# What is done where the unit lies; the first one that is open now is the next step.
NEXT = ("diagnose", "begin_maintenance", "quote", "part_arrived", "finish_repair", "test", "start_visit", "hand_over", "ship_repaired")
LATER = "take_job"
ENTRIES = {
    "opened": Text("登记工单", "Registered"), "placed": Text("确定方式与地点", "Mode and place settled"), "assigned": Text("接单", "Taken"),
    "taken_in": Text("收件，开始计时", "Taken in; the time begins"), "booked": Text("预约", "Appointment booked"),
    "diagnosed": Text("检测", "Diagnosed"), "scoped": Text("判定费用归属", "Who pays was settled"), "quoted": Text("报价", "Quoted"),
    "quote_accepted": Text("消费者接受报价", "Quote accepted"), "quote_declined": Text("消费者未接受报价", "Quote declined"),
    "quote_expired": Text("报价过期", "Quote expired"), "started": Text("开始维修", "Repair begun"),
    "part_ordered": Text("订购配件", "Part ordered"), "part_arrived": Text("配件到货", "Part arrived"),
    "repaired": Text("登记维修内容", "Work recorded"), "tested": Text("测试", "Tested"), "lent": Text("借出备用机", "Unit lent"),
    "unpaid": Text("逾期未付款", "Not paid in time"),
    "freed": Text("改为免费维修", "Made free of charge"), "paid": Text("已付款", "Paid"), "reopened": Text("重新检测", "Looked at again"),
    "papers_asked": Text("等待保障凭证", "Waiting for the plan's evidence"), "papers_given": Text("凭证已补充", "Evidence given"),
    "papers_missing": Text("凭证未补充", "Evidence not given"),
    "loan_returned": Text("备用机归还", "Loan unit back"), "loan_lost": Text("备用机未归还", "Loan unit lost"),
    "handed_back": Text("交还", "Handed back"), "ended": Text("结束", "Ended"),
    "missed_consumer": Text("消费者不在", "Consumer absent"), "missed_technician": Text("工程师未到", "Technician absent"),
    "cancelled_visit": Text("取消预约", "Appointment cancelled"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """A move that can be made now, as a button."""

    move: Move
    label: str
    address: str


@staff_door
def order(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The technician's page."""
    found, case = work_order_for(actor, number)
    return order_page(request, actor, found, case)


def order_page(
    request: HttpRequest, actor: Actor, found: WorkOrder, case: CaseRow, *, form: Any = None, made: Move | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    """The page, with the next step's form empty, or with the form that was just refused."""
    now = clock.now()
    moves = bench_moves(found, case, actor)
    by_name = {move.name: move for move in moves}
    fetched = made is None and bool(pickup_code(case))
    steps = () if fetched else (name for name in NEXT if name in by_name and not over_the_counter(case, name))
    move = made or next((by_name[name] for name in steps), None)
    if move is not None and form is None:
        form = bench_form(move, found, case, actor=actor, now=now)
    context = {
        **_unit(found, case, actor), **_story(found, actor, now=now), "row": rows_of([found], now=now)[0], "case": case,
        "order": found, "due_at": case.due_at, "status_now": status_label(case.service, case.status),
        "tone_now": tone(case.status, case.waits_on, actor.role), "turn": role_label(case.waits_on) if case.waits_on else "",
        "next": move, "form": form, "next_label": said(move.label) if move else "", "once": new_key(),
        "fetched": fetched and reverse("web:counter_case", args=[case.number]),
        "take": by_name.get(LATER) if found.technician != actor.who else None,
        "others": [
            Door(each, said(each.label), _address(found, case, each)) for each in moves if each is not move and each.name != LATER
        ],
    }  # fmt: skip
    return bench_page(request, actor, "order", context, tab="", status=status)


def bench_moves(found: WorkOrder, case: CaseRow, actor: Actor) -> list[Move]:
    """What can be done at the bench now: nothing on a work order that a later one has replaced."""
    if case.service != "repair" or case.details.get("work_order") != found.number:
        return []
    return [move for move in open_moves(case, actor) if move.by >= TECHNICIANS]


def over_the_counter(case: CaseRow, move: str) -> bool:
    """What is fetched goes over the counter, to the right person only; at the consumer's home the technician hands it over."""
    return move == "hand_over" and (case.details.get("mode") not in AT_HOME or bool(case.details.get("taken")))


def orders_like(found: WorkOrder, actor: Actor) -> Sequence[WorkOrder]:
    """Other work orders of the same unit: the same serial, or the same line of the same order; the newest first."""
    same = Q(line_id=found.line_id) | (Q(serial=found.serial) if found.serial else Q(pk__in=()))
    others = WorkOrder.objects.filter(same).exclude(pk=found.pk).order_by("-opened_at")
    return list((others if actor.merchant_id is None else others.filter(merchant_id=actor.merchant_id))[:EARLIER_MOST])


def _address(found: WorkOrder, case: CaseRow, move: Move) -> str:
    if over_the_counter(case, move.name):
        return reverse("web:counter_case", args=[case.number])
    return reverse("web:technician_move", args=[found.number, move.name])


def _unit(found: WorkOrder, case: CaseRow, actor: Actor) -> dict[str, Any]:
    """What it is, what is said to be wrong, who it belongs to, and what covers it."""
    item, open_address = case.items[0], found.mode in AT_HOME and found.ended_at is None
    contact = case.contact
    serials = [*item.sold_serials]
    return {
        "item": item, "sold_serials": serials, "strange": bool(found.serial and serials and found.serial not in serials),
        "fault": label(FAULT_TEXTS, found.fault) if found.fault else "", "reason": reason_words(case.reason),
        "decision": decision_words(case), "scope": said(SCOPES[found.scope]) if found.scope else "",
        "guaranteed_until": case.details.get("guaranteed_until"), "rights": case.details.get("rights") or [],
        "files": _files(case), "talk": _talk(case, actor),
        "buyer": str(contact.get("name", "")) if open_address else mask_name(str(contact.get("name", ""))),
        "phone": str(contact.get("phone", "")) if open_address else mask_phone(str(contact.get("phone", ""))),
        "where": place_of(contact, Order.objects.values_list("address", flat=True).get(pk=case.order_id)) if open_address else "",
    }  # fmt: skip


def _story(found: WorkOrder, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Everything on record, in words, and what was here before."""
    body = order_body(found, language=language(), now=now, inside=True)
    for each in body["diagnoses"]:
        each |= {"finding_words": label(FINDINGS, each["finding"]), "cause_words": label(CAUSES, each["cause"] or ""),
                 "fault_words": label(FAULT_TEXTS, each["fault"] or ""),
                 "scope_words": said(SCOPES[each["scope"]]) if each["scope"] else ""}  # fmt: skip
    for each in body["tests"]:
        each["rows"] = [(label(CHECKS, code), passed) for code, passed in each["checks"].items()]
    entries = WorkOrderEntry.objects.filter(order=found).order_by("-id")[:ENTRIES_MOST]
    earlier: list[Row] = rows_of(orders_like(found, actor), now=now)
    return {
        "body": body, "days": body["days_in_repair"],
        "earlier": [{"row": row, "result": label(RESULT_WORDS, row.order.result)} for row in earlier],
        "entries": [
            {"at": entry.at, "what": label(ENTRIES, entry.what),
             "who": " ".join(filter(None, [role_label(entry.role), entry.name if entry.role != "system" else ""])),
             "told": [(_("状态"), label(STATE_WORDS, entry.to_state))] if entry.to_state != entry.from_state else []}
            for entry in entries
        ],
    }  # fmt: skip


def _talk(case: CaseRow, actor: Actor) -> list[dict[str, Any]]:
    """What people said last; what the system tells the consumer is not for the bench."""
    people = set(Message.objects.filter(case_id=case.id).exclude(role="system").values_list("id", flat=True))
    return [each for each in said_on(case, actor) if each["id"] in people][-TALK_MOST:]


def _files(case: CaseRow) -> list[dict[str, Any]]:
    found = Attachment.objects.filter(case_id=case.id, upload__erased_at=None).select_related("upload").order_by("id")
    return [
        {"token": each.upload.token, "name": each.upload.name, "image": each.upload.content_type.startswith("image/")} for each in found
    ]
