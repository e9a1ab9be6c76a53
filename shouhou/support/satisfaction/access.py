"""The only way from a request to ratings and follow-ups: what the actor may not see does not exist for them."""

from django.db.models import QuerySet

from shouhou.cases.models import Rating
from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.support.satisfaction.models import FollowUp, Improvement
from shouhou.support.satisfaction.refusals import FOLLOW_UP_NONE, RATING_NONE
from shouhou.support.satisfaction.rules.outcomes import CALLERS, READERS


def ratings_of(actor: Actor) -> QuerySet[Rating]:
    """A shop reads what is said of it, the house everything."""
    found = Rating.objects.select_related("case__merchant", "case__buyer", "case__rating_answer", "case__hidden_comment", "case__follow_up")
    if actor.role not in READERS or actor.insurer is not None:
        return found.none()
    return found if actor.merchant_id is None else found.filter(case__merchant_id=actor.merchant_id)


def rating_for(actor: Actor, number: str) -> Rating:
    """Raises RATING_NONE."""
    found = ratings_of(actor).filter(case__number=number[:20]).first()
    if found is None:
        raise refused(RATING_NONE)
    return found


def follow_ups_of(actor: Actor) -> QuerySet[FollowUp]:
    """The house's own work: its callers and those who look on; no shop calls its own critics in the house's name."""
    found = FollowUp.objects.select_related("case__merchant", "case__buyer", "assigned_to")
    allowed = actor.merchant_id is None and actor.insurer is None and actor.role in CALLERS | {"operations", "auditor"}
    return found if allowed else found.none()


def follow_up_for(actor: Actor, number: str, *, lock: bool = False) -> FollowUp:
    """Raises FOLLOW_UP_NONE. Locked first and read after."""
    rows = follow_ups_of(actor).filter(case__number=number[:20])
    if lock:
        rows.select_for_update(of=("self",)).values_list("pk").first()
    found = rows.first()
    if found is None:
        raise refused(FOLLOW_UP_NONE)
    return found


def improvements_of(actor: Actor) -> QuerySet[Improvement]:
    """A shop sees what concerns it, the house all."""
    found = Improvement.objects.select_related("merchant")
    if actor.role not in READERS or actor.insurer is not None:
        return found.none()
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)
