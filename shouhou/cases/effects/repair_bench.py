"""At the bench: what was found decides who pays; quote, payment, parts, what was done, test, rulings."""

from datetime import date, timedelta
from typing import Any, Literal

from shouhou.cases.answers import invalid
from shouhou.cases.clocks import instant_of
from shouhou.cases.effects import charges, endings, plan_cover, plan_papers
from shouhou.cases.effects.inspection import photos
from shouhou.cases.effects.repair import counts_from, settle_mode, stop
from shouhou.cases.effects.repair_rights import covered, decide_again, keep, open_rights
from shouhou.cases.effects.review import set_fault
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import CAUSE_REQUIRED, REPAIR_IS_FREE
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FieldError, refused
from shouhou.repairs import actions as repairs
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.queries import order_of
from shouhou.repairs.rules.faults import CUSTOMER_CAUSES, checks_of
from shouhou.repairs.rules.states import StateName

PARTS_MOST = 30
DONE_AS = {"maintenance": "maintained", "installation": "installed"}


def take_job(moving: Moving) -> None:
    repairs.assign(_number(moving), technician=moving.actor.who, name=moving.actor.name, actor=moving.actor, now=moving.now)


def diagnose(moving: Moving) -> None:
    """The technician says what is wrong and why; the book says who pays (REP-05) and what else is open (REP-11).

    Raises CAUSE_REQUIRED for a fault without cause and code.
    """
    answers, case = moving.answers, moving.case
    finding, cause = str(answers["finding"]), str(answers.get("cause", ""))
    fault = str(answers.get("fault_code") or case.details.get("fault_code") or "")
    if finding != "no_fault" and not (cause and fault):
        raise refused(CAUSE_REQUIRED, FieldError("cause" if not cause else "fault_code", "必填。", "Required."))
    photos(moving)
    found = repairs.Found(
        finding, str(answers["note"]), "" if finding == "no_fault" else cause, fault, tuple(answers.get("photos", ())),  # type: ignore[arg-type]
    )
    number = _number(moving)
    if case.status == "waiting_parts":
        repairs.part_arrived(number, part=None, actor=moving.actor, now=moving.now)
    repairs.diagnose(number, found=found, actor=moving.actor, now=moving.now)
    plan_cover.set_aside(moving)
    decided = decide_again(moving)
    keep(moving, decided)
    scope: Literal["", "in", "out"] = ""
    to: StateName = "ready"
    # Asked before anything is quoted: with a deductible or a sum insured the cost must be known, so there is a quote.
    shares = finding == "faulty" and plan_cover.hold_plan(moving, decided, cause=cause, fault=fault)
    agreed = case.details.get("scope") == "out" and case.status in ("repairing", "waiting_parts")
    papers = finding == "faulty" and not agreed and bool(plan_papers.missing(moving))
    if finding != "faulty":
        plan_cover.drop_plan(moving)
    if finding == "no_fault":
        moving.go("ready")
        moving.set(outcome="no_fault", freight_payer=decided.outcome["freight"].get("outbound", "customer"))
    elif finding == "unrepairable":
        scope = "out" if cause in CUSTOMER_CAUSES else "in"
        set_fault(moving, "customer" if scope == "out" else "seller")
        moving.go("unrepairable" if open_rights(moving, decided) else "ready")
        moving.set(outcome="unrepairable")
        if case.details.get("charge"):
            charges.give_back(moving)
    elif "NO_SERIAL_MISMATCH" in decided.reasons:
        # NAC-01: not the unit that was sold; it goes back, its origin is looked into.
        moving.go("ready")
        moving.set(outcome="not_ours")
    elif papers:
        # What the plan asks for comes first: neither free nor quoted before that.
        scope, to = "out", "quoting"
        set_fault(moving, "customer" if cause in CUSTOMER_CAUSES else "seller")
        moving.note(rights=None, rights_because=None)
        moving.go("plan_documents")
        plan_papers.ask(moving, free=not shares)
    elif covered(moving, decided, cause=cause, fault=fault) and not shares:
        scope, to = "in", "repairing"
        set_fault(moving, "customer" if cause in CUSTOMER_CAUSES else "seller")
        open_rights(moving, decided)
    else:
        scope, to = "out", "quoting"
        moving.note(rights=None, rights_because=None)
        if agreed:
            # More was found while what was quoted is being done: the work goes on at the agreed price.
            to = "repairing"
        moving.go(to)
        set_fault(moving, "customer" if cause in CUSTOMER_CAUSES else case.fault or "none")
    moving.note(scope=scope or None, fault_code=fault or None, cause=cause or None)
    moving.answers["policy"] = {"scope": scope, "reasons": decided.reasons, "clauses": decided.outcome["clauses"]}
    repairs.settle_scope(
        number, found=found, scope=scope, to=to, reasons=decided.reasons, clauses=decided.outcome["clauses"], actor=moving.actor,
        now=moving.now,
    )  # fmt: skip
    if papers and moving.target == "plan_documents":
        repairs.ask_papers(number, actor=moving.actor, now=moving.now)


def begin_maintenance(moving: Moving) -> None:
    """Maintenance is no repair: it has no fault and counts for nothing (REP-10)."""
    paid = moving.answers["charge"] == "paid"
    number, note = _number(moving), str(moving.answers.get("note", ""))
    found = repairs.Found("maintenance", note)
    repairs.diagnose(number, found=found, actor=moving.actor, now=moving.now)
    repairs.settle_scope(
        number, found=found, scope="out" if paid else "in", to="quoting" if paid else "repairing", reasons=(), clauses=(),
        actor=moving.actor, now=moving.now,
    )  # fmt: skip
    moving.note(scope="out" if paid else "in")
    if not paid:
        moving.go("repairing")


def quote(moving: Moving) -> None:
    """Parts and labour, valid for so many days; nothing begins before it is accepted (REP-04). Raises REPAIR_IS_FREE."""
    case, answers = moving.case, moving.answers
    if case.details.get("scope") != "out":
        raise refused(REPAIR_IS_FREE)
    until = instant_of("quote_valid_days", case, terms=moving.terms, calendar=moving.calendar, start=moving.now)
    parts, labour, paid_by_plan = plan_cover.less_plan(moving, parts_minor=answers["parts_fee"], labour_minor=answers["labour_fee"])
    made = repairs.give_quote(
        _number(moving), parts_minor=parts, labour_minor=labour, currency=case.currency, valid_until=until,
        note=str(answers.get("note", "")), lines=[*_quote_lines(answers), *paid_by_plan], actor=moving.actor, now=moving.now,
    )  # fmt: skip
    moving.note(quote={
        "version": made.version, "parts": made.parts_minor, "labour": made.labour_minor, "total": made.total_minor,
        "currency": case.currency, "valid_until": until.isoformat(),
    })  # fmt: skip


def accept_quote(moving: Moving) -> None:
    """Accepted: paid first, or, when it costs nothing, begun at once. Raises QUOTE_OVER."""
    number = _number(moving)
    made = repairs.answer_quote(number, answer="accepted", actor=moving.actor, now=moving.now)
    if not made.total_minor:
        moving.go("repairing")
        _start(moving)
        return
    charges.ask(moving, purpose="repair", amount_minor=made.total_minor, within="repair_payment_days")


def paid(moving: Moving) -> None:
    _start(moving)


def decline_quote(moving: Moving) -> None:
    _no_repair(moving, "declined")


def quote_lapsed(moving: Moving) -> None:
    _no_repair(moving, "expired")


def unpaid(moving: Moving) -> None:
    _no_repair(moving, "expired")


def order_part(moving: Moving) -> None:
    answers = moving.answers
    repairs.order_part(
        _number(moving), part=str(answers["part"]), part_number=str(answers.get("part_number", "")),
        quantity=max(1, int(answers.get("quantity") or 1)),
        expected_on=date.fromisoformat(answers["expected"][:10]) if answers.get("expected") else None, actor=moving.actor, now=moving.now,
    )  # fmt: skip


def part_arrived(moving: Moving) -> None:
    left = repairs.part_arrived(_number(moving), part=moving.answers.get("number"), actor=moving.actor, now=moving.now)
    if left:
        moving.go("waiting_parts")


def finish_repair(moving: Moving) -> None:
    """What was done, with the parts and how long they are guaranteed (L-12)."""
    photos(moving)
    until = local_day(moving.now) + timedelta(days=moving.terms.number("repair_guarantee_days"))
    parts = [{**each, "guaranteed_until": until.isoformat()} for each in _parts(moving.answers)]
    repairs.record_repair(_number(moving), done=str(moving.answers["done"]), parts=parts, actor=moving.actor, now=moving.now)
    moving.note(guaranteed_until=until.isoformat())


def test(moving: Moving) -> None:
    """What is not ticked has not passed; what has not passed goes back to the bench."""
    ticked = moving.answers["checklist"]
    wanted = checks_of(moving.case.items[0].category)
    checks = {code: str(ticked.get(code, "")).lower() in ("true", "1", "on", "yes", code) for code in wanted}
    made = repairs.record_test(
        _number(moving), checks=checks, note=str(moving.answers.get("note", "")), actor=moving.actor, now=moving.now
    )
    moving.answers["passed"] = made.passed
    if not made.passed:
        moving.go("repairing")
        return
    moving.set(outcome=DONE_AS.get(str(moving.case.details.get("kind")), "repaired"))


def rule_for_consumer(moving: Moving) -> None:
    """The ruling executes itself: repaired free, looked at again, or taken in after all."""
    case = moving.case
    if moving.answers.get("fault"):
        set_fault(moving, str(moving.answers["fault"]))
    if not case.details.get("began"):
        moving.set(outcome="")
        settle_mode(moving)
        return
    number = _number(moving)
    counts_from(moving)
    moving.set(outcome="", freight_payer="seller")
    if case.details.get("scope") == "out":
        charges.give_back(moving)
        plan_cover.drop_plan(moving)
        repairs.free_of_charge(number, actor=moving.actor, now=moving.now)
        moving.note(scope="in", quote=None)
        return
    moving.go("diagnosing")
    repairs.look_again(number, actor=moving.actor, now=moving.now)


def rule_for_seller(moving: Moving) -> None:
    """Nothing here: the case ends; else the thing goes home as it is."""
    case = moving.case
    if not case.details.get("began"):
        stop(moving)
        endings.release(moving)
        moving.set(outcome="rejected")
        return
    moving.go("ready")
    if not case.outcome:
        _no_repair(moving, "declined")


def take_it_back(moving: Moving) -> None:
    moving.note(rights=None)


def _start(moving: Moving) -> None:
    repairs.start_repair(_number(moving), actor=moving.actor, now=moving.now)
    counts_from(moving)


def _no_repair(moving: Moving, answer: Literal["declined", "expired"]) -> None:
    """Not repaired: it goes back as it is, the way at the cost of whose fault it was."""
    number = _number(moving)
    if moving.case.details.get("charge"):
        charges.give_back(moving)
        repairs.give_up(number, why="unpaid", actor=moving.actor, now=moving.now)
    else:
        repairs.answer_quote(number, answer=answer, actor=moving.actor, now=moving.now)
    moving.set(outcome="declined")
    counts_from(moving)


def _order(moving: Moving) -> WorkOrder:
    order = order_of(moving.case.number)
    if order is None:
        raise KeyError(moving.case.number)
    return order


def _number(moving: Moving) -> str:
    return _order(moving).number


def _quote_lines(answers: dict[str, Any]) -> list[dict[str, object]]:
    lines = answers.get("lines", ())
    if len(lines) > PARTS_MOST or any(not str(each.get("what") or "").strip() for each in lines):
        raise invalid(FieldError("lines", "每行须写明项目（what）。", "Every line says what it is for (what)."))
    return [
        {"what": str(each["what"]).strip()[:120], "amount": each.get("amount") if isinstance(each.get("amount"), int) else None}
        for each in lines
    ]


def _parts(answers: dict[str, Any]) -> list[dict[str, object]]:
    parts = answers.get("parts", ())
    if len(parts) > PARTS_MOST or any(not str(each.get("part") or "").strip() for each in parts):
        raise invalid(FieldError("parts", "每个配件须写明名称（part）。", "Every part has a name (part)."))
    return [{name: str(each.get(name, ""))[:120] for name in ("part", "old_serial", "new_serial")} for each in parts]
