"""Taking a channel's statement in: every line once, whatever files it stands in."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import refused
from shouhou.payments.channels.base import BadStatement, ChannelDown, StatementRow
from shouhou.payments.channels.registry import STATEMENT_CHANNELS, is_set_up, open_statement_channel
from shouhou.payments.models import Statement, StatementLine
from shouhou.payments.reconciliation.refusals import (
    STATEMENT_CHANNEL,
    STATEMENT_DAY,
    STATEMENT_TOO_LARGE,
    STATEMENT_UNREADABLE,
)  # fmt: skip

BYTES_MOST = 32 * 1024 * 1024
PORTION = 2000
Progress = Callable[[int, int | None], None]


def take_statement(
    data: bytes, *, channel: str, name: str, day: date | None, by: str, now: datetime, most_bytes: int = BYTES_MOST,
    progress: Progress | None = None,
) -> Statement:  # fmt: skip
    """The statement with its lines, all or nothing; the same bytes again are the one taken before.

    Raises Refused STATEMENT_CHANNEL, STATEMENT_UNREADABLE, STATEMENT_DAY, STATEMENT_TOO_LARGE.
    """
    if len(data) > most_bytes:
        raise refused(STATEMENT_TOO_LARGE, most_megabytes=most_bytes >> 20)
    rows = _read(data, channel)
    days = [day] if day else [local_day(row.at) for row in rows]
    if not days:
        raise refused(STATEMENT_DAY)
    # Days on which nothing moved are told with the same bytes: then the day itself tells them apart.
    sha256 = hashlib.sha256(data if rows else data + str(day).encode()).hexdigest()
    found = Statement.objects.filter(channel=channel, sha256=sha256).first()
    if found is not None:
        return found
    with transaction.atomic():
        statement, first = Statement.objects.get_or_create(
            channel=channel, sha256=sha256,
            defaults={
                "name": name[:120], "first_on": min(days), "last_on": max(days), "taken_by": by, "taken_at": now,
                "rows": len(rows), "rows_new": 0,
            },
        )  # fmt: skip
        if not first:
            return statement
        _write(statement, rows, progress)
        statement.rows_new = StatementLine.objects.filter(statement=statement).count()
        statement.save(update_fields=["rows_new"])
    return statement


def _read(data: bytes, channel: str) -> list[StatementRow]:
    try:
        return list(open_statement_channel(channel).read_statement(data))
    except ChannelDown as error:
        known = ", ".join(name for name in STATEMENT_CHANNELS if is_set_up(name)) or "–"
        raise refused(STATEMENT_CHANNEL, channel=channel[:40], known=known) from error
    except BadStatement as error:
        raise refused(STATEMENT_UNREADABLE, reason=str(error)[:200]) from error


def _write(statement: Statement, rows: Sequence[StatementRow], progress: Progress | None) -> None:
    """The unique fingerprint leaves out what an earlier, overlapping statement had brought."""
    lines, done = iter(_lines(statement, rows)), 0
    while portion := list(islice(lines, PORTION)):
        StatementLine.objects.bulk_create(portion, ignore_conflicts=True)
        done += len(portion)
        if progress:
            progress(done, len(rows))


def _lines(statement: Statement, rows: Iterable[StatementRow]) -> Iterable[StatementLine]:
    seen: Counter[str] = Counter()
    for place, row in enumerate(rows, 1):
        told = json.dumps(
            [row.kind, row.reference, str(row.key or ""), row.amount_minor, row.currency, row.at.isoformat(), row.text]
        )
        seen[told] += 1
        yield StatementLine(
            statement=statement, place=place, channel=statement.channel, kind=row.kind, reference=row.reference[:120],
            key=row.key, amount_minor=row.amount_minor, currency=row.currency, at=row.at, text=row.text[:200],
            # Two lines that say the very same in one file are two movements.
            fingerprint=hashlib.sha256(f"{told}{seen[told]}".encode()).hexdigest(),
        )  # fmt: skip
