"""What sold plans add to a line's rights: which of them are in force for what is established, as the policy's facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shouhou.plans.queries import answer_body, with_implied
from shouhou.plans.rules.cover import Cover, cover
from shouhou.plans.rules.kinds import kinds
from shouhou.plans.rules.sold import Sold


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy's words for the plans that would pay; extended warranties by months beyond the basic one, or by their last day."""

    names: tuple[str, ...] = ()
    extended_months: int = 0
    extended_on: date | None = None


NO_PLANS = InForce()


def sold_plans(order: Any, line: Any) -> tuple[Sold, ...]:
    """Every plan of the line (cases.facts.OrderFacts, LineFacts): policies, and what the order names beside them."""
    begun = line.received_on or order.placed_at.date()
    return with_implied(line.sold or (), names=line.plans, order=order.number, line=line.line, begun=begun)


def in_force(
    order: Any, line: Any, *, on: date, facts: Mapping[str, object], serial: str = ""
) -> InForce:  # fmt: skip
    """Plans in force on the day for what `facts` say is established: a verified defect's cause and fault, or nothing yet."""
    plans = sold_plans(order, line)
    if not plans:
        return NO_PLANS
    able = [answer.plan for answer in ask(plans, line.category, on=on, facts=facts, serial=serial).answers if not answer.why]
    known = kinds()
    extended = [plan for plan in able if known[plan.kind].fact == "extended"]
    return InForce(
        tuple(sorted({known[plan.kind].fact for plan in able})),
        max((plan.months for plan in extended if plan.ends_on is None), default=0),
        max((plan.ends_on for plan in extended if plan.ends_on is not None), default=None),
    )


def ask(
    plans: Sequence[Sold], category: str, *, on: date, facts: Mapping[str, object], serial: str = ""
) -> Cover:  # fmt: skip
    """The cover of what the facts establish; what is only claimed excludes nothing yet."""
    verified = facts.get("defect_status") == "verified"
    return cover(
        plans, kinds=kinds(), on=on, category=category, cause=str(facts.get("defect_cause") or "") if verified else "",
        fault=str(facts.get("defect_fault") or "") if verified else "", serial=serial,
    )  # fmt: skip


def plans_body(order: Any, line: Any, *, on: date, language: str) -> list[dict[str, Any]]:
    """The plans of a line as entitlements tell them: in force or why not, what is left, what they ask for."""
    plans = sold_plans(order, line)
    if not plans:
        return []
    return [answer_body(answer, language=language) for answer in ask(plans, line.category, on=on, facts={}).answers]
