"""A repair from its registration to the day it is home again: mode and place, visits, receipt, hand-back."""

from datetime import datetime, timedelta

from shouhou.cases.answers import invalid
from shouhou.cases.effects import charges, endings, goods
from shouhou.cases.effects.repair_rights import decide_again, keep, open_rights
from shouhou.cases.effects.review import add_evidence, send_where, set_fault
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.cases.pickup_code import fits
from shouhou.cases.refusals import (
    HAND_OVER_UNCHECKED,
    MODE_NOT_OFFERED,
    NO_SERVICE_POINT,
    NOT_YET_TIME,
    PICKUP_CODE_WRONG,
    REOPEN_TOO_LATE,
    REPAIR_ONE_UNIT,
)  # fmt: skip
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FieldError, refused
from shouhou.foundation.workflow import Text
from shouhou.logistics import actions as logistics
from shouhou.logistics.network import Place, Wanted, nearest, place
from shouhou.logistics.rules.hours import written_week
from shouhou.merchants.models import ReturnAddress
from shouhou.orders.replaced import record_installation
from shouhou.repairs import actions as repairs
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.queries import order_of
from shouhou.repairs.rules.modes import FOR_GOODS, KINDS, MODES, modes_of
from shouhou.repairs.rules.process import Guidance
from shouhou.repairs.rules.states import Result

TARGETS = {"mail_in": "awaiting_goods", "walk_in": "awaiting_visit", "on_site": "awaiting_appointment", "remote": "awaiting_appointment"}
RESULTS: dict[str, Result] = {
    "repaired": "repaired", "maintained": "maintained", "installed": "installed", "declined": "declined", "no_fault": "no_fault",
    "unrepairable": "unrepairable", "not_ours": "declined",
}  # fmt: skip
VISIT = timedelta(hours=2)


def register(moving: Moving) -> None:
    """The work order, in the mode that was asked for or fits best. A right that is open already is told at once (REP-12).

    Raises REPAIR_ONE_UNIT, MODE_NOT_OFFERED.
    """
    case = moving.case
    if len(case.items) != 1 or case.items[0].quantity != 1:
        raise refused(REPAIR_ONE_UNIT, FieldError("lines", "只能选择一件。", "Choose one unit."))
    kind = case.reason if case.reason in FOR_GOODS else "repair"
    category = case.items[0].category
    if kind in FOR_GOODS and category not in FOR_GOODS[kind]:
        raise refused(MODE_NOT_OFFERED, mode=KINDS[kind].zh, mode_en=KINDS[kind].en, offered="–", offered_en="–")
    moving.note(kind=kind)
    wished = case.details.get("mode") or ("remote" if case.reason == "usage" else modes_of(category, kind=kind)[:1] or [""])
    moving.note(mode=_mode(moving, str(wished if isinstance(wished, str) else wished[0])))
    _open(moving, key=f"{case.number}:1")
    if case.reason == "quality" and kind == "repair":
        open_rights(moving)


def taken_over(moving: Moving) -> None:
    """A return or an exchange goes on as a repair: reviewed anew, with a work order, nothing to be refunded."""
    moving.set(
        refund_minor=0, preview={}, outcome="", verdict=str((moving.case.decision or {}).get("repair", moving.case.verdict))
    )
    moving.then("register_repair")


def settle_mode(moving: Moving) -> None:
    """Approved, or changed: how, where, and what the consumer has to know for it (REP-07). Raises NO_SERVICE_POINT."""
    case, answers = moving.case, moving.answers
    mode = _mode(moving, str(answers.get("mode") or case.details.get("mode")))
    point = _point(moving, str(answers.get("point") or case.details.get("point") or "")) if mode == "walk_in" else None
    moving.note(mode=mode, point=point.code if point else None, window_start=None, window_end=None, taken=None)
    order = _order(moving)
    repairs.place_order(order.number, mode=mode, point_code=point.code if point else "", actor=moving.actor, now=moving.now)
    moving.go(TARGETS[mode])
    if mode == "mail_in":
        send_where(moving)
    elif answers.get("fault"):
        set_fault(moving, str(answers["fault"]))
    _guide(moving, order.number, mode, point)


def name_override(moving: Moving) -> None:
    moving.set(override_reason=moving.answers["override_reason"], outcome="")


def book_visit(moving: Moving) -> None:
    """A window of two hours unless told otherwise. Raises ANSWERS_INVALID, WINDOW_PAST, DAY_FULL."""
    start = datetime.fromisoformat(str(moving.answers["start"]))
    end = datetime.fromisoformat(str(moving.answers["end"])) if moving.answers.get("end") else start + VISIT
    if end <= start:
        raise invalid(FieldError("end", "结束时间须晚于开始时间。", "The end must be later than the start."))
    repairs.book_appointment(
        _order(moving).number, start=start, end=end, a_day=int(moving.terms.number("technician_visits_a_day")), actor=moving.actor,
        now=moving.now, note=str(moving.answers.get("note", "")),
    )  # fmt: skip
    moving.note(window_start=start.isoformat(), window_end=end.isoformat())


def cancel_visit(moving: Moving) -> None:
    repairs.cancel_appointment(_order(moving).number, actor=moving.actor, now=moving.now, note=str(moving.answers.get("note", "")))
    moving.note(window_start=None, window_end=None)


def consumer_absent(moving: Moving) -> None:
    """Counted; with the last one the case lapses. Raises NOT_YET_TIME before the window has begun."""
    _time_has_come(moving, "window_start")
    order = repairs.miss_appointment(
        _order(moving).number, by="consumer", actor=moving.actor, now=moving.now, note=str(moving.answers["note"])
    )
    moving.note(window_start=None, window_end=None)
    if order.no_shows >= moving.terms.number("no_shows_most"):
        moving.go("lapsed")
        lapse(moving)


def technician_absent(moving: Moving) -> None:
    """Our own fault, at nobody's cost. Raises NOT_YET_TIME before the window is over."""
    _time_has_come(moving, "window_end")
    repairs.miss_appointment(
        _order(moving).number, by="technician", actor=moving.actor, now=moving.now, note=str(moving.answers.get("note", ""))
    )
    moving.note(window_start=None, window_end=None)


def receive(moving: Moving) -> None:
    """The parcel is opened, or the thing stands on the counter: the repair's time begins."""
    answers = moving.answers
    answers.setdefault("packing", "ok")
    serial = str(answers.get("serial", ""))
    if serial:
        answers["items"] = [{"line": moving.case.items[0].line, "received": 1, "serials": [serial]}]
    goods.unpack(moving)
    _begin(moving, serial or next(iter(moving.case.items[0].serials), ""))


def receive_late(moving: Moving) -> None:
    """The parcel comes after the case had lapsed or been cancelled: it goes on with a new work order."""
    endings.take_up(moving)
    moving.note(mode="mail_in", window_start=None, window_end=None)
    _open_anew(moving)
    receive(moving)


def start_visit(moving: Moving) -> None:
    """The technician stands before it, or is on the line: the goods stay where they are."""
    _begin(moving, str(moving.answers.get("serial", "")))
    moving.note(window_start=None, window_end=None)


def take_along(moving: Moving) -> None:
    moving.answers.update({"packing": "ok", "appearance": "ok", "accessories": "ok"})
    goods.unpack(moving)
    moving.note(taken=True)


def not_here(moving: Moving) -> None:
    """A visit was not enough: the repair's time begins anew when it is here."""
    moving.note(began=None, counts_from=None)


def ship_repaired(moving: Moving) -> None:
    """Sent home; a repair in warranty costs the consumer no transport (REP-03)."""
    case = moving.case
    logistics.send_back(
        subject=case.number, carrier=moving.answers["carrier"], tracking_number=moving.answers["tracking_number"],
        address=case.contact, key=f"{case.number}:{case.version}:home", actor=moving.actor, merchant_id=case.merchant_id,
        buyer_id=case.buyer_id, now=moving.now,
    )  # fmt: skip
    _hand_back(moving, "shipped")


def hand_over(moving: Moving) -> None:
    """Into the hands of whoever may have it; at the consumer's home there is nothing to prove.

    Raises PICKUP_CODE_WRONG, HAND_OVER_UNCHECKED.
    """
    home = moving.case.details.get("mode") in ("on_site", "remote") and not moving.case.details.get("taken")
    if not home:
        _right_person(moving)
    _hand_back(moving, "at_home" if home else "picked_up")


def finish(moving: Moving) -> None:
    """Done: what was paid is earned, the unit is free for another application."""
    moving.set(resolved_at=moving.case.resolved_at or moving.now)
    charges.earned(moving)
    endings.release(moving)


def still_broken(moving: Moving) -> None:
    """The same again: another round, free if the fault is the same; after two that failed more is open (REP-12)."""
    case = moving.case
    add_evidence(moving)
    endings.forget_receipt(moving)
    moving.set(outcome="", resolved_at=None)
    fault = moving.answers.get("fault_code") or case.details.get("fault_code")
    moving.note(fault_code=fault, taken=None, scope=None, quote=None, charge=None, rights=None, began=None, counts_from=None)
    _open_anew(moving)
    open_rights(moving)
    settle_mode(moving)


def guide(moving: Moving) -> None:
    """Solved without a repair: it closes, and nothing is counted (REP-15)."""
    stop(moving, "guided")
    moving.set(outcome="resolved_by_guidance")
    finish(moving)


def reopen(moving: Moving) -> None:
    """≤ 7 days after closing; a repaired fault that comes back for as long as a repair must hold; staff at any time."""
    case = moving.case
    if moving.actor.role == "consumer":
        days = moving.terms.number("repair_guarantee_days" if case.outcome == "repaired" else "reopen_days")
        until = (case.closed_at or moving.now) + timedelta(days=days)
        if moving.now > until:
            raise refused(REOPEN_TOO_LATE, until=until.isoformat(timespec="minutes"))
    add_evidence(moving)
    endings.take_up(moving)
    if case.goods_received:
        endings.forget_receipt(moving)
    moving.note(taken=None, scope=None, quote=None, charge=None, rights=None, began=None, counts_from=None)
    _open_anew(moving)
    if case.reason == "quality":
        open_rights(moving)


def lapse(moving: Moving) -> None:
    stop(moving)
    endings.lapse(moving)
    endings.release(moving)


def stopped(moving: Moving) -> None:
    stop(moving)


def stop(moving: Moving, result: Result = "cancelled") -> None:
    """The case ends without a repair: so does the work order."""
    order = order_of(moving.case.number)
    if order is not None:
        repairs.end_order(order.number, result=result, actor=moving.actor, now=moving.now)


def overdue(moving: Moving) -> None:
    """The repair is over its limit: the book says what is open now (REP-09, REP-12)."""
    decided = decide_again(moving)
    moving.note(overdue=moving.now.isoformat())
    if moving.case.details.get("scope") != "out":
        keep(moving, decided)
    open_rights(moving, decided)


def counts_from(moving: Moving) -> None:
    """The consumer's time is not the repairer's."""
    order = order_of(moving.case.number)
    if order is not None and order.came_in_at is not None:
        moving.note(counts_from=(order.came_in_at + timedelta(seconds=order.consumer_wait)).isoformat())


def _begin(moving: Moving, serial: str) -> None:
    repairs.take_in(_order(moving).number, serial=serial, actor=moving.actor, now=moving.now)
    moving.note(began=moving.now.isoformat(), counts_from=moving.now.isoformat())


def _right_person(moving: Moving) -> None:
    """The code is looked at and not kept; what stands for it needs its words."""
    answers = moving.answers
    code = str(answers.pop("code", ""))
    if code:
        if not fits(moving.case, code):
            raise refused(PICKUP_CODE_WRONG, FieldError("code", "取件码不对。", "This is not the code."))
        answers["checked"] = "code"
    elif not (answers.get("checked") and str(answers.get("note", "")).strip()):
        raise refused(HAND_OVER_UNCHECKED, FieldError("code", "填写取件码。", "Give the code."))


def _hand_back(moving: Moving, way: str) -> None:
    case = moving.case
    result = RESULTS[case.outcome]
    if case.outcome == "installed":
        record_installation(case.items[0].line_id, on=local_day(moving.now))
    repairs.hand_back(_order(moving).number, way=way, result=result, actor=moving.actor, now=moving.now)  # type: ignore[arg-type]
    moving.set(rest_sent=True, resolved_at=moving.now)


def _order(moving: Moving) -> WorkOrder:
    order = order_of(moving.case.number)
    if order is None or order.ended_at is not None:
        return _open_anew(moving)
    return order


def _open_anew(moving: Moving) -> WorkOrder:
    """The next round; a case turned into a repair begins with its first."""
    earlier = order_of(moving.case.number)
    return _open(moving, key=f"{moving.case.number}:{earlier.round + 1 if earlier else 1}")


def _open(moving: Moving, *, key: str) -> WorkOrder:
    case, item = moving.case, moving.case.items[0]
    # The last is that of the replacement, where there was one.
    known = item.sold_serials[-1:] if 1 in (item.ordered, len(item.sold_serials)) else []
    serial = str(case.details.get("serial") or next(iter(known), ""))
    order = repairs.open_order(
        subject=case.number, key=key, kind=str(case.details.get("kind") or "repair"), mode=str(case.details.get("mode") or "mail_in"),
        unit=repairs.Unit(item.line_id, item.sku, item.title, item.category, serial), fault=str(case.details.get("fault_code") or ""),
        symptom=case.description, point_code=str(case.details.get("point") or ""), merchant_id=case.merchant_id,
        buyer_id=case.buyer_id, actor=moving.actor, now=moving.now,
    )  # fmt: skip
    moving.note(work_order=order.number, round=order.round)
    return order


def _mode(moving: Moving, wished: str) -> str:
    offered = modes_of(moving.case.items[0].category, kind=str(moving.case.details.get("kind") or "repair"))
    if wished not in offered:
        label = MODES.get(wished, Text(wished, wished))  # type: ignore[call-overload]
        raise refused(
            MODE_NOT_OFFERED, FieldError("mode", "该商品不支持这种维修方式。", "This mode is not offered for the article."),
            mode=label.zh, mode_en=label.en, offered="、".join(MODES[each].zh for each in offered) or "–",
            offered_en=", ".join(MODES[each].en for each in offered) or "–",
        )  # fmt: skip
    return wished


def _point(moving: Moving, wished: str) -> Place:
    """The point that was wished for, else the nearest that takes it in, wherever it was bought (REP-06)."""
    case, category = moving.case, moving.case.items[0].category
    if wished:
        found = place(wished, at=moving.now, calendar=moving.calendar)
        if found is None or not found.active or "walk_in_repair" not in found.services:
            raise refused(NO_SERVICE_POINT, FieldError("point", "该网点不受理维修。", "This point takes no repairs."))
        return found
    wanted = Wanted(services=("walk_in_repair",), categories=(category,), merchant_id=case.merchant_id)
    near = nearest(at=moving.now, calendar=moving.calendar, region_code=str(case.contact.get("region_code", "")), wanted=wanted, limit=1)
    if not near:
        raise refused(NO_SERVICE_POINT, FieldError("mode", "附近没有维修网点。", "No service point nearby."))
    return near[0]


def _guide(moving: Moving, ticket: str, mode: str, point: Place | None) -> None:
    """Place, address, hours, ticket and what to bring: as a message, and as data for the page."""
    case = moving.case
    # Where they live stands in the contact, which is masked and erased; it is not copied.
    told = Guidance(mode, ticket, Text("您留的联系地址和电话", "the address and phone you gave"), category=case.items[0].category)
    if point is not None:
        told = Guidance(mode, ticket, point.name, point.address, point.phone, _hours(point), case.items[0].category)
    elif mode == "mail_in" and case.return_address_id is not None:
        at = ReturnAddress.objects.get(id=case.return_address_id)
        told = Guidance(
            mode, ticket, Text(at.contact, at.contact), Text(*(f"{at.region}{at.address}",) * 2), at.phone, category=case.items[0].category
        )
    text = told.text()
    moving.note(guidance={"zh-hans": told.as_json("zh-hans"), "en": told.as_json("en")})
    say(moving, text.zh, text.en)


def _hours(point: Place) -> Text:
    """The week in words: 周一至周五 09:00-18:00."""
    zh, en = [], []
    for part in filter(None, written_week(point.hours.week).split("; ")):
        days, _, spans = part.partition(" ")
        named = [int(day) - 1 for day in days.split("-")]
        zh.append(f"周{'至周'.join('一二三四五六日'[day] for day in named)} {spans}")
        en.append(f"{'–'.join(('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day] for day in named)} {spans}")
    return Text("；".join(zh), "; ".join(en))


def _time_has_come(moving: Moving, bound: str) -> None:
    kept = moving.case.details.get(bound)
    if kept and moving.now < datetime.fromisoformat(kept):
        window = f"{moving.case.details.get('window_start')} – {moving.case.details.get('window_end')}"
        raise refused(NOT_YET_TIME, window=window)
