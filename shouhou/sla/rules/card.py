"""The scorecard's figures with what they are made of: formula, cohort, counts; nothing is rated where nothing is counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shouhou.foundation.workflow import Text
from shouhou.sla.rules.kinds import D15


@dataclass(frozen=True, slots=True)
class Ended:
    """How many clocks of a kind ended so; `struck`: their breach was struck on appeal."""

    kind: str
    outcome: str
    struck: bool
    many: int


def share(part: int, whole: int) -> str | None:
    """Per cent with two places; None: nothing to divide by, so not assessable."""
    if whole <= 0:
        return None
    return str((Decimal(100 * part) / whole).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def clock_figures(ended: Iterable[Ended]) -> dict[str, Any]:
    """By kind and in all: how many were kept, missed, moot; a breach that was struck counts as kept. D15's stand always there."""
    counted: dict[str, dict[str, int]] = {kind: {"met": 0, "late": 0, "moot": 0} for kind in D15}
    for row in ended:
        name = "met" if row.struck and row.outcome == "late" else row.outcome
        of_kind = counted.setdefault(row.kind, {"met": 0, "late": 0, "moot": 0})
        of_kind[name] += row.many
    met, late = (sum(each[name] for each in counted.values()) for name in ("met", "late"))
    return {
        "met": met, "late": late, "hit_percent": share(met, met + late), "breach_percent": share(late, met + late),
        "kinds": [
            {"kind": kind, **each, "hit_percent": share(each["met"], each["met"] + each["late"])} for kind, each in counted.items()
        ],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed beside a figure: how it is computed and what is counted."""

    formula: Text
    cohort: Text


PRINTED = {
    "clocks": Printed(
        Text("按时率 = 按时 ÷（按时 + 超时）× 100%；违约率 = 100% − 按时率",
             "Hit rate = kept ÷ (kept + missed) × 100 %; breach rate = 100 % − hit rate"),
        Text("按事件日：当月结束的时限，逐个计数；用户撤回或停表中结束的不计，申诉成立的按守约计",
             "By event date: each clock that ended in the month; withdrawn by the consumer or ended while"
             " standing still: not counted;"
             " struck on appeal: kept"),
    ),
    "review": Printed(
        Text("审核用时 = 首次审核意见 − 提交申请，取中位数与 P90",
             "Review time = first opinion − submission; median and 90th percentile"),
        Text("按事件日：当月给出首次审核意见的售后单，系统按政策通过的也计",
             "By event date: cases with their first opinion in the month, those approved by the book included"),
    ),
    "intervention": Printed(
        Text("平台介入率 = 转由平台决定的售后单 ÷ 当月提交的售后单 × 100%",
             "Intervention rate = cases that the platform had to decide ÷ cases submitted × 100 %"),
        Text("按提交日：当月提交的售后单，介入截至制表时",
             "By submission date: cases submitted in the month; interventions up to when the card was made"),
    ),
    "returns": Printed(
        Text("退换率 = 有退货或换货申请的订单 ÷ 订单 × 100%",
             "Return rate = orders with a return or exchange request ÷ orders × 100 %"),
        Text("按下单日：当月所下订单，申请截至制表时；一单多原因各计一次",
             "By order date: orders placed in the month; requests up to when the card was made; an order"
             " counts once for each reason"),
    ),
    "conduct": Printed(
        Text("复核判定有效的违规内容条数",
             "Messages found to break the rules of conduct"),
        Text("按事件日：当月由本店人员发出、被拦截或标记的内容；待复核的另列",
             "By event date: what the shop's people wrote in the month; those to be reviewed apart"),
    ),
    "breaches": Printed(
        Text("成立的违约条数、积分与金额之和",
             "Breaches that stand, with the sum of points and amounts"),
        Text("按事件日：当月记录的违约，已撤销的另列；没有处罚表的只记录",
             "By event date: recorded in the month; struck ones apart; without a penalty table only recorded"),
    ),
}  # fmt: skip
