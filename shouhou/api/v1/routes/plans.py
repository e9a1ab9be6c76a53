"""Protection plans: sold ones come in, what is left of them goes out."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import answer, listing, version_asked
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.shapes.common import answers
from shouhou.api.v1.shapes.plans import PlanInput, PlanKinds, PlanList, PlanWithClaims, PutPlanShape
from shouhou.plans.actions import put_plan
from shouhou.plans.queries import kinds_json, plan_json, plans_json
from shouhou.plumbing.clock import now

router = Router(tags=["plans 保障计划"])
Number = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[^\s\x00/][^\x00/]*$", examples=["PLN-2026-0001"])]


@router.get(
    "", auth=Key("orders:read"), response=answers(PlanList), operation_id="list_plans",
    summary="订单的保障计划 The protection plans of an order",
)  # fmt: skip
def plans(request: HttpRequest, order: Annotated[str, Query(min_length=1, max_length=80)]) -> HttpResponse:
    """In the order of the lines; somebody else's order has none."""
    return listing(plans_json(order, actor=caller(request).actor, language=language_of(request)), None)


# Before a plan's number.
@router.get(
    "/kinds", auth=Key("orders:read"), response=answers(PlanKinds), operation_id="list_plan_kinds",
    summary="可销售的保障计划种类 Kinds of plans with terms, limits and exclusions",
)  # fmt: skip
def plan_kinds(request: HttpRequest) -> HttpResponse:
    """What a shop shows before it sells one: covered causes, exclusions, limits, documents."""
    return listing(kinds_json(language_of(request)), None)


@router.get(
    "/{number}", auth=Key("orders:read"), response=answers(PlanWithClaims, errors=(404,)), operation_id="get_plan",
    summary="一份保障计划与理赔记录 One plan and what was claimed of it",
)  # fmt: skip
def plan(request: HttpRequest, number: Number) -> HttpResponse:
    """With every claim: held while a repair lasts, used when it is done, released when it is not."""
    return answer(plan_json(number, actor=caller(request).actor, language=language_of(request)))


@router.put(
    "/{number}", auth=Key("orders:write"), response=answers(PutPlanShape, also=201, errors=(404, 409)), operation_id="put_plan",
    summary="写入售出的保障计划 Create or change a sold plan",
)  # fmt: skip
def put(request: HttpRequest, number: Number, body: PlanInput) -> HttpResponse:
    """By its policy number; the same again is `unchanged`. `cancelled_on` ends it. If-Match (or `version`) guards what was seen."""
    given = {**body.model_dump(exclude={"version"}, exclude_none=True, mode="json"), "number": number}
    done = put_plan(given, actor=caller(request).actor, now=now(), version=version_asked(request, body.version))
    told = {"number": done.number, "result": done.outcome, "version": done.version}
    return answer(told, status=201 if done.outcome == "created" else 200)
