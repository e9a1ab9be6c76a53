"""Matching a statement's lines with our parts and charges, in portions: each commits, a killed run goes on where it was."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from shouhou.foundation.days import SHANGHAI, local_day
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.models import Charge, Difference, RefundPart, Statement, StatementLine
from shouhou.payments.reconciliation.actions.finding import Finding, find, hold_channel, settle_itself, tell_finance
from shouhou.payments.reconciliation.queries import Booked, booked_of
from shouhou.payments.reconciliation.rules import DIFFERENCES, Ours, left_of, outcome_of

PORTION = 500
MISSING_MOST = 2000
Progress = Callable[[int, int | None], None]
OPEN_PARTS = ("pending", "sent", "unknown")


def match_statement(statement_id: int, *, by: str, now: datetime, progress: Progress | None = None) -> Statement:
    """Every line gets its outcome, fees are booked, differences found. Again: nothing more happens."""
    while True:
        with transaction.atomic():
            statement = Statement.objects.select_for_update(no_key=True).get(id=statement_id)
            # One at a time for a channel: two statements may speak of one refund, and one of them is the second.
            hold_channel(statement.channel)
            lines = list(
                StatementLine.objects.select_for_update(no_key=True)
                .filter(statement=statement, id__gt=statement.matched_through).order_by("id")[:PORTION]
            )  # fmt: skip
            if not lines:
                if statement.matched_at is None:
                    statement.matched_at = now
                    statement.save(update_fields=["matched_at"])
                    count = Difference.objects.filter(line__statement=statement).count()
                    tell_finance(statement.channel, statement.first_on, count=count, missing=False, now=now)
                return statement
            _match(statement, lines, by=by, now=now)
            statement.matched_through = lines[-1].id
            statement.save(update_fields=["matched_through"])
        if progress:
            progress(statement.lines.exclude(outcome="").count(), statement.rows_new)


def find_missing(channel: str, *, grace_days: int, now: datetime) -> int:
    """What our books say has moved on the days of a statement and no line stands for, after the grace; returns how many."""
    before = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=grace_days)
    spans = list(Statement.objects.filter(channel=channel, matched_at__isnull=False).values_list("first_on", "last_on"))
    if not spans:
        return 0
    parts = RefundPart.objects.filter(
        _within("settled_at", spans), channel=channel, state="settled", settled_at__lt=before, statement_lines=None
    )
    parts = parts.filter(differences=None).select_related("refund").order_by("id")
    found = 0
    with transaction.atomic():
        hold_channel(channel)
        chosen = list(parts[:MISSING_MOST])
        booked = booked_of(parts=chosen)
        for part in chosen:
            # Paid outside the channel: it is not to be found there.
            if booked[part.id].out:
                found += find(Finding(
                    key=f"missing:part:{part.id}", kind="missing", channel=channel, day=local_day(part.settled_at or now), part=part,
                    theirs_minor=0, ours_minor=booked[part.id].out_minor, currency=part.refund.currency, is_refund=True,
                ), now=now)  # fmt: skip
        charges = Charge.objects.filter(
            _within("paid_at", spans), channel=channel, paid_at__lt=before, statement_lines=None, differences=None
        )
        for charge in charges.order_by("id")[:MISSING_MOST]:
            found += find(Finding(
                key=f"missing:charge:{charge.id}", kind="missing", channel=channel, day=local_day(charge.paid_at or now), charge=charge,
                theirs_minor=0, ours_minor=charge.amount_minor, currency=charge.currency, is_refund=False,
            ), now=now)  # fmt: skip
        tell_finance(channel, min(first for first, _ in spans), count=found, missing=True, now=now)
    return found


def _within(field: str, spans: Sequence[tuple[date, date]]) -> Q:
    """On one of the days that statements speak about."""
    found = Q()
    for first, last in spans:
        found |= Q(**{f"{field}__gte": _begin(first), f"{field}__lt": _begin(last + timedelta(days=1))})
    return found


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class _Found:
    """Whom a line may mean, and which amounts earlier lines have stated for each."""

    parts: dict[UUID, RefundPart]
    charges: dict[UUID, Charge]
    parts_by: dict[str, list[RefundPart]]
    charges_by: dict[str, Charge]
    booked: Mapping[int, Booked]
    stated_parts: dict[int, list[int]]
    stated_charges: dict[int, list[int]]


def _match(statement: Statement, lines: Sequence[StatementLine], *, by: str, now: datetime) -> None:
    found = _candidates(statement.channel, lines)
    for line in lines:
        part, charge = _meant(line, found) if line.kind != "fee" else (None, None)
        ours = _ours(part, charge, found)
        line.outcome = outcome_of(
            kind=line.kind, has_key=line.key is not None, amount_minor=line.amount_minor, currency=line.currency, ours=ours
        )
        if line.outcome in ("unknown", "sale", "other"):
            part = charge = None
        line.part, line.charge = part, charge
        line.save(update_fields=["outcome", "part", "charge"])
        if line.outcome == "fee":
            _book_fee(line, by=by, now=now)
        elif line.outcome in DIFFERENCES:
            find(_finding(line, part, charge, ours), now=now)
        if part and line.kind == "refund":
            found.stated_parts.setdefault(part.id, []).append(line.amount_minor)
        if charge:
            found.stated_charges.setdefault(charge.id, []).append(line.amount_minor)
        if line.outcome != "twice" and (part or charge):
            _arrived(part, charge, line, now=now)


def _candidates(channel: str, lines: Iterable[StatementLine]) -> _Found:
    keys = {line.key for line in lines if line.key}
    words = {line.reference for line in lines if line.reference}
    parts = list(
        RefundPart.objects.filter(Q(idempotency_key__in=keys) | Q(channel_reference__in=words), channel=channel)
        .select_related("refund", "charge").order_by("id")
    )  # fmt: skip
    charges = list(Charge.objects.filter(Q(channel_key__in=keys) | Q(channel_reference__in=words), channel=channel).order_by("id"))
    by_word: dict[str, list[RefundPart]] = {}
    for part in parts:
        by_word.setdefault(part.channel_reference, []).append(part)
    found = _Found(
        {part.idempotency_key: part for part in parts}, {charge.channel_key: charge for charge in charges}, by_word,
        {charge.channel_reference: charge for charge in charges if charge.channel_reference}, booked_of(parts=parts), {}, {},
    )  # fmt: skip
    earlier = StatementLine.objects.exclude(outcome="").order_by("id")
    for part_id, amount in earlier.filter(part__in=parts, kind="refund").values_list("part_id", "amount_minor"):
        found.stated_parts.setdefault(part_id or 0, []).append(amount)
    for charge_id, amount in earlier.filter(charge__in=charges).values_list("charge_id", "amount_minor"):
        found.stated_charges.setdefault(charge_id or 0, []).append(amount)
    return found


def _meant(line: StatementLine, found: _Found) -> tuple[RefundPart | None, Charge | None]:
    """By our key; else by the channel's own word. One word may stand for several refunds of a payment: then by amount."""
    if line.key in found.parts and line.kind != "payment":
        return found.parts[line.key], None
    if line.key in found.charges and line.kind != "refund":
        return None, found.charges[line.key]
    if line.key is not None or not line.reference:
        return None, None
    if line.kind in ("refund", "other"):
        same = found.parts_by.get(line.reference, [])
        equal = [part for part in same if part.amount_minor == line.amount_minor]
        free = [part for part in equal if part.id not in found.stated_parts]
        return next(iter(free or equal or (same if len(same) == 1 else [])), None), None
    return None, found.charges_by.get(line.reference) if line.kind == "payment" else None


def _ours(part: RefundPart | None, charge: Charge | None, found: _Found) -> Ours | None:
    if part is not None:
        booked, stated = found.booked[part.id], tuple(found.stated_parts.get(part.id, ()))
        return Ours(
            True, left_of(booked.out, stated=stated), part.refund.currency, part.state in OPEN_PARTS, bool(stated), booked.back_minor
        )
    if charge is not None:
        stated = tuple(found.stated_charges.get(charge.id, ()))
        paid = (charge.amount_minor,) if charge.paid_at else ()
        return Ours(
            False, left_of(paid, stated=stated), charge.currency, charge.state == "awaiting" or charge.open_there, bool(stated)
        )
    return None


def _finding(line: StatementLine, part: RefundPart | None, charge: Charge | None, ours: Ours | None) -> Finding:
    turned = line.outcome == "turned_back"
    booked = abs(line.amount_minor) if turned else ours.left[0] if ours and ours.left else 0
    return Finding(
        key=f"line:{line.id}", kind=line.outcome, channel=line.channel, day=local_day(line.at), line=line, part=part, charge=charge,
        theirs_minor=0 if turned else line.amount_minor, ours_minor=booked, currency=line.currency, is_refund=line.kind != "payment",
        other_currency=line.outcome == "currency",
    )  # fmt: skip


def _arrived(part: RefundPart | None, charge: Charge | None, line: StatementLine, *, now: datetime) -> None:
    """What was missing has come, with a later statement."""
    missing = Difference.objects.filter(kind="missing").exclude(state="settled")
    missing = missing.filter(part=part) if part else missing.filter(charge=charge)
    for difference in missing.select_for_update():
        settle_itself(difference, detail=f"{line.statement_id}: {line.place}", now=now)


def _book_fee(line: StatementLine, *, by: str, now: datetime) -> None:
    if line.amount_minor:
        ledger.post(
            recipes.channel_fee(channel=line.channel, amount_minor=line.amount_minor), recipe="channel_fee",
            subject=f"statement:{line.statement_id}", currency=line.currency, key=f"fee:{line.channel}:{line.fingerprint}", by=by, now=now,
        )  # fmt: skip
