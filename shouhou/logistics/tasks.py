"""The jobs that talk to carriers: outside any transaction, one key for all tries, a question when in doubt."""

from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app

from shouhou.logistics import jobs
from shouhou.logistics.actions import callbacks, parcels, pickups, requests, tracking
from shouhou.logistics.carriers.base import (
    Accepted,
    Booked,
    Carrier,
    CarrierSilent,
    Declined,
    LabelOrder,
    PickupOrder,
    RequestOrder,
)  # fmt: skip
from shouhou.logistics.carriers.registry import provider_for
from shouhou.logistics.models import Parcel, ParcelRequest, Pickup
from shouhou.logistics.request_models import OPEN_REQUEST
from shouhou.plumbing.clock import now
from shouhou.plumbing.jobs import OUTWARD

ASK_MOST = 200
REQUEST_QUIET = timedelta(hours=2)


@app.task(name="logistics.book", queue=jobs.QUEUE, retry=OUTWARD)
def book(pickup_id: int) -> None:
    """Order the pickup at the carrier; a silent carrier is asked by key before the order is repeated."""
    pickup = Pickup.objects.get(id=pickup_id)
    if pickup.state != "requested":
        return
    order = PickupOrder(
        key=pickup.key, courier=pickup.carrier, window_start=pickup.window_start, window_end=pickup.window_end,
        address=pickup.address, destination=pickup.destination, parcels=pickup.parcels, fee_minor=pickup.fee_minor,
        currency=pickup.currency,
    )  # fmt: skip
    try:
        answer = _booked_or_asked(provider_for(pickup.carrier), order)
    except CarrierSilent as silence:
        pickups.note_trouble(pickup_id, str(silence))
        raise
    pickups.take_booking(pickup_id, answer, now=now())


@app.task(name="logistics.cancel", queue=jobs.QUEUE, retry=OUTWARD)
def cancel(pickup_id: int) -> None:
    """Tell the carrier that nobody need come; one who has the parcel already says so, and that is taken as a fact."""
    pickup = Pickup.objects.get(id=pickup_id)
    carrier = provider_for(pickup.carrier)
    try:
        if not carrier.cancel(pickup.key):
            _take_report(carrier, pickup.key)
    except CarrierSilent as silence:
        pickups.note_trouble(pickup_id, str(silence))
        raise


@app.task(name="logistics.follow", queue=jobs.QUEUE, retry=OUTWARD)
def follow(parcel_id: int) -> None:
    """Ask to be told where a parcel goes."""
    parcel = Parcel.objects.get(id=parcel_id)
    try:
        provider_for(parcel.carrier).follow(
            courier=parcel.carrier, tracking_number=parcel.tracking_number, key=f"follow:{parcel.id}"
        )
    except CarrierSilent as silence:
        parcels.note_trouble(parcel_id, str(silence))
        raise


@app.task(name="logistics.label", queue=jobs.QUEUE, retry=OUTWARD)
def label(parcel_id: int) -> None:
    """Have the carrier issue the waybill of an outbound parcel; the key makes a repetition the same label."""
    parcel = Parcel.objects.get(id=parcel_id)
    if parcel.tracking_number or not parcel.key:
        return
    try:
        answer = provider_for(parcel.carrier).label(LabelOrder(parcel.key, parcel.carrier, parcel.address))
    except CarrierSilent as silence:
        parcels.note_trouble(parcel_id, str(silence))
        raise
    parcels.take_label(parcel_id, answer, now=now())


@app.task(name="logistics.request", queue=jobs.QUEUE, retry=OUTWARD)
def request(request_id: int) -> None:
    """Ask the carrier to stop or find a parcel; a silent carrier is asked by key before the asking is repeated."""
    row = ParcelRequest.objects.get(id=request_id)
    if row.state != "asking":
        return
    order = RequestOrder(row.key, row.kind, row.carrier, row.tracking_number)
    try:
        answer = _accepted_or_asked(provider_for(row.carrier), order)
    except CarrierSilent as silence:
        requests.note_trouble(request_id, str(silence))
        raise
    requests.take_answer(request_id, answer, now=now())


@app.periodic(cron="*/5 * * * *", periodic_id="logistics.ask")
@app.task(name="logistics.ask", queue=jobs.QUEUE, queueing_lock="logistics.ask", pass_context=False)
def ask(timestamp: int) -> None:
    """Callbacks get lost: ask about pickups whose window is over and parcels that have been silent for half a day."""
    ask_carriers()


def ask_carriers() -> int:
    """One round of asking; returns how much was new. A carrier that is silent is asked again in the next round."""
    moment, news = now(), 0
    overdue = Pickup.objects.filter(state__in=("booked", "attempted"), window_end__lt=moment)
    for pickup in overdue.order_by("window_end")[:ASK_MOST]:
        try:
            news += _take_report(provider_for(pickup.carrier), pickup.key)
        except CarrierSilent as silence:
            pickups.note_trouble(pickup.id, str(silence))
    quiet = Parcel.objects.filter(released_at=None, registered_at__lt=moment - timedelta(hours=12)).exclude(
        phase__in=("delivered", "returned")
    )
    for parcel in quiet.exclude(tracking_number="").exclude(standing_at__gt=moment - timedelta(hours=12))[:ASK_MOST]:
        try:
            track = provider_for(parcel.carrier).track(courier=parcel.carrier, tracking_number=parcel.tracking_number)
        except CarrierSilent as silence:
            parcels.note_trouble(parcel.id, str(silence))
            continue
        for told in track:
            news += bool(tracking.take_tracking_event(told, now=moment))
    return news + _ask_about_requests(moment)


def _ask_about_requests(moment: datetime) -> int:
    """Askings of which nothing was heard for some hours."""
    news, open_ones = 0, ParcelRequest.objects.filter(state__in=OPEN_REQUEST, requested_at__lt=moment - REQUEST_QUIET)
    for row in open_ones.order_by("requested_at")[:ASK_MOST]:
        try:
            report = provider_for(row.carrier).request_report(row.key)
        except CarrierSilent as silence:
            requests.note_trouble(row.id, str(silence))
            continue
        for told in report.updates if report else ():
            with transaction.atomic():
                if callbacks.mismatch(told) is None:
                    news += bool(requests.take_outcome(told, now=moment))
    return news


def _booked_or_asked(carrier: Carrier, order: PickupOrder) -> Booked | Declined:
    try:
        return carrier.book(order)
    except CarrierSilent:
        report = carrier.report(order.key)
        if report is None:
            # It never heard of the key: the job's next try is the first order again, under the same key.
            raise
        return report.answer


def _accepted_or_asked(carrier: Carrier, order: RequestOrder) -> Accepted | Declined:
    try:
        return carrier.request(order)
    except CarrierSilent:
        report = carrier.request_report(order.key)
        if report is None:
            raise
        return report.answer


def _take_report(carrier: Carrier, key: str) -> int:
    report = carrier.report(key)
    news = 0
    for update in report.updates if report else ():
        with transaction.atomic():
            if callbacks.mismatch(update) is None:
                news += bool(callbacks.take_update(update, now=now()))
    return news
