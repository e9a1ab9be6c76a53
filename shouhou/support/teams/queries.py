"""Reads of a team: who has how much to do, who is trained in what, how checks came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from shouhou.accounts.models import User
from shouhou.foundation.days import end_of_day, local_day
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import calendar_now
from shouhou.support.conversations.duty import shifts_of
from shouhou.support.conversations.rules.rota import on_duty
from shouhou.support.conversations.rules.topics import SKILLS
from shouhou.support.teams.access import checks_of, member, team
from shouhou.support.teams.models import Check, Course, Training
from shouhou.support.teams.rules.quality import DIMENSIONS, mean
from shouhou.support.teams.rules.skills import CATEGORIES, GROUPS, ROUTED, SOON_DAYS, Taken, untrained

HANDLED_DAYS, AGAIN_DAYS = 7, 7


@dataclass(frozen=True, slots=True)
class Load:
    """What lies with one person now, and what they did in the last seven days. `again` of what they ended in the seven days before
    that was reopened within seven (CDT-17); `here` is whether they are on duty."""

    user: User
    here: bool
    cases: int = 0
    overdue: int = 0
    today: int = 0
    talks: int = 0
    waiting: int = 0
    calls: int = 0
    handled: int = 0
    ended: int = 0
    again: int = 0
    lacks: frozenset[str] = frozenset()
    lapses: int = 0


def loads(actor: Actor, *, now: datetime) -> list[Load]:
    """Everybody at one's desk, by name; six statements however many there are."""
    if not member(actor):
        return []
    people = team(actor)
    keys = [user.pk for user in people]
    shifts, calendar = shifts_of(actor.merchant_id, now=now), calendar_now()
    here = frozenset().union(*(on_duty(shifts, skill=skill, calendar=calendar, now=now) for skill in SKILLS))
    values: dict[str, Any] = {
        "people": keys, "names": [f"user:{key}" for key in keys], "now": now, "tonight": end_of_day(local_day(now)),
        "since": now - timedelta(days=HANDLED_DAYS), "before": now - timedelta(days=HANDLED_DAYS + AGAIN_DAYS), "again": AGAIN_DAYS,
    }  # fmt: skip
    found: dict[int, dict[str, int]] = {key: {} for key in keys}
    with connection.cursor() as cursor:
        for statement in (CASES, TALKS, CALLS, HANDLED, ENDED):
            cursor.execute(statement, values)
            names = [column.name for column in cursor.description or ()][1:]
            for key, *counts in cursor.fetchall():
                found[int(str(key).removeprefix("user:"))] |= dict(zip(names, counts, strict=True))
    lacking, lapsing = _certificates(actor, keys, now=now)
    return [
        Load(
            user, user.pk in here, **found[user.pk], lapses=lapsing.get(user.pk, 0),
            lacks=lacking.get(user.pk, frozenset()) if user.role in ROUTED else frozenset(),
        )
        for user in people
    ]  # fmt: skip


def untrained_of(user_id: int, *, merchant_id: int | None, now: datetime) -> frozenset[str]:
    """The product groups that this person is not to be given (ORG-01)."""
    required = _required(merchant_id)
    return untrained(required, _taken(merchant_id, [user_id]).get(user_id, []), today=local_day(now)) if required else frozenset()


def kept_from(groups: frozenset[str]) -> tuple[list[str], list[str] | None]:
    """Those groups as categories: (these are kept from them, or – where daily goods are among them – all but these)."""
    if "daily" in groups:
        return [], sorted(frozenset[str]().union(*(codes for group, codes in CATEGORIES.items() if group not in groups)))
    return sorted(frozenset[str]().union(*(CATEGORIES[group] for group in groups))), None


@dataclass(frozen=True, slots=True)
class Quality:
    """One person's month: how many are drawn and done, the mean of each dimension and of all."""

    user: User
    drawn: int
    done: int
    means: Mapping[str, Decimal | None]
    whole: Decimal | None


def quality(month: date, *, actor: Actor) -> list[Quality]:
    """By person, for those who have checks in that month."""
    by_person: dict[int, list[Check]] = {}
    for row in checks_of(actor).filter(month=month.replace(day=1)).order_by("user__last_name", "user__first_name", "user_id"):
        by_person.setdefault(row.user_id, []).append(row)
    return [_quality(rows) for rows in by_person.values()]


def courses_with_holders(found: QuerySet[Course], *, now: datetime) -> QuerySet[Course]:
    """Each with how many people hold its certificate today (`holders`)."""
    valid = Q(
        trainings__expires_on__gte=local_day(now), trainings__score__gte=F("pass_score"), trainings__user__is_active=True
    )  # fmt: skip
    return found.annotate(holders=Count("trainings__user", filter=valid, distinct=True))


def _quality(rows: list[Check]) -> Quality:
    done = [row for row in rows if row.state == "done"]
    means = {name: mean([row.scores[name] for row in done if name in row.scores]) for name in DIMENSIONS}
    return Quality(rows[0].user, len(rows), len(done), means, mean([score for row in done for score in row.scores.values()]))


def _certificates(actor: Actor, keys: list[int], *, now: datetime) -> tuple[dict[int, frozenset[str]], dict[int, int]]:
    required, today = _required(actor.merchant_id), local_day(now)
    taken = _taken(actor.merchant_id, keys)
    soon = today + timedelta(days=SOON_DAYS)
    lapsing = {key: len({each.course for each in rows if each.holds(today)} - {each.course for each in rows if each.holds(soon)})
               for key, rows in taken.items()}  # fmt: skip
    return {key: untrained(required, taken.get(key, []), today=today) for key in keys}, lapsing


def _required(merchant_id: int | None) -> dict[int, list[str]]:
    rows = Course.objects.filter(merchant=merchant_id, active=True).exclude(groups=[]).values_list("pk", "groups")
    return {key: [group for group in groups if group in GROUPS] for key, groups in rows}


def _taken(merchant_id: int | None, people: list[int]) -> dict[int, list[Taken]]:
    found: dict[int, list[Taken]] = {}
    rows = Training.objects.filter(user__in=people, course__merchant=merchant_id, course__active=True).select_related("course")
    for row in rows:
        course = row.course
        found.setdefault(row.user_id, []).append(
            Taken(course.pk, tuple(course.groups), course.pass_score, row.score, row.taken_on, row.expires_on)
        )
    return found


CASES = """
SELECT assigned_to_id, count(*) AS cases, count(*) FILTER (WHERE due_at < %(now)s AND waits_on <> 'consumer') AS overdue,
    count(*) FILTER (WHERE due_at >= %(now)s AND due_at <= %(tonight)s AND waits_on <> 'consumer') AS today
FROM cases_case WHERE assigned_to_id = ANY(%(people)s) AND closed_at IS NULL GROUP BY 1
"""
TALKS = """
SELECT assigned_to_id, count(*) AS talks, count(*) FILTER (WHERE waits_on = 'staff') AS waiting
FROM conversations_conversation WHERE assigned_to_id = ANY(%(people)s) AND closed_at IS NULL GROUP BY 1
"""
CALLS = """
SELECT assigned_to_id, count(*) AS calls FROM satisfaction_followup
WHERE assigned_to_id = ANY(%(people)s) AND state = 'open' GROUP BY 1
"""
# By history_staff: what people of the staff did, never a consumer's or the clock's rows.
HANDLED = """
SELECT who, count(DISTINCT case_id) AS handled FROM cases_historyentry
WHERE who = ANY(%(names)s) AND at >= %(since)s AND role NOT IN ('consumer', 'system') GROUP BY 1
"""
ENDED = """
SELECT h.who, count(DISTINCT h.case_id) AS ended, count(DISTINCT h.case_id) FILTER (
    WHERE c.reopened_at > h.at AND c.reopened_at <= h.at + make_interval(days => %(again)s)) AS again
FROM cases_historyentry h JOIN cases_case c ON c.id = h.case_id
WHERE h.who = ANY(%(names)s) AND h.at >= %(before)s AND h.at < %(since)s AND h.role NOT IN ('consumer', 'system')
    AND (c.closed_at IS NOT NULL OR c.reopened_at IS NOT NULL) GROUP BY 1
"""
