"""Courses and records of training: kept by whoever keeps the desk (ORG-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import NOT_FOUND, FieldError, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import publish
from shouhou.support.teams.access import courses_of, keeper, me, team_member
from shouhou.support.teams.events import TRAINING_LAPSED
from shouhou.support.teams.models import Course, Training
from shouhou.support.teams.refusals import COURSE_TWICE, TEAM_INVALID, TRAINING_TWICE
from shouhou.support.teams.rules.skills import GROUPS, SUBJECTS, expiry

TITLE_MOST, NOTE_MOST, BATCH = 80, 500, 200


@dataclass(frozen=True, slots=True)
class NewCourse:
    """A course as it is to be; `groups` are the product groups that nobody is given without it."""

    title_zh: str
    title_en: str
    subject: str
    groups: Sequence[str]
    pass_score: int
    valid_months: int


@transaction.atomic
def add_course(wanted: NewCourse, *, actor: Actor, now: datetime) -> int:
    """One more course of one's own desk. Raises FORBIDDEN, TEAM_INVALID, COURSE_TWICE."""
    keeper(actor)
    zh, en = " ".join(wanted.title_zh.split()), " ".join(wanted.title_en.split())
    bounded = 0 <= wanted.pass_score <= 100 and 1 <= wanted.valid_months <= 60
    if not zh or max(len(zh), len(en)) > TITLE_MOST or wanted.subject not in SUBJECTS or not bounded:
        raise refused(TEAM_INVALID)
    try:
        with transaction.atomic():
            row = Course.objects.create(
                merchant_id=actor.merchant_id, title_zh=zh, title_en=en, subject=wanted.subject,
                groups=[group for group in GROUPS if group in wanted.groups], pass_score=wanted.pass_score,
                valid_months=wanted.valid_months, by=actor.who, at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise refused(COURSE_TWICE, title=zh) from error
    audit.note(actor, what="course.added", subject=zh, detail=f"{wanted.subject} {row.groups} ≥{row.pass_score}", now=now)
    return row.pk


@transaction.atomic
def end_course(course_id: int, *, actor: Actor, now: datetime) -> None:
    """No longer asked of anybody; its records stay; twice is the same. Raises FORBIDDEN, NOT_FOUND."""
    keeper(actor)
    row = courses_of(actor).select_for_update().filter(pk=course_id).first()
    if row is None:
        raise refused(NOT_FOUND)
    if row.active:
        row.active = False
        row.save(update_fields=["active"])
        audit.note(actor, what="course.ended", subject=row.title_zh, detail="", now=now)


@transaction.atomic
def add_training(
    course_id: int, user_id: int, taken_on: date, score: int, note: str = "", *, actor: Actor, now: datetime
) -> int:
    """Somebody of this desk took a course. Nobody certifies themselves.

    Raises FORBIDDEN, NOT_FOUND, TEAM_INVALID (no such score, a day to come, themselves), TRAINING_TWICE.
    """
    keeper(actor)
    course = courses_of(actor).filter(pk=course_id, active=True).first()
    if course is None:
        raise refused(NOT_FOUND)
    person = team_member(actor, user_id)
    if person.pk == me(actor):
        raise refused(TEAM_INVALID, FieldError("person", "不能为自己登记培训，请由他人登记。", "Nobody certifies themselves."))
    if not 0 <= score <= 100:
        raise refused(TEAM_INVALID, FieldError("score", "成绩为 0 至 100。", "A score is 0 to 100."))
    if taken_on > local_day(now):
        raise refused(TEAM_INVALID, FieldError("taken_on", "日期不能在今天之后。", "The day is still to come."))
    try:
        with transaction.atomic():
            row = Training.objects.create(
                course=course, user=person, taken_on=taken_on, score=score, expires_on=expiry(taken_on, course.valid_months),
                note=note.strip()[:NOTE_MOST], by_id=me(actor), at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise refused(TRAINING_TWICE, name=person.get_full_name() or person.username) from error
    audit.note(actor, what="training.added", subject=str(person.pk), detail=f"{course.title_zh} {taken_on} {score}", now=now)
    return row.pk


def tell_lapsed(*, now: datetime, most: int = BATCH) -> int:
    """Certificates that no longer count and have no successor are said once to whoever keeps the desk. Returns how many."""
    today, told = local_day(now), 0
    for _turn in range(most):
        with transaction.atomic():
            rows = Training.objects.select_for_update(skip_locked=True, of=("self",)).filter(expires_on__lt=today, told_at=None)
            row = rows.select_related("course", "user").order_by("expires_on", "id").first()
            if row is None:
                return told
            row.told_at = now
            row.save(update_fields=["told_at"])
            passed = row.score >= row.course.pass_score and row.course.active and row.user.is_active
            later = Training.objects.filter(course=row.course, user=row.user, score__gte=row.course.pass_score, expires_on__gte=today)
            if passed and not later.exists():
                told += 1
                publish(
                    TRAINING_LAPSED, subject=str(row.pk), now=now, merchant_id=row.course.merchant_id,
                    data={
                        "user": row.by_id, "person": row.user.get_full_name() or row.user.username, "course": row.course.title_zh,
                        "course_en": row.course.title_en or row.course.title_zh, "expired_on": row.expires_on.isoformat(),
                    },
                )  # fmt: skip
    return told
