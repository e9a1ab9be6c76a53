"""Stated facts of the smaller groups answered by the rules the house itself uses."""

from collections.abc import Mapping
from datetime import date, datetime

from shouhou.foundation.days import Calendar, epoch_day
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import refused
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.decide import BAD_FACT, Decision, Facts, decide
from shouhou.policy.library import DEFAULT_BOOK, shipped
from shouhou.policy.rules import limits as clocks
from shouhou.policy.rules.depreciation import depreciation
from shouhou.policy.rules.duration import case_duration
from shouhou.policy.rules.freight import freight_bill, send_back_payer
from shouhou.policy.rules.governance import suspension
from shouhou.policy.rules.insurance import freight_claim
from shouhou.policy.rules.invoice import reversal
from shouhou.policy.rules.membership import privileges
from shouhou.policy.rules.overlay import BOOK_OF, short_term_rejection, withdrawal, withdrawal_refund
from shouhou.policy.rules.paid_repair import repair_charge
from shouhou.policy.rules.pickup import pickup_offer
from shouhou.policy.rules.policy_version import DatedValue, pinned
from shouhou.policy.rules.satisfaction import satisfaction
from shouhou.policy.rules.warranty import Repair, Warranty, extended_end, warranty_end
from shouhou.policy.stated import Stated

NOTHING = Money(0)
SOME_DAY = epoch_day(date(2025, 3, 10))
Vector = Mapping[str, object]
Answer = dict[str, object]


def pickup(vector: Vector) -> Answer:
    """pickup, fee, method, return_leg from {channel, reason, day, approved, in_own_area, force_majeure}."""
    facts = Stated(vector).part("facts")
    decision = _decision(facts, _book(vector))
    offer = pickup_offer(decision.pickup)
    return {
        "pickup": offer.answer, "method": offer.method, "fee": offer.fee.decimal if offer.fee else _zero(offer.answer),
        "return_leg": decision.freight["return_leg"], "right": "unaffected",
    }  # fmt: skip


def freight(vector: Vector) -> Answer:
    """customer_pays, reimbursed, payer, recharge from {channel, reason, service, method, return_freight, outbound_freight}."""
    facts = Stated(vector).part("facts")
    service = "send_back" if "send_back" in facts.facts.values() else facts.word("service", "return")
    back = facts.money("return_freight", NOTHING)
    out = facts.money(facts.first("outbound_freight", "send_back_freight", "freight"), NOTHING)
    if service == "send_back":
        fault = facts.word(facts.like("fault"), "customer")
        payers = {"outbound": send_back_payer(fault=fault), "return_leg": send_back_payer(fault=fault)}
    else:
        payers = _decision(facts, _book(vector)).freight
    bill = freight_bill(
        payers, service=service, self_mailed=facts.word("method", "mail") == "mail", return_freight=back, outbound_freight=out
    )
    return {
        "customer_pays": bill.customer_pays.decimal, "reimbursed": bill.reimbursed.decimal, "payer": bill.payer,
        "recharge": bill.recharge, "return_leg": payers["return_leg"], "outbound": payers["outbound"],
    }  # fmt: skip


def insurance(vector: Vector) -> Answer:
    facts = Stated(vector).part("facts")
    book, channel = _book(vector), facts.word("channel", "third")
    actual = facts.money(facts.first("actual", "return_freight"), NOTHING)
    claim = freight_claim(
        channel=channel, insured=facts.flag("insured", False), steps=facts.words("steps"), actual=actual,
        standard=facts.money("standard", actual), mode=facts.word("mode", str(book.choice("insurance_mode"))),
        claimed_before=_count(facts, facts.like("claim", "already", "previous")),
        completed_at=facts.at_or_none("completed_at"), review_hours=book.term("insurer_hours"),
    )  # fmt: skip
    attachable: Answer = {"attachable": channel == "third", "insured": channel == "third" and facts.flag("insured", False)}
    if claim is None:
        return {"claim": "none", "payout": NOTHING.decimal, "customer_bears": actual.decimal, **attachable}
    return {
        "claim": "created", "payout": claim.payout.decimal, "customer_bears": claim.customer_bears.decimal,
        "created_at": _iso(claim.created_at), "due": _iso(claim.due_at), "legs": 1, **attachable,
    }  # fmt: skip


def sla(vector: Vector) -> Answer:
    """due, target, outer, statutory, illegal_after as far as the kind has them; breached when it is done."""
    stated = Stated(vector)
    kind, started_at, done_at = stated.word("kind"), stated.at("start"), stated.at_or_none("done")
    book_id, kind = clocks.BOOK_OF.get(kind, (stated.word("policy", DEFAULT_BOOK), kind))
    found = clocks.limits(kind, book=shipped(book_id), started_at=started_at, calendar=stated.calendar())
    answer: Answer = {name: _iso(at) for name, at in found.items()}
    answer["breached"] = done_at > found["due"] if done_at else None
    return answer


def paid_repair(vector: Vector) -> Answer:
    facts = Stated(vector).part("facts")
    found = repair_charge(
        parts=facts.money("parts", NOTHING), labour=facts.money("labour", NOTHING), accepted=facts.flag("accepted", False)
    )
    return {"charge": found.charge.decimal, "quote": found.quote.decimal, "status": found.status}


def depreciated(vector: Vector) -> Answer:
    facts = Stated(vector).part("facts")
    found = depreciation(
        facts.money("price"), daily_rate=facts.decimal("rate"), invoiced_on=facts.day("invoice"),
        returned_on=facts.day("returned"), repair_days=facts.number("repair_days", 0),
        replacement_available=facts.flag("replacement_available", True),
    )  # fmt: skip
    return {"days": found.days, "depreciation": found.amount.decimal, "refund": found.refund.decimal}


def warranty(vector: Vector) -> Answer:
    stated = Stated(vector)
    facts = stated.part("facts")
    repairs = tuple(
        Repair(entry.day("in"), entry.day_or_none("out"), entry.word("fault", "-"), entry.word("cause_of_delay", "repairer"))
        for entry in facts.parts("repairs")
    )
    held = Warranty(
        facts.day("start"), facts.day_or_none(facts.like("install")),
        facts.day_or_none(facts.like("replac", "exchang")), repairs, facts.number("extended_months", 0),
    )  # fmt: skip
    book, calendar = _book(vector), (facts if "holidays" in facts else stated).calendar()
    months = facts.number("months") if "months" in facts else book.term("warranty_months", category=facts.word("category"))
    base = warranty_end(held, months=months, calendar=calendar)
    end = extended_end(held, months=months, calendar=calendar) or base
    begins = held.begins
    return {
        "end": end.isoformat() if end else None, "base_end": base.isoformat() if base else None,
        "start": begins.isoformat() if begins else None,
    }  # fmt: skip


def membership(vector: Vector) -> Answer:
    facts = Stated(vector).part("facts")
    found = privileges(
        member_at_order=facts.flag("member_at_order", False), member_now=facts.flag("member_now", False),
        service=facts.word("service", "-"), reason=facts.word("reason", "-"), defect_status=facts.word("defect", "-"),
    )  # fmt: skip
    return {"priority": found.priority, "queue": found.queue, "advance_replacement": found.advance_replacement}


def policy_version(vector: Vector) -> Answer:
    facts = Stated(vector).part("facts")
    versions = []
    for entry in facts.parts("versions"):
        number = entry.number("v") if isinstance(entry.facts.get("v"), int) else entry.word("v")
        versions.append(DatedValue(number, entry.day("from"), entry.number("exchange_days")))
    found = pinned(versions, ordered_on=facts.day("ordered"), floor_days=facts.number("floor_exchange_days", 0))
    answer: Answer = {"version": found.version, "exchange_days": found.days, "raised_by": found.raised_by}
    if "requested_day" in facts:
        answer["exchange"] = "allow" if facts.number("requested_day") <= found.days else "deny"
    return answer


def satisfied(vector: Vector) -> Answer:
    facts = Stated(vector).part("facts")
    found = satisfaction(
        very=facts.number("very", 0), ok=facts.number("ok", 0), total=facts.number("total", 0),
        threshold_percent=_book(vector).term("satisfaction_percent"),
    )  # fmt: skip
    return {"score": found.score, "result": found.result}


def kpi(vector: Vector) -> Answer:
    facts = Stated(vector).part("facts")
    found = case_duration(
        submitted_at=facts.at("submitted"), resolved_at=facts.at_or_none("resolved"),
        reopened_at=facts.at_or_none("reopened"), resolved_again_at=facts.at_or_none("resolved_again"),
    )  # fmt: skip
    return {"hours": found.hours, "state": found.state}


def governance(vector: Vector) -> Answer:
    stated = Stated(vector)
    facts = stated.part("facts")
    cases = facts.number("open_cases", 0) if not isinstance(facts.facts.get("open_cases"), list) else len(facts.entries("open_cases"))
    found = suspension(
        trigger=facts.word("trigger", "-"), verified=facts.flag("verified", False), decided_at=facts.at_or_none("decided_at"),
        calendar=(facts if "holidays" in facts else stated).calendar(), open_cases=cases,
    )  # fmt: skip
    return {
        "suspend": "allow" if found.allowed else "deny", "publish_due": _iso(found.publish_due_at),
        "appeal": found.appeal, "reassigned": found.cases_reassigned,
        "open_cases": "reassigned" if found.allowed else "unchanged",
    }  # fmt: skip


def invoice(vector: Vector) -> Answer:
    facts = Stated(vector).part("facts")
    found = reversal(
        invoiced=facts.money("invoiced"), refund=facts.money("refund"), cause=facts.word("cause", "return"),
        already_red=facts.money(facts.first("already_red", "reversed"), NOTHING),
    )  # fmt: skip
    return {"red": found.red.decimal, "reason": found.reason}


def overlay(vector: Vector) -> Answer:
    facts = Stated(vector).part("facts")
    jurisdiction = facts.word("jurisdiction", "CN")
    if jurisdiction not in BOOK_OF:
        raise refused(BAD_FACT, fact="facts.jurisdiction", value=jurisdiction[:60])
    book, answer = shipped(BOOK_OF[jurisdiction]), Answer()
    if "received" in facts:
        answer |= _rights(facts, book)
    price = facts.first("paid", "price", "goods", "amount")
    if price in facts:
        standard = facts.money(facts.first("standard_delivery", "delivery", "outbound", "outbound_freight", "shipping"), NOTHING)
        chosen = facts.money(facts.first("express", "chosen_delivery", "delivery_paid", "express_delivery"), standard)
        refund = withdrawal_refund(book, paid=facts.money(price), delivery=chosen, standard_delivery=standard)
        answer |= {"refund": refund.decimal, "total": refund.decimal}
    return answer


def _rights(facts: Stated, book: CompiledBook) -> Answer:
    received_on, on = facts.day("received"), facts.day("at")
    informed = facts.flag(facts.first("informed", "told"), True)
    right = withdrawal(book, received_on=received_on, on=on, informed=informed)
    answer: Answer = {"withdraw": "allow" if right.open else "deny", "last_day": _day(right.last_day)}
    rejection = short_term_rejection(book, received_on=received_on, on=on, defect=facts.flag("defect", False))
    answer["reject"] = "allow" if rejection.open else "deny"
    if facts.flag("defect", False) and rejection.last_day:
        answer["last_day"] = _day(rejection.last_day)
    return answer


def _decision(facts: Stated, book: CompiledBook) -> Decision:
    """The book's own answer to stated facts: an approved quality claim is a verified one."""
    reason = book.vocabulary.means(facts.word("reason", "quality")) or facts.word("reason")
    approved = facts.flag("approved", True)
    status = facts.word("defect", "verified" if approved else "claimed") if reason == "quality" else "none"
    known = book.vocabulary.facts
    cause = facts.word("cause", "manufacturing")
    for name, word in (("reason", reason), ("defect_status", status), ("defect_cause", cause)):
        if word not in known[name].values:
            raise refused(BAD_FACT, fact=f"facts.{name}", value=word[:60])
    return decide(
        Facts(
            reason=reason, channel=facts.word("channel", "self"), category=facts.word("category", "generic"),
            at_day=SOME_DAY + facts.number("day", 0), receipt_day=SOME_DAY, window_day=SOME_DAY,
            warranty_until=SOME_DAY + facts.number("warranty_days", 365), defect_status=status, defect_cause=cause,
            in_own_area=facts.flag("in_own_area", True), force_majeure=facts.flag("force_majeure", False),
            used=None if approved or reason == "quality" else True,
        ),
        book=book,
    )  # fmt: skip


def _book(vector: Vector) -> CompiledBook:
    stated = Stated(vector)
    return shipped(stated.word("policy", DEFAULT_BOOK)).on(Calendar())


def _count(facts: Stated, key: str) -> int:
    """How many there were: a number, a list, or just that there was one."""
    value = facts.facts.get(key)
    return int(value) if isinstance(value, bool) else len(value) if isinstance(value, list) else facts.number(key, 0)


def _zero(answer: str) -> object:
    return None if answer == "not_free" else NOTHING.decimal


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


