"""The service network: where goods are handed over or repaired, nearest first; and the master data behind it."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import answer, listing, version_asked
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.shapes.common import Instant, answers
from shouhou.api.v1.shapes.points import PointInput, PointList, PointShape, PutPointShape
from shouhou.foundation.refusals import NOT_FOUND, FieldError, refusal, refused
from shouhou.logistics.actions.points import put_point, switch_point
from shouhou.logistics.network import LIMIT, LIMIT_MOST, WITHIN_KM, WITHIN_KM_MOST, Place, Wanted, nearest, place
from shouhou.logistics.rules.distance import Spot, read_spot
from shouhou.logistics.rules.hours import written_span
from shouhou.plumbing.clock import now
from shouhou.policy.queries import calendar_now

NEAR_INVALID = refusal(
    "NEAR_INVALID", "invalid", zh="near 须为“纬度,经度”。", en="near must be “latitude,longitude” in decimal degrees."
)  # fmt: skip
router = Router(tags=["service-points 服务网点"])
Code = Annotated[str, Path(min_length=1, max_length=24, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", examples=["CD-01"])]
Service = Literal["drop_off", "walk_in_repair", "pickup", "on_site"]


@router.get(
    "", auth=Key("points:read"), response=answers(PointList), operation_id="list_service_points",
    summary="附近的服务网点 Service points, nearest first",
)  # fmt: skip
def service_points(
    request: HttpRequest,
    near: Annotated[str | None, Query(max_length=40, description="latitude,longitude; then by distance")] = None,
    region: Annotated[str | None, Query(pattern=r"^\d{2,6}$", description="region code; the same district, city, province")] = None,
    category: Annotated[str | None, Query(max_length=60, pattern=r"^[a-z0-9_]+$")] = None,
    brand: Annotated[str | None, Query(max_length=60)] = None,
    service: Annotated[Service | None, Query()] = None,
    joint_warranty: Annotated[bool, Query(description="only those of the national joint warranty 全国联保")] = False,
    at: Annotated[Instant | None, Query(description="open at this instant? now when not given")] = None,
    within_km: Annotated[int, Query(ge=1, le=WITHIN_KM_MOST, description="with near only")] = WITHIN_KM,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MOST)] = LIMIT,
) -> HttpResponse:
    """Points that are in use and have capacity; a shop's own points are told to that shop's keys only."""
    spot = _spot(near) if near else None
    wanted = Wanted(
        services=(service,) if service else (), categories=(category,) if category else (), brand=brand or "",
        joint_warranty=joint_warranty, merchant_id=caller(request).actor.merchant_id,
    )  # fmt: skip
    found = nearest(
        at=at or now(), calendar=calendar_now(), near=spot, region_code=region or "", wanted=wanted, limit=limit, within_km=within_km
    )
    return listing([_told(each) for each in found], None)


@router.get(
    "/{code}", auth=Key("points:read"), response=answers(PointShape, errors=(404,)), operation_id="get_service_point",
    summary="一个服务网点 One service point",
)  # fmt: skip
def service_point(
    request: HttpRequest, code: Code, at: Annotated[Instant | None, Query(description="open at this instant?")] = None
) -> HttpResponse:
    """Switched off or not: cases go on naming it."""
    found = place(code, at=at or now(), calendar=calendar_now())
    mine = caller(request).actor.merchant_id
    if found is None or (mine is not None and found.merchant_id not in (None, mine)):
        raise refused(NOT_FOUND)
    return answer(_told(found))


@router.put(
    "/{code}", auth=Key("points:write"), response=answers(PutPointShape, also=201, errors=(404, 409)), operation_id="put_service_point",
    summary="写入服务网点 Create or change a service point",
)  # fmt: skip
def put(request: HttpRequest, code: Code, body: PointInput) -> HttpResponse:
    """By its code; the same again is `unchanged`. `active` switches it. If-Match (or `version`) guards what was seen."""
    given = {**body.model_dump(exclude={"active", "version"}), "code": code}
    actor, at = caller(request).actor, now()
    done = put_point(given, actor=actor, now=at, version=version_asked(request, body.version))
    outcome, version = done.outcome, done.version
    if body.active is not None:
        switched = switch_point(done.code, active=body.active, actor=actor, now=at)
        outcome, version = (switched.outcome if outcome == "unchanged" else outcome), switched.version
    return answer({"code": done.code, "result": outcome, "version": version}, status=201 if outcome == "created" else 200)


def _spot(text: str) -> Spot:
    try:
        return read_spot(text)
    except ValueError:
        raise refused(NEAR_INVALID, FieldError("near", "须为“纬度,经度”", "latitude,longitude")) from None


def _told(found: Place) -> dict[str, Any]:
    opening, degrees = found.opening, found.degrees
    return {
        "code": found.code, "name": {"zh": found.name.zh, "en": found.name.en}, "kind": found.kind, "active": found.active,
        "region_code": found.region_code, "region": found.region, "address": {"zh": found.address.zh, "en": found.address.en},
        "phone": found.phone, "latitude": degrees[0] if degrees else None, "longitude": degrees[1] if degrees else None,
        "distance_metres": found.distance_metres, "nearness": found.nearness or None,
        "hours": [[written_span(span) for span in spans] for spans in found.hours.week],
        "open": opening.open, "until": opening.until, "opens_at": opening.opens_at, "closed_because": opening.cause or None,
        "services": found.services, "categories": found.categories, "brands": found.brands,
        "joint_warranty": found.joint_warranty, "capacity_per_day": found.capacity_per_day,
    }  # fmt: skip
