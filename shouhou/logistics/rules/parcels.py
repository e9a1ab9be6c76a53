"""The way of a parcel: detailed states, and a standing that is the same in whatever order the news arrives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shouhou.foundation.workflow import Text

Phase = Literal["registered", "awaiting", "collected", "in_transit", "delivering", "returned", "delivered"]
PHASES: tuple[Phase, ...] = ("registered", "awaiting", "collected", "in_transit", "delivering", "returned", "delivered")
PHASE_LABELS: dict[str, Text] = {
    "registered": Text("暂无轨迹", "No trace yet"),
    "awaiting": Text("待揽收", "Waiting for the courier"),
    "collected": Text("已揽收", "Collected"),
    "in_transit": Text("运输中", "In transit"),
    "delivering": Text("派送中", "Out for delivery"),
    "returned": Text("已退回寄件人", "Returned to sender"),
    "delivered": Text("已签收", "Delivered"),
}


@dataclass(frozen=True, slots=True)
class Detail:
    """A detailed state: how far the parcel is (None: says nothing about it) and whether it is trouble."""

    code: str
    label: Text
    phase: Phase | None
    problem: bool = False


def _ways(phase: Phase | None, *rows: tuple[str, str, str], problem: bool = False) -> list[Detail]:
    return [Detail(code, Text(zh, en), phase, problem) for code, zh, en in rows]


DETAILS: dict[str, Detail] = {
    detail.code: detail
    for detail in [
        *_ways("registered", ("0", "暂无轨迹信息", "No trace yet")),
        *_ways("awaiting", ("10", "等待快递员取件", "Waiting for the courier")),
        *_ways("collected", ("1", "快递员已揽收", "Collected by the courier")),
        *_ways(
            "in_transit",
            ("2", "运输途中", "In transit"),
            ("201", "到达派件城市", "Arrived in the destination city"),
            ("204", "到达转运中心", "Arrived at the sorting centre"),
            ("206", "寄件网点已发出", "Left the sending branch"),
            ("5", "已转寄新地址", "Forwarded to a new address"),
            ("6", "清关", "Customs"),
            ("601", "等待清关", "Waiting for customs"),
            ("602", "清关中", "In customs"),
            ("603", "已清关", "Cleared customs"),
        ),
        *_ways(
            "in_transit",
            ("604", "清关异常", "Held by customs"),
            problem=True,
        ),
        *_ways(
            "delivering",
            ("202", "正在派送", "Out for delivery"),
            ("205", "到达派件网点", "Arrived at the delivery branch"),
            ("211", "已放入快递柜或驿站", "Put into a locker or at a pickup point"),
            ("418", "已从快递柜取出", "Taken out of the locker by the courier"),
            ("419", "重新派送", "Out for delivery again"),
        ),
        *_ways(
            "delivered",
            ("3", "已签收", "Signed for"),
            ("301", "收件人已签收", "Signed for by the recipient"),
            ("302", "异常处理后已签收", "Signed for after a problem"),
            ("304", "他人代签", "Signed for by somebody else"),
            ("311", "已从快递柜或驿站取走", "Taken from the locker or pickup point"),
        ),
        *_ways(
            "returned",
            ("406", "退件已由寄件人签收", "Returned and signed for by the sender"),
            problem=True,
        ),
        *_ways(
            None,
            ("4", "运输异常", "Problem on the way"),
            ("401", "发货后无信息", "No news since it was sent"),
            ("402", "超时未签收", "Not signed for in time"),
            ("403", "超过五天无更新", "No news for five days"),
            ("404", "收件人拒收，退回中", "Refused by the recipient, going back"),
            ("405", "派送异常", "Delivery problem"),
            ("407", "退件未签收", "Return not signed for"),
            ("412", "快递柜或驿站超时未取", "Left too long in the locker"),
            ("413", "已拦截", "Intercepted"),
            ("414", "包裹破损", "Damaged"),
            ("415", "寄件人取消", "Cancelled by the sender"),
            ("416", "无法联系收件人", "Recipient cannot be reached"),
            ("417", "配送延迟", "Delayed"),
            ("420", "地址不详", "Address incomplete"),
            ("421", "收件人电话有误", "Wrong phone number"),
            ("422", "错分件", "Sorted to the wrong place"),
            ("423", "超出派送范围", "Outside the delivery area"),
            problem=True,
        ),
    ]
}


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """One piece of news: the carrier's own instant and id decide the order, not the arrival."""

    at: datetime
    event: str
    code: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the parcel is: the farthest phase reached, the newest detail, whether that is trouble."""

    phase: Phase
    code: str
    problem: bool
    at: datetime | None
    delivered_at: datetime | None


def standing(points: Iterable[TrackPoint], *, before: Phase = "registered") -> Standing:
    """Fold the news into one standing; the phase never goes back, a delivered parcel stays delivered.

    Independent of the order of `points`; an unknown code moves nothing but is shown as the newest detail.
    """
    ordered = sorted(points, key=lambda point: (point.at, point.event))
    rank, code, at, delivered_at = PHASES.index(before), "0", None, None
    final_code: str | None = None
    for point in ordered:
        code, at = point.code, point.at
        detail = DETAILS.get(point.code)
        if detail and detail.phase:
            rank = max(rank, PHASES.index(detail.phase))
            if detail.phase == "delivered" and delivered_at is None:
                delivered_at, final_code = point.at, point.code
    if final_code is not None:
        return Standing("delivered", final_code, False, delivered_at, delivered_at)
    problem = code in DETAILS and DETAILS[code].problem
    return Standing(PHASES[rank], code, problem, at, None)
