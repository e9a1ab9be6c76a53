"""What comes together: several parcels of one case, several cases in one parcel."""

from typing import Any

from django.http import HttpRequest

from shouhou.cases.models import Case, UnpackingRecord
from shouhou.cases.rows import CaseRow
from shouhou.logistics.queries import parcels_of
from shouhou.plumbing.actor import Actor
from shouhou.web.access import cases_of
from shouhou.web.labels import status_label
from shouhou.web.page import language

SHOWN_MAX = 5
ON_THEIR_WAY = ("awaiting_goods", "pickup_booked", "in_transit")


def parcels_on_the_table(case: CaseRow) -> list[dict[str, Any]]:
    """The parcels of the case that were told of, each with how many units were unpacked from it."""
    unpacked: dict[str, int] = {}
    for number, quantities in UnpackingRecord.objects.filter(case_id=case.id).values_list("parcel", "quantities"):
        unpacked[number] = unpacked.get(number, 0) + sum(int(each) for each in quantities.values())
    key = "en" if language() == "en" else "zh"
    told = [
        {"number": parcel["tracking_number"], "courier": parcel["carrier_name"][key], "phase": parcel["label"][key],
         "units": unpacked.pop(parcel["tracking_number"], 0)}
        for parcel in reversed(parcels_of(case.number, direction="return"))
    ]  # fmt: skip
    return told + [{"number": number, "courier": "", "phase": "", "units": units} for number, units in unpacked.items()]


def siblings(actor: Actor, *, case_id: int, buyer_id: int, merchant_id: int) -> list[dict[str, Any]]:
    """Other cases of the same buyer and shop whose goods are still on their way: they may lie in the same parcel."""
    others: list[Case] = list(
        cases_of(actor).filter(buyer_id=buyer_id, merchant_id=merchant_id, status__in=ON_THEIR_WAY).exclude(pk=case_id)
        .order_by("-id")[:SHOWN_MAX]
    )  # fmt: skip
    return [{"case": other, "status": status_label(other.service, other.status)} for other in others]


def after_sending(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """On the bench, right after a parcel was unpacked: what else may lie in it."""
    number, waybill = request.GET.get("after", "")[:20], request.GET.get("waybill", "")[:40]
    case = cases_of(actor).filter(number=number).first() if number else None
    if case is None:
        return {}
    return {
        "together": siblings(actor, case_id=case.pk, buyer_id=case.buyer_id, merchant_id=case.merchant_id or 0),
        "together_waybill": waybill,
    }  # fmt: skip
