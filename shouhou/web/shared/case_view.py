"""Everything a case's page shows, put into words for its reader."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.as_sold import specs_of
from shouhou.cases.clocks import explain_clock
from shouhou.cases.confirmed import confirmed, confirmed_serials, to_confirm
from shouhou.cases.evidence import message_files
from shouhou.cases.findings import findings_of
from shouhou.cases.making import allowed, possible, withheld
from shouhou.cases.models import Attachment, HistoryEntry, Message, Rating
from shouhou.cases.on_top import doubts
from shouhou.cases.parts import Part
from shouhou.cases.queries import TOLD_TO_CONSUMER
from shouhou.cases.rating import rated_until
from shouhou.cases.reasons import FAMILY
from shouhou.cases.rows import CaseRow
from shouhou.cases.todo import HOUSE_ONLY
from shouhou.cases.workflows import WORKFLOWS, move_named, state_named
from shouhou.cases.workflows.asks import DISPOSITIONS, GRADES, REJECTION_REASONS
from shouhou.cases.workflows.dispute import ALL
from shouhou.foundation.halves import half as half_for
from shouhou.foundation.workflow import STAGES, Move, Text
from shouhou.logistics.queries import parcels_of, pickups_of
from shouhou.merchants.models import ReturnAddress
from shouhou.merchants.queries import return_addresses
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.web.labels import (
    DEADLINE_STATES,
    FINDINGS,
    METHODS,
    PAYERS,
    label,
    limit_label,
    service_label,
    side_label,
    stage_label,
    status_label,
    tone,
)  # fmt: skip
from shouhou.web.page import language, said
from shouhou.web.shared.answer_words import answer_words
from shouhou.web.shared.as_sold import sold_pages
from shouhou.web.shared.charge_words import charges_shown
from shouhou.web.shared.decision import decision_words
from shouhou.web.shared.dispute_view import dispute_words
from shouhou.web.shared.freight_words import claim_of
from shouhou.web.shared.money_view import amounts_words, half, money_words, refunds_of
from shouhou.web.shared.moves import ItemFacts, MoveForm
from shouhou.web.shared.rating_view import rating_words
from shouhou.web.shared.sending import sending_words
from shouhou.web.shared.service_cards import service_cards
from shouhou.web.shared.service_facts import service_facts
from shouhou.web.shared.service_words import means_words, to_the_buyer

# States beside the way: a stage that nothing else holds is no step of the service.
DETOURS = frozenset({*ALL.split(), "partial_offered"})
SENDING = "confirm_sending"
BROKEN_OFF = frozenset({"lapsed", "cancelled"})
CUTS = frozenset({"propose_deduction", "rule_deduction"})
TIMELINE_MAX = 200
# What staff are asked in their own words, as the consumer reads it.
TOLD_AS = {"note": Text("说明", "What they say"), "what": Text("需要您补充", "What is needed from you")}
MESSAGES_MAX = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """A move this reader may make now, with its form."""

    move: Move
    label: str
    form: MoveForm


def case_view(actor: Actor, number: str, *, now: datetime) -> dict[str, Any]:
    """The whole context of a case's page. Raises CASE_NOT_FOUND."""
    case = case_for(actor, number)
    state = WORKFLOWS[case.service].state(case.status)
    reader = "consumer" if actor.role == "consumer" else "staff"
    history = list(HistoryEntry.objects.filter(case_id=case.id).order_by("-version")[:TIMELINE_MAX])
    rating = Rating.objects.filter(case_id=case.id).first()
    files, until = _files(case), rated_until(case)
    facts = service_facts(case, inside=reader == "staff")
    return {
        "case": case, "status": said(state.label), "hint": said(state.hint) if state.hint else "",
        "tone": tone(case.status, case.waits_on, reader if reader == "consumer" else actor.role),
        "service": service_label(case.service), "reason": reason_words(case.reason),
        "turn": side_label(case.waits_on, reader) if case.waits_on else "",
        "my_turn": case.waits_on == "consumer" if reader == "consumer" else False,
        "goods_back": WORKFLOWS[case.service].applying.goods,
        "charges": charges_shown(case.number), "facts": facts, "identity": sending_words(case),
        "cards": service_cards(case, inside=reader == "staff", now=now, told={name for name, _value in facts}),
        "was": service_label(case.requested_service) if case.requested_service != case.service else "",
        "as_sold": sold_pages(case), "steps": _steps(case, history),
        "limits": _limits(case, now=now, staff=reader == "staff"), "items": _items(case),
        "amounts": amounts_words(case, inside=reader == "staff"), "money": money_words(case),
        "refunds": refunds_of(case.number), "decision": decision_words(case),
        "timeline": [_event(entry, case, reader, service) for entry, service in zip(history, services_of(case, history), strict=True)],
        "said": said_on(case, actor, files=files), "dispute": dispute_words(case, history, files),
        "files": files, "address": return_address_of(case),
        "method": label(METHODS, case.return_method), "freight": label(PAYERS, case.freight_payer),
        "parcels": parcels_of(case.number), "freight_claim": claim_of(case, actor),
        "pickups": [{**pickup, "state_words": half(pickup["label"])} for pickup in pickups_of(case.number)],
        "rating": rating, "rating_words": rating_words(rating),
        "may_rate": reader == "consumer" and until is not None and now <= until, "rated_until": until,
    }  # fmt: skip


def said_on(case: CaseRow, actor: Actor, *, files: Sequence[Mapping[str, Any]] | None = None) -> list[dict[str, Any]]:
    """What was said on the case, oldest first, with the files that came with it; a consumer sees no internal notes."""
    reader = "consumer" if actor.role == "consumer" else "staff"
    messages = Message.objects.filter(case_id=case.id).order_by("-id")
    if reader == "consumer":
        messages = messages.filter(internal=False)
    held = _files(case) if files is None else files
    return [_message(message, reader, held) for message in reversed(messages[:MESSAGES_MAX])]


def reason_words(code: str) -> str:
    family = FAMILY.get(code)
    if family is None:
        return code
    detail = next((each for each in family.details if each.code == code), None)
    return said(detail.label if detail else family.label)


def offers(case: CaseRow, actor: Actor, *, windows: Mapping[str, str] | None = None) -> list[Offer]:
    """The moves open to this reader, the primary ones first."""
    found = [
        Offer(move, said(move.label), form_of(move, case, actor=actor, windows=windows))
        for move in open_moves(case, actor)
    ]
    return sorted(found, key=lambda offer: (not offer.move.primary, offer.move.danger))


def open_moves(case: CaseRow, actor: Actor) -> list[Move]:
    """What this person may do with the case now."""
    return [
        move
        for move in WORKFLOWS[case.service].moves
        if case.status in move.sources and actor.role != "system" and allowed(move, actor) and possible(move, case)
        and not withheld(move, case, actor)
    ]


def form_of(
    move: Move, case: CaseRow, *, actor: Actor, windows: Mapping[str, str] | None = None, data: Any = None, files: Any = None,
    places: Sequence[tuple[str, str]] = (),
) -> MoveForm:  # fmt: skip
    """The move's form for this case, empty or with what was sent."""
    sending = move.name == SENDING
    items = [
        ItemFacts(item.line, item.title, item.quantity, item.received_quantity, case.currency, tuple(item.sold_serials),
                  tuple(confirmed_serials(case, item.line)) if sending else ())
        for item in (to_confirm(case) if sending else case.items)
    ]
    where = _contact(case) if any(ask.type == "address" for ask in move.asks) else {}
    # Every form of a page has ids of its own; names stay as the workflow has them.
    form = MoveForm(
        move.asks, items=items, version=case.version, actor=actor, data=data, files=files,
        receipt=move.name in ("receive", "receive_more", "receive_late"), cuts=move.name in CUTS, windows=windows or {}, contact=where,
        deadlines={row.name: limit_label(case.book, case.book_version, row.term) for row in case.deadlines},
        places=places, place=str(case.contact.get("place") or ""), sending=sending, choices=_of_the_case(move, case),
    )  # fmt: skip
    form.auto_id = f"{move.name}_%s"
    if sending:
        form.initial = {**form.initial, **{name: confirmed(case).get(name, "") for name in ("accessories", "note")}}
    return form


def _of_the_case(move: Move, case: CaseRow) -> dict[str, dict[str, str]]:
    """Choices that only this case has: field → code → words. What the page as sold names, what was paid on top in an exchange."""
    found: dict[str, dict[str, str]] = {}
    if move.name == "compare_page":
        found["spec"] = {name: name for name in specs_of(case.details.get("as_sold") or {})}
    if any(ask.field == "return_address" for ask in move.asks):
        found["return_address"] = {str(each.pk): str(each) for each in return_addresses(case.merchant_id)}
    if move.name == "settle_difference":
        titles = {item.line: item.title for item in case.items}
        found["which"] = {
            code: _("%(title)s（补差价单 %(charge)s）") % {"title": titles.get(each["line"], ""), "charge": each["charge"]}
            for code, each in doubts(case).items()
        }
    return found


def return_address_of(case: CaseRow) -> ReturnAddress | None:
    return ReturnAddress.objects.filter(pk=case.return_address_id).first() if case.return_address_id else None


def _contact(case: CaseRow) -> dict[str, Any]:
    """Where a courier would come: what the application says, and what it leaves open from the order."""
    held = {} if case.contact.get("address") or not case.order_id else Order.objects.values_list("address", flat=True).get(pk=case.order_id)
    start = {"name": held.get("contact"), "phone": held.get("phone"), "region": held.get("region"), "address": held.get("address")}
    return {part: case.contact.get(part) or value or "" for part, value in start.items()}


def _steps(case: CaseRow, history: Iterable[HistoryEntry]) -> list[dict[str, str]]:
    """The stages that the service knows: done, here, to come. What only a detour leads to is shown once it was taken, and a
    stage that the case has passed by is left out."""
    workflow = WORKFLOWS[case.service]
    if case.status in BROKEN_OFF:
        return _broken_off(case, history)
    held = {state.stage for state in workflow.states if state.name not in DETOURS}
    been = {state_named(case.service, entry.to_status).stage for entry in history} | {workflow.state(workflow.start).stage}
    now, ended = STAGES.index(workflow.state(case.status).stage), workflow.state(case.status).final
    steps = []
    for place, stage in enumerate(STAGES):
        if stage not in held | been:
            continue
        state = "todo"
        if (place < now and stage in been) or (place == now and ended):
            state = "done"
        elif place == now:
            state = "here"
        elif place < now and stage == "reviewed" and not {"reject"} & {entry.move for entry in history}:
            # An approval leads straight on: the review is done although no case rests there.
            state = "done" if now >= STAGES.index("goods") and case.status not in ("cancelled", "lapsed") else "todo"
        if state == "todo" and place < now:
            continue
        steps.append({"label": stage_label(case.service, stage), "state": state})
    return steps


def _broken_off(case: CaseRow, history: Iterable[HistoryEntry]) -> list[dict[str, str]]:
    """What was done before the application ended on its way, and that it ended: it never comes to what would have followed."""
    ended = next((entry for entry in history if entry.to_status == case.status), None)
    last = state_named(case.service, ended.from_status).stage if ended and ended.from_status else STAGES[0]
    rejected = any(entry.move == "reject" for entry in history)
    done = [
        stage for place, stage in enumerate(STAGES[: STAGES.index(last)])
        if place == 0 or stage != "reviewed" or not rejected
    ] or [STAGES[0]]  # fmt: skip
    known = {state.stage for state in WORKFLOWS[case.service].states}
    steps = [{"label": stage_label(case.service, stage), "state": "done"} for stage in done if stage in known]
    return [*steps, {"label": status_label(case.service, case.status), "state": "here"}]


def _limits(case: CaseRow, *, now: datetime, staff: bool) -> list[dict[str, Any]]:
    """The running limits with the clock's own account of every stretch."""
    return [
        {
            "label": limit_label(case.book, case.book_version, row.term), "state": label(DEADLINE_STATES, row.state), "due_at": row.due_at,
            "open": row.state == "open", "clock": explain_clock(row, now=now), "term": row.term,
            "name": row.name,
        }
        for row in sorted(case.deadlines, key=lambda row: row.due_at)
        if staff or row.name not in HOUSE_ONLY
    ]  # fmt: skip


def _items(case: CaseRow) -> list[dict[str, Any]]:
    found = findings_of(case.items) if any(item.accepted_quantity is not None for item in case.items) else {}
    return [
        {
            "row": item, "finding": label(FINDINGS, item.finding) if item.finding else "",
            "grade": label(GRADES, item.grade) if item.grade else "",
            "disposition": label(DISPOSITIONS, item.disposition) if item.disposition else "",
            "parts": [_part(part) for part in found.get(item.id, ())] if len(found.get(item.id, ())) > 1 else [],
        }
        for item in case.items
    ]  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    """Units found alike, in words."""
    return {
        "it": part, "grade": label(GRADES, part.grade) if part.grade else "", "disposition": label(DISPOSITIONS, part.disposition),
        "rejected": part.verdict == "rejected", "why": label(REJECTION_REASONS, part.reason) if part.reason else "",
    }  # fmt: skip


def services_of(case: CaseRow, history: Sequence[HistoryEntry]) -> list[str]:
    """Of each entry (the newest first, as they are read) the service that the case was in once it was made."""
    found, service = [], case.requested_service
    for entry in reversed(history):
        made = WORKFLOWS[service].move(entry.move)
        service = made.to_service if made is not None and made.to_service else service
        found.append(service)
    return found[::-1] if service == case.service else [case.service] * len(history)


def _event(entry: HistoryEntry, case: CaseRow, reader: str, service: str) -> dict[str, Any]:
    move = move_named(service, entry.move)
    what = said(move.says or move.label) if move else _("提交了申请")
    asks = {ask.field: ask for ask in move.asks} if move else {}
    told = [
        (
            said(TOLD_AS.get(name, asks[name].label) if reader == "consumer" else asks[name].label),
            _half_of_system(entry, answer_words(asks[name], value, case=case)),
        )
        for name, value in entry.answers.items()
        if name in asks and value not in (None, "", [], {}) and asks[name].type != "files"
        and (reader == "staff" or name in TOLD_TO_CONSUMER)
    ]  # fmt: skip
    who = side_label(entry.role, reader)
    if reader == "staff" and entry.role != "system":
        who = f"{who} {entry.name}".strip()
    if reader == "staff" and entry.on_behalf_of and entry.role != "consumer":
        who += f" ({_('代消费者')})"
    means = means_words(service, entry.move if move else "", entry.to_status) if reader == "consumer" else None
    what = to_the_buyer(what) if reader == "consumer" else what
    return {
        "at": entry.at, "what": what, "who": who, "told": told, "status": status_label(service, entry.to_status),
        "means": said(means) if means else "",
    }  # fmt: skip


def _half_of_system(entry: HistoryEntry, words: str) -> str:
    """What the system itself writes stands in both languages: "中文 / English"."""
    return half_for(words, language()) if entry.role == "system" else words


def _message(message: Message, reader: str, files: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    mine = (message.role == "consumer") == (reader == "consumer")
    who = side_label(message.role, reader) + (f" {message.name}" if reader == "staff" and message.role != "system" else "")
    text = message.text_en if message.text_en and language() == "en" else message.text
    return {"id": message.id, "who": who, "text": text, "at": message.at, "internal": message.internal, "mine": mine,
            "files": [file for file in files if file["kind"] == message_files(message.id)]}


def _files(case: CaseRow) -> list[dict[str, Any]]:
    found = Attachment.objects.filter(case_id=case.id, upload__erased_at=None).select_related("upload").order_by("id")
    return [
        {"token": each.upload.token, "name": each.upload.name, "image": each.upload.content_type.startswith("image/"),
         "at": each.at, "role": each.role, "kind": each.kind}
        for each in found
    ]  # fmt: skip
