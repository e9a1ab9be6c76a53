"""Who answers now and who will: the rota of a desk as the rules read it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from shouhou.accounts.models import User
from shouhou.foundation.days import local_day
from shouhou.policy.queries import calendar_now
from shouhou.support.conversations.models import Duty
from shouhou.support.conversations.rules.rota import Shift, next_duty, on_duty


@dataclass(frozen=True, slots=True)
class Staffed:
    """How a desk is staffed for a skill: how many are there now, and else from when; `rota` is whether there is one at all."""

    now: int
    next_at: datetime | None
    rota: bool


def shifts_of(merchant_id: int | None, *, now: datetime) -> list[Shift]:
    """The shifts of the house (None) or a shop that still count, of people who still work there."""
    return [shift_of(row) for row in duties_of(merchant_id, now=now)]


def shift_of(row: Duty) -> Shift:
    """A row of the rota as the rules read it."""
    return Shift(
        row.user_id, tuple(row.weekdays), row.since, row.until, row.on_holidays, tuple(row.skills), row.first_day, row.last_day,
        tuple(row.off_days),
    )  # fmt: skip


def duties_of(merchant_id: int | None, *, now: datetime) -> list[Duty]:
    """The rows of the rota that still count, by person."""
    rows = Duty.objects.filter(Q(last_day=None) | Q(last_day__gte=local_day(now)), merchant=merchant_id, user__is_active=True)
    return list(rows.select_related("user").order_by("user__last_name", "user__first_name", "first_day", "since", "id")[:500])


def staffed(merchant_id: int | None, *, skill: str, now: datetime) -> Staffed:
    """What can truly be promised about an answer."""
    shifts, calendar = shifts_of(merchant_id, now=now), calendar_now()
    here = on_duty(shifts, skill=skill, calendar=calendar, now=now)
    return Staffed(len(here), next_duty(shifts, skill=skill, calendar=calendar, now=now), bool(shifts))


def skills_of(user_id: int, *, merchant_id: int | None, now: datetime) -> frozenset[str]:
    """What this person answers by their shifts; empty: everything."""
    own = [shift for shift in shifts_of(merchant_id, now=now) if shift.user_id == user_id]
    return frozenset() if any(not shift.skills for shift in own) else frozenset(skill for shift in own for skill in shift.skills)


def people_of(merchant_id: int | None, *, roles: frozenset[str]) -> list[User]:
    """Who works at a desk, by name: for handing over and for the rota."""
    people = User.objects.filter(is_active=True, role__in=roles)
    if merchant_id is None:
        people = people.exclude(organisation__kind="merchant")
    else:
        people = people.filter(organisation__merchant=merchant_id)
    return list(people.order_by("last_name", "first_name", "username")[:200])


def complaint_owners(now: datetime) -> list[int]:
    """Whom a complaint without an owner goes to: whoever is at the house's desk for complaints, those with the fewest open cases
    first; else whoever begins next is not there yet, and those who oversee have it."""
    here = on_duty(shifts_of(None, now=now), skill="service", calendar=calendar_now(), now=now)
    wanted = User.objects.filter(is_active=True).exclude(organisation__kind="merchant")
    found = wanted.filter(pk__in=here, role__in=["agent", "reviewer", "supervisor"]) if here else wanted.filter(role="supervisor")
    loaded = found.annotate(held=Count("case", filter=Q(case__closed_at=None))).order_by("held", "pk")
    return [int(key) for key in loaded.values_list("pk", flat=True)[:20]]
