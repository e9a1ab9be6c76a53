"""What logistics announces; whoever stands above may listen."""

from shouhou.plumbing.events import event_type

_PICKUP = {"pickup": "PK-…", "carrier": "courier code", "window_start": "instant", "window_end": "instant"}
_PARCEL = {
    "parcel": "id", "direction": "return|send_back", "carrier": "courier code", "tracking_number": "waybill",
    "phase": "registered|awaiting|collected|in_transit|delivering|returned|delivered",
}  # fmt: skip

PICKUP_BOOKED = event_type(
    "pickup.booked", zh="取件已预约", en="Pickup booked", **_PICKUP, reference="the carrier's number",
    tracking_number="waybill",
)  # fmt: skip
PICKUP_ATTEMPT_FAILED = event_type(
    "pickup.attempt_failed", zh="上门取件未成功", en="Pickup attempt failed", **_PICKUP,
    attempt="which one", attempts_left="how many more", code="why", zh_text="why, Chinese", en_text="why, English",
)  # fmt: skip
PICKUP_COLLECTED = event_type(
    "pickup.collected", zh="快递员已取走包裹", en="Picked up", **_PICKUP, tracking_number="waybill", at="instant"
)
PICKUP_EXHAUSTED = event_type(
    "pickup.exhausted", zh="取件失败，请另选方式", en="Pickup failed, choose another way", **_PICKUP,
    attempts="how many", code="why: attempts_exhausted or the carrier's refusal",
)  # fmt: skip
PICKUP_CANCELLED = event_type(
    "pickup.cancelled", zh="取件已取消", en="Pickup cancelled", **_PICKUP, reason="requested|self_shipped|…"
)
PICKUP_SUSPENDED = event_type(
    "pickup.suspended", zh="取件因故顺延", en="The pickup is put off", **_PICKUP, first_day="day", last_day="day", days="how many more",
    cause="weather|power_cut|…", note="operations' words",
)  # fmt: skip
PARCEL_REGISTERED = event_type("parcel.registered", zh="已登记运单", en="Waybill registered", **_PARCEL)
PARCEL_TRACKED = event_type(
    "parcel.tracked", zh="物流有更新", en="Parcel moved", **_PARCEL,
    code="detailed state", problem="true|false", at="instant", zh_text="Chinese", en_text="English", location="place",
)  # fmt: skip
PARCEL_DELIVERED = event_type("parcel.delivered", zh="包裹已签收", en="Parcel delivered", **_PARCEL, at="instant")
UNKNOWN_MATCHED = event_type(
    "unidentified.matched", zh="无主包裹已认领", en="An unidentified parcel was matched", unidentified="UP-…", waybill="waybill",
    place="where it lies", by="the role that matched it; system: by itself",
)  # fmt: skip
_REQUEST = {
    "carrier": "courier code", "tracking_number": "waybill", "at": "instant", "zh_text": "the carrier's words, Chinese",
    "en_text": "the same, English", "location": "place",
}  # fmt: skip
INTERCEPTION_TOLD = event_type(
    "interception.told", zh="承运商已回复拦截", en="The carrier told of the interception", **_REQUEST,
    answer="accepted|refused|success|failure|refused_at_door",
)  # fmt: skip
TRACE_TOLD = event_type(
    "trace.told", zh="承运商已回复查件", en="The carrier told where the parcel is", **_REQUEST,
    answer="accepted|refused|delivered|under_way|returned|lost", signed_by="who signed, where it was delivered",
    proof="the file of the signature's picture, or empty",
)  # fmt: skip
