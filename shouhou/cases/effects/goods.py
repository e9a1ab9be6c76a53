"""Goods on their way: pickups, waybills, receipt with an unpacking record, sending back."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from shouhou.cases.answers import invalid
from shouhou.cases.clocks import instant_of
from shouhou.cases.effects.confirming import compare
from shouhou.cases.effects.said import say
from shouhou.cases.limits import same_day
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import RECEIVED_TOO_MUCH
from shouhou.cases.rows import ItemRow
from shouhou.foundation.refusals import FieldError, refused
from shouhou.logistics import actions as logistics
from shouhou.logistics.network import place_names
from shouhou.logistics.queries import parcels_of, pickup_due, windows_for
from shouhou.logistics.rules.windows import Window
from shouhou.merchants.models import ReturnAddress


def book_pickup(moving: Moving) -> None:
    """A door pickup in the chosen window; the carrier is called after the commit."""
    case, address = moving.case, {**moving.case.contact, **moving.answers.get("address", {})}
    window = window_of(moving.answers["window"])
    logistics.book_pickup(
        subject=case.number, window=window, address=address, merchant_id=case.merchant_id,
        buyer_id=case.buyer_id, free=case.freight_payer != "customer", key=f"{case.number}:{case.version}",
        attempts_most=1 + moving.terms.number("pickup_attempts"), calendar=moving.calendar, actor=moving.actor,
        now=moving.now, currency=case.currency, destination=_destination(case.return_address_id),
    )  # fmt: skip
    _warn_late(moving)
    moving.set(return_method="pickup")
    moving.note(more_time={**case.details.get("more_time", {}), "pickup": _put_off(moving, window, address)})


def _warn_late(moving: Moving) -> None:
    """Handled late in the evening, it is due today all the same: operations read it at once (MER-04)."""
    due = instant_of("pickup_hours", moving.case, terms=moving.terms, calendar=moving.calendar, start=moving.now)
    if same_day(moving.case, moving.terms) and due - moving.now < timedelta(hours=moving.terms.number("pickup_same_day_warning_hours")):
        say(moving, "生鲜须当日取回，今日所剩时间不多，请运营立即安排。",
            "Fresh goods are due today and little of the day is left: arrange the pickup at once.", internal=True)  # fmt: skip


def _put_off(moving: Moving, window: Window, address: Mapping[str, object]) -> list[list[object]]:
    """Why the courier may come later than promised: days on which none comes, and a later window that was wished for.

    Fresh goods stay due today where no window of today was left to choose (MER-04).
    """
    due = instant_of("pickup_hours", moving.case, terms=moving.terms, calendar=moving.calendar, start=moving.now)
    found = pickup_due(due, address, calendar=moving.calendar, now=moving.now)
    more: list[list[object]] = [[24, str(pause["cause"])] for pause in found["pauses"]]
    offered = windows_for(address, calendar=moving.calendar, now=moving.now) if same_day(moving.case, moving.terms) else []
    if window.end > found["due"] and not (offered and offered[0].end > found["due"]):
        more.append([math.ceil((window.end - found["due"]) / timedelta(hours=1)), "window_chosen"])
    return more


def _destination(return_address_id: int | None) -> dict[str, str]:
    """Where the courier takes the parcel: the case's return address."""
    if return_address_id is None:
        return {}
    at = ReturnAddress.objects.get(id=return_address_id)
    return {"name": at.contact, "phone": at.phone, "region": at.region, "address": at.address}


def window_of(text: str) -> Window:
    """"start/end", two instants. Raises ANSWERS_INVALID."""
    try:
        start, end = (datetime.fromisoformat(part) for part in text.split("/"))
        if start.tzinfo and end.tzinfo and start < end:
            return Window(start, end)
    except ValueError:
        pass
    raise invalid(FieldError("window", "请选择可预约的时间段。", "Choose one of the windows offered."))


def cancel_pickup(moving: Moving) -> None:
    logistics.cancel_pickup(subject=moving.case.number, actor=moving.actor, now=moving.now)


def stop_pickup(moving: Moving) -> None:
    """A case that ends, or whose goods have come another way, needs no courier."""
    if moving.case.status == "pickup_booked":
        cancel_pickup(moving)


def register_waybill(moving: Moving) -> None:
    """Carrier and tracking number are mandatory (APP-13); a new number unbinds the old one."""
    case = moving.case
    if moving.move.name == "change_waybill":
        for parcel in parcels_of(case.number):
            if parcel["direction"] == "return" and not parcel.get("released_at"):
                logistics.release_parcel(
                    subject=case.number, parcel_id=parcel["id"], actor=moving.actor, now=moving.now, reason="changed"
                )
    logistics.register_parcel(
        subject=case.number, carrier=moving.answers["carrier"], tracking_number=moving.answers["tracking_number"],
        direction="return", actor=moving.actor, merchant_id=case.merchant_id, buyer_id=case.buyer_id, now=moving.now,
    )  # fmt: skip
    moving.set(return_method="ship_back")


def drop_off(moving: Moving) -> None:
    """Handed over at a counter: one of ours, named by its code, is kept with the case; any other stays words."""
    names = place_names([str(moving.answers["place"]).upper()])
    place = {"place": next(iter(names))} if names else {}
    moving.set(return_method="drop_off", contact={**moving.case.contact, **place})


def send_back(moving: Moving) -> None:
    """The goods go home; who pays the way follows the fault (PRC-15)."""
    _send(moving)
    moving.set(outcome="sent_back", rest_sent=True)


def send_rest(moving: Moving) -> None:
    _send(moving)
    moving.set(rest_sent=True)


def _send(moving: Moving) -> None:
    case = moving.case
    logistics.send_back(
        subject=case.number, carrier=moving.answers["carrier"], tracking_number=moving.answers["tracking_number"],
        address=case.contact, key=f"{case.number}:{case.version}:back", actor=moving.actor,
        merchant_id=case.merchant_id, buyer_id=case.buyer_id, now=moving.now,
    )  # fmt: skip


def unpack(moving: Moving) -> None:
    """The unpacking record (拆包登记): what came, in what state, with which serials; over all parcels of the case never
    more than applied for."""
    case, answers = moving.case, moving.answers
    received = _received(case.items, answers.get("items", ()))
    mismatched: list[str] = []
    for item in case.items:
        quantity, serials = received[item.line]
        item.received_quantity, item.serials = item.received_quantity + quantity, [*item.serials, *serials]
        if item.sold_serials:
            mismatched += [serial for serial in serials if serial not in item.sold_serials]
    if not any(quantity for quantity, _ in received.values()):
        raise invalid(FieldError("items", "至少收到一件才能登记收货。", "Register receipt once something has come."))
    if mismatched:
        # NAC-01: not the goods that were sold; the inspector sees it, the goods stay until the fraud check is done.
        answers["serial_mismatch"] = mismatched
    items: list[Any] = [
        Jsonb([item.serials for item in case.items]), [item.id for item in case.items],
        [item.received_quantity for item in case.items],
    ]  # fmt: skip
    record: list[Any] = [
        case.id, answers.get("parcel", ""), answers["packing"], answers["appearance"], answers["accessories"],
        Jsonb({str(line): quantity for line, (quantity, _) in received.items()}),
        [serial for _, serials in received.values() for serial in serials], answers.get("note", ""), moving.actor.who, moving.now,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STORE_RECEIVED, items)
        cursor.execute(STORE_UNPACKING, record)
    logistics.parcels_arrived(subject=case.number, now=moving.now)
    moving.set(received_at=case.received_at or moving.now)
    compare(moving)


def _received(items: list[ItemRow], told: list[Mapping[str, Any]] | tuple[()]) -> dict[int, tuple[int, list[str]]]:
    """Per line (quantity, serials) of this parcel; without a list everything that was still missing has come."""
    if not told:
        return {item.line: (item.missing, []) for item in items}
    by_line = {item.line: item for item in items}
    found: dict[int, tuple[int, list[str]]] = {item.line: (0, []) for item in items}
    for each in told:
        line, quantity, serials = each.get("line"), each.get("received", each.get("quantity", 0)), each.get("serials", [])
        if not isinstance(line, int) or line not in by_line or found[line][0]:
            raise invalid(FieldError("items", f"没有第 {line} 行，或重复填写。", f"Line {line} is unknown or stands twice."))
        if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 0:
            raise invalid(FieldError("items", "数量应为非负整数。", "A quantity is a whole number, not negative."))
        if not isinstance(serials, list) or len(serials) > 200 or not all(isinstance(s, str) and len(s) <= 80 for s in serials):
            raise invalid(FieldError("items", "序列号格式不对。", "Serials are a list of texts."))
        if quantity > by_line[line].missing:
            raise refused(RECEIVED_TOO_MUCH, line=line, applied=by_line[line].missing, received=quantity)
        found[line] = (quantity, serials)
    return found


STORE_RECEIVED = """
UPDATE cases_caseitem i SET received_quantity = x.quantity, serials = ARRAY(
    SELECT jsonb_array_elements_text(%s::jsonb -> (x.place - 1)::int))
FROM unnest(%s::bigint[], %s::int[]) WITH ORDINALITY AS x(id, quantity, place) WHERE i.id = x.id
"""
STORE_UNPACKING = """
INSERT INTO cases_unpackingrecord
    (case_id, parcel, packing, appearance, accessories, quantities, serials, note, by, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
