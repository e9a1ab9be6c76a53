"""A difference is found once, and may end by itself when both sides agree."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from shouhou.payments.events import DIFFERENCES_FOUND
from shouhou.payments.models import Charge, Difference, DifferenceDeed, RefundPart, StatementLine
from shouhou.payments.reconciliation.rules import delta_minor
from shouhou.plumbing.actor import SYSTEM
from shouhou.plumbing.events import publish

DETAIL_MOST = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a difference is made of; `key` makes the same finding again the same difference."""

    key: str
    kind: str
    channel: str
    day: date
    theirs_minor: int
    ours_minor: int
    currency: str
    is_refund: bool
    line: StatementLine | None = None
    part: RefundPart | None = None
    charge: Charge | None = None
    other_currency: bool = False


def hold_channel(channel: str) -> None:
    """Until the end of the transaction nobody else matches or settles for this channel."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reconciliation'), hashtext(%s))", [channel])


def find(finding: Finding, *, now: datetime) -> bool:
    """Whether it is new. In the caller's transaction."""
    delta = delta_minor(is_refund=finding.is_refund, theirs_minor=finding.theirs_minor, ours_minor=finding.ours_minor)
    difference, first = Difference.objects.get_or_create(
        key=finding.key,
        defaults={
            "kind": finding.kind, "channel": finding.channel, "day": finding.day, "line": finding.line, "part": finding.part,
            "charge": finding.charge, "subject": _subject(finding), "theirs_minor": finding.theirs_minor,
            "ours_minor": finding.ours_minor, "delta_minor": None if finding.other_currency else delta,
            "currency": finding.currency, "opened_at": now, "updated_at": now,
        },
    )  # fmt: skip
    if first:
        tell(difference, "found", by=SYSTEM.who, now=now)
    return first


def tell_finance(channel: str, day: date, *, count: int, missing: bool, now: datetime) -> None:
    """New differences are told together, once a statement or a round; none is no news. In the caller's transaction."""
    if count:
        data = {"channel": channel, "day": day.isoformat(), "count": count, "missing": missing}
        publish(DIFFERENCES_FOUND, subject=f"{channel} {day}", now=now, data=data)


def settle_itself(difference: Difference, *, detail: str, now: datetime) -> None:
    """Both sides say the same now; what a person had proposed meanwhile is not needed."""
    difference.state, difference.resolution, difference.proposed_by = "settled", "itself", ""
    difference.settled_at, difference.settled_by = now, SYSTEM.who
    save(difference, now)
    tell(difference, "itself", by=SYSTEM.who, detail=detail, now=now)


def save(difference: Difference, now: datetime) -> None:
    difference.version, difference.updated_at = difference.version + 1, now
    difference.save()


def tell(difference: Difference, what: str, *, by: str, now: datetime, detail: str = "") -> None:
    DifferenceDeed.objects.create(difference=difference, what=what, by=by, detail=detail[:DETAIL_MOST], at=now)


def _subject(finding: Finding) -> str:
    """The case behind it: a charge's refund belongs to what the charge is for."""
    if finding.charge is not None:
        return finding.charge.subject
    if finding.part is None:
        return ""
    return finding.part.charge.subject if finding.part.charge else finding.part.refund.subject
