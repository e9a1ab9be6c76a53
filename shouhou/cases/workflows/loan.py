"""A lent unit comes back, whatever service the case has become meanwhile (L-16, L-18)."""

from shouhou.cases.workflows.asks import NOTE
from shouhou.cases.workflows.writing import move
from shouhou.foundation.workflow import Ask, Text, Who

TECHNICIANS: frozenset[Who] = frozenset({
    "technician", "clerk", "inspector", "merchant_operator", "merchant_manager", "supervisor",
})  # fmt: skip
LOAN_CONDITIONS = {
    "ok": Text("完好", "intact"), "damaged": Text("损坏", "damaged"), "lost": Text("未归还", "not returned"),
}  # fmt: skip
# Where a case can stand with a unit out after it has turned from a repair into a return or an exchange.
CONVERTED = (
    "submitted awaiting_goods pickup_booked in_transit received inspection_escalated deduction_proposed not_accepted disputed sent_back "
    "accepted refund_review refunding refund_stuck refunded closed cancelled lapsed"
)
TAKE_BACK_LOAN = move(
    "take_back_loan", "收回备用机", "Take the loan unit back", CONVERTED, None, TECHNICIANS,
    Ask("condition", "choice", Text("归还情况", "Condition"), choices=LOAN_CONDITIONS),
    Ask("kept", "money", Text("扣留押金", "Kept of the deposit"), most=100_000_000,
        help=Text("损坏或未归还时可扣；不填：损坏不扣，未归还全扣。",
                  "Only for damage or loss; empty: nothing for damage, all of it for loss.")),
    NOTE, says=Text("备用机已处理归还", "the loan unit was taken back"), when="loan_out",
)  # fmt: skip
