"""The daily balance proof: what must hold is checked, kept, and sealed with a hash over the proof before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import refused
from shouhou.ledger.proving import NONE, digests
from shouhou.payments.events import PROOF_BAD
from shouhou.payments.models import BalanceProof
from shouhou.payments.reconciliation.checks import checks_of
from shouhou.payments.reconciliation.refusals import PROOF_DAY
from shouhou.plumbing.events import publish


def prove(day: date, *, grace_days: int, by: str, now: datetime) -> BalanceProof:
    """The day's proof; the same findings again are the same proof, others a new revision. Raises Refused PROOF_DAY."""
    if day >= local_day(now):
        raise refused(PROOF_DAY, day=day.isoformat())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('balance_proof'))")
        checks = checks_of(day, grace_days=grace_days, now=now)
        states = {check["state"] for check in checks}
        state = "bad" if "bad" in states else "waiting" if "waiting" in states else "good"
        content, digest = {"checks": checks}, digests(since=day, until=day).get(day, NONE)
        earlier = BalanceProof.objects.filter(day=day).order_by("-revision").first()
        if earlier is not None and (_lasting(earlier.content), earlier.digest, earlier.state) == (_lasting(content), digest, state):
            return earlier
        last = BalanceProof.objects.order_by("-id").first()
        proof = BalanceProof(
            day=day, revision=earlier.revision + 1 if earlier else 1, state=state, content=content, digest=digest,
            before=last.sha256 if last else "", made_by=by, made_at=now,
        )  # fmt: skip
        proof.sha256 = seal(proof)
        proof.save()
        if state == "bad" and (earlier is None or earlier.state != "bad"):
            wrong = list(dict.fromkeys(check["name"] for check in checks if check["state"] == "bad"))
            publish(
                PROOF_BAD, subject=day.isoformat(), now=now,
                data={"day": day.isoformat(), "revision": proof.revision, "checks": wrong},
            )  # fmt: skip
        return proof


def _lasting(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The findings without the figures that are of the moment and change with every refund."""
    return [
        {name: value for name, value in check.items() if name != "rows" or check["name"] not in ("reservations", "pending")}
        for check in content["checks"]
    ]


def seal(proof: BalanceProof) -> str:
    """The hash over the proof and the one before it."""
    told: Mapping[str, Any] = {
        "day": proof.day.isoformat(), "revision": proof.revision, "state": proof.state, "content": proof.content,
        "digest": proof.digest, "before": proof.before, "by": proof.made_by, "at": proof.made_at.timestamp(),
    }  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def broken_links(*, days: int | None = None, now: datetime) -> list[str]:
    """What does not hold any more: a proof altered or taken out, or a day whose postings are not those that were proven.

    `days`: only so many days back are compared with the ledger; None: all of them.
    """
    found: list[str] = []
    before, latest = "", dict[date, BalanceProof]()
    for proof in BalanceProof.objects.order_by("id").iterator(chunk_size=200):
        if proof.before != before or seal(proof) != proof.sha256:
            found.append(f"{proof}: seal")
        before = proof.sha256
        latest[proof.day] = proof
    if latest:
        since = min(latest) if days is None else max(min(latest), local_day(now) - timedelta(days=days))
        standing = digests(since=since, until=max(latest))
        found += [f"{proof}: ledger" for day, proof in latest.items() if day >= since and standing.get(day, NONE) != proof.digest]
    return found
