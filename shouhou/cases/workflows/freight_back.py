"""The way back that the consumer paid though it is not theirs to pay: claimed with its receipt, decided, paid once (LOG-07)."""

from collections.abc import Iterable
from dataclasses import replace

from shouhou.cases.workflows.asks import NOTE, REVIEWERS, SYSTEM
from shouhou.cases.workflows.writing import move
from shouhou.foundation.workflow import Ask, Limit, Move, State, Text

NAMES = (
    "claim_freight", "grant_freight", "refuse_freight", "grant_freight_by_rule", "freight_not_owed", "freight_in_doubt", "freight_paid",
    "freight_failed",
)  # fmt: skip
# Sent, and not decided yet whose fault it was.
UNDER_WAY = "in_transit received inspection_escalated deduction_proposed disputed"
DECISION = Limit("freight_decision", "freight_claim_hours", "freight_in_doubt", when="freight_claimed")


def with_decision(states: Iterable[State], decided: str) -> tuple[State, ...]:
    """The states, with the limit for a claim on those named: there it is known whose fault it was."""
    return tuple(
        replace(state, limits=(*state.limits, DECISION)) if state.name in decided.split() else state for state in states
    )  # fmt: skip


def freight_moves(states: Iterable[State], decided: str, *, found: str) -> tuple[Move, ...]:
    """The moves of a claim: made from the goods' sending on, decided anywhere there; paid wherever the case stands by then.

    In `found` it has just been decided whose fault it was.
    """
    names = [state.name for state in states]
    everywhere = " ".join(names)
    here = " ".join(name for name in names if name in (*UNDER_WAY.split(), *decided.split()))
    return (
        move("claim_freight", "申报垫付的寄回运费", "Claim the freight you paid", here, None, frozenset({"consumer"}),
             Ask("amount", "money", Text("实付运费", "Freight paid"), required=True, most=1_000_000),
             Ask("receipt", "files", Text("运费凭证", "Receipt"), required=True, most=3,
                 help=Text("快递面单或付款截图，须能看清金额。", "The waybill or the payment, with the amount legible.")),
             Ask("grams", "number", Text("计费重量（克）", "Weight charged (grams)"), most=50_000,
                 help=Text("面单上的计费重量；超过 1 公斤的，标准随重量提高。",
                           "As the waybill says; above one kilogram the standard rises with the weight.")), NOTE,
             says=Text("申报了垫付的寄回运费", "claimed the freight of the way back"), when="freight_to_claim"),
        move("grant_freight", "同意退还运费", "Pay the freight back", here, None, REVIEWERS,
             Ask("amount", "money", Text("退还金额", "Amount"), most=1_000_000,
                 help=Text("不填：申报金额，最多为标准上限。", "Empty: what was claimed, up to the standard.")), NOTE,
             says=Text("同意退还寄回运费", "the freight of the way back is paid back"), when="freight_claimed"),
        move("refuse_freight", "不退还运费", "Do not pay the freight back", here, None, REVIEWERS,
             Ask("note", "text", Text("给消费者的理由", "Why (the consumer is told)"), required=True, most=500),
             says=Text("未同意退还寄回运费", "the freight of the way back was not granted"), when="freight_claimed", denies=True),
        move("grant_freight_by_rule", "按规则退还运费", "Freight paid back by rule", decided, None, SYSTEM,
             says=Text("按规则退还寄回运费", "the freight of the way back is paid back by rule"), when="freight_claimed"),
        move("freight_not_owed", "运费由消费者承担", "The freight is the consumer's", found, None, SYSTEM,
             says=Text("非商家责任，寄回运费不退还", "not the seller's fault: the freight is not paid back"), when="freight_claimed"),
        move("freight_in_doubt", "逾期未决，从优退还运费", "Freight in doubt", decided, None, SYSTEM,
             says=Text("逾期未决，按标准退还寄回运费", "not decided in time: the freight is paid back up to the standard"),
             when="freight_claimed"),
        move("freight_paid", "运费到账", "Freight settled", everywhere, None, SYSTEM,
             says=Text("寄回运费已到账", "the freight of the way back has settled")),
        move("freight_failed", "运费退还异常", "Freight failed", everywhere, None, SYSTEM,
             Ask("detail", "text", Text("原因", "Reason"), most=300),
             says=Text("寄回运费未退成，财务处理中", "paying the freight back did not go through, finance sees to it")),
    )  # fmt: skip
