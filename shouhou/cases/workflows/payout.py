"""What services share that end in money without goods coming back: review, dispute, the money's own way, the ends."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shouhou.cases.workflows.asks import REFUND_REFUSALS, SYSTEM
from shouhou.cases.workflows.beside import NAMES as BESIDE
from shouhou.cases.workflows.flash import NAMES as FLASH
from shouhou.cases.workflows.freight_back import NAMES as FREIGHT
from shouhou.cases.workflows.on_top import NAMES as ON_TOP
from shouhou.cases.workflows.returns import FINANCE, REFUND_LIMITS, RETURN
from shouhou.cases.workflows.routes import WAY_NAMES
from shouhou.cases.workflows.writing import move
from shouhou.foundation.workflow import Ask, Limit, Move, State, Text, moves_of, states_of

# What only goods on their way know of.
OF_GOODS = ("approve_by_book", "note_late_claim", "compare_page",
            "approve_in_doubt", "rule_in_doubt", "note_rest", "send_rest", "reject", "reopen", "dispute",
            "change_to_exchange", "change_to_repair", "take_back_loan", *WAY_NAMES, *BESIDE, *FREIGHT, *FLASH, *ON_TOP)  # fmt: skip
NAMES = (
    "submitted evidence_asked escalated rejected disputed refund_review refunding refund_stuck refunded closed cancelled lapsed"
)
RUNNING = "submitted evidence_asked escalated rejected disputed refund_review refunding refund_stuck refunded"


def shared_states(*, without: tuple[str, ...] = (), **limits: tuple[Limit, ...]) -> tuple[State, ...]:
    """The shared states; `limits` are those of a state that the service has of its own. Nothing is inspected here."""
    return tuple(
        replace(
            state, limits=(*state.limits, *limits.get(state.name, ())),
            stage="reviewed" if state.stage == "inspected" else state.stage,
        )
        for state in states_of(RETURN, NAMES, without=(*OF_GOODS, *without))
    )  # fmt: skip


def shared_moves(states: Iterable[State], *, also: Mapping[str, str], without: tuple[str, ...] = ()) -> tuple[Move, ...]:
    """The shared moves; `also` names further states that one may start from."""
    return moves_of(RETURN, states, without=(*OF_GOODS, *without), also=also)


def refuse_refund(target: str) -> Move:
    """The second person sends a payout back to be decided anew."""
    return move(
        "refuse_refund", "复核退回", "Send it back to be decided anew", "refund_review", target, FINANCE,
        Ask("refusal", "choice", Text("退回原因", "Why"), required=True, choices=REFUND_REFUSALS),
        Ask("remark", "text", Text("给决定人的说明", "What whoever decides should know"), required=True, most=1000,
            help=Text("消费者看不到这段说明。", "The consumer does not see this.")),
        says=Text("退款复核退回，重新核对", "the second person sent the refund back"), danger=True,
    )  # fmt: skip


PAYING = State(
    "allowed", Text("已同意，即将退还", "Granted, about to be paid"), "resolved", "finance", REFUND_LIMITS,
    hint=Text("金额已确定，即将付出。", "The amount is settled and about to be paid."),
)  # fmt: skip
START_PAYOUT = move(
    "start_payout", "发起付款", "Start the payment", "allowed", "refunding", SYSTEM, or_to="refund_review",
    says=Text("已发起付款", "payment started"),
)  # fmt: skip
