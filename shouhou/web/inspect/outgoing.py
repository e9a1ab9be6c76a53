"""What has to go out: replacements, goods sent again, what was refused; by what is left of the time, scanned and shipped in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.actions import make_move
from shouhou.cases.models import Case, Deadline
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Move, Text
from shouhou.orders.models import Reservation
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.access import cases_of
from shouhou.web.doors import staff_door
from shouhou.web.inspect.bench import inspector
from shouhou.web.labels import service_label, status_label
from shouhou.web.merchant.console import ROLES, console
from shouhou.web.page import language, page, said
from shouhou.web.shared.case_view import open_moves
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.moves import ItemFacts, MoveForm
from shouhou.web.shared.once import new_key, once

PAGE_SIZE, CURSOR_MOST, NUMBER_MOST, EXPORT_CHUNK = 25, 400, 20, 500
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
REST, REST_LIMIT = "rest_to_send", "send_rest_back"
# What goes out by a limit of its own, and what may go out once somebody has decided so on the case's page.
DECIDED_ELSEWHERE = (REST, "late_goods_here")
STOCK = {
    "asking": Text("等待商城答复", "waiting for the shop"), "held": Text("已预留", "held"), "unavailable": Text("无货", "out of stock"),
    "releasing": Text("释放中", "being released"), "released": Text("已释放", "released"), "shipped": Text("已发出", "shipped"),
}  # fmt: skip
TONES = {"held": "good", "asking": "wait", "unavailable": "bad"}
NO_STOCK = ("no_stock", "substitute_offered")


@dataclass(frozen=True, slots=True)
class Going:
    """One case of which something has to go out; `form` is None while it cannot go yet."""

    case: CaseRow
    status: str
    service: str
    buyer: str
    move: Move | None
    label: str
    stock: Sequence[Mapping[str, Any]]
    form: MoveForm | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one parcel."""

    number: str
    ok: bool
    sentence: str


@staff_door
def outgoing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list; what is shipped comes from its own form."""
    inspector(actor)
    return _list_page(request, actor)


@staff_door
def ship(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every row with a waybill, each for itself and once; a wrong scan stops its own row only."""
    inspector(actor)
    if request.method != "POST":
        return _list_page(request, actor)
    key = (request.POST.get("once") or new_key())[:50]
    numbers = list(dict.fromkeys(number[:NUMBER_MOST] for number in request.POST.getlist("number")))[:PAGE_SIZE]
    wanted = [number for number in numbers if request.POST.get(f"{number}-tracking_number", "").strip()]
    sent, wrong = [], {}
    for number in wanted:
        found = case_for(actor, number)
        outcome, form = _shipped(request, actor, found, key=f"{key}:{number}")
        sent.append(outcome)
        if form is not None:
            wrong[found.number] = form
    failed = any(not each.ok for each in sent)
    return _list_page(request, actor, sent=sent, wrong=wrong, none=not wanted, status=422 if failed else 200)


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """Everything that has to go out, as a file."""
    inspector(actor)
    heads = [
        Column(_("售后单号"), width=22), Column(_("服务")), Column(_("状态"), width=24), Column(_("商品"), width=40),
        Column(_("消费者")), Column(_("到期"), "instant", 20),
    ]  # fmt: skip
    found = _due_out(actor).select_related("buyer").iterator(chunk_size=EXPORT_CHUNK)
    rows: Any = (
        (case.number, service_label(case.service), status_label(case.service, case.status), case.title, mask_name(case.buyer.name),
         case.due_at)
        for case in found
    )  # fmt: skip
    return exported("outgoing", form, columns=heads, rows=rows)


def outgoing_count(actor: Actor, *, most: int) -> int:
    """How many cases have something to go out, at most `most`."""
    return len(_due_out(actor).values_list("pk")[:most])


def sending_move(case: CaseRow, actor: Actor) -> Move | None:
    """The move with which something leaves the house now."""
    return next((move for move in open_moves(case, actor) if _sends(move)), None)


def _shipped(request: HttpRequest, actor: Actor, found: CaseRow, *, key: str) -> tuple[Sent, MoveForm | None]:
    now, move = clock.now(), sending_move(found, actor)
    name = request.POST.get(f"{found.number}-move", "")[:40]
    kind = move or WORKFLOWS[found.service].move(name)
    if kind is None or not _sends(kind):
        return Sent(found.number, False, _("当前状态不能发货，请查看最新状态。")), None
    form = _form(kind, found, actor, data=request.POST)
    if not form.is_valid():
        told = " ".join(str(each) for errors in form.errors.values() for each in errors)
        return Sent(found.number, False, told), form

    def act() -> str:
        body = make_move(
            found.number, kind.name, actor=actor, answers=form.answers(), version=form.cleaned_data["version"], now=now,
            language=language(),
        )  # fmt: skip
        return str(body["status"])

    try:
        status = once(key, act, actor=actor, now=now)
    except Refused as no:
        form.refuse(no)
        told_no = [error.en if language() == "en" else error.zh for error in no.errors]
        return Sent(found.number, False, " ".join([no.sentence(language()), *told_no])), form
    return Sent(found.number, True, status_label(found.service, status)), None


def _list_page(
    request: HttpRequest, actor: Actor, *, sent: Sequence[Sent] = (), wrong: Mapping[str, MoveForm] | None = None, none: bool = False,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    view = request.GET.get("view", "")
    found = _without_stock(actor) if view == "stock" else _due_out(actor)
    if after := request.GET.get("after", "")[:CURSOR_MOST]:
        at, last = decode_cursor(after, datetime, int)
        found = found.filter(Q(sooner__gt=at) | Q(sooner=at, id__gt=last))
    rows = list(found[: PAGE_SIZE + 1])
    following = encode_cursor(rows[PAGE_SIZE - 1].sooner, rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else ""  # type: ignore[attr-defined]
    address = reverse("web:outgoing")
    context = {
        "rows": [_going(case_for(actor, row.number), actor, wrong or {}) for row in rows[:PAGE_SIZE]],
        "sent": sent, "none": none, "view": view, "once": new_key(), "shop": actor.role in ROLES,
        "views": [
            {"label": _("待发出"), "address": address, "here": view != "stock", "count": _due_out(actor).count()},
            {"label": _("无货待处理"), "address": f"{address}?view=stock", "here": view == "stock", "count": _without_stock(actor).count()},
        ],
        "first": f"?{urlencode({'view': view})}" if after else "",
        "next": f"?{urlencode({'view': view, 'after': following})}" if following else "",
    }  # fmt: skip
    if actor.role in ROLES:
        return console(request, actor, "outgoing", context, tab="outgoing", status=status)
    return page(request, "inspect/outgoing.html", {"here": "inspect", **context}, actor=actor, status=status)


def _going(case: CaseRow, actor: Actor, wrong: Mapping[str, MoveForm]) -> Going:
    move = sending_move(case, actor)
    stock = [
        {"sku": row.sku, "quantity": row.quantity, "label": said(STOCK[row.state]), "tone": TONES.get(row.state, "plain"),
         "answer": row.answer}
        for row in Reservation.objects.filter(subject=case.number).exclude(state__in=("released", "releasing")).order_by("id")
    ]  # fmt: skip
    form = wrong.get(case.number) or (_form(move, case, actor) if move else None)
    return Going(
        case, status_label(case.service, case.status), service_label(case.service), mask_name(str(case.contact.get("name", ""))),
        move, said(move.label) if move else "", stock, form,
    )  # fmt: skip


def _form(move: Move, case: CaseRow, actor: Actor, *, data: Any = None) -> MoveForm:
    items = [ItemFacts(item.line, item.title, item.quantity, item.received_quantity, case.currency) for item in case.items]
    form = MoveForm(move.asks, items=items, version=case.version, actor=actor, data=data, prefix=case.number)
    form.use_required_attribute = False
    return form


def _sends(move: Move) -> bool:
    """Whether something leaves with it; a waybill that may be left open is of what came in."""
    return "merchant_operator" in move.by and "consumer" not in move.by and any(
        ask.field == "tracking_number" and ask.required for ask in move.asks
    )


def _due_out(actor: Actor) -> "QuerySet[Case]":
    """Cases in a state from which something leaves, the shortest time first."""
    where = Q(pk__in=Deadline.objects.filter(name=REST_LIMIT, state="open").values("case_id"))
    for service, workflow in WORKFLOWS.items():
        states = {state for move in workflow.moves if _sends(move) and move.when not in DECIDED_ELSEWHERE for state in move.sources}
        if states:
            where |= Q(service=service, status__in=sorted(states), closed_at=None)
    # What was brought to a counter is fetched there.
    return _sorted(cases_of(actor).filter(where).exclude(service="repair", details__mode="walk_in"))


def _without_stock(actor: Actor) -> "QuerySet[Case]":
    return _sorted(cases_of(actor).filter(status__in=NO_STOCK, closed_at=None))


def _sorted(found: "QuerySet[Case]") -> "QuerySet[Case]":
    return found.annotate(sooner=Coalesce("due_at", Value(NEVER))).order_by("sooner", "id")


