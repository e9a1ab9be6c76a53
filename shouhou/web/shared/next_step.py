"""The one obvious next action of the buyer, the quiet others, and where each leads: whose turn then, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shouhou.cases.clocks import instant_of
from shouhou.cases.conditions import CONDITIONS
from shouhou.cases.confirmed import unconfirmed
from shouhou.cases.rows import CaseRow
from shouhou.cases.terms import terms_of
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Move, State, Text
from shouhou.policy.queries import calendar_now
from shouhou.web.labels import side_label
from shouhou.web.page import said
from shouhou.web.shared.clock_words import first_due
from shouhou.web.shared.service_words import headline_words, leads_words, limit_words

BY_METHOD = {"pickup": "book_pickup", "ship_back": "ship", "drop_off": "drop_off"}
# A choice between two is shown as two buttons: nobody is nudged into giving money away.
RIVALS = {
    "consent": "refuse_deduction", "accept_offer": "decline_offer", "accept_quote": "decline_quote",
    "take_substitute": "refund_instead", "take_partial": "refuse_partial", "take_proposal": "refuse_proposal",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A move the buyer may make: what it does, who acts then and the latest instant at which something happens."""

    move: Move
    label: str
    leads: str
    turn: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Instead:
    """A move that goes on in another service: its label, the service, what changes, the state it goes on in."""

    move: Move
    label: str
    service: str
    leads: str
    then: str


# What goes into the parcel is said before it is closed.
FIRST = "confirm_sending"
CONFIRM_FIRST = Text("请先确认要寄回的商品，再寄出", "Confirm what you send, then send it")
# Only the buyer can say where a refund goes that its own means do not take.
MEANWHILE = "choose_route"


def main_move(case: CaseRow, moves: Iterable[Move]) -> Move | None:
    """What the page asks for; while it is somebody else's turn only what the money waits for."""
    if case.waits_on != "consumer":
        return next((move for move in moves if move.name == MEANWHILE and not case.details.get("route")), None)
    calm = [move for move in moves if not move.danger and move.to_service is None]
    if unconfirmed(case) and case.return_method == "ship_back" and (first := next((move for move in calm if move.name == FIRST), None)):
        return first
    wished = BY_METHOD.get(case.return_method)
    return next((move for move in calm if move.name == wished), None) or next((move for move in calm if move.primary), None)


def step(move: Move, case: CaseRow, *, now: datetime) -> Step:
    """The move told before it is made."""
    state = WORKFLOWS[move.to_service or case.service].state(move.target) if move.target else None
    return Step(
        move, said(move.label), said(leads_words(case.service, move, here=case.goods_received and not case.rest_sent)),
        side_label(state.waits_on, "consumer") if state and state.waits_on else "",
        _until(state, case, now=now) if state and move.target != case.status else None,
    )  # fmt: skip


def conversion(move: Move, case: CaseRow, *, now: datetime) -> Instead:
    """A change of service on the same case: which one, what it needs and where it goes on."""
    goal = WORKFLOWS[str(move.to_service)]
    told = step(move, case, now=now)
    # Where the effect may choose among several states, none is promised.
    then = said(goal.state(move.target).label) if move.target and not move.or_to else ""
    return Instead(move, told.label, said(goal.label), told.leads, then)


def headline(case: CaseRow) -> str:
    """The page's one big sentence."""
    if case.status == "awaiting_goods" and case.return_method == "ship_back" and unconfirmed(case):
        return said(CONFIRM_FIRST)
    return said(headline_words(case.service, case.status, case.return_method))


def at_limit(case: CaseRow) -> str:
    """What happens by itself at the next limit."""
    row = first_due(case)
    return "" if row is None else said(limit_words(case.service, row.on_breach))


def _until(state: State, case: CaseRow, *, now: datetime) -> datetime | None:
    """The first limit of the state, were it entered now."""
    terms, calendar = terms_of(case), calendar_now()
    held = {row.name: row for row in case.deadlines}
    ends = [
        held[limit.name].due_at if limit.name in held
        else instant_of(limit.term, case, terms=terms, calendar=calendar, start=getattr(case, limit.since or "") or now
                        if limit.since else now)
        for limit in state.own_limits
        if limit.when is None or CONDITIONS[limit.when](case, terms)
    ]  # fmt: skip
    return min((end for end in ends if end >= now), default=None)
