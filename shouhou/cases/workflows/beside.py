"""A compensation beside whatever service the case is: proposed, audited by grades, paid once in the same case (RFD-06, REV-05)."""

from collections.abc import Iterable
from dataclasses import replace

from shouhou.cases.workflows.asks import AUDITORS, BEARERS, REMARK, REVIEWERS, SYSTEM
from shouhou.cases.workflows.writing import move
from shouhou.foundation.workflow import Ask, Limit, Move, State, Text

# Only what takes nothing of the price: a refund of the goods is the case's own business.
BESIDE_FORMS = {
    "balance": Text("商城余额", "store balance"), "coupon": Text("优惠券", "a coupon"), "points": Text("积分", "points"),
}  # fmt: skip
GROUNDS = {"goodwill": Text("善意补偿", "goodwill"), "rule": Text("按规则补偿", "by a rule")}
NAMES = (
    "offer_compensation", "audit_compensation", "refuse_compensation", "compensation_undecided", "compensation_paid",
    "compensation_failed",
)  # fmt: skip
AUDIT = Limit(
    "beside_audit", "compensation_beside_audit_hours", "compensation_undecided", when="compensation_to_audit", aside="supervisor"
)


def with_audit(states: Iterable[State]) -> tuple[State, ...]:
    """The states with the limit of the audit: it runs wherever the case goes, and after its end."""
    return tuple(state if AUDIT in state.limits else replace(state, limits=(*state.limits, AUDIT)) for state in states)


def beside_moves(states: Iterable[State]) -> tuple[Move, ...]:
    """The moves of a compensation, from each of these states and without leaving it."""
    everywhere = " ".join(state.name for state in states)
    return (
        move("offer_compensation", "另行补偿", "Add a compensation", everywhere, None, REVIEWERS,
             Ask("form", "choice", Text("补偿方式", "Form"), required=True, choices=BESIDE_FORMS),
             Ask("amount", "money", Text("金额", "Amount"), required=True),
             Ask("bearer", "choice", Text("由谁承担", "Who bears it"), required=True, choices=BEARERS),
             Ask("ground", "choice", Text("依据", "Ground"), required=True, choices=GROUNDS),
             Ask("clause", "text", Text("规则条款（按规则补偿时填写）", "The rule's clause (when by a rule)"), most=80),
             Ask("note", "text", Text("理由（消费者可见）", "Why (the consumer sees it)"), required=True, most=1000),
             says=Text("提出另行补偿", "proposed a compensation beside"), when="no_compensation_open"),
        move("audit_compensation", "审批补偿", "Approve the compensation", everywhere, None, AUDITORS,
             says=Text("另行补偿审批通过", "the compensation was approved"), when="compensation_to_audit"),
        move("refuse_compensation", "退回补偿", "Send the compensation back", everywhere, None, AUDITORS, REMARK,
             says=Text("另行补偿被退回", "the compensation was sent back"), danger=True, when="compensation_to_audit"),
        move("compensation_undecided", "补偿逾期未审批", "Compensation not audited in time", everywhere, None, SYSTEM,
             says=Text("另行补偿逾期未审批，按无须审批的额度补偿", "not audited in time: what needs no audit was paid"),
             when="compensation_to_audit"),
        move("compensation_paid", "补偿到账", "Compensation settled", everywhere, None, SYSTEM,
             says=Text("另行补偿已到账", "the compensation has settled")),
        move("compensation_failed", "补偿异常", "Compensation failed", everywhere, None, SYSTEM,
             Ask("detail", "text", Text("原因", "Reason"), most=300),
             says=Text("另行补偿未成功，财务处理中", "the compensation did not go through, finance sees to it")),
    )  # fmt: skip
