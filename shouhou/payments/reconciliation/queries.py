"""Reading reconciliation: what our ledger says of a part, statements, the work list of differences, who waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from shouhou.payments.models import Difference, RefundPart, Statement, StatementFetch, StatementLine
from shouhou.payments.reconciliation.rules import Resolution, ways_of

UNSETTLED = ("open", "assigned", "proposed")


@dataclass(frozen=True, slots=True)
class Booked:
    """What our ledger says of a part: each time it went out through its channel, and what has come back."""

    out: tuple[int, ...] = ()
    back_minor: int = 0

    @property
    def out_minor(self) -> int:
        return sum(self.out)


def booked_of(*, parts: Sequence[RefundPart]) -> Mapping[int, Booked]:
    """By part, by posted transfers."""
    places: dict[str, tuple[int, str]] = {}
    for part in parts:
        key = part.idempotency_key
        for turn in range(1, part.round + 1):
            places[f"refund:{key}:{turn}/resolved"] = part.id, f"{turn}"
            places[f"returned:{key}:{turn}"] = part.id, "back"
        # What was found to have really been paid is one payment, however it was booked.
        places |= {f"contradicted:{recipe}:{key}": (part.id, "confirmed") for recipe in ("refund", "refund_overpaid")}
    sums: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(BOOKED, [list(places)])
        for key, amount in cursor.fetchall():
            part_id, place = places[key]
            held = sums.setdefault(part_id, {})
            held[place] = held.get(place, 0) + int(amount)
    return {
        part.id: Booked(
            tuple(amount for place, amount in sorted(sums.get(part.id, {}).items()) if place != "back"),
            -sums.get(part.id, {}).get("back", 0),
        )
        for part in parts
    }  # fmt: skip


def differences(
    *, state: str = "", kind: str = "", channel: str = "", day: date | None = None, assignee: str = "", currency: str = "",
    subject: str = "",
) -> QuerySet[Difference]:  # fmt: skip
    """The work list, oldest first. `state` "unsettled" is everything that still needs somebody."""
    wanted = {"kind": kind, "channel": channel, "day": day, "assignee": assignee, "currency": currency, "subject": subject}
    found = Difference.objects.filter(**{name: value for name, value in wanted.items() if value})
    if state == "unsettled":
        found = found.filter(state__in=UNSETTLED)
    elif state:
        found = found.filter(state=state)
    return found.select_related("line", "part__refund", "charge").order_by("id")


def ways(difference: Difference) -> tuple[Resolution, ...]:
    """How it may be settled."""
    line = difference.line
    is_refund = difference.part_id is not None or (difference.charge_id is None and line is not None and line.kind == "refund")
    return ways_of(
        kind=difference.kind, delta=difference.delta_minor, is_refund=is_refund,
        known=difference.part_id is not None or difference.charge_id is not None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, in one currency."""

    currency: str
    count: int
    amount_minor: int


def waiting() -> list[Waiting]:
    """Differences that are not settled, by currency: how many, and how much they come to without their signs."""
    rows = Difference.objects.filter(state__in=UNSETTLED).values_list("currency", "theirs_minor", "ours_minor")
    found: dict[str, list[int]] = {}
    for currency, theirs, ours in rows.iterator(chunk_size=2000):
        found.setdefault(currency, []).append(abs(theirs - ours))
    return [Waiting(currency, len(amounts), sum(amounts)) for currency, amounts in sorted(found.items())]


def statements(*, channel: str = "") -> QuerySet[Statement]:
    """Newest first, each with how many of its lines differ and how many were matched."""
    found = Statement.objects.filter(channel=channel) if channel else Statement.objects.all()
    return found.order_by("-id")


def outcomes_of(statement: Statement) -> list[tuple[str, str, str, int, int]]:
    """(outcome, kind, currency, lines, amount) of a statement, those that agree first."""
    rows = (
        StatementLine.objects.filter(statement=statement).values_list("outcome", "kind", "currency")
        .annotate(lines=Count("id"), amount=Sum("amount_minor")).order_by("outcome", "kind", "currency")
    )  # fmt: skip
    return sorted(((o, k, c, n, int(a or 0)) for o, k, c, n, a in rows), key=lambda row: row[0] != "matched")


def told(statement: Statement) -> dict[str, Any]:
    """What became of a statement: lines by outcome with their amounts, and the differences that are not settled."""
    open_ones = Difference.objects.filter(channel=statement.channel, day__gte=statement.first_on, day__lte=statement.last_on)
    return {
        "statement": statement.pk, "channel": statement.channel, "first_on": statement.first_on.isoformat(),
        "last_on": statement.last_on.isoformat(), "rows": statement.rows, "rows_new": statement.rows_new,
        "outcomes": [
            {"outcome": outcome, "kind": kind, "lines": lines, "amount": {"amount": amount, "currency": currency}}
            for outcome, kind, currency, lines, amount in outcomes_of(statement)
        ],
        "differences": open_ones.filter(state__in=UNSETTLED).count(),
    }  # fmt: skip


def unfinished() -> list[int]:
    """Statements whose matching was cut short."""
    return list(Statement.objects.filter(matched_at=None).order_by("id").values_list("id", flat=True))


def troubled() -> QuerySet[StatementFetch]:
    """Days whose statement was asked for and could not be had, the oldest first; none of those that have come another way."""
    here = Statement.objects.filter(
        channel=OuterRef("channel"), first_on__lte=OuterRef("day"), last_on__gte=OuterRef("day"), matched_at__isnull=False
    )
    return StatementFetch.objects.filter(~Exists(here), outcome__in=("silent", "down", "unreadable")).order_by("day", "channel")


def covered(channel: str, day: date) -> bool:
    """Whether a matched statement speaks about the day."""
    return Statement.objects.filter(
        Q(channel=channel, first_on__lte=day, last_on__gte=day, matched_at__isnull=False)
    ).exists()


BOOKED = """
SELECT t.key, sum(CASE WHEN p.destination LIKE 'tender:%%' THEN p.amount_minor ELSE -p.amount_minor END)
FROM ledger_transfer t JOIN ledger_posting p ON p.transfer_id = t.id
WHERE t.key = ANY(%s) AND t.phase = 'posted'
  AND (p.destination LIKE 'tender:%%' OR p.source LIKE 'tender:%%') AND p.destination NOT LIKE 'tender:offline:%%'
GROUP BY t.key
"""
