"""The penalty table: rows that operations write and end; what was imposed keeps its row."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from shouhou.foundation.refusals import refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.sla.models import Sanction
from shouhou.sla.refusals import SANCTION_NONE, SANCTION_THERE, SANCTION_WRONG, SLA_NOT_YOURS
from shouhou.sla.rules.kinds import KINDS
from shouhou.sla.rules.people import KEEPERS

POINTS_MOST, AMOUNT_MOST, CLAUSE_MOST = 1000, 100_000_000, 120


def add_sanction(
    kind: str, *, since: date, points: int, amount_minor: int, clause: str, actor: Actor, now: datetime
) -> int:  # fmt: skip
    """One more row; answers its id. Raises SLA_NOT_YOURS, SANCTION_WRONG, SANCTION_THERE."""
    _keeper(actor)
    clause = clause.replace("\x00", "").strip()
    sound = 0 <= points <= POINTS_MOST and 0 <= amount_minor <= AMOUNT_MOST and points + amount_minor > 0
    if kind not in KINDS or not sound or not 1 <= len(clause) <= CLAUSE_MOST:
        raise refused(SANCTION_WRONG)
    try:
        with transaction.atomic():
            made = Sanction.objects.create(
                kind=kind, since=since, points=points, amount_minor=amount_minor, clause=clause, by=actor.who, name=actor.name[:120], at=now
            )
            audit.note(actor, what="sanction.added", subject=kind, detail=f"{since} {points} {amount_minor} {clause}", now=now)
    except IntegrityError as taken:
        raise refused(SANCTION_THERE) from taken
    return int(made.pk)


def end_sanction(key: int, *, until: date, actor: Actor, now: datetime) -> None:
    """It holds no more from `until` on; what it imposed stays. Raises SLA_NOT_YOURS, SANCTION_NONE."""
    _keeper(actor)
    with transaction.atomic():
        row = Sanction.objects.select_for_update().filter(pk=key).first()
        if row is None:
            raise refused(SANCTION_NONE)
        if row.until is None:
            Sanction.objects.filter(pk=key).update(until=max(until, row.since))
            audit.note(actor, what="sanction.ended", subject=row.kind, detail=f"{until}", now=now)


def _keeper(actor: Actor) -> None:
    if actor.role not in KEEPERS or actor.merchant_id is not None:
        raise refused(SLA_NOT_YOURS)
