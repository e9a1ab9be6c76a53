"""One move for many cases: choose what all of them allow, answer once, see every outcome, then run, each case for itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from psycopg import errors

from shouhou.cases.access import case_for
from shouhou.cases.actions import make_move
from shouhou.cases.refusals import MOVE_NOT_YOURS
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused, refusal, refused
from shouhou.foundation.workflow import Ask, Move
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.labels import role_label, status_label, tone
from shouhou.web.page import language, page, said
from shouhou.web.shared.case_view import open_moves
from shouhou.web.shared.moves import MoveForm
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.filters import Filters

ROWS_MAX = 100
NUMBER_MAX = 20
# What differs from case to case cannot be answered once for all.
OWN_TYPES = frozenset({"items", "files", "address", "money"})
OWN_FIELDS = frozenset({"tracking_number", "window", "deadline", "parcel", "route", "call_note"})
BULK_TOO_MANY = refusal(
    "BULK_TOO_MANY", "invalid", zh="一次最多 {most} 单，您选了 {count} 单。", en="At most {most} cases at once. You chose {count}."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A move that some of the chosen cases allow, and which."""

    move: Move
    label: str
    numbers: list[str]
    every: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became, or would become, of one case. `ok` None: not tried yet."""

    case: CaseRow
    before: str
    ok: bool | None = None
    after: str = ""
    tone: str = ""
    turn: str = ""
    sentence: str = ""


@staff_door
def bulk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose, answer, preview, run: `act` says which; every case is its own transaction and is done once."""
    given = request.POST if request.method == "POST" else request.GET
    cases = _cases(given, actor)
    context: dict[str, Any] = {"here": "queue", "cases": cases, "back": Filters.of(QueryDict(given.get("back", "")[:1000])).query}
    move = next((choice.move for choice in _choices(cases, actor) if choice.every and choice.move.name == given.get("move")), None)
    act = given.get("act", "")
    if act == "run" and request.method == "POST":
        return _run(request, actor, cases, context)
    if move is None or request.method != "POST":
        choices = _choices(cases, actor)
        context |= {"common": [each for each in choices if each.every], "partly": [each for each in choices if not each.every]}
        return _show(request, actor, {**context, "stage": "choose"})
    asks = _asks(move)
    context |= {"move": move, "label": said(move.label), "asks": asks}
    if asks and act != "preview":
        return _show(request, actor, {**context, "stage": "answer", "form": _form(asks, actor)})
    form = _form(asks, actor, request.POST if asks else QueryDict("version=0"))
    if not form.is_valid():
        return _show(request, actor, {**context, "stage": "answer", "form": form}, status=422)
    rows = [_dry(case, move, form.answers(), actor) for case in cases]
    context |= {
        "stage": "preview", "rows": rows, "key": new_key(), "answers": json.dumps(form.answers()),
        "able": sum(bool(row.ok) for row in rows), "unable": sum(not row.ok for row in rows),
    }  # fmt: skip
    return _show(request, actor, context)


def _run(request: HttpRequest, actor: Actor, cases: Sequence[CaseRow], context: dict[str, Any]) -> HttpResponse:
    """Every case for itself; asked for one row only (the page counts along), that row is the answer."""
    key, name = request.POST.get("once") or new_key(), request.POST.get("move", "")[:40]
    known = [found for workflow in WORKFLOWS.values() if (found := workflow.move(name))]
    move = next((found for found in known if actor.role in found.by), None)
    if move is None:
        raise refused(MOVE_NOT_YOURS, label=said(known[0].label) if known else name)
    answers = _answers(request.POST.get("answers", ""))
    rows = [_made(case, name, answers, actor, key=key, version=request.POST.get(f"v-{case.number}", "")) for case in cases]
    if request.headers.get("X-Row"):
        return page(request, "staff/bulk_rows.html", {"rows": rows, "ran": True}, actor=actor)
    context |= {
        "stage": "done", "rows": rows, "ran": True, "label": said(move.label),
        "able": sum(bool(row.ok) for row in rows), "unable": sum(not row.ok for row in rows),
    }  # fmt: skip
    return _show(request, actor, context)


def _show(request: HttpRequest, actor: Actor, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    queue = reverse("web:queue") + (f"?{context['back']}" if context["back"] else "")
    return page(request, "staff/bulk.html", {"queue": queue, "most": ROWS_MAX, **context}, actor=actor, status=status)


def _cases(given: QueryDict, actor: Actor) -> list[CaseRow]:
    """The chosen cases in their order. Raises CASE_NOT_FOUND for one that this person may not see, BULK_TOO_MANY."""
    numbers = list(dict.fromkeys(number[:NUMBER_MAX] for number in given.getlist("number")))
    if len(numbers) > ROWS_MAX:
        raise refused(BULK_TOO_MANY, most=ROWS_MAX, count=len(numbers))
    return [case_for(actor, number) for number in numbers]


def _choices(cases: Sequence[CaseRow], actor: Actor) -> list[Choice]:
    """The moves of the person's own role that at least one case allows; nothing in a consumer's name, case by case only."""
    found: dict[str, tuple[Move, list[str]]] = {}
    for case in cases:
        for move in open_moves(case, actor):
            if actor.role in move.by and all(not ask.required or not _own(ask) for ask in move.asks):
                first, numbers = found.get(move.name, (move, []))
                found[move.name] = (_joined(first, move), [*numbers, case.number])
    choices = [Choice(move, said(move.label), numbers, len(numbers) == len(cases)) for move, numbers in found.values()]
    return sorted(choices, key=lambda choice: (not choice.every, choice.move.danger, not choice.move.primary, -len(choice.numbers)))


def _joined(first: Move, other: Move) -> Move:
    """Services ask different things for the same move: all of it is asked once, each case takes what is its own."""
    known = {ask.field for ask in first.asks}
    more = tuple(ask for ask in other.asks if ask.field not in known)
    return replace(first, asks=first.asks + more) if more else first


def _own_answers(case: CaseRow, move: str, answers: dict[str, object]) -> dict[str, object]:
    found = WORKFLOWS[case.service].move(move)
    fields = {ask.field for ask in found.asks} if found else set()
    return {field: value for field, value in answers.items() if field in fields}


def _asks(move: Move) -> tuple[Ask, ...]:
    return tuple(ask for ask in move.asks if not _own(ask))


def _own(ask: Ask) -> bool:
    return ask.type in OWN_TYPES or ask.field in OWN_FIELDS


def _form(asks: Sequence[Ask], actor: Actor, data: QueryDict | None = None) -> MoveForm:
    return MoveForm(asks, items=(), version=0, actor=actor, data=data)


def _dry(case: CaseRow, move: Move, answers: dict[str, object], actor: Actor) -> Outcome:
    """The real move, rolled back."""
    try:
        body = make_move(
            case.number, move.name, actor=actor, answers=_own_answers(case, move.name, answers), version=case.version,
            now=clock.now(), dry_run=True, language=language(),
        )  # fmt: skip
    except Refused as no:
        return _no(case, _sentence(no))
    except OperationalError as error:
        return _no(case, _busy(error))
    return _yes(case, str(body["status"]), str(body["waits_on"] or ""), actor)


def _made(case: CaseRow, move: str, answers: dict[str, object], actor: Actor, *, key: str, version: str) -> Outcome:
    """The move itself, once under this key, and only as it was previewed."""
    now: datetime = clock.now()
    own = WORKFLOWS[case.service].move(move)
    if own is None or actor.role not in own.by:
        # The same name may stand for another service's move, which is not this person's.
        return _no(case, _sentence(refused(MOVE_NOT_YOURS, label=said(own.label) if own else move)))

    def act() -> str:
        body = make_move(
            case.number, move, actor=actor, answers=_own_answers(case, move, answers),
            version=int(version) if version.isdigit() else case.version, now=now, language=language(),
        )  # fmt: skip
        return f"{body['status']} {body['waits_on'] or ''}"

    try:
        status, _sep, turn = once(f"{key[:50]}:{case.number}", act, actor=actor, now=now).partition(" ")
    except Refused as no:
        return _no(case, _sentence(no))
    except OperationalError as error:
        return _no(case, _busy(error))
    return _yes(case, status, turn, actor)


def _yes(case: CaseRow, status: str, turn: str, actor: Actor) -> Outcome:
    return Outcome(
        case, status_label(case.service, case.status), True, status_label(case.service, status), tone(status, turn, actor.role),
        role_label(turn) if turn else "",
    )  # fmt: skip


def _no(case: CaseRow, sentence: str) -> Outcome:
    return Outcome(case, status_label(case.service, case.status), False, sentence=sentence)


def _sentence(no: Refused) -> str:
    told = [error.en if language() == "en" else error.zh for error in no.errors]
    return " ".join(told) or no.sentence(language())


def _busy(error: OperationalError) -> str:
    """Somebody else holds the case's rows: the row is refused, the others go on. Anything else is not ours to hide."""
    if isinstance(error.__cause__, errors.DeadlockDetected | errors.LockNotAvailable):
        return _("这一单正被别人处理，请稍后重试。")
    raise error


def _answers(text: str) -> dict[str, object]:
    """The previewed answers, as the page kept them; the domain judges them again."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}
