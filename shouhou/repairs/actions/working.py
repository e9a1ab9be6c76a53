"""At the bench: diagnosis, quote, parts, what was done, the test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.repairs.actions.stepping import held, only_in, step, tell, wait
from shouhou.repairs.events import QUOTED
from shouhou.repairs.models import Diagnosis, PartOrder, Quote, RepairRecord, TestRecord, WorkOrder
from shouhou.repairs.refusals import CHECK_MISSING, NO_QUOTE, NOT_RECORDED, PARTS_MISSING, QUOTE_OVER
from shouhou.repairs.rules.faults import checks_of
from shouhou.repairs.rules.states import StateName

Finding = Literal["faulty", "no_fault", "unrepairable", "maintenance"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the technician established."""

    finding: Finding
    note: str
    cause: str = ""
    fault: str = ""
    photos: tuple[str, ...] = ()


@transaction.atomic
def diagnose(number: str, *, found: Found, actor: Actor, now: datetime) -> WorkOrder:
    """What is wrong, and why; `settle_scope` then says who pays. The technician who diagnoses has the order from then on."""
    order = held(number)
    only_in(order, "diagnosing", "quoting", "repairing", "testing")
    order.finding, order.cause, order.fault = found.finding, found.cause, found.fault or order.fault
    if not order.technician and actor.who.startswith("user:"):
        order.technician, order.technician_name = actor.who, actor.name[:120]
    return step(order, "diagnosing", "diagnosed", actor=actor, now=now, details={"finding": found.finding, "cause": found.cause})


@transaction.atomic
def settle_scope(
    number: str, *, found: Found, scope: Literal["", "in", "out"], to: StateName, reasons: Sequence[str], clauses: Sequence[str],
    actor: Actor, now: datetime,
) -> Diagnosis:  # fmt: skip
    """The diagnosis with what the policy said to it: kept for ever; the order goes where that leads."""
    order = held(number)
    only_in(order, "diagnosing")
    order.scope = scope
    count = Diagnosis.objects.filter(order=order).count()
    kept = Diagnosis.objects.create(
        order=order, number=count + 1, finding=found.finding, scope=scope, cause=found.cause, fault=order.fault,
        note=found.note[:1000], photos=list(found.photos), reasons=list(reasons), clauses=list(clauses), by=actor.who,
        name=actor.name[:120], at=now,
    )  # fmt: skip
    step(order, to, "scoped", actor=actor, now=now, details={"scope": scope, "reasons": list(reasons)})
    return kept


@transaction.atomic
def look_again(number: str, *, actor: Actor, now: datetime) -> WorkOrder:
    """A ruling: what was found is not believed, it is diagnosed anew."""
    order = held(number)
    only_in(order, "ready")
    order.finding, order.cause, order.scope = "", "", ""
    return step(order, "diagnosing", "reopened", actor=actor, now=now)


@transaction.atomic
def free_of_charge(number: str, *, actor: Actor, now: datetime) -> WorkOrder:
    """A ruling, or a plan: the repair is ours to pay after all."""
    order = held(number)
    only_in(order, "quoting", "quoted", "ready")
    Quote.objects.filter(order=order, state__in=("open", "accepted")).update(state="withdrawn", answered_at=now, answered_by=actor.who)
    order.scope = "in"
    return step(order, "repairing", "freed", actor=actor, now=now)


@transaction.atomic
def ask_papers(number: str, *, actor: Actor, now: datetime) -> WorkOrder:
    """Nothing goes on before the consumer has given what a plan asks for: the time is theirs."""
    order = held(number)
    only_in(order, "quoting")
    step(order, "quoting", "papers_asked", actor=actor, now=now)
    wait(order, "consumer", now=now)
    order.save(update_fields=["waiting_for", "waiting_since"])
    return order


@transaction.atomic
def papers_settled(number: str, *, given: bool, actor: Actor, now: datetime) -> WorkOrder:
    """They are here, or will not come: the repairer's time runs again."""
    order = held(number)
    only_in(order, "quoting")
    return step(order, "quoting", "papers_given" if given else "papers_missing", actor=actor, now=now)


@transaction.atomic
def give_quote(
    number: str, *, parts_minor: int, labour_minor: int, currency: str, valid_until: datetime, note: str, actor: Actor,
    now: datetime, lines: Sequence[Mapping[str, object]] = (),
) -> Quote:  # fmt: skip
    """A quote for the consumer (REP-04); an earlier one is kept as replaced or, when it was accepted, withdrawn."""
    order = held(number)
    only_in(order, "quoting", "quoted", "repairing")
    Quote.objects.filter(order=order, state="open").update(state="replaced", answered_at=now, answered_by=actor.who)
    Quote.objects.filter(order=order, state="accepted").update(state="withdrawn", answered_at=now, answered_by=actor.who)
    version = Quote.objects.filter(order=order).count() + 1
    made = Quote.objects.create(
        order=order, version=version, lines=[dict(line) for line in lines], parts_minor=parts_minor, labour_minor=labour_minor,
        total_minor=parts_minor + labour_minor, currency=currency, note=note[:1000], valid_until=valid_until, by=actor.who, at=now,
    )  # fmt: skip
    step(order, "quoted", "quoted", actor=actor, now=now, details={"version": version, "total": made.total_minor}, announce=None)
    tell(order, QUOTED, now=now, version=version, total_minor=made.total_minor, currency=currency, valid_until=valid_until.isoformat())
    return made


@transaction.atomic
def answer_quote(
    number: str, *, answer: Literal["accepted", "declined", "expired"], actor: Actor, now: datetime
) -> Quote:  # fmt: skip
    """The consumer's word, or its absence. Accepted, the order still waits (for the money) until `start_repair`.

    Raises NO_QUOTE, QUOTE_OVER.
    """
    order = held(number)
    only_in(order, "quoted")
    quote = Quote.objects.select_for_update().filter(order=order, state="open").first()
    if quote is None:
        raise refused(NO_QUOTE)
    if answer == "accepted" and now > quote.valid_until:
        raise refused(QUOTE_OVER, until=quote.valid_until.isoformat(timespec="minutes"))
    quote.state, quote.answered_by, quote.answered_at = answer, actor.who, now
    quote.save()
    step(
        order, "quoted" if answer == "accepted" else "ready", f"quote_{answer}", actor=actor, now=now,
        details={"version": quote.version, "total": quote.total_minor},
    )  # fmt: skip
    return quote


@transaction.atomic
def start_repair(number: str, *, actor: Actor, now: datetime) -> WorkOrder:
    """Work may begin: the quote is accepted and paid. Raises NO_QUOTE."""
    order = held(number)
    only_in(order, "quoted")
    if not Quote.objects.filter(order=order, state="accepted").exists():
        raise refused(NO_QUOTE)
    return step(order, "repairing", "paid", actor=actor, now=now)


@transaction.atomic
def give_up(number: str, *, why: str, actor: Actor, now: datetime) -> WorkOrder:
    """No repair after all (unpaid, unrepairable …): ready to be handed back as it is."""
    order = held(number)
    only_in(order, "quoting", "quoted", "repairing", "waiting_parts", "diagnosing")
    Quote.objects.filter(order=order, state__in=("open", "accepted")).update(state="withdrawn", answered_at=now, answered_by=actor.who)
    return step(order, "ready", why, actor=actor, now=now)


@transaction.atomic
def order_part(
    number: str, *, part: str, part_number: str, quantity: int, expected_on: date | None, actor: Actor, now: datetime
) -> PartOrder:  # fmt: skip
    """A part that must come first; the repair waits for it."""
    order = held(number)
    only_in(order, "repairing", "waiting_parts")
    count = PartOrder.objects.filter(order=order).count()
    made = PartOrder.objects.create(
        order=order, number=count + 1, part=part[:120], part_number=part_number[:60], quantity=quantity, ordered_at=now,
        ordered_by=actor.who, expected_on=expected_on,
    )  # fmt: skip
    step(order, "waiting_parts", "part_ordered", actor=actor, now=now, details={"part": made.part, "number": made.number})
    return made


@transaction.atomic
def part_arrived(number: str, *, part: int | None, actor: Actor, now: datetime) -> int:
    """A part (its number; None: all) is here; returns how many are still missing. With the last one the repair goes on."""
    order = held(number)
    only_in(order, "waiting_parts")
    missing = PartOrder.objects.filter(order=order, arrived_at=None)
    (missing if part is None else missing.filter(number=part)).update(arrived_at=now)
    left = missing.count()
    step(order, "waiting_parts" if left else "repairing", "part_arrived", actor=actor, now=now, details={"left": left})
    return left


@transaction.atomic
def record_repair(
    number: str, *, done: str, parts: Sequence[Mapping[str, object]], actor: Actor, now: datetime
) -> RepairRecord:  # fmt: skip
    """What was done, with the parts' old and new serials; then it is tested. Raises PARTS_MISSING."""
    order = held(number)
    only_in(order, "repairing")
    if left := PartOrder.objects.filter(order=order, arrived_at=None).count():
        raise refused(PARTS_MISSING, count=left)
    count = RepairRecord.objects.filter(order=order).count()
    made = RepairRecord.objects.create(
        order=order, number=count + 1, done=done[:2000], parts=[dict(part) for part in parts], by=actor.who,
        name=actor.name[:120], at=now,
    )  # fmt: skip
    step(order, "testing", "repaired", actor=actor, now=now, details={"parts": len(made.parts)})
    return made


@transaction.atomic
def record_test(number: str, *, checks: Mapping[str, bool], note: str, actor: Actor, now: datetime) -> TestRecord:
    """The checklist of the category, every point answered. Passed only if all are: then it may be handed back, else on it goes.

    Raises CHECK_MISSING, NOT_RECORDED.
    """
    order = held(number)
    only_in(order, "testing")
    if not RepairRecord.objects.filter(order=order).exists():
        raise refused(NOT_RECORDED)
    wanted = checks_of(order.category)
    if wrong := sorted(set(wanted) ^ set(checks)):
        raise refused(CHECK_MISSING, missing=", ".join(wrong))
    passed = all(checks.values())
    count = TestRecord.objects.filter(order=order).count()
    made = TestRecord.objects.create(
        order=order, number=count + 1, checks=dict(checks), passed=passed, note=note[:1000], by=actor.who, name=actor.name[:120], at=now
    )
    step(order, "ready" if passed else "repairing", "tested", actor=actor, now=now, details={"passed": passed})
    return made
