"""One limit of a case explained second by second: what was counted, what was not and why, and the sum that gives the due instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.models import Deadline, HistoryEntry
from shouhou.cases.rows import CaseRow
from shouhou.cases.terms import terms_of
from shouhou.cases.workflows import WORKFLOWS, move_named, state_named
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock as clocks
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import calendar_now, compiled
from shouhou.web.doors import staff_door
from shouhou.web.labels import DEADLINE_STATES, label, limit_label, role_label, status_label
from shouhou.web.page import page, said
from shouhou.web.staff.reckoning import Reckoning, Stretch, reckon, unit_of
from shouhou.web.templatetags.words import day as day_words

NAME_MOST, SCALE = 40, 1000
UNITS = {
    "hours": Text("小时（自然时间）", "hours (calendar time)"), "days": Text("天（自然日）", "days (calendar days)"),
    "workdays": Text("个工作日", "working days"),
}  # fmt: skip
WHATS = {
    "ran": Text("计时", "Counted"), "paused": Text("暂停，不计时", "Stood still, not counted"),
    "over": Text("超时", "Overrun"),
}  # fmt: skip
DAYS = {
    "start": Text("起算日，不计入", "the day it starts: not counted"), "counted": Text("计入", "counted"),
    "makeup": Text("调休上班，计入", "make-up working day: counted"), "weekend": Text("周末，不计入", "weekend: not counted"),
    "holiday": Text("法定节假日，不计入", "public holiday: not counted"),
    "rolled": Text("届满日是法定节假日，顺延", "it would end on a public holiday: moved on"),
    "capped": Text("到法定最长期限为止", "the statutory longest period ends here"),
}  # fmt: skip
WEEKDAYS = tuple(Text(zh, en) for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the bar, in thousandths of its width."""

    kind: str
    x: int
    width: int


@staff_door
def clock(request: HttpRequest, actor: Actor, number: str, name: str) -> HttpResponse:
    """The latest run of the limit, or with `?run=` an earlier one."""
    case, now = case_for(actor, number), clocks.now()
    runs = list(Deadline.objects.filter(case_id=case.id, name=name[:NAME_MOST]).order_by("-id")[:20])
    wanted = request.GET.get("run", "")
    row = next((each for each in runs if str(each.pk) == wanted), runs[0] if runs else None)
    if row is None:
        raise Http404("no such limit")
    context = {
        "here": "queue", "case": case, "runs": runs if len(runs) > 1 else [], "row": row,
        "service": WORKFLOWS[case.service].label, **clock_words(case, row, now=now),
    }  # fmt: skip
    return page(request, "staff/clock.html", context, actor=actor)


def limits_of(case: CaseRow, *, now: datetime) -> list[dict[str, Any]]:
    """Every limit that the case ever had, the running ones first by due instant, with its bar."""
    rows = Deadline.objects.filter(case_id=case.id)
    order = {"open": 0, "paused": 1, "breached": 2, "met": 3, "dropped": 4}
    found = []
    for row in sorted(rows, key=lambda row: (order.get(row.state, 9), row.due_at, row.pk)):
        held = _reckoning(case, row, now=now)
        found.append({
            "name": row.name, "run": row.pk, "label": limit_label(case.book, case.book_version, row.term), "state": row.state,
            "state_words": label(DEADLINE_STATES, row.state), "due_at": row.due_at, "ended_at": row.ended_at,
            "running": row.state in ("open", "paused"), "blocks": blocks(held, row, now=now), "failures": row.failures,
            "breach": _move_words(case, row.on_breach), "waits_on": role_label(row.waits_on) if row.waits_on else "",
        })  # fmt: skip
    return found


def clock_words(case: CaseRow, row: Deadline, *, now: datetime) -> dict[str, Any]:
    """The account in words: term and its source, intervals, days, the sum, the bar."""
    held, book = _reckoning(case, row, now=now), compiled(case.book, case.book_version)
    term = book.terms.terms[row.term]
    moments = {entry.at: entry for entry in HistoryEntry.objects.filter(case_id=case.id).order_by("version")}
    return {
        "label": said(term.label), "state": label(DEADLINE_STATES, row.state), "amount": held.amount, "unit": said(UNITS[held.unit]),
        "sources": [said(book.vocabulary.sources[each].title) for each in term.sources if each.startswith("L-")],
        "breach": _move_words(case, row.on_breach), "running": row.state == "open", "paused": row.state == "paused",
        "stretches": [_stretch(each, case, moments) for each in held.stretches],
        "extensions": [{"at": exact(each.at), "hours": each.hours, "why": each.why} for each in held.extensions],
        "days": [_day(each) for each in held.days], "sum": _sum(held), "blocks": blocks(held, row, now=now),
        "counted": hms(held.counted_seconds), "counted_seconds": held.counted_seconds,
        "still": hms(held.paused_seconds), "still_seconds": held.paused_seconds,
        "due": exact(row.due_at), "ended": exact(row.ended_at) if row.ended_at else "",
        "left_exact": hms(int((row.due_at - now).total_seconds())) if row.state == "open" else "",
        "left_seconds": int((row.due_at - now).total_seconds()) if row.state == "open" else None,
        "moved": "" if abs(held.due_at - row.due_at) < timedelta(seconds=1) else exact(held.due_at),
    }  # fmt: skip


def blocks(held: Reckoning, row: Deadline, *, now: datetime) -> list[Block]:
    """The bar from the start to the later of due and now: what ran, what stood still, what is left, what is over."""
    until = row.ended_at or now
    end = max(held.due_at, until)
    whole = max(1.0, (end - held.started_at).total_seconds())

    def place(at: datetime) -> int:
        return round(SCALE * max(0.0, (at - held.started_at).total_seconds()) / whole)

    found = [Block(each.what, place(each.start), place(each.end) - place(each.start)) for each in held.stretches]
    if until < held.due_at:
        found.append(Block("left", place(until), place(held.due_at) - place(until)))
    return [each for each in found if each.width > 0]


def exact(at: datetime) -> str:
    """To the second, in the house's time zone."""
    here = timezone.localtime(at)
    return f"{day_words(here)} {here:%H:%M:%S}"


def hms(seconds: int) -> str:
    """26:03:04: hours, minutes, seconds; the same in every language."""
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'−' if seconds < 0 else ''}{hours}:{rest // 60:02d}:{rest % 60:02d}"


def _reckoning(case: CaseRow, row: Deadline, *, now: datetime) -> Reckoning:
    terms, unit = terms_of(case), unit_of(row.term)
    capped = unit == "workdays" and row.term.startswith("refund_")
    return reckon(
        row.clock, unit=unit, amount=terms.number(row.term, channel=case.channel, reason=case.reason, member=case.tier),
        calendar=calendar_now(), until=row.ended_at or now,
        at_most_days=terms.number("refund_statutory_days") if capped else None,
    )  # fmt: skip


def _stretch(each: Stretch, case: CaseRow, moments: Mapping[datetime, HistoryEntry]) -> dict[str, Any]:
    """An interval with its reason: the state in which the case stood, and who had to act there."""
    entry = next((moments[at] for at in sorted(moments, reverse=True) if at <= each.start), None)
    why = ""
    if entry is not None:
        turn = state_named(case.service, entry.to_status).waits_on
        why = status_label(case.service, entry.to_status)
        if turn:
            why = _("%(state)s，等待%(who)s") % {"state": why, "who": role_label(turn)}
    return {
        "kind": each.what, "what": said(WHATS[each.what]), "start": exact(each.start), "end": exact(each.end),
        "span": hms(each.seconds), "seconds": each.seconds, "why": why,
    }  # fmt: skip


def _day(each: Any) -> dict[str, Any]:
    return {
        "day": day_words(each.day), "weekday": said(WEEKDAYS[each.day.weekday()]), "kind": each.kind,
        "words": said(DAYS[each.kind]), "number": each.number,
    }  # fmt: skip


def _sum(held: Reckoning) -> list[dict[str, str]]:
    """The addition whose last row is the due instant."""
    rows = [{"sign": "", "name": _("开始"), "value": exact(held.started_at)}]
    if held.unit == "hours":
        rows.append({"sign": "+", "name": _("时限"), "value": hms(held.amount * 3600)})
        if held.still:
            rows.append({"sign": "+", "name": _("暂停的时间"), "value": hms(int(held.still.total_seconds()))})
    else:
        if held.still:
            rows.append({"sign": "+", "name": _("暂停的时间"), "value": hms(int(held.still.total_seconds()))})
        counted = [each for each in held.days if each.number]
        last = held.days[-1].day
        rows.append({"sign": "+", "name": _("时限"), "value": f"{held.amount} {said(UNITS[held.unit])}"})
        if counted:
            rows.append({"sign": "→", "name": _("最后一天"), "value": day_words(counted[-1].day)})
        if any(each.kind == "rolled" for each in held.days):
            rows.append({"sign": "→", "name": _("节假日顺延至"), "value": day_words(last)})
        rows.append({"sign": "→", "name": _("当日 24 时届满（末秒）"), "value": f"{day_words(last)} 23:59:59"})
    if held.extended_hours:
        rows.append({"sign": "+", "name": _("延长"), "value": hms(held.extended_hours * 3600)})
    return [*rows, {"sign": "=", "name": _("截止"), "value": exact(held.due_at)}]


def _move_words(case: CaseRow, name: str) -> str:
    move = move_named(case.service, name)
    return said(move.label) if move else name
