"""What the workshop has established about a unit: the facts with which repairs change what an order line is entitled to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from shouhou.foundation.days import SHANGHAI, local_day
from shouhou.policy.rules.warranty import Repair, Warranty
from shouhou.policy.vocabulary import FactValue
from shouhou.repairs.rules.stays import Stay, finished, most_repaired

# A stay that lasts counts twice: its days do not use up the warranty, and it may be overdue.
LASTING = "·"


@dataclass(frozen=True, slots=True)
class Established:
    """Stays that count into the warranty, and the facts that need no further proof; both empty for a unit never here."""

    repairs: tuple[Repair, ...] = ()
    facts: tuple[tuple[str, FactValue], ...] = ()


NOTHING = Established()


def established(
    stays: Sequence[Stay], *, fault: str, serial: str, replaced: date | None, after: int, now: datetime
) -> Established:  # fmt: skip
    """What counts for a claim of `fault` ("": the fault repaired most). `after` is how many failed repairs open more.

    What was done before the unit was replaced belongs to another one (L-12).
    """
    since = datetime.combine(replaced, time(), SHANGHAI) if replaced else None
    mine = [
        stay for stay in stays
        if stay.kind == "repair" and stay.came_in_at is not None and (since is None or stay.came_in_at >= since)
        and (not serial or stay.serial in (serial, ""))
    ]  # fmt: skip
    if not mine:
        return NOTHING
    fault = fault or most_repaired(mine)
    return Established(_repairs(mine, now), tuple(sorted(_facts(mine, fault, after=after).items())))


def warranty_with(warranty: Warranty, found: Established) -> Warranty:
    """The warranty with the time in the workshop, which is not counted into it (L-12)."""
    return replace(warranty, repairs=found.repairs) if found.repairs else warranty


def _repairs(stays: Sequence[Stay], now: datetime) -> tuple[Repair, ...]:
    found: list[Repair] = []
    for stay in stays:
        if stay.counted and stay.came_in_at and stay.went_out_at:
            found.append(Repair(local_day(stay.came_in_at), local_day(stay.went_out_at), stay.fault))
        elif stay.open and stay.came_in_at and stay.counts_from:
            found.append(Repair(local_day(stay.counts_from), None, stay.fault, stay.delay))
            found.append(Repair(local_day(stay.came_in_at), local_day(now), LASTING))
    return tuple(found)


def _facts(stays: Sequence[Stay], fault: str, *, after: int) -> dict[str, FactValue]:
    last = stays[-1]
    verified: dict[str, FactValue] = {"defect_status": "verified", "defect_cause": last.cause or "manufacturing"}
    if last.finding == "no_fault" and not last.result:
        return {"defect_status": "not_found"}
    if last.finding == "unrepairable" and last.result not in ("repaired", "converted"):
        return {**verified, "unrepairable": True, "defect_fault": last.fault or None}
    if last.finding == "faulty" and not last.result:
        return {**verified, "defect_fault": last.fault or None}
    if fault and finished(stays, fault=fault) >= after:
        # Twice verified by the workshop: the third time needs no new proof (REP-12).
        return {"defect_status": "verified", "defect_cause": "manufacturing", "defect_fault": fault}
    return {}
