"""Working a difference: taking it, settling it with proof, above a limit with a second person's consent."""

from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import OVERTAKEN, refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.overpaid import note_overpaid
from shouhou.payments.models import Difference
from shouhou.payments.reconciliation.actions.finding import hold_channel, save, tell
from shouhou.payments.reconciliation.queries import ways
from shouhou.payments.reconciliation.refusals import (
    DIFFERENCE_NOT_FOUND,
    DIFFERENCE_OVER,
    DIFFERENCE_PROOF,
    DIFFERENCE_SECOND_PERSON,
    DIFFERENCE_WAY,
)  # fmt: skip
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

TEXT_MOST = 500
OPEN = ("open", "assigned")


def assign_difference(difference_id: int, *, to: str, actor: Actor, now: datetime) -> Difference:
    """Somebody works it now ("user:7"); nobody ("") gives it back. The same again changes nothing.

    Raises Refused DIFFERENCE_NOT_FOUND, DIFFERENCE_OVER.
    """
    with transaction.atomic():
        difference = held(difference_id)
        if difference.state not in OPEN:
            raise refused(DIFFERENCE_OVER, state=difference.state)
        if difference.assignee == to:
            return difference
        difference.assignee, difference.state = to, "assigned" if to else "open"
        save(difference, now)
        tell(difference, "assigned" if to else "given_back", by=actor.who, detail=to, now=now)
        return difference


def settle_difference(
    difference_id: int, *, way: str, note: str, proof: str, second_person_above_minor: int, actor: Actor, now: datetime
) -> Difference:  # fmt: skip
    """Settled one of the ways it can be, booked at once; above the limit it waits for `confirm_difference` by another.

    Raises Refused DIFFERENCE_NOT_FOUND, DIFFERENCE_OVER, DIFFERENCE_WAY, DIFFERENCE_PROOF.
    """
    note, proof = note.strip(), proof.strip()
    with transaction.atomic():
        difference = held(difference_id)
        if difference.state not in OPEN:
            raise refused(DIFFERENCE_OVER, state=difference.state)
        if way not in ways(difference):
            raise refused(DIFFERENCE_WAY, ways=", ".join(ways(difference)))
        if not note or not proof or max(len(note), len(proof)) > TEXT_MOST:
            raise refused(DIFFERENCE_PROOF)
        difference.resolution, difference.note, difference.proof = way, note, proof
        if at_stake(difference) > second_person_above_minor:
            difference.state, difference.proposed_by = "proposed", actor.who
            save(difference, now)
            tell(difference, "proposed", by=actor.who, detail=f"{way}: {note} · {proof}", now=now)
            return difference
        _settle(difference, actor=actor, now=now, what="settled")
        return difference


def confirm_difference(difference_id: int, *, actor: Actor, now: datetime, version: int | None = None) -> Difference:
    """The second person agrees to what they saw (`version`): it is booked.

    Raises Refused DIFFERENCE_SECOND_PERSON, DIFFERENCE_OVER, OVERTAKEN, DIFFERENCE_NOT_FOUND.
    """
    with transaction.atomic():
        difference = held(difference_id)
        if difference.state != "proposed":
            raise refused(DIFFERENCE_OVER, state=difference.state)
        if actor.who == difference.proposed_by:
            raise refused(DIFFERENCE_SECOND_PERSON)
        if version is not None and version != difference.version:
            raise refused(OVERTAKEN, version=difference.version)
        _settle(difference, actor=actor, now=now, what="confirmed")
        return difference


def decline_difference(difference_id: int, *, note: str, actor: Actor, now: datetime) -> Difference:
    """The second person (or who proposed it) does not: it goes back to who works it.

    Raises Refused DIFFERENCE_OVER, DIFFERENCE_NOT_FOUND.
    """
    with transaction.atomic():
        difference = held(difference_id)
        if difference.state != "proposed":
            raise refused(DIFFERENCE_OVER, state=difference.state)
        difference.state = "assigned" if difference.assignee else "open"
        difference.resolution, difference.proposed_by = "", ""
        save(difference, now)
        tell(difference, "declined", by=actor.who, detail=note.strip()[:TEXT_MOST], now=now)
        return difference


def held(difference_id: int) -> Difference:
    """The difference under its channel's lock and its own. Raises Refused DIFFERENCE_NOT_FOUND."""
    channel = Difference.objects.filter(pk=difference_id).values_list("channel", flat=True).first()
    if channel is None:
        raise refused(DIFFERENCE_NOT_FOUND, id=difference_id)
    hold_channel(channel)
    return Difference.objects.select_for_update(no_key=True, of=("self",)).get(pk=difference_id)


def at_stake(difference: Difference) -> int:
    """What a wrong decision could cost: the difference itself; of another currency, all of it."""
    if difference.delta_minor is None:
        return max(difference.theirs_minor, difference.ours_minor)
    return abs(difference.delta_minor)


def _settle(difference: Difference, *, actor: Actor, now: datetime, what: str) -> None:
    difference.state, difference.settled_at, difference.settled_by = "settled", now, actor.who
    save(difference, now)
    tell(
        difference, what, by=actor.who, detail=f"{difference.resolution}: {difference.note} · {difference.proof}", now=now
    )
    audit.note(
        actor, what="difference.settled", subject=f"{difference.channel} #{difference.pk}",
        detail=f"{difference.resolution}: {difference.proof}", now=now,
    )  # fmt: skip
    _book(difference, by=actor.who, now=now)


def _book(difference: Difference, *, by: str, now: datetime) -> None:
    """What really happened at the channel comes into the books; nothing where it is only explained."""
    delta, part, charge = difference.delta_minor or 0, difference.part, difference.charge
    tender = part.tender if part else (charge.means or "card") if charge else "other"
    if difference.resolution == "overpaid" and part:
        note_overpaid(part.refund, amount_minor=delta, key=f"difference:{difference.pk}", now=now)
        recipe, moves = "refund_overpaid", recipes.refund_overpaid(
            buyer=part.refund.buyer_id, channel=difference.channel, tender=tender, amount_minor=delta
        )
    elif difference.resolution == "offline":
        recipe, moves = "difference_offline", recipes.difference_offline(
            channel=difference.channel, tender=tender, amount_minor=-delta
        )
    elif difference.resolution == "written_off":
        recipe, moves = "difference_written_off", recipes.difference_written_off(
            channel=difference.channel, tender=tender, delta_minor=delta
        )
    else:
        return
    ledger.post(
        moves, recipe=recipe, subject=difference.subject or f"difference:{difference.pk}", currency=difference.currency,
        key=f"difference:{difference.pk}", by=by, now=now,
    )  # fmt: skip
