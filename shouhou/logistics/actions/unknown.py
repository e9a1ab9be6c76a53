"""Unidentified parcels: recorded, matched to what they belong to, or sent away after a second look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import IntegrityError, transaction

from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import FieldError, refusal, refused
from shouhou.logistics import events, ports
from shouhou.logistics.actions.given import known_courier
from shouhou.logistics.actions.tracking import arrive, bind
from shouhou.logistics.models import Parcel
from shouhou.logistics.rules.couriers import WAYBILL_MOST, normalised
from shouhou.logistics.rules.waybills import recognise
from shouhou.logistics.unknown_models import OPEN, UnknownParcel, UnknownParcelEntry, UnknownParcelPhoto
from shouhou.plumbing import audit
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import Announced, publish
from shouhou.plumbing.models import Upload
from shouhou.policy.queries import book_in_force, compiled

End = Literal["return", "dispose"]
PHOTOS_MOST, SERIALS_MOST, REASON_MOST = 9, 50, 500
KEEP = "unidentified_keep_days"

UNKNOWN_NOT_FOUND = refusal(
    "UNKNOWN_PARCEL_NOT_FOUND", "not_found", zh="没有找到该无主包裹。", en="There is no such unidentified parcel."
)
UNKNOWN_TWICE = refusal(
    "UNKNOWN_PARCEL_TWICE", "conflict",
    zh="运单号 {waybill} 已登记为无主包裹 {number}。", en="Waybill {waybill} is already recorded as {number}.",
)  # fmt: skip
UNKNOWN_INCOMPLETE = refusal(
    "UNKNOWN_PARCEL_INCOMPLETE", "invalid", zh="请写明包裹内有什么、放在哪里。", en="Say what is inside and where it lies.",
)
UNKNOWN_MOVED = refusal(
    "UNKNOWN_PARCEL_MOVED", "conflict",
    zh="无主包裹 {number} 现在是“{state}”，不能进行此操作。", en="Unidentified parcel {number} is now {state_en}: this cannot be done.",
)  # fmt: skip
UNKNOWN_KEPT = refusal(
    "UNKNOWN_PARCEL_KEPT", "conflict",
    zh="无主包裹须保管 {days} 天，{until} 之后才能处置。", en="It is to be kept for {days} days: disposal is possible after {until}.",
)  # fmt: skip
SECOND_LOOK = refusal(
    "UNKNOWN_PARCEL_SAME_PERSON", "forbidden",
    zh="须由另一位同事复核。", en="Somebody else has to look at it a second time.",
)  # fmt: skip
REASON_NEEDED = refusal("UNKNOWN_PARCEL_REASON", "invalid", zh="请写明理由。", en="Give a reason.")
PHOTO_UNKNOWN = refusal(
    "UNKNOWN_PARCEL_PHOTO", "invalid", zh="没有找到上传的照片，请重新上传。", en="An uploaded photo was not found. Upload it again."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What stands on the parcel and what is in it; `photos` are tokens of the recorder's own uploads."""

    contents: str
    place: str
    waybill: str = ""
    carrier: str = ""
    sender_name: str = ""
    sender_phone: str = ""
    sender_address: str = ""
    order_number: str = ""
    serials: Sequence[str] = ()
    photos: Sequence[str] = ()


@transaction.atomic
def record_unknown(found: Found, *, actor: Actor, now: datetime) -> UnknownParcel:
    """Put a parcel that nobody knows into the queue.

    Raises Refused UNKNOWN_PARCEL_INCOMPLETE, CARRIER_UNKNOWN, UNKNOWN_PARCEL_TWICE (its waybill waits already),
    UNKNOWN_PARCEL_PHOTO; nothing is kept then.
    """
    missing = [name for name in ("contents", "place") if not getattr(found, name).strip()]
    if missing:
        raise refused(UNKNOWN_INCOMPLETE, *(FieldError(name, "必填。", "Required.") for name in missing))
    waybill = normalised(found.waybill)[:WAYBILL_MOST]
    parcel = UnknownParcel(
        number=new_number("UP"), merchant_id=actor.merchant_id, waybill=waybill,
        carrier=known_courier(found.carrier).code if found.carrier.strip() else "", contents=found.contents.strip()[:1000],
        place=found.place.strip()[:80], sender_name=found.sender_name.strip()[:80], sender_phone=found.sender_phone.strip()[:32],
        sender_address=found.sender_address.strip()[:240], order_number=found.order_number.strip()[:80],
        serials=list(dict.fromkeys(each.strip()[:80] for each in found.serials if each.strip()))[:SERIALS_MOST],
        found_by=actor.who, found_name=actor.name[:120], found_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            parcel.save(force_insert=True)
    except IntegrityError:
        same = UnknownParcel.objects.filter(waybill=waybill, state__in=OPEN).first()
        if same is None:
            raise
        theirs = actor.merchant_id is not None and same.merchant_id != actor.merchant_id
        raise refused(UNKNOWN_TWICE, waybill=waybill, number="–" if theirs else same.number) from None
    tokens = list(dict.fromkeys(found.photos))[:PHOTOS_MOST]
    uploads = list(Upload.objects.filter(token__in=tokens, uploaded_by=actor.who, erased_at=None))
    if len(uploads) < len(tokens):
        raise refused(PHOTO_UNKNOWN)
    UnknownParcelPhoto.objects.bulk_create(UnknownParcelPhoto(parcel=parcel, upload=upload) for upload in uploads)
    _wrote(parcel, "recorded", actor=actor, now=now)
    return parcel


@transaction.atomic
def match_unknown(
    number: str, *, subject: str, merchant_id: int | None, buyer_id: int | None, actor: Actor, now: datetime
) -> UnknownParcel:  # fmt: skip
    """It belongs to the subject, which the caller has seen; its waybill is bound to it as arrived.

    The same subject again changes nothing. Raises Refused UNKNOWN_PARCEL_NOT_FOUND, UNKNOWN_PARCEL_MOVED.
    """
    ports.hold(subject)
    parcel = _held(number, actor=actor)
    if parcel.state == "matched" and parcel.subject == subject:
        return parcel
    if parcel.state != "waiting":
        raise _moved(parcel)
    _bind_arrived(parcel, subject=subject, merchant_id=merchant_id, buyer_id=buyer_id, actor=actor, now=now)
    _match(parcel, subject=subject, merchant_id=merchant_id, buyer_id=buyer_id, actor=actor, now=now)
    return parcel


@transaction.atomic
def ask_end(number: str, end: End, *, reason: str, actor: Actor, now: datetime) -> UnknownParcel:
    """Wish it sent back or disposed of; nothing happens before somebody else has looked (confirm_end).

    Raises Refused UNKNOWN_PARCEL_NOT_FOUND, UNKNOWN_PARCEL_MOVED, UNKNOWN_PARCEL_REASON, UNKNOWN_PARCEL_KEPT.
    """
    parcel = _held(number, actor=actor)
    if parcel.state != "waiting":
        raise _moved(parcel)
    if not reason.strip():
        raise refused(REASON_NEEDED)
    if end == "dispose":
        _kept_long_enough(parcel, now=now)
    parcel.state = f"{end}_asked"
    parcel.asked_by, parcel.asked_at, parcel.asked_reason = actor.who, now, reason.strip()[:REASON_MOST]
    parcel.save(update_fields=["state", "asked_by", "asked_at", "asked_reason"])
    _wrote(parcel, parcel.state, note=reason, actor=actor, now=now)
    return parcel


@transaction.atomic
def confirm_end(
    number: str, *, actor: Actor, now: datetime, carrier: str = "", waybill: str = ""
) -> UnknownParcel:  # fmt: skip
    """The second look agrees: it is sent back (with the waybill it goes under, when there is one) or disposed of.

    Raises Refused UNKNOWN_PARCEL_NOT_FOUND, UNKNOWN_PARCEL_MOVED, UNKNOWN_PARCEL_SAME_PERSON, CARRIER_UNKNOWN.
    """
    parcel = _held(number, actor=actor)
    ends = {"return_asked": "returned", "dispose_asked": "disposed"}
    if parcel.state not in ends:
        raise _moved(parcel)
    if parcel.asked_by == actor.who:
        raise refused(SECOND_LOOK)
    parcel.state, parcel.ended_by, parcel.ended_at = ends[parcel.state], actor.who, now
    if parcel.state == "returned" and waybill.strip():
        parcel.sent_carrier = known_courier(carrier).code if carrier.strip() else ""
        parcel.sent_waybill = normalised(waybill)[:WAYBILL_MOST]
    parcel.save(update_fields=["state", "ended_by", "ended_at", "sent_carrier", "sent_waybill"])
    _wrote(parcel, parcel.state, note=parcel.sent_waybill, actor=actor, now=now)
    return parcel


@transaction.atomic
def refuse_end(number: str, *, reason: str, actor: Actor, now: datetime) -> UnknownParcel:
    """The second look disagrees, or whoever asked takes it back: it waits on.

    Raises Refused UNKNOWN_PARCEL_NOT_FOUND, UNKNOWN_PARCEL_MOVED, UNKNOWN_PARCEL_REASON.
    """
    parcel = _held(number, actor=actor)
    if parcel.state not in ("return_asked", "dispose_asked"):
        raise _moved(parcel)
    if not reason.strip():
        raise refused(REASON_NEEDED)
    parcel.state, parcel.asked_by, parcel.asked_at, parcel.asked_reason = "waiting", "", None, ""
    parcel.save(update_fields=["state", "asked_by", "asked_at", "asked_reason"])
    _wrote(parcel, "kept", note=reason, actor=actor, now=now)
    return parcel


def waybill_registered(event: Announced) -> None:
    """A waybill has just been entered for a subject: the parcel that stands here under exactly this number is theirs."""
    number, parcel_id = str(event.data.get("tracking_number") or ""), event.data.get("parcel")
    if not number or event.data.get("direction") != "return" or not isinstance(parcel_id, int):
        return
    with transaction.atomic():
        waiting = UnknownParcel.objects.select_for_update().filter(waybill=number, state__in=OPEN).first()
        if waiting is None or waiting.merchant_id not in (None, event.merchant_id):
            # What stands in one shop's warehouse is not claimed by the other shop's buyers.
            return
        arrive(Parcel.objects.select_for_update().get(id=parcel_id), now=event.at)
        _match(
            waiting, subject=event.subject, merchant_id=event.merchant_id, buyer_id=event.buyer_id, actor=SYSTEM, now=event.at,
        )  # fmt: skip


@transaction.atomic
def erase_senders_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure: who sent it goes, what it was stays."""
    theirs = UnknownParcel.objects.filter(buyer_id=buyer_id)
    changed = theirs.exclude(sender_name="", sender_phone="", sender_address="").update(
        sender_name="", sender_phone="", sender_address=""
    )
    return {"unidentified": changed}


def keep_until(parcel: UnknownParcel, *, now: datetime) -> tuple[int, datetime]:
    """For how many days the book in force has it kept, and until when."""
    book = book_in_force(now)
    days = compiled(book.book, book.version).terms.number(KEEP)
    return days, parcel.found_at + timedelta(days=days)


def _kept_long_enough(parcel: UnknownParcel, *, now: datetime) -> None:
    days, until = keep_until(parcel, now=now)
    if now < until:
        raise refused(UNKNOWN_KEPT, days=days, until=until.date().isoformat())


def _held(number: str, *, actor: Actor) -> UnknownParcel:
    """The locked row; another shop's does not exist."""
    rows = UnknownParcel.objects.select_for_update().filter(number=number)
    if actor.merchant_id is not None:
        rows = rows.filter(merchant_id=actor.merchant_id)
    parcel = rows.first()
    if parcel is None:
        raise refused(UNKNOWN_NOT_FOUND)
    return parcel


def _moved(parcel: UnknownParcel) -> Exception:
    zh, _, en = parcel.get_state_display().partition(" ")
    return refused(UNKNOWN_MOVED, number=parcel.number, state=zh, state_en=en)


def _bind_arrived(
    parcel: UnknownParcel, *, subject: str, merchant_id: int | None, buyer_id: int | None, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Its waybill belongs to the subject from now on; one that is bound already (two cases in one parcel) stays there."""
    if not parcel.waybill or Parcel.objects.filter(tracking_number=parcel.waybill, released_at=None).exists():
        return
    bound, new = bind(
        Parcel(
            subject=subject, merchant_id=merchant_id, buyer_id=buyer_id, direction="return",
            carrier=parcel.carrier or _courier(parcel.waybill), tracking_number=parcel.waybill, registered_by=actor.who, registered_at=now,
        )
    )  # fmt: skip
    if new:
        arrive(bound, now=now)


def _courier(waybill: str) -> str:
    """By the shape of the number, so that whoever names the courier later means the same parcel."""
    found = recognise(waybill)
    courier = found.sure or (found.maybe[0] if found.maybe else None)
    return courier.code if courier else "OTHER"


def _match(
    parcel: UnknownParcel, *, subject: str, merchant_id: int | None, buyer_id: int | None, actor: Actor, now: datetime
) -> None:  # fmt: skip
    parcel.state, parcel.subject, parcel.buyer_id, parcel.ended_by, parcel.ended_at = "matched", subject, buyer_id, actor.who, now
    parcel.save(update_fields=["state", "subject", "buyer_id", "ended_by", "ended_at"])
    _wrote(parcel, "matched", note=subject, actor=actor, now=now)
    publish(
        events.UNKNOWN_MATCHED, subject=subject, now=now, merchant_id=merchant_id, buyer_id=buyer_id,
        data={"unidentified": parcel.number, "waybill": parcel.waybill, "place": parcel.place, "by": actor.role},
    )  # fmt: skip


def _wrote(parcel: UnknownParcel, deed: str, *, actor: Actor, now: datetime, note: str = "") -> None:
    UnknownParcelEntry.objects.create(
        parcel=parcel, deed=deed, role=actor.role, who=actor.who, name=actor.name[:120], note=note.strip()[:REASON_MOST], at=now
    )
    audit.note(actor, what=f"unidentified.{deed}", subject=parcel.number, detail=note.strip(), now=now)
