"""Too many wrong passwords lock a name, a second factor or an address for a while; known and unknown names alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from shouhou.accounts.models import FailedSignIn
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import event_type, publish

LOCKED_FOR = timedelta(minutes=15)
# One office has one address: it may fail more often than a name.
MOST = {"name": 8, "code": 8, "address": 40}
LISTED_MOST = 200
MAY_LIFT = frozenset({"operations", "system"})
LOCKED_OUT = refusal(
    "LOCKED_OUT", "too_many",
    zh="登录失败次数过多，为安全起见请 {minutes} 分钟后再试，或请运营人员解除。",
    en="Too many failed sign-ins. For safety, try again in {minutes} minutes, or ask operations to lift it.",
)  # fmt: skip
LOCKED = event_type(
    "sign_in.locked", zh="登录失败过多，已暂时锁定", en="sign-in was locked after too many failures",
    kind="name, code (the second factor) or address", failures="how many",
)  # fmt: skip
LIFTED = event_type(
    "sign_in.lockout_lifted", zh="登录锁定已解除", en="a sign-in lockout was lifted", kind="name, code or address", by="who lifted it"
)


@dataclass(frozen=True, slots=True)
class Try:
    """One counted try: what it counts against, as (kind, value)."""

    marks: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Lockout:
    """What is locked, and until when."""

    id: int
    kind: str
    value: str
    failures: int
    until: datetime


def take_try(*, name: str, address: str, now: datetime, kind: str = "name") -> Try:
    """Count a try before it is looked at, so that many at once count as many. Raises Refused LOCKED_OUT.

    `kind` is "name" for a password, "code" for a second factor. Tell `succeeded` or `failed` what became of it.
    """
    marks = [("address", address[:150]), (kind, _plain(name))]
    for place, (what, value) in enumerate(marks):
        with connection.cursor() as cursor:
            cursor.execute(TAKE, {"kind": what, "value": value, "now": now, "since": now - LOCKED_FOR, "most": MOST[what]})
            if cursor.fetchone() is None:
                succeeded(Try(marks[:place]))
                row = FailedSignIn.objects.filter(kind=what, value=value).first()
                left = row.last_at + LOCKED_FOR - now if row else LOCKED_FOR
                raise refused(LOCKED_OUT, minutes=max(1, -(-int(left.total_seconds()) // 60)))
    return Try(marks)


def succeeded(tried: Try) -> None:
    """The name is clean again; the address gets its try back, no more: a right password washes no guesses away."""
    with transaction.atomic():
        for kind, value in tried.marks:
            if kind == "address":
                with connection.cursor() as cursor:
                    cursor.execute(GIVE_BACK, [kind, value])
            else:
                FailedSignIn.objects.filter(kind=kind, value=value).delete()


def failed(tried: Try, *, now: datetime) -> None:
    """The try stays counted; who has used up all of theirs is announced as locked, once."""
    with transaction.atomic():
        for kind, value in tried.marks:
            row = FailedSignIn.objects.filter(kind=kind, value=value, failures=MOST[kind], last_at=now).first()
            if row is not None:
                publish(LOCKED, subject=value[:60], now=now, data={"kind": kind, "failures": row.failures})


def lockouts(*, now: datetime) -> list[Lockout]:
    """What is locked now, the newest first."""
    rows = FailedSignIn.objects.filter(last_at__gt=now - LOCKED_FOR).order_by("-last_at")[:LISTED_MOST]
    return [
        Lockout(row.pk, row.kind, row.value, row.failures, row.last_at + LOCKED_FOR)
        for row in rows if row.failures >= MOST[row.kind]
    ]  # fmt: skip


def lift_lockout(lockout_id: int, *, actor: Actor, now: datetime) -> None:
    """Let them try again at once. Raises Refused: FORBIDDEN, NOT_FOUND (also when it has ended meanwhile)."""
    if actor.role not in MAY_LIFT:
        raise refused(FORBIDDEN)
    with transaction.atomic():
        row = FailedSignIn.objects.select_for_update().filter(pk=lockout_id).first()
        if row is None:
            raise refused(NOT_FOUND)
        row.delete()
        publish(LIFTED, subject=row.value[:60], now=now, data={"kind": row.kind, "by": actor.who})
        audit.note(actor, what="sign_in.lockout_lifted", subject=row.value, detail=row.kind, now=now)


def forget_failures(*, now: datetime) -> int:
    """Drop what failed more than a day ago; answers how many."""
    return FailedSignIn.objects.filter(last_at__lt=now - timedelta(days=1)).delete()[0]


def _plain(name: str) -> str:
    return name.replace("\0", "").strip().lower()[:150]


TAKE = """
INSERT INTO accounts_failedsignin AS f (kind, value, failures, last_at) VALUES (%(kind)s, %(value)s, 1, %(now)s)
ON CONFLICT (kind, value) DO UPDATE
SET failures = CASE WHEN f.last_at <= %(since)s THEN 1 ELSE f.failures + 1 END, last_at = excluded.last_at
WHERE f.failures < %(most)s OR f.last_at <= %(since)s
RETURNING failures
"""
GIVE_BACK = "UPDATE accounts_failedsignin SET failures = greatest(0, failures - 1) WHERE kind = %s AND value = %s"
