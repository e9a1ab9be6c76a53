"""What is done with satisfaction: asking, calling back, answering, hiding what is unlawful, and improving."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from shouhou.accounts.models import User
from shouhou.cases.actions import Application, make_move, open_case
from shouhou.cases.models import Case
from shouhou.cases.opening import ItemWish
from shouhou.cases.rating import BY_CODE, rated_until
from shouhou.cases.rows import load_case
from shouhou.conduct.actions import weigh
from shouhou.foundation.refusals import FieldError, refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import EventType, publish
from shouhou.support.satisfaction.access import follow_up_for, improvements_of, rating_for
from shouhou.support.satisfaction.events import FOLLOW_UP_DONE, RATING_ANSWERED, SURVEY_SENT
from shouhou.support.satisfaction.models import FollowUp, HiddenComment, Improvement, RatingAnswer, Survey
from shouhou.support.satisfaction.refusals import (
    FOLLOW_UP_ENDED,
    FOLLOW_UP_TAKEN,
    RATING_NONE,
    SATISFACTION_NOT_YOURS,
    SATISFACTION_WORDS,
)
from shouhou.support.satisfaction.rules.outcomes import (
    CALLERS,
    HIDDEN_FOR,
    HIDERS,
    IMPROVERS,
    OUTCOMES,
    SHOP_PEOPLE,
    TRIES_MOST,
)

BATCH, ANSWER_MOST, NOTE_MOST = 200, 500, 300


@dataclass(frozen=True, slots=True)
class Planned:
    """An improvement: for which month and shop (its code; "" is the house), against which cause, what, who, until when."""

    month: date
    merchant: str
    reason: str
    action: str
    owner: str
    due_on: date


def send_surveys(*, now: datetime, most: int = BATCH) -> int:
    """Send the invitations that are due, each once; what can no longer be rated is not asked about. Returns how many were sent."""
    sent = 0
    for _turn in range(most):
        with transaction.atomic():
            waiting = Survey.objects.select_for_update(skip_locked=True, of=("self",)).filter(state="waiting", send_at__lte=now)
            survey = waiting.select_related("case").order_by("send_at", "id").first()
            if survey is None:
                return sent
            case = load_case(survey.case.number, actor=SYSTEM)
            until = rated_until(case)
            if until is None or now > until:
                survey.state = "withdrawn"
            else:
                survey.state, survey.sent_at = "sent", now
                sent += 1
                _tell(SURVEY_SENT, survey.case, now, until=until.isoformat())
            survey.save()
    return sent


def take_follow_up(number: str, *, actor: Actor, now: datetime) -> None:
    """I call them. Raises FOLLOW_UP_NONE, FOLLOW_UP_ENDED, FOLLOW_UP_TAKEN, SATISFACTION_NOT_YOURS."""
    with transaction.atomic():
        task, me = _mine(number, actor=actor)
        if task.assigned_to is not None and task.assigned_to_id != me.pk:
            raise refused(FOLLOW_UP_TAKEN, name=task.assigned_to.get_full_name() or task.assigned_to.get_username())
        FollowUp.objects.filter(pk=task.pk).update(assigned_to=me)


def note_call(number: str, outcome: str, note: str, *, actor: Actor, now: datetime) -> str:
    """What the call came to: its note, and, where it leads on, the case reopened or the new case. Answers that case's number or "".

    Not reached is tried again, three times in all. Raises FOLLOW_UP_NONE, FOLLOW_UP_ENDED, SATISFACTION_NOT_YOURS,
    SATISFACTION_WORDS and what the move or the application refuses; nothing has changed then.
    """
    note = _words(note, "note", NOTE_MOST)
    if outcome not in OUTCOMES:
        raise refused(SATISFACTION_WORDS, FieldError("outcome", "请选择结果。", "Choose an outcome."))
    with transaction.atomic():
        task, me = _mine(number, actor=actor)
        led_to = _led_to(task.case, outcome, note, actor=actor, now=now)
        task.calls = [*task.calls, {"at": now.isoformat(), "by": actor.who, "name": actor.name, "outcome": outcome, "note": note}]
        tries = sum(1 for call in task.calls if call["outcome"] == "not_reached")
        task.assigned_to = me
        if outcome != "not_reached" or tries >= TRIES_MOST:
            task.state, task.outcome, task.led_to, task.ended_at = "done", outcome, led_to, now
            _tell(FOLLOW_UP_DONE, task.case, now, outcome=outcome, led_to=led_to)
        task.save()
    return led_to


def answer_rating(number: str, text: str, *, actor: Actor, now: datetime) -> None:
    """Answer publicly: a shop for itself, the house for what it sells or did itself; anew replaces.

    Raises RATING_NONE, SATISFACTION_NOT_YOURS, SATISFACTION_WORDS, MESSAGE_BLOCKED.
    """
    text, rating = _words(text, "text", ANSWER_MOST), rating_for(actor, number)
    case = rating.case
    third = case.merchant is not None and case.merchant.channel == "third"
    if actor.role not in (SHOP_PEOPLE if third else IMPROVERS | SHOP_PEOPLE):
        raise refused(SATISFACTION_NOT_YOURS)
    weigh(text, actor=actor, subject=case.number, merchant_id=actor.merchant_id, buyer_id=case.buyer_id, now=now)
    with transaction.atomic():
        if RatingAnswer.objects.select_for_update().filter(case=case, text=text, who=actor.who).exists():
            return
        RatingAnswer.objects.update_or_create(
            case=case, defaults={"text": text, "who": actor.who, "name": actor.name[:120], "at": now}
        )
        _tell(RATING_ANSWERED, case, now)


def hide_comment(number: str, ground: str, note: str, *, actor: Actor, now: datetime) -> None:
    """Hide unlawful words; the grade stays where it is. A poor opinion is no ground (SAT-07).

    Raises RATING_NONE, SATISFACTION_NOT_YOURS, SATISFACTION_WORDS.
    """
    note, rating = _words(note, "note", NOTE_MOST), rating_for(actor, number)
    if actor.role not in HIDERS or actor.merchant_id is not None:
        raise refused(SATISFACTION_NOT_YOURS)
    if ground not in HIDDEN_FOR:
        raise refused(SATISFACTION_WORDS, FieldError("ground", "只能因违法违规内容屏蔽。", "Only unlawful content can be hidden."))
    if not rating.text:
        raise refused(RATING_NONE)
    defaults = {"ground": ground, "note": note, "who": actor.who, "name": actor.name[:120], "at": now}
    with transaction.atomic():
        HiddenComment.objects.get_or_create(case=rating.case, defaults=defaults)


def show_comment(number: str, *, actor: Actor) -> None:
    """Hidden by mistake: it is shown again. Raises RATING_NONE, SATISFACTION_NOT_YOURS."""
    rating = rating_for(actor, number)
    if actor.role not in HIDERS or actor.merchant_id is not None:
        raise refused(SATISFACTION_NOT_YOURS)
    with transaction.atomic():
        HiddenComment.objects.filter(case=rating.case).delete()


def plan_improvement(wish: Planned, *, actor: Actor, now: datetime) -> int:
    """Put an action into the register; answers its id. Raises SATISFACTION_NOT_YOURS, SATISFACTION_WORDS."""
    if actor.role not in IMPROVERS or actor.merchant_id is not None:
        raise refused(SATISFACTION_NOT_YOURS)
    if wish.reason not in BY_CODE or BY_CODE[wish.reason].praise:
        raise refused(SATISFACTION_WORDS, FieldError("reason", "请选择原因。", "Choose a cause."))
    shop = Merchant.objects.filter(code=wish.merchant).first() if wish.merchant else None
    if wish.merchant and shop is None:
        raise refused(SATISFACTION_WORDS, FieldError("merchant", "没有这家店铺。", "There is no such shop."))
    with transaction.atomic():
        made = Improvement.objects.create(
            month=wish.month.replace(day=1), merchant=shop, reason=wish.reason, action=_words(wish.action, "action", 300),
            owner=_words(wish.owner, "owner", 80), due_on=wish.due_on, by=actor.who, name=actor.name[:120], at=now,
        )  # fmt: skip
    return int(made.pk)


def end_improvement(key: int, result: str, *, actor: Actor, now: datetime) -> None:
    """Say what came of it, once. Raises RATING_NONE, SATISFACTION_NOT_YOURS, SATISFACTION_WORDS."""
    if actor.role not in IMPROVERS or actor.merchant_id is not None:
        raise refused(SATISFACTION_NOT_YOURS)
    result = _words(result, "result", 300)
    with transaction.atomic():
        found = improvements_of(actor).select_for_update(of=("self",)).filter(pk=key).first()
        if found is None:
            raise refused(RATING_NONE)
        Improvement.objects.filter(pk=key, done_at=None).update(done_at=now, result=result)


def _mine(number: str, *, actor: Actor) -> tuple[FollowUp, User]:
    """The open task, locked, and who has it in hand."""
    task = follow_up_for(actor, number, lock=True)
    if actor.role not in CALLERS or not actor.who.startswith("user:"):
        raise refused(SATISFACTION_NOT_YOURS)
    if task.state != "open":
        raise refused(FOLLOW_UP_ENDED)
    return task, User.objects.get(pk=int(actor.who.removeprefix("user:")))


def _led_to(case: Case, outcome: str, note: str, *, actor: Actor, now: datetime) -> str:
    """The case reopened, a compensation on its order, or a suggestion with an owner and a limit of its own (SAT-04)."""
    if outcome == "reopened":
        make_move(case.number, "reopen", actor=actor, answers={"reason": note}, version=None, now=now)
        return case.number
    if outcome not in ("compensated", "suggestion"):
        return ""
    order = case.order.number if case.order else ""
    contact = {name: str(case.contact[name]) for name in ("name", "phone") if case.contact.get(name)}
    if outcome == "suggestion":
        wish = Application(
            order=order, service="feedback", reason="suggestion", lines=(), description=note, contact=contact, channel="phone",
            answers={"about_case": case.number}, requested_by=case.buyer.external_id,
        )  # fmt: skip
        return str(open_case(wish, actor=actor, now=now)["number"])
    lines = tuple(ItemWish(line, quantity) for line, quantity in case.items.values_list("line__line", "quantity"))
    if not order or not lines:
        raise refused(SATISFACTION_WORDS, FieldError("outcome", "没有订单，不能申请补偿。", "Without an order nothing can be compensated."))
    wish = Application(
        order=order, service="compensation", reason="bad_service", lines=lines, description=note, contact=contact, channel="phone",
        request_review=True,
    )  # fmt: skip
    return str(open_case(wish, actor=actor, now=now)["number"])


def _words(text: str, name: str, most: int) -> str:
    text = text.replace("\x00", "").strip()
    if not 1 <= len(text) <= most:
        raise refused(SATISFACTION_WORDS, FieldError(name, f"请填写 1 到 {most} 字。", f"Write 1 to {most} characters."))
    return text


def _tell(what: EventType, case: Case, now: datetime, **more: object) -> None:
    data = {"number": case.number, "service": case.service, **more}
    publish(what, subject=case.number, now=now, data=data, merchant_id=case.merchant_id, buyer_id=case.buyer_id)
