"""A courier is asked to come, called off, and what the carrier reports about it is taken in."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from shouhou.foundation.days import Calendar
from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import Refused, refusal, refused
from shouhou.logistics import events, jobs, ports, queries
from shouhou.logistics.actions import tracking
from shouhou.logistics.actions.given import KEY_REUSED, PICKUP_ADDRESS, kept_address, known_courier, wrong
from shouhou.logistics.capacity import fullness, hold_capacity
from shouhou.logistics.carriers.base import Attempted, Booked, Collected, Declined, Tracked
from shouhou.logistics.models import OPEN_PICKUP, Pickup, PickupAttempt
from shouhou.logistics.regions import region_code
from shouhou.logistics.rules.pickups import ATTEMPTS_MOST, after_failed_attempt, may_cancel, may_collect
from shouhou.logistics.rules.windows import Window, read_window
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EventType, publish

PICKUP_OPEN = refusal(
    "PICKUP_OPEN", "conflict",
    zh="已有一个进行中的取件（{number}），请先取消。", en="A pickup is already under way ({number}). Cancel it first.",
)
PICKUP_WINDOW = refusal(
    "PICKUP_WINDOW", "invalid",
    zh="所选时段已不可预约，请重新选择。", en="This window is not offered any more. Choose another one.",
)
PICKUP_FULL = refusal(
    "PICKUP_FULL", "conflict",
    zh="该时段刚刚约满，请改约：{next}。", en="This window has just been filled. The next ones are: {next_en}.",
)
PICKUP_ENDED = refusal(
    "PICKUP_ENDED", "conflict",
    zh="取件已结束（{state}），不能取消。", en="The pickup has ended ({state}) and cannot be cancelled.",
)  # fmt: skip
PARCELS_MOST = 20
NEXT_WINDOWS = 3


@transaction.atomic
def book_pickup(
    *, subject: str, window: Window | str, address: Mapping[str, object], key: str, calendar: Calendar, actor: Actor,
    now: datetime, carrier: str = "JD", destination: Mapping[str, object] | None = None,
    merchant_id: int | None = None, buyer_id: int | None = None, parcels_expected: int = 1, fee_minor: int = 0, currency: str = "CNY",
    free: bool = False, attempts_most: int = ATTEMPTS_MOST,
) -> Pickup:  # fmt: skip
    """Write the request and enqueue the call to the carrier; the same `key` again is the same pickup.

    `window` is one that is offered now, or its code. Raises Refused PICKUP_WINDOW (not offered now), PICKUP_FULL (others
    were quicker; the next windows are named), PICKUP_ADDRESS, PICKUP_OPEN (one is under way), CARRIER_UNKNOWN.
    """
    known = Pickup.objects.filter(key=key).first()
    if known is not None:
        return _same(known, subject)
    chosen = known_courier(carrier)
    kept = kept_address(address)
    wished = read_window(window) if isinstance(window, str) else window
    if wished is None or wished not in queries.windows_served(kept, calendar=calendar, now=now):
        raise refused(PICKUP_WINDOW, window=wished.code if wished else str(window)[:120])
    region = region_code(kept)
    hold_capacity(region)
    if fullness(region, now=now)(wished):
        raise _full(wished, queries.windows_for(kept, calendar=calendar, now=now))
    if not 1 <= parcels_expected <= PARCELS_MOST:
        raise refused(PICKUP_ADDRESS, wrong("parcels", f"1–{PARCELS_MOST}"))
    try:
        with transaction.atomic():
            pickup = Pickup.objects.create(
                number=new_number("PK"), subject=subject, merchant_id=merchant_id, buyer_id=buyer_id,
                carrier=chosen.code, window_start=wished.start, window_end=wished.end, address=kept,
                region_code=region, destination=dict(destination or {}),
                parcels=parcels_expected, key=key, fee_minor=0 if free else fee_minor, currency=currency, free=free,
                attempts_most=attempts_most, requested_by=actor.who, requested_at=now,
            )  # fmt: skip
    except IntegrityError:
        known = Pickup.objects.filter(key=key).first()
        if known is not None:
            return _same(known, subject)
        open_one = Pickup.objects.filter(subject=subject, state__in=OPEN_PICKUP).first()
        raise refused(PICKUP_OPEN, number=open_one.number if open_one else "") from None
    jobs.defer("book", pickup_id=pickup.id)
    return pickup


@transaction.atomic
def cancel_pickup(*, subject: str, actor: Actor, now: datetime, reason: str = "requested") -> Pickup | None:
    """Call the open pickup off at once and tell the carrier by a job; its waybill is bound to nothing any more.

    None when there is no pickup at all; already cancelled is cancelled. Raises Refused PICKUP_ENDED when the parcel has
    been collected or the tries are used up.
    """
    pickup = Pickup.objects.select_for_update().filter(subject=subject).order_by("-id").first()
    if pickup is None or pickup.state == "cancelled":
        return pickup
    if not may_cancel(pickup.state):
        raise refused(PICKUP_ENDED, state=pickup.state, number=pickup.number)
    _end(pickup, "cancelled", reason=f"{reason}:{actor.role}", now=now)
    tracking.release_of_pickup(pickup, reason="pickup_cancelled", now=now)
    jobs.defer("cancel", pickup_id=pickup.id)
    _announce(events.PICKUP_CANCELLED, pickup, now=now, reason=reason)
    return pickup


@transaction.atomic
def take_booking(pickup_id: int, answer: Booked | Declined, *, now: datetime) -> None:
    """The carrier's answer to the order. Called off meanwhile: the carrier is told by a job."""
    pickup = locked(Pickup.objects.get(id=pickup_id).key)
    assert pickup is not None
    if isinstance(answer, Declined):
        if pickup.state == "requested":
            _end(pickup, "failed", reason=answer.code, now=now)
            _announce(events.PICKUP_EXHAUSTED, pickup, now=now, attempts=0, code=answer.code)
        return
    if not pickup.carrier_reference:
        pickup.carrier_reference = answer.reference
        pickup.trouble = ""
        pickup.save(update_fields=["carrier_reference", "trouble"])
    if pickup.state == "cancelled":
        jobs.defer("cancel", pickup_id=pickup.id)
    elif pickup.state == "requested":
        pickup.state, pickup.booked_at = "booked", now
        pickup.save(update_fields=["state", "booked_at"])
        if answer.tracking_number:
            tracking.bind_to_pickup(pickup, answer.tracking_number, now=now)
        _announce(
            events.PICKUP_BOOKED, pickup, now=now, reference=answer.reference, tracking_number=answer.tracking_number
        )


def take_attempt(pickup: Pickup, told: Attempted, *, now: datetime) -> bool:
    """A visit that failed (the pickup's row is locked); False when it was known."""
    seen = pickup.attempts
    _, new = PickupAttempt.objects.get_or_create(
        pickup=pickup, number=told.attempt,
        defaults={"outcome": "failed", "code": told.code, "at": told.at, "text_zh": told.text.zh,
                  "text_en": told.text.en},
    )  # fmt: skip
    if not new:
        return False
    after = after_failed_attempt(pickup.state, attempt=told.attempt, most=pickup.attempts_most, seen_most=seen)
    pickup.attempts = max(seen, told.attempt)
    pickup.save(update_fields=["attempts"])
    if after.announce == "exhausted":
        _end(pickup, "failed", reason="attempts_exhausted", now=now)
        tracking.release_of_pickup(pickup, reason="pickup_failed", now=now)
        # The courier must not come once more when the consumer has chosen another way.
        jobs.defer("cancel", pickup_id=pickup.id)
        _announce(events.PICKUP_EXHAUSTED, pickup, now=now, attempts=pickup.attempts, code="attempts_exhausted")
    elif after.state != pickup.state or after.announce:
        pickup.state = after.state
        pickup.save(update_fields=["state"])
    if after.announce == "attempt_failed":
        _announce(
            events.PICKUP_ATTEMPT_FAILED, pickup, now=now, attempt=told.attempt, code=told.code, zh_text=told.text.zh,
            en_text=told.text.en, attempts_left=max(0, pickup.attempts_most - told.attempt),
        )  # fmt: skip
    return True


def take_collection(pickup: Pickup, told: Collected, *, now: datetime) -> bool:
    """The courier has the parcel (the pickup's row is locked); False when it was known. A fact beats our belief."""
    if not may_collect(pickup.state):
        return False
    PickupAttempt.objects.get_or_create(
        pickup=pickup, number=told.attempt, defaults={"outcome": "collected", "at": told.at, "code": "collected"}
    )
    was = pickup.state
    pickup.carrier_reference = pickup.carrier_reference or told.reference
    pickup.state, pickup.collected_at, pickup.ended_at = "collected", told.at, told.at
    pickup.attempts = max(pickup.attempts, told.attempt)
    pickup.end_reason = "collected" if was in OPEN_PICKUP else f"collected_after_{was}"
    pickup.save(
        update_fields=["carrier_reference", "state", "collected_at", "ended_at", "attempts", "end_reason"]
    )
    parcel = tracking.bind_to_pickup(pickup, told.tracking_number, now=now)
    _announce(
        events.PICKUP_COLLECTED, pickup, now=now, tracking_number=told.tracking_number, at=told.at.isoformat(),
        before=was,
    )  # fmt: skip
    tracking.take_news(
        parcel, Tracked(
            courier=pickup.carrier, tracking_number=told.tracking_number, event=f"collected:{pickup.number}",
            at=told.at, code="1", text=tracking.COLLECTED_TEXT, location="",
        ), now=now,
    )  # fmt: skip
    return True


def locked(key: str) -> Pickup | None:
    """The pickup by its key, with the row above it and its own row locked, in this order."""
    subject = Pickup.objects.filter(key=key).values_list("subject", flat=True).first()
    if subject is None:
        return None
    ports.hold(subject)
    return Pickup.objects.select_for_update().get(key=key)


def note_trouble(pickup_id: int, trouble: str) -> None:
    """What went wrong between us and the carrier, for the list of what is stuck."""
    with transaction.atomic():
        pickup = Pickup.objects.select_for_update().get(id=pickup_id)
        pickup.trouble, pickup.tries = trouble[:200], min(pickup.tries + 1, 30_000)
        pickup.save(update_fields=["trouble", "tries"])


def _full(wished: Window, offered: Sequence[Window]) -> Refused:
    nearest = sorted(offered, key=lambda window: abs(window.start - wished.start))[:NEXT_WINDOWS]
    nearest.sort(key=lambda window: window.start)
    return refused(
        PICKUP_FULL, window=wished.code, windows=[window.code for window in nearest],
        next="、".join(f"{window.start:%m月%d日 %H:%M}–{window.end:%H:%M}" for window in nearest) or "–",
        next_en=", ".join(f"{window.start:%Y-%m-%d %H:%M}–{window.end:%H:%M}" for window in nearest) or "–",
    )  # fmt: skip


def _same(known: Pickup, subject: str) -> Pickup:
    if known.subject != subject:
        raise refused(KEY_REUSED)
    return known


def _end(pickup: Pickup, state: str, *, reason: str, now: datetime) -> None:
    pickup.state, pickup.ended_at, pickup.end_reason = state, now, reason[:40]
    pickup.save(update_fields=["state", "ended_at", "end_reason"])


def _announce(what: EventType, pickup: Pickup, *, now: datetime, **more: object) -> None:
    data: dict[str, object] = {
        "pickup": pickup.number, "carrier": pickup.carrier, "window_start": pickup.window_start.isoformat(),
        "window_end": pickup.window_end.isoformat(), **more,
    }  # fmt: skip
    publish(
        what, subject=pickup.subject, now=now, data=data, merchant_id=pickup.merchant_id, buyer_id=pickup.buyer_id
    )
