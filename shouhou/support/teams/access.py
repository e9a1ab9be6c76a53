"""Who belongs to a desk's team, who keeps it, and who looks on."""

from typing import cast

from django.db.models import QuerySet

from shouhou.accounts.models import User
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refused
from shouhou.foundation.workflow import Who
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.actions.keeping import KEEPERS
from shouhou.support.conversations.duty import people_of
from shouhou.support.conversations.rules.topics import AGENTS, SHOP_PEOPLE
from shouhou.support.teams.models import Check, Course, Swap, Training

LOOKERS = frozenset({*KEEPERS, "auditor"})


def member(actor: Actor) -> bool:
    """Whether this person stands at a desk at all, or looks after one; a program only where its key is a keeper's or an auditor's."""
    if actor.insurer is not None or not (person(actor) or actor.role in LOOKERS):
        return False
    return actor.role in (SHOP_PEOPLE if actor.merchant_id is not None else AGENTS | {"auditor"})


def person(actor: Actor) -> bool:
    """Whether somebody acts themselves, and not a program by its key."""
    return actor.who.startswith("user:")


def on_behalf(actor: Actor, account: str) -> Actor:
    """The person of its own desk for whom a keeper's program acts, so that every record names a person.

    Raises FORBIDDEN for other programs, NOT_FOUND for whoever does not work at this desk.
    """
    keeper(actor)
    found = next((user for user in team(actor) if user.username == account), None)
    if found is None:
        raise refused(NOT_FOUND)
    return Actor(role=cast(Who, found.role), who=f"user:{found.pk}", merchant_id=actor.merchant_id, name=found.get_full_name())


def keeps(actor: Actor) -> bool:
    """Whether they keep their desk: the house's supervisors and operations, a shop's managers."""
    return member(actor) and actor.role in KEEPERS and (actor.role == "merchant_manager") == (actor.merchant_id is not None)


def keeper(actor: Actor) -> None:
    """Raises FORBIDDEN for whoever does not keep a desk."""
    if not keeps(actor):
        raise refused(FORBIDDEN, roles=sorted(KEEPERS))


def me(actor: Actor) -> int:
    """Their own key. Raises FORBIDDEN for programs."""
    if not (member(actor) and person(actor)):
        raise refused(FORBIDDEN, roles=sorted(AGENTS | SHOP_PEOPLE))
    return int(actor.who.removeprefix("user:"))


def team(actor: Actor) -> list[User]:
    """Who works at this desk, by name."""
    return people_of(actor.merchant_id, roles=SHOP_PEOPLE if actor.merchant_id is not None else AGENTS)


def team_member(actor: Actor, user_id: int) -> User:
    """Raises NOT_FOUND for whoever does not work at this desk."""
    found = next((user for user in team(actor) if user.pk == user_id), None)
    if found is None:
        raise refused(NOT_FOUND)
    return found


def courses_of(actor: Actor) -> QuerySet[Course]:
    """The courses of one's own desk."""
    return Course.objects.filter(merchant=actor.merchant_id) if member(actor) else Course.objects.none()


def trainings_of(actor: Actor) -> QuerySet[Training]:
    """The records of one's own desk; who only works there sees their own."""
    found = Training.objects.filter(course__merchant=actor.merchant_id).select_related("course", "user", "by")
    return _own(found, "user", actor) if member(actor) else found.none()


def checks_of(actor: Actor) -> QuerySet[Check]:
    """The checks of one's own desk; who only works there sees the results of their own."""
    found = Check.objects.filter(merchant=actor.merchant_id).select_related("user", "checked_by")
    if not member(actor):
        return found.none()
    return found if actor.role in LOOKERS else found.filter(user=me(actor), state="done")


def swaps_of(actor: Actor) -> QuerySet[Swap]:
    """The swaps of one's own desk: everybody at it may see who stands in for whom."""
    found = Swap.objects.filter(merchant=actor.merchant_id).select_related("duty__user", "back", "asked_by", "colleague", "decided_by")
    return found if member(actor) else found.none()


def _own(found: QuerySet[Training], name: str, actor: Actor) -> QuerySet[Training]:
    return found if actor.role in LOOKERS else found.filter(**{name: me(actor)})
