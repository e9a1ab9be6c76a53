"""The only way from a request to breaches, cards and measures: what the actor may not see does not exist for them."""

from django.db.models import Q, QuerySet

from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.sla.models import Appeal, AppealFile, Breach, Sanction, Scorecard, Suspension
from shouhou.sla.refusals import BREACH_NONE, SUSPENSION_NONE
from shouhou.sla.rules.people import READERS


def may_read(actor: Actor) -> bool:
    return actor.role in READERS and actor.insurer is None


def breaches_of(actor: Actor) -> QuerySet[Breach]:
    """A shop sees what it answers for, the house everything."""
    found = Breach.objects.select_related("case", "merchant", "appeal")
    if not may_read(actor):
        return found.none()
    return found if actor.merchant_id is None else found.filter(Q(party="shop") | Q(seller=True), merchant_id=actor.merchant_id)


def breach_for(actor: Actor, number: str, *, lock: bool = False) -> Breach:
    """Raises BREACH_NONE. Locked first and read after."""
    if lock:
        Breach.objects.select_for_update().filter(number=number[:20]).values_list("pk").first()
    found = breaches_of(actor).filter(number=number[:20]).first()
    if found is None:
        raise refused(BREACH_NONE)
    return found


def cards_of(actor: Actor) -> QuerySet[Scorecard]:
    found = Scorecard.objects.select_related("merchant")
    if not may_read(actor):
        return found.none()
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)


def sanctions_of(actor: Actor) -> QuerySet[Sanction]:
    """The penalty table: the house's readers and the shops that it is about."""
    found = Sanction.objects.order_by("kind", "-since")
    return found if may_read(actor) else found.none()


def suspensions_of(actor: Actor) -> QuerySet[Suspension]:
    """A shop sees its own from the order on: a measure only asked for concerns nobody yet."""
    found = Suspension.objects.select_related("merchant", "appeal")
    if not may_read(actor):
        return found.none()
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id, state__in=["ordered", "lifted"])


def suspension_for(actor: Actor, number: str, *, lock: bool = False) -> Suspension:
    """Raises SUSPENSION_NONE. Locked first and read after."""
    if lock:
        Suspension.objects.select_for_update().filter(number=number[:20]).values_list("pk").first()
    found = suspensions_of(actor).filter(number=number[:20]).first()
    if found is None:
        raise refused(SUSPENSION_NONE)
    return found


def appeal_files_of(actor: Actor) -> QuerySet[AppealFile]:
    """The files of appeals: the shop's own, all of them to the house's readers."""
    found = AppealFile.objects.select_related("upload")
    if not may_read(actor):
        return found.none()
    return found if actor.merchant_id is None else found.filter(appeal__merchant_id=actor.merchant_id)


def appeals_waiting(actor: Actor) -> QuerySet[Appeal]:
    """What the house has to decide."""
    found = Appeal.objects.filter(verdict="")
    return found if may_read(actor) and actor.merchant_id is None else found.none()


def is_suspended(merchant_id: int) -> bool:
    """Whether the shop's people may only see their measure and appeal it."""
    return Suspension.objects.filter(merchant_id=merchant_id, state="ordered").exists()


def measures() -> QuerySet[Suspension]:
    """What everybody may read: every measure that was ordered, the newest first, those that were lifted too."""
    return Suspension.objects.select_related("merchant").filter(published_at__isnull=False).order_by("-published_at", "-pk")
