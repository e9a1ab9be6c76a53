"""What the insurer has to decide, what is due first at the top; any selection of claims, and the list as a file."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.foundation.money import Money
from shouhou.insurance.models import OPEN, FreightClaim
from shouhou.insurance.queries import CLAIM_STATES, ClaimFilter, claims, counts
from shouhou.insurance.rules.standards import ROUTES
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.insurer.door import desk_page, insurer_door
from shouhou.web.labels import label, service_label
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.once import new_key

PAGE_SIZE, CHUNK = 50, 200
SHOWN = ("open", "all")
TONES = {"received": "turn", "appealed": "wait", "approved": "wait", "paid": "good", "refused": "bad", "withdrawn": "plain"}


@dataclass(frozen=True, slots=True)
class ClaimFilters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    USUAL: ClassVar[Mapping[str, str]] = {"shown": "open"}

    q: str = ""
    state: str = ""
    late: str = ""
    shown: str = "open"
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}

    def narrowed(self, now: datetime) -> ClaimFilter:
        state = self.state if self.state in CLAIM_STATES else ""
        open_only = self.shown == "open" and not state and not self.q
        return ClaimFilter(state=state, open_only=open_only, late_at=now if self.late else None, text=self.q)


@insurer_door
def today(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Fifty a page; those that can be decided can be chosen together."""
    now, filters = clock.now(), ClaimFilters.of(request.GET)
    found, following = claims(filters.narrowed(now), actor=actor, cursor=filters.after or None, limit=PAGE_SIZE)
    context = {
        "rows": [row(each) for each in found], "filters": filters, "views": views(filters, counts(actor, now=now)),
        "states": [(code, said(text)) for code, text in CLAIM_STATES.items()], "once": new_key(),
        "choosing": actor.role == "insurer" and any(each.state in OPEN for each in found),
        "first": filters.address(after="") if filters.after else "", "next": filters.address(after=following) if following else "",
    }  # fmt: skip
    return desk_page(request, "today", context, actor=actor)


@insurer_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same selection as a file; there is no name or address of a person in it."""
    heads = [
        Column(_("理赔单号"), width=20), Column(_("售后单号"), width=20), Column(_("保单号"), width=22), Column(_("保险公司")),
        Column(_("服务")),
        Column(_("状态"), width=18), Column(_("线路")), Column(_("运单号"), width=20), Column(_("实付运费"), "number"),
        Column(_("理赔标准"), "number"), Column(_("应赔金额"), "number"), Column(_("实赔金额"), "number"), Column(_("币种")),
        Column(_("完成时间"), "instant", 20), Column(_("审核期限"), "instant", 20), Column(_("审核时间"), "instant", 20),
    ]  # fmt: skip
    narrowed = ClaimFilters.of(request.GET).narrowed(clock.now())
    return exported("freight-claims", form, columns=heads, rows=_cells(narrowed, actor))


def views(filters: ClaimFilters, waiting: Mapping[str, int]) -> list[dict[str, Any]]:
    """The fixed views with what waits in them."""
    fixed = [
        (_("待审核"), ClaimFilters(), waiting["open"], False),
        (_("已逾期"), ClaimFilters(late="1"), waiting["late"], bool(waiting["late"])),
        (_("申诉"), ClaimFilters(state="appealed"), waiting["appealed"], False),
        (_("付款中"), ClaimFilters(state="approved"), waiting["paying"], False), (_("全部"), ClaimFilters(shown="all"), None, False),
    ]  # fmt: skip
    return [
        {"label": name, "address": f"/insurer/{each.address()}", "here": each == filters, "count": count, "bad": bad}
        for name, each, count, bad in fixed
    ]


def row(claim: FreightClaim) -> dict[str, Any]:
    """One claim in words."""
    return {
        "claim": claim, "state": said(CLAIM_STATES[claim.state]), "tone": TONES[claim.state], "service": service_label(claim.service),
        "route": label(ROUTES, str(claim.facts.get("route"))), "grams": claim.facts.get("grams"), "stated": claim.facts.get("stated"),
        "open": claim.state in OPEN, "receipts": len(claim.facts.get("receipts", ())),
    }  # fmt: skip


def _cells(narrowed: ClaimFilter, actor: Actor) -> Iterator[Sequence[Cell]]:
    """Portion by portion, so that a long list stays small in memory."""
    cursor: str | None = None
    while True:
        found, cursor = claims(narrowed, actor=actor, cursor=cursor, limit=CHUNK)
        for each in found:
            amounts = (each.actual_minor, each.standard_minor, each.claimed_minor, each.payout_minor)
            yield (
                each.number, each.subject, each.policy.number, each.insurer, service_label(each.service), said(CLAIM_STATES[each.state]),
                label(ROUTES, str(each.facts.get("route"))), each.waybill,
                *(None if amount is None else Money(amount, each.currency).decimal for amount in amounts), each.currency,
                each.completed_at, each.due_at, each.decided_at,
            )  # fmt: skip
        if cursor is None:
            return
