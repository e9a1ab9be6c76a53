"""From records and dates to the facts of one decision: the only place where instants become days."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shouhou.foundation.days import epoch_day, local_day
from shouhou.foundation.refusals import refusal, refused
from shouhou.policy.compiler import CompiledBook, rolling_calendar
from shouhou.policy.decide import facts_of
from shouhou.policy.facts import Facts
from shouhou.policy.rules.warranty import (
    Warranty,
    extended_end,
    imei_end,
    open_repair_days,
    same_fault_repairs,
    warranty_end,
)  # fmt: skip
from shouhou.policy.vocabulary import FactValue

UNKNOWN_REASON = refusal("UNKNOWN_REASON", "invalid", zh="没有申请原因 {reason}。", en="There is no reason {reason}.")
NO_WARRANTY = Warranty()
PREPARED = frozenset({
    "reason", "channel", "category", "at_day", "receipt_day", "window_day", "warranty_until", "extended_until",
    "imei_until", "same_fault_repairs", "repair_days", "parts_days", "plan_screen", "plan_accident",
})  # fmt: skip
STATED = frozenset(field.name for field in fields(Facts)) - PREPARED
"""The facts a caller states as they are; the others are worked out here."""


def prepare(
    *, book: CompiledBook, at: datetime, received_on: date | None, reason: str, channel: str, category: str,
    stated: Mapping[str, FactValue], warranty: Warranty = NO_WARRANTY, plans: Sequence[str] = (),
    imei_factory_on: date | None = None, extended_on: date | None = None,
) -> Facts:  # fmt: skip
    """The facts at the instant of the application. `reason` may be an everyday one (`not_as_expected`).

    `stated` holds any of STATED; what is left out is unknown. Warranty counts from receipt when it has no start (X-37).
    `extended_on` is the last day of an extended warranty that was sold with one; the later one counts.
    Raises UNKNOWN_REASON, UNKNOWN_FACT, BAD_FACT.
    """
    means = book.vocabulary.means(reason)
    if means is None:
        raise refused(UNKNOWN_REASON, reason=reason[:60])
    on = local_day(at, ZoneInfo(book.book.zone))
    if warranty.start is None and received_on is not None:
        warranty = Warranty(
            received_on, warranty.installed, warranty.replaced, warranty.repairs, warranty.extended_months
        )
    calendar = rolling_calendar(book)
    months, days = book.term("warranty_months", category=category), book.term("warranty_days")
    fault = stated.get("defect_fault")
    windows = max((day for day in (received_on, warranty.replaced) if day), default=None)
    found: dict[str, object] = {
        "reason": means, "channel": channel, "category": category, "at_day": epoch_day(on),
        "receipt_day": _number(received_on), "window_day": _number(windows),
        "warranty_until": _number(warranty_end(warranty, months=months, days=days, calendar=calendar)),
        "extended_until": _number(max(filter(None, (
            extended_end(warranty, months=months, days=days, calendar=calendar), extended_on,
        )), default=None)),
        "imei_until": _number(
            imei_end(imei_factory_on, months=months, grace_days=book.term("imei_grace_days"), calendar=calendar)
            if imei_factory_on else None
        ),
        "same_fault_repairs": same_fault_repairs(warranty, fault if isinstance(fault, str) else None),
        "repair_days": open_repair_days(warranty, delay="repairer", on=on),
        "parts_days": open_repair_days(warranty, delay="parts", on=on),
        "plan_screen": "screen" in plans, "plan_accident": "accident" in plans,
    }  # fmt: skip
    return facts_of({**stated, **found}, book=book)


def _number(day: date | None) -> int | None:
    return None if day is None else epoch_day(day)
