"""Freight policies are put by their number: created, changed until they are claimed, or unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import IntegrityError, transaction

from shouhou.foundation.refusals import FORBIDDEN, OVERTAKEN, refused
from shouhou.insurance.attaching import order_of, read_given, row_of
from shouhou.insurance.events import POLICY_ATTACHED
from shouhou.insurance.models import Policy
from shouhou.insurance.refusals import POLICY_CLAIMED, POLICY_ELSEWHERE, POLICY_ORDER_UNKNOWN, POLICY_TAKEN
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import publish
from shouhou.policy.queries import compiled

MAY_ATTACH = ("shop", "operations", "merchant_manager", "insurer", "system")


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a policy."""

    number: str
    outcome: Literal["created", "changed", "unchanged"]
    version: int


@transaction.atomic
def put_policy(given: Mapping[str, object], *, actor: Actor, now: datetime, version: int | None = None) -> Put:
    """Create the policy of this number or make it what is given; the same again is `unchanged`.

    Raises Refused FORBIDDEN, FREIGHT_POLICY_INVALID, …_ORDER_UNKNOWN, …_SELF_OPERATED (INS-01), …_TAKEN (one per order),
    …_ELSEWHERE, …_CLAIMED, OVERTAKEN.
    """
    if actor.role not in MAY_ATTACH:
        raise refused(FORBIDDEN)
    told = read_given(given)
    if actor.insurer not in (None, told.insurer):
        raise refused(POLICY_ORDER_UNKNOWN, order=told.order)
    order = order_of(told, actor=actor)
    values = row_of(told, order, mode=str(compiled(order.book, order.book_version).terms.value("insurance_mode")), now=now)
    row = Policy.objects.select_for_update().filter(number=told.number).first()
    if row is None:
        if version is not None:
            raise refused(OVERTAKEN, version=0)
        try:
            with transaction.atomic():
                row = Policy.objects.create(number=told.number, order=order, created_at=now, updated_at=now, **values)
        except IntegrityError:
            row = Policy.objects.select_for_update().filter(number=told.number).first()
            if row is None:
                other = Policy.objects.filter(order=order, cancelled_at=None).values_list("number", flat=True).first()
                raise refused(POLICY_TAKEN, order=order.number, number=other or "–") from None
        else:
            audit.note(actor, what="freight_policy.created", subject=row.number, detail=order.number, now=now)
            _tell(row, now)
            return Put(row.number, "created", row.version)
    if row.order_id != order.id or (actor.insurer is not None and row.insurer != actor.insurer):
        raise refused(POLICY_ELSEWHERE, number=told.number)
    if version is not None and version != row.version:
        raise refused(OVERTAKEN, version=row.version)
    if told.issued_at is None:
        values["issued_at"] = row.issued_at
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return Put(row.number, "unchanged", row.version)
    if row.claims_count:
        raise refused(POLICY_CLAIMED, number=row.number)
    for name in changed:
        setattr(row, name, values[name])
    row.version, row.updated_at = row.version + 1, now
    row.save(update_fields=[*changed, "version", "updated_at"])
    audit.note(actor, what="freight_policy.changed", subject=row.number, detail=" ".join(changed), now=now)
    _tell(row, now)
    return Put(row.number, "changed", row.version)


def _tell(row: Policy, now: datetime) -> None:
    publish(
        POLICY_ATTACHED, subject=row.order_number, now=now, merchant_id=row.merchant_id, buyer_id=row.buyer_id,
        data={"policy": row.number, "insurer": row.insurer, "sum_minor": row.sum_minor, "currency": row.currency, "order_id": row.order_id},
    )  # fmt: skip
