"""Where channels and our books differ: the work list, one difference, and what can be done about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.ledger import browse
from shouhou.ledger.wanted import Wanted
from shouhou.payments.models import Difference
from shouhou.payments.reconciliation import queries
from shouhou.payments.reconciliation.actions import asking, working
from shouhou.payments.reconciliation.daily import second_person_above
from shouhou.payments.reconciliation.rules import DIFFERENCES, NEXT, RESOLUTIONS
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.finance.door import finance_door, finance_page, version_of
from shouhou.web.finance.ledger import posting_rows
from shouhou.web.finance.ledger_filters import day_of
from shouhou.web.finance.subjects import cases_behind, who_words
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked, taken
from shouhou.web.shared.export import ROWS_MAX, Cell, Column, exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once

PAGE_SIZE = 50
TONES = {"open": "bad", "assigned": "wait", "proposed": "turn", "settled": "good"}
DEEDS = {
    "found": Text("发现差异", "difference found"), "assigned": Text("认领", "taken"), "given_back": Text("放回", "given back"),
    "asked": Text("再次询问渠道", "channel asked again"), "heard": Text("渠道答复", "the channel answered"),
    "silence": Text("渠道没有答复", "no answer from the channel"), "proposed": Text("提出了结方案，待复核", "settlement proposed"),
    "declined": Text("退回重查", "sent back"), "confirmed": Text("复核通过并入账", "approved and booked"),
    "settled": Text("了结并入账", "settled and booked"), "itself": Text("已自行一致", "agrees by itself"),
}  # fmt: skip
DONE = {
    "take": Text("已认领。", "Taken."), "release": Text("已放回待处理。", "Given back."),
    "ask": Text("已向渠道询问，答复稍后显示在下方记录中。", "The channel is being asked; its answer appears in the record below."),
    "settle": Text("已提交。", "Done."), "confirm": Text("已复核并入账。", "Approved and booked."),
    "decline": Text("已退回。", "Sent back."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DifferenceFilters(Asked):
    """`view`: what waits (usual), one's own, for a second person, settled, all."""

    USUAL: ClassVar[Mapping[str, str]] = {"view": "waiting"}

    view: str = "waiting"
    kind: str = ""
    channel: str = ""
    day: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "DifferenceFilters":
        given = taken(query, cls.__slots__)
        given["view"] = given["view"] if given["view"] in VIEWS else "waiting"
        given["kind"] = given["kind"] if given["kind"] in DIFFERENCES else ""
        given["day"] = given["day"] if day_of(given["day"]) else ""
        return cls(**given)

    def found(self, actor: Actor) -> QuerySet[Difference]:
        return queries.differences(
            state={"waiting": "unsettled", "mine": "unsettled", "second": "proposed", "settled": "settled", "all": ""}[self.view],
            assignee=actor.who if self.view == "mine" else "", kind=self.kind, channel=self.channel, day=day_of(self.day),
        )  # fmt: skip


VIEWS = {
    "waiting": Text("待了结", "To settle"), "mine": Text("我的", "Mine"), "second": Text("待复核", "For a second person"),
    "settled": Text("已了结", "Settled"), "all": Text("全部", "All"),
}  # fmt: skip


@finance_door
def differences(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The work list, oldest first."""
    filters = DifferenceFilters.of(request.GET)
    found = filters.found(actor)
    if filters.after.isascii() and filters.after.isdigit() and len(filters.after) < 19:
        found = found.filter(pk__gt=int(filters.after))
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    names, cases = who_words({row.assignee for row in rows}), cases_behind({row.subject for row in rows})
    context = {
        "filters": filters, "rows": [_row(row, names, cases) for row in rows], "waiting": queries.waiting(),
        "views": [
            {"label": said(text), "address": DifferenceFilters(view=name).address(), "here": filters.view == name}
            for name, text in VIEWS.items()
        ],
        "kinds": [(name, said(text)) for name, text in DIFFERENCES.items()],
        "channels": sorted(Difference.objects.order_by().values_list("channel", flat=True).distinct()),
        "next": filters.address(after=str(rows[-1].pk)) if more else "", "first": filters.address(after="") if filters.after else "",
        "export": filters.address(after=""), "tab": "differences", "statements": list(queries.statements()[:3]),
    }  # fmt: skip
    return finance_page(request, "differences", context, actor=actor, place="finance_reconciliation")


@finance_door
def differences_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same list as a file."""
    columns = [
        Column(_("编号"), "number", 8), Column(_("日期"), width=12), Column(_("渠道"), width=12), Column(_("差异"), width=20),
        Column(_("售后单号"), width=16), Column(_("渠道金额"), "money", 14), Column(_("我方金额"), "money", 14), Column(_("币种"), width=8),
        Column(_("状态"), width=12), Column(_("处理人"), width=14), Column(_("了结方式"), width=24), Column(_("说明"), width=40),
        Column(_("凭证"), width=30),
    ]  # fmt: skip
    return exported("differences", form, columns=columns, rows=_lines(DifferenceFilters.of(request.GET).found(actor)))


@finance_door
def difference(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Both sides of it, the next thing to do, the ways it can end, and what was done."""
    found = _found(number)
    ways, deeds = queries.ways(found), list(found.deeds.order_by("id"))
    names = who_words({deed.by for deed in deeds} | {found.assignee, found.proposed_by, found.settled_by})
    waits = found.state in working.OPEN
    booked = browse.postings(Wanted(subject=found.subject or f"difference:{found.pk}"), after=0, limit=PAGE_SIZE)
    context = {
        **_row(found, names, cases_behind([found.subject])), "now_open": waits,
        "ways": [(way, said(RESOLUTIONS[way])) for way in ways] if waits else [],
        "first_way": ways[0], "askable": found.state != "settled" and bool(found.part_id or found.charge_id),
        "mine": found.assignee == actor.who, "own": found.proposed_by == actor.who, "at_stake": working.at_stake(found),
        "above": second_person_above(found.currency), "once": new_key(),
        "resolution": said(RESOLUTIONS[found.resolution]) if found.resolution else "",
        "proposed_by": names.get(found.proposed_by, found.proposed_by), "settled_by": names.get(found.settled_by, found.settled_by),
        "deeds": [
            {"at": deed.at, "what": said(DEEDS[deed.what]) if deed.what in DEEDS else deed.what, "who": names.get(deed.by, deed.by),
             "told": [(_("内容"), deed.detail)] if deed.detail and deed.what not in ("assigned", "found") else []}
            for deed in deeds
        ],
        "postings": posting_rows(booked), "tab": "differences",
    }  # fmt: skip
    return finance_page(request, "difference", context, actor=actor, place="finance_reconciliation")


@require_POST
@finance_door
def deed(request: HttpRequest, actor: Actor, number: int, deed: str) -> HttpResponse:
    """Take it, give it back, ask the channel, settle it, approve or send back. Raises Refused when it cannot be."""
    if deed not in DONE:
        raise Http404("no such deed")
    now, told = clock.now(), request.POST
    limit = second_person_above(_found(number).currency)

    def act() -> str:
        if deed in ("take", "release"):
            working.assign_difference(number, to=actor.who if deed == "take" else "", actor=actor, now=now)
        elif deed == "ask":
            asking.ask_difference(number, actor=actor, now=now)
        elif deed == "settle":
            working.settle_difference(
                number, way=told.get("way", ""), note=told.get("note", ""), proof=told.get("proof", ""),
                second_person_above_minor=limit, actor=actor, now=now,
            )  # fmt: skip
        elif deed == "confirm":
            working.confirm_difference(number, actor=actor, now=now, version=version_of(request))
        else:
            working.decline_difference(number, note=told.get("note", ""), actor=actor, now=now)
        return "done"

    once(told.get("once", ""), act, actor=actor, now=now)
    messages.success(request, said(DONE[deed]))
    return redirect(reverse("web:finance_difference", args=[number]))


def _found(number: int) -> Difference:
    found = queries.differences().filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise Http404("no such difference")
    return found


def _row(row: Difference, names: Mapping[str, str], cases: Mapping[str, str]) -> dict[str, Any]:
    return {
        "row": row, "kind": said(DIFFERENCES[row.kind]), "next_step": said(NEXT[row.kind]),
        "state_words": half(dict(Difference.STATES)[row.state]), "tone": TONES[row.state],
        "assignee": names.get(row.assignee, row.assignee),
        "refund": row.part.refund.number if row.part else "", "charge": row.charge.number if row.charge else "",
        "case": cases.get(row.subject, ""),
    }  # fmt: skip


def _lines(found: QuerySet[Difference]) -> Iterator[list[Cell]]:
    rows = list(found[: ROWS_MAX + 1])
    names = who_words({row.assignee for row in rows})
    for row in rows:
        yield [
            row.pk, row.day.isoformat(), row.channel, said(DIFFERENCES[row.kind]), row.subject,
            Money(row.theirs_minor, row.currency).decimal, Money(row.ours_minor, row.currency).decimal, row.currency,
            half(dict(Difference.STATES)[row.state]), names.get(row.assignee, row.assignee),
            said(RESOLUTIONS[row.resolution]) if row.resolution else "", row.note, row.proof,
        ]  # fmt: skip
