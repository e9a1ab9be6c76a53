"""Shifts swapped: asked of a colleague, answered by them, approved by whoever keeps the desk – and then the rota says so."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from shouhou.accounts.models import User
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, FieldError, refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import publish
from shouhou.policy.queries import calendar_now
from shouhou.support.conversations.duty import shift_of
from shouhou.support.conversations.models import Duty
from shouhou.support.teams.access import keeper, keeps, me, team_member
from shouhou.support.teams.events import SWAP_ASKED, SWAP_ENDED
from shouhou.support.teams.models import Swap
from shouhou.support.teams.refusals import SWAP_BUSY, SWAP_NOT_THAT_DAY, SWAP_OVER, SWAP_TAKEN, TEAM_INVALID

REASON_MOST, AHEAD_DAYS = 300, 92
REASON = Text("请写明原因，最多 300 字。", "Say why, in at most 300 characters.")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which shift on which day, who is to take it, why; `back` on `back_day` is one of theirs that is taken in return."""

    duty: int
    day: date
    colleague: int
    reason: str
    back: int | None = None
    back_day: date | None = None


@transaction.atomic
def ask_swap(wish: Wish, *, actor: Actor, now: datetime) -> int:
    """Ask a colleague to take one day of one's shift; who keeps the desk may ask for anybody at it.

    Raises FORBIDDEN, NOT_FOUND, TEAM_INVALID, SWAP_NOT_THAT_DAY, SWAP_TAKEN, SWAP_BUSY.
    """
    own, reason = me(actor), wish.reason.strip()
    duty = _duty(wish.duty, actor)
    if duty.user_id != own and not keeps(actor):
        raise refused(FORBIDDEN)
    if not reason or len(reason) > REASON_MOST:
        raise refused(TEAM_INVALID, FieldError("reason", REASON.zh, REASON.en))
    today = local_day(now)
    if not 0 <= (wish.day - today).days <= AHEAD_DAYS:
        raise refused(TEAM_INVALID, FieldError("day", "请选择今天起三个月内的日期。", "Choose a day within the next three months."))
    colleague = team_member(actor, wish.colleague)
    if colleague.pk == duty.user_id:
        raise refused(TEAM_INVALID, FieldError("colleague", "请选择另一位同事。", "Choose somebody else."))
    _works(duty, wish.day, now)
    back = _duty(wish.back, actor) if wish.back is not None else None
    if (back is None) != (wish.back_day is None) or (back is not None and back.user_id != colleague.pk):
        raise refused(TEAM_INVALID, FieldError("back", "请同时选择对方的班次和日期。", "Choose both a shift of theirs and its day."))
    if back is not None and wish.back_day is not None:
        if wish.back_day < today:
            raise refused(SWAP_NOT_THAT_DAY, name=_name(colleague), day=wish.back_day.isoformat())
        _works(back, wish.back_day, now)
    _free(duty, wish.day, colleague, besides=(back, wish.back_day))
    try:
        with transaction.atomic():
            row = Swap.objects.create(
                merchant_id=actor.merchant_id, duty=duty, day=wish.day, back=back, back_day=wish.back_day, asked_by_id=duty.user_id,
                colleague=colleague, reason=reason, asked_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise refused(SWAP_TAKEN) from error
    publish(
        SWAP_ASKED, subject=str(row.pk), now=now, merchant_id=actor.merchant_id,
        data={"user": colleague.pk, "person": _name(duty.user), "day": wish.day.isoformat(), "reasons": reason},
    )  # fmt: skip
    return row.pk


@transaction.atomic
def answer_swap(swap_id: int, agree: bool, answer: str = "", *, actor: Actor, now: datetime) -> None:
    """The colleague's yes or no; the same answer again is the same. Raises NOT_FOUND, FORBIDDEN, SWAP_OVER."""
    row, wanted = _locked(swap_id, actor), "agreed" if agree else "declined"
    if row.colleague_id != me(actor):
        raise refused(FORBIDDEN)
    if row.state == wanted:
        return
    _pending(row, "asked", now)
    row.state, row.answer, row.answered_at = wanted, answer.strip()[:REASON_MOST], now
    row.save()
    if not agree:
        _tell(row, actor, now)


@transaction.atomic
def decide_swap(swap_id: int, approve: bool, answer: str = "", *, actor: Actor, now: datetime) -> None:
    """Approve (and the rota says so from then on) or refuse with a reason; nobody approves their own.

    Raises NOT_FOUND, FORBIDDEN, SWAP_OVER, SWAP_BUSY, SWAP_NOT_THAT_DAY, TEAM_INVALID.
    """
    keeper(actor)
    row, wanted, answer = _locked(swap_id, actor), "approved" if approve else "refused", answer.strip()[:REASON_MOST]
    if me(actor) in (row.asked_by_id, row.colleague_id):
        raise refused(FORBIDDEN)
    if row.state == wanted:
        return
    _pending(row, "agreed", now)
    if not approve and not answer:
        raise refused(TEAM_INVALID, FieldError("answer", REASON.zh, REASON.en))
    if approve:
        _take_over(row, actor, now)
    row.state, row.answer, row.decided_by_id, row.decided_at = wanted, answer or row.answer, me(actor), now
    row.save()
    audit.note(actor, what=f"swap.{wanted}", subject=str(row.pk), detail=f"{row.duty.user_id} {row.day} → {row.colleague_id}", now=now)
    _tell(row, actor, now)


@transaction.atomic
def withdraw_swap(swap_id: int, *, actor: Actor, now: datetime) -> None:
    """Not needed any more; twice is the same. Raises NOT_FOUND, FORBIDDEN, SWAP_OVER."""
    row = _locked(swap_id, actor)
    if row.asked_by_id != me(actor):
        raise refused(FORBIDDEN)
    if row.state == "withdrawn":
        return
    if row.state not in ("asked", "agreed"):
        raise refused(SWAP_OVER)
    row.state = "withdrawn"
    row.save(update_fields=["state"])


def _take_over(row: Swap, actor: Actor, now: datetime) -> None:
    """Both days in the rota: off for the one, a single day's shift for the other."""
    days = [(row.duty, row.day, row.colleague)]
    if row.back is not None and row.back_day is not None:
        days.append((row.back, row.back_day, row.asked_by))
    held = {duty.pk: duty for duty in Duty.objects.select_for_update().filter(pk__in=[duty.pk for duty, _day, _who in days]).order_by("pk")}
    for duty, day, who in days:
        current = held[duty.pk]
        _works(current, day, now)
        _free(current, day, who, besides=(row.back if duty is row.duty else row.duty, row.back_day if duty is row.duty else row.day))
    for duty, day, who in days:
        current = held[duty.pk]
        current.off_days = sorted({*current.off_days, day})
        current.save(update_fields=["off_days"])
        Duty.objects.create(
            user=who, merchant_id=current.merchant_id, weekdays=[day.isoweekday()], since=current.since, until=current.until,
            on_holidays=current.on_holidays, skills=current.skills, first_day=day, last_day=day, by=actor.who, at=now,
        )  # fmt: skip


def _works(duty: Duty, day: date, now: datetime) -> None:
    """Raises SWAP_NOT_THAT_DAY, SWAP_OVER where the shift has begun."""
    span = shift_of(duty).span_on(day, calendar_now())
    if span is None:
        raise refused(SWAP_NOT_THAT_DAY, name=_name(duty.user), day=day.isoformat())
    if span[0] <= now:
        raise refused(SWAP_OVER)


def _free(duty: Duty, day: date, who: User, *, besides: tuple[Duty | None, date | None]) -> None:
    """Nobody stands at the desk twice at once. Raises SWAP_BUSY."""
    calendar = calendar_now()
    span = shift_of(duty).span_on(day, calendar)
    for other in Duty.objects.filter(user=who):
        for near in (date.fromordinal(day.toordinal() + shift) for shift in (-1, 0, 1)):
            if besides[0] is not None and other.pk == besides[0].pk and near == besides[1]:
                continue
            theirs = shift_of(other).span_on(near, calendar)
            if span and theirs and theirs[0] < span[1] and span[0] < theirs[1]:
                raise refused(SWAP_BUSY, name=_name(who))


def _duty(duty_id: int, actor: Actor) -> Duty:
    row = Duty.objects.select_related("user").filter(pk=duty_id, merchant=actor.merchant_id, user__is_active=True).first()
    if row is None:
        raise refused(NOT_FOUND)
    return row


def _locked(swap_id: int, actor: Actor) -> Swap:
    rows = Swap.objects.filter(pk=swap_id, merchant=actor.merchant_id)
    rows.select_for_update(of=("self",)).values_list("pk").first()
    row = rows.select_related("duty__user", "back__user", "colleague", "asked_by").first()
    if row is None:
        raise refused(NOT_FOUND)
    return row


def _pending(row: Swap, state: str, now: datetime) -> None:
    if row.state != state or row.day < local_day(now):
        raise refused(SWAP_OVER)


def _tell(row: Swap, actor: Actor, now: datetime) -> None:
    publish(
        SWAP_ENDED, subject=str(row.pk), now=now, merchant_id=row.merchant_id,
        data={"user": row.asked_by_id, "day": row.day.isoformat(), "state": row.state, "reasons": row.answer},
    )  # fmt: skip


def _name(user: User) -> str:
    return user.get_full_name() or user.username
