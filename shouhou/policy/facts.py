"""The facts one decision rests on: one field per entry of vocabulary/facts.yaml, days as epoch days, None for unknown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one unit at the moment of the application; `prepare` makes it from dates and records."""

    reason: str
    channel: str
    category: str
    at_day: int
    receipt_day: int | None = None
    window_day: int | None = None
    member: str = "none"
    excludable_by_nature: bool = False
    confirmed_no_return: bool = False
    promised_no_reason: bool = False
    opened: bool | None = None
    used: bool | None = None
    activated: bool | None = None
    seal: str | None = None
    tag: str | None = None
    soiled: bool | None = None
    accessories: str | None = None
    gift: str | None = None
    label: str | None = None
    serial: str | None = None
    packaging: str | None = None
    unrelated_damage: bool | None = None
    defect_status: str = "none"
    defect_cause: str | None = None
    defect_fault: str | None = None
    unrepairable: bool | None = None
    invoice: str | None = None
    warranty_card: str | None = None
    order_record: str = "present"
    warranty_until: int | None = None
    extended_until: int | None = None
    imei_until: int | None = None
    same_fault_repairs: int = 0
    repair_days: int = 0
    parts_days: int = 0
    plan_screen: bool = False
    plan_accident: bool = False
    in_own_area: bool | None = None
    force_majeure: bool = False
    exchanged: int = 0
