"""The team of one's own desk for programs: workload, shifts, swaps, training, quality checks; every deed names its person."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import BIGGEST, Cursor, PageSize, answers
from shouhou.api.v1.shapes.team import (
    ByInput,
    CheckList,
    CheckShape,
    CourseInput,
    CourseList,
    CourseShape,
    DrawInput,
    DrawnShape,
    LoadList,
    QualityList,
    ReplyInput,
    ScoreInput,
    ShiftInput,
    ShiftList,
    ShiftShape,
    SwapAnswerInput,
    SwapInput,
    SwapList,
    SwapShape,
    TrainingInput,
    TrainingList,
    TrainingShape,
)
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.clock import now
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.support.conversations.actions.keeping import NewDuty, add_duty, end_duty
from shouhou.support.conversations.duty import duties_of
from shouhou.support.conversations.models import Duty
from shouhou.support.teams.access import checks_of, courses_of, member, on_behalf, swaps_of, team, trainings_of
from shouhou.support.teams.actions import (
    NewCourse,
    Wish,
    add_course,
    add_training,
    answer_swap,
    ask_swap,
    decide_swap,
    draw_checks,
    end_course,
    note_check,
    reply_to_check,
    withdraw_swap,
)
from shouhou.support.teams.bodies import (
    check_body,
    course_body,
    load_body,
    quality_body,
    shift_body,
    swap_body,
    training_body,
)
from shouhou.support.teams.queries import loads, quality

router = Router(tags=["team 团队"])
READ, WRITE = Key("team:read"), Key("team:write")
Record = Annotated[int, Path(ge=1, le=BIGGEST)]
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-11"])]
Account = Annotated[str, Query(max_length=150, description="one person's account")]


@router.get("/workload", auth=READ, response=answers(LoadList), operation_id="list_workload", summary="工作量 Who has how much to do")
def workload(request: HttpRequest) -> HttpResponse:
    """Everybody at the key's own desk, by name: the house's, or a shop's."""
    return listing([load_body(row) for row in loads(caller(request).actor, now=now())], None)


@router.get("/shifts", auth=READ, response=answers(ShiftList), operation_id="list_shifts", summary="排班 The rota")
def shifts(request: HttpRequest) -> HttpResponse:
    """What still counts, by person."""
    actor = caller(request).actor
    found = duties_of(actor.merchant_id, now=now()) if member(actor) else []
    return listing([shift_body(row) for row in found], None)


@router.post(
    "/shifts", auth=WRITE, response=answers(ShiftShape, status=201, errors=(404,)), operation_id="add_shift",
    summary="加班次 Add a shift",
)  # fmt: skip
def shift(request: HttpRequest, wish: ShiftInput) -> HttpResponse:
    """By whoever keeps the desk."""

    def act(by: Actor) -> object:
        new = NewDuty(
            _key(by, wish.person), wish.weekdays, wish.since, wish.until, wish.on_holidays, wish.skills, wish.first_day, wish.last_day
        )
        return _shift(add_duty(new, actor=by, now=now()))

    return _done(request, wish.by, act, status=201)


@router.post(
    "/shifts/{record}/end", auth=WRITE, response=answers(ShiftShape, errors=(404,)), operation_id="end_shift",
    summary="结束班次 End a shift",
)  # fmt: skip
def shift_end(request: HttpRequest, record: Record, wish: ByInput) -> HttpResponse:
    """From tomorrow on no more; twice is the same."""

    def act(by: Actor) -> object:
        end_duty(record, actor=by, now=now())
        return _shift(record)

    return _done(request, wish.by, act)


@router.get("/swaps", auth=READ, response=answers(SwapList), operation_id="list_swaps", summary="换班 Swaps, the newest first")
def swaps(
    request: HttpRequest, state: Annotated[Literal["", "open", "ended"], Query()] = "", cursor: Cursor = None, limit: PageSize = 50
) -> HttpResponse:  # fmt: skip
    """Who stands in for whom at the key's own desk."""
    found, pending = swaps_of(caller(request).actor), ("asked", "agreed")
    if state:
        found = found.filter(state__in=pending) if state == "open" else found.exclude(state__in=pending)
    return _page(found, cursor, limit, swap_body)


@router.post(
    "/swaps", auth=WRITE, response=answers(SwapShape, status=201, errors=(404, 409)), operation_id="ask_swap",
    summary="申请换班 Ask for a swap",
)  # fmt: skip
def swap(request: HttpRequest, wish: SwapInput) -> HttpResponse:
    """One's own shift, or anybody's for whoever keeps the desk."""

    def act(by: Actor) -> object:
        asked = Wish(wish.shift, wish.day, _key(by, wish.colleague), wish.reason, wish.back, wish.back_day)
        return _one(swaps_of(by), ask_swap(asked, actor=by, now=now()), swap_body)

    return _done(request, wish.by, act, status=201)


@router.post(
    "/swaps/{record}/answer", auth=WRITE, response=answers(SwapShape, errors=(404, 409)), operation_id="answer_swap",
    summary="答复换班 The colleague's yes or no",
)  # fmt: skip
def swap_answer(request: HttpRequest, record: Record, wish: SwapAnswerInput) -> HttpResponse:
    def act(by: Actor) -> object:
        answer_swap(record, wish.yes, wish.answer, actor=by, now=now())
        return _one(swaps_of(by), record, swap_body)

    return _done(request, wish.by, act)


@router.post(
    "/swaps/{record}/decision", auth=WRITE, response=answers(SwapShape, errors=(404, 409)), operation_id="decide_swap",
    summary="批准换班 Approve or refuse",
)  # fmt: skip
def swap_decision(request: HttpRequest, record: Record, wish: SwapAnswerInput) -> HttpResponse:
    """By whoever keeps the desk and takes no part in it; approved, the rota says so."""

    def act(by: Actor) -> object:
        decide_swap(record, wish.yes, wish.answer, actor=by, now=now())
        return _one(swaps_of(by), record, swap_body)

    return _done(request, wish.by, act)


@router.post(
    "/swaps/{record}/withdraw", auth=WRITE, response=answers(SwapShape, errors=(404, 409)), operation_id="withdraw_swap",
    summary="撤回换班 Withdraw",
)  # fmt: skip
def swap_withdraw(request: HttpRequest, record: Record, wish: ByInput) -> HttpResponse:
    def act(by: Actor) -> object:
        withdraw_swap(record, actor=by, now=now())
        return _one(swaps_of(by), record, swap_body)

    return _done(request, wish.by, act)


@router.get("/courses", auth=READ, response=answers(CourseList), operation_id="list_courses", summary="培训课程 Courses")
def courses(request: HttpRequest) -> HttpResponse:
    """Of the key's own desk, those that were ended last."""
    found = courses_of(caller(request).actor).order_by("-active", "title_zh", "pk")[:200]
    return listing([course_body(row) for row in found], None)


@router.post(
    "/courses", auth=WRITE, response=answers(CourseShape, status=201, errors=(404, 409)), operation_id="add_course",
    summary="增加课程 Add a course",
)  # fmt: skip
def course(request: HttpRequest, wish: CourseInput) -> HttpResponse:
    def act(by: Actor) -> object:
        new = NewCourse(wish.title_zh, wish.title_en, wish.subject, wish.groups, wish.pass_score, wish.valid_months)
        return _one(courses_of(by), add_course(new, actor=by, now=now()), course_body)

    return _done(request, wish.by, act, status=201)


@router.post(
    "/courses/{record}/end", auth=WRITE, response=answers(CourseShape, errors=(404,)), operation_id="end_course",
    summary="停用课程 End a course",
)  # fmt: skip
def course_end(request: HttpRequest, record: Record, wish: ByInput) -> HttpResponse:
    """No longer asked of anybody; its records stay; twice is the same."""

    def act(by: Actor) -> object:
        end_course(record, actor=by, now=now())
        return _one(courses_of(by), record, course_body)

    return _done(request, wish.by, act)


@router.get("/trainings", auth=READ, response=answers(TrainingList), operation_id="list_trainings", summary="培训记录 Training records")
def trainings(
    request: HttpRequest,
    course: Annotated[int | None, Query(ge=1, le=BIGGEST)] = None,
    person: Account = "",
    valid: Annotated[bool, Query(description="only certificates that count today")] = False,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """The newest first."""
    found, today = trainings_of(caller(request).actor), local_day(now())
    if course is not None:
        found = found.filter(course=course)
    if person:
        found = found.filter(user__username=person)
    if valid:
        found = found.filter(expires_on__gte=today, score__gte=F("course__pass_score"))
    return _page(found, cursor, limit, training_body)


@router.post(
    "/trainings", auth=WRITE, response=answers(TrainingShape, status=201, errors=(404, 409)), operation_id="add_training",
    summary="登记培训 Record a training",
)  # fmt: skip
def training(request: HttpRequest, wish: TrainingInput) -> HttpResponse:
    """From a learning system: who passed what, and until when it counts follows from the course."""

    def act(by: Actor) -> object:
        made = add_training(wish.course, _key(by, wish.person), wish.taken_on, wish.score, wish.note, actor=by, now=now())
        return _one(trainings_of(by), made, training_body)

    return _done(request, wish.by, act, status=201)


@router.get("/checks", auth=READ, response=answers(CheckList), operation_id="list_checks", summary="质检 Quality checks")
def checks(
    request: HttpRequest,
    month: Month = None,
    state: Annotated[Literal["", "open", "done"], Query()] = "",
    person: Account = "",
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """The newest first."""
    found = checks_of(caller(request).actor)
    for name, value in (("month", _month(month)), ("state", state), ("user__username", person)):
        if value:
            found = found.filter(**{name: value})
    return _page(found, cursor, limit, check_body)


@router.post("/checks/draw", auth=WRITE, response=answers(DrawnShape, errors=(404,)), operation_id="draw_checks", summary="抽检 Draw")
def draw(request: HttpRequest, wish: DrawInput) -> HttpResponse:
    """Of what everybody at the desk worked on in that month; drawn again, only what is missing is added."""

    def act(by: Actor) -> object:
        added = draw_checks(date.fromisoformat(f"{wish.month}-01"), actor=by, now=now(), many=wish.many)
        return {"month": wish.month, "added": added}

    return _done(request, wish.by, act)


@router.post(
    "/checks/{record}/scores", auth=WRITE, response=answers(CheckShape, errors=(404, 409)), operation_id="score_check",
    summary="评分 Score a check",
)  # fmt: skip
def score(request: HttpRequest, record: Record, wish: ScoreInput) -> HttpResponse:
    """Never by whose work it is."""

    def act(by: Actor) -> object:
        note_check(record, wish.scores.model_dump(), wish.note, actor=by, now=now())
        return _one(checks_of(by), record, check_body)

    return _done(request, wish.by, act)


@router.post(
    "/checks/{record}/reply", auth=WRITE, response=answers(CheckShape, errors=(404, 409)), operation_id="reply_to_check",
    summary="答复质检 The person's own words",
)  # fmt: skip
def reply(request: HttpRequest, record: Record, wish: ReplyInput) -> HttpResponse:
    def act(by: Actor) -> object:
        reply_to_check(record, wish.text, actor=by, now=now())
        return _one(checks_of(by), record, check_body)

    return _done(request, wish.by, act)


@router.get("/quality", auth=READ, response=answers(QualityList), operation_id="list_quality", summary="质检结果 The month by person")
def by_person(request: HttpRequest, month: Month = None) -> HttpResponse:
    """This month unless another is named."""
    return listing([quality_body(row) for row in quality(_month(month) or local_day(now()), actor=caller(request).actor)], None)


def _done(request: HttpRequest, account: str, act: Callable[[Actor], object], *, status: int = 200) -> HttpResponse:
    """The deed in the name of a person of the key's own desk; the audit says that a program did it."""
    program = caller(request).actor

    def deed() -> object:
        with transaction.atomic():
            by = on_behalf(program, account)
            told = act(by)
            audit.note(by, what="team.by_program", subject=f"{program.name} {program.who}", detail=request.path, now=now())
            return told

    return once(request, deed, status=status)


def _key(actor: Actor, account: str) -> int:
    found = next((user.pk for user in team(actor) if user.username == account), None)
    if found is None:
        raise refused(NOT_FOUND)
    return int(found)


def _shift(key: int) -> dict[str, Any]:
    return shift_body(Duty.objects.select_related("user").get(pk=key))


def _one(found: QuerySet[Any], key: int, shape: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    return shape(found.get(pk=key))


def _page(found: QuerySet[Any], cursor: str | None, limit: int, shape: Callable[[Any], dict[str, Any]]) -> HttpResponse:
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, int)[0])
    rows = list(found.order_by("-pk")[: limit + 1])
    return listing([shape(row) for row in rows[:limit]], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else None)


def _month(text: str | None) -> date | None:
    return date.fromisoformat(f"{text}-01") if text else None
