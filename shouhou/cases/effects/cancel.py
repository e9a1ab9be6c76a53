"""Effects of a cancellation: the shop stops the goods, or the carrier brings them back, or they become a return."""

from collections.abc import Mapping, Sequence

from shouhou.cases.effects import unreturned
from shouhou.cases.effects.money import owed
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.logistics import actions as logistics
from shouhou.orders.claims import release_units
from shouhou.orders.sent import waybills_of
from shouhou.orders.shop.interceptions import ask_to_stop, drop_stop

BACK = frozenset({"success", "refused_at_door"})
NOT_STOPPED = frozenset({"refused", "failure"})


def ask_shop(moving: Moving) -> None:
    case = moving.case
    ask_to_stop(
        order=case.order, lines=[(item.line, item.sku, item.quantity) for item in case.items], subject=case.number,
        key=f"{case.number}:stop", now=moving.now, merchant_id=case.merchant_id, buyer_id=case.buyer_id,
    )  # fmt: skip


def shop_cancelled(moving: Moving) -> None:
    """The shop itself cannot send it: refunded at once; the staff reads that a compensation may be due (RFD-06)."""
    say(moving, "商家取消订单：可按规则为消费者申请补偿（延迟发货等）。", "Cancelled by the shop: a compensation by rule may be due.",
        internal=True)  # fmt: skip
    unreturned.grant_units(moving)


def shop_told(moving: Moving) -> None:
    """Stopped: the money goes out at once. Gone already: the carrier is asked. Not known: a person answers."""
    case, answers = moving.case, moving.answers
    gone = _gone(moving) if answers["answer"] == "partly" else {}
    if answers["answer"] == "stopped":
        moving.go("allowed")
        unreturned.grant_units(moving)
    elif gone:
        _leave_out(moving, gone)
        moving.go("allowed")
        unreturned.grant_units(moving)
    elif answers["answer"] == "shipped":
        told = [answers, *answers.get("lines", ())]
        named = list(dict.fromkeys(
            (str(each["carrier"]), str(each["tracking_number"])) for each in told if each.get("carrier") and each.get("tracking_number")
        ))  # fmt: skip
        _intercept(moving, named or waybills_of(case.order_id, [item.line for item in case.items]))
    elif case.status == "stopping":
        moving.go("shop_asked")


def grant(moving: Moving) -> None:
    unreturned.grant_units(moving)


def say_shipped(moving: Moving) -> None:
    _intercept(moving, [(moving.answers["carrier"], moving.answers["tracking_number"])])


def intercept_told(moving: Moving) -> None:
    """Brought back: refunded now or when it is there, as the book has it. One parcel that goes on is enough to fail."""
    case, answer = moving.case, str(moving.answers["answer"])
    number = str(moving.answers.get("tracking_number") or "")
    stops = {**(case.details.get("stops") or {})}
    stops[number or next(iter(stops), "")] = answer
    moving.note(stops=stops)
    if set(stops.values()) <= BACK:
        back(moving)
    elif answer in NOT_STOPPED and case.status == "intercepting":
        moving.go("not_stopped")


def back(moving: Moving) -> None:
    """The parcel goes back to the merchant."""
    if moving.terms.value("refund_after_interception", channel=moving.case.channel) == "success":
        moving.go("allowed")
        unreturned.grant_units(moving)
    else:
        moving.go("coming_back")


def stop(moving: Moving) -> None:
    """Withdrawn or closed: what was stopped may go on."""
    drop_stop(subject=moving.case.number, now=moving.now)
    logistics.drop_requests(subject=moving.case.number, now=moving.now)


def to_return(moving: Moving) -> None:
    """It could not be stopped: the consumer sends it back instead, under the same number."""
    stop(moving)
    unreturned.to_return(moving)


def _gone(moving: Moving) -> dict[int, str]:
    """Line → waybill of what had left already; nothing where no line of the case was stopped."""
    told = {int(each["line"]): each for each in moving.answers.get("lines", ())}
    mine = {item.line: told.get(item.line, {}) for item in moving.case.items}
    if not any(each.get("answer") == "stopped" for each in mine.values()):
        return {}
    return {line: str(each.get("tracking_number") or "") for line, each in mine.items() if each.get("answer") != "stopped"}


def _leave_out(moving: Moving, gone: Mapping[int, str]) -> None:
    """What could not be stopped is not this case's any more: the consumer's own again, and told what can be done with it."""
    case = moving.case
    out = [item for item in case.items if item.line in gone]
    release_units((item.line_id, item.quantity) for item in out)
    moving.note(left_out=[item.line for item in out])
    due = owed(case, unreturned.all_units(case))
    moving.set(preview={**case.preview, "applied": due.as_json()})
    titles = "、".join(f"{item.title} × {item.quantity}" for item in out)
    numbers = "、".join(dict.fromkeys(filter(None, gone.values()))) or "–"
    say(moving, f"{titles}：已发出（运单号 {numbers}），未能停发，不在本次退款内。可当面拒收，或签收后申请退货；其余商品已停发，即将退款。",
        f"{titles}: sent already (waybill {numbers}) and not stopped, so not part of this refund. Refuse it at the door, or apply for a "
        "return once it is there. Everything else was stopped and is about to be refunded.")  # fmt: skip


def _intercept(moving: Moving, waybills: Sequence[tuple[str, str]]) -> None:
    """Ask the carrier of each parcel; without a waybill there is nobody to ask."""
    case = moving.case
    for place, (carrier, number) in enumerate(waybills, 1):
        logistics.intercept_parcel(
            subject=case.number, carrier=carrier, tracking_number=number, key=f"{case.number}:{case.version}:stop:{place}",
            actor=moving.actor, now=moving.now, merchant_id=case.merchant_id, buyer_id=case.buyer_id,
        )  # fmt: skip
    moving.note(stops={number.upper(): "" for _, number in waybills} or None)
    moving.go("intercepting" if waybills else "not_stopped")
