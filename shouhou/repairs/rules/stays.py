"""Time in the workshop, and how often the same fault was repaired: what warranty and rights are counted from (L-12, REP-12)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shouhou.repairs.rules.faults import CUSTOMER_CAUSES


@dataclass(frozen=True, slots=True)
class Stay:
    """One work order of a unit. `consumer_wait` and `parts_wait` are seconds, up to the instant they were read at."""

    number: str
    kind: str
    serial: str
    fault: str
    finding: str
    cause: str
    scope: str
    result: str
    came_in_at: datetime | None
    went_out_at: datetime | None
    consumer_wait: int
    parts_wait: int
    waiting_for: str

    @property
    def counted(self) -> bool:
        """A finished repair in warranty: neither maintenance nor guidance, neither paid nor without a fault.

        Damage by the consumer that a plan paid for is no failed repair of the product.
        """
        mended = self.scope == "in" and self.result == "repaired" and self.went_out_at is not None
        return self.kind == "repair" and mended and self.cause not in CUSTOMER_CAUSES

    @property
    def open(self) -> bool:
        """In our hands now, for a fault that the warranty covers (or one not diagnosed yet)."""
        return self.kind == "repair" and not self.result and self.came_in_at is not None and self.scope != "out"

    @property
    def delay(self) -> str:
        """Whose delay it is now: the parts' while one is missing, else the repairer's."""
        return "parts" if self.waiting_for == "parts" else "repairer"

    @property
    def counts_from(self) -> datetime | None:
        """When the stay would have begun without the time that is not its own (consumer's; parts', once they are here)."""
        if self.came_in_at is None:
            return None
        idle = self.consumer_wait + (0 if self.delay == "parts" else self.parts_wait)
        return self.came_in_at + timedelta(seconds=idle)


def finished(stays: Iterable[Stay], *, fault: str, serial: str = "", since: datetime | None = None) -> int:
    """Finished warranty repairs of this fault; of the unit with this serial, else of the unit that has most.

    `since`: what came in before belongs to a unit that was replaced.
    """
    units = Counter(
        stay.serial for stay in stays
        if stay.counted and stay.fault == fault and (not serial or stay.serial in (serial, ""))
        and (since is None or (stay.came_in_at is not None and stay.came_in_at >= since))
    )  # fmt: skip
    if serial:
        return sum(units.values())
    return max(units.values(), default=0)


def most_repaired(stays: Sequence[Stay], *, since: datetime | None = None) -> str:
    """The fault that was repaired most often; "" when none was."""
    faults = dict.fromkeys(stay.fault for stay in stays if stay.counted)
    return max(faults, key=lambda fault: finished(stays, fault=fault, since=since), default="")
