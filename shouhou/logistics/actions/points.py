"""The service network: points are put by their code, switched off, never deleted; every change is in the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import IntegrityError, transaction

from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, OVERTAKEN, FieldError, refusal, refused
from shouhou.logistics.models import ServicePoint
from shouhou.logistics.regions import region_names
from shouhou.logistics.rules.hours import written_span
from shouhou.logistics.rules.points import PointFacts, read_point
from shouhou.merchants.models import Merchant
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

MAY_KEEP_POINTS = ("operations", "system")
POINT_INVALID = refusal(
    "POINT_INVALID", "invalid", zh="网点资料有误，请修改标出的内容。", en="The service point is not valid. Mend what is marked."
)  # fmt: skip
POINT_EXISTS = refusal(
    "POINT_EXISTS", "conflict", zh="网点编码 {code} 已经在用。", en="The code {code} belongs to another service point."
)  # fmt: skip
Outcome = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class PutPoint:
    """What became of a point."""

    code: str
    outcome: Outcome
    version: int


@transaction.atomic
def put_point(
    given: Mapping[str, object], *, actor: Actor, now: datetime, version: int | None = None, new: bool = False
) -> PutPoint:  # fmt: skip
    """Create the point of this code or make it what is given; the same again is `unchanged`.

    `version` is the one that was seen; `new` wants a code that is free. A switched-off point stays off.
    Raises Refused FORBIDDEN, POINT_INVALID, POINT_EXISTS, OVERTAKEN.
    """
    check_may_keep(actor)
    facts, errors = read_point({name: value for name, value in given.items() if name != "active"})
    if facts is None:
        raise refused(POINT_INVALID, *errors)
    values = _values(facts)
    row = _locked(facts.code)
    if row is None:
        try:
            with transaction.atomic():
                row = ServicePoint.objects.create(code=facts.code, updated_at=now, **values)
        except IntegrityError:
            row = _locked(facts.code)  # somebody was faster
        else:
            audit.note(actor, what="point.created", subject=str(row), detail="", now=now)
            return PutPoint(row.code, "created", row.version)
    if row is None or new:
        raise refused(POINT_EXISTS, code=facts.code)
    if version is not None and version != row.version:
        raise refused(OVERTAKEN, version=row.version)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return PutPoint(row.code, "unchanged", row.version)
    for name in changed:
        setattr(row, name, values[name])
    row.version, row.updated_at = row.version + 1, now
    row.save(update_fields=[*changed, "version", "updated_at"])
    audit.note(actor, what="point.changed", subject=str(row), detail=" ".join(changed), now=now)
    return PutPoint(row.code, "changed", row.version)


@transaction.atomic
def switch_point(code: str, *, active: bool, actor: Actor, now: datetime) -> PutPoint:
    """Offer the point, or no longer; the same again changes nothing. Raises Refused FORBIDDEN, NOT_FOUND."""
    check_may_keep(actor)
    row = _locked(code)
    if row is None:
        raise refused(NOT_FOUND)
    if row.active == active:
        return PutPoint(row.code, "unchanged", row.version)
    row.active, row.version, row.updated_at = active, row.version + 1, now
    row.save(update_fields=["active", "version", "updated_at"])
    what = "point.switched_on" if active else "point.switched_off"
    audit.note(actor, what=what, subject=str(row), detail="", now=now)
    return PutPoint(row.code, "changed", row.version)


def check_may_keep(actor: Actor) -> None:
    """Raises Refused FORBIDDEN for everybody but operations of the house (and the house's own commands)."""
    if actor.role not in MAY_KEEP_POINTS or actor.merchant_id is not None:
        raise refused(FORBIDDEN)


def _locked(code: str) -> ServicePoint | None:
    return ServicePoint.objects.select_for_update().filter(code=code.upper()[:24]).first()


def _values(facts: PointFacts) -> dict[str, Any]:
    """The row's fields. Raises POINT_INVALID for a region or a shop that is not there."""
    if not region_names(facts.region_code):
        raise refused(POINT_INVALID, FieldError("region_code", "没有这个行政区划代码", "there is no such region"))
    merchant_id = None
    if facts.merchant:
        merchant_id = Merchant.objects.filter(code=facts.merchant).values_list("pk", flat=True).first()
        if merchant_id is None:
            raise refused(POINT_INVALID, FieldError("merchant", "没有这家店铺", "there is no such shop"))
    latitude, longitude = facts.spot or (None, None)
    return {
        "name_zh": facts.name.zh, "name_en": facts.name.en, "kind": facts.kind, "region_code": facts.region_code,
        "address_zh": facts.address.zh, "address_en": facts.address.en, "phone": facts.phone, "latitude": latitude,
        "longitude": longitude, "week": [[written_span(span) for span in spans] for spans in facts.hours.week],
        "closings": [
            {"first": each.first_day.isoformat(), "last": each.last_day.isoformat(), "note": each.note} for each in facts.hours.closings
        ],
        "closed_on_holidays": facts.hours.closed_on_holidays, "categories": list(facts.categories), "brands": list(facts.brands),
        "services": list(facts.services), "merchant_id": merchant_id, "joint_warranty": facts.joint_warranty,
        "capacity_per_day": facts.capacity_per_day,
    }  # fmt: skip
