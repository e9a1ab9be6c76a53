"""Where a work order can stand, and from where it may go where."""

from dataclasses import dataclass
from typing import Literal

from shouhou.foundation.workflow import Text

StateName = Literal[
    "waiting", "booked", "diagnosing", "quoting", "quoted", "repairing", "waiting_parts", "testing", "ready", "out", "ended",
]  # fmt: skip
Result = Literal["repaired", "maintained", "installed", "declined", "no_fault", "unrepairable", "guided", "cancelled", "converted"]


@dataclass(frozen=True, slots=True)
class WorkState:
    """One column of the board; `waits_for` says whose time it is that runs."""

    name: StateName
    label: Text
    waits_for: Literal["", "consumer", "parts"] = ""


STATES: tuple[WorkState, ...] = (
    WorkState("waiting", Text("待到件", "not here yet")),
    WorkState("booked", Text("已预约", "appointment booked")),
    WorkState("diagnosing", Text("检测中", "being diagnosed")),
    WorkState("quoting", Text("待报价", "quote due")),
    WorkState("quoted", Text("待消费者确认", "with the consumer"), "consumer"),
    WorkState("repairing", Text("维修中", "being repaired")),
    WorkState("waiting_parts", Text("待配件", "waiting for parts"), "parts"),
    WorkState("testing", Text("待测试", "to be tested")),
    WorkState("ready", Text("待交还", "ready to hand back")),
    WorkState("out", Text("已交还", "handed back")),
    WorkState("ended", Text("已结束", "ended")),
)
BY_NAME = {state.name: state for state in STATES}
BENCH = ("diagnosing", "quoting", "quoted", "repairing", "waiting_parts", "testing", "ready")
"""The states in which the goods are in our hands."""

# From each state to those it may go to; ending is possible from everywhere but the end.
NEXT: dict[str, frozenset[str]] = {
    "waiting": frozenset({"waiting", "booked", "diagnosing"}),
    "booked": frozenset({"waiting", "booked", "diagnosing"}),
    "diagnosing": frozenset({"quoting", "quoted", "repairing", "ready", "waiting", "booked"}),
    "quoting": frozenset({"quoted", "repairing", "ready", "diagnosing"}),
    "quoted": frozenset({"quoted", "repairing", "ready", "quoting"}),
    "repairing": frozenset({"waiting_parts", "testing", "quoted", "ready", "diagnosing"}),
    "waiting_parts": frozenset({"waiting_parts", "repairing", "ready"}),
    "testing": frozenset({"repairing", "ready", "testing"}),
    "ready": frozenset({"out", "repairing", "diagnosing"}),
    "out": frozenset(),
    "ended": frozenset(),
}
RESULTS: dict[Result, Text] = {
    "repaired": Text("已修复", "repaired"),
    "maintained": Text("已保养", "maintained"),
    "installed": Text("已安装", "installed"),
    "declined": Text("未维修（消费者未接受报价）", "not repaired (quote not accepted)"),
    "no_fault": Text("未发现故障", "no fault found"),
    "unrepairable": Text("无法修复", "not repairable"),
    "guided": Text("指导解决", "solved by guidance"),
    "cancelled": Text("已取消", "cancelled"),
    "converted": Text("改为其他服务", "turned into another service"),
}
DONE = frozenset({"repaired", "maintained", "installed", "guided"})


def may_go(come_from: str, to: str) -> bool:
    """Whether a work order may go from one state to the other."""
    return to in NEXT[come_from] or (to == "ended" and come_from != "ended")
