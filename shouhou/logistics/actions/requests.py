"""A carrier is asked to stop a parcel or to look for one; what it answers and tells later is taken in once."""

import logging
from datetime import datetime
from io import BytesIO

from django.db import IntegrityError, transaction

from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.logistics import events, jobs, ports
from shouhou.logistics.carriers.base import Accepted, Declined, Handled
from shouhou.logistics.models import ParcelRequest
from shouhou.logistics.request_models import OPEN_REQUEST
from shouhou.logistics.rules.couriers import normalised
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import publish
from shouhou.plumbing.uploads import take_upload

log = logging.getLogger(__name__)
# Whose the files are that a carrier tells of.
CARRIER = Actor(role="carrier", who="carrier", name="承运商")
PICTURES = frozenset({"image/png", "image/jpeg"})

# What a carrier may tell of each kind; all but `under_way` end the asking.
OUTCOMES: dict[str, frozenset[str]] = {
    "intercept": frozenset({"success", "failure", "refused_at_door"}),
    "trace": frozenset({"delivered", "under_way", "returned", "lost"}),
}


def intercept_parcel(
    *, subject: str, carrier: str, tracking_number: str, key: str, actor: Actor, now: datetime, merchant_id: int, buyer_id: int
) -> ParcelRequest:  # fmt: skip
    """Ask the carrier, after the commit, to bring the parcel back to who sent it; the same `key` again is the same asking.

    How it goes is announced as interception.told (answer accepted | refused | success | failure | refused_at_door).
    """
    return _ask("intercept", subject, carrier, tracking_number, key, actor, now, merchant_id, buyer_id)


def trace_parcel(
    *, subject: str, carrier: str, tracking_number: str, key: str, actor: Actor, now: datetime, merchant_id: int, buyer_id: int
) -> ParcelRequest:  # fmt: skip
    """Ask the carrier, after the commit, where the parcel is; announced as trace.told (delivered | under_way | returned | lost)."""
    return _ask("trace", subject, carrier, tracking_number, key, actor, now, merchant_id, buyer_id)


@transaction.atomic
def drop_requests(*, subject: str, now: datetime) -> int:
    """Nobody waits for the carrier's word any more; what it still says is kept and announced to nobody."""
    return ParcelRequest.objects.filter(subject=subject, state__in=OPEN_REQUEST).update(state="dropped", ended_at=now)


@transaction.atomic
def take_answer(request_id: int, answer: Accepted | Declined, *, now: datetime) -> None:
    """The carrier's first word; a later outcome that was quicker stays."""
    row = _locked(ParcelRequest.objects.values_list("key", flat=True).get(id=request_id))
    if row is None or row.state != "asking":
        return
    row.state, row.trouble = ("refused" if isinstance(answer, Declined) else "accepted"), ""
    if isinstance(answer, Declined):
        row.text_zh, row.text_en, row.ended_at = answer.text.zh[:200], answer.text.en[:200], now
    row.save(update_fields=["state", "trouble", "text_zh", "text_en", "ended_at"])
    _announce(row, row.state, at=now, now=now)


def take_outcome(told: Handled, *, now: datetime) -> bool | None:
    """What became of it (in a transaction): True new, False known, None when nobody here asked under this key."""
    row = _locked(told.key)
    if row is None:
        return None
    if row.state == "done" or told.outcome == row.outcome:
        return False
    # A parcel that was under way is found or lost later; everything else is the last word.
    was = row.state
    ends = told.outcome != "under_way"
    row.outcome, row.location = told.outcome, told.location
    row.text_zh, row.text_en = told.text.zh, told.text.en
    if was != "dropped":
        row.state, row.ended_at = ("done", told.at) if ends else ("accepted", None)
    row.save(update_fields=["state", "outcome", "text_zh", "text_en", "location", "ended_at"])
    if was != "dropped":
        _announce(row, told.outcome, at=told.at, now=now, signed_by=told.signed_by, proof=_kept(told, now=now))
    return True


def misfit(told: Handled) -> str | None:
    """The field that does not fit what was asked: a search has no `success`, a stop no `lost`."""
    kind = ParcelRequest.objects.filter(key=told.key).values_list("kind", flat=True).first()
    return "outcome" if kind is not None and told.outcome not in OUTCOMES[kind] else None


def note_trouble(request_id: int, trouble: str) -> None:
    """What went wrong between us and the carrier, for the list of what is stuck."""
    with transaction.atomic():
        row = ParcelRequest.objects.select_for_update().get(id=request_id)
        row.trouble, row.tries = trouble[:200], min(row.tries + 1, 30_000)
        row.save(update_fields=["trouble", "tries"])


def _ask(
    kind: str, subject: str, carrier: str, tracking_number: str, key: str, actor: Actor, now: datetime, merchant_id: int, buyer_id: int
) -> ParcelRequest:  # fmt: skip
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = ParcelRequest.objects.create(
                    key=key, kind=kind, subject=subject, carrier=carrier.strip().upper()[:20],
                    tracking_number=normalised(tracking_number)[:80], requested_by=actor.who, requested_at=now,
                    merchant_id=merchant_id, buyer_id=buyer_id,
                )  # fmt: skip
        except IntegrityError:
            return ParcelRequest.objects.get(key=key)
        jobs.defer("request", request_id=row.id)
        return row


def _locked(key: str) -> ParcelRequest | None:
    """The asking by its key, with the row above it and its own row locked, in this order."""
    subject = ParcelRequest.objects.filter(key=key).values_list("subject", flat=True).first()
    if subject is None:
        return None
    ports.hold(subject)
    return ParcelRequest.objects.select_for_update().get(key=key)


def _kept(told: Handled, *, now: datetime) -> str:
    """The token of the signature's picture, kept like any other file; what is no picture is left out, not believed."""
    if not told.signature:
        return ""
    try:
        kept = take_upload(BytesIO(told.signature), name="签收凭证", actor=CARRIER, now=now, allow=PICTURES)
    except Refused as no:
        log.warning("the signature of %s could not be kept: %s", told.key, no.code)
        return ""
    return kept.token


def _announce(row: ParcelRequest, answer: str, *, at: datetime, now: datetime, signed_by: str = "", proof: str = "") -> None:
    text = Text(row.text_zh, row.text_en)
    publish(
        events.INTERCEPTION_TOLD if row.kind == "intercept" else events.TRACE_TOLD, subject=row.subject, now=now,
        merchant_id=row.merchant_id, buyer_id=row.buyer_id,
        data={
            "carrier": row.carrier, "tracking_number": row.tracking_number, "answer": answer, "at": at.isoformat(),
            "zh_text": text.zh, "en_text": text.en, "location": row.location,
            "signed_by": signed_by, "proof": proof,
        },
    )  # fmt: skip
