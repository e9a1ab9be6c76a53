"""What the workshop announces; the subject is whose work order it is ("SO-…")."""

from shouhou.plumbing.events import event_type

_ORDER = {
    "work_order": "WO-…", "state": "where it stands", "mode": "mail_in|walk_in|on_site|remote", "kind": "repair|maintenance|installation",
    "round": "how many times the subject has come", "point": "code of the service point, or empty", "technician": "who, or empty",
}  # fmt: skip
OPENED = event_type("repair.opened", zh="已建维修工单", en="a work order was opened", **_ORDER)
STEPPED = event_type(
    "repair.stepped", zh="维修有进展", en="a work order went on", what="taken_in|diagnosed|repaired|tested|…",
    **{"from": "the old state"}, **_ORDER,
)  # fmt: skip
APPOINTED = event_type(
    "repair.appointed", zh="维修预约有变化", en="an appointment was booked, moved, kept or missed",
    appointment="booked|moved|kept|cancelled|missed_consumer|missed_technician", window_start="instant", window_end="instant",
    **_ORDER,
)  # fmt: skip
QUOTED = event_type(
    "repair.quoted", zh="维修报价", en="a repair was quoted", version="of the quote", total_minor="in minor units",
    currency="ISO 4217", valid_until="instant", **_ORDER,
)  # fmt: skip
ENDED = event_type("repair.ended", zh="维修工单结束", en="a work order ended", result="how", **_ORDER)
